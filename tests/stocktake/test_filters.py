"""The filters of the activity list: each alone, together, and with what nobody should send."""

import pytest

from recommendations.models import Level
from stocktake.filters import ActivityFilter
from stocktake.models import Activity
from tests.factories import (
    ActivityFactory,
    BeaconIndicatorFactory,
    IndicatorLinkFactory,
    PlaceFactory,
    RecommendationFactory,
    RecommendationLinkFactory,
    RoundFactory,
    ThemeFactory,
)
from tests.stocktake.views import Page, assert_refused, browser_of, url

pytestmark = pytest.mark.django_db
FILTERS = [
    "words",
    "round",
    "theme",
    "place",
    "level",
    "recommendation",
    "indicator",
    "delivery",
    "review",
    "sort",
]


def titles(**parameters):
    """The titles that these filters leave, in order."""
    found = ActivityFilter(parameters, queryset=Activity.objects.all())
    assert found.is_valid(), found.errors
    return [activity.title for activity in found.qs]


@pytest.fixture
def hub():
    """An accepted entry of Sefton and Knowsley under T1 in the open round."""
    hub = ActivityFactory(
        title="Family hub",
        description="Help for parents, 100% free.",
        lead_organisation="Sefton Council",
        contact="Early years team",
        theme=ThemeFactory(code="T1"),
        round=RoundFactory(name="Autumn"),
        places=[PlaceFactory(name="Sefton"), PlaceFactory(name="Knowsley")],
        delivery_status="planned",
    )
    recommendation = RecommendationFactory(theme=hub.theme, code="T1.01")
    RecommendationLinkFactory(activity=hub, recommendation=recommendation)
    IndicatorLinkFactory(activity=hub, indicator=BeaconIndicatorFactory(number=3))
    return hub


@pytest.fixture
def board():
    """A submitted entry of the system under SA in the round before."""
    board = ActivityFactory(
        submitted=True,
        title="Wages board",
        description="Fair pay.",
        theme=ThemeFactory(system=True, code="SA"),
        round=RoundFactory(name="Spring", closed=True),
        places=[PlaceFactory(system=True)],
        delivery_status="complete",
    )
    recommendation = RecommendationFactory(theme=board.theme, code="SA.01")
    RecommendationLinkFactory(activity=board, recommendation=recommendation)
    IndicatorLinkFactory(activity=board, indicator=BeaconIndicatorFactory(number=4))
    return board


def test_no_filter_leaves_everything(hub, board):
    assert titles() == ["Family hub", "Wages board"]


@pytest.mark.parametrize(
    ("name", "value", "other"),
    [
        ("round", "autumn", "spring"),
        ("theme", "T1", "SA"),
        ("place", "sefton", "cheshire-and-merseyside"),
        ("place", "knowsley", "cheshire-and-merseyside"),
        ("level", "borough", "system"),
        ("recommendation", "T1.01", "SA.01"),
        ("indicator", "3", "4"),
        ("delivery", "planned", "complete"),
        ("review", "accepted", "submitted"),
        ("words", "hub", "board"),
    ],
)
def test_filter_leaves_what_it_names(hub, board, name, value, other):
    assert titles(**{name: value}) == ["Family hub"]
    assert titles(**{name: other}) == ["Wages board"]


@pytest.mark.parametrize(
    "words",
    [
        "FAMILY",
        "parents",
        "sefton council",
        "years",
        "hub family",
        "  hub   parents ",
        "100%",
    ],
)
def test_words_are_found_anywhere_in_any_order(hub, board, words):
    assert titles(words=words) == ["Family hub"]


@pytest.mark.parametrize("words", ["hub board", "hubs", "%", "_", "'", "\\", "T1"])
def test_words_that_stand_nowhere_leave_nothing(board, words):
    assert titles(words=words) == []


def test_blank_words_leave_everything(hub, board):
    assert titles(words=" \t ") == ["Family hub", "Wages board"]


def test_shared_activity_is_found_once(hub):
    assert titles(level="borough") == ["Family hub"]
    IndicatorLinkFactory(activity=hub)
    RecommendationLinkFactory(activity=hub)
    assert titles(indicator="3", recommendation="T1.01", place="sefton", words="a") == [
        "Family hub"
    ]


@pytest.mark.parametrize("name", ["recommendation", "indicator"])
def test_suggested_link_is_not_found(hub, board, name):
    RecommendationLinkFactory(
        suggested=True, activity=board, recommendation=RecommendationFactory(code="T1.01")
    )
    IndicatorLinkFactory(suggested=True, activity=board, indicator=BeaconIndicatorFactory(number=3))
    value = {"recommendation": "T1.01", "indicator": "3"}[name]
    assert titles(**{name: value}) == ["Family hub"]


