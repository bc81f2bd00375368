"""Rounds, decisions and coherence reports in the admin."""

import datetime

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from recommendations.models import Level
from stocktake import operations
from stocktake.coherence import Coherence, Scope, State, coherence
from stocktake.models import Activity, CoherenceReport, Decision, Round
from tests.factories import (
    ActivityFactory,
    DecisionFactory,
    PlaceFactory,
    RecommendationFactory,
    RecommendationLinkFactory,
    ResponsibleBodyFactory,
    RoundFactory,
    ThemeFactory,
)

MODELS = [Round, Decision, CoherenceReport]
everyone_else = pytest.mark.parametrize("who", ["lead", "other_lead", "board_member"])


@pytest.fixture
def admin(client, administrator):
    """A browser in which an administrator is signed in."""
    client.force_login(administrator)
    return client


def page(model, name, *args):
    """The address of a page of the admin."""
    return reverse(f"admin:stocktake_{model._meta.model_name}_{name}", args=args)


def errors(response):
    """The errors of the admin's form."""
    return response.context["adminform"].form.errors


@pytest.fixture
def autumn(db):
    """A round with T1.01 and T1.02 of the boroughs, T2.01 of the system; Sefton serves T1.01."""
    round = RoundFactory(name="Autumn 2023", closed=True)
    sefton, knowsley = PlaceFactory(name="Sefton"), PlaceFactory(name="Knowsley")
    system = PlaceFactory(system=True)
    boroughs = ResponsibleBodyFactory(name="Place", answering_places=[sefton, knowsley])
    board = ResponsibleBodyFactory(name="System", level="system", answering_places=[system])
    t1, t2 = ThemeFactory(code="T1"), ThemeFactory(code="T2")
    first = RecommendationFactory(
        code="T1.01", theme=t1, phase="year-1", responsible_bodies=[boroughs]
    )
    RecommendationFactory(code="T1.02", theme=t1, responsible_bodies=[boroughs])
    RecommendationFactory(code="T2.01", theme=t2, phase="year-1", responsible_bodies=[board])
    activity = ActivityFactory(round=round, theme=t1, places=[sefton], title="Warm homes")
    RecommendationLinkFactory(activity=activity, recommendation=first)
    round.parts = {
        "places": {"sefton": sefton, "knowsley": knowsley, "cheshire-and-merseyside": system},
        "themes": {"T1": t1, "T2": t2},
        "responsible_bodies": {"Place": boroughs, "System": board},
    }
    return round


def build(client, round, **parts):
    """Send the form that builds a report; parts are named by slug, code or name."""
    data = {"round": round.pk, "title": "Autumn report", "comment": "First.", "_continue": "1"}
    for name, chosen in parts.items():
        rows = round.parts.get(name)
        data[name] = [rows[key].pk for key in chosen] if rows else chosen
    return client.post(page(CoherenceReport, "add"), data)


@pytest.fixture
def draft(autumn, administrator):
    """A report that is not published."""
    return operations.build_report(
        round=autumn, title="Autumn report", comment="First.", scope=Scope(), by=administrator
    )


@pytest.fixture
def published(draft, administrator):
    """A report that the Board reads."""
    return operations.publish_report(report=draft, by=administrator)


# Building


def test_report_is_built_from_the_whole_round(admin, administrator, autumn):
    response = build(admin, autumn)
    report = CoherenceReport.objects.get()
    assert response.status_code == 302
    assert response.url == page(CoherenceReport, "change", report.pk)
    assert (report.title, report.comment, report.round) == ("Autumn report", "First.", autumn)
    assert (report.built_by, report.is_published) == (administrator, False)
    assert Coherence.from_json(report.content) == coherence(autumn)
    assert len(report.content["threads"]) == 5


