"""Files that are no stocktake, or would do harm: each with words of the sentence it must end in.

They are functions, so that only the one that is asked for is made.
"""

import struct
import zipfile
import zlib
from io import BytesIO

from openpyxl import Workbook
from openpyxl.chart import BarChart

from .builder import (
    BOROUGH,
    T1,
    T4,
    THEME,
    content_types,
    inline,
    package,
    parts,
    prose,
    raw,
    relationships,
    saved,
    sheet_of,
    strings,
    table,
    without,
    workbook,
)

MEGABYTE = 1024 * 1024
NOT_A_WORKBOOK = "not an Excel workbook"
DAMAGED = "damaged or cut off"
PROTECTED = "password"
MACROS = "macros"
BOMB = "far more than a stocktake"
TOO_WIDE = "rows or"
ENTITIES = "document types or entities"
NO_SHEET = "No sheet"
# Where more than one sentence would be true.
ANY = ""

LAUGHS = (
    '<!DOCTYPE lolz [<!ENTITY a "lol">'
    + "".join(
        f'<!ENTITY {name} "{f"&{before};" * 10}">'
        for before, name in zip("abcdefghi", "bcdefghij", strict=True)
    )
    + "]>"
)
EXTERNAL = '<!DOCTYPE x [<!ENTITY secret SYSTEM "file:///etc/passwd">]>'


def small():
    """A workbook that is in order."""
    return prose("Sefton - opened a family hub")


def word_document():
    return package(
        {
            "[Content_Types].xml": content_types(),
            "word/document.xml": "<w:document/>",
        }
    )


