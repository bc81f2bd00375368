"""Saving an entry and its links."""

from django.db import transaction


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
