"""The framework in the admin site."""

from html import unescape
from html.parser import HTMLParser

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from recommendations.models import (
    BeaconIndicator,
    HeadlineAmbition,
    IndicatorValue,
    Place,
    Recommendation,
    ResponsibleBody,
    Theme,
)
from tests.factories import (
    BeaconIndicatorFactory,
    PlaceFactory,
    RecommendationFactory,
    ResponsibleBodyFactory,
    ThemeFactory,
)

from .factories import HeadlineAmbitionFactory, IndicatorValueFactory
from .workbooks import opened, workbook

MAKE = {
    Place: PlaceFactory,
    Theme: ThemeFactory,
    ResponsibleBody: lambda: ResponsibleBodyFactory(answering_places=[PlaceFactory()]),
    Recommendation: lambda: RecommendationFactory(responsible_bodies=[ResponsibleBodyFactory()]),
    BeaconIndicator: BeaconIndicatorFactory,
    IndicatorValue: IndicatorValueFactory,
    HeadlineAmbition: HeadlineAmbitionFactory,
}
every_model = pytest.mark.parametrize("model", MAKE)


@pytest.fixture
def admin(client, administrator):
    """A browser in which an administrator is signed in."""
    client.force_login(administrator)
    return client


def page(model, name, *args):
    """The address of a page of the admin site."""
    return reverse(f"admin:recommendations_{model._meta.model_name}_{name}", args=args)


def upload(client, model, data, name="framework.xlsx"):
    """Send a file to be imported."""
    form = {"format": "0", "resource": "0", "import_file": SimpleUploadedFile(name, data)}
    return client.post(page(model, "import"), form)


def confirm(client, model, preview):
    """Press “Confirm import” under a preview."""
    return client.post(
        page(model, "process_import"), preview.context["confirm_form"].initial, follow=True
    )


