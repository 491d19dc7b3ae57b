"""`/api/v1`: the answer function over HTTP, as JSON or as a stream of events."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import AsyncGenerator, Awaitable, Iterator
from contextlib import aclosing, suppress
from typing import Annotated, Any, Literal

import anyio
import anyio.to_thread
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.responses import JSONResponse

from assistant.records import Answer
from ingest.records import Language
from ui.desk import MAX_CHARACTERS, MAX_TURNS, SECONDS_FOR_AN_ANSWER, Desk, Refused
from ui.errors import code_for, error_message, error_response
from ui.render import article_data
from ui.texts import pick_language

SECONDS_BETWEEN_PINGS = 15
SECONDS_TO_QUEUE = 5.0
NO_STORE = {"Cache-Control": "no-store"}


class TurnIn(BaseModel):
    """One turn of the conversation so far."""

    model_config = ConfigDict(extra="forbid", strict=True)

    role: Literal["user", "assistant"]
    text: Annotated[str, Field(min_length=1, max_length=4000)]


class ChatIn(BaseModel):
    """A question. `lang` is what the reader chose; without it the question tells."""

    model_config = ConfigDict(extra="forbid", strict=True)

    message: Annotated[str, Field(min_length=1, max_length=MAX_CHARACTERS)]
    lang: Language | None = None
    history: Annotated[list[TurnIn], Field(max_length=MAX_TURNS)] = []


class FeedbackIn(BaseModel):
    """A thumb for an answer; there is no room for text."""

    model_config = ConfigDict(extra="forbid", strict=True)

    answer: Annotated[str, Field(pattern=r"^[0-9A-Za-z_-]{1,64}$")]
    verdict: Literal["up", "down"]


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


def build_api(desk: Desk, default: Language) -> APIRouter:
    """Return the routes of /api/v1 over the desk."""
    router = APIRouter(prefix="/api/v1")
    slots = asyncio.Semaphore(max(1, desk.settings.concurrent_answers))

    @router.post("/chat")
    async def chat(asked: ChatIn, request: Request) -> Response:
        accept = request.headers.get("accept-language", "")
        reader = pick_language(asked.lang, accept, default)
        try:
            question = desk.admit(asked.message, address_of(request))
            await take(slots)
        except Refused as refused:
            return error_response(refused.code, request, default, asked.lang)
        steps = answers(desk, question, [(t.role, t.text) for t in asked.history], asked.lang)
        if "text/event-stream" in request.headers.get("accept", ""):
            return Streaming(events(steps, reader), slots)
        try:
            last = None
            async for answer in steps:
                last = answer
        except Exception as problem:  # the reader gets a code, the log the rest
            return error_response(code_for(problem), request, default, asked.lang)
        finally:
            slots.release()
        if last is None:
            return error_response("internal", request, default, asked.lang)
        return JSONResponse({"ai_generated": True, **last.as_json()}, headers=NO_STORE)

    @router.get("/suggestions")
    async def suggestions(request: Request, lang: str = "") -> Response:
        language = pick_language(lang, request.headers.get("accept-language", ""), default)
        if not desk.serving.is_ready:
            return error_response("starting", request, default, lang)
        examples = desk.serving.assistant().examples(language)
        return JSONResponse({"lang": language, "questions": examples})

    @router.get("/articles/{article_id}")
    async def article(article_id: str, request: Request) -> Response:
        if not desk.serving.is_ready:
            return error_response("starting", request, default)
        data = find_article(desk, article_id)
        return JSONResponse(data) if data else error_response("not_found", request, default)

    @router.post("/feedback")
    async def feedback(given: FeedbackIn, request: Request) -> Response:
        if not desk.limits.may_ask("feedback " + address_of(request)):
            return error_response("too_many", request, default)
        desk.judge(given.answer, given.verdict)
        return Response(status_code=204, headers=NO_STORE)

    return router


def address_of(request: Request) -> str:
    """Return the client's address; uvicorn has put a trusted proxy's word for it there."""
    return request.client.host if request.client else ""


def find_article(desk: Desk, article_id: str) -> dict[str, Any] | None:
    """Return the article as data, or None if the index in use does not have it."""
    assistant = desk.serving.assistant()
    try:
        found = assistant.article(article_id)
        translation = assistant.article(found.translation_id) if found.translation_id else None
    except KeyError:
        return None
    return article_data(found, translation)


async def take(slots: asyncio.Semaphore) -> None:
    """Wait a little for a free slot; raise Refused("busy") when none comes free."""
    try:
        await asyncio.wait_for(slots.acquire(), SECONDS_TO_QUEUE)
    except asyncio.TimeoutError:
        raise Refused("busy") from None


async def answers(
    desk: Desk, question: str, history: list[tuple[str, str]], language: Language | None
) -> AsyncGenerator[Answer, None]:
    """Yield growing answers, one step at a time on a thread; raise TimeoutError past the deadline.

    When the reader goes away the generator is closed: here, or by the step that is running.
    """
    gone = threading.Event()
    steps = desk.stream(question, history, language)
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
    """Yield meta, the text as it grows, the sources, and done with the whole answer; or error."""
    sent, last = "", None
    try:
        async with aclosing(steps):
            async for answer in steps:
                if last is None:
                    yield _event("meta", meta(answer))
                if answer.text != sent:
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
