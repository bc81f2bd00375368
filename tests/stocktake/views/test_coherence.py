"""The thread on screen: live, and in the reports that the Board reads."""

import io
import re

import pytest
from openpyxl import load_workbook

from recommendations.models import Recommendation
from stocktake import operations
from stocktake.coherence import Scope
from stocktake.models import Activity, CoherenceReport, RecommendationLink
from tests.factories import (
    ActivityFactory,
    BeaconIndicatorFactory,
    DecisionFactory,
    IndicatorLinkFactory,
    LocalMeasureFactory,
    PlaceFactory,
    RecommendationFactory,
    RecommendationLinkFactory,
    ResponsibleBodyFactory,
    RoundFactory,
    ThemeFactory,
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
    words,
)

pytestmark = pytest.mark.django_db
UNKNOWN = 999_999
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LIVE = [
    "coherence-live",
    "coherence-live-threads",
    "coherence-live-recommendations",
    "coherence-live-activities",
    "coherence-live-download",
]
REPORT = [
    "report-detail",
    "report-detail-threads",
    "report-detail-recommendations",
    "report-detail-activities",
    "report-detail-download",
]


@pytest.fixture
def this_round():
    """The round that is open."""
    return RoundFactory(name="Autumn")


@pytest.fixture
def entries(this_round, lead, other_lead):
    """Two themes, three places, threads in every state but "no data" and "stale", orphans."""
    sefton, knowsley = lead.places.get(), other_lead.places.get()
    places = ResponsibleBodyFactory(name="Place", answering_places=[sefton, knowsley])
    system = ResponsibleBodyFactory(
        name="System", level="system", answering_places=[PlaceFactory(system=True)]
    )
    first, second = ThemeFactory(code="T1"), ThemeFactory(code="T2")
    for code, theme, body in [
        ("T1.01", first, places),
        ("T1.02", first, places),
        ("T1.03", first, system),
        ("T2.01", second, places),
        ("T2.02", second, places),
    ]:
        RecommendationFactory(theme=theme, code=code, responsible_bodies=[body])

    def linked(title, theme, code, *where):
        activity = ActivityFactory(title=title, round=this_round, theme=theme, places=where)
        RecommendationLinkFactory(
            activity=activity, recommendation=Recommendation.objects.get(code=code)
        )
        return activity

    LocalMeasureFactory(activity=linked("Family hub", first, "T1.01", sefton))
    linked("Joint kitchen", first, "T1.02", sefton, knowsley)
    across = linked("Across themes", second, "T1.01", knowsley)
    RecommendationLinkFactory(
        activity=across, recommendation=Recommendation.objects.get(code="T1.02")
    )
    ActivityFactory(title="Orphan", round=this_round, theme=second, places=[sefton])
    ActivityFactory(title="Draft", round=this_round, theme=second, places=[sefton], draft=True)
    DecisionFactory(
        declined=True, place=sefton, recommendation=Recommendation.objects.get(code="T2.01")
    )
    BeaconIndicatorFactory(theme=first, number=3, name="Never named")
    named = BeaconIndicatorFactory(theme=second, number=4, name="Named")
    IndicatorLinkFactory(activity=Activity.objects.get(title="Orphan"), indicator=named)


@pytest.fixture
def report(this_round, entries, administrator):
    """A published report of all entries."""
    return publish(build(this_round, administrator), administrator)


def build(this_round, by, title="Autumn report", scope=None, **more):
    """A draft of a report."""
    scope = scope or Scope()
    return operations.build_report(round=this_round, title=title, scope=scope, by=by, **more)


def publish(report, by):
    """The report, for the Board to read."""
    return operations.publish_report(report=report, by=by)


def sheets(response):
    """The rows of every sheet of a download."""
    book = load_workbook(io.BytesIO(response.content))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


def everything_on(client, address):
    """The words of a page of the thread, and of what it leads to, as far as the data goes."""
    found = []
    for name in ("", "threads/", "recommendations/", "activities/"):
        found.append(Page(client.get(address + name)).text)
    rows = sheets(client.get(address + "download/"))
    return [*found, rows]


# Who, and how


