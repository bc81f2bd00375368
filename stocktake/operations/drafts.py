"""What someone has typed and not saved: keeping it, and letting it go."""

from dataclasses import replace

from django.db import transaction
from django.utils import timezone

from atf.models import User

from ..drafts import draft_of
from ..models import Activity, Draft


def wait_for(author):
    """The user who types, if they may sign in; until the transaction ends, one form at a time."""
    users = User.objects.select_for_update(no_key=True)
    return users.filter(pk=author, is_active=True).first()


@transaction.atomic
def keep_draft(*, ticket, content, detached=False):
    """Keep what the author of a form has typed; returns the draft, or None if it may not be kept.

    That is so where they have gone on meanwhile, in another window or by saving the entry: a window
    is known by `draft_window` in the content, the saving that it began with by `draft_number`, the
    entry as it was read by `version`. What was typed for an entry that is gone, or with `detached`
    for one that they can't change any more, is kept as that of a new entry.
    """
    if not wait_for(ticket.author):
        return None
    if ticket.activity and (detached or not Activity.objects.filter(pk=ticket.activity).exists()):
        ticket = replace(ticket, activity=None)
        Draft.objects.filter(author=ticket.author, key=ticket.key).update(activity=None)
    draft = draft_of(ticket) or _stranded(ticket)
    if draft is None and not _is_late(ticket, content):
        return Draft.objects.create(
            key=ticket.key, author_id=ticket.author, activity_id=ticket.activity, content=content
        )
    if draft is None or not _goes_on(draft, content):
        return None
    if not ticket.activity:
        draft.activity = None
    draft.content, draft.saved_at = content, timezone.now()
    draft.number += 1
    draft.save()
    return draft


def _stranded(ticket):
    """A draft of this form that was parted from its entry."""
    return Draft.objects.filter(author=ticket.author, activity=None, key=ticket.key).first()


def _is_late(ticket, content):
    """Whether the author has saved or discarded what this form belongs to since it was opened."""
    if _text(content, "draft_number") or Activity.objects.filter(form_key=ticket.key).exists():
        return True
    read = _text(content, "version")
    activity = Activity.objects.filter(pk=ticket.activity).first()
    if not activity or not read.isdecimal() or len(read) > 9:
        return False
    return activity.versions.filter(number__gt=int(read), made_by=ticket.author).exists()


def _goes_on(draft, content):
    """Whether a form goes on with a draft as it was saved last."""
    window, number = _text(content, "draft_window"), _text(content, "draft_number")
    return [window] == draft.content.get("draft_window") or number == str(draft.number)


def _text(content, name):
    return "".join(content.get(name, []))


def forget_draft(ticket):
    """Let go of a draft, as its entry was saved."""
    if draft := draft_of(ticket):
        draft.delete()


def let_drafts_go(activity, *, by):
    """Before an entry is deleted, make what others typed for it drafts of new entries."""
    Draft.objects.filter(activity=activity).exclude(author=by).update(activity=None)
