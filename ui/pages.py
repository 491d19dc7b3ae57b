"""The small pages and files that are our own, and the tidying of Gradio's page."""

from __future__ import annotations

import gzip
import json
import re
from functools import cache
from html import escape
from pathlib import Path

from fastapi import APIRouter, Request, Response
from starlette.requests import Request as StarletteRequest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.phrases import TRANSLATED
from ingest.records import Language
from ui.desk import Desk
from ui.guard import local_path
from ui.privacy import privacy_html
from ui.render import full_notice
from ui.texts import TEXTS, as_data, pick_language

STATIC = Path(__file__).parent / "static"
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
FILES = ("chat.css", "chat.js", "embed.css", "embed.js", "plain.css", "widget.js", "icon.svg")
EXAMPLES = 4
EMBED_TEXTS = (
    *("language", "privacy", "input_label", "placeholder", "send", "fresh", "close"),
    *(
        "conversation",
        "counter",
        "over",
        "error_empty",
        "hide",
        "searching",
        "writing",
        "done",
        "searched_for",
        "nearest",
    ),
    *("translated", "source", "read_more", "in_nl", "in_en", "our_translation", "copy"),
    *("copied", "contact", "up", "down", "thanks", "error_internal"),
)

# Gradio's page advertises itself, loads a frame resizer and names the host it thinks it has.
_UNWANTED = re.compile(
    r'<meta\s+(?:property|name)="(?:og|twitter):[^>]*>'
    r'|<link rel="manifest"[^>]*>'
    r"|<script>(?:(?!</script>).)*iframeResizer\.contentWindow(?:(?!</script>).)*</script>",
    re.DOTALL,
)
_HEAD = """<link rel="icon" href="../icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="../chat.css">
<script type="application/json" id="texts">{texts}</script>
<script src="../chat.js" defer></script>
</head>"""


def tidy(html: str, site: str, language: Language) -> str:
    """Return Gradio's page with the reader's language, our files, and nothing of its own ads.

    A keyboard on the screen takes its room from the page, so that the answer stays in sight.
    """
    html = _UNWANTED.sub("", html)
    html = html.replace("shrink-to-fit=no", "interactive-widget=resizes-content", 1)
    html = re.sub(r'<html\s+lang="en"', f'<html lang="{language}"', html, count=1)
    texts = json_for_html(as_data())
    title = f"<title>{escape(site)}</title>"
    return html.replace("</head>", title + _HEAD.format(texts=texts), 1)


class Gradio:
    """ASGI middleware that tidies /chat/ on its way out."""

    def __init__(self, app: ASGIApp, site: str, language: Language) -> None:
        self.app = app
        self.site = site
        self.language = language

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything through; hold the page back until it is whole, then send it tidied."""
        if scope["type"] != "http" or local_path(scope) != "/chat/":
            await self.app(scope, receive, send)
            return
        request = StarletteRequest(scope)
        accept = request.headers.get("accept-language", "")
        language = pick_language(request.query_params.get("lang"), accept, self.language)
        start: Message = {}
        body = bytearray()

        async def hold(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                return
            body.extend(message.get("body", b""))
            if not message.get("more_body"):
                whole = tidy(body.decode(), self.site, language).encode()
                kept = [h for h in start["headers"] if h[0].lower() != b"content-length"]
                length = (b"content-length", str(len(whole)).encode())
                await send({**start, "headers": [*kept, length]})
                await send({"type": "http.response.body", "body": whole})

        await self.app(scope, receive, hold)


@cache
def static_file(name: str) -> tuple[bytes, bytes]:
    """Return a file of ours without its comments and indents, plain and gzipped."""
    plain = squeezed(name).encode()
    return plain, gzip.compress(plain, 9, mtime=0)


def squeezed(name: str) -> str:
    """Return the text of a file without whole-line comments and indents.

    What is written to be read stays a file; what travels is a fifth smaller.
    """
    text = (STATIC / name).read_text("utf-8")
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL) if name.endswith(".css") else text
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("// "))


def build_pages(desk: Desk, default: Language) -> APIRouter:
    """Return the routes for our own files and pages."""
    router = APIRouter()

    def reader(request: Request) -> Language:
        accept = request.headers.get("accept-language", "")
        return pick_language(request.query_params.get("lang"), accept, default)

    def add_file(name: str) -> None:
        @router.get(f"/{name}")
        async def serve(request: Request) -> Response:
            return send_static(request, name)

    for name in FILES:
        add_file(name)

    @router.get("/favicon.ico")
    async def favicon(request: Request) -> Response:
        return send_static(request, "icon.svg")

    @router.get("/embed")
    async def embed(request: Request) -> Response:
        return send_page(request, embed_html(desk, reader(request)))

    @router.get("/privacy")
    async def privacy(request: Request) -> Response:
        return send_page(request, privacy_html(desk.settings, reader(request)))

    if desk.settings.demo:

        @router.get("/demo")
        async def demo(request: Request) -> Response:
            return send_page(request, squeezed("demo.html"))

        add_file("demo.css")
        add_file("demo.js")

    return router


def embed_html(desk: Desk, language: Language) -> str:
    """Return the small chat, with all it needs to say in both languages."""
    ready = desk.serving.is_ready
    setup = {
        "texts": {
            code: {name: getattr(texts, name) for name in EMBED_TEXTS}
            | {"notice": full_notice(desk.settings, texts), "ours": TRANSLATED[code]}
            for code, texts in TEXTS.items()
        },
        "examples": {
            code: desk.serving.assistant().examples(code)[:EXAMPLES] if ready else []
            for code in TEXTS
        },
        "origins": desk.settings.allowed_origins,
        "contact": desk.settings.contact_url,
    }
    return (
        squeezed("embed.html")
        .replace("{lang}", language)
        .replace("{site}", escape(desk.settings.site_name))
        .replace("{setup}", json_for_html(setup))
    )


def json_for_html(data: object) -> str:
    """Return JSON that can stand inside a script element."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def send_page(request: Request, html: str) -> Response:
    """Return a page of ours, gzipped where the client takes that, never kept by caches."""
    headers = {"Cache-Control": "no-cache", "Vary": "Accept-Encoding, Accept-Language"}
    content = html.encode()
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        content = gzip.compress(content, 6, mtime=0)
    return Response(content, media_type="text/html", headers=headers)


def send_static(request: Request, name: str) -> Response:
    """Return the file, gzipped where the client takes that; to be asked again each hour."""
    plain, zipped = static_file(name)
    headers = {"Cache-Control": "public, max-age=3600", "Vary": "Accept-Encoding"}
    if name == "widget.js":
        headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    takes_gzip = "gzip" in request.headers.get("accept-encoding", "")
    if takes_gzip:
        headers["Content-Encoding"] = "gzip"
    kind = TYPES[Path(name).suffix]
    return Response(zipped if takes_gzip else plain, media_type=kind, headers=headers)