@pytest.mark.parametrize("who", EVERYONE)
@pytest.mark.parametrize("name", LIVE)
def test_everyone_who_signs_in_sees_the_live_view(request, entries, who, name):
    response = browser_of(request.getfixturevalue(who)).get(url(name))
    assert response.status_code == 200


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("name", [*LIVE, "report-list", *REPORT])
def test_nobody_gets_anywhere_without_signing_in(client, report, name, method):
    address = url(name, report.pk) if name in REPORT else url(name)
    response = getattr(client, method)(address)
    assert response.status_code == 302
    assert response.url == sign_in_for(address)


@pytest.mark.parametrize("name", [*LIVE, "report-list", *REPORT])
def test_pages_are_only_read(administrator, report, name):
    address = url(name, report.pk) if name in REPORT else url(name)
    client = browser_of(administrator)
    for method in ("post", "put", "patch", "delete"):
        assert getattr(client, method)(address).status_code == 405
    assert CoherenceReport.objects.count() == 1


@pytest.mark.parametrize("name", REPORT)
def test_published_report_is_for_everyone_and_a_draft_for_administrators(
    lead, other_lead, board_member, administrator, this_round, report, name
):
    draft = build(this_round, administrator)
    for user in (lead, other_lead, board_member):
        assert browser_of(user).get(url(name, report.pk)).status_code == 200
        assert browser_of(user).get(url(name, draft.pk)).status_code == 404
    for either in (report, draft):
        assert browser_of(administrator).get(url(name, either.pk)).status_code == 200


@pytest.mark.parametrize("name", REPORT)
@pytest.mark.parametrize("pk", [UNKNOWN, 10**30])
def test_unknown_report_is_not_found(administrator, name, pk):
    assert browser_of(administrator).get(url(name, pk)).status_code == 404


@pytest.mark.parametrize("name", LIVE)
@pytest.mark.parametrize("slug", ["nope", "Autumn", "\x00", "x" * 500])
def test_unknown_round_is_not_found(lead, this_round, name, slug):
    assert browser_of(lead).get(url(name, round=slug)).status_code == 404


# Live


def test_live_says_when_no_round_has_opened(lead, administrator):
    RoundFactory(opens_on="2999-01-01", closes_on="2999-03-31")
    page = Page(browser_of(lead).get(url("coherence-live")))
    assert "No round has opened yet." in page.text
    assert page.heading == "Coherence, live"


@pytest.mark.parametrize("name", LIVE[1:])
def test_live_pages_without_a_round_are_no_error_of_ours(lead, name):
    assert browser_of(lead).get(url(name)).status_code in (200, 404)


def test_recommendations_covered_are_all_listed_with_their_activities(board_member, entries):
    page = Page(browser_of(board_member).get(url("coherence-live-recommendations")))
    assert page.heading == "Recommendations covered"
    assert page.status == "5 recommendations"
    assert [(row[0].split()[0], *row[1:]) for row in page.rows("recommendations")] == [
        ("T1.01", "T1", "Years 2-5", "Place", "None", "2"),
        ("T1.02", "T1", "Years 2-5", "Place", "None", "2"),
        ("T1.03", "T1", "Years 2-5", "System", "None", "0"),
        ("T2.01", "T2", "Years 2-5", "Place", "None", "0"),
        ("T2.02", "T2", "Years 2-5", "Place", "None", "0"),
    ]


def test_live_shows_the_headline_first(board_member, entries):
    page = Page(browser_of(board_member).get(url("coherence-live")))
    assert page.title == "Coherence of Autumn, live – Coherence – All Together Fairer"
    assert page.heading == "Coherence of Autumn, live"
    headline = page.main.find(".//ul[@class='app-headline']")
    assert [words(item) for item in headline] == [
        "1 of 9 threads are whole (11%)",
        "3 of 5 recommendations have no linked activity anywhere",
        "1 of 5 recommendations have activity but no measure",
    ]
    assert "1 of 9 threads were declined by their place" in page.text
    order = [
        "threads are whole",
        "Recommendations with no linked activity",
        "Recommendations with activity but no measure",
        "Theme by state",
        "Place by state",
        "Activities linked to no recommendation",
        "Indicators that no activity names",
    ]
    assert sorted(order, key=page.text.index) == order


