"""What the legacy workbook says, decided by reading it: every cell, its lines and their places.

Each entry is written as its lines ("3-5": one entry of three lines) and who does it.
"""

EAST = ("cheshire-east",)
WEST = ("cheshire-west-and-chester",)
HALTON = ("halton",)
KNOWSLEY = ("knowsley",)
LIVERPOOL = ("liverpool",)
SEFTON = ("sefton",)
ST_HELENS = ("st-helens",)
WARRINGTON = ("warrington",)
WIRRAL = ("wirral",)
ALL_NINE = EAST + WEST + HALTON + KNOWSLEY + LIVERPOOL + SEFTON + ST_HELENS + WARRINGTON + WIRRAL

# Columns whose heading names one place: only the entries' lines are to be told apart.
COLUMNS = {
    "C": "cheshire-and-merseyside",
    "D": "cheshire-and-warrington",
    "E": "liverpool-city-region",
}
PARAGRAPHS = {
    "C3": "1 3",
    "E3": "1",
    "C4": "1",
    "D4": "1 3",
    "E4": "1 3-4 6",
    "C5": "1 3",
    "D5": "1",
    "E5": "1 3",
    "D6": "1",
    "E6": "1",
    "C7": "1",
    "D7": "1",
    "E7": "1 3 5-6 8-9 11-12",
    "C8": "1 3",
    "D8": "1",
    "E8": "1-2",
    "D9": "1",
    "E9": "1-2",
    "C10": "1 3 5",
    "D10": "1",
    "E10": "1",
    "C13": "1",
    "D13": "1-2 4-5 7-8 10-11",
    "E13": "1-2 4-5 7-8 10-11 13-14 16-17 19-20 22-23 25-26",
    "C14": "1",
    "E14": "1-2 4-5 7-8",
    "C15": "1 3 5",
    "D15": "1",
    "E15": "1-2 4-5",
    "C16": "1",
    "D16": "1-2",
    "E16": "1 3-4 6-7 9-10",
    "D17": "1 3 5 7",
    "E17": "1 3-4 6",
    "C18": "1",
    "C19": "1 3",
    "D19": "1",
}

