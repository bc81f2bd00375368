"""Stocktake workbooks read: the real one line by line, and what people make of its layout."""

import datetime
import difflib
import io
import random
import re

import openpyxl
import pytest
from openpyxl import Workbook
from openpyxl.chart import BarChart
from openpyxl.worksheet.formula import ArrayFormula

from stocktake.workbook.errors import WorkbookError

from . import expected_legacy
from .builder import (
    BOROUGH,
    BOROUGHS,
    CHESHIRE,
    CITY_REGION,
    HEADINGS,
    INDICATORS,
    LEGACY,
    SA,
    SYSTEM,
    T1,
    T3,
    T4,
    THEME,
    fill,
    framework,
    package,
    parts,
    prose,
    raw,
    read,
    relationships,
    saved,
    table,
    within,
    workbook,
)

BULLET = (
    "•Assess maternity leave policies and support for child care by all employers, including "
    "private business."
)
INDICATOR = "Percentage of households in fuel poverty"

needs_legacy = pytest.mark.skipif(
    not LEGACY.exists(), reason=f"the legacy workbook is not at {LEGACY}"
)


def placed(reading):
    """Each activity as its theme, places, cell, lines and text."""
    return [
        (found.theme, set(found.places), found.cell, found.lines, found.text)
        for found in reading.activities
    ]


def named(reading):
    """What was not recognised, as pairs of kind and text."""
    return [(found.kind, found.text) for found in reading.unmatched]


# The legacy workbook


@pytest.fixture(scope="module")
def legacy():
    """What the reader makes of the legacy workbook."""
    with within(10):
        return read(LEGACY.read_bytes())


@pytest.fixture(scope="module")
def source():
    """The legacy workbook's activity columns, by openpyxl alone: cell → its lines."""
    sheet = openpyxl.load_workbook(LEGACY)["Themes"]
    return {
        f"{column}{row}": str(sheet[f"{column}{row}"].value).split("\n")
        for row in [*range(3, 11), *range(13, 20)]
        for column in "CDEF"
        if sheet[f"{column}{row}"].value is not None
    }


@needs_legacy
def test_legacy_headings_are_where_the_test_looks(source):
    book = openpyxl.load_workbook(LEGACY)
    for row in (2, 12):
        headings = [cell.value for cell in book["Themes"][row]]
        assert headings[0].startswith("Marmot ")
        assert headings[2:5] == [SYSTEM, CHESHIRE, CITY_REGION]
        assert headings[5] in (BOROUGH, "Place Level Activity")
    # The sheet of recommendations has themes, but nothing under them.
    blank = book["Recommendations"].iter_rows(min_row=3, min_col=2, max_col=6, values_only=True)
    assert not any(value for row in blank for value in row)
    assert set(source) == {*expected_legacy.PARAGRAPHS, *expected_legacy.BOROUGHS}


@needs_legacy
def test_legacy_counts(legacy, source):
    lines = sum(bool(line.strip()) for lines in source.values() for line in lines)
    assert lines == 303
    assert (legacy.lines_total, legacy.lines_placed, legacy.lines_unplaced) == (303, 302, 1)


@needs_legacy
def test_legacy_lines_are_each_in_exactly_one(legacy, source):
    found = [
        (entry.cell, number)
        for entry in [*legacy.activities, *legacy.unplaced]
        for number in entry.lines
    ]
    assert sorted(found) == sorted(
        (cell, number)
        for cell, lines in source.items()
        for number, line in enumerate(lines, start=1)
        if line.strip()
    )


@needs_legacy
def test_legacy_places_of_every_line(legacy):
    expected = {
        (cell, number): places
        for cell, lines, places in expected_legacy.ENTRIES
        for number in lines
    }
    assert len(expected) == 302
    assert {
        (found.cell, number): frozenset(found.places)
        for found in legacy.activities
        for number in found.lines
    } == expected


@needs_legacy
def test_legacy_entries(legacy):
    # Where two lines are one activity or two is a matter of taste only in F16.
    expected = {(cell, lines) for cell, lines, _ in expected_legacy.ENTRIES}
    found = {(found.cell, found.lines) for found in legacy.activities}
    assert {entry for entry in found if entry[0] != "F16"} == {
        entry for entry in expected if entry[0] != "F16"
    }
    assert ("F16", (11,)) in found