def test_live_shows_lists_and_tables(board_member, entries):
    page = Page(browser_of(board_member).get(url("coherence-live")))
    assert page.rows("by-theme") == [
        ["T1 Theme T1", "0", "1", "3", "0", "0", "1", "5", "20% of 5", "2"],
        ["T2 Theme T2", "1", "3", "0", "0", "0", "0", "4", "0% of 4", "2"],
        ["All", "1", "4", "3", "0", "0", "1", "9", "11% of 9", "4"],
    ]
    assert page.rows("by-place") == [
        ["Knowsley", "0", "2", "2", "0", "0", "0", "4", "0% of 4", "2"],
        ["Sefton", "1", "1", "1", "0", "0", "1", "4", "25% of 4", "3"],
        ["Cheshire and Merseyside", "0", "1", "0", "0", "0", "0", "1", "0% of 1", "0"],
        ["All", "1", "4", "3", "0", "0", "1", "9", "11% of 9", "4"],
    ]
    assert page.rows("unlinked") == [["Orphan", "T2", "Sefton"]]
    assert "1 of 4 activities." in page.text
    assert page.rows("unnamed") == [["3", "Never named", "T1", "Live"]]
    assert "1 of 2 beacon indicators." in page.text


def test_live_lists_a_recommendation_that_some_place_has_not_declined(board_member, entries):
    page = Page(browser_of(board_member).get(url("coherence-live")))
    codes = [row[0].split()[0] for row in page.rows("list-without-activity")]
    assert codes == ["T1.03", "T2.01", "T2.02"]
    assert [row[0].split()[0] for row in page.rows("list-without-measure")] == ["T1.02"]


def test_live_of_a_round_without_entries_is_whole_of_nothing(board_member, this_round):
    page = Page(browser_of(board_member).get(url("coherence-live")))
    assert "0 of 0 threads are whole" in page.text
    assert "No data" in page.rows("by-theme")[0]


def test_live_shows_the_round_that_the_address_names(board_member, entries):
    earlier = RoundFactory(name="Spring", closed=True)
    ActivityFactory(title="Of spring", round=earlier, places=[PlaceFactory(name="Sefton")])
    client = browser_of(board_member)
    page = Page(client.get(url("coherence-live")))
    assert "Of spring" not in page.text
    page = Page(client.get(page.link("Spring")))
    assert page.heading == "Coherence of Spring, live"
    assert "Of spring" in page.text
    assert "Orphan" not in page.text
    goals = [href for href in page.links if "/coherence/" in href]
    assert goals
    assert all("round=" in href for href in goals)


def numbers(page):
    """Pairs of a number on the page and where it leads, as far as it is a link."""
    links = [(words(a), a.get("href")) for a in page.main.iter("a")]
    return [
        (int(text.split()[0]), href) for text, href in links if re.match(r"\d+( [a-z]|$)", text)
    ]


def count_rows(client, page, href):
    """How many rows stand behind a number, and how many the page says there are."""
    if href.startswith("#"):
        rows = page.rows(f"list-{href[1:]}")
        return len(rows), len(rows)
    behind = Page(client.get(href))
    rows = sum(len(list(body)) for body in behind.main.iter("tbody"))
    said = behind.main.find(".//p[@role='status']")
    return rows, rows if said is None else int(words(said).split()[0])


@pytest.mark.parametrize("where", ["live", "report", "report of a part"])
def test_every_number_leads_to_as_many_rows(
    board_member, administrator, this_round, entries, where
):
    address = url("coherence-live", round=this_round.slug)
    if where != "live":
        scope = Scope(themes=("T1",)) if "part" in where else Scope()
        report = publish(build(this_round, administrator, scope=scope), administrator)
        address = report.get_absolute_url()
    client = browser_of(board_member)
    page = Page(client.get(address))
    found = numbers(page)
    assert len(found) > 40
    (covered,) = {href for _, href in found if "/recommendations/" in href}
    found += numbers(Page(client.get(covered)))
    behind = {(number, href): count_rows(client, page, href) for number, href in set(found)}
    assert {link: rows for link, rows in behind.items() if rows != (link[0], link[0])} == {}


