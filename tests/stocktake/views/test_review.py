"""Review: the queue, an entry's review, returning it; the conversation and history on its page."""

import datetime

import pytest
from django.utils import timezone

from stocktake import operations
from stocktake.models import Activity, Comment, Evidence
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
QUEUE = "review-list"
REVIEW = "review-detail"
ACCEPT = "review-accept"
RETURN = "review-return"
COMMENT = "comment-create"
HISTORY = "activity-history"


@pytest.fixture
def make(lead):
    """Makes submitted entries of Sefton in one open round."""
    common = {"round": RoundFactory(name="Autumn"), "theme": ThemeFactory(code="T1", title="Start")}

    def make(**more):
        return ActivityFactory(
            **common | {"submitted": True, "created_by": lead, "places": lead.places.all()} | more
        )

    return make


@pytest.fixture
def entry(make):
    """A submitted entry of Sefton."""
    return make(title="Family hub", description="Help for parents.")


@pytest.fixture
def accepted(make):
    """An accepted entry of Sefton."""
    return make(title="Family hub", description="Help for parents.", submitted=False)


def fresh(activity):
    """An activity as it is stored."""
    return Activity.objects.get(pk=activity.pk)


def change(activity, *, by, **changes):
    """Change an activity in someone's name, as its form does; returns it as it is then."""
    activity = fresh(activity)
    for name, value in changes.items():
        setattr(activity, name, value)
    return operations.save_activity(
        activity=activity,
        places=activity.places.all(),
        recommendations=[],
        indicators=[],
        submit=True,
        by=by,
    )


def accept(activity, *, by):
    """Accept an activity as it stands."""
    operations.accept_activities(versions={activity.pk: fresh(activity).version}, by=by)


def send_back(activity, *, by, **comments):
    """Return an activity as it stands; `entry` is what is said of it as a whole."""
    said = {"": comments.pop("entry", "Please mend it."), **comments}
    operations.return_activity(activity=fresh(activity), comments=said, by=by)


def seen(*activities):
    """What the queue sends for entries that were ticked as they stand now."""
    return {"entries": [f"{each.pk}:{fresh(each).version}" for each in activities]}


def page_for(user, name, *args, **parameters):
    """A page as someone sees it."""
    return Page(browser_of(user).get(url(name, *args, **parameters)))


def send(user, address, data=None):
    """What someone gets to see after sending a form."""
    return browser_of(user).post(address, data or {}, follow=True)


def back(page):
    """The words of a page's link back, and where it leads."""
    (link,) = page.root.findall(".//nav[@aria-label='Back']//a")
    return words(link), link.get("href")


def marked(page, tag):
    """The words that a page marks as added (ins) or removed (del)."""
    return [words(each) for each in page.main.iter(tag)]


# Who, and how


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    ("name", "args"),
    [(QUEUE, []), (REVIEW, [1]), (ACCEPT, [1]), (RETURN, [1]), (COMMENT, [1]), (HISTORY, [1])],
)
def test_nobody_gets_anywhere_without_signing_in(client, name, args, method):
    response = getattr(client, method)(url(name, *args))
    assert response.status_code == 302
    assert response.url == sign_in_for(url(name, *args))


@pytest.mark.parametrize("who", ["lead", "other_lead", "board_member"])
def test_reviewing_is_for_administrators(request, entry, who):
    client = browser_of(request.getfixturevalue(who))
    for name in (QUEUE, REVIEW, RETURN):
        address = url(name) if name == QUEUE else url(name, entry.pk)
        assert client.get(address).status_code == 403
    data = {"version": "1", "comment": "No."} | seen(entry)
    for name in (QUEUE, ACCEPT, RETURN):
        address = url(name) if name == QUEUE else url(name, entry.pk)
        assert client.post(address, data).status_code == 403
    assert fresh(entry).is_submitted
    assert not Comment.objects.exists()


@pytest.mark.parametrize(
    ("name", "methods"),
    [
        (QUEUE, ["put", "patch", "delete"]),
        (REVIEW, ["post", "put", "patch", "delete"]),
        (ACCEPT, ["get", "put", "patch", "delete"]),
        (RETURN, ["put", "patch", "delete"]),
        (COMMENT, ["put", "patch", "delete"]),
    ],
)
def test_other_methods_are_not_allowed(administrator, entry, name, methods):
    address = url(name) if name == QUEUE else url(name, entry.pk)
    for method in methods:
        response = getattr(browser_of(administrator), method)(address)
        assert response.status_code == 405, method
    assert fresh(entry).is_submitted


@pytest.mark.parametrize("pk", [UNKNOWN, 10**30])
@pytest.mark.parametrize("name", [REVIEW, ACCEPT, RETURN, COMMENT, HISTORY])
def test_unknown_entry_is_not_found(administrator, name, pk):
    method = browser_of(administrator).post if name == ACCEPT else browser_of(administrator).get
    assert method(url(name, pk)).status_code == 404