@needs_legacy
def test_legacy_themes(legacy):
    for found in legacy.activities:
        assert found.theme == expected_legacy.THEMES[int(found.cell[1:])]
        assert found.sheet == "Themes"
    assert {found.theme for found in legacy.activities} == set(expected_legacy.THEMES.values())


@needs_legacy
def test_legacy_unplaced(legacy):
    (found,) = legacy.unplaced
    assert (found.cell, found.lines) == expected_legacy.UNPLACED
    assert (found.theme, found.sheet) == ("SA", "Themes")
    assert found.text == (
        "Baseline needs to be agreed at a C&M level to enable local areas to determine level and "
        "increases."
    )


@needs_legacy
def test_legacy_texts_are_the_author_s_words(legacy, source):
    for found in legacy.activities:
        lines = [source[found.cell][number - 1].strip() for number in found.lines]
        words = found.text.split("\n")
        assert len(words) == len(lines)
        for line, word in zip(lines, words, strict=True):
            assert line.endswith(word)
            taken = line.removesuffix(word)
            # Nothing but a name and its separator was taken off.
            assert re.fullmatch(r"(?:[\w .&,]{2,40}\s*-\s*)?", taken), taken


@needs_legacy
def test_legacy_texts_without_name(legacy):
    names = re.compile(r"(?:Cheshire |St |[A-Z])[\w& ]{3,30} - ?")
    for found in legacy.activities:
        for line in found.text.split("\n"):
            match = names.match(line)
            # "Wirral CVS - " and the like are the author's words, a place and a dash are not.
            place = match and match.group().rstrip("- ").casefold()
            assert place not in {name.casefold() for name in framework().places}


@needs_legacy
def test_legacy_titles(legacy):
    for found in legacy.activities:
        assert 3 <= len(found.title) <= 200
        assert found.title == found.title.strip()
        first = " ".join(found.text.split("\n")[0].split()).strip("•- ")
        words = found.title.removesuffix("…")
        assert first.casefold().startswith(words.casefold())
        following = first[len(words) :]
        # Never within a word, and never after the full stop of an abbreviation.
        assert not (following[:1].isalnum() and words[-1].isalnum())
        assert not re.search(r"(?:\be\.?g|\bi\.?e|\bDr|\bSt|\besp)\.?$", words), found.title


@needs_legacy
def test_legacy_everything_is_matched(legacy):
    assert legacy.unmatched == []


@needs_legacy
def test_legacy_bullets_and_indicators_are_in_the_framework():
    """By another measure than the reader's: a bullet shares most words with one recommendation."""
    sheet = openpyxl.load_workbook(LEGACY)["Themes"]
    themes = {theme.code: theme.recommendations for theme in framework().themes}
    count = 0
    for row, code in expected_legacy.THEMES.items():
        for line in sheet[f"A{row}"].value.split("\n")[1:]:
            if line.startswith("•"):
                count += 1
                assert max(_shared_words(line, text) for text in themes[code]) >= 0.6, line
    assert count > 60


def _shared_words(line, text):
    words = set(re.findall(r"[a-z]{3,}", line.casefold()))
    return len(words & set(re.findall(r"[a-z]{3,}", text.casefold()))) / len(words)


@needs_legacy
def test_legacy_issues_only_where_a_name_is_in_the_sentence(legacy):
    uncertain = {(found.cell, found.lines[0]) for found in legacy.activities if found.issues}
    assert uncertain == {
        ("F5", 1),
        ("F8", 1),
        ("F15", 6),
        ("F16", 11),
        ("F16", 15),
        ("F16", 17),
        ("F19", 1),
    }


