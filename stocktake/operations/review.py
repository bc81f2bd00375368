"""What the programme team says to an entry, and the conversation about it."""

from django.db import transaction

from .. import history
from ..models import Activity, ActivityVersion, Comment
from .activities import hold, note_change


@transaction.atomic
def accept_activities(*, activities, by, versions=None):
    """Let submitted entries count in coverage and coherence; returns how many there were.

    `versions` holds, by primary key, the version of each that was read: one that was changed since
    is left for another look.
    """
    submitted = activities.filter(review_status=Activity.ReviewStatus.SUBMITTED)
    found = submitted.select_for_update(of=("self",))
    accepted = [row for row in found if versions is None or versions.get(row.pk) == row.version]
    history.begin(accepted)
    for activity in accepted:
        activity.accept(by=by)
        activity.version += 1
        activity.save()
    history.record(accepted, ActivityVersion.Event.ACCEPTED, by=by)
    return len(accepted)


@transaction.atomic
def return_activity(*, activity, comments, by):
    """Send an entry back to its leads with what to mend; nothing happens to one not submitted.

    `comments` maps a field of Comment.Field, or "" for the whole entry, to what is said about it.
    Raises Conflict if the entry was changed since `activity` was read.
    """
    current = hold(activity.pk, version=activity.version)
    if not (current.is_submitted or current.is_accepted):
        return current
    current.send_back(by=by)
    note_change(current, ActivityVersion.Event.RETURNED, by=by)
    for field, text in comments.items():
        add_comment(activity=current, field=field, text=text, by=by)
    return current


def add_comment(*, activity, text, field="", by):
    """Say something about an entry, or about one of its fields."""
    return Comment.objects.create(activity=activity, field=field, text=text, made_by=by)
