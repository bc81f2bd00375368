"""What a place answers on recommendations."""

from functools import cached_property

from django import forms

from atf.forms import DateField, Form, ModelForm
from recommendations.models import Recommendation

from ..models import Decision

NO_ANSWER = "none"
WHEN_DECLINING = "Needed for “not now” and “not relevant”."
WHAT_FOR = "When the place looks at it again."


class DecliningMixin:
    """Setting a recommendation aside needs a reason and a day to look at it again."""

    def clean(self):
        """Say at each of the two what is missing."""
        data = super().clean()
        if data.get("answer") in Decision.DECLINING:
            if not data.get("reason") and "reason" not in self.errors:
                self.add_error("reason", "Enter the reason for this answer")
            if not data.get("review_on") and "review_on" not in self.errors:
                self.add_error("review_on", "Enter the date on which the place reviews it")
        return data


class DecisionForm(DecliningMixin, ModelForm):
    """A place's answer on a recommendation; `seen` is the stamp of the answer that it replaces."""

    review_on = DateField(label="Review date", required=False, help_text=WHAT_FOR)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Decision
        fields = ["answer", "reason", "review_on"]
        widgets = {"answer": forms.RadioSelect, "reason": forms.Textarea}
        help_texts = {"reason": WHEN_DECLINING}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["seen"].initial = self.instance.stamp

    def refuse_changed(self, current):
        """Say that it was changed meanwhile; whoever saves again has seen it."""
        self.add_error(
            "answer",
            "This answer was changed since you opened the page. Save again to replace "
            "it, or cancel to keep it",
        )
        self.data = self.data.copy()
        self.data["seen"] = current.stamp if current else ""


class DecisionsForm(DecliningMixin, Form):
    """One answer of a place on those of its recommendations that are ticked.

    `seen` in what was sent holds, for each row of the page, a code and the stamp of its answer.
    """

    recommendations = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Tick the recommendations to answer",
            "invalid_choice": "Tick only recommendations that this place answers for",
        },
    )
    answer = forms.ChoiceField(
        choices=[*Decision.Answer.choices, (NO_ANSWER, "No answer")],
        widget=forms.RadioSelect,
        help_text="“No answer” takes the earlier answers away.",
    )
    reason = forms.CharField(required=False, widget=forms.Textarea, help_text=WHEN_DECLINING)
    review_on = DateField(label="Review date", required=False, help_text=WHAT_FOR)

    def __init__(self, *args, recommendations, **kwargs):
        super().__init__(*args, **kwargs)
        self.by_code = {row.code: row for row in recommendations}
        self.fields["recommendations"].choices = [(code, code) for code in self.by_code]

    def clean_recommendations(self):
        """The rows that the codes stand for, each once."""
        return [self.by_code[code] for code in dict.fromkeys(self.cleaned_data["recommendations"])]

    def clean_answer(self):
        """The answer; None to take the answers away."""
        answer = self.cleaned_data["answer"]
        return None if answer == NO_ANSWER else answer

    @cached_property
    def ticked(self):
        """The codes that were ticked, right or wrong."""
        return set(self["recommendations"].data or ())

    @cached_property
    def seen(self):
        """The stamps of the answers that stood on the page, by code."""
        sent = self.data.getlist("seen") if self.is_bound else []
        return dict(text.partition(" ")[::2] for text in sent)

    def refuse_changed(self, codes):
        """Say that others answered meanwhile on these, which are not ticked any more."""
        one = len(codes) == 1
        self.add_error(
            "recommendations",
            f"{', '.join(codes)} {'was' if one else 'were'} changed since you opened this page, "
            f"and {'is' if one else 'are'} no longer ticked. Look at the new "
            f"answer{'' if one else 's'}, tick again what you still want to change, and send the "
            "form again",
        )


class DecisionFilterForm(Form):
    """Narrows a place's recommendations; its themes are those of the place."""

    words = forms.CharField(required=False, max_length=200)
    theme = forms.ChoiceField(required=False)
    phase = forms.ChoiceField(
        required=False, choices=[("", "Both phases"), *Recommendation.Phase.choices]
    )
    answer = forms.ChoiceField(
        required=False,
        choices=[("", "All"), (NO_ANSWER, "No answer yet"), *Decision.Answer.choices],
    )
    overdue = forms.BooleanField(required=False, label="Review date has passed")

    def __init__(self, *args, recommendations, **kwargs):
        # The form below the list has an answer, too.
        super().__init__(*args, auto_id="filter_%s", **kwargs)
        themes = {row.theme.code: str(row.theme) for row in recommendations}
        self.fields["theme"].choices = [("", "All themes"), *themes.items()]

    def fits(self, recommendation, decision):
        """Whether a recommendation, and the place's decision on it or None, is asked for.

        What can't be read finds nothing: all rows would answer another question.
        """
        if not self.is_valid():
            return False
        data = self.cleaned_data
        text = str(recommendation).casefold()
        answer = decision.answer if decision else NO_ANSWER
        return (
            all(word in text for word in data["words"].casefold().split())
            and data["theme"] in ("", recommendation.theme.code)
            and data["phase"] in ("", recommendation.phase)
            and data["answer"] in ("", answer)
            and not (data["overdue"] and not (decision and decision.is_overdue))
        )
