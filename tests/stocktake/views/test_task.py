"""A place's task under a theme: its page, the last round, nothing to report."""

import datetime

import pytest
from django.utils import timezone

from stocktake.models import Activity, NilReturn
from tests.factories import (
    ActivityFactory,
    IndicatorLinkFactory,
    LocalMeasureFactory,
    PlaceFactory,
    RecommendationLinkFactory,
    RoundFactory,
    ThemeFactory,
)
from tests.stocktake.views import (
    MARKUP,
    Page,
    assert_escaped,
    assert_refused,
    browser_of,
    queries,
    sign_in_for,
    url,
)

pytestmark = pytest.mark.django_db
NAMES = ["task-detail", "continuation-create", "nil-return-update", "nil-return-delete"]


@pytest.fixture
def last_round():
    """The round before the one that is open."""
    return RoundFactory(name="Spring", closed=True)


@pytest.fixture
def this_round(last_round):
    """The round that is open."""
    return RoundFactory(name="Autumn")


@pytest.fixture
def theme():
    """The theme of the task."""
    return ThemeFactory(code="T1", title="Best start")


@pytest.fixture
def old(lead, last_round, this_round, theme):
    """Makes accepted entries of Sefton in the last round."""

    def make(**more):
        return ActivityFactory(
            **{"round": last_round, "theme": theme, "places": lead.places.all()} | more
        )

    return make


def task(name, place="sefton", theme="T1"):
    """The address of a page of the task."""
    return url(name, place, theme)


# Who, and how


@pytest.mark.parametrize("name", NAMES)
def test_task_is_for_those_who_record_for_the_place(
    client, lead, other_lead, board_member, this_round, theme, name
):
    assert client.post(task(name)).url == sign_in_for(task(name))
    for user in (other_lead, board_member):
        for method in ("get", "post"):
            assert getattr(browser_of(user), method)(task(name)).status_code == 403
    for address in (task(name, place="nowhere"), task(name, theme="T99")):
        assert browser_of(lead).post(address).status_code == 404


def test_other_methods_are_not_allowed(lead, this_round, theme):
    client = browser_of(lead)
    assert client.get(task("nil-return-delete")).status_code == 405
    assert client.post(task("task-detail")).status_code == 405
    for name in ("continuation-create", "nil-return-update"):
        assert client.put(task(name)).status_code == 405


@pytest.mark.parametrize("name", NAMES)
def test_task_before_the_first_round_is_not_found(lead, theme, name):
    assert browser_of(lead).post(task(name)).status_code == 404


@pytest.mark.parametrize("name", NAMES[1:])
def test_closed_round_takes_nothing_from_leads(lead, administrator, theme, name):
    RoundFactory(closed=True)
    data = {"reason": "Nothing happens."}
    response = browser_of(lead).post(task(name), data, follow=True)
    assert "has closed: its entries can only be read." in Page(response).text
    assert not NilReturn.objects.exists()
    assert browser_of(administrator).post(task(name), data).status_code in (200, 302)


# The task


def test_task_lists_the_places_entries_under_the_theme(lead, other_lead, this_round, theme):
    ActivityFactory(round=this_round, theme=theme, places=lead.places.all(), title=MARKUP)
    ActivityFactory(round=this_round, theme=theme, places=other_lead.places.all(), title="Theirs")
    ActivityFactory(round=this_round, places=lead.places.all(), title="Another theme")
    page = Page(browser_of(lead).get(task("task-detail")))
    assert_escaped(page)
    assert "Theirs" not in page.text
    assert "Another theme" not in page.text
    assert url("activity-create", place="sefton", theme="T1") in page.links
    assert "nothing to report" not in page.text


def test_task_of_a_closed_round_offers_no_change(lead, theme):
    RoundFactory(closed=True)
    page = Page(browser_of(lead).get(task("task-detail")))
    assert "No answer was given." in page.text
    assert page.actions == []
    assert page.link("Add an activity") is None


def test_task_takes_the_same_number_of_queries_for_many_entries(lead, this_round, theme):
    client = browser_of(lead)

    def add():
        entry = ActivityFactory(round=this_round, theme=theme, places=lead.places.all())
        RecommendationLinkFactory(activity=entry)

    add()
    few = queries(client, task("task-detail"))
    for _ in range(10):
        add()
    assert queries(client, task("task-detail")) == few


# Nothing to report


