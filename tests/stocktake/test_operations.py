"""Writes in someone's name: entries, links, decisions and reports. Imports have their own file."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import Http404
from django.utils import timezone

from recommendations.models import Place, Recommendation
from stocktake import operations
from stocktake.coherence import RULE_VERSION, Coherence, Scope, State, coherence
from stocktake.drafts import ticket_for
from stocktake.forms import LocalMeasureFormSet
from stocktake.models import (
    Activity,
    CoherenceReport,
    Decision,
    IndicatorLink,
    LocalMeasure,
    NilReturn,
    RecommendationLink,
)
from stocktake.workbook.writer import coherence_workbook
from tests.concurrency import at_once
from tests.factories import (
    ActivityFactory,
    BeaconIndicatorFactory,
    IndicatorLinkFactory,
    LocalMeasureFactory,
    PlaceFactory,
    RecommendationFactory,
    RecommendationLinkFactory,
    ResponsibleBodyFactory,
    RoundFactory,
    ThemeFactory,
)
from tests.recommendations.factories import IndicatorValueFactory

pytestmark = pytest.mark.django_db

DAY = datetime.date(2024, 3, 1)


@pytest.fixture
def sefton(lead):
    """The place of the lead."""
    return lead.places.get()


@pytest.fixture
def recommendation(sefton):
    """A recommendation that Sefton answers for."""
    body = ResponsibleBodyFactory(answering_places=[sefton])
    return RecommendationFactory(responsible_bodies=[body])


def new_activity():
    """An entry that is not saved yet."""
    return Activity(
        round=RoundFactory(), theme=ThemeFactory(), title="Warm homes", description="Insulation."
    )


def save(activity, *, by, submit=False, **values):
    """Save an entry with nothing but what is given."""
    parts = {"places": [], "recommendations": [], "indicators": []} | values
    return operations.save_activity(activity=activity, submit=submit, by=by, **parts)


def measures(activity, *rows, initial=0):
    """A valid formset of an entry's measures."""
    data = {"local_measures-TOTAL_FORMS": len(rows), "local_measures-INITIAL_FORMS": initial}
    for number, row in enumerate(rows):
        data |= {f"local_measures-{number}-{name}": value for name, value in row.items()}
    found = LocalMeasureFormSet(data, instance=activity)
    assert found.is_valid(), found.errors
    return found


def fresh(row):
    """The row as it stands in the database."""
    return type(row)._default_manager.get(pk=row.pk)


# Saving an entry


def test_save_activity_as_a_draft(lead, sefton):
    activity = fresh(save(new_activity(), by=lead, places=[sefton]))
    assert activity.is_draft
    assert (activity.created_by, activity.submitted_by, activity.submitted_at) == (lead, None, None)
    assert list(activity.places.all()) == [sefton]
    assert activity.source == Activity.Source.FORM


def test_save_activity_handed_in(lead, sefton):
    activity = fresh(save(new_activity(), by=lead, places=[sefton], submit=True))
    assert activity.is_submitted
    assert activity.submitted_by == lead
    assert timezone.now() - activity.submitted_at < datetime.timedelta(minutes=1)


def test_save_activity_links_what_was_chosen_in_the_name_of_who_chose(lead, recommendation):
    indicator = BeaconIndicatorFactory()
    activity = save(
        new_activity(), by=lead, recommendations=[recommendation], indicators=[indicator]
    )
    link, tie = activity.recommendation_links.get(), activity.indicator_links.get()
    assert (link.recommendation, tie.indicator) == (recommendation, indicator)
    for row in (link, tie):
        assert row.is_confirmed
        assert (row.origin, row.created_by, row.confirmed_by) == ("typed", lead, lead)


def test_save_activity_takes_a_query_set_as_a_form_gives_it(lead, recommendation):
    RecommendationFactory()
    chosen = Recommendation.objects.filter(pk=recommendation.pk)
    activity = save(new_activity(), by=lead, recommendations=chosen, places=Place.objects.all())
    assert activity.recommendation_links.get().recommendation == recommendation


