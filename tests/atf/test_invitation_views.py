"""The pages of invitations and of handing over, and who may open them."""

import datetime
import logging
import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from atf.models import Invitation, User
from tests.factories import PlaceFactory, UserFactory
from tests.stocktake.views import (
    EVERYONE,
    MARKUP,
    Page,
    assert_escaped,
    assert_refused,
    browser_of,
    queries,
    sign_in_for,
)

# Mail goes when a transaction ends: here it does.
pytestmark = pytest.mark.django_db(transaction=True)

LIST, CREATE = reverse("invitation-list"), reverse("invitation-create")
ACCEPT, ACCEPT_PLACES = reverse("invitation-accept"), reverse("invitation-accept-places")
HAND_OVER = reverse("hand-over-create")
GOOD = {"name": "Nora New", "password1": "staple battery", "password2": "staple battery"}


@pytest.fixture
def halton(db):
    """A place without a lead."""
    return PlaceFactory(name="Halton")


@pytest.fixture
def invite(administrator, halton):
    """Invites someone through the page; returns the address of the link that was sent."""

    def invite(by=administrator, page=CREATE, **changes):
        data = {"name": "Nora New", "email": "nora@example.org", "places": [halton.pk]} | changes
        response = browser_of(by).post(page, data)
        assert response.status_code == 302, Page(response).summary
        return link_in(mail.outbox[-1])

    return invite


def link_in(message):
    """The address of the link in an e-mail."""
    return re.search(r"http://testserver(/invitations/\S+)", message.body)[1]


def follow(client, link):
    """Open a link as far as it leads."""
    return client.get(link, follow=True)


def places_of(user):
    """The names of someone's places."""
    return [place.name for place in user.places.all()]


def act(name, invitation):
    """The address of what one can do with an invitation."""
    return reverse(f"invitation-{name}", args=[invitation.pk])


def expire(invitation):
    """Let an invitation be older than it lasts."""
    invitation.expires_at = timezone.now() - datetime.timedelta(seconds=1)
    invitation.save()


# Who may open what


@pytest.mark.parametrize("who", EVERYONE)
@pytest.mark.parametrize("page", [LIST, CREATE])
def test_inviting_is_for_administrators(request, halton, who, page):
    client = browser_of(request.getfixturevalue(who))
    allowed = who == "administrator"
    assert client.get(page).status_code == (200 if allowed else 403)
    if not allowed:
        data = {"name": "N", "email": "n@example.org", "places": [halton.pk]}
        assert client.post(page, data).status_code == 403
        assert not Invitation.objects.exists()


@pytest.mark.parametrize("who", EVERYONE)
def test_handing_over_is_for_leads(request, who):
    client = browser_of(request.getfixturevalue(who))
    allowed = "lead" in who
    assert client.get(HAND_OVER).status_code == (200 if allowed else 403)
    if not allowed:
        assert client.post(HAND_OVER, {}).status_code == 403


@pytest.mark.parametrize("page", [LIST, CREATE, HAND_OVER, ACCEPT_PLACES])
def test_pages_ask_for_sign_in(client, page):
    assert client.get(page).url == sign_in_for(page)
    assert client.post(page).url == sign_in_for(page)


@pytest.mark.parametrize("name", ["send-again", "take-back"])
@pytest.mark.parametrize(
    ("who", "status"),
    [("lead", 404), ("other_lead", 404), ("board_member", 403), ("administrator", 302)],
)
def test_invitation_of_an_administrator_is_theirs_to_change(request, invite, name, who, status):
    link = invite()
    invitation = Invitation.objects.get()
    client = browser_of(request.getfixturevalue(who))
    assert client.get(act(name, invitation)).status_code in (403, 405)
    assert client.post(act(name, invitation)).status_code == status
    assert follow(Client(), link).status_code == (410 if status == 302 else 200)


@pytest.mark.parametrize("name", ["send-again", "take-back"])
def test_changing_an_invitation_asks_for_sign_in_and_knows_its_number(administrator, client, name):
    page = reverse(f"invitation-{name}", args=[10**9])
    assert client.post(page).url == sign_in_for(page)
    assert browser_of(administrator).post(page).status_code == 404
    assert browser_of(administrator).get(page).status_code == 405


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_are_not_allowed(invite, administrator, lead, client, method):
    link = invite()
    assert getattr(client, method)(link).status_code == 405
    client.get(link)
    assert getattr(client, method)(ACCEPT).status_code == 405
    for page in (LIST, CREATE):
        assert getattr(browser_of(administrator), method)(page).status_code == 405
    assert getattr(browser_of(lead), method)(HAND_OVER).status_code == 405
    assert Invitation.objects.open().count() == 1


