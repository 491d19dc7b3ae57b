"""Plain BM25 over Snowball stems: what retrieval must beat."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ingest.words import is_content, stem, words

K1, B = 1.2, 0.75  # the usual values: Robertson & Zaragoza 2009


class BM25:
    """(text, language) passages, found by the stems of a question's words."""

    def __init__(self, passages: Sequence[tuple[str, str]]) -> None:
        stems = [_stems(text, language) for text, language in passages]
        lengths = np.array([len(found) for found in stems], np.float64)
        norms = K1 * (1 - B + B * lengths / max(float(lengths.mean()), 1.0))
        self._size = len(passages)
        self._postings: dict[str, tuple[list[int], list[float]]] = {}
        for position, found in enumerate(stems):
            for word, count in Counter(found).items():
                positions, weights = self._postings.setdefault(word, ([], []))
                positions.append(position)
                weights.append(count * (K1 + 1) / (count + norms[position]))

    def scores(self, question: str, language: str) -> NDArray[np.float64]:
        """(passages,): 0 for one that shares no stem with the question."""
        scores = np.zeros(self._size)
        for word in _stems(question, language):
            positions, weights = self._postings.get(word, ([], []))
            idf = np.log1p((self._size - len(positions) + 0.5) / (len(positions) + 0.5))
            scores[positions] += idf * np.array(weights)
        return scores

    def best(self, question: str, language: str, limit: int) -> list[int]:
        """Positions of the passages that share a stem with the question, best first."""
        scores = self.scores(question, language)
        return [int(i) for i in np.argsort(-scores, kind="stable")[:limit] if scores[i] > 0]


def _stems(text: str, language: str) -> list[str]:
    return [stem(word, language) for word in words(text) if is_content(word, language)]
