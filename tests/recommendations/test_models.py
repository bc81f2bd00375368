"""Rules of the framework that always hold."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

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
from tests.factories import (
    BeaconIndicatorFactory,
    PlaceFactory,
    RecommendationFactory,
    ResponsibleBodyFactory,
    ThemeFactory,
)

from .factories import HeadlineAmbitionFactory, IndicatorValueFactory

pytestmark = pytest.mark.django_db


def refused(save):
    """Whether the database itself refuses what `save` writes."""
    try:
        with transaction.atomic():
            save()
    except IntegrityError:
        return True
    return False


@pytest.mark.parametrize(
    ("factory", "key"),
    [
        (PlaceFactory, lambda row: (row.slug,)),
        (ThemeFactory, lambda row: (row.code,)),
        (ResponsibleBodyFactory, lambda row: (row.name,)),
        (RecommendationFactory, lambda row: (row.code,)),
        (BeaconIndicatorFactory, lambda row: (row.number,)),
        (
            IndicatorValueFactory,
            lambda row: (row.indicator.number, row.area.slug, "2021", "", ""),
        ),
        (HeadlineAmbitionFactory, lambda row: (row.slug,)),
    ],
)
def test_natural_key_finds_its_row(factory, key):
    row = factory()
    factory()
    assert row.natural_key() == key(row)
    assert type(row).objects.get_by_natural_key(*key(row)) == row


@pytest.mark.parametrize(
    ("level", "has_parent", "fits"),
    [
        (Level.BOROUGH, True, True),
        (Level.BOROUGH, False, False),
        (Level.SUB_REGION, True, True),
        (Level.SUB_REGION, False, False),
        (Level.SYSTEM, True, False),
        (Level.SYSTEM, False, True),
        (Level.COMPARATOR, True, False),
        (Level.COMPARATOR, False, True),
    ],
)
def test_place_parent_fits_level(level, has_parent, fits):
    parent = PlaceFactory(system=True)
    place = Place(slug="x", name="X", level=level, parent=parent if has_parent else None)
    assert refused(place.save) is not fits


def test_place_ons_code_is_unique_but_may_be_empty():
    PlaceFactory(ons_code="E06000006")
    PlaceFactory(ons_code="")
    assert not refused(lambda: PlaceFactory(ons_code=""))
    assert refused(lambda: PlaceFactory(ons_code="E06000006"))


def test_place_names_are_its_own_and_the_other_spellings():
    place = Place(name="St Helens", other_names="St. Helens\n\n Saint Helens \r\n")
    assert place.names == ["St Helens", "St. Helens", "Saint Helens"]


@pytest.mark.parametrize(("name", "other_names"), [("halton", ""), ("X", "HBC"), ("X", "one\nhbc")])
def test_place_name_stands_for_one_place_only(name, other_names):
    halton = PlaceFactory(name="Halton", other_names="HBC")
    place = Place(slug="x", name=name, other_names=other_names)
    with pytest.raises(ValidationError, match="already a name of Halton"):
        place.clean()
    halton.clean()


def test_place_taking_part_leaves_out_comparators():
    PlaceFactory(name="Halton")
    PlaceFactory(name="England", level=Level.COMPARATOR, parent=None)
    names = set(Place.objects.taking_part().values_list("name", flat=True))
    assert names == {"Halton", "Liverpool City Region", "Cheshire and Merseyside"}


def test_place_with_other_places_in_it_is_not_deleted():
    borough = PlaceFactory()
    with pytest.raises(ProtectedError):
        borough.parent.delete()


def test_theme_number_is_unique_in_its_kind():
    ThemeFactory(stocktake_number=1)
    assert not refused(lambda: ThemeFactory(system=True, stocktake_number=1))
    assert refused(lambda: ThemeFactory(stocktake_number=1))


def test_theme_order_is_the_framework_s():
    ThemeFactory(system=True, code="SA", stocktake_number=1)
    ThemeFactory(code="T2", stocktake_number=2)
    ThemeFactory(code="T1", stocktake_number=1)
    assert [theme.code for theme in Theme.objects.all()] == ["T1", "T2", "SA"]


def test_theme_titles_newest_first():
    theme = Theme(title="New", other_titles="Older\nOldest\n")
    assert theme.titles == ["New", "Older", "Oldest"]


@pytest.mark.parametrize("kind", ["recommendation", "indicator"])
def test_theme_in_use_is_not_deleted(kind):
    make = {"recommendation": RecommendationFactory, "indicator": BeaconIndicatorFactory}[kind]
    with pytest.raises(ProtectedError):
        make().theme.delete()


def test_recommendation_code_begins_with_the_theme_s():
    theme = ThemeFactory(code="T1")
    Recommendation(theme=theme, code="T1.04").clean()
    with pytest.raises(ValidationError, match=r"Begin the code with “T1\.”"):
        Recommendation(theme=theme, code="T10.04").clean()


def test_recommendation_place_number_is_unique_and_from_1():
    RecommendationFactory(place_number=12)
    RecommendationFactory(place_number=None)
    assert not refused(lambda: RecommendationFactory(place_number=None))
    assert refused(lambda: RecommendationFactory(place_number=12))
    assert refused(lambda: RecommendationFactory(place_number=0))


def test_recommendation_is_answered_by_the_places_of_its_bodies():
    halton, sefton = PlaceFactory(name="Halton"), PlaceFactory(name="Sefton")
    both = [
        ResponsibleBodyFactory(answering_places=[sefton]),
        ResponsibleBodyFactory(answering_places=[sefton, halton]),
    ]
    theirs = RecommendationFactory(responsible_bodies=both)
    again = RecommendationFactory(theme=theirs.theme, responsible_bodies=both[:1])
    RecommendationFactory(responsible_bodies=[ResponsibleBodyFactory()])
    assert list(Recommendation.objects.answered_by(sefton)) == [theirs, again]
    assert list(Recommendation.objects.answered_by(halton)) == [theirs]
    pairs = Recommendation.objects.answering_pairs()
    assert sorted(pairs) == [(halton.pk, theirs.theme_id), (sefton.pk, theirs.theme_id)]


def test_recommendation_order_is_theme_then_code():
    system = ThemeFactory(system=True, code="SA", stocktake_number=1)
    theme = ThemeFactory(code="T1", stocktake_number=1)
    for code, of in [("SA.01", system), ("T1.02", theme), ("T1.01", theme)]:
        RecommendationFactory(code=code, theme=of)
    codes = [recommendation.code for recommendation in Recommendation.objects.all()]
    assert codes == ["T1.01", "T1.02", "SA.01"]


@pytest.mark.parametrize("level", Level.values)
def test_responsible_body_stands_at_any_level_but_the_comparators(level):
    body = ResponsibleBody(name="Body", level=level)
    if level == Level.COMPARATOR:
        with pytest.raises(ValidationError, match="not a valid choice"):
            body.full_clean()
    else:
        body.full_clean()


@pytest.mark.parametrize(
    ("status", "is_live"), [("live", True), ("not live", False), ("no longer available", False)]
)
def test_indicator_is_live(status, is_live):
    assert BeaconIndicator(status=status).is_live is is_live


def test_indicator_value_stays_fresh_for_a_month_at_least():
    assert refused(lambda: BeaconIndicatorFactory(stale_after_months=0))
    assert not refused(lambda: BeaconIndicatorFactory(stale_after_months=1))


def test_indicator_value_is_unique():
    value = IndicatorValueFactory()
    same = {"indicator": value.indicator, "area": value.area}
    assert refused(lambda: IndicatorValueFactory(**same))
    assert not refused(lambda: IndicatorValueFactory(**same, sex="Female"))
    assert not refused(lambda: IndicatorValueFactory(**same, category="IMD 1"))
    assert not refused(lambda: IndicatorValueFactory(**same, period="2022"))


@pytest.mark.parametrize(
    ("lower", "upper", "fits"),
    [(1, 2, True), (2, 2, True), (2, 1, False), (None, 1, True), (2, None, True)],
)
def test_indicator_value_limits_are_in_order(lower, upper, fits):
    made = refused(lambda: IndicatorValueFactory(lower_limit=lower, upper_limit=upper))
    assert made is not fits


def test_indicator_value_area_is_not_deleted():
    with pytest.raises(ProtectedError):
        IndicatorValueFactory().area.delete()


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (Theme(code="T1", title="Give every child"), "T1 Give every child"),
        (Recommendation(code="T1.01", text="Review"), "T1.01 Review"),
        (BeaconIndicator(number=9, name="Pupils"), "9 Pupils"),
        (Place(name="Halton"), "Halton"),
        (ResponsibleBody(name="System"), "System"),
        (HeadlineAmbition(title="Work"), "Work"),
        (
            IndicatorValue(
                indicator=BeaconIndicator(name="Pupils"), area=Place(name="Halton"), period="2021"
            ),
            "Pupils, Halton, 2021",
        ),
    ],
)
def test_rows_are_called_what_people_call_them(row, words):
    assert str(row) == words
