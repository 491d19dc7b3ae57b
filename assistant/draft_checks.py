"""Whether a model's draft for the editors says what its sentence says, and no more.

A translation is kept where the verifier finds that its sentence supports it, and it has the same
numbers and about the same length. A question is kept where its sentence is among the best found
for it, and it has no number or name that the sentence lacks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.plain import objection
from assistant.query import clean
from assistant.retrieve import Retriever
from assistant.verify import Source, Verifier
from ingest.facts import names, negations, number_keys
from ingest.language import detect
from ingest.records import LANGUAGES, Language, Sentence, other
from ingest.words import words

FOUND = 10  # ranks within which a question must find its sentence. Without expected questions, 78 %
# of the start corpus' own ones do, and 25 % of questions about another sentence.
LEAST, MOST = 0.75, 1.5  # a translation's length by its sentence's; the start corpus' own have .85
SLACK = 10  # to 1.27. Characters more or less, for short sentences
LONGEST = 200  # characters of a question
FOREIGN = 0.9  # probability of the other language from which a draft is refused
STEM = 5  # letters that make two forms of a name one: Europe, European, Europese


@dataclass(frozen=True, slots=True)
class Place:
    """A sentence where it stands, which is what the model is shown and held to."""

    sentence: Sentence
    language: Language
    title: str
    before: str  # the sentence before it, "" where it is the first
    twins: str  # what the other version says in its place, "" where it says nothing


class Refused(Exception):
    """A draft that is not kept; the text says what is wrong with it."""


def checked_translation(place: Place, reply: str, verifier: Verifier) -> str:
    """Return the translation in a model's reply; raise Refused unless it says the same."""
    text, sentence = clean(reply), place.sentence
    target = other(place.language)
    if not text or len(reply.strip().splitlines()) > 1:
        raise Refused("it is not one line")
    if reason := objection(text):
        raise Refused(reason)
    if detect(text)[place.language] >= FOREIGN:
        raise Refused(f"it is not in {target}")
    if number_keys(text) != number_keys(sentence.text):
        raise Refused("its numbers are not the sentence's")
    if bool(negations(text)) != bool(negations(sentence.text)):
        raise Refused("the one denies what the other does not")
    length = len(sentence.text)
    if not LEAST * length - SLACK <= len(text) <= MOST * length + SLACK:
        raise Refused(f"it has {len(text)} characters, the sentence {length}")
    source = Source(1, sentence.id, place.language, sentence.text)
    verdict = verifier.check(text, target, [source])
    if not verdict.supported:
        raise Refused(f"it says something else: {verdict.reason}")
    return text


def checked_questions(
    place: Place, reply: str, retriever: Retriever
) -> Mapping[str, Sequence[str]]:
    """Return the questions in a model's reply that hold, by language; raise Refused if none."""
    kept: dict[str, list[str]] = {language: [] for language in LANGUAGES}
    problems: list[str] = []
    for line in reply.splitlines():
        match = re.match(r"[\s*•-]*(nl|en)\s*:\s*(.+)", line, re.I)
        if not match:
            continue
        language: Language = "nl" if match.group(1).lower() == "nl" else "en"
        question = clean(match.group(2)).strip('"“” ')
        if problem := _question_problem(place, question, language, retriever):
            problems.append(f"“{question}” {problem}")
        elif question not in kept[language]:
            kept[language].append(question)
    if not any(kept.values()):
        raise Refused("; ".join(problems) or "no line opens with nl: or en:")
    return kept


def _question_problem(place: Place, question: str, language: Language, retriever: Retriever) -> str:
    """Return what is wrong with a drafted question, "" where nothing is."""
    sentence = place.sentence
    said = f"{sentence.text} {place.twins} {sentence.translation}"
    if not question.endswith("?") or len(question) > LONGEST:
        return "is no short question"
    if reason := objection(question):
        return f"can't be kept: {reason}"
    if detect(question)[other(language)] >= FOREIGN:
        return f"is not in {language}"
    if number_keys(question).keys() - number_keys(said).keys():
        return "holds a number that its sentence lacks"
    known = {word[:STEM] for word in words(f"{said} {place.title}")}
    if strangers := [n for n in sorted(names(question)) if not _known(n, known)]:
        return f"names {strangers[0]}, which its sentence does not"
    best = [found.sentence_id for found in retriever.evidence(question)[:FOUND]]
    if not {sentence.id, *sentence.twins} & set(best):
        return "does not lead to its sentence"
    return ""


def _known(name: str, known: set[str]) -> bool:
    return all(word[:STEM] in known for word in words(name))
