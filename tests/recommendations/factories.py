"""Factories of what only the framework's own tests need."""

import factory
from factory.django import DjangoModelFactory

from recommendations.models import HeadlineAmbition, IndicatorValue
from tests.factories import BeaconIndicatorFactory, PlaceFactory


class IndicatorValueFactory(DjangoModelFactory):
    """A value of 2021, for all persons."""

    class Meta:
        model = IndicatorValue

    indicator = factory.SubFactory(BeaconIndicatorFactory)
    area = factory.SubFactory(PlaceFactory)
    period = "2021"
    period_end = "2021-12-31"
    value = "81.6"
    unit = "%"


class HeadlineAmbitionFactory(DjangoModelFactory):
    """A headline ambition."""

    class Meta:
        model = HeadlineAmbition

    title = factory.Sequence(lambda n: f"Ambition {n}")
    slug = factory.Sequence(lambda n: f"ambition-{n}")
