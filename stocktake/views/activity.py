"""Activities: the list, an entry's page with its history, and deleting a draft."""

import re

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.generic import DeleteView, DetailView, ListView

from atf.paging import NearestPageMixin

from .. import history, operations
from ..filters import ActivityFilter
from ..forms import CommentForm
from ..models import Activity, Comment
from .lists import FilteredList


def get_editable(user, pk):
    """The activity to change: 404 if the user can't see it, 403 if it isn't theirs."""
    activity = get_object_or_404(Activity.objects.visible_to(user), pk=pk)
    if not Activity.objects.editable_by(user).filter(pk=pk).exists():
        raise PermissionDenied
    return activity


def version_read(request):
    """The version of an entry that a page has shown; 0, which none has, if it can't be told."""
    number = request.POST.get("version", "")
    return int(number) if re.fullmatch(r"[0-9]{1,9}", number) else 0


def takes_part(user, activity):
    """Whether the conversation about an entry is a user's: its leads' and the programme team's."""
    return Activity.objects.in_places(user.own_places).filter(pk=activity.pk).exists()


class ActivityList(FilteredList):
    """The activities that a user may see."""

    filterset_class = ActivityFilter
    template_name = "stocktake/activity/list.html"

    def get_queryset(self):
        activities = Activity.objects.visible_to(self.request.user).with_link_counts()
        return activities.select_related("theme", "round").prefetch_related("places")


class ActivityDetail(DetailView):
    """An entry with all that is tied to it, what was said about it, and what it said before."""

    template_name = "stocktake/activity/detail.html"
    newest = 10

    def get_queryset(self):
        activities = Activity.objects.visible_to(self.request.user).with_content()
        return activities.select_related(
            "created_by", "submitted_by", "reviewed_by", "staged_activity__batch"
        ).prefetch_related("recommendation_links__confirmed_by")

    def get_context_data(self, **kwargs):
        activity, user = self.object, self.request.user
        versions = history.timeline(activity.versions.reverse()[: self.newest + 1])
        was_reviewed = activity.is_submitted or activity.is_returned
        return super().get_context_data(
            can_edit=Activity.objects.editable_by(user).filter(pk=activity.pk).exists(),
            versions=versions[: self.newest],
            has_older_versions=len(versions) > self.newest,
            changes=history.changes_since_accepted(activity) if was_reviewed else [],
            **self.get_relatives(),
            **self.get_conversation(),
            **kwargs,
        )

    def get_relatives(self):
        """The entries that it comes from or goes on in, and which of them the user may see."""
        activity = self.object
        goes_on_in = Q(continues=activity)
        comes_from = Q(pk__in=[activity.continues_id, activity.adapted_from_id])
        relatives = Activity.objects.filter(comes_from | goes_on_in).select_related("round")
        visible = Activity.objects.visible_to(self.request.user).filter(comes_from | goes_on_in)
        return {
            "relatives": relatives.prefetch_related("places"),
            "visible": set(visible.values_list("pk", flat=True)),
        }

    def get_conversation(self):
        """What was said, and the form to say more, for those whose conversation it is."""
        if not takes_part(self.request.user, self.object):
            return {}
        return {
            "comments": self.object.comments.select_related("made_by"),
            "open_comments": Comment.objects.open_on(self.object),
            "comment_form": CommentForm(),
        }


class ActivityHistory(NearestPageMixin, ListView):
    """All that an entry said before, with who changed what and when, the newest first."""

    template_name = "stocktake/activity/history.html"
    paginate_by = 20

    def get_queryset(self):
        visible = Activity.objects.visible_to(self.request.user)
        self.activity = get_object_or_404(visible, pk=self.kwargs["pk"])
        return self.activity.versions.reverse()

    def get_context_data(self, **kwargs):
        context = super().get_context_data(activity=self.activity, **kwargs)
        return context | {"versions": history.timeline(context["object_list"])}


class ActivityDelete(DeleteView):
    """Deleting a draft, on a page of its own; anything handed in stays."""

    template_name = "stocktake/activity/delete.html"
    http_method_names = ["get", "head", "post"]

    def get_object(self):
        activity = get_editable(self.request.user, self.kwargs["pk"])
        if not activity.is_draft:
            raise PermissionDenied
        return activity

    def form_valid(self, form):
        draft = self.object
        draft.version = version_read(self.request)
        try:
            operations.delete_activity(activity=draft, by=self.request.user)
        except operations.Conflict:
            messages.warning(self.request, "Someone changed it meanwhile. Look at it first.")
            return HttpResponseRedirect(draft.get_absolute_url())
        messages.success(self.request, f"The draft “{draft.title}” was deleted.")
        return HttpResponseRedirect(reverse("stocktake:activity-list"))
