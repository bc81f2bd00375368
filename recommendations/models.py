"""The framework everyone shares, and what is measured.

Every model has a natural key, so that fixtures and spreadsheets name rows by the code or
number that people use.
"""

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.functional import cached_property


class Level(models.TextChoices):
    """Where in the system a place stands."""

    BOROUGH = "borough", "Borough"
    SUB_REGION = "sub-region", "Sub-region"
    SYSTEM = "system", "System"
    COMPARATOR = "comparator", "Comparator"


class NaturalKeyManager(models.Manager):
    """Finds a row by the fields that its model names in `natural_key_fields`."""

    def get_by_natural_key(self, *values):
        return self.get(**dict(zip(self.model.natural_key_fields, values, strict=True)))


class NaturalKeyModel(models.Model):
    """A row that fixtures and spreadsheets name by what people call it.

    `natural_key_fields` are the look-ups that make up the key; a foreign key's part is written
    `theme__code`.
    """

    natural_key_fields: tuple[str, ...]
    objects = NaturalKeyManager()

    class Meta:
        abstract = True

    def natural_key(self):
        """The key's values, in the order of `natural_key_fields`."""
        values = []
        for path in self.natural_key_fields:
            value = self
            for name in path.split("__"):
                value = getattr(value, name)
            values.append(value)
        return tuple(values)


class PlaceQuerySet(models.QuerySet):
    """Places, chosen by the part they play."""

    def taking_part(self):
        """The places that answer for recommendations and have activities: all but comparators."""
        return self.exclude(level=Level.COMPARATOR)


class Place(NaturalKeyModel):
    """A borough, a sub-region or the system, in one tree; or a comparator that only has values."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=100, unique=True)
    level = models.CharField(max_length=20, choices=Level)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    ons_code = models.CharField("ONS code", max_length=9, blank=True)
    other_names = models.TextField(
        blank=True, help_text="Spellings that the import recognises, one on each line."
    )

    natural_key_fields = ("slug",)
    objects = NaturalKeyManager.from_queryset(PlaceQuerySet)()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(level__in=["borough", "sub-region"], parent__isnull=False)
                | Q(level__in=["system", "comparator"], parent__isnull=True),
                name="place_parent_fits_level",
                violation_error_message="A borough and a sub-region stand in another place; "
                "the system and a comparator stand in none.",
            ),
            models.UniqueConstraint(
                fields=["ons_code"],
                condition=~Q(ons_code=""),
                name="place_ons_code_unique",
                violation_error_message="Another place has this ONS code.",
            ),
        ]

    def __str__(self):
        return self.name

    @cached_property
    def names(self):
        """Every spelling that stands for this place, its own name first."""
        return [
            self.name,
            *(name.strip() for name in self.other_names.splitlines() if name.strip()),
        ]

    def clean(self):
        """A spelling belongs to one place; else the import could not tell who is meant."""
        mine = {name.casefold() for name in self.names}
        for other in Place.objects.exclude(pk=self.pk):
            if shared := mine & {name.casefold() for name in other.names}:
                raise ValidationError(
                    f"“{sorted(shared)[0]}” is already a name of {other.name}. "
                    "A name can stand for one place only."
                )


class Theme(NaturalKeyModel):
    """One of eight Marmot themes (T1 to T8) or seven system recommendations (SA to SG)."""

    class Kind(models.TextChoices):
        THEME = "theme", "Marmot theme"
        SYSTEM = "system", "System recommendation"

    code = models.CharField(max_length=4, unique=True)
    kind = models.CharField(max_length=10, choices=Kind)
    title = models.CharField(max_length=200, unique=True)
    stocktake_number = models.PositiveSmallIntegerField(
        help_text="Its number in the legacy workbook, where each kind counts from 1."
    )
    other_titles = models.TextField(
        blank=True, help_text="Titles in earlier documents, one on each line."
    )

    natural_key_fields = ("code",)

    class Meta:
        # "theme" before "system": the order of the published framework.
        ordering = ["-kind", "stocktake_number"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "stocktake_number"],
                name="theme_number_unique_in_kind",
                violation_error_message="Another theme of this kind has this number.",
            ),
        ]

    def __str__(self):
        return f"{self.code} {self.title}"

    @cached_property
    def titles(self):
        """Every title that this theme has had, the newest first."""
        return [
            self.title,
            *(line.strip() for line in self.other_titles.splitlines() if line.strip()),
        ]


class ResponsibleBody(NaturalKeyModel):
    """Who a recommendation is addressed to, and so which places answer for it."""

    name = models.CharField(max_length=100, unique=True)
    level = models.CharField(
        max_length=20, choices=[choice for choice in Level.choices if choice[0] != Level.COMPARATOR]
    )
    answering_places = models.ManyToManyField(
        Place, limit_choices_to=~Q(level=Level.COMPARATOR), related_name="responsible_bodies"
    )

    natural_key_fields = ("name",)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "responsible bodies"

    def __str__(self):
        return self.name


class RecommendationQuerySet(models.QuerySet):
    """Recommendations, chosen by who answers for them."""

    def answered_by(self, place):
        """Those that a place answers for, in the order of the framework."""
        return self.filter(responsible_bodies__answering_places=place).distinct()

    def answering_pairs(self):
        """The pairs of a place and a theme that it answers in, by primary key."""
        rows = self.filter(responsible_bodies__answering_places__isnull=False).order_by()
        return rows.values_list("responsible_bodies__answering_places", "theme").distinct()


class Recommendation(NaturalKeyModel):
    """One of the 125 recommendations, in its official wording."""

    class Phase(models.TextChoices):
        YEAR_1 = "year-1", "Year 1"
        YEARS_2_5 = "years-2-5", "Years 2-5"

    code = models.CharField(max_length=10, unique=True)
    theme = models.ForeignKey(Theme, models.PROTECT, related_name="recommendations")
    phase = models.CharField(max_length=10, choices=Phase)
    responsible_bodies = models.ManyToManyField(ResponsibleBody, related_name="recommendations")
    place_number = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        unique=True,
        validators=[MinValueValidator(1)],
        help_text="The number that boroughs use, from 1; empty where it has none.",
    )
    text = models.TextField()
    note = models.TextField(blank=True)

    natural_key_fields = ("code",)
    objects = NaturalKeyManager.from_queryset(RecommendationQuerySet)()

    class Meta:
        ordering = ["-theme__kind", "theme__stocktake_number", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(place_number__isnull=True) | Q(place_number__gte=1),
                name="recommendation_place_number_from_1",
                violation_error_message="Place numbers start at 1.",
            ),
        ]

    def __str__(self):
        return f"{self.code} {self.text}"

    def clean(self):
        """The code begins with the theme's, as in T1.04."""
        if self.theme_id and not self.code.startswith(f"{self.theme.code}."):
            raise ValidationError({"code": f"Begin the code with “{self.theme.code}.”."})


