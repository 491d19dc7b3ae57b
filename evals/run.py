"""Ask every question, and keep what came back: the answer, the ranking, the time, the crash."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from assistant.records import Answer, Evidence, Turn
from evals.questions import Question
from ingest.records import Article, Language

HISTORY_KINDS = ("followup",)  # asked a second time without it, to see what it earns
SLOW = 50.0  # ms; a slower answer is timed twice more: a hiccup of the machine isn't the program's

Progress = Callable[[int, int], None]  # questions done, of how many


class Trace(Protocol):
    """What the evals read of an explanation."""

    @property
    def answer(self) -> Answer: ...
    @property
    def candidates(self) -> Sequence[Evidence]: ...


class Subject(Protocol):
    """Whatever is evaluated: the assistant, or a peer that answers like one."""

    def ask(
        self, question: str, history: Sequence[Turn] = (), language: Language | None = None
    ) -> Answer: ...
    def explain(
        self, question: str, history: Sequence[Turn] = (), language: Language | None = None
    ) -> Trace: ...
    def articles(self) -> Iterable[Article]: ...


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and what came of it; `answer` is None where asking it crashed.

    `repeats` tells whether asking again gave the same answer. `without_history` is what a
    follow-up gets when the conversation before it is withheld.
    """

    question: Question
    answer: Answer | None
    candidates: tuple[Evidence, ...] = ()
    repeats: bool = True
    milliseconds: float = 0.0
    without_history: Answer | None = None
    crash: str = ""


def ask_all(
    subject: Subject, questions: Sequence[Question], progress: Progress | None = None
) -> list[Asked]:
    """Return one record for each question, in order."""
    if questions:
        _crashes(lambda: subject.ask(questions[0].question))  # the first answer opens the index
    found = []
    for done, question in enumerate(questions, 1):
        found.append(ask_one(subject, question))
        if progress:
            progress(done, len(questions))
    return found


def ask_one(subject: Subject, question: Question) -> Asked:
    """Return what came of one question; whatever is raised is recorded, never hidden."""
    history = question.history
    started = time.perf_counter()
    try:
        answer = subject.ask(question.question, history)
        elapsed = 1000 * (time.perf_counter() - started)
        for _ in range(2 if elapsed > SLOW else 0):
            started = time.perf_counter()
            subject.ask(question.question, history)
            elapsed = min(elapsed, 1000 * (time.perf_counter() - started))
        trace = subject.explain(question.question, history)
        alone = subject.ask(question.question) if question.kind in HISTORY_KINDS else None
    except Exception as error:  # a crash is a result here: a miss, and a red gate
        return Asked(question, None, crash=f"{type(error).__name__}: {error}")
    return Asked(
        question,
        answer,
        tuple(trace.candidates),
        untimed(answer) == untimed(trace.answer),
        elapsed,
        alone,
    )


def untimed(answer: Answer) -> Answer:
    """Return the answer without what may differ between two askings: its id and its timings."""
    return replace(answer, id="", timings={})


def _crashes(ask: Callable[[], object]) -> bool:
    try:
        ask()
    except Exception:  # the same question is asked again, and recorded then
        return True
    return False