def test_save_activity_again_keeps_links_that_are_still_chosen(lead, other_lead, recommendation):
    indicator = BeaconIndicatorFactory()
    activity = save(new_activity(), by=lead, recommendations=[recommendation])
    link = activity.recommendation_links.get()
    link.reason, link.indicator = "Cold homes make ill.", indicator
    link.save()
    save(activity, by=other_lead, recommendations=[recommendation, RecommendationFactory()])
    kept = fresh(link)
    assert (kept.reason, kept.indicator, kept.created_by) == (link.reason, indicator, lead)
    assert (kept.confirmed_at, kept.confirmed_by) == (link.confirmed_at, lead)
    assert activity.recommendation_links.count() == 2
    assert fresh(activity).created_by == lead


def test_save_activity_again_takes_away_links_that_are_not_chosen_any_more(lead, recommendation):
    kept, activity = RecommendationFactory(), new_activity()
    save(
        activity,
        by=lead,
        recommendations=[recommendation, kept],
        indicators=[BeaconIndicatorFactory()],
    )
    save(activity, by=lead, recommendations=[kept], indicators=[])
    assert activity.recommendation_links.get().recommendation == kept
    assert not activity.indicator_links.exists()


def test_save_activity_leaves_the_links_of_others(lead, recommendation):
    other = RecommendationLinkFactory(recommendation=recommendation)
    save(new_activity(), by=lead, recommendations=[])
    assert fresh(other).is_confirmed


def test_save_activity_leaves_suggestions_that_were_not_chosen(lead, recommendation):
    activity = ActivityFactory(draft=True)
    link = RecommendationLinkFactory(
        activity=activity, recommendation=recommendation, suggested=True
    )
    tie = IndicatorLinkFactory(activity=activity, suggested=True)
    save(activity, by=lead)
    assert not fresh(link).is_confirmed
    assert not fresh(tie).is_confirmed


def test_save_activity_confirms_a_suggestion_that_was_chosen(lead, recommendation):
    activity = ActivityFactory(draft=True)
    link = RecommendationLinkFactory(
        activity=activity, recommendation=recommendation, suggested=True, reason="Its words."
    )
    save(activity, by=lead, recommendations=[recommendation])
    link = fresh(link)
    assert link.is_confirmed
    assert (link.confirmed_by, link.origin, link.reason) == (lead, "suggested", "Its words.")
    assert activity.recommendation_links.count() == 1


def test_save_activity_replaces_its_places(lead, sefton):
    activity = ActivityFactory(draft=True, places=[PlaceFactory()])
    save(activity, by=lead, places=[sefton])
    assert list(activity.places.all()) == [sefton]


def test_save_activity_with_its_own_measures(lead):
    activity = new_activity()
    formset = measures(activity, {"name": "Homes", "latest_value": "12"} | date_fields(DAY))
    save(activity, by=lead, local_measures=formset)
    measure = fresh(activity).local_measures.get()
    assert (measure.name, measure.latest_value, measure.latest_on) == ("Homes", 12, DAY)


def date_fields(day):
    """A day as the three boxes in which it is typed."""
    return {f"latest_on_{part}": str(getattr(day, part)) for part in ("day", "month", "year")}


def test_save_activity_without_measures_given_leaves_them(lead):
    measure = LocalMeasureFactory(activity__draft=True)
    save(measure.activity, by=lead)
    assert fresh(measure).name == measure.name


def test_save_activity_that_takes_away_a_measure_keeps_the_link_that_named_it(lead):
    link = RecommendationLinkFactory(activity__draft=True)
    measure = LocalMeasureFactory(activity=link.activity)
    RecommendationLink.objects.update(local_measure=measure)
    removed = {"id": measure.pk, "name": measure.name, "DELETE": "on"}
    formset = measures(link.activity, removed, initial=1)
    save(
        link.activity,
        by=lead,
        recommendations=[link.recommendation],
        local_measures=formset,
    )
    assert not LocalMeasure.objects.exists()
    assert fresh(link).local_measure is None


