"""The filters of the review queue."""

import django_filters

from atf.forms import Form
from recommendations.models import Place, Theme

from .models import Activity, Round


class ReviewFilter(django_filters.FilterSet):
    """Narrows the queue by round, theme and place."""

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
