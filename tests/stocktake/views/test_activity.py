"""Activities: the list, an entry's page, adding, changing, deleting, its links."""

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from stocktake import operations
from stocktake.models import Activity, Draft, LocalMeasure, RecommendationLink
from tests.factories import (
    ActivityFactory,
    BeaconIndicatorFactory,
    IndicatorLinkFactory,
    LocalMeasureFactory,
    PlaceFactory,
    RecommendationFactory,
    RecommendationLinkFactory,
    RoundFactory,
    ThemeFactory,
    UserFactory,
)
from tests.stocktake.views import (
    EVERYONE,
    MARKUP,
    Page,
    assert_escaped,
    assert_refused,
    browser_of,
    queries,
    sign_in_for,
    url,
)

pytestmark = pytest.mark.django_db
UNKNOWN = 999_999


@pytest.fixture
def this_round():
    """The round that is open."""
    return RoundFactory(name="Autumn")


@pytest.fixture
def theme():
    """A theme with three recommendations and an indicator."""
    theme = ThemeFactory(code="T1", title="Best start")
    for number in (1, 2, 3):
        RecommendationFactory(theme=theme, code=f"T1.0{number}", text=f"Do number {number}.")
    BeaconIndicatorFactory(theme=theme, number=3, name="Good development")
    return theme


@pytest.fixture
def make(lead, this_round, theme):
    """Makes entries of Sefton in the open round."""

    def make(**more):
        return ActivityFactory(
            **{"round": this_round, "theme": theme, "places": lead.places.all()} | more
        )

    return make


@pytest.fixture
def entry(make):
    """An accepted entry of Sefton."""
    return make(title="Family hub", description="Help for parents.")


@pytest.fixture
def draft(make):
    """A draft of Sefton."""
    return make(draft=True, title="Half a thought")


def recommendation(code):
    """A recommendation of the theme."""
    return RecommendationFactory(code=code)


def link_to_new_rows(activity, **more):
    """Link an activity to another recommendation and another indicator of its theme."""
    theme = activity.theme
    RecommendationLinkFactory(
        activity=activity, recommendation=RecommendationFactory(theme=theme), **more
    )
    IndicatorLinkFactory(activity=activity, indicator=BeaconIndicatorFactory(theme=theme))


def codes(activity, **which):
    """The codes of the recommendations that an activity is linked to."""
    links = activity.recommendation_links.filter(**which)
    return [link.recommendation.code for link in links.select_related("recommendation")]


def status_for(user, address, method="get", data=None):
    """What someone is answered."""
    return getattr(browser_of(user), method)(address, data).status_code


# Who, and how


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("activity-list", []),
        ("activity-create", []),
        ("activity-detail", [1]),
        ("activity-update", [1]),
        ("activity-delete", [1]),
        ("activity-history", [1]),
        ("recommendation-link-update", [1, "T1.01"]),
        ("recommendation-link-delete", [1, "T1.01"]),
    ],
)
def test_nobody_gets_anywhere_without_signing_in(client, name, args, method):
    response = getattr(client, method)(url(name, *args))
    assert response.status_code == 302
    assert response.url == sign_in_for(url(name, *args))


@pytest.mark.parametrize(
    ("name", "methods"),
    [
        ("activity-list", ["post", "put", "patch", "delete"]),
        ("activity-detail", ["post", "put", "patch", "delete"]),
        ("activity-create", ["patch", "delete"]),
        ("activity-update", ["patch", "delete"]),
        ("activity-delete", ["put", "patch", "delete"]),
        ("activity-history", ["post", "put", "patch", "delete"]),
    ],
)
def test_other_methods_are_not_allowed(administrator, draft, name, methods):
    address = url(name) if name in ("activity-list", "activity-create") else url(name, draft.pk)
    for method in methods:
        assert status_for(administrator, address, method) == 405, method
    assert Activity.objects.filter(pk=draft.pk, review_status="draft").exists()


@pytest.mark.parametrize(
    ("name", "methods"),
    [
        ("recommendation-link-update", ["patch", "delete"]),
        ("recommendation-link-delete", ["get", "put", "patch", "delete"]),
    ],
)
def test_other_methods_are_not_allowed_for_a_link(administrator, entry, name, methods):
    RecommendationLinkFactory(activity=entry, recommendation=recommendation("T1.01"))
    for method in methods:
        assert status_for(administrator, url(name, entry.pk, "T1.01"), method) == 405, method
    assert codes(entry) == ["T1.01"]


@pytest.mark.parametrize("who", EVERYONE)
@pytest.mark.parametrize("pk", [UNKNOWN, 10**30])
@pytest.mark.parametrize("name", ["activity-detail", "activity-update", "activity-delete"])
def test_unknown_activity_is_not_found(request, this_round, who, pk, name):
    assert status_for(request.getfixturevalue(who), url(name, pk)) == 404


@pytest.mark.parametrize("code", ["T1.02", "T9.99", "t1.01"])
def test_unknown_link_is_not_found(lead, entry, code):
    RecommendationLinkFactory(activity=entry, recommendation=recommendation("T1.01"))
    assert status_for(lead, url("recommendation-link-update", entry.pk, code)) == 404
    assert status_for(lead, url("recommendation-link-delete", entry.pk, code), "post") == 404


