"""`manage.py coherence`: what it prints, as text and as JSON."""

import datetime
import io
import json

import pytest
from django.core.management import CommandError, call_command

from stocktake.coherence import RULE_VERSION, State
from tests.factories import (
    ActivityFactory,
    BeaconIndicatorFactory,
    DecisionFactory,
    LocalMeasureFactory,
    PlaceFactory,
    RecommendationFactory,
    RecommendationLinkFactory,
    ResponsibleBodyFactory,
    RoundFactory,
    ThemeFactory,
)

pytestmark = pytest.mark.django_db

LAST_DAY = datetime.date(2023, 12, 31)
STATES = ["declined", "no-activity", "no-measure", "no-data", "stale", "whole"]


@pytest.fixture
def autumn():
    """A round with a whole thread, one declined, one without measure and the rest without."""
    round = RoundFactory(name="Autumn 2023", opens_on=LAST_DAY, closes_on=LAST_DAY)
    sefton, knowsley = PlaceFactory(name="Sefton"), PlaceFactory(name="Knowsley")
    theme = ThemeFactory(code="T1", title="Best start", stocktake_number=1)
    body = ResponsibleBodyFactory(name="Place", answering_places=[sefton, knowsley])
    whole, open_, unmeasured = (
        RecommendationFactory(
            code=f"T1.0{number}",
            theme=theme,
            text=f"Say “{number}”.",
            place_number=number if number < 3 else None,
            responsible_bodies=[body],
        )
        for number in (1, 2, 3)
    )
    activity = ActivityFactory(round=round, theme=theme, places=[sefton], title="Warm homes")
    RecommendationLinkFactory(activity=activity, recommendation=whole)
    LocalMeasureFactory(activity=activity, latest_on=LAST_DAY)
    other = ActivityFactory(round=round, theme=theme, places=[sefton, knowsley], title="Walks")
    RecommendationLinkFactory(activity=other, recommendation=unmeasured)
    loose = ActivityFactory(round=round, theme=theme, places=[knowsley], title="Loose")
    DecisionFactory(declined=True, place=knowsley, recommendation=open_)
    BeaconIndicatorFactory(number=9, name="Pupils", theme=theme)
    round.loose = loose
    return round


def run(*arguments):
    """What the command prints."""
    stdout = io.StringIO()
    call_command("coherence", *arguments, stdout=stdout)
    return stdout.getvalue()


def tally(key, label, threads, counts, percentage, activities):
    """A row of a table as JSON."""
    return {
        "key": key,
        "label": label,
        "threads": threads,
        "states": dict(zip(STATES, counts, strict=True)),
        "percentage_whole": percentage,
        "activities": activities,
    }


def test_json_is_one_object_with_headline_lists_and_tables(autumn):
    whole = (6, [1, 2, 2, 0, 0, 1], 17, 3)
    assert json.loads(run("--round", "Autumn 2023", "--json")) == {
        "round": "Autumn 2023",
        "as_of": "2023-12-31",
        "rule_version": RULE_VERSION,
        "headline": {
            "threads": 6,
            "whole": 1,
            "recommendations": 3,
            "without_activity": 1,
            "without_measure": 1,
        },
        "without_activity": [
            {
                "code": "T1.02",
                "theme": "T1",
                "phase": "Years 2-5",
                "responsible_bodies": ["Place"],
                "place_number": 2,
                "text": "Say “2”.",
                "activities": 0,
            }
        ],
        "without_measure": [
            {
                "code": "T1.03",
                "theme": "T1",
                "phase": "Years 2-5",
                "responsible_bodies": ["Place"],
                "place_number": None,
                "text": "Say “3”.",
                "activities": 1,
            }
        ],
        "themes": [tally("T1", "Best start", *whole)],
        "places": [
            tally("knowsley", "Knowsley", 3, [1, 1, 1, 0, 0, 0], 0, 2),
            tally("sefton", "Sefton", 3, [0, 1, 1, 0, 0, 1], 33, 2),
        ],
        "total": tally("", "All", *whole),
        "orphans": {
            "activities": [
                {
                    "id": autumn.loose.pk,
                    "title": "Loose",
                    "theme": "T1",
                    "places": ["knowsley"],
                }
            ],
            "indicators": [{"number": 9, "name": "Pupils", "theme": "T1", "status": "live"}],
        },
    }


