"""A place's answers: on all its recommendations, and on one of them."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from recommendations.models import Recommendation
from stocktake import operations
from stocktake.models import Decision
from tests.factories import (
    ActivityFactory,
    DecisionFactory,
    PlaceFactory,
    RecommendationFactory,
    RecommendationLinkFactory,
    ResponsibleBodyFactory,
    RoundFactory,
    ThemeFactory,
    today,
)
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
LIST = "decision-list"
TODAY = datetime.date.today()


@pytest.fixture
def this_round():
    """The round that is open, in which a place may have two priorities."""
    return RoundFactory(name="Autumn", max_priorities=2)


@pytest.fixture
def body(lead, other_lead):
    """Who T1.01 and T2.01 to T2.03 are addressed to: Sefton and Knowsley answer, Halton doesn't."""
    PlaceFactory(name="Halton")
    answering = [user.places.get() for user in (lead, other_lead)]
    return ResponsibleBodyFactory(name="Place", answering_places=answering)


@pytest.fixture
def recommendation(body):
    """T1.01, of years 2 to 5."""
    return RecommendationFactory(
        theme=ThemeFactory(code="T1", title="Best start", stocktake_number=1),
        code="T1.01",
        text="Feed every child.",
        place_number=7,
        responsible_bodies=[body],
    )


@pytest.fixture
def recommendations(recommendation, body):
    """All that Sefton answers for: T1.01, and T2.01 to T2.03 of year 1."""
    theme = ThemeFactory(code="T2", title="Fair work", stocktake_number=2)
    RecommendationFactory(theme=theme, code="T2.09", text="Of nobody here.")
    wages = [
        RecommendationFactory(
            theme=theme,
            code=f"T2.0{number}",
            text=f"Pay {number} wages.",
            phase="year-1",
            responsible_bodies=[body],
        )
        for number in (1, 2, 3)
    ]
    return [recommendation, *wages]


def page_for(user, name=DECISION, *args, **parameters):
    """A page as someone sees it."""
    return Page(browser_of(user).get(url(name, *(args or ["T1.01", "sefton"]), **parameters)))


def answer(lead, code, value="priority", **more):
    """Sefton's answer on a recommendation, as a row."""
    recommendation = Recommendation.objects.get(code=code)
    return DecisionFactory(
        place=lead.places.get(), recommendation=recommendation, answer=value, **more
    )


def answers():
    """Every answer in the database by the code it is about."""
    return dict(Decision.objects.values_list("recommendation__code", "answer"))


# All answers of a place


def rows(page):
    """The words of each row's cells by its code; without the codes, and the columns' names."""
    found = {}
    for row in page.main.iter("tr"):
        code, *cells = [words(cell) for cell in row]
        if code != "Code":
            found[code.removeprefix("Code ")] = cells
    return found


def ticks(page):
    """The codes of the boxes on the page."""
    boxes = page.main.findall(".//input[@name='recommendations']")
    return [box.get("value") for box in boxes]


def post(user, page, *codes, follow=False, address=None, **changes):
    """Tick rows of a page and send it."""
    data = page.form_data(recommendations=list(codes), **changes)
    return browser_of(user).post(address or url(LIST, "sefton"), data, follow=follow)


def later(day=TODAY + datetime.timedelta(days=90)):
    """A review date, in its three boxes."""
    return {"review_on_day": day.day, "review_on_month": day.month, "review_on_year": day.year}


@pytest.mark.parametrize("who", EVERYONE)
def test_everyone_who_signs_in_reads_the_answers_of_a_place(
    request, lead, this_round, recommendations, who
):
    answer(lead, "T1.01")
    answer(lead, "T2.02", "not-now", reason="Too soon.", review_on="2027-04-01")
    page = page_for(request.getfixturevalue(who), LIST, "sefton")
    assert page.title == "Decisions of Sefton – Themes – All Together Fairer"
    assert "1 of at most 2 priorities chosen" in page.text
    assert page.status == "4 recommendations"
    captions = [words(caption) for caption in page.main.iter("caption")]
    assert captions == ["T1 Best start", "T2 Fair work"]
    found = rows(page)
    assert list(found) == ["T1.01", "T2.01", "T2.02", "T2.03"]
    text, thread, given = found["T1.01"]
    assert "Feed every child. Years 2-5, place number 7" in text
    assert "No activity 0 activities" in thread
    assert "Priority" in given
    assert "Not now Too soon. Review on 1 April 2027" in found["T2.02"][2]
    assert "No answer yet" in found["T2.03"][2]


