"""python -m assistant --check-llm, against a real HTTP server on loopback."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from llm_server import MODEL, LLMServer, Reply

from assistant.__main__ import main
from assistant.check import check
from ingest.settings import Settings

KEY = "sk-canary-7f3a"
ANSWER = "Een tijdschrift verschijnt geregeld. Het bundelt artikelen."


def told(base_url: str, seconds: float = 10, **more: Any) -> tuple[bool, str]:
    """Whether it is in order, and what was said."""
    lines: list[str] = []
    given = {"llm_model": MODEL, "llm_api_key": KEY, **more}
    fine = check(Settings(llm_base_url=base_url, **given), lines.append, seconds)
    text = "\n".join(lines)
    assert KEY not in text
    return fine, text


def test_a_model_in_order_is_measured() -> None:
    with LLMServer(Reply(ANSWER, pause=0.01), models=(MODEL, "other")) as server:
        fine, text = told(server.base_url)
        assert fine
        assert "questions stay on this machine" in text
        assert f"2; {MODEL} is one of them" in text
        assert "streams     yes, in 7 pieces" in text
        assert f"it says     {ANSWER}" in text
        assert text.splitlines()[-1].startswith("OK")
        # What is sent is ours: no visitor's question, no article.
        (request,) = server.requests
        assert "tijdschrift" in request["messages"][-1]["content"]


WRONG = {
    "key": (Reply(status=401), {}, "does not take the key", "ASSISTANT_LLM_API_KEY"),
    "name": (Reply(ANSWER), {"llm_model": "test-modal"}, "no such model", f"one of: {MODEL}"),
    "no name": (Reply(ANSWER), {"llm_model": ""}, "no model is chosen", f"one of: {MODEL}"),
    "limit": (Reply(status=429), {}, "takes no more requests", "no credit"),
    "fault": (Reply(status=500), {}, "a fault of its own", "server's own log"),
    "refused": (Reply(status=400), {}, "as the test asked for", "said why"),
    "web page": (Reply.web_page(), {}, "text/html", "ends in /v1"),
    "no stream": (Reply(ANSWER, streams=False), {}, "instead of text/event-stream", "OpenAI"),
    "empty": (Reply(""), {}, "an empty answer", "thinking"),
    "too slow": (Reply(ANSWER, pause=0.3), {}, "too slow", "smaller model"),
    "breaks off": (Reply(ANSWER, fault="reset"), {}, "broke off", "curl"),
}


@pytest.mark.parametrize(("reply", "more", "problem", "cure"), WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_and_what_to_do(
    reply: Reply, more: dict[str, Any], problem: str, cure: str
) -> None:
    with LLMServer(reply) as server:
        fine, text = told(server.base_url, **more)
    assert not fine
    wrong, cures = text.split("what to do")
    assert problem in wrong.split("WRONG")[1]
    assert cure in cures


def test_a_wrong_key_is_not_repeated_though_the_server_does() -> None:
    with LLMServer(Reply(ANSWER), key="another") as server:
        fine, text = told(server.base_url)
    assert not fine
    assert "it said     Bearer …" in text


def test_nothing_listens() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        fine, text = told(f"http://127.0.0.1:{probe.getsockname()[1]}/v1")
    assert not fine
    assert "connection refused" in text


def test_thinking_is_noticed() -> None:
    with LLMServer(Reply(ANSWER, thinking="Eens kijken")) as server:
        fine, text = told(server.base_url)
    assert fine
    assert "after thinking" in text


@pytest.mark.parametrize("reply", [Reply(ANSWER, fault="stall", after=0), Reply(ANSWER, drip=0.2)])
def test_it_ends_in_time(reply: Reply) -> None:
    with LLMServer(reply) as server:
        told(f"{server.base_url}/nowhere")  # the libraries are imported with the first check
        began = time.monotonic()
        fine, text = told(server.base_url, seconds=3)
        spent = time.monotonic() - began
    assert not fine
    assert "in the time given" in text
    assert spent < 8


def test_plain_http_to_another_machine_is_pointed_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_rest: Any, **_more: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    fine, text = told("http://models.invalid/v1")
    assert not fine
    assert "unencrypted" in text
    assert "questions go to models.invalid" in text
    assert "host name" in text


def test_without_a_model_it_says_how_to_set_one_up(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check-llm"]) == 1
    assert "docs/models.md" in capsys.readouterr().out


def test_a_question_is_still_needed_without_it(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main([])
    assert left.value.code == 2
    assert "a question is needed" in capsys.readouterr().err


def test_the_docs_settings_can_be_used() -> None:
    """docs/models.md: every setting exists with its default, every set-up can be read."""
    text = (Path(__file__).parent.parent / "docs" / "models.md").read_text("utf-8")
    defaults = {f"ASSISTANT_{f.name.upper()}": f.default for f in fields(Settings)}
    assert set(re.findall(r"ASSISTANT_[A-Z_]+", text)) <= set(defaults)
    for name, default in re.findall(r"^\| `(ASSISTANT_\w+)` \| .*; (\d+)[;| ]", text, re.MULTILINE):
        assert int(default) == defaults[name]
    blocks = re.findall(r"(?:^    ASSISTANT_\S+=\S+\n)+", text, re.MULTILINE)
    assert len(blocks) == 3
    for block in blocks:
        setup = Settings.from_environment(dict(line.split("=") for line in block.split()))
        assert setup.llm_base_url.endswith("/v1")
        assert setup.llm_model


def test_the_command() -> None:
    with LLMServer(lambda request: Reply(json.dumps(request["model"]))) as server:
        environment = {
            **os.environ,
            "ASSISTANT_LLM_BASE_URL": server.base_url,
            "ASSISTANT_LLM_MODEL": MODEL,
            "ASSISTANT_LLM_API_KEY": KEY,
        }
        ran = subprocess.run(
            [sys.executable, "-m", "assistant", "--check-llm"],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "OK" in ran.stdout
    assert ran.stderr == ""
