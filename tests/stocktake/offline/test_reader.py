"""Reading a workbook of entries."""

import io

import pytest
from openpyxl import Workbook

from stocktake.offline import layout, reader
from stocktake.offline.layout import Key
from stocktake.workbook.errors import WorkbookError

from .sheets import HEADINGS, download


@pytest.fixture
def sheet(db):
    """A workbook with one row."""
    sheet = download()
    sheet.add(title="Walks", description="For all.")
    return sheet


def refusal(data):
    with pytest.raises(WorkbookError) as refused:
        reader.read(data)
    return str(refused.value)


def test_row_is_read_by_its_headings(sheet):
    reading = reader.read(sheet.data)
    (row,) = reading.rows
    assert (row.sheet, row.number) == ("Entries", 2)
    entry = reading.entry(row)
    assert entry.text("title") == "Walks"
    assert entry.text("theme") == ""
    assert reading.letters[Key("title")] == "D"


def test_columns_may_stand_anywhere_and_headings_lower_down(sheet):
    sheet.sheet.move_range("D1:D2", cols=60)
    sheet.sheet.insert_rows(1, 3)
    sheet.sheet["A1"] = "Our entries"
    sheet.sheet.title = "Sefton"
    reading = reader.read(sheet.data)
    (row,) = reading.rows
    assert (row.sheet, row.number) == ("Sefton", 5)
    assert reading.entry(row).text("title") == "Walks"
    assert reading.letters[Key("title")] == "BL"


def test_empty_rows_are_skipped(sheet):
    sheet.put(5, title="More")
    sheet.put(7, contact="   ")
    sheet.put(8, **{"Check": "abc"})
    assert [row.number for row in reader.read(sheet.data).rows] == [2, 5]


def test_other_columns_are_named_if_they_hold_something(sheet):
    last = len(sheet.headings)
    sheet.sheet.cell(1, last + 1).value = "My notes"
    sheet.sheet.cell(2, last + 1).value = "Ask Ann"
    sheet.sheet.cell(1, last + 2).value = "Empty"
    assert reader.read(sheet.data).ignored == ["My notes"]


def test_formula_counts_as_its_text_where_it_has_no_value(sheet):
    sheet.cell(2, "Contact").value = "=1+1"
    reading = reader.read(sheet.data)
    assert reading.entry(reading.rows[0]).text("contact") == "=1+1"


@pytest.mark.parametrize("name", ["code", "version", "title", "places", "theme", "submit"])
def test_column_that_is_missing_is_named(sheet, name):
    sheet.cell(1, HEADINGS[name]).value = "Other"
    assert refusal(sheet.data) == (
        f"The sheet “Entries” lacks the column “{HEADINGS[name]}”. Download the workbook again, "
        "copy your rows into it and upload that."
    )


def test_columns_that_are_missing_are_named_together(sheet):
    sheet.cell(1, "Theme").value = None
    sheet.cell(1, "Contact").value = None
    assert "lacks the columns “Theme”, “Contact”." in refusal(sheet.data)


def test_column_that_is_there_twice_is_named(sheet):
    sheet.sheet.cell(1, 60).value = "theme"
    assert "“Theme” stands over several columns of the sheet “Entries”: G, BH" in refusal(
        sheet.data
    )


def test_workbook_of_something_else_is_refused():
    workbook, stream = Workbook(), io.BytesIO()
    workbook.active.append(["Name", "Theme"])
    workbook.save(stream)
    assert "has no sheet with the headings" in refusal(stream.getvalue())


def test_workbook_without_rows_is_refused(db):
    assert "has no entries under its headings" in refusal(download().data)


def test_workbook_with_too_many_rows_is_refused(sheet, monkeypatch):
    monkeypatch.setattr(layout, "MAX_ENTRIES", 1)
    sheet.add(title="More")
    assert "Divide it into several workbooks" in refusal(sheet.data)


def test_workbook_with_too_much_text_is_refused(sheet, monkeypatch):
    monkeypatch.setattr(layout, "MAX_TEXT", 10)
    assert "Divide it into several workbooks" in refusal(sheet.data)


def test_cell_far_outside_is_refused(sheet):
    sheet.sheet.cell(2, 500).value = "far"
    assert "200 columns" in refusal(sheet.data)


@pytest.mark.parametrize("data", [b"", b"Code,Version", b"PK\x03\x04"])
def test_file_that_is_no_workbook_is_refused(data):
    assert refusal(data)
