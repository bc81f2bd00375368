"""An entry's form beyond its fields: two editors, suggestions, checking and submitting."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from stocktake import history, operations
from stocktake.models import Activity, Comment, Draft, Evidence, Round
from tests.factories import (
    ActivityFactory,
    BeaconIndicatorFactory,
    LocalMeasureFactory,
    PlaceFactory,
    RecommendationFactory,
    RecommendationLinkFactory,
    ResponsibleBodyFactory,
    RoundFactory,
    ThemeFactory,
    UserFactory,
)
from tests.stocktake.views import (
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


@pytest.fixture
def theme():
    """A theme with an indicator."""
    theme = ThemeFactory(code="T1", title="Best start")
    BeaconIndicatorFactory(theme=theme, number=3, name="Good development")
    return theme


@pytest.fixture
def make(lead, theme):
    """Makes entries of Sefton in the open round."""
    this_round = RoundFactory(name="Autumn")

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
def colleague(lead):
    """Another lead of Sefton."""
    return UserFactory(name="Cora Colleague", places=lead.places.all())


# Two editors


def open_form(user, entry):
    """A browser in which an entry's form is open, and what the form would send."""
    client = browser_of(user)
    return client, Page(client.get(url("activity-update", entry.pk))).form_data()


def send(client, entry, data, **changes):
    """Send a form."""
    return client.post(url("activity-update", entry.pk), data | changes)


def page_of_conflict(response):
    """The page that says that someone else was faster."""
    assert response.status_code == 409
    response.status_code = 200
    page = Page(response)
    assert "Someone else changed this entry meanwhile" in page.text
    return page


def test_second_editor_is_shown_what_changed_and_nothing_is_overwritten(lead, colleague, entry):
    first, their_data = open_form(colleague, entry)
    second, my_data = open_form(lead, entry)
    assert send(first, entry, their_data, title="Family hubs").status_code == 302
    page = page_of_conflict(send(second, entry, my_data, title="The family hub"))
    assert "It was Family hub They made it Family hubs You typed The family hub" in page.text
    assert page.form_data()["title"] == ["The family hub"]
    assert page.form_data()["keep_title"] == ["mine"]
    entry.refresh_from_db()
    assert entry.title == "Family hubs"


def test_second_editor_keeps_their_own_words(lead, colleague, entry):
    first, their_data = open_form(colleague, entry)
    second, my_data = open_form(lead, entry)
    send(first, entry, their_data, title="Family hubs")
    page = page_of_conflict(send(second, entry, my_data, title="The family hub"))
    assert send(second, entry, page.form_data()).status_code == 302
    entry.refresh_from_db()
    assert (entry.title, entry.version) == ("The family hub", 3)


def test_second_editor_takes_the_others_words_and_keeps_the_rest(lead, colleague, entry):
    first, their_data = open_form(colleague, entry)
    second, my_data = open_form(lead, entry)
    changes = {
        "title": "Family hubs",
        "starts_on_day": "1",
        "starts_on_month": "2",
        "starts_on_year": "2026",
        "contact": "Ann",
        "is_good_practice": "on",
        "delivery_status": "paused",
    }
    send(first, entry, their_data, **changes)
    page = page_of_conflict(send(second, entry, my_data, contact="Public health"))
    sent = page.form_data()
    # What one had left alone is proposed as the other made it.
    assert {sent[f"keep_{name}"][0] for name in ("title", "starts_on", "delivery_status")} == {
        "theirs"
    }
    assert send(second, entry, sent).status_code == 302
    entry.refresh_from_db()
    assert (entry.title, entry.contact) == ("Family hubs", "Public health")
    assert str(entry.starts_on) == "2026-02-01"
    assert (entry.is_good_practice, entry.delivery_status) == (True, "paused")


