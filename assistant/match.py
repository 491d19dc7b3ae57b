"""How well a sentence's words meet a question's: word by word, across two languages.

Each word of the question is held against every word of the sentence and keeps its best match
(late interaction, Khattab & Zaharia 2020, with a static vector for each word). Words are weighted
by the corpus' own counts, so that one that is everywhere in it tells nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from ingest.facts import number_keys
from ingest.index import Index
from ingest.records import LANGUAGES
from ingest.words import is_content, stem, words

if TYPE_CHECKING:
    from ingest.embedder import Embedder

SAME_STEM = 0.95
FLOOR = 0.3  # cosine of words that have nothing to do with each other
FULL = 0.8  # cosine of words that translate each other
EXPANSIONS = 6  # corpus words that one question word may stand for
EXPANSION_FLOOR = 0.5


@dataclass(frozen=True, slots=True)
class Words:
    """The content words of a text: their weights and vectors (words, dimensions)."""

    words: tuple[str, ...]
    stems: tuple[frozenset[str], ...]
    weights: np.ndarray
    vectors: np.ndarray


class Lexicon:
    """What one index knows of words: their weights, vectors and nearest neighbours."""

    def __init__(self, index: Index, embedder: Embedder) -> None:
        self._embedder = embedder
        self._counts = index.vocabulary
        self._total = max(1, index.manifest.sentences)
        self._vocabulary = [word for language in LANGUAGES for word in self._counts[language]]
        self._sizes = [len(self._counts[language]) for language in LANGUAGES]
        self._matrix = index.word_vectors
        self.words = lru_cache(maxsize=4096)(self._words)
        self._stem_words = self._by_stem()

    def weight(self, word: str) -> float:
        """Return how much a word tells in this corpus, 0 (everywhere) to 1 (rare or unknown)."""
        count = sum(self._counts[language].get(word, 0) for language in LANGUAGES)
        return math.log((self._total + 1) / (count + 0.5)) / math.log((self._total + 1) / 0.5)

    def is_known(self, word: str) -> bool:
        """Return whether the corpus has the word."""
        return any(word in self._counts[language] for language in LANGUAGES)

    def _words(self, text: str) -> Words:
        found = tuple(dict.fromkeys(word for word in words(text) if is_content(word)))
        return Words(
            found,
            tuple(frozenset(stem(word, language) for language in LANGUAGES) for word in found),
            np.array([self.weight(word) for word in found], np.float32),
            self._embedder.encode_words(found),
        )

    def expand(self, question: Words) -> dict[str, list[list[tuple[str, float]]]]:
        """Return for each language, for each question word, the corpus words it may stand for."""
        expanded: dict[str, list[list[tuple[str, float]]]] = {name: [] for name in LANGUAGES}
        start = 0
        for language, size in zip(LANGUAGES, self._sizes, strict=True):
            block = np.asarray(self._matrix[start : start + size], np.float32)
            similar = question.vectors @ block.T if size else np.zeros((len(question.words), 0))
            for place, word in enumerate(question.words):
                found = self._neighbours(language, word, similar[place], start)
                expanded[language].append(
                    [(w, s * float(question.weights[place])) for w, s in found]
                )
            start += size
        return expanded

    def _neighbours(
        self, language: str, word: str, similar: np.ndarray, start: int
    ) -> list[tuple[str, float]]:
        found: dict[str, float] = {}
        for name in LANGUAGES:
            for same in self._stem_words.get(stem(word, name), ()):
                if same in self._counts[language]:
                    found[same] = 1.0 if same == word else SAME_STEM
        top = np.argsort(-similar)[:EXPANSIONS]
        for place in top:
            if similar[place] < EXPANSION_FLOOR:
                break
            found.setdefault(self._vocabulary[start + int(place)], float(similar[place]) ** 2)
        return sorted(found.items(), key=lambda item: (-item[1], item[0]))[: 2 * EXPANSIONS]

    def _by_stem(self) -> dict[str, set[str]]:
        by_stem: dict[str, set[str]] = {}
        for language in LANGUAGES:
            for word in self._counts[language]:
                by_stem.setdefault(stem(word, language), set()).add(word)
        return by_stem


def strengths(question: Words, sentence: Words) -> np.ndarray:
    """Return (question words,) how well each is met by its best word of the sentence, 0 to 1."""
    if not question.words or not sentence.words:
        return np.zeros(len(question.words), np.float32)
    cosines = question.vectors @ sentence.vectors.T
    best = np.clip((cosines - FLOOR) / (FULL - FLOOR), 0.0, 0.9).max(axis=1)
    present = set(sentence.words)
    stems = frozenset().union(*sentence.stems)
    for place, word in enumerate(question.words):
        if word in present:
            best[place] = 1.0
        elif word[0].isdigit():
            best[place] = 0.0  # another number is no match, however near its vector
        elif question.stems[place] & stems:
            best[place] = max(best[place], SAME_STEM)
    return best


def coverage(question: Words, strength: np.ndarray) -> float:
    """Return the share of the question's weight that is met, 0 to 1."""
    total = float(question.weights.sum())
    return float(strength @ question.weights) / total if total else 0.0


def share_of_numbers(question: str, sentence: str) -> float:
    """Return the share of the question's numbers that the sentence has; 0 where it has none."""
    asked = number_keys(question)
    return sum((asked & number_keys(sentence)).values()) / sum(asked.values()) if asked else 0.0


def cosine(one: np.ndarray, two: Sequence[float] | np.ndarray) -> float:
    """Return the cosine of two unit vectors."""
    return float(np.dot(one, np.asarray(two)))
