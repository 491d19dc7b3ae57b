"""What belongs together: a word and what it is said of, and pairs."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np

from assistant.likeness import SURE, apart
from assistant.meeting import Case, Version
from assistant.reading import Reading, Word

QUOTED = 0.9  # share of words in common from which a claim is a quotation
BESIDE = 3  # words before another that what belongs to it may stand


def rivals(one: Case) -> str:
    """What stands right before a word must not, in the cited sentence, stand before another one.

    Where the cited sentence has "new players" and "old cars", "old players" are not in it. Asked
    of names, opposites and members of sets.
    """
    for version in one.spoken:
        for word, after in pairwise(one.claim.content):
            home = version.source in one.homes[word.segment]
            if after.place - word.place > 1 or after.segment != word.segment or not home:
                continue
            rows = [one.claim.content.index(w) for w in (word, after)]
            heads = {
                version.reading.content[n].place
                for n in np.flatnonzero(version.strengths[rows[1]] >= SURE)
            }
            own = {
                version.reading.content[n].place
                for n in np.flatnonzero(version.strengths[rows[0]] >= SURE)
            } | {other.place for other in version.reading.words if other.text == word.text}
            if not heads or any(0 < h - o <= BESIDE for h in heads for o in own):
                continue
            for other in version.reading.words:
                if other.place + 1 in heads and other.place not in own and _rival(word, other):
                    return f"“{after.text}” of “{other.text}”, not of “{word.text}”"
    return ""


def _rival(word: Word, other: Word) -> bool:
    """Return whether one of two words can't stand for the other."""
    return (word.name and other.name) or apart(word, other)


def paired(one: Case) -> str:
    """Two days, names or numbers each keep the other kind's that they stand by."""
    for version in one.versions:
        kinds = _items(one.claim, version)
        for first, those in kinds.items():
            for second, others in kinds.items():
                if first == second or len(those) < 2 or len(others) < 2:
                    continue
                mine = {n: min(others, key=lambda o: abs(o[0] - t[0])) for n, t in enumerate(those)}
                right = {
                    n: min(others, key=lambda o: abs(o[1] - t[1])) for n, t in enumerate(those)
                }
                wrong = [n for n in mine if mine[n] != right[n]]
                if len(wrong) > 1 and {mine[n] for n in wrong} == {right[n] for n in wrong}:
                    return "it pairs what the cited sentence pairs otherwise"
    return ""


def _items(claim: Reading, version: Version) -> dict[str, list[tuple[int, int]]]:
    """Return the claim's names and members of sets by kind: their places in it and the version."""
    found: dict[str, list[tuple[int, int]]] = {}
    for word, row in zip(claim.content, version.strengths, strict=True):
        like = [version.reading.content[n] for n in np.flatnonzero(row >= SURE)]
        if len(like) != 1 or not (word.name or word.sense.sets):
            continue
        kind = "name" if word.name and not word.sense.sets else str(sorted(word.sense.sets))
        places = found.setdefault(kind, [])
        if kind != "name" or not places or word.place - places[-1][0] > 1:
            places.append((word.place, like[0].place))
    return found


def transposed(one: Case) -> str:
    """Names that trade places in a quotation whose other words stay where they were are wrong."""
    for version in one.versions:
        mine = [word.text for word in one.claim.content]
        theirs = [word.text for word in version.reading.content]
        common = (Counter(mine) & Counter(theirs)).total()
        if common < QUOTED * max(len(mine), len(theirs)):
            continue
        names = {word.text for word in one.claim.content if word.name}
        moved = _common(mine, theirs, names) != _common(theirs, mine, names)
        words = (set(mine) | set(theirs)) - names
        if moved and _common(mine, theirs, words) == _common(theirs, mine, words):
            return "names have changed places"
    return ""


def _common(here: list[str], there: list[str], wanted: set[str]) -> list[str]:
    """Return the wanted words that both texts have, in the order of the first."""
    return [word for word in here if word in wanted and word in there]
