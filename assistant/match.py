"""How well texts meet a question, word by word, across the two languages of one index.

The matching itself is ingest/bilingual.py's, shared with the retrieval evals; here it meets the
index: its vocabulary, and texts that are sentences, translations or expected questions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from ingest.bilingual import Asked, Ids, Lexicon, Passage, ask, best_matches
from ingest.index import Index
from ingest.records import LANGUAGES, Language

if TYPE_CHECKING:
    from ingest.embedder import Embedder


SHARPNESS = 2.0  # power of idf by which a question's words are weighted


@dataclass(frozen=True, slots=True)
class Text:
    """A text as positions in its language's lexicon; words the corpus lacks are left out."""

    language: Language
    ids: Ids


class Matcher:
    """Meets questions with texts of one index; safe to use from several threads."""

    def __init__(self, index: Index, embedder: Embedder) -> None:
        self._embedder = embedder
        self._lexicons = dict(_lexicons(index))
        self.asked = lru_cache(maxsize=512)(self._ask)
        self.text = lru_cache(maxsize=65_536)(self._text)
        texts = sum(lexicon.texts for lexicon in self._lexicons.values())
        self._rarest = float(np.log1p(2 * texts + 1))  # idf of a word that no text has, in nats
        self._telling = {
            name: np.log1p((lexicon.texts + 0.5) / (lexicon.counts + 0.5))
            for name, lexicon in self._lexicons.items()
        }

    def _ask(self, question: str) -> Asked:
        """Return the question with its words' weights sharpened.

        Among the sentences of a few articles, a word that one in five has ("China") still has a
        third of a rare word's idf; squared, a tenth.
        """
        asked = ask(question, "", list(self._lexicons.values()), self._embedder)
        rarity = asked.weights * asked.told
        sharp = rarity**SHARPNESS * self._rarest ** (1 - SHARPNESS)
        total = float(sharp.sum())
        return replace(asked, weights=sharp / max(total, 1e-9), told=total)

    def _text(self, text: str, language: Language) -> Text:
        return Text(language, self._lexicons[language].ids(text))

    def passage(self, sentences: Sequence[str], language: Language) -> Passage:
        """Return a chunk's sentences as `rank_passages` reads them."""
        return Passage.of_sentences(sentences, self._lexicons[language], self._embedder)

    def strengths(self, asked: Asked, texts: Sequence[Text]) -> np.ndarray:
        """Return (texts, question words) the strength of each word's best match, 0 to 1."""
        found = np.zeros((len(texts), len(asked.words)), np.float32)
        for language in LANGUAGES:
            places = [n for n, text in enumerate(texts) if text.language == language]
            if places and asked.words:
                ids = [texts[n].ids for n in places]
                found[places] = best_matches(asked, language, ids)
        return found

    def returned(self, asked: Asked, texts: Sequence[Text]) -> tuple[np.ndarray, np.ndarray]:
        """Return (texts,) the share of each text's weight that the question meets, and that weight.

        The weight is the sum of its words' idf, in nats.
        """
        shares = np.zeros(len(texts), np.float32)
        told = np.zeros(len(texts), np.float32)
        for language in LANGUAGES:
            known = [n for n, t in enumerate(texts) if t.language == language and len(t.ids)]
            if not known:
                continue
            ids = np.concatenate([texts[n].ids for n in known])
            starts = np.cumsum([0, *(len(texts[n].ids) for n in known[:-1])])
            met = asked.strengths[language].max(axis=0, initial=0.0)
            weights = self._telling[language][ids]
            told[known] = np.add.reduceat(weights, starts)
            shares[known] = np.add.reduceat(met[ids] * weights, starts)
        shares /= np.maximum(told, 1e-9)
        return shares, told


def _lexicons(index: Index) -> Mapping[str, Lexicon]:
    found: dict[str, Lexicon] = {}
    start = 0
    for language in LANGUAGES:
        counts = index.vocabulary[language]
        vectors = index.word_vectors[start : start + len(counts)]
        found[language] = Lexicon(language, counts, max(1, index.manifest.sentences // 2), vectors)
        start += len(counts)
    return found


def coverage(asked: Asked, strengths: np.ndarray) -> np.ndarray:
    """Return (texts,) the share of the question's weight that each meets, 0 to 1.

    A question without content words ("how many?") leaves nothing unmet.
    """
    shares: np.ndarray = strengths @ asked.weights
    return shares if asked.words else np.ones(len(strengths), np.float32)