# The list


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("lead", {"Own draft", "Own submitted", "Own accepted", "Joint draft", "Other accepted"}),
        ("other_lead", {"Own accepted", "Joint draft", "Other draft", "Other accepted"}),
        ("board_member", {"Own accepted", "Other accepted"}),
        (
            "administrator",
            {
                "Own draft",
                "Own submitted",
                "Own accepted",
                "Joint draft",
                "Other draft",
                "Other accepted",
            },
        ),
    ],
)
def test_list_shows_each_what_they_may_see(request, make, other_lead, who, seen):
    knowsley = other_lead.places.get()
    make(draft=True, title="Own draft")
    make(submitted=True, title="Own submitted")
    make(title="Own accepted", round=RoundFactory(closed=True))
    make(draft=True, title="Joint draft", places=[PlaceFactory(name="Sefton"), knowsley])
    make(draft=True, title="Other draft", places=[knowsley])
    make(title="Other accepted", places=[knowsley])
    page = Page(browser_of(request.getfixturevalue(who)).get(url("activity-list")))
    assert {row[0] for row in page.rows("activities")} == seen
    assert page.status == f"{len(seen)} activities"


@pytest.mark.parametrize(
    ("who", "offered"),
    [("lead", True), ("other_lead", True), ("board_member", False), ("administrator", True)],
)
def test_list_offers_adding_to_those_who_may(request, who, offered):
    page = Page(browser_of(request.getfixturevalue(who)).get(url("activity-list")))
    assert (url("activity-create") in page.links) == offered


def test_list_shows_what_an_entry_is(board_member, entry):
    entry.places.add(PlaceFactory(name="Knowsley"))
    for code in ("T1.01", "T1.02"):
        RecommendationLinkFactory(activity=entry, recommendation=recommendation(code))
    RecommendationLinkFactory(
        activity=entry, recommendation=recommendation("T1.03"), suggested=True
    )
    IndicatorLinkFactory(activity=entry)
    day = datetime.datetime(2026, 9, 30, 12, tzinfo=datetime.UTC)
    Activity.objects.update(updated_at=day)
    page = Page(browser_of(board_member).get(url("activity-list")))
    assert page.title == "Activities – All Together Fairer"
    assert page.heading == "Activities"
    assert page.rows("activities") == [
        [
            "Family hub",
            "T1",
            "Knowsley, Sefton",
            "Autumn",
            "Under way",
            "Accepted",
            "2",
            "1",
            "30 September 2026",
        ]
    ]
    assert page.link("Family hub") == entry.get_absolute_url()


def test_list_says_when_nothing_fits(board_member, draft):
    page = Page(browser_of(board_member).get(url("activity-list")))
    assert page.status == "0 activities"
    assert "No activity fits these filters" in page.text
    assert page.table("activities") is None


def test_list_shows_markup_as_text(board_member, make):
    make(title=MARKUP)
    assert_escaped(Page(browser_of(board_member).get(url("activity-list"))))


def test_list_shows_markup_among_the_words_as_text(board_member, entry):
    page = Page(browser_of(board_member).get(url("activity-list", words=MARKUP)))
    assert page.status == "0 activities"
    assert_escaped(page)
    assert page.form_data()["words"] == [MARKUP]


def test_list_shows_which_filters_were_chosen_and_takes_each_away(board_member, entry, make):
    make(title="Elsewhere", places=[PlaceFactory(name="Knowsley")])
    client = browser_of(board_member)
    page = Page(client.get(url("activity-list", place="sefton", words="hub", sort="-title")))
    assert page.status == "1 activity"
    assert page.form_data()["place"] == ["sefton"]
    assert page.form_data()["sort"] == ["-title"]
    page = Page(client.get(page.link("Remove Words: hub ✕")))
    assert page.link("Remove Words: hub ✕") is None
    page = Page(client.get(page.link("Remove Place: Sefton ✕")))
    assert page.status == "2 activities"
    assert page.form_data()["sort"] == ["-title"]


def test_list_is_cleared_with_one_link(board_member, entry):
    client = browser_of(board_member)
    page = Page(client.get(url("activity-list", words="nowhere", sort="title")))
    assert page.link("Clear") == url("activity-list")


def test_list_is_sorted_by_its_headings(board_member, make):
    for title in ("B", "A", "C"):
        make(title=title, description="Sorted.")
    make(title="D")
    client = browser_of(board_member)
    page = Page(client.get(url("activity-list", words="sorted")))
    page = Page(client.get(page.link("Name")))
    assert [row[0] for row in page.rows("activities")] == ["A", "B", "C"]
    assert 'aria-sort="ascending"' in page.source
    page = Page(client.get(page.link("Name ▲")))
    assert [row[0] for row in page.rows("activities")] == ["C", "B", "A"]
    assert 'aria-sort="descending"' in page.source


def test_list_turns_pages_and_keeps_filters_and_order(board_member, make):
    for number in range(26):
        make(title=f"Hub {number:02}")
    make(title="Elsewhere")
    client = browser_of(board_member)
    first = Page(client.get(url("activity-list", words="hub", sort="-title")))
    assert first.status == "26 activities"
    assert first.title == "Activities (page 1 of 2) – All Together Fairer"
    assert len(first.rows("activities")) == 25
    (following,) = {href for href in first.links if "page=2" in href}
    second = Page(client.get(url("activity-list") + following))
    assert [row[0] for row in second.rows("activities")] == ["Hub 00"]
    assert second.title == "Activities (page 2 of 2) – All Together Fairer"


def test_list_has_no_page_numbers_when_it_fits_on_one(board_member, entry):
    page = Page(browser_of(board_member).get(url("activity-list")))
    assert not [href for href in page.links if "page=" in href]


@pytest.mark.parametrize("who", ["lead", "administrator"])
def test_list_takes_the_same_number_of_queries_for_30_activities_as_for_1(request, make, who):
    client = browser_of(request.getfixturevalue(who))

    def add():
        activity = make(places=[PlaceFactory(name="Sefton"), PlaceFactory()])
        link_to_new_rows(activity)

    add()
    one = queries(client, url("activity-list"))
    for _ in range(29):
        add()
    assert queries(client, url("activity-list")) == one


# An entry's page


