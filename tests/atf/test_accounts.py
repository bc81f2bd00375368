"""Signing in and out, passwords, and the lock after repeated failures."""

import datetime
import re

import pytest
import time_machine
from django.core import mail
from django.urls import get_resolver, reverse

from tests.factories import UserFactory

PASSWORD = "correct horse"
WRONG = "The e-mail address or the password is wrong. Check both and try again"
START = datetime.datetime(2026, 9, 30, 12, tzinfo=datetime.UTC)


def sign_in(client, email="lead@example.org", password=PASSWORD, **extra):
    """Send the sign-in form."""
    return client.post(reverse("account_login"), {"login": email, "password": password}, **extra)


def test_sign_in_leads_home(client, lead):
    response = sign_in(client)
    assert response.status_code == 302
    assert response.url == reverse("home")
    assert client.session["_auth_user_id"] == str(lead.pk)


def test_sign_in_takes_the_address_in_any_case(client, lead):
    assert sign_in(client, email=" Lead@Example.ORG").status_code == 302


def test_sign_in_leads_to_the_page_that_was_asked_for(client, lead):
    address = reverse("account_change_password")
    page = client.get(address)
    assert page.url == f"{reverse('account_login')}?next={address}"
    html = client.get(page.url).content.decode()
    assert f'<input type="hidden" name="next" value="{address}">' in html
    response = client.post(
        page.url, {"login": lead.email, "password": "correct horse", "next": address}
    )
    assert response.url == address


def test_sign_in_does_not_lead_to_another_site(client, lead):
    response = client.post(
        reverse("account_login"),
        {"login": lead.email, "password": "correct horse", "next": "https://example.com/"},
    )
    assert response.url == reverse("home")


@pytest.mark.parametrize("email", ["lead@example.org", "nobody@example.org"])
def test_sign_in_that_fails_does_not_tell_who_has_an_account(client, lead, email):
    html = sign_in(client, email=email, password="wrong").content.decode()
    assert WRONG in html
    assert re.search(r"<title>Error: Sign in – All Together Fairer</title>", html)
    assert f'value="{email}"' in html
    assert 'value="wrong"' not in html


def test_sign_in_without_answers_says_what_to_enter(client, db):
    html = sign_in(client, email="", password="").content.decode()
    assert "Enter your e-mail address" in html
    assert "Enter your password" in html


def test_sign_in_has_no_remember_box_and_no_placeholders(client, db):
    html = client.get(reverse("account_login")).content.decode()
    assert "remember" not in html.lower()
    assert "placeholder" not in html
    assert 'autocomplete="username"' in html
    assert 'autocomplete="current-password"' in html


def test_session_ends_with_the_browser(client, lead):
    sign_in(client)
    assert client.session.get_expire_at_browser_close()


def test_deactivated_user_is_told_and_kept_out(client, lead):
    lead.is_active = False
    lead.save()
    response = sign_in(client)
    assert response.url == reverse("account_inactive")
    assert "_auth_user_id" not in client.session
    assert "switched off" in client.get(response.url).content.decode()


def test_sign_out_takes_a_post(client, lead):
    client.force_login(lead)
    assert "Do you want to sign out?" in client.get(reverse("account_logout")).content.decode()
    client.post(reverse("account_logout"))
    assert "_auth_user_id" not in client.session


def fail(client, times=5, **options):
    """Try a wrong password some times; return the last answer."""
    for _ in range(times):
        response = sign_in(client, password="wrong", **options)
    return response


def test_fifth_failure_locks(client, lead):
    assert fail(client, times=4).status_code == 200
    response = fail(client, times=1)
    assert response.status_code == 429
    assert "Sign-in is locked for 15 minutes" in response.content.decode()


def test_lock_refuses_the_right_password(client, lead):
    fail(client)
    assert sign_in(client).status_code == 429
    assert sign_in(client, email="LEAD@example.org").status_code == 429
    assert "_auth_user_id" not in client.session


def test_lock_holds_for_unknown_addresses_too(client, db):
    assert fail(client, email="nobody@example.org").status_code == 429


def test_lock_ends_after_15_minutes_even_if_one_tries_meanwhile(client, lead):
    with time_machine.travel(START, tick=False) as clock:
        fail(client)
        clock.shift(datetime.timedelta(minutes=14))
        assert sign_in(client).status_code == 429
        clock.shift(datetime.timedelta(minutes=1, seconds=1))
        assert sign_in(client).status_code == 302


def test_lock_spares_others_in_the_office(client, lead, other_lead):
    fail(client)
    assert sign_in(client, email=other_lead.email).status_code == 302


