"""A workbook of entries that comes back: what each row means, and saving them together."""

import datetime
import threading
import time
from decimal import Decimal
from functools import partial

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from atf.models import User
from stocktake import operations
from stocktake.models import Activity, ActivityVersion, Evidence, Upload
from stocktake.offline import layout
from stocktake.offline.line import from_rows
from stocktake.workbook.errors import WorkbookError
from tests.concurrency import at_once
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

from .offline.sheets import download, walks

AWKWARD = [
    "=1+1",
    "+44 151 000 0000",
    "@mention",
    "-5",
    "'quoted",
    "first line\nsecond line",
    "first line\r\nsecond line\r\n",
    "\u00a0no-break\u00a0spaces\u00a0",
    "🚶‍♀️ emoji 👨‍👩‍👧",
    "مرحبا بالعالم and Latin",
    "_x0000_ and _x000D_ and _x0041_ and _x005F_x0041_",
    "  spaces around  ",
    "tab\tand \x0bvertical tab",
    "<b>&amp;</b>",
    "2024",
    "1.50",
    "TRUE",
    "31/12/2026",
    "#N/A",
    "5%",
    "x" * 32_767,
    "x" * 32_768,
    "🚶" * 20_000,
    "_x0041_" * 4_000,
    "long\n" * 20_000,
]


@pytest.fixture
def round(db):
    return RoundFactory(name="This quarter")


@pytest.fixture
def theme(db):
    return ThemeFactory(code="T1", title="Best start")


@pytest.fixture
def sefton(lead):
    return lead.places.get()


@pytest.fixture
def activity(round, theme, sefton):
    """An accepted entry of Sefton, with a link and an indicator, a measure and evidence."""
    activity = ActivityFactory(
        round=round,
        theme=theme,
        places=[sefton],
        title="Family hubs",
        starts_on=datetime.date(2026, 3, 27),
    )
    recommendation = RecommendationFactory(
        theme=theme, code="T1.04", text="Plan for families. " * 9
    )
    RecommendationLinkFactory(activity=activity, recommendation=recommendation, reason="It does.")
    IndicatorLinkFactory(activity=activity, indicator=BeaconIndicatorFactory(number=3))
    LocalMeasureFactory(
        activity=activity, name="Families", baseline=Decimal("0.10"), latest_value=Decimal("12.50")
    )
    Evidence.objects.create(activity=activity, title="Page", url="https://example.org/a")
    Evidence.objects.create(activity=activity, title="Paper", file="evidence/1/paper.pdf")
    return activity


def upload(sheet, round, by):
    return operations.upload_entries(data=sheet.data, file_name="a.xlsx", round=round, by=by)


def lines(upload):
    upload.refresh_from_db()
    return from_rows(upload.rows)[1]


def states(upload):
    return [line.state for line in lines(upload)]


def only_line(sheet, round, by):
    (line,) = lines(upload(sheet, round, by))
    return line


def messages(line):
    return {error["heading"]: error["message"] for error in line.errors}


def changed(line):
    return {each.field: (each.before, each.after) for each in line.differences}


def test_workbook_downloaded_and_uploaded_unchanged_changes_nothing(activity, round, lead):
    line = only_line(download(activity), round, lead)
    assert (line.state, line.errors, line.changes) == ("unchanged", [], [])


@pytest.mark.parametrize("text", AWKWARD, ids=lambda text: ascii(text[:20]))
def test_text_of_any_kind_comes_back_unchanged(text, round, theme, sefton, lead):
    activity = ActivityFactory(
        round=round,
        theme=theme,
        places=[sefton],
        title=text[:200],
        description=text,
        lead_organisation=text[:200],
        contact=text[:200],
    )
    LocalMeasureFactory(activity=activity, name=text[:200], unit=text[:50])
    Evidence.objects.create(activity=activity, title=text[:200], url="https://example.org/a?b=1&c")
    assert only_line(download(activity), round, lead).state == "unchanged"


@pytest.mark.parametrize("text", AWKWARD, ids=lambda text: ascii(text[:20]))
def test_text_of_any_kind_stays_to_the_letter_when_something_else_is_changed(
    text, round, theme, sefton, lead
):
    activity = ActivityFactory(round=round, theme=theme, places=[sefton], description=text)
    sheet = download(activity).put(2, contact="Ann")
    made = upload(sheet, round, lead)
    (line,) = lines(made)
    assert changed(line) == {"contact": ("", "Ann")}
    operations.commit_upload(upload=made, by=lead)
    activity.refresh_from_db()
    assert (activity.description, activity.contact) == (text, "Ann")


