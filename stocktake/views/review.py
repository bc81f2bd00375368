"""What the programme team says to submitted entries, and the conversation about an entry."""

from functools import cached_property

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views import View
from django.views.generic import CreateView, DetailView, FormView

from atf.access import RoleRequiredMixin

from .. import history, operations
from ..filters import EntryFilter
from ..forms import AcceptForm, CommentForm, ReturnForm
from ..models import Activity, Comment
from .activity import takes_part, version_read
from .lists import FilteredList

CHANGED = "Someone changed “{}” since you opened it. Read what it says now."


class ReviewMixin(RoleRequiredMixin):
    """A page of the review; all of them keep how the address narrows the queue."""

    @property
    def narrowing(self):
        """What the links of the page add to an address."""
        parameters = self.request.GET.copy()
        parameters.pop("page", None)
        return f"?{parameters.urlencode()}" if parameters else ""

    def go_to(self, name, *args):
        """Redirect to another page of the review."""
        return HttpResponseRedirect(reverse(f"stocktake:{name}", args=args) + self.narrowing)

    def go_on(self, activity, done):
        """Say what was `done` to an entry, and go to the next one in the queue."""
        queue = EntryFilter(self.request.GET, Activity.objects.to_review()).qs
        at = activity.submitted_at
        later = Q(submitted_at__gt=at) | Q(submitted_at=at, pk__gt=activity.pk)
        following = queue.filter(later).first() or queue.first()
        if following:
            messages.success(self.request, f"{done} Here is the next entry in the queue.")
            return self.go_to("review-detail", following.pk)
        messages.success(self.request, f"{done} No other entry waits for a review.")
        return self.go_to("review-list")


class ReviewList(ReviewMixin, FilteredList):
    """The queue of submitted entries, and accepting those that are ticked."""

    filterset_class = EntryFilter
    template_name = "stocktake/review/list.html"
    http_method_names = ["get", "head", "post"]
    paginate_by = 50
    accept_form = None

    def get_queryset(self):
        queue = Activity.objects.to_review().select_related("theme", "round", "submitted_by")
        return queue.prefetch_related("places")

    def get_context_data(self, **kwargs):
        return super().get_context_data(accept_form=self.accept_form, **kwargs)

    def post(self, request, *args, **kwargs):
        form = AcceptForm(request.POST)
        if not form.is_valid():
            self.accept_form = form
            return self.get(request, *args, **kwargs)
        seen = form.cleaned_data["entries"]
        accepted = operations.accept_activities(versions=seen, by=request.user)
        self.say_what_happened(accepted, seen)
        return HttpResponseRedirect(request.get_full_path())

    def say_what_happened(self, accepted, seen):
        """Count what was accepted and name what was not, as nobody has read what it says now."""
        if len(accepted) == 1:
            messages.success(self.request, "1 entry was accepted and counts from now on.")
        elif accepted:
            messages.success(
                self.request, f"{len(accepted)} entries were accepted and count from now on."
            )
        done = {activity.pk for activity in accepted}
        left = Activity.objects.handed_in().filter(pk__in=set(seen) - done)
        if left:
            titles = ", ".join(f"“{activity}”" for activity in left)
            messages.warning(
                self.request, f"Changed or reviewed since you opened the queue: {titles}."
            )


class ReviewDetail(ReviewMixin, DetailView):
    """An entry as it is reviewed: what changed since it was accepted, and all it says."""

    template_name = "stocktake/review/detail.html"

    def get_queryset(self):
        activities = Activity.objects.handed_in().with_content()
        return activities.select_related("submitted_by", "reviewed_by").prefetch_related(
            "recommendation_links__confirmed_by"
        )

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            changes=history.changes_since_accepted(self.object),
            comments=self.object.comments.select_related("made_by"),
            comment_form=CommentForm(),
            **kwargs,
        )


class ReviewAccept(ReviewMixin, View):
    """Accepting an entry that was read."""

    http_method_names = ["post"]

    def post(self, request, pk):
        activity = get_object_or_404(Activity.objects.handed_in(), pk=pk)
        seen = {pk: version_read(request)}
        if operations.accept_activities(versions=seen, by=request.user):
            return self.go_on(activity, f"“{activity}” was accepted and counts from now on.")
        if activity.is_submitted:
            messages.warning(request, CHANGED.format(activity))
        else:
            messages.warning(request, "Only a submitted entry can be accepted.")
        return self.go_to("review-detail", pk)


class ReviewReturn(ReviewMixin, FormView):
    """Returning an entry to its leads, with what to mend in it."""

    form_class = ReturnForm
    template_name = "stocktake/review/return.html"
    http_method_names = ["get", "head", "post"]

    @cached_property
    def activity(self):
        return get_object_or_404(Activity.objects.handed_in().with_content(), pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs):
        context = super().get_context_data(activity=self.activity, **kwargs)
        says = history.snapshot(self.activity)
        fields = [(context["form"][name], says[name]) for name in Comment.Field.values]
        return context | {"fields": fields}

    def form_invalid(self, form):
        # Whoever mends the form has still read no other version.
        self.activity.version = version_read(self.request)
        return super().form_invalid(form)

    def form_valid(self, form):
        self.activity.version = version_read(self.request)
        try:
            activity = operations.return_activity(
                activity=self.activity, comments=form.comments, by=self.request.user
            )
        except operations.Conflict as conflict:
            return self.answer_conflict(form, conflict.current)
        return self.go_on(activity, f"“{activity}” was returned to its leads.")

    def answer_conflict(self, form, current):
        """The form as typed, and what someone else has changed meanwhile."""
        form.add_error(None, CHANGED.format(current))
        changes = history.changes_since(current, self.activity.version)
        self.activity = current
        return self.render_to_response(self.get_context_data(form=form, changes=changes))


class CommentCreate(CreateView):
    """Saying something in the conversation between an entry's leads and the programme team."""

    form_class = CommentForm
    template_name = "stocktake/comment/create.html"
    http_method_names = ["get", "head", "post"]

    def dispatch(self, request, *args, **kwargs):
        visible = Activity.objects.visible_to(request.user)
        self.activity = get_object_or_404(visible, pk=kwargs["pk"])
        if not takes_part(request.user, self.activity):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        comments = self.activity.comments.select_related("made_by")
        return super().get_context_data(activity=self.activity, comments=comments, **kwargs)

    def form_valid(self, form):
        operations.add_comment(activity=self.activity, by=self.request.user, **form.cleaned_data)
        messages.success(self.request, "Your comment was added.")
        return HttpResponseRedirect(self.get_success_url())

    def get_success_url(self):
        """Back to the page on which one read: reviewers to the review."""
        if self.request.user.is_administrator and self.activity.is_submitted:
            return reverse("stocktake:review-detail", args=[self.activity.pk])
        return self.activity.get_absolute_url()
