"""A workbook of entries to upload, and the form that each of its rows has to pass."""

from django import forms
from django.core.exceptions import ValidationError

from atf.forms import Form

from ..models import Round
from ..workbook.inspection import MAX_FILE_SIZE, MEGABYTE
from .activity import ActivityForm

NOT_XLSX = {
    "csv": "This is a CSV file, which has no lists and no second sheet.",
    "numbers": "This is a Numbers file.",
    "ods": "This is an OpenDocument file.",
    "pdf": "This is a PDF, which can’t be read as a table.",
    "xls": "This is a workbook in the old .xls format.",
    "xlsb": "This is a binary workbook (.xlsb).",
    "xlsm": "This workbook is made for macros (.xlsm).",
}
SAVE_AS = "Save it as an “Excel Workbook (.xlsx)” and choose that file"


class UploadForm(Form):
    """A workbook to check, and the round that its entries belong to."""

    round = forms.ModelChoiceField(queryset=Round.objects.none())
    workbook = forms.FileField(
        help_text=f"The workbook that you downloaded and filled in, an .xlsx file of at most "
        f"{MAX_FILE_SIZE // MEGABYTE} MB.",
        error_messages={"empty": "This file is empty. Choose the workbook that you filled in"},
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        rounds = Round.objects.all() if user.is_administrator else Round.objects.open()
        self.fields["round"].queryset = rounds
        self.fields["round"].initial = rounds.filter(pk__in=Round.objects.open()).first()

    def clean_workbook(self):
        """Refuse what is too large, or plainly something else, before it is read."""
        workbook = self.cleaned_data["workbook"]
        if told := NOT_XLSX.get(workbook.name.rpartition(".")[2].lower()):
            raise ValidationError(f"{told} {SAVE_AS}")
        if workbook.size > MAX_FILE_SIZE:
            raise ValidationError(
                f"Choose a file of at most {MAX_FILE_SIZE // MEGABYTE} MB: a place’s entries are "
                "less"
            )
        return workbook


class FoundField(forms.Field):
    """Rows of the framework that the check of the workbook has found: nothing is looked up again.

    `queryset` is there for the form of an entry to narrow.
    """

    queryset = Round.objects.none()


class EntryForm(ActivityForm):
    """The form of an entry for a row of a workbook: the same rules, with little to look up."""

    round = FoundField()
    theme = FoundField(error_messages={"required": "Choose the theme"})
    places = FoundField(error_messages={"required": "Enter the place or places"})
    recommendations = FoundField(required=False)
    indicators = FoundField(required=False)