def test_second_editor_chooses_links_places_and_measures(lead, colleague, entry):
    wanted = RecommendationFactory(theme=entry.theme, code="T1.01")
    mine = RecommendationFactory(theme=entry.theme, code="T1.02")
    indicator, other = BeaconIndicatorFactory(number=3), PlaceFactory(name="Halton")
    first, their_data = open_form(colleague, entry)
    second, my_data = open_form(lead, entry)
    changes = {
        "recommendations": [wanted.pk],
        "indicators": [indicator.pk],
        "places": [*their_data["places"], other.pk],
        "local_measures-0-name": "Visits",
        "evidence-0-title": "Page",
        "evidence-0-url": "https://example.org/",
    }
    assert send(first, entry, their_data, **changes).status_code == 302
    page = page_of_conflict(send(second, entry, my_data, recommendations=[mine.pk]))
    choice = page.form_data()
    assert choice["keep_recommendations"] == ["mine"]
    for field in ("indicators", "places", "local_measures", "evidence"):
        assert choice[f"keep_{field}"] == ["theirs"]
    choice |= {"keep_recommendations": "theirs"}
    assert send(second, entry, choice).status_code == 302
    assert [link.recommendation for link in entry.recommendation_links.all()] == [wanted]
    assert [link.indicator for link in entry.indicator_links.all()] == [indicator]
    assert other in entry.places.all()
    assert [measure.name for measure in entry.local_measures.all()] == ["Visits"]
    assert [row.url for row in entry.evidence.all()] == ["https://example.org/"]


def test_conflict_again_while_choosing_is_shown_again(lead, colleague, entry):
    first, their_data = open_form(colleague, entry)
    second, my_data = open_form(lead, entry)
    send(first, entry, their_data, title="Family hubs")
    page = page_of_conflict(send(second, entry, my_data, title="The family hub"))
    first, their_data = open_form(colleague, entry)
    send(first, entry, their_data, contact="Their team")
    page = page_of_conflict(send(second, entry, page.form_data()))
    assert "They made it Their team" in page.text


def test_change_of_what_was_accepted_meanwhile_goes_to_review_with_its_difference(
    lead, administrator, make
):
    entry = make(submitted=True, title="Family hub")
    client, data = open_form(lead, entry)
    operations.accept_activities(versions={entry.pk: entry.version}, by=administrator)
    assert send(client, entry, data, title="Family hubs").status_code == 302
    entry.refresh_from_db()
    assert (entry.is_submitted, entry.title) == (True, "Family hubs")
    (difference,) = history.changes_since_accepted(entry)
    assert (difference.before, difference.after) == ("Family hub", "Family hubs")


@pytest.mark.parametrize("version", ["", "x", "0", "9" * 30, None])
def test_form_that_does_not_say_what_it_read_overwrites_nothing(lead, entry, version):
    client, data = open_form(lead, entry)
    data = data | {"title": "Blind", "version": version}
    data = {name: value for name, value in data.items() if value is not None}
    response = send(client, entry, data)
    assert response.status_code in (200, 409)
    entry.refresh_from_db()
    assert entry.title == "Family hub"


@pytest.mark.parametrize(
    ("choice", "names"), [("mine", ["Calls", "Visits a week"]), ("theirs", ["Calls"])]
)
def test_measure_that_someone_removed_meanwhile_is_chosen(lead, colleague, entry, choice, names):
    for name in ("Visits", "Calls"):
        LocalMeasureFactory(activity=entry, name=name)
    first, their_data = open_form(colleague, entry)
    second, my_data = open_form(lead, entry)
    send(first, entry, their_data, **{"local_measures-0-DELETE": "on"})
    page = page_of_conflict(
        send(second, entry, my_data, **{"local_measures-0-name": "Visits a week"})
    )
    assert page.form_data()["keep_local_measures"] == ["mine"]
    response = send(second, entry, page.form_data(keep_local_measures=choice))
    assert response.status_code == 302
    assert sorted(measure.name for measure in entry.local_measures.all()) == names


def test_measure_that_someone_removed_and_one_left_alone_is_theirs(lead, colleague, entry):
    LocalMeasureFactory(activity=entry, name="Visits")
    first, their_data = open_form(colleague, entry)
    second, my_data = open_form(lead, entry)
    send(first, entry, their_data, **{"local_measures-0-DELETE": "on"})
    page = page_of_conflict(send(second, entry, my_data, contact="Ann"))
    assert page.form_data()["keep_local_measures"] == ["theirs"]


def test_choice_that_was_not_made_yet_comes_again(lead, colleague, entry):
    first, their_data = open_form(colleague, entry)
    second, my_data = open_form(lead, entry)
    send(first, entry, their_data, contact="Their team")
    page = page_of_conflict(send(second, entry, my_data, title="Hubs"))
    response = send(second, entry, page.form_data(later="1"))
    assert response.url == "/"
    resumed = Page(second.get(url("activity-update", entry.pk)))
    page_of_conflict(send(second, entry, resumed.form_data()))
    entry.refresh_from_db()
    assert entry.contact == "Their team"


