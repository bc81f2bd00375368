"""The form of an entry, for a new one and to change one, and checking it before it is submitted."""

import uuid
from functools import cached_property

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.generic import DetailView, TemplateView

from atf.access import WRITERS, RoleRequiredMixin
from recommendations.models import Place, Recommendation, Theme

from .. import history, operations
from ..drafts import Ticket, ticket_for, typed
from ..forms import ActivityForm, ConflictForm, EvidenceLinkFormSet, LocalMeasureFormSet
from ..forms.conflict import is_same
from ..models import Activity, Comment, Draft, Round
from ..suggestions import Suggester
from .activity import get_editable, version_read
from .draft import keep

KEPT = "You can’t change this entry any more. What you typed is a draft on your home page."
# Where in the form each answer is changed.
ANCHORS = {name: f"id_{name}" for name in history.LABELS} | {
    "starts_on": "id_starts_on_day",
    "ends_on": "id_ends_on_day",
    "local_measures": "id_local_measures-0-name",
    "round": None,
}


@method_decorator(login_not_required, name="dispatch")
class SignInAgainMixin:
    """Keeps what someone sends after their session has ended, and lets them go on with it."""

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated:
            return super().dispatch(request, *args, **kwargs)
        draft = keep(request.POST) if request.method == "POST" else None
        if draft:
            messages.info(
                request, "You had been signed out. What you typed is saved: sign in again."
            )
        return redirect_to_login(draft.get_absolute_url() if draft else request.get_full_path())


class ActivityFormView(TemplateView):
    """The form of an entry with its measures and links to evidence; saving is one operation."""

    http_method_names = ["get", "head", "post"]
    activity = None

    def get(self, request, **kwargs):
        if self.draft:
            return self.answer(self.typed_before, unfinished=True)
        return self.answer(initial=self.initial)

    def post(self, request, **kwargs):
        if "later" in request.POST:
            return self.finish_later()
        if "suggest" in request.POST:
            return self.answer(request.POST, unfinished=True, suggestions=suggestions(request))
        data = request.POST
        given_up = ConflictForm.given_up(data) if self.activity else []
        if given_up:
            data = ActivityForm(data, instance=self.activity, user=request.user).retype(
                given_up, self.activity
            )
        return self.try_save(data, leave=given_up)

    def try_save(self, data, leave=()):
        """Save what was typed; or say what is wrong with it, or who was faster."""
        parts = self.parts(data, leave=leave)
        # Each of them is asked: it says what is wrong with it.
        valid = [part.is_valid() for part in parts.values() if part is not None]
        if not all(valid):
            return self.answer(data, parts=parts)
        try:
            activity = self.save(parts)
        except operations.Conflict as conflict:
            return self.answer_conflict(data, parts, conflict.current)
        return HttpResponseRedirect(activity.get_next_url())

    def parts(self, data=None, *, initial=None, unfinished=False, leave=()):
        """The forms of the page; a set of measures or links in `leave` stays as it is stored."""
        options = {"instance": self.activity, "unfinished": unfinished}
        form = ActivityForm(data, user=self.request.user, initial=initial, **options)
        return {
            "form": form,
            "formset": None if "local_measures" in leave else LocalMeasureFormSet(data, **options),
            "evidence": None if "evidence" in leave else EvidenceLinkFormSet(data, **options),
        }

    def save(self, parts):
        """Save the entry, which also forgets its draft."""
        form = parts["form"]
        activity = operations.save_activity(
            activity=form.instance,
            places=form.cleaned_data["places"],
            recommendations=form.cleaned_data["recommendations"],
            indicators=form.cleaned_data["indicators"],
            local_measures=parts["formset"],
            evidence=parts["evidence"],
            submit=False,
            ticket=self.ticket,
            by=self.request.user,
        )
        if not (activity.is_draft or activity.is_returned):
            messages.success(self.request, f"“{activity}” was saved.")
        return activity

    def finish_later(self):
        """Keep the form as it is, right or wrong."""
        draft = operations.keep_draft(ticket=self.ticket, content=typed(self.request.POST))
        if draft is None:
            return self.answer(self.request.POST, unfinished=True, refused=True, status=409)
        messages.success(self.request, f"“{draft}” was kept as a draft. Only you see it.")
        return HttpResponseRedirect(reverse("home"))

    def answer(self, data=None, *, parts=None, initial=None, unfinished=False, status=200, **more):
        """The page with its forms, filled in from `data` where there are any."""
        parts = parts or self.parts(data, initial=initial, unfinished=unfinished)
        context = self.get_context_data(
            **{name: part or self.parts()[name] for name, part in parts.items()}, **more
        )
        return self.render_to_response(context, status=status)

    def answer_conflict(self, data, parts, current):
        """The form as typed, with what someone else has changed meanwhile to choose from.

        Where they typed the same, there is nothing to choose.
        """
        says = parts["form"].says
        for name, field in (("formset", "local_measures"), ("evidence", "evidence")):
            says[field] = parts[name].says if parts[name] else None
        read = parts["form"].instance.version
        changed = history.changes_since(current, read)
        alike = [each.field for each in changed if is_same(each.field, says, each.after)]
        conflict = ConflictForm([each for each in changed if each.field not in alike], says)
        data, self.activity = data.copy(), current
        data["version"] = current.version
        if not conflict.fields:
            return self.try_save(data, leave=alike)
        parts = self.parts(data, unfinished=True, leave=alike)
        return self.answer(parts=parts, conflict=conflict, version_read=read, status=409)

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            object=self.activity,
            draft=self.draft,
            ticket=self.ticket,
            window=self.request.POST.get("draft_window") or uuid.uuid4(),
            number=self.request.POST.get("draft_number", self.draft.number if self.draft else ""),
            **kwargs,
        )

    @cached_property
    def ticket(self):
        """What the form saves itself with: that of the window it came from, or a new one."""
        ticket = Ticket.of(self.request.POST.get("draft", ""))
        owner = (self.request.user.pk, self.kwargs.get("pk"))
        if ticket and (ticket.author, ticket.activity) == owner:
            return ticket
        return ticket_for(self.request.user, activity=self.activity, draft=self.draft)

    @property
    def typed_before(self):
        """The data of the draft, as the form sent them."""
        data = QueryDict(mutable=True)
        for name, values in self.draft.content.items():
            data.setlist(name, values)
        return data


