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
from stocktake.models import Activity, Decision, IndicatorLink, LocalMeasure, Round
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


def import_sample(*, by):
    """Import the sample workbook into a round of these three months; returns the round."""
    today = timezone.localdate()
    first = today.month - (today.month - 1) % 3
    name = f"{calendar.month_name[first]} to {calendar.month_name[first + 2]} {today.year}"
    round = Round.objects.filter(name=name).first() or Round.named(name)
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
    today = timezone.localdate()
    if kind == 0:
        return
    indicator = activity.theme.indicators.all().first()
    if kind == 1 and indicator:
        IndicatorLink.objects.create(
            activity=activity,
            indicator=indicator,
            created_by=by,
            confirmed_at=timezone.now(),
            confirmed_by=by,
        )
        return
    days = {2: None, 3: 3 * 365}.get(kind, 30)
    LocalMeasure.objects.create(
        activity=activity,
        name="People reached",
        unit="people",
        baseline=0,
        target=400,
        latest_value=None if days is None else 120 + 10 * kind,
        latest_on=None if days is None else today - datetime.timedelta(days=days),
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
