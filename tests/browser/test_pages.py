"""The pages that no journey passes, as each role sees them, with the demonstration's entries."""

import pytest
from django.conf import settings
from django.core.management import call_command
from django.urls import reverse
from playwright.sync_api import expect

from recommendations.models import Place, Theme
from stocktake import operations
from stocktake.models import Activity, CoherenceReport, ImportBatch, RecommendationLink
from tests.factories import ActivityFactory

pytestmark = pytest.mark.browser

LONG = "See https://www.example.org/all-about-our-work-with-families-and-young-children-in-sefton"


@pytest.fixture
def demonstration(framework, lead, board_member, administrator):
    """What a newcomer finds; our people keep their passwords."""
    passwords = {person: person.password for person in (lead, board_member, administrator)}
    call_command("demo")
    for person, password in passwords.items():
        person.password = password
        person.save()


def see(visitor, subtests, pages):
    """Check each of `pages`: its address, its heading and, if it is an error, its status."""
    for address, heading, *status in pages:
        with subtests.test(address):
            assert visitor.open(address) == (status[0] if status else 200)
            visitor.check(heading, status=status[0] if status else 200)


def linked_activity():
    """An accepted activity with a confirmed link and a measure."""
    return Activity.objects.exclude(local_measures=None).accepted().first()


def framework_pages():
    """The pages on the framework, with the longest texts, and a recommendation with activities."""
    themes = {code: str(Theme.objects.get(code=code)) for code in ("T1", "T2", "SE")}
    link = RecommendationLink.objects.confirmed().first()
    code = link.recommendation.code
    return [
        (reverse("recommendations:theme-list"), "Themes"),
        *(
            (reverse("recommendations:theme-detail", args=[code]), title)
            for code, title in themes.items()
        ),
        (reverse("recommendations:indicator-list"), "Beacon indicators"),
        (reverse("stocktake:recommendation-detail", args=[code]), f"Recommendation {code}"),
        (reverse("stocktake:recommendation-detail", args=["SE.05"]), "Recommendation SE.05"),
        (reverse("stocktake:recommendation-detail", args=["T5.09"]), "Recommendation T5.09"),
    ]


def test_pages_of_a_lead(visitor, subtests, lead, demonstration, capsys):
    sefton = Place.objects.get(slug="sefton")
    round = Activity.objects.first().round
    draft = ActivityFactory(draft=True, created_by=lead, round=round, places=[sefton], title=LONG)
    foreign = Activity.objects.exclude(places=sefton).accepted().first()
    link = RecommendationLink.objects.confirmed().filter(activity__places=sefton).first()
    code = link.recommendation.code
    visitor.sign_in(lead)
    visitor.check("Home")
    see(
        visitor,
        subtests,
        [
            *framework_pages(),
            (reverse("stocktake:activity-list"), "Activities"),
            (reverse("stocktake:activity-list") + "?page=2&sort=-title", "Activities"),
            (reverse("stocktake:activity-list") + "?words=nothing+is+so", "Activities"),
            (draft.get_absolute_url(), draft.title),
            (reverse("stocktake:activity-update", args=[draft.pk]), "Change an activity"),
            (reverse("stocktake:activity-update", args=[link.activity_id]), "Change an activity"),
            (reverse("stocktake:activity-delete", args=[draft.pk]), "Delete this draft?"),
            (
                reverse("stocktake:recommendation-link-update", args=[link.activity_id, code]),
                f"Change the link to {code}",
            ),
            (
                reverse("stocktake:decision-update", args=["T1.01", "sefton"]),
                "The answer of Sefton on T1.01",
            ),
            (reverse("account_change_password"), "Change your password"),
            (foreign.get_absolute_url() + "change/", "You can’t do this", 403),
            (reverse("stocktake:import-list"), "You can’t do this", 403),
            (reverse("stocktake:activity-detail", args=[10**9]), "Page not found", 404),
            ("/nothing/", "Page not found", 404),
        ],
    )


def test_pages_of_a_board_member(visitor, subtests, board_member, demonstration):
    report = CoherenceReport.objects.get()
    live = reverse("stocktake:coherence-live")
    visitor.sign_in(board_member)
    visitor.check("Home")
    see(
        visitor,
        subtests,
        [
            (linked_activity().get_absolute_url(), linked_activity().title),
            (report.get_absolute_url(), report.title),
            (report.get_absolute_url() + "recommendations/", "Recommendations covered"),
            (report.get_absolute_url() + "threads/", "Threads"),
            (report.get_absolute_url() + "activities/?page=2", "Activities counted"),
            (live, f"{report.title}, live"),
            (live + "threads/?state=declined", "Threads"),
            (live + "threads/?state=nonsense", "Threads"),
            (live + "activities/?theme=T1", "Activities counted"),
            (reverse("stocktake:activity-create"), "You can’t do this", 403),
        ],
    )


def test_pages_of_an_administrator(visitor, subtests, administrator, demonstration):
    sample = settings.BASE_DIR / "fixtures" / "sample-stocktake.xlsx"
    round = CoherenceReport.objects.get().round
    operations.stage_workbook(
        data=sample.read_bytes(), file_name=sample.name, round=round, by=administrator
    )
    preview, committed = ImportBatch.objects.order_by("-pk")
    suggested = RecommendationLink.objects.filter(confirmed_at=None).first()
    code = suggested.recommendation.code
    visitor.sign_in(administrator)
    visitor.check("Home")
    see(
        visitor,
        subtests,
        [
            (reverse("stocktake:import-list"), "Import"),
            (preview.get_absolute_url(), f"Preview of {sample.name}"),
            (committed.get_absolute_url(), f"Import of {sample.name}"),
            (suggested.activity.get_absolute_url(), suggested.activity.title),
            (
                reverse("stocktake:recommendation-link-update", args=[suggested.activity_id, code]),
                f"Confirm the link to {code}",
            ),
            (
                reverse("stocktake:activity-update", args=[suggested.activity_id]),
                "Change an activity",
            ),
            (reverse("stocktake:report-list"), "Reports"),
        ],
    )


def test_decision_without_a_reason_says_so_then_counts(visitor, lead, open_round):
    page = visitor.page
    visitor.sign_in(lead)
    visitor.arrive("Home")
    visitor.open(reverse("stocktake:recommendation-detail", args=["T1.02"]))
    page.get_by_role("link", name="Record the answer of Sefton").click()
    visitor.check("The answer of Sefton on T1.02")
    page.get_by_label("Not now").check()
    visitor.follow("Save the answer", role="button")
    field = visitor.check_error(
        "The answer of Sefton on T1.02", "Enter the reason for this answer", "Reason"
    )
    expect(page.get_by_label("Not now")).to_be_checked()
    field.fill("Waits for the review of nurseries.")
    for label, value in (("Day", "1"), ("Month", "4"), ("Year", "2099")):
        page.get_by_label(label).fill(value)
    visitor.follow("Save the answer", role="button")
    visitor.check("Recommendation T1.02")
    row = page.locator(".app-rows__row", has_text="Sefton")
    expect(row).to_contain_text("Declined")
    expect(row).to_contain_text("Waits for the review of nurseries. (review on 1 April 2099)")
