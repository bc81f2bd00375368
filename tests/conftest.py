"""What every test may use: four people, and no network but this machine's own."""

import ipaddress
import shutil
import socket

import pytest
from django.contrib.staticfiles.finders import find

from atf.models import User
from tests.factories import PlaceFactory, UserFactory

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture
def lead(db):
    """A place lead of Sefton."""
    return UserFactory(
        name="Leah Lead", email="lead@example.org", places=[PlaceFactory(name="Sefton")]
    )


@pytest.fixture
def other_lead(db):
    """A place lead of Knowsley, who must not change Sefton's entries."""
    return UserFactory(
        name="Olive Other", email="other.lead@example.org", places=[PlaceFactory(name="Knowsley")]
    )


@pytest.fixture
def board_member(db):
    """Someone who reads what the Board reads."""
    return UserFactory(name="Bob Board", email="board@example.org", role=User.Role.BOARD_MEMBER)


@pytest.fixture
def administrator(db):
    """Someone of the programme team."""
    return UserFactory(
        name="Ada Administrator", email="administrator@example.org", role=User.Role.ADMINISTRATOR
    )


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    """A test that reaches for another machine fails and says so."""
    connect = socket.socket.connect

    def connect_here(self, address):
        if self.family != socket.AF_UNIX and not is_here(address[0]):
            raise RuntimeError(f"A test tried to reach {address[0]}.")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect_here)


def is_here(host):
    """Whether a host is this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def find_browser():
    """The path of a browser that is installed here, if there is one."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """Use the system's browser, and keep it from calling home."""
    return browser_type_launch_args | {
        "executable_path": find_browser(),
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
        ],
    }


def why_no_journeys():
    """What is missing for the journeys in a browser, and how to get it; None if all is there."""
    if not find_browser():
        return "Journeys are skipped: no browser found. Debian/Ubuntu: apt-get install chromium"
    if not find("app.css"):
        return "Journeys are skipped: the style sheet is not built. npm ci && npm run build"
    return None


def pytest_report_header():
    """Say once why journeys are skipped."""
    return why_no_journeys()


def pytest_collection_modifyitems(items):
    """Skip the journeys in a browser where there is none, or nothing to show in it."""
    reason = why_no_journeys()
    if not reason:
        return
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason=reason))
