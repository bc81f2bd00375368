"""Writes entries into a workbook with drop-down lists, or the rejected rows of an upload."""

import datetime
import io

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from recommendations.tables import write_cell, write_table

from ..models import Activity
from . import layout
from .cells import FIRST_DAY, as_date, as_number, fit, plain
from .entry import choice, entry_of, linked, values_of, web_links
from .layout import Key, Kind

GREY, RED = (PatternFill("solid", fgColor=colour) for colour in ("E8EDEE", "FBE0DD"))
DATE_FORMAT = "dd/mm/yyyy"
WRAPPED = Alignment(wrap_text=True, vertical="top")
# The name of a column's list, and what Excel does about something that is not in it.
RANGES = {
    Kind.THEME: ("Themes", "warning"),
    Kind.RECOMMENDATION: ("Recommendations", "warning"),
    Kind.INDICATOR: ("Indicators", "warning"),
    Kind.PLACES: ("Places", None),
    Kind.STATUS: ("Statuses", "stop"),
    Kind.YES_NO: ("YesNo", "stop"),
}


def entries_workbook(activities, framework):
    """The workbook of activities, which are `with_content`, as bytes."""
    counts = {
        "recommendations": _most(activities, lambda row: linked(row, "recommendation")),
        "indicators": _most(activities, lambda row: linked(row, "indicator")),
        "local_measures": _most(activities, lambda row: row.local_measures.all()),
        "evidence": _most(activities, web_links),
    }
    columns = [key for key in layout.keys(counts) if key.field != "mend"]
    rows = [
        values_of(activity) | {Key("check"): entry_of(activity).fingerprint}
        for activity in activities
    ]
    return _as_bytes(_workbook(columns, rows, framework))


def _most(activities, several):
    """How many columns the fullest activity needs, and one to spare."""
    return max((len(several(activity)) for activity in activities), default=0) + 1


def rejected_workbook(reading, rejected, framework):
    """The rejected rows of an upload, what to mend beside each, as bytes.

    `rejected` holds pairs of a Row and its errors. The columns are those of the upload.
    """
    own = [letter for letter in reading.headings.cells if letter not in reading.keys]
    ours = [key for key in layout.keys(layout.EVERY) if key in reading.letters]
    columns = [*dict.fromkeys([Key("mend"), *ours])]
    columns += [reading.headings.cells[letter] for letter in own]
    rows = []
    for row, errors in rejected:
        values = {key: _value(key, text) for key, text in reading.entry(row).cells.items()}
        values |= {reading.headings.cells[each]: row.cells.get(each) for each in own}
        notes = [f"{each['heading']}: {each['message']}" for each in errors]
        rows.append(values | {Key("mend"): "\n".join(notes)})
    workbook = _workbook(columns, rows, framework)
    headings = [heading_of(column) for column in columns]
    for number, (_, errors) in enumerate(rejected, start=2):
        for wrong in {error["heading"] for error in errors} & set(headings):
            workbook[layout.ENTRIES].cell(number, headings.index(wrong) + 1).fill = RED
    return _as_bytes(workbook)


def heading_of(column):
    """What stands over a column, ours or one that someone has added."""
    return layout.heading(column) if isinstance(column, Key) else plain(column)


def _value(key, text):
    """What someone typed, as a date or a number where it is one."""
    kind = layout.column_of(key).kind
    if kind is Kind.DATE and (day := as_date(text)):
        return text if day < FIRST_DAY else day
    if kind in (Kind.NUMBER, Kind.IDENTITY) and (number := as_number(text)) is not None:
        return number
    return fit(plain(text))


def _workbook(columns, rows, framework):
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = layout.ENTRIES
    _write_entries(sheet, columns, rows)
    write_table(
        workbook.create_sheet(layout.HOW_TO), ["How to use this workbook", ""], layout.INSTRUCTIONS
    )
    _write_lists(workbook, framework)
    for number, column in enumerate(columns, start=1):
        if isinstance(column, Key):
            _add_validation(sheet, get_column_letter(number), layout.column_of(column))
    return workbook


