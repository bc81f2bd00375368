"""Rules of the stocktake that always hold, and its rows chosen by user, place and date."""

import datetime

import pytest
import time_machine
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import CheckConstraint, ProtectedError
from django.utils import timezone

from recommendations.models import Level, Place
from stocktake.models import (
    Activity,
    ActivityVersion,
    CoherenceReport,
    Comment,
    Decision,
    ImportBatch,
    IndicatorLink,
    LocalMeasure,
    RecommendationLink,
    Reminder,
    Round,
    StagedActivity,
)
from tests.factories import (
    ActivityFactory,
    BeaconIndicatorFactory,
    DecisionFactory,
    IndicatorLinkFactory,
    LocalMeasureFactory,
    PlaceFactory,
    RecommendationFactory,
    RecommendationLinkFactory,
    RoundFactory,
    ThemeFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

DAY = datetime.date(2023, 11, 15)
MOMENT = datetime.datetime(2023, 11, 15, 12, tzinfo=datetime.UTC)


def refused(save):
    """Whether the database itself refuses what `save` writes."""
    try:
        with transaction.atomic():
            save()
    except IntegrityError:
        return True
    return False


def objections(row):
    """What a person reads when a row is checked before it is saved."""
    with pytest.raises(ValidationError) as caught:
        row.full_clean()
    return " ".join(caught.value.messages)


def by(day):
    """The start of a day as a moment."""
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time()))


def batch(**values):
    """An import into a round."""
    values.setdefault("round", RoundFactory())
    return ImportBatch.objects.create(
        **{"file_name": "stocktake.xlsx", "lines_total": 10, "known": 0} | values
    )


def report(**values):
    """A report, a draft unless it is said to be published."""
    values.setdefault("round", RoundFactory())
    values.setdefault("built_by", UserFactory())
    values = {"title": "Autumn", "rule_version": 1, "content": {"round": "Autumn"}} | values
    return CoherenceReport.objects.create(**values)


@pytest.fixture
def published(administrator):
    """A report that the Board reads."""
    return report(published_at=MOMENT, published_by=administrator)


# Constraints: the database refuses, and a person is told why.


CHECKS = [
    constraint
    for model in apps.get_app_config("stocktake").get_models()
    for constraint in model._meta.constraints
    if isinstance(constraint, CheckConstraint)
]


@pytest.mark.parametrize("constraint", CHECKS, ids=lambda check: check.name)
def test_check_constraint_has_a_message_for_people(constraint):
    assert constraint.violation_error_message != constraint.default_violation_error_message
    assert constraint.name not in constraint.violation_error_message


def decision():
    return DecisionFactory(answer="not-now", reason="Later.", review_on=DAY)


def reminder():
    return Reminder.objects.create(
        recipient=UserFactory(), kind="returned", key="1", text="It was returned."
    )


def comment():
    return Comment.objects.create(activity=ActivityFactory(), text="Why?", made_by=UserFactory())


def version():
    return ActivityVersion.objects.create(
        activity=ActivityFactory(), number=99, event="added", review_status="draft", content={}
    )


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (decision, "answer"),
        (reminder, "kind"),
        (comment, "field"),
        (version, "event"),
        (version, "review_status"),
    ],
)
def test_only_a_choice_that_there_is_can_be_stored(make, name):
    row = make()
    stored = type(row).objects.filter(pk=row.pk)
    for value, _ in row._meta.get_field(name).flatchoices:
        assert stored.update(**{name: value}) == 1
    assert refused(lambda: stored.update(**{name: "nonsense"}))


def test_round_closes_before_it_opens_is_refused():
    dates = {"opens_on": DAY, "closes_on": DAY - datetime.timedelta(days=1)}
    assert refused(lambda: RoundFactory(**dates))
    message = objections(Round(name="Autumn", **dates))
    assert "A round closes on or after the day it opens." in message


def test_round_of_one_day_is_allowed():
    assert RoundFactory(opens_on=DAY, closes_on=DAY).pk


def test_round_name_is_unique():
    RoundFactory(name="Autumn")
    taken = Round(name="Autumn", opens_on=DAY, closes_on=DAY)
    assert refused(taken.save)
    assert "Give it a name that no other round has." in objections(taken)


