"""What a report says, made of rows alone: no database."""

import dataclasses
import datetime
import json

import pytest

from stocktake.coherence import Coherence, Scope, State, Thread
from stocktake.coherence.result import (
    ActivityRow,
    IndicatorRow,
    PlaceRow,
    RecommendationRow,
    Tally,
    ThemeRow,
)


def recommendation(code, *activities, measured=False, **values):
    """A recommendation of the theme in its code."""
    return RecommendationRow(
        **{
            "code": code,
            "theme": code.partition(".")[0],
            "phase": "Year 1",
            "bodies": ("Place",),
            "place_number": 1,
            "text": f"Do what {code} says.",
            "activities": activities,
            "is_measured": measured,
        }
        | values
    )


SEFTON, KNOWSLEY = "sefton", "knowsley"
AUTUMN = Coherence(
    round="Autumn",
    as_of=datetime.date(2023, 12, 31),
    rule_version=1,
    scope=Scope(themes=("T1", "T2")),
    themes=(ThemeRow("T1", "Best start"), ThemeRow("T2", "Capabilities")),
    places=(
        PlaceRow(KNOWSLEY, "Knowsley", "borough"),
        PlaceRow(SEFTON, "Sefton", "borough"),
    ),
    recommendations=(
        recommendation("T1.01", 1, measured=True),
        recommendation("T1.02", 2),
        recommendation("T1.03"),
        recommendation("T2.01", place_number=None, bodies=("Place", "System")),
        recommendation("T2.02"),
    ),
    threads=(
        Thread("T1.01", KNOWSLEY, State.WHOLE, (1,)),
        Thread("T1.01", SEFTON, State.STALE, (1,)),
        Thread("T1.02", KNOWSLEY, State.NO_ACTIVITY, ()),
        Thread("T1.02", SEFTON, State.NO_MEASURE, (2,)),
        Thread("T1.03", KNOWSLEY, State.DECLINED, ()),
        Thread("T1.03", SEFTON, State.NO_ACTIVITY, ()),
        Thread("T2.01", SEFTON, State.NO_ACTIVITY, ()),
        Thread("T2.02", KNOWSLEY, State.DECLINED, ()),
        Thread("T2.02", SEFTON, State.DECLINED, ()),
    ),
    activities=(
        ActivityRow(1, "Shared", "T1", (KNOWSLEY, SEFTON), ("T1.01",)),
        ActivityRow(2, "Own", "T1", (SEFTON,), ("T1.02",)),
        ActivityRow(3, "Loose", "T2", (SEFTON,), ()),
    ),
    indicators=(
        IndicatorRow(1, "Life expectancy", None, "live", True),
        IndicatorRow(3, "Development", "T1", "live", False),
        IndicatorRow(12, "Wages", "T2", "not live", False),
    ),
)
NOTHING = Coherence(
    round="Empty",
    as_of=datetime.date(2024, 2, 29),
    rule_version=1,
    scope=Scope(),
    themes=(),
    places=(),
    recommendations=(),
    threads=(),
    activities=(),
    indicators=(),
)


def codes(rows):
    """The codes of recommendations."""
    return [row.code for row in rows]


def states(tally):
    """How many threads are in each state that occurs."""
    return {state: count for state, count in tally.states.items() if count}


@pytest.mark.parametrize("content", [AUTUMN, NOTHING], ids=lambda row: row.round)
def test_json_gives_the_same_object_back(content):
    again = Coherence.from_json(json.loads(json.dumps(content.to_json())))
    assert again == content
    assert hash(again.threads) == hash(content.threads)
    assert [type(thread.state) for thread in again.threads] == [State] * len(content.threads)
    assert again.total == content.total


def test_json_holds_all_that_the_object_has():
    content = AUTUMN.to_json()
    assert set(content) == {field.name for field in dataclasses.fields(Coherence)}
    assert content["as_of"] == "2023-12-31"
    assert json.loads(json.dumps(content))["threads"][0] == {
        "recommendation": "T1.01",
        "place": "knowsley",
        "state": "whole",
        "activities": [1],
    }