@pytest.mark.parametrize(
    ("parts", "scope", "threads"),
    [
        ({"places": ["sefton"]}, Scope(places=("sefton",)), "T1.01 sefton, T1.02 sefton"),
        (
            {"themes": ["T2"]},
            Scope(themes=("T2",)),
            "T2.01 cheshire-and-merseyside",
        ),
        (
            {"phases": ["year-1"]},
            Scope(phases=("year-1",)),
            "T1.01 knowsley, T1.01 sefton, T2.01 cheshire-and-merseyside",
        ),
        (
            {"responsible_bodies": ["System"]},
            Scope(bodies=("System",)),
            "T2.01 cheshire-and-merseyside",
        ),
        (
            {
                "places": ["knowsley"],
                "themes": ["T1"],
                "phases": ["years-2-5"],
                "responsible_bodies": ["Place"],
            },
            Scope(("knowsley",), ("T1",), ("years-2-5",), ("Place",)),
            "T1.02 knowsley",
        ),
        (
            {"themes": ["T1", "T2"], "phases": ["year-1", "years-2-5"]},
            Scope(themes=("T1", "T2"), phases=("year-1", "years-2-5")),
            "T1.01 knowsley, T1.01 sefton, T1.02 knowsley, T1.02 sefton, "
            "T2.01 cheshire-and-merseyside",
        ),
    ],
)
def test_report_is_built_from_a_part(admin, autumn, parts, scope, threads):
    build(admin, autumn, **parts)
    found = Coherence.from_json(CoherenceReport.objects.get().content)
    assert found.scope == scope
    named = [f"{thread.recommendation} {thread.place}" for thread in found.threads]
    assert ", ".join(sorted(named)) == threads


def test_report_is_built_under_its_own_number_in_the_history(admin, administrator, autumn):
    build(admin, autumn)
    entry = LogEntry.objects.get(user=administrator)
    assert entry.object_id == str(CoherenceReport.objects.get().pk)
    assert entry.object_repr == "Autumn report"


@pytest.mark.parametrize("empty", ["round", "title"])
def test_report_without_round_or_title_is_not_built(admin, autumn, empty):
    data = {"round": autumn.pk, "title": "Autumn report"} | {empty: ""}
    response = admin.post(page(CoherenceReport, "add"), data)
    assert list(errors(response)) == [empty]
    assert not CoherenceReport.objects.exists()


def test_report_of_a_comparator_is_not_built(admin, autumn):
    autumn.parts["places"]["england"] = PlaceFactory(
        name="England", level=Level.COMPARATOR, parent=None
    )
    response = build(admin, autumn, places=["england"])
    assert list(errors(response)) == ["places"]
    assert not CoherenceReport.objects.exists()


def test_report_s_form_offers_every_part(admin, autumn):
    fields = admin.get(page(CoherenceReport, "add")).context["adminform"].form.fields
    assert list(fields) == [
        "round",
        "title",
        "comment",
        "places",
        "themes",
        "phases",
        "responsible_bodies",
    ]
    assert set(fields["places"].queryset) >= set(autumn.parts["places"].values())
    assert [value for value, _ in fields["phases"].choices] == ["year-1", "years-2-5"]


# Seeing


def test_draft_is_seen_with_its_buttons(admin, draft):
    html = admin.get(page(CoherenceReport, "change", draft.pk)).content.decode()
    assert f'href="{draft.get_absolute_url()}"' in html
    assert 'name="_publish"' in html
    assert page(CoherenceReport, "delete", draft.pk) in html
    assert admin.get(draft.get_absolute_url()).status_code == 200


def test_published_report_is_seen_without_its_buttons(admin, published):
    html = admin.get(page(CoherenceReport, "change", published.pk)).content.decode()
    assert f'href="{published.get_absolute_url()}"' in html
    assert 'name="_publish"' not in html
    assert page(CoherenceReport, "delete", published.pk) not in html


def test_report_s_page_has_nothing_to_type_in(admin, draft):
    form = admin.get(page(CoherenceReport, "change", draft.pk)).context["adminform"].form
    assert list(form.fields) == []


def test_list_takes_the_same_number_of_queries_for_3_reports_as_for_1(admin, draft, administrator):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            response = admin.get(page(CoherenceReport, "changelist"))
        assert response.context["cl"].result_count == CoherenceReport.objects.count()
        return len(captured)

    one = queries()
    for _ in range(2):
        operations.build_report(
            round=RoundFactory(), title="Another", scope=Scope(), by=administrator
        )
    assert queries() == one


