"""What a coherence report says, as frozen dataclasses, and the lists and tables made of it."""

import dataclasses
import datetime
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property

from recommendations.models import Recommendation

from .rule import State


@dataclass(frozen=True)
class Scope:
    """What is looked at in a round; an empty tuple stands for everything.

    `places` are slugs, `themes` codes, `phases` values of Recommendation.Phase, `bodies` names.
    """

    places: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    phases: tuple[str, ...] = ()
    bodies: tuple[str, ...] = ()


EVERYTHING = Scope()


@dataclass(frozen=True)
class ThemeRow:
    """A theme in scope."""

    code: str
    title: str


@dataclass(frozen=True)
class PlaceRow:
    """A place in scope."""

    slug: str
    name: str
    level: str


@dataclass(frozen=True)
class RecommendationRow:
    """A recommendation in scope; `activities` are the ids of those linked to it, anywhere."""

    code: str
    theme: str
    phase: str
    bodies: tuple[str, ...]
    place_number: int | None
    text: str
    activities: tuple[int, ...]
    is_measured: bool


@dataclass(frozen=True)
class ActivityRow:
    """An accepted activity in scope; `recommendations` are the codes it is linked to."""

    id: int
    title: str
    theme: str
    places: tuple[str, ...]
    recommendations: tuple[str, ...]


@dataclass(frozen=True)
class IndicatorRow:
    """A beacon indicator in scope; `is_named` if an activity in scope names it."""

    number: int
    name: str
    theme: str | None
    status: str
    is_named: bool


@dataclass(frozen=True)
class Thread:
    """One recommendation × one answering place: its state, and the activities behind it."""

    recommendation: str
    place: str
    state: State
    activities: tuple[int, ...]


@dataclass(frozen=True)
class Tally:
    """How many threads are in each state, and how many activities there are, in a row of a table.

    `key` is a theme's code or a place's slug; every percentage is of `threads`.
    """

    key: str
    label: str
    states: dict[str, int]
    activities: int

    @property
    def threads(self):
        """How many places answer for how many recommendations here: the denominator."""
        return sum(self.states.values())

    @property
    def counts(self):
        """Pairs of a state and the number of threads in it, in the rule's order."""
        return [(State(value), count) for value, count in self.states.items()]

    @property
    def whole(self):
        return self.states[State.WHOLE]

    @property
    def declined(self):
        return self.states[State.DECLINED]

    @property
    def percentage(self):
        """Whole threads as a percentage of all, or None without any.

        0 and 100 are said only of none and all.
        """
        if not self.threads:
            return None
        rounded = round(100 * self.whole / self.threads)
        return rounded if self.whole in (0, self.threads) else min(max(rounded, 1), 99)


