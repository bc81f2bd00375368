"""What an activity said at each version, and what changed from one to another.

A version is one snapshot of the entry with its places, links, measures and evidence, in the words
of the page. Differences are computed from two snapshots, whatever made them.
"""

import difflib
import re
from collections import Counter
from dataclasses import dataclass

from django.utils import formats

from .models import Activity, ActivityVersion, Comment

# In the order of the form. A value is a text, or a list of texts.
LABELS = {
    "round": "Round",
    **dict(Comment.Field.choices),
    "is_good_practice": "Others may learn from it",
}
# Words and gaps of two texts together. Comparing more would take seconds: then it goes by lines.
MOST_PARTS = 4000
# Characters of unchanged text that are shown on either side of a change.
CONTEXT = 150


@dataclass(frozen=True)
class Piece:
    """A part of a text: `kept`, `added` or `removed`."""

    kind: str
    text: str

    @property
    def excerpt(self):
        """The text; of a long one that was kept, only what is near a change."""
        if self.kind != "kept" or len(self.text) <= 3 * CONTEXT:
            return self.text
        return f"{self.text[:CONTEXT]} […] {self.text[-CONTEXT:]}"


@dataclass(frozen=True)
class Difference:
    """One field of an entry before and after; each a text, or a list of texts."""

    field: str
    before: str | list[str]
    after: str | list[str]

    @property
    def label(self):
        """What the form calls the field."""
        return LABELS[self.field]

    @property
    def is_list(self):
        """Whether the field holds several things, such as links."""
        return isinstance(self.after or self.before, list)

    @property
    def added(self):
        """What a list has gained."""
        return list((Counter(self.after) - Counter(self.before)).elements())

    @property
    def removed(self):
        """What a list has lost."""
        return list((Counter(self.before) - Counter(self.after)).elements())

    @property
    def pieces(self):
        """A text's pieces in reading order, word by word unless it is very long."""
        pieces, removed, added = [], "", ""
        for old, new in [*_runs(self.before, self.after), ("", "")]:
            # A gap between two words that were replaced goes with them.
            if old != new or (new.isspace() and removed and added):
                removed, added = removed + old, added + new
                continue
            found = [Piece("removed", removed), Piece("added", added), Piece("kept", new)]
            pieces += [piece for piece in found if piece.text]
            removed = added = ""
        return pieces


def _runs(old, new):
    """Two texts in pairs of parts, each pair alike or different."""
    start = _shared_start(old, new)
    old, new = old[len(start) :], new[len(start) :]
    end = _shared_start(old[::-1], new[::-1])[::-1]
    old, new = _parts(old.removesuffix(end), new.removesuffix(end))
    yield start, start
    for _, a, b, c, d in difflib.SequenceMatcher(None, old, new).get_opcodes():
        yield "".join(old[a:b]), "".join(new[c:d])
    yield end, end


def _shared_start(old, new):
    """What two texts have in common at their start, up to the last gap between words."""
    pairs = enumerate(zip(old, new, strict=False))
    length = next((at for at, (a, b) in pairs if a != b), min(len(old), len(new)))
    return re.match(r"(?s:.*\s)?", old[:length]).group()


def _parts(old, new):
    """Two texts in words and gaps; in lines or whole, where they are too many."""
    for pattern in (r"\s+|\S+", r".*\n|.+"):
        parts = re.findall(pattern, old), re.findall(pattern, new)
        if len(parts[0]) + len(parts[1]) <= MOST_PARTS:
            return parts
    return [old], [new]


def snapshot(activity):
    """What an activity says: a dict of texts and lists of texts, by the names in LABELS.

    Takes no query for an activity of `Activity.objects.with_content()`.
    """
    return {
        "round": activity.round.name,
        "title": activity.title,
        "description": activity.description,
        "places": [place.name for place in activity.places.all()],
        "theme": str(activity.theme),
        "lead_organisation": activity.lead_organisation,
        "contact": activity.contact,
        "starts_on": _date(activity.starts_on),
        "ends_on": _date(activity.ends_on),
        "delivery_status": activity.get_delivery_status_display(),
        "recommendations": [
            _link(link) for link in activity.recommendation_links.all() if link.is_confirmed
        ],
        "indicators": [
            str(link.indicator) for link in activity.indicator_links.all() if link.is_confirmed
        ],
        "local_measures": [measure_line(measure) for measure in activity.local_measures.all()],
        "evidence": [evidence_line(row) for row in activity.evidence.all()],
        "is_good_practice": "Yes" if activity.is_good_practice else "No",
    }


def _date(day):
    return formats.date_format(day, "j F Y") if day else ""


def _link(link):
    shown_by = [str(each) for each in (link.indicator, link.local_measure) if each]
    parts = [
        f"{link.recommendation.code} {link.recommendation.text}",
        link.reason and f"Reason: {link.reason}",
        shown_by and f"Shown by: {' and '.join(shown_by)}",
    ]
    return " ".join(filter(None, parts))


def measure_line(measure):
    """A local measure in one line."""
    parts = [
        measure.name,
        measure.unit and f"in {measure.unit}",
        measure.baseline is not None and f"baseline {measure.baseline.normalize():f}",
        measure.target is not None and f"target {measure.target.normalize():f}",
        measure.latest_value is not None
        and f"{measure.latest_value.normalize():f} on {_date(measure.latest_on)}",
    ]
    return ", ".join(filter(None, parts))


def evidence_line(row):
    """A link or a file in one line."""
    return f"{row.title}: {row.url or row.file_name}"


def differences(before, after):
    """What differs between two snapshots, a Difference for each field, in the form's order.

    The order of a list is no difference.
    """
    found = [Difference(field, before.get(field) or "", after.get(field) or "") for field in LABELS]
    return [
        each
        for each in found
        if each.before != each.after and (not each.is_list or each.added or each.removed)
    ]


def record(activities, event, *, by):
    """Keep what each activity says now, as stored, as its present version.

    Takes the same number of queries for one and for many.
    """
    rows = Activity.objects.with_content().in_bulk([activity.pk for activity in activities])
    ActivityVersion.objects.bulk_create(
        ActivityVersion(
            activity=row,
            number=row.version,
            event=event,
            review_status=row.review_status,
            content=snapshot(row),
            made_by=by,
        )
        for row in rows.values()
    )


def begin(activities):
    """Keep how activities stand before their first recorded change, where nothing is kept yet."""
    kept = ActivityVersion.objects.filter(activity__in=activities).values_list("activity")
    kept = {pk for (pk,) in kept}
    new = [activity for activity in activities if activity.pk not in kept]
    if new:
        record(new, ActivityVersion.Event.BEFORE, by=None)


def latest(activity):
    """What the activity said at its newest recorded version."""
    return activity.versions.last().content


def changes_since_accepted(activity):
    """What was changed in an entry since it was last accepted; nothing if it never was."""
    accepted = activity.versions.filter(review_status=Activity.ReviewStatus.ACCEPTED).last()
    return differences(accepted.content, latest(activity)) if accepted else []


def changes_since(activity, number):
    """What others changed in an entry since its version `number`.

    Everything differs if nothing is kept of that version.
    """
    then = activity.versions.filter(number=number).first()
    now = Activity.objects.with_content().get(pk=activity.pk)
    return differences(then.content if then else {}, snapshot(now))


def timeline(versions):
    """Pairs of a version and what it changed from the one before it. Takes one query."""
    return [
        (version, differences(version.before, version.content) if version.before else [])
        for version in versions.with_before().select_related("made_by")
    ]
