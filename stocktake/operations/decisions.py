"""What a place answers on recommendations."""

from django.db import transaction
from django.utils import timezone

from recommendations.models import Place

from ..models import Decision, Round


class TooManyPriorities(Exception):
    """A place would have more priorities than it may; says how many it can still choose."""

    def __init__(self, *, place, limit, chosen, wanted):
        left = max(limit - chosen, 0)
        super().__init__(
            f"{place} can choose {left} more: it has {chosen} of at most {limit} priorities and "
            f"this would add {wanted}. Tick {wanted - left} fewer, or choose another answer"
            if left
            else f"{place} has {chosen} priorities already, and at most {limit} can be chosen. "
            "First change the answer on one of them, or choose another answer here"
        )


class AnswersChanged(Exception):
    """Others answered since the answers were read.

    `current` holds each of these as it stands by the recommendation's code; None where the answer
    was taken away.
    """

    def __init__(self, current):
        super().__init__(f"Changed meanwhile: {', '.join(current)}.")
        self.current = current


@transaction.atomic
def decide(*, place, recommendation, answer, reason="", review_on=None, seen=None, by):
    """Record a place's answer on a recommendation, in place of an earlier one.

    `seen` is the stamp of the answer that was read, None stands for any. Raises what
    `decide_many` raises.
    """
    (decision,) = decide_many(
        place=place,
        recommendations=[recommendation],
        answer=answer,
        reason=reason,
        review_on=review_on,
        seen=None if seen is None else {recommendation.code: seen},
        by=by,
    )
    return decision


@transaction.atomic
def decide_many(*, place, recommendations, answer, reason="", review_on=None, seen=None, by):
    """Record one answer of a place on several recommendations; None takes their answers away.

    `seen` holds, by code, the stamp of each answer that was read; without it any may be replaced.
    All are recorded or none: raises AnswersChanged if one is another now, TooManyPriorities if
    the current round does not allow as many, ValidationError if it declines without a reason and
    a review date. Takes a constant number of queries; returns the decisions.
    """
    # Who answers for the same place waits here, so that priorities are counted one after another.
    Place.objects.select_for_update(no_key=True).get(pk=place.pk)
    existing = Decision.objects.filter(place=place, recommendation__in=recommendations)
    if seen is not None:
        _refuse_changed(existing, recommendations, seen)
    if answer is None:
        existing.delete()
        return []
    if answer == Decision.Answer.PRIORITY:
        _refuse_too_many(place, recommendations)
    values = {
        "answer": answer,
        "reason": reason.strip(),
        "review_on": review_on,
        "decided_at": timezone.now(),
        "decided_by": by,
    }
    Decision(**values).full_clean(exclude=["place", "recommendation", "decided_by"])
    return Decision.objects.bulk_create(
        [Decision(place=place, recommendation=row, **values) for row in recommendations],
        update_conflicts=True,
        unique_fields=["place", "recommendation"],
        update_fields=list(values),
    )


def _refuse_changed(existing, recommendations, seen):
    by_recommendation = {
        decision.recommendation_id: decision for decision in existing.select_related("decided_by")
    }
    current = {row.code: by_recommendation.get(row.pk) for row in recommendations}
    changed = {
        code: decision
        for code, decision in current.items()
        if seen.get(code, "") != (decision.stamp if decision else "")
    }
    if changed:
        raise AnswersChanged(changed)


def _refuse_too_many(place, recommendations):
    """Those that are priorities already may stay, even above a limit that was lowered."""
    round = Round.objects.current()
    if round is None or round.max_priorities is None:
        return
    chosen = set(Decision.objects.of(place).priorities().values_list("recommendation", flat=True))
    wanted = len({row.pk for row in recommendations} - chosen)
    if wanted and len(chosen) + wanted > round.max_priorities:
        raise TooManyPriorities(
            place=place, limit=round.max_priorities, chosen=len(chosen), wanted=wanted
        )
