"""Errors on the wire: a status, a code and one line in the reader's language; nothing more."""

from __future__ import annotations

import asyncio
import logging

from starlette.requests import Request
from starlette.responses import JSONResponse

from ingest.errors import AssistantError
from ingest.records import Language
from ui.serving import NotReady
from ui.texts import TEXTS, pick_language

log = logging.getLogger("ui")

STATUS = {
    "empty": 422,
    "too_long": 422,
    "invalid": 422,
    "too_large": 413,
    "too_many": 429,
    "busy": 503,
    "starting": 503,
    "unavailable": 503,
    "timeout": 504,
    "origin": 403,
    "not_found": 404,
    "method": 405,
    "internal": 500,
}
RETRY_AFTER = {"too_many": "60", "busy": "3", "starting": "3", "unavailable": "30"}


def error_message(code: str, language: Language) -> str:
    """Return what to tell the reader."""
    texts = TEXTS[language]
    if code in ("starting", "unavailable"):
        return texts.starting if code == "starting" else texts.unavailable
    return texts.error(code)


def error_response(
    code: str, request: Request, default: Language, chosen: str | None = None
) -> JSONResponse:
    """Return the response for an error code; the language is chosen, the browser's or ours."""
    language = pick_language(chosen, request.headers.get("accept-language", ""), default)
    body = {"error": {"code": code, "message": error_message(code, language)}}
    headers = {"Cache-Control": "no-store"}
    if code in RETRY_AFTER:
        headers["Retry-After"] = RETRY_AFTER[code]
    return JSONResponse(body, status_code=STATUS.get(code, 500), headers=headers)


def code_for(problem: Exception) -> str:
    """Return the error code for what went wrong, and log what the reader is not told."""
    if isinstance(problem, NotReady):
        return "starting"
    if isinstance(problem, (TimeoutError, asyncio.TimeoutError)):
        return "timeout"
    if isinstance(problem, AssistantError):
        log.error("no answer: %s", problem)
        return "unavailable"
    log.exception("no answer", exc_info=problem)
    return "internal"
