"""Writes that touch several models, or that something else follows from.

Each takes keyword arguments only, `by` being the user in whose name it happens, and writes all or
nothing. Who may call one is for the caller to check.
"""

from .activities import (
    Conflict,
    add_evidence,
    confirm_link,
    delete_activity,
    remove_evidence,
    remove_link,
    save_activity,
    submit_activity,
)
from .borrowing import adapt_activity
from .decisions import AnswersChanged, TooManyPriorities, decide, decide_many
from .drafts import keep_draft
from .importing import commit_import, import_reading, stage_reading, stage_workbook
from .reminders import send_reminders
from .reports import build_report, publish_report
from .review import accept_activities, add_comment, return_activity
from .rounds import continue_activities, report_nothing
from .uploads import commit_upload, upload_entries

__all__ = [
    "AnswersChanged",
    "Conflict",
    "TooManyPriorities",
    "accept_activities",
    "adapt_activity",
    "add_comment",
    "add_evidence",
    "build_report",
    "commit_import",
    "commit_upload",
    "confirm_link",
    "continue_activities",
    "decide",
    "decide_many",
    "delete_activity",
    "import_reading",
    "keep_draft",
    "publish_report",
    "remove_evidence",
    "remove_link",
    "report_nothing",
    "return_activity",
    "save_activity",
    "send_reminders",
    "stage_reading",
    "stage_workbook",
    "submit_activity",
    "upload_entries",
]