@pytest.mark.parametrize("name", ["AUTUMN 2023", "Autumn: 2023", "Autumn  2023", "…"])
def test_round_name_that_makes_no_address_of_its_own_is_refused_with_a_message(name):
    RoundFactory(name="Autumn 2023")
    message = objections(Round(name=name, opens_on=DAY, closes_on=DAY))
    assert "Give it a name that no other round has." in message


def test_round_address_stays_when_its_name_is_corrected():
    autumn = RoundFactory(name="Autum 2023")
    autumn.name = "Autumn 2023"
    autumn.save()
    autumn.refresh_from_db()
    assert autumn.slug == "autum-2023"


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "fits"),
    [
        (DAY, DAY, True),
        (DAY, DAY + datetime.timedelta(days=1), True),
        (DAY, DAY - datetime.timedelta(days=1), False),
        (None, DAY, True),
        (DAY, None, True),
    ],
)
def test_activity_ends_on_or_after_its_start(starts_on, ends_on, fits):
    made = not refused(lambda: ActivityFactory(starts_on=starts_on, ends_on=ends_on))
    assert made is fits


def test_activity_that_ends_before_its_start_is_told_so():
    activity = ActivityFactory(starts_on=DAY, places=[PlaceFactory()])
    activity.ends_on = DAY - datetime.timedelta(days=1)
    assert "The end date must be on or after the start date." in objections(activity)


@pytest.mark.parametrize("empty", ["title", "description"])
def test_activity_that_says_nothing_is_refused(empty):
    assert refused(lambda: ActivityFactory(**{empty: ""}))


SUBMITTED = {"submitted_at": MOMENT}
REVIEWED = {"submitted_at": MOMENT, "reviewed_at": MOMENT}
NOBODY = {
    "submitted_at": None,
    "submitted_by": None,
    "reviewed_at": None,
    "reviewed_by": None,
}


@pytest.mark.parametrize(
    ("status", "values", "people", "fits"),
    [
        ("draft", {}, [], True),
        ("draft", SUBMITTED, ["submitted_by"], False),
        ("draft", {}, ["submitted_by"], False),
        ("draft", SUBMITTED, [], False),
        ("submitted", SUBMITTED, ["submitted_by"], True),
        ("submitted", SUBMITTED, [], False),
        ("submitted", {}, ["submitted_by"], False),
        ("submitted", {}, [], False),
        ("submitted", REVIEWED, ["submitted_by", "reviewed_by"], False),
        ("returned", REVIEWED, ["submitted_by", "reviewed_by"], True),
        ("returned", SUBMITTED, ["submitted_by"], False),
        ("accepted", REVIEWED, ["submitted_by", "reviewed_by"], True),
        ("accepted", REVIEWED, ["submitted_by"], False),
        ("accepted", REVIEWED, ["reviewed_by"], False),
        ("accepted", SUBMITTED, ["submitted_by", "reviewed_by"], False),
        ("approved", REVIEWED, ["submitted_by", "reviewed_by"], False),
    ],
)
def test_activity_review_status_comes_with_when_and_by(status, values, people, fits):
    user = UserFactory()
    values = NOBODY | values | dict.fromkeys(people, user)
    made = not refused(lambda: ActivityFactory(review_status=status, **values))
    assert made is fits


def test_activity_of_a_workbook_imported_by_nobody_is_accepted_all_the_same():
    values = NOBODY | REVIEWED
    assert ActivityFactory(source="workbook", created_by=None, **values).is_accepted
    assert refused(lambda: ActivityFactory(source="workbook", **NOBODY))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"submitted_at": None}, "An entry that is not a draft has a time of submission"),
        ({"reviewed_by": None}, "An entry that was accepted or returned has a time of review"),
    ],
)
def test_activity_status_without_its_person_is_told_so(values, words):
    activity = ActivityFactory()
    for name, value in values.items():
        setattr(activity, name, value)
    assert words in objections(activity)


def test_activity_submit_takes_the_review_back(lead):
    activity = ActivityFactory()
    activity.submit(by=lead)
    activity.save()
    activity.refresh_from_db()
    assert activity.is_submitted
    assert activity.submitted_by == lead
    assert (activity.reviewed_at, activity.reviewed_by) == (None, None)


