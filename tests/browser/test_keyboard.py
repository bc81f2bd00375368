"""Each form of the working day, reached and sent by keyboard alone."""

import pytest
from django.urls import reverse

from recommendations.models import Place, Recommendation, Theme
from tests.factories import ActivityFactory, RecommendationLinkFactory, RoundFactory

pytestmark = pytest.mark.browser

# Of a group of radios the keyboard reaches one.
NAME = """const name = (each) =>
    each.type === "radio" ? `radio ${each.name}` : each.id || each.textContent.trim();"""
# None that is hidden or folded.
CONTROLS = f"""() => {{ {NAME}
    return [...document.querySelectorAll("main form :is(input, select, textarea, button)")]
        .filter((each) => each.type !== "hidden" && !each.disabled && each.checkVisibility())
        .map(name); }}"""
FOCUSED = f"() => {{ {NAME} return name(document.activeElement); }}"
SENDING = "() => document.activeElement.closest('main form') && document.activeElement.type"


@pytest.fixture
def addresses(open_round, framework, lead):
    """The forms of a lead and of an administrator."""
    last = RoundFactory(name="Last quarter", closed=True)
    theme, sefton = Theme.objects.get(code="T1"), Place.objects.get(slug="sefton")
    old = ActivityFactory(round=last, theme=theme, places=[sefton])
    submitted = ActivityFactory(submitted=True, round=open_round, theme=theme, places=[sefton])
    link = RecommendationLinkFactory(
        activity=submitted, recommendation=Recommendation.objects.get(code="T1.05")
    )
    RecommendationLinkFactory(activity=old, recommendation=link.recommendation)

    def address(name, *args):
        return reverse(f"stocktake:{name}", args=args)

    return {
        "lead": [
            address("activity-create"),
            address("activity-update", submitted.pk),
            address("continuation-create", "sefton", "T1"),
            address("nil-return-update", "sefton", "T8"),
            address("evidence-create", submitted.pk),
            address("recommendation-link-update", submitted.pk, "T1.05"),
            address("activity-detail", submitted.pk),
            address("decision-update", "T1.05", "sefton"),
            address("upload-create"),
            reverse("hand-over-create"),
        ],
        "administrator": [
            address("review-list"),
            address("review-detail", submitted.pk),
            address("review-return", submitted.pk),
            reverse("invitation-create"),
        ],
    }


@pytest.mark.parametrize("who", ["lead", "administrator"])
def test_each_form_is_reached_and_sent_by_keyboard(visitor, request, addresses, who):
    page = visitor.page
    visitor.sign_in(request.getfixturevalue(who))
    visitor.arrive("Home")
    for address in addresses[who]:
        visitor.open(address)
        page.wait_for_load_state("networkidle")
        missing = set(page.evaluate(CONTROLS))
        assert missing, address
        page.locator("h1").evaluate("each => { each.tabIndex = -1; each.focus(); }")
        for _ in range(len(missing) * 2 + 40):
            page.keyboard.press("Tab")
            missing.discard(page.evaluate(FOCUSED))
            if not missing:
                break
        assert not missing, f"{address}: the keyboard does not reach {missing}"
        while page.evaluate(SENDING) != "submit":
            page.keyboard.press("Shift+Tab")
        with page.expect_navigation() as sent:
            page.keyboard.press("Enter")
        assert sent.value.status < 400, address
