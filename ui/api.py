"""`/api/v1`: the answer function over HTTP, as JSON or as a stream of events."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse

from ingest.records import Language
from ui.desk import MAX_CHARACTERS, MAX_TURNS, Desk, Refused
from ui.errors import code_for, error_response
from ui.render import article_data
from ui.stream import NO_STORE, Streaming, answers, events, take
from ui.texts import pick_language


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


def build_api(desk: Desk, default: Language) -> APIRouter:
    """Return the routes of /api/v1 over the desk."""
    router = APIRouter(prefix="/api/v1")
    slots = asyncio.Semaphore(desk.settings.concurrent_answers)

    @router.post("/chat")
    async def chat(asked: ChatIn, request: Request) -> Response:
        accept = request.headers.get("accept-language", "")
        reader = pick_language(asked.lang, accept, default)
        try:
            question = desk.admit(asked.message, address_of(request))
            await take(slots)
        except Refused as refused:
            return error_response(refused.code, request, default, asked.lang)
        turns = [(turn.role, turn.text) for turn in asked.history]
        steps = answers(desk, question, turns, asked.lang, reader)
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
        return JSONResponse(last.as_json(), headers=NO_STORE)

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
