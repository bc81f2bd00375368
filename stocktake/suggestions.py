"""Proposes recommendations that an activity may serve, from the words that both use.

A suggestion is a question to a person: it counts nowhere until someone confirms it. It is made
only for places that answer for the recommendation: for a whole entry within its theme, for one that
is being typed anywhere, its theme first.
"""

import math
import re
from collections import Counter
from dataclasses import dataclass

from recommendations.models import Recommendation

MOST = 2
# Set by reading what it proposed for the stocktake of October to December 2023.
LEAST_SCORE = 1.7
LEAST_SHARED_STEMS = 3
# While someone types there is little text yet, and they see at once what doesn't fit.
MOST_WHILE_TYPING = 5
LEAST_SHARED_WHILE_TYPING = 2
OWN_THEME = 2
COMMON_SHARE = 0.2
STEM_LENGTH = 6
SHORTEST_WORD = 4


@dataclass(frozen=True)
class Suggestion:
    """A recommendation, and the words of the text that speak for it."""

    recommendation: Recommendation
    words: tuple[str, ...]


class Suggester:
    """Ranks recommendations by the rare word stems that a text shares with them."""

    def __init__(self, recommendations):
        """`recommendations`: a QuerySet of all, whose wording decides how rare a stem is."""
        self.recommendations = [
            (item, _stems(item.text), answering_places(item))
            for item in recommendations.prefetch_related("responsible_bodies__answering_places")
        ]
        frequency = Counter(stem for _, stems, _ in self.recommendations for stem in stems)
        total = len(self.recommendations)
        # What every fifth recommendation says tells none of them apart.
        self.weights = {
            stem: math.log(total / count)
            for stem, count in frequency.items()
            if count <= total * COMMON_SHARE
        }

    def suggest(self, text, *, theme, places):
        """The recommendations of `theme` that `text` seems to serve: at most two, best first.

        Only those that one of `places` answers for.
        """
        words, places = _stems(text) & self.weights.keys(), set(places)
        scored = []
        for recommendation, stems, answering in self.recommendations:
            shared = words & stems
            if (
                recommendation.theme_id == theme.pk
                and answering & places
                and len(shared) >= LEAST_SHARED_STEMS
            ):
                scored.append((self._score(shared, stems), recommendation))
        scored.sort(key=lambda pair: (-pair[0], pair[1].code))
        return [recommendation for score, recommendation in scored[:MOST] if score >= LEAST_SCORE]

    def suggest_while_typing(self, text, *, theme, places):
        """Suggestions for an unfinished text: at most five, best first.

        Those of `theme`, the one chosen so far or None, are preferred.
        """
        found, places = _words(text), set(places)
        scored = []
        for recommendation, stems, answering in self.recommendations:
            shared = found.keys() & stems & self.weights.keys()
            if answering & places and len(shared) >= LEAST_SHARED_WHILE_TYPING:
                own = OWN_THEME if recommendation.theme == theme else 1
                words = tuple(sorted(found[stem] for stem in shared))
                scored.append((own * self._score(shared, stems), recommendation, words))
        scored.sort(key=lambda row: (-row[0], row[1].code))
        return [Suggestion(row, words) for _, row, words in scored[:MOST_WHILE_TYPING]]

    def _score(self, shared, stems):
        return self._weight(shared) / math.sqrt(self._weight(stems))

    def _weight(self, stems):
        return sum(self.weights.get(stem, 0) for stem in stems)


def answering_places(recommendation):
    """The places that answer for a recommendation whose responsible bodies were fetched."""
    return {
        place
        for body in recommendation.responsible_bodies.all()
        for place in body.answering_places.all()
    }


def _stems(text):
    return _words(text).keys()


def _words(text):
    """The words of a text by their stems."""
    words = re.findall(r"[a-z]+", text.casefold())
    return {word.rstrip("s")[:STEM_LENGTH]: word for word in words if len(word) >= SHORTEST_WORD}