def test_filters_narrow_together(hub, board):
    together = {
        "round": "autumn",
        "theme": "T1",
        "place": "sefton",
        "level": "borough",
        "recommendation": "T1.01",
        "indicator": "3",
        "delivery": "planned",
        "review": "accepted",
        "words": "hub",
    }
    assert titles(**together) == ["Family hub"]
    for name, other in {
        "round": "spring",
        "theme": "SA",
        "place": "cheshire-and-merseyside",
        "level": "system",
        "recommendation": "SA.01",
        "indicator": "4",
        "delivery": "complete",
        "review": "submitted",
        "words": "board",
    }.items():
        assert titles(**together | {name: other}) == [], name


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("title", "ABC"),
        ("-title", "CBA"),
        ("theme", "CAB"),
        ("-theme", "BAC"),
        ("delivery", "BCA"),
        ("-delivery", "ACB"),
        ("review", "CAB"),
        ("-review", "BAC"),
        ("updated", "ABC"),
        ("-updated", "CBA"),
    ],
)
def test_sort_orders_by_each_column(sort, order):
    for title, theme, delivery, more in [
        ("A", "T5", "under-way", {"draft": True}),
        ("B", "T6", "complete", {"submitted": True}),
        ("C", "T4", "planned", {}),
    ]:
        ActivityFactory(
            title=title, theme=ThemeFactory(code=theme), delivery_status=delivery, **more
        )
    assert "".join(titles(sort=sort)) == order


def test_rows_alike_stay_in_one_order_on_every_page(administrator):
    activity = ActivityFactory(title="Same")
    Activity.objects.bulk_create(
        Activity(
            round=activity.round,
            theme=activity.theme,
            title="Same",
            description=f"Entry {number}.",
            source=Activity.Source.WORKBOOK,
            submitted_at=activity.submitted_at,
            reviewed_at=activity.reviewed_at,
            review_status=Activity.ReviewStatus.ACCEPTED,
        )
        for number in range(59)
    )
    made = list(Activity.objects.order_by("pk").values_list("pk", flat=True))
    # PostgreSQL writes a changed row to another place in the table.
    Activity.objects.filter(pk__in=made[:20]).update(contact="Moved")
    client = browser_of(administrator)
    for sort in ["title", "theme", "delivery", "review"]:
        pages = [client.get(url("activity-list", sort=sort, page=page)) for page in (1, 2, 3)]
        seen = [activity.pk for page in pages for activity in page.context_data["object_list"]]
        assert seen == made, sort


def test_comparators_are_no_choice(hub):
    PlaceFactory(name="England", level=Level.COMPARATOR, parent=None)
    form = ActivityFilter({"place": "england", "level": "comparator"}).form
    assert set(form.errors) == {"place", "level"}


@pytest.mark.parametrize("name", [name for name in FILTERS if name != "words"])
def test_value_that_is_no_choice_is_named_and_nothing_is_shown(administrator, hub, name):
    page = assert_refused(browser_of(administrator).get(url("activity-list", **{name: "nope"})))
    assert len(page.summary) == 1
    assert page.status == "0 activities"
    assert "Family hub" not in page.text


@pytest.mark.parametrize("value", ["\x00", "9" * 30, "-1", "<b>", "' OR 1=1 --", "1.5"])
def test_no_filter_takes_what_is_no_choice(administrator, hub, value):
    junk = {name: value for name in FILTERS if name != "words"}
    page = assert_refused(browser_of(administrator).get(url("activity-list", **junk)))
    assert len(page.summary) == len(junk)
    assert page.status == "0 activities"


def test_nul_among_the_words_is_named(administrator, hub):
    response = browser_of(administrator).get(url("activity-list", words="a\x00b"))
    assert_refused(response)


def test_several_values_that_are_no_choice_are_all_named(administrator, hub):
    address = url("activity-list", place="nope", theme="nope", page="abc", sort="\x00")
    page = assert_refused(browser_of(administrator).get(address))
    assert len(page.summary) == 3


@pytest.mark.parametrize("page", ["abc", "0", "-1", "2", "9" * 30, "\x00", "1.5"])
def test_page_that_is_none_is_not_an_error_of_ours(administrator, hub, page):
    response = browser_of(administrator).get(url("activity-list", page=page))
    assert Page(response).status == "1 activity"


@pytest.mark.parametrize("words", ["a " * 1000, "x" * 3000, "%" * 100, "é" * 500])
def test_many_words_are_no_error_of_ours(administrator, hub, words):
    response = browser_of(administrator).get(url("activity-list", words=words))
    assert response.status_code == 200


def test_words_stand_before_the_other_filters(hub):
    assert list(ActivityFilter().form.fields) == FILTERS


def test_unknown_parameters_change_nothing(administrator, hub):
    page = Page(browser_of(administrator).get(url("activity-list", nope="1", title="x")))
    assert page.status == "1 activity"


def test_one_name_twice_is_no_error(administrator, hub, board):
    address = url("activity-list", place=["sefton", "cheshire-and-merseyside"])
    assert browser_of(administrator).get(address).status_code == 200