@pytest.mark.parametrize("name", [REVIEW, ACCEPT, RETURN])
def test_draft_is_not_reviewed(administrator, make, name):
    draft = make(draft=True, submitted=False)
    client = browser_of(administrator)
    method = client.post if name == ACCEPT else client.get
    assert method(url(name, draft.pk)).status_code == 404


# The queue


def test_queue_is_empty(administrator, accepted):
    page = page_for(administrator, QUEUE)
    assert page.title == "Review – All Together Fairer"
    assert page.status == "0 entries wait"
    assert "Nothing waits for a review." in page.text
    assert page.table("queue") is None


def test_queue_shows_what_waits_the_oldest_first(administrator, lead, make):
    day = datetime.datetime(2026, 9, 30, 12, tzinfo=datetime.UTC)
    make(title="Younger", submitted_at=day + datetime.timedelta(days=1))
    older = make(title="Older", submitted_at=day)
    older.places.add(PlaceFactory(name="Knowsley"))
    for text in ("One.", "Two."):
        operations.add_comment(activity=older, text=text, by=lead)
    make(draft=True, submitted=False)
    page = page_for(administrator, QUEUE)
    assert page.status == "2 entries wait"
    sefton = "30 September 2026 by Leah Lead"
    assert [row[1:] for row in page.rows("queue")] == [
        ["Older", "T1", "Knowsley, Sefton", "Autumn", sefton, "New", "2"],
        ["Younger", "T1", "Sefton", "Autumn", "1 October 2026 by Leah Lead", "New", "0"],
    ]
    assert page.link("Older") == url(REVIEW, older.pk)
    assert "Accept “Older”" in page.rows("queue")[0][0]


def test_queue_tells_what_is_new_from_what_was_seen_before(administrator, lead, make):
    old = make(title="1", submitted=False)
    change(old, by=lead, contact="Leah")
    agreed = make(title="2")
    accept(agreed, by=administrator)
    change(agreed, by=lead, contact="Leah")
    again = make(title="3")
    send_back(again, by=administrator)
    operations.submit_activity(activity=fresh(again), by=lead)
    make(title="4", submitted_at=timezone.now())
    today = f"{timezone.localdate():%-d %B %Y}"
    assert {row[1]: row[6] for row in page_for(administrator, QUEUE).rows("queue")} == {
        "1": "Changed since it was accepted",
        "2": f"Changed since it was accepted on {today}",
        "3": "Submitted again",
        "4": "New",
    }


@pytest.mark.parametrize(
    ("parameters", "found"),
    [
        ({"round": "winter"}, {"Later"}),
        ({"theme": "T1"}, {"Elsewhere", "Later"}),
        ({"theme": "T2"}, {"Health"}),
        ({"place": "knowsley"}, {"Elsewhere"}),
        ({"place": "sefton", "theme": "T1"}, {"Later"}),
    ],
)
def test_queue_is_narrowed(administrator, make, parameters, found):
    make(title="Later", round=RoundFactory(name="Winter"))
    make(title="Health", theme=ThemeFactory(code="T2"))
    make(title="Elsewhere", places=[PlaceFactory(name="Knowsley")])
    page = page_for(administrator, QUEUE, **parameters)
    assert {row[1] for row in page.rows("queue")} == found
    for name, value in parameters.items():
        assert f'<option value="{value}" selected>' in page.source, name


def test_queue_says_when_nothing_fits(administrator, entry):
    page = page_for(administrator, QUEUE, round=RoundFactory(name="Winter").slug)
    assert page.status == "0 entries wait"
    assert "No entry that waits fits these filters." in page.text


@pytest.mark.parametrize("name", ["round", "theme", "place"])
@pytest.mark.parametrize("value", ["nonsense", "\x00", "x" * 100_000])
def test_queue_with_a_filter_that_is_none_says_so(administrator, entry, name, value):
    page = assert_refused(browser_of(administrator).get(url(QUEUE), {name: value}))
    assert page.table("queue") is None


def test_queue_turns_pages_and_keeps_filters(administrator, make):
    for number in range(51):
        make(title=f"{number:02}", submitted_at=timezone.now())
    make(theme=ThemeFactory(code="T2"))
    client = browser_of(administrator)
    first = Page(client.get(url(QUEUE, theme="T1")))
    assert first.status == "51 entries wait"
    assert len(first.rows("queue")) == 50
    (following,) = {href for href in first.links if "page=2" in href}
    second = Page(client.get(url(QUEUE) + following))
    assert [row[1] for row in second.rows("queue")] == ["50"]
    assert second.title == "Review (page 2 of 2) – All Together Fairer"


def test_queue_shows_markup_as_text(administrator, make):
    make(title=MARKUP)
    assert_escaped(page_for(administrator, QUEUE))


