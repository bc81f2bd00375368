"""Sending people their digests, and noting what went."""

import logging
from dataclasses import dataclass, replace
from smtplib import SMTPServerDisconnected

from django.core.mail import get_connection
from django.db import transaction
from django.utils import timezone

from atf.models import User

from ..models import Reminder
from ..reminders import digests

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Sending:
    """Who was sent a digest, and to whom it could not be sent: they get it the next time."""

    sent: tuple[User, ...]
    failed: tuple[User, ...]


def send_reminders(*, by=None):
    """Send everyone what is new for them, in one e-mail; `by` is None for the scheduler.

    Not one transaction: each item is claimed in the database before its e-mail goes, so that
    nobody hears the same twice, even if two do this at once or the machine stops in between.
    """
    sent, failed = [], []
    due = digests(timezone.localdate())
    if not due:
        return Sending((), ())
    connection = get_connection()
    try:
        connection.open()
    except OSError:
        logger.exception("The e-mail server can't be reached: no reminder was sent.")
        return Sending((), tuple(digest.recipient for digest in due))
    for digest in due:
        claims = _claim(digest, by)
        if claims:
            done = _send(digest, claims, connection)
            (sent if done else failed).append(digest.recipient)
    connection.close()
    return Sending(tuple(sent), tuple(failed))


@transaction.atomic(durable=True)
def _claim(digest, by):
    """Note the items of a digest that nobody else has noted; returns pairs of note and item."""
    pairs = []
    for item in digest.items:
        reminder, is_new = Reminder.objects.get_or_create(
            recipient=digest.recipient,
            kind=item.kind,
            key=item.key,
            defaults={"text": item.text, "sent_by": by},
        )
        if is_new:
            pairs.append((reminder, item))
    return pairs


def _may_have_arrived(error):
    """Whether a server that fell silent, or hung up, may have taken the e-mail all the same."""
    hung_up = ConnectionResetError, ConnectionAbortedError, BrokenPipeError
    return isinstance(error, (TimeoutError, SMTPServerDisconnected, *hung_up))


def _send(digest, claims, connection):
    """Send what was claimed; whether the server took it.

    Gives the claims up if it did not; keeps them where that can't be known, as nobody is to hear
    the same twice.
    """
    reminders = Reminder.objects.filter(pk__in=[reminder.pk for reminder, _ in claims])
    claimed = replace(digest, items=tuple(item for _, item in claims))
    try:
        connection.send_messages([claimed.message()])
    except Exception as error:
        # Whatever is wrong with one, the others get theirs: over a new connection.
        logger.exception("The reminder of user %s could not be sent.", digest.recipient.pk)
        if not _may_have_arrived(error):
            reminders.delete()
        connection.close()
        return False
    reminders.update(sent_at=timezone.now())
    return True
