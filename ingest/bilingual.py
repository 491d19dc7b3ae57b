"""Word by word from a question to passages, across two languages: expand, match, rank.

    lexicon = Lexicon.of_texts(texts, "en", embedder)      # the words of a collection
    asked = ask("Hoeveel octrooien?", "nl", [lexicon], embedder)
    asked.expanded("en")                                   # for the lexical index
    rank_passages(asked, passages)                         # scores, the best is highest

Each question word is held against every word of the collection once, which gives a strength from
0 to 1: 1 for the same word, .95 for the same stem, else the cosine of the word vectors or the
likeness of spelling, whichever is more. A passage keeps the best match of each question word
(late interaction: Khattab & Zaharia 2020, https://arxiv.org/abs/2004.12832, with one static
vector a word), and question words count by how rare they and their matches are in the collection.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest.embedder import Embedder
from ingest.embedder.static import Vectors
from ingest.words import is_content, stem, words

SAME_STEM = 0.95
EXPANSION_FLOOR = 0.4  # weaker matches do not count as the word's occurrence
EXPANSIONS = 12  # collection words, in each language, that one question word may stand for
K1, B = 0.9, 0.4  # BM25's saturation and length normalisation, Lucene's values for passages
# Weights of the parts of a passage's score, each 0 to about 1. Fitted by hand on half of XQuAD's
# articles and flat: halving or doubling one moves mean nDCG@10 by .003 at most (docs/embedder.md).
LEXICAL, LATE, BEST_SENTENCE, DENSE, DENSE_SENTENCE = 1.0, 0.5, 0.5, 0.5, 0.5
_GRAM = 3

Ids = NDArray[np.int64]
NO_IDS = np.array([], np.int64)
NONE = np.zeros(1, np.float32)
BLANK = np.array([-1])  # the column of zeros: closes each run, so that none is empty


class Lexicon:
    """The content words of a collection in one language: counts, vectors, stems, spellings."""

    def __init__(
        self, language: str, counts: Mapping[str, int], texts: int, vectors: Vectors
    ) -> None:
        """`counts` gives in how many of `texts` texts a word is; `vectors` are in its order."""
        self.language = language
        self.texts = texts
        self.words = tuple(counts)
        self.counts = np.fromiter(counts.values(), np.float32, len(counts))
        self.vectors = np.asarray(vectors, np.float32)
        self._ids = {word: index for index, word in enumerate(self.words)}
        self._by_stem = _postings((stem(word, language),) for word in self.words)
        self._by_gram = _postings(_grams(word) for word in self.words)
        self._grams = np.array([len(_grams(word)) for word in self.words], np.float32)
        self._is_number = np.array([word[0].isdigit() for word in self.words], bool)

    @classmethod
    def of_texts(cls, texts: Iterable[str], language: str, embedder: Embedder) -> "Lexicon":
        """The lexicon of the given texts."""
        counts: Counter[str] = Counter()
        total = 0
        for text in texts:
            counts.update({word for word in words(text) if is_content(word, language)})
            total += 1
        ordered = dict(sorted(counts.items()))
        return cls(language, ordered, total, embedder.encode_words(list(ordered)))

    def ids(self, text: str) -> Ids:
        """The positions of the text's words in this lexicon, in order; others are left out."""
        found = (self._ids.get(word, -1) for word in words(text))
        return np.array([index for index in found if index >= 0], np.int64)

    def strengths(self, asked: Sequence[str], language: str, vectors: Vectors) -> Vectors:
        """(asked words, lexicon words): how well each meets each, 0 to 1.

        `language` is the question's, "" if not known: then its stems in both count.
        """
        matrix: Vectors = np.clip(vectors @ self.vectors.T, 0.0, 1.0)
        matrix[:, self._is_number] = 0.0
        for row, word in zip(matrix, asked, strict=True):
            if word[0].isdigit():
                row[:] = 0.0  # a number is itself or another number, never nearly the same
            else:
                np.maximum(row, self._likeness(word), out=row)
            if language in ("", self.language):
                row[self._by_stem.get(stem(word, self.language), [])] = SAME_STEM
            if word in self._ids:
                row[self._ids[word]] = 1.0
        return matrix

    def _likeness(self, word: str) -> Vectors:
        """(lexicon words,): Dice's coefficient of letter trigrams, for names and loan words."""
        grams = _grams(word)
        hits = [self._by_gram[gram] for gram in grams if gram in self._by_gram]
        if not hits:
            return np.zeros(len(self.words), np.float32)
        shared = np.bincount(np.concatenate(hits), minlength=len(self.words))
        return (2.0 * shared / (self._grams + len(grams))).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question's content words, what they weigh and what they meet in each language."""

    words: tuple[str, ...]
    weights: Vectors  # (words,), of sum 1; rare in the collection is heavy
    told: float  # how much all words tell together: the sum of their idf, in nats
    vector: Vectors  # (dimensions,)
    strengths: Mapping[str, Vectors]  # language -> (words, lexicon words + 1); last column zeros
    vocabulary: Mapping[str, tuple[str, ...]]  # language -> lexicon words

    def expanded(self, language: str) -> list[list[tuple[str, float]]]:
        """For each question word the collection's words it may stand for, with their weights.

        A weight is the word's own weight times the square of the match's strength: as boosts of
        terms of which the best counts, they make a lexical index bilingual.
        """
        names = self.vocabulary[language]
        return [
            [(names[i], float(weight * row[i] ** 2)) for i in _strongest(row[:-1])]
            for row, weight in zip(self.strengths[language], self.weights, strict=True)
        ]


