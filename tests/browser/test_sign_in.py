"""Signing in and out, the way back in, and the pages that everyone may read."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_sign_in_with_a_wrong_password_then_the_right_one(visitor, lead):
    page = visitor.page
    visitor.open(reverse("home"))
    visitor.check("Sign in")
    visitor.sign_in(lead, password="wrong")
    visitor.check_error(
        "Sign in",
        "The e-mail address or the password is wrong. Check both and try again",
        "E-mail address",
    )
    password = page.get_by_label("Password", exact=True)
    visitor.follow("Show password", role="button")
    expect(password).to_have_attribute("type", "text")
    password.fill("correct horse")
    visitor.follow("Sign in", role="button")
    visitor.check("Home")
    visitor.sign_out()
    assert visitor.open(reverse("home")) == 200
    visitor.check("Sign in")


def test_sign_in_after_five_failures_is_locked(visitor, lead):
    for _ in range(4):
        visitor.sign_in(lead, password="wrong")
        expect(visitor.page.locator(".nhsuk-error-summary")).to_be_visible()
    visitor.sign_in(lead, password="wrong")
    visitor.check("Sign-in is locked for 15 minutes", status=429)
    visitor.sign_in(lead)
    visitor.check("Sign-in is locked for 15 minutes", status=429)


def test_password_reset_by_mail_lets_in_with_the_new_one(visitor, lead, mailoutbox):
    page = visitor.page
    visitor.open(reverse("account_login"))
    visitor.follow("Forgotten your password?")
    visitor.check("Choose a new password")
    page.get_by_label("E-mail address").fill(lead.email)
    visitor.follow("Send the link", role="button")
    visitor.check("Check your e-mail")
    link = next(word for word in mailoutbox[0].body.split() if word.startswith("http"))
    page.goto(link)
    visitor.check("Choose a new password")
    for box in page.locator("input[type=password]").all():
        box.fill("staple battery")
    visitor.follow("Save the new password", role="button")
    visitor.check("Your password is changed")
    visitor.sign_in(lead, password="staple battery")
    visitor.check("Home")
    page.goto(link)
    visitor.check("This link can’t be used")


@pytest.mark.parametrize(
    ("name", "heading"),
    [
        ("accessibility", "Accessibility statement"),
        ("cookies", "Cookies"),
        ("privacy", "Privacy"),
    ],
)
def test_statement_without_signing_in(visitor, name, heading):
    assert visitor.open(reverse(name)) == 200
    visitor.check(heading)
