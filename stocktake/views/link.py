"""An entry's links to recommendations: confirming, explaining, taking away."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.views import View
from django.views.generic import UpdateView

from .. import operations
from ..forms import RecommendationLinkForm
from ..models import RecommendationLink
from .activity import get_editable, version_read


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
        try:
            link = operations.confirm_link(
                link=form.instance, version=version_read(self.request), by=self.request.user
            )
        except operations.Conflict as conflict:
            return self.answer_conflict(form, conflict.current)
        messages.success(self.request, f"The link to {link.recommendation.code} was saved.")
        return HttpResponseRedirect(link.activity.get_absolute_url())

    def answer_conflict(self, form, current):
        """The form as typed, beside the link as it stands."""
        stored = current.recommendation_links.filter(pk=form.instance.pk)
        form.instance.activity = current
        form.add_error(
            None,
            "Someone changed this entry meanwhile. See what the link says now, then save again.",
        )
        return self.render_to_response(self.get_context_data(form=form, stored=stored.first()))


class RecommendationLinkDelete(RecommendationLinkMixin, View):
    """Taking away a link, or a suggestion that does not fit."""

    http_method_names = ["post"]

    def post(self, request, **kwargs):
        link = self.get_object()
        operations.remove_link(link=link, by=request.user)
        messages.success(request, f"The link to {link.recommendation.code} was removed.")
        return HttpResponseRedirect(link.activity.get_absolute_url())