class InlineFinder(HTMLParser):
    """Gathers what the browser policy would not let through."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attributes):
        names = dict(attributes)
        inline = [name for name in names if name == "style" or name.startswith("on")]
        if inline or tag == "style" or (tag == "script" and "src" not in names):
            self.found.append((tag, names))


def inline(html):
    """Styles and scripts that stand in the page itself."""
    finder = InlineFinder()
    finder.feed(html)
    return finder.found


@pytest.mark.parametrize(
    "html", ['<p style="x">', "<style>", "<script>1</script>", '<p onclick="x">']
)
def test_inline_styles_and_scripts_are_noticed(html):
    assert inline(html)


@every_model
def test_list_takes_the_same_number_of_queries_for_3_rows_as_for_1(admin, model):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            response = admin.get(page(model, "changelist"))
        assert response.context["cl"].result_count == model.objects.count()
        return len(captured)

    MAKE[model]()
    one = queries()
    MAKE[model]()
    MAKE[model]()
    assert queries() == one


@every_model
def test_row_can_be_found_changed_and_saved(admin, model):
    row = MAKE[model]()
    MAKE[model]()
    words = str(getattr(row, "number", None) or row)
    if model is Recommendation:
        words = row.code
    if model is Theme:
        words = row.title
    if model is IndicatorValue:
        words = row.area.name
    listed = admin.get(page(model, "changelist"), {"q": words}).context["cl"].result_list
    assert list(listed) == [row]
    form = admin.get(page(model, "change", row.pk)).context["adminform"].form
    values = {
        name: value
        for name in form.fields
        if (value := form.get_initial_for_field(form.fields[name], name)) is not None
    }
    values |= {
        name: [each.pk for each in value]
        for name, value in values.items()
        if isinstance(value, list)
    }
    response = admin.post(page(model, "change", row.pk), values)
    assert response.status_code == 302
    assert LogEntry.objects.count() == 1


@every_model
@pytest.mark.parametrize("who", ["lead", "other_lead", "board_member"])
@pytest.mark.parametrize("name", ["changelist", "import", "export", "add"])
def test_only_administrators_get_in(client, request, who, name, model):
    client.force_login(request.getfixturevalue(who))
    assert client.get(page(model, name)).status_code == 302


@every_model
def test_workbook_is_exported(admin, model):
    MAKE[model]()
    export_page = admin.get(page(model, "export"))
    assert inline(export_page.content.decode()) == []
    response = admin.post(page(model, "export"), {"format": "0", "resource": "0"})
    assert response["Content-Type"].endswith("spreadsheetml.sheet")
    assert response["Content-Disposition"].endswith('.xlsx"')
    assert opened(response.content).max_row == model.objects.count() + 1


def test_import_from_upload_to_confirmation(admin, administrator):
    theme = ThemeFactory(code="T1", title="Old title")
    same = ThemeFactory(code="T3", title="Stays as it is")
    data = workbook(
        ["code", "kind", "title", "stocktake_number"],
        ["T1", "theme", "New title", theme.stocktake_number],
        ["T2", "theme", "Second", 2],
        ["T3", "theme", same.title, same.stocktake_number],
    )
    preview = upload(admin, Theme, data)
    html = preview.content.decode()
    assert "1 new, 1 changed, 1 unchanged and not shown." in html
    assert "<del>Old</del><ins>New</ins>" in html
    assert "Stays as it is" not in html
    assert inline(html) == []
    assert "default-src 'none'" in preview["Content-Security-Policy"]
    assert not Theme.objects.filter(title__in=["New title", "Second"]).exists()

    response = confirm(admin, Theme, preview)
    assert "1 new, 1 updated, 0 deleted and 1 skipped themes" in response.content.decode()
    assert dict(Theme.objects.values_list("code", "title")) == {
        "T1": "New title",
        "T2": "Second",
        "T3": "Stays as it is",
    }
    logged = LogEntry.objects.filter(user=administrator).values_list("object_repr", flat=True)
    assert set(logged) == {"T1 New title", "T2 Second"}


def test_import_page_says_what_to_upload(admin):
    html = admin.get(page(Recommendation, "import")).content.decode()
    assert "Several names or codes in one cell have “|” between them" in html
    assert "code, theme, phase, responsible_bodies, place_number, text, note" in html
    assert inline(html) == []


def test_confirming_twice_says_so(admin):
    data = workbook(["slug", "title"], ["work", "Work"])
    preview = upload(admin, HeadlineAmbition, data)
    confirm(admin, HeadlineAmbition, preview)
    response = confirm(admin, HeadlineAmbition, preview)
    assert response.request["PATH_INFO"] == page(HeadlineAmbition, "import")
    assert "This preview has been used or has expired." in response.content.decode()
    assert HeadlineAmbition.objects.count() == 1


def test_change_since_the_preview_imports_nothing(admin):
    ThemeFactory(code="T1")
    ResponsibleBodyFactory(name="Place")
    ResponsibleBodyFactory(name="System")
    data = workbook(
        ["code", "theme", "phase", "responsible_bodies", "text"],
        ["T1.01", "T1", "year-1", "Place", "One"],
        ["T1.02", "T1", "year-1", "System", "Two"],
    )
    preview = upload(admin, Recommendation, data)
    ResponsibleBody.objects.filter(name="System").delete()
    response = confirm(admin, Recommendation, preview)
    assert "Something has changed since the preview." in response.content.decode()
    assert not Recommendation.objects.exists()


def test_confirmation_is_post_only(admin):
    assert admin.get(page(Theme, "process_import")).status_code == 405


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("text.xlsx", b"just text", "This is not an Excel workbook."),
        ("themes.csv", b"code,title\nT1,One\n", "This is not an Excel workbook."),
        ("empty.xlsx", b"", "The submitted file is empty."),
        ("cut.xlsx", workbook(["code"], ["T1"])[:-40], "This is not an Excel workbook."),
        ("headings.xlsx", workbook(["code", "title"]), "nothing to import"),
        ("formula.xlsx", workbook(["code"], ["=1+1"]), "Cell A2 holds a formula"),
    ],
)
def test_file_that_cannot_be_read_is_refused_at_its_field(admin, name, data, words):
    response = upload(admin, Theme, data, name)
    assert response.status_code == 200
    errors = response.context["form"].errors
    assert list(errors) == ["import_file"]
    assert len(errors["import_file"]) == 1
    assert words in errors["import_file"][0]
    assert errors["import_file"][0] in unescape(response.content.decode())
    assert "confirm_form" not in response.context


def test_no_file_is_refused_at_its_field(admin):
    response = admin.post(page(Theme, "import"), {"format": "0", "resource": "0"})
    assert response.context["form"].errors == {"import_file": ["This field is required."]}


def test_wrong_cells_are_shown_with_row_and_column(admin):
    data = workbook(["code", "theme"], ["T1.01", "T9"])
    response = upload(admin, Recommendation, data)
    html = response.content.decode()
    assert "confirm_form" not in response.context
    assert inline(html) == []
    cells = html.split("<td>")
    row = cells.index("2</td>\n      ")
    assert cells[row + 1].startswith("theme<")
    assert cells[row + 2].startswith("There is no theme “T9”. Correct the cell, or add it first.<")


def test_wrong_columns_are_shown_without_a_traceback(admin):
    html = upload(admin, Theme, workbook(["code", "name"], ["T1", "One"])).content.decode()
    assert "There is no column “name” here." in html
    assert "Traceback" not in html


@pytest.mark.parametrize(
    ("make", "named"),
    [
        (lambda: RecommendationFactory(text="Do this").theme, "Do this"),
        (lambda: BeaconIndicatorFactory(name="Progress 8").theme, "Progress 8"),
        (lambda: PlaceFactory(name="Halton").parent, "Halton"),
        (lambda: IndicatorValueFactory(indicator__name="Loneliness").area, "Loneliness"),
        (lambda: answering_place("Combined Authority"), "Responsible body: Combined Authority"),
        (lambda: named_body("T99.01 Do that"), "Recommendation: T99.01 Do that"),
    ],
)
def test_what_others_name_is_not_deleted(admin, make, named):
    row = make()
    url = page(type(row), "delete", row.pk)
    html = admin.get(url).content.decode()
    assert "would require deleting the following protected related objects" in html
    assert named in html
    admin.post(url, {"post": "yes"})
    action = {"action": "delete_selected", "_selected_action": row.pk, "post": "yes"}
    admin.post(page(type(row), "changelist"), action)
    row.refresh_from_db()


def answering_place(name):
    """A place that a responsible body names."""
    place = PlaceFactory()
    ResponsibleBodyFactory(name=name, answering_places=[place])
    return place


def named_body(recommendation):
    """A responsible body that a recommendation names."""
    body = ResponsibleBodyFactory()
    code, text = recommendation.split(" ", 1)
    RecommendationFactory(
        theme=ThemeFactory(code="T99"), code=code, text=text, responsible_bodies=[body]
    )
    return body


def test_place_of_a_lead_is_not_deleted(admin, lead):
    place = lead.places.get()
    html = admin.get(page(Place, "delete", place.pk)).content.decode()
    assert "User: Leah Lead" in html
    admin.post(page(Place, "delete", place.pk), {"post": "yes"})
    place.refresh_from_db()


def test_what_nobody_names_is_deleted(admin):
    theme = ThemeFactory()
    admin.post(page(Theme, "delete", theme.pk), {"post": "yes"})
    assert not Theme.objects.exists()
