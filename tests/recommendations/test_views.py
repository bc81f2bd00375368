"""The framework's pages."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import (
    BeaconIndicatorFactory,
    RecommendationFactory,
    ResponsibleBodyFactory,
    ThemeFactory,
)

pytestmark = pytest.mark.django_db
LISTS = ["theme-list", "indicator-list"]


def url(name, *args):
    """The address of a page of the framework."""
    return reverse(f"recommendations:{name}", args=args)


@pytest.fixture
def reader(client, board_member):
    """A browser in which someone is signed in."""
    client.force_login(board_member)
    return client


@pytest.fixture
def theme():
    """A theme whose page can be asked for."""
    return ThemeFactory(code="T1", title="Give every child the best start in life")


def text_of(response):
    """The page's words with single spaces between them."""
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize("who", ["lead", "other_lead", "board_member", "administrator"])
@pytest.mark.parametrize(
    ("name", "args", "heading"),
    [
        ("theme-list", [], "Themes"),
        ("theme-detail", ["T1"], "T1 Give every child the best start in life"),
        ("indicator-list", [], "Beacon indicators"),
    ],
)
def test_everyone_who_signs_in_sees_the_page(client, request, theme, who, name, args, heading):
    client.force_login(request.getfixturevalue(who))
    response = client.get(url(name, *args))
    assert response.status_code == 200
    assert f'<h1 class="nhsuk-heading-l">{heading}</h1>' in response.content.decode()


@pytest.mark.parametrize(
    ("name", "args"), [("theme-list", []), ("theme-detail", ["T1"]), ("indicator-list", [])]
)
def test_others_are_sent_to_sign_in(client, theme, name, args):
    response = client.get(url(name, *args))
    assert response.status_code == 302
    assert response.url == f"{reverse('account_login')}?next={url(name, *args)}"


@pytest.mark.parametrize(
    ("name", "args"), [("theme-list", []), ("theme-detail", ["T1"]), ("indicator-list", [])]
)
@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_pages_are_only_read(reader, theme, name, args, method):
    assert getattr(reader, method)(url(name, *args)).status_code == 405


@pytest.mark.parametrize("code", ["T9", "t1", "T1.01", "1"])
def test_unknown_theme_is_not_found(reader, theme, code):
    assert reader.get(url("theme-detail", code)).status_code == 404


def test_theme_list_counts_recommendations_and_indicators(reader, theme):
    for number in (1, 2, 3):
        RecommendationFactory(theme=theme, code=f"T1.0{number}")
    BeaconIndicatorFactory(theme=theme)
    BeaconIndicatorFactory(theme=None)
    ThemeFactory(system=True, code="SA", title="Increase funding")
    page = text_of(reader.get(url("theme-list")))
    marmot, system = page.split("System recommendations")
    assert url("theme-detail", "T1") in marmot
    assert "Recommendations </span> <span>3</span>" in marmot
    assert "Indicators </span> <span>1</span>" in marmot
    assert "Increase funding" not in marmot
    assert url("theme-detail", "SA") in system
    assert "Recommendations </span> <span>0</span>" in system
    assert "Indicators </span> <span>0</span>" in system


def test_theme_shows_its_recommendations_by_phase(reader, theme):
    bodies = [ResponsibleBodyFactory(name=name) for name in ("Place", "Population Health")]
    wording = "Set a standard. To include: * Wages * Sick pay & “holiday”"
    RecommendationFactory(
        theme=theme,
        code="T1.01",
        phase="year-1",
        text=wording,
        place_number=12,
        note="phase inferred",
        responsible_bodies=bodies,
    )
    RecommendationFactory(theme=theme, code="T1.02", text="Work together")
    RecommendationFactory(theme=ThemeFactory(code="T2"), code="T2.01", text="Elsewhere")
    page = text_of(reader.get(url("theme-detail", "T1")))
    year_1, later = page.split("Years 2 to 5", 1)
    assert wording.replace("&", "&amp;") in year_1
    assert "Place number 12" in year_1
    assert "Responsible: Place, Population Health. Note: phase inferred." in year_1
    assert reverse("stocktake:recommendation-detail", args=["T1.01"]) in year_1
    assert "Work together" in later
    assert "Work together" not in year_1
    assert "Place number" not in later
    assert "Elsewhere" not in page


