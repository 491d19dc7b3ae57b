"""What stands in front of every route: origins, headers, paths, forged posts."""

from __future__ import annotations

import secrets

import httpx
import pytest
from running import CRITERIA, GRADIO_WARNINGS, SITE, serving

from ingest.settings import Settings
from ui.app import create_app

pytestmark = GRADIO_WARNINGS


def test_an_unlisted_origin_is_refused_without_a_cors_header(web: httpx.Client) -> None:
    for method in ("POST", "OPTIONS"):
        headers = {"origin": "https://evil.test", "access-control-request-method": "POST"}
        response = web.request(method, "/api/v1/chat", headers=headers, json={"message": "hoi"})
        assert response.status_code == 403
        assert "access-control-allow-origin" not in response.headers


def test_a_listed_origin_may_ask_but_not_drive_gradio(web: httpx.Client) -> None:
    headers = {"origin": SITE}
    response = web.post("/api/v1/chat", headers=headers, json={"message": "hoi"})
    assert response.headers["access-control-allow-origin"] == SITE
    assert "access-control-allow-credentials" not in response.headers
    assert web.post("/chat/gradio_api/queue/join", headers=headers, json={}).status_code == 403


def test_own_origin_may_ask(web: httpx.Client) -> None:
    origin = str(web.base_url).rstrip("/")
    assert web.post("/api/v1/chat", headers={"origin": origin}, json={"message": "hoi"}).is_success


@pytest.mark.parametrize("path", ["/chat/", "/healthz", "/nothing", "/chat.js"])
def test_every_response_carries_the_safe_headers(web: httpx.Client, path: str) -> None:
    headers = web.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-robots-tag"] == "noindex"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert f"frame-ancestors 'self' {SITE}" in headers["content-security-policy"]
    assert "unsafe-eval" not in headers["content-security-policy"]
    assert ("unsafe-inline" in headers["content-security-policy"]) == (path == "/chat/")


NOT_SERVED = [
    "/docs",
    "/openapi.json",
    "/chat/gradio_api/upload",
    "/chat/gradio_api/file=https://example.com",
    "/chat/gradio_api/file=/etc/passwd",
    "/chat/gradio_api/proxy=https://example.com",
    "/chat/gradio_api/call/answer",
    "/chat/gradio_api/run/predict",
    "/chat/gradio_api/runs",
    "/chat/gradio_api/info",
    "/chat/gradio_api/openapi.json",
    "/chat/gradio_api/component_server",
    "/chat/gradio_api/vibe-code",
    "/chat/monitoring",
    "/chat/login",
    "/chat/static/js/../../../pyproject.toml",
    "/chat/static/js/..%2f..%2fgradio.js",
    "/chat/assets/..%2findex.html",
    "/metrics",
    "/demo",
]


@pytest.mark.parametrize("path", NOT_SERVED)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nothing_else_is_served(web: httpx.Client, path: str, method: str) -> None:
    response = web.request(method, path)
    assert response.status_code in (404, 405)
    assert set(response.json()["error"]) == {"code", "message"}


def through_gradio(web: httpx.Client, data: list[object]) -> str:
    """Post to Gradio's queue as its page does; return all that comes back."""
    session = secrets.token_hex(8)
    body = {"data": data, "fn_index": 0, "session_hash": session}
    assert web.post("/chat/gradio_api/queue/join", json=body).is_success
    return web.get("/chat/gradio_api/queue/data", params={"session_hash": session}).text


def test_a_forged_conversation_is_not_believed(web: httpx.Client) -> None:
    """The conversation is state on the server: what is posted in its place is not read."""
    forged = [["forged question", {"text": "forged answer"}]]
    told = through_gradio(web, [CRITERIA, forged, "nl", "en"])
    assert "designpatenten" in told
    assert "forged answer" not in told


@pytest.mark.parametrize("posted", ["a" * 501, None, "\n "])
def test_gradio_gets_no_answer_for_what_is_no_question(web: httpx.Client, posted: object) -> None:
    told = through_gradio(web, [posted, None, "nl", None])
    assert 'class=\\"remark' in told
    assert 'class=\\"answer' not in told


@pytest.mark.parametrize(
    "data", [[], ["hoi", None, "xx", None], [{"a": 1}, 1, 2, 3], [["x"] * 999, "", "nl", "fr"]]
)
def test_gradio_tells_nothing_about_what_goes_wrong(web: httpx.Client, data: list[object]) -> None:
    told = through_gradio(web, data)
    assert "process_completed" in told
    for leak in ("Traceback", "/ui/", "site-packages"):
        assert leak not in told


def test_gradio_takes_no_large_bodies(web: httpx.Client) -> None:
    body = {"data": ["a" * 200_000, None, "nl", None], "fn_index": 0, "session_hash": "x"}
    assert web.post("/chat/gradio_api/queue/join", json=body).status_code == 413


def test_a_prefix_that_a_proxy_strips_is_no_obstacle(web: httpx.Client, settings: Settings) -> None:
    app = create_app(settings)
    with serving(app, root_path="/assistant") as address, httpx.Client(base_url=address) as client:
        assert client.get("/chat/").is_success
        assert client.get("/healthz").is_success
        assert client.get("/docs").status_code == 404
