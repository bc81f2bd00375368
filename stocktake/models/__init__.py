"""What is being done about the recommendations, round by round."""

from .activity import Activity, LocalMeasure
from .comment import Comment
from .decision import Decision
from .draft import Draft
from .evidence import Evidence
from .history import ActivityVersion
from .importing import ImportBatch, StagedActivity
from .link import IndicatorLink, RecommendationLink
from .nil_return import NilReturn
from .reminder import Reminder
from .report import CoherenceReport
from .round import Round
from .upload import Upload

__all__ = [
    "Activity",
    "ActivityVersion",
    "CoherenceReport",
    "Comment",
    "Decision",
    "Draft",
    "Evidence",
    "ImportBatch",
    "IndicatorLink",
    "LocalMeasure",
    "NilReturn",
    "RecommendationLink",
    "Reminder",
    "Round",
    "StagedActivity",
    "Upload",
]
