"""The thread as read from the database, case by case in the order of the rule."""

import datetime

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from recommendations.models import BeaconIndicator, Level, Place, Recommendation
from stocktake.coherence import RULE_VERSION, Coherence, Scope, State, coherence
from tests.factories import (
    ActivityFactory,
    BeaconIndicatorFactory,
    DecisionFactory,
    IndicatorLinkFactory,
    LocalMeasureFactory,
    PlaceFactory,
    RecommendationFactory,
    RecommendationLinkFactory,
    ResponsibleBodyFactory,
    RoundFactory,
    ThemeFactory,
)
from tests.recommendations.factories import IndicatorValueFactory

pytestmark = pytest.mark.django_db

LAST_DAY = datetime.date(2023, 12, 31)
# Two years before the last day: the oldest that still counts.
LIMIT = datetime.date(2021, 12, 31)
DAY = datetime.timedelta(days=1)


class Stocktake:
    """A round of late 2023 and a recommendation, T1.01, that Sefton and Knowsley answer for."""

    def __init__(self):
        self.round = RoundFactory(
            name="Autumn", opens_on=datetime.date(2023, 10, 1), closes_on=LAST_DAY
        )
        self.sefton = PlaceFactory(name="Sefton")
        self.knowsley = PlaceFactory(name="Knowsley")
        self.wirral = PlaceFactory(name="Wirral")
        self.theme = ThemeFactory(code="T1", title="Best start", stocktake_number=1)
        self.body = ResponsibleBodyFactory(
            name="Place", answering_places=[self.sefton, self.knowsley]
        )
        self.recommendation = self.recommend("T1.01")

    def recommend(self, code, *bodies, **values):
        """A recommendation, of the places' body unless others are given."""
        theme = ThemeFactory(code=code.partition(".")[0])
        return RecommendationFactory(
            code=code, theme=theme, responsible_bodies=bodies or [self.body], **values
        )

    def activity(self, *places, **values):
        """An accepted activity of places, of Sefton unless others are given."""
        values = {"round": self.round, "theme": self.theme} | values
        return ActivityFactory(places=places or [self.sefton], **values)

    def link(self, activity=None, recommendation=None, **values):
        """An activity's confirmed link to a recommendation."""
        return RecommendationLinkFactory(
            activity=activity or self.activity(),
            recommendation=recommendation or self.recommendation,
            **values,
        )

    def indicator(self, activity=None, *, area=None, on=None, link=None, **values):
        """An indicator that an activity, linked to the recommendation, names; with a value."""
        indicator = BeaconIndicatorFactory(theme=self.theme, **values)
        activity = activity or self.link().activity
        IndicatorLinkFactory(activity=activity, indicator=indicator, **link or {})
        if on:
            IndicatorValueFactory(indicator=indicator, area=area or self.sefton, period_end=on)
        return indicator

    def measure(self, activity=None, **values):
        """A local measure of an activity that is linked to the recommendation."""
        return LocalMeasureFactory(activity=activity or self.link().activity, **values)

    def decline(self, place=None, recommendation=None, **values):
        """A place sets a recommendation aside."""
        return DecisionFactory(
            declined=True,
            place=place or self.sefton,
            recommendation=recommendation or self.recommendation,
            **values,
        )

    def read(self, **scope):
        """The coherence of the round, whole or in part."""
        return coherence(self.round, Scope(**scope))

    def state(self, place=None, recommendation=None, **scope):
        """The state of one thread: Sefton's on T1.01 unless another is asked for."""
        place = (place or self.sefton).slug
        code = (recommendation or self.recommendation).code
        states = {
            (thread.recommendation, thread.place): thread.state
            for thread in self.read(**scope).threads
        }
        return states[code, place]


@pytest.fixture
def stocktake():
    """A round with a recommendation and nothing done about it."""
    return Stocktake()


def codes(rows):
    """The codes of recommendations."""
    return [row.code for row in rows]


def titles(rows):
    """The titles of activities, sorted."""
    return sorted(row.title for row in rows)


def pairs(found):
    """Recommendation and place of every thread, sorted."""
    return sorted((thread.recommendation, thread.place) for thread in found.threads)


# Each state, in the order given. A case prepares the thread of Sefton and T1.01.


def declined_and_measured(case):
    case.decline()
    case.indicator(on=LAST_DAY)


def fresh_and_stale(case):
    activity = case.link().activity
    case.indicator(activity, on=LIMIT - DAY)
    case.indicator(activity, on=LIMIT)
    case.measure(activity, unreported=True)


