"""The log of reminders, what would go now, and sending it."""

import datetime

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from stocktake.models import Activity, Reminder
from tests.factories import ActivityFactory, PlaceFactory, RoundFactory, UserFactory

from . import (
    EVERYONE,
    MARKUP,
    Page,
    assert_escaped,
    assert_refused,
    browser_of,
    queries,
    sign_in_for,
    url,
)

LIST, PREVIEW, SEND = "reminder-list", "reminder-preview", "reminder-send"
NOON = datetime.datetime(2026, 9, 30, 11, 5, tzinfo=datetime.UTC)


@pytest.fixture
def autumn(lead):
    """A round that Sefton's lead has not been told of."""
    return RoundFactory(name="Autumn")


def note(recipient, text="Autumn is open.", **more):
    """Something that someone was told."""
    how = {"kind": "round-opened", "key": f"{Reminder.objects.count()}", "sent_at": timezone.now()}
    return Reminder.objects.create(recipient=recipient, text=text, **how | more)


def page_for(user, name=LIST, **parameters):
    """A page as someone sees it."""
    return Page(browser_of(user).get(url(name, **parameters)))


# Who


@pytest.mark.parametrize("who", EVERYONE)
def test_reminders_are_for_administrators(request, autumn, who):
    client = browser_of(request.getfixturevalue(who))
    allowed = who == "administrator"
    for name in (LIST, PREVIEW):
        assert client.get(url(name)).status_code == (200 if allowed else 403)
    assert client.post(url(SEND)).status_code == (302 if allowed else 403)
    assert bool(mail.outbox) == Reminder.objects.exists() == allowed


@pytest.mark.parametrize("name", [LIST, PREVIEW, SEND])
@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_gets_anywhere_without_signing_in(client, autumn, name, method):
    assert getattr(client, method)(url(name)).url == sign_in_for(url(name))
    assert mail.outbox == []


@pytest.mark.parametrize(
    ("name", "method"),
    [(LIST, "post"), (PREVIEW, "post"), (SEND, "get"), (SEND, "put"), (LIST, "delete")],
)
def test_other_methods_are_not_allowed(administrator, autumn, name, method):
    assert getattr(browser_of(administrator), method)(url(name)).status_code == 405
    assert mail.outbox == []


# The log


def test_empty_log_says_so(administrator):
    page = page_for(administrator)
    assert page.heading == "Reminders"
    assert "Nobody has been reminded of anything yet." in page.text


def test_log_says_who_was_told_what_when_and_by_whom(administrator, lead):
    with time_machine.travel(NOON, tick=False):
        note(lead)
        note(lead, "Two drafts.", kind="drafts-left", sent_by=administrator)
        note(lead, "Lost.", kind="returned", sent_at=None)
    page = page_for(administrator)
    assert page.status == "3 reminders"
    when = "30 September 2026 at 12:05pm"
    assert sorted(page.rows("reminders")) == [
        ["Leah Lead", "Drafts left", "Two drafts.", when, "Ada Administrator"],
        [
            "Leah Lead",
            "Returned",
            "Lost.",
            f"Not known to have arrived begun {when}",
            "The scheduler",
        ],
        ["Leah Lead", "Round opened", "Autumn is open.", when, "The scheduler"],
    ]


def test_log_is_narrowed_by_person_and_kind(administrator, lead, other_lead):
    note(lead, "One")
    note(lead, "Two", kind="returned")
    note(other_lead, "Three", kind="returned")
    for parameters, texts in [
        ({"person": lead.pk}, {"One", "Two"}),
        ({"kind": "returned"}, {"Two", "Three"}),
        ({"person": lead.pk, "kind": "returned"}, {"Two"}),
        ({"person": other_lead.pk, "kind": "drafts-left"}, set()),
    ]:
        page = page_for(administrator, **parameters)
        assert {row[2] for row in page.rows("reminders")} == texts
    assert "No reminder fits these filters." in page.text
    assert "About: Drafts left" in page.text


