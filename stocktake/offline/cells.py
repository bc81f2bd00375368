"""How a value becomes a cell of the workbook, and what a cell means that comes back.

Excel writes some characters as `_x000D_` and takes such a text for the character itself, so what
only looks so is written as `_x005F_x000D_`.
"""

import datetime
import re
from decimal import Decimal, InvalidOperation

from openpyxl.worksheet.formula import ArrayFormula

from recommendations.tables import FORBIDDEN

from ..models import Activity
from . import layout
from .layout import Kind

LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
ESCAPED = re.compile(r"_x005F_(?=x[0-9A-Fa-f]{4}_)|_x(00[01][0-9A-Fa-f]|FFF[EF])_")
DATE_FORMATS = ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%d %m %Y", "%d %B %Y", "%d %b %Y")
# Excel counts days from here, and wrongly before.
FIRST_DAY = datetime.date(1900, 3, 1)
# 1E999999 would take minutes to write out.
MOST_DIGITS = 30
STATUSES = {label.casefold(): value for value, label in Activity.DeliveryStatus.choices}
WORDS_FOR_YES, WORDS_FOR_NO = ("yes", "y", "true"), ("no", "n", "false", "")
YES_OR_NO = dict.fromkeys(WORDS_FOR_YES, "yes") | dict.fromkeys(WORDS_FOR_NO, "no")


def size(text):
    """How many characters Excel counts in a text."""
    return len(text.encode("utf-16-le")) // 2


def fit(text):
    """A text as a cell can hold it: what is too long is cut, and says so at its end."""
    text = LOOKS_ESCAPED.sub("_x005F_", FORBIDDEN.sub("", text))
    if size(text) <= layout.MAX_CELL:
        return text
    note = layout.SHORTENED.format(length=len(text))
    # Two bytes for each of Excel's characters; half an emoji is left out.
    kept = text.encode("utf-16-le")[: 2 * (layout.MAX_CELL - size(note))]
    return kept.decode("utf-16-le", "ignore") + note


def shown(cell, value):
    """What someone sees in a cell, as text; `value` is what its formula comes to."""
    if value is None:
        return ""
    if isinstance(value, ArrayFormula):
        value = value.text
    if isinstance(value, bool):
        return layout.YES if value else layout.NO
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        value = value.date()
    if isinstance(value, int | float):
        if "%" in cell.number_format:
            return f"{value * 100:.15g}%"
        return f"{value:.15g}" if isinstance(value, float) else str(value)
    return FORBIDDEN.sub("", str(value))


def plain(text):
    """The text of a cell without Excel's way of writing some characters."""
    text = ESCAPED.sub(lambda match: chr(int(match[1], 16)) if match[1] else "_", text)
    return FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def as_date(text):
    """The date that a text names, day before month; None if it names none."""
    text = " ".join(text.split())
    for date_format in DATE_FORMATS if text else ():
        try:
            return datetime.datetime.strptime(text, date_format).date()
        except ValueError:
            continue
    return None


def as_number(text):
    """The number that a text is, or None."""
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) < MOST_DIGITS else None


def code_of(text):
    """The code that a choice begins with: T1.04 of “T1.04 Plan for …”."""
    return text.split()[0].rstrip(".,:;").upper() if text.strip() else ""


def names_in(text):
    """The places that a cell names."""
    names = re.split(rf"[{layout.SEPARATOR}\n]", plain(text))
    return [" ".join(name.split()) for name in names if name.strip()]


def meaning(kind, text):
    """What a cell says, the same for every way to say it; what can't be read stays as it is."""
    # Twice, for what only looks escaped: openpyxl has undone some of it already, and some not.
    words = plain(plain(text)).strip()
    if kind is Kind.PLACES:
        return sorted({name.casefold() for name in names_in(words)})
    if kind in (Kind.THEME, Kind.RECOMMENDATION, Kind.INDICATOR):
        return code_of(words)
    if kind is Kind.STATUS:
        return STATUSES.get(words.casefold(), words)
    if kind is Kind.YES_NO:
        return YES_OR_NO.get(words.casefold(), words)
    if kind is Kind.DATE:
        day = as_date(words)
        return day.isoformat() if day else words
    if kind is Kind.NUMBER:
        number = as_number(words)
        return words if number is None else f"{number.normalize():f}"
    return words
