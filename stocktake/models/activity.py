"""What one or more places do, under a theme, in a round; and their own measures of it."""

from django.conf import settings
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from recommendations.models import Level, Place, Theme

from .round import Round


def _confirmed(links):
    """The number of confirmed links of an activity, without joining them to its other rows."""
    rows = links.rel.related_model.objects.confirmed().filter(activity=OuterRef("pk"))
    counted = rows.order_by().values("activity").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted), 0)


def _shared_by(places):
    """Whether an activity is one of `places`, as a condition that joins no rows."""
    shared = Activity.places.through.objects.filter(activity=OuterRef("pk"), place__in=places)
    return Q(Exists(shared))


class ActivityQuerySet(models.QuerySet):
    """Activities, chosen by who may see or change them and by what they are about."""

    def in_places(self, places):
        """Those of at least one of `places`: each once, however many of them share it."""
        return self.filter(_shared_by(places))

    def accepted(self):
        """Those that count in coverage and coherence."""
        return self.filter(review_status=Activity.ReviewStatus.ACCEPTED)

    def visible_to(self, user):
        """Everyone sees what is accepted, leads all of their places, administrators all."""
        if user.is_administrator:
            return self
        accepted = Q(review_status=Activity.ReviewStatus.ACCEPTED)
        return self.filter(accepted | _shared_by(user.own_places))

    def to_continue(self, round, place):
        """What a place has to answer in `round`: does it go on?

        Those accepted in the round before that neither ended nor were carried on since.
        """
        ended = [Activity.DeliveryStatus.COMPLETE, Activity.DeliveryStatus.STOPPED]
        answered = Activity.objects.filter(continues=OuterRef("pk"), round=round)
        going_on = self.accepted().filter(round=round.previous).exclude(delivery_status__in=ended)
        return going_on.in_places([place]).exclude(Exists(answered))

    def ideas_for(self, recommendation, places):
        """What others do about a recommendation and call good practice, newest round first.

        An idea is accepted, in any round, and not shared by all of `places`. Of an activity that
        was carried on, only the newest accepted entry counts.
        """
        links = Activity.recommendation_links.rel.related_model.objects.confirmed()
        links = links.filter(activity=OuterRef("pk"), recommendation=recommendation)
        carried_on = Activity.objects.accepted().filter(continues=OuterRef("pk"))
        shared = Count("places", filter=Q(places__in=places))
        return (
            self.accepted()
            .filter(Exists(links), ~Exists(carried_on), is_good_practice=True)
            .annotate(shared=shared)
            .filter(shared__lt=len(places))
            .order_by("-round__opens_on", "-reviewed_at", "pk")
        )

    def handed_in(self):
        """All but drafts, which are nobody's but their leads'."""
        return self.exclude(review_status=Activity.ReviewStatus.DRAFT)

    def to_review(self):
        """Those that wait for a review, the one that has waited longest first.

        Each with what happened to it before: `was_accepted`, and when (`accepted_at`, unless that
        was before its history was kept), `was_returned`, and `comment_count`.
        """
        Version = Activity.versions.rel.related_model
        versions = Version.objects.filter(activity=OuterRef("pk")).order_by("-number")
        accepted = versions.filter(review_status=Activity.ReviewStatus.ACCEPTED)
        dated = accepted.filter(event__in=[Version.Event.ACCEPTED, Version.Event.IMPORTED])
        comments = Activity.comments.rel.related_model.objects.filter(activity=OuterRef("pk"))
        counted = comments.order_by().values("activity").annotate(n=Count("pk")).values("n")
        return (
            self.filter(review_status=Activity.ReviewStatus.SUBMITTED)
            .annotate(
                was_accepted=Exists(accepted),
                accepted_at=Subquery(dated.values("made_at")[:1]),
                was_returned=Exists(versions.filter(event=Version.Event.RETURNED)),
                comment_count=Coalesce(Subquery(counted), 0),
            )
            .order_by("submitted_at", "pk")
        )

    def with_content(self):
        """Each with everything that its page says, in a constant number of queries."""
        return self.select_related("theme", "round").prefetch_related(
            "places",
            "local_measures",
            "evidence",
            "indicator_links__indicator",
            "recommendation_links__recommendation",
            "recommendation_links__indicator",
            "recommendation_links__local_measure",
        )

    def with_link_counts(self):
        """Each with the number of recommendations and of indicators that it serves."""
        return self.annotate(
            recommendation_count=_confirmed(self.model.recommendation_links),
            indicator_count=_confirmed(self.model.indicator_links),
        )

    def editable_by(self, user):
        """Administrators change all, leads those of their places while the round is open."""
        if user.is_administrator:
            return self
        return self.filter(round__in=Round.objects.open()).in_places(user.own_places)


