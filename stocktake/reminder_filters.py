"""The filters of the log of reminders."""

import django_filters

from atf.forms import Form
from atf.models import User

from .models import Reminder


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
