"""Choosing between what one has typed and what someone else saved meanwhile."""

from django import forms

from atf.forms import Form

from ..history import LABELS

MINE, THEIRS = "mine", "theirs"


class ConflictForm(Form):
    """For each field that someone else changed, whose words are to stay."""

    def __init__(self, *, differences, says):
        """`differences`: what someone else changed; `says`: a snapshot of what one has typed.

        Theirs is proposed where one had left the field alone.
        """
        super().__init__()
        self.differences = {f"keep_{each.field}": each for each in differences}
        self.says = says
        for name, difference in self.differences.items():
            self.fields[name] = forms.ChoiceField(
                label=difference.label,
                choices=[(MINE, "Keep what I have typed below"), (THEIRS, "Take theirs")],
                initial=THEIRS if _is_untouched(difference, says) else MINE,
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


def _is_untouched(difference, says):
    """Whether a field says what it said before the other's change."""
    typed = says[difference.field]
    if not isinstance(typed, list):
        return typed == difference.before
    before = difference.before or []
    if difference.field == "recommendations":
        # Its line goes on with the reason, which the form doesn't hold.
        return {line.split(" ")[0] for line in typed} == {line.split(" ")[0] for line in before}
    return set(typed) == set(before)