@dataclass(frozen=True)
class Coherence:
    """The thread of a whole round, or of a part of it, on a day.

    `places` are those that answer for a recommendation in scope, `other_places` the rest.
    """

    round: str
    as_of: datetime.date
    rule_version: int
    scope: Scope
    themes: tuple[ThemeRow, ...]
    places: tuple[PlaceRow, ...]
    recommendations: tuple[RecommendationRow, ...]
    threads: tuple[Thread, ...]
    activities: tuple[ActivityRow, ...]
    indicators: tuple[IndicatorRow, ...]
    other_places: tuple[PlaceRow, ...] = ()

    @property
    def scope_in_words(self):
        """The parts that it was narrowed to, such as "Themes: T1, T4"; none if it covers all."""
        phases = dict(Recommendation.Phase.choices)
        parts = {
            "Themes": self.scope.themes,
            "Phases": [phases.get(value, value) for value in self.scope.phases],
            "Responsible bodies": self.scope.bodies,
            "Places": [self.place_names.get(slug, slug) for slug in self.scope.places],
        }
        return [f"{name}: {', '.join(values)}" for name, values in parts.items() if values]

    @cached_property
    def _recommendations_by_code(self):
        return {row.code: row for row in self.recommendations}

    @cached_property
    def _activities_by_id(self):
        return {row.id: row for row in self.activities}

    @cached_property
    def theme_titles(self):
        """The titles of the themes by code."""
        return {row.code: row.title for row in self.themes}

    @cached_property
    def place_names(self):
        """The names of the places by slug."""
        return {row.slug: row.name for row in (*self.places, *self.other_places)}

    @cached_property
    def total(self):
        """All threads and all activities, each once."""
        return self._tally("", "All", self.threads, len(self.activities))

    @cached_property
    def without_activity(self):
        """The recommendations that no activity anywhere is linked to.

        One that every answering place has declined is not a gap.
        """
        return tuple(row for row in self._open_recommendations if not row.activities)

    @cached_property
    def without_measure(self):
        """The recommendations with linked activity of which none names a measure.

        One that every answering place has declined is not a gap.
        """
        return tuple(
            row for row in self._open_recommendations if row.activities and not row.is_measured
        )

    @cached_property
    def _open_recommendations(self):
        """Those that at least one answering place has not declined."""
        codes = {thread.recommendation for thread in self.threads if not _declined(thread)}
        return tuple(row for row in self.recommendations if row.code in codes)

    @cached_property
    def by_theme(self):
        """A tally for each theme."""
        theme_of = {row.code: row.theme for row in self.recommendations}
        groups = _grouped(self.threads, lambda thread: theme_of[thread.recommendation])
        activities = Counter(row.theme for row in self.activities)
        return tuple(
            self._tally(row.code, row.title, groups[row.code], activities[row.code])
            for row in self.themes
        )

    @cached_property
    def by_place(self):
        """A tally for each place; a shared activity counts in each of its places."""
        groups = _grouped(self.threads, lambda thread: thread.place)
        activities = Counter(place for row in self.activities for place in row.places)
        return tuple(
            self._tally(row.slug, row.name, groups[row.slug], activities[row.slug])
            for row in self.places
        )

    @cached_property
    def unlinked_activities(self):
        """The activities that are linked to no recommendation."""
        return tuple(row for row in self.activities if not row.recommendations)

    @cached_property
    def unnamed_indicators(self):
        """The indicators that no activity names."""
        return tuple(row for row in self.indicators if not row.is_named)

    def recommendation(self, code):
        """The row of one recommendation, or None if it is not in scope."""
        return self._recommendations_by_code.get(code)

    def select_activities(self, *, theme=None, place=None, recommendation=None):
        """The activities under a theme, of a place, linked to a recommendation; None is any."""
        return tuple(
            row
            for row in self.activities
            if (not theme or row.theme == theme)
            and (not place or place in row.places)
            and (not recommendation or recommendation in row.recommendations)
        )

    def activities_of(self, ids):
        """The rows of the activities with these ids, in their order."""
        return tuple(self._activities_by_id[pk] for pk in sorted(ids))

    def select_threads(self, *, theme=None, place=None, state=None):
        """The threads of a theme (code), of a place (slug), in a state; None stands for any."""
        theme_of = {row.code: row.theme for row in self.recommendations}
        return tuple(
            thread
            for thread in self.threads
            if (not theme or theme_of[thread.recommendation] == theme)
            and (not place or thread.place == place)
            and (not state or thread.state == state)
        )

    @staticmethod
    def _tally(key, label, threads, activities):
        counts = Counter(thread.state for thread in threads)
        states = {state.value: counts[state] for state in State}
        return Tally(key, label, states, activities)

    def to_json(self):
        """Everything as dicts, lists, texts and numbers."""
        content = dataclasses.asdict(self)
        content["as_of"] = self.as_of.isoformat()
        return content

    @classmethod
    def from_json(cls, content):
        """The object that `to_json` was called on."""
        rows = {
            "themes": ThemeRow,
            "places": PlaceRow,
            "other_places": PlaceRow,
            "recommendations": RecommendationRow,
            "threads": Thread,
            "activities": ActivityRow,
            "indicators": IndicatorRow,
        }
        values = {
            name: tuple(_row(rows[name], row) for row in value) if name in rows else value
            for name, value in content.items()
        }
        values["as_of"] = datetime.date.fromisoformat(content["as_of"])
        values["scope"] = _row(Scope, content["scope"])
        return cls(**values)


def _row(kind, values):
    values = {
        name: tuple(value) if isinstance(value, list) else value for name, value in values.items()
    }
    if "state" in values:
        values["state"] = State(values["state"])
    return kind(**values)


def _declined(thread):
    return thread.state == State.DECLINED


def _grouped(threads, key):
    groups = defaultdict(list)
    for thread in threads:
        groups[key(thread)].append(thread)
    return groups
