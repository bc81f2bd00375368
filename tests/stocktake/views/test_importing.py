"""Importing a workbook through the pages: upload, preview, commit, discard."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from stocktake.models import Activity, ImportBatch, StagedActivity
from tests.factories import (
    PlaceFactory,
    RecommendationFactory,
    ResponsibleBodyFactory,
    RoundFactory,
    ThemeFactory,
)
from tests.stocktake.views import (
    MARKUP,
    Page,
    assert_escaped,
    assert_refused,
    browser_of,
    queries,
    sign_in_for,
    url,
    words,
)

pytestmark = pytest.mark.django_db
UNKNOWN = 999_999
PROSE = """Sefton - opened a family hub
with a café

Knowsley & Sefton - trained midwives to help mothers"""
UNPLACED = "Baseline needs to be agreed"


@pytest.fixture(autouse=True)
def framework(db):
    """The words that a workbook is read against."""
    theme = ThemeFactory(code="T1", title="Give every child the best start in life")
    sefton, _ = PlaceFactory(name="Sefton"), PlaceFactory(name="Knowsley")
    RecommendationFactory(
        theme=theme,
        code="T1.01",
        text="Train midwives, mothers and fathers to help families.",
        responsible_bodies=[ResponsibleBodyFactory(answering_places=[sefton])],
    )


@pytest.fixture
def this_round():
    """The round that is open."""
    return RoundFactory(name="Autumn")


def workbook(*rows, sheet="Themes", **others):
    """The bytes of a workbook whose first sheet has the stocktake's headings above `rows`."""
    book = Workbook()
    book.active.title = sheet
    book.active.append(["Marmot Themes", "Borough Level Activity", *others.get("headings", [])])
    for row in rows:
        book.active.append(row)
        for cell in book.active[book.active.max_row]:
            if isinstance(cell.value, str):
                cell.data_type = "s"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def stocktake(text=PROSE):
    """The bytes of a workbook of one theme with these activities of boroughs."""
    return workbook(["1. Give every child the best start in life", text])


def upload(user, this_round, content=None, name="stocktake.xlsx"):
    """Send a workbook; returns the page that follows."""
    data = {
        "round": this_round.pk,
        "workbook": SimpleUploadedFile(name, stocktake() if content is None else content),
    }
    return browser_of(user).post(url("import-create"), data, follow=True)


@pytest.fixture
def batch(administrator, this_round):
    """A preview of a workbook with two activities."""
    upload(administrator, this_round)
    return ImportBatch.objects.get()


def nothing_is_written():
    """Whether neither the preview nor the stocktake holds anything."""
    rows = [ImportBatch, StagedActivity, Activity]
    return not any(model.objects.exists() for model in rows)


# Who, and how

PAGES = [
    ("import-list", "get", 200),
    ("import-create", "get", 200),
    ("import-create", "post", 200),
    ("import-detail", "get", 200),
    ("import-commit", "post", 302),
    ("import-discard", "post", 302),
]


def address_of(name, batch):
    """The address of an import page."""
    return url(name) if name in ("import-list", "import-create") else url(name, batch.pk)


@pytest.mark.parametrize(("name", "method", "status"), PAGES)
def test_importing_is_for_administrators(
    lead, other_lead, board_member, administrator, batch, name, method, status
):
    address = address_of(name, batch)
    for user in (lead, other_lead, board_member):
        assert getattr(browser_of(user), method)(address).status_code == 403
    assert ImportBatch.objects.get().committed_at is None
    assert not Activity.objects.exists()
    assert getattr(browser_of(administrator), method)(address).status_code == status


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("name", sorted({name for name, _, _ in PAGES}))
def test_nobody_gets_anywhere_without_signing_in(client, batch, name, method):
    response = getattr(client, method)(address_of(name, batch))
    assert response.status_code == 302
    assert response.url == sign_in_for(address_of(name, batch))
    assert ImportBatch.objects.filter(committed_at=None).exists()


@pytest.mark.parametrize(
    ("name", "methods"),
    [
        ("import-list", ["post", "put", "patch", "delete"]),
        ("import-create", ["patch", "delete"]),
        ("import-detail", ["post", "put", "patch", "delete"]),
        ("import-commit", ["get", "put", "patch", "delete"]),
        ("import-discard", ["get", "put", "patch", "delete"]),
    ],
)
def test_other_methods_are_not_allowed(administrator, batch, name, methods):
    client = browser_of(administrator)
    for method in methods:
        assert getattr(client, method)(address_of(name, batch)).status_code == 405, method
    assert ImportBatch.objects.filter(committed_at=None).exists()


