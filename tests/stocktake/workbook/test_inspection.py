"""Files that must not be opened: each ends in one clear sentence, soon, and in nothing else."""

import random

import pytest

from stocktake.workbook.errors import WorkbookError
from stocktake.workbook.inspection import MAX_COLUMNS, MAX_ROWS, inspect

from . import bad_files
from .builder import (
    BOROUGH,
    INDICATORS,
    T1,
    THEME,
    contents,
    package,
    parts,
    prose,
    raw,
    read,
    sheet_of,
    strings,
    table,
    within,
    workbook,
)

# What the issue allows on the machine of whoever uploads a file.
SECONDS = 10
SOUND = prose("Sefton - opened a family hub\nKnowsley - opened two")


def sentence(data):
    """The sentence in which a file ends."""
    with within(SECONDS), pytest.raises(WorkbookError) as caught:
        read(data)
    return str(caught.value)


def lines_or_sentence(data):
    """How many lines were read, or the sentence in which the file ends."""
    with within(SECONDS):
        try:
            return read(data).lines_total
        except WorkbookError as error:
            return str(error)


@pytest.mark.parametrize(("make", "words"), **bad_files.cases(bad_files.BAD))
def test_bad_file_ends_in_a_clear_sentence(make, words):
    message = sentence(make())
    assert words in message
    assert message.endswith((".", "”."))
    assert "\n" not in message
    assert len(message) < 400
    assert not any(sign in message for sign in ("Error", "Traceback", "None", "xl/", "<"))


@pytest.mark.parametrize("make", **bad_files.cases(bad_files.HEAVY))
def test_heavy_file_takes_no_longer_than_allowed(make):
    assert lines_or_sentence(make())


def test_inspect_sound_file():
    assert inspect(SOUND) is None
    assert inspect(raw()) is None


def test_made_by_hand_is_read():
    # Else the files that were broken by hand would say nothing.
    (found,) = read(raw()).activities
    assert (found.theme, found.places, found.text) == ("T1", ("sefton",), "opened a family hub")


def test_hidden_part_is_read():
    # The same for sheets in parts of another name.
    assert len(read(bad_files.hidden_part(table())).activities) == 1


def test_comment_on_a_cell_is_no_harm():
    assert len(read(bad_files.commented("B2")).activities) == 1


@pytest.mark.parametrize(
    "length", [*range(1, 60, 7), *range(60, len(SOUND) - 1, 97), -100, -22, -1]
)
def test_cut_off_anywhere(length):
    assert sentence(SOUND[:length])


@pytest.mark.parametrize("seed", range(5))
def test_flipped_bytes(seed):
    chance = random.Random(seed)  # noqa: S311
    for _ in range(50):
        data = bytearray(SOUND)
        for _ in range(chance.choice([1, 1, 3, 20])):
            data[chance.randrange(len(data))] ^= chance.randrange(1, 256)
        # Nothing but what was changed can be lost: a line, or a theme's name.
        found = lines_or_sentence(bytes(data))
        assert found in (0, 1, 2) or found.endswith((".", "”."))


def test_flipped_byte_in_the_middle():
    data = bytearray(SOUND)
    middle = data.index(b"xl/worksheets/sheet1.xml") + 60
    data[middle] ^= 0xFF
    assert "damaged" in sentence(bytes(data))


def test_bytes_from_elsewhere_in_the_middle():
    middle = len(SOUND) // 2
    assert sentence(SOUND[:middle] + b"\0" * 500 + SOUND[middle + 500 :])


def test_many_sheets_are_no_harm():
    extra = {f"xl/media/image{number}.png": b"\x89PNG" for number in range(200)}
    assert read(package(parts() | extra)).lines_total == 1


@pytest.mark.parametrize("address", ["A1:F19", "A1", f"A1:F{MAX_ROWS}", "$A$1:$B$2"])
def test_dimension_of_a_stocktake_is_no_harm(address):
    assert read(bad_files.wide(address)).lines_total == 1


def test_rows_up_to_the_bound_are_read():
    row = (
        f'<row r="{MAX_ROWS}"><c r="B{MAX_ROWS}" t="inlineStr"><is><t>Sefton - last</t></is></c>'
        "</row></sheetData>"
    )
    reading = read(raw(sheet=table().replace("</sheetData>", row)))
    assert [found.cell for found in reading.activities] == ["B2", f"B{MAX_ROWS}"]


def test_columns_past_the_bound_are_refused():
    header = '<c r="GZ1" t="inlineStr"><is><t>Comments</t></is></c>'
    assert MAX_COLUMNS < 208
    assert "columns" in sentence(raw(sheet=sheet_of(f'<row r="1">{header}</row>')))


def test_merged_cells_of_a_stocktake_are_no_harm():
    assert read(bad_files.merged("A2:A3", "C2:D9")).lines_total == 1


def test_cell_as_long_as_excel_allows():
    text = "Sefton - " + "word " * 6_551
    assert len(text) < 32_767
    (found,) = read(prose(text)).activities
    assert found.text == text.removeprefix("Sefton - ").strip()
    assert 0 < len(found.title) <= 200


def test_cell_of_one_long_word():
    (found,) = read(prose("Sefton - " + "x" * 32_700)).activities
    assert len(found.text) == 32_700
    assert 0 < len(found.title) <= 200


def test_a_large_stocktake_is_read_in_time():
    # Ten times the lines of the legacy workbook.
    text = "\n".join(f"Sefton - opened hub {number}\nof two floors" for number in range(400))
    rows = [[T1, "Activity levels", text], [None, None, text], [None, None, text]]
    with within(SECONDS):
        reading = read(workbook([THEME, INDICATORS, BOROUGH], *rows))
    assert reading.lines_total == 2_400


def test_texts_that_cells_share_are_read():
    sheet = sheet_of(
        '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>'
        '<row r="2"><c r="A2" t="s"><v>2</v></c><c r="B2" t="s"><v>3</v></c></row>'
    )
    data = raw(sheet=sheet, strings=strings(THEME, BOROUGH, T1, "Sefton - a hub"))
    assert "xl/sharedStrings.xml" in contents(data)
    assert [found.text for found in read(data).activities] == ["a hub"]