def test_lock_spares_the_same_person_elsewhere(client, lead):
    fail(client)
    assert sign_in(client, REMOTE_ADDR="192.0.2.7").status_code == 302


def test_success_forgets_failures(client, lead):
    fail(client, times=4)
    sign_in(client)
    client.post(reverse("account_logout"))
    assert fail(client, times=4).status_code == 200


def ask_for_link(client, email="lead@example.org"):
    """Ask for a new password; return the page that follows."""
    return client.post(reverse("account_reset_password"), {"email": email}, follow=True)


def test_password_can_be_reset_by_mail(client, lead):
    assert "Check your e-mail" in ask_for_link(client).content.decode()
    (message,) = mail.outbox
    assert message.to == [lead.email]
    assert message.subject == "Choose a new password for All Together Fairer"
    link = re.search(r"http://testserver(\S+)", message.body)[1]
    form = client.get(link, follow=True)
    assert "New password again" in form.content.decode()
    new = {"password1": "battery staple", "password2": "battery staple"}
    done = client.post(form.redirect_chain[-1][0], new, follow=True)
    assert "Your password is changed" in done.content.decode()
    assert sign_in(client, password="battery staple").status_code == 302
    client.post(reverse("account_logout"))
    assert "This link can’t be used" in client.get(link, follow=True).content.decode()


def test_password_reset_does_not_tell_who_has_an_account(client, db):
    assert "Check your e-mail" in ask_for_link(client, "nobody@example.org").content.decode()
    assert mail.outbox == []


def test_user_without_a_password_chooses_one_by_mail(client, db):
    user = UserFactory(name="Nora New")
    user.set_unusable_password()
    user.save()
    ask_for_link(client, user.email)
    assert len(mail.outbox) == 1


def test_new_password_must_be_good_and_the_same_twice(client, lead):
    client.force_login(lead)
    address = reverse("account_change_password")
    data = {"oldpassword": "wrong", "password1": "123", "password2": "1234"}
    html = client.post(address, data).content.decode()
    assert "This is not your current password. Enter it again" in html
    assert "This password is too short." in html
    data = {"oldpassword": "correct horse", "password1": "a" * 12, "password2": "b" * 12}
    assert "same password each time" in client.post(address, data).content.decode()


def test_new_password_says_what_is_asked_of_it(client, lead):
    client.force_login(lead)
    html = client.get(reverse("account_change_password")).content.decode()
    assert "Your password must contain at least 8 characters. Your password can" in html


def test_password_can_be_changed(client, lead):
    client.force_login(lead)
    data = {
        "oldpassword": "correct horse",
        "password1": "battery staple",
        "password2": "battery staple",
    }
    response = client.post(reverse("account_change_password"), data, follow=True)
    assert "Your password is changed" in response.content.decode()
    lead.refresh_from_db()
    assert lead.check_password("battery staple")


@pytest.mark.parametrize("page", ["signup/", "email/", "confirm-email/", "reauthenticate/", ""])
def test_pages_of_allauth_that_we_do_not_offer_are_not_there(client, db, page):
    assert client.get(f"/accounts/{page}").status_code == 404


OPEN = {
    "accessibility",
    "account_inactive",
    "account_login",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key_done",
    "cookies",
    "health-live",
    "health-ready",
    "privacy",
}


def plain_names(resolver, namespace=""):
    """The names of all pages without a parameter in their address."""
    for name, entries in resolver.reverse_dict.lists():
        if isinstance(name, str) and any(not entry[0][0][1] for entry in entries):
            yield namespace + name
    for inner, (_, below) in resolver.namespace_dict.items():
        yield from plain_names(below, f"{namespace}{inner}:")


def test_without_sign_in_only_the_named_pages_open(client, db):
    names = set(plain_names(get_resolver()))
    assert {"recommendations:theme-list", "stocktake:activity-list", "admin:index"} < names
    assert {name for name in names if client.get(reverse(name)).status_code == 200} == OPEN


def test_pages_of_the_apps_ask_for_sign_in(client, db):
    for name in ("recommendations:theme-list", "stocktake:activity-list"):
        assert client.get(reverse(name)).url.startswith(reverse("account_login"))


def test_admin_sends_to_the_one_way_in(client, db):
    response = client.get(reverse("admin:index"), follow=True)
    assert response.redirect_chain[-1][0].startswith(reverse("account_login"))
    data = {"username": "lead@example.org", "password": "correct horse"}
    assert client.post(reverse("admin:login"), data).status_code == 302


@pytest.mark.parametrize("person", ["lead", "board_member"])
def test_admin_is_for_administrators(client, request, person):
    client.force_login(request.getfixturevalue(person))
    assert client.get(reverse("admin:index"), follow=True).status_code == 403
