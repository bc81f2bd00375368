"""What the programme team says to an entry."""

from django.db import transaction

from ..models import Activity


@transaction.atomic
def accept_activities(*, activities, by):
    """Let submitted entries count in coverage and coherence; returns how many there were."""
    submitted = activities.filter(review_status=Activity.ReviewStatus.SUBMITTED)
    accepted = list(submitted.select_for_update(of=("self",)))
    for activity in accepted:
        activity.accept(by=by)
        activity.save()
    return len(accepted)