@pytest.mark.parametrize("table", ["by-theme", "by-place"])
def test_every_number_of_the_tables_is_a_link(board_member, entries, table):
    page = Page(browser_of(board_member).get(url("coherence-live")))
    for row in page.table(table):
        for cell in row:
            if re.fullmatch(r"\d+", words(cell)):
                assert cell.find("a") is not None


def test_numbers_lead_to_all_rows_over_several_pages(board_member, this_round):
    for _ in range(26):
        body = ResponsibleBodyFactory(answering_places=[PlaceFactory(), PlaceFactory()])
        RecommendationFactory(theme=ThemeFactory(code="T1"), responsible_bodies=[body])
    client = browser_of(board_member)
    first = Page(client.get(url("coherence-live-threads", round="autumn", state="no-activity")))
    assert first.status == "52 threads"
    assert len(first.rows("threads")) == 50
    (following,) = {href for href in first.links if "page=2" in href}
    second = Page(client.get(url("coherence-live-threads") + following))
    assert second.status == "52 threads"
    assert len(second.rows("threads")) == 2


# Threads and activities


def test_threads_are_narrowed_by_what_the_address_says(board_member, entries):
    address = url("coherence-live-threads", theme="T1", place="sefton", state="whole")
    page = Page(browser_of(board_member).get(address))
    assert page.status == "1 thread"
    ((recommendation, place, state, activities),) = page.rows("threads")
    assert recommendation == "T1.01 Do what T1.01 says."
    assert (place, state, activities) == ("Sefton", "Whole", "Family hub")
    assert {"theme": ["T1"], "place": ["sefton"], "state": ["whole"]}.items() <= (
        page.form_data().items()
    )


def test_threads_that_do_not_exist_are_said_to_be_none(board_member, entries):
    address = url("coherence-live-threads", state="stale")
    page = Page(browser_of(board_member).get(address))
    assert page.status == "0 threads"
    assert "No thread fits these filters." in page.text


@pytest.mark.parametrize("name", ["theme", "place", "state"])
def test_threads_name_what_they_cannot_be_narrowed_by_and_show_nothing(board_member, entries, name):
    response = browser_of(board_member).get(url("coherence-live-threads", **{name: "nope"}))
    assert assert_refused(response).status == "0 threads"


@pytest.mark.parametrize("value", ["\x00", MARKUP, "9" * 30])
def test_threads_refuse_what_nobody_should_send(board_member, entries, value):
    junk = dict.fromkeys(["theme", "place", "state"], value)
    page = assert_refused(browser_of(board_member).get(url("coherence-live-threads", **junk)))
    assert len(page.summary) == 3
    assert "<script>alert" not in page.source


@pytest.mark.parametrize("name", ["coherence-live-threads", "coherence-live-activities"])
@pytest.mark.parametrize("page", ["abc", "0", "-1", "99", "\x00", "9" * 30])
def test_page_that_is_none_is_no_error_of_ours(board_member, entries, name, page):
    assert browser_of(board_member).get(url(name, page=page)).status_code == 200


def test_threads_of_an_earlier_round_stay_there_when_narrowed(board_member, entries):
    earlier = RoundFactory(name="Spring", closed=True)
    ActivityFactory(round=earlier)
    client = browser_of(board_member)
    page = Page(client.get(url("coherence-live-threads", round=earlier.slug)))
    form = next(form for form in page.main.iter("form") if form.get("method") == "get")
    sent = {each.get("name"): each.get("value") for each in form.iter("input")}
    assert sent.get("round") == earlier.slug


def test_threads_of_an_earlier_round_stay_there_when_cleared(board_member, entries):
    earlier = RoundFactory(name="Spring", closed=True)
    client = browser_of(board_member)
    page = Page(client.get(url("coherence-live-threads", round=earlier.slug, state="whole")))
    assert page.link("Clear") == url("coherence-live-threads", round=earlier.slug)


