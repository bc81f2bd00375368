"""The framework in spreadsheets: what an exported workbook holds, and how one is read back.

Every row is known by its natural key, so a workbook can be exported, mended in Excel and
imported again. Rows that a workbook leaves out stay as they are.
"""

from functools import partial

from diff_match_patch import diff_match_patch
from django.core.exceptions import ValidationError
from django.db.models import Case, Value, When
from django.utils.html import format_html_join
from import_export.fields import Field
from import_export.resources import Diff, ModelResource

from .cells import (
    ChoiceWidget,
    DayWidget,
    DecimalWidget,
    KeysWidget,
    KeyWidget,
    LinesWidget,
    TextWidget,
    WholeNumberWidget,
    as_text,
    is_blank,
)
from .models import (
    BeaconIndicator,
    HeadlineAmbition,
    IndicatorValue,
    Level,
    Place,
    Recommendation,
    ResponsibleBody,
    Theme,
)


class InsAndDel(Diff):
    """What an import would change, marked up without styles, which the browser policy forbids."""

    tags = {-1: "del", 0: "span", 1: "ins"}

    def as_html(self):
        """One piece of HTML for each column."""
        return [
            self._mark("" if self.new else before, after)
            for before, after in zip(self.left, self.right, strict=True)
        ]

    def _mark(self, before, after):
        differ = diff_match_patch()
        parts = differ.diff_main(*("" if cell is None else str(cell) for cell in (before, after)))
        differ.diff_cleanupSemantic(parts)
        return format_html_join(
            "", "<{0}>{1}</{0}>", ((self.tags[change], text) for change, text in parts)
        )


class FrameworkResource(ModelResource):
    """What all the framework's tables share: cells that survive Excel, errors that say what to do.

    The columns are those of `fields`, in that order; a workbook may leave out all but the key.
    """

    class Meta:
        clean_model_instances = True
        skip_unchanged = True
        report_skipped = True

    WIDGETS_MAP = {
        "CharField": "get_text_widget",
        "SlugField": TextWidget,
        "TextField": TextWidget,
        "DecimalField": DecimalWidget,
        "PositiveSmallIntegerField": WholeNumberWidget,
        "DateField": DayWidget,
    }

    @classmethod
    def get_text_widget(cls, field):
        """A widget that checks the choices of a field that has some."""
        return partial(ChoiceWidget, field.choices) if field.choices else TextWidget

    @classmethod
    def get_diff_class(cls):
        return InsAndDel

    def get_queryset(self):
        """The table's rows, each with the rows that it names."""
        return super().get_queryset().select_related(*self._named_by(KeyWidget))

    def filter_export(self, queryset, **kwargs):
        """In the order of the list; what other tables are named, in one query for each."""
        queryset = queryset.select_related(*self._named_by(KeyWidget))
        queryset = queryset.prefetch_related(*self._named_by(KeysWidget))
        if queryset.query.order_by:
            return queryset
        return queryset.order_by(*self._meta.model._meta.ordering)

    def _named_by(self, kind):
        return [name for name, field in self.fields.items() if isinstance(field.widget, kind)]

    def before_import(self, dataset, **kwargs):
        """Refuse a workbook whose columns are not this table's."""
        self.first_rows = {}
        strange = [name for name in dataset.headers if name not in self._meta.fields]
        if strange:
            raise ValueError(
                f"There is no column “{strange[0]}” here. "
                f"The columns are: {', '.join(self._meta.fields)}."
            )
        absent = [name for name in self._meta.import_id_fields if name not in dataset.headers]
        if absent:
            raise ValueError(f"The column “{absent[0]}” is missing. It says which row is meant.")

    def before_import_row(self, row, row_number, **kwargs):
        """Refuse a second row with the same key: the later one would overwrite the earlier."""
        if is_blank(row.values()):
            return
        try:
            key = tuple(as_text(row.get(name)) for name in self._meta.import_id_fields)
        except ValueError:  # import_instance says what is wrong with it
            return
        first = self.first_rows.setdefault(key, row_number)
        if first != row_number:
            # Row 1 of the sheet holds the headings.
            raise ValidationError(f"This is the same as row {first + 1}. Keep one of them.")

    def get_instance(self, instance_loader, row):
        """The row's instance; none where a cell of its key is wrong: import_instance says so."""
        try:
            return super().get_instance(instance_loader, row)
        except ValueError:
            return None

    def import_instance(self, instance, row, **kwargs):
        """Fill in the row's cells, many-to-many ones included, and gather all that is wrong."""
        errors = {}
        try:
            super().import_instance(instance, row, **kwargs)
        except ValidationError as error:
            errors = error.update_error_dict(errors)
        for name in self._named_by(KeysWidget):
            # A new row needs them all; an old one only what the workbook names.
            if name in row or instance._state.adding:
                try:
                    self.fields[name].widget.clean(row.get(name))
                except ValueError as error:
                    errors[name] = ValidationError(str(error))
        if errors:
            raise ValidationError(errors)

    def skip_row(self, instance, original, row, import_validation_errors=None):
        """Whether the row is blank, or says what the database says already."""
        if is_blank(row.values()):
            return True
        return not import_validation_errors and all(
            self._is_unchanged(field, instance, original, row) for field in self.fields.values()
        )

    def _is_unchanged(self, field, instance, original, row):
        if not isinstance(field.widget, KeysWidget):
            # As exported, for a text typed in a browser has other line breaks.
            return field.export(instance) == field.export(original)
        if field.column_name not in row or original.pk is None:
            return original.pk is not None
        return set(field.clean(row)) == set(field.get_value(original).all())


