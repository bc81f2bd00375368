"""What a row of a workbook would save: its words found in the framework, and put into the forms.

What a cell leaves as it was stays as it is stored, to the letter.
"""

from functools import cached_property

from django.utils import timezone

from .. import history
from ..forms.upload import EntryEvidenceFormSet, EntryForm, EntryMeasureFormSet
from ..models import Activity, IndicatorLink, RecommendationLink
from . import layout
from .cells import as_date, plain
from .entry import Entry, entry_of, web_links
from .layout import Key, Kind
from .rules import wrong_cells

TEXTS = ("title", "description", "lead_organisation", "contact")
FORMSETS = {"local_measures": EntryMeasureFormSet, "evidence": EntryEvidenceFormSet}


class Proposal:
    """An entry as a row would have it; `activity` is how it stands, None for a new one.

    `errors` are pairs of a Key and what to do about it; without any, it can be saved.
    """

    def __init__(self, entry, activity, *, round, by, own_places, framework):
        self.entry, self.activity, self.framework = entry, activity, framework
        self.stored = entry_of(activity) if activity else Entry({})
        kept = [name for name in TEXTS if activity and entry.says_as(self.stored, name)]
        self.kept = {name: getattr(activity, name) for name in kept}
        self.form = EntryForm(self._data(round), instance=activity, user=by, own_places=own_places)
        self.formsets = {
            field: self._formset(field)
            for field in FORMSETS
            if field in entry.said and not entry.says_as(self.stored, field)
        }
        self.errors = wrong_cells(entry, self.stored, framework)
        self._add_form_errors()
        self._add_formset_errors()
        self._check_submission()
        # The form has taken away the spaces around them.
        for name, text in self.kept.items():
            setattr(self.form.instance, name, text)
        if activity is None:
            self.form.instance.source = Activity.Source.OFFLINE

    @property
    def submits(self):
        """Whether it hands in an entry that is not handed in yet."""
        return not self._was_submitted and self.entry.said["submit"] == "yes"

    @property
    def _was_submitted(self):
        return bool(self.activity) and (self.activity.is_submitted or self.activity.is_accepted)

    @property
    def arguments(self):
        """What `operations.save_activity` takes, but for the user."""
        data = self.form.cleaned_data
        return {
            "activity": self.form.instance,
            "places": data["places"],
            "recommendations": data["recommendations"],
            "indicators": data["indicators"],
            "local_measures": self.formsets.get("local_measures"),
            "evidence": self.formsets.get("evidence"),
            "submit": self.submits,
        }

    @cached_property
    def snapshot(self):
        """What the entry would say, in the words of its page."""
        return history.snapshot(_Preview(self))

    def _data(self, round):
        """What a browser would send of the form."""
        said, framework = self.entry.said, self.framework
        named = {framework.place_names.get(name) for name in said["places"]}
        data = {
            "round": round,
            "theme": framework.themes.get(said["theme"]),
            "places": [place for place in framework.places if place in named],
            "recommendations": self._named("recommendations", framework.recommendations),
            "indicators": self._named("indicators", framework.indicators),
            "delivery_status": said["delivery_status"],
            "is_good_practice": "on" if said["is_good_practice"] == "yes" else "",
            "version": self.entry.text("version"),
        }
        for name in TEXTS:
            text = plain(self.entry.cells[Key(name)])
            # Only the description has several lines.
            data[name] = text if name == "description" else " ".join(text.splitlines())
        for name in ("starts_on", "ends_on"):
            data |= _date_parts(name, self.entry.cells[Key(name)])
        return data | self.kept

    def _named(self, field, known):
        """The rows that the columns of a field name; those that are stored if it has no column."""
        codes = self.entry.said.get(field, self.stored.said.get(field, []))
        return [row for code, row in known.items() if code in codes]

    def _stored_rows(self, field):
        if self.activity is None:
            return []
        return (
            web_links(self.activity) if field == "evidence" else self.activity.local_measures.all()
        )

    def _numbers(self, field):
        """The numbers of the columns that a formset's forms stand for, in their order."""
        stored = len(self._stored_rows(field))
        return [
            number
            for number in range(1, max(stored, self.entry.numbers(field)) + 1)
            if number <= stored or self._says_something(field, number)
        ]

    def _says_something(self, field, number):
        return any(
            text.strip()
            for key, text in self.entry.cells.items()
            if (key.field, key.number) == (field, number)
        )

    def _formset(self, field):
        """The measures, or links, as a formset that was filled in."""
        stored, numbers = self._stored_rows(field), self._numbers(field)
        data = {f"{field}-TOTAL_FORMS": len(numbers), f"{field}-INITIAL_FORMS": len(stored)}
        for index, number in enumerate(numbers):
            prefix = f"{field}-{index}"
            if index < len(stored):
                data[f"{prefix}-id"] = stored[index].pk
                data[f"{prefix}-DELETE"] = "" if self._says_something(field, number) else "on"
            for column in layout.COLUMNS:
                if column.field == field:
                    text = self.entry.cells.get(Key(field, number, column.part), "")
                    data |= _part_data(f"{prefix}-{column.part}", column, text)
        return FORMSETS[field](data, instance=self.activity, rows=stored)

    def _add_form_errors(self):
        """Add what the form finds, but for columns that are known to be wrong."""
        wrong = {key.field for key, _ in self.errors}
        for name, messages in self.form.errors.items():
            key = Key(name if (name, "") in layout.BY_FIELD else "code")
            column = next((each for each in self.entry.cells if each.field == name), key)
            if column.field not in wrong:
                self.errors += [(column, str(message)) for message in messages]

    def _add_formset_errors(self):
        wrong = {key for key, _ in self.errors}
        for field, formset in self.formsets.items():
            first = next(part for each, part in layout.BY_FIELD if each == field)
            for number, form in zip(self._numbers(field), formset.forms, strict=True):
                # What is to be removed may be as wrong as it likes.
                if form.data.get(f"{form.prefix}-DELETE"):
                    continue
                for part, messages in form.errors.items():
                    key = Key(field, number, part if (field, part) in layout.BY_FIELD else first)
                    if key not in wrong:
                        self.errors += [(key, str(message)) for message in messages]
            self.errors += [(Key(field, 1, first), str(each)) for each in formset.non_form_errors()]

    def _check_submission(self):
        """Nobody takes back here what was handed in."""
        if self._was_submitted and self.entry.text("submit").casefold() == "no":
            self.errors.append((Key("submit"), "It was submitted before: choose “Yes”"))