def test_queue_takes_the_same_number_of_queries_for_30_as_for_1(administrator, lead, make):
    client = browser_of(administrator)

    def add():
        activity = make(places=[*lead.places.all(), PlaceFactory()], theme=ThemeFactory())
        operations.add_comment(activity=activity, text="Done.", by=lead)

    add()
    one = queries(client, url(QUEUE))
    for _ in range(29):
        add()
    assert queries(client, url(QUEUE)) == one


# Accepting many at once


def test_accepting_what_is_ticked(administrator, make):
    ticked, left = [make(), make(title=MARKUP)], make()
    page = Page(send(administrator, url(QUEUE), seen(*ticked)))
    assert page.address == url(QUEUE)
    assert "2 entries were accepted and count from now on." in page.text
    assert page.status == "1 entry waits"
    assert all(fresh(each).reviewed_by == administrator for each in ticked)
    assert fresh(left).is_submitted
    page = Page(send(administrator, url(QUEUE), seen(left)))
    assert "1 entry was accepted and counts from now on." in page.text
    assert "Nothing waits for a review." in page.text


def test_box_carries_the_version_that_is_shown(administrator, lead, entry):
    change(entry, by=lead, title="Family hubs")
    page = page_for(administrator, QUEUE)
    (box,) = [each for each in page.main.iter("input") if each.get("name") == "entries"]
    assert box.get("value") == f"{entry.pk}:2"


def test_accepting_keeps_the_filters(administrator, make, entry):
    address = url(QUEUE, theme="T1", page="1")
    response = send(administrator, address, seen(entry))
    assert response.redirect_chain == [(address, 302)]


def test_accepting_leaves_out_and_names_what_was_changed_meanwhile(administrator, lead, make):
    read, changed, reviewed = make(), make(title=MARKUP), make(title="Hub")
    data = seen(read, changed, reviewed)
    change(changed, by=lead, description="Something else.")
    accept(reviewed, by=administrator)
    page = Page(send(administrator, url(QUEUE), data))
    assert "1 entry was accepted" in page.text
    assert f"Changed or reviewed since you opened the queue: “{MARKUP}”, “Hub”." in page.text
    assert_escaped(page)
    assert fresh(read).is_accepted
    assert fresh(changed).is_submitted
    assert [row[1] for row in page.rows("queue")] == [MARKUP]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({}, "Tick the entries that you accept"),
        ({"entries": "nonsense"}, "Tick the entries again"),
        ({"entries": "1"}, "Tick the entries again"),
        ({"entries": "1:\x00"}, "Tick the entries again"),
        ({"entries": f"{10**30}:1"}, "Tick the entries again"),
        ({"entries": "9" * 100_000}, "Tick the entries again"),
        ({"entries": "١:١"}, "Tick the entries again"),
    ],
)
def test_accepting_nothing_is_refused_at_the_boxes(administrator, entry, data, message):
    page = assert_refused(browser_of(administrator).post(url(QUEUE), data), message)
    assert message in page.errors("id_entries")
    (group,) = page.main.iter("fieldset")
    assert words(group.find("legend")) == "Entries to accept"
    assert group.get("aria-describedby") == "id_entries-error"
    assert words(group.find(".//*[@id='id_entries-error']")) == f"Error: {message}"
    assert [row[1] for row in page.rows("queue")] == ["Family hub"]
    assert fresh(entry).is_submitted


def test_accepting_nothing_of_an_empty_queue_shows_that_it_is_empty(administrator):
    page = Page(browser_of(administrator).post(url(QUEUE)))
    assert "Nothing waits for a review." in page.text
    assert "There is a problem" not in page.text


def test_accepting_an_unknown_entry_is_no_error_of_ours(administrator, entry):
    page = Page(send(administrator, url(QUEUE), {"entries": f"{UNKNOWN}:1"}))
    assert page.status == "1 entry waits"


# An entry's review


def test_review_of_a_new_entry_shows_all_it_says(administrator, entry):
    entry.contact = "Early years team"
    entry.save()
    Evidence.objects.create(activity=entry, title="Plan", url="https://example.org/plan")
    RecommendationLinkFactory(
        activity=entry, recommendation=RecommendationFactory(theme=entry.theme, code="T1.01")
    )
    page = page_for(administrator, REVIEW, entry.pk)
    assert page.title == "Review Family hub – Review – All Together Fairer"
    for text in ["Submitted", "Help for parents.", "Contact Early years team", "T1.01 Do what"]:
        assert text in page.text
    assert page.link("Plan") == "https://example.org/plan"
    assert "What changed since it was accepted" not in page.text
    assert page.link("The activity’s page, with its history") == entry.get_absolute_url()
    assert url(ACCEPT, entry.pk) in page.actions
    assert page.link("Return with a comment") == url(RETURN, entry.pk)