class BeaconIndicator(NaturalKeyModel):
    """One of the 22 beacon indicators, under a theme or overarching."""

    class Status(models.TextChoices):
        LIVE = "live", "Live"
        NOT_LIVE = "not live", "Not live"
        NO_LONGER_AVAILABLE = "no longer available", "No longer available"

    class BetterWhen(models.TextChoices):
        HIGHER = "higher", "Higher is better"
        LOWER = "lower", "Lower is better"

    number = models.PositiveSmallIntegerField(unique=True)
    theme = models.ForeignKey(
        Theme,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="indicators",
        help_text="Empty for an overarching indicator.",
    )
    name = models.CharField(max_length=250, unique=True)
    frequency = models.CharField(
        max_length=20, blank=True, help_text="How often it is published, for example Yearly."
    )
    stale_after_months = models.PositiveSmallIntegerField(
        default=24,
        validators=[MinValueValidator(1)],
        help_text="A value older than this many months is stale: two years for a yearly one.",
    )
    geography = models.CharField(
        max_length=20, blank=True, help_text="The smallest areas it has values for: LSOA or LA."
    )
    disaggregation = models.CharField(max_length=50, blank=True)
    source = models.CharField(max_length=100, blank=True)
    status = models.CharField(max_length=20, choices=Status, default=Status.LIVE)
    status_note = models.CharField(max_length=250, blank=True)
    better_when = models.CharField(max_length=10, choices=BetterWhen)

    natural_key_fields = ("number",)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(stale_after_months__gte=1),
                name="indicator_stale_after_a_month_or_more",
                violation_error_message="A value stays fresh for a month at least.",
            ),
        ]

    def __str__(self):
        return f"{self.number} {self.name}"

    @property
    def is_live(self):
        """Whether values are being published."""
        return self.status == self.Status.LIVE


class IndicatorValue(NaturalKeyModel):
    """What a beacon indicator stood at in an area at the end of a period."""

    indicator = models.ForeignKey(BeaconIndicator, models.CASCADE, related_name="values")
    area = models.ForeignKey(Place, models.PROTECT, related_name="indicator_values")
    period = models.CharField(max_length=20, help_text="As published, for example 2020/21.")
    period_end = models.DateField(help_text="The last day of the period.")
    sex = models.CharField(max_length=20, blank=True, help_text="Empty for all persons.")
    category = models.CharField(
        max_length=100, blank=True, help_text="A part of the population; empty for all of it."
    )
    value = models.DecimalField(max_digits=14, decimal_places=4)
    unit = models.CharField(max_length=20, blank=True)
    lower_limit = models.DecimalField(
        "lower 95% confidence limit", max_digits=14, decimal_places=4, null=True, blank=True
    )
    upper_limit = models.DecimalField(
        "upper 95% confidence limit", max_digits=14, decimal_places=4, null=True, blank=True
    )
    numerator = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    denominator = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    note = models.CharField(max_length=250, blank=True)

    natural_key_fields = ("indicator__number", "area__slug", "period", "sex", "category")

    class Meta:
        ordering = ["indicator", "area", "period_end", "sex", "category"]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "area", "period", "sex", "category"],
                name="indicator_value_unique",
                violation_error_message="This indicator has a value for this area, period, sex "
                "and category already.",
            ),
            models.CheckConstraint(
                condition=Q(lower_limit__isnull=True)
                | Q(upper_limit__isnull=True)
                | Q(lower_limit__lte=F("upper_limit")),
                name="indicator_value_limits_in_order",
                violation_error_message="The lower limit can't be above the upper limit.",
            ),
        ]
        indexes = [
            # The newest value of each indicator in each area, for the thread.
            models.Index(fields=["indicator", "area", "period_end"], name="value_newest"),
        ]

    def __str__(self):
        return f"{self.indicator.name}, {self.area}, {self.period}"


class HeadlineAmbition(NaturalKeyModel):
    """One of the six ambitions that the delivery plan groups its programmes under."""

    slug = models.SlugField(unique=True)
    title = models.CharField(max_length=100, unique=True)

    natural_key_fields = ("slug",)

    class Meta:
        ordering = ["title"]

    def __str__(self):
        return self.title
