"""Values survive a spreadsheet, or the error says what to do."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from recommendations.cells import (
    ChoiceWidget,
    DayWidget,
    DecimalWidget,
    LinesWidget,
    TextWidget,
    WholeNumberWidget,
)
from recommendations.models import Recommendation


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, ""),
        ("", ""),
        (" T1.04\N{NO-BREAK SPACE}", "T1.04"),
        (2021, "2021"),
        (2021.0, "2021"),
        (1.5, "1.5"),
        (1e15, "1000000000000000"),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("=1+1", "=1+1"),
    ],
)
def test_text_is_what_a_person_reads(cell, text):
    assert TextWidget().clean(cell) == text


def test_text_that_became_a_date_is_refused():
    with pytest.raises(ValueError, match="Format the cell as Text"):
        TextWidget().clean(datetime(2021, 1, 1))


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        (None, None),
        ("  ", None),
        (0, Decimal(0)),
        ("81.60", Decimal("81.6")),
        (81.6, Decimal("81.6")),
        (0.1 + 0.2, Decimal("0.3")),
        (100.0, Decimal(100)),
        (-3, Decimal(-3)),
    ],
)
def test_number(cell, number):
    assert DecimalWidget().clean(cell) == number


@pytest.mark.parametrize(
    "cell", ["abc", "1,5", "NaN", float("inf"), "1E999999", True, datetime(2021, 1, 1)]
)
@pytest.mark.parametrize("widget", [DecimalWidget(), WholeNumberWidget()])
def test_what_is_no_number_is_refused(widget, cell):
    with pytest.raises(ValueError, match="is not a number"):
        widget.clean(cell)


@pytest.mark.parametrize(("cell", "number"), [("", None), (1, 1), (1.0, 1), ("1", 1), (" 1.0 ", 1)])
def test_whole_number(cell, number):
    cleaned = WholeNumberWidget().clean(cell)
    assert (cleaned, type(cleaned)) == (number, type(number))


def test_part_of_a_number_is_not_cut_off():
    with pytest.raises(ValueError, match=r"“1\.5” is not a whole number"):
        WholeNumberWidget().clean(1.5)


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, "None"),
        (Decimal("81.6000"), "81.6"),
        (Decimal("100.0000"), "100"),
        (Decimal("0.0000"), "0"),
    ],
)
def test_number_is_shown_without_noughts(value, cell):
    assert str(DecimalWidget().render(value)) == cell


@pytest.mark.parametrize(
    "cell",
    [
        date(2021, 12, 31),
        datetime(2021, 12, 31, 0, 0),
        "2021-12-31",
        "31/12/2021",
        " 31 December 2021 ",
    ],
)
def test_day(cell):
    cleaned = DayWidget().clean(cell)
    assert (cleaned, type(cleaned)) == (date(2021, 12, 31), date)


def test_no_day():
    assert DayWidget().clean(" ") is None


@pytest.mark.parametrize("cell", ["2021", 44561, "31/31/2021"])
def test_what_is_no_day_is_refused(cell):
    with pytest.raises(ValueError, match=r"is not a date\. Type it like 2021-12-31"):
        DayWidget().clean(cell)


@pytest.mark.parametrize("cell", ["year-1", "Year 1", " YEAR 1 "])
def test_choice_by_value_or_label(cell):
    assert ChoiceWidget(Recommendation.Phase.choices).clean(cell) == "year-1"


def test_choice_that_is_not_one_names_them():
    widget = ChoiceWidget(Recommendation.Phase.choices)
    assert widget.clean(None) == ""
    with pytest.raises(ValueError, match="“Year 2” is not one of: year-1, years-2-5"):
        widget.clean("Year 2")


def test_lines_stand_in_one_cell():
    assert LinesWidget().render("St. Helens\r\n\r\nSaint Helens ") == "St. Helens|Saint Helens"
    assert LinesWidget().clean(" St. Helens | Saint Helens|") == "St. Helens\nSaint Helens"
