"""Drafts: a form that saves itself, signed in or not, in one window or in two."""

import uuid

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from stocktake.drafts import Ticket, ticket_for
from stocktake.models import Activity, Draft
from tests.factories import ActivityFactory, LocalMeasureFactory, RoundFactory, ThemeFactory
from tests.stocktake.views import MARKUP, Page, assert_escaped, browser_of, sign_in_for, url

pytestmark = pytest.mark.django_db
AWKWARD = [
    "",
    "one key",
    MARKUP,
    "x" * 100_000,
    "شكراً مرحبا",
    "👩‍👩‍👧 “quoted” – pasted\u00a0from Word\u2028",
    "a\tcell\r\nanother",
    "null\0byte",
]


@pytest.fixture(autouse=True)
def this_round():
    """The round that is open."""
    return RoundFactory(name="Autumn")


@pytest.fixture
def entry(lead, this_round):
    """An accepted entry of Sefton."""
    return ActivityFactory(round=this_round, title="Family hub", places=lead.places.all())


def form_of(user, address):
    """A browser in which a form is open, and what the form would send."""
    client = browser_of(user)
    return client, Page(client.get(address)).form_data()


def save(client, data, **changes):
    """Let a form save itself."""
    return client.post(url("draft-save"), data | changes)


@pytest.mark.parametrize("text", AWKWARD)
def test_form_saves_itself_and_opens_again_as_it_was(lead, text):
    client, data = form_of(lead, url("activity-create"))
    answer = save(client, data, title="H", description=text, starts_on_day="99")
    assert answer.status_code == 200
    assert "Draft saved at" in answer.content.decode()
    draft = Draft.objects.get(author=lead, activity=None)
    assert draft.get_absolute_url() == url("activity-create", draft=draft.key)
    page = Page(client.get(draft.get_absolute_url()))
    again = page.form_data()
    assert "Error" not in page.title
    assert again["title"] == ["H"]
    assert again["starts_on_day"] == ["99"]
    kept = text.replace("\0", "").replace("\r\n", "\n")
    assert again["description"][0].replace("\r\n", "\n").strip("\n") == kept.strip("\n")
    assert_escaped(page) if text == MARKUP else None
    assert not Activity.objects.exists()


def test_draft_keeps_what_is_ticked_and_measured(lead):
    theme = ThemeFactory(code="T1")
    client, data = form_of(lead, url("activity-create"))
    save(client, data, theme=theme.pk, **{"local_measures-1-name": "Visits", "evidence-0-url": "x"})
    again = Page(client.get(Draft.objects.get().get_absolute_url())).form_data()
    assert again["theme"] == [str(theme.pk)]
    assert again["places"] == [str(lead.places.get().pk)]
    assert again["local_measures-1-name"] == ["Visits"]
    assert again["evidence-0-url"] == ["x"]


def test_draft_is_forgotten_once_it_is_saved(lead):
    theme = ThemeFactory(code="T1")
    client, data = form_of(lead, url("activity-create"))
    save(client, data, title="Family hub")
    filled = data | {"title": "Family hub", "description": "For all.", "theme": theme.pk}
    response = client.post(url("activity-create"), filled)
    assert response.url == url("activity-check", Activity.objects.get().pk)
    assert not Draft.objects.exists()
    response = client.get(url("activity-create", draft=Ticket.of(data["draft"][0]).key))
    assert "This draft was saved or discarded before" in Page(response).text


def test_finish_later_keeps_what_is_incomplete(lead):
    client, data = form_of(lead, url("activity-create"))
    response = client.post(
        url("activity-create"), data | {"title": "Half", "later": "1"}, follow=True
    )
    page = Page(response)
    assert page.heading == "Home"
    assert "“Half” was kept as a draft. Only you see it." in page.text
    assert page.link("Half") == Draft.objects.get().get_absolute_url()


def test_draft_of_a_change_leaves_the_entry_as_it_is(lead, entry):
    client, data = form_of(lead, url("activity-update", entry.pk))
    save(client, data, title="Other words")
    entry.refresh_from_db()
    assert (entry.title, entry.is_accepted) == ("Family hub", True)
    page = Page(client.get(url("activity-update", entry.pk)))
    assert page.form_data()["title"] == ["Other words"]
    assert "You are going on with what you typed" in page.text


def test_draft_is_its_authors_alone(lead, other_lead, administrator):
    client, data = form_of(lead, url("activity-create"))
    save(client, data, title="Secret")
    draft = Draft.objects.get()
    for user in (other_lead, administrator):
        page = Page(browser_of(user).get(draft.get_absolute_url()))
        assert page.form_data()["title"] == [""]
        assert browser_of(user).post(url("draft-discard", draft.key)).status_code == 404
    assert Draft.objects.filter(pk=draft.pk).exists()


def test_two_windows_do_not_overwrite_each_other(lead, entry):
    client, first = form_of(lead, url("activity-update", entry.pk))
    second = Page(client.get(url("activity-update", entry.pk))).form_data()
    assert save(client, first, title="First").status_code == 200
    assert save(client, first, title="First again").status_code == 200
    answer = save(client, second, title="Second")
    assert answer.status_code == 409
    assert "in another window" in answer.content.decode()
    assert Draft.objects.get().content["title"] == ["First again"]
    third = Page(client.get(url("activity-update", entry.pk))).form_data()
    assert save(client, third, title="Third").status_code == 200
    assert save(client, first, title="First, late").status_code == 409
    assert Draft.objects.get().content["title"] == ["Third"]


def test_window_that_is_late_does_not_bring_a_saved_draft_back(lead):
    client, data = form_of(lead, url("activity-create"))
    save(client, data, title="Half")
    again = Page(client.get(Draft.objects.get().get_absolute_url())).form_data()
    Draft.objects.get().delete()
    assert save(client, again).status_code == 409
    assert not Draft.objects.exists()


