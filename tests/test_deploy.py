"""docs/deploy.md run as it stands: nginx, Caddy, systemd, and two processes behind one address."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from proxies import block, caddy, client, nginx, replaced
from running import CRITERIA, GRADIO_WARNINGS, SELECTED, Waiting, free_port, serving, wait_until

from ingest.settings import Settings
from ui.app import create_app
from ui.serving import Serving

pytestmark = GRADIO_WARNINGS

Proxy = Callable[[Path, Sequence[str]], AbstractContextManager[str]]
EVENTS = {"accept": "text/event-stream"}


@contextmanager
def backend(settings: Settings, assistant: Waiting) -> Iterator[str]:
    """A server of this process, as an address for a proxy."""
    held = Serving(settings, lambda _: assistant)  # type: ignore[arg-type,return-value]
    trusted = {"trusted_proxies": settings.trusted_proxies}
    with serving(create_app(settings, serving=held), **trusted) as address:
        wait_until(lambda: httpx.get(f"{address}/readyz").is_success)
        yield address.removeprefix("http://")


@pytest.mark.parametrize("proxy", [nginx, caddy])
def test_a_web_server_as_documented(settings: Settings, tmp_path: Path, proxy: Proxy) -> None:
    limited = replace(
        settings, trusted_proxies=("127.0.0.1",), metrics=True, questions_per_minute=3
    )
    with ExitStack() as stack:
        backends = [stack.enter_context(backend(limited, Waiting(steps=25))) for _ in range(2)]
        front = stack.enter_context(proxy(tmp_path, backends))
        visitor = stack.enter_context(client(front))
        assert visitor.get("/readyz").is_success
        assert visitor.get("/metrics").status_code == 404
        page = visitor.get("/chat/")
        assert page.is_success
        assert not any(address in page.text for address in backends)
        assert arrives_bit_by_bit(visitor)
        # The web server says who asks, and sends an address to one process, which counts.
        assert [ask(visitor) for _ in range(2)] == [200, 200]
        assert ask(visitor, **{"x-forwarded-for": "203.0.113.7"}) == 429
        assert ask(visitor, origin="https://chat.example.be") == 429  # its own origin: not 403
        with client(front, "127.0.0.77") as another:
            assert ask(another) == 200


def test_a_process_that_is_gone_is_not_missed(settings: Settings, tmp_path: Path) -> None:
    trusting = replace(settings, trusted_proxies=("127.0.0.1",))
    gone = f"127.0.0.1:{free_port()}"
    with backend(trusting, Waiting(steps=1)) as alive, nginx(tmp_path, [gone, alive]) as front:
        for last in range(2, 10):  # half of these addresses would go to the one that is gone
            with client(front, f"127.0.0.{last}") as visitor:
                assert ask(visitor) == 200


@pytest.mark.parametrize("proxy", [nginx, caddy])
def test_a_reader_who_leaves_stops_the_answer(
    settings: Settings, tmp_path: Path, proxy: Proxy
) -> None:
    waiting = Waiting(steps=1000)
    gone = f"127.0.0.1:{free_port()}"
    with backend(settings, waiting) as alive, proxy(tmp_path, [alive, gone]) as front:
        with (
            client(front) as visitor,
            visitor.stream("POST", "/api/v1/chat", json={"message": "hoi"}, headers=EVENTS) as told,
        ):
            assert next(told.iter_lines()) == "event: meta"
        assert waiting.closed.wait(5)


def ask(visitor: httpx.Client, **headers: str) -> int:
    return visitor.post("/api/v1/chat", json={"message": "hoi"}, headers=headers).status_code


def arrives_bit_by_bit(visitor: httpx.Client) -> bool:
    """Whether the first event of a half-second answer comes well before the last."""
    times = []
    body = {"message": "hoi"}
    with visitor.stream("POST", "/api/v1/chat", json=body, headers=EVENTS) as answer:
        for line in answer.iter_lines():
            if line.startswith("event:"):
                times.append(time.monotonic())
    return times[-1] - times[0] > 0.2


def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("no systemd-analyze found; Debian: apt install systemd")
    (tmp_path / "environment").write_text("ASSISTANT_DEMO=0\n")
    unit = replaced(
        block("systemd"),
        ("/srv/assistant/.venv/bin/python", sys.executable),
        ("/srv/assistant", str(tmp_path)),
    )
    unit = unit.split("systemctl enable")[0]
    (tmp_path / "assistant@7860.service").write_text(unit)
    command = ["systemd-analyze", "verify", "--man=no", str(tmp_path / "assistant@7860.service")]
    told = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (told.returncode, told.stderr) == (0, "")


class Crowd:
    """Visitors who go on asking until they are told to stop, each time from another address.

    The web server sends an address to one process: of a few, all may go to the same one.
    """

    def __init__(self, front: str, visitors: int = 6) -> None:
        self.outcomes: Counter[str] = Counter()
        self._front = front
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._visit, args=(place,))
            for place in range(11, 11 + visitors)
        ]

    def __enter__(self) -> Crowd:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(30)

    def ask_on(self, more: int = 30) -> None:
        """Return once so many more requests have been answered."""
        enough = self.outcomes.total() + more
        wait_until(lambda: self.outcomes.total() >= enough, 60)

    def _visit(self, place: int) -> None:
        ways = itertools.cycle((self._json, self._events, self._frame))
        for number, asked in enumerate(ways):
            if self._stop.is_set():
                return
            try:
                with client(self._front, f"127.0.{number % 250}.{place}") as visitor:
                    self.outcomes[asked(visitor)] += 1
            except httpx.HTTPError as error:
                self.outcomes[f"{asked.__name__}: {error!r}"] += 1

    def _json(self, visitor: httpx.Client) -> str:
        told = visitor.post("/api/v1/chat", json={"message": CRITERIA})
        return "ok" if "15%" in told.text else f"JSON: {told.status_code} {told.text[:200]}"

    def _events(self, visitor: httpx.Client) -> str:
        told = visitor.post("/api/v1/chat", json={"message": SELECTED}, headers=EVENTS)
        return "ok" if "event: done" in told.text else f"events: {told.status_code} {told.text}"

    def _frame(self, visitor: httpx.Client) -> str:
        told = visitor.get("/embed?lang=nl")
        return "ok" if CRITERIA in told.text else f"frame: {told.status_code} {told.text[:200]}"


def test_two_processes_swap_and_stop_without_a_failed_request(
    settings: Settings, tmp_path: Path
) -> None:
    environment = {
        **os.environ,
        "ASSISTANT_CORPUS": str(settings.corpus),
        "ASSISTANT_INDEX": shutil.copytree(settings.index, tmp_path / "index"),
        "ASSISTANT_TRUSTED_PROXIES": "127.0.0.1",
        "ASSISTANT_QUESTIONS_PER_MINUTE": "100000",
        "ASSISTANT_QUESTIONS_PER_DAY": "100000",
        "ASSISTANT_METRICS": "1",
    }
    addresses = [f"127.0.0.1:{free_port()}" for _ in range(2)]
    with ExitStack() as stack:
        processes = [
            stack.enter_context(started(address.split(":")[1], environment))
            for address in addresses
        ]
        wait_until(lambda: all(generation(address) for address in addresses), 90)
        first = {generation(address) for address in addresses}
        crowd = stack.enter_context(Crowd(stack.enter_context(nginx(tmp_path, addresses))))
        crowd.ask_on()
        ingest = [sys.executable, "-m", "ingest", "--rebuild"]
        subprocess.run(ingest, env=environment, check=True, capture_output=True, timeout=400)
        wait_until(lambda: not first & {generation(address) for address in addresses}, 60)
        crowd.ask_on()
        assert len({generation(address) for address in addresses}) == 1
        for address in addresses:  # both have had their share
            assert "assistant_answers_total{" in httpx.get(f"http://{address}/metrics").text
        processes[0].send_signal(signal.SIGTERM)
        assert processes[0].wait(40) == 0
        crowd.ask_on()
        assert set(crowd.outcomes) == {"ok"}


@contextmanager
def started(port: str, environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run the program on a port."""
    command = [sys.executable, "-m", "ui", "--port", port]
    quiet: Any = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, env=environment, **quiet) as process:
        try:
            yield process
        finally:
            process.kill()


def generation(address: str) -> str:
    """The generation that a process answers from; empty where it does not answer."""
    try:
        return str(httpx.get(f"http://{address}/readyz", timeout=5).json()["generation"])
    except httpx.HTTPError:
        return ""
