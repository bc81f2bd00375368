"""Who is to be reminded of what, and sending it once."""

import datetime
from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from atf.models import User
from stocktake import operations
from stocktake.models import Activity, Draft, NilReturn, Reminder
from stocktake.reminders import MANY, SOON, digests
from tests.concurrency import at_once
from tests.factories import (
    ActivityFactory,
    PlaceFactory,
    RecommendationFactory,
    ResponsibleBodyFactory,
    RoundFactory,
    ThemeFactory,
    UserFactory,
    today,
)

ODD = "Food & “fuel” <b>now</b>"
OPENED, CLOSING, RETURNED, LEFT = Reminder.Kind


@pytest.fixture
def autumn(db):
    """A round with more than a week left."""
    return RoundFactory(name="Autumn", closes_on=today() + datetime.timedelta(days=SOON))


def last_days(round, days=SOON):
    """Let a round have so many days left, its last one included."""
    round.closes_on = today() + datetime.timedelta(days=days - 1)
    round.save()


def sefton():
    """The lead's place."""
    return PlaceFactory(name="Sefton")


def returned(**more):
    """An entry of Sefton that was returned."""
    how = {"places": [sefton()], "review_status": Activity.ReviewStatus.RETURNED}
    return ActivityFactory(**how | more)


def items(user):
    """The kind and text of all that is new for someone."""
    found = {digest.recipient: digest.items for digest in digests(today())}
    return [(item.kind, item.text) for item in found.get(user, ())]


def texts(user, kind):
    """The texts of a kind that are new for someone."""
    return [text for each, text in items(user) if each == kind]


def expect_answers(*codes, places=("Sefton", "Knowsley")):
    """Let places answer for a recommendation under each of these themes."""
    body = ResponsibleBodyFactory(
        name="Place", answering_places=[PlaceFactory(name=name) for name in places]
    )
    themes = [ThemeFactory(code=code, stocktake_number=int(code[1:])) for code in codes]
    for theme in themes:
        RecommendationFactory(theme=theme, responsible_bodies=[body])
    return themes


# Who


@pytest.mark.parametrize("who", ["board_member", "administrator"])
def test_only_leads_are_reminded(request, autumn, lead, who):
    request.getfixturevalue(who)
    assert [digest.recipient for digest in digests(today())] == [lead]


def test_lead_without_a_place_or_switched_off_is_not_reminded(autumn, lead, other_lead):
    lead.places.clear()
    User.objects.filter(pk=other_lead.pk).update(is_active=False)
    assert digests(today()) == []


def test_lead_of_two_places_gets_one_digest(autumn, lead):
    lead.places.add(PlaceFactory(name="Halton"))
    assert len(digests(today())) == 1


# What


def test_open_round_is_announced(autumn, lead):
    closes = f"{autumn.closes_on:%-d %B %Y}"
    assert items(lead) == [(OPENED, f"Autumn is open. It takes entries until {closes}.")]


def test_round_that_is_not_open_is_not_announced(lead):
    RoundFactory(closed=True)
    RoundFactory(
        opens_on=today() + datetime.timedelta(days=1),
        closes_on=today() + datetime.timedelta(days=2),
    )
    assert items(lead) == []


@pytest.mark.parametrize(
    ("days", "left"),
    [(SOON, "7 days are left"), (2, "2 days are left"), (1, "today is its last day")],
)
def test_round_that_closes_soon_names_what_is_left_to_do(autumn, lead, days, left):
    expect_answers("T1", "T2", "T3", "T4")
    last_days(autumn, days)
    ActivityFactory(round=autumn, theme=ThemeFactory(code="T1"), places=[sefton()])
    ActivityFactory(round=autumn, theme=ThemeFactory(code="T2"), places=[PlaceFactory(name="Ince")])
    ActivityFactory(draft=True, round=autumn, theme=ThemeFactory(code="T4"), places=[sefton()])
    closes = f"{autumn.closes_on:%-d %B %Y}"
    assert texts(lead, CLOSING) == [
        f"Autumn closes on {closes}: {left}. "
        "Sefton: no entry yet under T2 and T3, and 1 draft not submitted."
    ]


def test_round_closes_soon_for_each_place_with_something_to_do(autumn, lead):
    (theme,) = expect_answers("T1", places=["Sefton", "Halton", "Ince"])
    last_days(autumn)
    lead.places.add(PlaceFactory(name="Halton"), PlaceFactory(name="Ince"))
    ActivityFactory(round=autumn, theme=theme, places=[PlaceFactory(name="Halton")])
    (text,) = texts(lead, CLOSING)
    assert "Sefton: no entry yet under T1." in text
    assert "Ince: no entry yet under T1." in text
    assert "Halton" not in text


def test_round_does_not_close_soon_with_more_than_a_week_left(autumn, lead):
    expect_answers("T1")
    assert texts(lead, CLOSING) == []