def test_form_saves_itself_after_the_session_has_ended(lead, entry):
    _, data = form_of(lead, url("activity-update", entry.pk))
    stranger = Client(enforce_csrf_checks=True)
    answer = save(stranger, data, title="Last words")
    assert answer.status_code == 401
    assert sign_in_for(url("activity-update", entry.pk)) in answer.content.decode()
    assert Draft.objects.get(author=lead, activity=entry).content["title"] == ["Last words"]


@pytest.mark.parametrize("is_new", [True, False])
def test_pressing_a_button_after_the_session_has_ended_loses_nothing(client, lead, entry, is_new):
    address = url("activity-create") if is_new else url("activity-update", entry.pk)
    _, data = form_of(lead, address)
    response = client.post(address, data | {"title": "Last words"})
    draft = Draft.objects.get(author=lead)
    assert draft.content["title"] == ["Last words"]
    assert response.status_code == 302
    client.force_login(lead)
    page = Page(client.get(draft.get_absolute_url()))
    assert page.form_data()["title"] == ["Last words"]
    assert "What you typed is saved" in page.text


def test_form_without_a_ticket_is_sent_to_sign_in(client, entry):
    for address in (url("activity-create"), url("activity-update", entry.pk)):
        response = client.post(address, {"title": "Anything"})
        assert (response.status_code, response.url) == (302, sign_in_for(address))
    assert not Draft.objects.exists()


@pytest.mark.parametrize("token", ["", "forged", "W10:1abc:xyz"])
def test_nothing_is_kept_without_a_real_ticket(client, token):
    assert save(client, {"draft": token, "title": "Anything"}).status_code == 409
    assert not Draft.objects.exists()


def test_ticket_ends_after_a_day(lead):
    client, data = form_of(lead, url("activity-create"))
    with time_machine.travel(timezone.now() + timezone.timedelta(hours=25)):
        assert save(client, data).status_code == 409


def test_ticket_of_a_deleted_entry_keeps_a_draft_of_a_new_one(lead, entry):
    client, data = form_of(lead, url("activity-update", entry.pk))
    entry.delete()
    assert save(client, data, title="Mine").status_code == 200
    assert save(client, data, title="Mine, longer").status_code == 200
    draft = Draft.objects.get()
    assert (draft.activity, draft.content["title"]) == (None, ["Mine, longer"])
    page = Page(client.get(draft.get_absolute_url()))
    assert page.form_data()["title"] == ["Mine, longer"]


def test_entry_that_moved_to_another_place_keeps_what_was_typed(lead, other_lead, entry):
    client, data = form_of(lead, url("activity-update", entry.pk))
    save(client, data, title="Typed")
    entry.places.set(other_lead.places.all())
    response = client.post(url("activity-update", entry.pk), data | {"title": "Sent"})
    assert response.status_code == 403
    assert "What you typed is a draft on your home page." in response.content.decode()
    home = Page(client.get("/"))
    assert Page(client.get(home.link("Sent"))).form_data()["title"] == ["Sent"]


def test_draft_of_an_entry_that_can_not_be_changed_any_more_goes_on(lead, other_lead, entry):
    client, data = form_of(lead, url("activity-update", entry.pk))
    entry.places.set(other_lead.places.all())
    client.post(url("activity-update", entry.pk), data | {"title": "Sent"})
    answer = save(client, data, title="Typed on")
    assert answer.status_code == 200
    assert Draft.objects.get().content["title"] == ["Typed on"]


def test_draft_that_is_stranded_goes_on_as_a_new_entry(lead, other_lead, entry):
    theme = ThemeFactory(code="T1")
    LocalMeasureFactory(activity=entry, name="Visits")
    client, data = form_of(lead, url("activity-update", entry.pk))
    save(client, data, title="Typed", theme=theme.pk)
    entry.places.set(other_lead.places.all())
    home = Page(client.get("/"))
    assert "it opens as a new one" in home.text
    again = Page(client.get(home.link("Typed"))).form_data()
    assert save(client, again, title="Typed on").status_code == 200
    assert Draft.objects.get().activity is None
    response = client.post(url("activity-create"), again | {"title": "Ours"})
    made = Activity.objects.get(title="Ours")
    assert response.url == url("activity-check", made.pk)
    assert [row.name for row in made.local_measures.all()] == ["Visits"]
    assert not Draft.objects.exists()
    entry.refresh_from_db()
    assert (entry.title, entry.local_measures.count()) == ("Family hub", 1)


def test_ticket_of_someone_who_left_keeps_nothing(lead):
    ticket = ticket_for(lead)
    lead.is_active = False
    lead.save()
    assert save(Client(), {"draft": str(ticket)}).status_code == 409
    assert not Draft.objects.exists()


def test_discarding_a_draft(lead, entry):
    client, data = form_of(lead, url("activity-update", entry.pk))
    save(client, data, title="Other words")
    draft = Draft.objects.get()
    response = client.post(url("draft-discard", draft.key), follow=True)
    assert "What you had typed for “Other words” was discarded." in Page(response).text
    assert response.redirect_chain == [(entry.get_absolute_url(), 302)]
    assert not Draft.objects.exists()


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
def test_other_methods_are_not_allowed(lead, method):
    client = browser_of(lead)
    for address in (url("draft-save"), url("draft-discard", uuid.uuid4())):
        assert getattr(client, method)(address).status_code == 405


def test_discarding_needs_signing_in_and_a_draft(client, lead):
    address = url("draft-discard", uuid.uuid4())
    assert client.post(address).url == sign_in_for(address)
    assert browser_of(lead).post(address).status_code == 404
