"""The layout of the workbook of entries, as data: its columns, its lists and how to use it."""

import re
from dataclasses import dataclass
from enum import Enum, auto
from itertools import groupby
from typing import NamedTuple

from ..workbook.layout import normalise

ENTRIES, HOW_TO, LISTS = "Entries", "How to use", "Lists"
# What Excel keeps of a text; it counts an emoji as two.
MAX_CELL = 32_767
# Saving so many takes about 7 s, when nobody else can write to SQLite: they wait for up to 20 s.
MAX_ENTRIES = 250
MAX_TEXT = 5_000_000
# A recommendation in a drop-down list is not shown in full.
MAX_CHOICE = 120
SEPARATOR = ";"
YES, NO = "Yes", "No"
# Ends a text that is longer than a cell; whoever leaves the cell alone keeps the whole text.
SHORTENED = (
    "\n[Shortened: the whole text has {length:,} characters and a cell holds 32,767. Leave this "
    "cell as it is to keep the whole text; change the text online.]"
)
IS_SHORTENED = re.compile(r"\[Shortened: the whole text has [\d,]+ characters")


class Kind(Enum):
    """What the cells of a column hold."""

    NOTE = auto()
    IDENTITY = auto()
    TEXT = auto()
    DATE = auto()
    NUMBER = auto()
    PLACES = auto()
    THEME = auto()
    RECOMMENDATION = auto()
    INDICATOR = auto()
    STATUS = auto()
    YES_NO = auto()


class Key(NamedTuple):
    """A column of a sheet: a field of the entry, which of several, and a part of that."""

    field: str
    number: int = 1
    part: str = ""


@dataclass(frozen=True)
class Column:
    """A column, or several: then `{}` in its heading stands for their numbers, from 1 to `least`.

    `field` and `part` are the names of the form's fields; `hint` shows while a cell is chosen.
    """

    field: str
    heading: str
    kind: Kind = Kind.TEXT
    width: int = 20
    part: str = ""
    least: int = 0
    max_length: int = 0
    hint: str = ""


COLUMNS = [
    Column("mend", "What to mend", Kind.NOTE, 50),
    Column("code", "Code", Kind.IDENTITY, 9, hint="Leave it as it is; empty for a new activity."),
    Column("version", "Version", Kind.IDENTITY, 9, hint="Leave it as it is."),
    Column("check", "Check", Kind.IDENTITY, 9),
    Column("title", "Name of the activity", width=36, max_length=200),
    Column("description", "What it does, and for whom", width=60),
    Column(
        "places",
        "Places",
        Kind.PLACES,
        24,
        hint="Choose one, or type several with “;” between them: Halton; Sefton",
    ),
    Column("theme", "Theme", Kind.THEME, 30),
    Column("recommendations", "Recommendation {}", Kind.RECOMMENDATION, 30, least=3),
    Column("indicators", "Indicator {}", Kind.INDICATOR, 30, least=2),
    Column("lead_organisation", "Lead organisation", width=24, max_length=200),
    Column("contact", "Contact", width=24, max_length=200),
    Column("starts_on", "Start date", Kind.DATE, 13),
    Column("ends_on", "End date", Kind.DATE, 13),
    Column("delivery_status", "Delivery status", Kind.STATUS, 14),
    Column(
        "local_measures",
        "Measure {}: what is measured",
        width=24,
        part="name",
        least=2,
        max_length=200,
    ),
    Column("local_measures", "Measure {}: unit", part="unit", least=2, max_length=50, width=12),
    Column("local_measures", "Measure {}: baseline", Kind.NUMBER, 12, "baseline", 2),
    Column("local_measures", "Measure {}: target", Kind.NUMBER, 12, "target", 2),
    Column("local_measures", "Measure {}: latest value", Kind.NUMBER, 12, "latest_value", 2),
    Column("local_measures", "Measure {}: date of the latest value", Kind.DATE, 14, "latest_on", 2),
    Column("evidence", "Evidence {}: what it is", part="title", least=1, max_length=200),
    Column("evidence", "Evidence {}: link", part="url", least=1, width=30),
    Column("is_good_practice", "Others may learn from it", Kind.YES_NO, 14),
    Column(
        "submit",
        "Submit",
        Kind.YES_NO,
        10,
        hint="“No” keeps it as a draft, “Yes” hands it in to the programme team.",
    ),
]
BY_FIELD = {(column.field, column.part): column for column in COLUMNS}
# Those of a sheet that is only read, not written by us, may be missing.
OPTIONAL = {"mend", "check"}
# As many of each repeated column as a sheet can have.
EVERY = {column.field: 99 for column in COLUMNS if column.least}
# What nobody says about the activity.
ABOUT_THE_ROW = {"mend", "code", "version", "check"}