@needs_legacy
def test_legacy_columns_in_another_order():
    book = openpyxl.load_workbook(LEGACY)
    sheet = book["Themes"]
    values = [[cell.value for cell in row] for row in sheet.iter_rows()]
    moved = Workbook()
    moved.active.title = "Quarter 3"
    shifted = [[None, row[5], None, row[3], row[0], row[4], row[2], row[1]] for row in values]
    fill(moved.active, [[], ["Some notes"], *shifted])
    reading = read(saved(moved))
    assert (reading.lines_total, reading.lines_unplaced) == (303, 1)
    assert {found.sheet for found in reading.activities} == {"Quarter 3"}
    letters = {"F": "B", "D": "D", "E": "F", "C": "G"}
    assert {
        (found.cell, found.lines, frozenset(found.places))
        for found in reading.activities
        if not found.cell.startswith("B18")
    } == {
        (f"{letters[cell[0]]}{int(cell[1:]) + 2}", lines, places)
        for cell, lines, places in expected_legacy.ENTRIES
        if cell != "F16"
    }


@needs_legacy
def test_legacy_saved_again_is_the_same(legacy):
    again = read(saved(openpyxl.load_workbook(LEGACY)))
    assert again == legacy


@needs_legacy
def test_legacy_with_a_theme_added_below_is_repeated():
    book = openpyxl.load_workbook(LEGACY)
    book["Themes"].append([T1, None, None, None, None, "Sefton - again"])
    with pytest.raises(WorkbookError, match="Give every child the best start in life"):
        read(saved(book))


# Columns, rows and sheets wherever they stand


def test_one_section_with_every_column():
    reading = read(
        workbook(
            HEADINGS,
            [T1, INDICATOR, "a board", "a charter", "a fund", "Sefton - a hub\nKnowsley - two"],
        )
    )
    assert placed(reading) == [
        ("T1", {"cheshire-and-merseyside"}, "C2", (1,), "a board"),
        ("T1", {"cheshire-and-warrington"}, "D2", (1,), "a charter"),
        ("T1", {"liverpool-city-region"}, "E2", (1,), "a fund"),
        ("T1", {"sefton"}, "F2", (1,), "a hub"),
        ("T1", {"knowsley"}, "F2", (2,), "two"),
    ]
    assert reading.unmatched == []


def test_only_the_section_of_system_recommendations():
    reading = read(
        workbook(["Marmot System Recommendations", "Place Level Activity"], [SA, "Sefton - a"])
    )
    assert placed(reading) == [("SA", {"sefton"}, "B2", (1,), "a")]


def test_two_sections_in_one_sheet():
    reading = read(
        workbook(
            ["ATF Stocktake"],
            [THEME, BOROUGH],
            [T1, "Sefton - one"],
            [],
            ["Marmot System Recommendations", None, "Place Level Activity"],
            [SA, None, "Sefton - two"],
        )
    )
    assert placed(reading) == [
        ("T1", {"sefton"}, "B3", (1,), "one"),
        ("SA", {"sefton"}, "C6", (1,), "two"),
    ]


def test_blank_first_column_and_rows_above():
    reading = read(
        workbook([], [None, "ATF Stocktake"], [], [None, THEME, BOROUGH], [None, T1, "Sefton - a"])
    )
    assert placed(reading) == [("T1", {"sefton"}, "C5", (1,), "a")]


def test_merged_title_above():
    rows = [["ATF Stocktake Oct-Dec 2023"], [THEME, INDICATORS, BOROUGH], [T1, None, "Sefton - a"]]
    assert placed(read(workbook(*rows, merged=["A1:C1"]))) == [("T1", {"sefton"}, "C3", (1,), "a")]


@pytest.mark.parametrize("seed", range(8))
def test_columns_in_any_order(seed):
    columns = {
        THEME: T1,
        INDICATORS: INDICATOR,
        SYSTEM: "a board",
        CHESHIRE: "a charter",
        CITY_REGION: "a fund",
        BOROUGH: "Sefton - a hub",
        "Comments": None,
    }
    order = list(columns)
    random.Random(seed).shuffle(order)  # noqa: S311
    reading = read(workbook(order, [columns[heading] for heading in order]))
    assert sorted((found.text, *found.places) for found in reading.activities) == [
        ("a board", "cheshire-and-merseyside"),
        ("a charter", "cheshire-and-warrington"),
        ("a fund", "liverpool-city-region"),
        ("a hub", "sefton"),
    ]
    assert reading.unmatched == []


