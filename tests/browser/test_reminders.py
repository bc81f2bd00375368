"""Previewing reminders, sending them, and finding them in the log."""

import datetime

import pytest
from playwright.sync_api import expect

from recommendations.models import Place
from stocktake.models import Activity, Reminder
from tests.factories import ActivityFactory, today

pytestmark = pytest.mark.browser

LONG = "https://www.example.org/all-about-our-work-with-families-and-young-children-in-sefton"


def test_reminders_from_preview_to_log(visitor, administrator, lead, open_round, mailoutbox):
    page = visitor.page
    open_round.closes_on = today() + datetime.timedelta(days=2)
    open_round.save()
    sefton = Place.objects.get(slug="sefton")
    for title, how in [
        (LONG, {"review_status": Activity.ReviewStatus.RETURNED}),
        ("Walks & “talks”", {"draft": True}),
    ]:
        ActivityFactory(title=title, round=open_round, places=[sefton], created_by=lead, **how)
    visitor.sign_in(administrator)
    visitor.arrive("Home")
    visitor.follow("Reminders")
    visitor.check("Reminders")
    visitor.follow("Preview what would go now", role="button")
    visitor.check("What would go now")
    expect(page.get_by_role("heading", name="To Leah Lead, lead@example.org")).to_be_visible()
    visitor.follow("Send 1 e-mail", role="button")
    visitor.check("Reminders")
    expect(page.get_by_text("1 e-mail was sent.")).to_be_visible()
    expect(page.get_by_role("status").last).to_have_text("4 reminders")
    assert [message.to for message in mailoutbox] == [[lead.email]]
    Reminder.objects.filter(kind="returned").update(sent_at=None)
    page.get_by_label("About").select_option("Returned")
    visitor.follow("Apply", role="button")
    visitor.check("Reminders")
    expect(page.get_by_role("status").last).to_have_text("1 reminder")
    expect(page.get_by_text("Not known to have arrived")).to_be_visible()
    visitor.follow("Preview what would go now", role="button")
    visitor.check("What would go now")
    expect(page.get_by_text("There is nothing new for anyone.")).to_be_visible()
