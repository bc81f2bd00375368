"""Accepting and returning entries, and the conversation about them."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from stocktake import operations
from stocktake.models import Activity, ActivityVersion, Comment
from tests.factories import ActivityFactory, RecommendationLinkFactory

pytestmark = pytest.mark.django_db


def fresh(activity):
    """An activity as it is stored."""
    return Activity.objects.get(pk=activity.pk)


def accept(*activities, by):
    """Accept activities as they stand; returns the titles of those that were."""
    versions = {activity.pk: fresh(activity).version for activity in activities}
    accepted = operations.accept_activities(versions=versions, by=by)
    return [activity.title for activity in accepted]


def events(activity):
    """What happened to an activity."""
    return list(activity.versions.values_list("event", flat=True))


# Accepting


def test_accepting_lets_what_was_submitted_count(lead, administrator):
    submitted = [ActivityFactory(submitted=True, created_by=lead) for _ in range(2)]
    others = [
        ActivityFactory(draft=True),
        ActivityFactory(review_status="returned"),
        ActivityFactory(created_by=lead),
    ]
    accepted = accept(*submitted, *others, by=administrator)
    assert accepted == [activity.title for activity in submitted]
    for before in submitted:
        activity = fresh(before)
        assert activity.is_accepted
        assert (activity.submitted_by, activity.reviewed_by) == (lead, administrator)
        assert activity.version == 2
        assert activity.updated_at > before.updated_at
        version = activity.versions.last()
        assert (version.event, version.number, version.made_by) == ("accepted", 2, administrator)
        assert version.review_status == "accepted"
    states = [fresh(activity).review_status for activity in others]
    assert states == ["draft", "returned", "accepted"]
    assert fresh(others[2]).reviewed_by == lead
    assert not ActivityVersion.objects.filter(activity__in=others).exists()


def test_accepting_leaves_those_not_given(administrator):
    mine, other = ActivityFactory(submitted=True), ActivityFactory(submitted=True)
    assert accept(mine, by=administrator) == [mine.title]
    assert fresh(other).is_submitted
    assert accept(mine, by=administrator) == []


def test_accepting_leaves_what_was_changed_since_it_was_read(lead, administrator):
    read, changed = (ActivityFactory(submitted=True, places=lead.places.all()) for _ in range(2))
    versions = {read.pk: read.version, changed.pk: changed.version}
    operations.add_evidence(activity=changed, title="Plan", url="https://example.org/", by=lead)
    accepted = operations.accept_activities(versions=versions, by=administrator)
    assert accepted == [read]
    assert fresh(changed).is_submitted
    assert events(changed) == ["before", "changed"]


@pytest.mark.parametrize("versions", [{}, {999_999: 1}])
def test_accepting_nothing_is_no_error(administrator, versions):
    assert operations.accept_activities(versions=versions, by=administrator) == []


def test_accepting_takes_as_many_queries_for_50_as_for_1(administrator):
    def count(number):
        activities = [ActivityFactory(submitted=True) for _ in range(number)]
        for activity in activities:
            RecommendationLinkFactory(activity=activity)
        versions = {activity.pk: activity.version for activity in activities}
        with CaptureQueriesContext(connection) as captured:
            accepted = operations.accept_activities(versions=versions, by=administrator)
        assert len(accepted) == number
        return len(captured)

    assert count(1) == count(50)


# Returning


def test_returning_tells_the_leads_why(lead, administrator):
    activity = ActivityFactory(submitted=True, created_by=lead)
    comments = {"": "Nearly there.", "contact": "Who is it?", "indicators": "Which?"}
    returned = operations.return_activity(activity=activity, comments=comments, by=administrator)
    stored = fresh(activity)
    assert stored.is_returned
    assert (stored.submitted_by, stored.reviewed_by, stored.version) == (lead, administrator, 2)
    said = Comment.objects.open_on(returned)
    assert [(each.field, each.text, each.made_by) for each in said] == [
        (field, text, administrator) for field, text in comments.items()
    ]
    assert events(activity) == ["before", "returned"]


def test_accepted_entry_can_be_returned(administrator):
    activity = ActivityFactory()
    operations.return_activity(activity=activity, comments={"": "Not any more."}, by=administrator)
    assert fresh(activity).is_returned
    assert events(activity) == ["before", "returned"]


def test_returning_what_was_returned_adds_to_what_was_said(administrator):
    activity = ActivityFactory(submitted=True)
    for text in ("First.", "Second."):
        operations.return_activity(activity=fresh(activity), comments={"": text}, by=administrator)
    assert [str(each) for each in Comment.objects.open_on(fresh(activity))] == ["First.", "Second."]
    assert events(activity) == ["before", "returned"]


def test_draft_is_not_returned(administrator):
    draft = ActivityFactory(draft=True)
    operations.return_activity(activity=draft, comments={"": "Well?"}, by=administrator)
    assert fresh(draft).is_draft
    assert not Comment.objects.exists()


def test_returning_what_was_changed_meanwhile_is_a_conflict(lead, administrator):
    read = ActivityFactory(submitted=True, places=lead.places.all())
    operations.add_evidence(activity=read, title="Plan", url="https://example.org/", by=lead)
    with pytest.raises(operations.Conflict) as caught:
        operations.return_activity(activity=read, comments={"": "Why?"}, by=administrator)
    assert caught.value.current.version == 2
    assert fresh(read).is_submitted
    assert not Comment.objects.exists()


def test_returning_keeps_nothing_if_a_comment_is_refused(administrator):
    activity = ActivityFactory(submitted=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        operations.return_activity(
            activity=activity, comments={"": "Why?", "title": ""}, by=administrator
        )
    assert fresh(activity).is_submitted
    assert not Comment.objects.exists()
    assert not ActivityVersion.objects.exists()


# The conversation


@pytest.mark.parametrize(
    "text", ["Ours.", "x" * 100_000, "👨‍👩‍👧‍👦 مراكز الأسرة", "<script>alert(1)</script>"]
)
def test_comment_keeps_what_was_said(lead, text):
    activity = ActivityFactory()
    operations.add_comment(activity=activity, text=text, by=lead)
    comment = Comment.objects.get()
    assert (comment.activity, comment.text, comment.made_by) == (activity, text, lead)
    assert (comment.field, comment.get_field_display()) == ("", "")


def test_comments_are_open_from_a_return_until_the_entry_is_submitted_again(lead, administrator):
    activity = ActivityFactory(submitted=True, places=lead.places.all())
    operations.add_comment(activity=activity, text="Before.", by=lead)
    for text in ("First.", "Second."):
        assert not Comment.objects.open_on(fresh(activity))
        operations.return_activity(activity=fresh(activity), comments={"": text}, by=administrator)
        operations.add_comment(activity=activity, text="Answer.", by=lead)
        found = [str(each) for each in Comment.objects.open_on(fresh(activity))]
        assert found == [text, "Answer."]
        operations.submit_activity(activity=fresh(activity), by=lead)
    assert not Comment.objects.open_on(fresh(activity))


def test_open_comments_are_those_of_the_entry(administrator):
    mine, other = (ActivityFactory(submitted=True) for _ in range(2))
    for activity in (mine, other):
        operations.return_activity(
            activity=activity, comments={"": activity.title}, by=administrator
        )
    assert [str(each) for each in Comment.objects.open_on(fresh(mine))] == [mine.title]


def test_comments_stand_in_the_order_in_which_they_were_made(lead):
    activity = ActivityFactory()
    for text in "cab":
        operations.add_comment(activity=activity, text=text, by=lead)
    assert [comment.text for comment in activity.comments.all()] == ["c", "a", "b"]