def test_both_typed_the_same_and_nobody_has_to_choose(lead, colleague, entry):
    first, their_data = open_form(colleague, entry)
    second, my_data = open_form(lead, entry)
    changes = {"title": "Family hubs", "local_measures-0-name": "Visits"}
    send(first, entry, their_data, **changes)
    assert send(second, entry, my_data, contact="Ann", **changes).status_code == 302
    entry.refresh_from_db()
    assert (entry.title, entry.contact, entry.local_measures.count()) == ("Family hubs", "Ann", 1)


def test_saving_takes_the_same_number_of_queries_for_many_links(lead, make):
    def count(number):
        entry = make()
        rows = [RecommendationFactory(theme=entry.theme).pk for _ in range(number)]
        indicators = [BeaconIndicatorFactory(theme=entry.theme).pk for _ in range(number)]
        places = [*lead.places.all(), *(PlaceFactory() for _ in range(number))]
        client, data = open_form(lead, entry)
        data |= {"recommendations": rows, "indicators": indicators}
        data |= {"places": [place.pk for place in places]}
        with CaptureQueriesContext(connection) as first:
            assert send(client, entry, data).status_code == 302
        data = Page(client.get(url("activity-update", entry.pk))).form_data()
        data |= {"recommendations": [], "indicators": []}
        with CaptureQueriesContext(connection) as second:
            assert send(client, entry, data).status_code == 302
        return len(first), len(second)

    assert count(1) == count(40)


def test_good_practice_needs_someone_to_ask(lead, entry):
    client, data = open_form(lead, entry)
    response = send(client, entry, data, is_good_practice="on", contact=" ")
    assert_refused(response, "Enter who can be asked, as others may learn from it")
    assert send(client, entry, data, is_good_practice="on", contact="Ann").status_code == 302


def test_round_that_closes_while_the_form_is_open_loses_nothing(lead, entry):
    client, data = open_form(lead, entry)
    new = Page(client.get(url("activity-create"))).form_data()
    Round.objects.update(closes_on=timezone.localdate() - datetime.timedelta(days=1))
    assert send(client, entry, data, title="Too late").status_code == 403
    assert Draft.objects.get(activity=None).content["title"] == ["Too late"]
    page = assert_refused(
        client.post(url("activity-create"), new | {"title": "Late too"}),
        "The round has closed. Choose “Finish later” to keep what you typed",
    )
    assert page.form_data()["title"] == ["Late too"]
    page = Page(client.post(url("activity-create"), page.form_data(later="1"), follow=True))
    assert "“Late too” was kept as a draft." in page.text
    kept = Page(client.get(page.link("Too late")))
    assert kept.form_data()["title"] == ["Too late"]


def test_nothing_changed_makes_no_version(lead, entry):
    client, data = open_form(lead, entry)
    assert send(client, entry, data).status_code == 302
    entry.refresh_from_db()
    assert (entry.version, entry.is_accepted) == (1, True)


# The form


def test_own_places_and_the_chosen_theme_stand_first(lead, make, theme):
    PlaceFactory(name="Halton")
    ThemeFactory(code="T0", stocktake_number=1)
    for each in (ThemeFactory(code="T0"), theme):
        RecommendationFactory(theme=each)
    page = Page(browser_of(lead).get(url("activity-update", make().pk)))
    summaries = [" ".join("".join(each.itertext()).split()) for each in page.main.iter("summary")]
    assert summaries[:4] == [
        "Your places 1 chosen",
        "Jointly with others 0 chosen",
        "T1 Best start 0 chosen",
        f"{ThemeFactory(code='T0')} 0 chosen",
    ]


def test_address_chooses_place_theme_and_recommendation(lead, other_lead, theme):
    RoundFactory()
    recommendation = RecommendationFactory(theme=theme, code="T1.04")
    lead.places.add(other_lead.places.get())
    client = browser_of(lead)
    page = Page(client.get(url("activity-create", place="knowsley", theme="T1")))
    assert page.form_data()["places"] == [str(other_lead.places.get().pk)]
    assert page.form_data()["theme"] == [str(theme.pk)]
    page = Page(client.get(url("activity-create", recommendation="T1.04")))
    assert page.form_data()["recommendations"] == [str(recommendation.pk)]
    assert page.form_data()["theme"] == [str(theme.pk)]
    page = Page(client.get(url("activity-create", place="x", theme="x", recommendation="x")))
    assert page.form_data()["places"] == [str(place.pk) for place in lead.places.all()]


