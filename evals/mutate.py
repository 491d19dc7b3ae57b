"""Lies made by script from article sentences, for evals/mutations.jsonl; the same for each seed.

    for lie in mutations("Leden betalen 8 euro.", "nl", others, random.Random(1)): ...

Each changes one thing: a number, a name, a word, a denial, or adds or takes what another
sentence says.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.facts import names, number_keys, numbers
from ingest.records import Language
from ingest.words import is_content

_VERBS = {
    "en": re.compile(r"\b(?:is|are|was|were|can|could|may|must|has|had|have|will|would)\b"),
    "nl": re.compile(
        r"\b(?:is|zijn|was|waren|kan|kunnen|mag|mogen|moet|moeten|wordt|werd|werden)\b"
    ),
}
_DENIAL = re.compile(r"\b(?:not|niet|geen|no)\s+", re.I)
_WORD = re.compile(r"(?<![\w’'-])[a-zà-ÿ]{5,}(?![\w’'-])")
_NAME = re.compile(r"(?<=[a-zà-ÿ,] )[A-ZÀ-Ý][\w’-]{2,}")
_NOT = {"en": "not", "nl": "niet"}


@dataclass(frozen=True, slots=True)
class Lie:
    """A sentence that its source does not support, and the kind of change that made it."""

    text: str
    kind: str


def mutations(
    text: str, language: Language, others: Sequence[str], random: random.Random
) -> Iterator[Lie]:
    """Yield one lie of each kind that can be made; `others` are sentences of the same language."""
    found = numbers(text)
    if found:
        number = random.choice(found)
        taken = number_keys(text)
        value = next(v for v in iter(lambda: random.randint(2, 99), 0) if str(v) not in taken)
        yield Lie(text[: number.start] + str(value) + text[number.end :], "number")
    if denial := _DENIAL.search(text):
        yield Lie(text[: denial.start()] + text[denial.end() :], "negation")
    elif verb := _VERBS[language].search(text):
        yield Lie(f"{text[: verb.end()]} {_NOT[language]}{text[verb.end() :]}", "negation")
    other = random.choice(others)
    yield Lie(other, "wrong-sentence")
    yield Lie(f"{text.rstrip('. ')}, {_AND[language]} {other[:1].lower()}{other[1:]}", "invented")
    yield from _replaced(_NAME, text, language, others, random, "name")
    yield from _replaced(_WORD, text, language, others, random, "word")


_AND = {"en": "and", "nl": "en"}


def _replaced(
    pattern: re.Pattern[str],
    text: str,
    language: Language,
    others: Sequence[str],
    random: random.Random,
    kind: str,
) -> Iterator[Lie]:
    """Yield the text with one word that matches replaced by one of another sentence's."""
    mine = {match.group().lower() for match in re.finditer(r"\w+", text)}
    places = [m for m in pattern.finditer(text) if is_content(m.group().lower(), language)]
    fresh = sorted(
        {
            word
            for other in others
            for word in pattern.findall(other)
            if word.lower() not in mine
            and is_content(word.lower(), language)
            and (kind != "name" or word.lower() in names(other))
        }
    )
    if places and fresh:
        place = random.choice(places)
        fresh = [word for word in fresh if word[:4].lower() != place.group()[:4].lower()] or [""]
        yield Lie(text[: place.start()] + random.choice(fresh) + text[place.end() :], kind)
