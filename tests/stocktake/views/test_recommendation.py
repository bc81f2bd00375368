"""A recommendation's page, and a place's answer on it."""

import datetime

import pytest

from stocktake.models import Decision
from tests.factories import (
    ActivityFactory,
    BeaconIndicatorFactory,
    DecisionFactory,
    IndicatorLinkFactory,
    PlaceFactory,
    RecommendationFactory,
    RecommendationLinkFactory,
    ResponsibleBodyFactory,
    RoundFactory,
    ThemeFactory,
)
from tests.recommendations.factories import IndicatorValueFactory
from tests.stocktake.views import (
    EVERYONE,
    MARKUP,
    Page,
    assert_escaped,
    assert_refused,
    browser_of,
    queries,
    sign_in_for,
    url,
    words,
)

pytestmark = pytest.mark.django_db
DETAIL = "recommendation-detail"
DECISION = "decision-update"


@pytest.fixture
def this_round():
    """The round that is open."""
    return RoundFactory(name="Autumn")


@pytest.fixture
def recommendation(lead, other_lead):
    """T1.01, for which Sefton and Knowsley answer, and Halton and Liverpool City Region don't."""
    PlaceFactory(name="Halton")
    answering = [user.places.get() for user in (lead, other_lead)]
    body = ResponsibleBodyFactory(name="Place", answering_places=answering)
    return RecommendationFactory(
        theme=ThemeFactory(code="T1", title="Best start"),
        code="T1.01",
        text="Feed every child.",
        place_number=7,
        responsible_bodies=[body],
    )


@pytest.fixture
def link(this_round, recommendation):
    """Makes accepted activities that are linked to the recommendation."""

    def link(title, *places, suggested=False, **more):
        activity = ActivityFactory(
            **{"title": title, "round": this_round, "theme": recommendation.theme} | more,
            places=[PlaceFactory(name=place) for place in places],
        )
        RecommendationLinkFactory(
            activity=activity, recommendation=recommendation, suggested=suggested
        )
        return activity

    return link


def answers(page):
    """The words of each place's row, by its place."""
    rows = {}
    for heading in page.main.iter("h3"):
        row = next(li for li in page.main.iter("li") if heading in list(li))
        rows[words(heading)] = words(row)
    return rows


def page_for(user, name=DETAIL, *args):
    """A page as someone sees it."""
    return Page(browser_of(user).get(url(name, *(args or ["T1.01"]))))


# The page


@pytest.mark.parametrize("who", EVERYONE)
def test_everyone_who_signs_in_sees_the_page(request, this_round, recommendation, who):
    page = page_for(request.getfixturevalue(who))
    assert page.title == "Recommendation T1.01 – Themes – All Together Fairer"
    assert page.heading == "Recommendation T1.01"
    for text in [
        "Feed every child.",
        "Theme T1 Best start",
        "Phase Years 2-5",
        "Responsible body Place",
        "Place number 7",
        "No beacon indicator belongs to this theme.",
        "In Autumn, from accepted entries with a confirmed link.",
    ]:
        assert text in page.text


@pytest.mark.parametrize(("name", "args"), [(DETAIL, ["T1.01"]), (DECISION, ["T1.01", "sefton"])])
@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_gets_anywhere_without_signing_in(client, recommendation, name, args, method):
    response = getattr(client, method)(url(name, *args))
    assert response.status_code == 302
    assert response.url == sign_in_for(url(name, *args))


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_page_is_only_read(administrator, recommendation, method):
    response = getattr(browser_of(administrator), method)(url(DETAIL, "T1.01"))
    assert response.status_code == 405


@pytest.mark.parametrize("code", ["T1.02", "t1.01", "1", "nope", "x" * 500])
def test_unknown_recommendation_is_not_found(lead, recommendation, code):
    client = browser_of(lead)
    assert client.get(url(DETAIL, code)).status_code == 404
    assert client.get(url(DECISION, code, "sefton")).status_code == 404


def test_address_that_holds_no_code_is_not_found(lead, recommendation):
    assert browser_of(lead).get("/recommendations/%00/").status_code == 404


def test_page_says_when_no_round_has_opened(lead, recommendation):
    assert "No round has opened yet." in page_for(lead).text


def test_page_shows_what_each_answering_place_does(board_member, recommendation, link):
    link("Family hub", "Sefton")
    link("Breakfast club", "Sefton", "Knowsley", "Halton")
    found = answers(page_for(board_member))
    assert list(found) == ["Knowsley No measure", "Sefton No measure"]
    assert "Breakfast club" in found["Knowsley No measure"]
    assert "Family hub" not in found["Knowsley No measure"]
    assert "Family hub" in found["Sefton No measure"]
    assert "Breakfast club" in found["Sefton No measure"]


