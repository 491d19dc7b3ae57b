"""An answer as it grows: step by step on a thread, and as a stream of events over HTTP."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import AsyncGenerator, Awaitable, Iterator, Sequence
from contextlib import aclosing, suppress
from typing import Any

import anyio
import anyio.to_thread
from sse_starlette import EventSourceResponse, ServerSentEvent

from assistant.records import Answer, Turn
from ingest.records import Language
from ui.desk import SECONDS_FOR_AN_ANSWER, Desk, Refused
from ui.errors import code_for, error_message

SECONDS_BETWEEN_PINGS = 15
SECONDS_TO_QUEUE = 5.0
NO_STORE = {"Cache-Control": "no-store"}


class Streaming(EventSourceResponse):
    """An event stream that gives its slot back however it ends, even before it began."""

    def __init__(
        self, events: AsyncGenerator[ServerSentEvent, None], slots: asyncio.Semaphore
    ) -> None:
        super().__init__(
            events,
            ping=SECONDS_BETWEEN_PINGS,
            headers=NO_STORE,
            shutdown_event=anyio.Event(),
            shutdown_grace_period=SECONDS_FOR_AN_ANSWER,
        )
        self._events = events
        self._slots = slots

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Send the stream."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._slots.release()
            # Cancelled while it was sending, the generator would wait for the garbage collector.
            with anyio.CancelScope(shield=True):
                await self._events.aclose()


async def take(slots: asyncio.Semaphore) -> None:
    """Wait a little for a free slot; raise Refused("busy") when none comes free."""
    try:
        await asyncio.wait_for(slots.acquire(), SECONDS_TO_QUEUE)
    except asyncio.TimeoutError:
        raise Refused("busy") from None


async def answers(
    desk: Desk,
    question: str,
    history: Sequence[Turn],
    language: Language | None,
    likely: Language,
) -> AsyncGenerator[Answer, None]:
    """Yield growing answers, one step at a time on a thread; raise TimeoutError past the deadline.

    When the reader goes away the generator is closed: here, or by the step that is running.
    """
    gone = threading.Event()
    steps = desk.stream(question, history, language, likely)
    deadline = time.monotonic() + SECONDS_FOR_AN_ANSWER
    try:
        while True:
            step: Awaitable[Answer | None] = anyio.to_thread.run_sync(
                _step, steps, gone, abandon_on_cancel=True
            )
            answer = await asyncio.wait_for(step, deadline - time.monotonic())
            if answer is None:
                return
            yield answer
    finally:
        gone.set()
        with suppress(ValueError):  # "generator already executing": the step closes it
            steps.close()  # type: ignore[attr-defined]


def _step(steps: Iterator[Answer], gone: threading.Event) -> Answer | None:
    answer = next(steps, None)
    if gone.is_set():
        steps.close()  # type: ignore[attr-defined]
    return answer


async def events(
    steps: AsyncGenerator[Answer, None], language: Language
) -> AsyncGenerator[ServerSentEvent, None]:
    """Yield meta, the text as it grows, the sources, and done with the whole answer; or error.

    A status comes before the text where a language model is still at work on it.
    """
    sent, last = "", None
    try:
        async with aclosing(steps):
            async for answer in steps:
                if last is None:
                    yield _event("meta", meta(answer))
                if not answer.text:
                    yield _event("status", {"state": "writing"})
                elif answer.text != sent:
                    yield _event("delta", grown(sent, answer.text))
                sent, last = answer.text, answer
        if last is not None:
            body = last.as_json()
            yield _event("sources", {"citations": body["citations"]})
            yield _event("done", {"status": last.status, "answer": body})
    except Exception as problem:  # the reader gets a code, the log the rest
        code = code_for(problem)
        yield _event("error", {"code": code, "message": error_message(code, language)})


def grown(before: str, text: str) -> dict[str, object]:
    """Return what a delta carries: what was added, or all of it where the text has changed."""
    if text.startswith(before):
        return {"text": text[len(before) :]}
    return {"text": text, "replace": True}


def meta(answer: Answer) -> dict[str, object]:
    """Return what is known when an answer begins; that it is a program's is always said."""
    return {
        "id": answer.id,
        "ai_generated": True,
        "lang": answer.language,
        "mode": answer.mode,
    }


def _event(name: str, data: dict[str, Any]) -> ServerSentEvent:
    return ServerSentEvent(event=name, data=json.dumps(data, ensure_ascii=False))