def test_activity_accept_keeps_who_submitted_it(lead, administrator):
    activity = ActivityFactory(submitted=True, created_by=lead)
    activity.accept(by=administrator)
    activity.save()
    activity.refresh_from_db()
    assert activity.is_accepted
    assert (activity.submitted_by, activity.reviewed_by) == (lead, administrator)


def test_local_measure_is_named_once_in_an_activity():
    measure = LocalMeasureFactory(name="Homes")
    again = LocalMeasure(activity=measure.activity, name="Homes")
    assert refused(again.save)
    assert "This activity has a measure of this name already." in objections(again)
    assert not refused(lambda: LocalMeasureFactory(name="Homes"))


@pytest.mark.parametrize(
    ("value", "day", "fits"), [(0, DAY, True), (None, None, True), (1, None, False), (None, DAY, 0)]
)
def test_local_measure_value_comes_with_its_date(value, day, fits):
    activity = ActivityFactory()
    measure = LocalMeasure(activity=activity, name="Homes", latest_value=value, latest_on=day)
    if not fits:
        assert "Enter the latest value together with its date." in objections(measure)
    assert refused(measure.save) is not bool(fits)


@pytest.mark.parametrize("factory", [RecommendationLinkFactory, IndicatorLinkFactory])
def test_link_that_is_half_confirmed_is_refused(factory):
    half = {"suggested": True, "confirmed_at": MOMENT}
    assert refused(lambda: factory(**half))
    link = factory(suggested=True)
    link.confirmed_at = MOMENT
    assert "A confirmed link has a time and someone who confirmed it." in objections(link)


@pytest.mark.parametrize("factory", [RecommendationLinkFactory, IndicatorLinkFactory])
def test_link_that_someone_typed_is_confirmed(factory):
    assert refused(lambda: factory(confirmed_at=None, confirmed_by=None))
    link = factory(suggested=True)
    link.origin = "typed"
    assert "A link that someone typed is confirmed by them." in objections(link)


@pytest.mark.parametrize("factory", [RecommendationLinkFactory, IndicatorLinkFactory])
@pytest.mark.parametrize("origin", ["imported", "suggested"])
def test_link_that_nobody_typed_may_wait_for_confirmation(factory, origin):
    assert not factory(origin=origin, confirmed_at=None, confirmed_by=None).is_confirmed


def test_recommendation_is_linked_once():
    link = RecommendationLinkFactory()
    again = RecommendationLinkFactory.build(
        activity=link.activity, recommendation=link.recommendation, created_by=link.created_by
    )
    assert "This activity is linked to this recommendation already." in objections(again)
    assert refused(again.save)


def test_indicator_is_linked_once():
    link = IndicatorLinkFactory()
    again = IndicatorLinkFactory.build(
        activity=link.activity, indicator=link.indicator, created_by=link.created_by
    )
    assert "This activity is linked to this indicator already." in objections(again)
    assert refused(again.save)


def test_recommendation_link_names_a_measure_of_its_own_activity_only():
    link = RecommendationLinkFactory()
    link.local_measure = LocalMeasureFactory()
    assert "Choose a measure of this activity." in objections(link)
    link.local_measure = LocalMeasureFactory(activity=link.activity)
    link.full_clean()


@pytest.mark.parametrize("model", [RecommendationLink, IndicatorLink])
def test_confirmed_links_are_those_that_someone_confirmed(model):
    factories = {RecommendationLink: RecommendationLinkFactory, IndicatorLink: IndicatorLinkFactory}
    link = factories[model]()
    factories[model](suggested=True)
    assert list(model.objects.confirmed()) == [link]


@pytest.mark.parametrize(
    ("answer", "reason", "review_on", "fits"),
    [
        ("priority", "", None, True),
        ("doing", "", None, True),
        ("not-now", "Too soon.", DAY, True),
        ("not-relevant", "No harbour.", DAY, True),
        ("not-now", "", DAY, False),
        ("not-now", "Too soon.", None, False),
        ("not-relevant", "", DAY, False),
        ("not-relevant", "No harbour.", None, False),
        ("perhaps", "", None, False),
    ],
)
def test_decision_to_decline_has_reason_and_review_date(answer, reason, review_on, fits):
    values = {"answer": answer, "reason": reason, "review_on": review_on}
    assert refused(lambda: DecisionFactory(**values)) is not fits