def test_review_of_what_was_accepted_before_shows_the_difference(administrator, lead, accepted):
    link = RecommendationLinkFactory(
        activity=accepted, recommendation=RecommendationFactory(code="T1.09", text="Feed.")
    )
    change(accepted, by=lead, description=f"Help for carers {MARKUP}")
    page = page_for(administrator, REVIEW, accepted.pk)
    assert "What changed since it was accepted" in page.text
    assert marked(page, "del") == ["removed: parents.", f"removed: {link.recommendation}"]
    assert marked(page, "ins") == [f"added: carers {MARKUP}".replace("  ", " ")]
    assert_escaped(page)
    for mark in [*page.main.iter("ins"), *page.main.iter("del")]:
        assert mark.find("span").get("class") == "nhsuk-u-visually-hidden"


@pytest.mark.parametrize(
    ("state", "offered"),
    [
        ({"submitted": True}, {ACCEPT, RETURN}),
        ({"submitted": False}, {RETURN}),
        ({"submitted": False, "review_status": "returned"}, set()),
    ],
)
def test_review_offers_what_can_be_decided(administrator, make, state, offered):
    entry = make(**state)
    page = page_for(administrator, REVIEW, entry.pk)
    goals = {url(name, entry.pk): name for name in (ACCEPT, RETURN)}
    assert {goals[goal] for goal in page.links + page.actions if goal in goals} == offered


def test_review_takes_the_same_number_of_queries_for_much_as_for_little(administrator, lead, make):
    def reviewed(count):
        activity = make(submitted=False)
        for number in range(count):
            RecommendationLinkFactory(activity=activity)
            IndicatorLinkFactory(activity=activity)
            operations.add_comment(activity=activity, text="Why?", by=lead)
            operations.add_evidence(
                activity=activity, title=str(number), url="https://example.org/", by=lead
            )
        return url(REVIEW, activity.pk)

    client = browser_of(administrator)
    assert queries(client, reviewed(20)) == queries(client, reviewed(1))


# Accepting one


def test_accepting_goes_on_to_the_next_entry(administrator, make):
    first, second, third = (
        make(title=title, submitted_at=timezone.now()) for title in ("First", "Second", "Third")
    )
    page = page_for(administrator, REVIEW, second.pk)
    data = page.form_data()
    assert data["version"] == ["1"]
    response = send(administrator, url(ACCEPT, second.pk), data)
    page = Page(response)
    assert page.heading == "Review Third"
    assert "“Second” was accepted and counts from now on. Here is the next entry" in page.text
    assert fresh(second).reviewed_by == administrator
    page = Page(send(administrator, url(ACCEPT, third.pk), data))
    assert page.heading == "Review First"
    page = Page(send(administrator, url(ACCEPT, first.pk), data))
    assert page.address == url(QUEUE)
    assert "“First” was accepted and counts from now on. No other entry waits" in page.text


def test_accepting_goes_on_in_the_queue_as_it_was_narrowed(administrator, make):
    first, _, third = (
        make(title=title, theme=ThemeFactory(code=code), submitted_at=timezone.now())
        for title, code in (("First", "T1"), ("Second", "T2"), ("Third", "T1"))
    )
    client = browser_of(administrator)
    page = Page(client.get(Page(client.get(url(QUEUE, theme="T1"))).link("First")))
    assert back(page) == ("Back to the queue", url(QUEUE, theme="T1"))
    (action,) = [goal for goal in page.actions if goal.startswith(url(ACCEPT, first.pk))]
    response = client.post(action, {"version": "1"})
    assert response.url == url(REVIEW, third.pk, theme="T1")


def test_accepting_what_was_changed_meanwhile_shows_it_instead(administrator, lead, make):
    entry = make(title=MARKUP)
    data = page_for(administrator, REVIEW, entry.pk).form_data()
    change(entry, by=lead, description="Something else.")
    page = Page(send(administrator, url(ACCEPT, entry.pk), data))
    assert page.address == url(REVIEW, entry.pk)
    assert f"Someone changed “{MARKUP}” since you opened it." in page.text
    assert_escaped(page)
    assert "Something else." in page.text
    assert page.form_data()["version"] == ["2"]
    assert fresh(entry).is_submitted


@pytest.mark.parametrize("version", [None, "", "0", "x", "\x00", "9" * 5000, "2"])
def test_accepting_without_what_was_read_accepts_nothing(administrator, entry, version):
    data = {} if version is None else {"version": version}
    page = Page(send(administrator, url(ACCEPT, entry.pk), data))
    assert "Someone changed “Family hub” since you opened it." in page.text
    assert fresh(entry).is_submitted


@pytest.mark.parametrize("status", ["returned", "accepted"])
def test_only_a_submitted_entry_is_accepted(administrator, make, status):
    entry = make(submitted=False, review_status=status)
    page = Page(send(administrator, url(ACCEPT, entry.pk), {"version": "1"}))
    assert "Only a submitted entry can be accepted." in page.text
    assert fresh(entry).review_status == status


