"""Looks at a file before it is opened as a workbook, and refuses what could do harm.

openpyxl unpacks everything it is given and walks every row that a sheet claims, so size, shape
and XML are checked first, in a stream.
"""

import io
import zipfile
import zlib
from math import inf
from xml.sax import SAXException, handler

from defusedxml import DefusedXmlException, sax
from openpyxl.utils.cell import range_boundaries

from .errors import WorkbookError

MEGABYTE = 1024 * 1024
MAX_FILE_SIZE = 10 * MEGABYTE
MAX_UNPACKED_SIZE = 40 * MEGABYTE
MAX_PARTS = 1_000
MAX_ELEMENTS = 300_000
MAX_ATTRIBUTES = 1_000_000
# Between the ends of two tags; a cell holds 32,767 characters.
MAX_RUN = MEGABYTE // 4
MAX_TEXT = 1_000_000
MAX_ROWS = 10_000
MAX_COLUMNS = 200

# The container of old .xls files and of encrypted workbooks.
OLE_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# What openpyxl unfolds to single cells, and so counts as many elements as it has cells.
UNFOLDED = {"mergeCell", "hyperlink", "comment"}

NOT_A_WORKBOOK = "This file is not an Excel workbook. Save the stocktake as .xlsx and try again."
DAMAGED = "This workbook is damaged or cut off. Open it in Excel, save it again and try again."
PROTECTED = (
    "This workbook is protected by a password, or in the old .xls format. Save it as .xlsx without "
    "a password and try again."
)
MACROS = (
    "This workbook contains macros. Save it as “Excel Workbook (.xlsx)”, without macros, and try "
    "again."
)
TOO_LARGE = (
    "This workbook unpacks to far more than a stocktake holds, so it was not opened. Copy the "
    "stocktake’s sheets into a new workbook and try again."
)
TOO_WIDE = (
    f"A sheet of this workbook claims more than {MAX_ROWS:,} rows or {MAX_COLUMNS} columns. Delete "
    "the empty rows and columns beyond the table, save it and try again."
)
ENTITIES = (
    "This workbook contains document types or entities, which Excel never writes. Copy the "
    "stocktake’s sheets into a new workbook and try again."
)
# What a zip file or XML that is broken somewhere raises: an unknown method of packing or encoding,
# an address of cells that is none, bytes that can't be unpacked.
UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    SAXException,
    ValueError,
)


def inspect(data):
    """Raise WorkbookError, with a sentence that says what to do, unless `data` is safe to open.

    `data` is the file's content as bytes.
    """
    if not data:
        raise WorkbookError("This file is empty. Choose the stocktake workbook, an .xlsx file.")
    if len(data) > MAX_FILE_SIZE:
        raise WorkbookError(TOO_LARGE)
    if data.startswith(OLE_SIGNATURE):
        raise WorkbookError(PROTECTED)
    if not data.startswith(b"PK"):
        raise WorkbookError(NOT_A_WORKBOOK)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _inspect_archive(archive)
    except DefusedXmlException as error:
        raise WorkbookError(ENTITIES) from error
    except UNREADABLE as error:
        raise WorkbookError(DAMAGED) from error


def _inspect_archive(archive):
    parts = archive.infolist()
    names = {part.filename for part in parts}
    if any(part.flag_bits & 1 for part in parts):
        raise WorkbookError(PROTECTED)
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED_SIZE:
        raise WorkbookError(TOO_LARGE)
    if not {"[Content_Types].xml", "xl/workbook.xml"} <= names:
        raise WorkbookError(NOT_A_WORKBOOK)
    if any(name.casefold().endswith("vbaproject.bin") for name in names):
        raise WorkbookError(MACROS)
    if b"macroEnabled" in archive.read("[Content_Types].xml"):
        raise WorkbookError(MACROS)
    counter = _Counter()
    for part in parts:
        with archive.open(part) as stream:
            # Whatever it is called: a sheet may stand in a part of any name.
            if _looks_like_xml(stream.read(64)):
                stream.seek(0)
                sax.parse(_Steady(stream), counter, forbid_dtd=True)


def _looks_like_xml(start):
    """Whether a part begins like XML, in any encoding; blanks alone may be its beginning."""
    visible = start.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xfe\xff \t\r\n")
    return not visible or visible.startswith(b"<")


class _Steady:
    """A stream that refuses a long run without the end of a tag: nothing in a stocktake is one."""

    def __init__(self, stream):
        self.stream, self.run = stream, 0

    def read(self, size=-1):
        """The next bytes."""
        chunk = self.stream.read(size)
        end = chunk.rfind(b">")
        self.run = self.run + len(chunk) if end < 0 else len(chunk) - end
        if self.run > MAX_RUN:
            raise WorkbookError(TOO_LARGE)
        return chunk

    def close(self):
        """The archive closes the stream."""


class _Counter(handler.ContentHandler):
    """Counts elements over all parts, and refuses cells far outside a stocktake."""

    def __init__(self):
        super().__init__()
        self.elements = self.attributes = 0

    def startElement(self, name, attributes):
        self._count(1)
        self.attributes += len(attributes)
        if self.attributes > MAX_ATTRIBUTES:
            raise WorkbookError(TOO_LARGE)
        name = name.rpartition(":")[2]
        if name == "row" and int(attributes.get("r", 0)) > MAX_ROWS:
            raise WorkbookError(TOO_WIDE)
        if name == "dimension" or name in UNFOLDED:
            cells = self._cells(attributes.get("ref"))
            self._count(cells if name in UNFOLDED else 0)
        elif name == "c":
            self._cells(attributes.get("r"))

    def _count(self, elements):
        self.elements += elements
        if self.elements > MAX_ELEMENTS:
            raise WorkbookError(TOO_LARGE)

    def _cells(self, address):
        """How many cells an address covers; none of them may lie far outside a stocktake."""
        if not address:
            return 0
        # A whole column or row has an open end.
        bounds = [bound or inf for bound in range_boundaries(address)]
        first_column, first_row, last_column, last_row = bounds
        if last_row > MAX_ROWS or last_column > MAX_COLUMNS:
            raise WorkbookError(TOO_WIDE)
        return (last_row - first_row + 1) * (last_column - first_column + 1)
