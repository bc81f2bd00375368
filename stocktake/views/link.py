"""An entry's links to recommendations: confirming, explaining, taking away."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.views import View
from django.views.generic import UpdateView

from .. import operations
from ..forms import RecommendationLinkForm
from ..models import IndicatorLink, RecommendationLink
from .activity import get_editable, version_read


class RecommendationLinkMixin:
    """A link of an activity that the user may change."""

    def get_object(self):
        activity = get_editable(self.request.user, self.kwargs["pk"])
        links = RecommendationLink.objects.select_related("activity", "recommendation")
        return get_object_or_404(links, activity=activity, recommendation__code=self.kwargs["code"])


class LinkAnswer(View):
    """The answer to a question about a link; an entry that changed meanwhile is shown first."""

    http_method_names = ["post"]

    def post(self, request, **kwargs):
        link = self.get_object()
        try:
            said = self.answer(link, version=version_read(request), by=request.user)
        except operations.Conflict:
            messages.warning(request, "Someone changed this entry meanwhile. Look at it once more.")
        else:
            messages.success(request, f"The link to {self.name(link)} was {said}.")
        return HttpResponseRedirect(link.activity.get_absolute_url())

    def remove(self, link, **read):
        """Take the link away."""
        operations.remove_link(link=link, **read)
        return "removed"


class RecommendationLinkUpdate(RecommendationLinkMixin, UpdateView):
    """Confirming a link, with the reason for it and the measure that should show it."""

    http_method_names = ["get", "head", "post"]
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


class RecommendationLinkDelete(RecommendationLinkMixin, LinkAnswer):
    """Taking away a link, or a suggestion that does not fit."""

    answer = LinkAnswer.remove

    def name(self, link):
        return link.recommendation.code


class IndicatorLinkMixin:
    """An activity's link to an indicator, which the user may change."""

    def get_object(self):
        activity = get_editable(self.request.user, self.kwargs["pk"])
        links = IndicatorLink.objects.select_related("activity", "indicator")
        return get_object_or_404(links, activity=activity, indicator__number=self.kwargs["number"])

    def name(self, link):
        return f"indicator {link.indicator.number}"


class IndicatorLinkConfirm(IndicatorLinkMixin, LinkAnswer):
    """Confirming that a link that was carried over still holds."""

    def answer(self, link, **read):
        operations.confirm_link(link=link, **read)
        return "confirmed"


class IndicatorLinkDelete(IndicatorLinkMixin, LinkAnswer):
    """Taking away a link that no longer holds."""

    answer = LinkAnswer.remove
