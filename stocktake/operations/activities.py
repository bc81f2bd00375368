"""Saving an entry and its links, each change as a version of it."""

from django.db import transaction
from django.utils import timezone

from atf.models import User

from .. import drafts, history
from ..models import Activity, ActivityVersion, Draft, Evidence

Event = ActivityVersion.Event


class Conflict(Exception):
    """Someone else changed an entry since it was read; `current` is how it stands now."""

    def __init__(self, current):
        super().__init__(f"{current} was changed meanwhile: version {current.version}.")
        self.current = current


def hold(pk, *, version=None):
    """An activity as it stands, which nobody else can change until the transaction ends.

    Raises Conflict if its version is not the one that was read; None stands for any.
    """
    current = Activity.objects.select_for_update().get(pk=pk)
    if version not in (None, current.version):
        raise Conflict(current)
    history.begin([current])
    return current


@transaction.atomic
def save_activity(
    *,
    activity,
    places,
    recommendations,
    indicators,
    local_measures=None,
    evidence=None,
    submit,
    event=None,
    by,
):
    """Save an entry with its places, links, measures and links to evidence.

    `activity.version` is the version that was read: raises Conflict if it is another one now.
    `local_measures` and `evidence` are bound, valid formsets, or None to leave them. With `submit`
    a draft or a returned entry is handed in. An accepted entry that its lead has changed counts as
    submitted again; an administrator's change leaves it accepted. Without any change, nothing
    happens. Takes a constant number of queries, however many links there are.
    """
    is_new = activity.pk is None
    if is_new:
        activity.created_by = by
        activity.save()
    else:
        hold(activity.pk, version=activity.version)
        before = _content(activity)
        activity.save()
    activity.places.set(places)
    _set_links(activity.recommendation_links, "recommendation", recommendations, by)
    _set_links(activity.indicator_links, "indicator", indicators, by)
    for form in evidence.extra_forms if evidence else ():
        form.instance.added_by = by
    for formset in (local_measures, evidence):
        if formset is not None:
            formset.instance = activity
            formset.save()
    submitted = submit and not activity.is_accepted and not activity.is_submitted
    if submitted:
        activity.submit(by=by)
    if is_new:
        activity.save()
        history.record([activity], event or (Event.SUBMITTED if submitted else Event.ADDED), by=by)
    elif submitted or _content(activity) != before:
        note_change(activity, Event.SUBMITTED if submitted else Event.CHANGED, by=by)
    return activity


def _content(activity):
    """What an entry says in the database now."""
    return history.snapshot(Activity.objects.with_content().get(pk=activity.pk))


def _set_links(links, field, targets, by):
    """Make the confirmed links of an activity those to `targets`; suggestions stay questions."""
    links.confirmed().exclude(**{f"{field}__in": targets}).delete()
    existing = {getattr(link, f"{field}_id"): link for link in links.all()}
    now = timezone.now()
    wanted = [existing.get(target.pk) for target in targets]
    open_ones = [link.pk for link in wanted if link and not link.is_confirmed]
    if open_ones:
        links.filter(pk__in=open_ones).update(confirmed_at=now, confirmed_by=by)
    links.model.objects.bulk_create(
        links.model(
            activity=links.instance,
            created_by=by,
            confirmed_at=now,
            confirmed_by=by,
            **{field: target},
        )
        for target in targets
        if target.pk not in existing
    )


def note_change(activity, event, *, by):
    """Count a change of an entry that is held, and keep it as a version.

    An accepted entry is to be reviewed again once its lead has changed it.
    """
    if event == Event.CHANGED and activity.is_accepted and not by.is_administrator:
        activity.submit(by=by)
    activity.version += 1
    activity.save()
    history.record([activity], event, by=by)


@transaction.atomic
def submit_activity(*, activity, by):
    """Hand in a draft, or a returned entry once more; raises Conflict as `save_activity` does."""
    current = hold(activity.pk, version=activity.version)
    if current.is_draft or current.is_returned:
        current.submit(by=by)
        note_change(current, Event.SUBMITTED, by=by)
    return current


@transaction.atomic
def confirm_link(*, link, version=None, by):
    """Save what someone says of a link, and let it count; the first to confirm it stays named.

    `version` is that of the entry that was read: raises Conflict if it was changed since.
    Confirming a suggestion answers a question and leaves the entry accepted.
    """
    activity = hold(link.activity_id, version=version)
    before = _content(activity)
    was_confirmed = link.is_confirmed
    if not was_confirmed:
        link.confirm(by=by)
    link.save()
    if _content(activity) != before:
        note_change(activity, Event.CHANGED if was_confirmed else Event.LINKED, by=by)
    return link


@transaction.atomic
def remove_link(*, link, by):
    """Take away a link, or a suggestion that does not fit."""
    activity = hold(link.activity_id)
    was_confirmed = link.is_confirmed
    link.delete()
    if was_confirmed:
        note_change(activity, Event.CHANGED, by=by)


@transaction.atomic
def add_evidence(*, activity, title, url="", file="", by):
    """Add a link or an uploaded file to what shows that an activity happens."""
    current = hold(activity.pk)
    evidence = Evidence(activity=current, title=title, url=url, added_by=by)
    if file:
        evidence.file = file
    evidence.full_clean()
    evidence.save()
    note_change(current, Event.CHANGED, by=by)
    return evidence


@transaction.atomic
def remove_evidence(*, evidence, by):
    """Take a link or a file away; the file is deleted once that is certain."""
    current = hold(evidence.activity_id)
    file = evidence.file
    evidence.delete()
    if file:
        transaction.on_commit(lambda: file.storage.delete(file.name))
    note_change(current, Event.CHANGED, by=by)


@transaction.atomic
def keep_draft(*, ticket, content):
    """Keep what someone has typed so far; returns the draft, or None if it may not be kept.

    That is so where another window of theirs has saved the draft, or the entry, since this one was
    opened: a window is known by `draft_window` in the content, and the saving that it began with by
    `draft_number`.
    """
    author = User.objects.select_for_update().filter(pk=ticket.author, is_active=True)
    activity = Activity.objects.filter(pk=ticket.activity)
    if not author or (ticket.activity and not activity):
        return None
    draft = drafts.draft_of(ticket)
    window, number = ("".join(content.get(name, [])) for name in ("draft_window", "draft_number"))
    if draft is None and number:
        return None
    if draft is None:
        return Draft.objects.create(
            key=ticket.key, author_id=ticket.author, activity_id=ticket.activity, content=content
        )
    if [window] != draft.content.get("draft_window") and number != str(draft.number):
        return None
    draft.content, draft.saved_at = content, timezone.now()
    draft.number += 1
    draft.save()
    return draft
