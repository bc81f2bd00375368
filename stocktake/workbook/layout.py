"""The layout of the legacy workbook, as data: what its headings are and what they stand for.

Columns and sheets are found by these words wherever they stand, never by position.
"""

import re
import unicodedata
from dataclasses import dataclass

THEME_WORDS = {"theme", "themes", "recommendation", "recommendations"}
INDICATOR_WORDS = {"indicator", "indicators"}
ACTIVITY_WORDS = {"activity", "activities"}
LEVEL_WORDS = {"level"}
# A column of prose in which each entry names its own place.
BOROUGH_WORDS = {"", "borough", "boroughs", "place", "places"}
# A column that names the place of the whole row.
PLACE_HEADINGS = {"place", "places", "borough", "boroughs"}
SYSTEM_HEADING = "system"
# What may stand before a theme's title: "1.", "Theme 1:", "T1".
THEME_NUMBER = r"^(?:(?:theme|recommendation)\s+)?(?:[st]?\d+|s[a-g])\s+"
# Columns of the layout that hold no activities; they are reported only where they hold text.
NOTE_HEADINGS = {"best practice elsewhere", "comments"}
# The list of beacon indicators is known by these two headings together.
INDICATOR_LIST_HEADINGS = {"frequency", "source"}

# The last two are those of Word's symbol font.
BULLETS = "•·▪◦‣●○∙*\uf0b7\uf0a7"
# Longer texts are no headings, whatever words they hold.
MAX_HEADING = 40
DASHES = "-‐‑‒–—―−"


@dataclass(frozen=True)
class ThemeColumn:
    """Holds the theme's title and its recommendations."""


@dataclass(frozen=True)
class IndicatorColumn:
    """Holds the theme's beacon indicators."""


@dataclass(frozen=True)
class PlaceColumn:
    """Names the place whose entries stand in the row."""


@dataclass(frozen=True)
class ActivityColumn:
    """Holds activities: of `place` (a slug), or of the places that the prose names."""

    place: str | None


@dataclass(frozen=True)
class UnknownColumn:
    """Holds something that is not imported; `is_note` for a known column of remarks."""

    is_note: bool


def normalise(text):
    """Words for comparing: one case, one kind of quote and dash, no punctuation, single spaces."""
    text = str(text).replace("½", ".5").replace("&", " and ")
    text = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    return " ".join(re.findall(r"[a-z0-9%£']+(?:\.[0-9]+)*", text))


def column_for(heading, place_names):
    """What a column with this heading holds; `place_names` are normalised names to slugs.

    "Activity" makes it a column of activities, and so does "level" after a place or "borough", or
    nothing but a place's name.
    """
    plain = normalise(heading)
    words = plain.split()
    if len(plain) > MAX_HEADING:
        return UnknownColumn(is_note=False)
    about_activity = bool(ACTIVITY_WORDS & set(words))
    rest = " ".join(word for word in words if word not in ACTIVITY_WORDS | LEVEL_WORDS)
    has_level = bool(LEVEL_WORDS & set(words)) and rest
    if (about_activity or has_level) and rest in BOROUGH_WORDS:
        return ActivityColumn(place=None)
    if rest in place_names:
        return ActivityColumn(place=place_names[rest])
    if plain in PLACE_HEADINGS:
        return PlaceColumn()
    if not about_activity and INDICATOR_WORDS & set(words):
        return IndicatorColumn()
    if not about_activity and THEME_WORDS & set(words):
        return ThemeColumn()
    return UnknownColumn(is_note=rest in NOTE_HEADINGS)
