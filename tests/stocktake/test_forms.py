"""The stocktake's forms: what they take, what they refuse, and what they say then."""

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from recommendations.models import Level
from stocktake.coherence import coherence
from stocktake.forms import (
    ActivityForm,
    DecisionForm,
    ImportForm,
    LocalMeasureForm,
    LocalMeasureFormSet,
    RecommendationLinkForm,
    ThreadFilterForm,
)
from stocktake.models import Decision, Round
from tests.factories import (
    ActivityFactory,
    BeaconIndicatorFactory,
    IndicatorLinkFactory,
    LocalMeasureFactory,
    PlaceFactory,
    RecommendationFactory,
    RecommendationLinkFactory,
    ResponsibleBodyFactory,
    RoundFactory,
    ThemeFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
PREFIX = "local_measures"


def day(name, value):
    """A date as the three boxes send it; `value` is a text such as 1 4 2026."""
    return dict(zip((f"{name}_day", f"{name}_month", f"{name}_year"), value.split(), strict=True))


@pytest.fixture
def open_round():
    """The round that takes entries today."""
    return RoundFactory(name="October to December 2026")


@pytest.fixture
def data(open_round):
    """The least that an activity of Sefton needs."""
    return {
        "round": open_round.pk,
        "title": "Family hub",
        "description": "Help for parents.",
        "places": [PlaceFactory(name="Sefton").pk],
        "theme": ThemeFactory(code="T1").pk,
        "delivery_status": "planned",
    }


# An activity


def test_activity_form_takes_every_field(lead, data):
    recommendation, indicator = RecommendationFactory(), BeaconIndicatorFactory()
    form = ActivityForm(
        data
        | {
            "lead_organisation": "Sefton Council",
            "contact": "Early years team",
            "recommendations": [recommendation.pk],
            "indicators": [indicator.pk],
        }
        | day("starts_on", "1 4 2026")
        | day("ends_on", "31 3 2027"),
        user=lead,
    )
    assert form.is_valid(), form.errors
    activity = form.instance
    assert activity.title == "Family hub"
    assert activity.description == "Help for parents."
    assert activity.theme.code == "T1"
    assert activity.round.name == "October to December 2026"
    assert activity.lead_organisation == "Sefton Council"
    assert activity.contact == "Early years team"
    assert activity.starts_on == datetime.date(2026, 4, 1)
    assert activity.ends_on == datetime.date(2027, 3, 31)
    assert activity.delivery_status == "planned"
    assert [place.slug for place in form.cleaned_data["places"]] == ["sefton"]
    assert list(form.cleaned_data["recommendations"]) == [recommendation]
    assert list(form.cleaned_data["indicators"]) == [indicator]


def test_activity_form_needs_no_more_than_its_least(lead, data):
    form = ActivityForm(data, user=lead)
    assert form.is_valid(), form.errors


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("title", "Enter the name of the activity"),
        ("places", "Choose the place or places"),
        ("theme", "Choose the theme"),
        ("delivery_status", "Choose the delivery status"),
    ],
)
def test_activity_form_says_what_is_missing(lead, data, field, message):
    form = ActivityForm(data | {field: ""}, user=lead)
    assert form.errors == {field: [message]}


def test_activity_form_says_in_english_that_the_description_is_missing(lead, data):
    form = ActivityForm(data | {"description": " \n "}, user=lead)
    (message,) = form.errors["description"]
    assert message.startswith("Enter ")
    assert "the what" not in message


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("title", "the name of the activity"),
        ("lead_organisation", "the lead organisation"),
        ("contact", "the contact"),
    ],
)
def test_activity_form_refuses_what_is_too_long(lead, data, field, name):
    assert ActivityForm(data | {field: "x" * 200}, user=lead).is_valid()
    form = ActivityForm(data | {field: "x" * 201}, user=lead)
    assert form.errors == {field: [f"Shorten {name} to 200 characters or fewer"]}


@pytest.mark.parametrize("field", ["title", "description", "lead_organisation", "contact"])
def test_activity_form_refuses_nul_at_the_field(lead, data, field):
    form = ActivityForm(data | {field: "a\x00b"}, user=lead)
    assert list(form.errors) == [field]