@pytest.mark.parametrize(
    ("who", "may"),
    [("lead", True), ("other_lead", False), ("board_member", False), ("administrator", True)],
)
def test_only_the_lead_of_the_place_changes_its_answers(
    request, this_round, recommendations, who, may
):
    user = request.getfixturevalue(who)
    page = page_for(user, LIST, "sefton")
    assert bool(ticks(page)) is may
    assert (url(DECISION, "T1.01", "sefton") in page.links) is may
    assert ("Ideas from other places" in page.text) is may
    data = {"recommendations": "T1.01", "answer": "doing"}
    response = browser_of(user).post(url(LIST, "sefton"), data)
    assert response.status_code == (302 if may else 403)
    assert answers() == ({"T1.01": "doing"} if may else {})


@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_gets_anywhere_without_signing_in(client, recommendation, method):
    for address in (url(LIST, "sefton"), url(DECISION, "T1.01", "sefton")):
        response = getattr(client, method)(address)
        assert response.status_code == 302
        assert response.url == sign_in_for(address)


@pytest.mark.parametrize("place", ["nowhere", "england", "SEFTON", "x" * 500])
def test_answers_of_no_place_are_not_found(administrator, recommendation, place):
    PlaceFactory(slug="england", name="England", level="comparator", parent=None)
    client = browser_of(administrator)
    for method in (client.get, client.post):
        assert method(url(LIST, place)).status_code == 404


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_answers_are_only_read_and_posted(lead, recommendation, method):
    assert getattr(browser_of(lead), method)(url(LIST, "sefton")).status_code == 405


def test_place_that_answers_for_nothing_has_an_empty_list(administrator, this_round, body):
    page = page_for(administrator, LIST, "halton")
    assert "Halton answers for no recommendation." in page.text
    assert page.status == "0 recommendations"


def test_list_works_before_the_first_round(lead, recommendations):
    page = page_for(lead, LIST, "sefton")
    assert "0 priorities chosen" in page.text
    assert [len(cells) for cells in rows(page).values()] == [2, 2, 2, 2]


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        (None, "2 priorities chosen"),
        (10, "2 of at most 10 priorities chosen"),
        (1, "2 of at most 1 priority chosen"),
    ],
)
def test_list_says_how_many_priorities_are_chosen(
    lead, other_lead, this_round, recommendations, limit, said
):
    this_round.max_priorities = limit
    this_round.save()
    answer(lead, "T1.01")
    answer(lead, "T2.01")
    answer(lead, "T2.02", "doing")
    answer(other_lead, "T2.02")
    answer(lead, "T2.09")
    page = page_for(lead, LIST, "sefton")
    assert said in page.text
    assert ("More priorities were chosen than may be now." in page.text) is (limit == 1)


def test_list_shows_threads_and_leads_to_their_activities(lead, this_round, recommendations):
    for place in ("Sefton", "Knowsley"):
        activity = ActivityFactory(round=this_round, places=[PlaceFactory(name=place)])
        RecommendationLinkFactory(activity=activity, recommendation=recommendations[0])
    page = page_for(lead, LIST, "sefton")
    found = rows(page)
    assert "No measure 1 activity linked to T1.01" in found["T1.01"][1]
    assert "Ideas from other places" not in found["T1.01"][1]
    assert "Ideas from other places for T2.01" in found["T2.01"][1]
    assert url(DETAIL, "T2.01") + "#ideas" in page.links
    assert url(DETAIL, "T1.01") + "#ideas" not in page.links
    address = page.link("1 activity linked to T1.01")
    listed = Page(browser_of(lead).get(address))
    assert listed.status == "1 activity"