def test_round_is_chosen_only_where_there_are_several(lead, administrator):
    RoundFactory(name="Autumn")
    RoundFactory(name="Earlier", closed=True)
    assert "Earlier" not in Page(browser_of(lead).get(url("activity-create"))).text
    assert "Earlier" in Page(browser_of(administrator).get(url("activity-create"))).text
    RoundFactory(name="Another")
    assert "Another" in Page(browser_of(lead).get(url("activity-create"))).text


def test_comments_on_a_returned_entry_stand_beside_the_fields(lead, administrator, make):
    entry = make(submitted=True)
    operations.return_activity(
        activity=entry, comments={"": "Nearly there.", "contact": MARKUP}, by=administrator
    )
    page = Page(browser_of(lead).get(url("activity-update", entry.pk)))
    assert "Nearly there." in page.text
    assert_escaped(page)
    assert Comment.objects.count() == 2


@pytest.mark.parametrize(
    ("url_typed", "message"),
    [
        ("", "Enter the link, or clear its name"),
        ("no link", "Enter a link such as https://www.sefton.gov.uk"),
        ("ftp://example.org/x", "Enter a link that begins with https://"),
        ("javascript:alert(1)", "Enter a link such as https://www.sefton.gov.uk"),
    ],
)
def test_link_that_leads_nowhere_is_refused(lead, entry, url_typed, message):
    client, data = open_form(lead, entry)
    typed = {"evidence-0-title": "Our page", "evidence-0-url": url_typed}
    page = assert_refused(send(client, entry, data, **typed), message)
    assert page.form_data()["evidence-0-title"] == ["Our page"]
    assert not Evidence.objects.exists()


def test_link_to_evidence_is_added_changed_and_removed(lead, entry):
    client, data = open_form(lead, entry)
    send(client, entry, data, **{"evidence-0-title": "Page", "evidence-0-url": "example.org"})
    row = entry.evidence.get()
    assert (row.title, row.url, row.added_by) == ("Page", "https://example.org", lead)
    client, data = open_form(lead, entry)
    send(client, entry, data, **{"evidence-0-title": "Our page"})
    assert entry.evidence.get().title == "Our page"
    client, data = open_form(lead, entry)
    send(client, entry, data, **{"evidence-0-DELETE": "on"})
    assert not entry.evidence.exists()
    assert [version.number for version in entry.versions.all()] == [1, 2, 3, 4]


# Suggestions


@pytest.fixture
def suggested(lead):
    """A recommendation that Sefton answers for."""
    body = ResponsibleBodyFactory(answering_places=lead.places.all())
    for number in range(20):
        RecommendationFactory(text=f"Something else altogether {number}")
    return RecommendationFactory(
        code="T1.09", text="Improve school readiness in nurseries", responsible_bodies=[body]
    )


WORDS = {"title": "School readiness", "description": "Visits to nurseries"}


def test_suggestions_come_from_the_words_typed(lead, suggested):
    page = browser_of(lead).post(url("suggestion-list"), WORDS).content.decode()
    assert "T1.09 Improve school readiness in nurseries" in page
    assert "Your words: nurseries, readiness, school" in page
    assert f'value="{suggested.pk}"' in page


@pytest.mark.parametrize("data", [{}, {"title": "x"}, {"theme": "x", "places": ["9" * 40, "x"]}])
def test_suggestions_without_much_to_go_by_are_none(lead, suggested, data):
    response = browser_of(lead).post(url("suggestion-list"), data)
    assert response.status_code == 200
    assert "No recommendation stands out" in response.content.decode()


def test_suggestions_are_only_those_that_the_ticked_places_answer_for(lead, other_lead, suggested):
    data = WORDS | {"places": [other_lead.places.get().pk]}
    assert "T1.09" not in browser_of(lead).post(url("suggestion-list"), data).content.decode()


