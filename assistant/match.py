"""How well a text's words meet a question's: word by word, across two languages.

Each word of the question is held against every word of the text and keeps its best match (late
interaction, Khattab & Zaharia 2020, with one static vector for each word). Words are weighted by
the corpus' own counts, so that one that is everywhere in it tells nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from rapidfuzz import fuzz, process

from ingest.facts import number_keys
from ingest.index import Index
from ingest.records import LANGUAGES
from ingest.words import is_content, stem, words

if TYPE_CHECKING:
    from ingest.embedder import Embedder

SAME_STEM = 0.95
FLOOR = 0.3  # cosine of words that have nothing to do with each other
FULL = 0.8  # cosine of words that translate each other
SPELLING = 75  # percent alike in letters: names across languages, typing errors
SPELLED = 4  # letters; shorter words are alike by chance
EXPANSIONS = 6  # corpus words that one question word may stand for
EXPANSION_FLOOR = 0.5
COMMON = 0.1  # the least that a word counts, however common
TELLING = 1.2  # length of a telling word's vector; training left common words shorter


@dataclass(frozen=True, slots=True)
class Words:
    """The content words of a text, each once, with their weights (words,) from 0 to 1."""

    words: tuple[str, ...]
    weights: np.ndarray


class Lexicon:
    """What one index knows of words: their weights, vectors and nearest neighbours."""

    def __init__(self, index: Index, embedder: Embedder) -> None:
        self._embedder = embedder
        self._counts = index.vocabulary
        self._total = max(1, index.manifest.sentences // len(LANGUAGES))
        self._vocabulary = [word for language in LANGUAGES for word in self._counts[language]]
        self._sizes = [len(self._counts[language]) for language in LANGUAGES]
        self._matrix = index.word_vectors
        self._forms = self._by_stem()
        self._vector = lru_cache(maxsize=50_000)(self._encode)
        self.weight = lru_cache(maxsize=50_000)(self._weigh)
        self.words = lru_cache(maxsize=16_384)(self._words)

    def is_known(self, word: str) -> bool:
        """Return whether the corpus has the word, in either language."""
        return any(word in self._counts[language] for language in LANGUAGES)

    def strengths(self, asked: Words, texts: Sequence[Words]) -> np.ndarray:
        """Return (texts, question words) how well each word is met by its best match, 0 to 1."""
        found = np.zeros((len(texts), len(asked.words)), np.float32)
        filled = [place for place, text in enumerate(texts) if text.words]
        if not filled or not asked.words:
            return found
        distinct = {word: n for n, word in enumerate({w: 0 for t in texts for w in t.words})}
        match = self._match(asked.words, tuple(distinct))
        flat = np.array([distinct[word] for place in filled for word in texts[place].words])
        starts = np.cumsum([0, *(len(texts[place].words) for place in filled[:-1])])
        found[filled] = np.maximum.reduceat(match[:, flat], starts, axis=1).T
        return found

    def _match(self, asked: tuple[str, ...], others: tuple[str, ...]) -> np.ndarray:
        """Return (asked, others) how well two words match: the same, a form, alike in meaning."""
        cosines = self._vectors(asked) @ self._vectors(others).T
        match = np.clip((cosines - FLOOR) / (FULL - FLOOR), 0.0, 0.9)
        spelled = process.cdist(asked, others, scorer=fuzz.ratio, score_cutoff=SPELLING) / 100
        long = np.array([len(word) >= SPELLED for word in others])
        stems = [_stems(word) for word in others]
        for row, word in enumerate(asked):
            if len(word) >= SPELLED:
                match[row] = np.maximum(match[row], np.where(long, spelled[row] * 0.9, 0.0))
            if word[0].isdigit():
                match[row] = 0.0  # another number is no match, however near its vector
            own = _stems(word)
            for column, other in enumerate(others):
                if other == word:
                    match[row, column] = 1.0
                elif own & stems[column]:
                    match[row, column] = max(match[row, column], SAME_STEM)
        return match

    def expand(self, question: Words) -> dict[str, list[list[tuple[str, float]]]]:
        """Return for each language, for each question word, the corpus words it may stand for."""
        expanded: dict[str, list[list[tuple[str, float]]]] = {}
        start = 0
        vectors = self._vectors(question.words)
        for language, size in zip(LANGUAGES, self._sizes, strict=True):
            block = np.asarray(self._matrix[start : start + size], np.float32)
            similar = vectors @ block.T if size else np.zeros((len(question.words), 0))
            expanded[language] = [
                [
                    (form, strength * float(weight))
                    for form, strength in self._neighbours(language, word, similar[place], start)
                ]
                for place, (word, weight) in enumerate(
                    zip(question.words, question.weights, strict=True)
                )
            ]
            start += size
        return expanded

    def _neighbours(
        self, language: str, word: str, similar: np.ndarray, start: int
    ) -> list[tuple[str, float]]:
        found: dict[str, float] = {}
        for form in self._forms_of(word):
            if form in self._counts[language]:
                found[form] = 1.0 if form == word else SAME_STEM
        for place in np.argsort(-similar)[:EXPANSIONS]:
            if similar[place] < EXPANSION_FLOOR:
                break
            found.setdefault(self._vocabulary[start + int(place)], float(similar[place]) ** 2)
        return sorted(found.items(), key=lambda item: (-item[1], item[0]))[: 2 * EXPANSIONS]

    def _weigh(self, word: str) -> float:
        """Return how much a word tells, 0 (nothing) to 1: rare in this corpus, and in general.

        The corpus' share falls with the square of the inverse document frequency, so that what
        every other sentence names is left with next to nothing.
        """
        count = self._sentences_with(word)
        # A word that the corpus lacks tells no more than one that it has once.
        rare = math.log((self._total + 1) / max(1, count)) / math.log(self._total + 1)
        return max(0.0, rare) ** 2 * self._informative(word)

    def _sentences_with(self, word: str) -> int:
        """Return in how many sentences a form of the word stands, in the language with most."""
        forms = self._forms_of(word) | {word}
        return max(
            sum(self._counts[language].get(form, 0) for form in forms) for language in LANGUAGES
        )

    def _informative(self, word: str) -> float:
        length = float(np.linalg.norm(self._embedder._sum([[word]])[0]))
        return min(1.0, max(COMMON, length / TELLING)) if length else 1.0

    def _words(self, text: str) -> Words:
        found = tuple(dict.fromkeys(word for word in words(text) if is_content(word)))
        return Words(found, np.array([self.weight(word) for word in found], np.float32))

    def _vectors(self, asked: Sequence[str]) -> np.ndarray:
        return np.stack([self._vector(word) for word in asked]) if asked else np.zeros((0, 1))

    def _encode(self, word: str) -> np.ndarray:
        return self._embedder.encode_words([word])[0]

    def _forms_of(self, word: str) -> set[str]:
        return {form for own in _stems(word) for form in self._forms.get(own, ())}

    def _by_stem(self) -> dict[str, set[str]]:
        by_stem: dict[str, set[str]] = {}
        for language in LANGUAGES:
            for word in self._counts[language]:
                by_stem.setdefault(stem(word, language), set()).add(word)
        return by_stem


@lru_cache(maxsize=50_000)
def _stems(word: str) -> frozenset[str]:
    return frozenset(stem(word, language) for language in LANGUAGES)


def coverage(question: Words, strength: np.ndarray) -> float:
    """Return the share of the question's weight that is met, 0 to 1."""
    total = float(question.weights.sum())
    return float(strength @ question.weights) / total if total else 0.0


def share_of_numbers(question: str, sentence: str) -> float:
    """Return the share of the question's numbers that the sentence has; 0 where it has none."""
    asked = number_keys(question)
    return sum((asked & number_keys(sentence)).values()) / sum(asked.values()) if asked else 0.0
