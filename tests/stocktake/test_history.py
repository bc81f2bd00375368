"""What an activity said at each version, and what changed from one to another."""

import datetime
import random
import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from stocktake import history, operations
from stocktake.history import Difference, Piece
from stocktake.models import Activity, ActivityVersion, Comment, Evidence
from tests.factories import (
    ActivityFactory,
    BeaconIndicatorFactory,
    IndicatorLinkFactory,
    LocalMeasureFactory,
    PlaceFactory,
    RecommendationFactory,
    RecommendationLinkFactory,
    RoundFactory,
    ThemeFactory,
    UserFactory,
)

ARABIC = "مراكز الأسرة مفتوحة"
FAMILY = "👨‍👩‍👧‍👦"


def pieces(before, after):
    """The pieces of a changed text, as pairs."""
    return [(piece.kind, piece.text) for piece in Difference("title", before, after).pieces]


def count_queries(call, *args, **options):
    """How many queries a call takes."""
    with CaptureQueriesContext(connection) as captured:
        call(*args, **options)
    return len(captured)


def content_of(activity):
    """What an activity says, as stored."""
    return history.snapshot(Activity.objects.with_content().get(pk=activity.pk))


def linked(count):
    """An activity with so many links, measures and pieces of evidence."""
    activity = ActivityFactory(places=[PlaceFactory() for _ in range(count)])
    for number in range(count):
        RecommendationLinkFactory(
            activity=activity,
            indicator=BeaconIndicatorFactory(),
            local_measure=LocalMeasureFactory(activity=activity),
        )
        IndicatorLinkFactory(activity=activity)
        Evidence.objects.create(
            activity=activity, title=f"Page {number}", url="https://example.org/"
        )
    return activity


# Texts


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("", "Three hubs", [("added", "Three hubs")]),
        ("Three hubs", "", [("removed", "Three hubs")]),
        (
            "Three hubs open",
            "Four hubs open",
            [("removed", "Three"), ("added", "Four"), ("kept", " hubs open")],
        ),
        ("Three hubs", "Three hubs open", [("kept", "Three hubs"), ("added", " open")]),
        (
            "One\nTwo\nThree",
            "One\nThree",
            [("kept", "One\n"), ("removed", "Two\n"), ("kept", "Three")],
        ),
        # The gap between two words that were replaced goes with them.
        (
            "We see mothers daily",
            "We meet parents daily",
            [
                ("kept", "We "),
                ("removed", "see mothers"),
                ("added", "meet parents"),
                ("kept", " daily"),
            ],
        ),
        # A word is one piece, whatever its letters are made of.
        (
            f"For {FAMILY}👍🏽 families",
            f"For {FAMILY}👍🏿 families",
            [
                ("kept", "For "),
                ("removed", f"{FAMILY}👍🏽"),
                ("added", f"{FAMILY}👍🏿"),
                ("kept", " families"),
            ],
        ),
        (
            f"{ARABIC} اليوم",
            f"{ARABIC} غدا",
            [("kept", f"{ARABIC} "), ("removed", "اليوم"), ("added", "غدا")],
        ),
        (
            "1,000 homes",
            "1,0000 homes",
            [("removed", "1,000"), ("added", "1,0000"), ("kept", " homes")],
        ),
    ],
)
def test_text_is_compared_word_by_word(before, after, found):
    joined = []
    for kind, text in pieces(before, after):
        if joined and joined[-1][0] == kind:
            text = joined.pop()[1] + text
        joined.append((kind, text))
    assert joined == found


def some_text(seed):
    """A text of a few words, lines and gaps, always the same for a seed."""
    chance = random.Random(seed)  # noqa: S311
    words = ["hub", "hubs", "a", "b", " ", "  ", "\n", "\n\n", "é", "👍🏽", ARABIC]
    return "".join(chance.choice(words) for _ in range(chance.randrange(30)))


@pytest.mark.parametrize("seed", range(200))
def test_pieces_make_up_both_texts(seed):
    before, after = some_text(seed), some_text(seed + 1000)
    found = pieces(before, after)
    assert "".join(text for kind, text in found if kind != "added").split() == before.split()
    assert "".join(text for kind, text in found if kind != "removed") == after
    assert all(text for _, text in found)