def test_nothing_to_report_with_a_reason_completes_the_task(lead, this_round, theme):
    client = browser_of(lead)
    response = client.post(task("nil-return-update"), {"reason": MARKUP}, follow=True)
    page = Page(response)
    assert_escaped(page)
    assert "Completed" in page.text
    answer = NilReturn.objects.get()
    assert (answer.round, answer.place.slug, answer.theme) == (this_round, "sefton", theme)
    assert answer.reported_by == lead
    form = Page(client.get(task("nil-return-update")))
    assert form.form_data()["reason"] == [MARKUP]
    client.post(task("nil-return-update"), {"reason": "Another reason"})
    assert NilReturn.objects.get().reason == "Another reason"
    page = Page(client.post(task("nil-return-delete"), follow=True))
    assert "T1 is open again." in page.text
    assert not NilReturn.objects.exists()


@pytest.mark.parametrize("reason", ["", "   "])
def test_nothing_to_report_needs_a_reason(lead, this_round, theme, reason):
    response = browser_of(lead).post(task("nil-return-update"), {"reason": reason})
    assert_refused(response, "Enter why there is nothing to report")
    assert not NilReturn.objects.exists()


def test_nothing_to_report_takes_long_and_strange_text(lead, this_round, theme):
    text = "شكراً 👩‍👩‍👧 " + "x" * 100_000
    browser_of(lead).post(task("nil-return-update"), {"reason": text})
    assert NilReturn.objects.get().reason == text


def test_nothing_to_report_where_there_is_an_entry_is_refused(lead, this_round, theme):
    ActivityFactory(draft=True, round=this_round, theme=theme, places=lead.places.all())
    response = browser_of(lead).post(task("nil-return-update"), {"reason": "Nothing."})
    page = assert_refused(
        response, "Sefton has an entry under this theme: there is something to report."
    )
    assert page.form_data()["reason"] == ["Nothing."]


# The last round


def answers(client, address=None, **changes):
    """What the page of the last round would send."""
    return Page(client.get(address or task("continuation-create"))).form_data(**changes)


def test_last_round_shows_what_was_said_beside_the_new_text(lead, old):
    activity = old(title="Family hub", description=MARKUP)
    page = Page(browser_of(lead).get(task("continuation-create")))
    assert_escaped(page)
    assert "Spring" in page.text
    assert page.form_data()[f"activity-{activity.pk}-description"] == [MARKUP]


def test_activity_goes_on_with_its_links_and_measures(lead, old, this_round):
    activity = old(
        title="Family hub",
        contact="Early years",
        delivery_status="paused",
        is_good_practice=True,
        starts_on=datetime.date(2025, 1, 1),
    )
    measure = LocalMeasureFactory(activity=activity, name="Visits", latest_value="5")
    kept = RecommendationLinkFactory(activity=activity, local_measure=measure, reason="Because")
    open_link = RecommendationLinkFactory(activity=activity)
    RecommendationLinkFactory(activity=activity, suggested=True)
    indicator = IndicatorLinkFactory(activity=activity)
    client = browser_of(lead)
    prefix = f"activity-{activity.pk}"
    data = answers(
        client,
        **{
            f"{prefix}-answer": "continue",
            f"{prefix}-description": "Now on Saturdays.",
            f"{prefix}-recommendations": [str(kept.recommendation_id)],
            f"{prefix}-indicators": [str(indicator.indicator_id)],
        },
    )
    page = Page(client.post(task("continuation-create"), data, follow=True))
    assert "“Family hub” was carried over and submitted." in page.text
    new = activity.continued_by.get()
    assert (new.round, new.review_status, new.submitted_by) == (this_round, "submitted", lead)
    assert (new.title, new.description) == ("Family hub", "Now on Saturdays.")
    assert (new.contact, new.delivery_status, new.is_good_practice) == (
        "Early years",
        "paused",
        True,
    )
    assert list(new.places.all()) == list(activity.places.all())
    links = {link.recommendation_id: link for link in new.recommendation_links.all()}
    assert links.keys() == {kept.recommendation_id, open_link.recommendation_id}
    again = links[kept.recommendation_id]
    assert (again.origin, again.confirmed_by, again.reason) == ("carried", lead, "Because")
    assert again.local_measure.activity == new
    assert not links[open_link.recommendation_id].is_confirmed
    assert new.indicator_links.get().confirmed_by == lead
    assert new.local_measures.get().latest_value == 5
    assert new.versions.get().event == "continued"
    activity.refresh_from_db()
    assert (activity.is_accepted, activity.version) == (True, 1)


@pytest.mark.parametrize("answer", ["complete", "stopped"])
def test_activity_that_ended_says_so_in_the_new_round(lead, old, answer):
    activity = old()
    client = browser_of(lead)
    data = answers(client, **{f"activity-{activity.pk}-answer": answer})
    client.post(task("continuation-create"), data)
    assert activity.continued_by.get().delivery_status == answer


