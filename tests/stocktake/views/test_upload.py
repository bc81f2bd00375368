"""The pages on which a lead downloads entries, uploads them again, and saves what has changed."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from stocktake import operations
from stocktake.models import Activity, Upload
from tests.concurrency import at_once
from tests.factories import ActivityFactory, PlaceFactory, RoundFactory, ThemeFactory

from ..offline.sheets import Sheet, download, walks
from . import MARKUP, Page, assert_escaped, assert_refused, browser_of, queries, sign_in_for, url


@pytest.fixture
def round(db):
    return RoundFactory(name="This quarter")


@pytest.fixture
def theme(db):
    return ThemeFactory(code="T1", title="Best start")


@pytest.fixture
def activity(round, theme, lead):
    return ActivityFactory(round=round, theme=theme, title="Hubs", places=list(lead.places.all()))


@pytest.fixture
def sheet(activity, theme):
    """A workbook with a changed, a new and a wrong row, and one more column."""
    sheet = download(activity).put(2, contact="Ann")
    sheet.add(**walks(theme))
    sheet.add(**walks(theme, title="Wrong", theme="T99"))
    sheet.sheet.cell(1, len(sheet.headings) + 1).value = "My notes"
    return sheet.put(2, **{"My notes": "mine"})


@pytest.fixture
def upload(sheet, round, lead):
    return operations.upload_entries(data=sheet.data, file_name="a.xlsx", round=round, by=lead)


def file(data, name="filled in.xlsx"):
    return SimpleUploadedFile(name, data)


def post_file(lead, round, data, name="filled in.xlsx"):
    return browser_of(lead).post(
        url("upload-create"), {"round": round.pk, "workbook": file(data, name)}
    )


def address_of_download(round, place="sefton"):
    return url("upload-download", round=round.slug, place=place)


# Downloading


def test_page_offers_own_places_in_open_rounds(lead, round):
    RoundFactory(name="Last quarter", closed=True)
    PlaceFactory(name="Knowsley")
    page = Page(browser_of(lead).get(url("upload-create")))
    assert page.heading == "Work in Excel"
    downloads = [link for link in page.links if link.startswith(url("upload-download"))]
    assert downloads == [address_of_download(round)]


def test_page_without_an_open_round_says_so(lead):
    RoundFactory(closed=True)
    page = Page(browser_of(lead).get(url("upload-create")))
    assert "No round is open for entries at the moment." in page.text
    assert page.actions == []


def test_page_without_a_place_says_so(lead, round):
    lead.places.clear()
    assert "You have no place" in Page(browser_of(lead).get(url("upload-create"))).text


def test_download_holds_the_entries_of_the_place_in_the_round(lead, round, activity, theme):
    ActivityFactory(round=round, theme=theme, places=[PlaceFactory(name="Knowsley")])
    ActivityFactory(round=RoundFactory(closed=True), places=list(lead.places.all()))
    draft = ActivityFactory(
        round=round, theme=theme, title="Zeal", places=list(lead.places.all()), draft=True
    )
    response = browser_of(lead).get(address_of_download(round))
    assert response["Content-Disposition"] == 'attachment; filename="sefton-this-quarter.xlsx"'
    sheet = Sheet(response.content)
    assert [cell.value for cell in sheet.sheet["A"]] == ["Code", activity.pk, draft.pk]


def test_download_takes_the_same_queries_for_one_and_for_many(lead, round, activity, theme):
    client = browser_of(lead)
    few = queries(client, address_of_download(round))
    for _ in range(3):
        ActivityFactory(round=round, theme=theme, places=list(lead.places.all()))
    assert queries(client, address_of_download(round)) == few


def test_download_of_a_closed_round_is_there_to_read(lead):
    closed = RoundFactory(closed=True)
    assert browser_of(lead).get(address_of_download(closed)).status_code == 200


def test_download_is_for_the_places_own_leads(lead, other_lead, board_member, administrator, round):
    address = address_of_download(round)
    assert browser_of(other_lead).get(address).status_code == 403
    assert browser_of(board_member).get(address).status_code == 403
    assert browser_of(administrator).get(address).status_code == 200


@pytest.mark.parametrize(
    "parameters",
    [{}, {"round": "x", "place": "sefton"}, {"round": "this-quarter", "place": "\0"}],
)
def test_download_of_something_unknown_is_not_found(lead, round, parameters):
    assert browser_of(lead).get(url("upload-download", **parameters)).status_code == 404


# Uploading


def test_upload_leads_to_its_preview_and_saves_nothing(lead, round, sheet):
    response = post_file(lead, round, sheet.data)
    upload = Upload.objects.get()
    assert response.url == upload.get_absolute_url()
    assert (upload.file_name, upload.uploaded_by, upload.round) == ("filled in.xlsx", lead, round)
    assert Activity.objects.count() == 1
    page = Page(browser_of(lead).get(url("upload-create")))
    assert page.rows("uploads")[0][0] == "filled in.xlsx"
    assert page.rows("uploads")[0][3] == "Preview"


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old .xls format"),
        ("a.csv", b"Code,Version", "This is a CSV file"),
        ("a.PDF", b"%PDF-1.7", "This is a PDF"),
        ("a.xlsm", b"PK", "macros"),
        ("a.xlsx", b"", "This file is empty. Choose the workbook that you filled in"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "protected by a password"),
        ("a.xlsx", b"%PDF-1.7", "not an Excel workbook"),
        ("a.xlsx", b"PK\x03\x04", "damaged"),
    ],
)
def test_file_that_is_no_workbook_is_refused_at_the_field(lead, round, name, data, message):
    page = assert_refused(post_file(lead, round, data, name))
    assert message in page.errors("id_workbook")
    assert not Upload.objects.exists()


def test_file_that_is_too_large_is_refused(lead, round, monkeypatch):
    monkeypatch.setattr("stocktake.forms.upload.MAX_FILE_SIZE", 10)
    page = assert_refused(post_file(lead, round, b"PK" * 10))
    assert "Choose a file of at most" in page.errors("id_workbook")


def test_upload_without_anything_is_refused(lead, round):
    assert_refused(
        browser_of(lead).post(url("upload-create"), {}), "Choose the round", "Choose the workbook"
    )


def test_upload_into_a_closed_round_is_not_offered(lead, round, sheet):
    closed = RoundFactory(closed=True)
    page = assert_refused(post_file(lead, closed, sheet.data))
    assert page.errors("id_round")


def test_workbook_without_a_column_says_which(lead, round, sheet):
    sheet.cell(1, "Theme").value = "Thema"
    page = assert_refused(post_file(lead, round, sheet.data))
    assert "The sheet “Entries” lacks the column “Theme”." in page.errors("id_workbook")


# The preview


def test_preview_says_what_becomes_of_each_row(lead, upload, activity):
    page = Page(browser_of(lead).get(upload.get_absolute_url()))
    assert page.heading == "Preview of a.xlsx"
    assert page.status == "3 rows"
    assert "Row 2: Hubs" in page.text
    assert "Row 3: Walking for health" in page.text
    assert (
        "Theme (sheet Entries, row 4, column G): There is no theme “T99”. Choose one from the "
        "list." in page.text
    )
    assert "were not read: My notes." in page.text
    assert url("activity-detail", activity.pk) in page.links
    for label in ("All: 3", "New: 1", "Changed: 1", "Unchanged: 0", "Conflict: 0", "Rejected: 1"):
        assert page.link(label)


def test_preview_by_state_shows_those_rows_only(lead, upload):
    page = Page(browser_of(lead).get(url("upload-detail", upload.pk, state="rejected")))
    assert page.status == "1 row"
    assert "Row 4: Wrong" in page.text
    assert "Row 2: Hubs" not in page.text
    assert Page(browser_of(lead).get(url("upload-detail", upload.pk, state="x"))).status == "0 rows"


def test_preview_of_many_rows_has_pages(lead, round, theme):
    sheet = download()
    for number in range(30):
        sheet.add(**walks(theme, title=f"Walk {number}"))
    upload = operations.upload_entries(data=sheet.data, file_name="a", round=round, by=lead)
    first = Page(browser_of(lead).get(upload.get_absolute_url()))
    assert "(page 1 of 2)" in first.title
    assert "Row 31:" not in first.text
    address = url("upload-detail", upload.pk, page=2)
    assert "Row 31:" in Page(browser_of(lead).get(address)).text


def test_preview_takes_the_same_queries_for_one_and_for_many(lead, round, theme, upload):
    client = browser_of(lead)
    few = queries(client, upload.get_absolute_url())
    sheet = download()
    for number in range(10):
        sheet.add(**walks(theme, title=f"Walk {number}"))
    longer = operations.upload_entries(data=sheet.data, file_name="a", round=round, by=lead)
    assert queries(client, longer.get_absolute_url()) == few


def test_conflict_shows_both_sides(lead, administrator, round, activity, sheet):
    current = Activity.objects.get(pk=activity.pk)
    current.description = "Changed online."
    operations.save_activity(
        activity=current,
        places=list(lead.places.all()),
        recommendations=[],
        indicators=[],
        submit=False,
        by=administrator,
    )
    upload = operations.upload_entries(data=sheet.data, file_name="a", round=round, by=lead)
    page = Page(browser_of(lead).get(upload.get_absolute_url()))
    assert "1 activity was changed online since you downloaded the workbook" in page.text
    assert "added: Changed online." in page.text
    assert "added: Ann" in page.text


def test_what_was_typed_is_shown_as_text(lead, round, theme):
    sheet = download()
    sheet.add(**walks(theme, title=MARKUP, description=MARKUP))
    sheet.add(**walks(theme, title=f"{MARKUP}!", theme=MARKUP))
    upload = operations.upload_entries(data=sheet.data, file_name="a", round=round, by=lead)
    assert_escaped(Page(browser_of(lead).get(upload.get_absolute_url())))


# Saving, mending, discarding


def test_saving_writes_new_and_changed_rows_and_keeps_the_rejected(lead, upload, activity):
    page = Page(browser_of(lead).post(url("upload-commit", upload.pk), follow=True))
    assert page.heading == "Saved from a.xlsx"
    assert "Saved: 1 new activity and 1 changed activity." in page.text
    assert "1 row was rejected." in page.text
    activity.refresh_from_db()
    assert activity.contact == "Ann"
    assert Activity.objects.count() == 2
    assert url("upload-commit", upload.pk) not in page.actions
    again = Page(browser_of(lead).post(url("upload-commit", upload.pk), follow=True))
    assert "This workbook was saved before: nothing was saved again." in again.text
    assert Activity.objects.count() == 2


def test_saving_what_was_overtaken_shows_how_it_stands(lead, administrator, upload, activity):
    operations.save_activity(
        activity=Activity.objects.get(pk=activity.pk),
        places=[PlaceFactory(name="Knowsley")],
        recommendations=[],
        indicators=[],
        submit=False,
        by=administrator,
    )
    page = Page(browser_of(lead).post(url("upload-commit", upload.pk), follow=True))
    assert "Nothing was saved: something was changed online" in page.text
    assert "This is an activity of Knowsley. Delete this row." in page.text
    assert Activity.objects.count() == 1


def test_rejected_rows_are_mended_and_uploaded(lead, round, upload, theme):
    client = browser_of(lead)
    response = client.get(url("upload-rejected", upload.pk))
    assert response["Content-Disposition"] == 'attachment; filename="to-mend-in-this-quarter.xlsx"'
    sheet = Sheet(response.content)
    assert sheet.headings[0] == "What to mend"
    assert sheet.headings[-1] == "My notes"
    wrong = sheet.cell(2, "Theme")
    assert sheet.cell(2, "What to mend").value == (
        "Theme: There is no theme “T99”. Choose one from the list"
    )
    assert (wrong.value, wrong.fill.fgColor.rgb) == ("T99", "00FBE0DD")
    response = post_file(lead, round, sheet.put(2, theme="T1").data)
    preview = Page(client.get(response.url))
    assert preview.link("New: 1")
    assert preview.link("Rejected: 0")
    assert "were not read" not in preview.text
    client.post(f"{response.url}commit/")
    assert Activity.objects.filter(title="Wrong", theme=theme).exists()


def test_upload_without_rejected_rows_has_none_to_mend(lead, round, activity):
    sheet = download(activity)
    upload = operations.upload_entries(data=sheet.data, file_name="a", round=round, by=lead)
    assert browser_of(lead).get(url("upload-rejected", upload.pk)).status_code == 404
    page = Page(browser_of(lead).get(upload.get_absolute_url()))
    assert page.actions == [url("upload-discard", upload.pk)]


def test_discarding_forgets_the_preview(lead, upload):
    page = Page(browser_of(lead).post(url("upload-discard", upload.pk), follow=True))
    assert "The preview of “a.xlsx” was discarded." in page.text
    assert not Upload.objects.exists()


def test_what_was_saved_is_not_discarded(lead, upload):
    operations.commit_upload(upload=upload, by=lead)
    page = Page(browser_of(lead).post(url("upload-discard", upload.pk), follow=True))
    assert "its preview stays as a record" in page.text
    assert Upload.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_is_discarded_and_saved_at_once_is_either(lead, upload):
    client = browser_of(lead)
    save, discard = (url(name, upload.pk) for name in ("upload-commit", "upload-discard"))
    found = at_once(lambda: client.post(save), lambda: browser_of(lead).post(discard))
    assert [response.status_code for response in found] in ([302, 302], [404, 302])
    assert Upload.objects.exists() == Activity.objects.filter(title="Walking for health").exists()


# Who may


OF_ONE = [
    ("upload-detail", "get"),
    ("upload-rejected", "get"),
    ("upload-commit", "post"),
    ("upload-discard", "post"),
]


@pytest.mark.parametrize(("name", "method"), OF_ONE)
def test_upload_is_its_uploaders_alone(
    lead, other_lead, board_member, administrator, upload, name, method
):
    address = url(name, upload.pk)

    def status(user):
        return getattr(browser_of(user), method)(address).status_code

    assert status(other_lead) == status(administrator) == 404
    assert status(board_member) == 403
    assert Activity.objects.count() == 1
    assert Upload.objects.exists()
    assert status(lead) in (200, 302)


@pytest.mark.parametrize(("name", "method"), OF_ONE)
def test_unknown_upload_is_not_found(lead, name, method):
    assert getattr(browser_of(lead), method)(url(name, 99)).status_code == 404


@pytest.mark.parametrize(
    ("name", "arguments"),
    [("upload-create", ()), ("upload-download", ()), *((name, (1,)) for name, _ in OF_ONE)],
)
def test_anonymous_is_asked_to_sign_in(client, db, name, arguments):
    address = url(name, *arguments)
    response = client.post(address) if name.endswith(("commit", "discard")) else client.get(address)
    assert response.url == sign_in_for(address)


def test_board_member_has_no_page_to_upload(board_member):
    assert browser_of(board_member).get(url("upload-create")).status_code == 403


@pytest.mark.parametrize(
    ("name", "method"),
    [
        ("upload-detail", "post"),
        ("upload-rejected", "post"),
        ("upload-commit", "get"),
        ("upload-discard", "get"),
    ],
)
def test_wrong_method_is_refused(lead, upload, name, method):
    assert getattr(browser_of(lead), method)(url(name, upload.pk)).status_code == 405


def test_download_and_page_refuse_other_methods(lead):
    assert browser_of(lead).post(url("upload-download")).status_code == 405
    assert browser_of(lead).put(url("upload-create")).status_code == 405
