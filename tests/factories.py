"""Makes rows for tests: one factory for each model.

Those of the framework find a row that is there already, as the real fixtures bring theirs.
"""

import datetime

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory, Password

from atf.models import User
from recommendations.models import (
    BeaconIndicator,
    Level,
    Place,
    Recommendation,
    ResponsibleBody,
    Theme,
)
from stocktake.models import (
    Activity,
    Decision,
    IndicatorLink,
    LocalMeasure,
    RecommendationLink,
    Round,
)


class PlaceFactory(DjangoModelFactory):
    """A borough, in the sub-region and the system it needs; or another place by its level."""

    class Meta:
        model = Place
        django_get_or_create = ["slug"]

    class Params:
        sub_region = factory.Trait(
            level=Level.SUB_REGION,
            slug="liverpool-city-region",
            name="Liverpool City Region",
            parent=factory.SubFactory("tests.factories.PlaceFactory", system=True),
        )
        system = factory.Trait(
            level=Level.SYSTEM,
            slug="cheshire-and-merseyside",
            name="Cheshire and Merseyside",
            parent=None,
        )

    name = factory.Sequence(lambda n: f"Borough {n}")
    slug = factory.LazyAttribute(lambda place: place.name.lower().replace(" ", "-"))
    level = Level.BOROUGH
    parent = factory.SubFactory("tests.factories.PlaceFactory", sub_region=True)


class ThemeFactory(DjangoModelFactory):
    """A Marmot theme; `system=True` makes a system recommendation's theme."""

    class Meta:
        model = Theme
        django_get_or_create = ["code"]

    class Params:
        system = factory.Trait(kind=Theme.Kind.SYSTEM, code=factory.Sequence(lambda n: f"X{n}"))

    # Four characters at most, however many tests run before.
    code = factory.Sequence(lambda n: f"T{n % 900 + 20}")
    kind = Theme.Kind.THEME
    title = factory.LazyAttribute(lambda theme: f"Theme {theme.code}")
    stocktake_number = factory.Sequence(lambda n: n + 20)


class ResponsibleBodyFactory(DjangoModelFactory):
    """A body of boroughs; give `answering_places=[…]` those that answer for it."""

    class Meta:
        model = ResponsibleBody
        django_get_or_create = ["name"]
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Body {n}")
    level = Level.BOROUGH

    @factory.post_generation
    def answering_places(self, create, places, **kwargs):
        """Set the places."""
        if create and places:
            self.answering_places.set(places)


class RecommendationFactory(DjangoModelFactory):
    """A recommendation of years 2 to 5; give `responsible_bodies=[…]` who answers for it."""

    class Meta:
        model = Recommendation
        django_get_or_create = ["code"]
        skip_postgeneration_save = True

    class Params:
        number = factory.Sequence(lambda n: n + 50)

    theme = factory.SubFactory(ThemeFactory)
    code = factory.LazyAttribute(lambda row: f"{row.theme.code}.{row.number:02}")
    phase = Recommendation.Phase.YEARS_2_5
    text = factory.LazyAttribute(lambda row: f"Do what {row.code} says.")

    @factory.post_generation
    def responsible_bodies(self, create, bodies, **kwargs):
        """Set the responsible bodies."""
        if create and bodies:
            self.responsible_bodies.set(bodies)


class BeaconIndicatorFactory(DjangoModelFactory):
    """A live, yearly indicator of a theme."""

    class Meta:
        model = BeaconIndicator
        django_get_or_create = ["number"]

    number = factory.Sequence(lambda n: n + 100)
    theme = factory.SubFactory(ThemeFactory)
    name = factory.LazyAttribute(lambda indicator: f"Indicator {indicator.number}")
    frequency = "Yearly"
    better_when = BeaconIndicator.BetterWhen.HIGHER


class UserFactory(DjangoModelFactory):
    """A place lead with the password “correct horse”; give `places=[…]` their places."""

    class Meta:
        model = User
        django_get_or_create = ["email"]
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Person {n}")
    email = factory.LazyAttribute(lambda user: f"{user.name.lower().replace(' ', '.')}@example.org")
    role = User.Role.LEAD
    password = Password("correct horse")

    @factory.post_generation
    def places(self, create, places, **kwargs):
        """Set the places."""
        if create and places:
            self.places.set(places)


