"""The forms of the stocktake's pages."""

from .activity import ActivityForm, LocalMeasureForm, LocalMeasureFormSet, RecommendationLinkForm
from .borrowing import AdaptForm
from .coherence import ThreadFilterForm
from .conflict import ConflictForm
from .decision import DecisionFilterForm, DecisionForm, DecisionsForm
from .evidence import EvidenceForm, EvidenceLinkFormSet
from .importing import ImportForm
from .review import AcceptForm, CommentForm, ReturnForm
from .round import ContinuationForm, NilReturnForm
from .upload import UploadForm

__all__ = [
    "AcceptForm",
    "ActivityForm",
    "AdaptForm",
    "CommentForm",
    "ConflictForm",
    "ContinuationForm",
    "DecisionFilterForm",
    "DecisionForm",
    "DecisionsForm",
    "EvidenceForm",
    "EvidenceLinkFormSet",
    "ImportForm",
    "LocalMeasureForm",
    "LocalMeasureFormSet",
    "NilReturnForm",
    "RecommendationLinkForm",
    "ReturnForm",
    "ThreadFilterForm",
    "UploadForm",
]