@pytest.mark.parametrize(
    ("parameters", "found"),
    [
        ({}, ["T1.01", "T2.01", "T2.02", "T2.03"]),
        ({"words": "WAGES pay"}, ["T2.01", "T2.02", "T2.03"]),
        ({"words": "t2.03"}, ["T2.03"]),
        ({"words": "wages feed"}, []),
        ({"theme": "T1"}, ["T1.01"]),
        ({"phase": "year-1"}, ["T2.01", "T2.02", "T2.03"]),
        ({"answer": "none"}, ["T2.02"]),
        ({"answer": "priority"}, ["T1.01"]),
        ({"answer": "not-now"}, ["T2.01", "T2.03"]),
        ({"overdue": "on"}, ["T2.01"]),
        ({"answer": "not-now", "words": "3"}, ["T2.03"]),
        ({"words": "😀"}, []),
    ],
)
def test_list_is_filtered(lead, this_round, recommendations, parameters, found):
    answer(lead, "T1.01")
    past, soon = today() - datetime.timedelta(days=1), today()
    answer(lead, "T2.01", "not-now", reason="Later.", review_on=past)
    answer(lead, "T2.03", "not-now", reason="Later.", review_on=soon)
    page = page_for(lead, LIST, "sefton", **parameters)
    assert list(rows(page)) == found
    assert page.status == f"{len(found)} recommendation" + ("" if len(found) == 1 else "s")
    if not found:
        assert "No recommendation fits these filters." in page.text
        assert not ticks(page)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("words", "x" * 201),
        ("words", "\x00"),
        ("theme", "T9"),
        ("theme", "\x00"),
        ("phase", "year-9"),
        ("answer", MARKUP),
    ],
)
def test_filter_that_cannot_be_read_is_named_and_finds_nothing(
    lead, this_round, recommendations, name, value
):
    page = assert_refused(browser_of(lead).get(url(LIST, "sefton", **{name: value})))
    assert not rows(page)
    assert page.errors(f"filter_{name}")
    assert "<script>alert" not in page.source


def test_one_answer_is_given_to_all_that_are_ticked(lead, this_round, recommendations):
    earlier = answer(lead, "T2.01")
    response = post(
        lead,
        page_for(lead, LIST, "sefton"),
        *["T1.01", "T2.01", "T2.03"],
        answer="not-now",
        reason="Waits for the review.",
        **later(),
        follow=True,
    )
    page = Page(response)
    assert page.address == url(LIST, "sefton")
    assert "The answer of Sefton on 3 recommendations was changed." in page.text
    assert answers() == dict.fromkeys(["T1.01", "T2.01", "T2.03"], "not-now")
    for decision in Decision.objects.all():
        assert decision.place == lead.places.get()
        assert decision.reason == "Waits for the review."
        assert decision.review_on == TODAY + datetime.timedelta(days=90)
        assert decision.decided_by == lead
        assert decision.decided_at > earlier.decided_at


def test_changing_answers_keeps_the_filters(lead, this_round, recommendations):
    address = url(LIST, "sefton", theme="T2")
    page = page_for(lead, LIST, "sefton", theme="T2")
    response = post(lead, page, "T2.01", address=address, answer="doing", follow=True)
    assert response.redirect_chain == [(address, 302)]
    page = Page(response)
    assert "The answer of Sefton on T2.01 was changed." in page.text
    assert "T1.01" not in rows(page)


def test_answers_are_taken_away(lead, other_lead, this_round, recommendations):
    for code in ("T1.01", "T2.01", "T2.02"):
        answer(lead, code)
    theirs = answer(other_lead, "T1.01")
    page = page_for(lead, LIST, "sefton")
    post(lead, page, "T1.01", "T2.01", "T2.03", answer="none")
    kept = Decision.objects.filter(place=lead.places.get())
    assert [decision.recommendation.code for decision in kept] == ["T2.02"]
    assert Decision.objects.contains(theirs)