# Inviting


def test_inviting_sends_a_link_and_says_so(administrator, halton):
    client = browser_of(administrator)
    page = Page(client.get(CREATE))
    assert page.heading == "Invite a place lead"
    data = page.form_data(name=" Nora \n New ", email="Nora@Example.org", places=[halton.pk])
    page = Page(client.post(CREATE, data, follow=True))
    assert page.address == LIST
    assert "An e-mail with a link was sent to Nora New, nora@example.org." in page.text
    (row,) = page.rows("invitations")
    assert row[0].replace("New", "New ").split() == ["Nora", "New", "nora@example.org"]
    assert row[1] == "Halton"
    assert "by Ada Administrator" in row[2]
    assert row[3].startswith("Open until")
    assert mail.outbox[0].to == ["nora@example.org"]


def test_inviting_keeps_the_invitation_if_the_mail_fails(administrator, halton, monkeypatch):
    def refuse(*args, **kwargs):
        raise ConnectionRefusedError

    data = {"name": "Nora New", "email": "nora@example.org", "places": [halton.pk]}
    client = browser_of(administrator)
    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.EmailMessage.send", refuse)
        page = Page(client.post(CREATE, data, follow=True))
        assert "could not be sent. Send it again in a while." in page.text
        page = Page(client.post(act("send-again", Invitation.objects.get()), follow=True))
        assert "could not be sent. Send it again in a while." in page.text
    client.post(act("send-again", Invitation.objects.get()))
    assert follow(Client(), link_in(mail.outbox[0])).status_code == 200


def test_inviting_without_answers_says_what_to_enter(administrator, halton):
    page = assert_refused(
        browser_of(administrator).post(CREATE, {}),
        "Enter the name",
        "Enter the e-mail address",
        "Choose at least one place",
    )
    assert len(page.summary) == 3


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "Nora\x00"}, "id_name"),
        ({"name": "N" * 100_000}, "id_name"),
        ({"email": "nora"}, "id_email"),
        ({"email": "nora@example.org\x00"}, "id_email"),
        ({"email": "n" * 100_000 + "@example.org"}, "id_email"),
        ({"places": ["nowhere"]}, "id_places"),
        ({"places": [10**12]}, "id_places"),
        ({"places": ["\x00"]}, "id_places"),
    ],
)
def test_bad_answers_are_refused_at_their_field(administrator, halton, changes, field):
    data = {"name": "Nora New", "email": "nora@example.org", "places": [halton.pk]} | changes
    page = assert_refused(browser_of(administrator).post(CREATE, data))
    assert page.errors(field)
    assert not Invitation.objects.exists()
    assert mail.outbox == []


def test_comparator_can_not_be_chosen(administrator):
    england = PlaceFactory(name="England", level="comparator", parent=None)
    data = {"name": "Nora", "email": "nora@example.org", "places": [england.pk]}
    assert Page(browser_of(administrator).post(CREATE, data)).errors("id_places")


@pytest.mark.parametrize("name", [MARKUP, "نورا الجديدة", "Nora 🙂 New"])
def test_names_are_kept_and_shown_as_typed(invite, administrator, name):
    link = invite(name=name)
    assert f"Hello {name}," in mail.outbox[0].body
    assert_escaped(Page(browser_of(administrator).get(LIST)), name)
    page = Page(follow(Client(), link))
    assert page.form_data()["name"] == [name]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"is_active": False}, "Leah Lead has an account that is switched off. Switch it on"),
        ({"role": User.Role.BOARD_MEMBER}, "Leah Lead has an account as Board member. Change"),
        ({"role": User.Role.ADMINISTRATOR}, "Leah Lead has an account as Administrator. Change"),
    ],
)
def test_inviting_someone_who_can_not_become_a_lead_is_refused(
    administrator, lead, halton, changes, message
):
    User.objects.filter(pk=lead.pk).update(**changes)
    data = {"name": "Leah", "email": "LEAD@example.org", "places": [halton.pk]}
    page = assert_refused(browser_of(administrator).post(CREATE, data))
    assert message in page.errors("id_email")
    assert page.form_data()["email"] == ["LEAD@example.org"]


def test_inviting_a_lead_for_places_that_they_have_is_refused(administrator, lead):
    data = {"name": "Leah", "email": lead.email, "places": [lead.places.get().pk]}
    page = assert_refused(browser_of(administrator).post(CREATE, data))
    assert "Leah Lead records for these already. Choose others" in page.errors("id_places")


