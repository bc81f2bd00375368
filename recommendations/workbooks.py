"""Excel workbooks in and out of the admin, without formulas and without surprises."""

from io import BytesIO
from itertools import zip_longest
from zipfile import BadZipFile, ZipFile

from import_export.formats.base_formats import XLSX
from openpyxl import Workbook, load_workbook
from tablib import Dataset

from .cells import is_blank
from .tables import write_table


class UnreadableWorkbook(ValueError):
    """An upload that can't be read, with a sentence for the person who sent it."""


class PlainTextXLSX(XLSX):
    """Excel workbooks in which text is text: nothing in them is, or becomes, a formula."""

    MAX_BYTES = 5 * 1024 * 1024
    MAX_UNPACKED_BYTES = 50 * 1024 * 1024
    MAX_ROWS = 2000
    EXCEL_ROWS = 1048576
    MAX_COLUMNS = 50

    def export_data(self, dataset, **kwargs):
        """The workbook as bytes: one sheet, its heading row bold and frozen."""
        workbook = Workbook()
        write_table(workbook.active, dataset.headers, dataset)
        stream = BytesIO()
        workbook.save(stream)
        return stream.getvalue()

    def create_dataset(self, in_stream, **kwargs):
        """The rows of the first sheet, under its headings; numbers and dates as Excel keeps them.

        Blank rows stay, so that a row's number is the one that Excel shows.
        """
        self._check_archive(in_stream)
        try:
            sheet = load_workbook(BytesIO(in_stream), read_only=True).worksheets[0]
            # What a workbook says about its own size may be wrong.
            sheet.reset_dimensions()
            rows = self._read_rows(sheet)
        except UnreadableWorkbook:
            raise
        except Exception as error:  # openpyxl raises whatever it stumbles upon
            raise UnreadableWorkbook(
                "The workbook is damaged. Open it in Excel, save it again and upload that."
            ) from error
        return self._as_dataset(rows)

    def _check_archive(self, data):
        """Refuse what is no workbook, or would not fit into memory once unpacked."""
        try:
            unpacked = sum(entry.file_size for entry in ZipFile(BytesIO(data)).infolist())
        except BadZipFile as error:
            raise UnreadableWorkbook(
                "This is not an Excel workbook. Save it as “Excel Workbook (.xlsx)” "
                "and upload that."
            ) from error
        if len(data) > self.MAX_BYTES or unpacked > self.MAX_UNPACKED_BYTES:
            raise UnreadableWorkbook("The workbook is too large. Keep only the sheet to import.")

    def _read_rows(self, sheet):
        rows = []
        for number, cells in enumerate(sheet.iter_rows(), 1):
            values = self._read_row(cells)
            if number <= self.MAX_ROWS + 1:
                rows.append(values)
            elif not is_blank(values) or number > self.EXCEL_ROWS:
                raise UnreadableWorkbook(
                    f"The sheet has more than {self.MAX_ROWS} rows. "
                    "Split it into several workbooks."
                )
        return rows

    def _read_row(self, cells):
        values = [self._read(cell) for cell in cells]
        if not is_blank(values[self.MAX_COLUMNS :]):
            raise UnreadableWorkbook(f"The sheet has more than {self.MAX_COLUMNS} columns.")
        return values[: self.MAX_COLUMNS]

    def _read(self, cell):
        if cell.data_type in ("f", "e"):
            raise UnreadableWorkbook(
                f"Cell {cell.coordinate} holds a formula or an error. "
                "Copy the sheet and paste it as values, then upload that."
            )
        if isinstance(cell.value, (int, float)) and "%" in cell.number_format:
            raise UnreadableWorkbook(
                f"Cell {cell.coordinate} is formatted as a percentage, which Excel keeps as a "
                "fraction. Format it as a number and type it again."
            )
        if isinstance(cell.value, str):
            # Excel's own way to write a carriage return.
            return cell.value.replace("_x000D_", "")
        return cell.value

    def _as_dataset(self, rows):
        while rows and is_blank(rows[-1]):
            rows.pop()
        if len(rows) < 2:
            raise UnreadableWorkbook(
                "The first sheet has nothing to import. Put the column names in its first row "
                "and the data under them."
            )
        columns = [column for column in zip_longest(*rows) if not is_blank(column)]
        headings = [str(column[0] or "").strip() for column in columns]
        if "" in headings:
            raise UnreadableWorkbook("The sheet has a column without a name in its first row.")
        if len(set(headings)) < len(headings):
            raise UnreadableWorkbook("The sheet has two columns of the same name.")
        return Dataset(*zip(*(column[1:] for column in columns), strict=True), headers=headings)
