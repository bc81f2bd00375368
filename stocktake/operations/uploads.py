"""A workbook of entries on its way back: kept, checked, and taken over as a whole."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from recommendations.models import Place

from ..models import Activity, Round, Upload
from ..offline import reader
from ..offline.checking import Check
from ..offline.line import from_rows, to_rows
from .activities import Conflict, save_activity

OVERTAKEN = (
    "Nothing was saved: something was changed online since you looked at this page. Below you see "
    "how each row stands now."
)


def upload_entries(*, data, file_name, round, by):
    """Read a workbook of entries (bytes) and keep what it would change; nothing is saved yet.

    Raises WorkbookError, with nothing kept, if the file can't be read. Writes a single row, so
    others need not wait until all rows are checked: committing checks them again.
    """
    reading = reader.read(data)
    check = Check(reading, round=round, by=by)
    return Upload.objects.create(
        round=round,
        file_name=file_name,
        rows=to_rows(reading, check.lines),
        uploaded_by=by,
    )


def commit_upload(*, upload, by):
    """Save the new and the changed rows of an upload, all or none; returns the lines it saved.

    Raises ValidationError if it was committed before, or if one of these rows can't be saved any
    more: then nothing is saved, and the upload holds how each row stands now.
    """
    try:
        return _commit(upload, by)
    except (Activity.DoesNotExist, Conflict, _Overtaken) as error:
        _check_again(upload, by)
        raise ValidationError(OVERTAKEN) from error


class _Overtaken(Exception):
    """A row would no longer be saved as its uploader has seen it."""


@transaction.atomic
def _commit(upload, by):
    upload = _hold(upload)
    # One upload into a round at a time: two with the same new row must not both add it.
    Round.objects.select_for_update(no_key=True).get(pk=upload.round_id)
    reading, seen = from_rows(upload.rows)
    check = Check(reading, round=upload.round, by=by)
    written = [line for line in check.lines if line.is_written]
    if [line.number for line in written] != [line.number for line in seen if line.is_written]:
        raise _Overtaken
    proposals = [check.proposals[line.number].arguments for line in written]
    # All at first, in one order: row by row, two could wait for each other.
    _hold_rows(Activity, [each["activity"] for each in proposals])
    _hold_rows(Place, [place for each in proposals for place in each["places"]])
    for line, arguments in zip(written, proposals, strict=True):
        activity = save_activity(**arguments, by=by)
        line.activity = activity.pk
    upload.rows, upload.committed_at = to_rows(reading, check.lines), timezone.now()
    upload.save()
    return written


@transaction.atomic
def _check_again(upload, by):
    upload = _hold(upload)
    reading, _ = from_rows(upload.rows)
    upload.rows = to_rows(reading, Check(reading, round=upload.round, by=by).lines)
    upload.save()


def _hold_rows(model, rows):
    """Keep others from changing the stored ones of some rows until the transaction ends."""
    stored = model.objects.filter(pk__in={row.pk for row in rows} - {None})
    list(stored.order_by("pk").select_for_update(no_key=True))


def _hold(upload):
    """An upload as it stands, which nobody else can commit until the transaction ends."""
    uploads = Upload.objects.select_for_update(of=("self",)).select_related("round")
    current = uploads.get(pk=upload.pk)
    if current.is_committed:
        raise ValidationError("This workbook was saved before: nothing was saved again.")
    return current
