"""What someone has typed into the form of an entry and not yet saved."""

import uuid

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from .activity import Activity


class Draft(models.Model):
    """The form of an entry as its author left it, right or wrong; nobody else sees it.

    `content` holds for each name in the form the list of values that stood under it. `number`
    counts the savings, so that two windows of one person notice each other. Without an activity it
    is of a new one.
    """

    key = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="drafts")
    activity = models.ForeignKey(
        Activity, models.CASCADE, null=True, blank=True, related_name="drafts"
    )
    content = models.JSONField(default=dict)
    number = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-saved_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["author", "activity"],
                condition=models.Q(activity__isnull=False),
                name="one_draft_of_a_person_for_an_activity",
                violation_error_message="You have begun to change this entry already.",
            ),
        ]

    def __str__(self):
        title = "".join(self.content.get("title", [])).strip()
        return title or (self.activity.title if self.activity else "An activity without a name yet")

    def get_absolute_url(self):
        """The form, filled in as it was left."""
        if self.activity_id:
            return reverse("stocktake:activity-update", args=[self.activity_id])
        return f"{reverse('stocktake:activity-create')}?draft={self.key}"
