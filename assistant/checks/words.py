"""Words that can't be nearly right: names, days, units, opposites, denials."""

from __future__ import annotations

import numpy as np

from assistant.denial import Denial
from assistant.likeness import SURE, TRANSLATED, akin, opposed
from assistant.meeting import Case, Version
from assistant.reading import Reading
from assistant.senses import forms

NAME_MET = 0.55  # strength from which a name is met
NEAR = 0.3  # … and from which a word that opens a sentence has taken a name's place
DENIED = 0.6  # strength from which what is denied is the same
REPEATED = 0.6  # share of what is denied that a claim must repeat to affirm it


def names(one: Case) -> str:
    """A name must be in a cited sentence.

    A name may open a sentence; there it is known by the name that it has taken the place of.
    """
    for n, (word, strength) in enumerate(zip(one.claim.content, one.union, strict=True)):
        if word.name and strength < NAME_MET:
            return f"the name “{word.text}” is in no cited sentence"
        if one.claim.text[word.start].isupper() and not word.light and strength < TRANSLATED:
            for version in one.versions:
                found = version.strengths[n]
                other = version.reading.content[int(found.argmax())] if len(found) else word
                near = other.name and found.max() >= NEAR and not akin(word.text, other.text)
                if near and version.reading.language == one.claim.language:
                    return f"the name “{word.text}” is in no cited sentence"
    return ""


def members(one: Case) -> str:
    """A day, month, direction, unit or colour must be one that a cited sentence has."""
    for word in one.claim.words:
        mine = word.sense.members
        if not mine:
            continue
        given = [other for version in one.at(word.segment) for other in version.reading.words]
        if any(
            mine & other.sense.members
            or word.text == other.text
            or any(form in other.text for form in forms(mine))
            for other in given
        ):
            continue
        if not one.cross or any(word.sense.sets & other.sense.sets for other in given):
            return f"“{word.text}” is in no cited sentence"
    return ""


def opposites(one: Case) -> str:
    """A word whose opposite the cited sentences have must be there itself."""
    mine = frozenset(side for word in one.claim.words for side in word.sense.sides)
    for word in one.claim.words:
        sides = frozenset(side for side in word.sense.sides if -side not in mine)
        given = [other for version in one.at(word.segment) for other in version.reading.words]
        if not sides or any(
            sides & other.sense.sides
            or word.text == other.text
            or (word.sense.same & other.sense.same and not opposed(word, other))
            for other in given
        ):
            continue
        against = next((o for o in given if any(-side in o.sense.sides for side in sides)), None)
        if against:
            return f"“{word.text}” where the cited sentence has “{against.text}”"
    return ""


def denials(one: Case) -> str:
    """A denial must be a cited sentence's own, and none of what is repeated may go missing."""
    most: dict[int, int] = {}
    for version in one.versions:
        most[version.source] = max(most.get(version.source, 0), len(version.reading.denials))
    if len(one.claim.denials) > sum(most.values()):
        return "it denies more than the cited sentences do"
    for denial in one.claim.denials:
        if one.cross and any(version.reading.denials for version in one.versions):
            continue
        if not any(_denied(denial, one.claim, version) for version in one.versions):
            return "it denies what no cited sentence denies"
    homes = [version for version in one.versions if version.source in one.best]
    if any(_dropped(version, one.claim) for version in homes):
        return "a cited sentence denies it"
    return ""


def _denied(denial: Denial, claim: Reading, version: Version) -> bool:
    """Return whether a version denies what the claim's denial stands by."""
    rows = [n for n, word in enumerate(claim.content) if word.place in denial.core]
    places = {place for other in version.reading.denials for place in other.scope}
    columns = [n for n, word in enumerate(version.reading.content) if word.place in places]
    if not rows:
        return bool(version.reading.denials)
    return bool(version.strengths[np.ix_(rows, columns)].max(initial=0.0) >= DENIED)


def _dropped(version: Version, claim: Reading) -> bool:
    """Return whether a claim affirms what the version denies: most of it, or what is nearest."""
    best = version.strengths.max(axis=0, initial=0.0)
    column = {word.place: n for n, word in enumerate(version.reading.content)}
    heavy = {word.place for word in version.reading.content if not word.light}
    kept = 0
    for denial in version.reading.denials:
        met = [best[column[place]] >= DENIED for place in denial.scope if place in heavy]
        if not denial.scope:  # "hoe het niet moet": then all that is said around it
            here = [w.place for w in version.reading.content if w.clause == denial.clause]
            kept += bool(here) and all(best[column[place]] >= DENIED for place in here)
        core = [best[column[place]] >= SURE for place in denial.core if place in column]
        kept += (bool(met) and sum(met) > REPEATED * len(met)) or (len(core) > 1 and all(core))
    return kept > len(claim.denials) and (kept - len(claim.denials)) % 2 == 1
