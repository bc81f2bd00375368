"""Invitations of place leads: sending, taking back and accepting them, and handing over."""

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.text import get_text_list
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView, ListView, TemplateView

from . import operations
from .access import RoleRequiredMixin
from .invitation_forms import HandOverForm, InvitationAcceptForm, InvitationForm
from .models import Invitation, User
from .paging import NearestPageMixin

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
# Where the secret of an opened link waits, so that no address of a page holds it.
TOKEN = "invitation"  # noqa: S105
NOT_SENT = (
    "The invitation of {} is kept, but its e-mail could not be sent. Send it again in a while."
)


def address_of(request):
    """A function that makes the address of a link from its secret."""
    return lambda token: request.build_absolute_uri(reverse("invitation-open", args=[token]))


class InvitationList(RoleRequiredMixin, NearestPageMixin, ListView):
    """Every invitation with what became of it, the newest first."""

    template_name = "atf/invitation/list.html"

    def get_queryset(self):
        invitations = Invitation.objects.select_related("invited_by", "accepted_by")
        return invitations.prefetch_related("places").order_by("-invited_at", "-pk")


class InvitingMixin:
    """Sends the invitation that a valid form describes."""

    hands_over = False

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"user": self.request.user}

    def form_valid(self, form):
        try:
            operations.invite(
                **form.cleaned_data,
                hands_over=self.hands_over,
                address_of=address_of(self.request),
                by=self.request.user,
            )
        except operations.InvitationUnusable:
            messages.info(self.request, "The invitation is on its way already.")
        except OSError:
            messages.warning(self.request, NOT_SENT.format(form.cleaned_data["name"]))
        else:
            sent = "An e-mail with a link was sent to {name}, {email}.".format(**form.cleaned_data)
            messages.success(self.request, sent)
        return super().form_valid(form)


class InvitationCreate(RoleRequiredMixin, InvitingMixin, FormView):
    """Inviting someone to be a lead of places."""

    form_class = InvitationForm
    template_name = "atf/invitation/create.html"
    http_method_names = ["get", "head", "post"]
    success_url = reverse_lazy("invitation-list")


class HandOverCreate(RoleRequiredMixin, InvitingMixin, FormView):
    """A lead's places, handed over to a successor once they accept; and what still waits."""

    roles = (User.Role.LEAD,)
    form_class = HandOverForm
    template_name = "atf/hand_over/create.html"
    http_method_names = ["get", "head", "post"]
    success_url = reverse_lazy("hand-over-create")
    hands_over = True

    def get_initial(self):
        places = list(self.request.user.own_places)
        return {"places": places} if len(places) == 1 else {}

    def get_context_data(self, **kwargs):
        own = Invitation.objects.manageable_by(self.request.user).prefetch_related("places")
        waiting = [row for row in own if row.can_be_sent_again]
        taken = {place for row in waiting if row.is_open for place in row.places.all()}
        places = self.request.user.own_places
        return super().get_context_data(
            waiting=waiting,
            own_places=places,
            free_places=[place for place in places if place not in taken],
            **kwargs,
        )


class InvitationChangeView(RoleRequiredMixin, View):
    """The base of what one can do with an invitation that was sent."""

    roles = (User.Role.ADMINISTRATOR, User.Role.LEAD)
    http_method_names = ["post"]

    def post(self, request, pk):
        invitation = get_object_or_404(Invitation.objects.manageable_by(request.user), pk=pk)
        try:
            self.change(invitation)
        except operations.InvitationUnusable:
            messages.warning(
                request, f"The invitation of {invitation.name} was accepted or taken back before."
            )
        is_own = request.user.is_lead
        return HttpResponseRedirect(reverse("hand-over-create" if is_own else "invitation-list"))