def _part_data(name, column, text):
    return _date_parts(name, text) if column.kind is Kind.DATE else {name: plain(text)}


def _date_parts(name, text):
    """A date as its three boxes send it; nothing for what is no date."""
    day = as_date(plain(text))
    if day is None:
        return {}
    parts = {"day": day.day, "month": day.month, "year": f"{day.year:04}"}
    return {f"{name}_{part}": str(value) for part, value in parts.items()}


class _Rows(list):
    """Rows in place of those that a query would find."""

    def all(self):
        return self


class _Preview:
    """Stands in for the activity that a proposal would save, for `history.snapshot` to read."""

    def __init__(self, proposal):
        self._instance, self._formsets = proposal.form.instance, proposal.formsets
        self._stored = proposal.activity
        data = proposal.form.cleaned_data
        self.places = _Rows(data.get("places", []))
        self.recommendation_links = self._links(
            RecommendationLink, "recommendation", data.get("recommendations", [])
        )
        self.indicator_links = self._links(IndicatorLink, "indicator", data.get("indicators", []))
        self.local_measures = self._several("local_measures")
        self.evidence = self._several("evidence")

    def __getattr__(self, name):
        return getattr(self._instance, name)

    def _links(self, model, kind, rows):
        """The links to rows: those that there are, with their reasons, and new ones."""
        links = getattr(self._stored, f"{kind}_links").all() if self._stored else []
        stored = {getattr(link, f"{kind}_id"): link for link in links if link.is_confirmed}
        now = timezone.now()
        found = [stored.get(row.pk) or model(**{kind: row}, confirmed_at=now) for row in rows]
        return _Rows(sorted(found, key=lambda link: getattr(link, kind).natural_key()))

    def _several(self, field):
        """The stored measures or evidence, with what the formset changes, removes and adds."""
        rows = getattr(self._stored, field).all() if self._stored else []
        formset = self._formsets.get(field)
        if formset is None:
            return _Rows(rows)
        removed = {form.instance.pk for form in formset.deleted_forms}
        changed = {form.instance.pk: form.instance for form in formset.initial_forms}
        added = [form.instance for form in formset.extra_forms if form.has_changed()]
        return _Rows([changed.get(row.pk, row) for row in rows if row.pk not in removed] + added)
