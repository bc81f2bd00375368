"""A place's entries on their way back from a workbook: previewed first, then taken over."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from .round import Round


class Upload(models.Model):
    """One reading of a workbook of entries; nothing counts until its uploader commits it.

    `rows` holds the headings and then each row, as read and as judged at the last check, in the
    shape of `stocktake.offline.line.Line`.
    """

    round = models.ForeignKey(Round, models.PROTECT, related_name="uploads")
    file_name = models.CharField(max_length=255)
    rows = models.JSONField(default=list)
    uploaded_at = models.DateTimeField(default=timezone.now)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="uploads"
    )
    committed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-uploaded_at"]

    def __str__(self):
        return self.file_name

    def get_absolute_url(self):
        return reverse("stocktake:upload-detail", args=[self.pk])

    @property
    def is_committed(self):
        return self.committed_at is not None
