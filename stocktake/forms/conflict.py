"""Choosing between what one has typed and what someone else saved meanwhile."""

from django import forms

from atf.forms import Form

from ..history import LABELS

MINE, THEIRS = "mine", "theirs"


class ConflictForm(Form):
    """For each field that someone else changed, whose words are to stay."""

    def __init__(self, differences, says):
        """`differences`: what someone else changed; `says`: a snapshot of what one has typed.

        Theirs is proposed where one had left the field alone.
        """
        super().__init__()
        self.says = says
        self.differences = {f"keep_{each.field}": each for each in differences}
        for name, difference in self.differences.items():
            untouched = is_same(difference.field, says, difference.before)
            self.fields[name] = forms.ChoiceField(
                label=difference.label,
                choices=[(MINE, "Keep what I have typed below"), (THEIRS, "Take theirs")],
                initial=THEIRS if untouched else MINE,
                widget=forms.RadioSelect,
            )

    @property
    def rows(self):
        """For each difference: it, what the form says instead, and the field that decides."""
        return [
            (difference, self.says[difference.field], self[name])
            for name, difference in self.differences.items()
        ]

    @staticmethod
    def given_up(data):
        """The fields for which someone chose what the other had saved."""
        return [field for field in LABELS if data.get(f"keep_{field}") == THEIRS]


def is_same(field, says, stored):
    """Whether a form says of a field what is, or was, stored: a text or a list of a snapshot."""
    typed = says[field]
    if not isinstance(typed, list):
        return typed == stored
    if field == "recommendations":
        # A stored line goes on with the reason, which the form doesn't hold.
        return {line.split(" ")[0] for line in typed} == {line.split(" ")[0] for line in stored}
    return set(typed) == set(stored)
