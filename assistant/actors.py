"""Who does it: the words that name the doer in a sentence as verification reads it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from assistant.denial import denies
from assistant.grammar import AND, DETERMINERS, OPENERS, PREPOSITIONS, RELATIVES
from assistant.reading import Reading, Word

# A subject before these is something, or undergoes it.
_BEING = frozenset(
    """
    is are was were be been being become became
    ben bent zijn waren word wordt worden werd werden geworden blijft bleef
    """.split()  # noqa: SIM905
)
_CLEFT = re.compile(
    r"^\W*(?:it|het|dat) (?:is|was|are|were|zijn|waren) (?P<doer>.+?),? "
    r"(?:who|that|which|die|dat) ",
    re.I,
)
_ACTS = re.compile(r"[^\W\d_]+ing\b", re.I)  # "by attacking" tells how, not who

ADJECTIVE = re.compile(r"(?:an|ese|ish|ch|sh|se|sche|isch)$")  # "European", "Chinese"
PRONOUNS = frozenset(
    "it him her them us me you ze hem haar hen hun ons mij je u".split()  # noqa: SIM905
)
AHEAD = 3  # words after a doer within which what it does must begin

Actor = tuple[Word, ...]  # its content words


def asserted_actor(claim: Reading) -> Actor:
    """Return who does what a claim tells of; () where nobody does or that can't be told.

    "X does it", "it is done by X", "it is X who does it".
    """
    if cleft := _CLEFT.match(claim.text):
        start, end = cleft.span("doer")
        return tuple(w for w in claim.content if start <= w.start < end and not w.preposition)
    if groups := list(_by(claim)):
        return groups[0] if len(groups) == 1 else ()
    if any(word.text in _BEING for word in claim.words if not word.clause):
        return ()
    return _doer(*_opening(claim, 0), claim)


def stated_actor(other: Reading, told: Sequence[frozenset[int]]) -> Actor:
    """Return who does what is told of in a cited sentence.

    `told` has for each word of the deed the places that may tell of it. The doer is named by the
    "by" that follows most of these, or right before the first of them; with words too many rather
    than too few.
    """
    places = frozenset[int]().union(*told)
    groups = [(_tells(other, group[0], told), group) for group in _by(other)]
    most = max((count for count, _ in groups), default=0)
    best = [group for count, group in groups if count == most]
    if most and len(best) == 1:
        return best[0]
    if most:
        return ()  # either may have done it
    said = Counter(other.words[p].clause for row in told for p in row)
    clause = min(said, key=lambda c: (-said[c], c))
    first = min(place for place in places if other.words[place].clause == clause)
    return _before(other, first, places)


def _tells(other: Reading, doer: Word, told: Sequence[frozenset[int]]) -> int:
    """Return how many words of the deed stand before "by" a doer, the last one right before."""
    here = {w.place for w in other.words[: doer.place] if w.clause == doer.clause}
    places = [place for row in told for place in row & here]
    between = other.words[max(places) + 1 : doer.place] if places else ()
    heavy = [word for word in between if word.content and not word.light]
    if not places or len(heavy) > 1 or (heavy and between[0].text not in AND):
        return 0
    return sum(not row.isdisjoint(here) for row in told)


def _before(other: Reading, first: int, told: frozenset[int]) -> Actor:
    """Return who is named right before the first word that is told in a clause."""
    start = first
    while start and other.words[start - 1].clause == other.words[first].clause:
        start -= 1
    if start and other.words[start].text in RELATIVES and first - start <= AHEAD:
        return _antecedent(other, start)
    run, _ = _opening(other, start)
    named = run and (run[0].place > start or any(word.name for word in run))
    passive = any(w.text in _BEING for w in other.words[start : first + 1])
    if not named or passive or not run[0].place < first <= run[-1].place + AHEAD:
        return ()
    return tuple(word for word in run if word.place not in told)


def _by(reading: Reading) -> Iterator[Actor]:
    """Yield the words after each "by"; not those of "by doing it", "door het te doen"."""
    group: list[Word] = []
    for place in range(len(reading.words) + 1):
        word = reading.words[place] if place < len(reading.words) else None
        over = word is None or word.preposition != "by" or PREPOSITIONS.get(word.text) == "by"
        if over or (group and word and word.clause > group[-1].clause):
            how = group and (_ACTS.fullmatch(group[0].text) or (word and word.text == "te"))
            if group and not how:
                yield tuple(group)
            group = []
        if word is not None and word.preposition == "by" and word.content:
            group.append(word)


def _opening(reading: Reading, start: int) -> tuple[list[Word], Word | None]:
    """Return the content words from `start` to the first other word, and that word.

    They may end with the verb and, where they end with names, with what it is done to.
    """
    run: list[Word] = []
    for word in reading.words[start:]:
        if run and word.clause > run[-1].clause:
            return run, None
        if denies(word.text, reading.language):
            return run, word
        if word.content and word.preposition in ("", "of"):
            run.append(word)
        elif not (
            (run and (word.preposition == "of" or word.text in AND))
            or (not run and word.text in DETERMINERS)
        ):
            return run, word
    return run, None


def _doer(run: list[Word], after: Word | None, reading: Reading) -> Actor:
    """Return the subject that opens a run of words, () where it can't be told from the verb."""
    own = after is not None and not (
        after.preposition or after.text in DETERMINERS | OPENERS or after.text in PRONOUNS
    )
    if own or len(run) < 2:  # the word after is the verb, or comes before it
        return tuple(run)
    capitals = [reading.text[word.start].isupper() for word in run]
    small = [n for n, capital in enumerate(capitals) if not capital]
    if not small:
        return ()
    if capitals[0]:  # "Thoreau inspired Gandhi", "the European Commission chooses"
        if not ADJECTIVE.search(run[small[0] - 1].text):
            return tuple(run[: small[0]])
        if not run[0].place:  # "European firms drive": which is the verb?
            return ()
    return tuple(run[: small[-1]]) or tuple(run)


def _antecedent(reading: Reading, place: int) -> Actor:
    """Return the words right before a relative pronoun, back to what is none of theirs."""
    run: list[Word] = []
    for word in reversed(reading.words[:place]):
        if not (word.content or word.text in AND):
            break
        run.append(word)
    return tuple(word for word in reversed(run) if word.content)