class ActivityCreate(SignInAgainMixin, RoleRequiredMixin, ActivityFormView):
    """Adding an entry to a round; `?place=`, `?theme=` and `?recommendation=` choose them."""

    roles = WRITERS
    template_name = "stocktake/activity/create.html"

    def get(self, request, **kwargs):
        if "draft" in request.GET and not self.draft:
            messages.info(request, "This draft was saved or discarded before. Here is a new form.")
        return super().get(request, **kwargs)

    def post(self, request, **kwargs):
        made = Activity.objects.editable_by(request.user).filter(form_key=self.ticket.key).first()
        if made and "later" not in request.POST and "suggest" not in request.POST:
            return self.go_on_with(made)
        return super().post(request, **kwargs)

    def answer_conflict(self, data, parts, current):
        """The form was sent twice at once."""
        return self.go_on_with(current)

    def go_on_with(self, made):
        """The entry that this form has made already: nobody makes it twice by pressing twice.

        What was typed since, on the page that the browser went back to, becomes a draft of it.
        """
        form = ActivityForm(self.request.POST, user=self.request.user)
        stored = history.snapshot(Activity.objects.with_content().get(pk=made.pk))
        if form.is_valid() and all(is_same(field, form.says, stored[field]) for field in form.says):
            return HttpResponseRedirect(made.get_next_url())
        content = typed(self.request.POST) | {"version": ["1"], "draft_number": []}
        ticket = ticket_for(self.request.user, activity=made)
        operations.keep_draft(ticket=ticket, content=content)
        messages.info(self.request, "You had saved this before: here it is as you typed it now.")
        return HttpResponseRedirect(reverse("stocktake:activity-update", args=[made.pk]))

    @cached_property
    def draft(self):
        """What the user typed before, and the address names; of a new entry, or of any."""
        try:
            key = uuid.UUID(self.request.GET.get("draft", ""))
        except ValueError:
            return None
        return Draft.objects.filter(author=self.request.user, key=key).first()

    @property
    def initial(self):
        """The place, the theme and the recommendation in the address."""
        query = self.request.GET
        place = Place.objects.filter(slug=query.get("place")).first()
        recommendation = Recommendation.objects.filter(code=query.get("recommendation")).first()
        theme = Theme.objects.filter(code=query.get("theme")).first()
        theme = recommendation.theme if recommendation else theme
        found = {
            "theme": theme and theme.pk,
            "places": place and [place.pk],
            "recommendations": recommendation and [recommendation.pk],
        }
        return {name: value for name, value in found.items() if value}

    def get_context_data(self, **kwargs):
        user = self.request.user
        has_round = user.is_administrator or Round.objects.open().exists()
        return super().get_context_data(
            has_round=has_round, has_place=user.own_places.exists(), **kwargs
        )


