"""`manage.py demo`: a demonstration in an empty database, and nothing done to another."""

import io
import json
import re

import pytest
import time_machine
from django.core.management import call_command
from django.urls import reverse

from atf.models import User
from recommendations.models import Recommendation, Theme
from stocktake.coherence import Coherence, State
from stocktake.history import snapshot
from stocktake.models import Activity, CoherenceReport, Decision, ImportBatch, Round
from stocktake.progress import working_day
from tests.factories import ActivityFactory, UserFactory

pytestmark = pytest.mark.django_db

PEOPLE = {
    "lead@example.org": User.Role.LEAD,
    "board@example.org": User.Role.BOARD_MEMBER,
    "administrator@example.org": User.Role.ADMINISTRATOR,
}


def run():
    """What the command prints."""
    stdout = io.StringIO()
    call_command("demo", stdout=stdout)
    return stdout.getvalue()


def passwords(printed):
    """The passwords that were printed, by address."""
    return dict(re.findall(r"(\S+@\S+)\s+password (\S+)", printed))


def dumped():
    """Every row of the project's apps."""
    stdout = io.StringIO()
    call_command("dumpdata", "atf", "recommendations", "stocktake", stdout=stdout, verbosity=0)
    return json.loads(stdout.getvalue())


def test_demo_first_run_loads_framework_and_sample():
    run()
    assert (Theme.objects.count(), Recommendation.objects.count()) == (15, 125)
    assert ImportBatch.objects.get().is_committed
    imported = Activity.objects.filter(source="workbook")
    assert imported.count() == ImportBatch.objects.get().staged_activities.count() > 0
    assert Round.objects.open().count() == 1
    answers = set(Decision.objects.values_list("answer", flat=True))
    assert answers == {"priority", "doing", "not-now", "not-relevant"}


def test_demo_first_run_makes_a_user_of_each_role_whose_printed_password_works(client):
    printed = passwords(run())
    assert {user.email: user.role for user in User.objects.all()} == PEOPLE
    assert printed.keys() == PEOPLE.keys()
    assert len(set(printed.values())) == 3
    assert min(map(len, printed.values())) >= 12
    for email, password in printed.items():
        client.post(reverse("account_login"), {"login": email, "password": password})
        assert client.session["_auth_user_id"] == str(User.objects.get(email=email).pk)
        client.post(reverse("account_logout"))
        assert "_auth_user_id" not in client.session


def test_demo_lead_has_a_place_and_entries_to_look_at():
    run()
    lead = User.objects.get(email="lead@example.org")
    assert lead.own_places.exists()
    assert Activity.objects.editable_by(lead).exists()
    day = working_day(Round.objects.current(), lead.own_places.get())
    assert (len(day.returned), day.waiting) == (1, 2)
    assert day.returned[0].comments
    assert Activity.objects.filter(review_status="submitted").exists()


def test_demo_keeps_what_the_page_says_in_the_history():
    run()
    for activity in Activity.objects.with_content():
        assert activity.versions.last().content == snapshot(activity)


def test_demo_report_is_published_and_has_a_thread_in_every_state():
    run()
    board_member = User.objects.get(email="board@example.org")
    report = CoherenceReport.objects.visible_to(board_member).get()
    found = Coherence.from_json(report.content)
    assert found.total.threads == 674
    assert [state for state, count in found.total.counts if not count] == []
    assert found.without_activity
    assert found.without_measure
    assert found.unlinked_activities
    assert found.unnamed_indicators


@pytest.mark.parametrize("day", ["2026-01-01", "2026-03-31", "2027-12-31", "2028-02-29"])
def test_demo_works_on_the_first_and_the_last_day_of_a_round(day):
    with time_machine.travel(f"{day}T12:00:00Z", tick=False):
        run()
        assert Round.objects.current().is_open
        assert Round.objects.count() == 2
        found = Coherence.from_json(CoherenceReport.objects.get().content)
    assert {thread.state for thread in found.threads} == set(State)


def test_demo_second_run_changes_and_prints_nothing():
    run()
    before = dumped()
    assert run() == ""
    assert dumped() == before


def test_demo_leaves_a_database_with_activities_alone():
    ActivityFactory(title="Ours", created_by=UserFactory(email="administrator@example.org"))
    before = dumped()
    assert run() == ""
    assert dumped() == before


def test_demo_does_not_overwrite_a_framework_that_was_edited():
    call_command("loaddata", "framework", verbosity=0)
    Recommendation.objects.filter(code="T1.01").update(text="Our words.", note="Ours.")
    Theme.objects.filter(code="T8").update(other_titles="Our title")
    run()
    edited = Recommendation.objects.get(code="T1.01")
    assert (edited.text, edited.note) == ("Our words.", "Ours.")
    assert Theme.objects.get(code="T8").other_titles == "Our title"
    assert Activity.objects.exists()


def test_demo_does_not_bring_back_what_an_administrator_took_away():
    call_command("loaddata", "framework", verbosity=0)
    Recommendation.objects.get(code="T8.03").delete()
    run()
    assert not Recommendation.objects.filter(code="T8.03").exists()


def test_demo_that_fails_half_way_leaves_no_users_behind(monkeypatch):
    def fail(**kwargs):
        raise RuntimeError("The disk is full.")

    monkeypatch.setattr("stocktake.operations.publish_report", fail)
    with pytest.raises(RuntimeError):
        run()
    assert not User.objects.exists()
    assert not Activity.objects.exists()
    assert not CoherenceReport.objects.exists()
