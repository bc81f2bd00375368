"""The stocktake's pages, noun by noun."""

from django.urls import include, path, register_converter
from django.urls.converters import StringConverter

from .views import activity, activity_form, coherence, importing, link, recommendation


class CodeConverter(StringConverter):
    """A recommendation's code, such as T1.04."""

    regex = r"[0-9A-Za-z.]+"


register_converter(CodeConverter, "code")

app_name = "stocktake"

activities = [
    path("", activity.ActivityList.as_view(), name="activity-list"),
    path("add/", activity_form.ActivityCreate.as_view(), name="activity-create"),
    path("<int:pk>/", activity.ActivityDetail.as_view(), name="activity-detail"),
    path("<int:pk>/change/", activity_form.ActivityUpdate.as_view(), name="activity-update"),
    path("<int:pk>/delete/", activity.ActivityDelete.as_view(), name="activity-delete"),
    path("<int:pk>/accept/", activity.ActivityAccept.as_view(), name="activity-accept"),
    path(
        "<int:pk>/recommendations/<code:code>/",
        link.RecommendationLinkUpdate.as_view(),
        name="recommendation-link-update",
    ),
    path(
        "<int:pk>/recommendations/<code:code>/remove/",
        link.RecommendationLinkDelete.as_view(),
        name="recommendation-link-delete",
    ),
]

recommendations = [
    path(
        "<code:code>/", recommendation.RecommendationDetail.as_view(), name="recommendation-detail"
    ),
    path(
        "<code:code>/decisions/<slug:place>/",
        recommendation.DecisionUpdate.as_view(),
        name="decision-update",
    ),
]

imports = [
    path("", importing.ImportList.as_view(), name="import-list"),
    path("add/", importing.ImportCreate.as_view(), name="import-create"),
    path("<int:pk>/", importing.ImportDetail.as_view(), name="import-detail"),
    path("<int:pk>/commit/", importing.ImportCommit.as_view(), name="import-commit"),
    path("<int:pk>/discard/", importing.ImportDiscard.as_view(), name="import-discard"),
]

live = [
    path("", coherence.CoherenceLive.as_view(), name="coherence-live"),
    path("threads/", coherence.CoherenceLiveThreads.as_view(), name="coherence-live-threads"),
    path(
        "recommendations/",
        coherence.CoherenceLiveRecommendations.as_view(),
        name="coherence-live-recommendations",
    ),
    path(
        "indicators/",
        coherence.CoherenceLiveIndicators.as_view(),
        name="coherence-live-indicators",
    ),
    path(
        "activities/",
        coherence.CoherenceLiveActivities.as_view(),
        name="coherence-live-activities",
    ),
    path("download/", coherence.CoherenceLiveDownload.as_view(), name="coherence-live-download"),
]

reports = [
    path("", coherence.ReportList.as_view(), name="report-list"),
    path("<int:pk>/", coherence.ReportDetail.as_view(), name="report-detail"),
    path("<int:pk>/threads/", coherence.ReportThreads.as_view(), name="report-detail-threads"),
    path(
        "<int:pk>/recommendations/",
        coherence.ReportRecommendations.as_view(),
        name="report-detail-recommendations",
    ),
    path(
        "<int:pk>/indicators/",
        coherence.ReportIndicators.as_view(),
        name="report-detail-indicators",
    ),
    path(
        "<int:pk>/activities/",
        coherence.ReportActivities.as_view(),
        name="report-detail-activities",
    ),
    path("<int:pk>/download/", coherence.ReportDownload.as_view(), name="report-detail-download"),
]

urlpatterns = [
    path("activities/", include(activities)),
    path("recommendations/", include(recommendations)),
    path("imports/", include(imports)),
    path("coherence/", include(live)),
    path("reports/", include(reports)),
]
