"""`manage.py import_stocktake FILE --round NAME`: the legacy workbook into a round."""

import json
from dataclasses import asdict
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from stocktake import operations
from stocktake.models import Round
from stocktake.workbook import reader, staging
from stocktake.workbook.errors import WorkbookError
from stocktake.workbook.inspection import MAX_FILE_SIZE, MEGABYTE


class Command(BaseCommand):
    """Imports what is new in a stocktake workbook, or says what it would import."""

    help = "Import a stocktake workbook into a round. What an earlier import recorded is left out."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="the workbook, an .xlsx file")
        parser.add_argument(
            "--round",
            required=True,
            help="the round’s name; one that names its months, such as “October to December "
            "2023”, is made if there is none of that name",
        )
        parser.add_argument("--dry-run", action="store_true", help="write nothing, only say what")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *, file, dry_run, **options):
        data, round = self._data(file), self._round(options["round"])
        try:
            reading = reader.read(data, staging.framework())
            new, known = staging.split_known(reading, round)
            if new and not dry_run:
                operations.import_reading(reading=reading, round=round, file_name=file.name)
        except WorkbookError as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(
                json.dumps(as_json(reading, new, known), ensure_ascii=False, indent=2)
            )
        else:
            self._summarise(reading, new, known, round, dry_run)

    def _data(self, file):
        try:
            size = file.stat().st_size
            if size > MAX_FILE_SIZE:
                raise CommandError(
                    f"{file} has more than {MAX_FILE_SIZE // MEGABYTE} MB: a stocktake has less."
                )
            return file.read_bytes()
        except OSError as error:
            raise CommandError(f"{file} can’t be read: {error.strerror}.") from error

    def _round(self, name):
        round = Round.objects.filter(name__iexact=name.strip()).first() or Round.named(name)
        if round is None:
            raise CommandError(
                f"There is no round “{name}”. Add it in the admin, or give a name that says its "
                "months, such as “October to December 2023”."
            )
        return round

    def _summarise(self, reading, new, known, round, dry_run):
        verb = "would be added" if dry_run else "added"
        self.stdout.write(f"{len(new)} activities {verb} to {round}; {known} recorded before.")
        self.stdout.write(
            f"{reading.lines_total} lines: {reading.lines_placed} in activities, "
            f"{reading.lines_unplaced} unplaced."
        )
        for found in reading.unplaced:
            self.stdout.write(f"Unplaced, {found.sheet}!{found.cell}: {found.text}")
        for found in reading.unmatched:
            self.stdout.write(f"Not recognised, {found.kind} in {found.sheet}: {found.text}")
        for found in new:
            for issue in found.issues:
                self.stdout.write(f"Uncertain, {found.sheet}!{found.cell}: {issue}")


def as_json(reading, new, known):
    """What an import proposes, as dicts and lists: only what no earlier import recorded."""
    return {
        "activities": [asdict(found) for found in new],
        "unplaced": [asdict(found) for found in reading.unplaced],
        "lines": {
            "total": reading.lines_total,
            "placed": reading.lines_placed,
            "unplaced": reading.lines_unplaced,
        },
        "unmatched": [asdict(found) for found in reading.unmatched],
        "recorded_before": known,
    }
