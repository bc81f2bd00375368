"""An administrator builds and publishes a coherence report; a Board member reads it."""

import datetime
import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook
from playwright.sync_api import expect

from recommendations.models import Place, Recommendation, Theme
from stocktake import operations
from stocktake.coherence import Scope
from stocktake.models import CoherenceReport
from tests.factories import (
    ActivityFactory,
    LocalMeasureFactory,
    RecommendationLinkFactory,
    RoundFactory,
)

pytestmark = pytest.mark.browser

TITLE = "Coherence before the summer"
# (place, recommendations, whether there is a measure): two whole threads, two without a measure.
ENTRIES = (
    ("sefton", ["T1.01", "T1.03"], True),
    ("halton", ["T2.10"], False),
    ("halton", ["T1.05"], False),
    ("wirral", [], False),
)


@pytest.fixture
def entries(open_round):
    """Four accepted activities in the open round."""
    return [record(open_round, *entry) for entry in ENTRIES]


def record(round, place, codes, measured):
    """Make an accepted activity of a place with confirmed links."""
    activity = ActivityFactory(
        round=round,
        theme=Theme.objects.get(code=codes[0].partition(".")[0] if codes else "T8"),
        places=[Place.objects.get(slug=place)],
    )
    for recommendation in Recommendation.objects.filter(code__in=codes):
        RecommendationLinkFactory(activity=activity, recommendation=recommendation)
    if measured:
        LocalMeasureFactory(activity=activity)
    return activity


def build(round, by, title=TITLE, *, publish):
    """Build a report of everything, and publish it or leave it a draft."""
    report = operations.build_report(
        round=round, title=title, comment="For the July meeting.", scope=Scope(), by=by
    )
    return operations.publish_report(report=report, by=by) if publish else report


def headline(page):
    """The three numbers at the top of a report."""
    return [int(number) for number in page.locator(".app-figure").all_inner_texts()]


def test_report_built_in_the_admin_and_published(visitor, administrator, entries):
    """Django's own admin pages go through no axe: they are not ours to mend. Their console is."""
    page = visitor.page
    visitor.sign_in(administrator)
    visitor.arrive("Home")
    visitor.follow("Build a coherence report")
    expect(page.get_by_role("heading", name="Add coherence report")).to_be_visible()
    page.get_by_label("Round").select_option("This quarter")
    page.get_by_label("Title").fill(TITLE)
    page.get_by_label("Comment").fill("For the July meeting.")
    t1, t8 = (str(Theme.objects.get(code=code)) for code in ("T1", "T8"))
    page.get_by_role("checkbox", name=t1).check()
    page.get_by_role("checkbox", name=t8).check()
    visitor.follow("Build the report", role="button")
    expect(page.get_by_role("button", name="Publish to the Board")).to_be_visible()
    assert visitor.complaints == []
    report = CoherenceReport.objects.get()
    assert not report.is_published
    assert report.built_by == administrator

    page.get_by_role("link", name="See the report").first.click()
    visitor.check(TITLE)
    main = page.get_by_role("main")
    expect(main.get_by_text("Draft", exact=True)).to_be_visible()
    expect(main.get_by_text("For the July meeting.")).to_be_visible()
    themes = page.get_by_role("table", name="Threads of each theme by state")
    expect(themes.locator("tbody th")).to_have_text([t1, t8, "All"])
    assert headline(page)[0] == 2
    visitor.follow("Publish or delete this draft")
    visitor.follow("Publish to the Board", role="button")
    expect(page.get_by_text("was published to the Board")).to_be_visible()
    expect(page.get_by_role("button", name="Publish to the Board")).to_have_count(0)
    expect(page.get_by_role("link", name="Delete this draft")).to_have_count(0)
    assert visitor.complaints == []
    report.refresh_from_db()
    assert report.is_published
    assert report.published_by == administrator
    visitor.open(report.get_absolute_url())
    visitor.arrive(TITLE)
    expect(main.get_by_text("Published", exact=True)).to_be_visible()


def test_draft_report_deleted_in_the_admin(visitor, administrator, entries, open_round):
    page = visitor.page
    build(open_round, administrator, publish=False)
    visitor.sign_in(administrator)
    visitor.arrive("Home")
    visitor.follow("Reports")
    visitor.arrive("Reports")
    visitor.follow(TITLE)
    visitor.arrive(TITLE)
    visitor.follow("Publish or delete this draft")
    visitor.follow("Delete this draft")
    page.get_by_role("button", name="Yes, I’m sure").click()
    expect(page.get_by_text("was deleted successfully")).to_be_visible()
    assert not CoherenceReport.objects.exists()


