"""Figures: each must be a cited sentence's, with its bound, of what it is there a figure of."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np

from assistant.likeness import MET, SURE
from assistant.meeting import Case, Version
from assistant.reading import Reading, Word
from ingest.facts import Number

MANY = 6  # numbers of a sentence beyond which nearness tells little
CLOSE = 14  # characters after a number within which what it counts stands
RANGE = 25  # characters within which two numbers are one range: "between 13 and 53 million"
TURNED, UNTURNED = 1.1, 0.6
_NOT = r"(?<!no )(?<!not )(?<!niet )"
_LOWER = re.compile(
    rf"(?:at least|minimum(?: of)?|no (?:less|fewer) than|not less than|minstens|ten minste|"
    rf"minimaal|{_NOT}more than|over|above|{_NOT}meer dan|ruim|niet minder dan|older than|"
    rf"ouder dan)\W+(?:\w+\W+)?$", re.I
)  # fmt: skip
_UPPER = re.compile(
    rf"(?:at most|no(?:t)? more than|maximum(?: of)?|hoogstens|maximaal|ten hoogste|"
    rf"niet meer dan|{_NOT}(?:less|fewer) than|under|below|{_NOT}minder dan|nearly|almost|bijna|"
    rf"younger than|jonger dan|up to)\W+(?:\w+\W+)?$", re.I
)  # fmt: skip
_NO_MORE = re.compile(
    r"(?:about|around|some|roughly|approximately|zo['’]n|ongeveer|circa|only|just|slechts|maar|"
    r"amper)\W+$",
    re.I,
)


def unsaid(one: Case) -> str:
    """Each number must be in a cited sentence, with the same bound and by the same words."""
    claim = one.claim
    for number in claim.numbers:
        same = [
            (version, other)
            for version in one.versions
            for other in version.reading.numbers
            if other.key == number.key
        ]
        if not same:
            return f"the number {number.key} is in no cited sentence"
        mine = _bound(claim.text[: number.start])
        theirs = [_bound(version.reading.text[: other.start]) for version, other in same]
        vague = [
            bool(_NO_MORE.search(version.reading.text[: other.start])) for version, other in same
        ]
        if mine and all(
            -mine == bound or (not bound and (mine < 0 or about))
            for bound, about in zip(theirs, vague, strict=True)
        ):
            return f"the bound on {number.key} is another"
    return ""


def _bound(before: str) -> int:
    """Return 1 where a number after this text is a lower bound, -1 for an upper one, else 0."""
    return -1 if _UPPER.search(before) else 1 if _LOWER.search(before) else 0


def misplaced(one: Case) -> str:
    """A number must stand by the words that it stands by in a cited sentence, not another's."""
    for version in one.versions:
        if len(version.reading.numbers) > MANY:
            continue
        found = [n for n in one.claim.numbers if n.key in {o.key for o in version.reading.numbers}]
        for place, first in enumerate(found):
            for second in found[place + 1 :]:
                if first.key != second.key and _exchanged(one.claim, version, first, second):
                    return f"{first.key} and {second.key} have changed places"
    return ""


def counts_other(one: Case) -> str:
    """What a number counts must be what it counts in a cited sentence."""
    for number in one.claim.numbers:
        counted = _next(one.claim, number)
        if counted is None:
            continue
        for version in one.versions:
            row = _counted(counted, one.claim, version)
            theirs = [n for n in version.reading.numbers if n.key == number.key]
            rivals = [
                n
                for n in version.reading.numbers
                if n.key != number.key and (w := _next(version.reading, n)) and row(w)
            ]
            if (
                theirs
                and rivals
                and all((w := _next(version.reading, n)) and not row(w) for n in theirs)
                and min(abs(n.start - r.start) for n in theirs for r in rivals) > RANGE
            ):
                return f"{number.key} counts something else than “{counted.text}”"
    return ""


def _next(reading: Reading, number: Number) -> Word | None:
    """Return what a number counts: the content word or unit right after it."""
    if _kind(number) == "year":
        return None
    sign = [w for w in reading.words if number.start - 2 <= w.start < number.start]
    if sign and sign[0].sense.members:
        return sign[0]
    later = [w for w in reading.words if number.end <= w.start <= number.end + CLOSE]
    return next((w for w in later if not w.light and (w.content or w.sense.members)), None)


def _counted(word: Word, claim: Reading, version: Version) -> Callable[[Word], bool]:
    """Return whether a word of the version is the claim's `word`."""
    rows = {w.place: n for n, w in enumerate(claim.content)}
    columns = {w.place: n for n, w in enumerate(version.reading.content)}

    def same(other: Word) -> bool:
        if word.text == other.text or word.sense.members & other.sense.members:
            return True
        if word.place not in rows or other.place not in columns:
            return False
        return bool(version.strengths[rows[word.place], columns[other.place]] >= SURE)

    return same


def _exchanged(claim: Reading, version: Version, first: Number, second: Number) -> bool:
    """Return whether two numbers of the claim stand by each other's words in a version."""
    others = {number.key: number for number in version.reading.numbers}
    one, two = others[first.key], others[second.key]
    if _kind(first) != _kind(second):
        return False
    kept = _nearness(claim, version, first, one) + _nearness(claim, version, second, two)
    crossed = _nearness(claim, version, first, two) + _nearness(claim, version, second, one)
    turned = one.start > two.start
    return kept < (TURNED if turned else UNTURNED) * crossed


def _kind(number: Number) -> str:
    """Return "year", "percent" or "": a number is not mistaken for one of another kind."""
    year = 1000 <= number.value <= 2100 and number.end - number.start == 4
    return "percent" if number.percent else "year" if year else ""


def _nearness(claim: Reading, version: Version, mine: Number, theirs: Number) -> float:
    """Return how much the words around a number of the claim are those around another's."""
    near = np.array([_closeness(w.start, theirs) for w in version.reading.content], np.float32)
    total = 0.0
    for word, row in zip(claim.content, version.strengths, strict=True):
        weight = _closeness(word.start, mine)
        if weight > 0:
            total += weight * float((np.where(row >= MET, row, 0.0) * near).max(initial=0.0))
    return total


def _closeness(start: int, number: Number) -> float:
    """Return 1 for a word right after the number, less with distance, less for words before."""
    gap = start - number.end if start >= number.end else (number.start - start) * 1.5
    return 1 / (1 + max(0.0, gap) / 8)
