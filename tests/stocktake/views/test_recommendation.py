"""A recommendation's page, and taking over what other places do about it."""

import datetime

import pytest

from stocktake.models import Activity, Round
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
    browser_of,
    queries,
    sign_in_for,
    url,
    words,
)

pytestmark = pytest.mark.django_db
DETAIL = "recommendation-detail"
DECISION = "decision-update"
ADAPT = "activity-adapt"
DAY = datetime.timedelta(days=1)


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


@pytest.mark.parametrize(("name", "args"), [(DETAIL, ["T1.01"]), (ADAPT, [1])])
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
    assert browser_of(lead).get(url(DETAIL, code)).status_code == 404


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
    assert [href for href in page.links if href.startswith(url(DETAIL, "T1.01"))] == addresses


def test_page_leads_to_all_decisions_of_each_place(board_member, this_round, recommendation):
    page = page_for(board_member)
    for slug in ("knowsley", "sefton"):
        assert url("decision-list", slug) in page.links


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


# Ideas from other places


@pytest.fixture
def idea(link):
    """What Knowsley does about the recommendation, from which others may learn."""
    return link(
        "Breakfast club",
        "Knowsley",
        is_good_practice=True,
        lead_organisation="Knowsley Council",
        contact="Kay, 0151 496 0000",
        description="Toast for all.",
    )


def ideas(page):
    """The words of the section with the ideas; nothing if it is not there."""
    return page.text.partition("Ideas from other places")[2]


def adapt(user, activity, follow=False, **changes):
    """Press the button that adapts an activity for Sefton."""
    data = {"place": "sefton", "recommendation": "T1.01"} | changes
    return browser_of(user).post(url(ADAPT, activity.pk), data, follow=follow)


def test_ideas_show_who_does_what_and_whom_to_ask(lead, idea):
    page = page_for(lead)
    text = ideas(page)
    assert "Sefton has no accepted activity for this recommendation in Autumn." in text
    for shown in (
        "Breakfast club",
        "Places Knowsley",
        "Lead organisation Knowsley Council",
        "Contact Kay, 0151 496 0000",
        "Round Autumn",
        "Adapt this for Sefton: Breakfast club",
    ):
        assert shown in text
    assert url(ADAPT, idea.pk) in page.actions
    assert "ideas" in page.ids


@pytest.mark.parametrize("who", ["other_lead", "board_member"])
def test_ideas_are_for_those_with_a_gap(request, idea, who):
    page = page_for(request.getfixturevalue(who))
    assert not ideas(page)
    assert page.actions == []


def test_ideas_are_not_shown_to_a_place_that_does_not_answer(lead, idea):
    lead.places.set([PlaceFactory(name="Halton")])
    assert not ideas(page_for(lead))


def test_ideas_are_gone_once_the_place_has_an_activity(lead, idea, link):
    link("Of its own", "Sefton")
    assert not ideas(page_for(lead))


@pytest.mark.parametrize("more", [{"draft": True}, {"submitted": True}, {"suggested": True}])
def test_ideas_stay_as_long_as_the_activity_of_the_place_does_not_count(lead, idea, link, more):
    link("Of its own", "Sefton", **more)
    assert "Breakfast club" in ideas(page_for(lead))


def test_ideas_are_ten_at_most(lead, link):
    for number in range(12):
        link(f"Idea {number}", "Knowsley", is_good_practice=True)
    assert sum(f"Idea {number} " in ideas(page_for(lead)) for number in range(12)) == 10


def test_ideas_say_when_there_is_none(lead, this_round, recommendation):
    assert "No other place has said yet" in ideas(page_for(lead))


def test_ideas_without_contact_say_so(lead, link):
    link("Breakfast club", "Knowsley", is_good_practice=True)
    assert "Lead organisation Not given Contact Not given" in ideas(page_for(lead))


def test_ideas_have_a_button_for_each_place_with_a_gap(administrator, idea):
    page = page_for(administrator)
    assert "Adapt this for Sefton" in ideas(page)
    assert "Adapt this for Knowsley" not in ideas(page)


