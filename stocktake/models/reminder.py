"""What people were reminded of, so that nobody hears the same twice."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class Reminder(models.Model):
    """One item of someone's digest; `key` names what it is about, for example a round.

    It is written before the e-mail goes; `sent_at` is set once the e-mail server took it.
    """

    class Kind(models.TextChoices):
        ROUND_OPENED = "round-opened", "Round opened"
        CLOSING_SOON = "closing-soon", "Closing soon"
        RETURNED = "returned", "Returned"
        DRAFTS_LEFT = "drafts-left", "Drafts left"

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="reminders"
    )
    kind = models.CharField(max_length=20, choices=Kind)
    key = models.CharField(max_length=100)
    text = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ["-created_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "kind", "key"],
                name="nobody_is_reminded_twice",
                violation_error_message="This person was reminded of it already.",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["round-opened", "closing-soon", "returned", "drafts-left"]),
                name="reminder_kind_is_known",
                violation_error_message="Choose what the reminder is about.",
            ),
        ]

    def __str__(self):
        return self.text