# As reports that are published have it in the database: they must be readable for ever.
STORED = {
    "round": "Autumn",
    "as_of": "2023-12-31",
    "rule_version": 1,
    "scope": {"places": ["sefton"], "themes": [], "phases": ["year-1"], "bodies": []},
    "themes": [{"code": "T1", "title": "Best start"}],
    "places": [{"slug": "sefton", "name": "Sefton", "level": "borough"}],
    "recommendations": [
        {
            "code": "T1.01",
            "theme": "T1",
            "phase": "Year 1",
            "bodies": ["Place"],
            "place_number": None,
            "text": "Do what T1.01 says.",
            "activities": [1],
            "is_measured": True,
        }
    ],
    "threads": [
        {"recommendation": "T1.01", "place": "sefton", "state": "no-data", "activities": [1]}
    ],
    "activities": [
        {
            "id": 1,
            "title": "Own",
            "theme": "T1",
            "places": ["sefton"],
            "recommendations": ["T1.01"],
        }
    ],
    "indicators": [
        {"number": 1, "name": "Life expectancy", "theme": None, "status": "live", "is_named": False}
    ],
}


def test_report_that_was_stored_long_ago_is_still_read():
    found = Coherence.from_json(STORED)
    assert found.scope == Scope(places=("sefton",), phases=("year-1",))
    assert found.threads == (Thread("T1.01", SEFTON, State.NO_DATA, (1,)),)
    assert found.recommendations == (recommendation("T1.01", 1, measured=True, place_number=None),)
    assert found.activities == (ActivityRow(1, "Own", "T1", (SEFTON,), ("T1.01",)),)
    assert found.as_of == datetime.date(2023, 12, 31)
    assert (found.total.threads, len(found.unnamed_indicators)) == (1, 1)


@pytest.mark.parametrize("row", [AUTUMN, AUTUMN.threads[0], AUTUMN.recommendations[0], Scope()])
def test_rows_are_frozen(row):
    name = dataclasses.fields(row)[0].name
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(row, name, "changed")


def test_recommendations_without_activity_are_not_those_that_every_place_declined():
    assert codes(AUTUMN.without_activity) == ["T1.03", "T2.01"]


def test_recommendations_without_measure_have_activity():
    assert codes(AUTUMN.without_measure) == ["T1.02"]


def test_total_counts_a_shared_activity_once():
    total = AUTUMN.total
    assert (total.threads, total.whole, total.declined, total.activities) == (9, 1, 3, 3)
    assert total.percentage == 11


def test_tally_of_each_theme():
    assert [(row.key, row.label, row.threads, row.activities) for row in AUTUMN.by_theme] == [
        ("T1", "Best start", 6, 2),
        ("T2", "Capabilities", 3, 1),
    ]
    assert [states(row) for row in AUTUMN.by_theme] == [
        {"declined": 1, "no-activity": 2, "no-measure": 1, "stale": 1, "whole": 1},
        {"declined": 2, "no-activity": 1},
    ]


def test_tally_of_each_place_counts_a_shared_activity_in_each():
    assert [(row.key, row.label, row.threads, row.activities) for row in AUTUMN.by_place] == [
        ("knowsley", "Knowsley", 4, 1),
        ("sefton", "Sefton", 5, 3),
    ]
    assert [states(row) for row in AUTUMN.by_place] == [
        {"declined": 2, "no-activity": 1, "whole": 1},
        {"declined": 1, "no-activity": 2, "no-measure": 1, "stale": 1},
    ]


def test_tally_has_every_state_in_the_rule_s_order():
    assert [state for state, _ in AUTUMN.total.counts] == list(State)
    assert [count for _, count in AUTUMN.total.counts] == [3, 3, 1, 0, 1, 1]


