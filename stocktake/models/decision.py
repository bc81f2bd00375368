"""A place's answer on a recommendation."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from recommendations.models import Place, Recommendation


class DecisionQuerySet(models.QuerySet):
    """Decisions, chosen by whose they are and by what they mean for the thread."""

    def of(self, place):
        """A place's answers on what it answers for today; others don't count any more."""
        answered = Recommendation.objects.answered_by(place)
        return self.filter(place=place, recommendation__in=answered)

    def declined(self):
        """Those by which a place sets a recommendation aside."""
        return self.filter(answer__in=Decision.DECLINING)

    def priorities(self):
        """Those by which a place calls a recommendation one of its most relevant."""
        return self.filter(answer=Decision.Answer.PRIORITY)


class Decision(models.Model):
    """A place's answer on a recommendation; setting it aside needs a reason and a review date."""

    class Answer(models.TextChoices):
        PRIORITY = "priority", "Priority"
        DOING = "doing", "Doing"
        NOT_NOW = "not-now", "Not now"
        NOT_RELEVANT = "not-relevant", "Not relevant"

    DECLINING = (Answer.NOT_NOW, Answer.NOT_RELEVANT)

    place = models.ForeignKey(Place, models.PROTECT, related_name="decisions")
    recommendation = models.ForeignKey(Recommendation, models.PROTECT, related_name="decisions")
    answer = models.CharField(max_length=20, choices=Answer)
    reason = models.TextField(blank=True)
    review_on = models.DateField("review date", null=True, blank=True)
    decided_at = models.DateTimeField(default=timezone.now, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, editable=False, related_name="+"
    )

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["recommendation__code", "place__name"]
        constraints = [
            models.UniqueConstraint(
                fields=["place", "recommendation"],
                name="one_decision_of_a_place_on_a_recommendation",
                violation_error_message="This place has an answer on this recommendation already.",
            ),
            models.CheckConstraint(
                condition=Q(answer__in=["priority", "doing", "not-now", "not-relevant"]),
                name="decision_answer_is_known",
                violation_error_message="Choose one of the four answers.",
            ),
            models.CheckConstraint(
                condition=Q(answer__in=["priority", "doing"])
                | ~Q(reason="") & Q(review_on__isnull=False),
                name="decision_to_decline_has_reason_and_review",
                violation_error_message="“Not now” and “not relevant” need a reason and a "
                "review date.",
            ),
        ]

    def __str__(self):
        return f"{self.place}, {self.recommendation.code}: {self.get_answer_display()}"

    @property
    def is_overdue(self):
        """Whether the day on which the place wanted to look at it again has passed."""
        return self.review_on is not None and self.review_on < timezone.localdate()

    @property
    def stamp(self):
        """Tells this answer from those before and after it; empty as long as none is given."""
        return self.decided_at.isoformat() if self.pk else ""
