"""Activities: the list, an entry's page, and changing it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views import View
from django.views.generic import CreateView, DeleteView, DetailView, UpdateView
from django_filters.views import FilterView

from atf.access import RoleRequiredMixin
from atf.models import User

from .. import operations
from ..filters import ActivityFilter
from ..forms import ActivityForm, LocalMeasureFormSet, RecommendationLinkForm
from ..models import Activity, RecommendationLink, Round

SAVED = {
    Activity.ReviewStatus.DRAFT: "saved as a draft",
    Activity.ReviewStatus.SUBMITTED: "submitted",
}
WRITERS = (User.Role.LEAD, User.Role.ADMINISTRATOR)


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


class ActivityFormMixin:
    """The form of an entry together with its local measures; saving is one operation."""

    form_class = ActivityForm

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"user": self.request.user}

    def get_context_data(self, **kwargs):
        if "formset" not in kwargs:
            kwargs["formset"] = self.get_formset()
        return super().get_context_data(**kwargs)

    def get_formset(self):
        return LocalMeasureFormSet(self.request.POST or None, instance=self.object)

    def post(self, request, *args, **kwargs):
        self.object = self.get_object()
        form, formset = self.get_form(), self.get_formset()
        if not (form.is_valid() & formset.is_valid()):
            return self.render_to_response(self.get_context_data(form=form, formset=formset))
        submit = "draft" not in request.POST
        activity = operations.save_activity(
            activity=form.instance,
            places=form.cleaned_data["places"],
            recommendations=form.cleaned_data["recommendations"],
            indicators=form.cleaned_data["indicators"],
            local_measures=formset,
            submit=submit,
            by=request.user,
        )
        saved = SAVED.get(activity.review_status, "saved")
        messages.success(request, f"“{activity.title}” was {saved}.")
        return HttpResponseRedirect(activity.get_absolute_url())


class ActivityCreate(RoleRequiredMixin, ActivityFormMixin, CreateView):
    """Adding an entry to a round."""

    roles = WRITERS
    template_name = "stocktake/activity/create.html"

    def get_object(self):
        return None

    def get_context_data(self, **kwargs):
        has_round = self.request.user.is_administrator or Round.objects.open().exists()
        return super().get_context_data(has_round=has_round, **kwargs)


class ActivityUpdate(ActivityFormMixin, UpdateView):
    """Changing an entry."""

    template_name = "stocktake/activity/update.html"

    def get_object(self):
        return get_editable(self.request.user, self.kwargs["pk"])


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


class RecommendationLinkMixin:
    """A link of an activity that the user may change."""

    def get_object(self):
        activity = get_editable(self.request.user, self.kwargs["pk"])
        links = RecommendationLink.objects.select_related("activity", "recommendation")
        return get_object_or_404(links, activity=activity, recommendation__code=self.kwargs["code"])


class RecommendationLinkUpdate(RecommendationLinkMixin, UpdateView):
    """Confirming a link, with the reason for it and the measure that should show it."""

    form_class = RecommendationLinkForm
    template_name = "stocktake/recommendation_link/update.html"

    def form_valid(self, form):
        link = operations.confirm_link(link=form.instance, by=self.request.user)
        messages.success(self.request, f"The link to {link.recommendation.code} was saved.")
        return HttpResponseRedirect(link.activity.get_absolute_url())


class RecommendationLinkDelete(RecommendationLinkMixin, View):
    """Taking away a link, or a suggestion that does not fit."""

    http_method_names = ["post"]

    def post(self, request, **kwargs):
        link = self.get_object()
        operations.remove_link(link=link, by=request.user)
        messages.success(request, f"The link to {link.recommendation.code} was removed.")
        return HttpResponseRedirect(link.activity.get_absolute_url())