def test_report_read_and_downloaded_by_the_board(
    visitor, administrator, board_member, entries, open_round
):
    page = visitor.page
    report = build(open_round, administrator, publish=True)
    draft = build(open_round, administrator, "Still being written", publish=False)
    visitor.sign_in(board_member)
    visitor.arrive("Home")
    visitor.follow("Reports", within=page.get_by_role("main"))
    visitor.check("Reports")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.get_by_text(draft.title)).to_have_count(0)
    visitor.follow(TITLE)
    visitor.check(TITLE)
    numbers = whole, without_activity, without_measure = headline(page)
    assert (whole, without_activity, without_measure) == (2, 125 - 4, 2)

    page.locator(".app-figure").first.click()
    visitor.check("Threads")
    expect(page.get_by_role("status")).to_have_text(f"{whole} threads")
    expect(page.locator("tbody tr")).to_have_count(whole)
    expect(page.locator("tbody tr", has_text="Sefton").filter(has_text="Whole")).to_have_count(
        whole
    )
    page.get_by_label("State").select_option("No measure")
    visitor.follow("Apply", role="button")
    expect(page.get_by_role("link", name="Remove State: No measure")).to_be_visible()
    visitor.check("Threads")
    expect(page.locator("tbody tr")).to_have_count(2)
    expect(page.locator("tbody tr", has_text="Halton")).to_have_count(2)
    visitor.follow(TITLE)
    visitor.arrive(TITLE)

    row = page.get_by_role("table", name="Threads of each place by state").get_by_role(
        "row", name="Halton"
    )
    number = row.get_by_role("link").last
    expect(number).to_have_text("2")
    number.click()
    visitor.check("Activities counted")
    expect(page.locator("tbody tr")).to_have_count(2)
    visitor.follow(TITLE)
    visitor.arrive(TITLE)

    with page.expect_download() as download:
        visitor.follow("Download as a spreadsheet", role="button")
    assert download.value.suggested_filename == "coherence-before-the-summer.xlsx"
    workbook = load_workbook(io.BytesIO(download.value.path().read_bytes()))
    summary = dict(workbook["Summary"].iter_rows(max_col=2, values_only=True))
    assert numbers == [
        summary["Threads that are whole"],
        summary["Recommendations with no linked activity"],
        summary["Recommendations with activity but no measure"],
    ]
    assert summary["Coherence report"] == TITLE
    threads = list(workbook["Threads"].iter_rows(min_row=2, values_only=True))
    assert len(threads) == summary["Threads (recommendation × answering place)"]
    assert sum("Whole" in thread for thread in threads) == whole

    assert visitor.open(draft.get_absolute_url()) == 404
    visitor.check("Page not found", status=404)
    assert visitor.open(report.get_absolute_url()) == 200


def test_live_view_follows_the_entries_and_a_report_does_not(
    visitor, administrator, board_member, entries, open_round
):
    page = visitor.page
    report = build(open_round, administrator, publish=True)
    record(open_round, "knowsley", ["T3.02"], True)
    visitor.sign_in(board_member)
    visitor.arrive("Home")
    visitor.follow("Coherence today")
    visitor.check("Coherence of This quarter, live")
    assert headline(page) == [3, 120, 2]
    page.locator(".app-figure").first.click()
    visitor.arrive("Threads")
    expect(page.locator("tbody tr")).to_have_count(3)
    visitor.open(report.get_absolute_url())
    visitor.arrive(TITLE)
    assert headline(page) == [2, 121, 2]


def test_live_threads_of_an_earlier_round_stay_in_it_when_filtered(visitor, board_member, entries):
    page = visitor.page
    today = datetime.date.today()
    earlier = RoundFactory(
        name="Last quarter",
        opens_on=today - datetime.timedelta(days=150),
        closes_on=today - datetime.timedelta(days=60),
    )
    record(earlier, "halton", ["T4.01"], False)
    visitor.sign_in(board_member)
    visitor.arrive("Home")
    visitor.open(reverse("stocktake:coherence-live"))
    visitor.follow("Last quarter")
    visitor.arrive("Coherence of Last quarter, live")
    assert headline(page) == [0, 124, 1]
    page.locator(".app-figure").first.click()
    visitor.arrive("Threads")
    page.get_by_label("State").select_option("No measure")
    visitor.follow("Apply", role="button")
    expect(page.get_by_role("link", name="Remove State: No measure")).to_be_visible()
    expect(page.get_by_role("link", name="Coherence of Last quarter, live")).to_be_visible()
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody tr")).to_contain_text("T4.01")
    visitor.follow("Clear")
    expect(page.get_by_role("link", name="Coherence of Last quarter, live")).to_be_visible()
