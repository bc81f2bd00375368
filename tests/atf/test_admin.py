"""People in the admin."""

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse

from atf.models import User
from tests.factories import PlaceFactory, UserFactory


@pytest.fixture
def client(client, administrator):
    """A client signed in as an administrator."""
    client.force_login(administrator)
    return client


def add(client, **changes):
    """Send the form that adds a user."""
    data = {
        "email": "New.Lead@Example.org",
        "name": "Nora New",
        "role": "lead",
        "places": [PlaceFactory(name="Sefton").pk],
        "usable_password": "false",
    }
    return client.post(reverse("admin:atf_user_add"), data | changes)


def change(client, user, **changes):
    """Send the form that changes a user."""
    data = {
        "email": user.email,
        "name": user.name,
        "role": user.role,
        "places": [place.pk for place in user.places.all()],
        "is_active": "on",
    }
    return client.post(reverse("admin:atf_user_change", args=[user.pk]), data | changes)


def errors(response):
    """The errors of the admin's form."""
    return response.context["adminform"].form.errors


def test_user_is_added_without_a_password(client):
    add(client)
    user = User.objects.get(email="new.lead@example.org")
    assert not user.has_usable_password()
    assert [place.name for place in user.places.all()] == ["Sefton"]


def test_user_is_added_with_a_password(client):
    password = {"usable_password": "true", "password1": "battery staple"}
    add(client, **password, password2="battery staple")
    assert User.objects.get(email="new.lead@example.org").check_password("battery staple")


def test_address_is_unique_in_any_case(client):
    UserFactory(email="new.lead@example.org")
    assert "email" in errors(add(client))


def test_lead_needs_a_place(client):
    message = "Choose the places that this place lead records for."
    assert errors(add(client, places=[])) == {"places": [message]}


@pytest.mark.parametrize("role", ["board", "administrator"])
def test_other_roles_have_no_place(client, role):
    message = "Only a place lead has places: take these away."
    assert errors(add(client, role=role)) == {"places": [message]}


def test_comparator_is_no_place_for_a_lead(client):
    england = PlaceFactory(name="England", level="comparator", parent=None)
    assert "places" in errors(add(client, places=[england.pk]))


def test_user_can_be_changed_and_deactivated(client, lead):
    assert change(client, lead, name="Leah Leader", is_active="").status_code == 302
    lead.refresh_from_db()
    assert (lead.name, lead.is_active) == ("Leah Leader", False)
    assert lead.check_password("correct horse")


def test_change_keeps_the_rule_of_places(client, lead):
    assert "places" in errors(change(client, lead, role="board"))


def test_replaced_address_opens_the_account_no_more(client, lead):
    EmailAddress.objects.create(user=lead, email=lead.email, primary=True)
    change(client, lead, email="leah@example.org")
    assert not EmailAddress.objects.filter(email="lead@example.org").exists()


def test_password_is_set_on_a_page_of_its_own(client, lead):
    page = client.get(reverse("admin:atf_user_change", args=[lead.pk]))
    assert 'href="../password/"' in page.content.decode()
    data = {
        "usable_password": "true",
        "password1": "battery staple",
        "password2": "battery staple",
    }
    client.post(reverse("admin:auth_user_password_change", args=[lead.pk]), data)
    lead.refresh_from_db()
    assert lead.check_password("battery staple")


def test_user_can_not_be_deleted(client, lead):
    assert client.get(reverse("admin:atf_user_delete", args=[lead.pk])).status_code == 403
    page = client.get(reverse("admin:atf_user_changelist"))
    assert "delete_selected" not in page.content.decode()


def test_users_are_listed_by_role_and_place(client, lead, other_lead):
    sefton = lead.places.get()
    page = client.get(
        reverse("admin:atf_user_changelist"),
        {"places__id__exact": sefton.pk, "role__exact": "lead"},
    )
    names = [user.name for user in page.context["cl"].result_list]
    assert names == ["Leah Lead"]