def half():
    data = small()
    return data[: len(data) // 2]


def encrypted_zip():
    """Every part is marked as encrypted, in its own header and in the directory."""
    data = bytearray(small())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = data.find(signature)
        while start != -1:
            data[start + offset] |= 1
            start = data.find(signature, start + 4)
    return bytes(data)


def zeros(megabytes):
    return [b"\0" * MEGABYTE] * megabytes


def spaces_in_sheet():
    """Valid XML all through: only its size is wrong."""
    xml = table()
    return raw(sheet=[xml[:-12], *[b" " * MEGABYTE] * 60, xml[-12:]])


def zeros_in_another_part():
    return package(parts() | {"xl/media/image1.png": zeros(60)})


def bomb_that_lies():
    """The directory says that a part of 60 MB has 1,000 bytes."""
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = b"".join(packed.compress(b"\0" * MEGABYTE) for _ in range(60)) + packed.flush()
    data = bytearray(raw(sheet=b"SHEET"))
    with zipfile.ZipFile(BytesIO(bytes(data))) as archive:
        info = archive.getinfo("xl/worksheets/sheet1.xml")
        start = info.header_offset + 30 + len(info.filename)
        old = info.compress_size
        directory = archive.start_dir
    entry = data.find(b"PK\x01\x02", directory)
    while data[entry + 46 : entry + 46 + len(info.filename)] != info.filename.encode():
        entry = data.find(b"PK\x01\x02", entry + 4)
    sizes = struct.pack("<II", len(body), 1_000)
    data[entry + 20 : entry + 28] = sizes
    data[info.header_offset + 18 : info.header_offset + 26] = sizes
    data[start : start + old] = body
    shift = len(body) - old
    # The parts after it, and the directory itself, have moved.
    position = directory + shift
    while (position := data.find(b"PK\x01\x02", position)) != -1:
        (offset,) = struct.unpack_from("<I", data, position + 42)
        if offset > info.header_offset:
            struct.pack_into("<I", data, position + 42, offset + shift)
        position += 4
    end = data.rfind(b"PK\x05\x06")
    struct.pack_into("<I", data, end + 16, directory + shift)
    return bytes(data)


def many_parts():
    return package(parts() | {f"xl/media/{number}.png": b"" for number in range(5_000)})


def nested_bomb():
    """Zip files in a zip file: harmless unless someone unpacks them too."""
    inner = package({"zeros": zeros(30)})
    return package(
        {f"{number}.zip": inner for number in range(20)}
        | {name: part for name, part in parts().items() if "Content" in name}
    )


def wide(address):
    return raw(sheet=table(first=f'<dimension ref="{address}"/>'))


def far_row():
    return raw(sheet=sheet_of('<row r="1048576">' + inline("A1048576", "x") + "</row>"))


def far_cell():
    return raw(sheet=sheet_of('<row r="1">' + inline("XFD1048576", "x") + "</row>"))


def million_rows():
    """A million rows without numbers, which a reader counts itself."""
    return raw(sheet=sheet_of("<row/>" * 1_000_000))


def merged(*addresses):
    cells = "".join(f'<mergeCell ref="{address}"/>' for address in addresses)
    return raw(sheet=table(last=f"<mergeCells>{cells}</mergeCells>"))


def linked(address):
    return raw(
        sheet=table(last=f'<hyperlinks><hyperlink ref="{address}" location="A1"/></hyperlinks>')
    )


def commented(address):
    """A comment on a whole area, which a reader unfolds to its cells."""
    note = (
        '<comments xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f'<authors><author>A</author></authors><commentList><comment ref="{address}" '
        'authorId="0"><text><t>note</t></text></comment></commentList></comments>'
    )
    links = relationships(("comments", "../comments1.xml"))
    extra = {"xl/worksheets/_rels/sheet1.xml.rels": links, "xl/comments1.xml": note}
    return package(parts() | extra)


def hidden_part(sheet):
    """The sheet stands in a part that doesn't look like XML by its name."""
    content = parts(
        types=content_types(sheet="worksheets/sheet1.dat"),
        links=relationships(
            ("worksheet", "worksheets/sheet1.dat"), ("sharedStrings", "sharedStrings.xml")
        ),
    )
    del content["xl/worksheets/sheet1.xml"]
    return package(content | {"xl/worksheets/sheet1.dat": sheet})


def hidden_cells():
    return hidden_part(sheet_of('<row><c t="s"><v>0</v></c></row>' * 1_000_000))


def in_utf_16(xml):
    return xml.replace("UTF-8", "UTF-16").encode("utf-16")


def two_themes(first, second):
    return workbook([THEME, BOROUGH], [first, "Sefton - one"], [second, "Sefton - two"])


def repeated_below_another_header():
    return workbook([THEME, BOROUGH], [T1, "Sefton - one"], [THEME, BOROUGH], [T1, "Sefton - two"])


def chart_sheet():
    book = Workbook()
    book.create_chartsheet("Chart").add_chart(BarChart())
    book.remove(book.worksheets[0])
    return saved(book)


def missing_second_sheet():
    """One of two sheets with activities has no part: half of the stocktake is gone."""
    book = Workbook()
    for sheet in (book.active, book.create_sheet("More")):
        for row in ([THEME, BOROUGH], [T1, "Sefton - one"]):
            sheet.append(row)
    return without(saved(book), "xl/worksheets/sheet2.xml")


def shared(text, *, times=1):
    """A text that many borough cells share."""
    header = inline("A1", THEME) + inline("B1", BOROUGH)
    cells = "".join(
        f'<row r="{number}"><c r="B{number}" t="s"><v>0</v></c></row>'
        for number in range(3, times + 3)
    )
    theme = f'<row r="2">{inline("A2", T1)}</row>'
    return raw(sheet=sheet_of(f'<row r="1">{header}</row>{theme}{cells}'), strings=strings(text))


def many_lines():
    """Fifteen million lines in one cell, far beyond what Excel can hold, in a small file."""
    return shared("a\n" * 15_000_000)


def huge_text():
    """A cell of 35 MB, which an emoji makes four times as large in memory."""
    return shared("a" * 35_000_000 + "\U0001f600")


def shared_text():
    """Many cells that share one long text: little to unpack, much to read."""
    return shared("Sefton - a\n" * 50_000, times=2_000)


def full_table(rows, columns):
    """A table of short texts, within the rows, columns and elements of a stocktake."""
    letters = [chr(65 + number) for number in range(columns)]
    header = inline("A1", THEME) + "".join(inline(f"{letter}1", BOROUGH) for letter in letters[1:])
    theme = f'<row r="2">{inline("A2", T1)}</row>'
    body = "".join(
        f'<row r="{row}">'
        + "".join(f'<c r="{letter}{row}" t="s"><v>0</v></c>' for letter in letters[1:])
        + "</row>"
        for row in range(3, rows)
    )
    return raw(sheet=sheet_of(f'<row r="1">{header}</row>{theme}{body}'), strings=strings("a"))


def rows_and_columns_without_numbers():
    """Cells that don't say where they stand: a long column and a long row, so a vast table."""
    cell = '<c t="s"><v>0</v></c>'
    return raw(
        sheet=sheet_of("<row>" + cell * 40_000 + "</row>" + f"<row>{cell}</row>" * 30_000),
        strings=strings("a"),
    )


def many_attributes():
    xml = "".join(f' a{number}=""' for number in range(2_000_000))
    return raw(sheet=table(first=f"<sheetPr{xml}/>"))


def deep_nesting():
    return raw(sheet=table(first="<x>" * 140_000 + "</x>" * 140_000))


def many_indicators():
    """Indicators that are compared with every beacon indicator, word for word."""
    words = "Percentage of children in households with fuel poverty and low earnings {}\n"
    lines = "".join(words.format(number) for number in range(400))
    rows = [[THEME, "Beacon Indicators", BOROUGH], [T1, lines, "Sefton - one"]]
    return workbook(*rows, *([None, lines, None] for _ in range(200)))


def many_bullets():
    words = "•Work in partnership to improve school readiness for everyone, number {}\n"
    return workbook(
        [THEME, BOROUGH],
        [f"{T1}\n\n" + "".join(words.format(number) for number in range(215)), "Sefton - one"],
        [f"{T4}\n\n" + "".join(words.format(number) for number in range(215)), "Sefton - one"],
    )


def long_theme():
    return two_themes(f"{T1} {'and for all ' * 1_000}", T4)


def many_comparisons():
    """Lines that look like misspelt places, as many as 300,000 elements can hold."""
    return shared("Knowslei and some - x\n" * 1_400, times=140)


DOCUMENTS = {
    "empty": (lambda: b"", "empty"),
    "text": (lambda: b"Theme,Activity\nT1,Sefton - hub\n", NOT_A_WORKBOOK),
    "pdf": (lambda: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + bytes(500), NOT_A_WORKBOOK),
    "png": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(500), NOT_A_WORKBOOK),
    "web page": (lambda: b"<html><table><tr><td>T1</td></tr></table></html>", NOT_A_WORKBOOK),
    "nothing but zeros": (lambda: bytes(1000), NOT_A_WORKBOOK),
    "word document": (word_document, NOT_A_WORKBOOK),
    "any zip": (lambda: package({"readme.txt": "hello"}), NOT_A_WORKBOOK),
    "empty zip": (lambda: package({}), ANY),
    "PK and no more": (lambda: b"PK\x03\x04", DAMAGED),
    "half": (half, DAMAGED),
    "old xls or encrypted": (lambda: bytes.fromhex("d0cf11e0a1b11ae1") + bytes(2000), PROTECTED),
    "encrypted zip": (encrypted_zip, PROTECTED),
    "vba project": (lambda: package(parts() | {"xl/vbaProject.bin": b"\0"}), MACROS),
    "vba project elsewhere": (lambda: package(parts() | {"xl/x/VBAPROJECT.BIN": b"\0"}), MACROS),
    "macro content type": (
        lambda: raw(
            types=content_types(main="application/vnd.ms-excel.sheet.macroEnabled.main+xml")
        ),
        MACROS,
    ),
    "macro template": (
        lambda: raw(
            types=content_types(main="application/vnd.ms-excel.template.macroEnabled.main+xml")
        ),
        MACROS,
    ),
}
BROKEN = {
    "no content types": (lambda: without(small(), "[Content_Types].xml"), ANY),
    "no workbook part": (lambda: without(small(), "xl/workbook.xml"), ANY),
    "no workbook links": (lambda: without(small(), "xl/_rels/workbook.xml.rels"), DAMAGED),
    "no shared strings": (lambda: without(raw(), "xl/sharedStrings.xml"), DAMAGED),
    "no sheet part": (lambda: without(small(), "xl/worksheets/sheet1.xml"), ANY),
    "one sheet part missing": (missing_second_sheet, DAMAGED),
    "sheet cut off": (lambda: raw(sheet=table()[:-30]), DAMAGED),
    "sheet not XML": (lambda: raw(sheet="Sefton - hub"), DAMAGED),
    "string that is not there": (
        lambda: raw(sheet=table().replace('"A2" t="inlineStr"><is>', '"A2" t="s"><v>9</v><is>')),
        DAMAGED,
    ),
    "control character": (lambda: raw(sheet=table().replace("hub", "hub&#0;")), DAMAGED),
    "not UTF-8": (lambda: raw(sheet=table().encode().replace(b"hub", b"h\xfcb")), DAMAGED),
    "unknown encoding": (lambda: raw(sheet=table().replace("UTF-8", "X-NONE")), DAMAGED),
    "row that is no number": (
        lambda: raw(sheet=table().replace('<row r="2"', '<row r="two"')),
        DAMAGED,
    ),
    "row number too long": (
        lambda: raw(sheet=table().replace('<row r="2"', f'<row r="{"9" * 5000}"')),
        ANY,
    ),
    "cell that is none": (lambda: raw(sheet=table().replace('"B2"', '"?!"')), DAMAGED),
}
ENTITY_FILES = {
    f"{kind} in {name}": (make, ENTITIES)
    for kind, doctype in (("laughs", LAUGHS), ("external entity", EXTERNAL))
    for name, make in (
        ("sheet", lambda doctype=doctype: raw(sheet=table(prefix=doctype))),
        ("strings", lambda doctype=doctype: raw(strings=strings("a", prefix=doctype))),
        (
            "workbook",
            lambda doctype=doctype: raw(
                book=parts()["xl/workbook.xml"].replace("?>", f"?>{doctype}", 1)
            ),
        ),
        ("UTF-16", lambda doctype=doctype: raw(sheet=in_utf_16(table(prefix=doctype)))),
        (
            "links",
            lambda doctype=doctype: raw(
                links=parts()["xl/_rels/workbook.xml.rels"].replace("?>", f"?>{doctype}", 1)
            ),
        ),
        (
            "properties",
            lambda doctype=doctype: package(
                parts() | {"docProps/core.xml": f'<?xml version="1.0"?>{doctype}<x>&j;</x>'}
            ),
        ),
    )
}
BOMBS = {
    "zeros in sheet": (lambda: raw(sheet=zeros(60)), BOMB),
    "zeros in strings": (lambda: raw(strings=zeros(60)), BOMB),
    "spaces in sheet": (spaces_in_sheet, BOMB),
    "zeros in another part": (zeros_in_another_part, BOMB),
    "lying sizes": (bomb_that_lies, ANY),
    "many parts": (many_parts, BOMB),
    "nested": (nested_bomb, ANY),
    "large file": (lambda: small() + bytes(11 * MEGABYTE), ANY),
}
WIDE = {
    "dimension of a million rows": (lambda: wide("A1:F1048576"), TOO_WIDE),
    "dimension of all columns": (lambda: wide("A1:XFD10"), TOO_WIDE),
    "row 1048576": (far_row, TOO_WIDE),
    "cell XFD1048576": (far_cell, TOO_WIDE),
    "a million rows": (million_rows, ANY),
    "merged whole sheet": (lambda: merged("A1:XFD1048576"), TOO_WIDE),
    "merged whole columns": (lambda: merged("A:XFD"), TOO_WIDE),
    "merged whole rows": (lambda: merged("1:1048576"), TOO_WIDE),
    "overlapping merges": (lambda: merged(*["A1:GR9999"] * 500), BOMB),
    "link over the whole sheet": (lambda: linked("A1:XFD1048576"), TOO_WIDE),
    "comment over many rows": (lambda: commented("A1:Z20000"), ANY),
    "million rows in a part of another name": (
        lambda: hidden_part(table().replace("</sheetData>", "<row/>" * 1_000_000 + "</sheetData>")),
        ANY,
    ),
    "cell XFD1048576 in a part of another name": (
        lambda: hidden_part(sheet_of('<row r="1048576">' + inline("XFD1048576", "x") + "</row>")),
        ANY,
    ),
    "merged rows in a part of another name": (
        lambda: hidden_part(table(last='<mergeCells><mergeCell ref="C1:Z20000"/></mergeCells>')),
        ANY,
    ),
    "entities in a part of another name": (lambda: hidden_part(table(prefix=LAUGHS)), ANY),
}
NO_STOCKTAKE = {
    "empty workbook": (lambda: saved(Workbook()), NO_SHEET),
    "other headings": (lambda: workbook(["Name", "Amount"], ["Ann", 12]), NO_SHEET),
    "only themes": (lambda: workbook([THEME], [T1]), NO_SHEET),
    "only activities": (lambda: workbook([BOROUGH], ["Sefton - hub"]), NO_SHEET),
    "only a chart": (chart_sheet, NO_SHEET),
    "unknown theme": (
        lambda: two_themes(T1, "9. Give everyone a unicorn"),
        "“9. Give everyone a unicorn” is not a theme",
    ),
    "repeated theme": (lambda: two_themes(T1, T1), "stands in A2 already"),
    "repeated theme, another title": (
        lambda: two_themes(T1, T1.upper().removeprefix("1. ")),
        "stands in A2 already",
    ),
    "repeated theme, other rows between": (
        lambda: workbook(
            [THEME, BOROUGH], [T1, "Sefton - 1"], [T4, "Sefton - 2"], [T1, "Sefton - 3"]
        ),
        "stands in A2 already",
    ),
    "repeated theme below another header": (repeated_below_another_header, "already"),
    "number for a theme": (lambda: two_themes(T1, 17), "“17” is not a theme"),
}
# What is in order by its size, but must not take long: it is read or refused.
HEAVY = {
    "15 million lines in a cell": many_lines,
    "35 MB of text": huge_text,
    "2,000 cells that share 50,000 lines": shared_text,
    "5,999 rows of 10 columns": lambda: full_table(5_999, 10),
    "cells without numbers": rows_and_columns_without_numbers,
    "2 million attributes": many_attributes,
    "a million cells in a part of another name": hidden_cells,
    "deep nesting": deep_nesting,
    "80,000 indicators": many_indicators,
    "430 bullets": many_bullets,
    "long theme": long_theme,
    "misspelt names": many_comparisons,
}
BAD = DOCUMENTS | BROKEN | ENTITY_FILES | BOMBS | WIDE | NO_STOCKTAKE


def cases(group):
    """A group's files with their sentences, and what to call them."""
    return {"argvalues": list(group.values()), "ids": list(group)}