class RoundFactory(DjangoModelFactory):
    """A round that is open today; `closed=True` makes one that ended a month ago."""

    class Meta:
        model = Round
        django_get_or_create = ["name"]

    class Params:
        closed = factory.Trait(
            opens_on=factory.LazyFunction(lambda: today() - datetime.timedelta(days=120)),
            closes_on=factory.LazyFunction(lambda: today() - datetime.timedelta(days=30)),
        )

    name = factory.Sequence(lambda n: f"Round {n}")
    opens_on = factory.LazyFunction(lambda: today() - datetime.timedelta(days=30))
    closes_on = factory.LazyFunction(lambda: today() + datetime.timedelta(days=30))


class ActivityFactory(DjangoModelFactory):
    """An accepted entry of `places=[…]`; `draft=True` and `submitted=True` make others."""

    class Meta:
        model = Activity
        skip_postgeneration_save = True

    class Params:
        draft = factory.Trait(
            review_status=Activity.ReviewStatus.DRAFT,
            submitted_at=None,
            submitted_by=None,
            reviewed_at=None,
            reviewed_by=None,
        )
        submitted = factory.Trait(
            review_status=Activity.ReviewStatus.SUBMITTED, reviewed_at=None, reviewed_by=None
        )

    round = factory.SubFactory(RoundFactory)
    theme = factory.SubFactory(ThemeFactory)
    title = factory.Sequence(lambda n: f"Activity {n}")
    description = factory.LazyAttribute(lambda activity: f"What {activity.title} does.")
    review_status = Activity.ReviewStatus.ACCEPTED
    created_by = factory.SubFactory(UserFactory)
    submitted_at = factory.LazyFunction(timezone.now)
    submitted_by = factory.SelfAttribute("created_by")
    reviewed_at = factory.LazyFunction(timezone.now)
    reviewed_by = factory.SelfAttribute("created_by")

    @factory.post_generation
    def places(self, create, places, **kwargs):
        """Set the places."""
        if create and places:
            self.places.set(places)


class LinkFactory(DjangoModelFactory):
    """What the factories of links share: typed and confirmed, or with `suggested=True` neither."""

    class Meta:
        abstract = True

    class Params:
        suggested = factory.Trait(
            origin="suggested", created_by=None, confirmed_at=None, confirmed_by=None
        )

    activity = factory.SubFactory(ActivityFactory)
    origin = "typed"
    created_by = factory.SelfAttribute("activity.created_by")
    confirmed_at = factory.LazyFunction(timezone.now)
    confirmed_by = factory.SelfAttribute("created_by")


class RecommendationLinkFactory(LinkFactory):
    """An activity's confirmed tie to a recommendation."""

    class Meta:
        model = RecommendationLink

    recommendation = factory.SubFactory(RecommendationFactory)


class IndicatorLinkFactory(LinkFactory):
    """An activity's confirmed tie to a beacon indicator."""

    class Meta:
        model = IndicatorLink

    indicator = factory.SubFactory(BeaconIndicatorFactory)


class LocalMeasureFactory(DjangoModelFactory):
    """A measure that was reported a month ago; `unreported=True` makes one that never was."""

    class Meta:
        model = LocalMeasure

    class Params:
        unreported = factory.Trait(latest_value=None, latest_on=None)

    activity = factory.SubFactory(ActivityFactory)
    name = factory.Sequence(lambda n: f"Measure {n}")
    latest_value = 10
    latest_on = factory.LazyFunction(lambda: today() - datetime.timedelta(days=30))


class DecisionFactory(DjangoModelFactory):
    """A place's answer that a recommendation is a priority; `declined=True` makes a “not now”."""

    class Meta:
        model = Decision

    class Params:
        declined = factory.Trait(
            answer=Decision.Answer.NOT_NOW,
            reason="Too soon.",
            review_on=factory.LazyFunction(lambda: today() + datetime.timedelta(days=90)),
        )

    place = factory.SubFactory(PlaceFactory)
    recommendation = factory.SubFactory(RecommendationFactory)
    answer = Decision.Answer.PRIORITY
    decided_by = factory.SubFactory(UserFactory)


def today():
    """The date here and now."""
    return timezone.localdate()
