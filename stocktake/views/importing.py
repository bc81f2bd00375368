"""Importing a workbook: upload, look at what it proposes, commit or discard."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views import View
from django.views.generic import DetailView, FormView, ListView

from atf.access import RoleRequiredMixin
from atf.paging import NearestPageMixin

from .. import operations
from ..forms import ImportForm
from ..models import ImportBatch
from ..workbook.errors import WorkbookError


class ImportList(RoleRequiredMixin, NearestPageMixin, ListView):
    """The imports so far, the newest first."""

    queryset = ImportBatch.objects.select_related("round", "created_by").with_activity_counts()
    template_name = "stocktake/import/list.html"


class ImportCreate(RoleRequiredMixin, FormView):
    """Uploading a workbook; nothing of it counts yet."""

    form_class = ImportForm
    template_name = "stocktake/import/create.html"

    def form_valid(self, form):
        workbook = form.cleaned_data["workbook"]
        try:
            batch = operations.stage_workbook(
                data=workbook.read(),
                file_name=workbook.name,
                round=form.cleaned_data["round"],
                by=self.request.user,
            )
        except WorkbookError as error:
            form.add_error("workbook", str(error))
            return self.form_invalid(form)
        return HttpResponseRedirect(batch.get_absolute_url())


class ImportDetail(RoleRequiredMixin, DetailView):
    """What a workbook proposes, with every cell and line it came from."""

    template_name = "stocktake/import/detail.html"
    context_object_name = "batch"

    def get_queryset(self):
        return ImportBatch.objects.select_related("round", "created_by", "committed_by")

    def get_context_data(self, **kwargs):
        staged = self.object.staged_activities.select_related("theme")
        return super().get_context_data(
            staged=staged.prefetch_related("places"),
            is_overtaken=not self.object.is_committed and self.object.is_overtaken,
            **kwargs,
        )


class ImportCommit(RoleRequiredMixin, View):
    """Making activities of what a workbook proposes."""

    http_method_names = ["post"]

    def post(self, request, pk):
        batch = get_object_or_404(ImportBatch, pk=pk)
        try:
            count = operations.commit_import(batch=batch, by=request.user)
        except ValidationError as error:
            messages.warning(request, error.message)
        else:
            noun = "activity was" if count == 1 else "activities were"
            messages.success(request, f"{count} {noun} added to {batch.round}.")
        return HttpResponseRedirect(batch.get_absolute_url())


class ImportDiscard(RoleRequiredMixin, View):
    """Throwing away a preview; what was committed stays."""

    http_method_names = ["post"]

    def post(self, request, pk):
        batch = get_object_or_404(ImportBatch, pk=pk)
        if batch.is_committed:
            messages.warning(request, "This import was committed: it can’t be discarded.")
            return HttpResponseRedirect(batch.get_absolute_url())
        batch.delete()
        messages.success(request, f"The preview of “{batch.file_name}” was discarded.")
        return HttpResponseRedirect(reverse("stocktake:import-list"))
