"""Answering on many recommendations at once, the limit of priorities, and what others did."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from recommendations.models import Recommendation
from stocktake import operations
from stocktake.models import Decision
from tests.concurrency import at_once
from tests.factories import (
    DecisionFactory,
    PlaceFactory,
    RecommendationFactory,
    ResponsibleBodyFactory,
    RoundFactory,
    today,
)

pytestmark = pytest.mark.django_db
DAY = datetime.date(2027, 3, 1)


@pytest.fixture
def sefton(lead):
    """The place of the lead."""
    return lead.places.get()


@pytest.fixture
def rows(sefton):
    """Six recommendations that Sefton answers for."""
    body = ResponsibleBodyFactory(answering_places=[sefton])
    return [
        RecommendationFactory(code=f"A.0{number}", responsible_bodies=[body])
        for number in range(1, 7)
    ]


@pytest.fixture
def decide_many(lead, sefton):
    """Answers on recommendations in the name of the lead of Sefton."""

    def decide_many(recommendations, answer="priority", **more):
        return operations.decide_many(
            place=sefton, recommendations=recommendations, answer=answer, by=lead, **more
        )

    return decide_many


def limit(number):
    """Let places have this many priorities."""
    return RoundFactory(name="Autumn", max_priorities=number)


def answers():
    """Every answer by the code it is about."""
    return dict(Decision.objects.values_list("recommendation__code", "answer"))


def given(rows, answer="priority"):
    """What `answers` says when these rows have an answer."""
    return {row.code: answer for row in rows}


def stamps_of(sefton):
    """What a page that is opened now holds."""
    decisions = Decision.objects.filter(place=sefton).select_related("recommendation")
    return {decision.recommendation.code: decision.stamp for decision in decisions}


# Many at once


def test_decide_many_records_one_answer_on_all(decide_many, rows, sefton, lead):
    earlier = DecisionFactory(place=sefton, recommendation=rows[0])
    found = decide_many(rows[:3], "not-now", reason=" Too soon.\n", review_on=DAY)
    assert answers() == given(rows[:3], "not-now")
    assert {decision.pk for decision in found} == {row.pk for row in Decision.objects.all()}
    assert earlier.pk in {decision.pk for decision in found}
    for decision in Decision.objects.all():
        assert (decision.reason, decision.review_on) == ("Too soon.", DAY)
        assert decision.decided_by == lead
        assert decision.decided_at > earlier.decided_at


def test_decide_many_takes_answers_away(decide_many, rows, sefton):
    for row in rows[:3]:
        DecisionFactory(place=sefton, recommendation=row)
    elsewhere = DecisionFactory(recommendation=rows[0])
    assert decide_many([rows[0], rows[1], rows[5]], None) == []
    assert set(Decision.objects.exclude(pk=elsewhere.pk)) == {
        Decision.objects.get(place=sefton, recommendation=rows[2])
    }


@pytest.mark.parametrize(
    ("answer", "more"),
    [
        ("not-now", {}),
        ("not-relevant", {"reason": "No."}),
        ("not-now", {"reason": " \n", "review_on": DAY}),
        ("maybe", {}),
    ],
)
def test_decide_many_refuses_what_no_answer_can_be(decide_many, rows, answer, more):
    with pytest.raises(ValidationError):
        decide_many(rows, answer, **more)
    assert not answers()


def test_decide_many_takes_a_constant_number_of_queries(decide_many, rows, sefton):
    limit(6)
    DecisionFactory(place=sefton, recommendation=rows[1])

    def count(recommendations, answer):
        seen = stamps_of(sefton)
        with CaptureQueriesContext(connection) as captured:
            decide_many(recommendations, answer, seen=seen)
        return len(captured)

    for answer in ("priority", "doing", None):
        assert count(rows[:1], answer) == count(rows[1:], answer)


# The limit of priorities


def test_limit_allows_as_many_priorities_as_it_says(decide_many, rows):
    limit(3)
    decide_many(rows[:3])
    assert answers() == given(rows[:3])


def test_limit_refuses_one_more_and_writes_nothing(decide_many, rows):
    limit(3)
    decide_many(rows[:2])
    with pytest.raises(operations.TooManyPriorities) as refused:
        decide_many(rows[2:5])
    assert str(refused.value) == (
        "Sefton can choose 1 more: it has 2 of at most 3 priorities and this would add 3. "
        "Tick 2 fewer, or choose another answer"
    )
    assert answers() == given(rows[:2])


def test_limit_counts_answers_that_become_priorities(decide_many, rows):
    limit(2)
    decide_many(rows[:2])
    decide_many(rows[2:3], "doing")
    with pytest.raises(operations.TooManyPriorities, match="2 priorities already, and at most 2"):
        decide_many(rows[2:3])
    decide_many(rows[:1], "doing")
    decide_many(rows[2:3])
    assert answers() == given(rows[1:3]) | given(rows[:1], "doing")


def test_limit_counts_what_is_ticked_twice_once(decide_many, rows):
    limit(2)
    decide_many(rows[:1])
    decide_many(rows[:2])
    assert answers() == given(rows[:2])


def test_limit_holds_for_one_decision_too(lead, sefton, rows):
    limit(1)
    DecisionFactory(place=sefton, recommendation=rows[0])
    with pytest.raises(operations.TooManyPriorities):
        operations.decide(place=sefton, recommendation=rows[1], answer="priority", by=lead)
    assert answers() == given(rows[:1])


def test_limit_of_none_is_no_limit(decide_many, rows):
    limit(None)
    decide_many(rows)
    assert answers() == given(rows)


def test_limit_of_0_allows_none(decide_many, rows):
    limit(0)
    with pytest.raises(operations.TooManyPriorities):
        decide_many(rows[:1])


def test_without_a_round_there_is_no_limit(decide_many, rows):
    decide_many(rows)
    assert answers() == given(rows)


def test_limit_is_that_of_the_current_round(decide_many, rows):
    RoundFactory(name="Summer", closed=True, max_priorities=1)
    limit(6)
    decide_many(rows)
    assert answers() == given(rows)


def test_lowered_limit_keeps_what_was_chosen_and_allows_no_more(decide_many, rows):
    round = limit(4)
    decide_many(rows[:4])
    round.max_priorities = 2
    round.save()
    decide_many(rows[:4], reason="Still.")
    assert set(Decision.objects.values_list("reason", flat=True)) == {"Still."}
    with pytest.raises(operations.TooManyPriorities, match="4 priorities already, and at most 2"):
        decide_many(rows[4:5])
    decide_many(rows[:1], "doing")
    with pytest.raises(operations.TooManyPriorities):
        decide_many(rows[4:5])
    assert answers() == given(rows[1:4]) | given(rows[:1], "doing")


def test_limit_counts_neither_other_places_nor_what_the_place_does_not_answer_for(
    decide_many, rows, sefton
):
    limit(1)
    DecisionFactory(place=PlaceFactory(), recommendation=rows[0])
    no_longer = DecisionFactory(place=sefton)
    decide_many(rows[:1])
    assert list(Decision.objects.of(sefton).priorities()) == [
        Decision.objects.get(place=sefton, recommendation=rows[0])
    ]
    assert no_longer.recommendation not in Recommendation.objects.answered_by(sefton)


def test_administrators_set_the_limit_in_the_admin(client, administrator):
    client.force_login(administrator)
    round = limit(None)
    rounds = reverse("admin:stocktake_round_changelist")
    assert "No limit" in client.get(rounds).content.decode()
    page = reverse("admin:stocktake_round_change", args=[round.pk])
    dates = {"opens_on": round.opens_on, "closes_on": round.closes_on}
    client.post(page, {"name": round.name, "max_priorities": 7} | dates)
    round.refresh_from_db()
    assert round.max_priorities == 7
    listed = client.get(rounds).content.decode()
    assert '<td class="field-priorities">7</td>' in listed
    assert "No limit" not in listed


# What others did meanwhile


def test_seen_answers_are_replaced(decide_many, rows, sefton):
    decide_many(rows[:2])
    decide_many(rows[:4], "doing", seen=stamps_of(sefton))
    assert answers() == given(rows[:4], "doing")


def test_answers_changed_since_they_were_seen_stop_all(decide_many, rows, sefton, other_lead):
    decide_many(rows[:4])
    seen = stamps_of(sefton)
    about = {"place": sefton, "by": other_lead}
    operations.decide(**about, recommendation=rows[0], answer="doing")
    operations.decide_many(**about, recommendations=[rows[1]], answer=None)
    operations.decide(**about, recommendation=rows[5], answer="doing")
    before = answers()
    with pytest.raises(operations.AnswersChanged) as refused:
        decide_many(rows, "priority", seen=seen)
    current = refused.value.current
    assert list(current) == [rows[0].code, rows[1].code, rows[5].code]
    assert current[rows[0].code].decided_by == other_lead
    assert current[rows[1].code] is None
    assert answers() == before


def test_same_answer_given_again_is_a_change_as_well(lead, sefton, rows, decide_many):
    decide_many(rows[:1])
    seen = stamps_of(sefton)[rows[0].code]
    decide_many(rows[:1])
    with pytest.raises(operations.AnswersChanged):
        operations.decide(place=sefton, recommendation=rows[0], answer="doing", seen=seen, by=lead)


# At the same moment


@pytest.mark.django_db(transaction=True)
def test_two_leads_at_once_cannot_exceed_the_limit(lead, other_lead, sefton, rows):
    limit(4)

    def choose(user, recommendations):
        return lambda: operations.decide_many(
            place=sefton, recommendations=recommendations, answer="priority", by=user
        )

    found = at_once(choose(lead, rows[:3]), choose(other_lead, rows[3:]))
    assert sorted(type(each).__name__ for each in found) == ["TooManyPriorities", "list"]
    assert answers() in (given(rows[:3]), given(rows[3:]))


@pytest.mark.django_db(transaction=True)
def test_two_leads_at_once_do_not_overwrite_each_other(lead, other_lead, sefton, rows):
    def answer(user, value):
        return lambda: operations.decide(
            place=sefton, recommendation=rows[0], answer=value, seen="", by=user
        )

    found = at_once(answer(lead, "priority"), answer(other_lead, "doing"))
    (decision,) = [each for each in found if isinstance(each, Decision)]
    (refused,) = [each for each in found if isinstance(each, operations.AnswersChanged)]
    assert answers() == {rows[0].code: decision.answer}
    assert refused.current[rows[0].code].decided_by == decision.decided_by


# Overdue


@pytest.mark.parametrize(("days", "overdue"), [(-1, True), (0, False), (1, False), (None, False)])
def test_decision_is_overdue_once_its_review_date_has_passed(days, overdue):
    review_on = None if days is None else today() + datetime.timedelta(days=days)
    assert DecisionFactory(review_on=review_on).is_overdue is overdue
