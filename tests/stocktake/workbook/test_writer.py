"""A coherence report as a spreadsheet: the same rows, and every text a text."""

import datetime
import io
import re
import zipfile
from dataclasses import replace

import pytest
from openpyxl import load_workbook

from stocktake.coherence import Coherence, Scope, State, Thread
from stocktake.coherence.result import (
    ActivityRow,
    IndicatorRow,
    PlaceRow,
    RecommendationRow,
    ThemeRow,
)
from stocktake.workbook.writer import coherence_workbook

HAZARDS = [
    "=1+1",
    '=HYPERLINK("http://example.org")',
    "+44 151 000",
    "-5",
    "@SUM(A1)",
    "\t=1+1",
    "'=1+1",
    "<b>&amp;</b>",
    "0012",
    "#REF!",
]
SHEETS = [
    "Summary",
    "No activity",
    "No measure",
    "By theme",
    "By place",
    "Activities without link",
    "Indicators not named",
    "Threads",
]


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


AUTUMN = Coherence(
    round="Autumn",
    as_of=datetime.date(2023, 12, 31),
    rule_version=1,
    scope=Scope(),
    themes=(ThemeRow("T1", "Best start"), ThemeRow("T2", "Capabilities")),
    places=(PlaceRow("knowsley", "Knowsley", "borough"), PlaceRow("sefton", "Sefton", "borough")),
    recommendations=(
        recommendation("T1.01", 1, measured=True),
        recommendation("T1.02", 2, place_number=2),
        recommendation("T2.01", place_number=None, bodies=("Place", "System")),
    ),
    threads=(
        Thread("T1.01", "knowsley", State.WHOLE, (1,)),
        Thread("T1.01", "sefton", State.DECLINED, (1, 2)),
        Thread("T1.02", "sefton", State.NO_MEASURE, (2,)),
        Thread("T2.01", "sefton", State.NO_ACTIVITY, ()),
    ),
    activities=(
        ActivityRow(1, "Shared", "T1", ("knowsley", "sefton"), ("T1.01",)),
        ActivityRow(2, "Own", "T1", ("sefton",), ("T1.02",)),
        ActivityRow(3, "Loose", "T2", ("knowsley", "sefton"), ()),
    ),
    indicators=(
        IndicatorRow(1, "Life expectancy", None, "live", False),
        IndicatorRow(3, "Development", "T1", "live", True),
        IndicatorRow(12, "Wages", "T2", "not live", False),
    ),
)


def written(coherence, title="Autumn report"):
    """The workbook as openpyxl reads it."""
    return load_workbook(io.BytesIO(coherence_workbook(coherence, title=title)))


def rows(sheet):
    """The values of a sheet below its headings."""
    return [list(row) for row in sheet.iter_rows(min_row=2, values_only=True)]


def headings(sheet):
    """The first row of a sheet."""
    return [cell.value for cell in sheet[1]]


def filled(sheet):
    """The cells of a sheet that hold something."""
    return [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]


def test_sheets_are_those_of_the_report():
    assert written(AUTUMN).sheetnames == SHEETS


def test_summary_agrees_with_the_object():
    sheet = written(AUTUMN)["Summary"]
    assert headings(sheet) == ["Coherence report", "Autumn report"]
    found = dict(rows(sheet))
    assert found.pop("As of").date() == AUTUMN.as_of
    assert found == {
        "Round": "Autumn",
        "Covers": "Everything",
        "Version of the rule": 1,
        "Threads (recommendation × answering place)": 4,
        "Threads that are whole": 1,
        "Recommendations": 3,
        "Recommendations with no linked activity": 1,
        "Recommendations with activity but no measure": 1,
        "Activities": 3,
        "Activities linked to no recommendation": 1,
        "Beacon indicators": 3,
        "Beacon indicators that no activity names": 2,
    }


def test_summary_of_a_part_says_what_it_covers():
    scope = Scope(places=("sefton",), themes=("T1", "T2"), phases=("year-1",), bodies=("Place",))
    found = dict(rows(written(replace(AUTUMN, scope=scope))["Summary"]))
    assert found["Covers"] == (
        "Themes: T1, T2; Phases: Year 1; Responsible bodies: Place; Places: Sefton"
    )


def test_recommendations_without_activity_are_listed():
    sheet = written(AUTUMN)["No activity"]
    assert headings(sheet)[:5] == [
        "Recommendation",
        "Theme",
        "Phase",
        "Responsible body",
        "Place number",
    ]
    assert rows(sheet) == [
        ["T2.01", "T2", "Year 1", "Place; System", None, "Do what T2.01 says.", 0]
    ]


def test_recommendations_without_measure_are_listed():
    assert rows(written(AUTUMN)["No measure"]) == [
        ["T1.02", "T1", "Year 1", "Place", 2, "Do what T1.02 says.", 1]
    ]


def test_themes_have_states_beside_their_denominator():
    sheet = written(AUTUMN)["By theme"]
    assert headings(sheet) == [
        "Theme",
        "Title",
        "Threads",
        "Declined",
        "No activity",
        "No measure",
        "No data",
        "Stale",
        "Whole",
        "Whole, % of threads",
        "Activities",
    ]
    assert rows(sheet) == [
        ["T1", "Best start", 3, 1, 0, 1, 0, 0, 1, 33, 2],
        ["T2", "Capabilities", 1, 0, 1, 0, 0, 0, 0, 0, 1],
    ]


