"""Proposes recommendations that an activity may serve, from the words that both use.

A suggestion is a question to a person: it counts nowhere until someone confirms it. It is made
only within the activity's theme and for places that answer for the recommendation.
"""

import math
import re
from collections import Counter

MOST = 2
# Set by reading what it proposed for the stocktake of October to December 2023.
LEAST_SCORE = 1.7
LEAST_SHARED_STEMS = 3
COMMON_SHARE = 0.2
STEM_LENGTH = 6
SHORTEST_WORD = 4


class Suggester:
    """Ranks the recommendations of a theme by the rare word stems that a text shares with them."""

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
    words = re.findall(r"[a-z]+", text.casefold())
    return {word.rstrip("s")[:STEM_LENGTH] for word in words if len(word) >= SHORTEST_WORD}