def test_page_shows_places_without_activity(board_member, this_round, recommendation):
    assert answers(page_for(board_member)) == {
        "Knowsley No activity": "Knowsley No activity",
        "Sefton No activity": "Sefton No activity",
    }


def test_page_shows_whole_threads(board_member, lead, recommendation, link):
    indicator = BeaconIndicatorFactory()
    IndicatorLinkFactory(activity=link("Family hub", "Sefton"), indicator=indicator)
    IndicatorValueFactory(
        indicator=indicator, area=lead.places.get(), period_end=datetime.date.today()
    )
    assert "Sefton Whole" in answers(page_for(board_member))


@pytest.mark.parametrize(
    "more",
    [
        {"draft": True},
        {"submitted": True},
        {"suggested": True},
        {"round": None},
    ],
)
def test_page_shows_only_what_counts(administrator, recommendation, link, more):
    more = dict(more)
    if "round" in more:
        more["round"] = RoundFactory(closed=True)
    link("Not counted", "Sefton", **more)
    page = page_for(administrator)
    assert "Not counted" not in page.text
    assert "Sefton No activity" in answers(page)


def test_page_shows_an_activity_under_another_theme(board_member, recommendation, link):
    link("Wages board", "Sefton", theme=ThemeFactory(code="T2"))
    assert "Wages board" in answers(page_for(board_member))["Sefton No measure"]


def test_page_shows_activities_of_places_that_do_not_answer_apart(
    board_member, recommendation, link
):
    link("Elsewhere", "Halton")
    link("Shared", "Halton", "Sefton")
    before, after = page_for(board_member).text.split("Activities of other places")
    assert "Elsewhere" not in before
    assert "Elsewhere" in after
    assert "Shared" not in after


def test_page_shows_an_activity_of_another_place_under_another_theme(
    board_member, recommendation, link
):
    link("Elsewhere", "Halton", theme=ThemeFactory(code="T2"))
    assert "Elsewhere" in page_for(board_member).text


def test_page_shows_answers(board_member, lead, this_round, recommendation):
    DecisionFactory(
        declined=True,
        place=lead.places.get(),
        recommendation=recommendation,
        reason="Too soon.",
        review_on="2027-04-01",
    )
    text = answers(page_for(board_member))["Sefton Declined"]
    assert "Answer: not now. Too soon" in text
    assert "review on 1 April 2027" in text


@pytest.mark.parametrize(
    ("who", "offered"),
    [
        ("lead", ["sefton"]),
        ("other_lead", ["knowsley"]),
        ("board_member", []),
        ("administrator", ["knowsley", "sefton"]),
    ],
)
def test_page_offers_answering_for_ones_own_places(
    request, this_round, recommendation, who, offered
):
    page = page_for(request.getfixturevalue(who))
    addresses = [url(DECISION, "T1.01", slug) for slug in offered]
    assert [href for href in page.links if "/decisions/" in href] == addresses


def test_page_shows_markup_as_text(board_member, lead, recommendation, link):
    recommendation.text, recommendation.note = f"1 {MARKUP}", f"2 {MARKUP}"
    recommendation.save()
    link(f"3 {MARKUP}", "Sefton")
    link(f"4 {MARKUP}", "Halton")
    DecisionFactory(place=lead.places.get(), recommendation=recommendation, reason=f"5 {MARKUP}")
    page = page_for(board_member)
    for number in range(1, 6):
        assert_escaped(page, f"{number} {MARKUP}")


def test_page_takes_the_same_number_of_queries_for_30_activities_as_for_1(
    lead, recommendation, link
):
    client = browser_of(lead)

    def add():
        place = PlaceFactory()
        body = ResponsibleBodyFactory(answering_places=[place])
        recommendation.responsible_bodies.add(body)
        link(f"Of {place}", place.name)
        DecisionFactory(place=place, recommendation=recommendation)
        BeaconIndicatorFactory(theme=recommendation.theme)

    add()
    one = queries(client, url(DETAIL, "T1.01"))
    for _ in range(29):
        add()
    assert queries(client, url(DETAIL, "T1.01")) == one


# A place's answer


@pytest.mark.parametrize(
    ("who", "status"),
    [("lead", 200), ("other_lead", 403), ("board_member", 403), ("administrator", 200)],
)
def test_answering_is_for_the_lead_of_the_place(request, recommendation, who, status):
    client = browser_of(request.getfixturevalue(who))
    address = url(DECISION, "T1.01", "sefton")
    assert client.get(address).status_code == status
    posted = client.post(address, {"answer": "priority"})
    assert posted.status_code == (302 if status == 200 else status)
    assert Decision.objects.exists() == (status == 200)


