"""The form of an entry, for a new one and to change one."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.views.generic import CreateView, UpdateView

from atf.access import RoleRequiredMixin
from atf.models import User

from .. import operations
from ..forms import ActivityForm, LocalMeasureFormSet
from ..models import Activity, Round
from .activity import get_editable

SAVED = {
    Activity.ReviewStatus.DRAFT: "saved as a draft",
    Activity.ReviewStatus.SUBMITTED: "submitted",
}
WRITERS = (User.Role.LEAD, User.Role.ADMINISTRATOR)


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