def test_round_does_not_close_soon_for_those_who_are_done(autumn, lead, other_lead):
    first, second = expect_answers("T1", "T2")
    ThemeFactory(code="T3")
    last_days(autumn)
    ActivityFactory(round=autumn, theme=first, places=[sefton()])
    NilReturn.objects.create(
        round=autumn, place=sefton(), theme=second, reason="None.", reported_by=lead
    )
    assert texts(lead, CLOSING) == []
    assert len(texts(other_lead, CLOSING)) == 1


def test_returned_entry_is_told_to_the_leads_of_its_places(autumn, lead, other_lead):
    entry = returned(round=autumn, title=ODD)
    on = f"{timezone.localtime(entry.reviewed_at):%-d %B %Y}"
    assert texts(lead, RETURNED) == [
        f"“{ODD}” was returned on {on}. See what is asked, change the entry and submit it again."
    ]
    assert texts(other_lead, RETURNED) == []


def test_entry_that_was_returned_after_its_round_says_whom_to_ask(lead):
    returned(round=RoundFactory(name="Spring", closed=True))
    (text,) = texts(lead, RETURNED)
    assert text.endswith("Spring has closed: ask the programme team what to do.")


def test_entry_is_told_once_for_each_time_that_it_was_returned(autumn, lead, administrator):
    entry = returned(round=autumn)
    operations.send_reminders()
    Activity.objects.filter(pk=entry.pk).update(version=7)
    assert items(lead) == []
    operations.submit_activity(activity=Activity.objects.get(), by=lead)
    assert items(lead) == []
    operations.return_activity(
        activity=Activity.objects.get(), comments={"": "Again."}, by=administrator
    )
    assert len(texts(lead, RETURNED)) == 1


def test_drafts_left_are_named_but_not_all_of_many(autumn, lead, other_lead):
    draft = ActivityFactory(draft=True, round=autumn, places=[sefton()], title=ODD)
    assert texts(lead, LEFT) == [f"1 draft is not submitted yet: “{draft}”."]
    assert texts(other_lead, LEFT) == []
    for number in range(MANY + 1):
        ActivityFactory(draft=True, round=autumn, places=[sefton()], title=f"Walk {number}")
    (text,) = texts(lead, LEFT)
    assert text.startswith("7 drafts are not submitted yet: “")
    assert text.endswith("” and 2 more.")


def test_draft_of_a_closed_round_is_not_told(lead):
    closed = RoundFactory(closed=True)
    entry = ActivityFactory(draft=True, round=closed, places=[sefton()])
    Draft.objects.create(author=lead, activity=entry)
    Draft.objects.create(author=lead)
    assert items(lead) == []


def test_typing_that_was_not_saved_is_counted_and_stays_private(autumn, lead, other_lead):
    entry = ActivityFactory(round=autumn, places=[sefton()], title="Secret entry")
    Draft.objects.create(author=lead, activity=entry)
    Draft.objects.create(author=lead, content={"title": ["Secret plan"]})
    assert texts(lead, LEFT) == ["2 entries that you began are not saved yet."]
    assert texts(other_lead, LEFT) == []


def test_drafts_are_told_once_a_week(autumn, lead):
    last_days(autumn, 60)
    ActivityFactory(draft=True, round=autumn, places=[sefton()])
    operations.send_reminders()
    ActivityFactory(draft=True, round=autumn, places=[sefton()])
    monday = today() + datetime.timedelta(days=7 - today().weekday())
    assert digests(monday - datetime.timedelta(days=1)) == []
    (digest,) = digests(monday)
    assert [item.kind for item in digest.items] == [LEFT]


def test_number_of_queries_does_not_grow(autumn, lead):
    def add(number):
        theme = ThemeFactory(code=f"Y{number}")
        place = PlaceFactory(name=f"Place {number}")
        expect_theme = RecommendationFactory(theme=theme)
        expect_theme.responsible_bodies.add(ResponsibleBodyFactory(answering_places=[place]))
        user = UserFactory(name=f"Reader {number}", places=[place, sefton()])
        returned(round=autumn, places=[place, sefton()])
        ActivityFactory(draft=True, round=autumn, places=[place, sefton()])
        Draft.objects.create(author=user)
        Reminder.objects.create(recipient=user, kind=OPENED, key="an older one", text="Old")

    def count():
        with CaptureQueriesContext(connection) as captured:
            found = digests(today())
        return len(captured), len(found)

    last_days(autumn)
    add(0)
    queries, people = count()
    assert people == 2
    for number in range(1, 12):
        add(number)
    assert count() == (queries, 13)


# The e-mail


def test_digest_is_one_plain_text_mail_with_all_that_is_new(autumn, lead, settings):
    settings.SITE_ADDRESS = "https://stocktake.example.org"
    User.objects.filter(pk=lead.pk).update(name=ODD)
    entry = returned(round=autumn, title=ODD)
    ActivityFactory(draft=True, round=autumn, places=[sefton()])
    sending = operations.send_reminders()
    assert (sending.sent, sending.failed) == ((lead,), ())
    (message,) = mail.outbox
    assert message.to == [lead.email]
    assert message.subject == "All Together Fairer: 3 reminders for Sefton"
    assert message.body.startswith(f"Hello {ODD},\n\n")
    assert f"* “{ODD}” was returned" in message.body
    assert f"\n  https://stocktake.example.org{entry.get_absolute_url()}\n" in message.body
    assert "\n\n\n" not in message.body
    assert "&" not in message.body.replace(ODD, "")


