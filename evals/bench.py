"""How long everything takes on this machine, and what dominates it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from evals.bench_model import checks, waits
from evals.questions import Question
from ingest.errors import AssistantError, ModelError
from ingest.settings import Settings

ASKED = "Hoeveel Little Giants zijn er?"
PATIENCE = 120.0  # seconds for a page to be served
RUNS = 3  # of each start; the median is told

# What any Gradio page costs on this machine, to hold ours against: a box and nothing behind it.
EMPTY_APP = """
import os, sys
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
import gradio as gr
with gr.Blocks() as demo:
    gr.Textbox()
demo.launch(server_port=int(sys.argv[1]), quiet=True)
"""


class BenchError(AssistantError):
    """Something to be timed did not start; the text ends with what it said."""


def bench(settings: Settings, questions: Sequence[Question], web: bool = True) -> str:
    """Return a table of times, most in seconds; the index must be built."""
    lines = [_line("ingest, everything anew", *_ingest(settings))]
    lines += [_line("ingest, nothing changed", *_process(settings, "-m", "ingest"))]
    lines += [_line("start to first answer", *_process(settings, "-m", "assistant", ASKED))]
    lines += _answers(settings, questions)
    lines += [_line(*timing) for timing in checks(settings, questions)]
    try:
        lines += [_line(*timing) for timing in waits(settings, questions)]
    except ModelError as error:  # the extra that connects to a model is not installed
        lines.append(f"first visible sentence: not measured. {error}")
    if web:
        empty, ours = _pages(settings)
        lines.append(_line("start to page, empty Gradio app", empty))
        ratio = f"{ours / empty:.2f} times the empty app" if empty else ""
        lines.append(_line("start to page, python -m ui", ours, ratio))
    return "\n".join(lines)


def _ingest(settings: Settings) -> tuple[float, str]:
    from ingest.build import build_index

    build_index(settings)  # imports, models and caches are in place
    with tempfile.TemporaryDirectory() as folder:
        built = build_index(replace(settings, index=Path(folder) / "index"), rebuild=True)
    made = built.manifest
    size = f"{made.sentences} sentences, {made.chunks} chunks, {made.faces} questions"
    return built.seconds, size


def _process(settings: Settings, *arguments: str) -> tuple[float, str]:
    """Return the median seconds that a fresh process takes."""
    times = []
    for _ in range(RUNS):
        started = time.perf_counter()
        subprocess.run(
            [sys.executable, *arguments], env=_environment(settings), check=True,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        times.append(time.perf_counter() - started)
    return sorted(times)[RUNS // 2], f"fresh process, median of {RUNS}"


def _answers(settings: Settings, questions: Sequence[Question]) -> list[str]:
    """Return latency of the answers, and the share of each step."""
    from assistant import open_assistant

    assistant = open_assistant(settings)
    assistant.ask(ASKED)
    times, steps = [], dict[str, float]()
    for question in questions:
        started = time.perf_counter()
        answer = assistant.ask(question.question, question.history)
        times.append(time.perf_counter() - started)
        for step, milliseconds in answer.timings.items():
            steps[step] = steps.get(step, 0.0) + milliseconds
    p50, p95 = np.quantile(times, (0.5, 0.95))
    total = sum(steps.values()) or 1.0
    shares = ", ".join(
        f"{step} {100 * spent / total:.0f} %"
        for step, spent in sorted(steps.items(), key=lambda item: -item[1])
    )
    return [
        _line("answer, p50", float(p50), f"{len(times)} questions of the tuning half"),
        _line("answer, p95", float(p95), shares),
    ]


def _pages(settings: Settings) -> tuple[float, float]:
    """Return the median seconds to a served page: an empty Gradio app, and ours, taking turns."""
    empty, ours = [], []
    for _ in range(RUNS):
        port = _free_port()
        empty.append(_until_served(settings, port, "/", "-c", EMPTY_APP, str(port)))
        port = _free_port()
        served = replace(settings, port=port)
        ours.append(_until_served(served, port, "/chat", "-m", "ui"))
    return sorted(empty)[RUNS // 2], sorted(ours)[RUNS // 2]


def _until_served(settings: Settings, port: int, path: str, *arguments: str) -> float:
    started = time.perf_counter()
    with (
        tempfile.TemporaryFile() as told,
        subprocess.Popen(
            [sys.executable, *arguments], env=_environment(settings), stdout=told, stderr=told
        ) as process,
    ):
        try:
            while not _serves(port, path):
                if process.poll() is not None or time.perf_counter() - started > PATIENCE:
                    told.seek(0)
                    raise BenchError(f"No page was served: {told.read()[-500:].decode()}")
                time.sleep(0.02)
            return time.perf_counter() - started
        finally:
            process.terminate()


def _serves(port: int, path: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _environment(settings: Settings) -> dict[str, str]:
    return {
        **os.environ,
        "ASSISTANT_CORPUS": str(settings.corpus),
        "ASSISTANT_INDEX": str(settings.index),
        "ASSISTANT_PORT": str(settings.port),
    }


def _line(what: str, seconds: float, told: str = "") -> str:
    value = f"{1000 * seconds:.1f} ms" if seconds < 0.5 else f"{seconds:.2f} s"
    return f"{what:<34} {value:>10}   {told}".rstrip()
