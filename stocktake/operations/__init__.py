"""Writes that touch several models, or that something else follows from.

Each takes keyword arguments only, `by` being the user in whose name it happens, and runs in one
transaction. Who may call one is for the caller to check.
"""

from .activities import (
    Conflict,
    add_evidence,
    confirm_link,
    keep_draft,
    remove_evidence,
    remove_link,
    save_activity,
    submit_activity,
)
from .decisions import decide
from .importing import commit_import, import_reading, stage_reading, stage_workbook
from .reports import build_report, publish_report
from .review import accept_activities, add_comment, return_activity

__all__ = [
    "Conflict",
    "accept_activities",
    "add_comment",
    "add_evidence",
    "build_report",
    "commit_import",
    "confirm_link",
    "decide",
    "import_reading",
    "keep_draft",
    "publish_report",
    "remove_evidence",
    "remove_link",
    "return_activity",
    "save_activity",
    "stage_reading",
    "stage_workbook",
    "submit_activity",
]
