"""What stands in front of every route: known paths, known origins, small bodies, safe headers.

Gradio serves far more than the chat needs (uploads, a proxy for any URL, run history), and with a
host name other than localhost it answers every origin. So nothing reaches it but what its page
asks for, and no forwarded header does.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ingest.records import Language
from ingest.settings import Settings
from ui.errors import error_response

OWN_PATHS = re.compile(
    r"/|/healthz|/readyz|/metrics|/privacy|/demo|/embed|/widget\.js"
    r"|/(?:embed|chat|plain|demo)\.(?:css|js)|/icon\.svg|/favicon\.ico"
    r"|/api/v1/(?:chat|feedback|suggestions|articles/[0-9A-Za-z_-]{1,80})"
)
GRADIO_PATHS = re.compile(
    r"/chat/?|/chat/(?:theme\.css|manifest\.json|config|favicon\.ico)"
    r"|/chat/assets/[\w.-]+|/chat/static/(?:fonts|img|js)/[\w./-]+"
    r"|/chat/gradio_api/(?:queue/join|queue/data|cancel|heartbeat/\w+|startup-events|app_id)"
)
GRADIO_PAGE = re.compile(r"/chat(?:/|$)")
MAX_BODY = 16 * 1024
MAX_GRADIO_BODY = 64 * 1024
FORWARDED = ("x-forwarded-", "x-original-", "forwarded")  # uvicorn has taken what it trusts

OWN_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors {ancestors}"
)
# Gradio's page carries inline scripts and styles, and a <base> of its own.
GRADIO_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "connect-src 'self'; img-src 'self' data:; font-src 'self'; base-uri 'self'; "
    "form-action 'none'; frame-ancestors {ancestors}"
)
DEMO_POLICY = OWN_POLICY.replace("frame-ancestors", "frame-src 'self'; frame-ancestors")


class Guard:
    """ASGI middleware; refuses before anything behind it has read a byte."""

    def __init__(self, app: ASGIApp, settings: Settings, language: Language) -> None:
        self.app = app
        self.language = language
        self.origins = frozenset(settings.allowed_origins)
        self.ancestors = " ".join(["'self'", *settings.allowed_origins])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it here with 403, 404 or 413."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        safe_send = self._with_headers(scope, send)
        code = self._objection(scope)
        if code:
            await error_response(code, Request(scope), self.language)(scope, receive, safe_send)
            return
        scope = {**scope, "headers": [h for h in scope["headers"] if not _is_forwarded(h[0])]}
        body = await _read(receive, _limit(local_path(scope)))
        if body is None:
            response = error_response("too_large", Request(scope), self.language)
            await response(scope, receive, safe_send)
            return
        await self.app(scope, _replayed(body, receive), safe_send)

    def _objection(self, scope: Scope) -> str:
        """Return the code of what is wrong with the request; empty when nothing is."""
        path = local_path(scope)
        if not (OWN_PATHS.fullmatch(path) or GRADIO_PATHS.fullmatch(path)) or ".." in path:
            return "not_found"
        headers = Headers(scope=scope)
        origin = headers.get("origin", "")
        needs_origin = path.startswith(("/api/", "/chat/gradio_api/"))
        if needs_origin and origin and not self._may_call(origin, headers.get("host", ""), path):
            return "origin"
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > _limit(path):
            return "too_large"
        return ""

    def _may_call(self, origin: str, host: str, path: str) -> bool:
        own = urlsplit(origin).netloc == host
        return own or (origin in self.origins and path.startswith("/api/"))

    def _with_headers(self, scope: Scope, send: Send) -> Send:
        path = local_path(scope)
        policy = GRADIO_POLICY if GRADIO_PAGE.match(path) else OWN_POLICY
        policy = DEMO_POLICY if path == "/demo" else policy

        async def send_safe(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = policy.format(ancestors=self.ancestors)
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
                headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
                headers["X-Robots-Tag"] = "noindex"
            await send(message)

        return send_safe


def local_path(scope: Scope) -> str:
    """Return the path below the prefix that a proxy strips, if there is one."""
    path, prefix = str(scope["path"]), str(scope.get("root_path", ""))
    return path[len(prefix) :] if prefix and path.startswith(prefix) else path


def _is_forwarded(name: bytes) -> bool:
    return name.decode("latin-1").lower().startswith(FORWARDED)


def _limit(path: str) -> int:
    return MAX_GRADIO_BODY if GRADIO_PAGE.match(path) else MAX_BODY


async def _read(receive: Receive, limit: int) -> list[Message] | None:
    """Return the body's messages, or None past the limit; not every body announces its length."""
    messages: list[Message] = []
    seen = 0
    while True:
        message = await receive()
        messages.append(message)
        seen += len(message.get("body", b""))
        if seen > limit:
            return None
        if not message.get("more_body"):
            return messages


def _replayed(messages: list[Message], receive: Receive) -> Receive:
    """Return a `receive` that gives the messages again, then whatever comes after them."""

    async def again() -> Message:
        return messages.pop(0) if messages else await receive()

    return again
