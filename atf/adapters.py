"""How django-allauth and django-axes behave here."""

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by administrators: nobody signs up by themselves."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "The e-mail address or the password is wrong. "
        "Check both and try again",
        "enter_current_password": "This is not your current password. Enter it again",
    }

    def is_open_for_signup(self, request):
        return False


def axes_username(request, credentials=None):
    """The e-mail address of a sign-in attempt, in one spelling, whoever asks.

    allauth passes it as a credential named `email`; the form field is named `login`.
    """
    address = (credentials or {}).get("email") or (request.POST.get("login") if request else "")
    return (address or "").strip().lower()