def test_activity_form_says_at_the_field_that_the_end_is_before_the_start(lead, data):
    dates = day("starts_on", "2 4 2026") | day("ends_on", "1 4 2026")
    form = ActivityForm(data | dates, user=lead)
    assert list(form.errors) == ["ends_on"]


@pytest.mark.parametrize(
    "dates",
    [
        day("starts_on", "1 4 2026") | day("ends_on", "1 4 2026"),
        day("starts_on", "1 4 2026"),
        day("ends_on", "1 4 2026"),
    ],
)
def test_activity_form_takes_dates_in_order(lead, data, dates):
    form = ActivityForm(data | dates, user=lead)
    assert form.is_valid(), form.errors


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"starts_on_day": "1"}, "Enter a day, a month and a year, such as 27 3 2026"),
        (
            {"starts_on_month": "4", "starts_on_year": "2026"},
            "Enter a day, a month and a year, such as 27 3 2026",
        ),
        (day("starts_on", "30 2 2026"), "Enter a real date, such as 27 3 2026"),
        (day("starts_on", "1 13 2026"), "Enter a real date, such as 27 3 2026"),
        (day("starts_on", "1 4 26"), "Enter a real date, such as 27 3 2026"),
        (day("starts_on", "1 April 2026"), "Enter a real date, such as 27 3 2026"),
        (day("starts_on", "1 4 -026"), "Enter a real date, such as 27 3 2026"),
        (day("starts_on", "1 4 ²026"), "Enter a real date, such as 27 3 2026"),
    ],
)
def test_activity_form_refuses_what_is_no_date(lead, data, parts, message):
    form = ActivityForm(data | parts, user=lead)
    assert form.errors == {"starts_on": [message]}


def test_activity_form_takes_a_place_of_others_beside_ones_own(lead, other_lead, data):
    data["places"] += [place.pk for place in other_lead.places.all()]
    form = ActivityForm(data, user=lead)
    assert form.is_valid(), form.errors
    assert {place.slug for place in form.cleaned_data["places"]} == {"sefton", "knowsley"}


def test_activity_form_refuses_only_places_of_others(lead, other_lead, data):
    lead.places.add(PlaceFactory(name="Halton"))
    data["places"] = [place.pk for place in other_lead.places.all()]
    form = ActivityForm(data, user=lead)
    assert form.errors == {
        "places": ["Choose at least one of your own places: Halton, Sefton"],
    }


def test_activity_form_tells_a_lead_without_a_place_what_to_do(data):
    form = ActivityForm(data, user=UserFactory())
    (message,) = form.errors["places"]
    assert not message.endswith(": ")


def test_activity_form_takes_any_place_of_an_administrator(administrator, data):
    form = ActivityForm(data | {"places": [PlaceFactory(name="Wirral").pk]}, user=administrator)
    assert form.is_valid(), form.errors


def test_activity_form_offers_no_comparator(lead, data):
    england = PlaceFactory(name="England", level=Level.COMPARATOR, parent=None)
    data["places"].append(england.pk)
    form = ActivityForm(data, user=lead)
    assert england not in form.fields["places"].queryset
    assert list(form.errors) == ["places"]


def test_activity_form_offers_a_lead_open_rounds_only(lead, administrator, data, open_round):
    closed = RoundFactory(closed=True)
    data["round"] = closed.pk
    assert list(ActivityForm(user=lead).fields["round"].queryset) == [open_round]
    form = ActivityForm(data, user=lead)
    assert form.is_valid()
    assert form.cleaned_data["round"] == open_round
    another = RoundFactory(name="Another")
    assert list(ActivityForm(data, user=lead).errors) == ["round"]
    another.delete()
    assert set(ActivityForm(user=administrator).fields["round"].queryset) == {open_round, closed}
    assert ActivityForm(data, user=administrator).is_valid()


def test_activity_form_begins_with_the_current_round_and_ones_own_places(lead, open_round):
    RoundFactory(closed=True)
    lead.places.add(PlaceFactory(name="Halton"))
    form = ActivityForm(user=lead)
    assert form["round"].value() == open_round.pk
    assert set(form["places"].value()) == {place.pk for place in lead.places.all()}
    assert not form["recommendations"].value()