# Returning


def test_return_page_shows_each_field_with_what_it_says(administrator, entry):
    page = page_for(administrator, RETURN, entry.pk)
    assert page.title == "Return Family hub – Review – All Together Fairer"
    for text in [
        "Name of the activity Family hub Comment on “Name of the activity”",
        "What it does, and for whom Help for parents. Comment on",
        "Where it happens Sefton Comment on",
        "Evidence Nothing given Comment on “Evidence”",
    ]:
        assert text in page.text
    assert set(page.form_data()) >= {"comment", "version", *Comment.Field.values}
    assert not [each for each in page.main.iter("details") if each.get("open") is not None]


def test_returning_tells_the_leads_why(administrator, lead, entry):
    page = page_for(administrator, RETURN, entry.pk)
    data = page.form_data(comment="  Nearly there.\n", contact="Who can be asked?")
    page = Page(send(administrator, url(RETURN, entry.pk), data))
    assert page.address == url(QUEUE)
    assert "“Family hub” was returned to its leads. No other entry waits" in page.text
    assert fresh(entry).is_returned
    found = entry.comments.values_list("field", "text", "made_by")
    assert list(found) == [
        ("", "Nearly there.", administrator.pk),
        ("contact", "Who can be asked?", administrator.pk),
    ]


def test_returning_with_a_comment_at_a_field_only(administrator, make, entry):
    following = make(title="Next", submitted_at=timezone.now())
    data = {"version": "1", "title": "Which hub?"}
    page = Page(send(administrator, url(RETURN, entry.pk), data))
    assert page.address == url(REVIEW, following.pk)
    assert list(entry.comments.values_list("field", "text")) == [("title", "Which hub?")]


@pytest.mark.parametrize("comment", ["", "  \n "])
def test_returning_without_a_comment_is_refused(administrator, entry, comment):
    message = "Enter what should be changed, here or at a field"
    data = {"version": "1", "comment": comment, "title": " "}
    page = assert_refused(browser_of(administrator).post(url(RETURN, entry.pk), data), message)
    assert message in page.errors("id_comment")
    assert fresh(entry).is_submitted
    assert not Comment.objects.exists()


def test_refused_return_keeps_what_was_typed_and_opens_where_it_stands(administrator, entry):
    data = {"version": "1", "comment": f"Mend {MARKUP}", "title": "a\x00b", "contact": "Who?"}
    page = assert_refused(browser_of(administrator).post(url(RETURN, entry.pk), data))
    assert page.errors("id_title")
    assert_escaped(page, f"Mend {MARKUP}")
    assert page.form_data()["contact"] == ["Who?"]
    opened = [each for each in page.main.iter("details") if each.get("open") is not None]
    assert [words(each.find("summary")) for each in opened] == ["Name of the activity", "Contact"]
    assert fresh(entry).is_submitted


@pytest.mark.parametrize("text", ["x" * 100_000, "👨‍👩‍👧‍👦 مراكز الأسرة"])
def test_returning_with_any_text(administrator, entry, text):
    data = {"version": "1", "comment": text, "evidence": text}
    send(administrator, url(RETURN, entry.pk), data)
    assert list(entry.comments.values_list("text", flat=True)) == [text, text]


@pytest.mark.parametrize("version", ["1", "", "nonsense"])
def test_returning_what_was_changed_meanwhile_shows_it_and_keeps_the_words(
    administrator, lead, entry, version
):
    change(entry, by=lead, title="Family hubs")
    data = {"version": version, "comment": "Mend it.", "title": "Which?"}
    page = assert_refused(
        browser_of(administrator).post(url(RETURN, entry.pk), data),
        "Someone changed “Family hubs” since you opened it. Read what it says now.",
    )
    assert "What changed meanwhile" in page.text
    if version == "1":
        assert (marked(page, "del"), marked(page, "ins")) == (["removed: hub"], ["added: hubs"])
    assert fresh(entry).is_submitted
    again = page.form_data()
    assert (again["comment"], again["title"]) == (["Mend it."], ["Which?"])
    send(administrator, url(RETURN, entry.pk), again)
    assert fresh(entry).is_returned
    assert entry.comments.count() == 2


def test_refused_return_still_knows_which_version_was_read(administrator, lead, entry):
    change(entry, by=lead, title="Family hubs")
    client = browser_of(administrator)
    page = assert_refused(client.post(url(RETURN, entry.pk), {"version": "1"}))
    data = page.form_data(comment="Mend it.")
    assert data["version"] == ["1"]
    page = assert_refused(client.post(url(RETURN, entry.pk), data))
    assert "What changed meanwhile" in page.text
    assert fresh(entry).is_submitted