def test_suggestions_without_a_script_keep_the_form(lead, suggested):
    RoundFactory()
    client = browser_of(lead)
    data = Page(client.get(url("activity-create"))).form_data(**WORDS, suggest="1")
    page = Page(client.post(url("activity-create"), data))
    assert "Suggested from your words" in page.text
    assert page.form_data()["title"] == ["School readiness"]
    assert "There is a problem" not in page.text


def test_suggestions_are_for_those_who_write(client, board_member, lead):
    address = url("suggestion-list")
    answer = client.post(address)
    # The sign-in page must not come to stand inside the form.
    assert (answer.status_code, answer.content, answer["HX-Reswap"]) == (401, b"", "none")
    assert browser_of(board_member).post(address).status_code == 403
    assert browser_of(lead).get(address).status_code == 405


# Once, however often one presses


@pytest.fixture
def new_form(lead, theme):
    """A browser with the form of a new entry, and what it would send."""
    RoundFactory()
    client = browser_of(lead)
    data = Page(client.get(url("activity-create"))).form_data(
        title="Family hub", description="Help.", theme=theme.pk
    )
    return client, data | {"local_measures-0-name": "Visits"}


def test_form_pressed_twice_makes_one_entry(new_form):
    client, data = new_form
    first, second = (client.post(url("activity-create"), data) for _ in range(2))
    assert first.url == second.url == url("activity-check", Activity.objects.get().pk)


def test_form_changed_after_going_back_changes_the_entry_it_made(new_form):
    client, data = new_form
    client.post(url("activity-create"), data)
    response = client.post(url("activity-create"), data | {"title": "Family hubs"}, follow=True)
    page = Page(response)
    entry = Activity.objects.get()
    assert "You had saved this before: here it is as you typed it now." in page.text
    assert page.form_data()["title"] == ["Family hubs"]
    client.post(url("activity-update", entry.pk), page.form_data(**{"local_measures-0-name": ""}))
    entry.refresh_from_db()
    assert entry.title == "Family hubs"


def test_form_that_saves_itself_late_brings_no_draft_back(new_form):
    client, data = new_form
    client.post(url("activity-create"), data)
    assert client.post(url("draft-save"), data).status_code == 409
    assert not Draft.objects.exists()


def test_form_of_a_change_that_saves_itself_late_brings_no_draft_back(lead, entry):
    client, data = open_form(lead, entry)
    send(client, entry, data, title="Family hubs")
    assert client.post(url("draft-save"), data | {"title": "Family hu"}).status_code == 409
    assert not Draft.objects.exists()


def test_form_goes_on_saving_itself_after_an_error(lead, new_form):
    client, data = new_form
    client.post(url("draft-save"), data | {"title": ""})
    page = assert_refused(client.post(url("activity-create"), data | {"title": ""}))
    assert client.post(url("draft-save"), page.form_data(title="Fam")).status_code == 200
    assert Draft.objects.get().content["title"] == ["Fam"]


def test_form_of_an_earlier_round_goes_to_the_one_that_is_open(lead, new_form):
    client, data = new_form
    client.post(url("draft-save"), data)
    Round.objects.update(closes_on=timezone.localdate() - datetime.timedelta(days=1))
    now = RoundFactory(name="Winter")
    page = Page(client.get(Draft.objects.get().get_absolute_url()))
    assert "Round: Winter" in page.text
    client.post(url("activity-create"), page.form_data())
    assert Activity.objects.get().round == now


@pytest.mark.parametrize("name", ["places", "recommendations", "indicators", "theme", "round"])
@pytest.mark.parametrize("value", ["9" * 40, "x", "-1", "\0", "²"])
def test_choice_that_nobody_offered_is_refused(new_form, name, value):
    client, data = new_form
    response = client.post(url("activity-create"), data | {name: value})
    assert response.status_code == (302 if name == "round" else 200)


def test_choice_between_two_texts_of_a_new_entry_is_none(new_form):
    client, data = new_form
    assert client.post(url("activity-create"), data | {"keep_title": "theirs"}).status_code == 302