@pytest.mark.parametrize(
    ("who", "accepted", "unfinished"),
    [
        ("lead", 200, 200),
        ("other_lead", 200, 404),
        ("board_member", 200, 404),
        ("administrator", 200, 200),
    ],
)
def test_page_is_open_to_those_who_may_see_the_entry(
    request, make, entry, who, accepted, unfinished
):
    user = request.getfixturevalue(who)
    assert status_for(user, entry.get_absolute_url()) == accepted
    for state in ("draft", "submitted"):
        assert status_for(user, make(**{state: True}).get_absolute_url()) == unfinished
    returned = make(review_status="returned")
    assert status_for(user, returned.get_absolute_url()) == unfinished


@pytest.mark.parametrize(
    ("who", "state", "offered"),
    [
        ("lead", {}, {"change"}),
        ("lead", {"submitted": True}, {"change"}),
        ("lead", {"draft": True}, {"change", "delete"}),
        ("lead", {"closed": True}, set()),
        ("other_lead", {}, set()),
        ("board_member", {}, set()),
        ("administrator", {}, {"change"}),
        ("administrator", {"submitted": True}, {"change", "review"}),
        ("administrator", {"draft": True}, {"change", "delete"}),
        ("administrator", {"closed": True}, {"change"}),
    ],
)
def test_page_offers_what_one_may_do(request, make, who, state, offered):
    state = dict(state)
    if state.pop("closed", False):
        state["round"] = RoundFactory(closed=True)
    entry = make(**state)
    page = Page(browser_of(request.getfixturevalue(who)).get(entry.get_absolute_url()))
    pages = {
        "change": url("activity-update", entry.pk),
        "delete": url("activity-delete", entry.pk),
        "review": url("review-detail", entry.pk),
    }
    assert {name for name, goal in pages.items() if goal in page.links} == offered


def test_page_shows_everything_about_the_entry(board_member, lead, make):
    day = datetime.datetime(2026, 9, 30, 12, tzinfo=datetime.UTC)
    entry = make(
        title="Family hub",
        description="Help for parents.\n\nEvery day.",
        lead_organisation="Sefton Council",
        contact="Early years team",
        starts_on="2026-04-01",
        ends_on="2027-03-31",
        delivery_status="paused",
        created_by=lead,
        submitted_at=day,
    )
    entry.places.add(PlaceFactory(name="Knowsley"))
    measure = LocalMeasureFactory(
        activity=entry,
        name="Families seen",
        unit="people",
        baseline="10",
        target="50",
        latest_value="0",
        latest_on="2026-09-01",
    )
    RecommendationLinkFactory(
        activity=entry,
        recommendation=recommendation("T1.01"),
        reason="It is just that.",
        local_measure=measure,
    )
    indicator = BeaconIndicatorFactory(number=12, name="Local jobs", status="not live")
    IndicatorLinkFactory(activity=entry, indicator=indicator)
    page = Page(browser_of(board_member).get(entry.get_absolute_url()))
    assert page.title == "Family hub – Activities – All Together Fairer"
    assert page.heading == "Family hub"
    for text in [
        "Accepted Paused",
        "Help for parents. Every day.",
        "Round Autumn",
        "Theme T1 Best start",
        "Places Knowsley, Sefton",
        "Lead organisation Sefton Council",
        "Contact Early years team",
        "Start date 1 April 2026",
        "End date 31 March 2027",
        "Submitted 30 September 2026 by Leah Lead",
        "Source Entered here",
        "T1.01 Do number 1. It is just that. Shown by: Families seen",
        "confirmed by Leah Lead",
        "Beacon indicator 12 Local jobs Not live",
    ]:
        assert text in page.text
    assert page.rows("measures") == [
        ["Families seen", "people", "10.00", "50.00", "0.00", "1 September 2026"]
    ]
    assert url("recommendation-detail", "T1.01") in page.links


def test_page_of_a_bare_entry_says_what_is_missing(lead, draft):
    page = Page(browser_of(lead).get(draft.get_absolute_url()))
    for text in [
        "Lead organisation Not given",
        "Start date Not given",
        "Submitted Not given",
        "Accepted Not given",
        "No recommendation is linked yet",
        "No beacon indicator and no local measure is named yet.",
    ]:
        assert text in page.text


def test_page_keeps_suggestions_apart(board_member, entry):
    RecommendationLinkFactory(activity=entry, recommendation=recommendation("T1.01"))
    RecommendationLinkFactory(
        activity=entry, recommendation=recommendation("T1.02"), suggested=True
    )
    page = Page(browser_of(board_member).get(entry.get_absolute_url()))
    confirmed, suggested = page.text.split("Suggested from the words")
    assert "T1.01" in confirmed
    assert "T1.02" not in confirmed
    assert "T1.02" in suggested


def test_page_does_not_show_a_suggested_indicator_as_if_it_counted(board_member, entry):
    IndicatorLinkFactory(
        activity=entry, indicator=BeaconIndicatorFactory(number=7, name="Wages"), suggested=True
    )
    page = Page(browser_of(board_member).get(entry.get_absolute_url()))
    assert "No beacon indicator and no local measure is named yet." in page.text


@pytest.mark.parametrize(
    ("who", "offered"), [("lead", True), ("other_lead", False), ("board_member", False)]
)
def test_page_offers_links_to_those_who_may_change_them(request, entry, who, offered):
    for code, suggested in [("T1.01", False), ("T1.02", True)]:
        RecommendationLinkFactory(
            activity=entry, recommendation=recommendation(code), suggested=suggested
        )
    page = Page(browser_of(request.getfixturevalue(who)).get(entry.get_absolute_url()))
    update, delete = "recommendation-link-update", "recommendation-link-delete"
    assert (url(update, entry.pk, "T1.01") in page.links) == offered
    assert (url(update, entry.pk, "T1.02") in page.links) == offered
    assert (url(delete, entry.pk, "T1.02") in page.actions) == offered


