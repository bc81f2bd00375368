"""Inviting a lead, handing over to a successor, and what they meet on the way."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

INVITED = "An e-mail with a link was sent to Nora New, nora@example.org."


def link_in(message):
    """The link of an e-mail."""
    return next(word for word in message.body.split() if word.startswith("http"))


def choose_password(visitor, text="staple battery"):
    """Fill in the password twice and go on."""
    for box in visitor.page.locator("input[type=password]").all():
        box.fill(text)
    visitor.follow("Accept and sign in", role="button")


def test_invitation_from_sending_to_signing_in(visitor, administrator, mailoutbox):
    page = visitor.page
    visitor.sign_in(administrator)
    visitor.arrive("Home")
    visitor.follow("Invite a place lead")
    visitor.check("Invitations")
    visitor.follow("Invite a place lead", role="button")
    visitor.check("Invite a place lead")
    page.get_by_label("Name", exact=True).fill("Nora New")
    page.get_by_label("E-mail address").fill(administrator.email)
    page.get_by_label("Sefton").check()
    visitor.follow("Send the invitation", role="button")
    field = visitor.check_error(
        "Invite a place lead",
        "Ada Administrator has an account as Administrator. Change its role and its places in the "
        "admin, or enter another address",
        "E-mail address",
    )
    field.fill("nora@example.org")
    visitor.follow("Send the invitation", role="button")
    visitor.check("Invitations")
    expect(page.get_by_role("alert")).to_contain_text(INVITED)
    page.get_by_role("button", name="Send again to Nora New").click()
    visitor.check("Invitations")
    first, second = map(link_in, mailoutbox)
    page.goto(second)
    visitor.check("This invitation is for someone else", status=403)
    visitor.follow("Sign out now", role="button")
    page.goto(first)
    visitor.check("This invitation can’t be used", status=410)
    page.goto(second)
    visitor.check("Accept the invitation")
    expect(page).to_have_url(f"{visitor.address}{reverse('invitation-accept')}")
    choose_password(visitor, "123")
    expect(page.locator(".nhsuk-error-summary")).to_be_focused()
    visitor.check("Accept the invitation")
    choose_password(visitor)
    visitor.check("Home")
    expect(page.get_by_text("Welcome, Nora New. You record for Sefton.")).to_be_visible()
    visitor.sign_out()
    page.goto(second)
    visitor.check("This invitation can’t be used", status=410)


def test_hand_over_to_a_lead_who_has_an_account(visitor, lead, other_lead, mailoutbox):
    page = visitor.page
    visitor.sign_in(lead)
    visitor.arrive("Home")
    visitor.follow("Hand over")
    visitor.check("Hand over to a successor")
    page.get_by_label("Name of your successor").fill(other_lead.name)
    page.get_by_label("E-mail address of your successor").fill(other_lead.email)
    expect(page.get_by_label("Sefton")).to_be_checked()
    visitor.follow("Send the link", role="button")
    visitor.check("Hand over to a successor")
    expect(page.get_by_role("heading", name="Waiting for your successor")).to_be_visible()
    visitor.sign_out()
    page.goto(link_in(mailoutbox[0]))
    visitor.check("Sign in")
    page.get_by_label("E-mail address").fill(other_lead.email)
    page.get_by_label("Password", exact=True).fill("correct horse")
    visitor.follow("Sign in", role="button")
    visitor.check("Accept the invitation")
    visitor.follow("Accept", role="button")
    visitor.arrive("Home")
    expect(page.get_by_text("You record for Knowsley and Sefton.")).to_be_visible()
    visitor.sign_out()
    visitor.sign_in(lead)
    visitor.arrive("Home")
    visitor.follow("Hand over")
    visitor.check("Hand over to a successor")
    expect(page.get_by_text("You have no place to hand over.")).to_be_visible()