def test_places_have_states_beside_their_denominator():
    assert rows(written(AUTUMN)["By place"]) == [
        ["knowsley", "Knowsley", 1, 0, 0, 0, 0, 0, 1, 100, 2],
        ["sefton", "Sefton", 3, 1, 1, 1, 0, 0, 0, 0, 3],
    ]


def test_activities_without_link_have_the_names_of_their_places():
    assert rows(written(AUTUMN)["Activities without link"]) == [["Loose", "T2", "Knowsley; Sefton"]]


def test_indicators_not_named_are_listed():
    assert rows(written(AUTUMN)["Indicators not named"]) == [
        [1, "Life expectancy", "Overarching", "live"],
        [12, "Wages", "T2", "not live"],
    ]


def test_threads_are_all_there_with_their_activities():
    assert rows(written(AUTUMN)["Threads"]) == [
        ["T1.01", "Best start", "Do what T1.01 says.", "Knowsley", "Whole", "Shared"],
        ["T1.01", "Best start", "Do what T1.01 says.", "Sefton", "Declined", "Shared; Own"],
        ["T1.02", "Best start", "Do what T1.02 says.", "Sefton", "No measure", "Own"],
        ["T2.01", "Capabilities", "Do what T2.01 says.", "Sefton", "No activity", None],
    ]


def test_theme_of_a_thread_is_its_recommendation_s_whatever_the_code_begins_with():
    renamed = (
        replace(AUTUMN.recommendations[0], code="9.1"),
        *AUTUMN.recommendations[1:],
    )
    threads = (Thread("9.1", "sefton", State.WHOLE, (1,)),)
    found = written(replace(AUTUMN, recommendations=renamed, threads=threads))
    assert rows(found["Threads"])[0][:2] == ["9.1", "Best start"]


def test_empty_object_is_written_with_headings_only():
    empty = replace(
        AUTUMN, themes=(), places=(), recommendations=(), threads=(), activities=(), indicators=()
    )
    found = written(empty)
    assert found.sheetnames == SHEETS
    assert all(rows(found[name]) == [] for name in SHEETS[1:])
    assert all(headings(found[name]) for name in SHEETS)
    assert dict(rows(found["Summary"]))["Recommendations"] == 0


def everywhere(text):
    """The report with a text wherever people or workbooks may have written one."""
    return replace(
        AUTUMN,
        round=text,
        themes=(ThemeRow("T1", text),),
        places=(PlaceRow("sefton", text, "borough"),),
        recommendations=(
            recommendation("T1.01", text=text, bodies=(text,), phase=text),
            recommendation("T1.02", 1, text=text, bodies=(text,)),
        ),
        threads=(
            Thread("T1.01", "sefton", State.NO_ACTIVITY, ()),
            Thread("T1.02", "sefton", State.NO_MEASURE, (1,)),
        ),
        activities=(
            ActivityRow(1, text, "T1", ("sefton",), ("T1.02",)),
            ActivityRow(2, text, "T1", ("sefton",), ()),
        ),
        indicators=(IndicatorRow(1, text, None, text, False),),
    )


@pytest.mark.parametrize("text", HAZARDS)
def test_text_stays_text_in_every_cell(text):
    book = written(everywhere(text), title=text)
    for name in SHEETS:
        cells = filled(book[name])
        assert text in [cell.value for cell in cells], name
        kinds = {cell.data_type for cell in cells if isinstance(cell.value, str)}
        assert kinds == {"s"}, name


@pytest.mark.parametrize("text", HAZARDS)
def test_no_formula_or_link_stands_in_the_file(text):
    with zipfile.ZipFile(io.BytesIO(coherence_workbook(everywhere(text), title=text))) as archive:
        sheets = [archive.read(name) for name in archive.namelist() if "worksheets/" in name]
        names = archive.namelist()
    assert len(sheets) == len(SHEETS)
    assert not any(re.search(rb"<f[ >]|<hyperlink", sheet) for sheet in sheets)
    assert not any("externalLink" in name for name in names)


@pytest.mark.parametrize("character", ["\x00", "\x01", "\x08", "\x0b", "\x0c", "\x1f", "\uffff"])
def test_characters_that_a_workbook_cannot_hold_are_left_out(character):
    text = f"Warm{character} homes"
    book = written(everywhere(text), title=text)
    for name in SHEETS:
        assert "Warm homes" in [cell.value for cell in filled(book[name])], name


def test_line_breaks_and_letters_of_all_kinds_are_kept():
    text = "Warm homes:\nLlŷn – “Wirral” 😀"
    book = written(everywhere(text), title=text)
    assert book["Summary"]["B1"].value == text
    assert rows(book["Activities without link"])[0][0] == text


def test_longest_text_is_written():
    text = "x" * 40_000
    assert rows(written(everywhere(text))["Activities without link"])[0][0].startswith("xxx")


def test_numbers_are_numbers_and_headings_are_bold_and_frozen():
    book = written(AUTUMN)
    for name in ("By theme", "By place"):
        sheet = book[name]
        numbers = [cell for row in sheet.iter_rows(min_row=2, min_col=3) for cell in row]
        assert {cell.data_type for cell in numbers} == {"n"}
    for sheet in book:
        assert all(cell.font.bold for cell in sheet[1])
        assert sheet.freeze_panes == "A2"
