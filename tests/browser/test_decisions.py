"""A lead answers on many recommendations, and adapts what another place does: by keyboard alone."""

import datetime
import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from recommendations.models import Place, Recommendation
from stocktake.models import Activity, Decision
from tests.factories import ActivityFactory, RecommendationLinkFactory

pytestmark = pytest.mark.browser

HEADING = "Decisions of Sefton"
LIST = "/places/sefton/decisions/"
FOCUSED = "element => element === document.activeElement"


def reach(page, target):
    """Go to a control with the tab key, as far as it takes within one page."""
    for _ in range(400):
        if target.evaluate(FOCUSED):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"The tab key does not lead to {target}.")


def press(page, target, key="Enter"):
    """Go to a control and press a key on it."""
    reach(page, target)
    page.keyboard.press(key)


def choose(page, name):
    """Go to the answers to choose from, and down to one of them."""
    answers = page.get_by_role("group", name="Answer", exact=True).get_by_role("radio")
    reach(page, answers.first)
    page.keyboard.press("Space")
    for _ in range(answers.count()):
        if page.get_by_role("radio", name=name, exact=True).is_checked():
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"The arrow key does not lead to {name}.")


def box(page, code):
    """The box to tick for a recommendation."""
    return page.get_by_role("checkbox", name=code, exact=True)


def row(page, code):
    """The row of a recommendation."""
    return page.get_by_role("row").filter(has=box(page, code))


def answers():
    """What Sefton answers, by the recommendation's code."""
    return dict(Decision.objects.values_list("recommendation__code", "answer"))


def test_answers_filtered_ticked_declined_and_mended(visitor, lead, open_round):
    page = visitor.page
    visitor.sign_in(lead)
    visitor.arrive("Home")
    visitor.open(reverse("stocktake:recommendation-detail", args=["T1.01"]))
    press(page, page.get_by_role("link", name="Sefton", exact=True))
    visitor.check(HEADING)
    expect(page.get_by_role("status").first).to_have_text("67 recommendations")
    expect(page.get_by_text("0 of at most 10 priorities chosen")).to_be_visible()

    words = page.get_by_role("textbox", name="Words")
    reach(page, words)
    page.keyboard.type("early years")
    press(page, page.get_by_role("button", name="Apply"))
    expect(page.get_by_role("link", name="Remove Words: early years")).to_be_visible()
    visitor.check(HEADING)
    shown = page.get_by_role("checkbox", name=re.compile(r"^[TS]"))
    assert 2 < shown.count() < 20
    for code in ("T1.01", "T1.03"):
        press(page, box(page, code), "Space")
    expect(page.get_by_text(f"2 of {shown.count()} ticked")).to_be_visible()
    choose(page, "Not now")
    press(page, page.get_by_role("button", name="Change the answers"))

    reason = visitor.check_error(HEADING, "Enter the reason for this answer", "Reason")
    expect(page).to_have_title(re.compile("^Error: "))
    assert answers() == {}
    expect(box(page, "T1.01")).to_be_checked()
    expect(box(page, "T1.02")).not_to_be_checked()
    expect(page.get_by_role("radio", name="Not now", exact=True)).to_be_checked()
    expect(reason).to_have_accessible_description(re.compile("Enter the reason"))
    page.keyboard.type("Waits for the review.")
    day = datetime.date.today() + datetime.timedelta(days=60)
    for label in ("Day", "Month", "Year"):
        reach(page, page.get_by_label(label, exact=True))
        page.keyboard.type(str(getattr(day, label.lower())))
    press(page, page.get_by_role("button", name="Change the answers"))

    expect(page.get_by_role("alert")).to_contain_text("on 2 recommendations was changed")
    visitor.check(HEADING)
    assert answers() == {"T1.01": "not-now", "T1.03": "not-now"}
    expect(row(page, "T1.03")).to_contain_text("Waits for the review.")
    expect(row(page, "T1.03")).to_contain_text("Declined")
    expect(row(page, "T1.02")).to_contain_text("No answer yet")
    expect(shown).not_to_have_count(67)