def test_only_what_is_left_is_asked(lead, other_lead, old, this_round, last_round, theme):
    old(title="Complete", delivery_status="complete")
    old(title="Stopped", delivery_status="stopped")
    old(title="Theirs", places=other_lead.places.all())
    old(title="Draft then", draft=True)
    old(title="Other theme", theme=ThemeFactory(code="T2"))
    day = timezone.localdate() - datetime.timedelta(days=900)
    long_ago = RoundFactory(name="Long ago", opens_on=day, closes_on=day)
    old(title="Of an earlier round", round=long_ago)
    done = old(title="Answered")
    ActivityFactory(round=this_round, continues=done, theme=theme)
    left = old(title="Left", delivery_status="paused")
    page = Page(browser_of(lead).get(task("continuation-create")))
    assert [words for words in page.form_data() if words.endswith("-description")] == [
        f"activity-{left.pk}-description"
    ]


def test_one_at_a_time_leaves_the_others(lead, old):
    one, other = old(title="One"), old(title="Other")
    client = browser_of(lead)
    changes = {f"activity-{row.pk}-answer": "continue" for row in (one, other)}
    client.post(task("continuation-create"), answers(client, **changes, only=str(one.pk)))
    assert one.continued_by.exists()
    assert not other.continued_by.exists()


def test_all_of_a_theme_at_once(lead, old):
    rows = [old(title=f"Activity {number}") for number in range(3)]
    client = browser_of(lead)
    data = answers(client, **{f"activity-{rows[0].pk}-answer": "stopped"}, all="1")
    page = Page(client.post(task("continuation-create"), data, follow=True))
    assert "3 activities were carried over and submitted." in page.text
    assert [row.continued_by.get().delivery_status for row in rows] == [
        "stopped",
        "under-way",
        "under-way",
    ]


def test_without_any_answer_nothing_is_done(lead, old):
    activity = old()
    client = browser_of(lead)
    response = client.post(task("continuation-create"), answers(client))
    assert_refused(response, "Choose what became of at least one activity")
    assert not activity.continued_by.exists()


def test_one_wrong_answer_saves_none_and_loses_nothing(lead, old):
    one, other = old(title="One"), old(title="Other")
    client = browser_of(lead)
    data = answers(
        client,
        **{
            f"activity-{one.pk}-answer": "continue",
            f"activity-{one.pk}-description": "A long new text",
            f"activity-{other.pk}-answer": "complete",
            f"activity-{other.pk}-description": "",
        },
    )
    page = assert_refused(
        client.post(task("continuation-create"), data),
        "Enter what it does now, or what came of it",
    )
    assert page.form_data()[f"activity-{one.pk}-description"] == ["A long new text"]
    assert not Activity.objects.exclude(continues=None).exists()


@pytest.mark.parametrize("value", ["x", "", "9" * 40, "\0"])
def test_answers_that_nobody_could_choose_are_refused(lead, old, value):
    activity = old()
    RecommendationLinkFactory(activity=activity)
    name = f"activity-{activity.pk}"
    client = browser_of(lead)
    data = answers(client, **{f"{name}-answer": value, f"{name}-recommendations": [value]})
    assert_refused(client.post(task("continuation-create"), data))
    assert not activity.continued_by.exists()


def test_answered_by_a_colleague_meanwhile_is_said_and_not_doubled(lead, old, this_round):
    one, other = old(title="Family hub"), old(title="Nursery")
    client = browser_of(lead)
    names = {row: f"activity-{row.pk}" for row in (one, other)}
    mine = answers(
        client,
        **{
            f"{names[one]}-answer": "continue",
            f"{names[one]}-description": "My new words",
            f"{names[other]}-answer": "continue",
            f"{names[other]}-description": "More words",
        },
    )
    theirs = answers(client, **{f"{names[one]}-answer": "stopped"})
    client.post(task("continuation-create"), theirs)
    page = Page(client.post(task("continuation-create"), mine))
    assert "Someone answered for Family hub meanwhile." in page.text
    assert "My new words" in page.text
    assert one.continued_by.get().delivery_status == "stopped"
    assert not other.continued_by.exists()
    assert page.form_data()[f"{names[other]}-description"] == ["More words"]
    client.post(task("continuation-create"), page.form_data())
    assert other.continued_by.get().description == "More words"
    page = Page(client.post(task("continuation-create"), mine))
    assert "Someone answered for Nursery meanwhile." in page.text
    assert "Everything of the last round is answered." in page.text


def test_last_round_takes_the_same_number_of_queries_for_many(lead, old):
    client = browser_of(lead)

    def add():
        activity = old(places=[lead.places.get(), PlaceFactory()])
        RecommendationLinkFactory(activity=activity)
        IndicatorLinkFactory(activity=activity)
        LocalMeasureFactory(activity=activity)

    add()
    few = queries(client, task("continuation-create"))
    for _ in range(10):
        add()
    assert queries(client, task("continuation-create")) == few
