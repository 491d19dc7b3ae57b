"""What the tests of the web side share: a real server in this process, and a slow stand-in."""

from __future__ import annotations

import gc
import socket
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from assistant import Answer
from ingest.settings import Settings
from ui.server import build_server

CRITERIA = "Aan welke criteria moet een Little Giant voldoen?"
SELECTED = "How are Little Giants selected?"
SITE = "https://www.example.com"  # a website that may embed the chat

# Gradio leaves sockets and event loops to the garbage collector; ours are not at issue here.
GRADIO_WARNINGS = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]


def sweep() -> None:
    """Collect the sockets and event loops that Gradio leaves behind, without a warning for each.

    Left alone they would be collected during some later test, and fail it.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        gc.collect()


@contextmanager
def serving(app: Any, root_path: str = "", **options: Any) -> Iterator[str]:
    """Serve the app and yield its address; stop it at the end."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        server = build_server(app, Settings(**options), root_path)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        wait_until(lambda: server.started)
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.should_exit = True
            thread.join(10)
            sweep()


def wait_until(happened: Any, seconds: float = 60) -> None:
    """Return once `happened()` is true; fail if it never is."""
    end = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > end:
            raise AssertionError("it did not happen in time")
        time.sleep(0.02)


def free_port() -> int:
    """Return a port that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def ask(web: httpx.Client, message: object, **more: object) -> httpx.Response:
    return web.post("/api/v1/chat", json={"message": message, **more})


class Waiting:
    """An assistant that answers in steps, and tells whether its generator was closed."""

    def __init__(self, generation: str = "g1", steps: int = 100) -> None:
        self.generation = generation
        self.steps = steps
        self.closed = threading.Event()
        self.retired = threading.Event()

    def close(self) -> None:
        self.retired.set()

    def examples(self, language: str) -> list[str]:
        return []

    def stream(self, question: str, *_: object, **__: object) -> Iterator[Answer]:
        try:
            for _ in range(self.steps):
                time.sleep(0.02)
                yield Answer("id", question, "nl", "answered", lead="a")
        finally:
            self.closed.set()