def fresh_in_another_activity(case):
    case.indicator(on=LIMIT - DAY)
    case.indicator(on=LIMIT)


def fresh_value_among_old_ones(case):
    indicator = case.indicator(on=LIMIT - 400 * DAY)
    IndicatorValueFactory(indicator=indicator, area=case.sefton, period="2022", period_end=LAST_DAY)


def own_indicator_of_the_link(case):
    indicator = BeaconIndicatorFactory()
    IndicatorValueFactory(indicator=indicator, area=case.sefton, period_end=LAST_DAY)
    case.link(indicator=indicator)


def own_measure_of_the_link(case):
    link = case.link()
    link.local_measure = case.measure(link.activity, latest_on=LAST_DAY)
    link.save()


def indicators_of_the_theme_only(case):
    indicator = BeaconIndicatorFactory(theme=case.theme)
    IndicatorValueFactory(indicator=indicator, area=case.sefton, period_end=LAST_DAY)
    case.link()


def indicator_of_the_link_to_another_recommendation(case):
    indicator = BeaconIndicatorFactory()
    IndicatorValueFactory(indicator=indicator, area=case.sefton, period_end=LAST_DAY)
    activity = case.link().activity
    case.link(activity, case.recommend("T1.02"), indicator=indicator)


def indicator_of_a_suggested_link(case):
    indicator = BeaconIndicatorFactory()
    IndicatorValueFactory(indicator=indicator, area=case.sefton, period_end=LAST_DAY)
    activity = case.activity()
    case.link(activity, suggested=True, indicator=indicator)
    case.link()


def measure_of_an_activity_that_is_not_linked(case):
    case.link()
    case.measure(case.activity(), latest_on=LAST_DAY)


def measure_of_an_activity_of_another_place(case):
    case.link()
    case.measure(case.link(case.activity(case.knowsley)).activity, latest_on=LAST_DAY)


