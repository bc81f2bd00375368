"""Reads a workbook of entries, row by row, as text; finds its columns by their headings.

Knows no database. Raises WorkbookError, with a sentence that says what to do, for what can't be
read at all.
"""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from openpyxl.utils import column_index_from_string, get_column_letter

from ..workbook.errors import WorkbookError
from ..workbook.grid import open_workbook
from ..workbook.inspection import MAX_COLUMNS, MAX_ROWS, TOO_WIDE, inspect
from . import layout
from .cells import plain, shown
from .entry import Entry

# How far down the headings may stand.
DEEPEST_HEADINGS = 20
AGAIN = "Download the workbook again, copy your rows into it and upload that."
NO_HEADINGS = (
    "This workbook has no sheet with the headings of the entries, such as “Name of the activity”. "
    "Choose the workbook that you downloaded here and filled in."
)
NO_ROWS = (
    "The sheet “{sheet}” has no entries under its headings. Fill in a row and upload it again."
)
TOO_MANY = (
    f"This workbook has more than {layout.MAX_ENTRIES:,} rows, or more than "
    f"{layout.MAX_TEXT:,} characters. Divide it into several workbooks and upload each."
)


@dataclass(frozen=True)
class Row:
    """A row of a sheet: its texts by the letters of their columns."""

    sheet: str
    number: int
    cells: dict[str, str]


@dataclass(frozen=True)
class Reading:
    """What stands in a sheet: its headings, and the rows under them that say something."""

    headings: Row
    rows: list[Row]

    @cached_property
    def keys(self):
        """The columns that are ours, by their letters."""
        found = {letter: layout.key_for(text) for letter, text in self.headings.cells.items()}
        return {letter: key for letter, key in found.items() if key}

    @cached_property
    def letters(self):
        """The letters of the columns that are ours."""
        return {key: letter for letter, key in self.keys.items()}

    @property
    def ignored(self):
        """The headings of columns that are none of ours and hold something."""
        used = {letter for row in self.rows for letter in row.cells}
        cells = self.headings.cells
        return [plain(cells[each]) for each in cells if each in used and each not in self.keys]

    def entry(self, row):
        """What a row says in our columns."""
        return Entry({key: row.cells.get(letter, "") for letter, key in self.keys.items()})


def read(data):
    """The Reading of the sheet of entries in a workbook, given as bytes."""
    inspect(data)
    workbook, values = open_workbook(data)
    sheets = [
        (sheet.title, _texts(sheet, values[sheet.title] if values else None))
        for sheet in workbook.worksheets
    ]
    reading = _find(sheets)
    _check_columns(reading)
    if not reading.rows:
        raise WorkbookError(NO_ROWS.format(sheet=reading.headings.sheet))
    size = sum(len(text) for row in reading.rows for text in row.cells.values())
    if len(reading.rows) > layout.MAX_ENTRIES or size > layout.MAX_TEXT:
        raise WorkbookError(TOO_MANY)
    return reading


def _texts(sheet, values):
    """The texts of a sheet's cells by row and column, blank ones left out."""
    texts = {}
    # The cells that exist, not the rectangle that the sheet claims.
    for (row, column), cell in sorted(sheet._cells.items()):
        if row > MAX_ROWS or column > MAX_COLUMNS:
            raise WorkbookError(TOO_WIDE)
        value = cell.value
        if cell.data_type == "f" and values and values.cell(row, column).value is not None:
            value = values.cell(row, column).value
        if (text := shown(cell, value)).strip():
            texts.setdefault(row, {})[column] = text
    return texts


def _find(sheets):
    """The sheet, and in it the row, with the most of our headings."""
    best, most = None, 2
    for title, rows in sheets:
        for number in sorted(rows)[:DEEPEST_HEADINGS]:
            known = sum(bool(layout.key_for(text)) for text in rows[number].values())
            if known > most:
                best, most = (title, number, rows), known
    if best is None:
        raise WorkbookError(NO_HEADINGS)
    title, first, rows = best
    found = [
        Row(title, number, {get_column_letter(each): text for each, text in rows[number].items()})
        for number in sorted(rows)
        if number >= first
    ]
    return _without_empty_rows(Reading(found[0], found[1:]))


def _without_empty_rows(reading):
    """Leave out rows that say nothing in our columns but where they came from."""
    said = [
        row
        for row in reading.rows
        if any(
            letter in row.cells and key.field not in ("mend", "check")
            for letter, key in reading.keys.items()
        )
    ]
    return Reading(reading.headings, said)


def _check_columns(reading):
    """Each column that is needed must be there, and only once."""
    sheet = reading.headings.sheet
    for key, count in Counter(reading.keys.values()).items():
        if count > 1:
            letters = [letter for letter, each in reading.keys.items() if each == key]
            letters.sort(key=column_index_from_string)
            raise WorkbookError(
                f"“{layout.heading(key)}” stands over several columns of the sheet “{sheet}”: "
                f"{', '.join(letters)}. Delete all but one of them and upload the workbook again."
            )
    if lacking := layout.missing(set(reading.letters)):
        names = ", ".join(f"“{name}”" for name in lacking)
        noun = "column" if len(lacking) == 1 else "columns"
        raise WorkbookError(f"The sheet “{sheet}” lacks the {noun} {names}. {AGAIN}")
