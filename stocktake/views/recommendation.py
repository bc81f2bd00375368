"""A recommendation with what every place does about it, and a place's answer on it."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.generic import DetailView, UpdateView

from recommendations.models import Place, Recommendation

from .. import operations
from ..coherence import Scope, Thread, coherence
from ..coherence.result import ActivityRow
from ..forms import DecisionForm
from ..models import Decision, Round


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
        context = super().get_context_data(own_places=set(self.request.user.own_places), **kwargs)
        if round := Round.objects.current():
            found = coherence(round, Scope(themes=(self.object.theme.code,)))
            context |= {
                "round": round,
                "answers": self._answers(found),
                "others": self._others(found),
            }
        return context

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


class DecisionUpdate(UpdateView):
    """A place's answer on a recommendation, given for the first time or changed."""

    form_class = DecisionForm
    template_name = "stocktake/decision/update.html"

    def get_object(self):
        recommendation = get_object_or_404(Recommendation, code=self.kwargs["code"])
        answering = Place.objects.filter(responsible_bodies__recommendations=recommendation)
        place = get_object_or_404(answering.distinct(), slug=self.kwargs["place"])
        if not self.request.user.own_places.filter(pk=place.pk).exists():
            raise PermissionDenied
        decision = Decision.objects.filter(recommendation=recommendation, place=place).first()
        return decision or Decision(recommendation=recommendation, place=place)

    def form_valid(self, form):
        decision = operations.decide(
            place=self.object.place,
            recommendation=self.object.recommendation,
            by=self.request.user,
            **form.cleaned_data,
        )
        messages.success(self.request, f"The answer of {decision.place} was saved.")
        code = decision.recommendation.code
        return HttpResponseRedirect(reverse("stocktake:recommendation-detail", args=[code]))
