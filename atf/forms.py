"""The form layer: every form of the site's own pages, drawn with the design system's components.

A form takes `Form` or `ModelForm` as its base; templates/_components/form.html draws its fields.
The admin keeps Django's own forms.
"""

import datetime
import re
from dataclasses import dataclass
from itertools import groupby

from django import forms
from django.core.exceptions import ValidationError
from django.db.models.fields import BLANK_CHOICE_DASH
from django.forms.models import ModelChoiceIterator
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe

from atf.jinja import date as in_words


class DateInput(forms.Widget):
    """A date as three boxes: day, month and year."""

    parts = ("day", "month", "year")
    use_fieldset = True

    def value_from_datadict(self, data, files, name):
        """The parts as typed, or nothing when all are empty."""
        parts = {part: data.get(f"{name}_{part}", "").strip() for part in self.parts}
        return parts if any(parts.values()) else None

    def value_omitted_from_data(self, data, files, name):
        return not any(f"{name}_{part}" in data for part in self.parts)

    def format_value(self, value):
        """The three parts to show, from a date or from what was typed."""
        if isinstance(value, datetime.date):
            return {part: str(getattr(value, part)) for part in self.parts}
        return value or {}


class DateField(forms.DateField):
    """A date typed in three boxes."""

    widget = DateInput
    default_error_messages = {
        "invalid": "Enter a real date, such as 27 3 2026",
        "incomplete": "Enter a day, a month and a year, such as 27 3 2026",
    }

    def to_python(self, value):
        if not isinstance(value, dict):
            return super().to_python(value)
        if not all(value.values()):
            raise ValidationError(self.error_messages["incomplete"], code="incomplete")
        try:
            # Two figures would mean a year in Roman times.
            if len(value["year"]) != 4:
                raise ValueError
            return datetime.date(*(int(value[part]) for part in ("year", "month", "day")))
        except ValueError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None

    def has_changed(self, initial, data):
        try:
            return self.to_python(initial) != self.to_python(data)
        except ValidationError:
            return True


class GroupedModelChoiceIterator(ModelChoiceIterator):
    """Choices under the heading of the group that each belongs to."""

    def __iter__(self):
        for group, rows in groupby(self.queryset, key=self.field.group_by):
            yield (str(group), [self.choice(row) for row in rows])


class GroupedModelMultipleChoiceField(forms.ModelMultipleChoiceField):
    """Several choices among rows under headings, as checkboxes.

    The queryset must be ordered so that the rows of a group follow each other.
    """

    iterator = GroupedModelChoiceIterator
    widget = forms.CheckboxSelectMultiple

    def __init__(self, queryset, *, group_by, **options):
        self.group_by = group_by
        super().__init__(queryset, **options)

    def clean(self, value):
        """A key longer than any that a database gives is no choice."""
        for key in value or ():
            if len(str(key)) > LONGEST_KEY:
                message = self.error_messages["invalid_choice"]
                raise ValidationError(message, code="invalid_choice", params={"value": key})
        return super().clean(value)


class NumberField(forms.DecimalField):
    """A number as people and spreadsheets write it: 1,200 or £1 200 or 50% or −5."""

    def to_python(self, value):
        if isinstance(value, str):
            value = re.sub(r"[\s,£%]", "", value).replace("\N{MINUS SIGN}", "-")
        return super().to_python(value)


@dataclass(frozen=True)
class Chosen:
    """One thing that a filter form was asked for, and the parameters that ask for it."""

    label: str
    text: str
    names: tuple[str, ...]
    value: str | None = None


# The first class that a widget is an instance of decides: subclasses stand before their bases.
COMPONENTS = (
    (DateInput, "date"),
    (forms.HiddenInput, "hidden"),
    (forms.PasswordInput, "password"),
    (forms.NumberInput, "number"),
    (forms.FileInput, "file"),
    (forms.Textarea, "textarea"),
    (forms.CheckboxInput, "checkbox"),
    (forms.CheckboxSelectMultiple, "checkboxes"),
    (forms.RadioSelect, "radios"),
    (forms.Select, "select"),
    (forms.widgets.Input, "input"),
)
ATTRIBUTES_OF_COMPONENTS = (
    "autocomplete",
    "class",
    "cols",
    "id",
    "max",
    "maxlength",
    "min",
    "minlength",
    "placeholder",
    "required",
    "rows",
    "step",
    "type",
)
# More choices than this are drawn small.
MANY = 10
LONGEST_KEY = 18
NO_CHOICE = BLANK_CHOICE_DASH[0][1]
CHOOSING = ("file", "checkboxes", "radios", "select")


def component(widget):
    """The name of the macro that draws a widget."""
    for kind, name in COMPONENTS:
        if isinstance(widget, kind) and not isinstance(widget, forms.SelectMultiple):
            return name
    # Not an attribute or look-up error: Jinja would take that for an absent value.
    raise TypeError(f"No component draws {type(widget).__name__}: choose another widget.")


