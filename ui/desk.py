"""The front desk: every question, whichever page it comes from, is admitted and answered here."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from assistant.records import Answer, Turn
from ingest.records import Language
from ingest.settings import Settings
from ui.limits import Limits
from ui.serving import Serving

log = logging.getLogger("ui.answers")

MAX_CHARACTERS = 500
MAX_TURNS = 6
SECONDS_FOR_AN_ANSWER = 30.0


class Refused(Exception):
    """A question that is not answered; `code` names the message in ui/texts.py."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Listener(Protocol):
    """Something that keeps count or keeps a log of answers."""

    def answered(self, answer: Answer, seconds: float) -> None:
        """Take note of a finished answer."""

    def judged(self, answer_id: str, verdict: str) -> None:
        """Take note of a thumb up or down."""


@dataclass(slots=True)
class Desk:
    """What every page shares: the assistant, the limits and who listens."""

    settings: Settings
    serving: Serving
    limits: Limits
    listeners: list[Listener] = field(default_factory=list)

    def admit(self, question: str, address: str) -> str:
        """Return the question made clean, and count it; raise Refused past a limit."""
        clean = question.encode("utf-8", "replace").decode().strip()
        if not clean:
            raise Refused("empty")
        if len(clean) > MAX_CHARACTERS:
            raise Refused("too_long")
        if not self.limits.may_ask(address):
            raise Refused("too_many")
        return clean

    def stream(
        self,
        question: str,
        history: Sequence[Turn],
        language: Language | None,
        likely: Language = "en",
    ) -> Iterator[Answer]:
        """Yield growing answers to an admitted question; the last one is whole, and is noted.

        `language` is what the reader chose, `likely` what the page speaks.

        Raises NotReady without an index, and TimeoutError past the time for an answer.
        """
        began = time.monotonic()
        answer = None
        turns = list(history)[-MAX_TURNS:]
        for answer in self.serving.stream(question, turns, language, likely=likely):
            yield answer
            if time.monotonic() - began > SECONDS_FOR_AN_ANSWER:
                raise TimeoutError
        if answer is not None:
            self._note(answer, time.monotonic() - began)

    def judge(self, answer_id: str, verdict: str) -> None:
        """Pass a reader's thumb on."""
        log.info(json.dumps({"answer": answer_id, "verdict": verdict}))
        for listener in self.listeners:
            listener.judged(answer_id, verdict)

    def _note(self, answer: Answer, seconds: float) -> None:
        log.info(json.dumps(log_line(answer, seconds)))
        for listener in self.listeners:
            listener.answered(answer, seconds)


def log_line(answer: Answer, seconds: float) -> dict[str, object]:
    """Return what is written about every answer: no question, no address."""
    return {
        "answer": answer.id,
        "language": answer.language,
        "status": answer.status,
        "mode": answer.mode,
        "withheld": answer.withheld,
        "ms": round(seconds * 1000),
        "sources": sorted({citation.article_id for citation in answer.citations}),
    }
