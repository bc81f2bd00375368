"""Filling a gap with what other places do well."""

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q

from recommendations.models import Place

from ..models import Activity, ActivityVersion, RecommendationLink
from .activities import save_activity

MOST_IDEAS = 10


def ideas_for(*, recommendation, places):
    """What others do about a recommendation and call good practice, newest round first.

    An idea is accepted, in any round, and not shared by all of `places`. Of an activity that was
    carried on, only the newest accepted entry counts.
    """
    links = RecommendationLink.objects.confirmed().filter(recommendation=recommendation)
    carried_on = Activity.objects.accepted().filter(continues=OuterRef("pk"))
    ideas = Activity.objects.accepted().filter(
        Exists(links.filter(activity=OuterRef("pk"))), ~Exists(carried_on), is_good_practice=True
    )
    shared = Count("places", filter=Q(places__in=places))
    ideas = ideas.annotate(shared=shared).filter(shared__lt=len(places))
    ideas = ideas.order_by("-round__opens_on", "-reviewed_at", "pk")
    return ideas.select_related("round").prefetch_related("places")[:MOST_IDEAS]


@transaction.atomic
def adapt_activity(*, source, place, recommendation, round, by):
    """Start a place's draft in a round from what another place does, crediting it.

    The draft serves the recommendation, and says what it does in the source's words; people, dates
    and measures are the place's own to fill in. Returns the entry and whether it is new: a place
    adapts an activity once in a round.
    """
    # A second press waits here for the first, and finds what it made.
    Place.objects.select_for_update(no_key=True).get(pk=place.pk)
    made = Activity.objects.filter(adapted_from=source, round=round).in_places([place]).first()
    if made:
        return made, False
    draft = Activity(
        round=round,
        theme=source.theme,
        title=source.title,
        description=source.description,
        delivery_status=Activity.DeliveryStatus.PLANNED,
        adapted_from=source,
    )
    save_activity(
        activity=draft,
        places=[place],
        recommendations=[recommendation],
        indicators=[],
        submit=False,
        event=ActivityVersion.Event.ADAPTED,
        by=by,
    )
    return draft, True
