"""The stocktake's pages, noun by noun."""

from django.urls import include, path, register_converter
from django.urls.converters import StringConverter

from .views import (
    activity,
    activity_form,
    coherence,
    decision,
    draft,
    evidence,
    importing,
    link,
    recommendation,
    reminder,
    review,
    task,
    upload,
)


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
    path("<int:pk>/check/", activity_form.ActivityCheck.as_view(), name="activity-check"),
    path("<int:pk>/evidence/add/", evidence.EvidenceCreate.as_view(), name="evidence-create"),
    path(
        "<int:pk>/evidence/<int:evidence>/",
        evidence.EvidenceDownload.as_view(),
        name="evidence-download",
    ),
    path(
        "<int:pk>/evidence/<int:evidence>/remove/",
        evidence.EvidenceDelete.as_view(),
        name="evidence-delete",
    ),
    path(
        "<int:pk>/indicators/<int:number>/confirm/",
        link.IndicatorLinkConfirm.as_view(),
        name="indicator-link-confirm",
    ),
    path(
        "<int:pk>/indicators/<int:number>/remove/",
        link.IndicatorLinkDelete.as_view(),
        name="indicator-link-delete",
    ),
    path("suggestions/", activity_form.SuggestionList.as_view(), name="suggestion-list"),
    path("drafts/save/", draft.DraftSave.as_view(), name="draft-save"),
    path("drafts/<uuid:key>/discard/", draft.DraftDiscard.as_view(), name="draft-discard"),
    path("<int:pk>/adapt/", recommendation.ActivityAdapt.as_view(), name="activity-adapt"),
    path("<int:pk>/history/", activity.ActivityHistory.as_view(), name="activity-history"),
    path("<int:pk>/comments/add/", review.CommentCreate.as_view(), name="comment-create"),
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
        decision.DecisionUpdate.as_view(),
        name="decision-update",
    ),
]

places = [
    path("<slug:place>/themes/<code:theme>/", task.TaskDetail.as_view(), name="task-detail"),
    path(
        "<slug:place>/themes/<code:theme>/last-round/",
        task.ContinuationCreate.as_view(),
        name="continuation-create",
    ),
    path(
        "<slug:place>/themes/<code:theme>/nothing-to-report/",
        task.NilReturnUpdate.as_view(),
        name="nil-return-update",
    ),
    path(
        "<slug:place>/themes/<code:theme>/nothing-to-report/take-back/",
        task.NilReturnDelete.as_view(),
        name="nil-return-delete",
    ),
    path("<slug:place>/decisions/", decision.DecisionList.as_view(), name="decision-list"),
]

reviews = [
    path("", review.ReviewList.as_view(), name="review-list"),
    path("<int:pk>/", review.ReviewDetail.as_view(), name="review-detail"),
    path("<int:pk>/accept/", review.ReviewAccept.as_view(), name="review-accept"),
    path("<int:pk>/return/", review.ReviewReturn.as_view(), name="review-return"),
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

reminders = [
    path("", reminder.ReminderList.as_view(), name="reminder-list"),
    path("preview/", reminder.ReminderPreview.as_view(), name="reminder-preview"),
    path("send/", reminder.ReminderSend.as_view(), name="reminder-send"),
]

uploads = [
    path("", upload.UploadCreate.as_view(), name="upload-create"),
    path("download/", upload.UploadDownload.as_view(), name="upload-download"),
    path("<int:pk>/", upload.UploadDetail.as_view(), name="upload-detail"),
    path("<int:pk>/commit/", upload.UploadCommit.as_view(), name="upload-commit"),
    path("<int:pk>/rejected/", upload.UploadRejected.as_view(), name="upload-rejected"),
    path("<int:pk>/discard/", upload.UploadDiscard.as_view(), name="upload-discard"),
]

urlpatterns = [
    path("activities/", include(activities)),
    path("recommendations/", include(recommendations)),
    path("places/", include(places)),
    path("review/", include(reviews)),
    path("imports/", include(imports)),
    path("uploads/", include(uploads)),
    path("coherence/", include(live)),
    path("reports/", include(reports)),
    path("reminders/", include(reminders)),
]