def test_theme_shows_earlier_titles_where_it_has_some(reader):
    ThemeFactory(code="T7", other_titles="Tackle racism and its outcomes\nTackle racism")
    ThemeFactory(code="T8")
    assert "<li>Tackle racism and its outcomes</li> <li>Tackle racism</li>" in text_of(
        reader.get(url("theme-detail", "T7"))
    )
    assert "Earlier titles" not in text_of(reader.get(url("theme-detail", "T8")))


def test_theme_shows_its_indicators(reader, theme):
    BeaconIndicatorFactory(
        theme=theme,
        number=12,
        name="Local employees",
        frequency="",
        geography="LA",
        disaggregation="FSM status",
        source="NHS & councils",
        status="not live",
        status_note="Viability to be determined",
        better_when="lower",
    )
    BeaconIndicatorFactory(theme=None, name="Life expectancy")
    page = text_of(reader.get(url("theme-detail", "T1")))
    for words in [
        "12 Local employees",
        "Not live",
        "Viability to be determined",
        "No data",
        "LA <span",
        "(local authority)",
        "FSM status <span",
        "NHS &amp; councils",
        "Lower",
    ]:
        assert words in page
    assert "Life expectancy" not in page


def test_theme_leads_to_those_before_and_after(reader):
    ThemeFactory(code="T7", stocktake_number=7)
    ThemeFactory(code="T8", stocktake_number=8)
    ThemeFactory(system=True, code="SA", stocktake_number=1)

    def neighbours(code):
        context = reader.get(url("theme-detail", code)).context_data
        return [theme and theme.code for theme in (context["previous"], context["next"])]

    assert neighbours("T7") == [None, "T8"]
    assert neighbours("T8") == ["T7", "SA"]
    assert neighbours("SA") == ["T8", None]
    page = reader.get(url("theme-detail", "T8")).content.decode()
    assert f'href="{url("theme-detail", "T7")}" rel="prev"' in page
    assert f'href="{url("theme-detail", "SA")}" rel="next"' in page


def test_indicator_list_shows_all(reader, theme):
    BeaconIndicatorFactory(number=1, theme=None, name="Life expectancy")
    BeaconIndicatorFactory(number=3, theme=theme, name="Development", geography="LSOA")
    page = text_of(reader.get(url("indicator-list")))
    assert page.index("1 Life expectancy") < page.index("Overarching") < page.index("3 Development")
    assert url("theme-detail", "T1") in page
    assert "(neighbourhood)" in page


@pytest.mark.parametrize("name", LISTS)
def test_empty_list_says_so(reader, name):
    assert "None yet" in reader.get(url(name)).content.decode()


def queries(client, address):
    """How many queries a page takes."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def whole_theme(code):
    """A theme with two of everything."""
    theme = ThemeFactory(code=code)
    for number in (1, 2):
        RecommendationFactory(
            theme=theme,
            code=f"{code}.0{number}",
            responsible_bodies=[ResponsibleBodyFactory(), ResponsibleBodyFactory()],
        )
        BeaconIndicatorFactory(theme=theme)
    return theme


@pytest.mark.parametrize("name", LISTS)
def test_list_takes_the_same_number_of_queries_for_3_themes_as_for_1(reader, name):
    whole_theme("T1")
    one = queries(reader, url(name))
    whole_theme("T2")
    whole_theme("T3")
    assert queries(reader, url(name)) == one


def test_theme_takes_the_same_number_of_queries_for_3_recommendations_as_for_1(reader, theme):
    def add(number):
        body = ResponsibleBodyFactory()
        RecommendationFactory(theme=theme, code=f"T1.0{number}", responsible_bodies=[body])
        BeaconIndicatorFactory(theme=theme)

    add(1)
    one = queries(reader, url("theme-detail", "T1"))
    add(2)
    add(3)
    assert queries(reader, url("theme-detail", "T1")) == one
