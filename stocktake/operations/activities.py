"""Saving an entry and its links, each change as a version of it."""

from django.db import transaction
from django.http import Http404
from django.utils import timezone

from recommendations.models import Place

from .. import history
from ..models import Activity, ActivityVersion, Evidence, NilReturn
from .drafts import forget_draft, let_drafts_go, wait_for

Event = ActivityVersion.Event


class Conflict(Exception):
    """Someone else changed an entry since it was read; `current` is how it stands now."""

    def __init__(self, current):
        super().__init__(f"{current} was changed meanwhile: version {current.version}.")
        self.current = current


class Gone(Activity.DoesNotExist, Http404):
    """An entry was deleted since it was read; a page answers that it is not found."""


def hold(pk, *, version=None):
    """An activity as it stands, which nobody else can change until the transaction ends.

    Raises Conflict if its version is not the one that was read; None stands for any. Raises Gone if
    it was deleted.
    """
    current = Activity.objects.select_for_update(no_key=True).filter(pk=pk).first()
    if current is None:
        raise Gone(f"Entry {pk} was deleted meanwhile.")
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
    event=Event.ADDED,
    ticket=None,
    by,
):
    """Save an entry with its places, links, measures and links to evidence.

    `activity.version` is the version that was read: raises Conflict if it is another one now.
    `local_measures` and `evidence` are bound, valid formsets, or None to leave them. With `submit`
    a draft or a returned entry is handed in. An accepted entry that its lead has changed counts as
    submitted again; an administrator's change leaves it accepted. Without any change, nothing
    happens. `event` says how a new entry came to be that is not submitted at once. `ticket` is that
    of the form: its draft is forgotten, and its entry is made only once, a second time raising
    Conflict. Takes a constant number of queries, however many links there are.
    """
    before = _content(activity) if _take(activity, ticket, by) else None
    activity.save()
    activity.places.set(places)
    _set_links(activity.recommendation_links, "recommendation", recommendations, by)
    _set_links(activity.indicator_links, "indicator", indicators, by)
    _save_formsets(activity, local_measures, evidence, by)
    void_nil_returns(activity, places)
    if ticket:
        forget_draft(ticket)
    if submitted := submit and not activity.is_accepted and not activity.is_submitted:
        activity.submit(by=by)
    if before is None:
        activity.save()
        history.record([activity], Event.SUBMITTED if submitted else event, by=by)
    elif submitted or _content(activity) != before:
        note_change(activity, Event.SUBMITTED if submitted else Event.CHANGED, by=by)
    return activity


def _take(activity, ticket, by):
    """Hold an entry that is to be changed, or see that a new one is new; whether it is stored."""
    if activity.pk:
        hold(activity.pk, version=activity.version)
        return True
    activity.created_by = by
    if ticket:
        wait_for(by.pk)
        activity.form_key = ticket.key
        if made := Activity.objects.filter(form_key=ticket.key).first():
            raise Conflict(made)
    return False


def _content(activity):
    """What an entry says in the database now."""
    return history.snapshot(Activity.objects.with_content().get(pk=activity.pk))


def _save_formsets(activity, local_measures, evidence, by):
    for form in evidence.extra_forms if evidence else ():
        form.instance.added_by = by
    for formset in (local_measures, evidence):
        if formset is not None:
            formset.instance = activity
            formset.save()


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


def void_nil_returns(activity, places):
    """Where there is an entry, there is something to report; waits for who says otherwise."""
    places = Place.objects.filter(pk__in=[place.pk for place in places]).order_by("pk")
    NilReturn.objects.filter(
        round=activity.round_id,
        theme=activity.theme_id,
        place__in=list(places.select_for_update(no_key=True)),
    ).delete()


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
def delete_activity(*, activity, by):
    """Delete a draft with its files; raises Conflict as `save_activity` does.

    What others have typed for it stays with them, as a draft of a new entry.
    """
    current = hold(activity.pk, version=activity.version)
    if not current.is_draft:
        raise Conflict(current)
    let_drafts_go(current, by=by)
    for evidence in current.evidence.exclude(file=""):
        _delete_file(evidence)
    current.delete()


@transaction.atomic
def confirm_link(*, link, version=None, by):
    """Save what someone says of a link, and let it count; the first to confirm it stays named.

    `version` is that of the entry that was read: raises Conflict if it was changed since, or if the
    link was taken away. Confirming a suggestion answers a question and leaves the entry accepted.
    """
    activity = hold(link.activity_id, version=version)
    stored = type(link).objects.filter(pk=link.pk).first()
    if stored is None:
        raise Conflict(activity)
    before = _content(activity)
    link.confirmed_at, link.confirmed_by = stored.confirmed_at, stored.confirmed_by
    if not stored.is_confirmed:
        link.confirm(by=by)
    link.save()
    if _content(activity) != before:
        note_change(activity, Event.CHANGED if stored.is_confirmed else Event.LINKED, by=by)
    return link


@transaction.atomic
def remove_link(*, link, version=None, by):
    """Take away a link, or a suggestion that does not fit; `version` as in `confirm_link`."""
    activity = hold(link.activity_id, version=version)
    stored = type(link).objects.filter(pk=link.pk).first()
    if stored is None:
        return
    stored.delete()
    if stored.is_confirmed:
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
    """Take a link or a file away."""
    current = hold(evidence.activity_id)
    stored = Evidence.objects.filter(pk=evidence.pk).first()
    if stored is None:
        return
    _delete_file(stored)
    stored.delete()
    note_change(current, Event.CHANGED, by=by)


def _delete_file(evidence):
    """Delete an evidence's file once it is certain that its row is gone."""
    if file := evidence.file:
        transaction.on_commit(lambda: file.storage.delete(file.name))