STATES = [
    ("declined_not_now", State.DECLINED, lambda case: case.decline()),
    ("declined_not_relevant", State.DECLINED, lambda case: case.decline(answer="not-relevant")),
    ("declined_beats_whole", State.DECLINED, declined_and_measured),
    ("declined_by_another_place", State.NO_ACTIVITY, lambda case: case.decline(case.knowsley)),
    (
        "declined_another_recommendation",
        State.NO_ACTIVITY,
        lambda case: case.decline(recommendation=case.recommend("T1.02")),
    ),
    (
        "priority_is_no_answer_to_the_rule",
        State.NO_ACTIVITY,
        lambda case: DecisionFactory(place=case.sefton, recommendation=case.recommendation),
    ),
    (
        "doing_is_no_activity",
        State.NO_ACTIVITY,
        lambda case: DecisionFactory(
            place=case.sefton, recommendation=case.recommendation, answer="doing"
        ),
    ),
    ("nothing", State.NO_ACTIVITY, lambda case: None),
    ("activity_without_link", State.NO_ACTIVITY, lambda case: case.activity()),
    ("link_suggested", State.NO_ACTIVITY, lambda case: case.link(suggested=True)),
    (
        "link_imported_unconfirmed",
        State.NO_ACTIVITY,
        lambda case: case.link(origin="imported", confirmed_at=None, confirmed_by=None),
    ),
    (
        "link_suggested_and_confirmed",
        State.NO_MEASURE,
        lambda case: case.link(origin="suggested"),
    ),
    ("draft", State.NO_ACTIVITY, lambda case: case.link(case.activity(draft=True))),
    ("submitted", State.NO_ACTIVITY, lambda case: case.link(case.activity(submitted=True))),
    (
        "returned",
        State.NO_ACTIVITY,
        lambda case: case.link(case.activity(review_status="returned")),
    ),
    (
        "draft_with_measure",
        State.NO_ACTIVITY,
        lambda case: case.indicator(case.link(case.activity(draft=True)).activity, on=LAST_DAY),
    ),
    (
        "other_round",
        State.NO_ACTIVITY,
        lambda case: case.link(case.activity(round=RoundFactory())),
    ),
    (
        "other_place",
        State.NO_ACTIVITY,
        lambda case: case.link(case.activity(case.knowsley)),
    ),
    (
        "other_recommendation",
        State.NO_ACTIVITY,
        lambda case: case.link(recommendation=case.recommend("T1.02")),
    ),
    (
        "activity_of_the_system_is_not_the_borough_s",
        State.NO_ACTIVITY,
        lambda case: case.link(case.activity(PlaceFactory(system=True))),
    ),
    ("no_measure", State.NO_MEASURE, lambda case: case.link()),
    (
        "activity_of_another_theme",
        State.NO_MEASURE,
        lambda case: case.link(case.activity(theme=ThemeFactory(code="T2"))),
    ),
    (
        "activity_shared_with_another_place",
        State.NO_MEASURE,
        lambda case: case.link(case.activity(case.sefton, case.wirral)),
    ),
    ("indicators_of_the_theme_only", State.NO_MEASURE, indicators_of_the_theme_only),
    (
        "indicator_suggested",
        State.NO_MEASURE,
        lambda case: case.indicator(on=LAST_DAY, link={"suggested": True}),
    ),
    (
        "indicator_of_the_link_to_another_recommendation",
        State.NO_MEASURE,
        indicator_of_the_link_to_another_recommendation,
    ),
    ("indicator_of_a_suggested_link", State.NO_MEASURE, indicator_of_a_suggested_link),
    (
        "measure_of_an_activity_that_is_not_linked",
        State.NO_MEASURE,
        measure_of_an_activity_that_is_not_linked,
    ),
    (
        "measure_of_an_activity_of_another_place",
        State.NO_MEASURE,
        measure_of_an_activity_of_another_place,
    ),
    ("indicator_without_value", State.NO_DATA, lambda case: case.indicator()),
    (
        "value_of_another_borough",
        State.NO_DATA,
        lambda case: case.indicator(area=case.knowsley, on=LAST_DAY),
    ),
    (
        "value_of_england",
        State.NO_DATA,
        lambda case: case.indicator(
            area=PlaceFactory(name="England", level=Level.COMPARATOR, parent=None), on=LAST_DAY
        ),
    ),
    (
        "value_of_the_sub_region",
        State.NO_DATA,
        lambda case: case.indicator(area=case.sefton.parent, on=LAST_DAY),
    ),
    (
        "indicator_not_live",
        State.NO_DATA,
        lambda case: case.indicator(on=LAST_DAY, status="not live"),
    ),
    (
        "indicator_no_longer_available",
        State.NO_DATA,
        lambda case: case.indicator(on=LAST_DAY, status="no longer available"),
    ),
    (
        "measure_never_reported",
        State.NO_DATA,
        lambda case: case.measure(unreported=True),
    ),
    ("indicator_a_day_too_old", State.STALE, lambda case: case.indicator(on=LIMIT - DAY)),
    (
        "indicator_too_old_for_its_frequency",
        State.STALE,
        lambda case: case.indicator(on=LAST_DAY - 63 * DAY, stale_after_months=2),
    ),
    ("measure_a_day_too_old", State.STALE, lambda case: case.measure(latest_on=LIMIT - DAY)),
    ("indicator_at_the_limit", State.WHOLE, lambda case: case.indicator(on=LIMIT)),
    (
        "indicator_within_its_frequency",
        State.WHOLE,
        lambda case: case.indicator(on=LIMIT - DAY, stale_after_months=60),
    ),
    ("measure_at_the_limit", State.WHOLE, lambda case: case.measure(latest_on=LIMIT)),
    ("fresh_and_stale", State.WHOLE, fresh_and_stale),
    ("fresh_in_another_activity", State.WHOLE, fresh_in_another_activity),
    ("fresh_value_among_old_ones", State.WHOLE, fresh_value_among_old_ones),
    ("own_indicator_of_the_link", State.WHOLE, own_indicator_of_the_link),
    ("own_measure_of_the_link", State.WHOLE, own_measure_of_the_link),
]


@pytest.mark.parametrize(
    ("prepare", "state"),
    [pytest.param(prepare, state, id=name) for name, state, prepare in STATES],
)
def test_state_of_a_thread(stocktake, prepare, state):
    prepare(stocktake)
    assert stocktake.state() == state


def test_indicator_of_a_link_counts_for_its_recommendation_only(stocktake):
    indicator_of_the_link_to_another_recommendation(stocktake)
    other = Recommendation.objects.get(code="T1.02")
    assert stocktake.state() == State.NO_MEASURE
    assert stocktake.state(recommendation=other) == State.WHOLE
    assert codes(stocktake.read().without_measure) == ["T1.01"]


