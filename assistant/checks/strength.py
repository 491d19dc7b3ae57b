"""How much is claimed: all, only, always and must, and what is only possible or planned."""

from __future__ import annotations

import numpy as np

from assistant.likeness import MET
from assistant.meeting import Case, Version
from assistant.reading import Reading, Word

NEAREST = 3  # words by "must" or "only" of which one must be met there
WITHIN = 8  # words from a duty to what it is a duty of
REPEATED = 0.5  # share of what may be so that a claim must repeat to make it a fact
ALL, ALWAYS, ONLY, MUST = range(4)  # lines of the words that claim more, in senses.txt
_ALSO = {  # what a cited sentence may have in their place
    kind: frozenset(row.split())
    for kind, row in {
        ALL: "per annual annually daily both throughout anyone whoever wie iedereen jaarlijks "
        "jaarlijkse dagelijks beide any",
        ALWAYS: "ever continuously voortdurend",
        ONLY: "just single unique maar uniek louter",
        MUST: "should need needs needed necessary essential criteria condition conditions nodig "
        "noodzakelijk voorwaarde voorwaarden criteria vereist hoeft dient dienen",
    }.items()
}
# What these tell of may be so, or is to be so.
_MAYBE = frozenset(
    """
    may might can could would want wants wanted planned aims expect expects expected hope hopes
    intend intends intended opportunity opportunities chance chances potential potentially possible
    possibly likely probably perhaps maybe threat propose proposed proposes predict predicts
    predicted forecast allegedly
    kan kunnen kon konden zou zouden wil willen wilde wilden gepland verwacht verwachten verwachtte
    hoopt hopen bedoeling kans kansen mogelijk mogelijkheid mogelijks waarschijnlijk wellicht
    misschien vermoedelijk dreiging voorstel voorgesteld voorspelt voorspellen
    """.split()  # noqa: SIM905
)


def overstated(one: Case) -> str:
    """ "All", "only", "must", "certainly" must have their like, said of the same, where cited."""
    for word in one.claim.words:
        if word.sense.claims and not any(_as_strong(word, one.claim, v) for v in one.versions):
            return f"“{word.text}” claims more than the cited sentence"
    return ""


def _as_strong(word: Word, claim: Reading, version: Version) -> bool:
    """Return whether a version claims as much as `word` does, within a few words of the same."""
    given = [
        other
        for other in version.reading.words
        if word.sense.claims & other.sense.claims
        or any(other.text in _ALSO.get(kind, ()) for kind in word.sense.claims)
    ]
    near = sorted(
        (n for n, w in enumerate(claim.content) if w.segment == word.segment and not w.light),
        key=lambda n: abs(claim.content[n].place - word.place),
    )[:NEAREST]
    there = [
        w
        for n in near
        for w, met in zip(version.reading.content, version.strengths[n], strict=True)
        if met >= MET
    ]
    if not near:
        return bool(given)
    return any(
        w.part == other.part or abs(w.place - other.place) <= WITHIN
        for w in there
        for other in given
    )


def hedged(one: Case) -> str:
    """What a cited sentence says may be so must not be told as a fact."""
    if any(word.text in _MAYBE for word in one.claim.words):
        return ""
    for source in sorted(one.best):
        told = [version for version in one.spoken if version.source == source]
        if all(_made_fact(version) for version in told):
            return "the cited sentence says only that it may be so"
    return ""


def _made_fact(version: Version) -> bool:
    """Return whether most of what a version says may be so is met."""
    best = version.strengths.max(axis=0, initial=0.0)
    for hedge in version.reading.words:
        if hedge.text not in _MAYBE:
            continue
        there = [
            float(met)
            for word, met in zip(version.reading.content, best, strict=True)
            if word.clause == hedge.clause
            and not word.light
            and (word.place > hedge.place or version.reading.language == "nl")
            and word.place != hedge.place
        ]
        if len(there) > 1 and float(np.mean(np.array(there) >= MET)) >= REPEATED:
            return True
    return False