@pytest.mark.usefixtures("autumn")
def test_text_has_headline_lists_tables_and_orphans_in_this_order():
    text = run("--round", "Autumn 2023")
    wanted = [
        "Coherence of Autumn 2023, as of 31 December 2023",
        "1 of 6 threads are whole.",
        "1 of 3 recommendations have no linked activity:",
        "  T1.02 (Years 2-5, Place, place number 2) Say “2”.",
        "1 of 3 recommendations have activity but no measure:",
        "  T1.03 (Years 2-5, Place) Say “3”.",
        "1 of 3 activities are linked to no recommendation.",
        "1 of 1 beacon indicators are named by no activity.",
    ]
    lines = text.splitlines()
    assert [line for line in lines if line in wanted] == wanted


@pytest.mark.usefixtures("autumn")
def test_text_has_a_row_for_each_theme_and_place_and_for_all():
    rows = [line.split() for line in run("--round", "Autumn 2023").splitlines()]
    heading = " ".join(["Threads", *State.labels, "Activities"]).split()
    assert ["Theme", *heading] in rows
    assert ["Place", *heading] in rows
    assert ["T1", "6", "1", "2", "2", "0", "0", "1", "3"] in rows
    assert ["knowsley", "3", "1", "1", "1", "0", "0", "0", "2"] in rows
    assert ["sefton", "3", "0", "1", "1", "0", "0", "1", "2"] in rows
    assert rows.count(["All", "6", "1", "2", "2", "0", "0", "1", "3"]) == 2


@pytest.mark.usefixtures("autumn")
def test_columns_of_a_table_stand_below_each_other():
    lines = run("--round", "Autumn 2023").splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("Theme "))
    assert len({len(line) for line in lines[start : start + 3]}) == 1


@pytest.mark.usefixtures("autumn")
@pytest.mark.parametrize("name", ["autumn 2023", " Autumn 2023 "])
def test_round_is_found_in_any_case_and_between_spaces(name):
    assert run("--round", name).startswith("Coherence of Autumn 2023,")


def test_empty_database_prints_noughts_and_no_percentage():
    RoundFactory(name="Empty")
    found = json.loads(run("--round", "Empty", "--json"))
    assert found["headline"] == {
        "threads": 0,
        "whole": 0,
        "recommendations": 0,
        "without_activity": 0,
        "without_measure": 0,
    }
    assert found["total"]["percentage_whole"] is None
    assert (found["themes"], found["places"]) == ([], [])
    assert "0 of 0 threads are whole." in run("--round", "Empty")


@pytest.mark.usefixtures("autumn")
def test_unknown_round_is_refused_and_the_known_ones_are_named():
    RoundFactory(name="Spring 2024")
    with pytest.raises(CommandError) as caught:
        run("--round", "Winter", "--json")
    message = str(caught.value)
    assert "There is no round “Winter”." in message
    assert "Autumn 2023" in message
    assert "Spring 2024" in message
    assert caught.value.returncode == 1


def test_unknown_round_in_an_empty_database_is_refused():
    with pytest.raises(CommandError, match=r"There is no round “Winter”\. The rounds: none yet\."):
        run("--round", "Winter")


def test_round_must_be_named():
    with pytest.raises(CommandError, match="--round"):
        run()


@pytest.mark.usefixtures("autumn")
def test_command_writes_nothing(django_assert_num_queries):
    with django_assert_num_queries(15, exact=False) as captured:
        run("--round", "Autumn 2023")
    assert {query["sql"].split()[0] for query in captured} == {"SELECT"}
