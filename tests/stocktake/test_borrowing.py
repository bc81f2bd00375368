"""What other places do well: finding it, and making a draft of it."""

import datetime

import pytest

from stocktake import operations
from stocktake.models import Activity
from tests.concurrency import at_once
from tests.factories import (
    ActivityFactory,
    IndicatorLinkFactory,
    LocalMeasureFactory,
    PlaceFactory,
    RecommendationFactory,
    RecommendationLinkFactory,
    ResponsibleBodyFactory,
    RoundFactory,
    today,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def sefton(lead):
    """The place of the lead, which has a gap."""
    return lead.places.get()


@pytest.fixture
def round():
    """The round that is open."""
    return RoundFactory(name="Autumn")


@pytest.fixture
def earlier():
    """The round before."""
    return RoundFactory(name="Summer", closed=True)


@pytest.fixture
def recommendation(sefton):
    """A recommendation that Sefton answers for."""
    return RecommendationFactory(
        responsible_bodies=[ResponsibleBodyFactory(answering_places=[sefton])]
    )


@pytest.fixture
def good(recommendation, round):
    """Makes what Knowsley, or others, do about the recommendation as good practice."""

    def good(title, *places, suggested=False, **more):
        activity = ActivityFactory(
            **{"title": title, "round": round, "is_good_practice": True} | more,
            places=[PlaceFactory(name=place) for place in places or ["Knowsley"]],
        )
        RecommendationLinkFactory(
            activity=activity, recommendation=recommendation, suggested=suggested
        )
        return activity

    return good


@pytest.fixture
def titles(recommendation, sefton):
    """The titles of the ideas for Sefton, or for other places."""

    def titles(*places):
        ideas = Activity.objects.ideas_for(recommendation, list(places) or [sefton])
        return [idea.title for idea in ideas]

    return titles


# Finding it


def test_ideas_are_of_any_round_the_newest_first(good, titles, earlier):
    now = datetime.datetime.now(tz=datetime.UTC)
    good("Old", round=earlier, reviewed_at=now)
    good("New", reviewed_at=now - datetime.timedelta(days=2))
    good("Newest", reviewed_at=now - datetime.timedelta(days=1))
    assert titles() == ["Newest", "New", "Old"]


@pytest.mark.parametrize(
    "more",
    [{"is_good_practice": False}, {"draft": True}, {"submitted": True}, {"suggested": True}],
)
def test_ideas_are_only_what_counts_and_is_good_practice(good, titles, more):
    good("Not this", **more)
    assert titles() == []


def test_ideas_are_about_the_recommendation(good, titles, round):
    other = ActivityFactory(round=round, is_good_practice=True, places=[PlaceFactory()])
    RecommendationLinkFactory(activity=other)
    assert titles() == []


def test_ideas_are_of_other_places(good, titles, sefton):
    good("Own", "Sefton")
    good("Shared", "Sefton", "Knowsley")
    good("Theirs", "Knowsley", "Halton")
    assert titles() == ["Theirs"]


def test_idea_of_one_of_several_places_is_one_for_the_others(good, titles, sefton):
    good("Both", "Sefton", "Knowsley")
    good("Hers", "Knowsley")
    assert titles(sefton, PlaceFactory(name="Knowsley")) == ["Hers"]


def test_activity_that_was_carried_on_is_shown_once_as_it_is_now(good, titles, earlier):
    old = good("Before", round=earlier)
    new = good("Now", continues=old)
    assert titles() == ["Now"]
    Activity.objects.filter(pk=new.pk).update(is_good_practice=False)
    assert titles() == []


def test_activity_whose_next_entry_does_not_count_yet_is_shown_as_it_was(good, titles, earlier):
    good("Now", continues=good("Before", round=earlier), draft=True)
    assert titles() == ["Before"]


# Adapting it


@pytest.fixture
def source(good, earlier):
    """What Knowsley does, with everything that an entry can say."""
    activity = good(
        "Breakfast club",
        "Knowsley",
        round=earlier,
        description="Toast for all.\nEvery day.",
        lead_organisation="Knowsley Council",
        contact="Kay",
        starts_on=today(),
        ends_on=today(),
        delivery_status="complete",
    )
    RecommendationLinkFactory(activity=activity)
    IndicatorLinkFactory(activity=activity)
    LocalMeasureFactory(activity=activity)
    return activity


@pytest.fixture
def adapt(lead, sefton, recommendation, round):
    """Adapts an activity for Sefton in the name of its lead."""

    def adapt(source, **changes):
        values = {"place": sefton, "recommendation": recommendation, "round": round, "by": lead}
        return operations.adapt_activity(source=source, **values | changes)

    return adapt


def test_adapting_makes_a_draft_that_credits_its_source(adapt, source, lead, sefton, round):
    made, is_new = adapt(source)
    draft = Activity.objects.get(pk=made.pk)
    assert is_new
    assert (draft.round, draft.theme, draft.adapted_from) == (round, source.theme, source)
    assert (draft.title, draft.description) == ("Breakfast club", "Toast for all.\nEvery day.")
    assert list(draft.places.all()) == [sefton]
    assert (draft.review_status, draft.delivery_status) == ("draft", "planned")
    assert (draft.source, draft.created_by) == ("form", lead)


def test_adapting_leaves_people_dates_and_measures_to_the_place(adapt, source):
    draft, _ = adapt(source)
    assert (draft.lead_organisation, draft.contact) == ("", "")
    assert (draft.starts_on, draft.ends_on) == (None, None)
    assert not draft.is_good_practice
    assert draft.continues is None
    assert not draft.indicator_links.exists()
    assert not draft.local_measures.exists()


def test_adapting_links_the_recommendation_in_the_name_of_who_pressed(
    adapt, source, lead, recommendation
):
    draft, _ = adapt(source)
    link = draft.recommendation_links.get()
    assert link.recommendation == recommendation
    assert (link.origin, link.created_by, link.confirmed_by) == ("typed", lead, lead)
    assert link.is_confirmed


def test_adapting_is_kept_in_the_history(adapt, source, lead):
    draft, _ = adapt(source)
    version = draft.versions.get()
    assert (version.event, version.number, version.made_by) == ("adapted", 1, lead)
    assert version.content["title"] == "Breakfast club"


def test_adapting_changes_nothing_of_the_source(adapt, source):
    before = Activity.objects.values().get(pk=source.pk)
    adapt(source)
    assert Activity.objects.values().get(pk=source.pk) == before


@pytest.mark.parametrize("status", ["draft", "submitted"])
def test_adapting_again_finds_what_was_made(adapt, source, lead, status):
    first, _ = adapt(source)
    if status == "submitted":
        operations.submit_activity(activity=first, by=lead)
    again, is_new = adapt(source, recommendation=RecommendationFactory())
    assert (again.pk, is_new) == (first.pk, False)
    assert again.review_status == status
    assert Activity.objects.filter(adapted_from=source).count() == 1


def test_adapting_for_another_place_or_round_makes_another(adapt, source, earlier):
    adapt(source)
    assert adapt(source, place=PlaceFactory(name="Halton"))[1]
    assert adapt(source, round=RoundFactory())[1]
    assert Activity.objects.filter(adapted_from=source).count() == 3


@pytest.mark.django_db(transaction=True)
def test_adapting_twice_at_once_makes_one_draft(adapt, source):
    found = at_once(lambda: adapt(source), lambda: adapt(source))
    (one, _), (other, _) = found
    assert one == other
    assert sorted(is_new for _, is_new in found) == [False, True]
    assert Activity.objects.filter(adapted_from=source).count() == 1