# The boroughs' column, in which the prose names the place.
BOROUGHS = {
    "F3": [
        ("1", SEFTON),
        ("2-3", SEFTON),
        ("5", KNOWSLEY),
        ("6", KNOWSLEY),
        ("8", ST_HELENS),
        ("10", EAST),
        ("12", HALTON),
        ("14-17", WIRRAL),
        ("19", WARRINGTON),
        ("21", WEST),
        ("22", WEST),
        ("24-26", LIVERPOOL),
    ],
    "F4": [
        ("1-5", WIRRAL),
        ("7-9", HALTON),
        ("11", LIVERPOOL),
        ("13", WARRINGTON),
        ("15", LIVERPOOL + KNOWSLEY),
        ("17", KNOWSLEY),
        ("18", KNOWSLEY),
        ("19", KNOWSLEY),
        ("21", HALTON),
        ("23", ST_HELENS),
        ("25", WEST),
        ("26", WEST),
        ("28", SEFTON),
    ],
    "F5": [
        ("1", SEFTON),
        ("3-9", WIRRAL),
        ("11", KNOWSLEY),
        ("12", KNOWSLEY),
        ("13", KNOWSLEY),
        ("15", EAST),
        ("17-19", HALTON),
        ("21", ST_HELENS),
        ("23", WARRINGTON),
        ("25", WEST),
    ],
    "F6": [
        ("1", HALTON),
        ("3", KNOWSLEY),
        ("4", KNOWSLEY),
        ("5", KNOWSLEY),
        ("6", KNOWSLEY),
        ("7", KNOWSLEY),
        ("9", WEST),
        ("11", EAST),
        ("13", ST_HELENS),
        ("15-21", WIRRAL),
        ("23", WARRINGTON),
        ("25", WEST),
        ("26", WEST),
        ("28", LIVERPOOL),
        ("30", SEFTON),
    ],
    "F7": [
        ("1", EAST),
        ("3", HALTON),
        ("5", KNOWSLEY),
        ("6", KNOWSLEY),
        ("7", KNOWSLEY),
        ("8", KNOWSLEY),
        ("10", ST_HELENS),
        ("12-16", WIRRAL),
        ("18", WARRINGTON),
        ("20", WEST),
        ("21", WEST),
        ("22", WEST),
        ("23", WEST),
        ("25-28", LIVERPOOL),
        ("30", SEFTON),
    ],
    "F8": [
        ("1", ALL_NINE),
        ("3", KNOWSLEY),
        ("4", KNOWSLEY),
        ("6", WEST),
        ("7", WEST),
        ("9", WIRRAL),
        ("11", EAST),
        ("13", HALTON),
        ("15", ST_HELENS),
        ("17-27", WIRRAL),
        ("29", WARRINGTON),
        ("31-37", SEFTON),
    ],
    "F9": [
        ("1-7", HALTON),
        ("9", KNOWSLEY),
        ("10", KNOWSLEY),
        ("12", ST_HELENS),
        ("14-15", WIRRAL),
        ("17", WARRINGTON),
        ("19", WEST),
        ("20", WEST),
        ("22", SEFTON),
    ],
    "F10": [
        ("1", EAST),
        ("3", HALTON),
        ("5", KNOWSLEY),
        ("6", KNOWSLEY),
        ("8", ST_HELENS),
        ("10", WARRINGTON),
        ("12", LIVERPOOL),
        ("14", SEFTON),
    ],
    "F13": [],
    "F14": [
        ("1", WEST),
        ("3", HALTON),
        ("5", KNOWSLEY),
        ("7", WARRINGTON),
        ("9", SEFTON),
        ("11", EAST),
        ("13", ST_HELENS),
        ("15", WIRRAL),
    ],
    "F15": [
        ("1", KNOWSLEY),
        ("2", KNOWSLEY),
        ("4", WIRRAL),
        ("6", HALTON + LIVERPOOL + KNOWSLEY),
        ("8", LIVERPOOL),
        ("10", ST_HELENS),
        ("12", WARRINGTON),
        ("14", SEFTON),
    ],
    "F16": [
        ("1", WEST),
        ("2", WEST),
        # Line 7, "Wirral CVS - developing …", is Wirral's as well, in one entry or its own.
        ("4-7", WIRRAL),
        ("9", KNOWSLEY),
        ("11", HALTON + ST_HELENS),
        ("13", LIVERPOOL),
        ("15", SEFTON),
        ("17", WIRRAL),
        ("19", EAST),
        ("21", ST_HELENS),
        ("23", WARRINGTON),
    ],
    "F17": [
        ("1", HALTON),
        ("3", KNOWSLEY),
        ("4", KNOWSLEY),
        ("6", ST_HELENS),
        ("8", WARRINGTON),
        ("10", WEST),
    ],
    "F18": [
        ("1", HALTON),
        ("3", KNOWSLEY),
        ("5", ST_HELENS),
        ("7", WARRINGTON),
        ("9", WEST),
        ("11", SEFTON),
    ],
    "F19": [
        ("1", ALL_NINE),
        ("3", HALTON),
        ("5", KNOWSLEY),
        ("7", WARRINGTON),
        ("9", LIVERPOOL),
        ("11", SEFTON),
    ],
}
UNPLACED = ("F13", (1,))

THEMES = {row: f"T{row - 2}" for row in range(3, 11)} | {
    row: f"S{letter}" for row, letter in enumerate("ABCDEFG", start=13)
}


def lines_of(span):
    """The line numbers that "3-5" or "3" stands for."""
    first, _, last = span.partition("-")
    return tuple(range(int(first), int(last or first) + 1))


ENTRIES = [
    (cell, lines_of(span), frozenset({COLUMNS[cell[0]]}))
    for cell, spans in PARAGRAPHS.items()
    for span in spans.split()
] + [
    (cell, lines_of(span), frozenset(places))
    for cell, entries in BOROUGHS.items()
    for span, places in entries
]