class BoundField(forms.BoundField):
    """A field that knows which component draws it, and what that needs."""

    @property
    def component(self):
        """The name of the macro that draws this field."""
        return component(self.field.widget)

    @property
    def control_id(self):
        """The id of the control to go to: of the first one, where there are several."""
        if self.component != "date":
            return self.auto_id
        typed = self.date_parts
        wrong = (part for part in DateInput.parts if self.errors and not typed.get(part))
        return f"{self.auto_id}_{next(wrong, 'day')}"

    @property
    def date_parts(self):
        """Day, month and year as they stand in their boxes."""
        return self.field.widget.format_value(self.value())

    @property
    def choice_groups(self):
        """Pairs of a heading (or None) and its choices, as the components take them.

        Every choice has an id; the first has that of the field.
        """
        widget = self.field.widget
        groups = widget.optgroups(self.html_name, widget.format_value(self.value()), {})
        pairs = [
            (heading, self.choice(option))
            for heading, options, _ in groups
            for option in options
            if option["value"] not in (None, "") or self.component == "select"
        ]
        for number, (_, choice) in enumerate(pairs, start=1):
            choice["id"] = self.auto_id if number == 1 else f"{self.auto_id}-{number}"
        return [
            (heading, [choice for _, choice in same])
            for heading, same in groupby(pairs, key=lambda pair: pair[0])
        ]

    def choice(self, option):
        """One of the widget's options, as the components take it."""
        text = str(option["label"])
        if text == NO_CHOICE:
            text = "Choose" if self.field.required else "Not chosen"
        return {"value": str(option["value"]), "text": text, "checked": option["selected"]}

    @property
    def chosen(self):
        """What this field of a filter form asks for."""
        if self.component in ("checkboxes", "radios", "select"):
            return [
                Chosen(self.label, choice["text"], (self.html_name,), choice["value"])
                for _, choices in self.choice_groups
                for choice in choices
                if choice["checked"] and choice["value"]
            ]
        if not self.data or self.errors:
            return []
        if self.component == "date":
            names = tuple(f"{self.html_name}_{part}" for part in DateInput.parts)
            return [Chosen(self.label, in_words(self.field.to_python(self.data)), names)]
        text = "Yes" if self.component == "checkbox" else self.text_value
        return [Chosen(self.label, text, (self.html_name,))]

    @property
    def control_attributes(self):
        """The widget's own attributes, but for what the components set or the server checks."""
        return {
            name: str(value)
            for name, value in self.field.widget.attrs.items()
            if name not in ATTRIBUTES_OF_COMPONENTS and value is not None
        }

    def parameters(self, options):
        """What the design system's macro for this field is called with."""
        parameters = {
            "name": self.html_name,
            "disabled": self.field.disabled,
            "attributes": self.control_attributes,
        }
        if hint := str(options.get("hint", self.help_text)):
            parameters["hint"] = {"html" if hasattr(hint, "__html__") else "text": hint}
        if self.errors:
            lines = format_html_join(mark_safe("<br>"), "{}", ((text,) for text in self.errors))
            parameters["errorMessage"] = {"html": lines}
        label = self.label_parameters(options)
        if self.component in ("checkboxes", "radios", "date"):
            parameters["fieldset"] = {"legend": label}
        else:
            parameters["label"] = label
        # The id of boxes to tick is that of the first: the group around them has none.
        if self.component not in ("checkbox", "checkboxes", "radios"):
            parameters["id"] = self.auto_id
        return parameters | getattr(self, f"{self.component}_parameters", dict)(options)

    def label_parameters(self, options):
        """The label or legend."""
        hidden = options.get("hide_label")
        return {
            "text": str(options.get("label", self.label)),
            "size": options.get("label_size"),
            "isPageHeading": options.get("is_page_heading", False),
            "classes": "nhsuk-u-visually-hidden" if hidden else "",
        }

    def input_parameters(self, options):
        """A box of one line."""
        widget = self.field.widget
        parameters = {
            "type": widget.attrs.get("type", widget.input_type),
            "value": self.text_value,
            "autocomplete": widget.attrs.get("autocomplete"),
        }
        return parameters | {name: options.get(name) for name in ("width", "prefix", "suffix")}

    def number_parameters(self, options):
        """A box for a number: of type text, as a wheel must not change what was typed."""
        broken = isinstance(self.field, forms.FloatField | forms.DecimalField)
        parameters = self.input_parameters({"width": 10} | options)
        return parameters | {"type": "text", "inputmode": "decimal" if broken else "numeric"}

    def password_parameters(self, options):
        """A box that hides what is typed."""
        return {"autocomplete": self.field.widget.attrs.get("autocomplete", "current-password")}

    def textarea_parameters(self, options):
        """A box of several lines, which counts characters where there is a limit."""
        limit = getattr(self.field, "max_length", None)
        return {"value": self.text_value, "rows": options.get("rows", 5), "maxlength": limit}

    def checkbox_parameters(self, options):
        """A single box to tick."""
        item = {
            "value": self.field.widget.attrs.get("value", "on"),
            "text": str(options.get("label", self.label)),
            "checked": bool(self.value()),
        }
        return {"idPrefix": self.auto_id, "items": [item], "small": options.get("small", False)}

    def checkboxes_parameters(self, options):
        """Boxes to tick: `groups` where the choices have headings, else `items`."""
        groups = self.choice_groups
        items = [choice for _, choices in groups for choice in choices]
        return {
            "idPrefix": self.auto_id,
            "items": items,
            "groups": groups if any(heading for heading, _ in groups) else [],
            "small": options.get("small", len(items) > MANY),
            "inline": options.get("inline"),
        }

    def radios_parameters(self, options):
        """One of a few."""
        return self.checkboxes_parameters(options)

    def select_parameters(self, options):
        """One of a list."""
        return {"groups": self.choice_groups}

    def date_parameters(self, options):
        """Three boxes: day, month and year."""
        typed = self.date_parts
        items = [
            {
                "id": f"{self.auto_id}_{part}",
                "name": f"{self.html_name}_{part}",
                "label": part.capitalize(),
                "width": 4 if part == "year" else 2,
                "value": typed.get(part, ""),
            }
            for part in DateInput.parts
        ]
        return {"items": items}

    @property
    def text_value(self):
        """What stands in a box that one types in."""
        value = self.field.widget.format_value(self.value())
        return "" if value is None else str(value)