class PlaceResource(FrameworkResource):
    """Places; those that others stand in come first, so that an empty database takes them all."""

    parent = Field("parent", widget=KeyWidget(Place, "slug"))
    other_names = Field("other_names", widget=LinesWidget())

    class Meta:
        model = Place
        import_id_fields = ["slug"]
        fields = ["slug", "name", "level", "parent", "ons_code", "other_names"]

    def filter_export(self, queryset, **kwargs):
        """From the system down to the boroughs, then the comparators."""
        levels = [Level.SYSTEM, Level.SUB_REGION, Level.BOROUGH, Level.COMPARATOR]
        rank = Case(*(When(level=level, then=Value(at)) for at, level in enumerate(levels)))
        return super().filter_export(queryset.order_by(rank, "name"), **kwargs)


class ThemeResource(FrameworkResource):
    """Themes and system recommendations."""

    other_titles = Field("other_titles", widget=LinesWidget())

    class Meta:
        model = Theme
        import_id_fields = ["code"]
        fields = ["code", "kind", "title", "stocktake_number", "other_titles"]


class ResponsibleBodyResource(FrameworkResource):
    """Responsible bodies and the places that answer for them."""

    answering_places = Field("answering_places", widget=KeysWidget(Place, "slug"))

    class Meta:
        model = ResponsibleBody
        import_id_fields = ["name"]
        fields = ["name", "level", "answering_places"]


class RecommendationResource(FrameworkResource):
    """Recommendations with their responsible bodies."""

    theme = Field("theme", widget=KeyWidget(Theme, "code"))
    responsible_bodies = Field("responsible_bodies", widget=KeysWidget(ResponsibleBody, "name"))

    class Meta:
        model = Recommendation
        import_id_fields = ["code"]
        fields = ["code", "theme", "phase", "responsible_bodies", "place_number", "text", "note"]


class BeaconIndicatorResource(FrameworkResource):
    """Beacon indicators; an overarching one has no theme."""

    theme = Field("theme", widget=KeyWidget(Theme, "code"))

    class Meta:
        model = BeaconIndicator
        import_id_fields = ["number"]
        fields = [
            "number",
            "theme",
            "name",
            "frequency",
            "stale_after_months",
            "geography",
            "disaggregation",
            "source",
            "status",
            "status_note",
            "better_when",
        ]


class IndicatorValueResource(FrameworkResource):
    """Values of the indicators, by number, area and period."""

    indicator = Field("indicator", widget=KeyWidget(BeaconIndicator, "number"))
    area = Field("area", widget=KeyWidget(Place, "slug"))

    class Meta:
        model = IndicatorValue
        import_id_fields = ["indicator", "area", "period", "sex", "category"]
        fields = [
            "indicator",
            "area",
            "period",
            "period_end",
            "sex",
            "category",
            "value",
            "unit",
            "lower_limit",
            "upper_limit",
            "numerator",
            "denominator",
            "note",
        ]


class HeadlineAmbitionResource(FrameworkResource):
    """The headline ambitions of the delivery plan."""

    class Meta:
        model = HeadlineAmbition
        import_id_fields = ["slug"]
        fields = ["slug", "title"]