def test_value_counts_for_the_place_it_is_of_and_not_for_another(stocktake):
    shared = stocktake.link(stocktake.activity(stocktake.sefton, stocktake.knowsley)).activity
    stocktake.indicator(shared, area=stocktake.knowsley, on=LAST_DAY)
    assert stocktake.state(stocktake.knowsley) == State.WHOLE
    assert stocktake.state(stocktake.sefton) == State.NO_DATA


def test_local_measure_of_a_shared_activity_counts_for_each_of_its_places(stocktake):
    shared = stocktake.link(stocktake.activity(stocktake.sefton, stocktake.knowsley)).activity
    stocktake.measure(shared, latest_on=LAST_DAY)
    assert stocktake.state(stocktake.knowsley) == State.WHOLE
    assert stocktake.state(stocktake.sefton) == State.WHOLE


# The day by which values are judged.


@pytest.mark.parametrize(
    ("today", "state"),
    [
        ("2023-11-30", State.WHOLE),
        ("2023-12-01", State.STALE),
        ("2023-12-31", State.STALE),
        ("2026-12-31", State.STALE),
    ],
)
def test_value_is_judged_by_today_while_the_round_is_open(stocktake, today, state):
    stocktake.indicator(on=datetime.date(2021, 11, 30))
    with time_machine.travel(f"{today}T12:00:00Z", tick=False):
        assert stocktake.state() == state
        assert str(stocktake.read().as_of) == min(today, "2023-12-31")


def test_value_does_not_grow_stale_once_the_round_is_closed(stocktake):
    stocktake.indicator(on=LIMIT)
    with time_machine.travel("2030-01-01T12:00:00Z", tick=False):
        assert stocktake.state() == State.WHOLE


# Who answers.


@pytest.fixture
def bodies(stocktake):
    """Bodies at the three levels, by name."""
    system = PlaceFactory(system=True)
    region = PlaceFactory(sub_region=True)
    other_region = PlaceFactory(
        sub_region=True, name="Cheshire and Warrington", slug="cheshire-and-warrington"
    )
    answering = {
        "System": (Level.SYSTEM, [system]),
        "Mental Health Board": (Level.SYSTEM, [system]),
        "Combined Authority": (Level.SUB_REGION, [region]),
        "Economic Partnership": (Level.SUB_REGION, [region, other_region]),
    }
    return {
        name: ResponsibleBodyFactory(name=name, level=level, answering_places=places)
        for name, (level, places) in answering.items()
    } | {"Place": stocktake.body}


SYSTEM, LCR, CAW = "cheshire-and-merseyside", "liverpool-city-region", "cheshire-and-warrington"


@pytest.mark.parametrize(
    ("names", "places"),
    [
        (["Place"], ["knowsley", "sefton"]),
        (["System"], [SYSTEM]),
        (["Combined Authority"], [LCR]),
        (["Economic Partnership"], [CAW, LCR]),
        (["System", "Economic Partnership"], [SYSTEM, CAW, LCR]),
        (["Place", "System"], [SYSTEM, "knowsley", "sefton"]),
        # Two bodies that one place answers for make one thread.
        (["System", "Mental Health Board"], [SYSTEM]),
        (["Combined Authority", "Economic Partnership"], [CAW, LCR]),
    ],
)
def test_places_that_answer_are_those_of_the_bodies(stocktake, bodies, names, places):
    stocktake.recommend("T1.09", *(bodies[name] for name in names))
    found = stocktake.read()
    answering = [thread.place for thread in found.threads if thread.recommendation == "T1.09"]
    assert sorted(answering) == sorted(places)
    assert found.recommendation("T1.09").bodies == tuple(sorted(names))


def test_activity_of_a_borough_is_not_the_system_s(stocktake, bodies):
    recommendation = stocktake.recommend("T1.09", bodies["System"])
    stocktake.link(stocktake.activity(stocktake.sefton), recommendation)
    found = stocktake.read()
    system = PlaceFactory(system=True)
    assert stocktake.state(system, recommendation) == State.NO_ACTIVITY
    assert "T1.09" not in codes(found.without_activity)
    assert found.recommendation("T1.09").activities


def test_value_of_a_borough_is_not_the_system_s(stocktake, bodies):
    recommendation = stocktake.recommend("T1.09", bodies["System"])
    system = PlaceFactory(system=True)
    activity = stocktake.link(stocktake.activity(system), recommendation).activity
    stocktake.indicator(activity, area=stocktake.sefton, on=LAST_DAY)
    assert stocktake.state(system, recommendation) == State.NO_DATA