@pytest.mark.parametrize(
    "change",
    [
        str.upper,
        str.lower,
        lambda heading: heading.replace(" ", "\n"),
        lambda heading: heading.replace(" ", "\xa0"),
        lambda heading: f"  {heading}: ",
        lambda heading: heading.replace(" ", "  \r\n"),
    ],
)
def test_headings_written_otherwise(change):
    rows = [T1, INDICATOR, "a board", "a charter", "a fund", "Sefton - a hub"]
    reading = read(workbook([change(heading) for heading in HEADINGS], rows))
    assert [found.places[0] for found in reading.activities] == [
        "cheshire-and-merseyside",
        "cheshire-and-warrington",
        "liverpool-city-region",
        "sefton",
    ]
    assert reading.unmatched == []


def test_extra_columns_are_named():
    reading = read(
        workbook(
            ["No.", THEME, "Lead officer", BOROUGH, "RAG", None],
            [1, T1, "Ann", "Sefton - a", None, "aside"],
        )
    )
    assert placed(reading) == [("T1", {"sefton"}, "D2", (1,), "a")]
    assert {text for kind, text in named(reading) if kind == "column"} >= {
        "No.",
        "Lead officer",
        "RAG",
    }
    # The column without a heading is not passed over either.
    assert {found.cell for found in reading.unmatched} >= {"A1", "C1", "E1", "F1"}


def test_extra_column_of_levels_is_no_activity():
    reading = read(workbook([THEME, "Level", BOROUGH], [T1, "Borough", "Sefton - a"]))
    assert reading.lines_total == 1
    assert [found.cell for found in reading.unmatched] == ["B1"]


def test_extra_column_of_theme_numbers():
    reading = read(workbook(["Theme no.", THEME, BOROUGH], ["1", T1, "Sefton - a"]))
    assert placed(reading) == [("T1", {"sefton"}, "C2", (1,), "a")]


def test_notes_are_named_where_they_hold_text():
    header = [THEME, BOROUGH, "Best Practice Elsewhere", "Comments"]
    reading = read(workbook(header, [T1, "Sefton - a", None, "Ask Ann"]))
    assert named(reading) == [("column", "Comments")]


def test_column_of_one_borough():
    reading = read(workbook([THEME, "Sefton Activity", "Wirral"], [T1, "a hub\n\ntwo", "a path"]))
    assert placed(reading) == [
        ("T1", {"sefton"}, "B2", (1,), "a hub"),
        ("T1", {"sefton"}, "B2", (3,), "two"),
        ("T1", {"wirral"}, "C2", (1,), "a path"),
    ]


def test_other_sheets_are_named():
    book = Workbook()
    fill(book.active, [["Read me"]])
    book.active.title = "Cover"
    fill(book.create_sheet("Returns Q3"), [[THEME, BOROUGH], [T1, "Sefton - a"]])
    book.create_sheet("Blank")
    reading = read(saved(book))
    assert [(found.sheet, found.cell) for found in reading.activities] == [("Returns Q3", "B2")]
    assert named(reading) == [("sheet", "Cover")]


def test_two_sheets_with_activities():
    book = Workbook()
    fill(book.active, [[THEME, BOROUGH], [T1, "Sefton - a"]])
    fill(book.create_sheet("More"), [[THEME, BOROUGH], [T4, "Sefton - b"]])
    reading = read(saved(book))
    assert [(found.theme, found.sheet) for found in reading.activities] == [
        ("T1", "Sheet"),
        ("T4", "More"),
    ]


def test_chart_sheet_beside_the_stocktake():
    book = Workbook()
    fill(book.active, [[THEME, BOROUGH], [T1, "Sefton - a"]])
    book.create_chartsheet("Chart").add_chart(BarChart())
    assert read(saved(book)).lines_total == 1


def test_hidden_sheet_and_rows_are_read():
    book = Workbook()
    fill(book.active, [["Cover"]])
    sheet = fill(book.create_sheet("More"), [[THEME, BOROUGH], [T1, "Sefton - a"]])
    sheet.sheet_state = "hidden"
    sheet.row_dimensions[2].hidden = True
    assert read(saved(book)).lines_total == 1


