"""The framework as loaded from fixtures/, against the published tables."""

import csv
import json
from datetime import date
from decimal import Decimal

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command

from recommendations.models import (
    BeaconIndicator,
    HeadlineAmbition,
    IndicatorValue,
    Level,
    Place,
    Recommendation,
    ResponsibleBody,
    Theme,
)

PUBLISHED = settings.BASE_DIR.parent / "shared" / "data" / "framework"
pytestmark = pytest.mark.usefixtures("framework")
needs_tables = pytest.mark.skipif(
    not PUBLISHED.exists(), reason=f"the published tables are not at {PUBLISHED}"
)


def published(table):
    """The rows of a published table."""
    with open(PUBLISHED / f"{table}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def in_order(cell):
    """The values of a cell that holds several, sorted."""
    return sorted(filter(None, cell.split("|")))


def counts():
    """How many rows each table of the framework has."""
    models = apps.get_app_config("recommendations").get_models()
    return {model.__name__: model.objects.count() for model in models}


def test_counts():
    assert counts() == {
        "Place": 14,
        "Theme": 15,
        "ResponsibleBody": 9,
        "Recommendation": 125,
        "BeaconIndicator": 22,
        "IndicatorValue": 4,
        "HeadlineAmbition": 6,
    }


def test_loading_again_changes_nothing(tmp_path):
    def dump(name):
        path = tmp_path / name
        call_command("dumpdata", "recommendations", output=str(path), verbosity=0)
        return json.loads(path.read_text())

    before = dump("before.json")
    call_command("loaddata", "framework", verbosity=0)
    assert dump("after.json") == before


def test_loading_again_mends_what_was_changed():
    recommendation = Recommendation.objects.get(code="T8.01")
    recommendation.responsible_bodies.clear()
    Recommendation.objects.filter(code="T8.01").update(text="Something else", note="A note")
    call_command("loaddata", "framework", verbosity=0)
    recommendation.refresh_from_db()
    assert recommendation.text.startswith("ICS work with local government")
    assert recommendation.note == ""
    assert recommendation.responsible_bodies.count() == 2


def test_every_row_is_valid():
    for model in apps.get_app_config("recommendations").get_models():
        for row in model.objects.all():
            row.full_clean()


def test_place_numbers_run_from_1_to_64():
    numbers = Recommendation.objects.exclude(place_number=None).order_by("place_number")
    assert list(numbers.values_list("place_number", flat=True)) == list(range(1, 65))


def test_answering_places_stand_at_the_body_s_level():
    for body in ResponsibleBody.objects.all():
        assert {place.level for place in body.answering_places.all()} == {body.level}


def test_every_recommendation_has_a_responsible_body():
    assert not Recommendation.objects.filter(responsible_bodies=None).exists()


def test_indicators_that_have_no_values_are_known():
    not_live = BeaconIndicator.objects.exclude(status="live").values_list("number", "status")
    assert dict(not_live) == {
        12: "not live",
        15: "no longer available",
        20: "not live",
        21: "not live",
    }
    assert set(BeaconIndicator.objects.values_list("stale_after_months", flat=True)) == {24}


@needs_tables
def test_places_are_as_published():
    places = Place.objects.select_related("parent").exclude(level=Level.COMPARATOR)
    assert {
        place.slug: [
            place.name,
            place.level,
            place.parent.slug if place.parent else "",
            place.ons_code,
            place.names[1:],
        ]
        for place in places
    } == {
        row["slug"]: [
            row["name"],
            row["level"],
            row["parent"],
            row["ons_code"],
            list(filter(None, row["other_names"].split("|"))),
        ]
        for row in published("places")
    }


@needs_tables
def test_comparators_are_as_published():
    comparators = Place.objects.filter(level=Level.COMPARATOR, parent=None, other_names="")
    assert sorted(comparators.values_list("slug", "name", "ons_code")) == sorted(
        tuple(row.values()) for row in published("comparators")
    )


@needs_tables
def test_themes_are_as_published():
    assert [
        [theme.code, theme.kind, theme.title, theme.stocktake_number, theme.titles[1:]]
        for theme in Theme.objects.all()
    ] == [
        [
            row["code"],
            row["kind"],
            row["title"],
            int(row["stocktake_number"]),
            list(filter(None, row["other_titles"].split("|"))),
        ]
        for row in published("themes")
    ]


@needs_tables
def test_responsible_bodies_are_as_published():
    assert {
        body.name: [body.level, sorted(body.answering_places.values_list("slug", flat=True))]
        for body in ResponsibleBody.objects.all()
    } == {
        row["name"]: [row["level"], in_order(row["answering_places"])]
        for row in published("responsible_bodies")
    }


@needs_tables
def test_recommendations_are_as_published_to_the_letter():
    assert [
        {
            "code": recommendation.code,
            "theme": recommendation.theme.code,
            "phase": recommendation.phase,
            "responsible": sorted(body.name for body in recommendation.responsible_bodies.all()),
            "place_number": recommendation.place_number,
            "text": recommendation.text,
            "note": recommendation.note,
        }
        for recommendation in Recommendation.objects.select_related("theme")
    ] == [
        row
        | {
            "responsible": in_order(row["responsible"]),
            "place_number": int(row["place_number"]) if row["place_number"] else None,
        }
        for row in published("recommendations")
    ]


@needs_tables
def test_beacon_indicators_are_as_published():
    columns = published("beacon_indicators")[0].keys()
    assert [
        {name: getattr(indicator, name) for name in columns}
        | {"theme": indicator.theme.code if indicator.theme else ""}
        for indicator in BeaconIndicator.objects.select_related("theme")
    ] == [row | {"number": int(row["number"])} for row in published("beacon_indicators")]


@needs_tables
def test_indicator_values_are_those_with_a_known_period():
    last_days = {
        "2021": date(2021, 12, 31),
        "2022": date(2022, 12, 31),
        "2020/21": date(2021, 3, 31),
    }
    whole_population = IndicatorValue.objects.filter(sex="", category="")
    assert sorted(
        whole_population.values_list(
            "indicator__number", "area__name", "period", "period_end", "value", "unit", "note"
        )
    ) == sorted(
        (
            int(row["indicator"]),
            row["area"],
            row["period"],
            last_days[row["period"]],
            Decimal(row["value"]),
            row["unit"],
            row["note"],
        )
        for row in published("indicator_facts")
        if row["period"]
    )


@needs_tables
def test_headline_ambitions_are_as_published():
    assert sorted(HeadlineAmbition.objects.values_list("slug", "title")) == sorted(
        (row["slug"], row["title"]) for row in published("headline_ambitions")
    )