LONG = [f"word{number % 1700} " for number in range(20_000)]


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        (LONG, [*LONG[:9000], "new ", *LONG[9000:]], ["new "]),
        (LONG, [*LONG[:100], "one ", *LONG[100:900], "two ", *LONG[900:]], ["one ", " two"]),
        (LONG, LONG[::-1], None),
        (LONG, [], None),
        (["x" * 100_000], ["x" * 99_999 + "y"], None),
        (["a\n"] * 50_000, ["b\n"] * 50_000, None),
        (
            [f"{number % 110} " for number in range(20_000)],
            [f"{number * 7 % 113} " for number in range(20_000)],
            None,
        ),
        (
            [f"line {number}\n" for number in range(0, 4800, 2)],
            [f"line {number}\n" for number in range(0, 4800, 3)],
            None,
        ),
    ],
)
def test_long_texts_take_well_under_a_second(before, after, changed):
    before, after = "".join(before), "".join(after)
    start = time.process_time()
    found = pieces(before, after)
    assert time.process_time() - start < 0.7
    assert "".join(text for kind, text in found if kind != "added").split() == before.split()
    assert "".join(text for kind, text in found if kind != "removed") == after
    if changed is not None:
        assert [text for kind, text in found if kind != "kept"] == changed


def test_long_text_that_was_kept_is_shown_near_changes_only():
    kept = Piece("kept", "a" * 200 + "b" * 1000 + "c" * 200)
    assert kept.excerpt == f"{'a' * 150} […] {'c' * 150}"
    for piece in (Piece("added", kept.text), Piece("removed", kept.text), Piece("kept", "a b")):
        assert piece.excerpt == piece.text


# Fields


def test_differences_stand_in_the_order_of_the_form_under_its_labels():
    before = {"title": "Hub", "theme": "T1", "contact": "", "places": ["Sefton"]}
    after = {"places": ["Knowsley"], "contact": "Team", "theme": "T1", "title": "Hubs"}
    found = history.differences(before, after)
    assert [(each.field, each.label, each.is_list) for each in found] == [
        ("title", "Name of the activity", False),
        ("places", "Where it happens", True),
        ("contact", "Contact", False),
    ]


@pytest.mark.parametrize(
    ("before", "after", "added", "removed"),
    [
        (["a", "b"], ["b", "c", "d"], ["c", "d"], ["a"]),
        ([], ["a"], ["a"], []),
        (["a"], [], [], ["a"]),
        # What a version did not know yet.
        ("", ["a"], ["a"], []),
        # Two that are called the same.
        (["a", "a"], ["a"], [], ["a"]),
    ],
)
def test_lists_gain_and_lose(before, after, added, removed):
    (found,) = history.differences({"evidence": before}, {"evidence": after})
    assert found.is_list
    assert (found.added, found.removed) == (added, removed)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"evidence": ["a", "b"]}, {"evidence": ["b", "a"]}),
        ({"evidence": []}, {}),
        ({"contact": ""}, {}),
        ({"unheard of": "x"}, {"unheard of": "y"}),
    ],
)
def test_what_says_the_same_is_no_difference(before, after):
    assert history.differences(before, after) == []


# What an activity says


@pytest.mark.django_db
def test_snapshot_says_what_the_page_says():
    theme = ThemeFactory(code="T1", title="Best start")
    activity = ActivityFactory(
        round=RoundFactory(name="Autumn"),
        theme=theme,
        title="Family hub",
        description="Help for parents.",
        places=[PlaceFactory(name="Sefton"), PlaceFactory(name="Knowsley")],
        lead_organisation="Sefton Council",
        contact="Early years team",
        starts_on=datetime.date(2026, 9, 1),
        delivery_status="paused",
        is_good_practice=True,
    )
    measure = LocalMeasureFactory(
        activity=activity,
        name="Visits",
        unit="people",
        baseline="0",
        target="250",
        latest_value="90.5",
        latest_on=datetime.date(2026, 9, 30),
    )
    LocalMeasureFactory(activity=activity, name="Calls", unreported=True)
    indicator = BeaconIndicatorFactory(number=3, name="Ready for school")
    RecommendationLinkFactory(
        activity=activity,
        recommendation=RecommendationFactory(theme=theme, code="T1.01", text="Feed every child."),
        reason="It does.",
        indicator=indicator,
        local_measure=measure,
    )
    RecommendationLinkFactory(activity=activity, suggested=True)
    IndicatorLinkFactory(activity=activity, indicator=indicator)
    IndicatorLinkFactory(activity=activity, suggested=True)
    Evidence.objects.create(activity=activity, title="Plan", url="https://example.org/plan")
    Evidence.objects.create(activity=activity, title="Minutes", file="evidence/1/minutes.pdf")
    assert content_of(activity) == {
        "round": "Autumn",
        "title": "Family hub",
        "description": "Help for parents.",
        "places": ["Knowsley", "Sefton"],
        "theme": "T1 Best start",
        "lead_organisation": "Sefton Council",
        "contact": "Early years team",
        "starts_on": "1 September 2026",
        "ends_on": "",
        "delivery_status": "Paused",
        "recommendations": [
            "T1.01 Feed every child. Reason: It does. Shown by: 3 Ready for school and Visits"
        ],
        "indicators": ["3 Ready for school"],
        "local_measures": [
            "Visits, in people, baseline 0, target 250, 90.5 on 30 September 2026",
            "Calls",
        ],
        "evidence": ["Plan: https://example.org/plan", "Minutes: minutes.pdf"],
        "is_good_practice": "Yes",
    }


