"""Workbooks that the admin site writes and reads."""

from datetime import datetime
from decimal import Decimal
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook
from openpyxl.styles import Font
from tablib import Dataset

from recommendations.workbooks import PlainTextXLSX, UnreadableWorkbook

from .workbooks import opened, saved, workbook

RISKY = ["=1+1", "+44 151 000 0000", "-1", "@x", "=HYPERLINK(A1)", "#N/A", "\t=1", "'=1", "T1.04"]


def written(*rows, headers=("text",)):
    """The bytes that the admin site would hand out for these rows."""
    return PlainTextXLSX().export_data(Dataset(*rows, headers=headers))


def read(data):
    """The headings and rows that the admin site would import."""
    dataset = PlainTextXLSX().create_dataset(data)
    return [tuple(dataset.headers), *dataset]


@pytest.mark.parametrize("text", RISKY)
def test_text_is_written_as_text(text):
    cell = opened(written([text]))["A2"]
    assert (cell.value, cell.data_type, cell.number_format) == (text, "s", "@")


@pytest.mark.parametrize("text", RISKY)
def test_text_is_read_back_the_same(text):
    assert read(written([text])) == [("text",), (text,)]


def test_text_stays_text_after_another_program_saved_it():
    for text in RISKY:
        sheet = opened(written([text]))
        assert read(saved(sheet.parent))[1] == (text,)


def test_characters_that_a_workbook_cannot_hold_are_dropped():
    data = written(["a\x00b\x0bc\ufffed\ud800e\tf\ng😀"])
    assert opened(data)["A2"].value == "abcde\tf\ng😀"


def test_numbers_and_dates_stay_what_they_are():
    day = datetime(2021, 12, 31)
    sheet = opened(written([Decimal("81.6"), 9, day, None], headers=["a", "b", "c", "d"]))
    assert [cell.value for cell in sheet[2]] == [81.6, 9, day, None]


def test_heading_is_bold_and_frozen():
    sheet = opened(written(["x"]))
    assert sheet.freeze_panes == "A2"
    assert sheet["A1"].font.bold
    assert not sheet["A2"].font.bold


def test_workbook_without_rows_has_its_headings():
    assert opened(written(headers=["code", "title"]))["B1"].value == "title"


def test_blank_rows_keep_their_place_but_for_the_last():
    data = workbook(["code"], ["T1"], [None], ["T2"], [" "], [None])
    assert read(data) == [("code",), ("T1",), (None,), ("T2",)]


def test_blank_columns_and_spaces_round_headings_do_not_matter():
    data = workbook([" code ", None, "title"], ["T1", None, "One"], ["T2"])
    assert read(data) == [("code", "title"), ("T1", "One"), ("T2", None)]


def test_first_sheet_is_read_whichever_was_open():
    book = Workbook()
    book.active.append(["code"])
    book.active.append(["T1"])
    book.active = book.create_sheet("Notes")
    assert read(saved(book)) == [("code",), ("T1",)]


def test_size_that_a_workbook_claims_is_not_believed():
    source = ZipFile(BytesIO(workbook(["code", "title"], ["T1", "One"])))
    stream = BytesIO()
    with ZipFile(stream, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, content.replace(b'ref="A1:B2"', b'ref="A1:A1"'))
    assert read(stream.getvalue()) == [("code", "title"), ("T1", "One")]


def test_line_breaks_that_excel_escapes_are_undone():
    assert read(workbook(["text"], ["one_x000D_\ntwo"]))[1] == ("one\ntwo",)


def bomb():
    """A small file that unpacks to a large one."""
    stream = BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * (PlainTextXLSX.MAX_UNPACKED_BYTES + 1))
    return stream.getvalue()


def percentage():
    book = Workbook()
    book.active.append(["value"])
    book.active.append([0.816])
    book.active["A2"].number_format = "0.0%"
    return saved(book)


def far_away(coordinate):
    book = Workbook()
    book.active.append(["code"])
    book.active.append(["T1"])
    book.active[coordinate] = "x"
    return saved(book)


def numbered(row):
    """A workbook whose second row says that it is another one."""
    source = ZipFile(BytesIO(workbook(["code"], ["T1"])))
    stream = BytesIO()
    with ZipFile(stream, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(b'<row r="2"', b'<row r="%d"' % row))
    return stream.getvalue()


def unpacked_into_a_workbook(name):
    """A zip file that is no workbook."""
    stream = BytesIO()
    with ZipFile(stream, "w") as archive:
        archive.writestr(name, "hello")
    return stream.getvalue()


def without_sheet():
    """A workbook that lacks its sheet's part."""
    source = ZipFile(BytesIO(workbook(["code"], ["T1"])))
    stream = BytesIO()
    with ZipFile(stream, "w") as target:
        for name in source.namelist():
            if "sheet1" not in name:
                target.writestr(name, source.read(name))
    return stream.getvalue()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: b"code,title\nT1,One\n", "This is not an Excel workbook"),
        (lambda: b"", "This is not an Excel workbook"),
        (lambda: unpacked_into_a_workbook("readme.txt"), "damaged"),
        (without_sheet, "damaged"),
        (bomb, "too large"),
        (lambda: workbook(), "nothing to import"),
        (lambda: workbook(["code", "title"]), "nothing to import"),
        (lambda: workbook(["code"], [None], [" "]), "nothing to import"),
        (lambda: workbook(["code", "code"], ["T1", "T1"]), "two columns of the same name"),
        (lambda: workbook(["code", None], ["T1", "One"]), "a column without a name"),
        (lambda: workbook(["code"], ["=1+1"]), "Cell A2 holds a formula"),
        (lambda: workbook(["code"], ["#N/A"]), "Cell A2 holds a formula or an error"),
        (percentage, "Cell A2 is formatted as a percentage"),
        (lambda: far_away("XFD1"), "more than 50 columns"),
        (lambda: far_away("A1048576"), "more than 2000 rows"),
        (lambda: numbered(10**15), "more than 2000 rows"),
        (lambda: workbook(["n"], *([n] for n in range(2001))), "more than 2000 rows"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(make, words):
    with pytest.raises(UnreadableWorkbook, match=words):
        read(make())


def test_as_many_rows_as_allowed_are_read():
    rows = [[n] for n in range(PlainTextXLSX.MAX_ROWS)]
    assert len(read(workbook(["n"], *rows))) == PlainTextXLSX.MAX_ROWS + 1


def test_entities_are_not_expanded():
    source = ZipFile(BytesIO(workbook(["code"], ["T1"])))
    stream = BytesIO()
    with ZipFile(stream, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name.endswith("sheet1.xml"):
                content = b'<!DOCTYPE x [<!ENTITY e "T9">]>' + content.replace(b"T1", b"&e;")
            target.writestr(name, content)
    with pytest.raises(UnreadableWorkbook):
        read(stream.getvalue())


def test_styles_of_others_do_not_matter():
    book = Workbook()
    book.active.append(["code"])
    book.active.append(["T1"])
    book.active["A2"].font = Font(italic=True)
    assert read(saved(book)) == [("code",), ("T1",)]