@pytest.mark.parametrize(
    "parameters", [{"person": "nobody"}, {"person": 10**12}, {"kind": "\x00"}, {"kind": "x" * 1000}]
)
def test_filter_that_can_not_be_read_says_so(administrator, lead, parameters):
    note(lead)
    page = assert_refused(browser_of(administrator).get(url(LIST, **parameters)))
    assert page.rows("reminders") == []


def test_log_has_pages_and_takes_the_same_number_of_queries(administrator, lead):
    client = browser_of(administrator)
    note(lead)
    one = queries(client, url(LIST))
    for number in range(29):
        note(UserFactory(name=f"Reader {number}"), sent_by=administrator)
    assert queries(client, url(LIST)) == one
    assert len(page_for(administrator).rows("reminders")) == 25
    page = page_for(administrator, page=2)
    assert len(page.rows("reminders")) == 5
    assert page.title == "Reminders (page 2 of 2) – All Together Fairer"
    assert len(page_for(administrator, page=9).rows("reminders")) == 5


# What would go now


def test_preview_shows_the_mails_word_for_word_and_sends_none(administrator, lead, autumn):
    page = page_for(administrator, PREVIEW)
    assert page.heading == "What would go now"
    assert "To Leah Lead, lead@example.org" in page.text
    assert "Subject: All Together Fairer: 1 reminder for Sefton" in page.text
    assert "Hello Leah Lead, this is new for you" in page.text
    assert "Autumn is open." in page.text
    assert "Send 1 e-mail" in page.text
    assert page.actions == [url(SEND)]
    assert mail.outbox == []
    assert not Reminder.objects.exists()


def test_preview_of_nothing_offers_nothing_to_send(administrator, lead):
    page = page_for(administrator, PREVIEW)
    assert "There is nothing new for anyone." in page.text
    assert page.actions == []


def test_preview_and_log_show_markup_as_text(administrator, lead, autumn):
    ActivityFactory(
        round=autumn,
        title=MARKUP,
        places=list(lead.places.all()),
        review_status=Activity.ReviewStatus.RETURNED,
    )
    assert_escaped(page_for(administrator, PREVIEW))
    assert_escaped(Page(browser_of(administrator).post(url(SEND), follow=True)))
    assert MARKUP in mail.outbox[0].body


def test_preview_takes_the_same_number_of_queries_for_20_people_as_for_1(administrator, autumn):
    def add(number):
        place = PlaceFactory()
        UserFactory(name=f"Reader {number}", places=[place])
        ActivityFactory(draft=True, round=autumn, places=[place])

    client = browser_of(administrator)
    add(0)
    one = queries(client, url(PREVIEW))
    for number in range(1, 20):
        add(number)
    assert queries(client, url(PREVIEW)) == one


# Sending


def test_sending_tells_everyone_once_and_says_so(administrator, lead, other_lead, autumn):
    client = browser_of(administrator)
    page = Page(client.post(url(SEND), follow=True))
    assert page.address == url(LIST)
    assert "2 e-mails were sent." in page.text
    assert {row[4] for row in page.rows("reminders")} == {"Ada Administrator"}
    assert sorted(message.to for message in mail.outbox) == [[lead.email], [other_lead.email]]
    page = Page(client.post(url(SEND), follow=True))
    assert "Nothing was sent: there is nothing new for anyone." in page.text
    assert len(mail.outbox) == 2


def test_sending_names_those_to_whom_it_failed(administrator, autumn, monkeypatch):
    def refuse(*args):
        raise ConnectionRefusedError

    monkeypatch.setattr(mail.backends.locmem.EmailBackend, "send_messages", refuse)
    page = Page(browser_of(administrator).post(url(SEND), follow=True))
    assert "No e-mail could be sent to Leah Lead. Nothing is lost: send again later." in page.text
    assert not Reminder.objects.exists()