@pytest.mark.django_db
def test_snapshot_has_a_label_for_all_it_says():
    assert list(content_of(ActivityFactory())) == list(history.LABELS)


@pytest.mark.django_db
def test_snapshot_of_an_activity_with_its_content_takes_no_query():
    activity = Activity.objects.with_content().get(pk=linked(3).pk)
    assert count_queries(history.snapshot, activity) == 0


@pytest.mark.django_db
def test_recording_takes_as_many_queries_for_many_links_as_for_one():
    one, many = [linked(1)], [linked(20)]
    queries = [count_queries(history.record, rows, "changed", by=None) for rows in (one, many)]
    assert queries[0] == queries[1]


@pytest.mark.django_db
def test_recording_takes_as_many_queries_for_many_activities_as_for_one():
    by = UserFactory()
    one, many = [linked(1)], [linked(1) for _ in range(20)]
    queries = [count_queries(history.record, rows, "added", by=by) for rows in (one, many)]
    assert queries[0] == queries[1]
    assert ActivityVersion.objects.count() == 21
    for activity in many:
        (version,) = activity.versions.all()
        assert (version.number, version.event, version.made_by) == (1, "added", by)
        assert version.review_status == "accepted"
        assert version.content == content_of(activity)


@pytest.mark.django_db
def test_recording_none_keeps_nothing():
    history.record([], "changed", by=None)
    assert not ActivityVersion.objects.exists()


@pytest.mark.django_db
def test_begin_keeps_how_an_entry_stood_once():
    known, new = ActivityFactory(), ActivityFactory()
    history.record([known], "added", by=None)
    for _ in range(2):
        history.begin([known, new])
    assert list(known.versions.values_list("event", flat=True)) == ["added"]
    assert list(new.versions.values_list("event", "made_by")) == [("before", None)]


# From version to version


def change(activity, *, by, **changes):
    """Save an activity with some of it changed, as its form does."""
    activity = Activity.objects.get(pk=activity.pk)
    for name, value in changes.items():
        setattr(activity, name, value)
    return operations.save_activity(
        activity=activity,
        places=activity.places.all(),
        recommendations=[],
        indicators=[],
        submit=False,
        by=by,
    )


@pytest.mark.django_db
def test_timeline_tells_who_changed_what_the_newest_first(lead, administrator):
    activity = ActivityFactory(title="Hub", places=lead.places.all())
    link = RecommendationLinkFactory(
        activity=activity,
        recommendation=RecommendationFactory(code="T1.01", text="Feed."),
        suggested=True,
    )
    operations.confirm_link(link=link, by=lead)
    change(activity, by=lead, title="Hubs")
    version = Activity.objects.get().version
    operations.accept_activities(versions={activity.pk: version}, by=administrator)
    found = [
        (version.event, version.made_by, version.review_status, [each.field for each in changes])
        for version, changes in history.timeline(activity.versions.reverse())
    ]
    assert found == [
        ("accepted", administrator, "accepted", []),
        ("changed", lead, "submitted", ["title", "recommendations"]),
        ("linked", lead, "accepted", ["recommendations"]),
        ("before", None, "accepted", []),
    ]


@pytest.mark.django_db
def test_timeline_of_a_part_compares_with_the_version_before_it(lead):
    activity = ActivityFactory(title="1", places=lead.places.all())
    other = ActivityFactory(title="x", places=lead.places.all())
    for number in (2, 3, 4):
        change(activity, by=lead, title=str(number))
        change(other, by=lead, title="x" * number)
    (part,) = history.timeline(activity.versions.reverse()[1:2])
    assert [(each.before, each.after) for each in part[1]] == [("2", "3")]