@pytest.mark.parametrize("place", ["halton", "liverpool-city-region", "nowhere"])
@pytest.mark.parametrize("who", ["lead", "administrator"])
def test_place_that_does_not_answer_is_not_found(request, lead, recommendation, who, place):
    if place == "halton":
        lead.places.add(PlaceFactory(name="Halton"))
    client = browser_of(request.getfixturevalue(who))
    for method in (client.get, client.post):
        assert method(url(DECISION, "T1.01", place)).status_code == 404
    assert not Decision.objects.exists()


@pytest.mark.parametrize("method", ["patch", "delete"])
def test_other_methods_are_not_allowed(lead, recommendation, method):
    DecisionFactory(place=lead.places.get(), recommendation=recommendation)
    response = getattr(browser_of(lead), method)(url(DECISION, "T1.01", "sefton"))
    assert response.status_code == 405
    assert Decision.objects.exists()


def test_answering_records_who_and_says_so(lead, this_round, recommendation):
    client = browser_of(lead)
    page = page_for(lead, DECISION, "T1.01", "sefton")
    assert page.heading == "The answer of Sefton on T1.01"
    assert "T1.01 Feed every child." in page.text
    data = page.form_data(answer="not-now", reason="Too soon.") | {
        "review_on_day": "1",
        "review_on_month": "4",
        "review_on_year": "2027",
    }
    page = Page(client.post(url(DECISION, "T1.01", "sefton"), data, follow=True))
    assert page.address == url(DETAIL, "T1.01")
    assert "The answer of Sefton was saved." in page.text
    assert "Sefton Declined" in answers(page)
    decision = Decision.objects.get()
    assert decision.place.slug == "sefton"
    assert decision.recommendation == recommendation
    assert decision.answer == "not-now"
    assert decision.reason == "Too soon."
    assert decision.review_on == datetime.date(2027, 4, 1)
    assert decision.decided_by == lead


def test_answering_again_replaces_the_answer(lead, administrator, recommendation):
    earlier = DecisionFactory(
        declined=True,
        place=lead.places.get(),
        recommendation=recommendation,
        decided_by=administrator,
    )
    client = browser_of(lead)
    page = page_for(lead, DECISION, "T1.01", "sefton")
    assert page.form_data()["answer"] == ["not-now"]
    assert page.form_data()["reason"] == ["Too soon."]
    assert page.form_data()["review_on_year"] == [str(earlier.review_on.year)]
    client.post(url(DECISION, "T1.01", "sefton"), {"answer": "doing"})
    decision = Decision.objects.get()
    assert (decision.answer, decision.reason, decision.review_on) == ("doing", "", None)
    assert decision.decided_by == lead
    assert decision.decided_at > earlier.decided_at


@pytest.mark.parametrize("answer", ["not-now", "not-relevant"])
def test_declining_without_reason_and_date_is_refused_at_the_fields(lead, recommendation, answer):
    response = browser_of(lead).post(url(DECISION, "T1.01", "sefton"), {"answer": answer})
    page = assert_refused(
        response,
        "Enter the reason for this answer",
        "Enter the date on which the place reviews it",
    )
    assert "Enter the reason" in page.errors("id_reason")
    assert "Enter the date" in page.errors("id_review_on")
    assert len(page.summary) == 2
    assert page.form_data()["answer"] == [answer]
    assert not Decision.objects.exists()


def test_refused_answer_keeps_what_was_typed_and_the_earlier_answer(lead, recommendation):
    DecisionFactory(place=lead.places.get(), recommendation=recommendation)
    data = {
        "answer": "not-now",
        "reason": f"Too soon. {MARKUP}",
        "review_on_day": "31",
        "review_on_month": "2",
        "review_on_year": "2027",
    }
    page = assert_refused(browser_of(lead).post(url(DECISION, "T1.01", "sefton"), data))
    assert [text for text, _ in page.summary] == ["Enter a real date, such as 27 3 2026"]
    for name, value in data.items():
        assert page.form_data()[name] == [value]
    assert "<script>alert" not in page.source
    assert Decision.objects.get().answer == "priority"


@pytest.mark.parametrize("answer", ["", "maybe", "\x00"])
def test_answer_that_is_none_is_refused(lead, recommendation, answer):
    response = browser_of(lead).post(url(DECISION, "T1.01", "sefton"), {"answer": answer})
    assert_refused(response)
    assert not Decision.objects.exists()


def test_answer_page_shows_markup_as_text(lead, recommendation):
    recommendation.text = f"1 {MARKUP}"
    recommendation.save()
    DecisionFactory(place=lead.places.get(), recommendation=recommendation, reason=f"2 {MARKUP}")
    page = page_for(lead, DECISION, "T1.01", "sefton")
    assert_escaped(page, f"1 {MARKUP}")
    assert_escaped(page, f"2 {MARKUP}")
