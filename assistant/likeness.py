"""How well the words of one sentence meet those of another: by vectors, letters and senses.txt."""

from __future__ import annotations

import numpy as np
from rapidfuzz import fuzz

from assistant.reading import Reading, Word
from assistant.senses import NOTHING

SAME_STEM = 0.95
SAME_SENSE = 0.8  # the tables of assistant/senses.py say that two words mean the same
COGNATE = 0.6  # two words spelled nearly alike in two languages: sanctions, sancties
PAIR = 0.88  # cosine from which two words together meet one
TRANSLATED = 0.75  # cosine of a name and itself in the other language
NAME_RATIO = 77  # per cent of letters that a name keeps in the other language
MET = 0.45  # strength from which a word is taken to be met by another
SURE = 0.75  # strength from which who does what is compared


def strengths(
    claim: Reading, vectors: np.ndarray, other: Reading, others: np.ndarray
) -> np.ndarray:
    """Return (claim's content words, other's): how well each meets each, 0 to 1.

    The cosine of the word vectors, or more for the same word, stem or sense. Two words of a
    kind (two weekdays) and opposites meet not at all. Two words together ("niche markets") may
    meet one ("nichemarkten").
    """
    found: np.ndarray = np.clip(vectors @ others.T, 0.0, 1.0)
    if not found.size:
        return found
    both = vectors @ _pairs(others).T
    both[both < PAIR] = 0.0
    found[:, :-1] = np.maximum(found[:, :-1], both)
    found[:, 1:] = np.maximum(found[:, 1:], both)
    both = _pairs(vectors) @ others.T
    both[both < PAIR] = 0.0
    found[:-1] = np.maximum(found[:-1], both)
    found[1:] = np.maximum(found[1:], both)
    foreign = claim.language != other.language
    for row, one in zip(found, claim.content, strict=True):
        for column, two in enumerate(other.content):
            like = _likeness(one, two, foreign)
            if one.name and two.name and row[column] < TRANSLATED:
                row[column] = 0.0  # Spain is near Italy, and is not Italy
            if like > row[column]:
                row[column] = like
            if apart(one, two):
                row[column] = 0.0
    taken = found.max(axis=0) >= SAME_STEM  # a word that is repeated says nothing of another one
    found[:, taken] = np.where(found[:, taken] < SURE, 0.0, found[:, taken])
    return found


def functional(claim: Reading, other: Reading) -> np.ndarray:
    """(claim's content words,): how well a word of the other that is no content word meets each.

    "Frequently" is content and "often" is not, and they say the same.
    """
    given = [word for word in other.words if not word.content and word.sense is not NOTHING]
    foreign = claim.language != other.language
    best = [max((_likeness(w, o, foreign) for o in given), default=0.0) for w in claim.content]
    return np.array(best, np.float32)


def _pairs(vectors: np.ndarray) -> np.ndarray:
    """Return (words - 1, dimensions): the vectors of each two words that follow each other."""
    sums = vectors[:-1] + vectors[1:]
    scaled: np.ndarray = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)
    return scaled


def _likeness(one: Word, two: Word, foreign: bool) -> float:
    """Return how alike two words are by their letters and by senses.txt, 0 to 1."""
    if one.text == two.text:
        return 1.0
    if foreign and one.text[0] == two.text[0] and _same_name(one.text, two.text):
        return SAME_SENSE if one.name else COGNATE
    if one.name and two.name and akin(one.text, two.text):
        return SAME_SENSE
    if not foreign and not one.roots.isdisjoint(two.roots):
        return SAME_STEM
    mine, theirs = one.sense, two.sense
    if mine is NOTHING or theirs is NOTHING:
        return 0.0
    if mine.same & theirs.same or mine.members & theirs.members or mine.sides & theirs.sides:
        return SAME_SENSE
    return 0.0


def akin(one: str, two: str) -> bool:
    """Return whether two words may be forms of one name: China and Chinese, India and Indiase."""
    kept = min(len(one), len(two)) - 1
    return kept > 2 and one[:kept] == two[:kept]


def _same_name(one: str, two: str) -> bool:
    """Return whether two words may be a name in two languages: Kenya and Kenia."""
    near = abs(len(one) - len(two)) <= 1 and min(len(one), len(two)) > 4
    return near and fuzz.ratio(one, two) >= NAME_RATIO


def apart(one: Word, two: Word) -> bool:
    """Return whether two words are opposites, or different members of one set."""
    if one.text == two.text:
        return False
    mine, theirs = one.sense, two.sense
    if mine.members and theirs.members and mine.sets & theirs.sets:
        return not mine.members & theirs.members
    return bool(mine.sides and theirs.sides) and opposed(one, two)


def opposed(one: Word, two: Word) -> bool:
    """Return whether two words are opposites of each other, and nowhere the same."""
    if one.sense.sides & two.sense.sides:
        return False
    return any(-side in two.sense.sides for side in one.sense.sides)
