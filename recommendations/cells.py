"""How a value becomes a spreadsheet's cell, and comes back unharmed.

Excel turns codes into numbers, numbers into floats and dates into moments; people add spaces.
The widgets here undo that, and where they can't they raise ValueError with a sentence that says
what to do.
"""

from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from import_export.widgets import CharWidget, ForeignKeyWidget, ManyToManyWidget, Widget

# One cell holds several codes or names with this between them.
SEPARATOR = "|"
# More than any column holds; 1E999999 would take minutes to write out.
MAX_DIGITS = 20


def is_blank(values):
    """Whether no cell holds anything but spaces."""
    return all(value is None or not str(value).strip() for value in values)


def as_text(value):
    """What a person would read in the cell: 9 for 9.0, no stray spaces, line breaks as one sign."""
    if value is None:
        return ""
    if isinstance(value, date):
        raise ValueError(
            "Excel has made this a date. Format the cell as Text and type the value again."
        )
    if isinstance(value, float):
        return format(_as_decimal(value), "f")
    return str(value).replace("\r\n", "\n").replace("\r", "\n").strip()


def _as_decimal(value):
    """A number without the noise of a float and without trailing noughts."""
    # Excel shows, and keeps, fifteen digits.
    text = format(value, ".15g") if isinstance(value, float) else str(value).strip()
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number.adjusted()) > MAX_DIGITS:
        raise ValueError(f"“{value}” is not a number.")
    whole = number.to_integral_value()
    return whole if number == whole else number.normalize()


class TextWidget(CharWidget):
    """Text, to the letter but for spaces around it."""

    def clean(self, value, row=None, **kwargs):
        return as_text(value)

    def render(self, value, obj=None, **kwargs):
        return as_text(value)


class ChoiceWidget(TextWidget):
    """One of a field's choices, by its value or by the label that people see."""

    def __init__(self, choices, **kwargs):
        super().__init__(**kwargs)
        self.values = {value.casefold(): value for value, _ in choices}
        self.labels = {label.casefold(): value for value, label in choices}

    def clean(self, value, row=None, **kwargs):
        text = as_text(value).casefold()
        choice = self.values.get(text) or self.labels.get(text)
        if text and not choice:
            known = ", ".join(self.values.values())
            raise ValueError(f"“{as_text(value)}” is not one of: {known}.")
        return choice or ""


class DecimalWidget(Widget):
    """A number, kept as a number in the spreadsheet."""

    def clean(self, value, row=None, **kwargs):
        return None if is_blank([value]) else _as_decimal(value)

    def render(self, value, obj=None, **kwargs):
        return None if value is None else _as_decimal(value)


class WholeNumberWidget(DecimalWidget):
    """A whole number; 1.0 is 1, and 1.5 is an error rather than 1."""

    def clean(self, value, row=None, **kwargs):
        number = super().clean(value, row, **kwargs)
        if number is not None and number != number.to_integral_value():
            raise ValueError(f"“{value}” is not a whole number.")
        return None if number is None else int(number)

    def render(self, value, obj=None, **kwargs):
        return value


class DayWidget(Widget):
    """A date, kept as a date in the spreadsheet; typed text is read as 2021-12-31 or 31/12/2021."""

    formats = ("%Y-%m-%d", "%d/%m/%Y", "%d %B %Y")

    def clean(self, value, row=None, **kwargs):
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        if is_blank([value]):
            return None
        for day_format in self.formats:
            try:
                return datetime.strptime(as_text(value), day_format).date()
            except ValueError:
                continue
        raise ValueError(f"“{value}” is not a date. Type it like 2021-12-31.")

    def render(self, value, obj=None, **kwargs):
        return value


class LinesWidget(TextWidget):
    """Several lines of text, in one cell with the separator between them."""

    def clean(self, value, row=None, **kwargs):
        return "\n".join(split(as_text(value), SEPARATOR))

    def render(self, value, obj=None, **kwargs):
        return SEPARATOR.join(split(as_text(value), "\n"))


def split(text, separator):
    """The parts of a text, without blank ones and without spaces around them."""
    return [part.strip() for part in text.split(separator) if part.strip()]


def missing(model, values):
    """The error that names what a cell asks for and the database lacks."""
    names = ", ".join(f"“{value}”" for value in values)
    return ValueError(
        f"There is no {model._meta.verbose_name} {names}. Correct the cell, or add it first."
    )


class KeyWidget(ForeignKeyWidget):
    """A row of another table, by the code, number or name that people use."""

    def __init__(self, model, field):
        super().__init__(model, field)
        self.found = {}

    def clean(self, value, row=None, **kwargs):
        key = as_text(value)
        if key and key not in self.found:
            try:
                self.found[key] = self.model.objects.get(**{self.field: key})
            except (self.model.DoesNotExist, ValueError):
                raise missing(self.model, [key]) from None
        return self.found.get(key)


class KeysWidget(ManyToManyWidget):
    """Rows of another table, by their codes or names with the separator between; at least one."""

    def __init__(self, model, field):
        super().__init__(model, SEPARATOR, field)

    def clean(self, value, row=None, **kwargs):
        keys = split(as_text(value), SEPARATOR)
        if not keys:
            raise ValueError(f"Name at least one {self.model._meta.verbose_name}.")
        rows = self.model.objects.filter(**{f"{self.field}__in": keys})
        unknown = sorted(set(keys) - {getattr(row, self.field) for row in rows})
        if unknown:
            raise missing(self.model, unknown)
        return rows
