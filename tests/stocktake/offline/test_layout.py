"""The columns of the offline workbook."""

import pytest

from stocktake.forms import EvidenceLinkFormSet, LocalMeasureForm
from stocktake.forms.upload import EntryForm
from stocktake.history import LABELS
from stocktake.offline import layout
from stocktake.offline.layout import Key, key_for


def test_every_heading_leads_back_to_its_column():
    keys = list(layout.keys({"recommendations": 12}))
    assert Key("recommendations", 12) in keys
    assert [key_for(layout.heading(key)) for key in keys] == keys


def test_columns_are_fields_of_the_forms():
    parts = {"local_measures": LocalMeasureForm, "evidence": EvidenceLinkFormSet.form}
    for column in layout.COLUMNS:
        if column.part:
            assert column.part in parts[column.field].base_fields
        elif column.field not in layout.ABOUT_THE_ROW | {"submit"}:
            assert column.field in EntryForm.base_fields


def test_every_field_of_an_entry_has_a_column():
    # The round is that of the upload.
    assert set(LABELS) - {"round"} <= {column.field for column in layout.COLUMNS}


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("  THEME ", Key("theme")),
        ("recommendation  2", Key("recommendations", 2)),
        ("Measure 3 – Unit", Key("local_measures", 3, "unit")),
        ("Measure 1: Date of the latest value.", Key("local_measures", 1, "latest_on")),
        ("Evidence 2: link", Key("evidence", 2, "url")),
    ],
)
def test_heading_may_be_written_otherwise(text, key):
    assert key_for(text) == key


@pytest.mark.parametrize(
    "text",
    ["", "Notes", "Recommendation", "Recommendation 0", "Theme 1", "Measure 1", "Indicator 123"],
)
def test_other_heading_is_none_of_ours(text):
    assert key_for(text) is None


def test_missing_names_what_a_sheet_needs():
    every = set(layout.keys({}))
    assert layout.missing(every) == []
    assert layout.missing({key for key in every if key.field not in layout.OPTIONAL}) == []
    assert layout.missing(every - {Key("theme")}) == ["Theme"]
    assert layout.missing({key for key in every if key.field != "evidence"}) == []
    assert layout.missing(every - {Key("local_measures", 2, "unit")}) == ["Measure 2: unit"]
