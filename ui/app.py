"""The web server's parts put together: guard, our own routes, the API, and Gradio at /chat."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import JSONResponse, RedirectResponse

from ingest.records import Language
from ingest.settings import Settings
from ui.api import build_api
from ui.desk import Desk
from ui.errors import error_response
from ui.guard import Guard
from ui.limits import Limits
from ui.log import QuestionLog
from ui.metrics import Metrics
from ui.pages import Gradio, build_pages
from ui.serving import Serving


def create_app(
    settings: Settings, language: Language = "nl", serving: Serving | None = None
) -> FastAPI:
    """Return the whole site; the assistant is opened in the background once it is started."""
    desk = Desk(settings, serving or Serving(settings), Limits(settings))
    if settings.question_log:
        desk.listeners.append(QuestionLog(Path(settings.question_log)))

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        desk.serving.start()
        yield
        desk.serving.stop()

    app = FastAPI(
        title=settings.site_name,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        middleware=[
            Middleware(Guard, settings=settings, language=language),
            Middleware(
                CORSMiddleware,
                allow_origins=list(settings.allowed_origins),
                allow_methods=["GET", "POST"],
                allow_headers=["content-type"],
                max_age=600,
            ),
            Middleware(Gradio, site=settings.site_name, language=language),
        ],
    )
    app.include_router(build_api(desk, language))
    app.include_router(build_pages(desk, language))
    _add_health(app, desk)
    if settings.metrics:
        _add_metrics(app, desk)
    _add_error_bodies(app, language)
    _mount_chat(app, desk, language)
    return app


def _mount_chat(app: FastAPI, desk: Desk, language: Language) -> None:
    import gradio as gr  # three seconds

    from ui.page import build_page
    from ui.theme import build_theme

    page = build_page(desk, language)
    gr.mount_gradio_app(
        app,
        page,
        path="/chat",
        theme=build_theme(),
        footer_links=[],
        run_history=False,
        show_error=False,
        max_file_size="1b",
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
        enable_monitoring=False,
    )


def _add_health(app: FastAPI, desk: Desk) -> None:
    @app.get("/")
    async def home(request: Request) -> Response:
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"chat/{query}")

    @app.get("/healthz")
    async def healthz() -> Response:
        return JSONResponse({"status": "ok"})

    @app.get("/readyz")
    async def readyz() -> Response:
        ready = desk.serving.is_ready
        body = {"ready": ready, "generation": desk.serving.generation}
        return JSONResponse(body, status_code=200 if ready else 503)


def _add_metrics(app: FastAPI, desk: Desk) -> None:
    metrics = Metrics(desk.serving.model_calls)
    desk.listeners.append(metrics)

    @app.get("/metrics")
    async def counts() -> Response:
        return Response(metrics.text(), media_type="text/plain; version=0.0.4")


def _add_error_bodies(app: FastAPI, language: Language) -> None:
    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, problem: RequestValidationError) -> Response:
        first = problem.errors()[0] if problem.errors() else {}
        about_message = tuple(first.get("loc", ())) == ("body", "message")
        kinds = {"string_too_long": "too_long", "string_too_short": "empty"}
        code = kinds.get(str(first.get("type")), "invalid") if about_message else "invalid"
        chosen = problem.body.get("lang") if isinstance(problem.body, dict) else None
        wish = chosen if isinstance(chosen, str) else None
        return error_response(code, request, language, wish)

    @app.exception_handler(HTTPException)
    async def refused(request: Request, problem: HTTPException) -> Response:
        codes = {404: "not_found", 405: "method", 413: "too_large"}
        return error_response(codes.get(problem.status_code, "invalid"), request, language)

    @app.exception_handler(Exception)
    async def broken(request: Request, _problem: Exception) -> Response:
        return error_response("internal", request, language)
