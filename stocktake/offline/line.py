"""A row of an upload with what the check made of it, as the upload keeps it."""

from collections import Counter
from dataclasses import asdict, dataclass, field

from django.db.models import TextChoices

from ..history import Difference
from .reader import Reading, Row


class State(TextChoices):
    """What becomes of a row."""

    NEW = "new", "New"
    CHANGED = "changed", "Changed"
    UNCHANGED = "unchanged", "Unchanged"
    CONFLICT = "conflict", "Conflict"
    REJECTED = "rejected", "Rejected"


WRITTEN = (State.NEW, State.CHANGED)


@dataclass
class Line:
    """A row with what the check made of it; the first line of an upload holds the headings.

    `errors` say what to mend, with the column and its heading. `changes` and `online` are the
    differences, as dicts, that the row would make and that were made online meanwhile.
    """

    sheet: str
    number: int
    cells: dict
    state: str = ""
    title: str = ""
    activity: int | None = None
    note: str = ""
    submits: bool = False
    errors: list = field(default_factory=list)
    changes: list = field(default_factory=list)
    online: list = field(default_factory=list)

    @property
    def row(self):
        """The row as it was read."""
        return Row(self.sheet, self.number, self.cells)

    @property
    def is_written(self):
        """Whether committing the upload writes it."""
        return self.state in WRITTEN

    @property
    def label(self):
        """Its state in words."""
        return State(self.state).label

    @property
    def differences(self):
        """What the row would change, for the page."""
        return [Difference(**each) for each in self.changes]

    @property
    def differences_online(self):
        """What was changed online since the row was downloaded."""
        return [Difference(**each) for each in self.online]


def count_states(lines):
    """How many lines there are in each state, in the order of the states."""
    counted = Counter(line.state for line in lines)
    return {state: counted[state] for state in State}


def to_rows(reading, lines):
    """What an upload keeps: a dict for the headings, and one for each line."""
    headings = Line(**asdict(reading.headings))
    return [asdict(line) for line in (headings, *lines)]


def from_rows(rows):
    """The Reading and the lines that `to_rows` has kept."""
    headings, *lines = (Line(**row) for row in rows)
    return Reading(headings.row, [line.row for line in lines]), lines