def test_declining_many_without_reason_and_date_is_refused_at_the_fields(
    lead, this_round, recommendations
):
    page = page_for(lead, LIST, "sefton")
    response = post(lead, page, "T1.01", "T2.02", answer="not-relevant")
    page = assert_refused(
        response,
        "Enter the reason for this answer",
        "Enter the date on which the place reviews it",
    )
    assert "Enter the reason" in page.errors("id_reason")
    assert "Enter the date" in page.errors("id_review_on")
    data = page.form_data()
    assert data["recommendations"] == ["T1.01", "T2.02"]
    assert data["answer"] == ["not-relevant"]
    assert not answers()


@pytest.mark.parametrize("value", ["", "maybe", "\x00"])
def test_answer_to_many_that_is_none_is_refused_and_nothing_lost(
    lead, this_round, recommendations, value
):
    text = f"Too soon. {MARKUP}"
    bad_date = {"review_on_day": "31", "review_on_month": "2", "review_on_year": "2027"}
    page = page_for(lead, LIST, "sefton")
    response = post(lead, page, "T2.02", answer=value, reason=text, **bad_date)
    page = assert_refused(response, "Enter a real date, such as 27 3 2026")
    assert page.errors("id_answer")
    data = page.form_data()
    assert data["recommendations"] == ["T2.02"]
    assert data["reason"] == [text]
    assert data["review_on_day"] == ["31"]
    assert "<script>alert" not in page.source
    assert not answers()


@pytest.mark.parametrize(
    ("ticked", "message"),
    [
        ([], "Tick the recommendations to answer"),
        (["T2.09"], "Tick only recommendations that this place answers for"),
        (["T1.01", "\x00"], "Tick only recommendations that this place answers for"),
        (["x" * 100_000], "Tick only recommendations that this place answers for"),
    ],
)
def test_ticks_that_are_none_are_refused(lead, this_round, recommendations, ticked, message):
    page = page_for(lead, LIST, "sefton")
    page = assert_refused(post(lead, page, *ticked, answer="doing"), message)
    assert message in page.errors("id_recommendations")
    assert not answers()


def test_nul_in_the_reason_is_refused_at_the_field(lead, this_round, recommendations):
    page = page_for(lead, LIST, "sefton")
    page = assert_refused(post(lead, page, "T1.01", answer="doing", reason="a\x00b"))
    assert "invisible characters" in page.errors("id_reason")
    assert not answers()


def test_more_priorities_than_allowed_are_refused_at_the_answer(lead, this_round, recommendations):
    answer(lead, "T1.01")
    page = page_for(lead, LIST, "sefton")
    response = post(lead, page, "T1.01", "T2.01", "T2.02", "T2.03", answer="priority", reason="So.")
    page = assert_refused(response)
    assert (
        "Sefton can choose 1 more: it has 1 of at most 2 priorities and this would add 3. "
        "Tick 2 fewer, or choose another answer" in page.errors("id_answer")
    )
    assert page.form_data()["recommendations"] == ["T1.01", "T2.01", "T2.02", "T2.03"]
    assert page.form_data()["reason"] == ["So."]
    assert answers() == {"T1.01": "priority"}
    assert post(lead, page, "T1.01", "T2.01", answer="priority").status_code == 302
    assert answers() == {"T1.01": "priority", "T2.01": "priority"}


def test_rows_that_others_changed_are_shown_and_not_overwritten(
    lead, administrator, this_round, recommendations
):
    for code in ("T1.01", "T2.01"):
        answer(lead, code)
    page = page_for(lead, LIST, "sefton")
    operations.decide(
        place=lead.places.get(),
        recommendation=recommendations[0],
        answer="not-now",
        reason="Theirs.",
        review_on=TODAY,
        by=administrator,
    )
    response = post(lead, page, "T1.01", "T2.01", "T2.02", answer="doing", reason="Mine.")
    page = assert_refused(response)
    assert "T1.01 was changed since you opened this page" in page.errors("id_recommendations")
    assert "Changed meanwhile Not now Theirs." in rows(page)["T1.01"][2]
    assert page.text.count("Changed meanwhile") == 1
    assert page.form_data()["recommendations"] == ["T2.01", "T2.02"]
    assert page.form_data()["reason"] == ["Mine."]
    assert answers() == {"T1.01": "not-now", "T2.01": "priority"}
    assert post(lead, page, "T1.01", "T2.01", "T2.02", answer="doing").status_code == 302
    assert answers() == dict.fromkeys(["T1.01", "T2.01", "T2.02"], "doing")


