"""Writes that touch several models, or that something else follows from.

Each takes keyword arguments only, `by` being the user in whose name it happens, and runs in one
transaction. Who may call one is for the caller to check.
"""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from recommendations.models import Recommendation

from .coherence import RULE_VERSION, coherence
from .models import (
    Activity,
    CoherenceReport,
    Decision,
    ImportBatch,
    RecommendationLink,
    Round,
)
from .workbook import reader, staging


@transaction.atomic
def save_activity(
    *, activity, places, recommendations, indicators, local_measures=None, submit, by
):
    """Save an entry with its places, links and measures, as a draft or handed in.

    `local_measures` is a bound, valid formset of the entry's measures, or None to leave them.
    An entry that was accepted counts as submitted again once its lead has changed it; an
    administrator's change leaves it accepted.
    """
    if activity.pk is None:
        activity.created_by = by
    if submit and not activity.is_accepted:
        activity.submit(by=by)
    activity.save()
    _reopen(activity, by)
    activity.places.set(places)
    _set_links(activity.recommendation_links, "recommendation", recommendations, by)
    _set_links(activity.indicator_links, "indicator", indicators, by)
    if local_measures is not None:
        local_measures.instance = activity
        local_measures.save()
    return activity


def _set_links(links, field, targets, by):
    """Make the confirmed links of an activity those to `targets`; suggestions stay questions."""
    links.confirmed().exclude(**{f"{field}__in": targets}).delete()
    existing = {getattr(link, f"{field}_id"): link for link in links.all()}
    for target in targets:
        link = existing.get(target.pk) or links.model(
            activity=links.instance, created_by=by, **{field: target}
        )
        if not link.is_confirmed:
            link.confirm(by=by)
            link.save()


@transaction.atomic
def confirm_link(*, link, by):
    """Save what someone says of a link, and let it count; the first to confirm it stays named.

    Confirming a suggestion answers a question and leaves the entry accepted.
    """
    was_confirmed = link.is_confirmed
    if not was_confirmed:
        link.confirm(by=by)
    link.save()
    if was_confirmed:
        _reopen(link.activity, by)
    return link


@transaction.atomic
def remove_link(*, link, by):
    """Take away a link, or a suggestion that does not fit."""
    link.delete()
    if link.is_confirmed:
        _reopen(link.activity, by)


def _reopen(activity, by):
    """An accepted entry is to be reviewed again once its lead has changed it."""
    if activity.is_accepted and not by.is_administrator:
        activity.submit(by=by)
        activity.save()


@transaction.atomic
def accept_activities(*, activities, by):
    """Let submitted entries count in coverage and coherence; returns how many there were."""
    submitted = activities.filter(review_status=Activity.ReviewStatus.SUBMITTED)
    accepted = list(submitted.select_for_update(of=("self",)))
    for activity in accepted:
        activity.accept(by=by)
        activity.save()
    return len(accepted)


@transaction.atomic
def decide(*, place, recommendation, answer, reason="", review_on=None, by):
    """Record a place's answer on a recommendation, in place of an earlier one.

    Raises ValidationError if it declines without a reason and a review date.
    """
    earlier = Decision.objects.select_for_update().filter(
        place=place, recommendation=recommendation
    )
    decision = earlier.first() or Decision(place=place, recommendation=recommendation)
    decision.answer, decision.reason, decision.review_on = answer, reason.strip(), review_on
    decision.decided_at, decision.decided_by = timezone.now(), by
    decision.full_clean()
    decision.save()
    return decision


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


@transaction.atomic
def build_report(*, round, title, comment="", scope, by):
    """Freeze the thread of a round as it stands now; a draft until it is published."""
    content = coherence(round, scope).to_json()
    return CoherenceReport.objects.create(
        round=round,
        title=title,
        comment=comment,
        rule_version=RULE_VERSION,
        content=content,
        built_by=by,
    )


@transaction.atomic
def publish_report(*, report, by):
    """Let the Board read a report; from then on it can't be changed or deleted.

    Raises ValidationError if it was published before.
    """
    report = CoherenceReport.objects.select_for_update().get(pk=report.pk)
    report.published_at, report.published_by = timezone.now(), by
    report.save()
    return report
