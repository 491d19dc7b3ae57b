"""What general Dutch and English words have to do with each other: the same, opposites, kinds.

Word vectors put "increase" next to "decrease" and Monday next to Friday. To say whether one
sentence supports another that is not good enough, so opposites, closed sets (days, months,
directions, units) and words of degree, duty and certainty are written down in senses.txt, and so
are common ways to say the same that vectors of this size miss.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

from ingest.records import Language
from ingest.words import stem, stopwords

_ENDING = re.compile(r"(?:(?<=....)(?:den|ten|de|te|d|t|ere|ste|st)|(?<=...)(?:en|er|e))$")
_DOUBLED = re.compile(r"([bdfgklmnprst])\1$")
_OPEN = re.compile(r"(?:^|[^aeiou])([aeou])[^aeiouw]$")
_VOICELESS = {"v": "f", "z": "s"}


@lru_cache(maxsize=65_536)
def roots(word: str, language: str) -> frozenset[str]:
    """Return a word's stem and, in Dutch, what it may be a form of.

    Snowball leaves "koesterde" and "gefinancierd" apart from "koesteren" and "financieren", and
    "grote" from "groot".
    """
    found = {stem(word, language)}
    if language == "nl" and len(word) > 4 and (match := _ENDING.search(word)):
        front = word[: match.start()]
        found |= {stem(front, language), *_bare(front)}
        if front.startswith("ge") and len(front) > 5:
            found |= {stem(front[2:], language), *_bare(front[2:])}
    return frozenset(found)


def _bare(front: str) -> set[str]:
    """Return how a Dutch word may be spelled without an ending: grot → groot, dikk → dik."""
    found = {front}
    if _DOUBLED.search(front):
        found.add(front[:-1])
    elif open_syllable := _OPEN.search(front):
        found.add(front[:-2] + 2 * open_syllable.group(1) + front[-1])
    return found | {one[:-1] + _VOICELESS[one[-1]] for one in found if one[-1] in _VOICELESS}


@cache
def _table(name: str) -> str:
    """Return the lines of one table of senses.txt."""
    text = resources.files("assistant").joinpath("senses.txt").read_text("utf-8")
    return re.split(rf"^\[{name}\].*\n", text, flags=re.M)[1].partition("\n[")[0].strip("\n")


@cache
def _light() -> frozenset[tuple[str, str]]:
    halves = zip(("en", "nl"), _table("light").split("/"), strict=True)
    return frozenset(
        (language, form)
        for language, half in halves
        for word in half.split()
        for form in (word, stem(word, language))
    )


def is_light(word: str, language: Language) -> bool:
    """Return whether a lower-cased word says little by itself."""
    return (language, word) in _light() or (language, stem(word, language)) in _light()


def _read(table: str) -> dict[tuple[str, str], frozenset[int]]:
    """Return {(language, word or stem): the lines of the table that have it}.

    A word that is listed itself goes before one that only shares its stem: "developed" is not
    "developing".
    """
    listed: dict[tuple[str, str], set[int]] = {}
    stems: dict[tuple[str, str], set[int]] = {}
    for number, line in enumerate(table.splitlines()):
        for language, half in zip(("en", "nl"), line.partition("/")[::2], strict=True):
            for word in half.split():
                listed.setdefault((language, word), set()).add(number)
                if len(word) > 3 and word not in stopwords(language):
                    for root in roots(word, language):
                        stems.setdefault((language, "~" + root), set()).add(number)
    return {key: frozenset(lines) for key, lines in {**stems, **listed}.items()}


@cache
def _tables() -> tuple[dict[tuple[str, str], frozenset[int]], ...]:
    """The tables, read once: same, one side of opposites, the other side, sets, claims."""
    lines = [line.split("><") for line in _table("opposite").splitlines()]
    ones, others = ("\n".join(line[side] for line in lines) for side in (0, 1))
    return (
        _read(_table("same")),
        _read(ones),
        _read(others),
        _read(_table("sets")),
        _read(_table("claims")),
    )


@cache
def _set_of() -> dict[int, int]:
    """Return {line of the sets: the set it belongs to}."""
    found, number = {}, 0
    for line, text in enumerate(_table("sets").splitlines()):
        number += not text
        found[line] = number
    return found


@dataclass(frozen=True, slots=True)
class Sense:
    """What the tables know of a word: its meanings, the opposites' two sides, members, claims."""

    same: frozenset[int]
    sides: frozenset[int]  # a line's number from 1, positive on its left side, else negative
    members: frozenset[int]
    sets: frozenset[int]
    claims: frozenset[int]


NOTHING = Sense(*(frozenset[int]() for _ in range(5)))


@lru_cache(maxsize=65_536)
def sense(word: str, language: Language) -> Sense:
    """Return what the tables know of a lower-cased word."""
    nothing: frozenset[int] = frozenset()
    inflects = len(word) > 4 and word not in stopwords(language)
    whole = (language, word)
    shared = [(language, "~" + root) for root in sorted(roots(word, language))]

    def lines(table: dict[tuple[str, str], frozenset[int]]) -> frozenset[int]:
        if whole in table or not inflects:
            return table.get(whole, nothing)
        return nothing.union(*(table.get(root, nothing) for root in shared))

    same, ones, others, members, claims = _tables()
    left, right = ones.get(whole, nothing), others.get(whole, nothing)
    if inflects and not left and not right:
        left, right = lines(ones), lines(others)
    own = members.get(whole, nothing)
    if inflects and not own:  # by no looser likeness: "achter" is no form of "achtste"
        own = members.get((language, "~" + stem(word, language)), nothing)
    found = Sense(
        same=lines(same),
        sides=frozenset(n + 1 for n in left) | frozenset(-n - 1 for n in right),
        members=own,
        sets=frozenset(_set_of()[line] for line in own),
        claims=claims.get(whole, nothing),
    )
    return NOTHING if found == NOTHING else found


@lru_cache(maxsize=1024)
def forms(members: frozenset[int]) -> tuple[str, ...]:
    """Return the Dutch words for these members of sets that may end a compound: "beginjaren"."""
    lines = _table("sets").splitlines()
    words = " ".join(lines[line].partition("/")[2] for line in members).split()
    return tuple(word for word in words if len(word) > 3)