def in_sentence(label):
    """A label as it stands inside a sentence: a small first letter, but not in an abbreviation."""
    label = str(label)
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def default_messages(label, kind):
    """What to do about the usual faults of a field, in words made of its label."""
    verb = "Choose" if kind in CHOOSING else "Enter"
    named = f"an answer to “{label}”" if str(label).endswith("?") else f"the {in_sentence(label)}"
    return {
        "required": "Tick the box to go on" if kind == "checkbox" else f"{verb} {named}",
        "invalid_choice": f"What was chosen is not there any more. {verb} {named} again",
        "null_characters_not_allowed": "Remove the invisible characters from this answer",
        "max_digits": f"Enter {named} with at most %(max)s digits",
        "max_decimal_places": f"Enter {named} with at most %(max)s decimal places",
        "max_whole_digits": f"Enter {named} with at most %(max)s digits before the point",
        "max_length": f"Shorten {named} to %(limit_value)d characters or fewer",
        "min_value": "Enter a number that is %(limit_value)s or more",
        "max_value": "Enter a number that is %(limit_value)s or less",
    }


def django_messages(field, code):
    """What Django's own fields, of which `field` is one, say about a fault."""
    bases = (base for base in type(field).__mro__ if base.__module__.startswith("django."))
    found = (getattr(base, "default_error_messages", {}).get(code) for base in bases)
    return [message for message in found if message]


class FormMixin:
    """What every form of the site has: our bound fields and messages that say what to do."""

    bound_field_class = BoundField
    use_required_attribute = False

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            self.set_default_messages(name, field)

    def set_default_messages(self, name, field):
        """Replace Django's messages by ours, but keep those that the form gives itself."""
        label = field.label or name.replace("_", " ").capitalize()
        messages = default_messages(label, component(field.widget))
        if isinstance(field, forms.IntegerField | forms.DecimalField):
            named = in_sentence(label)
            messages["invalid"] = f"Enter the {named} as a number, such as 1200"
        for code, message in messages.items():
            if field.error_messages.get(code) in (None, *django_messages(field, code)):
                field.error_messages[code] = message

    @property
    def first_control_id(self):
        """The id of the first control; the faults of the form as a whole lead there."""
        return next((field.control_id for field in self.visible_fields()), "")

    @property
    def is_filled(self):
        """Whether anything was typed into it, right or wrong."""
        return self.is_bound and self.has_changed()

    @property
    def error_lines(self):
        """The lines of the error summary, in the order of the fields."""
        lines = [(text, self.first_control_id) for text in self.non_field_errors()]
        for field in self:
            goal = self.first_control_id if field.is_hidden else field.control_id
            lines += [(text, goal) for text in field.errors]
        return [{"text": str(text), "href": f"#{goal}"} for text, goal in lines]

    @property
    def chosen(self):
        """What a filter form was asked for, field by field."""
        fields = self.visible_fields() if self.is_bound else []
        return [item for field in fields for item in field.chosen]


class Form(FormMixin, forms.Form):
    """The base of forms without a model, and `Meta.form` of filter sets."""


class ModelForm(FormMixin, forms.ModelForm):
    """The base of forms that save a row."""