def test_inviting_again_for_a_place_while_a_link_is_on_its_way_is_refused(
    invite, administrator, halton
):
    invite()
    data = {"name": "Nora", "email": "NORA@example.org", "places": [halton.pk]}
    page = assert_refused(browser_of(administrator).post(CREATE, data))
    assert "An invitation is on its way to this address" in page.errors("id_email")
    expire(Invitation.objects.get())
    assert browser_of(administrator).post(CREATE, data).status_code == 302


def test_list_says_what_became_of_each(invite, administrator):
    client = browser_of(administrator)
    assert "Nobody has been invited yet." in Page(client.get(LIST)).text
    follow_and_accept(invite(email="accepted@example.org"))
    invite(email="expired@example.org")
    expire(Invitation.objects.get(email="expired@example.org"))
    invite(email="back@example.org")
    client.post(act("take-back", Invitation.objects.get(email="back@example.org")))
    invite(email="open@example.org")
    page = Page(client.get(LIST))
    rows = {row[0].split("New")[-1].strip(): row for row in page.rows("invitations")}
    states = {email: row[3].split()[0] for email, row in rows.items()}
    assert states == {
        "open@example.org": "Open",
        "back@example.org": "Taken",
        "expired@example.org": "Expired",
        "accepted@example.org": "Accepted",
    }
    assert rows["accepted@example.org"][4] == "Nothing"
    assert rows["back@example.org"][4] == "Nothing"
    assert "Send again" in rows["expired@example.org"][4]
    assert len([address for address in page.actions if "take-back" in address]) == 2


def test_list_takes_the_same_number_of_queries_for_20_as_for_1(invite, administrator):
    client = browser_of(administrator)
    follow_and_accept(invite(email="first@example.org"))
    one = queries(client, LIST)
    for number in range(19):
        link = invite(email=f"more{number}@example.org")
        if number % 2:
            follow_and_accept(link)
    assert queries(client, LIST) == one


def test_list_has_pages(administrator):
    for number in range(26):
        invitation = Invitation(
            name=f"Person {number}", email=f"{number}@example.org", invited_by=administrator
        )
        invitation.renew()
        invitation.save()
    client = browser_of(administrator)
    assert len(Page(client.get(LIST)).rows("invitations")) == 25
    assert len(Page(client.get(f"{LIST}?page=2")).rows("invitations")) == 1
    for page in ("3", "999", "last", "nonsense", "\0"):
        response = client.get(LIST, {"page": page})
        assert len(Page(response).rows("invitations")) == (1 if page.isdigit() else 25)


# The link


def follow_and_accept(link):
    """Open a link in a new browser and choose a password; returns the browser and the page."""
    client = Client()
    follow(client, link)
    response = client.post(ACCEPT, GOOD, follow=True)
    return client, response


def test_link_shows_who_invites_for_what(invite):
    page = Page(follow(Client(), invite()))
    assert page.address == ACCEPT
    assert page.heading == "Accept the invitation"
    assert "Ada Administrator invites you to be a place lead. You will record for: Halton" in (
        page.text
    )
    assert "nora@example.org" in page.text
    assert page.form_data()["name"] == ["Nora New"]


def test_accepting_signs_in_until_the_browser_closes(invite):
    client, response = follow_and_accept(invite())
    page = Page(response)
    assert page.address == reverse("home")
    assert "Welcome, Nora New. You record for Halton." in page.text
    user = User.objects.get(email="nora@example.org")
    assert client.session["_auth_user_id"] == str(user.pk)
    assert client.session.get_expire_at_browser_close()
    assert "invitation" not in client.session
    data = {"login": "nora@example.org", "password": "staple battery"}
    assert Client().post(reverse("account_login"), data).url == reverse("home")


def test_pages_give_the_secret_to_nobody(invite):
    link = invite()
    response = follow(Client(), link)
    assert link.split("/")[-2] not in response.content.decode()
    assert response["Referrer-Policy"] == "same-origin"
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("fate", ["no CSRF token", "another person", "no lead any more", "expired"])
def test_secret_is_not_logged_when_a_link_fails(invite, lead, board_member, caplog, fate):
    link = invite(email=lead.email if fate == "no lead any more" else "nora@example.org")
    client = browser_of(board_member) if fate == "another person" else Client()
    if fate == "no lead any more":
        User.objects.filter(pk=lead.pk).update(is_active=False)
    if fate == "expired":
        expire(Invitation.objects.get())
    client.handler.enforce_csrf_checks = True
    with caplog.at_level(logging.DEBUG):
        follow(client, link)
        assert client.post(ACCEPT, GOOD).status_code in (403, 410)
    assert f": {ACCEPT}" in caplog.text
    assert link.split("/")[-2] not in caplog.text