class ActivityUpdate(SignInAgainMixin, ActivityFormView):
    """Changing an entry."""

    template_name = "stocktake/activity/update.html"
    initial = None

    def post(self, request, **kwargs):
        try:
            return super().post(request, **kwargs)
        except (PermissionDenied, Http404):
            # It closed, moved or was deleted while the form was open: what was typed is not lost.
            if keep(request.POST, detached=True):
                messages.warning(request, KEPT)
            raise

    @cached_property
    def activity(self):
        """The entry, for those who may change it."""
        return get_editable(self.request.user, self.kwargs["pk"])

    @cached_property
    def draft(self):
        """What the user typed before and did not save."""
        return Draft.objects.filter(author=self.request.user, activity=self.activity).first()

    def get_context_data(self, **kwargs):
        notes = {}
        for comment in Comment.objects.open_on(self.activity):
            notes.setdefault(comment.field, []).append(comment)
        return super().get_context_data(notes=notes, **kwargs)


class ActivityCheck(DetailView):
    """Checking what one is about to submit, and submitting it."""

    template_name = "stocktake/activity/check.html"
    http_method_names = ["get", "head", "post"]

    def get_object(self):
        activity = get_editable(self.request.user, self.kwargs["pk"])
        return Activity.objects.with_content().get(pk=activity.pk)

    def get(self, request, **kwargs):
        self.object = self.get_object()
        if not (self.object.is_draft or self.object.is_returned):
            return HttpResponseRedirect(self.object.get_absolute_url())
        return self.render_to_response(self.get_context_data())

    def get_context_data(self, **kwargs):
        snapshot = history.snapshot(self.object)
        return super().get_context_data(
            snapshot=snapshot, labels=history.LABELS, anchors=ANCHORS, **kwargs
        )

    def post(self, request, **kwargs):
        activity = self.get_object()
        activity.version = version_read(request)
        try:
            operations.submit_activity(activity=activity, by=request.user)
        except operations.Conflict:
            messages.warning(
                request, "Someone changed this entry meanwhile. Check it once more, then submit it."
            )
            return HttpResponseRedirect(request.path)
        messages.success(request, f"“{activity}” was submitted.")
        return HttpResponseRedirect(activity.get_absolute_url())


@method_decorator(login_not_required, name="dispatch")
class SuggestionList(View):
    """The recommendations that fit what is being typed, as a part of the form."""

    http_method_names = ["post"]

    def post(self, request):
        if not request.user.is_authenticated:
            # The sign-in page must not come to stand inside the form.
            return HttpResponse(status=401, headers={"HX-Reswap": "none"})
        if request.user.role not in WRITERS:
            raise PermissionDenied
        context = {"suggestions": suggestions(request), "is_part": True}
        return render(request, "stocktake/suggestion/list.html", context)


def suggestions(request):
    """What fits the title and the description in a form, for the places ticked in it."""
    data = request.POST
    ticked = {place for place in Place.objects.all() if str(place.pk) in data.getlist("places")}
    theme = next((row for row in Theme.objects.all() if str(row.pk) == data.get("theme")), None)
    return Suggester(Recommendation.objects.select_related("theme")).suggest_while_typing(
        f"{data.get('title', '')} {data.get('description', '')}",
        theme=theme,
        places=ticked or request.user.own_places,
    )