def test_returning_what_a_colleague_returned_loses_no_word(administrator, entry):
    data = {"version": "1", "comment": "Mine."}
    send_back(entry, by=administrator, entry="Theirs.")
    page = assert_refused(browser_of(administrator).post(url(RETURN, entry.pk), data))
    send(administrator, url(RETURN, entry.pk), page.form_data())
    assert list(entry.comments.values_list("text", flat=True)) == ["Theirs.", "Mine."]


def test_returning_an_accepted_entry_says_what_that_means(administrator, accepted):
    page = page_for(administrator, RETURN, accepted.pk)
    assert "Until then it no longer counts." in page.text
    send(administrator, url(RETURN, accepted.pk), page.form_data(comment="It has ended."))
    assert fresh(accepted).is_returned


# The conversation


@pytest.mark.parametrize(
    ("who", "shown"),
    [("lead", True), ("other_lead", False), ("board_member", False), ("administrator", True)],
)
def test_conversation_is_between_both_sides(request, lead, accepted, who, shown):
    operations.add_comment(activity=accepted, text="Between us.", field="title", by=lead)
    user = request.getfixturevalue(who)
    page = Page(browser_of(user).get(accepted.get_absolute_url()))
    assert ("Between us." in page.text) == shown
    assert ("Conversation" in page.text) == shown
    assert (url(COMMENT, accepted.pk) in page.actions) == shown
    client = browser_of(user)
    assert client.get(url(COMMENT, accepted.pk)).status_code == (200 if shown else 403)
    status = client.post(url(COMMENT, accepted.pk), {"text": "Me too."}).status_code
    assert status == (302 if shown else 403)
    assert Comment.objects.count() == (2 if shown else 1)


@pytest.mark.parametrize("who", ["other_lead", "board_member"])
def test_conversation_about_what_one_cannot_see_is_not_found(request, entry, who):
    client = browser_of(request.getfixturevalue(who))
    assert client.get(url(COMMENT, entry.pk)).status_code == 404
    assert client.post(url(COMMENT, entry.pk), {"text": "Mine."}).status_code == 404


def test_lead_talks_on_after_the_round_has_closed(lead, make):
    entry = make(round=RoundFactory(closed=True))
    page = Page(send(lead, url(COMMENT, entry.pk), {"text": "Is it too late?"}))
    assert "Is it too late?" in page.text


def test_conversation_says_who_when_and_about_what(lead, administrator, entry):
    at = datetime.datetime(2026, 9, 30, 8, 5, tzinfo=datetime.UTC)
    Comment.objects.create(
        activity=entry, text="Which?", field="title", made_by=administrator, made_at=at
    )
    Comment.objects.create(
        activity=entry, text=MARKUP, made_by=lead, made_at=at + datetime.timedelta(hours=5)
    )
    for address in (entry.get_absolute_url(), url(COMMENT, entry.pk)):
        page = Page(browser_of(lead).get(address))
        first = "Ada Administrator on 30 September 2026 at 9:05am, about: Name of the activity"
        second = "Leah Lead on 30 September 2026 at 2:05pm"
        assert f"{first} Which? {second}" in page.text
        assert_escaped(page)


def test_comment_is_added_on_the_page_of_the_entry(lead, administrator, entry):
    assert "Nothing was said yet." in Page(browser_of(lead).get(entry.get_absolute_url())).text
    page = Page(send(lead, url(COMMENT, entry.pk), {"text": "Soon.\nReally."}))
    assert page.address == entry.get_absolute_url()
    assert "Your comment was added." in page.text
    assert "Soon. Really." in page.text
    comment = Comment.objects.get()
    assert (comment.activity, comment.field, comment.made_by) == (entry, "", lead)
    # A reviewer goes on reviewing.
    page = Page(send(administrator, url(COMMENT, entry.pk), {"text": "Thank you."}))
    assert page.address == url(REVIEW, entry.pk)
    assert "Soon. Really." in page.text
    accept(entry, by=administrator)
    page = Page(send(administrator, url(COMMENT, entry.pk), {"text": "Well done."}))
    assert page.address == entry.get_absolute_url()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Enter the comment"),
        (" \n", "Enter the comment"),
        ("a\x00b", "Remove the invisible characters from this answer"),
    ],
)
def test_comment_that_says_nothing_is_refused(lead, entry, text, message):
    operations.add_comment(activity=entry, text="Before.", by=lead)
    response = browser_of(lead).post(url(COMMENT, entry.pk), {"text": text})
    page = assert_refused(response, message)
    assert page.heading == "Add a comment"
    assert message in page.errors("id_text")
    assert "Before." in page.text
    assert Comment.objects.count() == 1


@pytest.mark.parametrize("text", ["x" * 100_000, "👨‍👩‍👧‍👦 مراكز الأسرة", MARKUP])
def test_comment_may_say_anything(lead, entry, text):
    page = Page(send(lead, url(COMMENT, entry.pk), {"text": text}))
    assert_escaped(page, text)
    assert Comment.objects.get().text == text