@pytest.mark.parametrize(
    ("narrowed", "titles"),
    [
        ({}, {"Family hub", "Joint kitchen", "Across themes", "Orphan"}),
        ({"theme": "T2"}, {"Across themes", "Orphan"}),
        ({"place": "knowsley"}, {"Joint kitchen", "Across themes"}),
        ({"recommendation": "T1.01"}, {"Family hub", "Across themes"}),
        ({"theme": "T2", "place": "sefton"}, {"Orphan"}),
        ({"theme": "nope"}, set()),
        ({"place": "\x00"}, set()),
    ],
)
def test_activities_are_narrowed_by_what_the_address_says(board_member, entries, narrowed, titles):
    page = Page(browser_of(board_member).get(url("coherence-live-activities", **narrowed)))
    assert {row[0] for row in page.rows("activities")} == titles
    assert int(page.status.split()[0]) == len(titles)


@pytest.mark.parametrize("name", ["theme", "place", "recommendation"])
def test_activities_show_what_the_address_says_as_text(board_member, entries, name):
    page = Page(browser_of(board_member).get(url("coherence-live-activities", **{name: MARKUP})))
    assert_escaped(page)


# Reports


def test_report_list_shows_each_what_they_may_read(
    lead, board_member, administrator, this_round, report
):
    build(this_round, administrator, title="<b>Draft</b>")
    for user in (lead, board_member):
        page = Page(browser_of(user).get(url("report-list")))
        assert [(row[0], row[1], row[3]) for row in page.rows("reports")] == [
            ("Autumn report", "Autumn", "Published")
        ]
        assert not [href for href in page.links if "/admin/" in href]
    page = Page(browser_of(administrator).get(url("report-list")))
    assert [row[0] for row in page.rows("reports")] == ["<b>Draft</b>", "Autumn report"]
    assert "<b>" not in page.source
    assert page.link("Autumn report") == report.get_absolute_url()
    assert [href for href in page.links if "/admin/" in href]


def test_report_list_says_when_there_is_none(board_member, administrator, this_round):
    build(this_round, administrator)
    page = Page(browser_of(board_member).get(url("report-list")))
    assert "No report has been published yet." in page.text
    assert page.table("reports") is None


@pytest.mark.parametrize("page", ["abc", "0", "99", "\x00"])
def test_report_list_page_that_is_none_is_no_error_of_ours(board_member, report, page):
    response = browser_of(board_member).get(url("report-list", page=page))
    assert response.status_code == 200


def test_report_shows_what_it_is(board_member, administrator, this_round, entries):
    scope = Scope(themes=("T1",), places=("sefton",), phases=("years-2-5",), bodies=("Place",))
    report = build(this_round, administrator, scope=scope, comment="Read this.\n\nAnd that.")
    page = Page(browser_of(administrator).get(report.get_absolute_url()))
    assert page.heading == "Autumn report"
    assert "Draft Round Autumn, built on" in page.text
    assert "by Ada Administrator" in page.text
    assert (
        "Covers only Themes: T1; Phases: Years 2-5; Responsible bodies: Place; Places: Sefton."
    ) in page.text
    assert "Read this. And that." in page.text
    assert [href for href in page.links if "/admin/" in href]
    publish(report, administrator)
    page = Page(browser_of(board_member).get(report.get_absolute_url()))
    assert page.title == "Autumn report – Reports – All Together Fairer"
    assert "Published Round Autumn" in page.text
    assert not [href for href in page.links if "/admin/" in href]


def test_report_of_everything_covers_no_part(board_member, report):
    page = Page(browser_of(board_member).get(report.get_absolute_url()))
    assert "Covers only" not in page.text


def test_report_names_a_place_that_answers_for_nothing(administrator, this_round, entries):
    PlaceFactory(name="St Helens")
    scope = Scope(places=("sefton", "st-helens"))
    report = build(this_round, administrator, scope=scope)
    page = Page(browser_of(administrator).get(report.get_absolute_url()))
    assert "Places: Sefton, St Helens." in page.text


