"""The conversation about an entry between its leads and the programme team."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from .activity import Activity


class CommentQuerySet(models.QuerySet):
    """Comments, chosen by whether they still ask for something."""

    def open_on(self, activity):
        """What was said of a returned entry since it was returned; nothing of any other."""
        if not activity.is_returned:
            return self.none()
        return self.filter(activity=activity, made_at__gte=activity.reviewed_at).select_related(
            "made_by"
        )


class Comment(models.Model):
    """What someone said about an entry, or about one of its fields."""

    class Field(models.TextChoices):
        TITLE = "title", "Name of the activity"
        DESCRIPTION = "description", "What it does, and for whom"
        PLACES = "places", "Where it happens"
        THEME = "theme", "Theme"
        LEAD_ORGANISATION = "lead_organisation", "Lead organisation"
        CONTACT = "contact", "Contact"
        STARTS_ON = "starts_on", "Start date"
        ENDS_ON = "ends_on", "End date"
        DELIVERY_STATUS = "delivery_status", "Delivery status"
        RECOMMENDATIONS = "recommendations", "Recommendations"
        INDICATORS = "indicators", "Beacon indicators"
        LOCAL_MEASURES = "local_measures", "Local measures"
        EVIDENCE = "evidence", "Evidence"

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="comments")
    field = models.CharField("about", max_length=30, choices=Field, blank=True)
    text = models.TextField("comment")
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, editable=False, related_name="+"
    )

    objects = CommentQuerySet.as_manager()

    class Meta:
        ordering = ["made_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(text=""),
                name="comment_says_something",
                violation_error_message="Enter the comment.",
            ),
            # Empty for a comment on the whole entry.
            models.CheckConstraint(
                condition=Q(
                    field__in=[
                        "",
                        "title",
                        "description",
                        "places",
                        "theme",
                        "lead_organisation",
                        "contact",
                        "starts_on",
                        "ends_on",
                        "delivery_status",
                        "recommendations",
                        "indicators",
                        "local_measures",
                        "evidence",
                    ]
                ),
                name="comment_field_is_known",
                violation_error_message="Choose the field that the comment is about.",
            ),
        ]

    def __str__(self):
        return self.text
