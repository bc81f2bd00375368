"""Activities: the list, an entry's page, and deleting a draft."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views import View
from django.views.generic import DeleteView, DetailView
from django_filters.views import FilterView

from atf.access import RoleRequiredMixin

from .. import operations
from ..filters import ActivityFilter
from ..models import Activity


def get_editable(user, pk):
    """The activity to change: 404 if the user can't see it, 403 if it isn't theirs."""
    activity = get_object_or_404(Activity.objects.visible_to(user), pk=pk)
    if not Activity.objects.editable_by(user).filter(pk=pk).exists():
        raise PermissionDenied
    return activity


class ActivityList(FilterView):
    """The activities that a user may see, narrowed and sorted by what the address says."""

    filterset_class = ActivityFilter
    template_name = "stocktake/activity/list.html"
    paginate_by = 25
    # A filter that can't be read shows its error and nothing else.
    strict = True

    def get_queryset(self):
        activities = Activity.objects.visible_to(self.request.user).with_link_counts()
        return activities.select_related("theme", "round").prefetch_related("places")

    def paginate_queryset(self, queryset, page_size):
        """The page that the address names, or the nearest there is."""
        page = Paginator(queryset, page_size).get_page(self.request.GET.get("page"))
        return page.paginator, page, page.object_list, page.has_other_pages()

    def get_context_data(self, **kwargs):
        return super().get_context_data(form=kwargs["filter"].form, **kwargs)


class ActivityDetail(DetailView):
    """An entry with all that is tied to it."""

    template_name = "stocktake/activity/detail.html"

    def get_queryset(self):
        activities = Activity.objects.visible_to(self.request.user)
        return activities.select_related(
            "theme", "round", "created_by", "submitted_by", "reviewed_by", "staged_activity__batch"
        ).prefetch_related(
            "places",
            "local_measures",
            "indicator_links__indicator",
            "recommendation_links__recommendation",
            "recommendation_links__confirmed_by",
            "recommendation_links__indicator",
            "recommendation_links__local_measure",
        )

    def get_context_data(self, **kwargs):
        editable = Activity.objects.editable_by(self.request.user).filter(pk=self.object.pk)
        links = self.object.recommendation_links.all()
        return super().get_context_data(
            can_edit=editable.exists(),
            confirmed_links=[link for link in links if link.is_confirmed],
            suggested_links=[link for link in links if not link.is_confirmed],
            indicator_links=[
                link for link in self.object.indicator_links.all() if link.is_confirmed
            ],
            **kwargs,
        )


class ActivityDelete(DeleteView):
    """Deleting a draft, on a page of its own; anything handed in stays."""

    template_name = "stocktake/activity/delete.html"
    http_method_names = ["get", "head", "post"]

    def get_object(self):
        activity = get_editable(self.request.user, self.kwargs["pk"])
        if not activity.is_draft:
            raise PermissionDenied
        return activity

    def get_success_url(self):
        messages.success(self.request, f"The draft “{self.object.title}” was deleted.")
        return reverse("stocktake:activity-list")


class ActivityAccept(RoleRequiredMixin, View):
    """Letting a submitted entry count."""

    http_method_names = ["post"]

    def post(self, request, pk):
        activity = get_object_or_404(Activity, pk=pk)
        if operations.accept_activities(activities=Activity.objects.filter(pk=pk), by=request.user):
            messages.success(request, f"“{activity.title}” was accepted and counts from now on.")
        else:
            messages.warning(request, "Only a submitted entry can be accepted.")
        return HttpResponseRedirect(activity.get_absolute_url())
