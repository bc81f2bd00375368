"""An entry, its measures and its links."""

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat

from atf.forms import DateField, GroupedModelMultipleChoiceField, ModelForm
from recommendations.models import BeaconIndicator, Place, Recommendation

from ..models import Activity, LocalMeasure, RecommendationLink, Round


def theme_heading(row):
    """The heading under which recommendations and indicators are listed."""
    return str(row.theme) if row.theme else "Overarching"


class RecommendationsField(GroupedModelMultipleChoiceField):
    """The recommendations of every theme, with the number that places use."""

    def label_from_instance(self, recommendation):
        number = recommendation.place_number
        return f"{recommendation}" + (f" (place number {number})" if number else "")


class ActivityForm(ModelForm):
    """An entry with the recommendations it serves and the indicators it should move."""

    starts_on = DateField(label="Start date", required=False)
    ends_on = DateField(label="End date", required=False)
    recommendations = RecommendationsField(
        queryset=Recommendation.objects.select_related("theme"),
        group_by=theme_heading,
        required=False,
        label="Which recommendations does it serve?",
        help_text="Open a theme and tick each recommendation that this activity serves.",
    )
    indicators = GroupedModelMultipleChoiceField(
        queryset=BeaconIndicator.objects.select_related("theme"),
        group_by=theme_heading,
        required=False,
        label="Which beacon indicators should it move?",
        help_text="Where no beacon indicator fits, name a measure of your own below.",
    )

    class Meta:
        model = Activity
        fields = [
            "round",
            "title",
            "description",
            "places",
            "theme",
            "lead_organisation",
            "contact",
            "starts_on",
            "ends_on",
            "delivery_status",
        ]
        labels = {
            "title": "Name of the activity",
            "description": "What it does, and for whom",
            "places": "Where does it happen?",
        }
        help_texts = {"places": "Tick every place that shares it."}
        widgets = {
            "places": forms.CheckboxSelectMultiple,
            "delivery_status": forms.RadioSelect,
        }
        error_messages = {
            "places": {"required": "Choose the place or places"},
            "description": {"required": "Enter what it does, and for whom"},
        }

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["round"].queryset = (
            Round.objects.all() if user.is_administrator else Round.objects.open()
        )
        self.fields["places"].queryset = Place.objects.taking_part()
        if self.instance.pk:
            self._set_initial_links()
        else:
            self.fields["round"].initial = Round.objects.current()
            self.fields["places"].initial = user.places.all()

    def _set_initial_links(self):
        self.fields["recommendations"].initial = [
            link.recommendation_id for link in self.instance.recommendation_links.confirmed()
        ]
        self.fields["indicators"].initial = [
            link.indicator_id for link in self.instance.indicator_links.confirmed()
        ]

    def clean(self):
        """An activity ends on the day it starts, or later."""
        data = super().clean()
        starts_on, ends_on = data.get("starts_on"), data.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", "The end date must be on or after the start date")
        return data

    def clean_places(self):
        """A lead records for their own places, alone or together with others."""
        places = self.cleaned_data["places"]
        mine = set(self.user.own_places)
        if not mine:
            raise ValidationError(
                "You have no place to record for. Ask the programme team to add yours."
            )
        if not mine & set(places):
            names = ", ".join(sorted(place.name for place in mine))
            raise ValidationError(f"Choose at least one of your own places: {names}")
        return places


class LocalMeasureForm(ModelForm):
    """A place's own measure of an activity."""

    latest_on = DateField(label="Date of the latest value", required=False)

    class Meta:
        model = LocalMeasure
        fields = ["name", "unit", "baseline", "target", "latest_value", "latest_on"]
        labels = {"name": "What is measured"}
        error_messages = {"name": {"required": "Enter what is measured"}}

    def clean(self):
        """A value without a date can't be judged, nor a date without a value."""
        data = super().clean()
        value, day = data.get("latest_value"), data.get("latest_on")
        if value is not None and day is None and "latest_on" not in self.errors:
            self.add_error("latest_on", "Enter the date of the latest value")
        if day and value is None and "latest_value" not in self.errors:
            self.add_error("latest_value", "Enter the latest value, or clear its date")
        return data


class LocalMeasureFormSetBase(forms.BaseInlineFormSet):
    """The local measures of an activity: those it has, and room for two more."""

    def add_fields(self, form, index):
        super().add_fields(form, index)
        if "DELETE" in form.fields:
            form.fields["DELETE"].label = "Remove this measure"

    def get_unique_error_message(self, unique_check):
        return "Give each measure another name"

    def get_form_error(self):
        return "Give each measure another name"

    def save(self, commit=True):
        """Save them, though two may swap their names, which the database refuses half-way."""
        renamed = [form.instance.pk for form in self.initial_forms if "name" in form.changed_data]
        interim = Concat(Value("Renamed "), Cast("pk", CharField()))
        LocalMeasure.objects.filter(pk__in=renamed).update(name=interim)
        return super().save(commit=commit)


LocalMeasureFormSet = forms.inlineformset_factory(
    Activity,
    LocalMeasure,
    form=LocalMeasureForm,
    formset=LocalMeasureFormSetBase,
    extra=2,
    max_num=50,
    absolute_max=100,
    validate_max=True,
    can_delete_extra=False,
)


class RecommendationLinkForm(ModelForm):
    """Why an activity serves a recommendation, and what should show it."""

    class Meta:
        model = RecommendationLink
        fields = ["reason", "indicator", "local_measure"]
        labels = {
            "reason": "Why does this activity serve this recommendation?",
            "indicator": "Beacon indicator that should move through it",
            "local_measure": "Or the activity’s own measure",
        }
        widgets = {"reason": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        measures = LocalMeasure.objects.filter(activity=self.instance.activity_id)
        self.fields["local_measure"].queryset = measures