def test_every_field_changed_is_previewed_and_saved(activity, round, theme, lead):
    RecommendationFactory(theme=theme, code="T1.05", text="Do more.")
    BeaconIndicatorFactory(number=7, name="Life expectancy")
    PlaceFactory(name="Halton")
    ThemeFactory(code="T2", title="Fair work")
    sheet = download(activity).put(
        2,
        title="Family centres",
        description="For families.",
        places="sefton; Halton",
        theme="T2",
        recommendation_2="T1.05",
        indicator="7 Life expectancy",
        lead_organisation="The council",
        contact="Ann",
        starts_on="1/4/2026",
        ends_on=datetime.datetime(2026, 12, 31),
        delivery_status="paused",
        measure="Children",
        value=20,
        evidence="Site",
        link="https://example.org/b",
        good_practice="yes",
    )
    made = upload(sheet, round, lead)
    (line,) = lines(made)
    assert line.state == "changed", line.errors
    differences = changed(line)
    assert differences["title"] == ("Family hubs", "Family centres")
    assert differences["places"] == (["Sefton"], ["Halton", "Sefton"])
    assert differences["theme"] == ("T1 Best start", "T2 Fair work")
    assert differences["recommendations"][1][0].endswith("It does.")
    assert differences["recommendations"][1][1] == "T1.05 Do more."
    assert differences["indicators"] == (["3 Indicator 3"], ["7 Life expectancy"])
    assert differences["starts_on"] == ("27 March 2026", "1 April 2026")
    assert differences["ends_on"] == ("", "31 December 2026")
    assert differences["evidence"][1] == ["Site: https://example.org/b", "Paper: paper.pdf"]
    assert differences["is_good_practice"] == ("No", "Yes")
    assert Activity.objects.get().title == "Family hubs"

    (saved,) = operations.commit_upload(upload=made, by=lead)
    now = Activity.objects.get()
    assert saved.activity == now.pk
    then, stored = ActivityVersion.objects.filter(activity=now)
    assert stored.content == then.content | {
        field: after for field, (_, after) in differences.items()
    }
    assert now.is_submitted
    assert now.recommendation_links.get(recommendation__code="T1.04").reason == "It does."
    assert now.source == Activity.Source.FORM


def test_new_row_becomes_a_draft_filled_in_offline(round, theme, lead):
    RecommendationFactory(theme=theme, code="T1.04")
    sheet = download()
    sheet.add(
        **walks(
            theme,
            recommendation="T1.04",
            starts_on="27 March 2026",
            measure="People",
            unit="people",
            baseline=0,
            target=100,
            value=12.5,
            value_on=datetime.date(2026, 4, 1),
            evidence="Site",
            link="https://example.org",
        )
    )
    made = upload(sheet, round, lead)
    assert states(made) == ["new"]
    assert not Activity.objects.exists()
    operations.commit_upload(upload=made, by=lead)
    activity = Activity.objects.get()
    assert (activity.source, activity.is_draft, activity.created_by) == ("offline", True, lead)
    assert activity.starts_on == datetime.date(2026, 3, 27)
    assert list(activity.places.all()) == list(lead.places.all())
    measure = activity.local_measures.get()
    assert (measure.latest_value, measure.target) == (Decimal("12.5"), 100)
    assert activity.evidence.get().url == "https://example.org"
    assert activity.recommendation_links.get().recommendation.code == "T1.04"


def test_submit_hands_in_a_draft_and_a_new_row(round, theme, sefton, lead):
    draft = ActivityFactory(round=round, theme=theme, places=[sefton], draft=True)
    sheet = download(draft).put(2, submit="Yes")
    sheet.add(**walks(theme, submit="Yes"))
    made = upload(sheet, round, lead)
    first, second = lines(made)
    assert (first.state, first.submits, first.changes) == ("changed", True, [])
    assert (second.state, second.submits) == ("new", True)
    operations.commit_upload(upload=made, by=lead)
    assert {row.review_status for row in Activity.objects.all()} == {"submitted"}


def test_submitted_entry_is_not_taken_back(activity, round, lead):
    line = only_line(download(activity).put(2, submit="No"), round, lead)
    assert messages(line) == {"Submit": "It was submitted before: choose “Yes”"}


