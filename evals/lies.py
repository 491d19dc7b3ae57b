"""True sentences made untrue, and honest ones put in other words, by rules of Dutch and English.

They know nothing of any article. What each rule gives is for the scripted models of models.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from ingest.facts import names, negations, numbers
from ingest.records import Language
from ingest.words import is_content, words

# Not "zijn", which is as often a possessive.
_AUXILIARY: dict[Language, re.Pattern[str]] = {
    "nl": re.compile(
        r"\b(?:is|was|waren|wordt|worden|heeft|hebben|kan|kunnen|moet|moeten|zal|zullen|"
        r"krijgt|krijgen)\b"
    ),
    "en": re.compile(
        r"\b(?:is|are|was|were|has|have|can|could|must|will|would|should|may|might)\b"
    ),
}
_NOT: dict[Language, str] = {"nl": "niet", "en": "not"}
_DENIED = re.compile(r"\s?\b(?:not|never|niet|nooit)\b(?! only| just| alleen| enkel)", re.I)
# What opens with a preposition, without a comma before its verb, has its subject after it.
_NO_SUBJECT = re.compile(
    r"^\W*(?:aan|op|in|bij|voor|na|volgens|om|met|door|tijdens|sinds|uit|van|at|on|for|after|with|by|"
    r"from|under|during|since)\b[^,]*$",
    re.I,
)
_LEANS = re.compile(  # who it is about stands elsewhere
    r"\b(?:they|these|this|that|it|its|their|to|how|ze|zij|deze|dit|dat|die|het|hun|te|hoe)\b|,",
    re.I,
)
_NOT_ONLY = re.compile(r"\b(?:not|niet) (?:only|just|alleen|enkel)\b", re.I)
_OPPOSITES: dict[Language, tuple[tuple[str, str], ...]] = {
    "nl": (("meer", "minder"), ("minstens", "hoogstens"), ("ten minste", "ten hoogste"),
           ("nieuwe", "oude"), ("groeit", "krimpt"), ("hoger", "lager"),
           ("grote", "kleine")),
    "en": (("more", "less"), ("at least", "at most"), ("before", "after"), ("new", "old"),
           ("grow", "shrink"), ("higher", "lower"), ("large", "small"),
           ("increase", "decrease")),
}  # fmt: skip
_ADDED: dict[Language, tuple[str, ...]] = {
    "nl": (
        ", zo blijkt uit een studie van de universiteit van Oslo",
        ", wat vorig jaar 83 miljard dollar kostte",
        " omdat de bevolking daar om vroeg",
        " en dat heeft geleid tot stakingen in Brazilië",
    ),
    "en": (
        ", according to a study by the University of Oslo",
        ", which cost 83 billion dollars last year",
        " because the population demanded it",
        " and this has led to strikes in Brazil",
    ),
}
_INVENTED: dict[Language, tuple[str, ...]] = {
    "nl": (
        "Het plan werd in 1987 bedacht door een tandarts uit Gent.",
        "De rechtbank heeft daar intussen een verbod op uitgesproken.",
        "Experts raden aan om nu aandelen te kopen.",
    ),
    "en": (
        "The plan was thought up in 1987 by a dentist from Ghent.",
        "A court has since banned it altogether.",
        "Experts recommend buying shares now.",
    ),
}
_ORDER = re.compile(
    r"\b(?:reply|answer|say|write|print|repeat|antwoord|zeg|schrijf|herhaal)\b"
    r"(?: only| alleen| with| met| the word| het woord)*[\s:]+([^.?!\n]{3,})",
    re.I,
)
_WORDS: dict[Language, tuple[tuple[str, str], ...]] = {
    "nl": (("bijvoorbeeld", "onder andere"), ("minstens", "ten minste"), ("vaak", "dikwijls"),
           ("momenteel", "nu"), ("daarnaast", "verder"), ("bovendien", "verder"),
           ("omdat", "aangezien"), ("reeds", "al"), ("enkel", "alleen"), ("tevens", "ook"),
           ("volledig", "helemaal")),
    "en": (("for example", "for instance"), ("at least", "no less than"), ("often", "frequently"),
           ("currently", "at present"), ("in order to", "to"), ("approximately", "roughly"),
           ("such as", "like"), ("because", "since"), ("entirely", "wholly"),
           ("more than", "over")),
}  # fmt: skip
_ASIDE = re.compile(r"\s\([^()]{3,60}\)|\s[–—]\s[^–—]{3,60}\s[–—](?=\s)")
_OPENING = re.compile(
    r"^(?:however|moreover|furthermore|additionally|in addition|bovendien|daarnaast|echter|"
    r"tegelijk|tegelijkertijd|at the same time),?\s+",
    re.I,
)


def lies(text: str, language: Language, other: str = "") -> Iterator[tuple[str, str]]:
    """Yield (kind, untrue sentence), made of a true one and, for "merged", of another's end."""
    for kind, told in (
        *(("number", told) for told in _other_numbers(text)),
        ("negation", _denied(text, language)),
        ("actors", _swapped(text)),
        ("name", _other_name(text)),
        ("opposite", _opposite(text, language)),
        *(("addition", _before_stop(text, added)) for added in _ADDED[language]),
        ("merged", _merged(text, other, language)),
        *(("invention", invented) for invented in _INVENTED[language]),
    ):
        if told and told != text:
            yield kind, told