def test_page_shows_markup_as_text_wherever_it_was_typed(board_member, lead, make):
    lead.name = f"7 {MARKUP}"
    lead.save()
    entry = make(
        title=f"1 {MARKUP}",
        description=f"2 {MARKUP}",
        lead_organisation=f"3 {MARKUP}",
        contact=f"4 {MARKUP}",
        created_by=lead,
    )
    measure = LocalMeasureFactory(activity=entry, name=f"5 {MARKUP}", unit="<i>%</i>")
    RecommendationLinkFactory(activity=entry, reason=f"6 {MARKUP}", local_measure=measure)
    page = Page(browser_of(board_member).get(entry.get_absolute_url()))
    for number in range(1, 8):
        assert_escaped(page, f"{number} {MARKUP}")
    assert "<i>" not in page.source
    assert page.heading == f"1 {MARKUP}"
    assert page.title.startswith(f"1 {MARKUP}")


@pytest.mark.parametrize("who", ["lead", "board_member"])
def test_page_takes_the_same_number_of_queries_for_30_links_as_for_1(request, make, who):
    client = browser_of(request.getfixturevalue(who))

    def entry_with(count):
        entry = make()
        entry.places.add(*(PlaceFactory() for _ in range(count)))
        for suggested in [False, True]:
            for _ in range(count):
                link_to_new_rows(
                    entry,
                    suggested=suggested,
                    local_measure=LocalMeasureFactory(activity=entry),
                    indicator=BeaconIndicatorFactory(theme=entry.theme),
                )
        return entry.get_absolute_url()

    assert queries(client, entry_with(15)) == queries(client, entry_with(1))


# Adding


@pytest.mark.parametrize(
    ("who", "status"),
    [("lead", 200), ("other_lead", 200), ("board_member", 403), ("administrator", 200)],
)
def test_adding_is_for_leads_and_administrators(request, this_round, who, status):
    user = request.getfixturevalue(who)
    assert status_for(user, url("activity-create")) == status
    assert status_for(user, url("activity-create"), "post", {"title": "x"}) == status
    assert not Activity.objects.exists()


def test_adding_needs_an_open_round(lead, administrator, theme):
    RoundFactory(closed=True)
    page = Page(browser_of(lead).get(url("activity-create")))
    assert "No round is open" in page.text
    assert "Name of the activity" not in page.text
    page = Page(browser_of(administrator).get(url("activity-create")))
    assert "Name of the activity" in page.text


def filled(client, **changes):
    """What the page for adding an activity sends, filled in as far as it must be."""
    page = Page(client.get(url("activity-create")))
    least = {
        "title": "Family hub",
        "description": "Help for parents.",
        "theme": str(ThemeFactory(code="T1").pk),
    }
    return page.form_data(**least | changes)


def test_adding_with_everything_keeps_it_with_its_links_and_measures(lead, this_round, theme):
    client = browser_of(lead)
    data = filled(
        client,
        title="Family hub",
        lead_organisation="Sefton Council",
        contact="Early years team",
        starts_on_day="1",
        starts_on_month="4",
        starts_on_year="2026",
        ends_on_day="31",
        ends_on_month="3",
        ends_on_year="2027",
        delivery_status="planned",
        recommendations=[recommendation("T1.01").pk, recommendation("T1.03").pk],
        indicators=[BeaconIndicatorFactory(number=3).pk],
        **{
            "local_measures-0-name": "Families seen",
            "local_measures-0-unit": "people",
            "local_measures-0-target": "50",
            "local_measures-1-name": "Staff trained",
            "local_measures-1-latest_value": "0",
            "local_measures-1-latest_on_day": "1",
            "local_measures-1-latest_on_month": "9",
            "local_measures-1-latest_on_year": "2026",
        },
    )
    response = client.post(url("activity-create"), data, follow=True)
    entry = Activity.objects.get()
    assert response.redirect_chain == [(url("activity-check", entry.pk), 302)]
    assert Page(response).heading == "Check your answers"
    assert entry.review_status == "draft"
    assert entry.round == this_round
    assert entry.theme == theme
    assert (entry.created_by, entry.submitted_by) == (lead, None)
    assert entry.source == "form"
    assert entry.lead_organisation == "Sefton Council"
    assert entry.contact == "Early years team"
    assert entry.starts_on == datetime.date(2026, 4, 1)
    assert entry.ends_on == datetime.date(2027, 3, 31)
    assert entry.delivery_status == "planned"
    assert [place.slug for place in entry.places.all()] == ["sefton"]
    assert codes(entry, origin="typed", confirmed_by=lead, created_by=lead) == ["T1.01", "T1.03"]
    assert [link.indicator.number for link in entry.indicator_links.confirmed()] == [3]
    assert list(entry.local_measures.values_list("name", "unit", "target", "latest_value")) == [
        ("Families seen", "people", 50, None),
        ("Staff trained", "", None, 0),
    ]
    assert entry.local_measures.last().latest_on == datetime.date(2026, 9, 1)


def test_adding_together_with_another_place(lead, other_lead, this_round):
    client = browser_of(lead)
    places = [place.pk for user in (lead, other_lead) for place in user.places.all()]
    client.post(url("activity-create"), filled(client, places=places))
    assert {place.slug for place in Activity.objects.get().places.all()} == {"sefton", "knowsley"}


def test_adding_for_another_place_alone_is_refused(lead, other_lead, this_round):
    client = browser_of(lead)
    data = filled(client, places=[other_lead.places.get().pk])
    page = assert_refused(
        client.post(url("activity-create"), data),
        "Choose at least one of your own places: Sefton",
    )
    assert "Choose at least one of your own places: Sefton" in page.errors("id_places")
    assert not Activity.objects.exists()


