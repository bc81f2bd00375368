"""`manage.py coherence --round NAME`: the thread of a round as it stands now."""

import json

from django.core.management.base import BaseCommand, CommandError

from stocktake.coherence import State, coherence
from stocktake.models import Round


class Command(BaseCommand):
    """Prints the headline, the lists and the tables of the coherence report."""

    help = "Print how coherent a round is: which recommendations lack activities or measures."

    def add_arguments(self, parser):
        parser.add_argument("--round", required=True, help="the round’s name")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, **options):
        round = Round.objects.filter(name__iexact=options["round"].strip()).first()
        if round is None:
            names = "; ".join(Round.objects.values_list("name", flat=True)) or "none yet"
            raise CommandError(f"There is no round “{options['round']}”. The rounds: {names}.")
        found = coherence(round)
        if options["json"]:
            self.stdout.write(json.dumps(as_json(found), ensure_ascii=False, indent=2))
        else:
            self._print(found)

    def _print(self, found):
        total = found.total
        recommendations = len(found.recommendations)
        self.stdout.write(f"Coherence of {found.round}, as of {found.as_of:%-d %B %Y}")
        self.stdout.write(f"{total.whole} of {total.threads} threads are whole.")
        self._print_list("no linked activity", found.without_activity, recommendations)
        self._print_list("activity but no measure", found.without_measure, recommendations)
        for name, rows in (("Theme", found.by_theme), ("Place", found.by_place)):
            self._print_table(name, rows, total)
        self.stdout.write(
            f"\n{len(found.unlinked_activities)} of {len(found.activities)} activities are linked "
            "to no recommendation."
        )
        self.stdout.write(
            f"{len(found.unnamed_indicators)} of {len(found.indicators)} beacon indicators are "
            "named by no activity."
        )

    def _print_list(self, what, rows, of):
        self.stdout.write(f"\n{len(rows)} of {of} recommendations have {what}:")
        for row in rows:
            number = f", place number {row.place_number}" if row.place_number else ""
            self.stdout.write(
                f"  {row.code} ({row.phase}, {', '.join(row.bodies)}{number}) {row.text}"
            )

    def _print_table(self, name, rows, total):
        headings = [name, "Threads", *State.labels, "Activities"]
        lines = [
            [row.key or row.label, row.threads, *row.states.values(), row.activities]
            for row in (*rows, total)
        ]
        widths = [
            max(len(str(cell)) for cell in cells) for cells in zip(headings, *lines, strict=True)
        ]
        self.stdout.write("")
        for line in (headings, *lines):
            first, *numbers = (str(cell) for cell in line)
            cells = [first.ljust(widths[0]), *map(str.rjust, numbers, widths[1:])]
            self.stdout.write("  ".join(cells))


def as_json(found):
    """The headline, the lists and the tables as dicts and lists."""
    total = found.total
    return {
        "round": found.round,
        "as_of": found.as_of.isoformat(),
        "rule_version": found.rule_version,
        "headline": {
            "threads": total.threads,
            "whole": total.whole,
            "recommendations": len(found.recommendations),
            "without_activity": len(found.without_activity),
            "without_measure": len(found.without_measure),
        },
        "without_activity": [_recommendation(row) for row in found.without_activity],
        "without_measure": [_recommendation(row) for row in found.without_measure],
        "themes": [_tally(row) for row in found.by_theme],
        "places": [_tally(row) for row in found.by_place],
        "total": _tally(total),
        "orphans": {
            "activities": [
                {"id": row.id, "title": row.title, "theme": row.theme, "places": row.places}
                for row in found.unlinked_activities
            ],
            "indicators": [
                {"number": row.number, "name": row.name, "theme": row.theme, "status": row.status}
                for row in found.unnamed_indicators
            ],
        },
    }


def _recommendation(row):
    return {
        "code": row.code,
        "theme": row.theme,
        "phase": row.phase,
        "responsible_bodies": row.bodies,
        "place_number": row.place_number,
        "text": row.text,
        "activities": len(row.activities),
    }


def _tally(row):
    return {
        "key": row.key,
        "label": row.label,
        "threads": row.threads,
        "states": row.states,
        "percentage_whole": row.percentage,
        "activities": row.activities,
    }
