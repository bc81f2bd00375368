"""Reads a stocktake workbook into dataclasses: a file in, nothing in the database.

What stands where is in `layout`, how prose is separated in `splitting`. Every non-blank line of
every activity column ends up in exactly one `FoundActivity`, or in `Reading.unplaced`.
"""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from math import inf

from . import layout
from .errors import WorkbookError
from .grid import Grid, address, open_workbook
from .inspection import DAMAGED, inspect
from .layout import ActivityColumn, IndicatorColumn, PlaceColumn, ThemeColumn, UnknownColumn
from .splitting import PlaceNames, split_cell, split_lines

THEME_LIKENESS = 0.85
MAX_TITLE = 300
# Excel allows 31 characters, other programs more.
MAX_SHEET_NAME = 100
WORDING_LIKENESS = 0.75
# A recommendation cut short in the workbook still has to be long enough to be told apart.
START_LIKENESS = 0.9
SHORTEST_START = 30

NO_SHEET = (
    "No sheet of this workbook has the stocktake’s headings: one for the themes, such as “Marmot "
    "Themes”, and in the same row one for activities, such as “Borough Level Activity”."
)
NO_FRAMEWORK = (
    "There are no themes and places to read the workbook against. Load the framework first: "
    "manage.py loaddata framework"
)


@dataclass(frozen=True)
class ThemeWords:
    """What the framework says of a theme: its titles, and its recommendations' texts."""

    code: str
    titles: tuple[str, ...]
    recommendations: tuple[str, ...]


@dataclass(frozen=True)
class Framework:
    """The words that the workbook is read against.

    `places` maps every spelling to a slug, `boroughs` are the slugs of all boroughs, `system` is
    that of the whole system, `indicators` are the names of the beacon indicators.
    """

    themes: tuple[ThemeWords, ...]
    places: Mapping[str, str]
    boroughs: tuple[str, ...]
    system: str
    indicators: tuple[str, ...]


@dataclass(frozen=True)
class FoundActivity:
    """One activity of the workbook; `theme` is a code, `places` are slugs."""

    theme: str
    places: tuple[str, ...]
    sheet: str
    cell: str
    lines: tuple[int, ...]
    title: str
    text: str
    issues: tuple[str, ...]


@dataclass(frozen=True)
class UnplacedLines:
    """Lines of an activity column of which no place or no theme could be made out."""

    theme: str | None
    sheet: str
    cell: str
    lines: tuple[int, ...]
    text: str


@dataclass(frozen=True)
class Unmatched:
    """Something the framework does not know; `kind` says what it looks like."""

    kind: str
    sheet: str
    cell: str
    text: str


@dataclass
class Reading:
    """All that a workbook says."""

    activities: list[FoundActivity] = field(default_factory=list)
    unplaced: list[UnplacedLines] = field(default_factory=list)
    unmatched: list[Unmatched] = field(default_factory=list)

    @property
    def lines_placed(self):
        """How many lines are in activities."""
        return sum(len(found.lines) for found in self.activities)

    @property
    def lines_unplaced(self):
        """How many lines are in none."""
        return sum(len(found.lines) for found in self.unplaced)

    @property
    def lines_total(self):
        """How many non-blank lines the activity columns hold."""
        return self.lines_placed + self.lines_unplaced


def read(data, framework):
    """Read the workbook in `data` (bytes) against `framework`.

    Raises WorkbookError, with a sentence for the person who sent it, if the file can't be opened
    safely, has no sheet of the layout, or names a theme that is unknown or stands there twice.
    """
    if not framework.themes or not framework.places:
        raise WorkbookError(NO_FRAMEWORK)
    inspect(data)
    workbook, values = open_workbook(data)
    names = PlaceNames(framework.places, framework.boroughs)
    reading, recognised = Reading(), False
    for sheet in workbook.worksheets:
        if len(sheet.title) > MAX_SHEET_NAME:
            raise WorkbookError(DAMAGED)
        grid = Grid(sheet, values[sheet.title] if values else None)
        sections = list(_sections(grid, framework))
        seen = {}
        for section in sections:
            _read_section(section, grid, framework, names, seen, reading)
        list_row = None if sections else _indicator_list_row(grid)
        if list_row:
            _match_indicator_list(grid, list_row, framework, reading)
        elif not sections and grid.cells:
            reading.unmatched.append(Unmatched("sheet", sheet.title, "", sheet.title))
        recognised = recognised or bool(sections)
    if not recognised:
        raise WorkbookError(NO_SHEET)
    return reading