def test_activity_form_begins_with_confirmed_links_only(lead):
    activity = ActivityFactory(places=lead.places.all())
    confirmed = RecommendationLinkFactory(activity=activity).recommendation
    RecommendationLinkFactory(activity=activity, suggested=True)
    indicator = IndicatorLinkFactory(activity=activity).indicator
    IndicatorLinkFactory(activity=activity, suggested=True)
    form = ActivityForm(instance=activity, user=lead)
    assert form["recommendations"].value() == [confirmed.pk]
    assert form["indicators"].value() == [indicator.pk]


@pytest.mark.parametrize("field", ["recommendations", "indicators", "places"])
@pytest.mark.parametrize("value", ["999999", "nope", "", "-1", "\x00", "1.5"])
def test_activity_form_refuses_choices_that_do_not_exist(lead, data, field, value):
    form = ActivityForm(data | {field: [value]}, user=lead)
    assert list(form.errors) == [field]


@pytest.mark.parametrize("field", ["theme", "delivery_status"])
@pytest.mark.parametrize("value", ["999999", "nope", "9" * 30, "\x00"])
def test_activity_form_refuses_a_choice_that_does_not_exist(lead, data, field, value):
    form = ActivityForm(data | {field: value}, user=lead)
    assert list(form.errors) == [field]


def test_activity_form_groups_recommendations_and_tells_their_place_number(lead):
    theme = ThemeFactory(code="T1", title="Best start")
    RecommendationFactory(theme=theme, code="T1.01", text="Do this.", place_number=7)
    RecommendationFactory(theme=theme, code="T1.02", text="Do that.")
    BeaconIndicatorFactory(theme=None, number=1, name="Life expectancy")
    form = ActivityForm(user=lead)
    ((heading, choices),) = form["recommendations"].choice_groups
    assert heading == "T1 Best start"
    assert [choice["text"] for choice in choices] == [
        "T1.01 Do this. (place number 7)",
        "T1.02 Do that.",
    ]
    assert [heading for heading, _ in form["indicators"].choice_groups] == ["Overarching"]


# Local measures


def measure(**changes):
    """What a form of one measure sends."""
    return {
        "name": "Families seen",
        "unit": "people",
        "baseline": "10",
        "target": "50.5",
        "latest_value": "0",
        **day("latest_on", "1 4 2026"),
        **changes,
    }


def test_local_measure_form_takes_every_field():
    form = LocalMeasureForm(measure())
    assert form.is_valid(), form.errors
    assert form.instance.name == "Families seen"
    assert form.instance.unit == "people"
    assert form.instance.baseline == 10
    assert str(form.instance.target) == "50.5"
    assert form.instance.latest_value == 0
    assert form.instance.latest_on == datetime.date(2026, 4, 1)


def test_local_measure_form_needs_no_more_than_a_name():
    form = LocalMeasureForm({"name": "Families seen"})
    assert form.is_valid(), form.errors


@pytest.mark.parametrize("value", ["0", "12.5"])
def test_local_measure_form_refuses_a_value_without_a_date(value):
    form = LocalMeasureForm({"name": "Families seen", "latest_value": value})
    assert form.errors == {"latest_on": ["Enter the date of the latest value"]}


def test_local_measure_form_refuses_a_date_without_a_value():
    form = LocalMeasureForm({"name": "Families seen"} | day("latest_on", "1 4 2026"))
    assert form.errors == {"latest_value": ["Enter the latest value, or clear its date"]}


def test_local_measure_form_says_once_that_the_date_is_wrong():
    form = LocalMeasureForm(measure(latest_on_day="31"))
    assert form.errors == {"latest_on": ["Enter a real date, such as 27 3 2026"]}


def test_local_measure_form_says_once_that_the_value_is_no_number():
    form = LocalMeasureForm(measure(latest_value="many"))
    assert list(form.errors) == ["latest_value"]
    assert len(form.errors["latest_value"]) == 1


@pytest.mark.parametrize("value", ["NaN", "Infinity", "1e30", "1234567890123", "1.001", "\x00"])
def test_local_measure_form_refuses_numbers_that_do_not_fit(value):
    form = LocalMeasureForm(measure(target=value))
    assert list(form.errors) == ["target"]


def test_local_measure_form_says_in_english_that_the_name_is_missing():
    form = LocalMeasureForm(measure(name=""))
    (message,) = form.errors["name"]
    assert message.startswith("Enter ")
    assert "the what" not in message


