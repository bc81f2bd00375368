"""An activity's ties to recommendations and to beacon indicators."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone

from recommendations.models import BeaconIndicator, Recommendation

from .activity import Activity, LocalMeasure


class LinkQuerySet(models.QuerySet):
    """Links, chosen by whether a person stands behind them."""

    def confirmed(self):
        """Those that count: a person made or confirmed them."""
        return self.filter(confirmed_at__isnull=False)


class Link(models.Model):
    """Who tied an activity to something, when, why and how, and who confirmed it."""

    class Origin(models.TextChoices):
        TYPED = "typed", "Chosen in the form"
        IMPORTED = "imported", "Stated in an imported workbook"
        SUGGESTED = "suggested", "Suggested from the words"
        CARRIED = "carried", "Carried over from the last round"

    origin = models.CharField(max_length=20, choices=Origin, default=Origin.TYPED)
    reason = models.TextField(blank=True, help_text="Why this activity serves it.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, editable=False)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )

    objects = LinkQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_at=None, confirmed_by=None)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
                name="%(class)s_confirmed_when_and_by",
                violation_error_message="A confirmed link has a time and someone who confirmed it.",
            ),
            models.CheckConstraint(
                condition=~Q(origin="typed") | Q(confirmed_at__isnull=False),
                name="%(class)s_typed_is_confirmed",
                violation_error_message="A link that someone typed is confirmed by them.",
            ),
        ]

    @property
    def is_confirmed(self):
        """Whether it counts."""
        return self.confirmed_at is not None

    def confirm(self, *, by):
        """Let it count from now on, in the name of the person who stands behind it."""
        self.confirmed_at, self.confirmed_by = timezone.now(), by


class RecommendationLink(Link):
    """An activity serves a recommendation; perhaps with the measure that shows it."""

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="recommendation_links")
    recommendation = models.ForeignKey(Recommendation, models.PROTECT, related_name="links")
    indicator = models.ForeignKey(
        BeaconIndicator,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="The beacon indicator that should move through this link in particular.",
    )
    local_measure = models.ForeignKey(
        LocalMeasure,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="The activity's own measure that should move through this link in particular.",
    )

    class Meta(Link.Meta):
        ordering = ["recommendation__code"]
        constraints = [
            *Link.Meta.constraints,
            models.UniqueConstraint(
                fields=["activity", "recommendation"],
                name="recommendation_linked_once",
                violation_error_message="This activity is linked to this recommendation already.",
            ),
        ]

    def __str__(self):
        return f"{self.activity} – {self.recommendation.code}"

    def clean(self):
        """A link can only name a measure of its own activity."""
        if self.local_measure and self.local_measure.activity_id != self.activity_id:
            raise ValidationError({"local_measure": "Choose a measure of this activity."})


class IndicatorLink(Link):
    """An activity should move a beacon indicator."""

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="indicator_links")
    indicator = models.ForeignKey(BeaconIndicator, models.PROTECT, related_name="links")

    class Meta(Link.Meta):
        ordering = ["indicator__number"]
        constraints = [
            *Link.Meta.constraints,
            models.UniqueConstraint(
                fields=["activity", "indicator"],
                name="indicator_linked_once",
                violation_error_message="This activity is linked to this indicator already.",
            ),
        ]

    def __str__(self):
        return f"{self.activity} – {self.indicator.number}"
