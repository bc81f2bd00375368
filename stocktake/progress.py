"""How far a place has come with its stocktake in a round: what its leads see first."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from django.db.models import Case, Count, Exists, OuterRef, Q, TextChoices, When

from recommendations.models import Place, Recommendation, Theme

from .models import Activity, Comment, Decision, Draft, NilReturn, RecommendationLink, Round


class TaskStatus(TextChoices):
    """How far a place is under a theme."""

    NOT_STARTED = "not-started", "Not yet started"
    IN_PROGRESS = "in-progress", "In progress"
    COMPLETED = "completed", "Completed"


@dataclass(frozen=True)
class Task:
    """A theme that a place reports on in a round.

    `entries` counts all of its entries, `unfinished` its drafts and those returned, `waiting` what
    is left to answer from the last round.
    """

    theme: Theme
    entries: int
    unfinished: int
    waiting: int
    nil_return: NilReturn | None

    @property
    def status(self):
        """Completed once everything is handed in, or there is nothing to report."""
        if not self.entries:
            done = self.nil_return and not self.waiting
            return TaskStatus.COMPLETED if done else TaskStatus.NOT_STARTED
        open_ends = self.unfinished or self.waiting
        return TaskStatus.IN_PROGRESS if open_ends else TaskStatus.COMPLETED


@dataclass(frozen=True)
class Returned:
    """An entry that came back, and what was said about it."""

    activity: Activity
    comments: tuple[Comment, ...]


@dataclass(frozen=True)
class WorkingDay:
    """All that waits for a lead of a place in a round."""

    round: Round
    place: Place
    tasks: tuple[Task, ...]
    returned: tuple[Returned, ...]
    drafts: tuple[Activity, ...]
    gaps: tuple[Recommendation, ...]

    @property
    def completed(self):
        """The number of themes that are done."""
        return sum(task.status == TaskStatus.COMPLETED for task in self.tasks)

    @property
    def waiting(self):
        """The number of activities of the last round to answer for."""
        return sum(task.waiting for task in self.tasks)


def working_day(round, place):
    """What waits for the leads of a place in a round; a constant number of queries."""
    entries = Activity.objects.filter(round=round).in_places([place])
    return WorkingDay(
        round=round,
        place=place,
        tasks=tasks(round, place),
        returned=_returned(entries),
        drafts=tuple(entries.filter(review_status=Activity.ReviewStatus.DRAFT)),
        gaps=_gaps(entries, place),
    )


def tasks(round, place, theme=None):
    """A Task for each theme in which a place answers for a recommendation or has something.

    With `theme`, the Task for this one alone, whatever it holds.
    """
    entries = Activity.objects.filter(round=round).in_places([place])
    unfinished = Q(review_status__in=[Activity.ReviewStatus.DRAFT, Activity.ReviewStatus.RETURNED])
    counts = {
        row["theme"]: row
        for row in entries.order_by()
        .values("theme")
        .annotate(entries=Count("pk"), unfinished=Count("pk", filter=unfinished))
    }
    waiting = Counter(
        Activity.objects.to_continue(round, place).order_by().values_list("theme", flat=True)
    )
    nil_returns = {row.theme_id: row for row in NilReturn.objects.filter(round=round, place=place)}
    answering = Recommendation.objects.filter(
        theme=OuterRef("pk"), responsible_bodies__answering_places=place
    )
    themes = Theme.objects.filter(
        Q(pk=theme.pk) if theme else Q(Exists(answering)) | Q(pk__in=[*counts, *waiting])
    )
    return tuple(
        Task(
            theme=theme,
            entries=counts.get(theme.pk, {}).get("entries", 0),
            unfinished=counts.get(theme.pk, {}).get("unfinished", 0),
            waiting=waiting[theme.pk],
            nil_return=nil_returns.get(theme.pk),
        )
        for theme in themes
    )


def _returned(entries):
    activities = entries.filter(review_status=Activity.ReviewStatus.RETURNED)
    comments = defaultdict(list)
    for comment in Comment.objects.filter(activity__in=activities).select_related("made_by"):
        comments[comment.activity_id].append(comment)
    return tuple(
        Returned(
            activity=activity,
            comments=tuple(
                comment
                for comment in comments[activity.pk]
                if comment.made_at >= activity.reviewed_at
            ),
        )
        for activity in activities
    )


def _gaps(entries, place):
    """The recommendations that a place calls a priority and has no entry for."""
    priorities = Decision.objects.of(place).priorities()
    linked = RecommendationLink.objects.confirmed().filter(
        activity__in=entries, recommendation=OuterRef("pk")
    )
    rows = Recommendation.objects.filter(decisions__in=priorities).exclude(Exists(linked))
    return tuple(rows.select_related("theme"))


def unsaved(user):
    """What someone has typed and not saved, the newest first.

    `is_stranded` says of each whether its entry can't be changed by them any more.
    """
    editable = Activity.objects.editable_by(user).filter(pk=OuterRef("activity"))
    stranded = Q(activity__isnull=False) & ~Exists(editable)
    drafts = Draft.objects.filter(author=user).select_related("activity")
    return drafts.annotate(is_stranded=Case(When(stranded, then=True), default=False))