# Publishing


def test_report_is_published(admin, administrator, draft, board_member):
    content = draft.content
    response = admin.post(
        page(CoherenceReport, "change", draft.pk), {"_publish": "Publish to the Board"}, follow=True
    )
    assert "was published to the Board." in response.content.decode()
    report = CoherenceReport.objects.visible_to(board_member).get()
    assert report.published_by == administrator
    assert Coherence.from_json(report.content) == Coherence.from_json(content)


def test_report_published_again_says_so_and_keeps_the_first(admin, published, administrator):
    address = page(CoherenceReport, "change", published.pk)
    published_at = CoherenceReport.objects.get().published_at
    html = admin.post(address, {"_publish": "1"}, follow=True).content.decode()
    assert "This report was published before." in html
    report = CoherenceReport.objects.get()
    assert (report.published_at, report.published_by) == (published_at, administrator)


def test_report_is_not_published_by_looking_at_it(admin, draft):
    admin.get(page(CoherenceReport, "change", draft.pk), {"_publish": "1"})
    admin.post(page(CoherenceReport, "change", draft.pk), {"_continue": "1"})
    assert not CoherenceReport.objects.get().is_published


def test_report_that_is_published_shows_what_was_built_then(admin, draft):
    Activity.objects.all().delete()
    admin.post(page(CoherenceReport, "change", draft.pk), {"_publish": "1"})
    found = Coherence.from_json(CoherenceReport.objects.get().content)
    assert found.total.states[State.NO_MEASURE] == 1


# Keeping


CHANGED = {"title": "Another", "comment": "Other words.", "content": "{}", "rule_version": "9"}


@pytest.mark.parametrize("name", ["draft", "published"])
@pytest.mark.parametrize("button", ["_save", "_continue", "_publish"])
def test_report_is_not_changed_by_what_is_sent(admin, request, name, button):
    report = request.getfixturevalue(name)
    other = RoundFactory()
    before = CoherenceReport.objects.get()
    data = CHANGED | {"round": other.pk, "themes": [], button: "1"}
    admin.post(page(CoherenceReport, "change", report.pk), data)
    after = CoherenceReport.objects.get()
    for field in ("title", "comment", "content", "rule_version", "round", "built_at", "built_by"):
        assert getattr(after, field) == getattr(before, field)


def test_draft_is_deleted(admin, draft):
    address = page(CoherenceReport, "delete", draft.pk)
    assert admin.get(address).status_code == 200
    assert CoherenceReport.objects.exists()
    admin.post(address, {"post": "yes"})
    assert not CoherenceReport.objects.exists()


def test_published_report_is_not_deleted(admin, published):
    address = page(CoherenceReport, "delete", published.pk)
    assert admin.get(address).status_code == 403
    assert admin.post(address, {"post": "yes"}).status_code == 403
    assert CoherenceReport.objects.exists()


def test_published_report_is_not_deleted_from_the_list(admin, published):
    action = {"action": "delete_selected", "_selected_action": published.pk, "post": "yes"}
    admin.post(page(CoherenceReport, "changelist"), action)
    assert CoherenceReport.objects.exists()


def test_round_of_a_report_is_not_deleted(admin, published):
    admin.post(page(Round, "delete", published.round_id), {"post": "yes"})
    action = {"action": "delete_selected", "_selected_action": published.round_id, "post": "yes"}
    admin.post(page(Round, "changelist"), action)
    assert CoherenceReport.objects.get().round == published.round


# Who gets in


@everyone_else
@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("name", ["changelist", "add"])
def test_only_administrators_get_in(client, request, who, name, model):
    client.force_login(request.getfixturevalue(who))
    response = client.get(page(model, name))
    assert response.status_code == 302
    assert response.url.startswith(reverse("admin:login"))


@everyone_else
def test_only_administrators_build(client, request, who, autumn):
    client.force_login(request.getfixturevalue(who))
    assert build(client, autumn).status_code == 302
    assert not CoherenceReport.objects.exists()


