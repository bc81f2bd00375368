"""What the headings of a stocktake stand for, however they are written."""

import pytest

from stocktake.workbook.layout import (
    ActivityColumn,
    IndicatorColumn,
    PlaceColumn,
    ThemeColumn,
    UnknownColumn,
    column_for,
    normalise,
)

from .builder import framework

PLACE_NAMES = {normalise(name): slug for name, slug in framework().places.items()}
PLACE_NAMES["system"] = framework().system


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("C&M Level Activity", "c & m  LEVEL activity"),
        ("Children’s rights", "children's Rights"),
        ("2-2½ years", "2 – 2.5 years"),
        ("Cheshire\xa0and\nMerseyside", "Cheshire & Merseyside"),
        ("St. Helens", "ST HELENS"),
        ("co-created", "co‑created"),
        ("  Themes: ", "themes"),
    ],
)
def test_normalise_makes_equal(first, second):
    assert normalise(first) == normalise(second)


@pytest.mark.parametrize(
    ("first", "second"),
    [("Cheshire East", "Cheshire West"), ("Year 1", "Year 2"), ("5%", "5"), ("£5", "5")],
)
def test_normalise_keeps_apart(first, second):
    assert normalise(first) != normalise(second)


def test_normalise_number():
    assert normalise(17) == "17"


@pytest.mark.parametrize(
    "heading",
    [
        "Marmot Themes",
        "Marmot System Recommendations",
        "theme",
        "MARMOT\nTHEMES",
        "Marmot\xa0Theme",
    ],
)
def test_column_for_themes(heading):
    assert isinstance(column_for(heading, PLACE_NAMES), ThemeColumn)


@pytest.mark.parametrize("heading", ["Beacon Indicators", "INDICATORS", "Marmot indicators "])
def test_column_for_indicators(heading):
    assert isinstance(column_for(heading, PLACE_NAMES), IndicatorColumn)


@pytest.mark.parametrize(
    "heading",
    [
        "Borough Level Activity",
        "Place Level Activity",
        "BOROUGH LEVEL ACTIVITY",
        "Borough\nLevel\nActivity",
        "Borough\xa0Level\xa0Activity",
        " borough-level activities ",
        "Places activity",
        "Activity",
        "Activities",
    ],
)
def test_column_for_activities_of_places_in_the_prose(heading):
    assert column_for(heading, PLACE_NAMES) == ActivityColumn(place=None)


@pytest.mark.parametrize(
    ("heading", "place"),
    [
        ("C&M Level Activity", "cheshire-and-merseyside"),
        ("Cheshire and Merseyside level activity", "cheshire-and-merseyside"),
        ("System Level Activity", "cheshire-and-merseyside"),
        ("Cheshire and Warrington Activity", "cheshire-and-warrington"),
        ("C&W Activity", "cheshire-and-warrington"),
        ("Cheshire & Warrington\nActivity", "cheshire-and-warrington"),
        ("LCR CA Activity", "liverpool-city-region"),
        ("Liverpool City Region Activity", "liverpool-city-region"),
        ("Sefton Activity", "sefton"),
        ("SEFTON LEVEL ACTIVITIES", "sefton"),
        ("Activity: Sefton", "sefton"),
        ("Cheshire West & Chester Activity", "cheshire-west-and-chester"),
        ("CWaC Activity", "cheshire-west-and-chester"),
        ("St. Helens Activity", "st-helens"),
        ("Saint Helens", "st-helens"),
        ("Knowsley", "knowsley"),
    ],
)
def test_column_for_activities_of_one_place(heading, place):
    assert column_for(heading, PLACE_NAMES) == ActivityColumn(place=place)


@pytest.mark.parametrize("heading", ["Place", "PLACES", "Borough", "Boroughs "])
def test_column_for_places(heading):
    assert isinstance(column_for(heading, PLACE_NAMES), PlaceColumn)


@pytest.mark.parametrize(
    "heading", ["Best Practice Elsewhere", "COMMENTS", "best\npractice elsewhere"]
)
def test_column_for_notes(heading):
    assert column_for(heading, PLACE_NAMES) == UnknownColumn(is_note=True)


@pytest.mark.parametrize(
    "heading",
    ["Lead officer", "RAG", "Sefton budget", "Marple Activity", "Cost of activity", "Date", "17"],
)
def test_column_for_something_else(heading):
    assert column_for(heading, PLACE_NAMES) == UnknownColumn(is_note=False)
