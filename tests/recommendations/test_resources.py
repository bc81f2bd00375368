"""The framework's tables survive a spreadsheet; what is wrong in one is said in words."""

from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from recommendations import resources
from recommendations.models import (
    BeaconIndicator,
    IndicatorValue,
    Level,
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

from .factories import IndicatorValueFactory
from .workbooks import exported, imported, opened, resaved, workbook

ALL = [
    resources.PlaceResource,
    resources.ThemeResource,
    resources.ResponsibleBodyResource,
    resources.RecommendationResource,
    resources.BeaconIndicatorResource,
    resources.IndicatorValueResource,
    resources.HeadlineAmbitionResource,
]
pytestmark = pytest.mark.django_db


def rows_of(model):
    """Everything that a table and its many-to-many ties hold."""
    ties = model._meta.many_to_many
    return [
        values | {tie.name: sorted(tie.value_from_object(row), key=str) for tie in ties}
        for row, values in zip(
            model.objects.order_by("pk"), model.objects.order_by("pk").values(), strict=True
        )
    ]


def errors(result):
    """What is wrong, by the number of the row under the headings."""
    assert not result.base_errors
    assert not result.row_errors()
    return {row.number: row.error_dict for row in result.invalid_rows}


def base_errors(result):
    """What is wrong with the workbook as a whole."""
    return [str(error.error) for error in result.base_errors]


def totals(result):
    """How many rows were new, changed and so on, without the noughts."""
    return {kind: number for kind, number in result.totals.items() if number}


def empty_the_framework():
    """Delete every row, those that others name last."""
    for resource in reversed(ALL[1:]):
        resource._meta.model.objects.all().delete()
    for level in [Level.BOROUGH, Level.SUB_REGION, Level.SYSTEM, Level.COMPARATOR]:
        Place.objects.filter(level=level).delete()


@pytest.mark.usefixtures("framework")
@pytest.mark.parametrize("resource", ALL)
def test_export_saved_and_imported_changes_nothing(resource):
    model = resource._meta.model
    before = rows_of(model)
    data = resaved(exported(resource()))
    result = imported(resource(), data)
    assert totals(result) == {"skip": len(before)}
    assert rows_of(model) == before


@pytest.mark.usefixtures("framework")
def test_export_imported_into_an_empty_database_brings_it_all_back():
    workbooks = [exported(resource()) for resource in ALL]
    before = [resource().export().dict for resource in ALL]
    empty_the_framework()
    for resource, data in zip(ALL, workbooks, strict=True):
        result = imported(resource(), resaved(data))
        assert set(totals(result)) == {"new"}, resource
    assert [resource().export().dict for resource in ALL] == before


@pytest.mark.parametrize("resource", ALL)
def test_every_column_of_the_table_is_in_the_workbook(resource):
    opts = resource._meta.model._meta
    columns = {field.name for field in [*opts.fields, *opts.many_to_many]} - {"id"}
    assert sorted(resource._meta.fields) == sorted(columns)
    assert list(resource().export().headers) == list(resource._meta.fields)
    assert tuple(resource._meta.import_id_fields) == tuple(
        path.split("__")[0] for path in resource._meta.model.natural_key_fields
    )


def test_numbers_codes_and_dates_survive_what_excel_does_to_them():
    IndicatorValueFactory(
        indicator=BeaconIndicatorFactory(number=9), area=PlaceFactory(name="Halton")
    )

    def as_excel(sheet):
        sheet["A2"] = 9.0
        sheet["B2"] = " halton "
        sheet["C2"] = 2021
        sheet["D2"] = datetime(2021, 12, 31)
        sheet["G2"] = "81.60"

    data = resaved(exported(resources.IndicatorValueResource()), as_excel)
    assert totals(imported(resources.IndicatorValueResource(), data)) == {"skip": 1}
    data = resaved(data, lambda sheet: sheet.__setitem__("A2", "9"))
    assert totals(imported(resources.IndicatorValueResource(), data)) == {"skip": 1}


def test_text_typed_in_a_browser_counts_as_unchanged():
    theme = ThemeFactory(code="T1", other_titles="Old\r\nOlder\r\n")
    RecommendationFactory(
        theme=theme,
        code="T1.01",
        text="One\r\ntwo",
        responsible_bodies=[ResponsibleBodyFactory()],
    )
    for resource in (resources.ThemeResource, resources.RecommendationResource):
        data = resaved(exported(resource()))
        assert totals(imported(resource(), data)) == {"skip": 1}


def test_formula_like_text_stays_the_same_text():
    body = ResponsibleBodyFactory()
    for number, text in enumerate(["=1+1", "+44 151", "@x", "-1"], 1):
        RecommendationFactory(
            theme=ThemeFactory(code="T1"),
            code=f"T1.{number:02}",
            text=text,
            responsible_bodies=[body],
        )
    data = exported(resources.RecommendationResource())
    assert {row[5].data_type for row in opened(data).iter_rows(min_row=2)} == {"s"}
    result = imported(resources.RecommendationResource(), resaved(data))
    assert totals(result) == {"skip": 4}


@pytest.mark.usefixtures("framework")
def test_changed_cell_changes_that_and_nothing_else():
    before = {row["code"]: row for row in rows_of(Recommendation)}
    data = workbook(
        ["code", "text", "responsible_bodies"],
        ["T8.01", "New wording", "System| Place "],
        ["T8.02", before["T8.02"]["text"], "Population Health|Place"],
    )
    result = imported(resources.RecommendationResource(), data)
    assert totals(result) == {"update": 1, "skip": 1}
    after = {row["code"]: row for row in rows_of(Recommendation)}
    assert after.pop("T8.01") == before.pop("T8.01") | {
        "text": "New wording",
        "responsible_bodies": list(
            ResponsibleBody.objects.filter(name__in=["Place", "System"]).order_by("name")
        ),
    }
    assert after == before


@pytest.mark.usefixtures("framework")
def test_changed_place_number_alone_is_noticed():
    data = workbook(["code", "place_number"], ["T1.04", 65], ["T1.01", None])
    result = imported(resources.RecommendationResource(), data)
    assert totals(result) == {"update": 2}
    numbers = Recommendation.objects.filter(code__in=["T1.01", "T1.04"]).order_by("code")
    assert [row.place_number for row in numbers] == [None, 65]


@pytest.mark.usefixtures("framework")
def test_blank_rows_are_passed_over():
    count = Theme.objects.count()
    data = workbook(
        ["code", "title"], [None, None], ["T1", "Best start"], [" ", None], ["T2", None]
    )
    result = imported(resources.ThemeResource(), data, dry_run=True)
    assert errors(result) == {4: {"title": ["This field cannot be blank."]}}
    assert totals(result) == {"skip": 2, "update": 1, "invalid": 1}
    assert Theme.objects.count() == count


def test_missing_foreign_key_names_the_row_and_what_to_do():
    ThemeFactory(code="T1", title="One")
    body = ResponsibleBodyFactory(name="Place")
    RecommendationFactory(theme=ThemeFactory(code="T1"), code="T1.01", responsible_bodies=[body])
    data = workbook(
        ["code", "theme", "phase", "responsible_bodies", "text"],
        ["T1.01", "T1", "year-1", "Place", "Good"],
        ["T1.02", "T9", "year 1", "Place|Board|Crew", "Bad"],
        ["T1.03", "T1", "year 9", None, "Bad too"],
    )
    result = imported(resources.RecommendationResource(), data)
    assert errors(result) == {
        2: {
            "theme": ["There is no theme “T9”. Correct the cell, or add it first."],
            "responsible_bodies": [
                "There is no responsible body “Board”, “Crew”. Correct the cell, or add it first."
            ],
        },
        3: {
            "phase": ["“year 9” is not one of: year-1, years-2-5."],
            "responsible_bodies": ["Name at least one responsible body."],
        },
    }


def test_wrong_key_of_a_value_is_said_in_words():
    PlaceFactory(name="Halton")
    data = workbook(
        ["indicator", "area", "period", "sex", "category", "period_end", "value"],
        ["99", "halton", "2021", None, None, "2021-12-31", 1],
        ["nine", "atlantis", datetime(2021, 1, 1), None, None, "soon", "much"],
    )
    result = imported(resources.IndicatorValueResource(), data)
    found = errors(result)
    assert found[1] == {
        "indicator": ["There is no beacon indicator “99”. Correct the cell, or add it first."]
    }
    assert found[2] == {
        "indicator": ["There is no beacon indicator “nine”. Correct the cell, or add it first."],
        "area": ["There is no place “atlantis”. Correct the cell, or add it first."],
        "period": ["Excel has made this a date. Format the cell as Text and type the value again."],
        "period_end": ["“soon” is not a date. Type it like 2021-12-31."],
        "value": ["“much” is not a number."],
    }
    assert not IndicatorValue.objects.exists()


def test_new_recommendation_needs_a_responsible_body_even_without_the_column():
    ThemeFactory(code="T1")
    data = workbook(["code", "theme", "phase", "text"], ["T1.01", "T1", "year-1", "Do"])
    result = imported(resources.RecommendationResource(), data)
    assert errors(result) == {1: {"responsible_bodies": ["Name at least one responsible body."]}}


def test_rules_of_the_model_hold():
    ThemeFactory(code="T1")
    ResponsibleBodyFactory(name="Place")
    data = workbook(
        ["code", "theme", "phase", "responsible_bodies", "place_number", "text"],
        ["T2.01", "T1", "year-1", "Place", 1.5, "Do"],
        ["T1.01", "T1", "year-1", "Place", 0, "Do"],
    )
    result = imported(resources.RecommendationResource(), data)
    assert errors(result) == {
        1: {
            "place_number": ["“1.5” is not a whole number."],
            "code": ["Begin the code with “T1.”."],
        },
        2: {
            "place_number": ["Ensure this value is greater than or equal to 1."],
        },
    }


def test_second_row_with_the_same_key_is_refused():
    data = workbook(
        ["code", "kind", "title", "stocktake_number"],
        ["T1", "theme", "One", 1],
        ["T2", "theme", "Two", 2],
        [" T1", "theme", "Uno", 3],
    )
    result = imported(resources.ThemeResource(), data)
    assert errors(result) == {3: {"__all__": ["This is the same as row 2. Keep one of them."]}}


def test_unknown_column_is_refused():
    result = imported(resources.HeadlineAmbitionResource(), workbook(["slug", "name"], ["a", "A"]))
    assert base_errors(result) == ["There is no column “name” here. The columns are: slug, title."]


def test_missing_key_column_is_refused():
    result = imported(resources.HeadlineAmbitionResource(), workbook(["title"], ["A"]))
    assert base_errors(result) == ["The column “slug” is missing. It says which row is meant."]


def test_empty_cell_takes_the_default():
    data = workbook(
        ["number", "name", "status", "stale_after_months", "better_when", "theme"],
        [1, "Life expectancy", None, None, "Higher is better", None],
    )
    imported(resources.BeaconIndicatorResource(), data)
    indicator = BeaconIndicator.objects.get()
    assert (indicator.status, indicator.stale_after_months) == ("live", 24)
    assert (indicator.better_when, indicator.theme) == ("higher", None)


def test_places_of_one_workbook_may_stand_in_each_other():
    data = workbook(
        ["slug", "name", "level", "parent", "other_names"],
        ["c-and-m", "C and M", "System", None, None],
        ["lcr", "LCR", "Sub-region", "c-and-m", None],
        ["halton", "Halton", "Borough", "lcr", "HBC | Halton Council"],
    )
    assert totals(imported(resources.PlaceResource(), data)) == {"new": 3}
    halton = Place.objects.get(slug="halton")
    assert halton.parent.parent.slug == "c-and-m"
    assert halton.other_names == "HBC\nHalton Council"


def test_preview_marks_changes_without_styles_and_escapes_the_rest():
    ThemeFactory(code="T1", title="<b>Old</b> title")
    data = workbook(["code", "title"], ["T1", "<b>New</b> title"])
    result = imported(resources.ThemeResource(), data, dry_run=True)
    marked = result.rows[0].diff[result.diff_headers.index("title")]
    assert marked == (
        "<span>&lt;b&gt;</span><del>Old</del><ins>New</ins><span>&lt;/b&gt; title</span>"
    )
    new = imported(
        resources.ThemeResource(),
        workbook(["code", "kind", "title", "stocktake_number"], ["T2", "theme", "Two", 2]),
        dry_run=True,
    )
    assert new.rows[0].diff == [
        "<ins>T2</ins>",
        "<ins>theme</ins>",
        "<ins>Two</ins>",
        "<ins>2</ins>",
        "",
    ]


@pytest.mark.usefixtures("framework")
def test_preview_leaves_empty_cells_empty():
    data = workbook(["code", "note", "place_number"], ["T1.04", "A note", None])
    result = imported(resources.RecommendationResource(), data, dry_run=True)
    shown = dict(zip(result.diff_headers, result.rows[0].diff, strict=True))
    assert (shown["place_number"], shown["note"]) == ("", "<ins>A note</ins>")


@pytest.mark.parametrize(
    ("resource", "make"),
    [
        (resources.PlaceResource, PlaceFactory),
        (
            resources.ResponsibleBodyResource,
            lambda: ResponsibleBodyFactory(answering_places=[PlaceFactory()]),
        ),
        (
            resources.RecommendationResource,
            lambda: RecommendationFactory(responsible_bodies=[ResponsibleBodyFactory()]),
        ),
        (resources.BeaconIndicatorResource, BeaconIndicatorFactory),
        (resources.IndicatorValueResource, IndicatorValueFactory),
    ],
)
def test_export_takes_the_same_number_of_queries_for_3_rows_as_for_1(resource, make):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as captured:
            resource().export()
        return len(captured)

    make()
    one = queries()
    make()
    make()
    assert queries() == one