def test_save_activity_that_was_accepted_counts_again_only_after_review(lead, administrator):
    for submit in (True, False):
        activity = ActivityFactory(created_by=administrator)
        activity.title = "Warmer homes"
        save(activity, by=lead, submit=submit)
        activity = fresh(activity)
        assert activity.is_submitted
        assert activity.submitted_by == lead
        assert (activity.reviewed_at, activity.reviewed_by) == (None, None)


def test_save_activity_that_an_administrator_changes_stays_accepted(lead, administrator):
    for submit in (True, False):
        activity = ActivityFactory(created_by=lead)
        reviewed = activity.reviewed_at
        activity.title = "Warmer homes"
        save(activity, by=administrator, submit=submit)
        activity = fresh(activity)
        assert activity.is_accepted
        assert (activity.title, activity.submitted_by) == ("Warmer homes", lead)
        assert activity.reviewed_at == reviewed


def test_save_activity_that_was_returned_is_handed_in_again(lead):
    activity = ActivityFactory(review_status="returned")
    save(activity, by=lead, submit=False)
    assert fresh(activity).review_status == "returned"
    save(activity, by=lead, submit=True)
    assert fresh(activity).is_submitted


def test_save_activity_writes_nothing_if_a_part_fails(lead, sefton, recommendation):
    class Broken:
        def save(self):
            raise RuntimeError("The disk is full.")

    with pytest.raises(RuntimeError):
        save(
            new_activity(),
            by=lead,
            places=[sefton],
            recommendations=[recommendation],
            local_measures=Broken(),
        )
    assert not Activity.objects.exists()
    assert not RecommendationLink.objects.exists()


# Links


def test_confirm_link_that_was_suggested_lets_it_count(lead):
    link = RecommendationLinkFactory(suggested=True)
    link.reason = "It is in the plan."
    operations.confirm_link(link=link, by=lead)
    link = fresh(link)
    assert link.is_confirmed
    assert (link.confirmed_by, link.origin, link.reason) == (
        lead,
        "suggested",
        "It is in the plan.",
    )
    assert link.created_by is None
    assert fresh(link.activity).is_accepted


def test_confirm_link_again_keeps_who_confirmed_it_first(lead, administrator):
    link = RecommendationLinkFactory(activity__created_by=administrator)
    confirmed_at = link.confirmed_at
    link.reason = "It is in the plan."
    operations.confirm_link(link=link, by=lead)
    link = fresh(link)
    assert (link.confirmed_at, link.confirmed_by) == (confirmed_at, administrator)
    assert link.reason == "It is in the plan."


def test_confirm_link_again_by_a_lead_is_a_change_to_review(lead, administrator):
    link = RecommendationLinkFactory()
    operations.confirm_link(link=link, by=administrator)
    assert fresh(link.activity).is_accepted
    link.reason = "The same families."
    operations.confirm_link(link=link, by=lead)
    activity = fresh(link.activity)
    assert (activity.is_submitted, activity.submitted_by) == (True, lead)


def test_remove_link_that_counted_is_a_change_to_review(lead):
    link = RecommendationLinkFactory()
    operations.remove_link(link=link, by=lead)
    assert not RecommendationLink.objects.exists()
    assert fresh(link.activity).is_submitted


def test_remove_link_that_a_colleague_confirmed_meanwhile_is_a_conflict(lead, administrator):
    link = RecommendationLinkFactory(suggested=True)
    stale = RecommendationLink.objects.get(pk=link.pk)
    operations.confirm_link(link=link, by=administrator)
    with pytest.raises(operations.Conflict):
        operations.remove_link(link=stale, version=1, by=lead)
    assert RecommendationLink.objects.get().is_confirmed