def test_report_says_the_same_whatever_happens_to_the_entries(board_member, lead, report):
    client = browser_of(board_member)
    before = everything_on(client, report.get_absolute_url())
    RecommendationLink.objects.all().delete()
    Activity.objects.filter(title="Orphan").delete()
    Activity.objects.update(title="Changed")
    Recommendation.objects.update(text="Changed", place_number=None)
    ActivityFactory(round=report.round, places=lead.places.all())
    ThemeFactory(code="T1").recommendations.get(code="T1.03").delete()
    lead.places.update(name="Changed")
    assert everything_on(client, report.get_absolute_url()) == before
    assert "Changed" in Page(client.get(url("coherence-live"))).text


def test_report_of_a_theme_shows_activities_of_other_themes_that_serve_it(
    board_member, administrator, this_round, entries
):
    scope = Scope(themes=("T1",))
    report = publish(build(this_round, administrator, scope=scope), administrator)
    address = url("report-detail-threads", report.pk, place="knowsley")
    page = Page(browser_of(board_member).get(address))
    rows = {row[0].split()[0]: row[2:] for row in page.rows("threads")}
    assert rows["T1.01"] == ["No measure", "Across themes"]


def test_report_shows_markup_as_text(board_member, administrator, this_round, lead):
    theme = ThemeFactory(code="T1", title=f"1 {MARKUP}")
    body = ResponsibleBodyFactory(name=f"2 {MARKUP}", answering_places=lead.places.all())
    PlaceFactory(name="Sefton")
    lead.places.update(name=f"3 {MARKUP}")
    for code in ("T1.01", "T1.02"):
        RecommendationFactory(theme=theme, code=code, text=f"4 {MARKUP}", responsible_bodies=[body])
    activity = ActivityFactory(
        title=f"5 {MARKUP}", round=this_round, theme=theme, places=lead.places.all()
    )
    RecommendationLinkFactory(
        activity=activity, recommendation=Recommendation.objects.get(code="T1.01")
    )
    ActivityFactory(title=f"6 {MARKUP}", round=this_round, theme=theme, places=lead.places.all())
    BeaconIndicatorFactory(name=f"7 {MARKUP}", theme=theme)
    report = build(this_round, administrator, title=f"8 {MARKUP}", comment=f"9 {MARKUP}")
    publish(report, administrator)
    client = browser_of(board_member)
    page = Page(client.get(report.get_absolute_url()))
    for number in (1, 2, 3, 4, 6, 7, 8, 9):
        assert_escaped(page, f"{number} {MARKUP}")
    assert page.heading == f"8 {MARKUP}"
    page = Page(client.get(url("coherence-live")))
    for number in (1, 2, 3, 4, 6, 7):
        assert_escaped(page, f"{number} {MARKUP}")
    page = Page(client.get(url("report-detail-threads", report.pk)))
    for number in (3, 4, 5):
        assert_escaped(page, f"{number} {MARKUP}")
    assert f"8 {MARKUP}" in words(page.root)
    page = Page(client.get(url("report-detail-recommendations", report.pk)))
    for number in (2, 4):
        assert_escaped(page, f"{number} {MARKUP}")
    page = Page(client.get(url("report-detail-activities", report.pk)))
    for number in (3, 5, 6):
        assert_escaped(page, f"{number} {MARKUP}")


# Downloads


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Autumn report", "autumn-report.xlsx"),
        ('A "quoted"; filename=x.exe', "a-quoted-filenamexexe.xlsx"),
        ("Line\r\nSet-Cookie: x=1", "line-set-cookie-x1.xlsx"),
        ("../../etc/passwd", "etcpasswd.xlsx"),
        ("Ålesund – naïve", "alesund-naive.xlsx"),
    ],
)
def test_download_is_a_workbook_with_a_name(board_member, administrator, this_round, title, name):
    report = publish(build(this_round, administrator, title=title), administrator)
    response = browser_of(board_member).get(url("report-detail-download", report.pk))
    assert response["Content-Type"] == XLSX
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    assert sheets(response)["Summary"][0][1].splitlines() == title.splitlines()


