"""`manage.py demo`: the framework and a demonstration, in a database that holds nothing yet."""

import calendar
import datetime
import secrets

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from atf.models import User
from recommendations.models import Place, Recommendation, Theme
from stocktake import operations
from stocktake.coherence.result import EVERYTHING
from stocktake.forms import LocalMeasureFormSet
from stocktake.models import Activity, Decision, Round
from stocktake.workbook import reader, staging
from stocktake.workbook.errors import WorkbookError

SAMPLE = settings.BASE_DIR / "fixtures" / "sample-stocktake.xlsx"
PEOPLE = (
    ("lead@example.org", "Lena Lead", User.Role.LEAD, ["sefton"]),
    ("board@example.org", "Boris Board", User.Role.BOARD_MEMBER, []),
    ("administrator@example.org", "Amy Administrator", User.Role.ADMINISTRATOR, []),
)
DECISIONS = (
    ("sefton", "T1.01", Decision.Answer.PRIORITY, ""),
    ("knowsley", "T2.10", Decision.Answer.DOING, ""),
    ("sefton", "T5.09", Decision.Answer.NOT_NOW, "Waits for the city region’s fares review."),
    ("halton", "T8.03", Decision.Answer.NOT_RELEVANT, "The borough has no such area."),
)
WORKING_DAY = {
    "last": [
        ("Warm spaces in libraries", "Six libraries open as warm spaces on weekday evenings."),
        ("Advice on energy bills", "Advisers visit households that are behind with their bills."),
    ],
    "returned": [("Parents’ evenings at nurseries", "Nurseries invite parents once a term.")],
    "submitted": [("Story time at the health visitor’s", "Books go home with every child.")],
    "comment": "Which recommendation does it serve, and how would we notice that it works?",
}


class Command(BaseCommand):
    """Loads the framework if there is none, and a demonstration if there is no activity."""

    help = "Load the framework into an empty database, and a demonstration with users for it."

    def handle(self, **options):
        if not Theme.objects.exists():
            call_command("loaddata", "framework", verbosity=0)
        if Activity.objects.exists():
            return
        try:
            passwords = load_demonstration()
        except WorkbookError as error:
            self.stderr.write(f"No demonstration was loaded. {error}")
            return
        self.stdout.write("A demonstration was loaded. Sign in as one of:")
        for email, _, role, _ in PEOPLE:
            self.stdout.write(f"  {role.label:14} {email:26} password {passwords[email]}")
        self.stdout.write("Note the passwords: they are not shown again.")


@transaction.atomic
def load_demonstration():
    """Make the people, the round, its entries and a report; returns the passwords by address."""
    passwords = {email: make_person(email, *rest) for email, *rest in PEOPLE}
    administrator = User.objects.get(email="administrator@example.org")
    round = import_sample(by=administrator)
    confirm_suggestions(round, by=administrator)
    decide(round, by=administrator)
    report = operations.build_report(
        round=round,
        title=f"Coherence of {round}",
        comment="Built from the sample workbook, to show what a report looks like.",
        scope=EVERYTHING,
        by=administrator,
    )
    operations.publish_report(report=report, by=administrator)
    lead = User.objects.get(email="lead@example.org")
    show_working_day(round, lead=lead, administrator=administrator)
    return passwords


def make_person(email, name, role, places):
    """Make someone to sign in as, or give them a new password; returns the password."""
    password = secrets.token_urlsafe(12)
    user = User.objects.filter(email=email).first()
    user = user or User.objects.create_user(email, name=name, role=role)
    user.set_password(password)
    user.save()
    user.places.set(Place.objects.filter(slug__in=places))
    return password


def quarter(day):
    """The round of three months in which a day falls: one that is there, or a new, unsaved one."""
    first = day.month - (day.month - 1) % 3
    name = f"{calendar.month_name[first]} to {calendar.month_name[first + 2]} {day.year}"
    return Round.objects.filter(name=name).first() or Round.named(name)


