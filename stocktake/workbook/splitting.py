"""Separates the prose of a cell into entries with their places.

The author writes `Place - what it does`, one or more lines, blank lines between places; further
lines without a name carry on the place before. Nothing here knows sheets or databases.
"""

import difflib
import re
from dataclasses import dataclass, field

from .layout import BULLETS, DASHES

# Shorter names are too easily mistaken for one another.
SHORTEST_MISSPELT = 5
LIKENESS = 0.85
TITLE_LENGTH = 120
# What a full stop after does not end a sentence, without that stop.
ABBREVIATIONS = {"e.g", "i.e", "incl", "st", "dr", "mr", "mrs", "ms"}
# What may stand before and after a line's words.
MARKS = f" {BULLETS}{DASHES}\xa0\t"

DASH = rf"[{re.escape(DASHES)}]"
BULLET = rf"[\s{re.escape(BULLETS + DASHES)}]*"
# A hyphen inside a word ("Sefton-wide") separates nothing; a long dash or a colon always does.
SEPARATOR = rf"(?:\s+{DASH}+|{DASH}+\s|\s*[–—:：]+)\s*"
ALL = r"all\s+(?:of\s+)?(?:the\s+)?"
BOROUGHS = r"(?:places|boroughs|councils|local\s+authorities)"
COUNCIL = r"(?:\s+(?:metropolitan\s+)?(?:borough\s+|city\s+)?council|\s+mbc)?"
JOINT = r"(?:\s*[,;&+/]\s*(?:and\s+)?|\s+and\s+)"


@dataclass
class Entry:
    """One activity found in a cell.

    `places` are slugs, `lines` line numbers within the cell from 1; `issues` say in sentences
    what was uncertain.
    """

    places: tuple[str, ...]
    lines: list[int] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    issues: list[str] = field(default_factory=list)

    @property
    def text(self):
        """The author's words, without the place's name and separator."""
        return "\n".join(self.texts)

    @property
    def title(self):
        """A name for the activity: its heading, or the beginning of its first sentence."""
        return title_of(self.texts)


@dataclass(frozen=True)
class Prefix:
    """What the beginning of a line says about places.

    `rest` is the line after name and separator; `is_separate` is false where the name is part of
    the sentence and was left in it.
    """

    places: tuple[str, ...]
    rest: str
    is_separate: bool
    issue: str = ""


class PlaceNames:
    """Every spelling of every place, ready to be found at the beginning of a line."""

    def __init__(self, spellings, boroughs):
        """`spellings` maps a name as written to a place's slug; `boroughs` are the slugs of all."""
        self.boroughs = tuple(boroughs)
        self._slugs = {_key(name): slug for name, slug in spellings.items()}
        self._spellings = {_key(name): name for name in spellings}
        # The longest first: "Liverpool City Region" is not Liverpool.
        ordered = sorted(spellings, key=len, reverse=True)
        name = "|".join(_pattern(spelling) for spelling in ordered)
        # Letters such as CE are a name in the middle of prose only in capitals.
        in_prose = "|".join(
            rf"(?-i:{_pattern(spelling)})" if spelling.isupper() else _pattern(spelling)
            for spelling in ordered
        )
        in_prose = rf"(?:{in_prose})(?!\w)"
        separate = rf"(?:{name}){COUNCIL}"
        count = rf"(?:{len(self.boroughs)}|nine)\s+"
        self._separate = _compile(
            rf"{BULLET}(?P<names>{ALL}(?:{count})?{BOROUGHS}|{_joint(separate)})"
            rf"(?:{SEPARATOR}(?P<rest>.*)|\s*)$"
        )
        self._in_prose = _compile(
            rf"{BULLET}(?P<names>{ALL}{count}{BOROUGHS}|{_joint(in_prose)})(?=\W)"
        )
        self._name = _compile(rf"(?:{name})(?!\w)")
        self._misspelt = _compile(
            rf"{BULLET}(?P<name>[^\W\d_][\w.&'’ ]{{3,40}}?){SEPARATOR}(?P<rest>.*)$"
        )

    def __getitem__(self, name):
        """The slug of the place that has this name, in any case and spacing; else KeyError."""
        return self._slugs[_key(name)]

    def find(self, line):
        """What the beginning of `line` says about places: a Prefix, or None if it names none."""
        if match := self._separate.match(line):
            return Prefix(self._places(match["names"]), (match["rest"] or "").strip(), True)
        if prefix := self._find_misspelt(line):
            return prefix
        if match := self._in_prose.match(line):
            names = match["names"]
            issue = f"“{names}” stands in the sentence, without a dash or colon after it."
            return Prefix(self._places(names), line.strip(), False, issue)
        return None

    def _find_misspelt(self, line):
        match = self._misspelt.match(line)
        if not match or len(match["name"]) < SHORTEST_MISSPELT:
            return None
        near = difflib.get_close_matches(_key(match["name"]), self._slugs, 1, LIKENESS)
        if not near:
            return None
        issue = f"“{match['name'].strip()}” was read as “{self._spellings[near[0]]}”."
        return Prefix((self._slugs[near[0]],), match["rest"].strip(), True, issue)

    def _places(self, names):
        if re.match(ALL, names, re.IGNORECASE):
            return self.boroughs
        found = (self[match.group()] for match in self._name.finditer(names))
        return tuple(dict.fromkeys(found))