def test_adding_to_a_closed_round_is_for_administrators_alone(lead, administrator, this_round):
    closed = RoundFactory(closed=True)
    client = browser_of(lead)
    client.post(url("activity-create"), filled(client, round=closed.pk))
    assert Activity.objects.get().round == this_round
    Activity.objects.all().delete()
    client = browser_of(administrator)
    sefton = lead.places.get().pk
    response = client.post(url("activity-create"), filled(client, round=closed.pk, places=[sefton]))
    assert response.status_code == 302
    assert Activity.objects.get().round == closed


def test_adding_with_faults_keeps_what_was_typed_and_saves_nothing(lead, this_round, theme):
    client = browser_of(lead)
    typed = {
        "title": "",
        "description": f"Help for parents. {MARKUP}",
        "lead_organisation": MARKUP,
        "starts_on_day": "31",
        "starts_on_month": "2",
        "starts_on_year": "2026",
        "delivery_status": "paused",
        "recommendations": [str(recommendation("T1.02").pk)],
        "indicators": [str(BeaconIndicatorFactory(number=3).pk)],
        "local_measures-0-name": "Families seen",
        "local_measures-0-latest_value": "12",
        "local_measures-1-target": "many",
    }
    data = filled(client, **typed)
    response = client.post(url("activity-create"), data)
    page = assert_refused(
        response,
        "Enter the name of the activity",
        "Enter a real date, such as 27 3 2026",
        "Enter the date of the latest value",
    )
    assert page.title == "Error: Add an activity – Activities – All Together Fairer"
    assert "Enter the name of the activity" in page.errors("id_title")
    assert "Enter a real date" in page.errors("id_starts_on")
    assert "Enter the date of the latest value" in page.errors("id_local_measures-0-latest_on")
    kept = page.form_data()
    for name, value in typed.items():
        assert kept[name] == (value if isinstance(value, list) else [value]), name
    assert kept["places"] == [str(lead.places.get().pk)]
    assert kept["theme"] == [str(theme.pk)]
    assert "<script>alert" not in page.source
    assert not Activity.objects.exists()
    assert not LocalMeasure.objects.exists()
    assert not RecommendationLink.objects.exists()


def test_adding_nothing_at_all_is_refused(lead, this_round):
    page = assert_refused(browser_of(lead).post(url("activity-create"), {}))
    assert "Enter the name of the activity" in page.text


def test_adding_says_at_the_field_that_the_end_is_before_the_start(lead, this_round):
    client = browser_of(lead)
    days = {"starts_on_day": "2", "starts_on_month": "4", "starts_on_year": "2026"}
    days |= {"ends_on_day": "1", "ends_on_month": "4", "ends_on_year": "2026"}
    page = assert_refused(client.post(url("activity-create"), filled(client, **days)))
    assert "start" in page.errors("id_ends_on")
    assert not Activity.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"local_measures-0-name": "Visits", "local_measures-1-name": "Visits"},
        {"local_measures-TOTAL_FORMS": "x"},
        {"local_measures-TOTAL_FORMS": None},
    ],
)
def test_adding_measures_that_cannot_be_saved_is_refused(lead, this_round, changes):
    client = browser_of(lead)
    response = client.post(url("activity-create"), filled(client, **changes))
    page = Page(response)
    assert page.title.startswith("Error: ")
    assert page.summary
    assert not Activity.objects.exists()


def test_adding_measures_of_one_name_says_one_thing_about_it(lead, this_round):
    client = browser_of(lead)
    names = {"local_measures-0-name": "Visits", "local_measures-1-name": "Visits"}
    page = assert_refused(
        client.post(url("activity-create"), filled(client, **names)),
        "Give each measure another name",
    )
    assert all(goal.startswith("#id_local_measures-") for _, goal in page.summary)
    assert len({text for text, _ in page.summary}) == 1


def test_adding_with_markup_in_the_title_says_so_as_text(lead, this_round):
    client = browser_of(lead)
    response = client.post(url("activity-create"), filled(client, title=MARKUP), follow=True)
    page = Page(response)
    assert page.heading == "Check your answers"
    assert_escaped(page)


def test_form_takes_the_same_number_of_queries_for_30_rows_as_for_1(lead, this_round, make):
    client, entry = browser_of(lead), make()

    def add():
        link_to_new_rows(entry)
        LocalMeasureFactory(activity=entry)
        entry.places.add(PlaceFactory())
        RoundFactory()

    pages = [url("activity-create"), url("activity-update", entry.pk)]
    add()
    one = [queries(client, page) for page in pages]
    for _ in range(29):
        add()
    assert [queries(client, page) for page in pages] == one


# Changing


@pytest.mark.parametrize(
    ("who", "accepted", "unfinished", "closed"),
    [
        ("lead", 200, 200, 403),
        ("other_lead", 403, 404, 403),
        ("board_member", 403, 404, 403),
        ("administrator", 200, 200, 200),
    ],
)
def test_changing_is_for_the_lead_while_the_round_is_open(
    request, make, who, accepted, unfinished, closed
):
    user = request.getfixturevalue(who)
    for status, entry in [
        (accepted, make(title="Kept")),
        (unfinished, make(title="Kept", draft=True)),
        (unfinished, make(title="Kept", submitted=True)),
        (unfinished, make(title="Kept", review_status="returned")),
        (closed, make(title="Kept", round=RoundFactory(closed=True))),
    ]:
        for method in ("get", "post"):
            assert status_for(user, url("activity-update", entry.pk), method) == status
    assert Activity.objects.filter(title="Kept").count() == 5


