"""Recommendations proposed for an entry from the words that both use."""

import pytest

from recommendations.models import Place, Recommendation, ResponsibleBody, Theme
from stocktake.suggestions import LEAST_SCORE, MOST, Suggester, answering_places
from tests.factories import (
    PlaceFactory,
    RecommendationFactory,
    ResponsibleBodyFactory,
    ThemeFactory,
)
from tests.stocktake.workbook.builder import framework_loaded


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """The framework as published, for all tests of this module."""
    with framework_loaded(django_db_blocker):
        yield


@pytest.fixture
def suggester(loaded, db):
    """What proposes recommendations of the published framework."""
    return Suggester(Recommendation.objects.all())


def suggest(suggester, text, theme, *slugs):
    """The codes that are proposed for a text of a theme and places."""
    found = suggester.suggest(
        text,
        theme=Theme.objects.get(code=theme),
        places=list(Place.objects.filter(slug__in=slugs)),
    )
    return [recommendation.code for recommendation in found]


READINESS = (
    "Improving school readiness for children eligible for free school meals, with support for "
    "early learning, especially speech and language skills."
)


def test_suggest_recommendation_with_the_same_words(suggester):
    assert suggest(suggester, READINESS, "T1", "sefton") == ["T1.05"]


def test_suggest_whatever_the_case_and_punctuation(suggester):
    text = READINESS.upper().replace(" ", " - ")
    assert suggest(suggester, text, "T1", "sefton") == ["T1.05"]


def test_suggest_only_within_the_theme(suggester):
    assert {code.partition(".")[0] for code in suggest(suggester, READINESS, "T2", "sefton")} <= {
        "T2"
    }
    assert suggest(suggester, READINESS, "T8", "sefton") == []


def test_suggest_nothing_for_other_words(suggester):
    assert suggest(suggester, "A new bus shelter was painted green.", "T1", "sefton") == []


@pytest.mark.parametrize("text", ["", "-", "a b c", "123 456", "=1+1", "漢字"])
def test_suggest_nothing_for_hardly_a_word(suggester, text):
    assert suggest(suggester, text, "T1", "sefton") == []


def test_suggest_nothing_for_few_words(suggester):
    # Two stems in common are an accident.
    assert suggest(suggester, "School readiness.", "T1", "sefton") == []


def test_suggest_only_what_a_place_answers_for(suggester):
    bodies = {
        recommendation.code: {place.slug for place in answering_places(recommendation)}
        for recommendation in Recommendation.objects.prefetch_related(
            "responsible_bodies__answering_places"
        )
    }
    for recommendation in Recommendation.objects.select_related("theme"):
        for slug in ("sefton", "liverpool-city-region", "cheshire-and-merseyside"):
            for code in suggest(suggester, recommendation.text, recommendation.theme.code, slug):
                assert slug in bodies[code]


def test_suggest_own_words_of_every_recommendation(suggester):
    """A text in a recommendation's words leads to it, or to one that says nearly the same."""
    missed = []
    for recommendation, stems, places in suggester.recommendations:
        found = suggester.suggest(
            recommendation.text, theme=recommendation.theme, places=list(places)[:1]
        )
        texts = {item.text for item in found}
        if recommendation.text not in texts and len(stems) > 5:
            missed.append(recommendation.code)
    assert missed == []


def test_suggest_at_most_two_the_best_first(db):
    theme, place = ThemeFactory(), PlaceFactory()
    body = ResponsibleBodyFactory(answering_places=[place])
    words = ["gardens", "libraries", "museums", "theatres", "stadiums", "playgrounds", "orchards"]
    # Others, so that the words are rare.
    for number in range(20):
        RecommendationFactory(
            theme=theme,
            number=number + 1,
            text=f"Nothing to share {number}",
            responsible_bodies=[body],
        )
    expected = [
        RecommendationFactory(
            theme=theme, number=40 - share, text=" ".join(words[:share]), responsible_bodies=[body]
        )
        for share in (7, 6, 5)
    ]
    suggester = Suggester(Recommendation.objects.all())
    found = suggester.suggest(" ".join(words), theme=theme, places=[place])
    assert MOST == 2
    assert found == expected[:2]


def test_suggest_in_the_same_order_every_time(db):
    theme, place = ThemeFactory(), PlaceFactory()
    body = ResponsibleBodyFactory(answering_places=[place])
    text = "gardens libraries museums theatres stadiums"
    RecommendationFactory(theme=theme, number=1, text="Nothing", responsible_bodies=[body])
    RecommendationFactory.create_batch(8, text="unrelated things", responsible_bodies=[body])
    for number in (9, 7, 8):
        RecommendationFactory(theme=theme, number=number, text=text, responsible_bodies=[body])
    suggester = Suggester(Recommendation.objects.all())
    found = suggester.suggest(text, theme=theme, places=[place])
    assert [recommendation.code for recommendation in found] == [
        f"{theme.code}.07",
        f"{theme.code}.08",
    ]


def test_suggest_without_places(suggester):
    assert suggest(suggester, READINESS, "T1") == []


def test_suggest_for_one_of_several_places(suggester):
    found = suggest(suggester, READINESS, "T1", "sefton", "cheshire-and-merseyside")
    assert "T1.05" in found


def test_suggester_without_recommendations(db):
    suggester = Suggester(Recommendation.objects.none())
    assert suggester.suggest("any words", theme=ThemeFactory(), places=[PlaceFactory()]) == []


def test_suggester_with_one_recommendation(db):
    # A stem that all recommendations share says nothing.
    body = ResponsibleBodyFactory(answering_places=[place := PlaceFactory()])
    recommendation = RecommendationFactory(
        text="gardens libraries museums", responsible_bodies=[body]
    )
    suggester = Suggester(Recommendation.objects.filter(pk=recommendation.pk))
    found = suggester.suggest(
        "gardens libraries museums", theme=recommendation.theme, places=[place]
    )
    assert LEAST_SCORE > 0
    assert found == []


def test_answering_places(loaded, db):
    body = ResponsibleBody.objects.get(name="Place")
    recommendation = RecommendationFactory(responsible_bodies=[body])
    assert {place.slug for place in answering_places(recommendation)} == set(
        Place.objects.filter(level="borough").values_list("slug", flat=True)
    )


def test_suggester_asks_the_database_once(suggester, django_assert_num_queries):
    theme, places = Theme.objects.get(code="T1"), list(Place.objects.all())
    with django_assert_num_queries(0):
        for _ in range(5):
            suggester.suggest(READINESS, theme=theme, places=places)