def test_list_of_beacon_indicators():
    book = Workbook()
    fill(book.active, [[THEME, BOROUGH], [T1, "Sefton - a"]])
    fill(
        book.create_sheet("Anything"),
        [
            ["Life expectancy", None, "Frequency", "Level", "Disagg.", "Source"],
            [1, "Life expectancy, Female, Male", "Yearly", "LSOA", "IMD", "ONS"],
            ["Something about dogs"],
            [99, "Dogs for each household", "Yearly", "LA", "NA", "Kennels"],
        ],
    )
    assert named(read(saved(book))) == [("indicator", "Dogs for each household")]


# Themes and places on rows


def test_merged_theme_over_rows_with_a_place_on_each():
    rows = [
        [THEME, "Place", "Activity"],
        [f"{T1}\n\n{BULLET}", "Sefton", "a hub\nof two floors"],
        [None, "St. Helens", "a path"],
        [None, "CWaC & Halton", "a fund"],
        [T4, "All 9 places", "a plan"],
        [None, "C&M", "a board"],
    ]
    reading = read(workbook(*rows, merged=["A2:A4", "A5:A6"]))
    assert placed(reading) == [
        ("T1", {"sefton"}, "C2", (1, 2), "a hub\nof two floors"),
        ("T1", {"st-helens"}, "C3", (1,), "a path"),
        ("T1", {"cheshire-west-and-chester", "halton"}, "C4", (1,), "a fund"),
        ("T4", set(BOROUGHS), "C5", (1,), "a plan"),
        ("T4", {"cheshire-and-merseyside"}, "C6", (1,), "a board"),
    ]
    assert not any(found.issues for found in reading.activities)


def test_merged_theme_over_rows_with_a_place_in_each_text():
    rows = [
        HEADINGS,
        [T1, INDICATOR, "a board", None, None, "Sefton - a hub"],
        [None, None, None, None, None, "Knowsley - two"],
        [None, None, "another board", None, None, "Wirral\nthree"],
        [T4, None, None, None, None, "Sefton - four"],
    ]
    reading = read(workbook(*rows, merged=["A2:A4", "B2:B4"]))
    assert placed(reading) == [
        ("T1", {"cheshire-and-merseyside"}, "C2", (1,), "a board"),
        ("T1", {"sefton"}, "F2", (1,), "a hub"),
        ("T1", {"knowsley"}, "F3", (1,), "two"),
        ("T1", {"cheshire-and-merseyside"}, "C4", (1,), "another board"),
        ("T1", {"wirral"}, "F4", (1, 2), "three"),
        ("T4", {"sefton"}, "F5", (1,), "four"),
    ]


def test_blank_theme_cells_take_the_theme_above_and_say_so():
    rows = [[THEME, "Place", "Activity"], [T1, "Sefton", "a"], [None, "Wirral", "b"]]
    reading = read(workbook(*rows))
    assert placed(reading)[1] == ("T1", {"wirral"}, "C3", (1,), "b")
    assert [bool(found.issues) for found in reading.activities] == [False, True]


@pytest.mark.parametrize(
    "theme", ["Theme 1: Give every child the best start in life", f"{T1}\n\n•Our recommendations"]
)
def test_theme_cell_that_says_theme_is_no_header(theme):
    rows = [[THEME, "Place", "Activity"], [theme, "Sefton", "a"], [T4, "Wirral", "b"]]
    assert [entry[:3] for entry in placed(read(workbook(*rows)))] == [
        ("T1", {"sefton"}, "C2"),
        ("T4", {"wirral"}, "C3"),
    ]


def test_place_written_in_the_text_as_well_as_in_its_column():
    rows = [[THEME, "Place", "Activity"], [T1, "Sefton", "Sefton - a"]]
    (found,) = read(workbook(*rows)).activities
    assert (found.places, found.text, found.issues) == (("sefton",), "a", ())


def test_place_in_the_text_is_another_than_in_its_column():
    rows = [[THEME, "Place", "Activity"], [T1, "Sefton", "Wirral - a"]]
    (found,) = read(workbook(*rows)).activities
    assert found.issues


def test_places_of_a_row_on_lines_of_their_own():
    rows = [[THEME, "Place", "Activity"], [T1, "Sefton\nKnowsley", "a hub"]]
    (found,) = read(workbook(*rows)).activities
    assert set(found.places) == {"sefton", "knowsley"}