class InvitationSendAgain(InvitationChangeView):
    """Sending an invitation with a new link, which replaces the old one."""

    def change(self, invitation):
        try:
            operations.invite_again(invitation=invitation, address_of=address_of(self.request))
        except OSError:
            messages.warning(self.request, NOT_SENT.format(invitation.name))
        else:
            messages.success(
                self.request,
                f"A new link was sent to {invitation.name}, {invitation.email}. The old one no "
                "longer works.",
            )


class InvitationTakeBack(InvitationChangeView):
    """Taking an invitation back."""

    def change(self, invitation):
        operations.take_back_invitation(invitation=invitation)
        messages.success(
            self.request,
            f"The invitation of {invitation.name} was taken back. Its link no longer works.",
        )


def find_usable(token):
    """The invitation whose link holds `token`, if it can be accepted; else None."""
    invitation = Invitation.objects.open().select_related("invited_by").with_token(token).first()
    if invitation is None or not invitation.places_it_gives.exists():
        return None
    account = invitation.account
    return invitation if account is None or (account.is_lead and account.is_active) else None


def unusable(request):
    """The page that says why a link can't be used, and what to do."""
    return render(request, "atf/invitation/unusable.html", status=410)


class InvitedMixin:
    """Finds the invitation of a link, or says why it can't be accepted here and now."""

    def dispatch(self, request, *args, **kwargs):
        self.token = request.session.get(TOKEN, "")
        self.invitation = find_usable(self.token)
        if self.invitation is None:
            return unusable(request)
        if request.user.is_authenticated and request.user != self.invitation.account:
            context = {"invitation": self.invitation}
            return render(request, "atf/invitation/other_person.html", context, status=403)
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            invitation=self.invitation, places=self.invitation.places_it_gives, **kwargs
        )

    def accept(self, **how):
        """Accept the invitation and go home; back to its page if someone was faster."""
        try:
            user = operations.accept_invitation(token=self.token, **how)
        except operations.InvitationUnusable:
            return HttpResponseRedirect(reverse("invitation-open", args=[self.token]))
        if not self.request.user.is_authenticated:
            login(self.request, user, backend=BACKEND)
            self.request.session.set_expiry(0)
        self.request.session.pop(TOKEN, None)
        places = get_text_list([str(place) for place in user.places.all()], "and")
        messages.success(self.request, f"Welcome, {user}. You record for {places}.")
        return HttpResponseRedirect(reverse("home"))


@method_decorator([login_not_required, never_cache], name="dispatch")
class InvitationOpen(View):
    """The link of an e-mail: leads on to a page whose address gives its secret to no log."""

    http_method_names = ["get", "head"]

    def get(self, request, token):
        if not Invitation.objects.with_token(token).exists():
            return unusable(request)
        request.session[TOKEN] = token
        request.session.set_expiry(0)
        invitation = find_usable(token)
        has_account = invitation is not None and invitation.account is not None
        page = "invitation-accept-places" if has_account else "invitation-accept"
        return HttpResponseRedirect(reverse(page))


@method_decorator(
    [login_not_required, never_cache, sensitive_post_parameters("password1", "password2")],
    name="dispatch",
)
class InvitationAccept(InvitedMixin, FormView):
    """Choosing a password, by which someone who was invited gets their account and places."""

    form_class = InvitationAcceptForm
    template_name = "atf/invitation/accept.html"
    http_method_names = ["get", "head", "post"]

    def get_initial(self):
        return {"name": self.invitation.name}

    def get_form_kwargs(self):
        """Tell the rules for passwords whose it is."""
        user = User(email=self.invitation.email, name=self.invitation.name)
        return super().get_form_kwargs() | {"user": user}

    def form_valid(self, form):
        data = form.cleaned_data
        return self.accept(name=data["name"], password=data["password1"])


@method_decorator(never_cache, name="dispatch")
class InvitationAcceptPlaces(InvitedMixin, TemplateView):
    """One press by which a lead who has an account gets further places."""

    template_name = "atf/invitation/accept_places.html"
    http_method_names = ["get", "head", "post"]

    def post(self, request):
        return self.accept(by=request.user)