def test_changing_a_joint_entry_is_for_either_lead(other_lead, entry):
    entry.places.add(other_lead.places.get())
    client = browser_of(other_lead)
    page = Page(client.get(url("activity-update", entry.pk)))
    client.post(url("activity-update", entry.pk), page.form_data(title="Hubs"))
    entry.refresh_from_db()
    assert entry.title == "Hubs"
    assert entry.places.count() == 2


def change(user, entry, **changes):
    """Open an entry's form, change some of it, send it."""
    client = browser_of(user)
    page = Page(client.get(url("activity-update", entry.pk)))
    response = client.post(url("activity-update", entry.pk), page.form_data(**changes), follow=True)
    entry.refresh_from_db()
    return response


def test_changing_nothing_keeps_everything(administrator, lead, entry):
    measure = LocalMeasureFactory(activity=entry, baseline="1.50")
    link = RecommendationLinkFactory(
        activity=entry,
        recommendation=recommendation("T1.01"),
        reason="It is just that.",
        local_measure=measure,
        created_by=lead,
    )
    suggestion = RecommendationLinkFactory(
        activity=entry, recommendation=recommendation("T1.02"), suggested=True
    )
    indicator_link = IndicatorLinkFactory(activity=entry)
    entry.starts_on = datetime.date(2026, 4, 1)
    entry.description = "One line\n\n  and another <b>"
    entry.save()
    before = [
        Activity.objects.filter(pk=entry.pk).values(),
        RecommendationLink.objects.order_by("pk").values(),
        LocalMeasure.objects.values(),
        entry.indicator_links.values(),
    ]
    before = [list(rows) for rows in before]
    assert change(administrator, entry).status_code == 200
    after = [
        Activity.objects.filter(pk=entry.pk).values(),
        RecommendationLink.objects.order_by("pk").values(),
        LocalMeasure.objects.values(),
        entry.indicator_links.values(),
    ]
    after = [list(rows) for rows in after]
    for rows in (before, after):
        rows[0][0].pop("updated_at")
        rows[0][0]["description"] = rows[0][0]["description"].replace("\r\n", "\n")
    assert after == before
    assert {link.pk, suggestion.pk} == {row["id"] for row in after[1]}
    assert indicator_link.pk == after[3][0]["id"]


def test_changing_makes_keeps_and_removes_links(lead, administrator, entry):
    first = RecommendationLinkFactory(
        activity=entry,
        recommendation=recommendation("T1.01"),
        reason="Kept.",
        created_by=administrator,
    )
    RecommendationLinkFactory(activity=entry, recommendation=recommendation("T1.02"))
    gone = IndicatorLinkFactory(activity=entry).indicator
    added = BeaconIndicatorFactory()
    change(
        lead,
        entry,
        recommendations=[recommendation("T1.01").pk, recommendation("T1.03").pk],
        indicators=[added.pk],
    )
    assert codes(entry) == ["T1.01", "T1.03"]
    first.refresh_from_db()
    assert first.reason == "Kept."
    assert first.created_by == first.confirmed_by == administrator
    assert codes(entry, created_by=lead, confirmed_by=lead) == ["T1.03"]
    assert [link.indicator for link in entry.indicator_links.all()] == [added]
    assert gone != added


def test_changing_leaves_suggestions_unless_they_are_ticked(lead, entry):
    for code in ("T1.01", "T1.02"):
        RecommendationLinkFactory(
            activity=entry,
            recommendation=recommendation(code),
            suggested=True,
            reason="The words.",
        )
    change(lead, entry, title="Family hubs")
    assert codes(entry, confirmed_at=None) == ["T1.01", "T1.02"]
    change(lead, entry, recommendations=[recommendation("T1.02").pk])
    assert codes(entry, confirmed_at=None) == ["T1.01"]
    link = entry.recommendation_links.get(recommendation__code="T1.02")
    assert link.confirmed_by == lead
    assert link.origin == "suggested"
    assert link.reason == "The words."


def test_changing_measures_adds_changes_and_removes(lead, entry):
    first = LocalMeasureFactory(activity=entry, name="Visits")
    second = LocalMeasureFactory(activity=entry, name="Calls")
    change(
        lead,
        entry,
        **{
            "local_measures-0-name": "Home visits",
            "local_measures-1-DELETE": "on",
            "local_measures-2-name": "Letters",
        },
    )
    names = dict(entry.local_measures.values_list("pk", "name"))
    assert names.pop(first.pk) == "Home visits"
    assert second.pk not in names
    assert list(names.values()) == ["Letters"]


def test_changing_measures_that_swap_names_is_no_error_of_ours(lead, entry):
    LocalMeasureFactory(activity=entry, name="Visits")
    LocalMeasureFactory(activity=entry, name="Calls")
    names = {"local_measures-0-name": "Calls", "local_measures-1-name": "Visits"}
    assert change(lead, entry, **names).status_code == 200
    assert set(entry.local_measures.values_list("name", flat=True)) == {"Visits", "Calls"}


def test_removing_a_measure_keeps_the_link_that_named_it(lead, entry):
    measure = LocalMeasureFactory(activity=entry)
    link = RecommendationLinkFactory(
        activity=entry, recommendation=recommendation("T1.01"), local_measure=measure
    )
    change(lead, entry, **{"local_measures-0-DELETE": "on"})
    link.refresh_from_db()
    assert link.local_measure is None
    assert link.is_confirmed


def test_accepted_entry_that_its_lead_changes_is_submitted_again(lead, entry):
    page = Page(browser_of(lead).get(url("activity-update", entry.pk)))
    assert "it counts again when the programme team has accepted the change" in page.text
    change(lead, entry, title="Family hubs")
    assert entry.review_status == "submitted"
    assert entry.submitted_by == lead
    assert entry.reviewed_at is None
    assert entry.title == "Family hubs"