def ask(question: str, language: str, lexicons: Sequence[Lexicon], embedder: Embedder) -> Asked:
    """The question as the rest of this module reads it. `language` may be "" when not known."""
    found = tuple(dict.fromkeys(word for word in words(question) if is_content(word, language)))
    vectors = embedder.encode_words(found)
    strengths = {
        lexicon.language: lexicon.strengths(found, language, vectors) for lexicon in lexicons
    }
    rarity = _rarity(lexicons, strengths, len(found))
    return Asked(
        words=found,
        weights=(rarity / max(float(rarity.sum()), 1e-9)).astype(np.float32),
        told=float(rarity.sum()),
        vector=embedder.encode_queries([question])[0],
        strengths={name: np.pad(matrix, ((0, 0), (0, 1))) for name, matrix in strengths.items()},
        vocabulary={lexicon.language: lexicon.words for lexicon in lexicons},
    )


def _rarity(lexicons: Sequence[Lexicon], strengths: Mapping[str, Vectors], number: int) -> Vectors:
    """(words,): BM25's idf in nats, where a text counts as having a word by its best match.

    Summing over the matches overstates that a little when they share texts; it costs .001.
    """
    total = sum(lexicon.texts for lexicon in lexicons)
    having = np.zeros(number, np.float32)
    for lexicon in lexicons:
        for word, row in enumerate(strengths[lexicon.language]):
            best = _strongest(row)
            count = float(lexicon.counts[best] @ row[best] ** 2)
            having[word] += min(count, lexicon.texts)
    idf: Vectors = np.log1p((total - having + 0.5) / (having + 0.5)).astype(np.float32)
    return idf


def _strongest(row: Vectors) -> Ids:
    """The positions of the strongest matches of one question word, best first."""
    over = np.flatnonzero(row >= EXPANSION_FLOOR)
    return over[np.argsort(-row[over], kind="stable")[:EXPANSIONS]]


@dataclass(frozen=True, slots=True)
class Passage:
    """Sentences as positions in the lexicon of their language, with their vectors."""

    language: str
    sentences: tuple[Ids, ...]
    terms: Ids  # the different positions in all sentences …
    counts: Vectors  # … and how often each occurs
    vectors: Vectors  # (1 + sentences, dimensions): the whole passage, then each sentence

    @classmethod
    def of_sentences(
        cls, sentences: Sequence[str], lexicon: Lexicon, embedder: Embedder
    ) -> "Passage":
        """A passage of the lexicon's language, read once and then ranked for any question."""
        sentences = sentences or [""]
        vectors = embedder.encode_passages([" ".join(sentences), *sentences])
        ids = tuple(lexicon.ids(sentence) for sentence in sentences)
        terms, counts = np.unique(np.concatenate([NO_IDS, *ids]), return_counts=True)
        return cls(lexicon.language, ids, terms, counts.astype(np.float32), vectors)