def test_unknown_import_is_not_found(administrator, batch):
    client = browser_of(administrator)
    assert client.get(url("import-detail", UNKNOWN)).status_code == 404
    assert client.post(url("import-commit", UNKNOWN)).status_code == 404
    assert client.post(url("import-discard", UNKNOWN)).status_code == 404


# Upload and preview


def test_upload_shows_what_the_workbook_proposes(administrator, this_round):
    page = Page(upload(administrator, this_round))
    batch = ImportBatch.objects.get()
    assert page.address == batch.get_absolute_url()
    assert page.title == "Preview of stocktake.xlsx – Import – All Together Fairer"
    for text in [
        "Round Autumn",
        "by Ada Administrator",
        "Not yet: nothing of this counts",
        "Activities 2",
        "Recorded by an earlier import 0",
        "Lines of text 3: 3 in activities, 0 unplaced",
        "Commit 2 activities",
    ]:
        assert text in page.text
    rows = page.rows("staged")
    assert [row[:3] for row in rows] == [
        ["Themes!B2, line 1, 2", "T1", "Sefton"],
        ["Themes!B2, line 4", "T1", "Knowsley, Sefton"],
    ]
    assert "opened a family hub with a café" in rows[0][3]
    assert "trained midwives to help mothers" in rows[1][3]
    assert rows[0][4] == "None"
    assert not Activity.objects.exists()
    assert batch.created_by == administrator


def test_preview_lists_what_was_not_placed_and_not_recognised(administrator, this_round):
    content = workbook(
        ["1. Give every child the best start in life\n• Paint the sky green", UNPLACED, "Why?"],
        headings=["Mystery"],
    )
    page = Page(upload(administrator, this_round, content))
    assert f"Themes!B2, line 1: {UNPLACED}" in page.text
    assert "Recommendation, Themes!A2: Paint the sky green" in page.text
    assert "Column, Themes!C1: Mystery" in page.text
    assert "1: 0 in activities, 1 unplaced" in page.text
    assert page.table("staged") is None


def test_preview_of_everything_placed_lists_nothing_else(administrator, this_round):
    page = Page(upload(administrator, this_round))
    assert "Unplaced lines" not in page.text
    assert "Not recognised" not in page.text


def test_preview_of_what_was_imported_before_proposes_nothing(administrator, this_round, batch):
    browser_of(administrator).post(url("import-commit", batch.pk))
    page = Page(upload(administrator, this_round))
    assert "This workbook proposes nothing new" in page.text
    assert "Recorded by an earlier import 2" in page.text
    assert "Commit" not in [words(button) for button in page.main.iter("button")]
    assert Activity.objects.count() == 2


def test_preview_shows_markup_and_formulas_as_text(administrator, this_round):
    content = workbook(
        [
            f"1. Give every child the best start in life\n• 1 {MARKUP}",
            f"Sefton - 2 {MARKUP}\n\nSefton - =HYPERLINK(1)",
        ],
        [None, f"3 {MARKUP}"],
        headings=[f"4 {MARKUP}", f"5 {MARKUP}"],
        sheet="<b class=x>Themes",
    )
    page = Page(upload(administrator, this_round, content, name="<b>x<b>.xlsx"))
    for number in (1, 2, 3, 4, 5):
        assert_escaped(page, f"{number} {MARKUP}")
    assert "=HYPERLINK(1)" in page.text
    assert "<b class=x>" not in page.source
    assert "<b>x" not in page.source
    assert page.heading == "Preview of <b>x<b>.xlsx"


def test_preview_takes_the_same_number_of_queries_for_30_activities_as_for_1(
    administrator, this_round
):
    client = browser_of(administrator)
    addresses = []
    for count in (1, 30):
        text = "\n\n".join(
            f"Sefton and Knowsley - trained midwives to help mothers {n}" for n in range(count)
        )
        addresses.append(Page(upload(administrator, this_round, stocktake(text))).address)
    few, many = addresses
    before = [queries(client, few), queries(client, many)]
    assert before[0] == before[1]
    # The later first: an earlier preview is overtaken by it.
    client.post(many + "commit/")
    assert StagedActivity.objects.filter(activity__isnull=False).count() == 30
    assert queries(client, many) <= before[0]


