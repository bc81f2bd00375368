"""The pieces that lists and tables are made of."""

import re

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import engines
from django.test import RequestFactory

from atf.forms import Form


def draw(source, address="/", **context):
    """What a template makes of the macros, for a request to an address."""
    imports = (
        '{% from "_components/list.html" import chosen_filters, filter_form, pagination,'
        " result_count %}"
        '{% from "_components/table.html" import scroll_region, sort_header, value_or_none %}'
        '{% from "_components/tag.html" import tag %}'
    )
    request = RequestFactory().get(address)
    html = engines["jinja2"].from_string(imports + source).render(context, request)
    return re.sub(r"\s+", " ", html).strip()


def page(number, rows=100):
    """A page of a list with ten rows on each."""
    return Paginator(range(rows), 10).page(number)


def test_pagination_keeps_the_other_parameters():
    html = draw("{{ pagination(page, request) }}", "/?place=sefton&page=5", page=page(5))
    assert 'href="?place=sefton&amp;page=6"' in html
    assert re.findall(r'aria-label="Page (\d+)"', html) == ["1", "4", "5", "6", "10"]
    assert html.count('aria-current="page"') == 1


def test_pagination_is_absent_for_one_page():
    assert draw("{{ pagination(page, request) }}", page=page(1, rows=10)) == ""


@pytest.mark.parametrize(
    ("address", "sort", "href"),
    [
        ("/?page=3", None, "?sort=title"),
        ("/?sort=title&q=a", "ascending", "?q=a&amp;sort=-title"),
        ("/?sort=-title", "descending", "?sort=title"),
    ],
)
def test_sort_header_turns_the_order_round(address, sort, href):
    html = draw('{{ sort_header(request, "Title", "title") }}', address)
    assert f'href="{href}"' in html
    assert (f'aria-sort="{sort}"' in html) if sort else ("aria-sort" not in html)


def test_sort_header_knows_the_default_order():
    html = draw('{{ sort_header(request, "Title", "title", default="title") }}')
    assert 'aria-sort="ascending"' in html


@pytest.mark.parametrize("value", [None, ""])
def test_empty_value_is_said(value):
    html = draw("{{ value_or_none(value) }}", value=value)
    assert html == '<span class="app-no-data">No data</span>'


def test_zero_is_a_value():
    assert draw("{{ value_or_none(0) }}") == "0"


def test_scroll_region_can_be_reached():
    html = draw('{% call scroll_region("caption") %}<table></table>{% endcall %}')
    assert 'role="region" aria-labelledby="caption" tabindex="0"' in html


def test_tag_takes_the_colour_of_its_word():
    assert 'class="nhsuk-tag nhsuk-tag--green"> Accepted' in draw('{{ tag("Accepted") }}')
    assert 'class="nhsuk-tag"> Something else' in draw('{{ tag("Something else") }}')


def test_result_count_is_said():
    counts = draw(
        '{{ result_count(1, "activity", "activities") }}'
        '{{ result_count(1200, "activity", "activities") }}'
    )
    assert counts == '<p role="status">1 activity</p> <p role="status">1,200 activities</p>'


class Filters(Form):
    """As a filter set's form: nothing is required."""

    place = forms.MultipleChoiceField(
        choices=[("sefton", "Sefton"), ("wirral", "Wirral")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )


def filters(address):
    """The filter form as it answers an address."""
    return Filters(RequestFactory().get(address).GET)


def test_filter_form_keeps_the_order():
    address = "/?place=sefton&sort=-title"
    html = draw("{{ filter_form(form, request) }}", address, form=filters(address))
    assert '<form class="app-filters" method="get"' in html
    assert '<input type="hidden" name="sort" value="-title">' in html
    assert 'value="sefton" checked' in html
    assert '<a href="/">Clear</a>' in html


def test_chosen_filters_can_be_taken_away_one_by_one():
    address = "/?place=sefton&place=wirral&sort=title&page=2"
    html = draw("{{ chosen_filters(form, request) }}", address, form=filters(address))
    assert re.findall(r'href="([^"]+)"', html) == [
        "?place=wirral&amp;sort=title",
        "?place=sefton&amp;sort=title",
    ]


def test_chosen_filters_are_absent_when_nothing_is_chosen():
    assert draw("{{ chosen_filters(form, request) }}", form=filters("/")) == ""
