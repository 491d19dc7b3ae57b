"""A written sentence beside the sentences it cites: how well each word meets each.

one = case(claim, versions, before)
one.union          # how well what is cited meets each of the claim's content words
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assistant.likeness import functional
from assistant.reading import Reading

LIGHT_WEIGHT = 0.3
OPENING = 3  # words of a claim that may tell who it is about
BEFORE = 0.9  # what a match in the sentence before counts for
TIED = 0.05  # matches this near to the best count as it
HOME = 0.3  # weight that a source may lack of the best one and count as what a segment is from


@dataclass(frozen=True, slots=True)
class Version:
    """A cited sentence in one language, and how well each of its words meets each of the claim's.

    `strengths` is (claim's content words, its content words), 0 to 1.
    """

    source: int  # its source's place among the cited
    reading: Reading
    strengths: np.ndarray

    @property
    def best(self) -> np.ndarray:
        """(claim's content words,): the strength of the best match of each."""
        best: np.ndarray = self.strengths.max(axis=1, initial=0.0)
        return best


@dataclass(frozen=True, slots=True)
class Case:
    """A claim, the versions of what it cites, and how well each source meets its words.

    `met` is (sources, claim's content words). `homes` gives, by segment of the claim, the sources
    that meet it best; `union` is how well the best one meets the segment's words, for what a
    segment says must be one sentence's and not put together from two.
    """

    claim: Reading
    versions: tuple[Version, ...]
    met: np.ndarray
    union: np.ndarray
    weights: np.ndarray
    homes: dict[int, frozenset[int]]

    @property
    def covered(self) -> float:
        """The share of the claim's content that is met."""
        return float(self.union @ self.weights) / max(1e-9, float(self.weights.sum()))

    @property
    def cross(self) -> bool:
        """Whether the claim's language is none that it could be compared in."""
        return all(v.reading.language != self.claim.language for v in self.versions)

    @property
    def spoken(self) -> list[Version]:
        """The versions in the claim's language, and those of sources that have none in it."""
        spoken = {v.source for v in self.versions if v.reading.language == self.claim.language}
        return [
            v
            for v in self.versions
            if v.reading.language == self.claim.language or v.source not in spoken
        ]

    @property
    def best(self) -> frozenset[int]:
        """The sources that some segment is from."""
        return frozenset[int]().union(*self.homes.values())

    def at(self, segment: int) -> list[Version]:
        """Return the versions of the sources that a segment is from."""
        home = self.homes.get(segment)
        return [v for v in self.versions if home is None or v.source in home]


def case(claim: Reading, versions: Sequence[Version], before: Sequence[Version]) -> Case:
    """Return the claim beside what it cites."""
    size = len(claim.content)
    met = np.zeros((1 + max(version.source for version in versions), size), np.float32)
    for version in versions:
        met[version.source] = np.maximum(met[version.source], version.best)
        met[version.source] = np.maximum(met[version.source], functional(claim, version.reading))
    union = met.max(axis=0)
    light = np.array([word.light for word in claim.content], bool)
    weights = np.where(light, LIGHT_WEIGHT, 1.0).astype(np.float32)
    homes = {}
    segments = np.array([word.segment for word in claim.content], int)
    for segment in set(segments.tolist()):
        here = segments == segment
        shares = (met * weights)[:, here].sum(axis=1)
        union[here] = met[int(shares.argmax()), here]
        homes[segment] = frozenset(np.flatnonzero(shares >= shares.max() - HOME).tolist())
    opening = np.cumsum(~light) <= OPENING
    for version in before:  # tells who it is about, no more
        union = np.maximum(union, BEFORE * version.best * opening)
    return Case(claim, tuple(versions), met, union, weights, homes)