@dataclass
class Section:
    """The rows under one header row, and what its columns hold."""

    header_row: int
    rows: list[int]
    theme_column: int
    columns: dict[int, object]

    def of(self, kind):
        """The numbers of the columns of a kind."""
        return [number for number, column in self.columns.items() if isinstance(column, kind)]


def _sections(grid, framework):
    """The parts of a sheet that have the stocktake's headings."""
    place_names = {layout.normalise(name): slug for name, slug in framework.places.items()}
    place_names.setdefault(layout.SYSTEM_HEADING, framework.system)
    headers = {}
    for row in grid.rows:
        columns = {
            column: layout.column_for(grid.at(row, column), place_names)
            for column in grid.columns
            if grid.at(row, column)
        }
        kinds = {type(column) for column in columns.values()}
        if {ThemeColumn, ActivityColumn} <= kinds:
            headers[row] = columns
    for row, columns in headers.items():
        end = min((other for other in headers if other > row), default=inf)
        yield _section(grid, row, [number for number in grid.rows if row < number < end], columns)


def _section(grid, header_row, rows, columns):
    """One section; of two columns about themes, the one that says more holds their titles."""
    themes = [number for number, kind in columns.items() if isinstance(kind, ThemeColumn)]
    theme_column = max(themes, key=lambda c: sum(len(grid.at(row, c)) for row in rows))
    if ActivityColumn(place=None) not in columns.values():
        # Nothing else is the column of prose, so "Borough" is.
        columns = {
            number: ActivityColumn(place=None) if isinstance(kind, PlaceColumn) else kind
            for number, kind in columns.items()
        }
    return Section(header_row, rows, theme_column, columns)


def _read_section(section, grid, framework, names, seen, reading):
    """Read the rows of a section; `seen` tells where on the sheet each theme stands already."""
    _report_columns(section, grid, reading)
    theme = anchor = None
    for row in section.rows:
        here = grid.anchor(row, section.theme_column)
        if grid.at(*here) and here != anchor:
            anchor = here
            theme = _theme_of(grid, here, framework)
            if theme.code in seen:
                raise WorkbookError(
                    f"Sheet “{grid.title}”, {address(*here)}: the theme “{theme.titles[0]}” stands "
                    f"in {address(*seen[theme.code])} already. Put all of a theme into one row, or "
                    "merge its cells."
                )
            seen[theme.code] = here
            _match_bullets(grid, here, theme, reading)
        inherited = theme is not None and here != anchor
        _read_row(section, grid, row, theme, names, inherited, reading)
        for column in section.of(IndicatorColumn):
            _match_indicators(grid, row, column, framework, reading)


def _read_row(section, grid, row, theme, names, inherited, reading):
    places = _row_places(section, grid, row, names)
    for column in section.of(ActivityColumn):
        text = grid.at(row, column)
        if not text:
            continue
        place = section.columns[column].place
        entries, unplaced = split_cell(text, names, places=(place,) if place else places)
        cell = address(row, column)
        if theme is None:
            unplaced = sorted(unplaced + [line for entry in entries for line in entry.lines])
            entries = []
        for entry in entries:
            if inherited:
                entry.issues.append("The row has no theme: the one above was taken.")
            reading.activities.append(
                FoundActivity(
                    theme=theme.code,
                    places=entry.places,
                    sheet=grid.title,
                    cell=cell,
                    lines=tuple(entry.lines),
                    title=entry.title,
                    text=entry.text,
                    issues=tuple(entry.issues),
                )
            )
        if unplaced:
            lines = split_lines(text)
            words = "\n".join(lines[number - 1].strip() for number in unplaced)
            code = theme.code if theme else None
            reading.unplaced.append(UnplacedLines(code, grid.title, cell, tuple(unplaced), words))


def _row_places(section, grid, row, names):
    """The places that a row's own place column names, or None."""
    found = []
    for column in section.of(PlaceColumn):
        for line in split_lines(grid.at(*grid.anchor(row, column))):
            prefix = names.find(line)
            found.extend(prefix.places if prefix else ())
    return tuple(dict.fromkeys(found)) or None