def rank_passages(asked: Asked, passages: Sequence[Passage]) -> Vectors:
    """(passages,): how well each answers; comparable between languages.

    The weighted sum of BM25 over best matches (an occurrence counts by its strength squared),
    late interaction with the whole passage and with its best sentence, and the cosine of the
    question's vector with the passage's and with its best sentence's.
    """
    scores = np.zeros(len(passages), np.float32)
    average = float(np.mean([passage.counts.sum() for passage in passages])) if passages else 0.0
    for language in asked.strengths:
        places = [i for i, passage in enumerate(passages) if passage.language == language]
        if places:
            group = [passages[i] for i in places]
            scores[places] = _rank_group(asked, language, group, max(average, 1.0))
    return scores


def _rank_group(asked: Asked, language: str, group: Sequence[Passage], average: float) -> Vectors:
    """As `rank_passages`, for passages of one language."""
    rows = _starts([len(passage.vectors) - 1 for passage in group])
    sentences = [sentence for passage in group for sentence in passage.sentences]
    best = best_matches(asked, language, sentences)
    cosines = np.concatenate([passage.vectors for passage in group]) @ asked.vector
    wholes = _starts([len(passage.vectors) for passage in group])
    whole_cosines = cosines[wholes]
    scores = (
        LEXICAL * (asked.weights @ _lexical(asked.strengths[language], group, average))
        + LATE * (np.maximum.reduceat(best, rows, axis=0) @ asked.weights)
        + BEST_SENTENCE * np.maximum.reduceat(best @ asked.weights, rows)
        + DENSE * whole_cosines
        + DENSE_SENTENCE * np.maximum.reduceat(np.delete(cosines, wholes), rows)
    )
    return np.asarray(scores, np.float32)


def _lexical(strengths: Vectors, group: Sequence[Passage], average: float) -> Vectors:
    """(question words, passages): BM25's term weight, 0 to 1 + K1, of the best match of each."""
    sizes = [len(passage.terms) + 1 for passage in group]
    terms = np.concatenate([part for passage in group for part in (passage.terms, BLANK)])
    counts = np.concatenate([part for passage in group for part in (passage.counts, NONE)])
    length = np.repeat([passage.counts.sum() for passage in group], sizes)
    frequency = counts * (K1 + 1) / (counts + K1 * (1 - B + B * length / average))
    matched = strengths[:, terms]
    counted = matched**2 * (matched >= EXPANSION_FLOOR) * frequency
    return np.asarray(np.maximum.reduceat(counted, _starts(sizes), axis=1), np.float32)


def best_matches(asked: Asked, language: str, sentences: Sequence[Ids]) -> Vectors:
    """(sentences, question words): the strength of each word's best match in each sentence."""
    if not sentences:
        return np.zeros((0, len(asked.words)), np.float32)
    flat = np.concatenate([part for ids in sentences for part in (ids, BLANK)])
    starts = _starts([len(ids) + 1 for ids in sentences])
    best: Vectors = np.maximum.reduceat(asked.strengths[language][:, flat], starts, axis=1).T
    return best


def _starts(sizes: Sequence[int]) -> Ids:
    """Where each of several runs of these sizes begins when they are laid end to end."""
    return np.cumsum([0, *sizes[:-1]])


def _grams(word: str) -> frozenset[str]:
    """Letter trigrams with marked ends of a word of four letters or more; none of a number."""
    if len(word) < 4 or word[0].isdigit():
        return frozenset()
    marked = f"^{word}$"
    return frozenset(marked[i : i + _GRAM] for i in range(len(marked) - _GRAM + 1))


def _postings(keys_of: Iterable[Iterable[str]]) -> dict[str, Ids]:
    """Key -> the positions of the items that have it."""
    found: dict[str, list[int]] = {}
    for position, keys in enumerate(keys_of):
        for key in keys:
            found.setdefault(key, []).append(position)
    return {key: np.array(positions, np.int64) for key, positions in found.items()}
