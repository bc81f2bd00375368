"""A recommendation with what every place does about it, and taking over what others do well."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views import View
from django.views.generic import DetailView

from recommendations.models import Place, Recommendation

from .. import operations
from ..coherence import Scope, Thread, coherence
from ..coherence.result import ActivityRow
from ..forms import AdaptForm
from ..models import Activity, Decision, Round

MOST_IDEAS = 10


@dataclass(frozen=True)
class PlaceAnswer:
    """What one answering place does about a recommendation in a round."""

    place: Place
    thread: Thread
    activities: tuple[ActivityRow, ...]
    decision: Decision | None


class RecommendationDetail(DetailView):
    """A recommendation, and for each place that answers for it the state of its thread."""

    template_name = "stocktake/recommendation/detail.html"
    slug_field = slug_url_kwarg = "code"

    def get_queryset(self):
        return Recommendation.objects.select_related("theme").prefetch_related(
            "responsible_bodies", "theme__indicators"
        )

    def get_context_data(self, **kwargs):
        own_places = set(self.request.user.own_places)
        context = super().get_context_data(own_places=own_places, **kwargs)
        if round := Round.objects.current():
            found = coherence(round, Scope(themes=(self.object.theme.code,)))
            answers = self._answers(found)
            gaps = [row.place for row in answers if row.place in own_places and not row.activities]
            context |= {
                "round": round,
                "answers": answers,
                "others": self._others(found),
                "gaps": gaps,
                "ideas": self._ideas(gaps),
            }
        return context

    def _ideas(self, gaps):
        """The newest of what other places do about it and call good practice."""
        ideas = Activity.objects.ideas_for(self.object, gaps)
        return ideas.select_related("round").prefetch_related("places")[:MOST_IDEAS]

    def _answers(self, found):
        """A PlaceAnswer for each place that answers for the recommendation."""
        places = {place.slug: place for place in Place.objects.taking_part()}
        decisions = {
            decision.place_id: decision
            for decision in Decision.objects.filter(recommendation=self.object)
        }
        return [
            PlaceAnswer(
                place=places[thread.place],
                thread=thread,
                activities=found.activities_of(thread.activities),
                decision=decisions.get(places[thread.place].pk),
            )
            for thread in found.threads
            if thread.recommendation == self.object.code
        ]

    def _others(self, found):
        """The linked activities of places that do not answer for the recommendation."""
        row = found.recommendation(self.object.code)
        answering = {
            activity
            for thread in found.threads
            if thread.recommendation == self.object.code
            for activity in thread.activities
        }
        return found.activities_of(set(row.activities) - answering) if row else ()


class ActivityAdapt(View):
    """Starting a place's own entry from what another place does well."""

    http_method_names = ["post"]

    def post(self, request, pk):
        sources = Activity.objects.visible_to(request.user).accepted()
        source = get_object_or_404(sources, pk=pk, is_good_practice=True)
        form = AdaptForm(request.POST)
        if not form.is_valid():
            raise Http404
        place, recommendation = form.cleaned_data["place"], form.cleaned_data["recommendation"]
        if not request.user.own_places.contains(place):
            raise PermissionDenied
        round = Round.objects.current()
        if not (round and round.is_open):
            messages.warning(
                request, "No round is open, so nothing was added. Adapt it once one opens."
            )
            page = reverse("stocktake:recommendation-detail", args=[recommendation.code])
            return HttpResponseRedirect(f"{page}#ideas")
        activity, is_new = operations.adapt_activity(
            source=source, place=place, recommendation=recommendation, round=round, by=request.user
        )
        if is_new:
            messages.success(
                request,
                f"A draft for {place} was made from “{source}”. Change it to what {place} does.",
            )
        else:
            messages.info(
                request,
                f"{place} has adapted “{source}” already: this is its entry. See that "
                f"{recommendation.code} is among its recommendations.",
            )
        return HttpResponseRedirect(reverse("stocktake:activity-update", args=[activity.pk]))