def test_decision_to_decline_without_reason_is_told_so():
    decision = DecisionFactory()
    decision.answer = Decision.Answer.NOT_NOW
    assert "“Not now” and “not relevant” need a reason and a review date." in objections(decision)


def test_decision_of_a_place_on_a_recommendation_is_one():
    decision = DecisionFactory()
    again = DecisionFactory.build(
        place=decision.place,
        recommendation=decision.recommendation,
        decided_by=decision.decided_by,
    )
    assert "This place has an answer on this recommendation already." in objections(again)
    assert refused(again.save)


def test_declined_decisions_are_not_now_and_not_relevant():
    DecisionFactory(answer="priority")
    DecisionFactory(answer="doing")
    declined = {
        DecisionFactory(declined=True),
        DecisionFactory(declined=True, answer="not-relevant"),
    }
    assert set(Decision.objects.declined()) == declined


def test_report_published_without_time_or_person_is_refused(administrator):
    assert refused(lambda: report(published_at=MOMENT))
    assert refused(lambda: report(published_by=administrator))
    draft = report()
    draft.published_at = MOMENT
    message = "A published report has a time and someone who published it."
    assert message in objections(draft)


def test_import_batch_committed_by_someone_has_a_time(administrator):
    assert refused(lambda: batch(committed_by=administrator))
    assert not refused(lambda: batch(committed_at=MOMENT))


def test_staged_activity_has_its_own_position_in_its_batch():
    first = batch()
    row = {"theme": ThemeFactory(), "sheet": "Themes", "cell": "F3", "lines": [1]}
    row |= {"title": "Homes", "text": "Homes", "fingerprint": "1"}
    StagedActivity.objects.create(batch=first, position=1, **row)
    assert refused(lambda: StagedActivity.objects.create(batch=first, position=1, **row))
    assert not refused(lambda: StagedActivity.objects.create(batch=batch(), position=1, **row))


def test_framework_that_the_stocktake_names_is_not_deleted():
    place = PlaceFactory()
    link = RecommendationLinkFactory(activity__places=[place])
    named = IndicatorLinkFactory(activity=link.activity)
    decision = DecisionFactory()
    kept = [link.activity.theme, link.recommendation, named.indicator, link.activity.round]
    for row in [*kept, decision.place, decision.recommendation]:
        with pytest.raises(ProtectedError):
            row.delete()


def test_people_whose_name_stands_in_the_stocktake_are_not_deleted():
    user = UserFactory()
    ActivityFactory(created_by=user)
    with pytest.raises(ProtectedError):
        user.delete()


# Reports stay as they are.


def test_published_report_is_not_changed(published):
    published.title = "Spring"
    published.content = {}
    with pytest.raises(ValidationError, match="is published: it can’t be changed"):
        published.save()
    published.refresh_from_db()
    assert (published.title, published.content) == ("Autumn", {"round": "Autumn"})


def test_published_report_is_not_withdrawn(published):
    published.published_at = published.published_by = None
    with pytest.raises(ValidationError):
        published.save()
    published.refresh_from_db()
    assert published.is_published


def test_published_report_is_not_changed_by_who_read_it_before(published, administrator):
    draft = report()
    stale = CoherenceReport.objects.get(pk=draft.pk)
    draft.published_at, draft.published_by = MOMENT, administrator
    draft.save()
    stale.comment = "Later"
    with pytest.raises(ValidationError):
        stale.save()


def test_published_report_is_not_deleted(published):
    with pytest.raises(ValidationError, match="is published: it can’t be deleted"):
        published.delete()
    assert CoherenceReport.objects.filter(pk=published.pk).exists()


def test_published_report_is_not_deleted_among_others(published):
    report()
    with pytest.raises(ValidationError):
        CoherenceReport.objects.all().delete()
    assert CoherenceReport.objects.filter(pk=published.pk).exists()


def test_published_report_is_not_updated_among_others(published):
    with pytest.raises(ValidationError):
        CoherenceReport.objects.update(title="Spring")
    published.refresh_from_db()
    assert published.title == "Autumn"


def test_published_report_keeps_its_round(published):
    with pytest.raises(ProtectedError):
        published.round.delete()


def test_draft_of_a_report_is_deleted():
    draft = report()
    draft.delete()
    assert not CoherenceReport.objects.exists()


