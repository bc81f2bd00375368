"""The filters of a report."""

from django import forms

from atf.forms import Form

from ..coherence import State


class ThreadFilterForm(Form):
    """Narrows the threads of a report; its choices are what the report holds."""

    theme = forms.ChoiceField(required=False)
    place = forms.ChoiceField(required=False)
    state = forms.ChoiceField(required=False)

    def __init__(self, *args, coherence, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["theme"].choices = [
            ("", "All themes"),
            *((row.code, f"{row.code} {row.title}") for row in coherence.themes),
        ]
        self.fields["place"].choices = [
            ("", "All places"),
            *((row.slug, row.name) for row in coherence.places),
        ]
        self.fields["state"].choices = [("", "All states"), *State.choices]
