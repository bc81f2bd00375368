"""What a cell of the offline workbook means."""

import datetime
from types import SimpleNamespace

import pytest

from stocktake.offline import layout
from stocktake.offline.cells import as_date, as_number, fit, meaning, plain, shown, size
from stocktake.offline.layout import Kind


@pytest.mark.parametrize(
    "text",
    [
        "27/3/2026",
        "27/03/2026",
        "27.3.2026",
        "27-03-2026",
        "27 3 2026",
        " 27  March 2026 ",
        "27 mar 2026",
        "2026-03-27",
    ],
)
def test_date_is_read_as_people_write_it(text):
    assert as_date(text) == datetime.date(2026, 3, 27)


@pytest.mark.parametrize("text", ["", "soon", "31/2/2026", "27/3/26", "3/27/2026", "46108", "\0"])
def test_other_text_is_no_date(text):
    assert as_date(text) is None


@pytest.mark.parametrize("text", ["", "many", "NaN", "Infinity", "1E999999", "1,200", "5%"])
def test_other_text_is_no_number(text):
    assert as_number(text) is None


@pytest.mark.parametrize(
    ("kind", "first", "second"),
    [
        (Kind.TEXT, "one\r\ntwo ", "one\ntwo"),
        (Kind.TEXT, "one_x000D_\ntwo", "one\ntwo"),
        (Kind.TEXT, "a_x005F_x000D_b", "a_x000D_b"),
        (Kind.DATE, "2026-03-27", "27 March 2026"),
        (Kind.NUMBER, "12.50", "12.5"),
        (Kind.NUMBER, "100", "1E2"),
        (Kind.THEME, "t1: Best start", "T1"),
        (Kind.RECOMMENDATION, "T1.04 Plan …", "t1.04."),
        (Kind.INDICATOR, "3 Name", "3"),
        (Kind.STATUS, "Under way", "under WAY"),
        (Kind.YES_NO, "Yes", "true"),
        (Kind.YES_NO, "No", ""),
        (Kind.PLACES, "Sefton;Halton", " halton \nSEFTON; "),
    ],
)
def test_cells_that_say_the_same_mean_the_same(kind, first, second):
    assert meaning(kind, first) == meaning(kind, second) != ""


def test_what_cannot_be_read_stays_as_it_is():
    assert meaning(Kind.DATE, "soon") == "soon"
    assert meaning(Kind.STATUS, "Done") == "Done"
    assert meaning(Kind.YES_NO, "perhaps") == "perhaps"


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (None, "General", ""),
        (3.0, "General", "3"),
        (0.1 + 0.2, "General", "0.3"),
        (12, "General", "12"),
        (0.255, "0.0%", "25.5%"),
        (True, "General", "Yes"),
        (datetime.datetime(2026, 3, 27), "dd/mm/yyyy", "2026-03-27"),
        (datetime.datetime(2026, 3, 27, 9, 30), "dd/mm/yyyy", "2026-03-27 09:30:00"),
        ("nul \x00", "@", "nul "),
    ],
)
def test_value_is_read_as_it_is_shown(value, number_format, text):
    assert shown(SimpleNamespace(number_format=number_format), value) == text


def test_character_that_only_looks_escaped_is_kept():
    assert fit("_x0041_") == "_x005F_x0041_"
    assert plain(fit("_x0041_ _x000D_")) == "_x0041_ _x000D_"
    assert plain("one_x000D_\ntwo_x0000_") == "one\ntwo"


@pytest.mark.parametrize("text", ["x" * 32_767, "🚶" * 16_383])
def test_text_that_fits_is_kept(text):
    assert fit(text) == text


@pytest.mark.parametrize("text", ["x" * 32_768, "🚶" * 16_384, "🚶" * 100_000, "x🚶" * 30_000])
def test_text_that_is_too_long_is_shortened_and_says_so(text):
    short = fit(text)
    assert size(short) <= layout.MAX_CELL
    assert f"the whole text has {len(text):,} characters" in short
    assert layout.IS_SHORTENED.search(short)
    assert short.startswith(text[:10_000])
