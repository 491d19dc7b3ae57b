"""The assistant behind the pages: waiting, swapping, leaving, stopping, counting."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import weakref
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import httpx
import pytest
from making import REAL_PAGE, write_corpus
from running import CRITERIA, GRADIO_WARNINGS, Waiting, free_port, serving, wait_until

from assistant import Answer, Assistant
from ingest.errors import IndexMissing
from ingest.generations import writing
from ingest.settings import Settings
from ui.__main__ import prepare
from ui.app import create_app
from ui.desk import Desk, Refused
from ui.limits import Limits
from ui.serving import NotReady, Serving
from ui.stream import answers, events
from ui.texts import DUTCH, ENGLISH

pytestmark = GRADIO_WARNINGS


def desk_over(assistant: object, settings: Settings) -> Desk:
    serving_ = Serving(settings, lambda _: assistant)  # type: ignore[arg-type,return-value]
    serving_.start()
    return Desk(settings, serving_, Limits(settings))


def test_a_reader_who_leaves_stops_the_answer(settings: Settings) -> None:
    waiting = Waiting()
    desk = desk_over(waiting, settings)

    async def leave_early() -> None:
        steps = answers(desk, "hoi", [], None, "nl")
        await anext(steps)
        await steps.aclose()

    asyncio.run(leave_early())
    assert waiting.closed.wait(1)
    desk.serving.stop()


def test_an_answer_that_takes_too_long_ends_with_an_error(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.stream.SECONDS_FOR_AN_ANSWER", 0.2)
    waiting = Waiting()
    desk = desk_over(waiting, settings)

    async def told() -> list[str]:
        return [str(e.event) async for e in events(answers(desk, "hoi", [], None, "nl"), "nl")]

    assert asyncio.run(told())[-1] == "error"
    assert waiting.closed.wait(1)
    desk.serving.stop()


def test_a_broken_answer_tells_a_code_and_no_more(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken(Waiting):
        def stream(self, *_: object, **__: object) -> Iterator[Answer]:
            raise RuntimeError("secret")
            yield

    desk = desk_over(Broken(), settings)

    async def told() -> list[str]:
        return [str(e.data) async for e in events(answers(desk, "hoi", [], None, "nl"), "nl")]

    (only,) = asyncio.run(told())
    assert json.loads(only) == {"code": "internal", "message": DUTCH.error_internal}
    assert "secret" in caplog.text
    desk.serving.stop()


def test_past_the_answers_it_can_give_at_once_it_says_when_to_come_back(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.stream.SECONDS_TO_QUEUE", 0.1)
    one = Settings.from_environment({"ASSISTANT_CONCURRENT_ANSWERS": "1"})
    setup = replace(settings, concurrent_answers=one.concurrent_answers)
    waiting = Waiting(steps=1000)
    held = Serving(setup, lambda _: waiting)  # type: ignore[arg-type,return-value]
    stream = {"accept": "text/event-stream"}
    app = create_app(setup, serving=held)
    with serving(app) as address, httpx.Client(base_url=address, timeout=10) as client:
        wait_until(lambda: client.get("/readyz").is_success)
        body = {"message": "hoi", "lang": "en"}
        with client.stream("POST", "/api/v1/chat", json=body, headers=stream) as slow:
            lines = slow.iter_lines()
            assert next(lines) == "event: meta"
            for headers in ({}, stream):
                refused = client.post("/api/v1/chat", json=body, headers=headers)
                assert refused.status_code == 503
                assert int(refused.headers["retry-after"]) > 0
                told = {"code": "busy", "message": ENGLISH.error("busy")}
                assert refused.json() == {"error": told}
            assert client.get("/healthz").is_success
            assert not waiting.closed.is_set()
            lines.close()
        # The reader has gone: the place is free again.
        assert waiting.closed.wait(1)
        waiting.steps = 1
        assert client.post("/api/v1/chat", json=body).is_success
        assert client.post("/api/v1/chat", json=body, headers=stream).is_success


def test_stopping_the_server_finishes_running_answers(settings: Settings) -> None:
    """What SIGTERM does: uvicorn stops listening, and the stream that runs comes to its end."""
    waiting = Waiting(steps=40)
    held = Serving(settings, lambda _: waiting)  # type: ignore[arg-type,return-value]
    received: list[str] = []
    begun = threading.Event()

    def listen(address: str) -> None:
        body, headers = {"message": "hoi"}, {"accept": "text/event-stream"}
        with httpx.stream("POST", f"{address}/api/v1/chat", json=body, headers=headers) as response:
            for line in response.iter_lines():
                received.append(line)
                begun.set()

    with serving(create_app(settings, serving=held)) as address:
        wait_until(lambda: httpx.get(f"{address}/readyz").is_success)
        listener = threading.Thread(target=listen, args=(address,))
        listener.start()
        assert begun.wait(5)
    listener.join(10)
    assert "event: done" in received


def test_sigterm_ends_the_program_in_order(settings: Settings) -> None:
    port = free_port()
    environment = {
        **os.environ,
        "ASSISTANT_CORPUS": str(settings.corpus),
        "ASSISTANT_INDEX": str(settings.index),
    }
    command = [sys.executable, "-m", "ui", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            wait_until(lambda: answers_at(f"http://127.0.0.1:{port}/readyz"), 60)
            process.send_signal(signal.SIGTERM)
            told, _ = process.communicate(timeout=20)
        finally:
            process.kill()
    assert process.returncode == 0
    assert f"http://localhost:{port}/chat/" in told
    assert "Nothing has changed" in told


def test_beside_a_running_ingest_it_starts_with_what_there_is(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    setup = replace(settings, index=Path(shutil.copytree(settings.index, tmp_path / "index")))
    stale = replace(setup, corpus=write_corpus(tmp_path / "corpus", page=REAL_PAGE))
    with writing(stale.index):  # as our twin does that was started with us
        prepare(stale)
    assert "another ingest is writing" in capsys.readouterr().out
    held = Serving(stale)
    held.start()
    wait_until(lambda: held.is_ready)
    held.stop()


def answers_at(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2).is_success
    except httpx.HTTPError:
        return False


def test_a_new_generation_is_taken_up(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    newest = ["g1"]
    monkeypatch.setattr("ui.serving.SECONDS_BETWEEN_LOOKS", 0.02)
    monkeypatch.setattr("ui.serving.SECONDS_TO_RETIRE", 0.02)
    monkeypatch.setattr("assistant.is_current", lambda a, _: a.generation == newest[0])
    held = Serving(settings, lambda _: Waiting(newest[0]))  # type: ignore[arg-type,return-value]
    held.start()
    wait_until(lambda: held.generation == "g1")
    old = cast(Waiting, held.assistant())
    retired, gone = old.retired, weakref.ref(old)
    old.itself = old  # type: ignore[attr-defined]  # as a cache of its methods would
    del old
    gc.disable()  # nobody else may tidy up
    try:
        newest[0] = "g2"
        wait_until(lambda: held.generation == "g2")
        assert retired.wait(2)
        wait_until(lambda: gone() is None)
    finally:
        gc.enable()
    held.stop()


def test_a_new_index_does_not_set_back_the_models_count(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    newest = [True]
    monkeypatch.setattr("ui.serving.SECONDS_BETWEEN_LOOKS", 0.02)
    monkeypatch.setattr("assistant.is_current", lambda *_: newest[0])
    held = Serving(replace(settings, llm_base_url="http://127.0.0.1:9/v1", llm_model="m"))
    held.start()
    first = held.assistant()
    newest[0] = False
    wait_until(lambda: held.assistant() is not first)
    held.stop()
    assert first.model is not None
    assert held.assistant().model is first.model


def test_without_an_index_questions_hear_why(settings: Settings) -> None:
    def missing(_: Settings) -> Assistant:
        raise IndexMissing("no index; run python -m ingest")

    held = Serving(settings, missing)
    held.start()
    with pytest.raises(NotReady, match="python -m ingest"):
        held.assistant(timeout=2)
    held.stop()


def test_the_page_is_served_before_the_index_is_open(settings: Settings) -> None:
    go = threading.Event()

    def slow(_: Settings) -> Waiting:
        go.wait(10)
        return Waiting(steps=1)

    app = create_app(settings, serving=Serving(settings, slow))  # type: ignore[arg-type]
    with serving(app) as address, httpx.Client(base_url=address) as client:
        assert client.get("/healthz").is_success
        assert client.get("/readyz").status_code == 503
        assert client.get("/chat/").is_success
        assert client.get("/api/v1/suggestions").json()["error"]["code"] == "starting"
        go.set()
        wait_until(lambda: client.get("/readyz").is_success)


@pytest.mark.parametrize("question", ["", " \n", "\u2003"])
def test_the_desk_refuses_emptiness(settings: Settings, question: str) -> None:
    desk = Desk(settings, Serving(settings), Limits(settings))
    with pytest.raises(Refused) as refused:
        desk.admit(question, "x")
    assert refused.value.code == "empty"


def test_the_desk_mends_lone_surrogates(settings: Settings) -> None:
    assert Desk(settings, Serving(settings), Limits(settings)).admit("a\ud800b", "x") == "a?b"


def test_the_log_line_holds_no_question(
    settings: Settings, assistant: Assistant, caplog: pytest.LogCaptureFixture
) -> None:
    desk = desk_over(assistant, settings)
    with caplog.at_level("INFO", "ui.answers"):
        last = list(desk.stream(CRITERIA, [], None))[-1]
    desk.serving.stop()
    assert last.id in caplog.text
    assert "criteria" not in caplog.text