def test_upload_without_anything_is_refused_at_the_fields(administrator, this_round):
    page = assert_refused(
        browser_of(administrator).post(url("import-create"), {}),
        "Choose the round",
        "Choose the workbook",
    )
    assert page.title == "Error: Upload a workbook – Import – All Together Fairer"
    assert "Choose the round" in page.errors("id_round")
    assert "Choose the workbook" in page.errors("id_workbook")
    assert nothing_is_written()


def test_upload_without_a_round_is_refused(administrator, this_round):
    data = {"workbook": SimpleUploadedFile("stocktake.xlsx", stocktake())}
    response = browser_of(administrator).post(url("import-create"), data)
    page = assert_refused(response, "Choose the round")
    assert page.errors("id_workbook") == ""
    assert nothing_is_written()


def test_upload_without_a_file_keeps_the_round(administrator, this_round):
    RoundFactory(name="Winter")
    response = browser_of(administrator).post(url("import-create"), {"round": this_round.pk})
    page = assert_refused(response, "Choose the workbook")
    assert page.form_data()["round"] == [str(this_round.pk)]
    assert nothing_is_written()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "This file is empty. Choose the stocktake workbook."),
        (b"Sefton - opened a family hub", "This file is not an Excel workbook."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "protected by a password"),
        ("cut off", "This workbook is damaged or cut off."),
        ("no headings", "No sheet of this workbook has the stocktake’s headings"),
        ("unknown theme", "“<b>Nothing</b> of ours” is not a theme of the framework."),
        ("theme twice", "stands in A2 already."),
        (bytes(10 * 1024 * 1024 + 1), "Choose a file of at most 10 MB"),
    ],
)
def test_upload_of_a_bad_file_says_one_sentence_and_writes_nothing(
    administrator, this_round, content, message
):
    theme = "1. Give every child the best start in life"
    content = {
        "cut off": stocktake()[:-200],
        "unknown theme": workbook(["<b>Nothing</b> of ours", "Sefton - something"]),
        "theme twice": workbook([theme, "Sefton - one"], [theme, "Sefton - two"]),
        "no headings": no_headings(),
    }.get(content, content)
    page = assert_refused(upload(administrator, this_round, content))
    ((said, goal),) = page.summary
    assert message in said
    assert goal == "#id_workbook"
    assert said in page.errors("id_workbook")
    assert "<b>" not in page.source
    assert page.form_data()["round"] == [str(this_round.pk)]
    assert nothing_is_written()


def no_headings():
    """The bytes of a workbook about something else."""
    book = Workbook()
    book.active.append(["Name", "Price"])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    "name",
    [
        "x" * 500 + ".xlsx",
        "x." + "y" * 500,
        "../../etc/passwd.xlsx",
        "No\x00thing.xlsx",
        "é.xlsx",
    ],
)
def test_upload_with_an_odd_name_is_no_error_of_ours(administrator, this_round, name):
    data = {"round": this_round.pk, "workbook": SimpleUploadedFile("a.xlsx", stocktake())}
    data["workbook"]._name = name
    page = Page(browser_of(administrator).post(url("import-create"), data, follow=True))
    batch = ImportBatch.objects.get()
    assert page.address == batch.get_absolute_url()
    assert len(batch.file_name) <= 255
    assert "/" not in batch.file_name


def test_upload_with_a_huge_sheet_name_is_no_error_of_ours(administrator, this_round, recwarn):
    content = workbook(
        ["1. Give every child the best start in life", "Sefton - opened a family hub"],
        sheet="Themes " * 30,
    )
    recwarn.clear()
    assert upload(administrator, this_round, content).status_code == 200


@pytest.mark.parametrize("line", ["x" * 5000, "x " * 5000, "=" * 300])
def test_upload_with_a_huge_line_is_staged_whole(administrator, this_round, line):
    upload(administrator, this_round, stocktake(f"Sefton - {line}"))
    staged = StagedActivity.objects.get()
    assert "".join(staged.text.split()) == "".join(line.split())
    assert 0 < len(staged.title) <= 200


# Commit and discard


def test_commit_makes_accepted_activities(administrator, this_round, batch):
    response = browser_of(administrator).post(url("import-commit", batch.pk), follow=True)
    page = Page(response)
    assert page.address == batch.get_absolute_url()
    assert "2 activities were added to Autumn." in page.text
    assert page.heading == "Import of stocktake.xlsx"
    assert "by Ada Administrator" in page.text.split("Committed")[1]
    assert page.actions == []
    first, second = Activity.objects.order_by("pk")
    assert (first.review_status, first.source) == ("accepted", "workbook")
    assert first.round == this_round
    assert [place.slug for place in first.places.all()] == ["sefton"]
    assert [place.slug for place in second.places.all()] == ["knowsley", "sefton"]
    assert first.get_absolute_url() in page.links
    batch.refresh_from_db()
    assert batch.committed_by == administrator


