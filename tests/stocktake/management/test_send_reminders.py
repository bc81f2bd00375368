"""`manage.py send_reminders`: what it sends and prints."""

import io

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from stocktake.models import Reminder
from tests.factories import RoundFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def autumn(lead, other_lead):
    """A round that nobody has been told of."""
    return RoundFactory(name="Autumn")


def run(*arguments):
    """What the command prints."""
    stdout = io.StringIO()
    call_command("send_reminders", *arguments, stdout=stdout)
    return stdout.getvalue()


def test_command_sends_in_nobodys_name_and_says_how_many(autumn):
    assert run() == "E-mails sent: 2.\n"
    assert len(mail.outbox) == 2
    assert {reminder.sent_by for reminder in Reminder.objects.all()} == {None}
    assert run() == "E-mails sent: 0.\n"
    assert len(mail.outbox) == 2


def test_dry_run_prints_the_mails_and_sends_none(autumn, settings):
    settings.SITE_ADDRESS = "https://stocktake.example.org"
    said = run("--dry-run")
    assert said.startswith("E-mails that would be sent: 2.\n")
    for line in (
        "To: lead@example.org\n",
        "Subject: All Together Fairer: 1 reminder for Sefton\n",
        "Hello Leah Lead,\n",
        "* Autumn is open.",
        "  https://stocktake.example.org/\n",
        "To: other.lead@example.org\n",
    ):
        assert line in said
    assert mail.outbox == []
    assert not Reminder.objects.exists()
    assert run("--dry-run") == said


def test_command_without_anything_new(db):
    assert run() == "E-mails sent: 0.\n"
    assert run("--dry-run") == "E-mails that would be sent: 0.\n"


def test_failure_ends_the_command_with_an_error_after_the_others_were_sent(autumn, monkeypatch):
    backend = mail.backends.locmem.EmailBackend
    send = backend.send_messages

    def send_or_fail(self, messages):
        if messages[0].to == ["lead@example.org"]:
            raise ConnectionResetError
        return send(self, messages)

    monkeypatch.setattr(backend, "send_messages", send_or_fail)
    message = "Not sent, to be tried again by the next run: lead@example.org."
    with pytest.raises(CommandError, match=message):
        run()
    assert [message.to for message in mail.outbox] == [["other.lead@example.org"]]
