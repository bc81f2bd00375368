"""Inviting, handing over and accepting, also by two people at once."""

import datetime

import pytest
import time_machine
from django.core import mail

from atf import operations
from atf.models import Invitation, User
from atf.operations import InvitationUnusable
from tests.concurrency import at_once
from tests.factories import PlaceFactory, UserFactory

ODD = "Nora O’Neil & “Sons” <b>"


@pytest.fixture
def send(django_capture_on_commit_callbacks):
    """Calls an operation as if its transaction had ended; returns what it returns."""

    def send(operation, **how):
        with django_capture_on_commit_callbacks(execute=True):
            return operation(**how)

    return send


@pytest.fixture
def invite(send, administrator):
    """Invites Nora for Halton; returns the invitation and the secret of its link."""

    def invite(**changes):
        tokens = []
        how = {
            "name": "Nora New",
            "email": "nora@example.org",
            "places": [PlaceFactory(name="Halton")],
            "address_of": lambda token: tokens.append(token) or f"http://here/{token}/",
            "by": administrator,
        }
        return send(operations.invite, **how | changes), tokens[0]

    return invite


def accept(token, **how):
    """Accept as someone without an account."""
    return operations.accept_invitation(
        token=token, **{"name": "Nora New", "password": "staple battery"} | how
    )


def names(user):
    """The places of someone, read anew."""
    return [place.name for place in User.objects.get(pk=user.pk).places.all()]


def test_invite_sends_a_link_and_keeps_only_its_hash(invite, administrator):
    invitation, token = invite(email="Nora@Example.org")
    assert invitation.invited_by == administrator
    assert invitation.state == Invitation.State.OPEN
    (message,) = mail.outbox
    assert message.to == ["nora@example.org"]
    assert message.subject == "Your invitation to All Together Fairer"
    assert f"http://here/{token}/" in message.body
    assert "Ada Administrator invites you to record for Halton" in message.body
    assert len(token) >= 43
    stored = Invitation.objects.filter(pk=invitation.pk).values_list().get()
    assert token not in map(str, stored)


def test_mails_are_plain_text(invite):
    invite(name=ODD)
    assert f"Hello {ODD},\n" in mail.outbox[0].body


def test_invitation_of_a_lead_says_which_password(invite, lead):
    invite(email=lead.email)
    assert "You sign in with the password that you have." in mail.outbox[0].body


@pytest.mark.django_db
def test_accepting_makes_a_lead(invite):
    invitation, token = invite()
    user = accept(token)
    assert (user.name, user.email, user.role) == ("Nora New", "nora@example.org", "lead")
    assert user.check_password("staple battery")
    assert names(user) == ["Halton"]
    invitation.refresh_from_db()
    assert invitation.state == Invitation.State.ACCEPTED
    assert invitation.accepted_by == user


def test_accepting_works_once(invite):
    _, token = invite()
    accept(token)
    with pytest.raises(InvitationUnusable):
        accept(token)
    assert User.objects.filter(email="nora@example.org").count() == 1


@pytest.mark.parametrize(("days", "works"), [(13.9, True), (14, False)])
def test_invitation_expires(invite, days, works):
    with time_machine.travel(datetime.datetime(2026, 9, 1, tzinfo=datetime.UTC), tick=False) as now:
        invitation, token = invite()
        now.shift(datetime.timedelta(days=days))
        assert (invitation.state == Invitation.State.OPEN) == works
        if works:
            accept(token)
        else:
            assert invitation.state == Invitation.State.EXPIRED
            with pytest.raises(InvitationUnusable):
                accept(token)


def test_invitation_that_was_taken_back_is_dead(invite):
    invitation, token = invite()
    operations.take_back_invitation(invitation=invitation)
    invitation.refresh_from_db()
    assert invitation.state == Invitation.State.TAKEN_BACK
    with pytest.raises(InvitationUnusable):
        accept(token)
    with pytest.raises(InvitationUnusable):
        operations.invite_again(invitation=invitation, address_of=str)


def test_accepted_invitation_can_not_be_taken_back_or_sent_again(invite):
    invitation, token = invite()
    accept(token)
    with pytest.raises(InvitationUnusable):
        operations.take_back_invitation(invitation=invitation)
    with pytest.raises(InvitationUnusable):
        operations.invite_again(invitation=invitation, address_of=str)


def test_new_link_replaces_the_old_one_even_after_it_expired(invite, send):
    with time_machine.travel(datetime.datetime(2026, 9, 1, tzinfo=datetime.UTC)) as now:
        invitation, old = invite()
        now.shift(datetime.timedelta(days=20))
        tokens = []
        send(
            operations.invite_again,
            invitation=invitation,
            address_of=lambda token: tokens.append(token) or f"http://here/{token}/",
        )
        assert tokens[0] in mail.outbox[1].body
        with pytest.raises(InvitationUnusable):
            accept(old)
        assert names(accept(tokens[0])) == ["Halton"]


