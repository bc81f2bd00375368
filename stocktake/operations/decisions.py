"""What a place answers on a recommendation."""

from django.db import transaction
from django.utils import timezone

from ..models import Decision


@transaction.atomic
def decide(*, place, recommendation, answer, reason="", review_on=None, by):
    """Record a place's answer on a recommendation, in place of an earlier one.

    Raises ValidationError if it declines without a reason and a review date.
    """
    earlier = Decision.objects.select_for_update().filter(
        place=place, recommendation=recommendation
    )
    decision = earlier.first() or Decision(place=place, recommendation=recommendation)
    decision.answer, decision.reason, decision.review_on = answer, reason.strip(), review_on
    decision.decided_at, decision.decided_by = timezone.now(), by
    decision.full_clean()
    decision.save()
    return decision