@pytest.mark.parametrize("title", ["東京", "???", "—"])
def test_download_has_a_name_even_where_the_title_has_no_letters(administrator, this_round, title):
    report = build(this_round, administrator, title=title)
    response = browser_of(administrator).get(url("report-detail-download", report.pk))
    assert re.search(r'filename="[a-z0-9-]+\.xlsx"', response["Content-Disposition"])


def test_download_of_the_live_view_names_the_round(board_member, entries):
    RoundFactory(name="Spring", closed=True)
    client = browser_of(board_member)
    response = client.get(url("coherence-live-download"))
    assert response["Content-Disposition"] == 'attachment; filename="coherence-of-autumn-live.xlsx"'
    assert ("Threads (recommendation × answering place)", 9) in sheets(response)["Summary"]
    response = client.get(url("coherence-live-download", round="spring"))
    assert "spring" in response["Content-Disposition"]
    assert ("Activities", 0) in sheets(response)["Summary"]


def test_download_holds_what_the_page_shows(board_member, report):
    client = browser_of(board_member)
    page = Page(client.get(report.get_absolute_url()))
    found = sheets(client.get(url("report-detail-download", report.pk)))
    assert ("Threads that are whole", 1) in found["Summary"]
    for sheet, table in [
        ("No activity", "list-without-activity"),
        ("No measure", "list-without-measure"),
    ]:
        on_page = [row[0].split()[0] for row in page.rows(table)]
        assert [row[0] for row in found[sheet][1:]] == on_page
    for sheet, table in [("By theme", "by-theme"), ("By place", "by-place")]:
        on_page = [[int(cell) for cell in row[1:8]] for row in page.rows(table)[:-1]]
        assert [[*row[3:9], row[2]] for row in found[sheet][1:]] == on_page
    assert len(found["Threads"]) == 1 + 9
    assert ("T1.01", "Theme T1", "Do what T1.01 says.", "Sefton", "Whole", "Family hub") in (
        found["Threads"]
    )
    assert found["Activities without link"][1:] == [("Orphan", "T2", "Sefton")]


@pytest.mark.parametrize("title", ["=1+1", "@SUM(A1)", "-2", "+3", "A\x07B\x0bC", MARKUP])
def test_download_keeps_text_as_text(administrator, this_round, lead, title):
    ActivityFactory(title=title, round=this_round, places=lead.places.all())
    response = browser_of(administrator).get(url("coherence-live-download"))
    book = load_workbook(io.BytesIO(response.content))
    cell = book["Activities without link"]["A2"]
    assert cell.value == re.sub("[\x07\x0b]", "", title)
    assert cell.data_type == "s"


# Queries


@pytest.mark.parametrize("who", ["board_member", "administrator"])
def test_pages_take_the_same_number_of_queries_for_30_entries_as_for_1(
    request, administrator, this_round, who
):
    client = browser_of(request.getfixturevalue(who))

    def add(number):
        theme, place = ThemeFactory(code=f"T{number % 8 + 1}"), PlaceFactory()
        activity = ActivityFactory(round=this_round, theme=theme, places=[place, PlaceFactory()])
        body = ResponsibleBodyFactory(answering_places=[place])
        recommendation = RecommendationFactory(theme=theme, responsible_bodies=[body])
        RecommendationLinkFactory(activity=activity, recommendation=recommendation)
        IndicatorLinkFactory(activity=activity, indicator=BeaconIndicatorFactory(theme=theme))
        LocalMeasureFactory(activity=activity)
        DecisionFactory(place=place, recommendation=recommendation)
        ActivityFactory(round=this_round, theme=theme, places=[place])
        return publish(build(this_round, administrator), administrator)

    def counted(report):
        live = [queries(client, url(name)) for name in LIVE]
        frozen = [queries(client, url(name, report.pk)) for name in REPORT]
        return [*live, queries(client, url("report-list")), *frozen]

    few = counted(add(0))
    reports = [add(number) for number in range(1, 30)]
    assert counted(reports[-1]) == few


def test_report_takes_no_more_queries_than_its_own_row(board_member, report):
    """It is frozen: nothing of the entries or the framework is read."""
    client = browser_of(board_member)
    assert queries(client, report.get_absolute_url()) <= 3