def test_looking_does_not_use_the_link_up(invite):
    link = invite()
    for _ in range(3):
        assert follow(Client(), link).status_code == 200
        assert Client().head(link).status_code == 302
    assert "Welcome" in Page(follow_and_accept(link)[1]).text


@pytest.mark.parametrize("fate", ["used", "expired", "taken back", "sent again", "unknown", "odd"])
def test_dead_link_says_what_to_do(invite, administrator, fate):
    link = invite()
    waiting = Client()
    follow(waiting, link)
    invitation = Invitation.objects.get()
    if fate == "used":
        follow_and_accept(link)
    elif fate == "expired":
        expire(invitation)
    elif fate == "taken back":
        browser_of(administrator).post(act("take-back", invitation))
    elif fate == "sent again":
        browser_of(administrator).post(act("send-again", invitation))
    else:
        link = reverse("invitation-open", args=["x" * 43 if fate == "unknown" else "\x00é"])
        waiting = Client()
    number = User.objects.count()
    for response in (follow(Client(), link), waiting.get(ACCEPT), waiting.post(ACCEPT, GOOD)):
        assert response.status_code == 410
        html = response.content.decode()
        assert "This invitation can’t be used" in html
        assert "send you a new link" in html
    assert User.objects.count() == number


@pytest.mark.parametrize("changes", [{"is_active": False}, {"role": User.Role.BOARD_MEMBER}])
def test_link_of_someone_who_can_not_be_a_lead_any_more_is_dead(invite, lead, changes):
    link = invite(email=lead.email)
    User.objects.filter(pk=lead.pk).update(**changes)
    assert follow(Client(), link).status_code == 410


def test_accept_page_without_a_link_is_gone(client, lead):
    assert client.get(ACCEPT).status_code == 410
    assert browser_of(lead).get(ACCEPT_PLACES).status_code == 410


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"name": " "}, "id_name", "Enter your name"),
        ({"name": "N" * 100_000}, "id_name", "characters or fewer"),
        ({"name": "Nora\x00"}, "id_name", "invisible"),
        ({"password1": ""}, "id_password1", "Enter a new password"),
        ({"password2": ""}, "id_password2", "Enter the new password again"),
        ({"password2": "other"}, "id_password2", "You must type the same password each time."),
        ({"password1": "123", "password2": "123"}, "id_password1", "too short"),
        ({"password1": "12345678" * 2}, "id_password1", "entirely numeric"),
        ({"password1": "nora@example.org"}, "id_password1", "too similar to the e"),
    ],
)
def test_bad_name_or_password_is_refused_at_its_field(invite, changes, field, message):
    client = Client()
    follow(client, invite())
    data = GOOD | changes
    page = assert_refused(client.post(ACCEPT, data))
    assert message in page.errors(field)
    assert f'value="{GOOD["password2"]}"' not in page.source
    assert not User.objects.filter(email="nora@example.org").exists()
    assert "Welcome" in Page(client.post(ACCEPT, GOOD, follow=True)).text


# A lead who has an account


def test_lead_signs_in_and_adds_the_places_with_one_press(invite, lead):
    client = Client()
    page = Page(follow(client, invite(email="LEAD@example.org")))
    assert page.heading == "Sign in"
    data = {"login": lead.email, "password": "correct horse", "next": ACCEPT_PLACES}
    page = Page(client.post(reverse("account_login"), data, follow=True))
    assert page.address == ACCEPT_PLACES
    assert "You will record for: Halton" in page.text
    assert places_of(lead) == ["Sefton"]
    page = Page(client.post(ACCEPT_PLACES, follow=True))
    assert "Welcome, Leah Lead. You record for Halton and Sefton." in page.text
    assert places_of(lead) == ["Halton", "Sefton"]
    assert client.post(ACCEPT_PLACES).status_code == 410


def test_account_that_was_made_meanwhile_is_asked_to_sign_in(invite):
    link = invite()
    client = Client()
    follow(client, link)
    UserFactory(name="Nora New", email="nora@example.org")
    page = Page(client.post(ACCEPT, GOOD, follow=True))
    assert page.heading == "Sign in"


