"""A workbook on its way into the stocktake: staged first, committed by a person."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from recommendations.models import Place, Theme

from .activity import Activity
from .round import Round


class ImportBatchQuerySet(models.QuerySet):
    """Imports, with what they hold."""

    def with_activity_counts(self):
        """Each with the number of activities that it proposes or has added, the newest first."""
        counted = self.annotate(activity_count=models.Count("staged_activities"))
        return counted.order_by("-created_at")


class ImportBatch(models.Model):
    """One reading of a workbook into a round: staged until it is committed.

    `unplaced` and `unmatched` hold what the reader could not place or recognise, in the shape
    that `import_stocktake --json` prints.
    """

    round = models.ForeignKey(Round, models.PROTECT, related_name="import_batches")
    file_name = models.CharField(max_length=255)
    lines_total = models.PositiveIntegerField(
        help_text="Lines with text in the activity columns of the workbook."
    )
    known = models.PositiveIntegerField(
        help_text="Entries of the workbook that an earlier import had recorded."
    )
    unplaced = models.JSONField(default=list)
    unmatched = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    committed_at = models.DateTimeField(null=True)
    committed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        verbose_name_plural = "import batches"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(committed_by=None) | models.Q(committed_at__isnull=False),
                name="import_batch_committed_when_and_by",
                violation_error_message="An import that someone committed has a time of it.",
            ),
        ]

    def __str__(self):
        return f"{self.file_name} into {self.round}"

    def get_absolute_url(self):
        return reverse("stocktake:import-detail", args=[self.pk])

    @property
    def is_committed(self):
        return self.committed_at is not None

    @property
    def is_overtaken(self):
        """Whether another import into its round was committed since it was staged."""
        return (
            ImportBatch.objects.filter(round=self.round_id, committed_at__gte=self.created_at)
            .exclude(pk=self.pk)
            .exists()
        )

    @property
    def lines_unplaced(self):
        """How many lines belong to no place that could be made out."""
        return sum(len(found["lines"]) for found in self.unplaced)

    @property
    def lines_placed(self):
        """How many lines are in an activity, proposed now or recorded before."""
        return self.lines_total - self.lines_unplaced


class StagedActivityQuerySet(models.QuerySet):
    """Proposed activities, chosen by what became of them."""

    def recorded_in(self, round):
        """Those that became an activity of `round`, which still exists."""
        return self.filter(batch__round=round, activity__isnull=False)


class StagedActivity(models.Model):
    """One activity that a workbook proposes, with the cell and lines it came from."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="staged_activities")
    position = models.PositiveIntegerField(help_text="Its order in the workbook.")
    theme = models.ForeignKey(Theme, models.PROTECT, related_name="+")
    places = models.ManyToManyField(Place, related_name="+")
    sheet = models.CharField(max_length=100)
    cell = models.CharField(max_length=10)
    lines = models.JSONField(help_text="Line numbers within the cell, from 1.")
    title = models.CharField(max_length=200)
    text = models.TextField()
    issues = models.JSONField(default=list, help_text="What was uncertain, in sentences.")
    suggestions = models.JSONField(
        default=list, help_text="Codes of the recommendations that the words suggest."
    )
    fingerprint = models.CharField(
        max_length=64, help_text="The same for the same theme, places and words."
    )
    activity = models.OneToOneField(
        Activity, models.SET_NULL, null=True, related_name="staged_activity"
    )

    objects = StagedActivityQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        verbose_name_plural = "staged activities"
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "position"], name="staged_activity_position_unique"
            ),
        ]

    def __str__(self):
        return f"{self.sheet}!{self.cell} {self.title}"
