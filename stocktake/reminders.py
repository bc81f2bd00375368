"""What each lead is to be reminded of today: one digest for each person, with what is new.

Nothing is written here: `operations.send_reminders` sends the digests and notes what went.
"""

from collections import Counter
from dataclasses import dataclass
from itertools import chain

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.text import get_text_list

from atf.jinja import date as in_words
from atf.mail import compose
from atf.models import User
from recommendations.models import Recommendation, Theme

from .models import Activity, Draft, NilReturn, Reminder, Round

# A round closes soon when it has this many days left, its last one included.
SOON = 7
# More titles than this are only counted.
MANY = 5


@dataclass(frozen=True)
class Item:
    """One thing to tell someone; `key` names it among those of its kind, for good."""

    kind: Reminder.Kind
    key: str
    text: str
    path: str

    @property
    def address(self):
        """Where to see to it."""
        return f"{settings.SITE_ADDRESS}{self.path}"


@dataclass(frozen=True)
class Digest:
    """All that is new for someone, to go in one e-mail."""

    recipient: User
    items: tuple[Item, ...]

    def message(self):
        """The e-mail."""
        return compose("stocktake/reminder/digest", to=self.recipient.email, digest=self)


@dataclass(frozen=True)
class Situation:
    """How things stand on a day, for all places at once.

    `expected` holds the pairs of a place and a theme that it answers in, `answered` a round, a
    place and a theme where there is an entry or nothing to report, `typed` how many entries each
    person has typed and not saved; all by primary key. `drafts` are of open rounds.
    """

    days_left: dict[Round, int]
    themes: tuple[Theme, ...]
    expected: frozenset[tuple[int, int]]
    answered: frozenset[tuple[int, int, int]]
    drafts: tuple[Activity, ...]
    returned: tuple[Activity, ...]
    typed: Counter
    week: str


def digests(today):
    """A Digest for each active lead for whom there is anything new, by name.

    Takes a constant number of queries, however many people and entries there are.
    """
    leads = User.objects.filter(role=User.Role.LEAD, is_active=True, places__isnull=False)
    leads = list(leads.distinct().order_by("name", "pk").prefetch_related("places"))
    told = set(Reminder.objects.filter(recipient__in=leads).values_list("recipient", "kind", "key"))
    now = situation(today)
    found = (Digest(lead, tuple(_new_items(lead, now, told))) for lead in leads)
    return [digest for digest in found if digest.items]


def situation(today):
    """How things stand on a day."""
    rounds = list(Round.objects.filter(opens_on__lte=today, closes_on__gte=today))
    activities = Activity.objects.select_related("round").prefetch_related("places")
    drafts = activities.filter(review_status=Activity.ReviewStatus.DRAFT, round__in=rounds)
    returned = activities.filter(review_status=Activity.ReviewStatus.RETURNED)
    entries = Activity.places.through.objects.filter(activity__round__in=rounds)
    nil_returns = NilReturn.objects.filter(round__in=rounds)
    typed = Draft.objects.filter(Q(activity=None) | Q(activity__round__in=rounds))
    year, week, _ = today.isocalendar()
    return Situation(
        days_left={round: (round.closes_on - today).days + 1 for round in rounds},
        themes=tuple(Theme.objects.all()),
        expected=frozenset(Recommendation.objects.answering_pairs()),
        answered=frozenset(
            chain(
                entries.values_list("activity__round", "place", "activity__theme").distinct(),
                nil_returns.values_list("round", "place", "theme"),
            )
        ),
        drafts=tuple(drafts),
        returned=tuple(returned),
        typed=Counter(typed.values_list("author", flat=True)) if rounds else Counter(),
        week=f"{year}-W{week:02}",
    )


def _new_items(lead, now, told):
    for items_of in (_opened, _closing, _returned, _left):
        for item in items_of(lead, now):
            if (lead.pk, item.kind, item.key) not in told:
                yield item


def _opened(lead, now):
    """A round takes entries: told once."""
    for round in now.days_left:
        yield Item(
            kind=Reminder.Kind.ROUND_OPENED,
            key=str(round.pk),
            text=f"{round} is open. It takes entries until {in_words(round.closes_on)}.",
            path=reverse("home"),
        )


def _closing(lead, now):
    """A round has a week left, and a place something to do: told once."""
    for round, days in now.days_left.items():
        left = "today is its last day" if days == 1 else f"{days} days are left"
        closes = f"{round} closes on {in_words(round.closes_on)}: {left}."
        open_ends = [_open_ends(round, place, now) for place in lead.places.all()]
        if days <= SOON and any(open_ends):
            yield Item(
                kind=Reminder.Kind.CLOSING_SOON,
                key=str(round.pk),
                text=" ".join([closes, *filter(None, open_ends)]),
                path=reverse("home"),
            )


def _open_ends(round, place, now):
    """What a place has still to do in a round, as a sentence; nothing if that is nothing."""
    unanswered = [
        theme.code
        for theme in now.themes
        if (place.pk, theme.pk) in now.expected
        and (round.pk, place.pk, theme.pk) not in now.answered
    ]
    drafts = [row for row in now.drafts if row.round == round and place in row.places.all()]
    parts = []
    if unanswered:
        parts.append(f"no entry yet under {get_text_list(unanswered, 'and')}")
    if drafts:
        parts.append(f"{_counted(len(drafts), 'draft', 'drafts')} not submitted")
    return f"{place}: {', and '.join(parts)}." if parts else ""


def _returned(lead, now):
    """An entry came back: told once for each time that it was returned."""
    for activity in _of(lead, now.returned):
        is_open = activity.round in now.days_left
        what_to_do = (
            "See what is asked, change the entry and submit it again."
            if is_open
            else f"{activity.round} has closed: ask the programme team what to do."
        )
        yield Item(
            kind=Reminder.Kind.RETURNED,
            key=f"{activity.pk} {activity.reviewed_at.isoformat()}",
            text=f"“{_one_line(activity.title)}” was returned on {in_words(activity.reviewed_at)}. "
            f"{what_to_do}",
            path=activity.get_absolute_url(),
        )


def _left(lead, now):
    """Drafts wait in an open round: told at most once in a week, from Monday to Sunday.

    What was typed and not saved is only counted: it is its author's alone, and the programme team
    reads what is sent.
    """
    drafts, typed = _of(lead, now.drafts), now.typed[lead.pk]
    parts = []
    if drafts:
        what = _counted(len(drafts), "draft is", "drafts are")
        parts.append(f"{what} not submitted yet: {_named(drafts)}.")
    if typed:
        what = _counted(typed, "entry that you began is", "entries that you began are")
        parts.append(f"{what} not saved yet.")
    if parts:
        yield Item(
            kind=Reminder.Kind.DRAFTS_LEFT,
            key=now.week,
            text=" ".join(parts),
            path=reverse("home"),
        )


def _of(lead, activities):
    """Those of a lead's places."""
    own = set(lead.places.all())
    return [activity for activity in activities if own & set(activity.places.all())]


def _counted(number, one, many):
    return f"{number} {one if number == 1 else many}"


def _named(activities):
    names = [f"“{_one_line(activity.title)}”" for activity in activities[:MANY]]
    if len(activities) > MANY:
        names.append(f"{len(activities) - MANY} more")
    return get_text_list(names, "and")


def _one_line(text):
    return " ".join(text.split())
