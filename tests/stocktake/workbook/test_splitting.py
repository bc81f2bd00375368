"""Prose separated into entries with their places, line by line."""

import random

import pytest

from stocktake.workbook.splitting import split_cell, split_lines, title_of

from .builder import BOROUGHS, place_names

SPELLINGS = {
    "cheshire-east": ["Cheshire East", "CE"],
    "cheshire-west-and-chester": [
        "Cheshire West and Chester",
        "Cheshire West & Chester",
        "Cheshire West&Chester",
        "Cheshire West",
        "CWaC",
    ],
    "halton": ["Halton", "HBC", "Halton Borough Council"],
    "knowsley": ["Knowsley"],
    "liverpool": ["Liverpool", "LCC", "Liverpool City Council"],
    "sefton": ["Sefton", "SMBC"],
    "st-helens": ["St Helens", "St. Helens", "Saint Helens"],
    "warrington": ["Warrington"],
    "wirral": ["Wirral"],
    "cheshire-and-merseyside": ["C&M", "C & M", "Cheshire and Merseyside", "Cheshire & Merseyside"],
    "cheshire-and-warrington": ["C&W", "Cheshire and Warrington", "Cheshire & Warrington"],
    "liverpool-city-region": [
        "LCR",
        "LCR CA",
        "LCRCA",
        "Liverpool City Region",
        "Liverpool City Region Combined Authority",
    ],
}
EVERY_SPELLING = [(name, slug) for slug, names in SPELLINGS.items() for name in names]
SEPARATORS = [
    " - ",
    " – ",
    " — ",
    ": ",
    ":",
    " : ",
    " -",
    "- ",
    "–",
    "\xa0-\xa0",
    "\xa0–\xa0",
    " ‑ ",
]
BULLETS = ["•", "• ", "- ", "* ", "· ", "–\xa0", "▪ ", "◦ ", "● ", "  •\t", "•\xa0"]
LINE_ENDS = ["\n", "\r\n", "\r", "\v", "_x000D_\n", "_x000D_", "\u2028"]


def split(text, places=None):
    """Each entry as its places, lines and text; and the lines that are in none."""
    entries, unplaced = split_cell(text, place_names(), places=places)
    return [(set(entry.places), entry.lines, entry.text) for entry in entries], unplaced


def only(text, places=None):
    """The one entry of a text."""
    entries, unplaced = split_cell(text, place_names(), places=places)
    assert unplaced == []
    (entry,) = entries
    return entry


@pytest.mark.parametrize(("name", "slug"), EVERY_SPELLING)
@pytest.mark.parametrize("separator", SEPARATORS)
def test_name_before_separator(name, slug, separator):
    entry = only(f"{name}{separator}opened a hub")
    assert entry.places == (slug,)
    assert entry.text == "opened a hub"
    assert entry.issues == []


@pytest.mark.parametrize(("name", "slug"), EVERY_SPELLING)
@pytest.mark.parametrize("case", [str.upper, str.lower, str.title, str.swapcase])
def test_name_in_any_case(name, slug, case):
    assert split(f"{case(name)} - opened a hub") == ([({slug}, [1], "opened a hub")], [])


@pytest.mark.parametrize(("name", "slug"), EVERY_SPELLING)
def test_name_with_non_breaking_spaces(name, slug):
    text = f"\xa0{name.replace(' ', chr(0xA0))}\xa0-\xa0opened\xa0a hub\xa0"
    entries, unplaced = split(text)
    assert unplaced == []
    assert [(places, lines) for places, lines, _ in entries] == [({slug}, [1])]
    assert entries[0][2].replace("\xa0", " ").strip() == "opened a hub"


@pytest.mark.parametrize(("name", "slug"), EVERY_SPELLING)
@pytest.mark.parametrize("bullet", BULLETS)
def test_name_behind_bullet(name, slug, bullet):
    assert split(f"{bullet}{name} - opened a hub") == ([({slug}, [1], "opened a hub")], [])


def test_name_behind_bullet_of_a_word_document():
    assert split("\uf0b7\tSefton - opened a hub") == ([({"sefton"}, [1], "opened a hub")], [])


