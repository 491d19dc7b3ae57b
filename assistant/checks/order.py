"""Who does what: words of the cited sentences put together otherwise say something else."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from assistant.meeting import TIED, Case, Version
from assistant.reading import Reading, Word

LIKELY = 0.6  # strength from which who does what is compared
PRONOUNS = frozenset(
    "it they them he she him her its their ze het hij zij hem hun er".split()  # noqa: SIM905
)
BARE = [True, False, False, True]  # of a and b in the claim, then in the other
DIRECTED = frozenset({"", "from", "to", "for", "behind", "against"})


def roles(one: Case) -> str:
    """Who does what to whom must be as cited, in the claim's language where it is cited in that.

    A passive is told in the other language as well, for it may name a doer that its twin lacks.
    """
    spoken = one.claim.language
    passives = [v for v in one.versions if v.reading.language != spoken and v.reading.doers]
    for version in (*one.spoken, *(passives if one.claim.doers else ())):
        swapped = _swapped(one.claim, version)
        if swapped:
            return f"“{swapped[0]}” and “{swapped[1]}” have changed places"
    return ""


def _swapped(claim: Reading, version: Version) -> tuple[str, str] | None:
    """Return two words of the claim that do what each other do in a version, if there are any."""
    matched = [
        (word, [version.reading.content[n] for n in np.flatnonzero(row >= row.max() - TIED)])
        for word, row in zip(claim.content, version.strengths, strict=True)
        if len(row) and row.max() >= LIKELY
    ]
    for here, (a, like_a) in enumerate(matched):
        for there, (b, like_b) in enumerate(matched[here + 1 :], here + 1):
            foreign = claim.language != version.reading.language
            if a.text == b.text or (foreign and (a.light or b.light)):
                continue
            between = [like for _, like in matched[here + 1 : there]]
            pairs = [(a2, b2) for a2 in like_a for b2 in like_b]
            turned = [_turned(claim, a, b, version.reading, a2, b2, between) for a2, b2 in pairs]
            compared = "than" in (a.preposition, b.preposition)  # "more in Ghent than in Bruges"
            if all(turned) or (compared and any(turned)):
                return a.text, b.text
    return None


def _turned(
    claim: Reading,
    a: Word,
    b: Word,
    other: Reading,
    a2: Word,
    b2: Word,
    between: Sequence[Sequence[Word]],
) -> bool:
    """Return whether a and b, in this order in the claim, do in the other what the other does.

    `between` are the other's words that match those between a and b.
    """
    if a2.place == b2.place:
        return False
    roles = (role(a, claim), role(b, claim), role(a2, other), role(b2, other))
    if roles[0] == roles[3] != roles[1] == roles[2]:
        spoken = claim.language == other.language
        named = spoken and not {"of", "in"} & set(roles)
        return DIRECTED.issuperset(roles) or named or (spoken and set(roles) == {"", "of"})
    named = a.name and b.name and not {"of", "in"} & set(roles)
    if named and [not role for role in roles] in (BARE, [not bare for bare in BARE]):
        return True  # a name that stood bare is under a preposition, and the other way round
    if set(roles) != {""}:
        return False
    if a.place in claim.undergoers and b.place in claim.doers:  # "a is … by b"
        if a2.place in other.doers and b2.place in other.undergoers:
            return True
        return not other.doers and a2.place < b2.place
    if claim.doers:
        # "to be chosen as a by b": a passive without its subject, of which the other is the doer.
        ours = (a.place in claim.doers, b.place in claim.doers)
        theirs = (b2.place in other.doers, a2.place in other.doers)
        return ours == theirs and ours[0] != ours[1]
    if a2.place in other.undergoers and b2.place in other.doers:
        sides = other.doers | other.undergoers
        return any(word.place not in sides for like in between for word in like)
    return not other.doers and any(
        b2.place < word.place < a2.place for like in between for word in like
    )


def role(word: Word, reading: Reading) -> str:
    """Return the preposition a word stands under; "" for none, and for the doer of a passive."""
    return "" if word.place in reading.doers else word.preposition.replace("like", "")
