"""The thread from recommendation to measurement: the only place that knows its rule.

A thread is one recommendation × one place that answers for it, in one round. `coherence()` reads
what the rule needs in a fixed number of queries and returns a `Coherence` of frozen dataclasses.
The live view shows one made today; a report stores one as JSON. Screen, spreadsheet and command
all read the same object.
"""

from .entries import coherence
from .result import Coherence, Scope, Thread
from .rule import RULE_VERSION, State

__all__ = ["RULE_VERSION", "Coherence", "Scope", "State", "Thread", "coherence"]
