"""What an activity said at each version, and what changed from one to another.

A version is one snapshot of the entry with its places, links, measures and evidence, in the words
of the page. Differences are computed from two snapshots, whatever made them.
"""

import difflib
import re
from dataclasses import dataclass

from django.utils import formats

from .models import Activity, ActivityVersion, Comment

# Longer texts are compared line by line: word by word would take seconds.
MOST_WORDS = 3000
# In the order of the form. A value is a text, or a list of texts.
LABELS = dict(Comment.Field.choices) | {"is_good_practice": "Others may learn from it"}


@dataclass(frozen=True)
class Piece:
    """A part of a text: `kept`, `added` or `removed`."""

    kind: str
    text: str


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
        return [text for text in self.after or [] if text not in (self.before or [])]

    @property
    def removed(self):
        """What a list has lost."""
        return [text for text in self.before or [] if text not in (self.after or [])]

    @property
    def pieces(self):
        """A text's pieces, word by word, in reading order."""
        old, new = _words(self.before), _words(self.after)
        pieces = []
        for kind, a, b, c, d in difflib.SequenceMatcher(None, old, new).get_opcodes():
            if kind == "equal":
                pieces.append(Piece("kept", "".join(new[c:d])))
                continue
            if b > a:
                pieces.append(Piece("removed", "".join(old[a:b])))
            if d > c:
                pieces.append(Piece("added", "".join(new[c:d])))
        return pieces


def _words(text):
    parts = re.findall(r"\s+|\S+", text or "")
    return parts if len(parts) <= MOST_WORDS else (text or "").splitlines(keepends=True)


def snapshot(activity):
    """What an activity says: a dict of texts and lists of texts, by the names in LABELS.

    Takes no query for an activity of `Activity.objects.with_content()`.
    """
    return {
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
        "local_measures": [_measure(measure) for measure in activity.local_measures.all()],
        "evidence": [_evidence(row) for row in activity.evidence.all()],
        "is_good_practice": "Yes" if activity.is_good_practice else "No",
    }


def _date(day):
    return formats.date_format(day, "j F Y") if day else ""


def _link(link):
    shown_by = [str(each) for each in (link.indicator, link.local_measure) if each]
    parts = [
        f"{link.recommendation.code} {link.recommendation.text}",
        link.reason,
        f"shown by {' and '.join(shown_by)}" if shown_by else "",
    ]
    return "; ".join(filter(None, parts))


def _measure(measure):
    parts = [
        measure.name,
        measure.unit and f"in {measure.unit}",
        measure.baseline is not None and f"baseline {measure.baseline.normalize():f}",
        measure.target is not None and f"target {measure.target.normalize():f}",
        measure.latest_value is not None
        and f"{measure.latest_value.normalize():f} on {_date(measure.latest_on)}",
    ]
    return ", ".join(filter(None, parts))


def _evidence(row):
    return f"{row.title}: {row.url or row.file_name}"


def differences(before, after):
    """What differs between two snapshots, a Difference for each field, in the form's order."""
    return [
        Difference(field, before.get(field, ""), after.get(field, ""))
        for field in LABELS
        if (before.get(field) or "") != (after.get(field) or "")
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


def timeline(activity):
    """Pairs of a version and what it changed from the one before it, the newest first."""
    versions = list(activity.versions.select_related("made_by"))
    pairs = [
        (version, differences(before.content, version.content) if before else [])
        for before, version in zip([None, *versions], versions, strict=False)
    ]
    return pairs[::-1]
