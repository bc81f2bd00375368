"""An entry, its measures and its links."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Case, CharField, Value, When
from django.db.models.functions import Cast, Concat
from django.forms.utils import ErrorDict

from atf.forms import DateField, GroupedModelMultipleChoiceField, ModelForm, NumberField
from atf.jinja import date as in_words
from recommendations.models import BeaconIndicator, Place, Recommendation

from ..history import measure_line
from ..models import Activity, LocalMeasure, RecommendationLink, Round

CLOSED = "The round has closed. Choose “Finish later” to keep what you typed"


def theme_heading(row):
    """The heading under which recommendations and indicators are listed."""
    return str(row.theme) if row.theme else "Overarching"


class RecommendationsField(GroupedModelMultipleChoiceField):
    """The recommendations of every theme, with the number that places use."""

    def label_from_instance(self, recommendation):
        number = recommendation.place_number
        return f"{recommendation}" + (f" (place number {number})" if number else "")


class UnfinishedForm(ModelForm):
    """A form that can show what was typed before it is complete: nothing is found fault with."""

    def __init__(self, *args, unfinished=False, **kwargs):
        self.unfinished = unfinished
        super().__init__(*args, **kwargs)

    def full_clean(self):
        if self.unfinished:
            self._errors = ErrorDict(renderer=self.renderer)
        else:
            super().full_clean()


def _rows(data, prefix):
    """What the data of a formset hold for each of its forms, by its number."""
    rows = {}
    for name in data:
        if match := re.fullmatch(rf"{prefix}-(\d+)-(\w+)", name):
            number, field = match.groups()
            rows.setdefault(int(number), {})[field] = str(data.get(name))
    return rows


class UnfinishedFormSet(forms.BaseInlineFormSet):
    """A set of such forms."""

    default_error_messages = forms.BaseInlineFormSet.default_error_messages | {
        "missing_management_form": "A part of the form did not arrive. Check it and send it again",
        "too_many_forms": "Keep at most %(num)d of them",
    }

    def __init__(self, data=None, *, instance, unfinished=False, **kwargs):
        self.unfinished = unfinished
        if data is not None:
            data = self.with_lost_as_new(data, instance)
        options = {"form_kwargs": {"unfinished": unfinished}, "instance": instance}
        super().__init__(data, **options, **kwargs)

    @classmethod
    def with_lost_as_new(cls, data, instance):
        """The data, in which rows that someone has removed meanwhile stand as new ones at the end.

        So they are neither lost nor an error: whoever typed them chooses. Nor does a row insist on
        the entry that it was typed for, which may be another now.
        """
        prefix = cls.get_default_prefix()
        data = data.copy()
        for name in [name for name in data if re.fullmatch(rf"{prefix}-\d+-{cls.fk.name}", name)]:
            del data[name]
        rows = _rows(data, prefix)
        named = {row["id"] for row in rows.values() if row.get("id")}
        stored = cls.model.objects.filter(activity=instance) if named and instance else ()
        gone = named - {str(row.pk) for row in stored}
        lost = [number for number, row in rows.items() if row.get("id") in gone]
        if not gone:
            return data
        kept = [number for number in sorted(rows) if number not in lost]
        again = [number for number in lost if not rows[number].get("DELETE")]
        for number, row in rows.items():
            for field in row:
                del data[f"{prefix}-{number}-{field}"]
        for place, number in enumerate([*kept, *again]):
            for field, value in rows[number].items():
                if number not in again or field != "id":
                    data[f"{prefix}-{place}-{field}"] = value
        data[f"{prefix}-INITIAL_FORMS"] = sum(bool(rows[number].get("id")) for number in kept)
        data[f"{prefix}-TOTAL_FORMS"] = len(kept) + len(again)
        return data

    @property
    def kept_forms(self):
        """Those of a valid formset that hold something to keep."""
        return [
            form
            for form in self.forms
            if form.cleaned_data.get("id") or form.is_filled
            if not form.cleaned_data.get("DELETE")
        ]

    def full_clean(self):
        if self.unfinished:
            self._errors, self._non_form_errors = [], self.error_class(renderer=self.renderer)
        else:
            super().full_clean()


class ActivityForm(UnfinishedForm):
    """An entry with the recommendations it serves and the indicators it should move.

    `version` is the version of the entry that its author read.
    """

    places = GroupedModelMultipleChoiceField(
        queryset=Place.objects.taking_part(),
        group_by=None,
        label="Where does it happen?",
        help_text="Tick every place that shares it.",
        error_messages={"required": "Choose the place or places"},
    )
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
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

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
            "is_good_practice",
        ]
        labels = {
            "title": "Name of the activity",
            "description": "What it does, and for whom",
            "is_good_practice": "Others may learn from it",
        }
        widgets = {"delivery_status": forms.RadioSelect}
        error_messages = {
            "description": {"required": "Enter what it does, and for whom"},
        }

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self._offer_rounds()
        self._put_own_places_first()
        if self.instance.pk:
            self._set_initial_links()
            self.fields["version"].initial = self.instance.version
        else:
            self.fields["places"].initial = user.places.all()
        self._put_theme_first()

    def _offer_rounds(self):
        """Leads record in the open round: they choose only where there are several."""
        field = self.fields["round"]
        if self.user.is_administrator:
            field.queryset = Round.objects.all()
        else:
            field.queryset = Round.objects.open()
            field.error_messages["required"] = CLOSED
        if not self.instance.pk:
            field.initial = field.queryset.current()
        if not self.user.is_administrator and len(field.queryset) < 2:
            # Whatever a form says that was opened in another round: this is the one that is open.
            field.widget, field.disabled = forms.HiddenInput(), True

    def _put_own_places_first(self):
        """The user's own places stand open, those to share an activity with below them."""
        own = set(self.user.own_places)
        field = self.fields["places"]
        field.group_by = lambda place: "Your places" if place in own else "Jointly with others"
        first = Case(When(pk__in=[place.pk for place in own], then=0), default=1)
        field.queryset = Place.objects.taking_part().order_by(first, "name")

    def _set_initial_links(self):
        self.fields["recommendations"].initial = [
            link.recommendation_id for link in self.instance.recommendation_links.confirmed()
        ]
        self.fields["indicators"].initial = [
            link.indicator_id for link in self.instance.indicator_links.confirmed()
        ]

    def _put_theme_first(self):
        """List the recommendations and indicators of the chosen theme before the others."""
        chosen = str(self["theme"].value())
        themes = self.fields["theme"].queryset.values_list("pk", flat=True)
        for name in ("recommendations", "indicators"):
            rows = self.fields[name].queryset
            own = [theme for theme in themes if str(theme) == chosen]
            first = Case(When(theme__in=own, then=0), default=1)
            self.fields[name].queryset = rows.order_by(first, *rows.model._meta.ordering)

    def clean(self):
        """An activity ends when it starts, or later; one to learn from has someone to ask."""
        data = super().clean()
        starts_on, ends_on = data.get("starts_on"), data.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", "The end date must be on or after the start date")
        if (
            data.get("is_good_practice")
            and not data.get("contact")
            and "contact" not in self.errors
        ):
            self.add_error("contact", "Enter who can be asked, as others may learn from it")
        if self.instance.pk:
            # Without a number it can't be told what was read: then any change is a conflict.
            self.instance.version = data.get("version") or 0
        return data

    @property
    def says(self):
        """What a valid form says, in the words of `stocktake.history.snapshot`.

        Of what has a form of its own, such as measures, it says nothing.
        """
        data = self.cleaned_data
        texts = {
            name: data[name] for name in ("title", "description", "lead_organisation", "contact")
        }
        texts |= {name: in_words(data[name]) for name in ("starts_on", "ends_on")}
        return texts | {
            "round": str(data["round"]),
            "places": [place.name for place in data["places"]],
            "theme": str(data["theme"]),
            "delivery_status": Activity.DeliveryStatus(data["delivery_status"]).label,
            "recommendations": [f"{row.code} {row.text}" for row in data["recommendations"]],
            "indicators": [str(row) for row in data["indicators"]],
            "is_good_practice": "Yes" if data["is_good_practice"] else "No",
        }

    def retype(self, names, activity):
        """The data of this form, with the fields `names` as `activity` has them now."""
        data, now = self.data.copy(), ActivityForm(instance=activity, user=self.user)
        data["version"] = activity.version
        for name in now.fields.keys() & set(names):
            bound = now[name]
            value = bound.value()
            if bound.component == "date":
                parts = bound.field.widget.format_value(value)
                for part in bound.field.widget.parts:
                    data[f"{name}_{part}"] = parts.get(part, "")
            elif bound.component == "checkboxes":
                data.setlist(name, [str(each) for each in value])
            elif bound.component == "checkbox":
                data.pop(name, None)
                data.update({name: "on"} if value else {})
            else:
                data[name] = "" if value is None else str(value)
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