@pytest.mark.parametrize("who", EVERYONE)
def test_link_for_someone_else_says_so(request, invite, who):
    user = request.getfixturevalue(who)
    link = invite()
    client = browser_of(user)
    response = follow(client, link)
    assert response.status_code == 403
    html = response.content.decode()
    assert "This invitation is for someone else" in html
    assert user.email in html
    assert not User.objects.filter(email="nora@example.org").exists()


def test_lead_can_not_take_the_places_of_another(invite, lead, other_lead):
    link = invite(email=other_lead.email)
    client = browser_of(lead)
    session = client.session
    session["invitation"] = link.split("/")[-2]
    session.save()
    assert client.post(ACCEPT_PLACES).status_code == 403
    assert client.post(ACCEPT, GOOD).status_code == 403
    assert places_of(lead) == ["Sefton"]


# Handing over


def test_hand_over_moves_the_place_once_the_successor_accepts(lead, invite):
    client = browser_of(lead)
    page = Page(client.get(HAND_OVER))
    assert page.heading == "Hand over to a successor"
    assert page.form_data()["places"] == [str(lead.places.get().pk)]
    data = page.form_data(name="Nora New", email="nora@example.org")
    page = Page(client.post(HAND_OVER, data, follow=True))
    assert "An e-mail with a link was sent to Nora New, nora@example.org." in page.text
    assert "Sefton: Nora New, nora@example.org. The link works until" in page.text
    assert places_of(lead) == ["Sefton"]
    _, response = follow_and_accept(link_in(mail.outbox[0]))
    assert "Welcome, Nora New. You record for Sefton." in Page(response).text
    assert places_of(lead) == []
    assert mail.outbox[1].to == [lead.email]
    assert "You have no place to hand over." in Page(client.get(HAND_OVER)).text
    assert Page(client.post(HAND_OVER, data)).summary == []


def test_hand_over_offers_only_own_places(lead, halton):
    client = browser_of(lead)
    data = {"name": "Nora", "email": "nora@example.org", "places": [halton.pk]}
    page = assert_refused(client.post(HAND_OVER, data))
    assert page.errors("id_places")
    lead.places.add(halton)
    assert "places" not in Page(client.get(HAND_OVER)).form_data()


@pytest.mark.parametrize(
    ("email", "message"),
    [
        ("LEAD@example.org", "This is your own address. Enter your successor’s"),
        ("board@example.org", "This person can’t take over with this address. Ask"),
        ("gone@example.org", "This person can’t take over with this address. Ask"),
    ],
)
def test_hand_over_to_someone_who_can_not_is_refused(lead, board_member, email, message):
    UserFactory(name="Gone", email="gone@example.org", is_active=False)
    data = {"name": "Nora", "email": email, "places": [lead.places.get().pk]}
    page = assert_refused(browser_of(lead).post(HAND_OVER, data))
    assert message in page.errors("id_email")


def test_place_is_handed_over_to_one_at_a_time(lead):
    client = browser_of(lead)
    data = {"name": "Nora", "email": "nora@example.org", "places": [lead.places.get().pk]}
    page = Page(client.post(HAND_OVER, data, follow=True))
    assert "Name of your successor" not in page.text
    page = assert_refused(client.post(HAND_OVER, data | {"email": "omar@example.org"}))
    assert "You are handing over Sefton already." in page.errors("id_places")
    page = Page(client.post(act("take-back", Invitation.objects.get()), follow=True))
    assert page.address == HAND_OVER
    assert "The invitation of Nora was taken back." in page.text
    assert "Waiting for your successor" not in page.text
    assert client.post(HAND_OVER, data | {"email": "omar@example.org"}).status_code == 302


def test_hand_over_is_its_leads_and_the_programme_teams_to_change(lead, other_lead, administrator):
    data = {"name": "Nora", "email": "nora@example.org", "places": [lead.places.get().pk]}
    browser_of(lead).post(HAND_OVER, data)
    page = act("send-again", Invitation.objects.get())
    assert browser_of(other_lead).post(page).status_code == 404
    for user in (administrator, lead):
        assert "A new link was sent to Nora" in Page(browser_of(user).post(page, follow=True)).text
    follow_and_accept(link_in(mail.outbox[-1]))
    page = Page(browser_of(administrator).post(page, follow=True))
    assert "The invitation of Nora was accepted or taken back before." in page.text


@pytest.mark.parametrize(("who", "offered"), [("lead", True), ("board_member", False)])
def test_frame_offers_handing_over_to_leads(request, who, offered):
    html = browser_of(request.getfixturevalue(who)).get(reverse("home")).content.decode()
    assert (f'href="{HAND_OVER}"' in html) == offered
