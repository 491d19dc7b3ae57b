"""The question file: one JSON object a line, read once and checked as it is read.

Half of the questions (even sha1 of the id) are for tuning the assistant, the other half for the
gate. Which half a question is in depends on its id alone, so nobody can choose.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal

from ingest.errors import AssistantError
from ingest.records import LANGUAGES, Language

SHIPPED = Path(__file__).parent / "questions.jsonl"
KINDS = (
    "direct", "paraphrase", "cross", "both", "multi", "typo", "followup", "unanswerable-near",
    "unanswerable-far", "false-premise", "injection", "contact", "smalltalk",
)  # fmt: skip
Half = Literal["gate", "tuning", "all"]


class QuestionsError(AssistantError):
    """The question file can't be used; the text names the line and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question, and what an answer to it must and must not say.

    `facts`: each a tuple of alternatives, regular expressions; one alternative satisfies the fact.
    `evidence`: exact substrings of the page, any of which supports the answer.
    """

    id: str
    lang: Language
    kind: str
    history: tuple[tuple[str, str], ...]
    question: str
    answerable: bool
    facts: tuple[tuple[str, ...], ...]
    evidence: tuple[str, ...]
    must_not: tuple[str, ...]

    @property
    def stem(self) -> str:
        """The id without its language: what a question and its translation have in common."""
        return self.id.removesuffix(f"-{self.lang}")

    @property
    def half(self) -> Half:
        """The half it is in: "tuning" where sha1(id) is even, else "gate"."""
        return "gate" if int(hashlib.sha1(self.id.encode()).hexdigest(), 16) % 2 else "tuning"

    @property
    def expects_answer(self) -> bool:
        """Whether the articles answer it, as opposed to small talk and what they lack."""
        return self.answerable and self.kind not in ("smalltalk", "contact")

    @property
    def expects_refusal(self) -> bool:
        """Whether "not covered" is the right answer."""
        return not self.answerable and self.kind not in ("smalltalk", "contact")


def load_questions(path: Path = SHIPPED, half: Half = "gate") -> list[Question]:
    """Return the questions of one half, or all, in the file's order; raise QuestionsError."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionsError(f"{path}: can't be read as a question file ({error}).") from error
    found = [_question(f"{path}:{n}", line) for n, line in enumerate(lines, 1) if line.strip()]
    repeated = {q.id for q in found if sum(other.id == q.id for other in found) > 1}
    if repeated:
        raise QuestionsError(f"{path}: ids stand twice: {', '.join(sorted(repeated))}.")
    if not found:
        raise QuestionsError(f'{path}: holds no question. Draft one: python -m evals add "…"')
    return of_half(found, half)


def of_half(questions: Iterable[Question], half: Half) -> list[Question]:
    """Return those of one half; "all" keeps every one."""
    return [q for q in questions if half in ("all", q.half)]


def digest(questions: Iterable[Question]) -> str:
    """Return a short digest of the questions and their keys, to tell two files apart."""
    content = "\n".join(repr(question) for question in questions)
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def _question(place: str, line: str) -> Question:
    try:
        given = json.loads(line)
    except ValueError as error:
        raise QuestionsError(f"{place}: is not JSON ({error}).") from error
    names = [field.name for field in fields(Question)]
    if not isinstance(given, dict) or set(given) - set(names):
        raise QuestionsError(f"{place}: expected an object with the fields {', '.join(names)}.")
    missing = {"id", "lang", "question", "answerable"} - set(given)
    if missing:
        raise QuestionsError(f"{place}: lacks {', '.join(sorted(missing))}.")
    given = {"kind": "direct", "history": [], "facts": [], "evidence": [], "must_not": [], **given}
    _check(place, given)
    return Question(
        **{
            **given,
            "history": tuple((role, text) for role, text in given["history"]),
            "facts": tuple(tuple(fact) for fact in given["facts"]),
            "evidence": tuple(given["evidence"]),
            "must_not": tuple(given["must_not"]),
        }
    )


def _check(place: str, given: dict[str, Any]) -> None:
    if given["lang"] not in LANGUAGES:
        raise QuestionsError(f"{place}: lang is {given['lang']!r}; expected nl or en.")
    if given["kind"] not in KINDS:
        raise QuestionsError(f"{place}: kind is {given['kind']!r}; expected {', '.join(KINDS)}.")
    if not isinstance(given["answerable"], bool):
        raise QuestionsError(f"{place}: answerable is {given['answerable']!r}; expected a bool.")
    if any(isinstance(fact, str) for fact in given["facts"]):
        raise QuestionsError(f"{place}: each fact is a list of alternatives, not a string.")
    for pattern in [*(p for fact in given["facts"] for p in fact), *given["must_not"]]:
        try:
            re.compile(pattern)
        except re.error as error:
            raise QuestionsError(
                f"{place}: {pattern!r} is no regular expression ({error})."
            ) from error
