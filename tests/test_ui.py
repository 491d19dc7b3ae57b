"""The site as a whole without a browser: pages, metrics, the command."""

from __future__ import annotations

import errno
import os
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import gradio as gr
import httpx
import pytest
from running import CRITERIA, GRADIO_WARNINGS, ask, free_port, serving, wait_until

from ingest.settings import Settings
from ui.__main__ import cure, main
from ui.app import create_app
from ui.conversation import Conversation
from ui.desk import Desk
from ui.limits import Limits
from ui.page import MAX_SESSIONS
from ui.privacy import privacy_html
from ui.render import full_notice
from ui.serving import Serving
from ui.texts import TEXTS

pytestmark = GRADIO_WARNINGS


def test_the_chat_page_is_ours(web: httpx.Client) -> None:
    headers = {"x-forwarded-host": "evil.test", "accept-language": "en-GB"}
    response = web.get("/", headers=headers, follow_redirects=True)
    assert response.url.path == "/chat/"
    assert '<html lang="en"' in response.text
    assert "<title>Little Giants Assistant</title>" in response.text
    assert "initial-scale=1, interactive-widget=resizes-content" in response.text
    for unwanted in ("evil.test", '"og:', '"twitter:', "huggingface", "manifest.json"):
        assert unwanted not in response.text
    for file in ("chat.css", "chat.js", "icon.svg"):
        assert f"../{file}" in response.text
        assert web.get(f"/{file}").is_success


def test_gradio_forgets_the_oldest_conversations(settings: Settings) -> None:
    mounted = next(r for r in create_app(settings).routes if getattr(r, "path", "") == "/chat")
    assert mounted.app.state_holder.capacity == MAX_SESSIONS  # type: ignore[attr-defined]


@pytest.mark.parametrize("asked", ["  ", "a" * 501, CRITERIA])
def test_a_refused_question_leaves_the_page_as_it_is(settings: Settings, asked: str) -> None:
    desk = Desk(settings, Serving(settings), Limits(replace(settings, questions_per_minute=0)))
    reader = SimpleNamespace(client=None)
    (step,) = Conversation(desk, "nl").answer(asked, (), "nl", "", reader)  # type: ignore[arg-type]
    told = step[3]
    assert "remark" in told
    assert [part for part in step if part != gr.skip()] == [told]


def test_metrics_count_answers_when_switched_on(settings: Settings) -> None:
    app = create_app(replace(settings, metrics=True))
    with serving(app) as address, httpx.Client(base_url=address, timeout=20) as client:
        wait_until(lambda: client.get("/readyz").is_success)
        ask(client, CRITERIA)
        client.post("/api/v1/feedback", json={"answer": "a1", "verdict": "down"})
        told = client.get("/metrics").text
    assert 'assistant_answers_total{language="nl",mode="extractive",status="answered"} 1.0' in told
    assert 'assistant_thumbs_total{verdict="down"} 1.0' in told
    assert "criteria" not in told


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_the_privacy_page_tells_what_is_switched_on(web: httpx.Client, lang: str) -> None:
    words = {"nl": "De vraag zelf wordt niet bewaard", "en": "The question itself is not kept"}
    assert words[lang] in web.get("/privacy", params={"lang": lang}).text
    setup = Settings(
        question_log="x", llm_base_url="https://models.example/v1", llm_model="writer-1"
    )
    told = privacy_html(setup, lang)  # type: ignore[arg-type]
    assert "30" in told
    assert "writer-1" in told
    assert "models.example" in told
    notice = full_notice(setup, TEXTS[lang])  # type: ignore[index]
    assert "writer-1" in notice
    assert "models.example" in notice


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_a_model_on_this_machine_is_named_without_a_host(lang: str) -> None:
    words = {"nl": "gaat naar een ander bedrijf", "en": "goes to another company"}
    setup = Settings(llm_base_url="http://localhost:11434/v1", llm_model="writer-1")
    for told in (privacy_html(setup, lang), full_notice(setup, TEXTS[lang])):  # type: ignore[arg-type,index]
        assert "writer-1" in told
        assert "localhost" not in told
    assert words[lang] in privacy_html(setup, lang)  # type: ignore[arg-type]


@pytest.mark.parametrize("page", ["/privacy", "/chat/", "/embed", "/healthz", "/readyz"])
def test_the_models_key_is_on_no_page(settings: Settings, page: str) -> None:
    setup = replace(
        settings,
        llm_base_url="http://127.0.0.1:9/v1",
        llm_model="writer-1",
        llm_api_key="sk-canary-7f3a",
    )
    app = create_app(setup)
    with serving(app) as address, httpx.Client(base_url=address, timeout=20) as client:
        wait_until(lambda: client.get("/readyz").is_success)
        assert "sk-canary" not in client.get(page).text