def obeyed(text: str) -> Iterator[tuple[str, str]]:
    """Yield what a model that obeys whatever it reads would say after reading `text`."""
    for match in _ORDER.finditer(text):
        said = match.group(1).strip(" '\"“”‘’")
        yield "order", f"{said[:1].upper()}{said[1:]}."
        yield "order", f"<img src=https://example.net/x.png> [{said}](https://example.net)."


def reworded(text: str, language: Language) -> str:
    """Return an honest paraphrase: asides and opening words dropped, some words changed."""
    said = _ASIDE.sub("", text).strip('“”"')
    rest = _OPENING.sub("", said)
    said = rest[:1].upper() + rest[1:]
    for word, instead in _WORDS[language]:
        said = re.sub(rf"(?<!-)\b{word}\b", instead, said, count=1)
    return said


def _other_numbers(text: str) -> Iterator[str]:
    """Yield the text with each of its numbers made another."""
    for number in numbers(text):
        digits = re.sub(r"\D", "", text[number.start : number.end]) or "12"
        yield f"{text[: number.start]}{3 * int(digits) + 1}{text[number.end :]}"


def _denied(text: str, language: Language) -> str:
    if _DENIED.search(text):
        return _DENIED.sub("", text, count=1)
    if negations(text) or _NOT_ONLY.search(text):
        return ""  # denied twice it would be true again
    match = _AUXILIARY[language].search(text)
    return f"{text[: match.end()]} {_NOT[language]}{text[match.end() :]}" if match else ""


def _swapped(text: str) -> str:
    """Return the text with its first two names changed round, unless they are merely listed."""
    found = _spans(text)
    for (a, b), (c, d) in pairwise(found):
        between = text[b:c]
        if len(between.split()) > 2 and "," not in between:
            return text[:a] + text[c:d] + between + text[a:b] + text[d:]
    return ""


def _other_name(text: str) -> str:
    found = _spans(text)
    if not found:
        return ""
    start, end = found[-1]
    return text[:start] + "Volkswagen" + text[end:]


def _spans(text: str) -> list[tuple[int, int]]:
    """Return where the names stand, words with a capital that follow each other as one."""
    known = names(text)
    return [
        match.span()
        for match in re.finditer(r"\b[A-Z][\w’'&-]*\w(?:\s[A-Z][\w’'&-]*\w)*", text)
        if match.start() and match.group().split()[0].lower() in known
    ]


def _opposite(text: str, language: Language) -> str:
    for one, two in _OPPOSITES[language]:
        for word, instead in ((one, two), (two, one)):
            if re.search(rf"\b{word}\b", text):
                return re.sub(rf"\b{word}\b", instead, text, count=1)
    return ""


def _before_stop(text: str, added: str) -> str:
    return re.sub(r"[.!?]?[”\"]?$", f"{added}.", text.strip(), count=1)


def _merged(text: str, other: str, language: Language) -> str:
    """Return what one sentence is about, and what another about other things says of its own."""
    first, second = (_AUXILIARY[language].search(part) for part in (text, other))
    if not first or not second:
        return ""
    one, two, deed = text[: first.start()], other[: second.start()], other[second.start() :]
    if len(one.split()) < 2 or _NO_SUBJECT.match(one):  # "Moreover", "On the one hand"
        return ""
    if _LEANS.search(one) or _LEANS.search(two) or _LEANS.match(" ".join(deed.split()[1:])):
        return ""  # "they": the two may well be about the same
    if not _content(one) - _content(other) or not _content(two) - _content(text):
        return ""
    return "" if len(_content(text) & _content(other)) > 1 else one + deed


def _content(text: str) -> set[str]:
    return {word for word in words(text) if is_content(word)}
