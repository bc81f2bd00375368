"""Home, statements, health, error pages, and the frame around them."""

import datetime
import re

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import DatabaseError, connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from atf.views import HomeView
from stocktake import operations
from stocktake.models import Draft
from tests.factories import (
    ActivityFactory,
    DecisionFactory,
    RecommendationFactory,
    ResponsibleBodyFactory,
    RoundFactory,
)


def text_of(response):
    """The page."""
    return response.content.decode()


def links(html, start, end):
    """The texts of the links between two marks."""
    part = html[html.index(start) : html.index(end)]
    return [link.strip() for link in re.findall(r"<a [^>]*>([^<]*)</a>", part)]


@pytest.mark.parametrize(
    ("person", "cards", "menu"),
    [
        ("board_member", ["Reports", "Coherence today"], []),
        (
            "administrator",
            [
                "Import a workbook",
                "Entries to accept",
                "Build a coherence report",
                "Invite a place lead",
                "Reminders",
                "Administration",
            ],
            ["Review", "Import", "Admin"],
        ),
    ],
)
def test_home_shows_what_the_role_does(client, request, person, cards, menu):
    client.force_login(request.getfixturevalue(person))
    html = text_of(client.get(reverse("home")))
    assert links(html, "<main", "</main") == cards
    everyone = ["Home", "Themes", "Activities", "Coherence", "Reports"]
    assert links(html, "header__navigation-list", "</header") == everyone + menu
    assert html.rindex("Sign out") < html.index("<main")


def home(client, user, **parameters):
    """The home page of someone."""
    client.force_login(user)
    return text_of(client.get(reverse("home"), parameters))


def test_home_of_a_lead_before_the_first_round(client, lead):
    html = home(client, lead)
    assert "No round has opened yet." in html
    assert "Add an activity" not in html


def test_home_of_a_lead_without_a_place(client, lead):
    RoundFactory()
    lead.places.clear()
    assert "You have no place to record for at present." in home(client, lead)


@pytest.mark.parametrize(
    ("days", "said"), [(0, "today is the last day"), (1, "2 days left"), (9, "10 days left")]
)
def test_home_of_a_lead_counts_the_days_left(client, lead, days, said):
    closes_on = timezone.localdate() + datetime.timedelta(days=days)
    RoundFactory(name="Autumn", closes_on=closes_on)
    html = home(client, lead)
    assert "Sefton, Autumn" in html
    assert said in html


def test_home_of_a_lead_leads_on(client, lead):
    RoundFactory()
    html = home(client, lead)
    for name in ("Add an activity", "Decisions", "Work in Excel", "Activities of Sefton"):
        assert name in html
    for address in re.findall(r'href="(/[^"]+)"', html[html.index("<main") :]):
        assert client.get(address.replace("&amp;", "&")).status_code == 200


def test_home_of_a_lead_in_a_closed_round_only_reads(client, lead):
    RoundFactory(closed=True)
    html = home(client, lead)
    assert "entries can be read, not changed" in html
    assert "Add an activity" not in html


def test_home_of_a_lead_of_two_places_shows_the_one_asked_for(client, lead, other_lead):
    RoundFactory(name="Autumn")
    lead.places.add(other_lead.places.get())
    assert "Knowsley, Autumn" in home(client, lead)
    assert "Sefton, Autumn" in home(client, lead, place="sefton")
    assert "Knowsley, Autumn" in home(client, lead, place="halton")


def test_home_of_a_lead_shows_what_waits(client, lead, administrator):
    this_round, places = RoundFactory(), lead.places.all()
    draft = ActivityFactory(draft=True, round=this_round, places=places, title="Half a thought")
    returned = ActivityFactory(submitted=True, round=this_round, places=places)
    operations.return_activity(
        activity=returned, comments={"": "<b>Say more</b>"}, by=administrator
    )
    typed = Draft.objects.create(author=lead, content={"title": ["<i>Typed</i>"]})
    body = ResponsibleBodyFactory(answering_places=places)
    gap = RecommendationFactory(responsible_bodies=[body])
    DecisionFactory(place=lead.places.get(), recommendation=gap, answer="priority")
    html = home(client, lead)
    assert f'href="{draft.get_next_url()}"' in html
    assert f'href="{reverse("stocktake:activity-update", args=[returned.pk])}"' in html
    assert "&lt;b&gt;Say more&lt;/b&gt;" in html
    assert f'href="{typed.get_absolute_url()}"><bdi>&lt;i&gt;Typed&lt;/i&gt;</bdi>' in html
    assert f"recommendation={gap.code}" in html


