"""The whole site map."""

from allauth.account import views as account
from django.contrib import admin
from django.urls import include, path, re_path

from atf import invitation_views as invitation
from atf.views import HomeView, StatementView, live, ready

# Only what we offer of allauth's account pages: nobody signs up or changes their address.
accounts = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/reset/", account.password_reset, name="account_reset_password"),
    path("password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    path(
        "password/reset/key/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
]

invitations = [
    path("", invitation.InvitationList.as_view(), name="invitation-list"),
    path("add/", invitation.InvitationCreate.as_view(), name="invitation-create"),
    path("accept/", invitation.InvitationAccept.as_view(), name="invitation-accept"),
    path(
        "accept/places/",
        invitation.InvitationAcceptPlaces.as_view(),
        name="invitation-accept-places",
    ),
    path(
        "<int:pk>/send-again/",
        invitation.InvitationSendAgain.as_view(),
        name="invitation-send-again",
    ),
    path(
        "<int:pk>/take-back/", invitation.InvitationTakeBack.as_view(), name="invitation-take-back"
    ),
    path("<str:token>/", invitation.InvitationOpen.as_view(), name="invitation-open"),
]

statements = [
    path(f"{name}/", StatementView.as_view(template_name=f"pages/{name}.html"), name=name)
    for name in ("accessibility", "cookies", "privacy")
]

health = [
    path("live/", live, name="health-live"),
    path("ready/", ready, name="health-ready"),
]

urlpatterns = [
    path("", HomeView.as_view(), name="home"),
    path("", include(statements)),
    path("accounts/", include(accounts)),
    path("invitations/", include(invitations)),
    path("hand-over/", invitation.HandOverCreate.as_view(), name="hand-over-create"),
    path("health/", include(health)),
    path("admin/", admin.site.urls),
    path("", include("recommendations.urls")),
    path("", include("stocktake.urls")),
]