def test_ideas_without_an_open_round_have_no_button(lead, idea):
    Round.objects.update(closes_on=datetime.date.today() - DAY)
    page = page_for(lead)
    assert "You can adapt one once a round is open." in ideas(page)
    assert "Adapt this for" not in page.text
    assert page.actions == []


def test_ideas_show_markup_as_text(lead, idea):
    idea.title, idea.contact = f"1 {MARKUP}", f"2 {MARKUP}"
    idea.lead_organisation = f"3 {MARKUP}"
    idea.save()
    page = page_for(lead)
    for number in range(1, 4):
        assert_escaped(page, f"{number} {MARKUP}")


def test_ideas_take_the_same_number_of_queries_for_10_as_for_1(lead, idea, link):
    client = browser_of(lead)
    one = queries(client, url(DETAIL, "T1.01"))
    for number in range(9):
        link(f"Idea {number}", f"Place {number}", is_good_practice=True)
    assert queries(client, url(DETAIL, "T1.01")) == one


@pytest.mark.parametrize("who", ["lead", "administrator"])
def test_adapting_opens_the_draft_that_it_makes(request, lead, idea, who):
    response = adapt(request.getfixturevalue(who), idea, follow=True)
    draft = Activity.objects.get(adapted_from=idea)
    page = Page(response)
    assert page.address == url("activity-update", draft.pk)
    assert "A draft for Sefton was made from “Breakfast club”." in page.text
    assert draft.is_draft
    assert [place.slug for place in draft.places.all()] == ["sefton"]


def test_adapting_again_opens_the_same_draft(lead, idea):
    first = adapt(lead, idea)
    response = adapt(lead, idea, follow=True)
    assert response.redirect_chain == [(first.url, 302)]
    assert "Sefton has adapted “Breakfast club” already" in Page(response).text
    assert Activity.objects.filter(adapted_from=idea).count() == 1


@pytest.mark.parametrize("who", ["other_lead", "board_member"])
def test_adapting_is_for_the_lead_of_the_place(request, idea, who):
    assert adapt(request.getfixturevalue(who), idea).status_code == 403
    assert Activity.objects.count() == 1


@pytest.mark.parametrize(
    "more",
    [{"is_good_practice": False}, {"draft": True}, {"submitted": True}],
)
def test_only_good_practice_that_counts_can_be_adapted(administrator, link, more):
    activity = link("Breakfast club", "Knowsley", **{"is_good_practice": True} | more)
    assert adapt(administrator, activity).status_code == 404
    assert Activity.objects.count() == 1


@pytest.mark.parametrize(
    "data",
    [
        {"place": "halton"},
        {"place": "nowhere"},
        {"place": ""},
        {"place": "\x00"},
        {"place": "x" * 100_000},
        {"recommendation": "T1.02"},
        {"recommendation": ""},
        {"recommendation": "\x00"},
    ],
)
def test_adapting_for_what_the_place_does_not_answer_for_is_not_found(lead, idea, data):
    lead.places.add(PlaceFactory(name="Halton"))
    assert adapt(lead, idea, **data).status_code == 404
    assert Activity.objects.count() == 1


def test_adapting_what_is_not_there_is_not_found(lead, idea):
    assert browser_of(lead).post(url(ADAPT, idea.pk + 1)).status_code == 404
    assert browser_of(lead).post(url(ADAPT, idea.pk)).status_code == 404


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
def test_adapting_is_posted(lead, idea, method):
    assert getattr(browser_of(lead), method)(url(ADAPT, idea.pk)).status_code == 405


def test_adapting_without_an_open_round_makes_nothing_and_says_so(lead, idea):
    Round.objects.update(closes_on=datetime.date.today() - DAY)
    page = Page(adapt(lead, idea, follow=True))
    assert page.address == url(DETAIL, "T1.01")
    assert "No round is open, so nothing was added." in page.text
    assert Activity.objects.count() == 1