def test_place_of_a_row_that_nobody_knows():
    rows = [[THEME, "Place", "Activity"], [T1, "Atlantis", "a hub"], [None, None, "another"]]
    reading = read(workbook(*rows))
    assert reading.activities == []
    assert [(found.cell, found.lines) for found in reading.unplaced] == [("C2", (1,)), ("C3", (1,))]


def test_merged_place_over_rows():
    rows = [[THEME, "Place", "Activity"], [T1, "Sefton", "a"], [None, None, "b"]]
    reading = read(workbook(*rows, merged=["A2:A3", "B2:B3"]))
    assert [set(found.places) for found in reading.activities] == [{"sefton"}, {"sefton"}]


def test_prose_under_a_heading_that_says_only_borough_is_not_lost():
    reading = read(
        workbook([THEME, SYSTEM, "Borough"], [T1, "a board", "Sefton - a\n\nWirral - b"])
    )
    told = [text for _, text in named(reading)] + [found.text for found in reading.activities]
    assert reading.lines_total == 3 or "Borough" in told


def test_row_before_the_first_theme_is_unplaced():
    reading = read(workbook([THEME, BOROUGH], [None, "Sefton - a\n\nb"], [T1, "Sefton - c"]))
    (found,) = reading.unplaced
    assert (found.theme, found.cell, found.lines) == (None, "B2", (1, 3))
    assert [found.cell for found in reading.activities] == ["B3"]


@pytest.mark.parametrize(
    ("title", "code"),
    [
        ("1. Give every child the best start in life", "T1"),
        ("1) Give every child the best start in life", "T1"),
        ("Theme 1: Give every child the best start in life", "T1"),
        ("T1 Give every child the best start in life", "T1"),
        ("T1", "T1"),
        ("GIVE EVERY CHILD THE BEST START IN LIFE", "T1"),
        ("Give every child\nthe best start\nin life", "T1"),
        ("Give every child the best start in life.\xa0", "T1"),
        ("5. Creating and developing healthy and sustainable places and communities", "T5"),
        ("7. Tackle racism and its outcomes", "T7"),
        ("8. Tackle climate change and health equity in unison", "T8"),
        ("Pursue environmental sustainability and health equity together", "T8"),
        (
            "6. Extend social value and anchor organisations across the NHS, public service and "
            "local authorities",
            "SF",
        ),
        (
            "7. Develop social determinants of health in all policies and implement Marmot "
            "indicators",
            "SG",
        ),
    ],
)
def test_theme_titles(title, code):
    (found,) = read(workbook([THEME, BOROUGH], [title, "Sefton - a"])).activities
    assert found.theme == code


@pytest.mark.parametrize("code", [theme.code for theme in framework().themes])
def test_every_title_of_every_theme(code):
    theme = next(theme for theme in framework().themes if theme.code == code)
    for number, title in enumerate(theme.titles, start=1):
        (found,) = read(workbook([THEME, BOROUGH], [f"{number}. {title}", "Sefton - a"])).activities
        assert found.theme == code


@pytest.mark.parametrize("bullets", [f"{BULLET}", f"{BULLET}\n{BULLET}", BULLET.lower()])
def test_bullets_are_matched(bullets):
    assert read(workbook([THEME, BOROUGH], [f"{T1}\n\n{bullets}", "Sefton - a"])).unmatched == []


def test_bullet_of_another_theme_is_named():
    reading = read(workbook([THEME, BOROUGH], [f"{T4}\n\n{BULLET}", "Sefton - a"]))
    assert named(reading) == [("recommendation", BULLET.removeprefix("•"))]


def test_unknown_bullet_and_indicator_are_named():
    bullet = "Give every household a telescope and lessons in astronomy."
    reading = read(
        workbook(
            [THEME, INDICATORS, BOROUGH],
            [
                f"{T1}\n\n{BULLET}\n• {bullet}",
                f"{INDICATOR}\n\nTelescopes for each house",
                "Sefton - a",
            ],
        )
    )
    assert named(reading) == [
        ("recommendation", bullet),
        ("indicator", "Telescopes for each house"),
    ]


