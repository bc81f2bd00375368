"""A lead records what their place does; others look, may not change it, and accept it."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from recommendations.models import Place, Recommendation, Theme
from stocktake.models import Activity
from tests.factories import ActivityFactory, RecommendationLinkFactory

pytestmark = pytest.mark.browser

T1 = "T1 Give every child the best start in life"
NAME = "Family hubs open on Saturdays"
CODE = re.compile(r"^T1\.\d\d$")
RECOMMENDATIONS = "Which recommendations does it serve?"
INDICATORS = "Which beacon indicators should it move?"


def fill_in_date(page, name, day, month, year):
    """Type a date into its three boxes."""
    group = page.get_by_role("group", name=name, exact=True)
    for label, number in (("Day", day), ("Month", month), ("Year", year)):
        group.get_by_label(label).fill(str(number))


def box(where, code):
    """The box to tick whose label begins with a code or a number."""
    return where.get_by_role("checkbox", name=re.compile(rf"^{re.escape(code)} "))


def tick(page, legend, *labels):
    """Open a theme in a list of boxes to tick, and tick those whose labels begin so."""
    group = page.get_by_role("group", name=legend, exact=True)
    fold = group.locator("details", has=page.locator("summary", has_text=T1))
    if fold.get_attribute("open") is None:
        fold.locator("summary").click()
    for label in labels:
        box(group, label).check()


@pytest.fixture
def accepted(open_round, framework):
    """An accepted activity of Sefton, with a suggested link."""
    activity = ActivityFactory(
        title="Nursery places for two-year-olds",
        round=open_round,
        theme=Theme.objects.get(code="T1"),
        places=[Place.objects.get(slug="sefton")],
    )
    recommendation = Recommendation.objects.get(code="T1.02")
    RecommendationLinkFactory(activity=activity, recommendation=recommendation, suggested=True)
    return activity


def test_activity_added_changed_and_accepted(visitor, lead, other_lead, administrator, open_round):
    page = visitor.page
    visitor.sign_in(lead)
    visitor.arrive("Home")
    visitor.follow("Add an activity", role="button")
    visitor.check("Add an activity")
    expect(page.get_by_label("Sefton")).to_be_checked()
    page.get_by_label("What it does, and for whom").fill("Three hubs.\nEach with a midwife.")
    page.get_by_label("Theme", exact=True).select_option(T1)
    fill_in_date(page, "Start date", 1, 9, 2026)
    fill_in_date(page, "End date", 31, 8, 2026)
    page.get_by_label("Planned").check()
    tick(page, RECOMMENDATIONS, "T1.01", "T1.03")
    tick(page, INDICATORS, "3")
    page.locator("summary", has_text="Name a measure of your own").click()
    measure = page.get_by_role("group", name="Measure 1")
    measure.get_by_label("What is measured").fill("Families seen")
    measure.get_by_label("Target").fill("250")
    measure.get_by_label("Latest value").fill("90.5")
    fill_in_date(measure, "Date of the latest value", 30, 9, 2026)

    visitor.follow("Continue", role="button")
    name = visitor.check_error(
        "Add an activity", "Enter the name of the activity", "Name of the activity"
    )
    expect(name).to_have_accessible_description("Error: Enter the name of the activity")
    assert Activity.objects.count() == 0
    expect(page.get_by_label("What it does, and for whom")).to_have_value(
        "Three hubs.\nEach with a midwife."
    )
    expect(box(page, "T1.01")).to_be_checked()
    expect(box(page, "T1.01")).to_be_visible()
    expect(page.get_by_label("Planned")).to_be_checked()
    expect(measure.get_by_label("Latest value")).to_have_value("90.5")

    name.fill(NAME)
    fill_in_date(page, "End date", 31, 8, 2027)
    visitor.follow("Continue", role="button")
    visitor.check("Check your answers")
    visitor.follow("Submit", role="button")
    visitor.check(NAME)
    expect(page.get_by_role("alert")).to_contain_text(f"“{NAME}” was submitted.")
    main = page.get_by_role("main")
    for shown in ("Submitted", "Planned", "Each with a midwife.", "1 September 2026", "Sefton"):
        expect(main.get_by_text(shown).first).to_be_visible()
    links = main.locator(".app-rows__row").filter(has=page.get_by_role("link", name=CODE))
    expect(links).to_have_count(2)
    expect(links.nth(0).get_by_role("link", name="T1.01", exact=True)).to_be_visible()
    expect(links.nth(1).get_by_role("link", name="T1.03", exact=True)).to_be_visible()
    expect(main.get_by_text("Beacon indicator 3 ")).to_be_visible()
    row = page.get_by_role("table").get_by_role("row").nth(1)
    for cell in ("Families seen", "250", "90.5", "30 September 2026"):
        expect(row).to_contain_text(cell)

    visitor.follow("Change", role="button")
    visitor.check("Change an activity")
    page.get_by_label("Lead organisation").fill("Sefton Council")
    box(page, "T1.03").uncheck()
    visitor.follow("Save changes", role="button")
    visitor.check(NAME)
    expect(main.get_by_role("definition").filter(has_text="Sefton Council").first).to_be_visible()
    expect(links).to_have_count(1)
    address = Activity.objects.get().get_absolute_url()
    visitor.sign_out()

    visitor.sign_in(other_lead)
    visitor.arrive("Home")
    assert visitor.open(address) == 404
    visitor.check("Page not found", status=404)
    visitor.sign_out()

    visitor.sign_in(administrator)
    visitor.arrive("Home")
    visitor.open(address)
    visitor.check(NAME)
    visitor.follow("Review", role="button")
    visitor.check(f"Review {NAME}")
    visitor.follow("Accept", role="button")
    visitor.arrive("Review")
    expect(page.get_by_role("alert")).to_contain_text("was accepted")
    assert Activity.objects.get().is_accepted
    visitor.sign_out()

    visitor.sign_in(other_lead)
    visitor.arrive("Home")
    visitor.open(address)
    visitor.check(NAME)
    expect(page.get_by_role("button", name="Change")).to_have_count(0)
    assert visitor.open(f"{address}change/") == 403
    visitor.check("You can’t do this", status=403)


def test_activity_that_ends_before_it_starts_says_so_at_the_end_date(visitor, lead, open_round):
    page = visitor.page
    visitor.sign_in(lead)
    visitor.arrive("Home")
    visitor.open(reverse("stocktake:activity-create"))
    page.get_by_label("Name of the activity").fill(NAME)
    page.get_by_label("What it does, and for whom").fill("Three hubs.")
    page.get_by_label("Theme", exact=True).select_option(T1)
    fill_in_date(page, "Start date", 1, 9, 2026)
    fill_in_date(page, "End date", 31, 8, 2026)
    visitor.follow("Continue", role="button")
    summary = page.locator(".nhsuk-error-summary")
    expect(summary).to_be_focused()
    visitor.check("Add an activity")
    message = "The end date must be on or after the start date"
    summary.get_by_role("link", name=message).click()
    end = page.get_by_role("group", name="End date", exact=True)
    expect(end.get_by_label("Day")).to_be_focused()
    expect(end).to_have_accessible_description(re.compile(message))
    assert Activity.objects.count() == 0


def test_suggested_link_confirmed_and_another_refused(visitor, lead, accepted):
    page = visitor.page
    other = Recommendation.objects.get(code="T1.04")
    RecommendationLinkFactory(activity=accepted, recommendation=other, suggested=True)
    visitor.sign_in(lead)
    visitor.arrive("Home")
    visitor.follow("Activities of Sefton")
    visitor.arrive("Activities")
    visitor.follow(accepted.title)
    visitor.check(accepted.title)
    expect(page.get_by_text("No recommendation is linked yet")).to_be_visible()
    rows = page.locator(".app-rows__row").filter(has=page.get_by_role("link", name=CODE))
    visitor.follow("Confirm the link to T1.02", role="button")
    visitor.check("Confirm the link to T1.02")
    page.get_by_label("Why does this activity serve this recommendation?").fill("Same families.")
    visitor.follow("Confirm this link", role="button")
    visitor.check(accepted.title)
    expect(page.get_by_role("alert")).to_contain_text("The link to T1.02 was saved.")
    confirmed = rows.filter(has_text="confirmed by Leah Lead")
    expect(confirmed).to_have_count(1)
    expect(confirmed).to_contain_text("Same families.")
    page.get_by_role("button", name=re.compile("^Not this one ?: T1.04$")).click()
    visitor.check(accepted.title)
    expect(page.get_by_role("alert")).to_contain_text("The link to T1.04 was removed.")
    expect(rows).to_have_count(1)
    accepted.refresh_from_db()
    assert accepted.is_accepted


def test_draft_saved_and_deleted(visitor, lead, open_round):
    page = visitor.page
    visitor.sign_in(lead)
    visitor.arrive("Home")
    visitor.open(reverse("stocktake:activity-create"))
    page.get_by_label("Name of the activity").fill(NAME)
    page.get_by_label("What it does, and for whom").fill("Three hubs.")
    page.get_by_label("Theme", exact=True).select_option(T1)
    visitor.follow("Continue", role="button")
    visitor.check("Check your answers")
    visitor.follow("Leave it as a draft")
    visitor.check(NAME)
    assert Activity.objects.get().is_draft
    visitor.follow("Delete this draft", role="button")
    visitor.check("Delete this draft?")
    visitor.follow("Keep it")
    visitor.check(NAME)
    visitor.follow("Delete this draft", role="button")
    visitor.follow("Delete the draft", role="button")
    visitor.check("Activities")
    expect(page.get_by_role("alert")).to_contain_text("was deleted")
    assert not Activity.objects.exists()


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_activity_added_and_list_filtered_without_javascript(visitor, lead, accepted):
    page = visitor.page
    visitor.sign_in(lead)
    visitor.arrive("Home")
    visitor.follow("Add an activity", role="button")
    visitor.check("Add an activity")
    expect(page.get_by_label("Narrow the list").first).to_be_hidden()
    page.get_by_label("Name of the activity").fill(NAME)
    page.get_by_label("What it does, and for whom").fill("Three hubs.")
    page.get_by_label("Theme", exact=True).select_option(T1)
    tick(page, RECOMMENDATIONS, "T1.01")
    visitor.follow("Continue", role="button")
    visitor.check("Check your answers")
    visitor.follow("Submit", role="button")
    visitor.check(NAME)
    expect(page.get_by_role("link", name="T1.01", exact=True)).to_be_visible()
    visitor.follow("Activities")
    visitor.check("Activities")
    expect(page.locator("tbody tr")).to_have_count(2)
    page.get_by_label("Words").fill("hubs")
    visitor.follow("Apply", role="button")
    expect(page.get_by_role("link", name="Remove Words: hubs")).to_be_visible()
    visitor.check("Activities")
    expect(page.get_by_role("status")).to_have_text("1 activity")
    expect(page.locator("tbody tr")).to_contain_text(NAME)
    page.get_by_role("link", name="Remove Words: hubs").click()
    expect(page.get_by_role("status")).to_have_text("2 activities")


def test_narrowing_shows_what_fits_and_what_is_ticked(visitor, lead, open_round):
    page = visitor.page
    visitor.sign_in(lead)
    visitor.arrive("Home")
    visitor.open(reverse("stocktake:activity-create"))
    group = page.get_by_role("group", name=RECOMMENDATIONS, exact=True)
    boxes = group.get_by_role("checkbox")
    status = group.get_by_role("status")
    expect(boxes.first).to_be_hidden()
    tick(page, RECOMMENDATIONS, "T1.01")
    expect(group.locator("summary", has_text=T1)).to_contain_text("1 chosen")

    narrow = group.get_by_label("Narrow the list")
    narrow.press_sequentially("Fuel Poverty")
    fitting = Recommendation.objects.filter(text__icontains="fuel poverty")
    assert 0 < fitting.count() < 20
    visible = group.locator("input[type=checkbox]:visible")
    expect(visible).to_have_count(fitting.count() + 1)
    for recommendation in fitting:
        expect(box(group, recommendation.code)).to_be_visible()
    expect(box(group, "T1.01")).to_be_visible()
    expect(status).to_have_text(f"{fitting.count() + 1} shown, 1 chosen")
    visitor.check("Add an activity")

    narrow.press("Enter")
    visitor.check("Add an activity")
    expect(narrow).to_have_value("Fuel Poverty")
    narrow.fill("nothing is called so")
    expect(visible).to_have_count(1)
    expect(status).to_have_text("1 shown, 1 chosen")
    narrow.fill("")
    expect(status).to_have_text(f"{Recommendation.objects.count()} shown, 1 chosen")
    expect(group.locator("summary:visible")).to_have_count(Theme.objects.count())
    expect(page.locator("legend", has_text=INDICATORS)).to_be_visible()
