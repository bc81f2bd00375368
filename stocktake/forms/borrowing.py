"""Adapting what another place does."""

from django import forms

from atf.forms import Form
from recommendations.models import Place, Recommendation


class AdaptForm(Form):
    """For which place something is adapted, and which of its recommendations it should serve."""

    place = forms.ModelChoiceField(Place.objects.taking_part(), to_field_name="slug")
    recommendation = forms.ModelChoiceField(Recommendation.objects.all(), to_field_name="code")

    def clean(self):
        """The place must answer for the recommendation."""
        data = super().clean()
        place, recommendation = data.get("place"), data.get("recommendation")
        if place and recommendation:
            answered = Recommendation.objects.answered_by(place)
            if not answered.contains(recommendation):
                self.add_error(
                    "recommendation", "Choose a recommendation that the place answers for"
                )
        return data
