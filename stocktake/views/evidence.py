"""What shows that an activity happens: adding it, handing it out, taking it away."""

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.views import View
from django.views.generic import FormView

from .. import operations
from ..forms import EvidenceForm
from ..models import Activity, Evidence
from .activity import get_editable


class EvidenceCreate(FormView):
    """Adding a file or a link to an entry."""

    form_class = EvidenceForm
    template_name = "stocktake/evidence/create.html"
    http_method_names = ["get", "head", "post"]

    def dispatch(self, request, *args, **kwargs):
        self.activity = get_editable(request.user, kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        return super().get_context_data(activity=self.activity, **kwargs)

    def form_valid(self, form):
        evidence = operations.add_evidence(
            activity=self.activity, by=self.request.user, **form.cleaned_data
        )
        messages.success(self.request, f"“{evidence}” was added.")
        return HttpResponseRedirect(self.activity.get_next_url())


class EvidenceDownload(View):
    """A file, for those who may see its entry; never shown inside the page."""

    http_method_names = ["get", "head"]

    def get(self, request, pk, evidence):
        activity = get_object_or_404(Activity.objects.visible_to(request.user), pk=pk)
        row = get_object_or_404(activity.evidence.exclude(file=""), pk=evidence)
        try:
            file = row.file.open("rb")
        except FileNotFoundError as error:
            raise Http404 from error
        return FileResponse(file, as_attachment=True, filename=row.file_name)


class EvidenceDelete(View):
    """Taking a link or a file away."""

    http_method_names = ["post"]

    def post(self, request, pk, evidence):
        activity = get_editable(request.user, pk)
        row = get_object_or_404(Evidence, activity=activity, pk=evidence)
        operations.remove_evidence(evidence=row, by=request.user)
        messages.success(request, f"“{row}” was removed.")
        return HttpResponseRedirect(activity.get_next_url())