# An entry's page: what is asked for, and what is new


def test_returned_entry_asks_its_leads_for_what_was_said_since(lead, administrator, entry):
    operations.add_comment(activity=entry, text="Long ago.", by=lead)
    send_back(entry, by=administrator, entry=f"Mend {MARKUP}", title="Which hub?")
    page = Page(browser_of(lead).get(entry.get_absolute_url()))
    asked = words(page.main.find(".//div[@class='nhsuk-card nhsuk-card--warning']"))
    assert asked.startswith("Important: Returned: to be changed and submitted again")
    assert "Ada Administrator returned this entry on" in asked
    assert f"Mend {MARKUP}" in asked
    assert "about: Name of the activity Which hub?" in asked
    assert "Long ago." not in asked
    assert_escaped(page, f"Mend {MARKUP}")
    operations.submit_activity(activity=fresh(entry), by=lead)
    page = Page(browser_of(lead).get(entry.get_absolute_url()))
    assert "Returned: to be changed" not in page.text


@pytest.mark.parametrize("who", ["lead", "administrator"])
def test_page_of_what_was_submitted_again_shows_the_difference(
    request, lead, administrator, accepted, who
):
    user = request.getfixturevalue(who)
    assert not marked(Page(browser_of(user).get(accepted.get_absolute_url())), "ins")
    change(accepted, by=lead, title="Family hubs")
    page = Page(browser_of(user).get(accepted.get_absolute_url()))
    changed, _ = page.text.split("What it says now")
    assert "What changed since it was accepted" in changed
    assert "Family removed: hub added: hubs" in changed
    accept(accepted, by=administrator)
    page = Page(browser_of(user).get(accepted.get_absolute_url()))
    assert "What changed since it was accepted" not in page.text


def test_page_shows_evidence_and_whether_others_may_learn(lead, board_member, accepted):
    for title, more in [
        ("Plan", {"url": "https://example.org/"}),
        (MARKUP, {"file": "e/note.pdf"}),
    ]:
        Evidence.objects.create(activity=accepted, title=title, **more)
    accepted.is_good_practice = True
    accepted.save()
    page = Page(browser_of(board_member).get(accepted.get_absolute_url()))
    assert "Others may learn from it" in page.text
    link, file = accepted.evidence.all()
    assert page.link("Plan") == "https://example.org/"
    assert url("evidence-download", accepted.pk, file.pk) in page.links
    assert f"{MARKUP} (file: note.pdf)" in page.text
    assert_escaped(page)
    removals = {url("evidence-delete", accepted.pk, each.pk) for each in (link, file)}
    assert not removals & set(page.actions)
    page = Page(browser_of(lead).get(accepted.get_absolute_url()))
    assert removals <= set(page.actions)
    assert page.link("Add a link or a file") == url("evidence-create", accepted.pk)


def test_page_keeps_what_was_carried_over_apart(lead, board_member, accepted):
    for code, origin in [("T1.01", "carried"), ("T1.02", "suggested")]:
        RecommendationLinkFactory(
            activity=accepted,
            recommendation=RecommendationFactory(theme=accepted.theme, code=code),
            suggested=True,
            origin=origin,
        )
    IndicatorLinkFactory(
        activity=accepted,
        indicator=BeaconIndicatorFactory(number=7, name="Wages"),
        suggested=True,
        origin="carried",
    )
    page = Page(browser_of(board_member).get(accepted.get_absolute_url()))
    _, carried, suggested = [
        part
        for half in page.text.split("Carried over from the last round: confirm that they")
        for part in half.split("Suggested from the words")
    ]
    assert "T1.01" in carried
    assert "Beacon indicator 7 Wages" in carried
    assert "T1.02" in suggested
    assert "T1.02" not in carried
    assert url("recommendation-link-update", accepted.pk, "T1.01") not in page.links
    page = Page(browser_of(lead).get(accepted.get_absolute_url()))
    for code in ("T1.01", "T1.02"):
        assert url("recommendation-link-update", accepted.pk, code) in page.links
        assert url("recommendation-link-delete", accepted.pk, code) in page.actions


def test_page_leads_to_the_entries_it_comes_from_and_goes_on_in(lead, make):
    knowsley = PlaceFactory(name="Knowsley")
    before = make(title="Before", submitted=False, round=RoundFactory(closed=True, name="Summer"))
    source = make(title="Source", submitted=False, places=[knowsley])
    entry = make(title="Now", continues=before, adapted_from=source)
    after = make(title="After", continues=entry, round=RoundFactory(name="Winter"))
    make(title="Hidden", continues=entry, round=RoundFactory(), places=[knowsley])
    page = Page(browser_of(lead).get(entry.get_absolute_url()))
    assert "Carried on from Before (Summer)." in page.text
    assert "Adapted from Source of Knowsley." in page.text
    assert "Continued in After (Winter)." in page.text
    assert "Hidden" not in page.text
    assert page.link("Before") == before.get_absolute_url()
    assert page.link("Source") == source.get_absolute_url()
    assert page.link("After") == after.get_absolute_url()