def _write_entries(sheet, columns, rows):
    for number, column in enumerate(columns, start=1):
        cell = sheet.cell(1, number)
        write_cell(cell, heading_of(column))
        cell.font, cell.fill = Font(bold=True), GREY
        _lay_out(sheet.column_dimensions[get_column_letter(number)], column)
    for row, values in enumerate(rows, start=2):
        for number, column in enumerate(columns, start=1):
            value = values.get(column)
            if value not in (None, ""):
                _write_value(sheet.cell(row, number), value, column)
    title = columns.index(Key("title")) + 2
    sheet.freeze_panes = f"{get_column_letter(title)}2"


def _lay_out(dimension, column):
    """Width and format of a column, which its empty cells have too."""
    described = layout.column_of(column) if isinstance(column, Key) else layout.Column("", "")
    dimension.width = described.width
    dimension.hidden = described.field == "check"
    dimension.alignment = WRAPPED
    if described.kind is Kind.IDENTITY:
        dimension.fill = GREY
    elif described.kind is Kind.DATE:
        dimension.number_format = DATE_FORMAT
    elif described.kind is not Kind.NUMBER:
        dimension.number_format = "@"


def _write_value(cell, value, column):
    write_cell(cell, value)
    cell.alignment = WRAPPED
    if isinstance(value, datetime.date):
        cell.number_format = DATE_FORMAT
    kept = isinstance(value, str) and layout.IS_SHORTENED.search(value)
    if kept or (isinstance(column, Key) and layout.column_of(column).kind is Kind.IDENTITY):
        cell.fill = GREY


def _write_lists(workbook, framework):
    """The choices, a column for each list, and the recommendations in full beside them."""
    sheet = workbook.create_sheet(layout.LISTS)
    recommendations = list(framework.recommendations.values())
    lists = [
        ("Themes", [str(row) for row in framework.themes.values()]),
        ("Recommendations", [choice(row) for row in recommendations]),
        ("Indicators", [choice(row) for row in framework.indicators.values()]),
        ("Places", [row.name for row in framework.places]),
        ("Statuses", Activity.DeliveryStatus.labels),
        ("YesNo", [layout.YES, layout.NO]),
        ("Recommendations in full", [str(row) for row in recommendations]),
    ]
    for number, (name, texts) in enumerate(lists, start=1):
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = 40
        for row, text in enumerate([name, *texts], start=1):
            write_cell(sheet.cell(row, number), text)
        sheet.cell(1, number).font = Font(bold=True)
        if " " not in name:
            cells = f"'{layout.LISTS}'!${letter}$2:${letter}${len(texts) + 1}"
            workbook.defined_names[name] = DefinedName(name, attr_text=cells)
    sheet.freeze_panes = "A2"


def _add_validation(sheet, letter, column):
    """A column's drop-down list or greatest length, and its hint."""
    name, style = RANGES.get(column.kind, (None, None))
    if name:
        rule = DataValidation("list", formula1=name, allow_blank=True)
        rule.showErrorMessage, rule.errorStyle = bool(style), style or "stop"
        rule.error = "Choose one from the list"
        rule.error += ", or type its code." if style == "warning" else "."
    elif column.max_length:
        rule = DataValidation("textLength", operator="lessThanOrEqual", allow_blank=True)
        rule.formula1, rule.showErrorMessage = str(column.max_length), True
        rule.error = f"Shorten this to {column.max_length} characters or fewer."
    elif column.hint:
        rule = DataValidation()
    else:
        return
    if column.hint:
        rule.showInputMessage, rule.prompt = True, column.hint
    rule.add(f"{letter}2:{letter}{layout.MAX_ENTRIES + 1}")
    sheet.add_data_validation(rule)


def _as_bytes(workbook):
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()
