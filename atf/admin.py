"""The admin site's frame, and the people who sign in."""

from allauth.account import admin as account_admin  # noqa: F401 - registers what we take away
from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from django import forms
from django.contrib import admin
from django.contrib.auth import admin as auth_admin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm

from atf.models import User

admin.site.site_header = "All Together Fairer: administration"
admin.site.site_title = "All Together Fairer"
admin.site.index_title = "Administration"
# Roles decide who may do what, and an address is changed with its user.
admin.site.unregister([auth_admin.Group, EmailAddress])
# One way in: with its lock after repeated failures.
admin.site.login = secure_admin_login(admin.site.login)


class UserFormMixin:
    """What holds for a user however one edits them."""

    def clean_email(self):
        """Addresses are kept in small letters, as sign-in compares them."""
        return self.cleaned_data["email"].lower()

    def clean(self):
        """A place lead has places; the other roles have none."""
        super().clean()
        role, places = self.cleaned_data.get("role"), self.cleaned_data.get("places")
        if role == User.Role.LEAD and not places:
            self.add_error("places", "Choose the places that this place lead records for.")
        if role and role != User.Role.LEAD and places:
            self.add_error("places", "Only a place lead has places: take these away.")
        return self.cleaned_data


class AddUserForm(UserFormMixin, AdminUserCreationForm):
    """A new user, with a password or without one."""

    class Meta:
        model = User
        fields = ("email", "name", "role", "places")
        widgets = {"places": forms.CheckboxSelectMultiple}


class ChangeUserForm(UserFormMixin, UserChangeForm):
    """A user, whose password is changed on a page of its own."""

    class Meta:
        model = User
        fields = ("email", "password", "name", "role", "places", "is_active")
        field_classes = {}
        widgets = {"places": forms.CheckboxSelectMultiple}


@admin.register(User)
class UserAdmin(auth_admin.UserAdmin):
    """Users are never deleted, as what they did stays under their name: they are deactivated."""

    form = ChangeUserForm
    add_form = AddUserForm
    list_display = ("name", "email", "role", "is_active", "last_login")
    list_filter = ("role", "places", "is_active")
    search_fields = ("name", "email")
    ordering = ("name",)
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("email", "password", "name", "role", "places", "is_active")}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "fields": ("email", "name", "role", "places"),
                "description": "Without a password, the person chooses one with “Forgotten your "
                "password?” on the sign-in page.",
            },
        ),
        ("Password", {"fields": ("usable_password", "password1", "password2")}),
    )

    def has_delete_permission(self, request, obj=None):
        return False

    def save_model(self, request, obj, form, change):
        """Forget the sign-in address that was replaced: it must not open the account any more."""
        super().save_model(request, obj, form, change)
        if change and "email" in form.changed_data:
            EmailAddress.objects.filter(user=obj).delete()