def test_row_that_others_changed_stays_seen_as_it_was_after_another_error(
    lead, this_round, recommendations
):
    page = page_for(lead, LIST, "sefton")
    answer(lead, "T1.01")
    page = assert_refused(post(lead, page, "T1.01", answer="not-now"))
    page = assert_refused(post(lead, page, "T1.01", answer="not-now", reason="So.", **later()))
    assert "T1.01 was changed since" in page.errors("id_recommendations")
    assert answers() == {"T1.01": "priority"}


def test_ticked_row_that_fits_the_filter_no_more_stays_in_sight(lead, this_round, recommendations):
    page = page_for(lead, LIST, "sefton", answer="none")
    answer(lead, "T2.01")
    address = url(LIST, "sefton", answer="none")
    response = post(lead, page, "T2.01", "T2.02", address=address, answer="doing")
    page = assert_refused(response)
    assert "Changed meanwhile Priority" in rows(page)["T2.01"][2]
    assert page.form_data()["recommendations"] == ["T2.02"]


def test_list_shows_markup_as_text(lead, this_round, recommendation):
    recommendation.text = f"1 {MARKUP}"
    recommendation.save()
    answer(lead, "T1.01", reason=f"2 {MARKUP}")
    page = page_for(lead, LIST, "sefton")
    assert_escaped(page, f"1 {MARKUP}")
    assert_escaped(page, f"2 {MARKUP}")


def test_list_takes_the_same_number_of_queries_for_30_rows_as_for_1(
    lead, this_round, recommendation, body
):
    client = browser_of(lead)

    def add(code):
        row = RecommendationFactory(code=code, responsible_bodies=[body])
        answer(lead, code)
        activity = ActivityFactory(round=this_round, places=lead.places.all())
        RecommendationLinkFactory(activity=activity, recommendation=row)

    add("A.01")
    one = queries(client, url(LIST, "sefton"))
    for number in range(2, 31):
        add(f"A.{number:02}")
    assert queries(client, url(LIST, "sefton")) == one


def test_changing_many_takes_the_same_number_of_queries_as_changing_one(lead, this_round, body):
    this_round.max_priorities = None
    this_round.save()
    codes = [f"A.{number:02}" for number in range(1, 31)]
    for code in codes:
        RecommendationFactory(code=code, responsible_bodies=[body])
    client = browser_of(lead)
    page = Page(client.get(url(LIST, "sefton")))

    def change(*codes):
        data = page.form_data(recommendations=list(codes), answer="doing")
        with CaptureQueriesContext(connection) as captured:
            assert client.post(url(LIST, "sefton"), data).status_code == 302
        return len(captured)

    assert change(*codes[1:]) == change(codes[0])


# The answer on one recommendation


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


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_are_not_allowed(lead, recommendation, method):
    DecisionFactory(place=lead.places.get(), recommendation=recommendation)
    response = getattr(browser_of(lead), method)(url(DECISION, "T1.01", "sefton"))
    assert response.status_code == 405
    assert Decision.objects.exists()


def test_answering_records_who_and_says_so(lead, this_round, recommendation):
    client = browser_of(lead)
    page = page_for(lead)
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
    assert "Sefton Declined" in page.text
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
    page = page_for(lead)
    assert page.form_data()["answer"] == ["not-now"]
    assert page.form_data()["reason"] == ["Too soon."]
    assert page.form_data()["review_on_year"] == [str(earlier.review_on.year)]
    data = page.form_data(answer="doing", reason="", review_on_day="")
    data |= {"review_on_month": "", "review_on_year": ""}
    client.post(url(DECISION, "T1.01", "sefton"), data)
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
    page = page_for(lead)
    assert_escaped(page, f"1 {MARKUP}")
    assert_escaped(page, f"2 {MARKUP}")


