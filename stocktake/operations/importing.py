"""A workbook on its way into the stocktake."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from recommendations.models import Recommendation

from .. import history
from ..models import Activity, ActivityVersion, ImportBatch, RecommendationLink, Round
from ..workbook import reader, staging


def stage_workbook(*, data, file_name, round, by=None):
    """Read a workbook (bytes) and stage what is new in it for `round`.

    Raises WorkbookError, with nothing written, if the file can't be read as a stocktake.
    """
    reading = reader.read(data, staging.framework())
    return stage_reading(reading=reading, file_name=file_name, round=round, by=by)


@transaction.atomic
def stage_reading(*, reading, file_name, round, by=None):
    """Stage what is new in a workbook that was read; `round` is saved if it is new."""
    if round.pk is None:
        round.save()
    return staging.stage(reading, round=round, file_name=file_name, by=by)


@transaction.atomic
def commit_import(*, batch, by=None):
    """Make accepted activities of everything a batch proposes; returns how many.

    Suggested recommendations become unconfirmed links. Raises ValidationError if the batch, or
    another one into the same round since it was staged, was committed already.
    """
    # One import into a round at a time: two previews of one file must not both count.
    Round.objects.select_for_update().get(pk=batch.round_id)
    batch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if batch.is_committed:
        raise ValidationError("This import was committed before: nothing was added again.")
    if batch.is_overtaken:
        raise ValidationError(
            "Another import into this round was committed since this preview. Discard it and "
            "upload the workbook again to see what is new."
        )
    now = timezone.now()
    staged = list(batch.staged_activities.all())
    activities = Activity.objects.bulk_create(
        Activity(
            round_id=batch.round_id,
            theme_id=row.theme_id,
            title=row.title,
            description=row.text,
            source=Activity.Source.WORKBOOK,
            review_status=Activity.ReviewStatus.ACCEPTED,
            created_by=by,
            submitted_at=now,
            submitted_by=by,
            reviewed_at=now,
            reviewed_by=by,
        )
        for row in staged
    )
    for row, activity in zip(staged, activities, strict=True):
        row.activity = activity
    batch.staged_activities.model.objects.bulk_update(staged, ["activity"], batch_size=500)
    _copy_places(batch)
    _suggest_links(staged)
    history.record(activities, ActivityVersion.Event.IMPORTED, by=by)
    batch.committed_at, batch.committed_by = now, by
    batch.save()
    return len(activities)


@transaction.atomic
def import_reading(*, reading, file_name, round, by=None):
    """Stage and commit what is new in a workbook, all or nothing; returns the batch."""
    batch = stage_reading(reading=reading, file_name=file_name, round=round, by=by)
    commit_import(batch=batch, by=by)
    return batch


def _copy_places(batch):
    """Give each activity the places of the staged row that it came from."""
    staged_places = batch.staged_activities.model.places.through.objects.filter(
        stagedactivity__batch=batch
    )
    through = Activity.places.through
    through.objects.bulk_create(
        through(activity_id=activity, place_id=place)
        for activity, place in staged_places.values_list("stagedactivity__activity_id", "place_id")
    )


def _suggest_links(staged):
    codes = dict(Recommendation.objects.values_list("code", "pk"))
    RecommendationLink.objects.bulk_create(
        RecommendationLink(
            activity=row.activity,
            recommendation_id=codes[code],
            origin=RecommendationLink.Origin.SUGGESTED,
            reason="The entry uses the words of the recommendation.",
        )
        for row in staged
        for code in row.suggestions
        if code in codes
    )
