"""Recognise two articles as translations of each other, and align their sentences into twins.

Dynamic programming over sentence similarity, in article order, as in Vecalign (Thompson & Koehn
2019): one to one, one to many, many to one, or none. Similarity comes from the bilingual
embedder; agreeing numbers and length (Gale & Church 1993) settle what it leaves open.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ingest.facts import number_keys
from ingest.records import Article

if TYPE_CHECKING:
    from ingest.embedder import Embedder

# Groups of sentences that may say the same: (from the first article, from the second).
STEPS = ((1, 1), (1, 2), (2, 1), (1, 3), (3, 1))  # two with two would pair what is one to one
GROUP_COST = 0.2  # each sentence beyond 1-1 costs this; with .08 neighbours were lumped together
MATCH = (
    0.32  # on XQuAD with three in ten sentences missing P .96, R 1; free translations need it low
)
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
    if not first or not second:
        return []
    gains = _gains(first, second, embedder)
    best = [[0.0] * (len(second) + 1) for _ in range(len(first) + 1)]
    back: dict[tuple[int, int], tuple[int, int]] = {}
    for i in range(len(first) + 1):
        for j in range(len(second) + 1):
            score, step = (best[i - 1][j], (1, 0)) if i else (-math.inf, (0, 0))
            if j and best[i][j - 1] > score:
                score, step = best[i][j - 1], (0, 1)
            for (a, b), gain in gains.items():
                if i >= a and j >= b and best[i - a][j - b] + gain[i - a][j - b] > score:
                    score, step = best[i - a][j - b] + gain[i - a][j - b], (a, b)
            best[i][j], back[i, j] = (score, step) if i or j else (0.0, (0, 0))
    beads = []
    i, j = len(first), len(second)
    while i or j:
        a, b = back[i, j]
        if a and b:
            beads.append((range(i - a, i), range(j - b, j)))
        i, j = i - a, j - b
    return beads[::-1]


def _gains(
    first: Sequence[str], second: Sequence[str], embedder: Embedder
) -> dict[tuple[int, int], list[list[float]]]:
    """Return for each step (a, b) what it is worth to pair a sentences from i with b from j.

    All places at once: one by one, three hundred sentences on each side took ten times longer.
    """
    sides = [_Side.of(texts, embedder) for texts in (first, second)]
    # A sentence that is close to everything is evidence of nothing (Vecalign's normalisation).
    similarity = sides[0].vectors[1] @ sides[1].vectors[1].T
    usual = (similarity.mean(axis=1), similarity.mean(axis=0))
    gains = {}
    for a, b in STEPS:
        if a > len(first) or b > len(second):
            continue
        score = sides[0].vectors[a] @ sides[1].vectors[b].T - MATCH
        often = np.add.outer(_runs(usual[0], a), _runs(usual[1], b)) / 2
        score -= np.maximum(0.0, often - 0.1)
        score += _number_evidence(sides[0].numbers[a], sides[1].numbers[b])
        lengths = np.subtract.outer(np.log(sides[0].lengths[a]), np.log(sides[1].lengths[b]))
        score -= 0.1 * np.maximum(0.0, np.abs(lengths) - 0.4)
        gains[a, b] = (score * (a + b) / 2 - GROUP_COST * (a + b - 2)).tolist()
    return gains


def _runs(values: np.ndarray, size: int) -> np.ndarray:
    """Return the mean of each run of `size` values."""
    means: np.ndarray = np.convolve(values, np.ones(size) / size, mode="valid")
    return means


def _number_evidence(first: list[set[str]], second: list[set[str]]) -> np.ndarray:
    """Return from .1 where two groups have the same numbers to -.1 where they share none."""
    evidence = np.zeros((len(first), len(second)))
    for i, one in enumerate(first):
        for j, two in enumerate(second):
            if one or two:
                evidence[i, j] = 0.2 * (2 * len(one & two) / (len(one) + len(two))) - 0.1
    return evidence


@dataclass(frozen=True, slots=True)
class _Side:
    """One article's runs of one to three sentences, by size: their vectors, lengths, numbers."""

    vectors: dict[int, np.ndarray]
    lengths: dict[int, np.ndarray]
    numbers: dict[int, list[set[str]]]

    @classmethod
    def of(cls, texts: Sequence[str], embedder: Embedder) -> _Side:
        """Return the runs of these sentences."""
        keys = [set(number_keys(text)) for text in texts]
        sizes = range(1, min(3, len(texts)) + 1)
        starts = {size: range(len(texts) - size + 1) for size in sizes}
        joined = {size: [" ".join(texts[i : i + size]) for i in starts[size]] for size in sizes}
        lengths = {n: np.array([sum(map(len, texts[i : i + n])) for i in starts[n]]) for n in sizes}
        numbers = {n: [set[str]().union(*keys[i : i + n]) for i in starts[n]] for n in sizes}
        vectors = {size: embedder.encode_passages(joined[size]) for size in sizes}
        return cls(vectors, lengths, numbers)


def _pairs(articles: list[Article], embedder: Embedder) -> list[tuple[Article, Article]]:
    """Return candidate translations: each other's nearest; page mates first."""
    sides = [
        [a for a in articles if a.language == language and a.sentences] for language in ("nl", "en")
    ]
    if not all(sides):
        return []
    vectors = [embedder.encode_passages([f"{a.title}. {a.text}" for a in side]) for side in sides]
    alike = vectors[0] @ vectors[1].T
    pages, kinds = (
        [[getattr(a, name) for a in side] for side in sides] for name in ("page", "kind")
    )
    alike += 0.2 * np.equal.outer(np.array(pages[0]), np.array(pages[1]))
    alike -= 2.0 * np.not_equal.outer(np.array(kinds[0]), np.array(kinds[1]))
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