def test_every_recommendation_and_indicator_is_matched():
    for theme in framework().themes:
        lines = "\n".join(f"•{' '.join(text.split())}" for text in theme.recommendations)
        reading = read(
            workbook(
                [THEME, INDICATORS, BOROUGH],
                [f"{theme.titles[0]}\n\n{lines}", "\n".join(framework().indicators), "Sefton - a"],
            )
        )
        assert reading.unmatched == []


# What cells hold


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (17, "17"),
        (2.5, "2.5"),
        (17.0, "17"),
        (True, "True"),
        (datetime.datetime(2023, 11, 5), "2023-11-05"),
        ("#N/A", "#N/A"),
    ],
)
def test_cells_of_other_types_are_not_lost(value, text):
    reading = read(workbook([THEME, SYSTEM], [T1, value]))
    assert [found.text for found in reading.activities] == [text]


def test_error_value_is_not_lost():
    cell = '<c r="C2" t="e"><v>#REF!</v></c>'
    header = '<c r="C1" t="inlineStr"><is><t>C&amp;M Level Activity</t></is></c>'
    sheet = table().replace('</row><row r="2">', f'{header}</row><row r="2">')
    reading = read(raw(sheet=sheet.replace("</row></sheetData>", f"{cell}</row></sheetData>")))
    assert reading.lines_total == 2


def formula(value):
    """A workbook whose activity cell is a formula, with the value that Excel left there."""
    cell = f'<c r="B2" t="str"><f>"Sefton - "&amp;"a hub"</f>{value}</c>'
    start, _, rest = table().partition('<c r="B2"')
    return raw(sheet=start + cell + rest[rest.index("</c>") + 4 :])


def test_formula_counts_as_its_value():
    (found,) = read(formula("<v>Sefton - a hub</v>")).activities
    assert (found.places, found.text) == (("sefton",), "a hub")


def test_formula_without_value_counts_as_its_text():
    reading = read(formula(""))
    assert reading.lines_total == 1
    assert [found.text for found in reading.unplaced] == ['="Sefton - "&"a hub"']


def test_array_formula_without_value_counts_as_its_text():
    book = Workbook()
    fill(book.active, [[THEME, SYSTEM], [T1, None]])
    book.active["B2"] = ArrayFormula("B2:B2", "=SUM(1,2)")
    (found,) = read(saved(book)).activities
    assert "object at" not in found.text
    assert "SUM(1,2)" in found.text


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        '=HYPERLINK("http://example.org","x")',
        "@SUM(A1)",
        "+44 151 000",
        "-1",
        "<script>alert(1)</script>",
        "{{ 7*7 }}",
        "' or 1=1 --",
        "&amp; &lt;",
        "%s %d {0}",
    ],
)
@pytest.mark.parametrize("prefix", ["", "Sefton - "])
def test_text_that_looks_like_code_stays_text(text, prefix):
    heading = BOROUGH if prefix else SYSTEM
    (found,) = read(prose(prefix + text, heading)).activities
    assert found.text == text
    assert found.title


@pytest.mark.parametrize("text", ["-", "•", "…", ".", "- \n\n•", "?"])
def test_cell_that_says_nothing_is_not_lost(text):
    reading = read(prose(text, SYSTEM))
    assert reading.lines_total == len(text.split())
    for found in reading.activities:
        assert found.title.strip()
        assert found.text.strip()


@pytest.mark.parametrize(
    "sign", ["_x0000_", "_x0001_", "_x0008_", "_x001F_", "_xFFFF_", "_xD800_", "_x005F_x0000_"]
)
def test_control_characters_never_come_through(sign):
    data = raw(sheet=table().replace("opened a", f"opened{sign} a"))
    (found,) = read(data).activities
    for text in (found.text, found.title):
        assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]", text)
    assert found.text.startswith("opened")


