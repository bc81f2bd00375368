"""A place's answer that it has nothing to report under a theme."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from recommendations.models import Place, Theme

from .round import Round


class NilReturn(models.Model):
    """A place has nothing to report under a theme in a round, and says why."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="nil_returns")
    place = models.ForeignKey(Place, models.PROTECT, related_name="nil_returns")
    theme = models.ForeignKey(Theme, models.PROTECT, related_name="nil_returns")
    reason = models.TextField()
    reported_at = models.DateTimeField(default=timezone.now, editable=False)
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, editable=False, related_name="+"
    )

    class Meta:
        ordering = ["round", "place", "theme"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "place", "theme"],
                name="one_nil_return_of_a_place_under_a_theme",
                violation_error_message="This place has said so already.",
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="nil_return_has_reason",
                violation_error_message="Enter why there is nothing to report.",
            ),
        ]

    def __str__(self):
        return f"{self.place}, {self.theme.code}: nothing to report"
