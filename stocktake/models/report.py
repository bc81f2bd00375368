"""A coherence report, frozen when it is built."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils import timezone

from .round import Round


class CoherenceReportQuerySet(models.QuerySet):
    """Reports, chosen by who may read them."""

    def published(self):
        """Those that the Board reads."""
        return self.filter(published_at__isnull=False)

    def update(self, **values):
        """Refuse to change published reports, many as well as one."""
        self.refuse_published("changed")
        return super().update(**values)

    def delete(self):
        """Refuse to delete published reports, many as well as one."""
        self.refuse_published("deleted")
        return super().delete()

    def refuse_published(self, what):
        """Raise ValidationError if one of them is published."""
        if published := self.published().first():
            raise ValidationError(f"“{published}” is published: it can’t be {what}.")

    def visible_to(self, user):
        """Administrators see drafts as well."""
        return self if user.is_administrator else self.published()


class CoherenceReport(models.Model):
    """What the thread looked like for a round when someone built the report.

    `content` is a whole `coherence.Coherence` as JSON, names and wording included, so that
    nothing that happens afterwards to entries or framework changes what the report says.
    """

    round = models.ForeignKey(Round, models.PROTECT, related_name="coherence_reports")
    title = models.CharField(max_length=200)
    comment = models.TextField(blank=True)
    rule_version = models.PositiveSmallIntegerField(editable=False)
    content = models.JSONField(editable=False)
    built_at = models.DateTimeField(default=timezone.now, editable=False)
    built_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, editable=False, related_name="+"
    )
    published_at = models.DateTimeField(null=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )

    objects = CoherenceReportQuerySet.as_manager()

    class Meta:
        ordering = ["-built_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(published_at=None, published_by=None)
                | models.Q(published_at__isnull=False, published_by__isnull=False),
                name="report_published_when_and_by",
                violation_error_message="A published report has a time and someone who "
                "published it.",
            ),
        ]

    def __str__(self):
        return self.title

    def save(self, **kwargs):
        """Refuse to change a report that is published in the database, whoever asks."""
        CoherenceReport.objects.filter(pk=self.pk).refuse_published("changed")
        super().save(**kwargs)

    def get_absolute_url(self):
        return reverse("stocktake:report-detail", args=[self.pk])

    @property
    def is_published(self):
        return self.published_at is not None

    def delete(self, **kwargs):
        """Refuse to delete a report that is published, whoever asks."""
        CoherenceReport.objects.filter(pk=self.pk).refuse_published("deleted")
        return super().delete(**kwargs)
