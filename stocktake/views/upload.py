"""Filling in entries offline: download a workbook, upload it, look at each row, save or discard."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.text import slugify
from django.views import View
from django.views.generic import DetailView, FormView
from django.views.generic.detail import SingleObjectMixin

from atf.access import WRITERS, RoleRequiredMixin
from recommendations.models import Place

from .. import operations
from ..forms import UploadForm
from ..models import Activity, Round, Upload
from ..offline.framework import Framework
from ..offline.line import State, count_states, from_rows
from ..offline.writer import entries_workbook, rejected_workbook
from ..workbook.errors import WorkbookError
from ..workbook.writer import XLSX

LINES_ON_A_PAGE = 25


def workbook_response(data, name):
    """A workbook to keep, under a name made of `name`."""
    response = HttpResponse(data, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{slugify(name)}.xlsx"'
    return response


class UploadDownload(RoleRequiredMixin, View):
    """The entries of one of a lead's own places in a round, to fill in offline."""

    roles = WRITERS
    http_method_names = ["get", "head"]

    def get(self, request):
        # Whatever the address says: no database takes every character.
        slugs = {name: slugify(request.GET.get(name, "")) for name in ("round", "place")}
        round = get_object_or_404(Round, slug=slugs["round"])
        place = get_object_or_404(Place.objects.taking_part(), slug=slugs["place"])
        if not request.user.own_places.filter(pk=place.pk).exists():
            raise PermissionDenied
        activities = Activity.objects.filter(round=round).in_places([place]).with_content()
        data = entries_workbook(list(activities), Framework())
        return workbook_response(data, f"{place} {round}")


class UploadCreate(RoleRequiredMixin, FormView):
    """Where the workbook is downloaded, and uploaded when it is filled in."""

    roles = WRITERS
    form_class = UploadForm
    template_name = "stocktake/upload/create.html"
    http_method_names = ["get", "head", "post"]

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"user": self.request.user}

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            rounds=Round.objects.open(),
            places=self.request.user.own_places,
            uploads=self.request.user.uploads.select_related("round").defer("rows")[:20],
            **kwargs,
        )

    def form_valid(self, form):
        workbook = form.cleaned_data["workbook"]
        try:
            upload = operations.upload_entries(
                data=workbook.read(),
                file_name=workbook.name,
                round=form.cleaned_data["round"],
                by=self.request.user,
            )
        except WorkbookError as error:
            form.add_error("workbook", str(error))
            return self.form_invalid(form)
        return HttpResponseRedirect(upload.get_absolute_url())


class OwnUploadMixin(RoleRequiredMixin, SingleObjectMixin):
    """An upload, for the one who made it; for others there is none."""

    roles = WRITERS
    context_object_name = "upload"

    def get_queryset(self):
        return Upload.objects.filter(uploaded_by=self.request.user).select_related("round")


class UploadDetail(OwnUploadMixin, DetailView):
    """What becomes of each row of a workbook; or, once it was saved, what has become of it."""

    template_name = "stocktake/upload/detail.html"

    def get_context_data(self, **kwargs):
        reading, lines = from_rows(self.object.rows)
        state = self.request.GET.get("state", "")
        chosen = [line for line in lines if state in ("", line.state)]
        page = Paginator(chosen, LINES_ON_A_PAGE).get_page(self.request.GET.get("page"))
        numbers = count_states(lines)
        tabs = [("", f"All: {len(lines)}")]
        tabs += [(each.value, f"{each.label}: {number}") for each, number in numbers.items()]
        return super().get_context_data(
            numbers=numbers,
            tabs=tabs,
            to_save=sum(line.is_written for line in lines),
            ignored=reading.ignored,
            state=state,
            page_obj=page,
            **kwargs,
        )


class UploadRejected(OwnUploadMixin, View):
    """The rejected rows of an upload as a workbook, to mend and upload again."""

    http_method_names = ["get", "head"]

    def get(self, request, pk):
        upload = self.get_object()
        reading, lines = from_rows(upload.rows)
        rejected = [(line.row, line.errors) for line in lines if line.state == State.REJECTED]
        if not rejected:
            raise Http404
        data = rejected_workbook(reading, rejected, Framework())
        return workbook_response(data, f"To mend in {upload.round}")


class UploadCommit(OwnUploadMixin, View):
    """Saving the new and the changed rows of an upload."""

    http_method_names = ["post"]

    def post(self, request, pk):
        upload = self.get_object()
        try:
            written = operations.commit_upload(upload=upload, by=request.user)
        except Upload.DoesNotExist:
            # Discarded this moment, in another window.
            raise Http404 from None
        except ValidationError as error:
            messages.warning(request, error.message)
        else:
            messages.success(request, f"Saved: {in_words(written)}.")
        return HttpResponseRedirect(upload.get_absolute_url())


def in_words(lines):
    """How many new and how many changed activities there are among lines that were saved."""
    new = sum(line.state == State.NEW for line in lines)
    parts = [(new, "new"), (len(lines) - new, "changed")]
    return " and ".join(
        f"{number} {kind} {'activity' if number == 1 else 'activities'}"
        for number, kind in parts
        if number
    )


class UploadDiscard(OwnUploadMixin, View):
    """Throwing away a preview; what was saved stays."""

    http_method_names = ["post"]

    def post(self, request, pk):
        upload = self.get_object()
        # It may be saved this moment, in another window.
        discarded, _ = Upload.objects.filter(pk=upload.pk, committed_at=None).delete()
        if not discarded:
            messages.warning(request, "This workbook was saved: its preview stays as a record.")
            return HttpResponseRedirect(upload.get_absolute_url())
        messages.success(request, f"The preview of “{upload.file_name}” was discarded.")
        return HttpResponseRedirect(reverse("stocktake:upload-create"))
