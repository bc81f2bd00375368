"""What the cells of a row must be, before a form can make sense of them."""

from . import layout
from .cells import STATUSES, YES_OR_NO, as_date, code_of, meaning, names_in, plain, size
from .layout import Key, Kind


class Refused(Exception):
    """A row that can't be taken over; `errors` are pairs of a Key and what to do about it."""

    def __init__(self, errors):
        super().__init__(str(errors))
        self.errors = errors

    @classmethod
    def at(cls, field, message):
        """One error, in a column that there is once."""
        return cls([(Key(field), message)])


def wrong_cells(entry, stored, framework):
    """Pairs of a Key and what to do, for each cell that says nothing a form could take.

    `stored` is the Entry of what is stored now.
    """
    found = []
    for key, text in entry.cells.items():
        if key.field not in layout.ABOUT_THE_ROW and text.strip():
            is_changed = not entry.says_as(stored, key.field)
            wrong = _wrong_length(text, is_changed) or _wrong_kind(key, text, framework)
            found += [(key, wrong)] if wrong else []
    return found


def _wrong_length(text, is_changed):
    is_shortened = layout.IS_SHORTENED.search(text)
    if is_shortened and is_changed:
        return (
            f"This text was shortened, as a cell holds {layout.MAX_CELL:,} characters. Change it "
            "online, or replace all of it here"
        )
    if size(text) > layout.MAX_CELL and not is_shortened:
        return (
            f"This text has {size(text):,} characters and a cell holds {layout.MAX_CELL:,}. "
            "Shorten it, or enter it online"
        )
    return ""


def _wrong_kind(key, text, framework):
    kind = layout.column_of(key).kind
    if kind is Kind.DATE and not as_date(plain(text)):
        return f"“{_cut(text)}” is not a date. Type it like 27/3/2026 or 27 March 2026"
    if kind is Kind.PLACES:
        return _unknown_place(text, framework)
    if kind is Kind.STATUS and plain(text).strip().casefold() not in STATUSES:
        return f"“{_cut(text)}” is no delivery status. Choose one from the list"
    if kind is Kind.YES_NO and meaning(kind, text) not in YES_OR_NO.values():
        return f"“{_cut(text)}” is no answer. Choose “Yes” or “No”"
    known = framework.named(kind)
    if known is not None and code_of(plain(text)) not in known:
        return f"There is no {kind.name.lower()} “{_cut(code_of(text))}”. Choose one from the list"
    return ""


def _unknown_place(text, framework):
    for name in names_in(text):
        if name.casefold() not in framework.place_names:
            return (
                f"“{_cut(name)}” is no place that takes part. Choose one from the list, or type "
                "several with “;” between them"
            )
    return ""


def _cut(text):
    text = " ".join(text.split())
    return text if len(text) <= 60 else f"{text[:59]}…"
