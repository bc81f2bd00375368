"""What the tests of the offline workbook share: filling in its sheet."""

import io

from openpyxl import load_workbook

from stocktake.models import Activity
from stocktake.offline import layout
from stocktake.offline.framework import Framework
from stocktake.offline.writer import entries_workbook


class Sheet:
    """The sheet of entries of a workbook, filled in by the headings of its columns."""

    def __init__(self, data):
        self.workbook = load_workbook(io.BytesIO(data))
        self.sheet = self.workbook[layout.ENTRIES]

    @property
    def headings(self):
        return [cell.value for cell in self.sheet[1]]

    def cell(self, row, heading):
        """A cell by its row and its heading."""
        return self.sheet.cell(row, self.headings.index(heading) + 1)

    def put(self, row, **texts):
        """Fill in cells of a row, by the names in HEADINGS."""
        for name, value in texts.items():
            cell = self.cell(row, HEADINGS.get(name, name))
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"
        return self

    def add(self, **texts):
        """Fill in the row under the last one; returns its number."""
        row = max((cell.row for cell in self.sheet["D"] if cell.value), default=1) + 1
        self.put(row, **texts)
        return row

    @property
    def data(self):
        stream = io.BytesIO()
        self.workbook.save(stream)
        return stream.getvalue()


HEADINGS = {
    "code": "Code",
    "version": "Version",
    "title": "Name of the activity",
    "description": "What it does, and for whom",
    "places": "Places",
    "theme": "Theme",
    "recommendation": "Recommendation 1",
    "recommendation_2": "Recommendation 2",
    "indicator": "Indicator 1",
    "lead_organisation": "Lead organisation",
    "contact": "Contact",
    "starts_on": "Start date",
    "ends_on": "End date",
    "delivery_status": "Delivery status",
    "measure": "Measure 1: what is measured",
    "measure_2": "Measure 2: what is measured",
    "unit": "Measure 1: unit",
    "baseline": "Measure 1: baseline",
    "target": "Measure 1: target",
    "value": "Measure 1: latest value",
    "value_on": "Measure 1: date of the latest value",
    "evidence": "Evidence 1: what it is",
    "link": "Evidence 1: link",
    "good_practice": "Others may learn from it",
    "submit": "Submit",
}


def download(*activities):
    """The Sheet of activities as they are stored."""
    pks = [activity.pk for activity in activities]
    rows = Activity.objects.with_content().filter(pk__in=pks)
    return Sheet(entries_workbook(list(rows), Framework()))


def walks(theme, /, **changes):
    """What a new row needs."""
    return {
        "title": "Walking for health",
        "description": "Walks for people over 60.",
        "places": "Sefton",
        "theme": f"{theme.code} {theme.title}",
        "delivery_status": "Under way",
        "submit": "No",
    } | changes