def test_priorities_up_to_the_limit(visitor, lead, open_round):
    open_round.max_priorities = 2
    open_round.save()
    page = visitor.page
    visitor.sign_in(lead)
    visitor.arrive("Home")
    visitor.open(f"{LIST}?theme=T1")
    press(page, page.get_by_role("button", name="Tick all shown"))
    boxes = page.locator("input[name=recommendations]")
    count = boxes.count()
    assert count > 3
    expect(page.get_by_text(f"{count} of {count} ticked")).to_be_visible()
    choose(page, "Priority")
    press(page, page.get_by_role("button", name="Change the answers"))
    message = (
        f"Sefton can choose 2 more: it has 0 of at most 2 priorities and this would add {count}. "
        f"Tick {count - 2} fewer, or choose another answer"
    )
    visitor.check_error(HEADING, message, "Priority")
    assert answers() == {}
    press(page, page.get_by_role("button", name="Tick none"))
    expect(page.get_by_text(f"0 of {count} ticked")).to_be_visible()
    for number in range(2):
        press(page, boxes.nth(number), "Space")
    press(page, page.get_by_role("button", name="Change the answers"))
    expect(page.get_by_text("2 of at most 2 priorities chosen")).to_be_visible()
    visitor.check(HEADING)
    assert list(answers().values()) == ["priority", "priority"]


def test_idea_of_another_place_adapted(visitor, lead, open_round):
    recommendation = Recommendation.objects.get(code="T1.01")
    source = ActivityFactory(
        title="Breakfast clubs in every school",
        round=open_round,
        theme=recommendation.theme,
        places=[Place.objects.get(slug="knowsley")],
        is_good_practice=True,
        contact="Kay, 0151 496 0000",
    )
    RecommendationLinkFactory(activity=source, recommendation=recommendation)
    page = visitor.page
    visitor.sign_in(lead)
    visitor.arrive("Home")
    visitor.open(f"{LIST}?theme=T1")
    ideas = page.get_by_role("link", name="Ideas from other places for T1.01")
    press(page, ideas)
    visitor.check("Recommendation T1.01")
    expect(page.get_by_role("heading", name="Ideas from other places")).to_be_in_viewport()
    expect(page.get_by_text("Kay, 0151 496 0000")).to_be_visible()
    press(page, page.get_by_role("button", name=re.compile("^Adapt this for Sefton")))
    visitor.arrive("Change an activity")
    expect(page.get_by_role("alert").first).to_contain_text("A draft for Sefton was made from")
    expect(page.get_by_label("Name of the activity")).to_have_value(source.title)
    draft = Activity.objects.get(adapted_from=source)
    visitor.open(reverse("stocktake:recommendation-detail", args=["T1.01"]))
    press(page, page.get_by_role("button", name=re.compile("^Adapt this for Sefton")))
    visitor.arrive("Change an activity")
    assert Activity.objects.get(adapted_from=source) == draft
    assert page.url.endswith(reverse("stocktake:activity-update", args=[draft.pk]))


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_answers_changed_without_javascript(visitor, lead, open_round):
    page = visitor.page
    visitor.sign_in(lead)
    visitor.arrive("Home")
    visitor.open(f"{LIST}?theme=T1")
    visitor.check(HEADING)
    expect(page.get_by_role("button", name="Tick all shown")).to_be_hidden()
    for code in ("T1.01", "T1.02"):
        box(page, code).check()
    page.get_by_role("radio", name="Doing", exact=True).check()
    visitor.follow("Change the answers", role="button")
    visitor.check(HEADING)
    expect(row(page, "T1.02")).to_contain_text("Doing")
    assert answers() == {"T1.01": "doing", "T1.02": "doing"}


def test_two_leads_at_one_answer(visitor, lead, open_round):
    page = visitor.page
    recommendation = Recommendation.objects.get(code="T1.01")
    visitor.sign_in(lead)
    visitor.arrive("Home")
    visitor.open(reverse("stocktake:decision-update", args=["T1.01", "sefton"]))
    heading = "The answer of Sefton on T1.01"
    visitor.check(heading)
    page.get_by_role("radio", name="Doing", exact=True).check()
    Decision.objects.create(
        place=Place.objects.get(slug="sefton"),
        recommendation=recommendation,
        answer="priority",
        decided_by=lead,
    )
    visitor.follow("Save the answer", role="button")
    message = (
        "This answer was changed since you opened the page. Save again to replace it, "
        "or cancel to keep it"
    )
    visitor.check_error(heading, message, "Priority")
    expect(page.get_by_text("by Leah Lead")).to_be_visible()
    expect(page.get_by_role("radio", name="Doing", exact=True)).to_be_checked()
    assert answers() == {"T1.01": "priority"}
    visitor.follow("Save the answer", role="button")
    visitor.arrive("Recommendation T1.01")
    assert answers() == {"T1.01": "doing"}