def test_cells_emptied_take_links_measures_and_evidence_away(activity, round, lead):
    sheet = download(activity)
    for heading in sheet.headings:
        if heading.split()[0] in ("Recommendation", "Indicator", "Measure", "Evidence"):
            sheet.cell(2, heading).value = None
    made = upload(sheet, round, lead)
    assert states(made) == ["changed"]
    operations.commit_upload(upload=made, by=lead)
    assert not activity.recommendation_links.exists()
    assert not activity.indicator_links.exists()
    assert not activity.local_measures.exists()
    assert [row.title for row in activity.evidence.all()] == ["Paper"]


def test_columns_deleted_leave_what_they_held(activity, round, lead):
    sheet = download(activity).put(2, contact="Ann")
    for name in ("Measure", "Evidence", "Recommendation", "Indicator"):
        for heading in sheet.headings:
            if heading.startswith(name):
                sheet.sheet.delete_cols(sheet.headings.index(heading) + 1)
    line = only_line(sheet, round, lead)
    assert changed(line) == {"contact": ("", "Ann")}


def test_wrong_cells_are_named_with_what_to_do(activity, round, theme, lead):
    sheet = download(activity).put(
        2,
        title="",
        places="Seftn",
        theme="T99 Other",
        recommendation_2="T1.99",
        indicator="99",
        starts_on="soon",
        delivery_status="Done",
        baseline="many",
        value_on="",
        good_practice="perhaps",
        link="no link",
    )
    line = only_line(sheet, round, lead)
    assert line.state == "rejected"
    said = messages(line)
    assert said.pop("Measure 1: baseline")
    assert said == {
        "Name of the activity": "Enter the name of the activity",
        "Places": "“Seftn” is no place that takes part. Choose one from the list, or type several "
        "with “;” between them",
        "Theme": "There is no theme “T99”. Choose one from the list",
        "Recommendation 2": "There is no recommendation “T1.99”. Choose one from the list",
        "Indicator 1": "There is no indicator “99”. Choose one from the list",
        "Start date": "“soon” is not a date. Type it like 27/3/2026 or 27 March 2026",
        "Delivery status": "“Done” is no delivery status. Choose one from the list",
        "Measure 1: date of the latest value": "Enter the date of the latest value",
        "Evidence 1: link": "Enter a link such as https://www.sefton.gov.uk",
        "Others may learn from it": "“perhaps” is no answer. Choose “Yes” or “No”",
    }
    columns = {error["heading"]: error["column"] for error in line.errors}
    assert columns["Name of the activity"] == sheet.cell(2, "Name of the activity").column_letter


def test_rules_of_the_form_hold(round, theme, lead):
    PlaceFactory(name="Halton")
    sheet = download()
    sheet.add(
        **walks(theme, starts_on="2/1/2026", ends_on="1/1/2026", places="Halton", title="x" * 201)
    )
    sheet.add(title="Alone")
    first, second = lines(upload(sheet, round, lead))
    assert messages(first) == {
        "End date": "The end date must be on or after the start date",
        "Places": "Choose at least one of your own places: Sefton",
        "Name of the activity": "Shorten the name of the activity to 200 characters or fewer",
    }
    assert messages(second) == {
        "What it does, and for whom": "Enter what it does, and for whom",
        "Places": "Enter the place or places",
        "Theme": "Choose the theme",
        "Delivery status": "Choose the delivery status",
    }


def test_two_measures_of_one_name_are_refused(round, theme, lead):
    sheet = download()
    row = sheet.add(**walks(theme, measure="People"))
    sheet.put(row, **{"Measure 2: what is measured": "People"})
    assert "Give each measure another name" in messages(only_line(sheet, round, lead)).values()


def test_long_text_that_was_shortened_may_be_replaced_but_not_mended(round, theme, sefton, lead):
    activity = ActivityFactory(round=round, theme=theme, places=[sefton], description="x" * 100_000)
    sheet = download(activity)
    text = sheet.cell(2, "What it does, and for whom").value
    assert len(text) == layout.MAX_CELL
    assert "100,000 characters" in text
    line = only_line(sheet.put(2, description=f"y{text[1:]}"), round, lead)
    assert "Change it online" in messages(line)["What it does, and for whom"]
    line = only_line(sheet.put(2, description="Short."), round, lead)
    assert changed(line)["description"][1] == "Short."


