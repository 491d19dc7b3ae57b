"""Recognise two articles as translations of each other, and align their sentences into twins.

Dynamic programming over sentence similarity, in article order, as in Vecalign (Thompson & Koehn
2019): one to one, one to many, many to one, or none. Similarity comes from the bilingual
embedder; agreeing numbers and length (Gale & Church 1993) settle what it leaves open.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ingest.facts import number_keys
from ingest.records import Article

if TYPE_CHECKING:
    from ingest.embedder import Embedder

# Groups of sentences that may say the same: (from the first article, from the second).
STEPS = ((1, 1), (1, 2), (2, 1), (1, 3), (3, 1), (2, 2))
GROUP_COST = 0.08  # a group must earn its looseness: each sentence beyond 1-1 costs this much
MATCH = 0.36  # tuned on XQuAD articles with three in ten sentences missing: P .87, R .98
ARTICLE_MATCH = 0.3  # share of aligned sentences below which two articles are no translations


def align_articles(articles: list[Article], embedder: Embedder) -> list[Article]:
    """Return the articles with `translation_id` and their sentences' `twins` filled in."""
    aligned = {article.id: article for article in articles}
    for one, two in _pairs(articles, embedder):
        beads = align_sentences(
            [s.text for s in one.sentences], [s.text for s in two.sentences], embedder
        )
        shorter = min(len(one.sentences), len(two.sentences))
        if sum(min(len(a), len(b)) for a, b in beads) < ARTICLE_MATCH * shorter:
            continue
        aligned[one.id], aligned[two.id] = _with_twins(one, two, beads)
    return [aligned[article.id] for article in articles]


def align_sentences(
    first: Sequence[str], second: Sequence[str], embedder: Embedder
) -> list[tuple[range, range]]:
    """Return the groups of sentences that say the same, in order; the rest has no twin."""
    score = _Scores(first, second, embedder)
    best = np.zeros((len(first) + 1, len(second) + 1))
    back: dict[tuple[int, int], tuple[int, int]] = {}
    for i in range(len(first) + 1):
        for j in range(len(second) + 1):
            options = [((0, 0), -math.inf)] if i or j else [((0, 0), 0.0)]
            if i:
                options.append(((1, 0), best[i - 1, j]))
            if j:
                options.append(((0, 1), best[i, j - 1]))
            for a, b in STEPS:
                if i >= a and j >= b:
                    options.append(((a, b), best[i - a, j - b] + score.gain(i - a, i, j - b, j)))
            back[i, j], best[i, j] = max(options, key=lambda option: option[1])
    beads = []
    i, j = len(first), len(second)
    while i or j:
        a, b = back[i, j]
        if a and b:
            beads.append((range(i - a, i), range(j - b, j)))
        i, j = i - a, j - b
    return beads[::-1]


class _Scores:
    """How much it is worth to call two groups of sentences each other's translation."""

    def __init__(self, first: Sequence[str], second: Sequence[str], embedder: Embedder) -> None:
        self._sides = (first, second)
        self._vectors = tuple(_group_vectors(side, embedder) for side in self._sides)
        singles = [
            np.stack([v[i, i + 1] for i in range(len(side))])
            for side, v in zip(self._sides, self._vectors, strict=True)
        ]
        # A sentence that is close to everything is evidence of nothing (Vecalign's normalisation).
        similarity = singles[0] @ singles[1].T
        self._usual = (similarity.mean(axis=1), similarity.mean(axis=0))
        self._numbers = [[number_keys(text) for text in side] for side in self._sides]

    def gain(self, a: int, b: int, c: int, d: int) -> float:
        """Return the gain of pairing sentences a..b of the first with c..d of the second."""
        vectors = self._vectors
        alike = float(vectors[0][a, b] @ vectors[1][c, d])
        usual = (self._usual[0][a:b].mean() + self._usual[1][c:d].mean()) / 2
        score = alike - max(0.0, float(usual) - 0.1) - MATCH
        score += self._number_evidence(a, b, c, d) + self._length_evidence(a, b, c, d)
        size = (b - a) + (d - c)
        return score * size / 2 - GROUP_COST * (size - 2)

    def _number_evidence(self, a: int, b: int, c: int, d: int) -> float:
        one = {key for counts in self._numbers[0][a:b] for key in counts}
        two = {key for counts in self._numbers[1][c:d] for key in counts}
        if not one and not two:
            return 0.0
        return 0.2 * (2 * len(one & two) / (len(one) + len(two))) - 0.1

    def _length_evidence(self, a: int, b: int, c: int, d: int) -> float:
        one = sum(len(text) for text in self._sides[0][a:b])
        two = sum(len(text) for text in self._sides[1][c:d])
        return -0.1 * max(0.0, abs(math.log(one / two)) - 0.4)


def _group_vectors(
    texts: Sequence[str], embedder: Embedder
) -> dict[tuple[int, int], np.ndarray]:
    """Return the vector of every run of one to three sentences, by its (start, end)."""
    spans = [
        (i, i + size) for size in (1, 2, 3) for i in range(len(texts) - size + 1)
    ]
    vectors = embedder.encode_passages([" ".join(texts[a:b]) for a, b in spans])
    return dict(zip(spans, vectors, strict=True))


def _pairs(articles: list[Article], embedder: Embedder) -> list[tuple[Article, Article]]:
    """Return candidate translations: each other's nearest of the other language, page mates first."""
    sides = [
        [a for a in articles if a.language == language and a.sentences] for language in ("nl", "en")
    ]
    if not all(sides):
        return []
    vectors = [embedder.encode_passages([f"{a.title}. {a.text}" for a in side]) for side in sides]
    alike = vectors[0] @ vectors[1].T
    for i, one in enumerate(sides[0]):
        for j, two in enumerate(sides[1]):
            alike[i, j] += 0.2 * (one.page == two.page) - 2.0 * (one.kind != two.kind)
    best = (alike.argmax(axis=1), alike.argmax(axis=0))
    return [
        (one, sides[1][best[0][i]])
        for i, one in enumerate(sides[0])
        if best[1][best[0][i]] == i and one.kind == sides[1][best[0][i]].kind
    ]


def _with_twins(
    one: Article, two: Article, beads: list[tuple[range, range]]
) -> tuple[Article, Article]:
    twins: dict[str, tuple[str, ...]] = {}
    for first, second in beads:
        left = tuple(one.sentences[i].id for i in first)
        right = tuple(two.sentences[j].id for j in second)
        twins.update({**dict.fromkeys(left, right), **dict.fromkeys(right, left)})

    def paired(article: Article, translation: Article) -> Article:
        sentences = tuple(replace(s, twins=twins.get(s.id, ())) for s in article.sentences)
        return replace(article, translation_id=translation.id, sentences=sentences)

    return paired(one, two), paired(two, one)