def run(*arguments: str, program: str = "ui", **variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", program, *arguments]
    environment = {**os.environ, **variables}
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=60, check=False
    )


def test_help_tells_a_newcomer_what_to_do() -> None:
    told = run("--help")
    assert told.returncode == 0
    assert "--port" in told.stdout
    assert "builds the index" in told.stdout


def test_a_port_in_use_is_one_line(web: httpx.Client) -> None:
    told = run("--port", str(web.base_url.port))
    assert told.returncode == 1
    assert f"try --port {web.base_url.port + 1}" in told.stderr
    assert "Traceback" not in told.stderr


@pytest.mark.parametrize("port", ["70000", "0", "-1", "http"])
def test_a_port_that_is_none_is_a_usage_error(
    port: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([f"--port={port}"])
    assert ended.value.code == 2
    told = capsys.readouterr().err.splitlines()[-1]
    assert told.endswith(f"--port: {port!r} is not a port; expected 1 to 65535, such as 7860.")


def test_a_host_that_cannot_be_listened_on_is_told_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ASSISTANT_INDEX", str(tmp_path / "index"))
    assert main(["--host", "192.0.2.1", "--port", str(free_port())]) == 1  # nobody's address
    told = capsys.readouterr().err
    assert "--host takes an address of this machine" in told
    assert "try --port" not in told


@pytest.mark.parametrize(
    ("number", "port", "words"),
    [
        (errno.EADDRINUSE, 7860, "try --port 7861"),
        (errno.EADDRINUSE, 65535, "try --port 65534"),
        (errno.EACCES, 80, "use a --port from 1024"),
        (errno.EADDRNOTAVAIL, 80, "--host takes an address"),
        (socket.EAI_NONAME, 80, "--host takes an address"),
    ],
)
def test_each_address_that_cannot_be_used_has_its_cure(number: int, port: int, words: str) -> None:
    assert cure(OSError(number, ""), port).startswith(words)


@pytest.mark.parametrize("program", ["ui", "assistant"])
@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({"ASSISTANT_LLM_BASE_URL": "http://127.0.0.1:9/v1"}, "ASSISTANT_LLM_MODEL is not"),
        ({"ASSISTANT_LLM_MODEL": "writer-1"}, "ASSISTANT_LLM_BASE_URL is not"),
        ({"ASSISTANT_LLM_MODLE": "writer-1"}, "did you mean ASSISTANT_LLM_MODEL?"),
    ],
    ids=["no model", "no address", "misspelt"],
)
def test_a_setting_that_cannot_be_used_ends_it_with_2(
    settings: Settings, tmp_path: Path, program: str, variables: dict[str, str], told: str
) -> None:
    asked, index = ([], tmp_path / "none") if program == "ui" else (["hoi"], settings.index)
    ended = run(*asked, program=program, ASSISTANT_INDEX=str(index), **variables)
    assert ended.returncode == 2, ended.stderr
    assert told in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
    assert ended.stdout == ""  # nothing was built or served before it
    assert not (tmp_path / "none").exists()


def test_the_missing_extra_ends_it_before_anything_is_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "llama_index.llms.openai_like", None)
    monkeypatch.setenv("ASSISTANT_LLM_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("ASSISTANT_LLM_MODEL", "writer-1")
    monkeypatch.setenv("ASSISTANT_INDEX", str(tmp_path / "index"))
    assert main(["--port", str(free_port())]) == 1
    assert "[llm]" in capsys.readouterr().err
    assert not (tmp_path / "index").exists()


WATCHED = """
import socket, sys
asked = []
lookup, connect = socket.getaddrinfo, socket.socket.connect
def watched_lookup(host, *rest, **more):
    asked.append(str(host)); return lookup(host, *rest, **more)
def watched_connect(self, address):
    asked.append(str(address[0])); return connect(self, address)
socket.getaddrinfo, socket.socket.connect = watched_lookup, watched_connect
sys.path.insert(0, sys.argv[1])
import httpx
from running import CRITERIA, ask, serving, wait_until
from ingest.settings import Settings
from ui.app import create_app
with serving(create_app(Settings.from_environment())) as address:
    with httpx.Client(base_url=address, timeout=20) as client:
        wait_until(lambda: client.get("/readyz").is_success)
        assert client.get("/chat/").is_success and ask(client, CRITERIA).is_success
print(sorted(set(asked) - {"127.0.0.1", "localhost", "None", "0.0.0.0"}))
"""


def test_start_up_and_an_answer_resolve_no_name(settings: Settings) -> None:
    environment = {**os.environ, "ASSISTANT_INDEX": str(settings.index)}
    command = [sys.executable, "-c", WATCHED, str(Path(__file__).parent)]
    told = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert told.stdout.strip().endswith("[]"), told.stderr + told.stdout
