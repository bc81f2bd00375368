"""Writing entries into a workbook with drop-down lists."""

import datetime
from decimal import Decimal

import pytest

from stocktake.offline import layout
from tests.factories import (
    ActivityFactory,
    BeaconIndicatorFactory,
    IndicatorLinkFactory,
    LocalMeasureFactory,
    PlaceFactory,
    RecommendationFactory,
    RecommendationLinkFactory,
    ThemeFactory,
)

from .sheets import download


@pytest.fixture
def theme(db):
    return ThemeFactory(code="T1", title="Best start")


def rules(sheet):
    """The validation of each column, by its heading; it reaches from the second row down."""
    found = {}
    for rule in sheet.sheet.data_validations.dataValidation:
        for area in rule.sqref.ranges:
            assert (area.min_row, area.max_row) == (2, layout.MAX_ENTRIES + 1)
            found[sheet.headings[area.min_col - 1]] = rule
    return found


def choices(sheet, rule):
    """What a drop-down list offers."""
    (title, cells), *_ = sheet.workbook.defined_names[rule.formula1].destinations
    return [cell.value for (cell,) in sheet.workbook[title][cells.replace("$", "")]]


def test_columns_have_drop_down_lists(theme):
    recommendation = RecommendationFactory(theme=theme, code="T1.04", text="Plan " * 60)
    BeaconIndicatorFactory(theme=theme, number=3, name="School readiness")
    PlaceFactory(name="Sefton")
    sheet = download()
    found = rules(sheet)
    offered = {
        heading: choices(sheet, rule) for heading, rule in found.items() if rule.type == "list"
    }
    assert offered["Theme"] == ["T1 Best start"]
    (text,) = offered["Recommendation 1"]
    assert text.startswith("T1.04 Plan Plan")
    assert len(text) <= layout.MAX_CHOICE < len(str(recommendation))
    assert offered["Recommendation 3"] == offered["Recommendation 1"]
    assert offered["Indicator 2"] == ["3 School readiness"]
    assert "Sefton" in offered["Places"]
    assert offered["Delivery status"] == ["Planned", "Under way", "Complete", "Paused", "Stopped"]
    assert offered["Others may learn from it"] == offered["Submit"] == ["Yes", "No"]
    assert found["Delivery status"].errorStyle == "stop"
    # Several places stand in a cell, and of a recommendation the code is enough.
    assert not found["Places"].showErrorMessage
    assert found["Recommendation 1"].errorStyle == "warning"
    assert found["Name of the activity"].formula1 == "200"


def test_values_are_dates_numbers_and_text(theme):
    activity = ActivityFactory(
        theme=theme, title="=SUM(A1)", starts_on=datetime.date(2026, 3, 27), description="a\nb"
    )
    LocalMeasureFactory(
        activity=activity, baseline=Decimal("1.50"), latest_on=datetime.date(2026, 1, 2)
    )
    sheet = download(activity)
    title = sheet.cell(2, "Name of the activity")
    assert (title.value, title.data_type) == ("=SUM(A1)", "s")
    start = sheet.cell(2, "Start date")
    assert (start.value, start.number_format) == (datetime.datetime(2026, 3, 27), "dd/mm/yyyy")
    assert sheet.cell(2, "Measure 1: baseline").value == 1.5
    assert sheet.cell(2, "Measure 1: date of the latest value").is_date
    assert sheet.cell(2, "Code").value == activity.pk
    assert sheet.cell(2, "Version").value == 1
    assert sheet.cell(2, "End date").value is None
    assert sheet.cell(2, "Submit").value == "Yes"


def test_date_before_excel_can_count_is_text(theme):
    sheet = download(ActivityFactory(theme=theme, starts_on=datetime.date(202, 3, 27)))
    assert sheet.cell(2, "Start date").value == "27 March 0202"


def test_columns_that_repeat_leave_one_to_spare(theme):
    full = ActivityFactory(theme=theme, title="A")
    for number in range(4):
        RecommendationLinkFactory(
            activity=full, recommendation=RecommendationFactory(theme=theme, code=f"T1.0{number}")
        )
        IndicatorLinkFactory(activity=full)
    RecommendationLinkFactory(activity=full, suggested=True)
    LocalMeasureFactory.create_batch(2, activity=full)
    sheet = download(full, ActivityFactory(theme=theme))
    assert "Recommendation 5" in sheet.headings
    assert "Recommendation 6" not in sheet.headings
    assert "Indicator 5" in sheet.headings
    assert "Measure 3: unit" in sheet.headings
    assert "Measure 4: unit" not in sheet.headings
    assert sheet.cell(2, "Recommendation 4").value.startswith("T1.03")
    assert sheet.cell(2, "Recommendation 5").value is None


def test_columns_to_leave_alone_are_grey_or_hidden(theme):
    sheet = download(ActivityFactory(theme=theme, description="x" * 40_000))
    for heading in ("Code", "Version", "What it does, and for whom"):
        assert sheet.cell(2, heading).fill.fgColor.rgb == "00E8EDEE"
    assert sheet.cell(2, "Contact").fill.fgColor.rgb != "00E8EDEE"
    letter = sheet.cell(1, "Check").column_letter
    assert sheet.sheet.column_dimensions[letter].hidden
    title = sheet.cell(1, "Name of the activity").column_letter
    assert sheet.sheet.column_dimensions[title].number_format == "@"
    assert sheet.sheet.freeze_panes == "E2"


def test_how_to_use_it_is_told(theme):
    sheet = download()
    assert sheet.workbook.sheetnames == ["Entries", "How to use", "Lists"]
    told = {row[0]: row[1] for row in sheet.workbook["How to use"].values}
    assert "32,767" in told["Long texts"]
    assert "“;”" in told["Several at once"]
