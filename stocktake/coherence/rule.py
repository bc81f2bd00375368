"""The states of a thread, and the rule that tells them apart."""

import calendar
import datetime

from django.db import models

# Raise it whenever a change here would give another state for the same entries.
RULE_VERSION = 1
# How long a local measure's latest value holds, in months; indicators have their own.
LOCAL_MEASURE_STALE_AFTER = 24


class State(models.TextChoices):
    """What a thread is: the first of these that holds, in this order."""

    DECLINED = "declined", "Declined"
    NO_ACTIVITY = "no-activity", "No activity"
    NO_MEASURE = "no-measure", "No measure"
    NO_DATA = "no-data", "No data"
    STALE = "stale", "Stale"
    WHOLE = "whole", "Whole"


def state_of(*, declined, measures, has_activity, as_of):
    """The rule: the first state that holds for a thread.

    `measures` are what its activities name: pairs of the last day of the newest value (None
    without a usable one) and the months for which a value holds.
    """
    if declined:
        return State.DECLINED
    if not has_activity:
        return State.NO_ACTIVITY
    if not measures:
        return State.NO_MEASURE
    dated = [(newest, months) for newest, months in measures if newest]
    if not dated:
        return State.NO_DATA
    if all(newest < months_before(as_of, months) for newest, months in dated):
        return State.STALE
    return State.WHOLE


def months_before(day, months):
    """The same day that many months earlier, or the last day of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return datetime.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