def test_comparator_answers_for_nothing(stocktake):
    england = PlaceFactory(name="England", level=Level.COMPARATOR, parent=None)
    stocktake.body.answering_places.add(england)
    found = stocktake.read()
    assert pairs(found) == [("T1.01", "knowsley"), ("T1.01", "sefton")]
    assert [row.slug for row in found.places] == ["knowsley", "sefton"]


def test_denominator_is_the_places_that_answer(stocktake):
    stocktake.link(stocktake.activity(stocktake.wirral))
    total = stocktake.read().total
    assert total.threads == 2
    assert [(row.key, row.threads) for row in stocktake.read().by_place] == [
        ("knowsley", 1),
        ("sefton", 1),
    ]


# The lists and the counts.


def test_recommendation_linked_only_by_a_place_that_does_not_answer(stocktake):
    stocktake.link(stocktake.activity(stocktake.wirral))
    assert stocktake.state() == State.NO_ACTIVITY
    assert stocktake.state(stocktake.knowsley) == State.NO_ACTIVITY
    assert codes(stocktake.read().without_activity) == []


def test_recommendation_without_any_activity_is_listed(stocktake):
    stocktake.link(suggested=True)
    stocktake.link(stocktake.activity(draft=True))
    found = stocktake.read()
    assert codes(found.without_activity) == ["T1.01"]
    assert codes(found.without_measure) == []


def test_recommendation_that_every_place_declined_is_not_listed(stocktake):
    stocktake.decline(stocktake.sefton)
    assert codes(stocktake.read().without_activity) == ["T1.01"]
    stocktake.decline(stocktake.knowsley, answer="not-relevant")
    found = stocktake.read()
    assert codes(found.without_activity) == []
    assert found.total.declined == 2


def test_recommendation_with_activity_but_no_measure_anywhere_is_listed(stocktake):
    activity = stocktake.link().activity
    other = stocktake.link(stocktake.activity(stocktake.knowsley)).activity
    assert codes(stocktake.read().without_measure) == ["T1.01"]
    stocktake.measure(other, unreported=True)
    assert codes(stocktake.read().without_measure) == []
    assert stocktake.state() == State.NO_MEASURE
    assert len(stocktake.read().recommendation("T1.01").activities) == 2
    assert activity.pk in stocktake.read().recommendation("T1.01").activities


def test_row_of_a_recommendation_says_what_a_reader_needs(stocktake):
    stocktake.recommend("T1.02", phase="year-1", place_number=7, text="Warm homes.")
    row = stocktake.read().recommendation("T1.02")
    assert (row.theme, row.phase, row.bodies) == ("T1", "Year 1", ("Place",))
    assert (row.place_number, row.text, row.activities) == (7, "Warm homes.", ())


def test_shared_activity_counts_once_in_all_and_once_in_each_place(stocktake):
    shared = stocktake.activity(stocktake.sefton, stocktake.knowsley)
    stocktake.activity(stocktake.sefton)
    stocktake.link(shared)
    stocktake.link(shared, stocktake.recommend("T1.02"))
    found = stocktake.read()
    assert found.total.activities == 2
    assert {row.key: row.activities for row in found.by_place} == {"sefton": 2, "knowsley": 1}
    assert {row.key: row.activities for row in found.by_theme} == {"T1": 2}


def test_activities_that_do_not_count_are_not_counted(stocktake):
    stocktake.activity(draft=True)
    stocktake.activity(submitted=True)
    stocktake.activity(review_status="returned")
    stocktake.activity(round=RoundFactory())
    assert stocktake.read().activities == ()


def test_thread_names_its_activities_and_no_others(stocktake):
    mine = stocktake.link().activity
    shared = stocktake.link(stocktake.activity(stocktake.sefton, stocktake.knowsley)).activity
    stocktake.link(suggested=True)
    behind = {thread.place: set(thread.activities) for thread in stocktake.read().threads}
    assert behind == {"sefton": {mine.pk, shared.pk}, "knowsley": {shared.pk}}


def test_orphans_are_activities_that_no_confirmed_link_ties_to_a_recommendation(stocktake):
    stocktake.activity(title="loose")
    stocktake.link(stocktake.activity(title="suggested"), suggested=True)
    stocktake.indicator(stocktake.activity(title="measured only"), on=LAST_DAY)
    stocktake.link(stocktake.activity(title="linked"))
    stocktake.activity(title="draft", draft=True)
    found = stocktake.read()
    assert titles(found.unlinked_activities) == ["loose", "measured only", "suggested"]


