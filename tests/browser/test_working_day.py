"""A lead's working day: drafts that survive, two editors, the last round, all by keyboard."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import expect

from recommendations.models import Place, Recommendation, Theme
from stocktake import operations
from stocktake.models import Activity, Draft, NilReturn
from tests.factories import ActivityFactory, RecommendationLinkFactory, RoundFactory, UserFactory

from .visitor import Visitor

pytestmark = pytest.mark.browser

NAME = "Name of the activity"
WHAT = "What it does, and for whom"
T1 = "T1 Give every child the best start in life"
SAVED = re.compile("^Draft saved at")


@pytest.fixture
def entry(open_round, lead):
    """A submitted entry of Sefton."""
    return ActivityFactory(
        submitted=True,
        title="Family hubs",
        description="Help for parents.",
        round=open_round,
        theme=Theme.objects.get(code="T1"),
        places=lead.places.all(),
    )


@pytest.fixture
def second(context, live_server):
    """Another browser on the same site."""
    browser = context.browser.new_context()
    page = browser.new_page()
    page.set_default_timeout(10_000)
    visitor = Visitor(page, live_server.url)
    yield visitor
    complaints = visitor.leave()
    browser.close()
    assert complaints == []


def start(visitor, user, name):
    """Sign in and begin to type a new entry."""
    visitor.sign_in(user)
    visitor.arrive("Home")
    visitor.follow("Add an activity", role="button")
    visitor.arrive("Add an activity")
    visitor.page.get_by_label(NAME).press_sequentially(name)


def saved(page):
    """The line that says that the draft is saved."""
    return page.locator("#draft-status").get_by_text(SAVED)


def press_until(page, target, key="Tab", most=400):
    """Press a key until the focus is on a control."""
    for _ in range(most):
        if target.evaluate("each => each === document.activeElement"):
            return
        page.keyboard.press(key)
    raise AssertionError("The keyboard does not lead there.")


def test_first_entry_by_keyboard_alone_from_home_to_submitted(visitor, lead, open_round):
    page, keyboard = visitor.page, visitor.page.keyboard
    visitor.sign_in(lead)
    visitor.check("Home")
    expect(page.get_by_text("31 days left")).to_be_visible()
    press_until(page, page.get_by_role("link", name=T1))
    keyboard.press("Enter")
    visitor.check(T1)
    press_until(page, page.get_by_role("button", name="Add an activity"))
    keyboard.press("Enter")
    visitor.arrive("Add an activity")
    press_until(page, page.get_by_label(NAME))
    keyboard.type("Early learning and school readiness")
    press_until(page, page.get_by_label(WHAT))
    keyboard.type("Speech and language support for children who get free school meals")
    suggestion = page.locator("#suggestions").get_by_role("checkbox", name=re.compile("^T1.05 "))
    expect(suggestion).to_be_visible()
    press_until(page, suggestion)
    keyboard.press("Space")
    in_list = page.get_by_role("group", name="Which recommendations does it serve?")
    expect(in_list.get_by_role("checkbox", name=re.compile("^T1.05 "))).to_be_checked()
    expect(in_list.locator("summary").first).to_contain_text("1 chosen")
    press_until(
        page, page.get_by_role("main").locator("summary", has_text="Name a measure of your own")
    )
    keyboard.press("Enter")
    measure = page.get_by_role("group", name="Measure 1")
    press_until(page, measure.get_by_label("What is measured"))
    keyboard.type("Children seen")
    expect(saved(page)).to_be_visible()
    visitor.check("Add an activity")
    press_until(page, page.get_by_role("button", name="Continue"))
    keyboard.press("Enter")
    visitor.check("Check your answers")
    expect(page.get_by_text("No measure is named")).to_have_count(0)
    press_until(page, page.get_by_role("button", name="Submit"))
    keyboard.press("Enter")
    visitor.arrive("Early learning and school readiness")
    activity = Activity.objects.get()
    assert activity.is_submitted
    assert activity.recommendation_links.get().recommendation.code == "T1.05"
    assert activity.local_measures.get().name == "Children seen"
    assert not Draft.objects.exists()


def test_draft_survives_a_closed_tab_from_the_first_key(visitor, lead, open_round):
    start(visitor, lead, "F")
    page = visitor.page
    expect(saved(page)).to_be_visible()
    page.get_by_label(WHAT).press_sequentially("Hel")
    # At once, before the form has saved itself again.
    visitor.open(reverse("home"))
    visitor.check("Home")
    page.get_by_role("link", name="F", exact=True).click()
    visitor.check("Add an activity")
    expect(page.get_by_label(NAME)).to_have_value("F")
    expect(page.get_by_label(WHAT)).to_have_value("Hel")
    visitor.follow("Discard it", role="button")
    visitor.check("Home")
    assert not Draft.objects.exists()


def test_expired_session_loses_nothing_and_leads_back(visitor, lead, open_round):
    start(visitor, lead, "Family hubs")
    page = visitor.page
    expect(saved(page)).to_be_visible()
    Session.objects.all().delete()
    page.get_by_label(WHAT).press_sequentially("Three hubs.")
    expect(page.get_by_text("You have been signed out.")).to_be_visible()
    page.get_by_role("link", name="Sign in again").click()
    page.get_by_label("E-mail address").fill(lead.email)
    page.get_by_label("Password", exact=True).fill("correct horse")
    page.get_by_role("button", name="Sign in").click()
    visitor.arrive("Add an activity")
    # The browser notes the answers 401.
    visitor.complaints.clear()
    visitor.check("Add an activity")
    expect(page.get_by_label(NAME)).to_have_value("Family hubs")
    expect(page.get_by_label(WHAT)).to_have_value("Three hubs.")


def test_button_pressed_after_the_session_expired_leads_back(visitor, lead, open_round):
    start(visitor, lead, "Family hubs")
    page = visitor.page
    expect(saved(page)).to_be_visible()
    Session.objects.all().delete()
    visitor.follow("Continue", role="button")
    page.get_by_label("E-mail address").fill(lead.email)
    page.get_by_label("Password", exact=True).fill("correct horse")
    page.get_by_role("button", name="Sign in").click()
    visitor.arrive("Add an activity")
    expect(page.get_by_label(NAME)).to_have_value("Family hubs")
    # The browser notes the answers 401.
    visitor.complaints.clear()


def test_broken_connection_keeps_the_text_and_sends_it_later(visitor, lead, open_round):
    start(visitor, lead, "Family hubs")
    page = visitor.page
    expect(saved(page)).to_be_visible()
    page.context.set_offline(True)
    page.get_by_label(WHAT).press_sequentially("Three hubs.")
    expect(page.get_by_text("Not saved: no connection.")).to_be_visible()
    page.context.set_offline(False)
    expect(saved(page)).to_be_visible()
    assert Draft.objects.get().content["description"] == ["Three hubs."]
    # The browser notes what it could not send.
    visitor.complaints.clear()


def test_text_that_could_not_be_sent_is_offered_on_the_next_visit(visitor, lead, open_round):
    start(visitor, lead, "Family hubs")
    page = visitor.page
    expect(saved(page)).to_be_visible()
    address = page.url
    page.route("**/drafts/save/", lambda route: route.abort())
    page.get_by_label(WHAT).press_sequentially("Three hubs.")
    page.get_by_label("Planned").check()
    expect(page.get_by_text("Not saved: no connection.")).to_be_visible()
    page.goto("about:blank")
    page.unroute("**/drafts/save/")
    page.goto(address)
    page.get_by_role("button", name="Put it back").click()
    expect(page.get_by_label(NAME)).to_have_value("Family hubs")
    expect(page.get_by_label(WHAT)).to_have_value("Three hubs.")
    expect(page.get_by_label("Planned")).to_be_checked()
    expect(saved(page)).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name="Put it back")).to_be_hidden()
    visitor.complaints.clear()


def test_two_editors_of_one_entry_and_the_second_chooses(visitor, second, lead, entry):
    colleague = UserFactory(name="Cora Colleague", places=lead.places.all())
    address = reverse("stocktake:activity-update", args=[entry.pk])
    for each, user in ((visitor, lead), (second, colleague)):
        each.sign_in(user)
        each.arrive("Home")
        each.open(address)
    second.page.get_by_label(NAME).fill("Family hubs in libraries")
    second.page.get_by_label("Contact", exact=True).fill("Public health")
    second.follow("Save changes", role="button")
    second.check("Family hubs in libraries")
    page = visitor.page
    page.get_by_label(NAME).fill("Hubs for families")
    visitor.follow("Save changes", role="button")
    visitor.check("Change an activity", status=409)
    name = page.get_by_role("group", name="What is to stay: name of the activity")
    contact = page.get_by_role("group", name="What is to stay: contact")
    expect(name.get_by_label("Keep what I have typed below")).to_be_checked()
    expect(contact.get_by_label("Take theirs")).to_be_checked()
    expect(page.get_by_label(NAME, exact=True)).to_have_value("Hubs for families")
    visitor.follow("Save changes", role="button")
    visitor.check("Hubs for families")
    expect(page.get_by_text("Public health").first).to_be_visible()
    entry.refresh_from_db()
    assert (entry.title, entry.contact) == ("Hubs for families", "Public health")


def test_returned_entry_is_mended_and_submitted_again(visitor, lead, administrator, entry):
    comments = {"": "Nearly there.", "contact": "Who can be asked?"}
    operations.return_activity(activity=entry, comments=comments, by=administrator)
    page = visitor.page
    visitor.sign_in(lead)
    visitor.check("Home")
    expect(page.get_by_text("Contact: Who can be asked?")).to_be_visible()
    visitor.follow("Family hubs")
    visitor.check("Change an activity")
    expect(page.get_by_text("Nearly there.")).to_be_visible()
    expect(page.get_by_text("Who can be asked?")).to_be_visible()
    page.get_by_label("Contact", exact=True).fill("Public health team")
    visitor.follow("Continue", role="button")
    visitor.check("Check your answers")
    visitor.follow("Submit again", role="button")
    visitor.check("Family hubs")
    entry.refresh_from_db()
    assert (entry.is_submitted, entry.contact) == (True, "Public health team")


def test_last_round_is_carried_forward_and_the_rest_reported(visitor, lead, open_round):
    last = RoundFactory(name="Last quarter", closed=True)
    theme, sefton = Theme.objects.get(code="T1"), Place.objects.get(slug="sefton")
    for title in ("Family hubs", "Nursery places"):
        activity = ActivityFactory(title=title, round=last, theme=theme, places=[sefton])
        RecommendationLinkFactory(
            activity=activity, recommendation=Recommendation.objects.get(code="T1.05")
        )
    page = visitor.page
    visitor.sign_in(lead)
    visitor.check("Home")
    expect(page.get_by_text("2 activities of the last round to update")).to_be_visible()
    visitor.follow(T1)
    visitor.follow("Update the last round’s activities", role="button")
    visitor.check("Still going?")
    hubs = page.get_by_role("region", name="Family hubs")
    expect(hubs.get_by_text("What Family hubs does.").first).to_be_visible()
    hubs.get_by_label("It is complete").check()
    hubs.get_by_label("What it does now").fill("All hubs are open.")
    hubs.get_by_role("button", name=re.compile("^Submit this one ?: Family hubs$")).click()
    visitor.check("Still going?")
    expect(page.get_by_role("alert")).to_contain_text("“Family hubs” was carried over")
    page.get_by_label("Yes: continue it").check()
    page.get_by_role("checkbox", name=re.compile("^T1.05 ")).check()
    visitor.follow("Submit it", role="button")
    visitor.check(T1)
    expect(page.get_by_role("main")).to_contain_text("Completed")
    new = {row.title: row for row in Activity.objects.filter(round=open_round)}
    assert new["Family hubs"].delivery_status == "complete"
    assert not new["Family hubs"].recommendation_links.confirmed().exists()
    assert new["Nursery places"].recommendation_links.confirmed().exists()

    visitor.follow("Home", within=page.get_by_label("Menu"))
    visitor.follow("T8 Pursue environmental sustainability and health equity together")
    visitor.check("T8 Pursue environmental sustainability and health equity together")
    visitor.follow("There is nothing to report", role="button")
    visitor.check("Nothing to report")
    visitor.follow("Save", role="button")
    reason = visitor.check_error(
        "Nothing to report",
        "Enter why there is nothing to report",
        "Why is there nothing to report?",
    )
    reason.fill("No capacity this quarter.")
    visitor.follow("Save", role="button")
    visitor.check("T8 Pursue environmental sustainability and health equity together")
    assert NilReturn.objects.get().reason == "No capacity this quarter."


def test_evidence_is_added_on_the_way_to_submitting(visitor, lead, open_round, tmp_path):
    file = tmp_path / "Minutes.txt"
    file.write_text("We met.")
    start(visitor, lead, "Family hubs")
    page = visitor.page
    page.get_by_label(WHAT).fill("Three hubs.")
    page.get_by_label("Theme", exact=True).select_option(T1)
    visitor.follow("Continue", role="button")
    visitor.arrive("Check your answers")
    visitor.follow("Add a file or a link", role="button")
    visitor.check("Add evidence")
    visitor.follow("Add it", role="button")
    visitor.check_error("Add evidence", "Enter what it is", "What it is").fill("Minutes")
    page.locator("input[type=file]").set_input_files(file)
    visitor.follow("Add it", role="button")
    visitor.check("Check your answers")
    with page.expect_download() as download:
        visitor.follow("Minutes")
    assert download.value.suggested_filename == "Minutes.txt"
    page.get_by_role("button", name="Remove Minutes").click()
    visitor.check("Check your answers")
    expect(page.get_by_text("None yet.")).to_be_visible()
