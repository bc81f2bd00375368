"""Judges each row of a workbook: new, changed, unchanged, rejected, or in conflict.

A row has to pass the form of an entry, as if it had been typed there. Nothing is written.
"""

from dataclasses import asdict
from functools import cached_property

from django.db.models import prefetch_related_objects

from .. import history
from ..models import Activity, ActivityVersion
from .entry import entry_of
from .framework import Framework
from .layout import heading
from .line import Line, State
from .proposal import Proposal
from .rules import Refused


class Check:
    """The check of a Reading for a round, in the name of the one who uploads it.

    `proposals` holds, by the number of its row, what each row to be written would save.
    """

    def __init__(self, reading, *, round, by):
        self.reading, self.round, self.by = reading, round, by
        self.framework = Framework()
        self.proposals = {}
        # The numbers of the rows of new activities, by their names.
        self.new_rows = {}
        self.entries = {row.number: reading.entry(row) for row in reading.rows}
        # Else each form that refuses a row's places asks for them again.
        prefetch_related_objects([by], "places")
        self.own_places = set(by.own_places)
        self.lines = [self._line(row) for row in reading.rows]

    @cached_property
    def activities(self):
        """The activities that the rows name by their codes."""
        codes = {_whole(entry.text("code")) for entry in self.entries.values()} - {None}
        return Activity.objects.with_content().in_bulk(codes)

    @cached_property
    def visible(self):
        """The primary keys of those that the uploader may see."""
        rows = Activity.objects.visible_to(self.by).filter(pk__in=self.activities)
        return set(rows.values_list("pk", flat=True))

    @cached_property
    def own(self):
        """The primary keys of those of the uploader's places."""
        rows = Activity.objects.in_places(self.by.own_places).filter(pk__in=self.activities)
        return set(rows.values_list("pk", flat=True))

    @cached_property
    def first_rows(self):
        """The number of the first row with a code, by the code."""
        found = {}
        for number, entry in self.entries.items():
            found.setdefault(_whole(entry.text("code")), number)
        return found

    @cached_property
    def versions(self):
        """What the named activities said at each version that is kept, by activity and number."""
        rows = ActivityVersion.objects.filter(activity__in=self._outdated)
        return {(row.activity_id, row.number): row.content for row in rows}

    @property
    def _outdated(self):
        return [
            self.activities[code].pk
            for entry in self.entries.values()
            if (code := _whole(entry.text("code"))) in self.activities
            and _whole(entry.text("version")) != self.activities[code].version
        ]

    @cached_property
    def namesakes(self):
        """The activities of the round in the uploader's places, by the names of new rows."""
        titles = {
            entry.said["title"].casefold()
            for entry in self.entries.values()
            if not entry.text("code")
        }
        rows = Activity.objects.filter(round=self.round).in_places(self.by.own_places)
        same = [pk for pk, title in rows.values_list("pk", "title") if _bare(title) in titles]
        found = {}
        for activity in Activity.objects.with_content().in_bulk(same).values():
            found.setdefault(_bare(activity.title), []).append(activity)
        return found

    def _line(self, row):
        """Judge one row."""
        entry = self.entries[row.number]
        line = Line(**asdict(row), title=entry.said["title"])
        try:
            if entry.text("code"):
                self._judge_known(line, entry)
            else:
                self._judge_new(line, entry)
        except Refused as refused:
            line.state = State.REJECTED
            line.errors = self._errors(refused.errors)
        return line

    def _errors(self, errors):
        """What is wrong, with the column's letter and its heading, in the order of the sheet."""
        letters = self.reading.letters
        found = [
            {"column": letters.get(key, ""), "heading": heading(key), "message": text.rstrip(".")}
            for key, text in errors
        ]
        return sorted(found, key=lambda error: (len(error["column"]), error["column"]))

    def _judge_known(self, line, entry):
        activity = self._activity_of(line, entry)
        line.activity = activity.pk
        stored, version = entry_of(activity), _whole(entry.text("version"))
        if version is None:
            raise Refused.at("version", "Enter the version as it was downloaded, or download again")
        line.state = State.UNCHANGED
        if entry.says_as(stored):
            return
        if version == activity.version:
            self._propose(line, entry, activity)
        elif entry.is_untouched:
            line.note = "Changed online since you downloaded it, not here: it stays as it is online"
        else:
            self._note_conflict(line, entry, activity, version)

    def _activity_of(self, line, entry):
        """The activity that a row names by its code, if the row may change it."""
        code = _whole(entry.text("code"))
        activity = self.activities.get(code)
        if activity is None or code not in self.visible:
            raise Refused.at(
                "code",
                f"There is no activity with the code {entry.text('code')}: it may have been "
                "deleted. To add it as a new one, empty Code and Version",
            )
        if code not in self.own:
            names = ", ".join(place.name for place in activity.places.all())
            raise Refused.at("code", f"This is an activity of {names}. Delete this row")
        if self.first_rows[code] != line.number:
            first = self.first_rows[code]
            raise Refused.at(
                "code", f"Row {first} is about this activity too. Keep one of the two rows"
            )
        if activity.round_id != self.round.pk:
            raise Refused.at(
                "code",
                f"This is an activity of another round, “{activity.round}”. Delete this row, or "
                "upload the workbook for that round",
            )
        self._require_open_round()
        return activity

    def _require_open_round(self):
        if not (self.round.is_open or self.by.is_administrator):
            raise Refused.at(
                "code", f"“{self.round}” is closed: its entries can be read, not changed"
            )

    def _judge_new(self, line, entry):
        self._require_open_round()
        same_name = self.new_rows.setdefault(_bare(line.title), [])
        for activity in self.namesakes.get(_bare(line.title), []):
            if _share_a_place(entry, entry_of(activity)):
                return self._judge_namesake(line, entry, activity)
        for number in same_name:
            if _share_a_place(entry, self.entries[number]):
                raise Refused.at(
                    "title", f"Row {number} has this name too. Give one of them another name"
                )
        same_name.append(line.number)
        return self._propose(line, entry, None)

    def _judge_namesake(self, line, entry, activity):
        """A new row that was added before, perhaps by an earlier upload of the same workbook."""
        fields = set(entry.said) - {"submit"}
        if not entry.says_as(entry_of(activity), *fields):
            raise Refused.at(
                "title",
                f"An activity of this name is in the round already, with the code {activity.pk}. "
                "Download the workbook again to change it, or give this one another name",
            )
        line.state, line.activity = State.UNCHANGED, activity.pk
        line.note = "It is in the round already"

    def _propose(self, line, entry, activity):
        """Put the row through the form, and note what it would change."""
        before = history.snapshot(activity) if activity else {}
        proposal = self._proposal(entry, activity)
        if proposal.errors:
            raise Refused(proposal.errors)
        changes = history.differences(before, proposal.snapshot)
        line.submits = proposal.submits
        if activity and not changes and not line.submits:
            return
        line.state = State.CHANGED if activity else State.NEW
        line.changes = [asdict(each) for each in changes]
        self.proposals[line.number] = proposal

    def _proposal(self, entry, activity):
        return Proposal(
            entry,
            activity,
            round=self.round,
            by=self.by,
            own_places=self.own_places,
            framework=self.framework,
        )

    def _note_conflict(self, line, entry, activity, version):
        """Show what was changed online beside what was changed here; nothing of it is written."""
        line.state = State.CONFLICT
        now = history.snapshot(activity)
        then = self.versions.get((activity.pk, version), {})
        line.online = [asdict(each) for each in history.differences(then, now)]
        proposal = self._proposal(entry, activity)
        says = proposal.snapshot
        line.errors = self._errors(proposal.errors)
        line.changes = [
            asdict(each)
            for each in history.differences(now, says)
            if says[each.field] != then.get(each.field)
        ]


def _share_a_place(entry, other):
    return bool(set(entry.said["places"]) & set(other.said["places"]))


def _bare(title):
    return title.strip().casefold()


def _whole(text):
    """The whole number that a text is, or None."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