def test_each_gets_their_own(autumn, lead, other_lead):
    returned(round=autumn, title="Of Sefton")
    operations.send_reminders()
    bodies = {message.to[0]: message.body for message in mail.outbox}
    assert set(bodies) == {lead.email, other_lead.email}
    assert "Of Sefton" in bodies[lead.email]
    assert "Of Sefton" not in bodies[other_lead.email]


# Once


def test_sending_notes_what_went(autumn, lead, administrator):
    operations.send_reminders(by=administrator)
    reminder = Reminder.objects.get()
    assert (reminder.recipient, reminder.kind, reminder.sent_by) == (lead, OPENED, administrator)
    assert reminder.text.startswith("Autumn is open.")
    assert reminder.sent_at >= reminder.created_at


def test_nobody_is_told_the_same_twice(autumn, lead):
    operations.send_reminders()
    assert operations.send_reminders().sent == ()
    returned(round=autumn, title="New")
    operations.send_reminders()
    assert len(mail.outbox) == 2
    assert "“New” was returned" in mail.outbox[1].body
    assert "Autumn is open" not in mail.outbox[1].body
    assert "1 reminder for" in mail.outbox[1].subject


@pytest.fixture
def failing_for(monkeypatch):
    """Makes the server refuse what goes to an address; returns those it took."""

    def failing_for(address, error=ConnectionRefusedError):
        send = mail.backends.locmem.EmailBackend.send_messages

        def send_or_fail(self, messages):
            if address in messages[0].to:
                raise error
            return send(self, messages)

        monkeypatch.setattr(mail.backends.locmem.EmailBackend, "send_messages", send_or_fail)

    return failing_for


@pytest.mark.parametrize("error", [TimeoutError, SMTPServerDisconnected, ConnectionResetError])
def test_server_that_falls_silent_is_not_sent_the_same_again(
    autumn, lead, other_lead, failing_for, monkeypatch, error
):
    with monkeypatch.context():
        failing_for(lead.email, error)
        sending = operations.send_reminders()
    assert (sending.sent, sending.failed) == ((other_lead,), (lead,))
    assert [row.recipient for row in Reminder.objects.filter(sent_at=None)] == [lead]
    monkeypatch.undo()
    assert operations.send_reminders().sent == ()


@pytest.mark.parametrize("error", [ConnectionRefusedError, ValueError])
def test_failure_for_one_keeps_nobody_else_waiting(
    autumn, lead, other_lead, failing_for, monkeypatch, error
):
    with monkeypatch.context():
        failing_for(lead.email, error)
        sending = operations.send_reminders()
    assert (sending.sent, sending.failed) == ((other_lead,), (lead,))
    assert [reminder.recipient for reminder in Reminder.objects.all()] == [other_lead]
    monkeypatch.undo()
    assert operations.send_reminders().sent == (lead,)
    assert [message.to for message in mail.outbox] == [[other_lead.email], [lead.email]]


def test_server_that_can_not_be_reached_leaves_all_to_the_next_run(autumn, lead, monkeypatch):
    def refuse(self):
        raise ConnectionRefusedError

    with monkeypatch.context() as patch:
        patch.setattr(mail.backends.locmem.EmailBackend, "open", refuse)
        sending = operations.send_reminders()
    assert (sending.sent, sending.failed) == ((), (lead,))
    assert not Reminder.objects.exists()
    assert operations.send_reminders().sent == (lead,)


def test_what_was_on_its_way_when_the_process_died_is_not_sent_again(autumn, lead, failing_for):
    failing_for(lead.email, KeyboardInterrupt)
    with pytest.raises(KeyboardInterrupt):
        operations.send_reminders()
    assert Reminder.objects.get().sent_at is None
    sending = operations.send_reminders()
    assert (sending.sent, sending.failed) == ((), ())


@pytest.mark.django_db(transaction=True)
def test_two_that_send_at_once_send_each_mail_once():
    autumn = RoundFactory(name="Autumn")
    places = [PlaceFactory(name=f"Place {number}") for number in range(6)]
    people = [UserFactory(name=f"Reader {each}", places=[each]) for each in places]
    for place in places:
        returned(round=autumn, places=[place])
        ActivityFactory(draft=True, round=autumn, places=[place])
    sendings = at_once(*[operations.send_reminders] * 3)
    assert sum(len(sending.sent) for sending in sendings) == len(people)
    assert sorted(message.to[0] for message in mail.outbox) == [each.email for each in people]
    assert all(message.body.count("* ") == 3 for message in mail.outbox)
    assert Reminder.objects.filter(sent_at__isnull=False).count() == 3 * len(people)