def _theme_of(grid, where, framework):
    """The theme whose title begins a cell; WorkbookError if there is none such."""
    title, first = _title_and_bullets(grid.at(*where))[0], split_lines(grid.at(*where).strip())[0]
    for words in (title, first):
        scores = {theme: _title_likeness(words, theme) for theme in framework.themes}
        best = max(framework.themes, key=scores.get)
        if scores[best] >= THEME_LIKENESS:
            return best
    raise WorkbookError(
        f"Sheet “{grid.title}”, {address(*where)}: “{first[:80]}” is not a theme of the framework. "
        "Correct its title, or add it to the other titles of a theme, and try again."
    )


def _title_likeness(words, theme):
    """How alike a title is to the nearest that the theme has had, its number aside; from 0 to 1."""
    plain = layout.normalise(words[:MAX_TITLE])
    if plain == theme.code.casefold():
        return 1
    plain = re.sub(layout.THEME_NUMBER, "", plain)
    titles = (layout.normalise(title) for title in theme.titles)
    return max(difflib.SequenceMatcher(None, plain, title).ratio() for title in titles)


def _title_and_bullets(text):
    """A theme cell's title, and its recommendations, each with the dashes under it."""
    marks = tuple(layout.BULLETS)
    paragraphs, title, bullets = split_lines(text.strip()), [], []
    has_marks = any(line.strip().startswith(marks) for line in paragraphs)
    for line in (line.strip() for line in paragraphs):
        starts = line.startswith(marks) if has_marks else bool(line)
        if not bullets and not (line and (starts if has_marks else title and "" in title)):
            title.append(line)
        elif starts:
            bullets.append(line.strip(f" {layout.BULLETS}{layout.DASHES}"))
        elif line:
            bullets[-1] += f" {line.strip(layout.DASHES)}"
    return " ".join(" ".join(title).split()), bullets


def _match_bullets(grid, where, theme, reading):
    known = tuple(layout.normalise(text) for text in theme.recommendations)
    for bullet in _title_and_bullets(grid.at(*where))[1]:
        if not _is_known(bullet, known):
            reading.unmatched.append(
                Unmatched("recommendation", grid.title, address(*where), bullet)
            )


def _match_indicators(grid, row, column, framework, reading):
    known = tuple(layout.normalise(name) for name in framework.indicators)
    for line in split_lines(grid.at(row, column)):
        if line.strip() and not _is_known(line, known):
            reading.unmatched.append(
                Unmatched("indicator", grid.title, address(row, column), line.strip())
            )


def _indicator_list_row(grid):
    """The header row of the list of beacon indicators, or None."""
    for row in grid.rows:
        words = {layout.normalise(grid.at(row, column)) for column in grid.columns}
        if words >= layout.INDICATOR_LIST_HEADINGS:
            return row
    return None


def _match_indicator_list(grid, header_row, framework, reading):
    """Match the list's names, which stand beside their numbers; its other rows are headings."""
    for row in grid.rows:
        cells = [(column, grid.at(row, column)) for column in grid.columns]
        cells = [(column, text) for column, text in cells if text]
        if row > header_row and len(cells) > 1 and cells[0][1].isdigit():
            _match_indicators(grid, row, cells[1][0], framework, reading)


@lru_cache(maxsize=1_000)
def _is_known(words, known):
    """Whether one of the normalised texts in `known` says nearly the same, or goes on after it."""
    plain = layout.normalise(words)
    if any(_are_alike(plain, other, WORDING_LIKENESS) for other in known):
        return True
    return len(plain) >= SHORTEST_START and any(
        _are_alike(plain, other[: len(plain)], START_LIKENESS) for other in known
    )


def _are_alike(one, other, least):
    """Whether two texts are alike by `least`, from 0 to 1; the quick bounds spare most the work."""
    matcher = difflib.SequenceMatcher(None, one, other)
    return (
        matcher.real_quick_ratio() >= least
        and matcher.quick_ratio() >= least
        and matcher.ratio() >= least
    )


def _report_columns(section, grid, reading):
    """Name the columns that are not imported: unknown ones, and known remarks that hold text."""
    for column in grid.columns:
        kind = section.columns.get(column)
        holds_text = any(grid.at(row, column) for row in section.rows)
        unknown = isinstance(kind, UnknownColumn) and (holds_text or not kind.is_note)
        second_theme = isinstance(kind, ThemeColumn) and column != section.theme_column
        if unknown or second_theme or (kind is None and holds_text):
            heading = grid.at(section.header_row, column) or "(no heading)"
            reading.unmatched.append(
                Unmatched("column", grid.title, address(section.header_row, column), heading)
            )
