"""An administrator returns an entry, its lead mends it, and several are accepted at once."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from recommendations.models import Place, Theme
from stocktake import operations
from stocktake.models import Activity
from tests.factories import ActivityFactory

pytestmark = pytest.mark.browser

NAME = "Family hubs open on Saturdays"


@pytest.fixture
def submit(open_round, lead):
    """Makes entries of Sefton that its lead has handed in."""

    def submit(title):
        return ActivityFactory(
            submitted=True,
            title=title,
            description="Three hubs, each with a midwife.",
            round=open_round,
            theme=Theme.objects.get(code="T1"),
            places=[Place.objects.get(slug="sefton")],
            created_by=lead,
        )

    return submit


def mend(activity, *, by):
    """Change a returned entry and submit it again."""
    activity = Activity.objects.get(pk=activity.pk)
    activity.description = "Four hubs, each with a midwife."
    operations.save_activity(
        activity=activity,
        places=activity.places.all(),
        recommendations=[],
        indicators=[],
        submit=True,
        by=by,
    )


def test_entry_returned_mended_and_accepted(visitor, lead, administrator, submit):
    page = visitor.page
    entry = submit(NAME)
    visitor.sign_in(administrator)
    visitor.arrive("Home")
    visitor.follow("Entries to accept")
    visitor.check("Review")
    visitor.follow(NAME)
    visitor.check(f"Review {NAME}")
    visitor.follow("Return with a comment", role="button")
    visitor.check(f"Return {NAME}")
    visitor.follow("Return the entry", role="button")
    message = "Enter what should be changed, here or at a field"
    field = visitor.check_error(f"Return {NAME}", message, "What should be changed?")
    field.fill("Nearly there.")
    page.locator("summary", has_text="What it does, and for whom").click()
    at_field = page.get_by_label("Comment on “What it does, and for whom”")
    expect(at_field).to_be_visible()
    at_field.fill("How many hubs?")
    visitor.check(f"Return {NAME}")
    visitor.follow("Return the entry", role="button")
    visitor.check("Review")
    expect(page.get_by_role("alert")).to_contain_text(f"“{NAME}” was returned to its leads.")
    visitor.sign_out()

    visitor.sign_in(lead)
    visitor.arrive("Home")
    visitor.open(entry.get_absolute_url())
    visitor.check(NAME)
    asked = page.locator(".nhsuk-card--warning")
    expect(asked).to_contain_text("about: What it does, and for whom")
    expect(asked).to_contain_text("How many hubs?")
    visitor.follow("Add the comment", role="button")
    field = visitor.check_error("Add a comment", "Enter the comment", "Comment")
    field.fill("Four, from now on.")
    visitor.follow("Add the comment", role="button")
    visitor.check(NAME)
    expect(page.locator(".app-rows__row", has_text="Four, from now on.").last).to_be_visible()
    mend(entry, by=lead)
    visitor.sign_out()

    visitor.sign_in(administrator)
    visitor.arrive("Home")
    visitor.follow("Review")
    row = page.get_by_role("row", name=NAME)
    expect(row).to_contain_text("Submitted again")
    visitor.follow(NAME)
    visitor.check(f"Review {NAME}")
    expect(page.get_by_role("main")).to_contain_text("Four, from now on.")
    visitor.follow("Accept", role="button")
    visitor.check("Review")
    expect(page.get_by_role("alert")).to_contain_text("was accepted and counts from now on.")
    visitor.open(entry.get_absolute_url())
    change = page.locator("details", has_text="Submitted by Leah Lead")
    change.locator("summary").click()
    visitor.check(NAME)
    expect(change.get_by_role("deletion")).to_have_text("removed: Three")
    expect(change.get_by_role("insertion")).to_have_text("added: Four")


def test_several_entries_accepted_with_the_keyboard(visitor, lead, administrator, submit):
    page, keyboard = visitor.page, visitor.page.keyboard
    entries = [submit(f"Hub {number}") for number in range(3)]
    visitor.sign_in(administrator)
    visitor.arrive("Home")
    visitor.open(reverse("stocktake:review-list"))
    visitor.check("Review")
    visitor.follow("Accept what is ticked", role="button")
    box = visitor.check_error("Review", "Tick the entries that you accept", "Accept “Hub 0”")
    keyboard.press("Space")
    expect(box).to_be_checked()
    # Past the link to the first entry.
    keyboard.press("Tab")
    keyboard.press("Tab")
    expect(page.get_by_label("Accept “Hub 1”")).to_be_focused()
    keyboard.press("Space")
    # Meanwhile the second one is changed.
    mend(entries[1], by=lead)
    while not page.evaluate("document.activeElement.matches('main button')"):
        keyboard.press("Tab")
    expect(page.get_by_role("button", name="Accept what is ticked")).to_be_focused()
    keyboard.press("Enter")
    expect(page.get_by_text("1 entry was accepted and counts from now on.")).to_be_visible()
    expect(
        page.get_by_text("Changed or reviewed since you opened the queue: “Hub 1”.")
    ).to_be_visible()
    visitor.check("Review")
    states = [Activity.objects.get(pk=entry.pk).review_status for entry in entries]
    assert states == ["accepted", "submitted", "submitted"]


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_entries_returned_and_accepted_without_javascript(visitor, administrator, submit):
    page = visitor.page
    for title in ("Hub 1", "Hub 2"):
        submit(title)
    visitor.sign_in(administrator)
    visitor.arrive("Home")
    visitor.follow("Review")
    visitor.follow("Hub 1")
    visitor.follow("Return with a comment", role="button")
    visitor.check("Return Hub 1")
    page.locator("summary", has_text="Contact").click()
    page.get_by_label("Comment on “Contact”").fill("Who can be asked?")
    visitor.follow("Return the entry", role="button")
    visitor.check("Review Hub 2")
    visitor.follow("Back to the queue")
    page.get_by_label("Accept “Hub 2”").check()
    visitor.follow("Accept what is ticked", role="button")
    visitor.check("Review")
    expect(page.get_by_text("Nothing waits for a review.")).to_be_visible()
    states = {entry.title: entry.review_status for entry in Activity.objects.all()}
    assert states == {"Hub 1": "returned", "Hub 2": "accepted"}
