"""Writes tables into workbooks: text stays text, whatever it begins with."""

import re
from decimal import Decimal

from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

WIDEST = 60
# What XML can't hold, and so Excel would call the file damaged.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def write_table(sheet, headings, rows):
    """Fill a sheet with bold, frozen headings and rows of texts, numbers and dates."""
    rows = [headings, *rows]
    for number, values in enumerate(rows, start=1):
        for column, value in enumerate(values, start=1):
            write_cell(sheet.cell(number, column), value)
    for column, values in enumerate(zip(*rows, strict=True), start=1):
        longest = max(len(str(value)) for value in values)
        letter = get_column_letter(column)
        sheet.column_dimensions[letter].width = min(longest + 2, WIDEST)
        sheet[f"{letter}1"].font = Font(bold=True)
    sheet.freeze_panes = "A2"


def write_cell(cell, value):
    """Set a cell; a text that begins with "=" must not become a formula."""
    if isinstance(value, str):
        cell.value = FORBIDDEN.sub("", value)
        cell.data_type = "s"
        cell.number_format = "@"
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    else:
        cell.value = float(value) if isinstance(value, Decimal) else value
        cell.alignment = Alignment(vertical="top")
