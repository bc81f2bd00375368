"""The forms of the stocktake's pages."""

from .activity import ActivityForm, LocalMeasureForm, LocalMeasureFormSet, RecommendationLinkForm
from .coherence import ThreadFilterForm
from .decision import DecisionForm
from .importing import ImportForm

__all__ = [
    "ActivityForm",
    "DecisionForm",
    "ImportForm",
    "LocalMeasureForm",
    "LocalMeasureFormSet",
    "RecommendationLinkForm",
    "ThreadFilterForm",
]
