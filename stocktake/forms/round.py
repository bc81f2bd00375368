"""What a place says in a round besides its entries."""

from django import forms
from django.core.exceptions import ValidationError

from atf.forms import Form

from ..models import Activity


class NilReturnForm(Form):
    """Why a place has nothing to report under a theme."""

    reason = forms.CharField(
        label="Why is there nothing to report?",
        widget=forms.Textarea,
        error_messages={"required": "Enter why there is nothing to report"},
    )


class ContinuationForm(Form):
    """What became of an activity of the last round; without an answer it is left for later."""

    answer = forms.ChoiceField(
        label="Is it still going?",
        choices=[
            ("continue", "Yes: continue it"),
            (Activity.DeliveryStatus.COMPLETE, "It is complete"),
            (Activity.DeliveryStatus.STOPPED, "It was stopped"),
        ],
        required=False,
        widget=forms.RadioSelect,
    )
    description = forms.CharField(label="What it does now", required=False, widget=forms.Textarea)
    recommendations = forms.MultipleChoiceField(
        label="Recommendations it still serves",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    indicators = forms.MultipleChoiceField(
        label="Beacon indicators it should still move",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args, activity, **kwargs):
        """`activity`: one of the last round, of `Activity.objects.with_content()`."""
        super().__init__(*args, prefix=f"activity-{activity.pk}", **kwargs)
        self.activity = activity
        self.fields["description"].initial = activity.description
        self.linked = {
            "recommendations": [
                link.recommendation
                for link in activity.recommendation_links.all()
                if link.is_confirmed
            ],
            "indicators": [
                link.indicator for link in activity.indicator_links.all() if link.is_confirmed
            ],
        }
        for name, rows in self.linked.items():
            self.fields[name].choices = [(row.pk, str(row)) for row in rows]

    def clean_description(self):
        """An entry says something."""
        text = self.cleaned_data["description"]
        if self.cleaned_data.get("answer") and not text:
            raise ValidationError("Enter what it does now, or what came of it")
        return text

    def confirmed(self, name):
        """The rows of `recommendations` or `indicators` that were ticked."""
        return [row for row in self.linked[name] if str(row.pk) in self.cleaned_data[name]]

    @property
    def delivery_status(self):
        """What the answer means: an activity that goes on keeps its status."""
        answer = self.cleaned_data["answer"]
        return self.activity.delivery_status if answer == "continue" else answer
