"""One stocktake: the months in which places record what they do."""

import calendar
import datetime
import re

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.text import slugify

MONTHS = {name.casefold(): number for number, name in enumerate(calendar.month_name) if number}


class RoundQuerySet(models.QuerySet):
    """Rounds, chosen by date."""

    def open(self):
        """The rounds that take entries today."""
        today = timezone.localdate()
        return self.filter(opens_on__lte=today, closes_on__gte=today)

    def current(self):
        """The round that is open, or else the last one that was; None before the first."""
        newest = ("-opens_on", "-closes_on")
        started = self.filter(opens_on__lte=timezone.localdate())
        return self.open().order_by(*newest).first() or started.order_by(*newest).first()


class Round(models.Model):
    """One stocktake, for example October to December 2023."""

    name = models.CharField(max_length=100, unique=True)
    slug = models.SlugField(max_length=100, unique=True, editable=False)
    opens_on = models.DateField("opens on")
    closes_on = models.DateField("closes on", help_text="The last day for entries.")
    max_priorities = models.PositiveSmallIntegerField(
        "priorities at most",
        null=True,
        blank=True,
        default=10,
        help_text="How many recommendations each place may call a priority. Leave it empty for "
        "no limit.",
    )

    objects = RoundQuerySet.as_manager()

    class Meta:
        ordering = ["-opens_on", "name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_on__gte=F("opens_on")),
                name="round_closes_after_opening",
                violation_error_message="A round closes on or after the day it opens.",
            ),
        ]

    def __str__(self):
        return self.name

    def save(self, **kwargs):
        """The address follows the first name, and stays when the name is corrected."""
        self.slug = self.slug or slugify(self.name)
        super().save(**kwargs)

    def clean(self):
        """A name must make an address of its own."""
        slug = self.slug or slugify(self.name)
        if not slug or Round.objects.filter(slug=slug).exclude(pk=self.pk).exists():
            raise ValidationError({"name": "Give it a name that no other round has."})

    @classmethod
    def named(cls, name):
        """An unsaved round whose dates are the months in its name, or None if it names none.

        "October to December 2023", "November 2023" and "October 2023 to January 2024" name months.
        """
        months = "|".join(MONTHS)
        match = re.fullmatch(
            rf"(?:({months})(?: (\d{{4}}))? (?:to|-|–) )?({months}) (\d{{4}})",
            " ".join(name.split()).casefold(),
        )
        if not match:
            return None
        first, first_year, last, last_year = match.groups()
        if "0000" in (first_year, last_year):
            return None
        opens_on = datetime.date(int(first_year or last_year), MONTHS[first or last], 1)
        last_day = calendar.monthrange(int(last_year), MONTHS[last])[1]
        closes_on = datetime.date(int(last_year), MONTHS[last], last_day)
        if closes_on < opens_on:
            return None
        return cls(name=" ".join(name.split()), opens_on=opens_on, closes_on=closes_on)

    @property
    def days_left(self):
        """The number of days until it closes, its last day included; 0 once it has closed."""
        return max((self.closes_on - timezone.localdate()).days + 1, 0)

    @property
    def previous(self):
        """The round that opened last before this one, or None."""
        return Round.objects.filter(opens_on__lt=self.opens_on).order_by("-opens_on").first()

    @property
    def is_open(self):
        """Whether it takes entries today."""
        return self.opens_on <= timezone.localdate() <= self.closes_on

    @property
    def as_of(self):
        """The day by which the age of its values is judged: today, or its last day once closed."""
        return min(timezone.localdate(), self.closes_on)