def formset_of(activity, *forms):
    """A formset of an activity's measures, bound to what these forms send."""
    data = {
        f"{PREFIX}-TOTAL_FORMS": len(forms),
        f"{PREFIX}-INITIAL_FORMS": activity.local_measures.count(),
    }
    for number, form in enumerate(forms):
        data |= {f"{PREFIX}-{number}-{name}": value for name, value in form.items()}
    return LocalMeasureFormSet(data, instance=activity)


def names(activity):
    """The names of an activity's measures."""
    return sorted(activity.local_measures.values_list("name", flat=True))


def test_local_measures_are_added_changed_and_removed():
    activity = ActivityFactory()
    first = LocalMeasureFactory(activity=activity, name="Visits")
    second = LocalMeasureFactory(activity=activity, name="Calls")
    formset = formset_of(
        activity,
        measure(id=first.pk, name="Home visits"),
        measure(id=second.pk, name="Calls", DELETE="on"),
        measure(name="Letters"),
        {"name": ""},
    )
    assert formset.is_valid(), formset.errors
    formset.save()
    assert names(activity) == ["Home visits", "Letters"]


def test_local_measures_of_one_name_are_refused_when_both_are_new():
    formset = formset_of(ActivityFactory(), measure(), measure())
    assert not formset.is_valid()
    assert "Give each measure another name" in formset.non_form_errors()


def test_local_measure_named_like_another_is_refused():
    activity = ActivityFactory()
    first = LocalMeasureFactory(activity=activity, name="Visits")
    formset = formset_of(activity, measure(id=first.pk, name="Visits"), measure(name="Visits"))
    assert not formset.is_valid()


def test_local_measures_may_be_named_as_in_another_activity():
    LocalMeasureFactory(name="Visits")
    formset = formset_of(ActivityFactory(), measure(name="Visits"))
    assert formset.is_valid(), formset.errors


def test_local_measure_is_removed_even_where_its_other_boxes_are_wrong():
    activity = ActivityFactory()
    first = LocalMeasureFactory(activity=activity)
    formset = formset_of(activity, measure(id=first.pk, latest_value="x", DELETE="on"))
    assert formset.is_valid(), formset.errors
    formset.save()
    assert names(activity) == []


def test_local_measures_that_swap_names_are_saved_or_refused_with_a_message():
    activity = ActivityFactory()
    first = LocalMeasureFactory(activity=activity, name="Visits")
    second = LocalMeasureFactory(activity=activity, name="Calls")
    formset = formset_of(
        activity, measure(id=first.pk, name="Calls"), measure(id=second.pk, name="Visits")
    )
    if formset.is_valid():
        formset.save()
        first.refresh_from_db()
        assert first.name == "Calls"
    else:
        assert any(formset.errors)


def test_local_measure_of_another_activity_cannot_be_changed():
    other = LocalMeasureFactory(name="Visits")
    activity = ActivityFactory()
    LocalMeasureFactory(activity=activity, name="Calls")
    formset = formset_of(activity, measure(id=other.pk, name="Taken"))
    if formset.is_valid():
        formset.save()
    other.refresh_from_db()
    assert other.name == "Visits"


def test_local_measures_are_no_more_than_a_page_can_bear():
    """Each form that a request claims is drawn again: 2,000 of them take half a minute."""
    assert LocalMeasureFormSet.absolute_max <= 500


def test_local_measures_leave_room_for_two_more():
    activity = ActivityFactory()
    LocalMeasureFactory(activity=activity)
    forms = LocalMeasureFormSet(instance=activity).forms
    assert ["DELETE" in form.fields for form in forms] == [True, False, False]
    assert forms[0].fields["DELETE"].label == "Remove this measure"


# A link


def test_recommendation_link_form_offers_measures_of_its_activity_only():
    link = RecommendationLinkFactory()
    own = LocalMeasureFactory(activity=link.activity)
    other = LocalMeasureFactory()
    form = RecommendationLinkForm({"local_measure": own.pk}, instance=link)
    assert form.is_valid(), form.errors
    form = RecommendationLinkForm({"local_measure": other.pk}, instance=link)
    assert list(form.errors) == ["local_measure"]


# A decision


