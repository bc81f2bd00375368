"""What the programme team says to an entry, and the conversation about it."""

from django.db import transaction

from .. import history
from ..models import Activity, ActivityVersion, Comment
from .activities import hold, note_change


@transaction.atomic
def accept_activities(*, versions, by):
    """Let submitted entries count in coverage and coherence; returns those that do from now on.

    `versions` holds, by primary key, the version of each entry that was read: one that was changed
    since, or is not submitted any more, is left for another look. Takes a constant number of
    queries.
    """
    submitted = Activity.objects.filter(
        pk__in=list(versions), review_status=Activity.ReviewStatus.SUBMITTED
    )
    # In one order, so that two who accept the same entries don't wait for each other.
    found = submitted.order_by("pk").select_for_update()
    accepted = [row for row in found if row.version == versions[row.pk]]
    history.begin(accepted)
    for activity in accepted:
        activity.accept(by=by)
        activity.version += 1
        activity.updated_at = activity.reviewed_at
    Activity.objects.bulk_update(
        accepted, ["review_status", "reviewed_at", "reviewed_by", "version", "updated_at"]
    )
    history.record(accepted, ActivityVersion.Event.ACCEPTED, by=by)
    return accepted


@transaction.atomic
def return_activity(*, activity, comments, by):
    """Send an entry that was submitted or accepted back to its leads, with what to mend.

    `comments` maps a field of Comment.Field, or "" for the whole entry, to what is said about it;
    they join the others where the entry was returned already. A draft is nobody's but its leads'.
    Raises Conflict if the entry was changed since `activity` was read.
    """
    current = hold(activity.pk, version=activity.version)
    if current.is_draft:
        return current
    if not current.is_returned:
        current.send_back(by=by)
        note_change(current, ActivityVersion.Event.RETURNED, by=by)
    for field, text in comments.items():
        add_comment(activity=current, field=field, text=text, by=by)
    return current


def add_comment(*, activity, text, field="", by):
    """Say something about an entry, or about one of its fields."""
    return Comment.objects.create(activity=activity, field=field, text=text, made_by=by)
