"""python -m ui.killed [TIMES]: what visitors get while the language model's server keeps dying.

A scripted model that quotes its prompt, at the pace of a real one, is a process of its own; under
the load of several visitors it is killed (SIGKILL) in mid-answer and started again, TIMES times.
Every answer is checked as a visitor would: it is there in time, each sentence has its source, it
tells the fact asked for, and no sentence that was shown is taken back.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import httpx

from ingest.settings import Settings

if TYPE_CHECKING:
    from assistant import Assistant

QUESTIONS = (
    ("Aan welke criteria moet een Little Giant voldoen?", "15%"),
    ("What criteria must a Little Giant meet?", "15%"),
    ("Hoeveel Little Giants zijn er?", "14.600"),
    ("How many Little Giants are there?", "14,600"),
)
SPEED = 100  # tokens a second
ONE_IN = 3  # answers in which the model's server dies
_SENTENCE = re.compile(r"^\[(\d+)\] (nl|en): (.*)(?:\n    (?:nl|en): (.*))?$", re.M)


class DyingModel(BaseHTTPRequestHandler):
    """OpenAI's chat protocol, streamed; now and then the whole process is gone in mid-answer."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        """Stream the prompt's first two sentences, or die somewhere in them."""
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        tokens = re.findall(r"\s*\S{1,4}", quoting(request["messages"][-1]["content"]))
        last = random.randrange(1, len(tokens)) if not random.randrange(ONE_IN) else -1
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.send_header("Connection", "close")
        self.end_headers()
        for count, token in enumerate(tokens):
            if count == last:
                os.kill(os.getpid(), signal.SIGKILL)
            time.sleep(1 / SPEED)
            self._send({"content": token})
        self._send({}, "stop")
        self.wfile.write(b"data: [DONE]\n\n")
        self.close_connection = True

    def _send(self, delta: dict[str, str], finish: str | None = None) -> None:
        choice = {"index": 0, "delta": {"role": "assistant", **delta}, "finish_reason": finish}
        event = {"id": "c", "object": "chat.completion.chunk", "created": 0, "model": "dying"}
        self.wfile.write(f"data: {json.dumps({**event, 'choices': [choice]})}\n\n".encode())


def quoting(prompt: str) -> str:
    """Return the first two sentences of a prompt in the language it asks for."""
    dutch = "in het Nederlands" in prompt
    said = []
    for number, first, text, twin in _SENTENCE.findall(prompt)[:2]:
        own = text if (first == "nl") is dutch else twin
        said += [f"{own.rstrip('.')} [{number}]."] if own else []
    return " ".join(said)


class Undertaker:
    """Starts the model's process again whenever it was killed, and counts how often."""

    def __init__(self, port: int) -> None:
        self.kills = 0
        self._port = port
        self._process = self._start()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-m", "ui.killed", "--model", str(self._port)])

    def _watch(self) -> None:
        while not self._over.is_set():
            if self._process.poll() is not None:
                self.kills += self._process.returncode == -signal.SIGKILL
                self._process = self._start()
            self._over.wait(0.01)

    def stop(self) -> None:
        """End the process for good."""
        self._over.set()
        self._thread.join()
        self._process.kill()
        self._process.wait()


def fault_of(events: list[tuple[str, dict[str, Any]]], fact: str) -> str:
    """Return in words what is wrong with an answer as it was streamed, "" if nothing is."""
    if not events or events[-1][0] != "done":
        return f"no answer: {events[-1] if events else 'nothing'}"
    answer, shown = events[-1][1]["answer"], ""
    for name, data in events:
        if name == "delta":
            text = data["text"] if data.get("replace") else shown + data["text"]
            if not text.startswith(shown):
                return "a sentence was taken back"
            shown = text
    markers = {citation["marker"] for citation in answer["citations"]}
    if any(not s["markers"] or not set(s["markers"]) <= markers for s in answer["sentences"]):
        return "a sentence without its source"
    return "" if fact in answer["text"] else f"no {fact} in it"


