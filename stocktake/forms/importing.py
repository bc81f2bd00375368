"""A workbook to import."""

from django import forms
from django.core.exceptions import ValidationError

from atf.forms import Form

from ..models import Round
from ..workbook.inspection import MAX_FILE_SIZE, MEGABYTE


class ImportForm(Form):
    """A workbook to stage, and the round that it belongs to."""

    round = forms.ModelChoiceField(queryset=Round.objects.all())
    workbook = forms.FileField(
        help_text=f"The stocktake as an .xlsx file of at most {MAX_FILE_SIZE // MEGABYTE} MB.",
        error_messages={"empty": "This file is empty. Choose the stocktake workbook."},
    )

    def clean_workbook(self):
        """Refuse a file that is too large before it is read."""
        workbook = self.cleaned_data["workbook"]
        if workbook.size > MAX_FILE_SIZE:
            raise ValidationError(
                f"Choose a file of at most {MAX_FILE_SIZE // MEGABYTE} MB: a stocktake has less."
            )
        return workbook
