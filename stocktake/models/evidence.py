"""What shows that an activity happens: a link or a file."""

import re
from pathlib import PurePath

from django.conf import settings
from django.core.validators import FileExtensionValidator, URLValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from .activity import Activity

# What offices send each other; nothing that a browser would run.
DOCUMENTS = ["csv", "doc", "docx", "odp", "ods", "odt", "pdf", "ppt", "pptx", "rtf", "txt"]
FILE_TYPES = [*DOCUMENTS, "jpeg", "jpg", "png", "xls", "xlsx"]
MAX_FILE_SIZE = 10 * 1024 * 1024


def evidence_path(evidence, file_name):
    """Where a file is kept: under its activity, by what its name has of letters and figures."""
    path = PurePath(file_name)
    stem = re.sub(r"[^\w-]+", "_", path.stem).strip("_")
    return f"evidence/{evidence.activity_id}/{stem or 'file'}{path.suffix.lower()}"


class Evidence(models.Model):
    """A link or a file that shows what an activity does."""

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="evidence")
    title = models.CharField(max_length=200)
    url = models.URLField(
        "link",
        max_length=1000,
        blank=True,
        validators=[URLValidator(schemes=["http", "https"])],
    )
    file = models.FileField(
        upload_to=evidence_path,
        max_length=300,
        blank=True,
        validators=[FileExtensionValidator(FILE_TYPES)],
    )
    added_at = models.DateTimeField(default=timezone.now, editable=False)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "evidence"
        constraints = [
            models.CheckConstraint(
                condition=Q(url="") & ~Q(file="") | ~Q(url="") & Q(file=""),
                name="evidence_is_link_or_file",
                violation_error_message="Give a link or a file, not both.",
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        """The link itself, or the page that hands out the file to those who may see it."""
        if self.url:
            return self.url
        return reverse("stocktake:evidence-download", args=[self.activity_id, self.pk])

    @property
    def file_name(self):
        """The file's name without where it is kept."""
        return PurePath(self.file.name).name