@pytest.mark.parametrize(
    "end", ["&#10;", "&#13;&#10;", "&#13;", "_x000D_&#10;", "_x000D_", "_x000B_"]
)
def test_line_ends_as_excel_writes_them(end):
    lines = end.join(["Sefton - one", "two", " \xa0", "Knowsley - three", "", "  ", "four"])
    reading = read(raw(sheet=table().replace("Sefton - opened a family hub", lines)))
    found = [(found.places, found.lines) for found in reading.activities]
    assert found[0] == (("sefton",), (1, 2))
    assert {places for places, _ in found[1:]} == {("knowsley",)}
    assert [number for _, numbers in found for number in numbers] == [1, 2, 4, 7]
    assert reading.unplaced == []


def test_rich_text_is_read_whole():
    runs = (
        "<is><r><t>Sefton</t></r><r><rPr><b/></rPr>"
        '<t xml:space="preserve"> - a </t></r><r><t>hub</t></r></is>'
    )
    start, _, rest = table().partition('<c r="B2"')
    cell = f'<c r="B2" t="inlineStr">{runs}</c>'
    (found,) = read(raw(sheet=start + cell + rest[rest.index("</c>") + 4 :])).activities
    assert (found.places, found.text) == (("sefton",), "a hub")


def test_sheet_in_another_place_of_the_file():
    links = relationships(
        ("worksheet", "/xl/pages/one.xml"), ("sharedStrings", "sharedStrings.xml")
    )
    contents = parts(links=links)
    contents["xl/pages/one.xml"] = contents.pop("xl/worksheets/sheet1.xml")
    contents["[Content_Types].xml"] = contents["[Content_Types].xml"].replace(
        "worksheets/sheet1.xml", "pages/one.xml"
    )
    assert read(package(contents)).lines_total == 1


def test_every_character_of_the_world_stays():
    text = "Sefton - ‘Zażółć’ “gęślą” jaźń – 漢字 🙂 ½ £ €"
    (found,) = read(prose(text)).activities
    assert found.text == text.removeprefix("Sefton - ")


# Nothing is lost, whatever the composition


FRAGMENTS = [
    None,
    "",
    "Sefton - one\n\ntwo",
    "no place at all\n\nKnowsley:\nthree",
    "All 9 places - four\r\nfive",
    "•six\n\n\xa0\n- Wirral – seven",
    "St Helens",
    "Knowlsey - eight\n\n\nHalton & Wirral: nine",
    12,
    "-",
]


@pytest.mark.parametrize("seed", range(40))
def test_every_line_is_in_one_activity_or_unplaced(seed):
    chance = random.Random(seed)  # noqa: S311
    headings = [THEME, SYSTEM, CITY_REGION, BOROUGH, "Wirral Activity", "Comments", None]
    chance.shuffle(headings)
    while headings[-1] is None:
        headings.pop()
    rows = []
    for theme in chance.sample([T1, T3, T4], k=chance.randint(1, 3)):
        for first in [theme] + [None] * chance.randint(0, 2):
            rows.append(
                [
                    first if heading == THEME else heading and chance.choice(FRAGMENTS)
                    for heading in headings
                ]
            )
    data = workbook(*[[]] * chance.randint(0, 3), headings, *rows)
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    activity = (SYSTEM, CITY_REGION, BOROUGH, "Wirral Activity")
    columns = [number for number, heading in enumerate(headings, 1) if heading in activity]
    expected = sorted(
        (cell.coordinate, number)
        for row in sheet.iter_rows(min_row=sheet.max_row - len(rows) + 1)
        for cell in row
        if cell.column in columns and cell.value is not None
        for number, line in enumerate(str(cell.value).split("\n"), start=1)
        if line.strip()
    )
    reading = read(data)
    found = [*reading.activities, *reading.unplaced]
    assert sorted((entry.cell, number) for entry in found for number in entry.lines) == expected
    assert reading.lines_total == len(expected) == reading.lines_placed + reading.lines_unplaced


def test_reading_twice_is_the_same():
    data = prose("Sefton - a\n\nb\nKnowlsey - c")
    assert read(data) == read(data)


def test_likeness_does_not_depend_on_order():
    # Two themes whose titles are much alike are told apart.
    titles = [(theme.code, title) for theme in framework().themes for title in theme.titles]
    for code, title in titles:
        near = [
            other
            for other_code, other in titles
            if other_code != code and difflib.SequenceMatcher(None, title, other).ratio() > 0.85
        ]
        assert near == []