@pytest.mark.parametrize(
    ("whole", "threads", "percentage"),
    [(0, 0, None), (0, 5, 0), (5, 5, 100), (1, 3, 33), (2, 3, 67)],
)
def test_tally_percentage_is_of_its_threads(whole, threads, percentage):
    counts = dict.fromkeys(State.values, 0) | {"whole": whole, "no-data": threads - whole}
    tally = Tally("T1", "Best start", counts, 0)
    assert (tally.threads, tally.percentage) == (threads, percentage)


@pytest.mark.parametrize("name", ["by_theme", "by_place"])
def test_tallies_add_up_to_the_total(name):
    rows = getattr(AUTUMN, name)
    for state in State.values:
        assert sum(row.states[state] for row in rows) == AUTUMN.total.states[state]


def test_orphans_are_activities_without_link_and_indicators_without_activity():
    assert [row.title for row in AUTUMN.unlinked_activities] == ["Loose"]
    assert [row.number for row in AUTUMN.unnamed_indicators] == [3, 12]


def test_empty_object_has_no_rows_and_no_percentage():
    assert NOTHING.total.percentage is None
    assert NOTHING.total.threads == 0
    rows = (
        NOTHING.by_theme,
        NOTHING.by_place,
        NOTHING.without_activity,
        NOTHING.without_measure,
        NOTHING.unlinked_activities,
        NOTHING.unnamed_indicators,
    )
    assert rows == ((),) * 6


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, 9),
        ({"theme": "T1"}, 6),
        ({"place": SEFTON}, 5),
        ({"state": State.DECLINED}, 3),
        ({"state": "declined"}, 3),
        ({"theme": "T1", "place": SEFTON, "state": "stale"}, 1),
        ({"theme": "T9"}, 0),
        ({"place": None, "theme": None, "state": None}, 9),
    ],
)
def test_threads_behind_a_number(wanted, found):
    assert len(AUTUMN.select_threads(**wanted)) == found


@pytest.mark.parametrize("state", State)
def test_every_number_of_the_tables_has_its_threads(state):
    for row in AUTUMN.by_theme:
        threads = AUTUMN.select_threads(theme=row.key, state=state.value)
        assert len(threads) == row.states[state.value]
    for row in AUTUMN.by_place:
        threads = AUTUMN.select_threads(place=row.key, state=state.value)
        assert len(threads) == row.states[state.value]


@pytest.mark.parametrize(
    ("wanted", "titles"),
    [
        ({}, ["Shared", "Own", "Loose"]),
        ({"theme": "T1"}, ["Shared", "Own"]),
        ({"place": KNOWSLEY}, ["Shared"]),
        ({"recommendation": "T1.02"}, ["Own"]),
        ({"theme": "T2", "place": KNOWSLEY}, []),
    ],
)
def test_activities_behind_a_number(wanted, titles):
    assert [row.title for row in AUTUMN.select_activities(**wanted)] == titles


def test_activities_by_id_in_the_report_s_order():
    assert [row.title for row in AUTUMN.activities_of((3, 1))] == ["Shared", "Loose"]
    assert AUTUMN.activities_of(()) == ()


def test_scope_in_words_names_the_parts_and_nothing_for_everything():
    assert NOTHING.scope_in_words == []
    assert AUTUMN.scope_in_words == ["Themes: T1, T2"]
    part = dataclasses.replace(
        AUTUMN, scope=Scope((KNOWSLEY, SEFTON), (), ("year-1", "years-2-5"), ("Place",))
    )
    assert part.scope_in_words == [
        "Phases: Year 1, Years 2-5",
        "Responsible bodies: Place",
        "Places: Knowsley, Sefton",
    ]


def test_recommendation_by_code():
    assert AUTUMN.recommendation("T1.02").text == "Do what T1.02 says."
    assert AUTUMN.recommendation("T9.99") is None
