"""Writes that touch several models, or that something else follows from.

Each takes keyword arguments only, `by` being the user in whose name it happens, and runs in one
transaction. Who may call one is for the caller to check.
"""

from .activities import confirm_link, remove_link, save_activity
from .decisions import decide
from .importing import commit_import, import_reading, stage_reading, stage_workbook
from .reports import build_report, publish_report
from .review import accept_activities

__all__ = [
    "accept_activities",
    "build_report",
    "commit_import",
    "confirm_link",
    "decide",
    "import_reading",
    "publish_report",
    "remove_link",
    "save_activity",
    "stage_reading",
    "stage_workbook",
]