def test_orphans_are_indicators_that_no_activity_names(stocktake):
    named = stocktake.indicator(on=LAST_DAY)
    by_link = BeaconIndicatorFactory()
    stocktake.link(indicator=by_link)
    unlinked = stocktake.indicator(stocktake.activity())
    suggested = stocktake.indicator(link={"suggested": True})
    in_draft = stocktake.indicator(stocktake.activity(draft=True))
    elsewhere = stocktake.indicator(stocktake.activity(round=RoundFactory()))
    overarching = BeaconIndicatorFactory(theme=None, status="not live")
    orphans = {row.number for row in stocktake.read().unnamed_indicators}
    assert orphans == {suggested.number, in_draft.number, elsewhere.number, overarching.number}
    named_rows = {row.number for row in stocktake.read().indicators if row.is_named}
    assert named_rows == {named.number, by_link.number, unlinked.number}


def test_empty_round_has_every_thread_without_activity(stocktake):
    stocktake.recommend("T2.01")
    stocktake.link()
    empty = coherence(RoundFactory(closed=True))
    assert empty.total.states == dict.fromkeys(State.values, 0) | {"no-activity": 4}
    assert codes(empty.without_activity) == ["T1.01", "T2.01"]
    assert (empty.activities, empty.without_measure) == ((), ())
    assert empty.total.percentage == 0


def test_database_without_a_framework_gives_an_empty_object():
    found = coherence(RoundFactory())
    assert (found.threads, found.recommendations, found.total.percentage) == ((), (), None)


def test_headline_names_round_day_and_version_of_the_rule(stocktake):
    found = stocktake.read()
    assert (found.round, found.as_of, found.rule_version) == ("Autumn", LAST_DAY, RULE_VERSION)


# A part of the whole.


@pytest.fixture
def parts(stocktake, bodies):
    """Two themes, two phases, boroughs and the system."""
    stocktake.recommend("T1.02", phase="year-1")
    stocktake.recommend("T1.03", bodies["System"], phase="year-1")
    stocktake.recommend("T2.01", bodies["Place"], bodies["System"])
    return stocktake


@pytest.mark.parametrize(
    ("scope", "threads"),
    [
        (
            {},
            "T1.01 k, T1.01 s, T1.02 k, T1.02 s, T1.03 c, T2.01 c, T2.01 k, T2.01 s",
        ),
        ({"places": ("sefton",)}, "T1.01 s, T1.02 s, T2.01 s"),
        ({"places": ("sefton", SYSTEM)}, "T1.01 s, T1.02 s, T1.03 c, T2.01 c, T2.01 s"),
        ({"places": ("wirral",)}, ""),
        ({"themes": ("T1",)}, "T1.01 k, T1.01 s, T1.02 k, T1.02 s, T1.03 c"),
        ({"themes": ("T2",)}, "T2.01 c, T2.01 k, T2.01 s"),
        ({"phases": ("year-1",)}, "T1.02 k, T1.02 s, T1.03 c"),
        (
            {"phases": ("years-2-5",)},
            "T1.01 k, T1.01 s, T2.01 c, T2.01 k, T2.01 s",
        ),
        ({"bodies": ("System",), "themes": ("T1",)}, "T1.03 c"),
        ({"bodies": ("Combined Authority",)}, ""),
        ({"themes": ("T1",), "phases": ("year-1",)}, "T1.02 k, T1.02 s, T1.03 c"),
        ({"themes": ("T1",), "phases": ("year-1",), "places": ("sefton",)}, "T1.02 s"),
        (
            {
                "themes": ("T1",),
                "phases": ("year-1",),
                "places": ("sefton", SYSTEM),
                "bodies": ("System",),
            },
            "T1.03 c",
        ),
        ({"places": ("sefton",), "bodies": ("System",), "themes": ("T1",)}, ""),
    ],
)
def test_scope_narrows_the_threads(parts, scope, threads):
    short = {"k": "knowsley", "s": "sefton", "c": SYSTEM}
    expected = [tuple(pair.split()) for pair in threads.split(", ") if pair]
    found = parts.read(**scope)
    assert pairs(found) == sorted((code, short[place]) for code, place in expected)
    assert found.scope == Scope(**scope)
    assert {row.code for row in found.recommendations} == {code for code, _ in expected}
    assert {row.slug for row in found.places} == {short[place] for _, place in expected}
    assert {row.code for row in found.themes} == {code[:2] for code, _ in expected}
    assert sum(row.threads for row in found.by_theme) == len(expected)
    assert sum(row.threads for row in found.by_place) == len(expected)