def test_reports_are_seen_once_published_by_all_but_administrators(
    published, administrator, board_member, lead
):
    draft = report()
    assert set(CoherenceReport.objects.visible_to(administrator)) == {draft, published}
    assert list(CoherenceReport.objects.visible_to(board_member)) == [published]
    assert list(CoherenceReport.objects.visible_to(lead)) == [published]
    assert list(CoherenceReport.objects.published()) == [published]


# Activities by who looks and where they are.


@pytest.fixture
def entries(lead, other_lead):
    """Activities of Sefton and of Knowsley, named by place and review status."""
    sefton, knowsley = lead.places.get(), other_lead.places.get()
    autumn = RoundFactory(name="Autumn")
    places = {"sefton": [sefton], "knowsley": [knowsley], "shared": [sefton, knowsley]}
    for name, shared in places.items():
        make = {"round": autumn, "places": shared}
        ActivityFactory(title=f"{name} draft", draft=True, **make)
        ActivityFactory(title=f"{name} submitted", submitted=True, **make)
        ActivityFactory(title=f"{name} returned", review_status="returned", **make)
        ActivityFactory(title=f"{name} accepted", **make)
    return autumn


def titles(activities):
    """The titles of activities, in no order but each as often as it is there."""
    return sorted(activities.values_list("title", flat=True))


def named(*places, status=("draft", "submitted", "returned", "accepted")):
    """The titles of entries of places in one of some states."""
    return sorted(f"{place} {each}" for place in places for each in status)


@pytest.mark.usefixtures("entries")
def test_visible_to_a_lead_are_all_of_their_places_and_what_is_accepted(lead):
    assert titles(Activity.objects.visible_to(lead)) == sorted(
        [*named("sefton", "shared"), "knowsley accepted"]
    )


@pytest.mark.usefixtures("entries")
def test_visible_to_the_board_is_what_is_accepted(board_member):
    accepted = named("sefton", "knowsley", "shared", status=["accepted"])
    assert titles(Activity.objects.visible_to(board_member)) == accepted


@pytest.mark.usefixtures("entries")
def test_visible_to_administrators_is_all(administrator):
    everything = named("sefton", "knowsley", "shared")
    assert titles(Activity.objects.visible_to(administrator)) == everything


@pytest.mark.usefixtures("entries")
def test_editable_by_a_lead_are_those_of_their_places(lead, other_lead):
    assert titles(Activity.objects.editable_by(lead)) == named("sefton", "shared")
    assert titles(Activity.objects.editable_by(other_lead)) == named("knowsley", "shared")


def test_editable_by_a_lead_is_nothing_once_the_round_is_closed(entries, lead, administrator):
    entries.opens_on, entries.closes_on = DAY, DAY
    entries.save()
    assert titles(Activity.objects.editable_by(lead)) == []
    assert len(titles(Activity.objects.editable_by(administrator))) == 12


def test_editable_by_a_lead_on_the_last_day_and_not_after(lead):
    autumn = RoundFactory(opens_on=DAY, closes_on=DAY)
    ActivityFactory(round=autumn, places=lead.places.all())
    for days, count in [(-1, 0), (0, 1), (1, 0)]:
        with time_machine.travel(by(DAY + datetime.timedelta(days=days)), tick=False):
            assert Activity.objects.editable_by(lead).count() == count


@pytest.mark.usefixtures("entries")
def test_editable_by_the_board_is_nothing(board_member):
    board_member.places.set(Place.objects.filter(level=Level.BOROUGH))
    assert titles(Activity.objects.editable_by(board_member)) == []


@pytest.mark.usefixtures("entries")
def test_in_places_finds_a_shared_activity_once():
    boroughs = Place.objects.filter(level=Level.BOROUGH)
    assert titles(Activity.objects.in_places(boroughs)) == named("sefton", "knowsley", "shared")
    sefton = Place.objects.filter(slug="sefton")
    assert titles(Activity.objects.in_places(sefton)) == named("sefton", "shared")
    assert titles(Activity.objects.in_places([])) == []


