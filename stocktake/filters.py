"""The filters of the lists; each stands in the address under a name people can read."""

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q

from atf.forms import Form
from atf.models import User
from recommendations.models import BeaconIndicator, Level, Place, Recommendation, Theme

from .models import Activity, IndicatorLink, RecommendationLink, Reminder, Round


class SteadyOrderingFilter(django_filters.OrderingFilter):
    """Sorts, and keeps rows that are alike in one order, so that pages don't overlap."""

    def filter(self, queryset, value):
        queryset = super().filter(queryset, value)
        return queryset.order_by(*queryset.query.order_by, "pk") if value else queryset


class EntryFilter(django_filters.FilterSet):
    """Narrows entries by round, theme and place."""

    round = django_filters.ModelChoiceFilter(
        queryset=Round.objects.all(), to_field_name="slug", empty_label="All rounds"
    )
    theme = django_filters.ModelChoiceFilter(
        queryset=Theme.objects.all(), to_field_name="code", empty_label="All themes"
    )
    place = django_filters.ModelChoiceFilter(
        label="Place",
        queryset=Place.objects.taking_part(),
        to_field_name="slug",
        empty_label="All places",
        method="filter_place",
    )

    class Meta:
        model = Activity
        form = Form
        fields = []

    def filter_place(self, queryset, name, value):
        return queryset.in_places([value])


class WordsFirstForm(Form):
    """The form of filters among which the words stand first."""

    field_order = ["words"]


class ActivityFilter(EntryFilter):
    """Narrows the activities by words, level, links and status as well."""

    words = django_filters.CharFilter(label="Words", method="filter_words", max_length=200)
    level = django_filters.ChoiceFilter(
        label="Level",
        choices=[choice for choice in Level.choices if choice[0] != Level.COMPARATOR],
        empty_label="All levels",
        method="filter_level",
    )
    recommendation = django_filters.ModelChoiceFilter(
        label="Recommendation",
        queryset=Recommendation.objects.all(),
        to_field_name="code",
        empty_label="All recommendations",
        method="filter_recommendation",
    )
    indicator = django_filters.ModelChoiceFilter(
        label="Beacon indicator",
        queryset=BeaconIndicator.objects.all(),
        to_field_name="number",
        empty_label="All indicators",
        method="filter_indicator",
    )
    delivery = django_filters.ChoiceFilter(
        label="Delivery status",
        field_name="delivery_status",
        choices=Activity.DeliveryStatus,
        empty_label="All",
    )
    review = django_filters.ChoiceFilter(
        label="Review status",
        field_name="review_status",
        choices=Activity.ReviewStatus,
        empty_label="All",
    )
    # The headings of the table set it.
    sort = SteadyOrderingFilter(
        widget=forms.HiddenInput,
        fields={
            "title": "title",
            "theme__code": "theme",
            "delivery_status": "delivery",
            "review_status": "review",
            "updated_at": "updated",
        },
    )

    class Meta(EntryFilter.Meta):
        form = WordsFirstForm

    def filter_words(self, queryset, name, value):
        """Every word must stand somewhere in the entry, in any order."""
        for word in value.split():
            queryset = queryset.filter(
                Q(title__icontains=word)
                | Q(description__icontains=word)
                | Q(lead_organisation__icontains=word)
                | Q(contact__icontains=word)
            )
        return queryset

    def filter_level(self, queryset, name, value):
        return queryset.in_places(Place.objects.filter(level=value))

    def filter_recommendation(self, queryset, name, value):
        return self._linked(queryset, RecommendationLink, recommendation=value)

    def filter_indicator(self, queryset, name, value):
        return self._linked(queryset, IndicatorLink, indicator=value)

    @staticmethod
    def _linked(queryset, model, **target):
        links = model.objects.confirmed().filter(activity=OuterRef("pk"), **target)
        return queryset.filter(Exists(links))


class ReminderFilter(django_filters.FilterSet):
    """Narrows the log by who was told and by what it was about."""

    person = django_filters.ModelChoiceFilter(
        field_name="recipient",
        label="Person",
        queryset=User.objects.exclude(reminders=None),
        empty_label="Everyone",
    )
    kind = django_filters.ChoiceFilter(
        label="About", choices=Reminder.Kind, empty_label="Everything"
    )

    class Meta:
        model = Reminder
        form = Form
        fields = []
