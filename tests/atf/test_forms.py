"""The form layer: what the macros make of each widget, and of what is wrong."""

import datetime
import re

import pytest
from django import forms
from django.template import engines

from atf.forms import DateField, Form, GroupedModelMultipleChoiceField
from recommendations.models import Recommendation
from tests.factories import RecommendationFactory, ThemeFactory

PLACES = [("", "---------"), ("sefton", "Sefton"), ("wirral", "Wirral")]


class Example(Form):
    """A field of each kind."""

    title = forms.CharField(max_length=20, help_text="A few words")
    email = forms.EmailField(label="E-mail address", required=False)
    text = forms.CharField(widget=forms.Textarea, max_length=50, label="What does it do?")
    place = forms.ChoiceField(choices=PLACES)
    phase = forms.ChoiceField(choices=PLACES, widget=forms.RadioSelect, required=False)
    level = forms.MultipleChoiceField(choices=PLACES[1:], widget=forms.CheckboxSelectMultiple)
    sure = forms.BooleanField(required=False)
    start = DateField(label="Start date")
    number = forms.IntegerField(min_value=1, required=False)
    rate = forms.DecimalField(required=False)
    workbook = forms.FileField(required=False)
    secret = forms.CharField(widget=forms.PasswordInput, required=False)
    step = forms.CharField(widget=forms.HiddenInput, required=False)


def draw(source, **context):
    """What a template makes of the form macros."""
    imports = '{% from "_components/form.html" import field, error_summary, formset %}'
    html = engines["jinja2"].from_string(imports + source).render(context)
    return re.sub(r"\s+", " ", html)


def draw_field(name, data=None, **options):
    """One field of the example."""
    form = Example(data, initial={"step": "2"})
    return draw("{{ field(form[name], **options) }}", form=form, name=name, options=options)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("title", '<input class="nhsuk-input" id="id_title" name="title" type="text"'),
        ("title", '<div class="nhsuk-hint" id="id_title-hint"> A few words </div>'),
        ("email", 'type="email"'),
        ("text", 'data-maxlength="50"'),
        ("place", '<select class="nhsuk-select" id="id_place" name="place">'),
        ("place", '<option value="" selected>Choose</option>'),
        ("phase", 'id="id_phase" name="phase" type="radio" value="sefton"'),
        ("phase", 'id="id_phase-2" name="phase" type="radio" value="wirral"'),
        ("level", 'id="id_level" name="level" type="checkbox" value="sefton"'),
        ("sure", 'id="id_sure" name="sure" type="checkbox" value="on"'),
        ("start", 'id="id_start_month" name="start_month" type="text"'),
        ("number", 'name="number" type="text" value="" inputmode="numeric"'),
        ("rate", 'inputmode="decimal"'),
        ("workbook", 'name="workbook" type="file"'),
        ("secret", 'name="secret" type="password"'),
        ("step", '<input type="hidden" name="step" value="2" id="id_step">'),
    ],
)
def test_field_is_drawn_by_its_component(name, expected):
    assert expected in draw_field(name)


def test_field_leaves_checking_to_the_server():
    html = draw("{% for bound in form %}{{ field(bound) }}{% endfor %}", form=Example())
    assert not re.search(r" (required|maxlength|min|step)[ =>]", html)


def test_ids_are_unique():
    html = draw("{% for bound in form %}{{ field(bound) }}{% endfor %}", form=Example())
    ids = re.findall(r' id="([^"]+)"', html)
    assert sorted(ids) == sorted(set(ids))


def test_radios_leave_out_the_empty_choice():
    assert "---" not in draw_field("phase")


def test_field_shows_its_error_and_keeps_what_was_typed():
    html = draw_field("title", {"title": "a title that is much too long"})
    assert 'value="a title that is much too long"' in html
    assert "Error: </span>Shorten the title to 20 characters or fewer" in html
    assert 'aria-describedby="id_title-hint id_title-error"' in html


def test_field_escapes_what_was_typed():
    assert "<script>" not in draw_field("title", {"title": "<script>"})


def test_field_takes_options():
    html = draw_field("rate", label="Rate of pupils", hint="In 2026", suffix="%", width=5)
    assert "Rate of pupils" in html
    assert "In 2026" in html
    assert '<div class="nhsuk-input-wrapper__suffix" aria-hidden="true">%' in html
    assert "nhsuk-input--width-5" in html


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("title", "Enter the title"),
        ("text", "Enter an answer to “What does it do?”"),
        ("place", "Choose the place"),
        ("level", "Choose the level"),
        ("start", "Enter the start date"),
    ],
)
def test_missing_answer_says_what_to_do(name, expected):
    assert Example({}).errors[name] == [expected]


def test_forms_own_message_stands():
    class Other(Form):
        title = forms.CharField(error_messages={"required": "Enter the name of the activity"})

    assert Other({}).errors["title"] == ["Enter the name of the activity"]


def test_unknown_widget_is_refused():
    class Other(Form):
        places = forms.MultipleChoiceField(choices=PLACES)

    with pytest.raises(TypeError, match="No component draws SelectMultiple"):
        Other()


class Dated(Form):
    """A date that may be left out."""

    start = DateField(required=False)


def dated(day, month, year):
    """The form with three parts typed."""
    return Dated({"start_day": day, "start_month": month, "start_year": year})