@pytest.mark.django_db
def test_timeline_takes_one_query(lead):
    activity = ActivityFactory(places=lead.places.all())
    for number in range(5):
        change(activity, by=lead, title=str(number))

    def read():
        for version, changes in history.timeline(activity.versions.reverse()):
            assert str(version.made_by or "Nobody")
            assert version.event == "before" or [each.pieces for each in changes]

    assert count_queries(read) == 1


@pytest.mark.django_db
def test_changes_since_accepted_are_those_of_all_versions_since(lead, administrator):
    activity = ActivityFactory(title="Hub", contact="Ann", places=lead.places.all())
    assert history.changes_since_accepted(activity) == []
    change(activity, by=administrator, contact="Bea")
    change(activity, by=lead, title="Hubs")
    change(activity, by=lead, title="Family hubs")
    found = history.changes_since_accepted(activity)
    assert [(each.field, each.before, each.after) for each in found] == [
        ("title", "Hub", "Family hubs")
    ]
    change(activity, by=lead, title="Hub")
    assert history.changes_since_accepted(activity) == []


@pytest.mark.django_db
def test_entry_that_was_never_accepted_has_not_changed_since(lead):
    activity = ActivityFactory(submitted=True, places=lead.places.all())
    assert history.changes_since_accepted(activity) == []
    change(activity, by=lead, title="Hubs")
    assert history.changes_since_accepted(activity) == []


@pytest.mark.django_db
def test_moving_an_entry_to_another_round_is_a_change(lead, administrator):
    activity = ActivityFactory(round=RoundFactory(name="Autumn"), places=lead.places.all())
    change(activity, by=administrator, round=RoundFactory(name="Winter"))
    ((_, changes), _) = history.timeline(activity.versions.reverse())
    assert [(each.label, each.before, each.after) for each in changes] == [
        ("Round", "Autumn", "Winter")
    ]


@pytest.mark.django_db
def test_changes_since_a_version(lead):
    activity = ActivityFactory(title="1", places=lead.places.all())
    change(activity, by=lead, title="2")
    change(activity, by=lead, title="3")
    (since,) = history.changes_since(activity, 2)
    assert (since.before, since.after) == ("2", "3")
    assert history.changes_since(activity, 3) == []
    unknown = {each.field for each in history.changes_since(activity, 9)}
    assert {"title", "description", "places"} <= unknown


# The queue


@pytest.mark.django_db
def test_queue_holds_what_was_submitted_the_longest_wait_first():
    now = timezone.now()
    for days in (1, 3, 2):
        ActivityFactory(
            submitted=True, title=str(days), submitted_at=now - datetime.timedelta(days=days)
        )
    ActivityFactory(draft=True)
    ActivityFactory(review_status="returned")
    ActivityFactory()
    assert [activity.title for activity in Activity.objects.to_review()] == ["3", "2", "1"]


@pytest.mark.django_db
def test_queue_knows_what_happened_to_each_before(lead, administrator):
    places = lead.places.all()
    new = ActivityFactory(submitted=True, places=places, title="new")
    change(new, by=lead, title="new and changed")
    again = ActivityFactory(submitted=True, places=places, title="again")
    operations.return_activity(
        activity=again, comments={"": "Why?", "title": "Which?"}, by=administrator
    )
    operations.submit_activity(activity=Activity.objects.get(pk=again.pk), by=lead)
    old = ActivityFactory(places=places, title="accepted before its history was kept")
    change(old, by=lead, title="old")
    accepted = ActivityFactory(submitted=True, places=places, title="accepted")
    operations.accept_activities(versions={accepted.pk: 1}, by=administrator)
    change(accepted, by=administrator, contact="Ada")
    change(accepted, by=lead, contact="Leah")
    Comment.objects.create(activity=accepted, text="Done.", made_by=lead)
    found = {
        row.pk: (row.was_accepted, row.accepted_at, row.was_returned, row.comment_count)
        for row in Activity.objects.to_review()
    }
    assert found == {
        new.pk: (False, None, False, 0),
        again.pk: (False, None, True, 2),
        old.pk: (True, None, False, 0),
        accepted.pk: (True, accepted.versions.get(event="accepted").made_at, False, 1),
    }
