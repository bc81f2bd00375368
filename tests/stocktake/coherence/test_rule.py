"""The rule itself: which state a thread is in, and from which day a value is stale."""

import datetime

import pytest

from stocktake.coherence import State
from stocktake.coherence.rule import LOCAL_MEASURE_STALE_AFTER, months_before, state_of

TODAY = datetime.date(2023, 12, 31)
FRESH = (datetime.date(2023, 6, 30), 24)
OLD = (datetime.date(2020, 6, 30), 24)
NOTHING = (None, 24)


def test_states_stand_in_the_order_of_the_rule():
    assert [state.label for state in State] == [
        "Declined",
        "No activity",
        "No measure",
        "No data",
        "Stale",
        "Whole",
    ]


@pytest.mark.parametrize(
    ("declined", "has_activity", "measures", "state"),
    [
        (False, False, [], State.NO_ACTIVITY),
        (False, True, [], State.NO_MEASURE),
        (False, True, [NOTHING], State.NO_DATA),
        (False, True, [NOTHING, NOTHING], State.NO_DATA),
        (False, True, [OLD], State.STALE),
        (False, True, [OLD, NOTHING], State.STALE),
        (False, True, [OLD, OLD], State.STALE),
        (False, True, [FRESH], State.WHOLE),
        (False, True, [OLD, FRESH, NOTHING], State.WHOLE),
        (True, False, [], State.DECLINED),
        (True, True, [], State.DECLINED),
        (True, True, [NOTHING], State.DECLINED),
        (True, True, [OLD], State.DECLINED),
        (True, True, [FRESH], State.DECLINED),
        # Without an activity there is nothing that a measure could belong to.
        (False, False, [FRESH], State.NO_ACTIVITY),
    ],
)
def test_state_is_the_first_that_holds(declined, has_activity, measures, state):
    found = state_of(declined=declined, has_activity=has_activity, measures=measures, as_of=TODAY)
    assert found == state


@pytest.mark.parametrize(
    ("newest", "months", "as_of", "state"),
    [
        ("2021-12-31", 24, "2023-12-31", State.WHOLE),
        ("2021-12-30", 24, "2023-12-31", State.STALE),
        ("2021-12-31", 24, "2024-01-01", State.STALE),
        ("2023-11-30", 1, "2023-12-31", State.WHOLE),
        ("2023-11-29", 1, "2023-12-31", State.STALE),
        ("2018-12-31", 60, "2023-12-31", State.WHOLE),
        ("2018-12-30", 60, "2023-12-31", State.STALE),
        ("2022-02-28", 24, "2024-02-29", State.WHOLE),
        ("2022-02-27", 24, "2024-02-29", State.STALE),
        ("2020-02-29", 24, "2022-02-28", State.WHOLE),
        ("2023-12-31", 24, "2023-12-31", State.WHOLE),
    ],
)
def test_value_is_fresh_to_the_day_on_which_its_months_are_over(newest, months, as_of, state):
    measures = [(datetime.date.fromisoformat(newest), months)]
    found = state_of(
        declined=False,
        has_activity=True,
        measures=measures,
        as_of=datetime.date.fromisoformat(as_of),
    )
    assert found == state


def test_each_measure_is_judged_by_its_own_months():
    day = datetime.date(2022, 6, 30)
    thread = {"declined": False, "has_activity": True, "as_of": TODAY}
    assert state_of(measures=[(day, 12)], **thread) == State.STALE
    assert state_of(measures=[(day, 12), (day, 24)], **thread) == State.WHOLE


def test_local_measure_holds_for_two_years():
    assert LOCAL_MEASURE_STALE_AFTER == 24


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        ("2023-12-31", 24, "2021-12-31"),
        ("2023-12-31", 1, "2023-11-30"),
        ("2023-12-31", 12, "2022-12-31"),
        ("2023-12-31", 10, "2023-02-28"),
        ("2024-03-31", 1, "2024-02-29"),
        ("2023-01-15", 1, "2022-12-15"),
        ("2023-12-15", 12, "2022-12-15"),
        ("2023-06-15", 0, "2023-06-15"),
        ("2024-02-29", 12, "2023-02-28"),
    ],
)
def test_months_before_a_day_end_on_it_or_on_the_last_of_the_month(day, months, before):
    assert str(months_before(datetime.date.fromisoformat(day), months)) == before
