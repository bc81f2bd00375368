"""An administrator brings a workbook into a round."""

import re

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import expect

from recommendations.models import Place
from stocktake.models import Activity, ImportBatch

pytestmark = pytest.mark.browser

SAMPLE = settings.BASE_DIR / "fixtures" / "sample-stocktake.xlsx"
UNPLACED = "Figures for this theme still need to be agreed across the nine places."
RECOGNISED_BY_SHORT_NAME = "Race equality course for all managers, first dates in February."


@pytest.fixture
def at_upload(visitor, administrator, open_round):
    """The administrator on the page to upload a workbook."""
    visitor.sign_in(administrator)
    visitor.arrive("Home")
    visitor.follow("Import a workbook")
    visitor.check("Import")
    visitor.follow("Upload a workbook", role="button")
    visitor.check("Upload a workbook")
    return visitor


def upload(page, workbook):
    """Fill in the form and send it."""
    page.get_by_label("Round").select_option("This quarter")
    page.locator("input[type=file]").set_input_files(workbook)
    page.get_by_role("button", name="Upload and preview").click()


def said(page, term):
    """What a summary list says under a term."""
    row = page.locator(".nhsuk-summary-list__row").filter(
        has=page.locator("dt", has_text=re.compile(rf"^\s*{term}\s*$"))
    )
    return row.locator("dd").inner_text().strip()


def test_sample_workbook_previewed_and_committed(at_upload):
    visitor, page = at_upload, at_upload.page
    upload(page, SAMPLE)
    visitor.check(f"Preview of {SAMPLE.name}")
    batch = ImportBatch.objects.get()
    rows = page.locator("tbody tr")
    count = rows.count()
    assert count >= 60
    assert said(page, "Activities") == str(count) == str(batch.staged_activities.count())
    assert said(page, "Committed") == "Not yet: nothing of this counts"
    total, placed, unplaced = re.findall(r"\d+", said(page, "Lines of text"))
    assert int(total) == int(placed) + int(unplaced)
    assert unplaced == "1"
    expect(page.get_by_text(UNPLACED)).to_be_visible()
    uncertain = rows.filter(has_text="Uncertain")
    assert uncertain.count() > 0
    expect(uncertain.first).to_be_visible()
    known = rows.filter(has_text=RECOGNISED_BY_SHORT_NAME)
    expect(known.get_by_role("cell", name="Cheshire East", exact=True)).to_be_visible()
    assert Activity.objects.count() == 0

    visitor.follow(f"Commit {count} activities", role="button")
    visitor.check(f"Import of {SAMPLE.name}")
    expect(page.get_by_role("alert")).to_contain_text(f"{count} activities were added")
    assert Activity.objects.count() == count
    expect(page.get_by_role("button", name="Commit")).to_have_count(0)

    visitor.follow("Activities")
    visitor.check("Activities")
    expect(page.get_by_role("status")).to_have_text(f"{count} activities")
    page.get_by_label("Place", exact=True).select_option("Sefton")
    visitor.follow("Apply", role="button")
    expect(page.get_by_role("link", name="Remove Place: Sefton")).to_be_visible()
    visitor.check("Activities")
    assert "place=sefton" in page.url
    of_sefton = Activity.objects.in_places(Place.objects.filter(slug="sefton")).count()
    assert 0 < of_sefton < count
    expect(page.get_by_role("status")).to_have_text(f"{of_sefton} activities")
    expect(rows.filter(has_text="Sefton")).to_have_count(of_sefton)
    expect(rows).to_have_count(of_sefton)


def test_workbook_imported_before_proposes_nothing_new(at_upload):
    visitor, page = at_upload, at_upload.page
    upload(page, SAMPLE)
    page.get_by_role("button", name="Commit").click()
    expect(page.get_by_role("alert")).to_contain_text("were added")
    count = Activity.objects.count()
    visitor.open(reverse("stocktake:import-create"))
    upload(page, SAMPLE)
    visitor.check(f"Preview of {SAMPLE.name}")
    expect(page.get_by_text("This workbook proposes nothing new")).to_be_visible()
    assert said(page, "Activities") == "0"
    assert said(page, "Recorded by an earlier import") == str(count)
    expect(page.get_by_role("button", name="Commit")).to_have_count(0)
    visitor.follow("Discard", role="button")
    visitor.check("Import")
    expect(page.get_by_role("alert")).to_contain_text("was discarded")
    expect(page.locator("tbody tr")).to_have_count(1)
    assert Activity.objects.count() == count


def test_file_that_is_no_workbook_is_refused_at_the_field(at_upload):
    visitor, page = at_upload, at_upload.page
    upload(page, {"name": "notes.xlsx", "mimeType": "text/plain", "buffer": b"Only some notes."})
    summary = page.locator(".nhsuk-error-summary")
    expect(summary).to_be_visible()
    message = summary.get_by_role("link").inner_text()
    assert "workbook" in message
    field = visitor.check_error("Upload a workbook", message, "Workbook")
    expect(field).to_have_accessible_description(re.compile(rf"Error:\s+{re.escape(message)}"))
    expect(page.get_by_label("Round").locator("option:checked")).to_have_text("This quarter")
    assert not ImportBatch.objects.exists()