def test_cell_with_more_than_a_cell_holds_is_refused(round, theme, lead):
    sheet = download()
    row = sheet.add(**walks(theme))
    # Other programs than Excel write such a text; openpyxl would cut it.
    sheet.cell(row, "What it does, and for whom")._value = "x" * 100_000
    assert messages(only_line(sheet, round, lead)) == {
        "What it does, and for whom": "This text has 100,000 characters and a cell holds 32,767. "
        "Shorten it, or enter it online"
    }


def test_entry_changed_online_and_offline_is_a_conflict(activity, round, lead, administrator):
    sheet = download(activity).put(2, contact="Ann")
    save(activity, administrator, description="Changed online.")
    made = upload(sheet, round, lead)
    (line,) = lines(made)
    assert line.state == "conflict"
    assert [each.field for each in line.differences_online] == ["description"]
    assert changed(line) == {"contact": ("", "Ann")}
    assert operations.commit_upload(upload=made, by=lead) == []
    activity.refresh_from_db()
    assert (activity.contact, activity.description) == ("", "Changed online.")


def test_conflict_says_what_is_wrong_with_the_row_as_well(activity, round, lead, administrator):
    sheet = download(activity).put(2, contact="Ann", theme="T99")
    save(activity, administrator, description="Changed online.")
    line = only_line(sheet, round, lead)
    assert line.state == "conflict"
    assert list(messages(line)) == ["Theme"]
    assert changed(line)["contact"] == ("", "Ann")


def test_entry_changed_online_only_stays_as_it_is(activity, round, lead, administrator):
    sheet = download(activity)
    save(activity, administrator, description="Changed online.")
    line = only_line(sheet, round, lead)
    assert line.state == "unchanged"
    assert "it stays as it is online" in line.note


def test_entry_changed_alike_on_both_sides_is_unchanged(activity, round, lead, administrator):
    sheet = download(activity).put(2, contact="Ann")
    save(activity, administrator, contact="Ann")
    assert only_line(sheet, round, lead).state == "unchanged"


def test_change_between_preview_and_saving_stops_all(activity, round, theme, lead, administrator):
    sheet = download(activity).put(2, contact="Ann")
    sheet.add(**walks(theme))
    made = upload(sheet, round, lead)
    assert states(made) == ["changed", "new"]
    save(activity, administrator, description="Changed online.")
    with pytest.raises(ValidationError, match="Nothing was saved"):
        operations.commit_upload(upload=made, by=lead)
    assert states(made) == ["conflict", "new"]
    assert Activity.objects.count() == 1
    operations.commit_upload(upload=made, by=lead)
    assert Activity.objects.count() == 2


@pytest.mark.parametrize("deleted", [False, True])
def test_change_while_saving_stops_all(activity, round, theme, lead, monkeypatch, deleted):
    sheet = download(activity).put(2, contact="Ann")
    sheet.add(**walks(theme))
    made = upload(sheet, round, lead)
    real = operations.uploads.save_activity

    def save_second(**arguments):
        if arguments["activity"].pk is None:
            raise Activity.DoesNotExist if deleted else operations.Conflict(activity)
        return real(**arguments)

    monkeypatch.setattr(operations.uploads, "save_activity", save_second)
    with pytest.raises(ValidationError, match="Nothing was saved"):
        operations.commit_upload(upload=made, by=lead)
    activity.refresh_from_db()
    made.refresh_from_db()
    assert (activity.contact, made.is_committed) == ("", False)


def test_new_row_uploaded_by_two_is_added_once(round, theme, lead):
    colleague = UserFactory(places=list(lead.places.all()))
    sheet = download()
    sheet.add(**walks(theme))
    mine, theirs = upload(sheet, round, lead), upload(sheet, round, colleague)
    operations.commit_upload(upload=theirs, by=colleague)
    with pytest.raises(ValidationError, match="Nothing was saved"):
        operations.commit_upload(upload=mine, by=lead)
    assert states(mine) == ["unchanged"]
    assert Activity.objects.count() == 1


def test_second_saving_does_nothing(round, theme, lead):
    sheet = download()
    sheet.add(**walks(theme))
    made = upload(sheet, round, lead)
    operations.commit_upload(upload=made, by=lead)
    with pytest.raises(ValidationError, match="nothing was saved again"):
        operations.commit_upload(upload=made, by=lead)
    assert Activity.objects.count() == 1


