"""A lead fills in their entries offline and brings them back."""

import io

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from recommendations.models import Place, Theme
from stocktake.models import Activity
from tests.factories import ActivityFactory
from tests.stocktake.offline.sheets import Sheet

pytestmark = pytest.mark.browser

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def hubs(open_round, lead):
    """An accepted entry of Sefton."""
    return ActivityFactory(
        round=open_round,
        theme=Theme.objects.get(code="T1"),
        title="Family hubs",
        places=[Place.objects.get(slug="sefton")],
    )


def download(visitor, link):
    """The Sheet that a link hands out."""
    with visitor.page.expect_download() as download:
        visitor.page.get_by_role("link", name=link).click()
    return Sheet(download.value.path().read_bytes())


def upload(visitor, sheet, name="sefton.xlsx"):
    """Choose a workbook and send it."""
    buffer = io.BytesIO(sheet.data).getvalue()
    visitor.page.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": XLSX, "buffer": buffer}
    )
    visitor.follow("Upload and preview", role="button")


def fill_in(sheet):
    """Change the entry, add one, and add one with two mistakes."""
    sheet.put(2, contact="Ann, ann@example.org", recommendation="T1.04")
    sheet.add(
        title="Walking for health",
        description="Walks for people over 60.",
        places="Sefton; Knowsley",
        theme="T5",
        delivery_status="Under way",
        indicator="3",
        measure="Walkers",
        value=40,
        value_on="27/3/2026",
        submit="Yes",
    )
    sheet.add(
        title="Warm homes",
        description="Advice.",
        places="Sefton",
        theme="T55",
        delivery_status="Planned",
        starts_on="soon",
    )
    return sheet


def test_workbook_filled_in_offline_comes_back_row_by_row(visitor, lead, hubs):
    page = visitor.page
    visitor.sign_in(lead)
    visitor.arrive("Home")
    visitor.open(reverse("stocktake:upload-create"))
    visitor.check("Work in Excel")
    sheet = fill_in(download(visitor, "Download the entries of Sefton, This quarter"))
    upload(visitor, sheet)
    visitor.check("Preview of sefton.xlsx")
    expect(page.get_by_role("status")).to_have_text("3 rows")
    wrong = page.get_by_role("article", name="Row 4: Warm homes")
    expect(wrong).to_contain_text("There is no theme “T55”. Choose one from the list.")
    expect(wrong).to_contain_text("“soon” is not a date.")
    changed = page.get_by_role("article", name="Row 2: Family hubs")
    expect(changed).to_contain_text("Ann, ann@example.org")
    assert Activity.objects.count() == 1

    visitor.follow("Rejected: 1")
    visitor.check("Preview of sefton.xlsx")
    expect(page.get_by_role("status")).to_have_text("1 row")
    visitor.follow("Save 2 activities", role="button")
    visitor.check("Saved from sefton.xlsx")
    expect(page.get_by_role("alert")).to_contain_text("1 new activity and 1 changed activity")
    walking = Activity.objects.get(title="Walking for health")
    assert walking.is_submitted
    assert walking.places.count() == 2

    mended = download(visitor, "Download the rejected rows")
    assert "Theme: There is no theme “T55”" in mended.cell(2, "What to mend").value
    visitor.follow("upload that workbook")
    visitor.arrive("Work in Excel")
    upload(visitor, mended.put(2, theme="T5", starts_on="1 May 2026"), name="mended.xlsx")
    visitor.check("Preview of mended.xlsx")
    visitor.follow("Save 1 activity", role="button")
    visitor.arrive("Saved from mended.xlsx")
    assert Activity.objects.get(title="Warm homes").is_draft
    visitor.open(reverse("stocktake:upload-create"))
    visitor.check("Work in Excel")
    expect(page.locator("tbody tr")).to_have_count(2)


def test_entry_changed_online_meanwhile_is_shown_and_kept(visitor, lead, hubs):
    page = visitor.page
    visitor.sign_in(lead)
    visitor.arrive("Home")
    visitor.open(reverse("stocktake:upload-create"))
    sheet = download(visitor, "Download the entries of Sefton, This quarter")
    visitor.open(reverse("stocktake:activity-update", args=[hubs.pk]))
    page.get_by_label("Lead organisation").fill("Sefton Council")
    page.get_by_role("button", name="Save", exact=False).first.click()
    visitor.open(reverse("stocktake:upload-create"))
    upload(visitor, sheet.put(2, contact="Ann"))
    visitor.check("Preview of sefton.xlsx")
    conflict = page.get_by_role("article", name="Row 2: Family hubs")
    expect(conflict).to_contain_text("Conflict")
    expect(conflict).to_contain_text("Sefton Council")
    expect(conflict).to_contain_text("Ann")
    expect(page.get_by_role("button", name="Save")).to_have_count(0)
    hubs.refresh_from_db()
    assert (hubs.lead_organisation, hubs.contact) == ("Sefton Council", "")


def test_file_that_is_no_workbook_is_refused_at_the_field(visitor, lead, open_round):
    visitor.sign_in(lead)
    visitor.arrive("Home")
    visitor.open(reverse("stocktake:upload-create"))
    visitor.page.locator("input[type=file]").set_input_files(
        {"name": "entries.csv", "mimeType": "text/csv", "buffer": b"Code,Version"}
    )
    visitor.follow("Upload and preview", role="button")
    visitor.check_error(
        "Work in Excel",
        "This is a CSV file, which has no lists and no second sheet. Save it as an “Excel "
        "Workbook (.xlsx)” and choose that file",
        "Workbook",
    )
