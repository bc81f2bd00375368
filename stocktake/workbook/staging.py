"""Turns what was read from a workbook into rows that a person can look at before they count."""

import hashlib
from collections import Counter
from dataclasses import asdict

from recommendations.models import BeaconIndicator, Level, Place, Recommendation, Theme

from ..models import ImportBatch, StagedActivity
from ..suggestions import Suggester
from .reader import Framework, ThemeWords


def framework():
    """The words of the framework as they stand in the database."""
    places = list(Place.objects.taking_part())
    themes = Theme.objects.prefetch_related("recommendations")
    return Framework(
        themes=tuple(
            ThemeWords(
                theme.code,
                tuple(theme.titles),
                tuple(recommendation.text for recommendation in theme.recommendations.all()),
            )
            for theme in themes
        ),
        places={name: place.slug for place in places for name in place.names},
        boroughs=tuple(place.slug for place in places if place.level == Level.BOROUGH),
        system=next((place.slug for place in places if place.level == Level.SYSTEM), ""),
        indicators=tuple(BeaconIndicator.objects.values_list("name", flat=True)),
    )


def fingerprint(found):
    """The same text for a FoundActivity of the same theme, places and words."""
    words = " ".join(found.text.casefold().split())
    key = "\n".join([found.theme, *sorted(found.places), words])
    return hashlib.sha256(key.encode()).hexdigest()


def split_known(reading, round):
    """What `reading` proposes that no earlier import has recorded in `round`.

    `round` may be unsaved. Returns the new FoundActivity in order, and how many were known. An
    entry that stands twice in the workbook is known only as often as it was recorded.
    """
    recorded = Counter()
    if round.pk:
        staged = StagedActivity.objects.recorded_in(round)
        recorded.update(staged.values_list("fingerprint", flat=True))
    new = []
    for found in reading.activities:
        key = fingerprint(found)
        if recorded[key]:
            recorded[key] -= 1
        else:
            new.append(found)
    return new, len(reading.activities) - len(new)


def stage(reading, *, round, file_name, by):
    """Write a batch with what `reading` proposes for `round`, a saved one, and return it."""
    new, known = split_known(reading, round)
    batch = ImportBatch.objects.create(
        round=round,
        file_name=file_name,
        lines_total=reading.lines_total,
        known=known,
        unplaced=[asdict(found) for found in reading.unplaced],
        unmatched=[asdict(found) for found in reading.unmatched],
        created_by=by,
    )
    themes = {theme.code: theme for theme in Theme.objects.all()}
    places = {place.slug: place for place in Place.objects.all()}
    suggester = Suggester(Recommendation.objects.all())
    staged = StagedActivity.objects.bulk_create(
        StagedActivity(
            batch=batch,
            position=position,
            theme=themes[found.theme],
            sheet=found.sheet,
            cell=found.cell,
            lines=found.lines,
            title=found.title,
            text=found.text,
            issues=found.issues,
            suggestions=[
                recommendation.code
                for recommendation in suggester.suggest(
                    found.text,
                    theme=themes[found.theme],
                    places=[places[slug] for slug in found.places],
                )
            ],
            fingerprint=fingerprint(found),
        )
        for position, found in enumerate(new, start=1)
    )
    through = StagedActivity.places.through
    through.objects.bulk_create(
        through(stagedactivity=row, place=places[slug])
        for row, found in zip(staged, new, strict=True)
        for slug in found.places
    )
    return batch