def test_workbook_uploaded_again_after_saving_has_nothing_to_save(activity, round, theme, lead):
    sheet = download(activity).put(2, contact="Ann")
    sheet.add(**walks(theme, measure="People", submit="Yes"))
    operations.commit_upload(upload=upload(sheet, round, lead), by=lead)
    assert states(upload(sheet, round, lead)) == ["unchanged", "unchanged"]
    sheet.put(3, description="Something else.")
    _, line = lines(upload(sheet, round, lead))
    assert "is in the round already, with the code" in messages(line)["Name of the activity"]


def test_two_new_rows_of_one_name_are_told_apart(round, theme, lead):
    sheet = download()
    sheet.add(**walks(theme))
    sheet.add(**walks(theme, title="walking FOR health"))
    first, second = lines(upload(sheet, round, lead))
    assert first.state == "new"
    assert messages(second) == {
        "Name of the activity": "Row 2 has this name too. Give one of them another name"
    }


def test_rows_about_entries_that_are_not_theirs_are_rejected(
    activity, round, theme, lead, other_lead
):
    knowsley = other_lead.places.get()
    theirs = ActivityFactory(round=round, theme=theme, places=[knowsley])
    hidden = ActivityFactory(round=round, theme=theme, places=[knowsley], draft=True)
    closed = ActivityFactory(
        round=RoundFactory(name="Last quarter", closed=True), places=list(lead.places.all())
    )
    joint = ActivityFactory(round=round, theme=theme, places=[knowsley, *lead.places.all()])
    sheet = download(activity, theirs, hidden, closed, joint)
    codes = {sheet.cell(row, "Code").value: row for row in range(2, 7)}
    for row in codes.values():
        sheet.put(row, contact="Ann")
    sheet.add(title="Gone", code=999_999, version=1)
    sheet.add(title="Strange", code="abc", version=1)
    sheet.add(title="Twice", code=activity.pk, version=1)
    found = {line.number: line for line in lines(upload(sheet, round, lead))}
    assert found[codes[activity.pk]].state == found[codes[joint.pk]].state == "changed"

    def said(row):
        assert found[row].state == "rejected"
        return messages(found[row])["Code"]

    assert said(codes[theirs.pk]) == "This is an activity of Knowsley. Delete this row"
    assert said(codes[hidden.pk]).startswith("There is no activity with the code")
    assert said(codes[closed.pk]).startswith("This is an activity of another round, “Last quarter”")
    assert said(7).startswith("There is no activity with the code 999999")
    assert said(8).startswith("There is no activity with the code abc")
    assert (
        said(9) == f"Row {codes[activity.pk]} is about this activity too. Keep one of the two rows"
    )


def test_closed_round_is_read_only_for_leads(theme, sefton, lead, administrator):
    closed = RoundFactory(closed=True)
    activity = ActivityFactory(round=closed, theme=theme, places=[sefton])
    sheet = download(activity).put(2, contact="Ann")
    sheet.add(**walks(theme))
    made = upload(sheet, closed, lead)
    assert states(made) == ["rejected", "rejected"]
    assert "is closed" in messages(lines(made)[0])["Code"]
    assert states(upload(sheet, closed, administrator)) == ["changed", "new"]


def test_round_closed_between_preview_and_saving_stops_all(round, theme, lead):
    sheet = download()
    sheet.add(**walks(theme))
    made = upload(sheet, round, lead)
    round.closes_on = timezone.localdate() - datetime.timedelta(days=1)
    round.save()
    with pytest.raises(ValidationError, match="Nothing was saved"):
        operations.commit_upload(upload=made, by=lead)
    assert states(made) == ["rejected"]
    assert not Activity.objects.exists()


def test_version_that_is_missing_is_asked_for(activity, round, lead):
    line = only_line(download(activity).put(2, version=None, contact="Ann"), round, lead)
    assert messages(line)["Version"].startswith("Enter the version")


def test_file_that_is_no_workbook_keeps_nothing(round, lead):
    with pytest.raises(WorkbookError):
        operations.upload_entries(data=b"%PDF-1.7", file_name="a.pdf", round=round, by=lead)
    assert not Upload.objects.exists()


