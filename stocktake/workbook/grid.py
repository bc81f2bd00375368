"""A workbook's sheets as text: only the cells that exist, formulas as their values."""

import datetime
import io
import warnings
from functools import cached_property

from openpyxl.reader.excel import ExcelReader
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.formula import ArrayFormula

from .errors import WorkbookError
from .inspection import DAMAGED, MAX_COLUMNS, MAX_ROWS, MAX_TEXT, TOO_LARGE, TOO_WIDE


def open_workbook(data):
    """The workbook with formulas as text, and with their values where it has formulas."""
    # openpyxl raises whatever its parts run into, and warns of parts that it leaves out.
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            workbook = _load(data)
            has_formulas = any(
                cell.data_type == "f"
                for sheet in workbook.worksheets
                for cell in sheet._cells.values()
            )
            values = _load(data, data_only=True) if has_formulas else None
    except Exception as error:
        raise WorkbookError(DAMAGED) from error
    return workbook, values


def _load(data, **options):
    """What openpyxl makes of a file; it leaves out sheets that it can't find without a word."""
    reader = ExcelReader(io.BytesIO(data), **options)
    reader.read()
    if len(reader.wb.sheetnames) != len(reader.parser.sheets):
        raise WorkbookError(DAMAGED)
    return reader.wb


class Grid:
    """A sheet as text: `cells` maps (row, column) to what stands there, blank cells left out.

    A formula counts as its value, or as its own text where the file has no value for it.
    """

    def __init__(self, sheet, values):
        self.title = sheet.title
        self.cells = {}
        self._merged_into = {}
        # The cells that exist, not the rectangle that the sheet claims.
        for (row, column), cell in sorted(sheet._cells.items()):
            value = cell.value
            if cell.data_type == "f" and values and values.cell(row, column).value is not None:
                value = values.cell(row, column).value
            if text := _as_text(value):
                self.cells[row, column] = text
        self._check_size()
        for merged in sheet.merged_cells.ranges:
            for row in range(merged.min_row, merged.max_row + 1):
                for column in range(merged.min_col, merged.max_col + 1):
                    self._merged_into[row, column] = merged.min_row, merged.min_col

    def _check_size(self):
        """Cells need not say where they stand, so their number and place is known only now."""
        if sum(map(len, self.cells.values())) > MAX_TEXT:
            raise WorkbookError(TOO_LARGE)
        if max(self.rows, default=0) > MAX_ROWS or max(self.columns, default=0) > MAX_COLUMNS:
            raise WorkbookError(TOO_WIDE)

    @cached_property
    def rows(self):
        """The numbers of the rows with text, in order."""
        return sorted({row for row, _ in self.cells})

    @cached_property
    def columns(self):
        """The numbers of the columns with text, in order."""
        return sorted({column for _, column in self.cells})

    def at(self, row, column):
        """The text of one cell, or ''."""
        return self.cells.get((row, column), "")

    def anchor(self, row, column):
        """Where the text of a cell stands: elsewhere if it is merged into another."""
        return self._merged_into.get((row, column), (row, column))


def _as_text(value):
    if value is None:
        return ""
    if isinstance(value, ArrayFormula):
        value = value.text
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        value = value.date()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value)
    return text if text.strip() else ""


def address(row, column):
    """A cell's address as people write it: F3."""
    return f"{get_column_letter(column)}{row}"
