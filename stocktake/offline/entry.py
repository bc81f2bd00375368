"""What a row of the workbook says, whether it was read from one or would be written to it."""

import datetime
import hashlib
import json
import textwrap
from dataclasses import dataclass
from functools import cached_property

from . import layout
from .cells import FIRST_DAY, fit, meaning
from .layout import Key, column_of

MEASURE = [column.part for column in layout.COLUMNS if column.field == "local_measures"]


@dataclass(frozen=True)
class Entry:
    """A row as texts by column; a column that its sheet does not have is not there either."""

    cells: dict[Key, str]

    @cached_property
    def said(self):
        """What the row says of the activity, field by field, in a form that can be compared."""
        said = {}
        for key in sorted(self.cells):
            if key.field in layout.ABOUT_THE_ROW:
                continue
            column = column_of(key)
            meant = meaning(column.kind, self.cells[key])
            if column.part:
                parts = said.setdefault(key.field, {}).setdefault(key.number, {})
                parts |= {key.part: meant} if meant else {}
            elif column.least:
                said.setdefault(key.field, set()).update([meant] if meant else [])
            else:
                said[key.field] = meant
        return {field: _tidy(value) for field, value in said.items()}

    @property
    def fingerprint(self):
        """A few characters that tell whether a row was changed since it was downloaded."""
        text = json.dumps(self.said, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    @property
    def is_untouched(self):
        """Whether the row says what it said when it was downloaded."""
        return self.text("check") == self.fingerprint

    def text(self, field):
        """The text of a column that there is once."""
        return self.cells.get(Key(field), "").strip()

    def says_as(self, other, *fields):
        """Whether it says what another one says, in some fields, or in all that it has."""
        return all(self.said[field] == other.said.get(field) for field in fields or self.said)

    def numbers(self, field):
        """How many of the columns of a repeated field there are."""
        return max((key.number for key in self.cells if key.field == field), default=0)


def _tidy(value):
    """Sets in order, and the measures or links that there are, in the order of their columns."""
    if isinstance(value, set):
        return sorted(value)
    if isinstance(value, dict):
        return [parts for _, parts in sorted(value.items()) if parts]
    return value


def choice(row):
    """A theme, recommendation or indicator as its list names it, its code first."""
    return textwrap.shorten(str(row), layout.MAX_CHOICE, placeholder=" …")


def values_of(activity):
    """An activity's cells: texts, dates, numbers or None, by column.

    Takes no query for an activity of `Activity.objects.with_content()`.
    """
    places = [place.name for place in activity.places.all()]
    handed_in = activity.is_submitted or activity.is_accepted
    values = {
        Key("code"): activity.pk,
        Key("version"): activity.version,
        Key("title"): fit(activity.title),
        Key("description"): fit(activity.description),
        Key("places"): f"{layout.SEPARATOR} ".join(places),
        Key("theme"): choice(activity.theme),
        Key("lead_organisation"): fit(activity.lead_organisation),
        Key("contact"): fit(activity.contact),
        Key("starts_on"): _day(activity.starts_on),
        Key("ends_on"): _day(activity.ends_on),
        Key("delivery_status"): activity.get_delivery_status_display(),
        Key("is_good_practice"): layout.YES if activity.is_good_practice else layout.NO,
        Key("submit"): layout.YES if handed_in else layout.NO,
    }
    for number, row in enumerate(linked(activity, "recommendation"), start=1):
        values[Key("recommendations", number)] = choice(row)
    for number, row in enumerate(linked(activity, "indicator"), start=1):
        values[Key("indicators", number)] = choice(row)
    for number, measure in enumerate(activity.local_measures.all(), start=1):
        for part in MEASURE:
            value = getattr(measure, part)
            value = fit(value) if isinstance(value, str) else value
            values[Key("local_measures", number, part)] = (
                _day(value) if part == "latest_on" else value
            )
    for number, row in enumerate(web_links(activity), start=1):
        values[Key("evidence", number, "title")] = fit(row.title)
        values[Key("evidence", number, "url")] = fit(row.url)
    return values


def linked(activity, kind):
    """The recommendations, or indicators, that an activity is linked to for certain."""
    links = getattr(activity, f"{kind}_links").all()
    return [getattr(link, kind) for link in links if link.is_confirmed]


def web_links(activity):
    """What shows that an activity happens, without the files."""
    return [row for row in activity.evidence.all() if row.url]


def _day(day):
    """A date, or the text of one that Excel can't count."""
    return f"{day.day} {day:%B} {day.year:04}" if day and day < FIRST_DAY else day


def entry_of(activity):
    """What a row says that nobody has touched since it was written."""
    texts = {key: _text(value) for key, value in values_of(activity).items()}
    return Entry(dict.fromkeys(layout.keys({}), "") | texts)


def _text(value):
    if isinstance(value, datetime.date):
        return value.isoformat()
    return "" if value is None else str(value)
