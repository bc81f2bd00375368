"""What the journeys start from: the real framework, a visitor, and an open round."""

import pytest
from django.core.management import call_command
from django.db import connection
from playwright.sync_api import expect

from tests.factories import RoundFactory

from .visitor import Visitor


@pytest.fixture
def framework(transactional_db):
    """The themes, recommendations, indicators and places as they are published."""
    call_command("loaddata", "framework", verbosity=0)


@pytest.fixture
def visitor(page, live_server, framework):
    """Someone at a browser who has not signed in; nothing may complain until they leave."""
    page.set_default_timeout(10_000)
    visitor = Visitor(page, live_server.url)
    yield visitor
    assert visitor.leave() == []


@pytest.fixture
def open_round(framework):
    """The round that takes entries today."""
    return RoundFactory(name="This quarter")


@pytest.fixture(autouse=True, scope="session")
def patience():
    """A busy machine may take its time: what is missing is missing after ten seconds as well."""
    expect.set_options(timeout=10_000)


@pytest.fixture(scope="session", autouse=True)
def no_session_left(django_db_setup, django_db_blocker):
    """End what a thread of the live server left open, or PostgreSQL keeps the test database."""
    yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
