"""The framework in the admin site: kept by administrators, by hand or in spreadsheets."""

from django.contrib import admin, messages
from django.db.models import ManyToManyField
from django.forms import CheckboxSelectMultiple
from django.http import HttpResponseRedirect
from django.urls import reverse
from import_export.admin import ImportExportModelAdmin
from import_export.forms import ExportForm

from . import resources
from .models import (
    BeaconIndicator,
    HeadlineAmbition,
    IndicatorValue,
    Place,
    Recommendation,
    ResponsibleBody,
    Theme,
)
from .workbooks import PlainTextXLSX


class SpreadsheetAdmin(ImportExportModelAdmin):
    """A model's pages in the admin site, with Excel workbooks in and out.

    What other rows name is not deleted: many-to-many ties count as well as foreign keys.
    """

    formats = [PlainTextXLSX]
    import_template_name = "recommendations/import.html"
    # Every column: a workbook with some of them would not import into an empty database.
    export_form_class = ExportForm
    # Few enough to see at once, and each with its own label.
    formfield_overrides = {ManyToManyField: {"widget": CheckboxSelectMultiple}}

    def get_import_data_kwargs(self, **kwargs):
        """All rows or none, should something have changed since the preview."""
        return super().get_import_data_kwargs(**kwargs) | {"rollback_on_validation_errors": True}

    def add_data_read_fail_error_to_form(self, form, e):
        """Say what is wrong with the file, in the words of the one who read it."""
        form.add_error("import_file", str(e))

    def process_import(self, request, **kwargs):
        """Write what the preview showed; its file is gone once it has been written."""
        try:
            return super().process_import(request, **kwargs)
        except FileNotFoundError:
            return self._upload_again(request, "This preview has been used or has expired.")

    def process_result(self, result, request):
        """Report what was written, or that nothing was."""
        if result.has_errors() or result.has_validation_errors():
            return self._upload_again(request, "Something has changed since the preview.")
        return super().process_result(result, request)

    def _upload_again(self, request, reason):
        messages.error(request, f"{reason} Nothing was imported. Upload the workbook again.")
        info = self.get_model_info()
        return HttpResponseRedirect(reverse("admin:{}_{}_import".format(*info)))

    def get_deleted_objects(self, objs, request):
        """What a deletion would take along, and what forbids it."""
        deleted, counts, lacking, protected = super().get_deleted_objects(objs, request)
        naming = [
            f"{relation.related_model._meta.verbose_name.capitalize()}: {row}"
            for relation in self.opts.related_objects
            if relation.many_to_many
            for row in relation.related_model._base_manager.filter(
                **{f"{relation.field.name}__in": objs}
            ).distinct()
        ]
        return deleted, counts, lacking, [*protected, *naming]


@admin.register(Place)
class PlaceAdmin(SpreadsheetAdmin):
    """Boroughs, sub-regions, the system, and comparators."""

    resource_classes = [resources.PlaceResource]
    list_display = ["name", "level", "parent", "ons_code"]
    list_filter = ["level"]
    list_select_related = ["parent"]
    search_fields = ["name", "other_names", "ons_code"]
    prepopulated_fields = {"slug": ["name"]}


@admin.register(Theme)
class ThemeAdmin(SpreadsheetAdmin):
    """Marmot themes and system recommendations."""

    resource_classes = [resources.ThemeResource]
    list_display = ["code", "title", "kind", "stocktake_number"]
    list_display_links = ["code", "title"]
    list_filter = ["kind"]
    search_fields = ["code", "title", "other_titles"]


@admin.register(ResponsibleBody)
class ResponsibleBodyAdmin(SpreadsheetAdmin):
    """Who recommendations are addressed to, and the places that answer for them."""

    resource_classes = [resources.ResponsibleBodyResource]
    list_display = ["name", "level", "answering"]
    list_filter = ["level"]
    search_fields = ["name"]

    def get_queryset(self, request):
        """With their places, which the list shows."""
        return super().get_queryset(request).prefetch_related("answering_places")

    @admin.display(description="answering places")
    def answering(self, body):
        return ", ".join(place.name for place in body.answering_places.all())


@admin.register(Recommendation)
class RecommendationAdmin(SpreadsheetAdmin):
    """The recommendations, in their official wording."""

    resource_classes = [resources.RecommendationResource]
    list_display = ["code", "text", "phase", "addressed_to", "place_number"]
    list_filter = ["phase", "responsible_bodies", "theme"]
    list_per_page = 200
    search_fields = ["code", "text", "=place_number"]

    def get_queryset(self, request):
        """With their responsible bodies, which the list shows."""
        return super().get_queryset(request).prefetch_related("responsible_bodies")

    @admin.display(description="responsible bodies")
    def addressed_to(self, recommendation):
        return ", ".join(body.name for body in recommendation.responsible_bodies.all())


@admin.register(BeaconIndicator)
class BeaconIndicatorAdmin(SpreadsheetAdmin):
    """The beacon indicators."""

    resource_classes = [resources.BeaconIndicatorResource]
    list_display = ["number", "name", "theme", "status", "frequency", "geography", "better_when"]
    list_display_links = ["number", "name"]
    list_filter = ["status", "theme"]
    list_select_related = ["theme"]
    search_fields = ["=number", "name", "source"]


@admin.register(IndicatorValue)
class IndicatorValueAdmin(SpreadsheetAdmin):
    """What the indicators stood at, area by area."""

    resource_classes = [resources.IndicatorValueResource]
    list_display = ["indicator", "area", "period", "sex", "category", "value", "unit"]
    list_filter = ["indicator", "area", "period"]
    list_select_related = ["indicator", "area"]
    search_fields = ["indicator__name", "area__name", "period", "category"]


@admin.register(HeadlineAmbition)
class HeadlineAmbitionAdmin(SpreadsheetAdmin):
    """The ambitions that the delivery plan groups its programmes under."""

    resource_classes = [resources.HeadlineAmbitionResource]
    list_display = ["title"]
    search_fields = ["title"]
    prepopulated_fields = {"slug": ["title"]}
