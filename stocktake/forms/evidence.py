"""What shows that an activity happens."""

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import FileExtensionValidator

from atf.forms import Form

from ..history import evidence_line
from ..models import Activity, Evidence
from ..models.evidence import FILE_TYPES, MAX_FILE_SIZE
from .activity import UnfinishedForm, UnfinishedFormSet

SHORTER = "Shorten what it is to %(limit_value)d characters or fewer"
LIMIT = f"{MAX_FILE_SIZE // 1024 // 1024} MB"


class EvidenceForm(Form):
    """A file, or a link, with the name that it is listed under."""

    title = forms.CharField(
        label="What it is",
        max_length=200,
        error_messages={"required": "Enter what it is", "max_length": SHORTER},
    )
    file = forms.FileField(
        label="File",
        required=False,
        help_text=f"A document or a picture of at most {LIMIT}.",
        validators=[
            FileExtensionValidator(
                FILE_TYPES, message="Choose a document, a spreadsheet, slides or a picture"
            )
        ],
        error_messages={
            "empty": "This file is empty. Choose another",
            "max_length": "Give the file a name of at most 100 characters and choose it again",
        },
        max_length=100,
    )
    url = forms.URLField(
        label="Or a link",
        required=False,
        max_length=1000,
        assume_scheme="https",
        help_text="For example https://www.sefton.gov.uk/family-hubs",
        error_messages={"invalid": "Enter a link such as https://www.sefton.gov.uk"},
    )

    def clean_file(self):
        """Refuse a file that nobody would want to download."""
        file = self.cleaned_data["file"]
        if file and file.size > MAX_FILE_SIZE:
            raise ValidationError(f"Choose a file of at most {LIMIT}")
        return file

    def clean_url(self):
        """Only a page that a browser can open."""
        return web_address(self.cleaned_data["url"])

    def clean(self):
        """One of the two."""
        data = super().clean()
        if self.errors:
            return data
        if data.get("file") and data.get("url"):
            self.add_error("url", "Add the link as evidence of its own, or clear it")
        if not data.get("file") and not data.get("url"):
            self.add_error("file", "Choose a file, or enter a link")
        return data


def web_address(url):
    """A link as it was typed, if it leads to a web page; raises ValidationError otherwise."""
    if url and not url.lower().startswith(("http://", "https://")):
        raise ValidationError("Enter a link that begins with https://")
    return url


class EvidenceLinkForm(UnfinishedForm):
    """A link in the form of an entry."""

    url = forms.URLField(
        label="Link",
        max_length=1000,
        assume_scheme="https",
        error_messages={
            "invalid": "Enter a link such as https://www.sefton.gov.uk",
            "required": "Enter the link, or clear its name",
        },
    )

    class Meta:
        model = Evidence
        fields = ["title", "url"]
        labels = {"title": "What it is"}
        error_messages = {
            "title": {"required": "Enter what the link leads to", "max_length": SHORTER}
        }

    def clean_url(self):
        """Only a page that a browser can open."""
        return web_address(self.cleaned_data["url"])


class EvidenceLinkFormSetBase(UnfinishedFormSet):
    """The links that show what an activity does, and room for one more; its files stay."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, queryset=Evidence.objects.exclude(url=""), **kwargs)

    @property
    def says(self):
        """A line for each link of a valid formset and for each file, as a snapshot says it."""
        files = self.instance.evidence.filter(url="") if self.instance.pk else []
        return [
            evidence_line(row) for row in [*(form.instance for form in self.kept_forms), *files]
        ]

    def add_fields(self, form, index):
        super().add_fields(form, index)
        if "DELETE" in form.fields:
            form.fields["DELETE"].label = "Remove this link"


EvidenceLinkFormSet = forms.inlineformset_factory(
    Activity,
    Evidence,
    form=EvidenceLinkForm,
    formset=EvidenceLinkFormSetBase,
    extra=1,
    max_num=50,
    absolute_max=100,
    validate_max=True,
    can_delete_extra=False,
)
