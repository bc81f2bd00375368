"""The thread on screen: the live view of a round, and the reports the Board reads.

Both show one `Coherence`; a view says where it comes from and which pages belong to it.
"""

from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.text import slugify
from django.views import View
from django.views.generic import ListView, TemplateView

from atf.paging import NearestPageMixin

from ..coherence import Coherence, coherence
from ..forms import ThreadFilterForm
from ..models import CoherenceReport, Round
from ..workbook.writer import XLSX, coherence_workbook


@dataclass(frozen=True)
class Pages:
    """The addresses of the pages about one Coherence."""

    prefix: str
    args: tuple = ()
    parameters: dict = field(default_factory=dict)

    def _address(self, page, **parameters):
        parameters = self.parameters | parameters
        address = reverse(f"stocktake:{self.prefix}{page}", args=self.args)
        return f"{address}?{urlencode(parameters)}" if parameters else address

    def whole(self):
        """The page with the headline."""
        return self._address("")

    def threads(self, **parameters):
        """The threads of a `theme`, a `place` or a `state`."""
        return self._address("-threads", **parameters)

    def recommendations(self):
        """All recommendations in scope."""
        return self._address("-recommendations")

    def indicators(self):
        """All indicators in scope."""
        return self._address("-indicators")

    def activities(self, **parameters):
        """The accepted activities of a `theme`, a `place` or a `recommendation`."""
        return self._address("-activities", **parameters)

    def download(self):
        """The spreadsheet."""
        return self._address("-download")


class LiveMixin:
    """Today's entries: of the round that the address names, or of the current one."""

    @cached_property
    def round(self):
        if slug := self.request.GET.get("round"):
            # PostgreSQL does not even look for what can't be a text.
            return get_object_or_404(Round, slug=slug.replace("\0", " "))
        return Round.objects.current()

    @cached_property
    def coherence(self):
        if not self.round:
            raise Http404("No round has opened yet.")
        return coherence(self.round)

    @property
    def title(self):
        return f"Coherence of {self.round}, live" if self.round else "Coherence, live"

    @property
    def pages(self):
        return Pages("coherence-live", parameters={"round": self.round.slug} if self.round else {})

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            coherence=self.coherence if self.round else None,
            round=self.round,
            rounds=Round.objects.all(),
            heading=self.title,
            pages=self.pages,
            **kwargs,
        )


class ReportMixin:
    """A report that the user may read."""

    @cached_property
    def report(self):
        reports = CoherenceReport.objects.visible_to(self.request.user)
        return get_object_or_404(
            reports.select_related("round", "built_by", "published_by"), pk=self.kwargs["pk"]
        )

    @cached_property
    def coherence(self):
        return Coherence.from_json(self.report.content)

    @property
    def title(self):
        return self.report.title

    @property
    def pages(self):
        return Pages("report-detail", args=(self.report.pk,))

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            coherence=self.coherence,
            report=self.report,
            heading=self.title,
            pages=self.pages,
            **kwargs,
        )


class ThreadsView(TemplateView):
    """The threads behind a number, narrowed by theme, place and state."""

    template_name = "stocktake/coherence/threads.html"
    paginate_by = 50

    def get_context_data(self, **kwargs):
        form = ThreadFilterForm(self.request.GET, coherence=self.coherence)
        # What can't be read finds nothing: all threads would answer another question.
        threads = self.coherence.select_threads(**form.cleaned_data) if form.is_valid() else ()
        page = Paginator(threads, self.paginate_by).get_page(self.request.GET.get("page"))
        return super().get_context_data(form=form, page_obj=page, **kwargs)


class ActivitiesView(TemplateView):
    """The activities behind a number, as they were counted."""

    template_name = "stocktake/coherence/activities.html"
    paginate_by = 50

    def get_context_data(self, **kwargs):
        names = ("theme", "place", "recommendation")
        wanted = {name: self.request.GET.get(name) for name in names}
        activities = self.coherence.select_activities(**wanted)
        page = Paginator(activities, self.paginate_by).get_page(self.request.GET.get("page"))
        return super().get_context_data(page_obj=page, wanted=wanted, **kwargs)


class RecommendationsView(TemplateView):
    """All recommendations in scope, with the number of activities linked to each."""

    template_name = "stocktake/coherence/recommendations.html"


class IndicatorsView(TemplateView):
    """All indicators in scope, and whether an activity names them."""

    template_name = "stocktake/coherence/indicators.html"


class DownloadView(View):
    """The whole as a spreadsheet."""

    def get(self, request, **kwargs):
        content = coherence_workbook(self.coherence, title=self.title)
        name = f"{slugify(self.title) or 'coherence'}.xlsx"
        return HttpResponse(
            content,
            content_type=XLSX,
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )


class CoherenceLive(LiveMixin, TemplateView):
    """The live view of a round."""

    template_name = "stocktake/coherence/live.html"


class CoherenceLiveThreads(LiveMixin, ThreadsView):
    """The threads of the live view."""


class CoherenceLiveRecommendations(LiveMixin, RecommendationsView):
    """The recommendations of the live view."""


class CoherenceLiveIndicators(LiveMixin, IndicatorsView):
    """The indicators of the live view."""


class CoherenceLiveActivities(LiveMixin, ActivitiesView):
    """The activities of the live view."""


class CoherenceLiveDownload(LiveMixin, DownloadView):
    """The live view as a spreadsheet."""


class ReportList(NearestPageMixin, ListView):
    """The reports, the newest first; drafts for administrators only."""

    template_name = "stocktake/report/list.html"

    def get_queryset(self):
        reports = CoherenceReport.objects.visible_to(self.request.user)
        return reports.select_related("round", "built_by").defer("content")


class ReportDetail(ReportMixin, TemplateView):
    """A report: headline, lists, tables, orphans."""

    template_name = "stocktake/report/detail.html"


class ReportThreads(ReportMixin, ThreadsView):
    """The threads of a report."""


class ReportRecommendations(ReportMixin, RecommendationsView):
    """The recommendations of a report."""


class ReportIndicators(ReportMixin, IndicatorsView):
    """The indicators of a report."""


class ReportActivities(ReportMixin, ActivitiesView):
    """The activities of a report."""


class ReportDownload(ReportMixin, DownloadView):
    """A report as a spreadsheet."""