@pytest.mark.parametrize("end", ["", ":", " -", " –", ": "])
@pytest.mark.parametrize("gap", ["\n", "\n\n", "\n \xa0\n"])
@pytest.mark.parametrize(("name", "slug"), EVERY_SPELLING)
def test_name_on_a_line_of_its_own(name, slug, gap, end):
    entries, unplaced = split(f"{name}{end}{gap}opened a hub\nand another")
    last = gap.count("\n") + 1
    assert entries == [({slug}, [1, last, last + 1], "opened a hub\nand another")]
    assert unplaced == []


def test_name_lines_one_after_another():
    text = "SEFTON\nopened a hub\n\nKNOWSLEY:\n\nclosed one\n\nSt. Helens\nopened two"
    assert split(text) == (
        [
            ({"sefton"}, [1, 2], "opened a hub"),
            ({"knowsley"}, [4, 6], "closed one"),
            ({"st-helens"}, [8, 9], "opened two"),
        ],
        [],
    )


@pytest.mark.parametrize(
    ("text", "unplaced"),
    [
        ("Sefton", [1]),
        ("Sefton -", [1]),
        ("Sefton:\n\nKnowsley:", [1, 3]),
        ("\n• Sefton –\n", [2]),
        ("All 9 places:", [1]),
    ],
)
def test_name_without_text_is_unplaced(text, unplaced):
    assert split(text) == ([], unplaced)


def test_name_without_text_among_others():
    text = "Sefton - hub\nKnowsley -\nWirral - hub\n\nHalton"
    assert split(text) == ([({"sefton"}, [1], "hub"), ({"wirral"}, [3], "hub")], [2, 5])


@pytest.mark.parametrize(
    ("names", "slugs"),
    [
        ("Liverpool & Knowsley", {"liverpool", "knowsley"}),
        ("Liverpool&Knowsley", {"liverpool", "knowsley"}),
        ("Liverpool and Knowsley", {"liverpool", "knowsley"}),
        ("LIVERPOOL AND KNOWSLEY", {"liverpool", "knowsley"}),
        ("Liverpool, Knowsley", {"liverpool", "knowsley"}),
        ("Liverpool/Knowsley", {"liverpool", "knowsley"}),
        ("Liverpool / Knowsley", {"liverpool", "knowsley"}),
        ("Halton, Liverpool and Knowsley", {"halton", "liverpool", "knowsley"}),
        ("Halton, Liverpool, and Knowsley", {"halton", "liverpool", "knowsley"}),
        ("Halton, Liverpool & St. Helens", {"halton", "liverpool", "st-helens"}),
        ("Halton\xa0and\xa0St\xa0Helens", {"halton", "st-helens"}),
        (
            "Cheshire East and Cheshire West and Chester",
            {"cheshire-east", "cheshire-west-and-chester"},
        ),
        ("Cheshire West & Chester & Cheshire East", {"cheshire-east", "cheshire-west-and-chester"}),
        ("Cheshire West & Chester, Warrington", {"cheshire-west-and-chester", "warrington"}),
        ("CWaC & CE", {"cheshire-east", "cheshire-west-and-chester"}),
        ("C&M and C&W", {"cheshire-and-merseyside", "cheshire-and-warrington"}),
        ("Warrington and Cheshire and Warrington", {"warrington", "cheshire-and-warrington"}),
        ("Sefton, LCR", {"sefton", "liverpool-city-region"}),
    ],
)
@pytest.mark.parametrize("separator", [" - ", ": ", " – "])
def test_joined_names(names, slugs, separator):
    entry = only(f"{names}{separator}opened a hub")
    assert (set(entry.places), entry.text) == (slugs, "opened a hub")
    assert len(entry.places) == len(slugs)


def test_joined_names_on_a_line_of_their_own():
    assert split("Liverpool & Knowsley\nhub") == ([({"liverpool", "knowsley"}, [1, 2], "hub")], [])


