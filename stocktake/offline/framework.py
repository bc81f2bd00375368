"""What a row may name: themes, recommendations, indicators and places, each looked up once."""

from functools import cached_property

from recommendations.models import BeaconIndicator, Place, Recommendation, Theme

from .layout import Kind


class Framework:
    """Everything that a row may name, by the words that name it."""

    @cached_property
    def themes(self):
        """By code."""
        return {row.code.upper(): row for row in Theme.objects.all()}

    @cached_property
    def recommendations(self):
        """By code."""
        rows = Recommendation.objects.select_related("theme")
        return {row.code.upper(): row for row in rows}

    @cached_property
    def indicators(self):
        """By number, as text."""
        return {str(row.number): row for row in BeaconIndicator.objects.all()}

    @cached_property
    def places(self):
        """Those that take part."""
        return list(Place.objects.taking_part())

    @cached_property
    def place_names(self):
        """Places by each of their names."""
        return {name.casefold(): place for place in self.places for name in place.names}

    def named(self, kind):
        """The rows that a column of some kind can name, by their codes; None if it names none."""
        known = {
            Kind.THEME: self.themes,
            Kind.RECOMMENDATION: self.recommendations,
            Kind.INDICATOR: self.indicators,
        }
        return known.get(kind)
