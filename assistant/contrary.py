"""What contradicts a statement by words alone: an opposite, a denial, an exchange.

Like assistant/checks, but only what is clearly contrary counts: doubt says nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from assistant.actors import Actor
from assistant.checks.order import roles
from assistant.checks.strength import MUST
from assistant.checks.words import denials
from assistant.likeness import MET, SAME_STEM, opposed
from assistant.meeting import TIED, Case, Version
from assistant.reading import Reading, Word
from assistant.senses import sense

LIKELY = 0.6  # strength from which a word tells what is done or denied
CLOSE = 3  # words from a denial within which what it denies must be stated
DUTY = frozenset("need needs needed hoeft hoeven hoefde".split())  # noqa: SIM905
_TOPIC = frozenset({"for", "over", "against", "without"})  # prepositions, by their English names
_NEGATIVE = ("un", "in", "im", "ir", "il", "non", "dis", "on")


def opposite_words(one: Case) -> tuple[Word, Word] | None:
    """Return a word of what is stated and its opposite in the sentence, which lacks the word."""
    given = [other for version in one.versions for other in version.reading.words]
    mine = {side for word in one.claim.words for side in word.sense.sides}
    unmet = {w.place for w, met in zip(one.claim.content, one.union, strict=True) if met < MET}
    unmet |= {w.place for w in one.claim.words if not w.content}
    for word in one.claim.words:
        sides = word.sense.sides
        said = any(o.text == word.text or o.sense.sides & sides for o in given)
        if not sides or ((said or word.place not in unmet) and not one.claim.denials):
            continue
        for other in given:
            if other.sense.sides & mine or word.sense.same & other.sense.same:
                continue
            if other.sense.sides and opposed(word, other):
                return word, other
    return None


def denied_by_one(one: Case) -> str:
    """Return what only one of the two, what is stated and the sentence, denies."""
    if not one.claim.denials:
        return denials(one) if any(_affirmed(one, version) for version in one.versions) else ""
    if len(one.claim.denials) > 1 or any(v.reading.denials for v in one.versions):
        return ""
    if _is_duty(one.claim) and not all(_is_duty(version.reading) for version in one.versions):
        return ""  # what is, need not be
    scope = one.claim.denials[0].scope
    for version in one.versions:
        for row, word in enumerate(one.claim.content):
            if word.place in scope and any(
                _unmakes(version.reading.content[n], word) for n in columns_met(version, [row], MET)
            ):
                return ""  # "not correct" is "incorrect"
    return denials(one)


def _is_duty(reading: Reading) -> bool:
    """Return whether a sentence says of something that it must be, or need not be."""
    needed = sense("need", "en").same
    return any(
        MUST in word.sense.claims or word.sense.same & needed or word.text in DUTY
        for word in reading.words
    )


def _affirmed(one: Case, version: Version) -> bool:
    """Return whether all that stands close to a denial is stated, each by a word of its own.

    Not what something is said to be for or about: "the fine for phoning" does not say that one may.
    """
    best = version.strengths.max(axis=1, initial=0.0, keepdims=True)
    own = (version.strengths >= best - TIED) & (version.strengths >= LIKELY)
    about = np.array([word.preposition in _TOPIC for word in one.claim.content], bool)
    stated, said = (
        {w.place for w, met in zip(version.reading.content, rows.any(axis=0), strict=True) if met}
        for rows in (own, own[~about])
    )
    for denial in version.reading.denials:
        close = {
            word.place
            for word in version.reading.content
            if word.clause == denial.clause
            and 0 < abs(word.place - denial.place) <= CLOSE
            # a Dutch "niet" may follow what it denies
            and (word.place > denial.place or version.reading.language == "nl")
        }
        if close & said and close <= stated:
            return True
    return False


def _unmakes(one: Word, other: Word) -> bool:
    """Return whether the first word may be the other one's contrary by its prefix."""
    return (
        one.text.startswith(_NEGATIVE)
        and not other.text.startswith(_NEGATIVE)
        and one.roots.isdisjoint(other.roots)
    )


def exchanged(who: Actor, one: Case) -> str:
    """Return how who does it and what it is done to have changed places, in the same words.

    In others it may be the same: who lends to another gives what the other borrows.
    """
    if any(met < SAME_STEM for met, n in zip(one.union, one.weights, strict=True) if n == 1):
        return ""
    spoken = tuple(v for v in one.versions if v.reading.language == one.claim.language)
    why = roles(replace(one, versions=spoken))
    named = [word for word in one.claim.content if f"“{word.text}”" in why]
    told_where = any(word.preposition == "in" for word in named)  # "in some cases" does nothing
    return why if not told_where and any(word in who for word in named) else ""


def columns_met(version: Version, rows: Sequence[int], strength: float) -> list[int]:
    """Return the columns of the words that meet one of these rows."""
    best = version.strengths[list(rows)].max(axis=0, initial=0.0)
    return [int(n) for n in np.flatnonzero(best >= strength)]