@pytest.mark.parametrize(
    ("text", "slugs"),
    [
        (
            "Halton, Liverpool and Knowsley have recruited people",
            {"halton", "liverpool", "knowsley"},
        ),
        ("Halton & St Helens CVS Providing practical help", {"halton", "st-helens"}),
        ("Sefton created a child poverty strategy", {"sefton"}),
        ("Sefton’s forum was reestablished", {"sefton"}),
        ("Sefton-wide programme of hubs", {"sefton"}),
        ("All 9 Places secured place plans", set(BOROUGHS)),
        ("All nine boroughs have plans", set(BOROUGHS)),
        ("Liverpool City Region’s first Youth Authority", {"liverpool-city-region"}),
        ("CE joint strategy", {"cheshire-east"}),
    ],
)
def test_names_in_the_sentence_stay_in_the_text(text, slugs):
    entry = only(text)
    assert (set(entry.places), entry.text) == (slugs, text)
    assert len(entry.issues) == 1


@pytest.mark.parametrize(
    "names",
    [
        "All 9 places",
        "ALL 9 PLACES",
        "All nine places",
        "All 9 boroughs",
        "All nine boroughs",
        "All Nine Boroughs",
        "All of the nine boroughs",
        "All places",
        "All boroughs",
        "All the places",
        "All\xa09\xa0places",
        "• All 9 places",
    ],
)
@pytest.mark.parametrize("separator", [" - ", ": ", " – ", ":\n"])
def test_all_places(names, separator):
    entry = only(f"{names}{separator}opened a hub")
    assert (set(entry.places), entry.text) == (set(BOROUGHS), "opened a hub")


@pytest.mark.parametrize(
    "text",
    [
        "Haltonians met",
        "Haltonians - met in May",
        "Baseline needs to be agreed at a C&M level",
        "All 4 places have met",
        "All good - no activity",
        "Seftonish: a play",
        "LCRs - several",
        "Cease work",
        "ce matin - rien",
        "Chester - a city, not a borough",
        "Everywhere - plans",
        "A hub in Sefton - opened",
    ],
)
def test_no_place_is_unplaced(text):
    assert split(text) == ([], [1])


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Liverpool City Region - a fund", "liverpool-city-region"),
        ("Liverpool City Region Combined Authority - a fund", "liverpool-city-region"),
        ("Liverpool City Council - a fund", "liverpool"),
        ("Liverpool Council - a fund", "liverpool"),
        ("Cheshire and Warrington - a fund", "cheshire-and-warrington"),
        ("Cheshire and Merseyside - a fund", "cheshire-and-merseyside"),
        ("Halton Borough Council - a fund", "halton"),
        ("Knowsley MBC - a fund", "knowsley"),
        ("Sefton Metropolitan Borough Council: a fund", "sefton"),
        ("Cheshire West and Chester Council - a fund", "cheshire-west-and-chester"),
    ],
)
def test_longest_name_wins(text, slug):
    assert split(text) == ([({slug}, [1], "a fund")], [])


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Knowlsey", "knowsley"),
        ("Knowsely", "knowsley"),
        ("Warringon", "warrington"),
        ("Warrinton", "warrington"),
        ("Liverpol", "liverpool"),
        ("Seftton", "sefton"),
        ("Wirrall", "wirral"),
        ("Cheshre East", "cheshire-east"),
        ("Cheshire West and Cheser", "cheshire-west-and-chester"),
        ("St Helen's", "st-helens"),
        ("St Helen’s", "st-helens"),
        ("• Knowlsey", "knowsley"),
    ],
)
@pytest.mark.parametrize("separator", [" - ", ": "])
def test_misspelt_name_is_read_and_reported(name, slug, separator):
    entry = only(f"{name}{separator}opened a hub")
    assert (entry.places, entry.text) == ((slug,), "opened a hub")
    (issue,) = entry.issues
    assert name.removeprefix("• ") in issue


@pytest.mark.parametrize(
    "line",
    [
        "Sefton - well-known - and more: yes",
        "Sefton – well-known – and more - yes: no",
        "Sefton: the name - of a thing – is: known",
    ],
)
def test_separators_later_in_the_line_stay(line):
    assert only(line).text == line[len("Sefton") :].lstrip(" -–:")


