"""What is being done about the recommendations, round by round."""

from .activity import Activity, LocalMeasure
from .decision import Decision
from .importing import ImportBatch, StagedActivity
from .link import IndicatorLink, RecommendationLink
from .report import CoherenceReport
from .round import Round

__all__ = [
    "Activity",
    "CoherenceReport",
    "Decision",
    "ImportBatch",
    "IndicatorLink",
    "LocalMeasure",
    "RecommendationLink",
    "Round",
    "StagedActivity",
]