def test_accepted_entry_that_an_administrator_changes_stays_accepted(administrator, entry):
    page = Page(browser_of(administrator).get(url("activity-update", entry.pk)))
    assert "it counts again" not in page.text
    response = change(administrator, entry, title="Family hubs")
    assert entry.review_status == "accepted"
    assert entry.title == "Family hubs"
    assert entry.reviewed_at is not None
    assert "was submitted" not in Page(response).text


@pytest.mark.parametrize("state", [{"draft": True}, {"review_status": "returned"}])
def test_entry_that_is_not_handed_in_yet_is_checked_after_a_change(lead, make, state):
    entry = make(**state)
    response = change(lead, entry, title="A thought")
    assert response.redirect_chain == [(url("activity-check", entry.pk), 302)]
    assert (entry.title, entry.submitted_by is None) == ("A thought", "draft" in state)


@pytest.mark.parametrize("state", [{"submitted": True}, {}])
def test_entry_that_was_handed_in_goes_back_to_review_after_a_change(lead, make, state):
    entry = make(**state)
    response = change(lead, entry, title="A thought")
    assert response.redirect_chain == [(entry.get_absolute_url(), 302)]
    assert "“A thought” was saved." in Page(response).text
    assert (entry.review_status, entry.version) == ("submitted", 2)


def test_changing_with_faults_saves_nothing(lead, entry):
    measure = LocalMeasureFactory(activity=entry, name="Visits")
    response = change(
        lead,
        entry,
        title="",
        description="Something else.",
        recommendations=[recommendation("T1.01").pk],
        **{"local_measures-0-name": "Calls"},
    )
    page = assert_refused(response, "Enter the name of the activity")
    assert page.form_data()["description"] == ["Something else."]
    assert page.form_data()["local_measures-0-name"] == ["Calls"]
    measure.refresh_from_db()
    assert measure.name == "Visits"
    assert entry.description == "Help for parents."
    assert entry.review_status == "accepted"
    assert codes(entry) == []


def test_changing_away_from_ones_own_places_is_refused(lead, other_lead, entry):
    response = change(lead, entry, places=[other_lead.places.get().pk])
    assert_refused(response, "Choose at least one of your own places: Sefton")
    assert [place.slug for place in entry.places.all()] == ["sefton"]


# Deleting


@pytest.mark.parametrize(
    ("who", "status"),
    [("lead", 302), ("other_lead", 404), ("board_member", 404), ("administrator", 302)],
)
def test_deleting_a_draft_is_for_its_lead(request, draft, who, status):
    user = request.getfixturevalue(who)
    address = url("activity-delete", draft.pk)
    assert status_for(user, address) == (200 if status == 302 else status)
    assert Activity.objects.filter(pk=draft.pk).exists()
    assert status_for(user, address, "post", {"version": draft.version}) == status
    assert Activity.objects.filter(pk=draft.pk).exists() == (status != 302)


@pytest.mark.parametrize("who", ["lead", "administrator"])
@pytest.mark.parametrize("state", [{"submitted": True}, {"review_status": "returned"}, {}])
def test_deleting_what_was_handed_in_is_refused(request, make, who, state):
    entry = make(**state)
    for method in ("get", "post"):
        user = request.getfixturevalue(who)
        assert status_for(user, url("activity-delete", entry.pk), method) == 403
    assert Activity.objects.filter(pk=entry.pk).exists()


def test_deleting_a_draft_of_a_closed_round_is_for_administrators(lead, administrator, make):
    draft = make(draft=True, round=RoundFactory(closed=True))
    assert status_for(lead, url("activity-delete", draft.pk), "post") == 403
    assert status_for(administrator, url("activity-delete", draft.pk), "post") == 302


def test_deleting_asks_first_and_takes_links_and_measures_along(lead, make):
    draft = make(draft=True, title=MARKUP)
    RecommendationLinkFactory(activity=draft)
    IndicatorLinkFactory(activity=draft)
    LocalMeasureFactory(activity=draft)
    client = browser_of(lead)
    page = Page(client.get(url("activity-delete", draft.pk)))
    assert page.heading == "Delete this draft?"
    assert_escaped(page)
    page = Page(client.post(url("activity-delete", draft.pk), page.form_data(), follow=True))
    assert page.address == url("activity-list")
    assert f"The draft “{MARKUP}” was deleted." in page.text
    assert_escaped(page)
    assert not Activity.objects.exists()


