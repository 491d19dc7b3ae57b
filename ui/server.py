"""uvicorn as this program needs it: no addresses in logs, no trust by default, an orderly end."""

from __future__ import annotations

import ctypes
import signal
import socket
import sys
from types import FrameType

import uvicorn
from fastapi import FastAPI
from starlette.routing import Mount

from ingest.settings import Settings
from ui.desk import SECONDS_FOR_AN_ANSWER

M_ARENA_MAX = -8  # glibc's malloc.h


class Server(uvicorn.Server):
    """Finishes running answers when told to stop, and hangs up on pages that only listen."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop. An open chat page holds a connection that would otherwise keep us waiting."""
        for route in getattr(self.config.app, "routes", []):
            if isinstance(route, Mount) and route.path == "/chat":
                route.app.stop_event.set()  # type: ignore[attr-defined]
        await super().shutdown(sockets)


def build_server(app: FastAPI, settings: Settings, root_path: str = "") -> Server:
    """Return the server; forwarded addresses count only from the proxies in the settings."""
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_level="warning",
        access_log=False,  # it would write addresses down
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
        root_path=root_path,
        timeout_graceful_shutdown=int(SECONDS_FOR_AN_ANSWER),
    )
    return Server(config)


def stop_in_order() -> None:
    """Make SIGTERM end the program as Ctrl-C does: with exit status 0, after uvicorn's own end."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)


def share_memory() -> None:
    """Let all threads take their memory from two heaps; for glibc, elsewhere nothing is done.

    By itself glibc gives each thread a heap, and each heap keeps what an old index leaves free in
    it: 24 swaps under load grew the process from 231 to 356 MB, with two heaps from 255 to 273.
    """
    if sys.platform == "linux":
        setting = getattr(ctypes.CDLL(None), "mallopt", None)  # musl has none
        if setting:
            setting(M_ARENA_MAX, 2)