def test_date_takes_three_parts():
    form = dated("27", "3", "2026")
    assert form.is_valid()
    assert form.cleaned_data["start"] == datetime.date(2026, 3, 27)


def test_date_may_be_left_out():
    form = dated("", " ", "")
    assert form.is_valid()
    assert form.cleaned_data["start"] is None


@pytest.mark.parametrize(
    "parts", [("31", "2", "2026"), ("a", "2", "2026"), ("1", "1", "26"), ("0", "1", "99999")]
)
def test_date_that_is_not_real_says_so(parts):
    form = dated(*parts)
    assert form.errors["start"] == ["Enter a real date, such as 27 3 2026"]
    assert form["start"].control_id == "id_start_day"


def test_date_without_a_part_leads_to_it():
    form = dated("1", "", "2026")
    assert form.errors["start"] == ["Enter a day, a month and a year, such as 27 3 2026"]
    assert form["start"].control_id == "id_start_month"
    assert 'value="2026"' in draw("{{ field(form.start) }}", form=form)


def test_date_shows_its_initial_value():
    form = Dated(initial={"start": datetime.date(2026, 3, 27)})
    html = draw("{{ field(form.start) }}", form=form)
    assert [f'value="{part}"' in html for part in (27, 3, 2026)] == [True, True, True]


def test_date_knows_whether_it_was_changed():
    data = {"start_day": "27", "start_month": "03", "start_year": "2026"}
    assert not Dated(data, initial={"start": datetime.date(2026, 3, 27)}).has_changed()
    assert Dated(data, initial={"start": datetime.date(2026, 3, 28)}).has_changed()
    assert Dated(data | {"start_day": "x"}, initial={"start": None}).has_changed()


def test_error_summary_leads_to_each_first_control():
    class Faulty(Example):
        def clean(self):
            raise forms.ValidationError("Say more")

    html = draw("{{ error_summary(form, none) }}", form=Faulty({"title": "A"}))
    links = re.findall(r'<a href="(#[^"]+)"> ([^<]+?) </a>', html)
    assert links == [
        ("#id_title", "Say more"),
        ("#id_text", "Enter an answer to “What does it do?”"),
        ("#id_place", "Choose the place"),
        ("#id_level", "Choose the level"),
        ("#id_start_day", "Enter the start date"),
    ]


def test_error_summary_is_absent_without_errors():
    assert draw("{{ error_summary(form) }}", form=Example()).strip() == ""


Rows = forms.formset_factory(Dated, extra=2, min_num=0, max_num=1, validate_max=True)


def test_formset_draws_its_forms():
    html = draw('{{ formset(rows, "Milestone") }}', rows=Rows())
    assert 'name="form-TOTAL_FORMS"' in html
    assert "Milestone 1" in html
    assert 'name="form-0-start_day"' in html


def test_formset_errors_are_in_the_summary():
    data = {"form-TOTAL_FORMS": 2, "form-INITIAL_FORMS": 0, "form-1-start_day": "1"}
    html = draw("{{ error_summary(rows) }}", rows=Rows(data))
    assert '<a href="#form-' not in html
    assert '<a href="#id_form-0-start_day"> Please submit at most 1 form.' in html
    assert '<a href="#id_form-1-start_month"> Enter a day' in html


@pytest.fixture
def grouped(db):
    """A form class that chooses among recommendations under their themes."""
    work, play = ThemeFactory(title="Work"), ThemeFactory(title="Play")
    RecommendationFactory.create_batch(2, theme=work)
    RecommendationFactory(theme=play)

    class Grouped(Form):
        recommendations = GroupedModelMultipleChoiceField(
            Recommendation.objects.select_related("theme"), group_by=lambda row: row.theme
        )

    return Grouped


def test_grouped_choices_stand_in_folds_with_their_count(grouped):
    chosen = Recommendation.objects.last()
    form = grouped({"recommendations": [chosen.pk]})
    html = draw("{{ field(form.recommendations) }}", form=form)
    assert re.findall(r"data-checkbox-group( open)?>", html) == ["", " open"]
    assert re.findall(r"data-checkbox-count>([^<]+)<", html) == ["0 chosen", "1 chosen"]
    assert html.count('type="checkbox"') == 3
    assert form.is_valid()
    assert list(form.cleaned_data["recommendations"]) == [chosen]


def test_grouped_choices_open_where_the_error_leads(grouped):
    form = grouped({})
    html = draw("{{ error_summary(form) }}{{ field(form.recommendations) }}", form=form)
    assert 'href="#id_recommendations"' in html
    assert re.findall(r"data-checkbox-group( open)?>", html) == [" open", ""]


def test_grouped_choices_take_one_query(grouped, django_assert_num_queries):
    with django_assert_num_queries(1):
        draw("{{ field(form.recommendations, filter=true) }}", form=grouped())


def test_chosen_says_what_a_filter_form_asks_for():
    class Filters(Dated):
        place = forms.ChoiceField(choices=PLACES, required=False)
        words = forms.CharField(required=False)

    form = Filters({"place": "wirral", "start_day": "1", "start_month": "2", "start_year": "2026"})
    assert [(item.label, item.text, item.value) for item in form.chosen] == [
        ("Start", "1 February 2026", None),
        ("Place", "Wirral", "wirral"),
    ]
    assert Filters().chosen == []