class LocalMeasureForm(UnfinishedForm):
    """A place's own measure of an activity."""

    baseline = NumberField(required=False, max_digits=14, decimal_places=2)
    target = NumberField(required=False, max_digits=14, decimal_places=2)
    latest_value = NumberField(required=False, max_digits=14, decimal_places=2)
    latest_on = DateField(label="Date of the latest value", required=False)

    class Meta:
        model = LocalMeasure
        fields = ["name", "unit", "baseline", "target", "latest_value", "latest_on"]
        labels = {"name": "What is measured"}
        error_messages = {
            "name": {
                "required": "Enter what is measured",
                "max_length": "Shorten what is measured to %(limit_value)d characters or fewer",
            }
        }

    def clean(self):
        """A value without a date can't be judged, nor a date without a value."""
        data = super().clean()
        value, day = data.get("latest_value"), data.get("latest_on")
        if value is not None and day is None and "latest_on" not in self.errors:
            self.add_error("latest_on", "Enter the date of the latest value")
        if day and value is None and "latest_value" not in self.errors:
            self.add_error("latest_value", "Enter the latest value, or clear its date")
        return data


class LocalMeasureFormSetBase(UnfinishedFormSet):
    """The local measures of an activity: those it has, and room for two more."""

    @property
    def says(self):
        """A line for each measure of a valid formset, as a snapshot says it."""
        return [measure_line(form.instance) for form in self.kept_forms]

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
        widgets = {"reason": forms.Textarea}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        measures = LocalMeasure.objects.filter(activity=self.instance.activity_id)
        self.fields["local_measure"].queryset = measures