def test_scope_of_a_body_counts_what_its_own_places_answer_for(parts):
    found = parts.read(bodies=("System",))
    assert pairs(found) == [("T1.03", SYSTEM), ("T2.01", SYSTEM)]


def test_scope_does_not_change_the_state_of_a_thread(parts):
    parts.indicator(on=LAST_DAY)
    parts.decline(parts.knowsley)
    for scope in ({}, {"themes": ("T1",)}, {"bodies": ("Place",)}, {"phases": ("years-2-5",)}):
        assert parts.state(**scope) == State.WHOLE
        assert parts.state(parts.knowsley, **scope) == State.DECLINED
    assert parts.state(places=("sefton",)) == State.WHOLE


def test_scope_of_places_leaves_out_activities_of_others(parts):
    parts.activity(parts.sefton, title="own")
    parts.activity(parts.sefton, parts.knowsley, title="shared")
    parts.activity(parts.knowsley, title="other")
    found = parts.read(places=("sefton",))
    assert titles(found.activities) == ["own", "shared"]
    assert [(row.key, row.activities) for row in found.by_place] == [("sefton", 2)]


def test_scope_of_themes_leaves_out_activities_and_indicators_of_others(parts):
    parts.activity(title="best start")
    parts.activity(title="capabilities", theme=ThemeFactory(code="T2"))
    mine = BeaconIndicatorFactory(theme=parts.theme)
    BeaconIndicatorFactory(theme=ThemeFactory(code="T2"))
    found = parts.read(themes=("T1",))
    assert titles(found.activities) == ["best start"]
    assert [row.number for row in found.indicators] == [mine.number]


def test_scope_makes_no_orphan_of_an_activity_linked_to_a_recommendation_outside(parts):
    parts.link(parts.activity(title="linked"), Recommendation.objects.get(code="T2.01"))
    for scope in ({"themes": ("T1",)}, {"phases": ("year-1",)}, {"bodies": ("System",)}):
        found = parts.read(**scope)
        assert titles(found.unlinked_activities) == []


def test_scope_of_themes_keeps_the_rows_behind_its_own_numbers(parts):
    """An activity under another theme that serves a recommendation in scope is behind it."""
    activity = parts.link(parts.activity(theme=ThemeFactory(code="T2"))).activity
    found = parts.read(themes=("T1",))
    assert found.recommendation("T1.01").activities == (activity.pk,)
    assert [row.id for row in found.select_activities(recommendation="T1.01")] == [activity.pk]


def test_every_thread_s_activities_are_among_the_rows_whatever_the_scope(parts):
    parts.link(parts.activity(theme=ThemeFactory(code="T2")))
    parts.link(parts.activity(parts.knowsley, parts.sefton))
    for scope in ({}, {"themes": ("T1",)}, {"places": ("sefton",)}, {"bodies": ("Place",)}):
        found = parts.read(**scope)
        behind = {pk for thread in found.threads for pk in thread.activities}
        assert behind <= {row.id for row in found.activities}


def test_places_of_an_activity_are_named_though_they_answer_for_nothing(parts):
    st_helens = PlaceFactory(name="St Helens")
    parts.activity(st_helens)
    found = parts.read()
    assert [found.place_names.get(slug) for slug in found.activities[0].places] == ["St Helens"]


# What was read is what comes back.


@pytest.fixture
def busy(parts):
    """Something in every state, and orphans."""
    parts.indicator(on=LAST_DAY)
    parts.decline(parts.knowsley)
    second = Recommendation.objects.get(code="T1.02")
    parts.link(recommendation=second)
    parts.measure(
        parts.link(parts.activity(parts.knowsley), second).activity, latest_on=LIMIT - DAY
    )
    parts.measure(
        parts.link(recommendation=Recommendation.objects.get(code="T2.01")).activity,
        unreported=True,
    )
    parts.activity(parts.sefton, parts.knowsley, title="loose")
    return parts


def test_json_gives_back_what_was_read(busy):
    found = busy.read(themes=("T1", "T2"), places=("sefton", "knowsley"))
    assert {thread.state for thread in found.threads} == set(State)
    assert Coherence.from_json(found.to_json()) == found


def test_reading_twice_gives_the_same(busy):
    assert busy.read() == busy.read()