INSTRUCTIONS = [
    ("One row, one activity", "Change a row to change the activity; add a row under the last one "
     "for a new activity. Nothing is deleted by deleting a row: do that online."),
    ("Grey columns", "Code and Version say which activity a row is and what you have read of it. "
     "Leave them as they are, and leave them empty in a new row."),
    ("Lists", "Theme, recommendations, indicators, places, delivery status, Yes and No are chosen "
     "from a list. For a theme, a recommendation or an indicator the code alone will do, for "
     "example T1.04. The sheet “Lists” has the recommendations in full."),
    ("Several at once", "Each recommendation, indicator, measure and link has its own columns: "
     "Recommendation 1, Recommendation 2 and so on. Several places stand in one cell, with “;” "
     "between them: Halton; Sefton. Empty a cell to take something away."),
    ("Dates", "Type 27/3/2026, 27 March 2026 or 2026-03-27."),
    ("Long texts", "A cell holds 32,767 characters. A longer text is shortened here, and says so "
     "at its end: leave that cell as it is to keep the whole text, and change the text online."),
    ("Files", "Files that show what an activity does are kept online; only links stand here."),
    ("Submit", "“No” keeps an activity as a draft, “Yes” hands it in. What was handed in before "
     "says “Yes” and stays so; what was accepted is looked at again once it is changed."),
    ("Columns", "Columns are found by their headings. You may move, hide or sort them, and add "
     "columns of your own, which are not read."),
    ("Then", "Save it as an Excel workbook (.xlsx) and upload it where you downloaded it. You see "
     "what each row would change before anything is saved."),
    ("Changed online meanwhile", "An activity that someone has changed online since you downloaded "
     "it is shown to you and not overwritten."),
]  # fmt: skip


def keys(counts):
    """Every column of a sheet in order; `counts` says how many a repeated field needs."""
    for field, same in groupby(COLUMNS, key=lambda column: column.field):
        columns = list(same)
        for number in range(1, max(columns[0].least, counts.get(field, 0), 1) + 1):
            for column in columns:
                yield Key(field, number, column.part)


def column_of(key):
    """What the layout says of a column."""
    return BY_FIELD[key.field, key.part]


def heading(key):
    """What stands over a column."""
    return column_of(key).heading.format(key.number)


def key_for(text):
    """The column that a heading names, or None for one that is none of ours."""
    words = normalise(text)
    for column in COLUMNS:
        before, _, after = column.heading.partition("{}")
        number = r"([1-9]\d?)" if column.least else ""
        pattern = " ".join(filter(None, [normalise(before), number, normalise(after)]))
        if match := re.fullmatch(pattern, words):
            return Key(column.field, int(match[1]) if column.least else 1, column.part)
    return None


def missing(found):
    """The headings that a sheet lacks; one of several columns brings its other parts with it."""
    wanted = [Key(column.field) for column in COLUMNS if not column.least]
    wanted += [
        Key(key.field, key.number, column.part)
        for key in sorted(found)
        for column in COLUMNS
        if column.least and column.field == key.field
    ]
    lacking = [key for key in wanted if key not in found and key.field not in OPTIONAL]
    return [heading(key) for key in dict.fromkeys(lacking)]