def checking_queries(round, theme, lead, count, *, change, by=None):
    Activity.objects.all().delete()
    rows = [
        ActivityFactory(round=round, theme=theme, places=list(lead.places.all()))
        for _ in range(count)
    ]
    for row in rows:
        RecommendationLinkFactory(activity=row)
        LocalMeasureFactory(activity=row, latest_value=1)
        Evidence.objects.create(activity=row, title="Page", url="https://example.org/a")
    sheet = download(*rows)
    for number in range(2, count + 2):
        sheet.put(number, **change)
    by = User.objects.get(pk=(by or lead).pk)
    with CaptureQueriesContext(connection) as captured:
        made = upload(sheet, round, by)
    assert set(states(made)) == {"changed" if change else "unchanged"}
    return len(captured)


def test_unchanged_rows_take_no_queries_of_their_own(round, theme, lead):
    few, many = (checking_queries(round, theme, lead, n, change={}) for n in (1, 4))
    assert few == many


@pytest.mark.parametrize("who", ["lead", "administrator"])
def test_changed_rows_take_no_queries_of_their_own(request, round, theme, lead, who):
    change = {"contact": "Ann", "value": 20, "link": "https://example.org/b", "measure_2": "Steps"}
    by = request.getfixturevalue(who)
    few, many = (checking_queries(round, theme, lead, n, change=change, by=by) for n in (1, 11))
    assert few == many


def test_new_rows_take_no_queries_of_their_own(round, theme, lead):
    def queries_for(count):
        sheet = download()
        for number in range(count):
            sheet.add(**walks(theme, title=f"Walk {number}", measure="People"))
        by = User.objects.get(pk=lead.pk)
        with CaptureQueriesContext(connection) as captured:
            made = upload(sheet, round, by)
        assert set(states(made)) == {"new"}
        return len(captured)

    assert queries_for(1) == queries_for(11)


@pytest.fixture
def half_done(monkeypatch):
    """Set once a workbook's first row is saved; before the next, others have time for theirs."""
    event, real = threading.Event(), operations.uploads.save_activity

    def save_and_dawdle(**arguments):
        saved = real(**arguments)
        event.set()
        time.sleep(0.2)
        return saved

    monkeypatch.setattr(operations.uploads, "save_activity", save_and_dawdle)
    return event


@pytest.mark.django_db(transaction=True)
def test_saving_and_accepting_at_once_wait_for_each_other(
    round, theme, lead, administrator, half_done
):
    sefton = lead.places.get()
    rows = [
        ActivityFactory(round=round, theme=theme, places=[sefton], submitted=True) for _ in "12"
    ]
    sheet = download(*rows)
    in_reverse = sorted(rows, key=lambda row: -row.pk)
    for number, activity in enumerate(in_reverse, start=2):
        source = download(activity)
        for heading in sheet.headings:
            sheet.cell(number, heading).value = source.cell(2, heading).value
        sheet.put(number, contact="Ann")
    made = upload(sheet, round, lead)

    def accept():
        half_done.wait(5)
        return operations.accept_activities(
            versions={row.pk: row.version for row in rows}, by=administrator
        )

    saved, accepted = at_once(lambda: operations.commit_upload(upload=made, by=lead), accept)
    assert [line.activity for line in saved] == [row.pk for row in in_reverse]
    assert accepted == []


@pytest.mark.django_db(transaction=True)
def test_saving_online_at_once_in_the_same_places_waits(round, theme, administrator, half_done):
    first, second = sorted([PlaceFactory(), PlaceFactory()], key=lambda place: place.pk)
    sheet = download()
    for place in (second, first):
        sheet.add(**walks(theme, title=f"Walk in {place}", places=place.name))
    made = upload(sheet, round, administrator)

    def save_online():
        half_done.wait(5)
        return operations.save_activity(
            activity=Activity(round=round, theme=theme, title="Hubs", description="For all."),
            places=[first, second],
            recommendations=[],
            indicators=[],
            submit=False,
            by=administrator,
        )

    commit = partial(operations.commit_upload, upload=made, by=administrator)
    saved, hubs = at_once(commit, save_online)
    assert (len(saved), str(hubs)) == (2, "Hubs")


def save(activity, by, **changes):
    """Change an entry online."""
    now = Activity.objects.get(pk=activity.pk)
    for name, value in changes.items():
        setattr(now, name, value)
    operations.save_activity(
        activity=now,
        places=list(now.places.all()),
        recommendations=[link.recommendation for link in now.recommendation_links.all()],
        indicators=[link.indicator for link in now.indicator_links.all()],
        submit=False,
        by=by,
    )