@pytest.mark.parametrize(
    ("typed", "value"),
    [("1,200", 1200), ("£1200", 1200), ("50%", 50), ("1\u00a0200", 1200), ("\u22125.5", -5.5)],
)
def test_number_is_taken_as_people_write_it(new_form, typed, value):
    client, data = new_form
    client.post(url("activity-create"), data | {"local_measures-0-target": typed})
    assert Activity.objects.get().local_measures.get().target == value


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("many", "Enter the target as a number, such as 1200"),
        ("9" * 15, "Enter the target with at most 14 digits"),
        ("1.234", "Enter the target with at most 2 decimal places"),
        ("9" * 13, "Enter the target with at most 12 digits before the point"),
    ],
)
def test_number_that_cannot_be_kept_is_refused(new_form, typed, message):
    client, data = new_form
    assert_refused(
        client.post(url("activity-create"), data | {"local_measures-0-target": typed}), message
    )


# Checking and submitting


def test_checking_shows_every_answer_and_submits(lead, make):
    draft = make(draft=True, title=MARKUP, contact="Public health")
    RecommendationLinkFactory(activity=draft)
    LocalMeasureFactory(activity=draft, name="Visits")
    client = browser_of(lead)
    page = Page(client.get(url("activity-check", draft.pk)))
    assert page.heading == "Check your answers"
    assert_escaped(page)
    for shown in ("Public health", draft.description, "Visits", "T1 Best start", "Sefton"):
        assert shown in page.text
    response = client.post(url("activity-check", draft.pk), {"version": draft.version}, follow=True)
    assert "was submitted." in Page(response).text
    draft.refresh_from_db()
    assert (draft.review_status, draft.submitted_by) == ("submitted", lead)
    assert draft.versions.last().event == "submitted"


def test_checking_warns_of_a_thread_that_breaks(lead, make):
    draft = make(draft=True)
    client = browser_of(lead)
    assert "will count for none" in Page(client.get(url("activity-check", draft.pk))).text
    RecommendationLinkFactory(activity=draft)
    assert "No measure is named" in Page(client.get(url("activity-check", draft.pk))).text
    LocalMeasureFactory(activity=draft)
    page = Page(client.get(url("activity-check", draft.pk)))
    assert "No measure is named" not in page.text
    assert "will count for none" not in page.text


def test_each_answer_leads_to_its_place_in_the_form(lead, make):
    draft = make(draft=True)
    client = browser_of(lead)
    BeaconIndicatorFactory(theme=draft.theme)
    RecommendationFactory(theme=draft.theme)
    page = Page(client.get(url("activity-check", draft.pk)))
    goals = {href.split("#")[1] for href in page.links if "/change/#" in href}
    assert len(goals) >= 13
    assert goals <= Page(client.get(url("activity-update", draft.pk))).ids


def test_submitting_what_someone_changed_meanwhile_is_not_done(lead, make):
    draft = make(draft=True)
    client = browser_of(lead)
    for version in ("0", "", "x"):
        response = client.post(url("activity-check", draft.pk), {"version": version}, follow=True)
        assert "Someone changed this entry meanwhile" in Page(response).text
    draft.refresh_from_db()
    assert draft.is_draft


@pytest.mark.parametrize("state", [{"submitted": True}, {}])
def test_checking_what_was_handed_in_leads_to_its_page(lead, make, state):
    entry = make(**state)
    client = browser_of(lead)
    assert client.get(url("activity-check", entry.pk)).url == entry.get_absolute_url()
    client.post(url("activity-check", entry.pk), {"version": entry.version})
    status = entry.review_status
    entry.refresh_from_db()
    assert entry.review_status == status


def test_checking_is_for_those_who_may_change_it(client, lead, other_lead, board_member, make):
    draft = make(draft=True)
    returned = make(review_status="returned")
    address = url("activity-check", draft.pk)
    assert client.get(address).url == sign_in_for(address)
    for user in (other_lead, board_member):
        for entry in (draft, returned):
            for method in ("get", "post"):
                answer = getattr(browser_of(user), method)(url("activity-check", entry.pk))
                assert answer.status_code == 404
    assert browser_of(lead).get(url("activity-check", 999_999)).status_code == 404
    assert browser_of(lead).put(address).status_code == 405
    assert Activity.objects.get(pk=draft.pk).is_draft


def test_checking_takes_the_same_number_of_queries_for_many_links(lead, make):
    draft, client = make(draft=True), browser_of(lead)
    RecommendationLinkFactory(activity=draft)
    few = queries(client, url("activity-check", draft.pk))
    for _ in range(20):
        RecommendationLinkFactory(activity=draft)
        LocalMeasureFactory(activity=draft)
    assert queries(client, url("activity-check", draft.pk)) == few
