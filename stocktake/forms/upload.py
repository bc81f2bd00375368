"""A workbook of entries to upload, and the forms that each of its rows has to pass."""

from copy import copy

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import construct_instance

from atf.forms import Form

from ..models import Round
from ..workbook.inspection import MAX_FILE_SIZE, MEGABYTE
from .activity import ActivityForm, LocalMeasureFormSet
from .evidence import EvidenceLinkFormSet

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
    """Takes stored rows as they are: the check of the workbook has found them, once for all."""


class FoundRowsMixin:
    """A form of a row of a workbook: it asks the database nothing, as there are many of them."""

    def _post_clean(self):
        # No more than this: Django would ask the database for each foreign key and constraint.
        # The form's own rules cover them, and saving would be refused.
        self.instance = construct_instance(self, self.instance, self._meta.fields)


class EntryForm(FoundRowsMixin, ActivityForm):
    """The form of an entry for a row of a workbook: the same rules, with nothing to look up."""

    round = FoundField()
    theme = FoundField(error_messages={"required": "Choose the theme"})
    places = FoundField(error_messages={"required": "Enter the place or places"})
    recommendations = FoundField(required=False)
    indicators = FoundField(required=False)

    def __init__(self, *args, own_places, **kwargs):
        self.own_places = own_places
        super().__init__(*args, **kwargs)

    def clean_places(self):
        """As online; it is looked up again only for places that none of theirs is among."""
        places = self.cleaned_data["places"]
        return places if self.own_places & set(places) else super().clean_places()

    # A row of a workbook offers nothing to choose from.
    def _offer_rounds(self):
        pass

    def _put_own_places_first(self):
        pass

    def _put_theme_first(self):
        pass

    def _set_initial_links(self):
        pass


class FoundRowsFormSetMixin:
    """A formset for a row of a workbook; `rows` are those that are stored."""

    def __init__(self, *args, rows, **kwargs):
        # What is typed over them must not show in what is stored.
        self.rows = [copy(row) for row in rows]
        super().__init__(*args, **kwargs)

    @classmethod
    def with_lost_as_new(cls, data, instance):
        """The data as they are: a row is only saved over the version that was read."""
        return data

    def get_queryset(self):
        return self.rows

    def add_fields(self, form, index):
        super().add_fields(form, index)
        form.fields["id"] = FoundField(required=False, initial=form.fields["id"].initial)


class EntryMeasureForm(FoundRowsMixin, LocalMeasureFormSet.form):
    """A local measure in a row of a workbook."""


class EntryMeasureFormSet(FoundRowsFormSetMixin, LocalMeasureFormSet):
    """The local measures in a row of a workbook."""

    form = EntryMeasureForm


class EntryEvidenceForm(FoundRowsMixin, EvidenceLinkFormSet.form):
    """A link in a row of a workbook."""


class EntryEvidenceFormSet(FoundRowsFormSetMixin, EvidenceLinkFormSet):
    """The links in a row of a workbook."""

    form = EntryEvidenceForm
