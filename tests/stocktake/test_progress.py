"""What waits for the leads of a place in a round."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from recommendations.models import Place
from stocktake import operations
from stocktake.models import Activity, Draft, NilReturn
from stocktake.progress import TaskStatus, tasks, unsaved, working_day
from tests.factories import (
    ActivityFactory,
    DecisionFactory,
    PlaceFactory,
    RecommendationFactory,
    RecommendationLinkFactory,
    ResponsibleBodyFactory,
    RoundFactory,
    ThemeFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def last_round():
    """The round before this one."""
    return RoundFactory(name="Spring", closed=True)


@pytest.fixture
def this_round(last_round):
    """The round that is open."""
    return RoundFactory(name="Autumn")


@pytest.fixture
def place(lead):
    """Sefton."""
    return lead.places.get()


@pytest.fixture
def theme(place):
    """A theme with a recommendation that the place answers for."""
    body = ResponsibleBodyFactory(answering_places=[place])
    return RecommendationFactory(code="T1.01", responsible_bodies=[body]).theme


@pytest.fixture
def make(this_round, place, theme):
    """Makes entries of the place under the theme."""

    def make(**more):
        return ActivityFactory(**{"round": this_round, "theme": theme, "places": [place]} | more)

    return make


def only_task(round, place):
    """The one task of a place."""
    (task,) = tasks(round, place)
    return task


def test_task_of_a_theme_without_anything_is_not_started(this_round, place, theme):
    task = only_task(this_round, place)
    assert (task.theme, task.entries, task.status) == (theme, 0, TaskStatus.NOT_STARTED)


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ({"draft": True}, TaskStatus.IN_PROGRESS),
        ({"review_status": "returned"}, TaskStatus.IN_PROGRESS),
        ({"submitted": True}, TaskStatus.COMPLETED),
        ({}, TaskStatus.COMPLETED),
    ],
)
def test_task_is_completed_once_everything_is_handed_in(make, this_round, place, state, status):
    make()
    make(**state)
    task = only_task(this_round, place)
    assert (task.entries, task.status) == (2, status)


def test_task_with_nothing_to_report_is_completed(this_round, place, theme, lead, make):
    operations.report_nothing(round=this_round, place=place, theme=theme, reason="None.", by=lead)
    assert only_task(this_round, place).status == TaskStatus.COMPLETED
    make(draft=True)
    assert only_task(this_round, place).status == TaskStatus.IN_PROGRESS


def test_task_waits_for_the_last_round(this_round, last_round, place, theme, lead, make):
    make(round=last_round)
    task = only_task(this_round, place)
    assert (task.waiting, task.status) == (1, TaskStatus.NOT_STARTED)
    NilReturn.objects.create(
        round=this_round, place=place, theme=theme, reason="None.", reported_by=lead
    )
    assert only_task(this_round, place).status == TaskStatus.NOT_STARTED
    make()
    assert only_task(this_round, place).status == TaskStatus.IN_PROGRESS


def test_tasks_are_themes_the_place_answers_in_or_has_something_under(
    this_round, last_round, place, theme, make
):
    ThemeFactory(code="T2")
    with_entry, with_old_entry = ThemeFactory(code="T3"), ThemeFactory(code="T4")
    make(theme=with_entry)
    make(theme=with_old_entry, round=last_round)
    assert {task.theme for task in tasks(this_round, place)} == {theme, with_entry, with_old_entry}
    assert [task.theme for task in tasks(this_round, place, with_entry)] == [with_entry]


def test_entries_of_other_places_and_rounds_count_for_nothing(
    this_round, last_round, place, theme, make
):
    make(places=[PlaceFactory(name="Knowsley")])
    make(round=last_round, delivery_status="complete")
    assert only_task(this_round, place).entries == 0


def test_working_day_shows_what_came_back_and_why(this_round, place, make, administrator, lead):
    entry = make(submitted=True)
    operations.add_comment(activity=entry, text="An old question", by=administrator)
    operations.return_activity(
        activity=entry, comments={"": "Say more.", "contact": "Who?"}, by=administrator
    )
    make()
    (returned,) = working_day(this_round, place).returned
    assert returned.activity == entry
    assert [(row.field, row.text) for row in returned.comments] == [
        ("", "Say more."),
        ("contact", "Who?"),
    ]


def test_working_day_shows_drafts_of_the_place(this_round, place, make):
    draft = make(draft=True)
    make(draft=True, places=[PlaceFactory(name="Knowsley")])
    assert working_day(this_round, place).drafts == (draft,)


def test_working_day_shows_priorities_without_an_entry(this_round, place, theme, make):
    body = ResponsibleBodyFactory(answering_places=[place, PlaceFactory(name="Knowsley")])
    with_entry, without, question, doing = (
        RecommendationFactory(theme=theme, responsible_bodies=[body]) for _ in range(4)
    )
    DecisionFactory(
        place=place, recommendation=RecommendationFactory(theme=theme), answer="priority"
    )
    for row in (with_entry, without, question):
        DecisionFactory(place=place, recommendation=row, answer="priority")
    DecisionFactory(place=place, recommendation=doing, answer="doing")
    DecisionFactory(
        place=PlaceFactory(name="Knowsley"),
        recommendation=RecommendationFactory(theme=theme),
        answer="priority",
    )
    RecommendationLinkFactory(activity=make(submitted=True), recommendation=with_entry)
    RecommendationLinkFactory(activity=make(), recommendation=question, suggested=True)
    RecommendationLinkFactory(
        activity=make(places=[PlaceFactory(name="Knowsley")]), recommendation=without
    )
    assert set(working_day(this_round, place).gaps) == {without, question}


def test_working_day_counts_what_is_completed_and_waiting(
    this_round, last_round, place, make, theme
):
    make()
    make(round=last_round, theme=ThemeFactory(code="T9"))
    day = working_day(this_round, place)
    assert (day.completed, day.waiting, len(day.tasks)) == (1, 1, 2)


def test_working_day_takes_the_same_number_of_queries_for_much(
    this_round, last_round, place, make, administrator
):
    def add():
        make(draft=True)
        make(round=last_round)
        entry = make(submitted=True)
        operations.return_activity(activity=entry, comments={"": "More."}, by=administrator)
        DecisionFactory(place=place, recommendation=RecommendationFactory(), answer="priority")

    def number():
        with CaptureQueriesContext(connection) as captured:
            working_day(this_round, Place.objects.get(pk=place.pk))
        return len(captured)

    add()
    few = number()
    for _ in range(5):
        add()
    assert number() == few


def test_unsaved_is_what_one_typed_oneself(lead, other_lead):
    mine = Draft.objects.create(author=lead, content={"title": ["Mine"]})
    Draft.objects.create(author=other_lead)
    assert list(unsaved(lead)) == [mine]


def test_activity_carried_on_is_not_asked_for_again(this_round, last_round, place, make):
    old = make(round=last_round)
    make(continues=old)
    assert not Activity.objects.to_continue(this_round, place).exists()