def test_link_that_was_removed_meanwhile_does_not_come_back(lead, administrator):
    link = RecommendationLinkFactory(suggested=True)
    stale = RecommendationLink.objects.get(pk=link.pk)
    operations.remove_link(link=link, by=administrator)
    with pytest.raises(operations.Conflict):
        operations.confirm_link(link=stale, by=lead)
    operations.remove_link(link=stale, by=lead)
    assert not RecommendationLink.objects.exists()
    assert fresh(link.activity).version == 1


def test_confirm_link_of_a_stale_suggestion_leaves_who_confirmed_it(lead, administrator):
    link = RecommendationLinkFactory(suggested=True)
    stale = RecommendationLink.objects.get(pk=link.pk)
    operations.confirm_link(link=link, by=administrator)
    stale.reason = "Because"
    operations.confirm_link(link=stale, by=lead)
    assert RecommendationLink.objects.get().confirmed_by == administrator


def test_entry_that_was_deleted_meanwhile_is_not_found(lead):
    activity = ActivityFactory(draft=True)
    stale = fresh(activity)
    activity.delete()
    for change in (
        lambda: operations.submit_activity(activity=stale, by=lead),
        lambda: save(stale, by=lead),
        lambda: operations.add_evidence(activity=stale, title="x", url="https://x.org", by=lead),
    ):
        with pytest.raises(Http404):
            change()


def test_entry_voids_that_there_is_nothing_to_report(lead, sefton):
    activity = new_activity()
    for place in (sefton, PlaceFactory(name="Knowsley")):
        NilReturn.objects.create(
            round=activity.round, theme=activity.theme, place=place, reason="x", reported_by=lead
        )
    save(activity, by=lead, places=[sefton])
    assert [row.place.name for row in NilReturn.objects.all()] == ["Knowsley"]


def test_remove_link_by_an_administrator_leaves_the_entry_accepted(administrator):
    link = RecommendationLinkFactory()
    operations.remove_link(link=link, by=administrator)
    assert not RecommendationLink.objects.exists()
    assert fresh(link.activity).is_accepted


def test_remove_link_that_was_a_suggestion_leaves_the_entry_accepted(lead):
    link = RecommendationLinkFactory(suggested=True)
    operations.remove_link(link=link, by=lead)
    assert not RecommendationLink.objects.exists()
    assert fresh(link.activity).is_accepted


def test_remove_link_of_a_draft_leaves_it_a_draft(lead):
    link = RecommendationLinkFactory(activity__draft=True)
    operations.remove_link(link=link, by=lead)
    assert fresh(link.activity).is_draft


# Decisions


def test_decide_records_who_and_when(lead, sefton, recommendation):
    decision = operations.decide(
        place=sefton,
        recommendation=recommendation,
        answer="not-now",
        reason="Waits for the review.",
        review_on=DAY,
        by=lead,
    )
    decision = fresh(decision)
    assert (decision.answer, decision.reason) == ("not-now", "Waits for the review.")
    assert (decision.review_on, decision.decided_by) == (DAY, lead)
    assert timezone.now() - decision.decided_at < datetime.timedelta(minutes=1)


def test_decide_again_replaces_the_earlier_answer(lead, other_lead, sefton, recommendation):
    about = {"place": sefton, "recommendation": recommendation}
    first = operations.decide(**about, answer="not-now", reason="Too soon.", review_on=DAY, by=lead)
    operations.decide(**about, answer="doing", by=other_lead)
    decision = Decision.objects.get()
    assert (decision.pk, decision.answer, decision.decided_by) == (first.pk, "doing", other_lead)
    assert (decision.reason, decision.review_on) == ("", None)
    assert decision.decided_at > first.decided_at


def test_decide_leaves_the_answers_of_other_places(lead, sefton, recommendation):
    for place in (sefton, PlaceFactory()):
        operations.decide(place=place, recommendation=recommendation, answer="priority", by=lead)
    assert Decision.objects.count() == 2


@pytest.mark.parametrize("values", [{"reason": "Too soon."}, {"review_on": DAY}, {}])
def test_decide_to_decline_without_reason_or_date_is_refused(lead, sefton, recommendation, values):
    about = {"place": sefton, "recommendation": recommendation, "by": lead}
    with pytest.raises((IntegrityError, ValidationError)):
        operations.decide(**about, answer="not-now", **values)