def test_accepting_adds_places_to_a_lead(invite, lead):
    _, token = invite(email=lead.email)
    assert operations.accept_invitation(token=token, by=lead) == lead
    assert names(lead) == ["Halton", "Sefton"]


def test_account_that_was_made_meanwhile_is_not_made_again(invite):
    invitation, token = invite()
    UserFactory(name="Nora New", email="nora@example.org")
    with pytest.raises(InvitationUnusable):
        accept(token)
    invitation.refresh_from_db()
    assert invitation.is_open


# Handing over


@pytest.fixture
def hand_over(invite, lead):
    """Has the lead hand Sefton over to Nora; returns the secret of the link."""

    def hand_over(**changes):
        how = {"places": list(lead.places.filter(name="Sefton")), "hands_over": True, "by": lead}
        return invite(**how | changes)[1]

    return hand_over


def test_accepted_hand_over_moves_the_places_and_tells_the_predecessor(hand_over, lead, send):
    lead.places.add(PlaceFactory(name="Halton"))
    token = hand_over()
    assert "Leah Lead hands over to you what they record for Sefton" in mail.outbox[0].body
    assert names(lead) == ["Halton", "Sefton"]
    successor = send(operations.accept_invitation, token=token, name=ODD, password="staple battery")
    assert names(successor) == ["Sefton"]
    assert names(lead) == ["Halton"]
    told = mail.outbox[1]
    assert told.to == [lead.email]
    assert f"{ODD} (nora@example.org) has taken over" in told.body
    assert "You still record for Halton." in told.body
    assert User.objects.get(pk=lead.pk).is_active


def test_predecessor_without_a_place_left_keeps_the_account(hand_over, lead, send):
    send(operations.accept_invitation, token=hand_over(), name="Nora", password="staple battery")
    assert names(lead) == []
    assert "You keep your account" in mail.outbox[1].body
    assert User.objects.get(pk=lead.pk).is_active


def test_hand_over_holds_though_its_news_can_not_be_sent(hand_over, lead, send, monkeypatch):
    token = hand_over()
    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)
    send(operations.accept_invitation, token=token, name="Nora", password="staple battery")
    assert names(lead) == []


def refuse(*args, **kwargs):
    """What sending does while there is no server."""
    raise ConnectionRefusedError


def test_hand_over_gives_only_what_the_predecessor_still_has(hand_over, lead):
    lead.places.add(PlaceFactory(name="Halton"))
    token = hand_over(places=list(lead.places.all()))
    lead.places.remove(PlaceFactory(name="Sefton"))
    assert names(accept(token)) == ["Halton"]


@pytest.mark.parametrize("how", ["places taken away", "deactivated"])
def test_hand_over_of_someone_who_may_not_any_more_is_dead(hand_over, lead, how):
    token = hand_over()
    if how == "deactivated":
        User.objects.filter(pk=lead.pk).update(is_active=False)
    else:
        lead.places.clear()
    with pytest.raises(InvitationUnusable):
        accept(token)
    assert not User.objects.filter(email="nora@example.org").exists()


# Two at once


def make_invitation(by, email="nora@example.org", **more):
    """An open invitation with its secret, made without sending it."""
    places = more.pop("places", None) or [PlaceFactory(name="Halton")]
    invitation = Invitation(name="Nora New", email=email, invited_by=by, **more)
    token = invitation.renew()
    invitation.save()
    invitation.places.set(places)
    return token


@pytest.mark.django_db(transaction=True)
def test_link_that_two_open_at_once_works_once(administrator):
    token = make_invitation(administrator)
    found = at_once(*(lambda: accept(token) for _ in range(4)))
    assert sum(isinstance(each, User) for each in found) == 1
    assert sum(isinstance(each, InvitationUnusable) for each in found) == 3
    assert User.objects.filter(email="nora@example.org").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_invitations_to_one_address_at_once_make_one_account(administrator):
    tokens = [
        make_invitation(administrator, places=[PlaceFactory(name=name)])
        for name in ("Halton", "Wirral")
    ]
    found = at_once(*(lambda token=token: accept(token) for token in tokens))
    assert sum(isinstance(each, User) for each in found) == 1
    assert Invitation.objects.open().count() == 1


@pytest.mark.django_db(transaction=True)
def test_place_goes_to_one_of_two_successors(lead):
    places = list(lead.places.all())
    tokens = [
        make_invitation(lead, email=f"{name}@example.org", places=places, hands_over=True)
        for name in ("nora", "omar")
    ]
    found = at_once(*(lambda token=token: accept(token) for token in tokens))
    assert sum(isinstance(each, User) for each in found) == 1
    assert User.objects.filter(places__in=places).count() == 1
