"""Inviting a lead, handing over to one, and accepting an invitation."""

from allauth.account import forms as allauth_forms
from django import forms
from django.core.exceptions import ValidationError

from recommendations.models import Place

from .account_forms import NewPasswordMixin
from .forms import ModelForm
from .models import Invitation, User


class InvitationForm(ModelForm):
    """Whom an administrator invites, and for which places."""

    class Meta:
        model = Invitation
        fields = ["name", "email", "places"]
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "off"}),
            "email": forms.EmailInput(attrs={"autocomplete": "off"}),
            "places": forms.CheckboxSelectMultiple,
        }
        error_messages = {
            "email": {"invalid": "Enter an e-mail address, such as name@example.org"},
            "places": {"required": "Choose at least one place"},
        }

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["places"].queryset = self.choosable_places()

    def choosable_places(self):
        """The places that the user may invite someone for."""
        return Place.objects.taking_part()

    def clean_name(self):
        """On one line, as it stands in an e-mail."""
        return " ".join(self.cleaned_data["name"].split())

    def clean_email(self):
        """The address in small letters, of someone who can become a lead."""
        email = self.cleaned_data["email"].lower()
        account = User.objects.filter(email__iexact=email).first()
        if account and not account.is_active:
            raise ValidationError(self.why_not_deactivated(account))
        if account and not account.is_lead:
            raise ValidationError(self.why_not_of_another_role(account))
        self.account = account
        return email

    def why_not_deactivated(self, account):
        """What to do about an address whose account is switched off."""
        return (
            f"{account} has an account that is switched off. Switch it on in the admin and choose "
            "the places there, or enter another address"
        )

    def why_not_of_another_role(self, account):
        """What to do about the address of someone who is not a lead."""
        return (
            f"{account} has an account as {account.get_role_display()}. Change its role and its "
            "places in the admin, or enter another address"
        )

    def clean(self):
        """Nobody is invited for a place that they have, or twice."""
        data = super().clean()
        email, places = data.get("email"), data.get("places")
        if not email or not places:
            return data
        if self.account and not places.exclude(leads=self.account).exists():
            self.add_error("places", f"{self.account} records for these already. Choose others")
        waiting = Invitation.objects.open().filter(email=email, places__in=places)
        if waiting.exists():
            self.add_error(
                "email",
                "An invitation is on its way to this address for one of these places. Send it "
                "again or take it back instead",
            )
        return data


class HandOverForm(InvitationForm):
    """Who succeeds a lead, and in which of the lead's places."""

    class Meta(InvitationForm.Meta):
        labels = {
            "name": "Name of your successor",
            "email": "E-mail address of your successor",
            "places": "Places that you hand over",
        }

    def choosable_places(self):
        return self.user.own_places

    def clean_email(self):
        if self.cleaned_data["email"].lower() == self.user.email.lower():
            raise ValidationError("This is your own address. Enter your successor’s")
        return super().clean_email()

    def why_not_deactivated(self, account):
        return "This person can’t take over with this address. Ask the programme team"

    why_not_of_another_role = why_not_deactivated

    def clean_places(self):
        """A place is handed over to one successor at a time."""
        places = self.cleaned_data["places"]
        waiting = Invitation.objects.open().filter(hands_over=True, invited_by=self.user)
        for place in places.filter(invitations__in=waiting):
            raise ValidationError(
                f"You are handing over {place} already. Take that back first, or leave it out"
            )
        return places


class InvitationAcceptForm(NewPasswordMixin, allauth_forms.SetPasswordForm):
    """The name and the password of someone who was invited."""

    name = forms.CharField(
        label="Your name", max_length=100, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    field_order = ["name", "password1", "password2"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].error_messages["required"] = "Enter your name"

    def clean_name(self):
        """On one line, as it stands in lists."""
        return " ".join(self.cleaned_data["name"].split())
