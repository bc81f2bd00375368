"""allauth's forms, drawn and worded as those of the site's own pages."""

from allauth.account import forms as allauth_forms
from django.contrib.auth.password_validation import password_validators_help_texts

from .forms import FormMixin


class LoginForm(FormMixin, allauth_forms.LoginForm):
    """Signing in."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["login"].label = "E-mail address"
        self.fields["login"].error_messages["required"] = "Enter your e-mail address"
        self.fields["login"].widget.attrs["autocomplete"] = "username"
        self.fields["password"].help_text = ""
        self.fields["password"].error_messages["required"] = "Enter your password"


class ResetPasswordForm(FormMixin, allauth_forms.ResetPasswordForm):
    """Asking for a link to choose a new password."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"].label = "E-mail address"
        self.fields["email"].error_messages["required"] = "Enter your e-mail address"


class NewPasswordMixin(FormMixin):
    """Choosing a new password: the same words wherever one does it."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["password1"].label = "New password"
        self.fields["password1"].help_text = " ".join(password_validators_help_texts())
        self.fields["password2"].label = "New password again"
        self.fields["password1"].error_messages["required"] = "Enter a new password"
        self.fields["password2"].error_messages["required"] = "Enter the new password again"


class ResetPasswordKeyForm(NewPasswordMixin, allauth_forms.ResetPasswordKeyForm):
    """Choosing a new password with the link from the e-mail."""


class ChangePasswordForm(NewPasswordMixin, allauth_forms.ChangePasswordForm):
    """Choosing a new password while signed in."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = "Current password"
        self.fields["oldpassword"].help_text = ""
        self.fields["oldpassword"].error_messages["required"] = "Enter your current password"
