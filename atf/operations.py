"""How people become leads of places, and hand them over.

Each function takes keyword arguments only, `by` being the user in whose name it happens, and runs
in one transaction; e-mails go once it is certain. Who may call one is for the caller to check.
"""

from django.db import IntegrityError, transaction
from django.utils import timezone

from .mail import compose
from .models import Invitation, User


class InvitationUnusable(Exception):
    """An invitation was accepted or taken back meanwhile, or gives nothing any more."""


@transaction.atomic
def invite(*, name, email, places, hands_over=False, address_of, by):
    """Send someone a link that makes them a lead of places; `address_of(token)` is its address.

    Raises OSError if the e-mail could not be sent: the invitation is kept, to be sent again.
    Raises InvitationUnusable if they are invited for one of these places already.
    """
    # A second press waits here for the first.
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    if Invitation.objects.open().filter(email__iexact=email, places__in=places).exists():
        raise InvitationUnusable
    invitation = Invitation(name=name, email=email.lower(), hands_over=hands_over, invited_by=by)
    token = invitation.renew()
    invitation.save()
    invitation.places.set(places)
    _send_link(invitation, address_of(token))
    return invitation


@transaction.atomic
def invite_again(*, invitation, address_of):
    """Send an invitation with a new link; the old one is dead from now on.

    Raises InvitationUnusable if it was accepted or taken back, OSError as `invite` does.
    """
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if not invitation.can_be_sent_again:
        raise InvitationUnusable
    token = invitation.renew()
    invitation.save()
    _send_link(invitation, address_of(token))


@transaction.atomic
def take_back_invitation(*, invitation):
    """Take an invitation back; raises InvitationUnusable if it was accepted meanwhile."""
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if invitation.accepted_at:
        raise InvitationUnusable
    invitation.revoked_at = invitation.revoked_at or timezone.now()
    invitation.save()


@transaction.atomic
def accept_invitation(*, token, name="", password=None, by=None):
    """Make someone a lead of the places of an invitation, once; returns them.

    `by` is the lead to whom it is addressed, to whose places it adds; without one, an account is
    made with `name` and `password`. A predecessor gives up what they hand over, and is told.
    Raises InvitationUnusable if the link does not work any more.
    """
    open_ones = Invitation.objects.open().select_for_update()
    invitation = open_ones.with_token(token).first()
    if invitation is None:
        raise InvitationUnusable
    # Two successors of one predecessor wait for each other; others may refer to them meanwhile.
    User.objects.select_for_update(no_key=True).get(pk=invitation.invited_by_id)
    places = list(invitation.places_it_gives)
    if not places:
        raise InvitationUnusable
    successor = by or _make_lead(invitation.email, name, password)
    successor.places.add(*places)
    if invitation.hands_over:
        _give_up(invitation.invited_by, places, successor)
    invitation.accepted_at, invitation.accepted_by = timezone.now(), successor
    invitation.save()
    return successor


def _make_lead(email, name, password):
    try:
        with transaction.atomic():
            return User.objects.create_user(email, password, name=name, role=User.Role.LEAD)
    except IntegrityError as error:
        # Someone made the account meanwhile: they sign in with it first.
        raise InvitationUnusable from error


def _give_up(predecessor, places, successor):
    """Take places from whom they were handed over, and tell them."""
    predecessor.places.remove(*places)
    told = compose(
        "account/email/handed_over",
        to=predecessor.email,
        predecessor=predecessor,
        successor=successor,
        places=places,
        places_left=list(predecessor.places.all()),
    )
    # It has happened, whether the news arrives or not.
    transaction.on_commit(told.send, robust=True)


def _send_link(invitation, address):
    message = compose(
        "account/email/invitation",
        to=invitation.email,
        invitation=invitation,
        places=list(invitation.places.all()),
        address=address,
    )
    transaction.on_commit(message.send)
