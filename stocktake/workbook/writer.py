"""Writes a coherence report as a spreadsheet: a sheet for each of its lists and tables."""

import io

from openpyxl import Workbook
from openpyxl.styles import Font

from recommendations.tables import write_table

from ..coherence import State

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

RECOMMENDATION_HEADINGS = [
    "Recommendation",
    "Theme",
    "Phase",
    "Responsible body",
    "Place number",
    "Text",
    "Linked activities",
]
TALLY_HEADINGS = ["Threads", *State.labels, "Whole, % of threads", "Activities"]


def coherence_workbook(coherence, *, title):
    """The workbook of a Coherence, as bytes.

    Every text stays text, whatever it begins with; every percentage stands beside its denominator.
    """
    workbook = Workbook()
    _write_summary(workbook.active, coherence, title)
    for name, headings, rows in _sheets(coherence):
        write_table(workbook.create_sheet(name), headings, rows)
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def _write_summary(sheet, coherence, title):
    total = coherence.total
    rows = [
        ("Round", coherence.round),
        ("Covers", "; ".join(coherence.scope_in_words) or "Everything"),
        ("As of", coherence.as_of),
        ("Version of the rule", coherence.rule_version),
        ("Threads (recommendation × answering place)", total.threads),
        ("Threads that are whole", total.whole),
        ("Recommendations", len(coherence.recommendations)),
        ("Recommendations with no linked activity", len(coherence.without_activity)),
        ("Recommendations with activity but no measure", len(coherence.without_measure)),
        ("Activities", len(coherence.activities)),
        ("Activities linked to no recommendation", len(coherence.unlinked_activities)),
        ("Beacon indicators", len(coherence.indicators)),
        ("Beacon indicators that no activity names", len(coherence.unnamed_indicators)),
    ]
    sheet.title = "Summary"
    write_table(sheet, ["Coherence report", title], rows)
    sheet["B1"].font = Font(bold=True)


def _sheets(coherence):
    """Name, headings and rows of every sheet after the summary."""
    themes = coherence.theme_titles
    places = coherence.place_names
    titles = {row.id: row.title for row in coherence.activities}
    yield "No activity", RECOMMENDATION_HEADINGS, map(_recommendation, coherence.without_activity)
    yield "No measure", RECOMMENDATION_HEADINGS, map(_recommendation, coherence.without_measure)
    yield "By theme", ["Theme", "Title", *TALLY_HEADINGS], map(_tally, coherence.by_theme)
    yield "By place", ["Place", "Name", *TALLY_HEADINGS], map(_tally, coherence.by_place)
    yield (
        "Activities without link",
        ["Activity", "Theme", "Places"],
        (
            (row.title, row.theme, _joined(places.get(slug, slug) for slug in row.places))
            for row in coherence.unlinked_activities
        ),
    )
    yield (
        "Indicators not named",
        ["Number", "Indicator", "Theme", "Status"],
        (
            (row.number, row.name, row.theme or "Overarching", row.status)
            for row in coherence.unnamed_indicators
        ),
    )
    yield (
        "Threads",
        ["Recommendation", "Theme", "Text", "Place", "State", "Activities"],
        (
            (
                thread.recommendation,
                themes[coherence.recommendation(thread.recommendation).theme],
                coherence.recommendation(thread.recommendation).text,
                places[thread.place],
                thread.state.label,
                _joined(titles.get(pk, "") for pk in thread.activities),
            )
            for thread in coherence.threads
        ),
    )


def _recommendation(row):
    return (
        row.code,
        row.theme,
        row.phase,
        _joined(row.bodies),
        row.place_number,
        row.text,
        len(row.activities),
    )


def _tally(row):
    counts = [row.states[state] for state in State.values]
    return (row.key, row.label, row.threads, *counts, row.percentage, row.activities)


def _joined(texts):
    return "; ".join(texts)