@everyone_else
@pytest.mark.parametrize(
    ("name", "data"), [("change", {"_publish": "1"}), ("delete", {"post": "yes"})]
)
def test_only_administrators_publish_and_delete(client, request, who, name, data, draft):
    client.force_login(request.getfixturevalue(who))
    client.post(page(CoherenceReport, name, draft.pk), data)
    report = CoherenceReport.objects.get()
    assert not report.is_published


def test_nobody_gets_in_without_signing_in(client, draft):
    assert client.get(page(CoherenceReport, "change", draft.pk)).status_code == 302
    client.post(page(CoherenceReport, "change", draft.pk), {"_publish": "1"})
    assert not CoherenceReport.objects.get().is_published


# Rounds


def test_round_is_opened(admin):
    dates = {"opens_on": "2023-10-01", "closes_on": "2023-12-31"}
    admin.post(page(Round, "add"), {"name": "October to December 2023"} | dates)
    round = Round.objects.get()
    assert (round.name, round.slug) == ("October to December 2023", "october-to-december-2023")
    assert (str(round.opens_on), str(round.closes_on)) == ("2023-10-01", "2023-12-31")


def test_round_that_closes_before_it_opens_is_refused_with_a_message(admin, db):
    dates = {"opens_on": "2023-12-31", "closes_on": "2023-10-01"}
    response = admin.post(page(Round, "add"), {"name": "Autumn"} | dates)
    assert "A round closes on or after the day it opens." in str(errors(response))
    assert not Round.objects.exists()


@pytest.mark.parametrize("name", ["Autumn 2023", "AUTUMN 2023", "Autumn, 2023"])
def test_round_named_like_another_is_refused_with_a_message(admin, autumn, name):
    dates = {"opens_on": "2023-10-01", "closes_on": "2023-12-31"}
    response = admin.post(page(Round, "add"), {"name": name} | dates)
    assert response.status_code == 200
    assert errors(response)
    assert Round.objects.get() == autumn


def test_round_is_corrected_under_the_same_address(admin, autumn):
    dates = {"opens_on": "2023-10-01", "closes_on": "2024-01-31"}
    admin.post(page(Round, "change", autumn.pk), {"name": "Late 2023"} | dates)
    round = Round.objects.get()
    assert (round.name, round.slug) == ("Late 2023", "autumn-2023")
    assert round.closes_on == datetime.date(2024, 1, 31)


def test_round_list_says_which_are_open(admin, autumn):
    RoundFactory(name="Now")
    results = admin.get(page(Round, "changelist")).context["cl"].result_list
    assert {round.name: round.is_open for round in results} == {"Autumn 2023": False, "Now": True}


def test_round_with_activities_is_not_deleted(admin, autumn):
    html = admin.get(page(Round, "delete", autumn.pk)).content.decode()
    assert "Warm homes" in html
    admin.post(page(Round, "delete", autumn.pk), {"post": "yes"})
    assert Round.objects.exists()


# Decisions


def test_decisions_are_looked_at_only(admin, db):
    decision = DecisionFactory(declined=True, reason="Too soon.")
    DecisionFactory()
    listed = admin.get(page(Decision, "changelist"), {"q": "Too soon"}).context["cl"].result_list
    assert list(listed) == [decision]
    shown = admin.get(page(Decision, "change", decision.pk))
    assert "Too soon." in shown.content.decode()
    assert admin.get(page(Decision, "add")).status_code == 403
    changed = admin.post(page(Decision, "change", decision.pk), {"answer": "doing"})
    deleted = admin.post(page(Decision, "delete", decision.pk), {"post": "yes"})
    assert (changed.status_code, deleted.status_code) == (403, 403)
    action = {"action": "delete_selected", "_selected_action": decision.pk, "post": "yes"}
    admin.post(page(Decision, "changelist"), action)
    assert Decision.objects.get(pk=decision.pk).answer == "not-now"


def test_list_takes_the_same_number_of_queries_for_3_decisions_as_for_1(admin, db):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            response = admin.get(page(Decision, "changelist"))
        assert response.context["cl"].result_count == Decision.objects.count()
        return len(captured)

    DecisionFactory()
    one = queries()
    DecisionFactory()
    DecisionFactory()
    assert queries() == one
