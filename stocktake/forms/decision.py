"""What a place answers on a recommendation."""

from django import forms

from atf.forms import DateField, ModelForm

from ..models import Decision


class DecisionForm(ModelForm):
    """A place's answer on a recommendation."""

    review_on = DateField(
        label="Review date", required=False, help_text="When the place looks at it again."
    )

    class Meta:
        model = Decision
        fields = ["answer", "reason", "review_on"]
        widgets = {"answer": forms.RadioSelect, "reason": forms.Textarea(attrs={"rows": 3})}
        help_texts = {"reason": "Needed for “not now” and “not relevant”."}

    def clean(self):
        """Setting a recommendation aside needs a reason and a day to look at it again."""
        data = super().clean()
        if data.get("answer") in Decision.DECLINING:
            if not data.get("reason"):
                self.add_error("reason", "Enter the reason for this answer")
            if not data.get("review_on") and "review_on" not in self.errors:
                self.add_error("review_on", "Enter the date on which the place reviews it")
        return data
