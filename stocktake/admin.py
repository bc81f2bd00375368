"""What administrators keep in the admin: rounds, decisions and coherence reports."""

from django import forms
from django.contrib import admin, messages
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html

from recommendations.models import Place, Recommendation, ResponsibleBody, Theme

from . import operations
from .coherence import Scope
from .models import CoherenceReport, Decision, Round


@admin.register(Round)
class RoundAdmin(admin.ModelAdmin):
    """Rounds: opening one is setting its dates."""

    list_display = ["name", "opens_on", "closes_on", "is_open", "priorities"]
    search_fields = ["name"]

    @admin.display(boolean=True, description="open today")
    def is_open(self, round):
        return round.is_open

    @admin.display(description="priorities at most", empty_value="No limit")
    def priorities(self, round):
        return round.max_priorities


@admin.register(Decision)
class DecisionAdmin(admin.ModelAdmin):
    """Decisions, to look at; places give and change them on the recommendation's page."""

    list_display = ["recommendation", "place", "answer", "review_on", "decided_by", "decided_at"]
    list_filter = ["answer", "place", "recommendation__theme"]
    list_select_related = ["recommendation", "place", "decided_by"]
    search_fields = ["recommendation__code", "recommendation__text", "reason"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class CoherenceReportForm(forms.ModelForm):
    """What a report is built from; a part left empty stands for all of it."""

    places = forms.ModelMultipleChoiceField(
        Place.objects.taking_part(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="All places, if none is chosen.",
    )
    themes = forms.ModelMultipleChoiceField(
        Theme.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="All themes, if none is chosen.",
    )
    phases = forms.MultipleChoiceField(
        choices=Recommendation.Phase.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Both phases, if none is chosen.",
    )
    responsible_bodies = forms.ModelMultipleChoiceField(
        ResponsibleBody.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="All responsible bodies, if none is chosen.",
    )

    class Meta:
        model = CoherenceReport
        fields = ["round", "title", "comment"]

    @property
    def scope(self):
        """The chosen parts, as the rule takes them."""
        data = self.cleaned_data
        return Scope(
            places=tuple(place.slug for place in data["places"]),
            themes=tuple(theme.code for theme in data["themes"]),
            phases=tuple(data["phases"]),
            bodies=tuple(body.name for body in data["responsible_bodies"]),
        )


@admin.register(CoherenceReport)
class CoherenceReportAdmin(admin.ModelAdmin):
    """Building a report, looking at it, publishing it to the Board; a draft can be deleted."""

    list_display = ["title", "round", "built_at", "built_by", "published_at"]
    list_filter = ["round"]
    list_select_related = ["round", "built_by"]
    search_fields = ["title", "comment"]
    actions = None
    change_form_template = "admin/stocktake/coherencereport/change_form.html"
    report_fields = [
        "title",
        "round",
        "comment",
        "headline",
        "built_at",
        "built_by",
        "published_at",
        "published_by",
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).defer("content")

    def get_form(self, request, obj=None, **kwargs):
        if obj is None:
            kwargs["form"] = CoherenceReportForm
        return super().get_form(request, obj, **kwargs)

    def get_fields(self, request, obj=None):
        if obj:
            return self.report_fields
        parts = ["places", "themes", "phases", "responsible_bodies"]
        return ["round", "title", "comment", *parts]

    def get_readonly_fields(self, request, obj=None):
        return self.report_fields if obj else []

    @admin.display(description="report")
    def headline(self, report):
        return format_html('<a href="{}">See the report</a>', report.get_absolute_url())

    def has_delete_permission(self, request, obj=None):
        """A published report stays."""
        return super().has_delete_permission(request, obj) and not (obj and obj.is_published)

    def save_model(self, request, obj, form, change):
        """Build the report; its page in the admin has nothing else to save."""
        if not change:
            built = operations.build_report(
                round=obj.round,
                title=obj.title,
                comment=obj.comment,
                scope=form.scope,
                by=request.user,
            )
            obj.pk = built.pk

    def response_change(self, request, obj):
        if "_publish" not in request.POST:
            return super().response_change(request, obj)
        if obj.is_published:
            self.message_user(request, "This report was published before.", messages.WARNING)
        else:
            operations.publish_report(report=obj, by=request.user)
            self.message_user(request, f"“{obj}” was published to the Board.", messages.SUCCESS)
        return HttpResponseRedirect(
            reverse("admin:stocktake_coherencereport_change", args=[obj.pk])
        )
