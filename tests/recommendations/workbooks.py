"""Workbooks for tests: made and read with openpyxl, as Excel would."""

from io import BytesIO

from openpyxl import Workbook, load_workbook

from recommendations.workbooks import PlainTextXLSX


def workbook(*rows):
    """The bytes of a workbook with these rows."""
    book = Workbook()
    for row in rows:
        book.active.append(row)
    return saved(book)


def saved(book):
    """The bytes of an openpyxl workbook."""
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def opened(data):
    """The first sheet of a workbook, as openpyxl reads it."""
    return load_workbook(BytesIO(data)).active


def resaved(data, change=None):
    """A workbook opened, perhaps changed, and saved again."""
    book = load_workbook(BytesIO(data))
    if change:
        change(book.active)
    return saved(book)


def exported(resource):
    """What the admin site would hand out."""
    return PlainTextXLSX().export_data(resource.export())


def imported(resource, data, **options):
    """What the admin site would do with an upload."""
    return resource.import_data(PlainTextXLSX().create_dataset(data), **options)