def split_cell(text, names, *, places=None):
    """The entries of a cell, and the numbers of the lines that belong to no place.

    `places` are the slugs that the column or the row stands for; None in a column where the prose
    names them. Returns a list of Entry and a list of line numbers.
    """
    entries, unplaced = [], []
    entry, starts_paragraph = None, True
    for number, line in enumerate(split_lines(text), start=1):
        if not line.strip():
            starts_paragraph = True
            continue
        following = _entry_for(line, names, places, entry, starts_paragraph)
        starts_paragraph = False
        if following is None:
            unplaced.append(number)
            continue
        if following is not entry:
            entry = following
            entries.append(entry)
        entry.lines.append(number)
    for empty in [entry for entry in entries if not entry.texts]:
        entries.remove(empty)
        unplaced.extend(empty.lines)
    return entries, sorted(unplaced)


def _entry_for(line, names, places, current, starts_paragraph):
    """The entry that `line` belongs to, its text added: `current`, or a new one, or None."""
    prefix = names.find(line)
    if prefix and not prefix.is_separate and (places or _carries_on(prefix, current)):
        # A sentence about the place that is being spoken of anyway.
        prefix = None
    if prefix:
        return _new_entry(prefix, places)
    if current and (not starts_paragraph or not current.texts):
        current.texts.append(line.strip())
        return current
    if places:
        return Entry(places, texts=[line.strip()])
    if current:
        issue = "No place is named at the start of this paragraph: the place before was kept."
        return Entry(current.places, texts=[line.strip()], issues=[issue])
    return None


def _carries_on(prefix, current):
    return current is not None and set(prefix.places) <= set(current.places)


def _new_entry(prefix, places):
    entry = Entry(prefix.places, issues=[prefix.issue] if prefix.issue else [])
    if prefix.rest:
        entry.texts.append(prefix.rest)
    if places and set(prefix.places) != set(places):
        entry.issues.append("The text names another place than its column or row does.")
    return entry


def split_lines(text):
    """The lines of a cell, blank ones included, whichever way the program ended them."""
    text = text.replace("_x000D_", "\r").replace("_x000B_", "\v").replace("_x000A_", "\n")
    return re.split(r"\r\n|[\n\r\v\u2028\u2029]", text)


def title_of(texts):
    """A title of at most 120 characters for an entry of these lines.

    Where they say nothing but signs, the signs.
    """
    lines = [line.strip(MARKS) for line in texts]
    first = next(filter(None, lines), texts[0].strip())
    is_heading = first == lines[0] and len(texts) > 1 and len(first) <= 80
    if not is_heading or first.endswith((".", ";", ",")):
        first = _first_sentence(first)
    first = " ".join(first.split())
    first = first.rstrip(".;,:") or first
    if len(first) > TITLE_LENGTH:
        cut = first[: TITLE_LENGTH - 1]
        first = (cut.rpartition(" ")[0].rstrip(" ,;:–-") or cut) + "…"
    return first[:1].upper() + first[1:]


def _first_sentence(text):
    for end in re.finditer(r"[.!?;]\s+(?=[^a-z])", text):
        word = text[: end.start()].rpartition(" ")[2]
        if word.casefold().strip("(") not in ABBREVIATIONS:
            return text[: end.end()]
    return text


def _key(name):
    return " ".join(name.replace("&", " and ").split()).casefold()


def _pattern(name):
    parts = re.split(r"\s*&\s*|\s+and\s+", name)
    spaced = (r"\s+".join(re.escape(word) for word in part.split()) for part in parts)
    return r"(?:\s*&\s*|\s+and\s+)".join(spaced)


def _joint(name):
    return rf"{name}(?:{JOINT}{name})*"


def _compile(pattern):
    return re.compile(pattern, re.IGNORECASE | re.DOTALL)