def import_sample(*, by):
    """Import the sample workbook into a round of these three months; returns the round."""
    round = quarter(timezone.localdate())
    reading = reader.read(SAMPLE.read_bytes(), staging.framework())
    operations.import_reading(reading=reading, file_name=SAMPLE.name, round=round, by=by)
    return round


def confirm_suggestions(round, *, by):
    """Confirm most suggested links, and name measures, so that every state of a thread occurs."""
    activities = Activity.objects.filter(round=round).exclude(recommendation_links=None)
    for number, activity in enumerate(activities.distinct().prefetch_related("theme__indicators")):
        if number % 8 == 7:
            continue
        for link in activity.recommendation_links.all():
            operations.confirm_link(link=link, by=by)
        name_measure(activity, number % 6, by=by)


def name_measure(activity, kind, *, by):
    """Give an activity a measure: none, an indicator, or one of its own, of some age."""
    indicator = activity.theme.indicators.all().first()
    if kind == 0:
        return
    if kind == 1 and indicator:
        add_measure(activity, by=by, indicators=[indicator])
        return
    days = {2: None, 3: 3 * 365}.get(kind, 30)
    value = None if days is None else 120 + 10 * kind
    day = None if days is None else timezone.localdate() - datetime.timedelta(days=days)
    add_measure(activity, by=by, local_measures=people_reached(activity, value, day))


def add_measure(activity, *, by, indicators=(), local_measures=None):
    """Save an activity as it is, with a measure more."""
    activity.refresh_from_db()
    operations.save_activity(
        activity=activity,
        places=activity.places.all(),
        recommendations=[link.recommendation for link in activity.recommendation_links.confirmed()],
        indicators=indicators,
        local_measures=local_measures,
        submit=False,
        by=by,
    )


def people_reached(activity, value, day):
    """The form of a local measure, filled in."""
    data = {
        "name": "People reached",
        "unit": "people",
        "baseline": 0,
        "target": 400,
        "latest_value": "" if value is None else value,
        "latest_on_day": day.day if day else "",
        "latest_on_month": day.month if day else "",
        "latest_on_year": day.year if day else "",
    }
    data = {f"local_measures-0-{name}": str(text) for name, text in data.items()}
    data |= {"local_measures-TOTAL_FORMS": "1", "local_measures-INITIAL_FORMS": "0"}
    formset = LocalMeasureFormSet(data, instance=activity)
    formset.full_clean()
    return formset


def show_working_day(round, *, lead, administrator):
    """Let the lead find something to go on with: a round before, an entry returned, one to review.

    None of it counts in the report.
    """
    last = quarter(round.opens_on - datetime.timedelta(days=1))
    last.save()
    theme = Theme.objects.filter(code="T4").first() or Theme.objects.first()
    for title, text in WORKING_DAY["last"]:
        entry = submit(last, theme, title, text, by=lead)
        operations.accept_activities(versions={entry.pk: entry.version}, by=administrator)
    theme = Theme.objects.filter(code="T1").first() or theme
    ((title, text),) = WORKING_DAY["returned"]
    entry = submit(round, theme, title, text, by=lead)
    comments = {"": WORKING_DAY["comment"]}
    operations.return_activity(activity=entry, comments=comments, by=administrator)
    for title, text in WORKING_DAY["submitted"]:
        submit(round, theme, title, text, by=lead)


def submit(round, theme, title, description, *, by):
    """Hand in an entry of the lead's places."""
    return operations.save_activity(
        activity=Activity(round=round, theme=theme, title=title, description=description),
        places=by.places.all(),
        recommendations=[],
        indicators=[],
        submit=True,
        by=by,
    )


def decide(round, *, by):
    """Record what some places answer on some recommendations, where the framework has both."""
    places = {place.slug: place for place in Place.objects.taking_part()}
    recommendations = {row.code: row for row in Recommendation.objects.all()}
    for place, code, answer, reason in DECISIONS:
        if place in places and code in recommendations:
            operations.decide(
                place=places[place],
                recommendation=recommendations[code],
                answer=answer,
                reason=reason,
                review_on=round.closes_on if answer in Decision.DECLINING else None,
                by=by,
            )