def test_page_does_not_name_an_entry_that_one_cannot_see(board_member, make):
    knowsley = PlaceFactory(name="Knowsley")
    before = make(title="Secret", round=RoundFactory(closed=True, name="Summer"))
    source = make(title="Secret too", places=[knowsley])
    entry = make(submitted=False, continues=before, adapted_from=source)
    page = Page(browser_of(board_member).get(entry.get_absolute_url()))
    assert "Carried on from an entry (Summer)." in page.text
    assert "Adapted from an entry of Knowsley." in page.text
    assert "Secret" not in page.text


# Its history


@pytest.mark.parametrize("who", EVERYONE)
def test_history_is_for_everyone_who_may_see_the_entry(request, lead, administrator, entry, who):
    send_back(entry, by=administrator, entry="Between us.")
    change(entry, by=lead, title=f"Hubs {MARKUP}")
    accept(entry, by=administrator)
    client = browser_of(request.getfixturevalue(who))
    page = Page(client.get(entry.get_absolute_url()))
    rows = [
        words(row)
        for row in page.main.iter("li")
        if row.get("class") == "app-rows__row" and " at " in words(row)
    ][-4:]
    today = f"{timezone.localdate():%-d %B %Y}"
    for row, start, state in [
        (rows[0], f"Accepted by Ada Administrator on {today} at ", "Accepted"),
        (rows[1], f"Submitted by Leah Lead on {today} at ", "Submitted"),
        (rows[2], f"Returned by Ada Administrator on {today} at ", "Returned"),
        (rows[3], f"As it stood before its history was kept on {today} at ", "Submitted"),
    ]:
        assert row.startswith(start)
        assert row.endswith(state)
    assert ": Name of the activity Name of the activity" in rows[1]
    assert "removed: Family hub added: Hubs <script>" in rows[1]
    assert_escaped(page)
    assert "See the whole history" not in page.text
    history = Page(client.get(url(HISTORY, entry.pk)))
    for row in rows:
        assert row in history.text


@pytest.mark.parametrize("who", ["other_lead", "board_member"])
def test_history_of_what_one_cannot_see_is_not_found(request, entry, who):
    assert browser_of(request.getfixturevalue(who)).get(url(HISTORY, entry.pk)).status_code == 404


def test_history_shows_links_gained_and_lost(lead, board_member, accepted):
    link = RecommendationLinkFactory(
        activity=accepted,
        recommendation=RecommendationFactory(theme=accepted.theme, code="T1.01", text="Feed."),
        suggested=True,
    )
    operations.confirm_link(link=link, by=lead)
    page = Page(browser_of(board_member).get(accepted.get_absolute_url()))
    assert "A suggested link confirmed by Leah Lead" in page.text
    assert marked(page, "ins") == ["added: T1.01 Feed."]


def test_history_is_not_there_yet(board_member, accepted):
    for address in (accepted.get_absolute_url(), url(HISTORY, accepted.pk)):
        page = Page(browser_of(board_member).get(address))
        assert "No change has been recorded yet." in page.text


def test_history_goes_on_where_it_is_long(lead, administrator, accepted):
    for number in range(24):
        change(accepted, by=administrator, title=f"Title {number}")
    client = browser_of(lead)
    page = Page(client.get(accepted.get_absolute_url()))
    assert "added: 23" in page.text
    assert "added: 14" in page.text
    assert "added: 13" not in page.text
    page = Page(client.get(page.link("See the whole history")))
    assert page.title == "History of Title 23 (page 1 of 2) – Activities – All Together Fairer"
    assert back(page) == ("Back to the activity", accepted.get_absolute_url())
    assert "added: 4" in page.text
    assert "added: 3 " not in page.text
    (following,) = {href for href in page.links if "page=2" in href}
    page = Page(client.get(url(HISTORY, accepted.pk) + following))
    # The first of this page is compared with one that stands on it, the last with none.
    assert "removed: 2 added: 3" in page.text
    assert "As it stood before its history was kept" in page.text
    beyond = Page(client.get(url(HISTORY, accepted.pk, page="3")))
    assert beyond.title == page.title


def test_history_takes_the_same_number_of_queries_for_30_changes_as_for_1(
    lead, administrator, make
):
    def changed(times):
        activity = make(submitted=False, title="0")
        for number in range(1, times + 1):
            change(activity, by=administrator, title=str(number))
            operations.add_comment(activity=activity, text="Well?", by=administrator)
        change(activity, by=lead, title="Last")
        return activity

    client = browser_of(lead)
    one, many = changed(1), changed(30)
    for name in ("activity-detail", HISTORY):
        assert queries(client, url(name, one.pk)) == queries(client, url(name, many.pk))
