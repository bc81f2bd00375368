"""A place's task under a theme: its entries, what goes on, and where there is nothing to report."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views import View
from django.views.generic import FormView, TemplateView

from recommendations.models import Place, Theme

from .. import operations
from ..forms import ContinuationForm, NilReturnForm
from ..models import Activity, NilReturn, Round
from ..progress import tasks


class TaskMixin:
    """A place and a theme in the current round, for those who record for the place.

    Changing needs an open round, but for administrators.
    """

    def dispatch(self, request, *args, place, theme, **kwargs):
        self.place = get_object_or_404(Place.objects.taking_part(), slug=place)
        self.theme = get_object_or_404(Theme, code=theme)
        self.round = Round.objects.current()
        if not self.round:
            raise Http404
        if self.place not in request.user.own_places:
            raise PermissionDenied
        self.can_change = self.round.is_open or request.user.is_administrator
        if not self.can_change and not isinstance(self, TaskDetail):
            messages.warning(request, f"{self.round} has closed: its entries can only be read.")
            return HttpResponseRedirect(self.task_url)
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            place=self.place,
            theme=self.theme,
            round=self.round,
            can_change=self.can_change,
            **kwargs,
        )

    @property
    def task_url(self):
        """The page of the task."""
        return reverse("stocktake:task-detail", args=[self.place.slug, self.theme.code])

    @property
    def to_continue(self):
        """What is left to answer from the last round."""
        rows = Activity.objects.to_continue(self.round, self.place).filter(theme=self.theme)
        return rows.with_content()


class TaskDetail(TaskMixin, TemplateView):
    """What a place has recorded under a theme, and what there is left to do."""

    template_name = "stocktake/task/detail.html"

    def get_context_data(self, **kwargs):
        entries = Activity.objects.filter(round=self.round, theme=self.theme)
        (task,) = tasks(self.round, self.place, self.theme)
        return super().get_context_data(
            task=task,
            activities=entries.in_places([self.place]).with_link_counts(),
            **kwargs,
        )


class ContinuationCreate(TaskMixin, TemplateView):
    """Answering for the activities of the last round, one at a time or all of a theme."""

    template_name = "stocktake/continuation/create.html"
    http_method_names = ["get", "head", "post"]

    def get_context_data(self, **kwargs):
        if "forms" not in kwargs:
            kwargs["forms"] = [ContinuationForm(activity=row) for row in self.to_continue]
        return super().get_context_data(last_round=self.round.previous, **kwargs)

    def post(self, request):
        overtaken = self.overtaken()
        forms = [ContinuationForm(self.data_of(row), activity=row) for row in self.to_continue]
        answered = [form for form in forms if self.is_asked(form)]
        wrong = [form for form in answered if not form.is_valid()]
        if not wrong:
            answered = [form for form in answered if form.cleaned_data["answer"]]
        if not wrong and not answered and not overtaken:
            for form in forms[:1]:
                form.add_error("answer", "Choose what became of at least one activity")
            wrong = forms[:1]
        if wrong or overtaken:
            return self.render_to_response(self.get_context_data(forms=forms, overtaken=overtaken))
        return self.save(answered, forms)

    def overtaken(self):
        """Pairs of an entry with which a colleague answered meanwhile, and what was typed here."""
        answered = Activity.objects.filter(
            round=self.round, theme=self.theme, continues__isnull=False
        ).in_places([self.place])
        typed = {
            row: self.request.POST.get(f"activity-{row.continues_id}-description")
            for row in answered
            if self.request.POST.get(f"activity-{row.continues_id}-answer")
        }
        return list(typed.items())

    def data_of(self, activity):
        """What was sent; with the button for all, the others go on as well."""
        data = self.request.POST.copy()
        name = f"activity-{activity.pk}-answer"
        if "all" in data and not data.get(name):
            data[name] = "continue"
        return data

    def is_asked(self, form):
        """Whether a form is to be saved: each of them, or only the one whose button was pressed."""
        only = self.request.POST.get("only")
        return only is None or only == str(form.activity.pk)

    def save(self, answered, forms):
        """Save those answered, all of them or none; what was typed for the others stays."""
        try:
            operations.continue_activities(
                round=self.round,
                answers=[
                    {
                        "previous": form.activity,
                        "delivery_status": form.delivery_status,
                        "description": form.cleaned_data["description"],
                        "recommendations": form.confirmed("recommendations"),
                        "indicators": form.confirmed("indicators"),
                    }
                    for form in answered
                ],
                by=self.request.user,
            )
        except ValidationError:
            # A colleague answered between our look and our writing: look again.
            return self.post(self.request)
        count = len(answered)
        what = f"“{answered[0].activity}” was" if count == 1 else f"{count} activities were"
        messages.success(self.request, f"{what} carried over and submitted.")
        left = [form for form in forms if form not in answered]
        if any(form.has_changed() for form in left):
            return self.render_to_response(self.get_context_data(forms=left))
        return HttpResponseRedirect(self.request.path if self.to_continue else self.task_url)


class NilReturnUpdate(TaskMixin, FormView):
    """Saying that there is nothing to report under a theme, and why."""

    form_class = NilReturnForm
    template_name = "stocktake/nil_return/update.html"
    http_method_names = ["get", "head", "post"]

    def get_initial(self):
        answer = NilReturn.objects.filter(
            round=self.round, place=self.place, theme=self.theme
        ).first()
        return {"reason": answer.reason} if answer else {}

    def form_valid(self, form):
        try:
            operations.report_nothing(
                round=self.round,
                place=self.place,
                theme=self.theme,
                reason=form.cleaned_data["reason"],
                by=self.request.user,
            )
        except ValidationError as error:
            form.add_error(None, error)
            return self.form_invalid(form)
        messages.success(self.request, f"Nothing to report under {self.theme.code}: saved.")
        return HttpResponseRedirect(self.task_url)


class NilReturnDelete(TaskMixin, View):
    """Taking back that there is nothing to report."""

    http_method_names = ["post"]

    def post(self, request):
        NilReturn.objects.filter(round=self.round, place=self.place, theme=self.theme).delete()
        messages.success(request, f"{self.theme.code} is open again.")
        return HttpResponseRedirect(self.task_url)
