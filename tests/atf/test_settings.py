"""What the settings make of the environment."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

BACKENDS = "django.core.mail.backends"


def ask(code, **environment):
    """Print something of the settings in a process of its own; returns what ended it and said."""
    found = subprocess.run(
        [sys.executable, "-c", f"from atf import settings; print({code})"],
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ["PATH"], "SECRET_KEY": "only-for-tests"} | environment,
        capture_output=True,
        text=True,
    )
    return found.returncode, found.stdout + found.stderr


@pytest.mark.parametrize(
    ("url", "backend", "tls"),
    [
        (None, f"{BACKENDS}.console.EmailBackend", False),
        ("console:", f"{BACKENDS}.console.EmailBackend", False),
        ("smtp://mail.example.org:25", f"{BACKENDS}.smtp.EmailBackend", False),
        ("submission://me:p%40ss@mail.example.org:587", f"{BACKENDS}.smtp.EmailBackend", True),
    ],
)
def test_email_url_chooses_how_mail_goes(url, backend, tls):
    asked = "settings.EMAIL_BACKEND, settings.EMAIL_USE_TLS, settings.EMAIL_TIMEOUT"
    given = {"EMAIL_URL": url} if url else {}
    assert ask(asked, **given) == (0, f"{backend} {tls} 10\n")


@pytest.mark.parametrize("url", ["mail.example.org", "smtp+tls://mail.example.org"])
def test_email_url_that_names_no_way_stops_the_start(url):
    status, said = ask("", EMAIL_URL=url)
    assert status == 1
    assert said.endswith("begins with submission:// or smtp://, or to console:\n")


def test_site_address_has_no_slash_at_the_end():
    given = "https://stocktake.example.org/"
    assert ask("settings.SITE_ADDRESS", SITE_ADDRESS=given) == (0, f"{given[:-1]}\n")
    assert ask("settings.SITE_ADDRESS") == (0, "http://127.0.0.1:8000\n")
