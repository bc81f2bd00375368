"""What a place answers: on all its recommendations, and on one of them."""

from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.generic import FormView, UpdateView

from recommendations.models import Place, Recommendation

from .. import operations
from ..coherence import Scope, Thread, coherence
from ..forms import DecisionFilterForm, DecisionForm, DecisionsForm
from ..models import Decision, Round


@dataclass(frozen=True)
class Row:
    """One of a place's recommendations, as it stands in the list; `seen` is the answer's stamp."""

    recommendation: Recommendation
    decision: Decision | None
    thread: Thread | None
    seen: str
    is_ticked: bool
    is_changed: bool


class DecisionList(FormView):
    """A place's recommendations with its answers, and one answer for those that are ticked."""

    form_class = DecisionsForm
    template_name = "stocktake/decision/list.html"
    http_method_names = ["get", "head", "post"]
    # What others answered since the page was read, by code.
    changed = {}

    @cached_property
    def place(self):
        return get_object_or_404(Place.objects.taking_part(), slug=self.kwargs["place"])

    @cached_property
    def recommendations(self):
        return list(Recommendation.objects.answered_by(self.place).select_related("theme"))

    @cached_property
    def can_change(self):
        return self.request.user.own_places.contains(self.place)

    def post(self, request, *args, **kwargs):
        if not self.can_change:
            raise PermissionDenied
        return super().post(request, *args, **kwargs)

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"recommendations": self.recommendations}

    def form_valid(self, form):
        rows = form.cleaned_data["recommendations"]
        try:
            operations.decide_many(
                place=self.place, seen=form.seen, by=self.request.user, **form.cleaned_data
            )
        except operations.TooManyPriorities as error:
            form.add_error("answer", str(error))
            return self.form_invalid(form)
        except operations.AnswersChanged as error:
            self.changed = error.current
            form.refuse_changed(list(error.current))
            return self.form_invalid(form)
        about = rows[0].code if len(rows) == 1 else f"{len(rows)} recommendations"
        messages.success(self.request, f"The answer of {self.place} on {about} was changed.")
        return HttpResponseRedirect(self.request.get_full_path())

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        filter_form = DecisionFilterForm(self.request.GET, recommendations=self.recommendations)
        round = Round.objects.current()
        rows = self._rows(context["form"], filter_form, round)
        return context | {
            "place": self.place,
            "can_change": self.can_change,
            "filter_form": filter_form,
            "round": round,
            "priorities": Decision.objects.of(self.place).priorities().count(),
            "count": len(rows),
            "themes": [
                (theme, list(rows))
                for theme, rows in groupby(rows, lambda row: row.recommendation.theme)
            ],
        }

    def _rows(self, form, filter_form, round):
        """A Row for each recommendation that fits the filters, or is ticked."""
        decisions = {
            decision.recommendation_id: decision
            for decision in Decision.objects.filter(place=self.place)
        }
        found = coherence(round, Scope(places=(self.place.slug,))).threads if round else ()
        threads = {thread.recommendation: thread for thread in found}
        rows = (
            self._row(form, row, decisions.get(row.pk), threads.get(row.code))
            for row in self.recommendations
        )
        return [
            row
            for row in rows
            if row.recommendation.code in form.ticked
            or filter_form.fits(row.recommendation, row.decision)
        ]

    def _row(self, form, recommendation, decision, thread):
        """What others changed is shown as it is now, to be ticked anew; the rest as it was sent."""
        code = recommendation.code
        is_changed = code in self.changed
        stamp = decision.stamp if decision else ""
        return Row(
            recommendation=recommendation,
            decision=decision,
            thread=thread,
            seen=stamp if is_changed else form.seen.get(code, stamp),
            is_ticked=code in form.ticked and not is_changed,
            is_changed=is_changed,
        )


class DecisionUpdate(UpdateView):
    """A place's answer on a recommendation, given for the first time or changed."""

    form_class = DecisionForm
    template_name = "stocktake/decision/update.html"
    http_method_names = ["get", "head", "post"]

    def get_object(self):
        place = get_object_or_404(Place, slug=self.kwargs["place"])
        answered = Recommendation.objects.answered_by(place)
        recommendation = get_object_or_404(answered, code=self.kwargs["code"])
        if not self.request.user.own_places.contains(place):
            raise PermissionDenied
        decision = Decision.objects.filter(recommendation=recommendation, place=place).first()
        return decision or Decision(recommendation=recommendation, place=place)

    def form_valid(self, form):
        place, recommendation = self.object.place, self.object.recommendation
        try:
            operations.decide(
                place=place,
                recommendation=recommendation,
                by=self.request.user,
                **form.cleaned_data,
            )
        except operations.TooManyPriorities as error:
            form.add_error("answer", str(error))
            return self.form_invalid(form)
        except operations.AnswersChanged as error:
            current = error.current[recommendation.code]
            form.refuse_changed(current)
            return self.render_to_response(
                self.get_context_data(form=form, is_changed=True, current=current)
            )
        messages.success(self.request, f"The answer of {place} was saved.")
        return HttpResponseRedirect(
            reverse("stocktake:recommendation-detail", args=[recommendation.code])
        )
