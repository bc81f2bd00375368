"""Filling a gap with what other places do well."""

from django.db import transaction

from recommendations.models import Place

from ..models import Activity, ActivityVersion
from .activities import save_activity


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
