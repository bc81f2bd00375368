"""What a place says at the beginning of a round: what goes on, and where it has nothing to say."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from recommendations.models import Place

from .. import history
from ..models import (
    Activity,
    ActivityVersion,
    IndicatorLink,
    LocalMeasure,
    NilReturn,
    RecommendationLink,
)
from .activities import void_nil_returns

CARRIED_FIELDS = (
    "theme",
    "title",
    "lead_organisation",
    "contact",
    "starts_on",
    "ends_on",
    "is_good_practice",
)


@transaction.atomic
def continue_activities(*, round, answers, by):
    """Submit what became of several activities, all of them or none, as entries in `round`.

    Each of `answers` holds `previous`, `delivery_status`, `description`, and the `recommendations`
    and `indicators` that still hold; the links to others become questions. Raises ValidationError
    if someone has answered for one of them already. All that they change is held first, in one
    order: two places share entries, and would wait for each other.
    """
    keys = [answer["previous"].pk for answer in answers]
    list(Activity.objects.filter(pk__in=keys).order_by("pk").select_for_update(no_key=True))
    shared = Activity.places.through.objects.filter(activity__in=keys).values("place")
    list(Place.objects.filter(pk__in=shared).order_by("pk").select_for_update(no_key=True))
    return [_continue(round=round, by=by, **answer) for answer in answers]


def _continue(*, previous, round, delivery_status, description, recommendations, indicators, by):
    """Make one of them, with the measures and their latest values."""
    previous = Activity.objects.select_for_update(no_key=True).get(pk=previous.pk)
    if previous.continued_by.filter(round=round).exists():
        raise ValidationError(f"Someone has answered for “{previous}” already.")
    activity = Activity(
        round=round,
        continues=previous,
        description=description,
        delivery_status=delivery_status,
        created_by=by,
        **{name: getattr(previous, name) for name in CARRIED_FIELDS},
    )
    activity.submit(by=by)
    activity.save()
    activity.places.set(previous.places.all())
    void_nil_returns(activity, activity.places.all())
    measures = _carry_measures(previous, activity)
    _carry_links(previous, activity, recommendations, measures, by)
    _carry_indicators(previous, activity, indicators, by)
    history.record([activity], ActivityVersion.Event.CONTINUED, by=by)
    return activity


def _carry_measures(previous, activity):
    """Copy the local measures; returns the copies by their names."""
    copies = [
        LocalMeasure(
            activity=activity,
            name=row.name,
            unit=row.unit,
            baseline=row.baseline,
            target=row.target,
            latest_value=row.latest_value,
            latest_on=row.latest_on,
        )
        for row in previous.local_measures.all()
    ]
    return {row.name: row for row in LocalMeasure.objects.bulk_create(copies)}


def _carry_links(previous, activity, confirmed, measures, by):
    links = previous.recommendation_links.confirmed().select_related("local_measure")
    RecommendationLink.objects.bulk_create(
        RecommendationLink(
            activity=activity,
            recommendation_id=link.recommendation_id,
            reason=link.reason,
            indicator_id=link.indicator_id,
            local_measure=measures.get(link.local_measure and link.local_measure.name),
            **_carried(link.recommendation_id in {row.pk for row in confirmed}, by),
        )
        for link in links
    )


def _carry_indicators(previous, activity, confirmed, by):
    IndicatorLink.objects.bulk_create(
        IndicatorLink(
            activity=activity,
            indicator_id=link.indicator_id,
            reason=link.reason,
            **_carried(link.indicator_id in {row.pk for row in confirmed}, by),
        )
        for link in previous.indicator_links.confirmed()
    )


def _carried(confirmed, by):
    """What a link that was carried over says of itself."""
    return {
        "origin": RecommendationLink.Origin.CARRIED,
        "created_by": by,
        "confirmed_at": timezone.now() if confirmed else None,
        "confirmed_by": by if confirmed else None,
    }


@transaction.atomic
def report_nothing(*, round, place, theme, reason, by):
    """Record that a place has nothing to report under a theme, in place of an earlier reason.

    Raises ValidationError if it has an entry there.
    """
    Place.objects.select_for_update(no_key=True).get(pk=place.pk)
    if Activity.objects.filter(round=round, theme=theme).in_places([place]).exists():
        raise ValidationError(
            f"{place} has an entry under this theme: there is something to report."
        )
    answer, _ = NilReturn.objects.update_or_create(
        round=round,
        place=place,
        theme=theme,
        defaults={"reason": reason, "reported_at": timezone.now(), "reported_by": by},
    )
    return answer