def test_link_counts_are_of_confirmed_links_and_do_not_multiply():
    activity = ActivityFactory(places=[PlaceFactory(), PlaceFactory()])
    bare = ActivityFactory()
    for _ in range(2):
        RecommendationLinkFactory(activity=activity)
    for _ in range(3):
        IndicatorLinkFactory(activity=activity)
    RecommendationLinkFactory(activity=activity, suggested=True)
    IndicatorLinkFactory(activity=bare, suggested=True)
    counted = {
        row.pk: (row.recommendation_count, row.indicator_count)
        for row in Activity.objects.in_places(Place.objects.all()).with_link_counts()
        | Activity.objects.with_link_counts()
    }
    assert counted == {activity.pk: (2, 3), bare.pk: (0, 0)}


def test_accepted_activities_are_those_that_were_accepted(entries):
    accepted = named("sefton", "knowsley", "shared", status=["accepted"])
    assert titles(Activity.objects.accepted()) == accepted


# Rounds by date.


@pytest.mark.parametrize(
    ("name", "opens_on", "closes_on"),
    [
        ("October to December 2023", "2023-10-01", "2023-12-31"),
        ("october TO december 2023", "2023-10-01", "2023-12-31"),
        (" October  to December 2023 ", "2023-10-01", "2023-12-31"),
        ("October - December 2023", "2023-10-01", "2023-12-31"),
        ("October – December 2023", "2023-10-01", "2023-12-31"),
        ("November 2023", "2023-11-01", "2023-11-30"),
        ("February 2024", "2024-02-01", "2024-02-29"),
        ("October 2023 to January 2024", "2023-10-01", "2024-01-31"),
        ("October 2023 to December 2023", "2023-10-01", "2023-12-31"),
    ],
)
def test_round_named_after_months_has_their_dates(name, opens_on, closes_on):
    found = Round.named(name)
    assert (str(found.opens_on), str(found.closes_on)) == (opens_on, closes_on)
    assert found.name == " ".join(name.split())
    assert found.pk is None


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Autumn 2023",
        "October to December",
        "Octember 2023",
        "December to October 2023",
        "January 2024 to October 2023",
        "Stocktake of October 2023",
        "October 23",
    ],
)
def test_round_named_after_no_months_is_none(name):
    assert Round.named(name) is None


@pytest.fixture
def autumn():
    """A round from 1 October to 31 December 2023."""
    return RoundFactory(
        name="Autumn",
        opens_on=datetime.date(2023, 10, 1),
        closes_on=datetime.date(2023, 12, 31),
    )


@pytest.mark.parametrize(
    ("day", "is_open"),
    [("2023-09-30", False), ("2023-10-01", True), ("2023-12-31", True), ("2024-01-01", False)],
)
def test_round_is_open_from_its_first_to_its_last_day(autumn, day, is_open):
    with time_machine.travel(by(datetime.date.fromisoformat(day)), tick=False):
        assert autumn.is_open is is_open
        assert list(Round.objects.open()) == ([autumn] if is_open else [])


def test_round_opens_at_midnight_here_and_not_in_greenwich():
    summer = RoundFactory(opens_on=datetime.date(2023, 7, 1), closes_on=datetime.date(2023, 7, 31))
    with time_machine.travel(datetime.datetime(2023, 6, 30, 23, 30, tzinfo=datetime.UTC)):
        assert summer.is_open
    with time_machine.travel(datetime.datetime(2023, 7, 31, 23, 30, tzinfo=datetime.UTC)):
        assert not summer.is_open


@pytest.mark.parametrize(
    ("day", "as_of"),
    [
        ("2023-11-15", "2023-11-15"),
        ("2023-12-31", "2023-12-31"),
        ("2024-01-01", "2023-12-31"),
        ("2026-06-01", "2023-12-31"),
    ],
)
def test_round_is_judged_as_of_today_until_its_last_day(autumn, day, as_of):
    with time_machine.travel(by(datetime.date.fromisoformat(day)), tick=False):
        assert str(autumn.as_of) == as_of


@pytest.mark.parametrize(
    ("day", "current"),
    [
        ("2023-09-30", None),
        ("2023-10-01", "Autumn"),
        ("2024-02-01", "Autumn"),
        ("2024-04-01", "Spring"),
        ("2026-01-01", "Spring"),
    ],
)
def test_current_round_is_the_open_one_or_the_last(autumn, day, current):
    RoundFactory(
        name="Spring", opens_on=datetime.date(2024, 4, 1), closes_on=datetime.date(2024, 6, 30)
    )
    with time_machine.travel(by(datetime.date.fromisoformat(day)), tick=False):
        found = Round.objects.current()
    assert (found and found.name) == current