# Reports


@pytest.fixture
def round(sefton, recommendation):
    """A round in which Sefton's thread on the recommendation is whole, and an orphan."""
    autumn = RoundFactory(name="Autumn", closed=True)
    activity = ActivityFactory(
        round=autumn, theme=recommendation.theme, places=[sefton], title="Warm homes"
    )
    indicator = BeaconIndicatorFactory(theme=recommendation.theme)
    RecommendationLinkFactory(activity=activity, recommendation=recommendation)
    IndicatorLinkFactory(activity=activity, indicator=indicator)
    IndicatorValueFactory(indicator=indicator, area=sefton, period_end=autumn.closes_on)
    ActivityFactory(round=autumn, theme=recommendation.theme, places=[sefton], title="Loose")
    return autumn


def build(round, by, **scope):
    """A report of a round."""
    report = operations.build_report(
        round=round, title="Autumn report", comment="First.", scope=Scope(**scope), by=by
    )
    return fresh(report)


def test_build_report_freezes_what_the_live_view_shows(round, administrator):
    report = build(round, administrator)
    assert Coherence.from_json(report.content) == coherence(round)
    assert [thread["state"] for thread in report.content["threads"]] == ["whole"]
    assert (report.rule_version, report.content["rule_version"]) == (RULE_VERSION, RULE_VERSION)
    assert (report.title, report.comment, report.round) == ("Autumn report", "First.", round)
    assert report.built_by == administrator
    assert not report.is_published


def test_build_report_of_a_part_says_which(round, administrator, recommendation):
    other = RecommendationFactory(responsible_bodies=recommendation.responsible_bodies.all())
    report = build(round, administrator, themes=(other.theme.code,), phases=("years-2-5",))
    found = Coherence.from_json(report.content)
    assert found.scope == Scope(themes=(other.theme.code,), phases=("years-2-5",))
    assert [row.code for row in found.recommendations] == [other.code]


def delete_activities(**rows):
    Activity.objects.all().delete()


def change_activities(sefton, **rows):
    Activity.objects.update(title="Cold homes", description="Nothing.")
    RecommendationLink.objects.all().delete()
    IndicatorLink.objects.all().delete()
    for activity in Activity.objects.all():
        activity.places.set([PlaceFactory(name="Knowsley")])


def reopen_activities(lead, **rows):
    for activity in Activity.objects.all():
        activity.submit(by=lead)
        activity.save()


def change_wording(recommendation, **rows):
    Recommendation.objects.update(text="Other words.", phase="year-1", place_number=None)
    theme = recommendation.theme
    theme.title = "Another title"
    theme.save()
    body = recommendation.responsible_bodies.get()
    body.name = "Another body"
    body.save()


def change_places(sefton, **rows):
    Place.objects.filter(pk=sefton.pk).update(name="Southport", slug="southport")


def change_answering(recommendation, **rows):
    recommendation.responsible_bodies.get().answering_places.set([PlaceFactory()])


def change_people(lead, **rows):
    lead.name, lead.email, lead.is_active = "Somebody Else", "else@example.org", False
    lead.save()
    lead.places.clear()


def change_values(round, **rows):
    indicator = IndicatorLink.objects.get().indicator
    indicator.status, indicator.name = "not live", "Another indicator"
    indicator.save()
    indicator.values.all().delete()


def change_round(round, **rows):
    round.name, round.closes_on = "Winter", round.closes_on + datetime.timedelta(days=20)
    round.save()


def decline(sefton, recommendation, lead, **rows):
    operations.decide(
        place=sefton,
        recommendation=recommendation,
        answer="not-now",
        reason="Too soon.",
        review_on=DAY,
        by=lead,
    )