# As many queries for one row as for many.


def fill(case, number):
    """Add a theme with recommendations, and places with linked, measured activities."""
    places = [PlaceFactory() for _ in range(number)]
    case.body.answering_places.add(*places)
    for index in range(number):
        recommendation = case.recommend(f"T{index + 5}.01")
        for place in places:
            activity = case.link(case.activity(place), recommendation).activity
            case.measure(activity)
            case.indicator(activity, on=LAST_DAY, area=place)
        case.decline(places[0], recommendation)
        case.activity(*places)


def test_queries_are_as_many_for_one_row_as_for_many(stocktake):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            found = stocktake.read()
        return len(captured), len(found.threads)

    empty, threads = queries()
    assert threads == 2
    fill(stocktake, 1)
    one, threads = queries()
    assert threads == 6
    fill(stocktake, 4)
    many, threads = queries()
    assert threads == 35
    assert empty == one == many
    assert many <= 15


def test_queries_are_not_more_for_a_part(stocktake):
    fill(stocktake, 2)
    with CaptureQueriesContext(connection) as whole:
        stocktake.read()
    with CaptureQueriesContext(connection) as part:
        stocktake.read(places=("sefton",), themes=("T1",), phases=("years-2-5",), bodies=("Place",))
    assert len(part) == len(whole)


# The framework as published: 63 recommendations of Place, 4 of Place and Population Health,
# 45 of System, 3 of the Mental Health Board, 1 of the Digital Board, 2 of System and the Local
# Economic Partnership, 1 of the Partnership, 4 of Partnership and anchor partners, 1 of the
# Combined Authority, 1 of Travel.


@pytest.fixture
def framework():
    """The framework as published, and a round in which nothing was entered."""
    call_command("loaddata", "framework", verbosity=0)
    return coherence(RoundFactory())


def test_framework_gives_674_threads(framework):
    place, system, partnership = 63 * 9 + 4 * (9 + 1), 45 + 3 + 1, 1 * 2 + 4 * 2
    assert len(framework.recommendations) == 125
    assert framework.total.threads == 674
    assert framework.total.threads == place + system + 2 * (1 + 2) + partnership + 1 + 1
    assert len({(thread.recommendation, thread.place) for thread in framework.threads}) == 674


def test_framework_gives_each_place_its_threads(framework):
    boroughs = Place.objects.filter(level=Level.BOROUGH).values_list("slug", flat=True)
    assert {row.key: row.threads for row in framework.by_place} == {
        **dict.fromkeys(boroughs, 63 + 4),
        SYSTEM: 45 + 3 + 1 + 4 + 2,
        LCR: 4 + 1 + 2 + 1,
        CAW: 4 + 1 + 2 + 1,
    }
    assert len(boroughs) == 9


def test_framework_gives_each_theme_its_threads(framework):
    assert {row.key: row.threads for row in framework.by_theme} == {
        "T1": 47,
        "T2": 72,
        "T3": 78,
        "T4": 50,
        "T5": 133,
        "T6": 28,
        "T7": 24,
        "T8": 67,
        "SA": 54,
        "SB": 29,
        "SC": 3,
        "SD": 21,
        "SE": 26,
        "SF": 20,
        "SG": 22,
    }
    order = "T1 T2 T3 T4 T5 T6 T7 T8 SA SB SC SD SE SF SG"
    assert [row.key for row in framework.by_theme] == order.split()


@pytest.mark.parametrize(
    ("scope", "threads"),
    [
        ({"phases": ("year-1",)}, 373),
        ({"phases": ("years-2-5",)}, 301),
        ({"places": ("sefton",)}, 67),
        ({"bodies": ("Place",)}, 67 * 9),
        ({"bodies": ("Mental Health Board",)}, 3),
        ({"bodies": ("Cheshire and Warrington Travel",)}, 1),
        ({"bodies": ("Local Economic Partnership and anchor partners",)}, 4 * 2),
        ({"themes": ("T5", "SC"), "places": ("sefton", SYSTEM)}, 22),
    ],
)
def test_framework_in_part(framework, scope, threads):
    part = coherence(RoundFactory(), Scope(**scope))
    assert part.total.threads == threads


def test_framework_without_entries_has_no_activity_for_any_of_125(framework):
    assert len(framework.without_activity) == 125
    assert framework.total.states["no-activity"] == 674
    assert len(framework.unnamed_indicators) == BeaconIndicator.objects.count() == 22