def test_current_round_is_the_open_one_though_a_shorter_one_began_and_ended_in_it(autumn):
    RoundFactory(name="November", opens_on=DAY, closes_on=DAY + datetime.timedelta(days=7))
    with time_machine.travel(by(DAY + datetime.timedelta(days=14)), tick=False):
        assert Round.objects.current() == autumn


# Imports.


def test_import_batch_counts_its_lines():
    found = batch(
        lines_total=10,
        unplaced=[
            {"theme": "T1", "sheet": "Themes", "cell": "F3", "lines": [1, 2], "text": "a\nb"},
            {"theme": "T2", "sheet": "Themes", "cell": "F4", "lines": [7], "text": "c"},
        ],
    )
    assert (found.lines_unplaced, found.lines_placed) == (3, 7)


def test_import_batch_with_nothing_unplaced_has_placed_all():
    found = batch(lines_total=10)
    assert (found.lines_unplaced, found.lines_placed) == (0, 10)


def test_import_batch_is_committed_once_it_has_a_time():
    assert not batch().is_committed
    assert batch(committed_at=MOMENT).is_committed


def test_import_batch_is_overtaken_by_a_later_commit_into_its_round():
    later = MOMENT + datetime.timedelta(minutes=5)
    earlier = MOMENT - datetime.timedelta(minutes=5)
    mine = batch(created_at=MOMENT)
    assert not mine.is_overtaken
    batch(round=mine.round, created_at=later)
    batch(round=mine.round, created_at=earlier, committed_at=earlier)
    batch(created_at=MOMENT, committed_at=later)
    assert not mine.is_overtaken
    batch(round=mine.round, created_at=earlier, committed_at=later)
    assert mine.is_overtaken


def test_import_batch_is_not_overtaken_by_itself():
    later = MOMENT + datetime.timedelta(minutes=5)
    assert not batch(created_at=MOMENT, committed_at=later).is_overtaken


def test_import_batches_are_counted_newest_first():
    row = {"theme": ThemeFactory(), "sheet": "Themes", "cell": "F3", "lines": [1]}
    row |= {"title": "Homes", "text": "Homes", "fingerprint": "1"}
    older = batch(created_at=MOMENT)
    newer = batch(created_at=MOMENT + datetime.timedelta(days=1))
    for position in (1, 2):
        StagedActivity.objects.create(batch=older, position=position, **row)
    counted = ImportBatch.objects.with_activity_counts().values_list("pk", "activity_count")
    assert list(counted) == [(newer.pk, 0), (older.pk, 2)]


def test_staged_activity_is_recorded_while_its_activity_exists():
    mine = batch()
    row = {"theme": ThemeFactory(), "sheet": "Themes", "cell": "F3", "lines": [1]}
    row |= {"title": "Homes", "text": "Homes", "fingerprint": "1", "batch": mine}
    activity = ActivityFactory(round=mine.round)
    recorded = StagedActivity.objects.create(position=1, activity=activity, **row)
    StagedActivity.objects.create(position=2, **row)
    assert list(StagedActivity.objects.recorded_in(mine.round)) == [recorded]
    assert list(StagedActivity.objects.recorded_in(RoundFactory())) == []
    activity.delete()
    assert list(StagedActivity.objects.recorded_in(mine.round)) == []


def test_rows_are_called_what_people_call_them():
    activity = ActivityFactory(title="Warm homes")
    recommendation = RecommendationFactory(theme__code="T1", code="T1.99")
    link = RecommendationLinkFactory(activity=activity, recommendation=recommendation)
    indicator = BeaconIndicatorFactory(number=9)
    decision = DecisionFactory(
        place=PlaceFactory(name="Sefton"), recommendation=recommendation, declined=True
    )
    assert str(link) == "Warm homes – T1.99"
    assert str(IndicatorLinkFactory(activity=activity, indicator=indicator)) == "Warm homes – 9"
    assert str(decision) == "Sefton, T1.99: Not now"
    assert str(report(title="Autumn report")) == "Autumn report"
    assert str(batch(round=RoundFactory(name="Autumn"))) == "stocktake.xlsx into Autumn"