def test_home_links_can_be_followed(client, administrator):
    client.force_login(administrator)
    html = text_of(client.get(reverse("home")))
    addresses = re.findall(r'card__link" href="([^"]+)"', html)
    assert len(addresses) == html.count('<li><div class="nhsuk-card') > 1, html
    for address in addresses:
        assert client.get(address).status_code == 200


def test_frame_marks_where_one_is(client, lead):
    client.force_login(lead)
    html = text_of(client.get(reverse("home")))
    assert re.findall(r'aria-current="(\w+)">(\w+)<', html) == [("page", "Home")]
    html = text_of(client.get(reverse("recommendations:theme-list")))
    assert re.findall(r'aria-current="(\w+)">(\w+)<', html) == [("page", "Themes")]


def test_frame_names_the_user(client, lead):
    client.force_login(lead)
    assert "Leah Lead" in text_of(client.get(reverse("home")))


@pytest.mark.parametrize("name", ["accessibility", "cookies", "privacy"])
def test_statement_is_open_to_all(client, db, name):
    html = text_of(client.get(reverse(name)))
    assert html.count("<h1") == 1
    assert '<html lang="en-GB">' in html
    assert "Sign out" not in html
    assert "header__navigation" not in html


def test_cookies_are_those_of_the_statement(client, lead):
    client.post(reverse("account_login"), {"login": lead.email, "password": "correct horse"})
    client.get(reverse("account_change_password"))
    html = text_of(client.get(reverse("cookies")))
    assert set(client.cookies) == {"sessionid", "csrftoken"}
    assert all(name in html for name in client.cookies)


def test_live_needs_no_database(client):
    assert client.get("/health/live/").json() == {"status": "ok"}


def test_ready_asks_the_database(client, db):
    assert client.get("/health/ready/").status_code == 200

    def broken(*args):
        raise DatabaseError

    with connection.execute_wrapper(broken):
        response = client.get("/health/ready/")
    assert response.status_code == 503
    assert response.json() == {"status": "no database"}


def test_unknown_page_says_so(client, lead):
    client.force_login(lead)
    response = client.get("/nothing/")
    assert response.status_code == 404
    assert "<title>Page not found – All Together Fairer</title>" in text_of(response)
    assert "Leah Lead" in text_of(response)


@pytest.mark.parametrize(
    ("error", "status", "heading"),
    [
        (SuspiciousOperation, 400, "The request could not be understood"),
        (PermissionDenied, 403, "You can’t do this"),
        (RuntimeError, 500, "Something went wrong"),
    ],
)
def test_error_has_its_page(client, lead, monkeypatch, error, status, heading):
    def broken(self, request):
        raise error

    monkeypatch.setattr(HomeView, "get", broken)
    client.force_login(lead)
    client.raise_request_exception = False
    response = client.get(reverse("home"))
    assert response.status_code == status
    assert f'<h1 class="nhsuk-heading-l">{heading}</h1>' in text_of(response)


def test_form_without_its_token_is_explained(db):
    client = Client(enforce_csrf_checks=True)
    response = client.post(reverse("account_login"), {})
    assert response.status_code == 403
    assert "The page was open for too long" in text_of(response)


def test_policy_allows_nothing_inline_and_nothing_from_elsewhere(client, db):
    response = client.get(reverse("account_login"))
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy
    html = text_of(response)
    assert not re.search(r"<style|style=|<script(?![^>]* src=)|\bon\w+=", html)
    assert not re.search(r"(src|href)=\"(https?:)?//", html)
    assert "camera=()" in response["Permissions-Policy"]