def test_names_later_in_the_line_stay():
    entry = only("Sefton - working with Knowsley - and: Wirral")
    assert (entry.places, entry.text) == (("sefton",), "working with Knowsley - and: Wirral")


def test_name_said_twice():
    assert only("Warrington - Warrington & Co working").text == "Warrington & Co working"
    assert only("Sefton Sefton Council for Voluntary Service").places == ("sefton",)


def test_lines_without_name_carry_on():
    text = "Wirral - one\ntwo\n•three - four\n‘Change’: five\n\nSefton - six\n  seven  \n"
    assert split(text) == (
        [
            ({"wirral"}, [1, 2, 3, 4], "one\ntwo\n•three - four\n‘Change’: five"),
            ({"sefton"}, [6, 7], "six\nseven"),
        ],
        [],
    )


def test_lines_about_the_same_place_carry_on():
    text = "Halton - one\nHalton Borough Council also offer two\nHalton’s three"
    assert split(text) == (
        [({"halton"}, [1, 2, 3], "one\nHalton Borough Council also offer two\nHalton’s three")],
        [],
    )


def test_each_named_line_is_an_entry():
    text = "Knowsley - one\nKnowsley - two\nKnowsley: three"
    assert [lines for _, lines, _ in split(text)[0]] == [[1], [2], [3]]


def test_paragraph_without_name_keeps_the_place_and_says_so():
    entries, unplaced = split_cell("Sefton - one\n\ntwo\nthree", place_names())
    assert unplaced == []
    assert {entry.places for entry in entries} == {("sefton",)}
    assert [number for entry in entries for number in entry.lines] == [1, 3, 4]
    assert any(entry.issues for entry in entries)


def test_lines_before_the_first_name_are_unplaced():
    text = "Done so far\n\nmore\nSefton - one"
    assert split(text) == ([({"sefton"}, [4], "one")], [1, 3])


@pytest.mark.parametrize("text", ["", "\n", " \n\xa0\n\t", "\r\n\r\n", "_x000D_\n"])
def test_blank_text(text):
    assert split(text) == ([], [])


def test_column_of_one_place_has_an_entry_for_each_paragraph():
    text = "Careers Hub\nFunded by a company\n\nBe More: a portal\n \xa0\n\nlast"
    assert split(text, places=("liverpool-city-region",)) == (
        [
            ({"liverpool-city-region"}, [1, 2], "Careers Hub\nFunded by a company"),
            ({"liverpool-city-region"}, [4], "Be More: a portal"),
            ({"liverpool-city-region"}, [7], "last"),
        ],
        [],
    )


def test_column_of_one_place_keeps_sentences_about_others():
    text = "Home Upgrade Grant\nCheshire West & Chester and Cheshire East install retrofit measures"
    entry = only(text, places=("cheshire-and-warrington",))
    assert (entry.places, entry.text) == (("cheshire-and-warrington",), text)


def test_column_of_one_place_takes_its_own_name_off():
    entry = only("C&M - a board", places=("cheshire-and-merseyside",))
    assert (entry.places, entry.text, entry.issues) == (("cheshire-and-merseyside",), "a board", [])


def test_column_of_one_place_reports_another_name():
    entry = only("Sefton - a hub", places=("cheshire-and-merseyside",))
    assert entry.lines == [1]
    assert entry.issues


@pytest.mark.parametrize("end", LINE_ENDS)
def test_line_ends(end):
    text = end.join(["Sefton - one", "two", "", " \xa0 ", "Knowsley - three", "", "four"])
    entries, unplaced = split_cell(text, place_names())
    numbers = [(entry.places[0], entry.lines) for entry in entries]
    assert numbers[0] == ("sefton", [1, 2])
    assert [number for _, lines in numbers for number in lines] == [1, 2, 5, 7]
    assert {place for place, _ in numbers[1:]} == {"knowsley"}
    assert unplaced == []
    assert not any(sign in entry.text for entry in entries for sign in "\r\v_")


def test_line_ends_mixed():
    assert split_lines("a\r\nb\rc\nd\ve_x000D_\nf\n\rg") == [*"abcdef", "", "g"]


