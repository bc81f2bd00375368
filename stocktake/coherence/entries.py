"""Reads the entries of a round and applies the rule to every thread."""

from collections import defaultdict

from django.db.models import Max

from recommendations.models import (
    BeaconIndicator,
    IndicatorValue,
    Level,
    Place,
    Recommendation,
    ResponsibleBody,
)

from ..models import Activity, Decision, IndicatorLink, LocalMeasure, RecommendationLink
from .result import (
    EVERYTHING,
    ActivityRow,
    Coherence,
    IndicatorRow,
    PlaceRow,
    RecommendationRow,
    ThemeRow,
    Thread,
)
from .rule import LOCAL_MEASURE_STALE_AFTER, RULE_VERSION, state_of


def coherence(round, scope=EVERYTHING):
    """The thread of `round` as it stands now, for the part that `scope` names."""
    return Entries(round, scope).coherence()


def _place_order(place):
    return Level.values.index(place.level), place.name


class Entries:
    """What the rule needs, read in a fixed number of queries."""

    def __init__(self, round, scope):
        self.round, self.scope, self.as_of = round, scope, round.as_of
        self._read_framework()
        self._read_activities()
        self._read_measures()

    def _read_framework(self):
        scope = self.scope
        bodies = ResponsibleBody.objects.all()
        if scope.bodies:
            bodies = bodies.filter(name__in=scope.bodies)
        self.bodies = dict(bodies.values_list("pk", "name"))
        places = Place.objects.taking_part()
        if scope.places:
            places = places.filter(slug__in=scope.places)
        self.places = {place.pk: place for place in sorted(places, key=_place_order)}
        recommendations = Recommendation.objects.select_related("theme")
        if scope.themes:
            recommendations = recommendations.filter(theme__code__in=scope.themes)
        if scope.phases:
            recommendations = recommendations.filter(phase__in=scope.phases)
        answering = defaultdict(set)
        for body, place in ResponsibleBody.answering_places.through.objects.values_list(
            "responsiblebody_id", "place_id"
        ):
            if body in self.bodies and place in self.places:
                answering[body].add(place)
        self.bodies_of, self.answering = defaultdict(list), defaultdict(set)
        for recommendation, body in Recommendation.responsible_bodies.through.objects.values_list(
            "recommendation_id", "responsiblebody_id"
        ):
            if body in self.bodies:
                self.bodies_of[recommendation].append(self.bodies[body])
                self.answering[recommendation] |= answering[body]
        self.recommendations = [item for item in recommendations if self.answering[item.pk]]
        self.declined = set(
            Decision.objects.declined().values_list("recommendation_id", "place_id")
        )

    def _read_activities(self):
        self.places_of, self.links_of = defaultdict(set), defaultdict(set)
        activities = Activity.objects.filter(round=self.round).accepted()
        for activity, place in Activity.places.through.objects.filter(
            activity__in=activities
        ).values_list("activity_id", "place_id"):
            if place in self.places:
                self.places_of[activity].add(place)
        self.activities = {
            activity.pk: activity
            for activity in activities.select_related("theme")
            if activity.pk in self.places_of
        }
        self.link_measures = defaultdict(set)
        for activity, recommendation, indicator, measure in (
            RecommendationLink.objects.confirmed()
            .filter(activity__in=activities)
            .values_list("activity_id", "recommendation_id", "indicator_id", "local_measure_id")
        ):
            if activity in self.activities:
                self.links_of[recommendation].add(activity)
                named = (("indicator", indicator), ("local", measure))
                self.link_measures[activity, recommendation].update(
                    (kind, pk) for kind, pk in named if pk
                )

    def _read_measures(self):
        activities = Activity.objects.filter(round=self.round).accepted()
        self.measures_of = defaultdict(set)
        for activity, indicator in (
            IndicatorLink.objects.confirmed()
            .filter(activity__in=activities)
            .values_list("activity_id", "indicator_id")
        ):
            self.measures_of[activity].add(("indicator", indicator))
        self.reported_on = {}
        for pk, activity, latest_on in LocalMeasure.objects.filter(
            activity__in=activities
        ).values_list("pk", "activity_id", "latest_on"):
            self.measures_of[activity].add(("local", pk))
            self.reported_on[pk] = latest_on
        self.indicators = {
            indicator.pk: indicator for indicator in BeaconIndicator.objects.select_related("theme")
        }
        self.newest = {
            (indicator, area): newest
            for indicator, area, newest in IndicatorValue.objects.order_by()
            .values_list("indicator_id", "area_id")
            .annotate(newest=Max("period_end"))
        }

    def coherence(self):
        """What was read, with the state of every thread."""
        threads = [
            self._thread(recommendation, place)
            for recommendation in self.recommendations
            for place in self.places.values()
            if place.pk in self.answering[recommendation.pk]
        ]
        themes = {item.theme_id: item.theme for item in self.recommendations}
        answering = {thread.place for thread in threads}
        places = [PlaceRow(place.slug, place.name, place.level) for place in self.places.values()]
        return Coherence(
            round=self.round.name,
            as_of=self.as_of,
            rule_version=RULE_VERSION,
            scope=self.scope,
            themes=tuple(ThemeRow(theme.code, theme.title) for theme in themes.values()),
            places=tuple(row for row in places if row.slug in answering),
            other_places=tuple(row for row in places if row.slug not in answering),
            recommendations=tuple(self._recommendation_row(item) for item in self.recommendations),
            threads=tuple(threads),
            activities=self._activity_rows(),
            indicators=self._indicator_rows(),
        )

    def _thread(self, recommendation, place):
        activities = sorted(
            activity
            for activity in self.links_of[recommendation.pk]
            if place.pk in self.places_of[activity]
        )
        measures = self._measures(recommendation, activities)
        state = state_of(
            declined=(recommendation.pk, place.pk) in self.declined,
            has_activity=bool(activities),
            measures=[self._newest(measure, place) for measure in measures],
            as_of=self.as_of,
        )
        return Thread(recommendation.code, place.slug, state, tuple(activities))

    def _measures(self, recommendation, activities):
        """What the activities, or their links to this recommendation, name."""
        named = set().union(
            *(self.measures_of[activity] for activity in activities),
            *(self.link_measures[activity, recommendation.pk] for activity in activities),
        )
        # A link may name a measure of an activity that does not count.
        return {(kind, pk) for kind, pk in named if kind != "local" or pk in self.reported_on}

    def _newest(self, measure, place):
        kind, pk = measure
        if kind == "local":
            return self.reported_on[pk], LOCAL_MEASURE_STALE_AFTER
        indicator = self.indicators[pk]
        newest = self.newest.get((pk, place.pk)) if indicator.is_live else None
        return newest, indicator.stale_after_months

    def _recommendation_row(self, recommendation):
        activities = sorted(self.links_of[recommendation.pk])
        return RecommendationRow(
            code=recommendation.code,
            theme=recommendation.theme.code,
            phase=recommendation.get_phase_display(),
            bodies=tuple(sorted(self.bodies_of[recommendation.pk])),
            place_number=recommendation.place_number,
            text=recommendation.text,
            activities=tuple(activities),
            is_measured=bool(self._measures(recommendation, activities)),
        )

    def _activity_rows(self):
        codes = defaultdict(list)
        for pk, code in Recommendation.objects.values_list("pk", "code"):
            for activity in self.links_of[pk]:
                codes[activity].append(code)
        slugs = {place.pk: place.slug for place in self.places.values()}
        in_scope = {recommendation.code for recommendation in self.recommendations}
        return tuple(
            ActivityRow(
                id=activity.pk,
                title=activity.title,
                theme=activity.theme.code,
                places=tuple(slugs[place] for place in slugs if place in self.places_of[pk]),
                recommendations=tuple(codes[pk]),
            )
            for pk, activity in self.activities.items()
            if not self.scope.themes
            or activity.theme.code in self.scope.themes
            or not in_scope.isdisjoint(codes[pk])
        )

    def _indicator_rows(self):
        named = set().union(
            *(self.measures_of[activity] for activity in self.activities),
            *(
                measures
                for (activity, _), measures in self.link_measures.items()
                if activity in self.activities
            ),
        )
        return tuple(
            IndicatorRow(
                number=indicator.number,
                name=indicator.name,
                theme=indicator.theme.code if indicator.theme else None,
                status=indicator.status,
                is_named=("indicator", indicator.pk) in named,
            )
            for indicator in self.indicators.values()
            if not self.scope.themes
            or (indicator.theme and indicator.theme.code in self.scope.themes)
        )
