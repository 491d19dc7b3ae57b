"""A sentence as verification reads it: its words, clauses, denials, numbers and who does what."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from assistant.denial import Denial, denial, denies
from assistant.grammar import (
    AND,
    BREAKS,
    CONTRASTS,
    DETERMINERS,
    JOINS,
    NEUTRAL,
    OPENERS,
    PREPOSITIONS,
    RELATIVES,
)  # fmt: skip
from assistant.senses import NOTHING, Sense, is_light, roots, sense
from ingest.facts import Number, numbers
from ingest.records import Language
from ingest.words import is_content, normalise, stopwords

_TOKEN = re.compile(
    r"\d+(?:[.,]\d+)*[^\W\d_]*|[^\W\d_]+(?:(?!['’]s\b)['’&][^\W\d_]+|\d+)*|[€$£%]|[,;:()—–]"
)
_SIGNS = {"€": "euro", "$": "dollar", "£": "pound"}
_HAVE_TO = re.compile(r"(?:have|has|had|having) to\b", re.I)
_YEAR = re.compile(r"(?:1[0-9]|20)\d\d")
_OPENS = re.compile(r"[.!?:]\W*$|[\"“]$")  # after these a capital is no name
_PASSIVE = re.compile(
    r"\b(?:is|are|was|were|be|been|being|word|wordt|worden|werd|werden|geworden|zijn)\b", re.I
)


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a sentence."""

    text: str
    place: int  # among the sentence's words
    start: int
    clause: int
    part: int  # a stretch with a subject of its own: after "while", ";", ", who"
    segment: int  # a clause, or a part of one before or after "and"
    sense: Sense
    roots: frozenset[str]
    content: bool
    light: bool  # says little by itself
    name: bool
    preposition: str  # that it stands under, by its English name


@dataclass(frozen=True, slots=True)
class Reading:
    """A sentence, read."""

    text: str
    language: Language
    words: tuple[Word, ...]
    content: tuple[Word, ...]
    numbers: tuple[Number, ...]
    denials: tuple[Denial, ...]
    doers: frozenset[int]  # places of content words after the "by" of a passive …
    undergoers: frozenset[int]  # … and of those before its "is" or "was"


def read(text: str, language: Language) -> Reading:
    """Return `text` as verification sees it."""
    shown = NEUTRAL.sub(lambda match: "_" * len(match.group()), text)
    found = tuple(number for number in numbers(text) if not _is_ten(number, text, language))
    tokens = [(m.group(), m.start()) for m in _TOKEN.finditer(shown)]
    rows: list[Word] = []
    denials: list[tuple[int, bool]] = []  # places, and whether right after a break
    clause, part, segment, preposition, opens = 0, 0, 0, "", True
    previous, commas = "", 0
    for surface, start in tokens:
        if surface == "s" and shown[start - 1 : start] in ("'", "’"):
            continue
        lower = normalise(surface)
        meant = "must" if _HAVE_TO.match(shown, start) and language == "en" else lower
        commas += surface == ","
        part += (
            surface == ";"
            or lower in CONTRASTS
            or (previous == "," and (lower in RELATIVES or (lower in AND and commas == 1)))
        )
        previous = surface
        if surface in BREAKS or lower in OPENERS:
            clause += 1
            segment += 1
            preposition = ""
            if surface in BREAKS:
                continue
        segment += lower in AND
        lower = _SIGNS.get(lower, lower)
        numeric = any(n.start <= start < n.end for n in found)
        content = (
            is_content(lower, language)
            and not numeric
            and surface != "%"
            and not lower.endswith("n't")
            and not sense(meant, language).claims
        )
        if lower == "of" and language == "en":
            preposition = "of"
        elif lower in PREPOSITIONS and not (language == "en" and lower in ("door", "van")):
            preposition = PREPOSITIONS[lower]
        elif not content and not numeric and lower not in DETERMINERS | JOINS:
            preposition = ""
        elif numeric and _YEAR.fullmatch(lower):
            preposition = ""  # "In 2019 the firm …": what follows stands by itself
        place = len(rows)
        opens = opens or bool(_OPENS.search(shown[:start]))
        following = shown[start + len(surface) : start + len(surface) + 1]
        if (following == "-" and lower == "niet") or (following == "," and not place):
            pass  # "niet-marxistisch" is a kind, and "No, …" answers: they deny nothing
        elif denies(lower, language):
            denials.append((place, bool(place) and rows[-1].clause < clause))
        stopped = lower.partition("'")[0] in stopwords(language)
        name = content and surface[:1].isupper() and not opens and not stopped
        opens = False
        rows.append(
            Word(
                text=lower,
                place=place,
                start=start,
                clause=clause,
                part=part,
                segment=segment,
                sense=NOTHING if numeric else sense(meant, language),
                roots=roots(lower, language),
                content=content,
                light=is_light(lower, language),
                name=name,
                preposition=preposition,
            )
        )
    if language == "nl":
        _rejoin(rows)
    doers, undergoers = _passive(rows)
    return Reading(
        text=text,
        language=language,
        words=tuple(rows),
        content=tuple(word for word in rows if word.content),
        numbers=found,
        denials=tuple(denial(place, rows, language, after) for place, after in denials),
        doers=doers,
        undergoers=undergoers,
    )


def _rejoin(rows: list[Word]) -> None:
    """Give a parted verb the sense it has whole: "neemt … af" says "afneemt"."""
    for part in (word for word in rows if word.text in ("af", "toe")):
        for word in reversed(rows[: part.place]):
            whole = sense(part.text + word.text, "nl") if word.clause == part.clause else NOTHING
            if whole is not NOTHING:
                rows[word.place] = replace(word, sense=whole)
                break


def _is_ten(number: Number, text: str, language: Language) -> bool:
    """Return whether a number is the Dutch "ten" of "ten minste"."""
    return language == "nl" and text[number.start : number.end].lower() == "ten"


def _passive(rows: list[Word]) -> tuple[frozenset[int], frozenset[int]]:
    """Return the places of the words that do and that undergo, in clauses with "by"."""
    doers, undergoers = set(), set()
    for clause in {word.clause for word in rows if word.preposition == "by" and word.content}:
        here = [word for word in rows if word.clause == clause]
        start = next((word.place for word in here if _PASSIVE.fullmatch(word.text)), None)
        if start is not None:
            doers |= {word.place for word in here if word.content and word.preposition == "by"}
            undergoers |= {
                w.place for w in here if w.content and w.place < start and not w.preposition
            }
    return frozenset(doers), frozenset(undergoers)