@pytest.mark.parametrize("answer", ["priority", "doing"])
def test_decision_form_takes_an_answer_without_a_reason(answer):
    form = DecisionForm({"answer": answer})
    assert form.is_valid(), form.errors


@pytest.mark.parametrize("answer", ["not-now", "not-relevant"])
def test_decision_form_needs_a_reason_and_a_review_date_to_decline(answer):
    form = DecisionForm({"answer": answer, "reason": " \n"})
    assert form.errors == {
        "reason": ["Enter the reason for this answer"],
        "review_on": ["Enter the date on which the place reviews it"],
    }


@pytest.mark.parametrize("answer", ["not-now", "not-relevant"])
def test_decision_form_takes_a_declining_answer_with_both(answer):
    form = DecisionForm({"answer": answer, "reason": "Too soon."} | day("review_on", "1 4 2027"))
    assert form.is_valid(), form.errors
    assert form.instance.review_on == datetime.date(2027, 4, 1)


def test_decision_form_says_once_that_the_review_date_is_wrong():
    data = {"answer": "not-now", "reason": "Too soon."} | day("review_on", "31 4 2027")
    assert DecisionForm(data).errors == {"review_on": ["Enter a real date, such as 27 3 2026"]}


def test_decision_form_needs_an_answer():
    assert DecisionForm({}).errors == {"answer": ["Choose the answer"]}
    assert list(DecisionForm({"answer": "maybe"}).errors) == ["answer"]


def test_decision_form_offers_every_answer():
    values = [value for value, _ in DecisionForm().fields["answer"].choices if value]
    assert values == Decision.Answer.values


# An import


def upload(content=b"PK", name="stocktake.xlsx"):
    """A file as a browser sends it."""
    return {"workbook": SimpleUploadedFile(name, content)}


def test_import_form_takes_a_file_and_any_round():
    closed = RoundFactory(closed=True)
    form = ImportForm({"round": closed.pk}, upload())
    assert form.is_valid(), form.errors
    assert form.cleaned_data["round"] == closed


def test_import_form_says_what_is_missing():
    assert ImportForm({}, {}).errors == {
        "round": ["Choose the round"],
        "workbook": ["Choose the workbook"],
    }


def test_import_form_refuses_an_empty_file(open_round):
    form = ImportForm({"round": open_round.pk}, upload(b""))
    assert form.errors == {
        "workbook": ["This file is empty. Choose the stocktake workbook."],
    }


def test_import_form_refuses_a_file_that_is_too_large(open_round):
    form = ImportForm({"round": open_round.pk}, upload(bytes(10 * 1024 * 1024)))
    assert form.is_valid(), form.errors
    form = ImportForm({"round": open_round.pk}, upload(bytes(10 * 1024 * 1024 + 1)))
    assert form.errors == {
        "workbook": ["Choose a file of at most 10 MB: a stocktake has less."],
    }


@pytest.mark.parametrize("value", ["999999", "nope", "9" * 30, "\x00"])
def test_import_form_refuses_a_round_that_does_not_exist(value):
    RoundFactory()
    assert list(ImportForm({"round": value}, upload()).errors) == ["round"]
    assert Round.objects.count() == 1


# Threads


@pytest.fixture
def found(open_round):
    """The thread of one recommendation in one place."""
    RecommendationFactory(
        theme=ThemeFactory(code="T1", title="Best start"),
        responsible_bodies=[ResponsibleBodyFactory(answering_places=[PlaceFactory(name="Sefton")])],
    )
    ThemeFactory(code="T2")
    PlaceFactory(name="Knowsley")
    return coherence(open_round)


def test_thread_filter_form_offers_what_the_report_holds(found):
    form = ThreadFilterForm({}, coherence=found)
    assert form.is_valid()
    assert form.fields["theme"].choices == [("", "All themes"), ("T1", "T1 Best start")]
    assert form.fields["place"].choices == [("", "All places"), ("sefton", "Sefton")]
    assert len(form.fields["state"].choices) == 7


@pytest.mark.parametrize("field", ["theme", "place", "state"])
@pytest.mark.parametrize("value", ["nope", "\x00", "T2", "knowsley"])
def test_thread_filter_form_refuses_what_the_report_does_not_hold(found, field, value):
    form = ThreadFilterForm({field: value}, coherence=found)
    assert list(form.errors) == [field]