def ask(site: httpx.Client, question: str) -> list[tuple[str, dict[str, Any]]]:
    """Return the events of one streamed answer."""
    headers = {"accept": "text/event-stream"}
    body = site.post("/api/v1/chat", json={"message": question}, headers=headers).text
    found = re.findall(r"event: (\w+)\r?\ndata: (.*)", body)
    return [(name, json.loads(data)) for name, data in found]


def run(times: int, visitors: int) -> int:
    """Print what came of it; return 0 if every answer was good and in time."""
    settings = replace(
        Settings.from_environment(), llm_model="dying", questions_per_minute=10**6,
        questions_per_day=10**6, concurrent_answers=visitors,
    )  # fmt: skip
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    settings = replace(settings, llm_base_url=f"http://127.0.0.1:{port}/v1")
    model = Undertaker(port)
    lock, modes, faults, seconds = threading.Lock(), Counter[str](), Counter[str](), list[float]()

    def visit(address: str) -> None:
        with httpx.Client(base_url=address, timeout=120) as site:
            while model.kills < times:
                question, fact = random.choice(QUESTIONS)
                began = time.perf_counter()
                events = ask(site, question)
                spent = time.perf_counter() - began
                fault = fault_of(events, fact)
                if not fault and spent > settings.llm_seconds:
                    fault = "late"
                with lock:
                    seconds.append(spent)
                    faults.update([fault] if fault else [])
                    modes[events[-1][1]["answer"]["mode"] if not fault else "bad"] += 1

    try:
        with site_of(settings) as address:
            crowd = [threading.Thread(target=visit, args=(address,)) for _ in range(visitors)]
            for one in crowd:
                one.start()
            for one in crowd:
                one.join()
    finally:
        model.stop()
    ordered, bad = sorted(seconds), sum(faults.values())
    print(f"{model.kills} times killed in mid-answer, {visitors} visitors at once")
    print(
        f"{len(seconds)} answers, {len(seconds) - bad} good: {modes['llm']} worded by the model, "
        f"{modes['extractive']} quoted"
    )
    print(
        f"p50 {ordered[len(ordered) // 2]:.1f} s, p95 {ordered[int(len(ordered) * 0.95)]:.1f} s, "
        f"longest {ordered[-1]:.1f} s, of {settings.llm_seconds} s"
    )
    for fault, count in faults.items():
        print(f"{count} times: {fault}")
    return int(bad > 0)


@contextmanager
def site_of(settings: Settings) -> Iterator[str]:
    """Serve the program with a model whose breaker never opens; yield the address.

    With the breaker a server that keeps dying is soon left alone, and nothing would be seen.
    """
    from assistant import open_assistant
    from assistant.breaker import Breaker
    from assistant.endpoint import Endpoint
    from assistant.llm import Model
    from ui.app import create_app
    from ui.server import build_server
    from ui.serving import Serving

    endpoint = Endpoint(settings)
    many, breaker = 10**9, Breaker(failures=10**9)
    model = Model(
        endpoint.llm, ask=endpoint.ask, seconds=settings.llm_seconds, breaker=breaker,
        calls_per_day=many, tokens_per_day=many, quiet=True,
    )  # fmt: skip

    def open_(given: Settings) -> Assistant:
        return open_assistant(given, llm=model)

    serving = Serving(settings, open_)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = build_server(create_app(settings, serving=serving), settings)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        serving.assistant()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def main() -> int:
    """Run the command line; return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m ui.killed", description=__doc__)
    parser.add_argument("times", nargs="?", type=int, default=100)
    parser.add_argument("--visitors", type=int, default=8)
    parser.add_argument("--model", type=int, metavar="PORT", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.model:
        ThreadingHTTPServer(("127.0.0.1", options.model), DyingModel).serve_forever()
    return run(options.times, options.visitors)


if __name__ == "__main__":
    sys.exit(main())