CHANGES = [
    delete_activities,
    change_activities,
    reopen_activities,
    change_wording,
    change_places,
    change_answering,
    change_people,
    change_values,
    change_round,
    decline,
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_report_stays_the_same_whatever_happens_afterwards(
    change, round, administrator, lead, sefton, recommendation
):
    report = build(round, administrator)
    before = Coherence.from_json(report.content)
    live = coherence(round)
    change(round=round, lead=lead, sefton=sefton, recommendation=recommendation)
    after = Coherence.from_json(fresh(report).content)
    assert after == before
    assert after.by_theme == before.by_theme
    assert after.unlinked_activities == before.unlinked_activities
    assert coherence_workbook(after, title=report.title)
    if change is not change_people:
        round.refresh_from_db()
        assert coherence(round) != live


def test_publish_report_lets_the_board_read_what_was_built(round, administrator, board_member):
    report = build(round, administrator)
    content = report.content
    readable = CoherenceReport.objects.visible_to(board_member)
    assert not readable.exists()
    operations.publish_report(report=report, by=administrator)
    report = readable.get()
    assert report.is_published
    assert (report.published_by, report.content) == (administrator, content)
    assert timezone.now() - report.published_at < datetime.timedelta(minutes=1)


def test_publish_report_freezes_nothing_new(round, administrator):
    report = build(round, administrator)
    Activity.objects.all().delete()
    operations.publish_report(report=report, by=administrator)
    found = Coherence.from_json(fresh(report).content)
    assert found.total.states[State.WHOLE] == 1


def test_publish_report_twice_is_refused_and_keeps_the_first(round, administrator, lead):
    report = operations.publish_report(report=build(round, administrator), by=administrator)
    published_at = fresh(report).published_at
    with pytest.raises(ValidationError, match="published"):
        operations.publish_report(report=fresh(report), by=lead)
    report = fresh(report)
    assert (report.published_at, report.published_by) == (published_at, administrator)


# At once


@pytest.mark.django_db(transaction=True)
def test_of_those_who_save_at_once_one_does_and_the_others_are_told(lead, sefton):
    activity = ActivityFactory(places=[sefton])

    def change(number):
        copy = fresh(activity)
        copy.title = f"Title {number}"
        return lambda: save(copy, by=lead, places=[sefton])

    found = at_once(*(change(number) for number in range(4)))
    (saved,) = [each for each in found if isinstance(each, Activity)]
    assert sum(isinstance(each, operations.Conflict) for each in found) == 3
    activity = fresh(activity)
    assert (activity.title, activity.version) == (saved.title, 2)
    assert [version.number for version in activity.versions.all()] == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_form_that_saves_itself_does_not_get_in_the_way_of_saving(lead, sefton):
    activity = ActivityFactory(places=[sefton])
    ticket = ticket_for(lead, activity=activity)

    def keep(number):
        content = {"title": [f"Typed {number}"], "draft_window": ["one"]}
        return lambda: operations.keep_draft(ticket=ticket, content=content)

    activity.title = "Saved"
    found = at_once(keep(1), keep(2), lambda: save(activity, by=lead, places=[sefton]))
    assert not [each for each in found if isinstance(each, Exception)]
    assert fresh(activity).title == "Saved"


@pytest.mark.django_db(transaction=True)
def test_two_places_that_carry_on_what_they_share_do_not_wait_for_each_other(lead, sefton):
    knowsley, last, now = PlaceFactory(name="Knowsley"), RoundFactory(closed=True), RoundFactory()
    mine, shared, theirs = (
        ActivityFactory(round=last, places=places)
        for places in ([sefton], [sefton, knowsley], [knowsley])
    )

    def carry_on(*activities):
        answers = [
            {
                "previous": activity,
                "delivery_status": "complete",
                "description": "Done.",
                "recommendations": [],
                "indicators": [],
            }
            for activity in activities
        ]
        return lambda: operations.continue_activities(round=now, answers=answers, by=lead)

    found = at_once(carry_on(mine, shared), carry_on(theirs, shared))
    assert sorted(type(each).__name__ for each in found) == ["ValidationError", "list"]
    assert shared.continued_by.count() == 1
