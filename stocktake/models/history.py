"""What an activity said after each change, and who made it."""

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone

from .activity import Activity


class ActivityVersionQuerySet(models.QuerySet):
    """Versions, with what they are compared with."""

    def with_before(self):
        """Each with `before`, the content of the version before it; None for the first."""
        earlier = self.model.objects.filter(
            activity=OuterRef("activity"), number__lt=OuterRef("number")
        )
        newest = earlier.order_by("-number").values("content")[:1]
        return self.annotate(before=Subquery(newest))


class ActivityVersion(models.Model):
    """An activity with its links and measures as they stood after a change.

    `content` is what `stocktake.history.snapshot` returns; `number` is the activity's `version`.
    """

    class Event(models.TextChoices):
        BEFORE = "before", "As it stood before its history was kept"
        ADDED = "added", "Added"
        IMPORTED = "imported", "Imported from a workbook"
        CONTINUED = "continued", "Carried on from the last round"
        ADAPTED = "adapted", "Adapted from another activity"
        CHANGED = "changed", "Changed"
        LINKED = "linked", "A suggested link confirmed"
        SUBMITTED = "submitted", "Submitted"
        RETURNED = "returned", "Returned"
        ACCEPTED = "accepted", "Accepted"

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    event = models.CharField(max_length=20, choices=Event)
    review_status = models.CharField(max_length=20, choices=Activity.ReviewStatus)
    content = models.JSONField()
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    objects = ActivityVersionQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "number"],
                name="version_of_an_activity_once",
                violation_error_message="This version was recorded already.",
            ),
            models.CheckConstraint(
                condition=Q(
                    event__in=[
                        "before",
                        "added",
                        "imported",
                        "continued",
                        "adapted",
                        "changed",
                        "linked",
                        "submitted",
                        "returned",
                        "accepted",
                    ]
                ),
                name="version_event_is_known",
                violation_error_message="Choose what happened to the activity.",
            ),
            models.CheckConstraint(
                condition=Q(review_status__in=Activity.ReviewStatus.values),
                name="version_review_status_is_known",
                violation_error_message="Choose the review status of the activity.",
            ),
        ]

    def __str__(self):
        return f"{self.activity}, version {self.number}"