def test_deleting_what_a_colleague_changed_meanwhile_shows_it_first(lead, draft):
    client = browser_of(lead)
    read = Page(client.get(url("activity-delete", draft.pk))).form_data()
    change(lead, draft, description="An hour of work")
    page = Page(client.post(url("activity-delete", draft.pk), read, follow=True))
    assert "Someone changed it meanwhile. Look at it first." in page.text
    assert "An hour of work" in page.text
    assert Activity.objects.filter(pk=draft.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_deleting_takes_files_along_and_leaves_what_others_typed(lead, draft, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    file = SimpleUploadedFile("Minutes.txt", b"We met.")
    operations.add_evidence(activity=draft, title="Minutes", file=file, by=lead)
    colleague = UserFactory(places=lead.places.all())
    for author in (lead, colleague):
        Draft.objects.create(author=author, activity=draft, content={"title": [author.name]})
    client = browser_of(lead)
    page = Page(client.get(url("activity-delete", draft.pk)))
    client.post(url("activity-delete", draft.pk), page.form_data())
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [(row.author, row.activity) for row in Draft.objects.all()] == [(colleague, None)]


# Links


@pytest.mark.parametrize(
    ("who", "accepted", "unfinished", "closed"),
    [
        ("lead", 200, 200, 403),
        ("other_lead", 403, 404, 403),
        ("board_member", 403, 404, 403),
        ("administrator", 200, 200, 200),
    ],
)
def test_links_are_changed_by_those_who_may_change_the_entry(
    request, make, who, accepted, unfinished, closed
):
    user = request.getfixturevalue(who)
    for status, entry in [
        (accepted, make()),
        (unfinished, make(draft=True)),
        (closed, make(round=RoundFactory(closed=True))),
    ]:
        RecommendationLinkFactory(
            activity=entry, recommendation=recommendation("T1.01"), suggested=True
        )
        update = url("recommendation-link-update", entry.pk, "T1.01")
        delete = url("recommendation-link-delete", entry.pk, "T1.01")
        assert status_for(user, update) == status
        allowed = 302 if status == 200 else status
        assert status_for(user, update, "post", {"reason": "Mine.", "version": 1}) == allowed
        assert codes(entry, reason="Mine.") == (["T1.01"] if status == 200 else [])
        entry.refresh_from_db()
        assert status_for(user, delete, "post", {"version": entry.version}) == allowed
        assert codes(entry) == ([] if status == 200 else ["T1.01"])


def test_confirming_a_suggestion_lets_it_count_and_leaves_the_entry_accepted(lead, entry):
    link = RecommendationLinkFactory(
        activity=entry, recommendation=recommendation("T1.01"), suggested=True
    )
    measure = LocalMeasureFactory(activity=entry)
    client = browser_of(lead)
    address = url("recommendation-link-update", entry.pk, "T1.01")
    page = Page(client.get(address))
    assert page.heading == "Confirm the link to T1.01"
    assert "Remove this link" not in page.text
    data = page.form_data(reason="It is just that.", local_measure=str(measure.pk))
    page = Page(client.post(address, data, follow=True))
    assert page.address == entry.get_absolute_url()
    assert "The link to T1.01 was saved." in page.text
    link.refresh_from_db()
    assert link.confirmed_by == lead
    assert link.origin == "suggested"
    assert link.reason == "It is just that."
    assert link.local_measure == measure
    entry.refresh_from_db()
    assert entry.is_accepted


@pytest.mark.parametrize(("who", "status"), [("lead", "submitted"), ("administrator", "accepted")])
def test_changing_a_confirmed_link_changes_the_entry(request, administrator, entry, who, status):
    link = RecommendationLinkFactory(
        activity=entry, recommendation=recommendation("T1.01"), created_by=administrator
    )
    client = browser_of(request.getfixturevalue(who))
    address = url("recommendation-link-update", entry.pk, "T1.01")
    page = Page(client.get(address))
    assert page.heading == "Change the link to T1.01"
    client.post(address, page.form_data(reason="Better."))
    link.refresh_from_db()
    assert link.reason == "Better."
    assert link.confirmed_by == administrator
    entry.refresh_from_db()
    assert entry.review_status == status


@pytest.mark.parametrize(("who", "status"), [("lead", "submitted"), ("administrator", "accepted")])
def test_removing_a_confirmed_link_changes_the_entry(request, entry, who, status):
    RecommendationLinkFactory(activity=entry, recommendation=recommendation("T1.01"))
    client = browser_of(request.getfixturevalue(who))
    response = client.post(
        url("recommendation-link-delete", entry.pk, "T1.01"), {"version": 1}, follow=True
    )
    assert "The link to T1.01 was removed." in Page(response).text
    assert codes(entry) == []
    entry.refresh_from_db()
    assert entry.review_status == status


def test_removing_a_suggestion_leaves_the_entry_accepted(lead, entry):
    RecommendationLinkFactory(
        activity=entry, recommendation=recommendation("T1.01"), suggested=True
    )
    address = url("recommendation-link-delete", entry.pk, "T1.01")
    assert status_for(lead, address, "post", {"version": 1}) == 302
    assert codes(entry) == []
    entry.refresh_from_db()
    assert entry.is_accepted


def test_link_that_a_colleague_changed_meanwhile_is_not_overwritten(lead, entry):
    RecommendationLinkFactory(activity=entry, recommendation=recommendation("T1.01"))
    address = url("recommendation-link-update", entry.pk, "T1.01")
    client = browser_of(lead)
    mine = Page(client.get(address)).form_data(reason="My reason.")
    theirs = Page(client.get(address)).form_data(reason="Their reason.")
    assert client.post(address, theirs).status_code == 302
    page = assert_refused(
        client.post(address, mine),
        "Someone changed this entry meanwhile. See what the link says now, then save again.",
    )
    assert "It says now: Their reason." in page.text
    assert page.form_data()["reason"] == ["My reason."]
    assert entry.recommendation_links.get().reason == "Their reason."
    assert client.post(address, page.form_data()).status_code == 302
    assert entry.recommendation_links.get().reason == "My reason."


def test_link_with_a_measure_of_another_activity_is_refused(lead, entry):
    link = RecommendationLinkFactory(activity=entry, recommendation=recommendation("T1.01"))
    LocalMeasureFactory(activity=entry)
    address = url("recommendation-link-update", entry.pk, "T1.01")
    data = {"reason": "Mine.", "local_measure": LocalMeasureFactory().pk}
    page = assert_refused(browser_of(lead).post(address, data))
    assert page.form_data()["reason"] == ["Mine."]
    link.refresh_from_db()
    assert link.reason == ""
    assert link.local_measure is None


def test_link_form_shows_markup_as_text(lead, make):
    entry = make(title=f"1 {MARKUP}")
    RecommendationLinkFactory(
        activity=entry,
        recommendation=RecommendationFactory(theme=entry.theme, code="T1.09", text=f"2 {MARKUP}"),
        reason=f"3 {MARKUP}",
    )
    LocalMeasureFactory(activity=entry, name=f"4 {MARKUP}")
    page = Page(browser_of(lead).get(url("recommendation-link-update", entry.pk, "T1.09")))
    for number in range(1, 5):
        assert_escaped(page, f"{number} {MARKUP}")
