"""Accepting entries, returning one, and talking about it."""

import re

from django import forms

from atf.forms import Form, ModelForm

from ..models import Comment


class SeenField(forms.MultipleChoiceField):
    """Entries, each as its key and the version that was read, such as 12:3; cleans to a dict."""

    widget = forms.CheckboxSelectMultiple

    def valid_value(self, value):
        return re.fullmatch(r"[0-9]{1,15}:[0-9]{1,9}", value)

    def clean(self, value):
        pairs = (row.split(":") for row in super().clean(value))
        return {int(key): int(version) for key, version in pairs}


class AcceptForm(Form):
    """The entries ticked in the queue."""

    entries = SeenField(
        error_messages={
            "required": "Tick the entries that you accept",
            "invalid_choice": "Tick the entries again",
        }
    )


class ReturnForm(Form):
    """What the leads are to mend: in the entry as a whole, and field by field."""

    comment = forms.CharField(
        label="What should be changed?", required=False, widget=forms.Textarea
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, label in Comment.Field.choices:
            self.fields[name] = forms.CharField(label=label, required=False, widget=forms.Textarea)

    def clean(self):
        """Whoever gets an entry back must know why."""
        data = super().clean()
        if not self.errors and not any(data.values()):
            self.add_error("comment", "Enter what should be changed, here or at a field")
        return data

    @property
    def comments(self):
        """What was said, by field; "" stands for the whole entry."""
        data = dict(self.cleaned_data)
        said = {"": data.pop("comment"), **data}
        return {field: text for field, text in said.items() if text}


class CommentForm(ModelForm):
    """What one says about an entry."""

    class Meta:
        model = Comment
        fields = ["text"]
        widgets = {"text": forms.Textarea}