def test_commit_shows_where_an_activity_came_from(administrator, board_member, batch):
    browser_of(administrator).post(url("import-commit", batch.pk))
    first = Activity.objects.order_by("pk").first()
    page = Page(browser_of(board_member).get(first.get_absolute_url()))
    assert (
        "Imported from a workbook: stocktake.xlsx, sheet “Themes”, cell B2, line 1, 2" in page.text
    )


def test_commit_of_one_says_so(administrator, this_round):
    page = Page(upload(administrator, this_round, stocktake("Sefton - opened a family hub")))
    assert "Commit 1 activity" in page.text
    page = Page(browser_of(administrator).post(page.actions[0], follow=True))
    assert "1 activity was added to Autumn." in page.text


def test_commit_makes_suggestions_that_count_nowhere(administrator, this_round):
    upload(administrator, this_round)
    staged = StagedActivity.objects.last()
    staged.suggestions = ["T1.01", "T9.99"]
    staged.save()
    batch = ImportBatch.objects.get()
    page = Page(browser_of(administrator).get(batch.get_absolute_url()))
    assert page.rows("staged")[1][4] == "T1.01, T9.99"
    browser_of(administrator).post(url("import-commit", batch.pk))
    (link,) = Activity.objects.order_by("pk").last().recommendation_links.all()
    assert link.recommendation.code == "T1.01"
    assert not link.is_confirmed


def test_commit_twice_adds_nothing(administrator, batch):
    client = browser_of(administrator)
    client.post(url("import-commit", batch.pk))
    page = Page(client.post(url("import-commit", batch.pk), follow=True))
    assert "This import was committed before: nothing was added again." in page.text
    assert Activity.objects.count() == 2


def test_commit_of_an_overtaken_preview_adds_nothing(administrator, this_round, batch):
    upload(administrator, this_round, name="again.xlsx")
    again = ImportBatch.objects.exclude(pk=batch.pk).get()
    client = browser_of(administrator)
    client.post(url("import-commit", again.pk))
    page = Page(client.post(url("import-commit", batch.pk), follow=True))
    assert "Another import into this round was committed since this preview." in page.text
    assert Activity.objects.count() == 2


def test_discard_throws_the_preview_away(administrator, batch):
    response = browser_of(administrator).post(url("import-discard", batch.pk), follow=True)
    page = Page(response)
    assert page.address == url("import-list")
    assert "The preview of “stocktake.xlsx” was discarded." in page.text
    assert nothing_is_written()


def test_discard_of_what_was_committed_is_refused(administrator, batch):
    client = browser_of(administrator)
    client.post(url("import-commit", batch.pk))
    page = Page(client.post(url("import-discard", batch.pk), follow=True))
    assert "This import was committed: it can’t be discarded." in page.text
    assert ImportBatch.objects.exists()
    assert Activity.objects.count() == 2


# The list


def test_list_shows_every_import_the_newest_first(administrator, this_round, batch):
    upload(administrator, this_round, name="<b>again<b>.xlsx")
    again = ImportBatch.objects.exclude(pk=batch.pk).get()
    client = browser_of(administrator)
    client.post(url("import-commit", again.pk))
    page = Page(client.get(url("import-list")))
    rows = page.rows("imports")
    assert [(row[0], row[1], row[3], row[4]) for row in rows] == [
        ("<b>again<b>.xlsx", "Autumn", "Committed", "2"),
        ("stocktake.xlsx", "Autumn", "Preview", "2"),
    ]
    assert "by Ada Administrator" in rows[0][2]
    assert page.link("stocktake.xlsx") == batch.get_absolute_url()
    assert "<b>again" not in page.source


def test_list_takes_the_same_number_of_queries_for_30_imports_as_for_1(
    administrator, this_round, batch
):
    client = browser_of(administrator)
    one = queries(client, url("import-list"))
    ImportBatch.objects.bulk_create(
        ImportBatch(round=this_round, file_name="x", lines_total=0, known=0, created_by=None)
        for _ in range(29)
    )
    assert queries(client, url("import-list")) == one
    page = Page(client.get(url("import-list", page=2)))
    assert len(page.rows("imports")) == 5
