"""Evidence: links and files, added, handed out and taken away."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from stocktake.models import Evidence
from stocktake.models.evidence import MAX_FILE_SIZE
from tests.factories import ActivityFactory, RoundFactory
from tests.stocktake.views import (
    MARKUP,
    Page,
    assert_escaped,
    assert_refused,
    browser_of,
    sign_in_for,
    url,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(lead):
    """A draft of Sefton in the open round."""
    return ActivityFactory(draft=True, round=RoundFactory(), places=lead.places.all())


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    """A folder of its own for the files of each test."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def upload(name="Minutes.pdf", content=b"%PDF-1.7 minutes"):
    """A file as a browser sends it."""
    return SimpleUploadedFile(name, content)


def add(user, activity, **data):
    """Add evidence to an entry."""
    data = {"title": "Minutes", "url": ""} | data
    return browser_of(user).post(url("evidence-create", activity.pk), data, follow=True)


def test_file_is_added_and_handed_out_as_it_came(lead, draft):
    page = Page(add(lead, draft, file=upload()))
    row = Evidence.objects.get()
    assert "“Minutes” was added." in page.text
    assert row.get_absolute_url() in page.links
    assert (row.added_by, row.file_name) == (lead, "Minutes.pdf")
    response = browser_of(lead).get(row.get_absolute_url())
    assert b"".join(response.streaming_content) == b"%PDF-1.7 minutes"
    assert response["Content-Disposition"] == 'attachment; filename="Minutes.pdf"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert draft.versions.last().content["evidence"] == ["Minutes: Minutes.pdf"]


@pytest.mark.parametrize("name", ["😀.pdf", "(.PDF", "...pdf", "Ünï côde 1.pdf", "a/b\\c.pdf"])
def test_file_keeps_its_type_whatever_it_is_called(lead, draft, name):
    for _ in range(2):
        add(lead, draft, file=upload(name))
    for row in Evidence.objects.all():
        assert row.file_name.endswith(".pdf")
        assert len(row.file_name) > len(".pdf")


def test_link_is_added(lead, draft):
    page = Page(add(lead, draft, title=MARKUP, url="https://example.org/a?b=1&c=2"))
    assert "https://example.org/a?b=1&c=2" in page.links
    assert_escaped(page)


def test_two_files_of_one_name_are_both_kept(lead, draft):
    for content in (b"one", b"two"):
        add(lead, draft, file=upload(content=content))
    assert {Path(row.file.path).read_bytes() for row in Evidence.objects.all()} == {b"one", b"two"}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({}, "Choose a file, or enter a link"),
        ({"title": "", "url": "https://example.org"}, "Enter what it is"),
        ({"url": "nothing"}, "Enter a link such as https://www.sefton.gov.uk"),
        ({"url": "ftp://example.org"}, "Enter a link that begins with https://"),
        ({"file": ("page.html", b"<script>")}, "Choose a document, a spreadsheet, slides or a"),
        ({"file": ("picture.svg", b"<svg/>")}, "Choose a document, a spreadsheet, slides or a"),
        ({"file": ("empty.pdf", b"")}, "This file is empty. Choose another"),
        ({"file": ("a" * 120 + ".pdf", b"x")}, "Give the file a name of at most 100 characters"),
        (
            {"file": ("a.pdf", b"x"), "url": "https://example.org"},
            "Add the link as evidence of its own, or clear it",
        ),
    ],
)
def test_what_is_wrong_is_said_at_the_field(lead, draft, data, message):
    if "file" in data:
        data = data | {"file": upload(*data["file"])}
    page = assert_refused(add(lead, draft, **data))
    assert any(said.startswith(message) for said, _ in page.summary), page.summary
    assert not Evidence.objects.exists()


def test_file_that_is_too_large_is_refused(lead, draft):
    large = upload(content=b"x" * (MAX_FILE_SIZE + 1))
    assert_refused(add(lead, draft, file=large), "Choose a file of at most 10 MB")


def test_file_is_for_those_who_see_the_entry(client, lead, other_lead, board_member, draft):
    add(lead, draft, file=upload())
    row = Evidence.objects.get()
    address = row.get_absolute_url()
    assert client.get(address).url == sign_in_for(address)
    for user in (other_lead, board_member):
        assert browser_of(user).get(address).status_code == 404
    other = ActivityFactory(round=draft.round, places=lead.places.all())
    assert browser_of(lead).get(url("evidence-download", other.pk, row.pk)).status_code == 404
    link = Evidence.objects.create(activity=draft, title="Page", url="https://example.org")
    assert browser_of(lead).get(url("evidence-download", draft.pk, link.pk)).status_code == 404


def test_file_that_is_gone_is_not_found(lead, draft):
    add(lead, draft, file=upload())
    row = Evidence.objects.get()
    Path(row.file.path).unlink()
    assert browser_of(lead).get(row.get_absolute_url()).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_removing_takes_the_file_away(lead, draft):
    add(lead, draft, file=upload())
    row = Evidence.objects.get()
    path = Path(row.file.path)
    address = url("evidence-delete", draft.pk, row.pk)
    page = Page(browser_of(lead).post(address, follow=True))
    assert "“Minutes” was removed." in page.text
    assert not path.exists()
    assert draft.versions.last().content["evidence"] == []


def test_accepted_entry_with_new_evidence_goes_back_to_review(lead, draft):
    entry = ActivityFactory(round=draft.round, places=lead.places.all())
    add(lead, entry, url="https://example.org")
    entry.refresh_from_db()
    assert entry.is_submitted


@pytest.mark.parametrize("name", ["evidence-create", "evidence-delete"])
def test_changing_evidence_is_for_the_places_leads(client, lead, other_lead, board_member, name):
    entry = ActivityFactory(round=RoundFactory(), places=lead.places.all())
    row = Evidence.objects.create(activity=entry, title="Page", url="https://example.org")
    address = url(name, *([entry.pk] if name == "evidence-create" else [entry.pk, row.pk]))
    assert client.post(address).url == sign_in_for(address)
    for user in (other_lead, board_member):
        assert browser_of(user).post(address).status_code == 403
    unknown = url(name, *([0] if name == "evidence-create" else [entry.pk, 0]))
    assert browser_of(lead).post(unknown).status_code == 404
    assert Evidence.objects.count() == 1


def test_other_methods_are_not_allowed(lead, draft):
    row = Evidence.objects.create(activity=draft, title="Page", url="https://example.org")
    client = browser_of(lead)
    assert client.put(url("evidence-create", draft.pk)).status_code == 405
    assert client.get(url("evidence-delete", draft.pk, row.pk)).status_code == 405
    assert client.post(url("evidence-download", draft.pk, row.pk)).status_code == 405