def test_line_end_as_excel_writes_a_vertical_tab():
    entries, _ = split("Sefton - one_x000B_Knowsley - two")
    assert [(places, lines) for places, lines, _ in entries] == [
        ({"sefton"}, [1]),
        ({"knowsley"}, [2]),
    ]


@pytest.mark.parametrize(
    ("texts", "title"),
    [
        (["opened a family hub"], "Opened a family hub"),
        (["Opened a hub. It is open."], "Opened a hub"),
        (["Opened a hub! It is open."], "Opened a hub!"),
        (["•opened a hub"], "Opened a hub"),
        (["Careers Hub", "Funded by a company. And another."], "Careers Hub"),
        (["Work (e.g. Wates and Koura) goes on. More."], "Work (e.g. Wates and Koura) goes on"),
        (["Help, i.e. Support, is given. More."], "Help, i.e. Support, is given"),
        (["Spent 2.5 million. More."], "Spent 2.5 million"),
        (["  two\xa0 spaces  "], "Two spaces"),
    ],
)
def test_title(texts, title):
    assert title_of(texts) == title


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("Working with St. Helens Council on homes. More.", "Working with St. Helens Council"),
        (
            "Training (e.g., ‘Bystander’, E.g. Racism) for staff. More.",
            "Training (e.g., ‘Bystander’, E.g. R",
        ),
    ],
)
def test_title_is_not_cut_in_an_abbreviation(text, start):
    assert title_of([text]).startswith(start)


@pytest.mark.parametrize(
    "texts",
    [
        ["word " * 6_000],
        ["x" * 32_767],
        ["https://www.example.org/" + "a-long-address/" * 20],
        ["-"],
        ["•"],
        ["…"],
        ["."],
        ["?!"],
        ["•", "opened a hub"],
        ["- ", "* "],
        ["\U0001f600" * 300],
    ],
)
def test_title_is_never_empty_or_too_long(texts):
    title = title_of(texts)
    assert 0 < len(title) <= 200
    assert "\n" not in title
    # A title says something if the entry does.
    if any(character.isalnum() for text in texts for character in text):
        assert any(character.isalnum() for character in title)


LINES = [
    "",
    "",
    " \xa0\t",
    "opened a hub",
    "•opened - a hub: yes",
    "-",
    "•",
    "Sefton - one",
    "sefton:",
    "KNOWSLEY",
    "Knowlsey - two",
    "Liverpool & Knowsley – three",
    "Halton, Liverpool and Knowsley have four",
    "All 9 places - five",
    "All nine boroughs have six",
    "• St.\xa0Helens\xa0-\xa0seven",
    "Wirral CVS - eight",
    "Haltonians - nine",
    "=1+1",
    "C&M",
    "   LCR CA: ten   ",
    "Sefton - ",
    "_",
    "Warrington -–: eleven",
]


@pytest.mark.parametrize("places", [None, ("sefton",), ("sefton", "wirral")])
@pytest.mark.parametrize("seed", range(4))
def test_every_line_is_in_exactly_one_entry_or_unplaced(seed, places):
    chance = random.Random(seed)  # noqa: S311
    for _ in range(100):
        lines = chance.choices(LINES, k=chance.randint(1, 12))
        ends = chance.choices(LINE_ENDS, k=len(lines))
        # Not every two of these keep apart: \r before \n is one end.
        ends = ["\n"] * len(ends) if "\r" in ends or "_x000D_" in ends else ends
        text = "".join(line + end for line, end in zip(lines, ends, strict=True))
        entries, unplaced = split_cell(text, place_names(), places=places)
        found = sorted([number for entry in entries for number in entry.lines] + unplaced)
        assert found == [number for number, line in enumerate(lines, 1) if line.strip()], text
        for entry in entries:
            assert entry.places
            assert entry.text.strip()
            source = [lines[number - 1].strip() for number in entry.lines]
            # A name on a line of its own is in the entry's lines, but not in its text.
            words = entry.text.split("\n")
            for line, word in zip(source[len(source) - len(words) :], words, strict=True):
                assert line.endswith(word), text