@pytest.mark.parametrize("code", ["T1.02", "t1.01", "1", "nope", "x" * 500])
def test_answer_on_an_unknown_recommendation_is_not_found(lead, recommendation, code):
    assert browser_of(lead).get(url(DECISION, code, "sefton")).status_code == 404


def test_one_priority_too_many_is_refused_at_the_answer(lead, this_round, recommendations):
    answer(lead, "T2.01")
    answer(lead, "T2.02")
    data = page_for(lead).form_data(answer="priority", reason="It matters.")
    response = browser_of(lead).post(url(DECISION, "T1.01", "sefton"), data)
    page = assert_refused(response)
    assert "Sefton has 2 priorities already, and at most 2 can be chosen." in page.errors(
        "id_answer"
    )
    assert page.form_data()["reason"] == ["It matters."]
    assert "T1.01" not in answers()


def test_answer_that_someone_else_changed_meanwhile_is_shown_and_kept(
    lead, administrator, recommendation
):
    answer(lead, "T1.01", decided_by=lead)
    mine = page_for(lead).form_data(answer="doing", reason="Mine.")
    operations.decide(
        place=lead.places.get(),
        recommendation=recommendation,
        answer="not-now",
        reason=f"Theirs. {MARKUP}",
        review_on=datetime.date(2027, 4, 1),
        by=administrator,
    )
    client = browser_of(lead)
    page = assert_refused(client.post(url(DECISION, "T1.01", "sefton"), mine))
    assert "This answer was changed" in page.errors("id_answer")
    assert "Not now" in page.text
    assert "Review date 1 April 2027" in page.text
    assert "by Ada Administrator" in page.text
    assert_escaped(page, f"Theirs. {MARKUP}")
    assert page.form_data()["answer"] == ["doing"]
    assert page.form_data()["reason"] == ["Mine."]
    assert answers() == {"T1.01": "not-now"}
    client.post(url(DECISION, "T1.01", "sefton"), page.form_data())
    decision = Decision.objects.get()
    assert (decision.answer, decision.reason, decision.decided_by) == ("doing", "Mine.", lead)


def test_answer_that_someone_else_gave_first_is_shown(lead, recommendation):
    mine = page_for(lead).form_data(answer="doing")
    answer(lead, "T1.01")
    page = assert_refused(browser_of(lead).post(url(DECISION, "T1.01", "sefton"), mine))
    assert "This answer was changed" in page.errors("id_answer")
    assert answers() == {"T1.01": "priority"}


def test_answer_that_someone_else_took_away_is_said(lead, recommendation):
    decision = answer(lead, "T1.01")
    mine = page_for(lead).form_data(answer="doing")
    decision.delete()
    client = browser_of(lead)
    page = assert_refused(client.post(url(DECISION, "T1.01", "sefton"), mine))
    assert "The earlier answer was taken away." in page.text
    assert not answers()
    client.post(url(DECISION, "T1.01", "sefton"), page.form_data())
    assert answers() == {"T1.01": "doing"}


@pytest.mark.parametrize("seen", ["nope", "\x00", "x" * 100_000, MARKUP])
def test_stamp_that_is_none_replaces_nothing(lead, recommendation, seen):
    answer(lead, "T1.01")
    data = {"answer": "doing", "seen": seen}
    assert_refused(browser_of(lead).post(url(DECISION, "T1.01", "sefton"), data))
    assert answers() == {"T1.01": "priority"}


@pytest.mark.parametrize("reason", ["x" * 100_000, "😀 مرحبا"])
def test_reason_may_be_any_text(lead, recommendation, reason):
    browser_of(lead).post(url(DECISION, "T1.01", "sefton"), {"answer": "doing", "reason": reason})
    assert Decision.objects.get().reason == reason
