"""Workbooks made in the test: as people make them, with openpyxl, or part by part to break them."""

import io
import json
import signal
import zipfile
from contextlib import contextmanager
from functools import cache
from xml.sax.saxutils import escape

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from openpyxl import Workbook

from stocktake.workbook import reader
from stocktake.workbook.reader import Framework, ThemeWords
from stocktake.workbook.splitting import PlaceNames

LEGACY = settings.BASE_DIR.parent / "shared" / "data" / "legacy" / "ATF Stocktake.xlsx"
SAMPLE = settings.BASE_DIR / "fixtures" / "sample-stocktake.xlsx"

THEME = "Marmot Themes"
INDICATORS = "Beacon Indicators"
SYSTEM = "C&M Level Activity"
CHESHIRE = "Cheshire and Warrington Activity"
CITY_REGION = "LCR CA Activity"
BOROUGH = "Borough Level Activity"
HEADINGS = [THEME, INDICATORS, SYSTEM, CHESHIRE, CITY_REGION, BOROUGH]

T1 = "1. Give every child the best start in life"
T3 = "3. Create fair employment and good work for all"
T4 = "4. Ensure a healthy standard of living for all"
SA = "1. Increase and make equitable funding for social determinants of health and prevention"

BOROUGHS = (
    "cheshire-east",
    "cheshire-west-and-chester",
    "halton",
    "knowsley",
    "liverpool",
    "sefton",
    "st-helens",
    "warrington",
    "wirral",
)


@cache
def framework():
    """The words of the framework, straight from the fixture: no database is needed."""
    rows = {}
    for row in json.loads((settings.BASE_DIR / "fixtures" / "framework.json").read_text()):
        rows.setdefault(row["model"].partition(".")[2], []).append(row["fields"])
    places = [place for place in rows["place"] if place["level"] != "comparator"]
    return Framework(
        themes=tuple(
            ThemeWords(
                theme["code"],
                (theme["title"], *theme["other_titles"].splitlines()),
                tuple(
                    recommendation["text"]
                    for recommendation in rows["recommendation"]
                    if recommendation["theme"] == [theme["code"]]
                ),
            )
            for theme in rows["theme"]
        ),
        places={
            name: place["slug"]
            for place in places
            for name in (place["name"], *place["other_names"].splitlines())
        },
        boroughs=tuple(place["slug"] for place in places if place["level"] == "borough"),
        system="cheshire-and-merseyside",
        indicators=tuple(indicator["name"] for indicator in rows["beaconindicator"]),
    )


@cache
def place_names():
    """Every spelling of every place that the framework knows."""
    return PlaceNames(framework().places, framework().boroughs)


def read(data):
    """What the reader makes of a workbook's bytes."""
    return reader.read(data, framework())


def saved(book):
    """The bytes of an openpyxl workbook."""
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def fill(sheet, rows):
    """Write rows into a sheet, every text as text, whatever it begins with."""
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            if value is not None:
                cell = sheet.cell(number, column)
                cell.value = value
                if isinstance(value, str):
                    cell.data_type = "s"
    return sheet


def workbook(*rows, merged=(), sheet="Themes"):
    """The bytes of a workbook of one sheet with these rows."""
    book = Workbook()
    book.active.title = sheet
    fill(book.active, rows)
    for cells in merged:
        book.active.merge_cells(cells)
    return saved(book)


def prose(text, heading=BOROUGH):
    """A workbook of one theme whose one activity cell, B2, holds `text`."""
    return workbook([THEME, heading], [T1, text])


def inline(address, text):
    """The XML of a cell that holds a text itself."""
    return f'<c r="{address}" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


def table(first="", last="", prefix=""):
    """The XML of a sheet with a small stocktake; `first` goes before its rows, `last` after."""
    header = inline("A1", THEME) + inline("B1", BOROUGH)
    row = inline("A2", T1) + inline("B2", "Sefton - opened a family hub")
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{prefix}'
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
        f'{first}<sheetData><row r="1">{header}</row><row r="2">{row}</row></sheetData>{last}'
        "</worksheet>"
    )


def sheet_of(rows):
    """The XML of a sheet with these rows, which are XML."""
    return table().partition("<sheetData>")[0] + f"<sheetData>{rows}</sheetData></worksheet>"


MAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml"
RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def content_types(main=f"{MAIN}.sheet.main+xml", sheet="worksheets/sheet1.xml"):
    """The list of a package's parts and their types."""
    return (
        f'<?xml version="1.0"?><Types xmlns="{PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="{PACKAGE[:-5]}.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{main}"/>'
        f'<Override PartName="/xl/{sheet}" ContentType="{MAIN}.worksheet+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{MAIN}.sharedStrings+xml"/>'
        "</Types>"
    )


def relationships(*targets):
    """A part's relationships: pairs of a type and a target."""
    return (
        f'<?xml version="1.0"?><Relationships xmlns="{PACKAGE}/relationships">'
        + "".join(
            f'<Relationship Id="rId{number}" Type="{RELATIONSHIPS}/{kind}" Target="{target}"/>'
            for number, (kind, target) in enumerate(targets, start=1)
        )
        + "</Relationships>"
    )


WORKBOOK_XML = (
    '<?xml version="1.0"?>'
    '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    f'xmlns:r="{RELATIONSHIPS}">'
    '<sheets><sheet name="Themes" sheetId="1" r:id="rId1"/></sheets></workbook>'
)


def strings(*texts, prefix=""):
    """The XML of the texts that cells share."""
    items = "".join(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in texts)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{prefix}'
        f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{items}</sst>'
    )


def parts(**changes):
    """The parts of a small workbook written by hand, by name, with some changed.

    `sheet`, `strings`, `book`, `types`, `links` are their contents.
    """
    return {
        "[Content_Types].xml": changes.get("types", content_types()),
        "_rels/.rels": relationships(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": changes.get("book", WORKBOOK_XML),
        "xl/_rels/workbook.xml.rels": changes.get(
            "links",
            relationships(
                ("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml")
            ),
        ),
        "xl/worksheets/sheet1.xml": changes.get("sheet", table()),
        "xl/sharedStrings.xml": changes.get("strings", strings("a")),
    }


def package(contents):
    """The bytes of a zip file with these parts; a part may be a list of chunks."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            with archive.open(name, "w") as part:
                for chunk in content if isinstance(content, list) else [content]:
                    part.write(chunk.encode() if isinstance(chunk, str) else chunk)
    return stream.getvalue()


def raw(**changes):
    """The bytes of a small workbook written by hand; see `parts`."""
    return package(parts(**changes))


def contents(data):
    """The parts of a workbook's bytes, by name."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def without(data, *names):
    """A workbook's bytes with parts left out."""
    return package({name: part for name, part in contents(data).items() if name not in names})


@contextmanager
def within(seconds):
    """Fail, rather than go on for ever, if what is inside takes longer.

    It is the processor's time that counts, whatever else the machine has to do.
    """

    def stop(*args):
        pytest.fail(f"This took more than {seconds} s.")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@contextmanager
def framework_loaded(blocker):
    """Keep the published framework in the database for a module of tests, then take it away.

    What a test writes is undone after it, inside of this.
    """
    with blocker.unblock(), transaction.atomic():
        call_command("loaddata", "framework", verbosity=0)
        yield
        transaction.set_rollback(True)