class Activity(models.Model):
    """One entry in one round: what one or more places do, under a theme."""

    class DeliveryStatus(models.TextChoices):
        PLANNED = "planned", "Planned"
        UNDER_WAY = "under-way", "Under way"
        COMPLETE = "complete", "Complete"
        PAUSED = "paused", "Paused"
        STOPPED = "stopped", "Stopped"

    class ReviewStatus(models.TextChoices):
        DRAFT = "draft", "Draft"
        SUBMITTED = "submitted", "Submitted"
        RETURNED = "returned", "Returned"
        ACCEPTED = "accepted", "Accepted"

    class Source(models.TextChoices):
        FORM = "form", "Entered here"
        WORKBOOK = "workbook", "Imported from a workbook"
        OFFLINE = "offline", "Filled in offline"

    round = models.ForeignKey(Round, models.PROTECT, related_name="activities")
    theme = models.ForeignKey(Theme, models.PROTECT, related_name="activities")
    places = models.ManyToManyField(
        Place, related_name="activities", limit_choices_to=~Q(level=Level.COMPARATOR)
    )
    title = models.CharField(max_length=200)
    description = models.TextField()
    lead_organisation = models.CharField(max_length=200, blank=True)
    contact = models.CharField(
        max_length=200,
        blank=True,
        help_text="Who can be asked about it: a name, a team, an address.",
    )
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    delivery_status = models.CharField(
        max_length=20, choices=DeliveryStatus, default=DeliveryStatus.UNDER_WAY
    )
    is_good_practice = models.BooleanField(
        "others may learn from it",
        default=False,
        help_text="Other places find it where they have a gap, with the contact above.",
    )
    continues = models.ForeignKey(
        "self", models.PROTECT, null=True, editable=False, related_name="continued_by"
    )
    adapted_from = models.ForeignKey(
        "self", models.PROTECT, null=True, editable=False, related_name="adaptations"
    )
    form_key = models.UUIDField(
        null=True, unique=True, editable=False, help_text="Of the form that made it, sent once."
    )
    version = models.PositiveIntegerField(
        default=1, editable=False, help_text="Raised by every change, so that none is overwritten."
    )
    review_status = models.CharField(
        max_length=20, choices=ReviewStatus, default=ReviewStatus.DRAFT, editable=False
    )
    source = models.CharField(max_length=20, choices=Source, default=Source.FORM, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    updated_at = models.DateTimeField(auto_now=True)
    submitted_at = models.DateTimeField(null=True, editable=False)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    reviewed_at = models.DateTimeField(null=True, editable=False)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )

    objects = ActivityQuerySet.as_manager()

    class Meta:
        ordering = ["-theme__kind", "theme__stocktake_number", "title", "pk"]
        verbose_name_plural = "activities"
        indexes = [
            models.Index(fields=["round", "review_status", "theme"], name="activity_in_round"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "continues"],
                condition=Q(continues__isnull=False),
                name="activity_continued_once_in_a_round",
                violation_error_message="This activity was carried on already.",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")) | Q(ends_on=None) | Q(starts_on=None),
                name="activity_ends_after_start",
                violation_error_message="The end date must be on or after the start date.",
            ),
            models.CheckConstraint(
                condition=Q(
                    delivery_status__in=["planned", "under-way", "complete", "paused", "stopped"]
                ),
                name="activity_delivery_status_known",
                violation_error_message="Choose one of the delivery statuses.",
            ),
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(description=""),
                name="activity_says_something",
                violation_error_message="Enter a title and a description.",
            ),
            # An import run from the command line has a moment but no user.
            models.CheckConstraint(
                condition=Q(review_status="draft", submitted_at=None, submitted_by=None)
                | ~Q(review_status="draft")
                & Q(submitted_at__isnull=False, submitted_by__isnull=False)
                | ~Q(review_status="draft") & Q(submitted_at__isnull=False, source="workbook"),
                name="activity_submitted_when_and_by",
                violation_error_message="An entry that is not a draft has a time of submission "
                "and someone who submitted it.",
            ),
            models.CheckConstraint(
                condition=Q(
                    review_status__in=["draft", "submitted"], reviewed_at=None, reviewed_by=None
                )
                | Q(review_status__in=["returned", "accepted"], reviewed_at__isnull=False)
                & (Q(reviewed_by__isnull=False) | Q(source="workbook")),
                name="activity_reviewed_when_and_by",
                violation_error_message="An entry that was accepted or returned has a time of "
                "review and someone who reviewed it; another has neither.",
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("stocktake:activity-detail", args=[self.pk])

    def get_next_url(self):
        """Where its lead goes on: checking what is to be submitted, or the entry's page."""
        if self.is_draft or self.is_returned:
            return reverse("stocktake:activity-check", args=[self.pk])
        return self.get_absolute_url()

    @property
    def is_draft(self):
        return self.review_status == self.ReviewStatus.DRAFT

    @property
    def is_submitted(self):
        return self.review_status == self.ReviewStatus.SUBMITTED

    @property
    def is_returned(self):
        return self.review_status == self.ReviewStatus.RETURNED

    @property
    def is_accepted(self):
        return self.review_status == self.ReviewStatus.ACCEPTED

    def submit(self, *, by):
        """Mark it as handed in now; a review made before no longer holds."""
        self.review_status = self.ReviewStatus.SUBMITTED
        self.submitted_at, self.submitted_by = timezone.now(), by
        self.reviewed_at = self.reviewed_by = None

    def accept(self, *, by):
        """Mark it as counting in coverage and coherence from now on."""
        self._review(self.ReviewStatus.ACCEPTED, by)

    def send_back(self, *, by):
        """Mark it as returned to its leads, who mend it and submit it again."""
        self._review(self.ReviewStatus.RETURNED, by)

    def _review(self, status, by):
        self.review_status = status
        self.reviewed_at, self.reviewed_by = timezone.now(), by


class LocalMeasure(models.Model):
    """A place's own measure of an activity, with the latest value it has reported."""

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="local_measures")
    name = models.CharField(max_length=200)
    unit = models.CharField(max_length=50, blank=True, help_text="For example people, %, homes.")
    baseline = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    target = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    latest_value = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    latest_on = models.DateField("date of the latest value", null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "name"],
                name="local_measure_named_once",
                violation_error_message="This activity has a measure of this name already.",
            ),
            models.CheckConstraint(
                condition=Q(latest_value=None, latest_on=None)
                | Q(latest_value__isnull=False, latest_on__isnull=False),
                name="local_measure_value_has_date",
                violation_error_message="Enter the latest value together with its date.",
            ),
        ]

    def __str__(self):
        return self.name
