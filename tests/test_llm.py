"""The connection to a model: every failure, against a real HTTP server on loopback."""

from __future__ import annotations

import logging
import os
import socket
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from llm_server import MODEL, LLMServer, Reply, make_certificate
from running import free_port, wait_until

from assistant.breaker import Breaker, Budget
from assistant.call import _Speech
from assistant.check import check
from assistant.endpoint import is_local
from assistant.failure import ModelFailed
from assistant.llm import Message, Model, host_of, load_llm
from ingest.errors import ModelError, SettingsError
from ingest.settings import Settings

KEY = "sk-canary-7f3a"
QUESTION = "vraag-kanarie"
EVIDENCE = "bron-kanarie"
SAYS = "De kleine reuzen zijn groot ."  # what the model of llama_server.py says
MESSAGES: list[Message] = [("system", f"[1] {EVIDENCE}"), ("user", QUESTION)]
SAID = "Er zijn er 14.600 in China. [1]"


def settings(base_url: str, **more: Any) -> Settings:
    return Settings(llm_base_url=base_url, llm_model=MODEL, llm_api_key=KEY, **more)


def model_at(base_url: str, **more: Any) -> Model:
    model = load_llm(settings(base_url, **more))
    assert model
    return model


def ask(model: Model, seconds: float = 10, max_tokens: int = 400) -> tuple[str, ModelFailed | None]:
    """What came, and how it failed if it did."""
    came: list[str] = []
    try:
        for text in model.stream(MESSAGES, seconds, max_tokens):
            came.append(text)
    except ModelFailed as failure:
        return "".join(came), failure
    return "".join(came), None


@pytest.fixture(autouse=True)
def quiet_threads() -> Iterator[None]:
    """No call may outlive its test: a stalled read is cut off, not left behind."""
    yield
    wait_until(lambda: not [t for t in threading.enumerate() if t.name == "model-call"])


def test_an_answer_streams() -> None:
    with LLMServer(Reply(SAID, pause=0.05)) as server:
        model = model_at(server.base_url)
        times = []
        pieces = []
        for text in model.stream(MESSAGES, 10):
            pieces.append(text)
            times.append(time.monotonic())
        assert "".join(pieces) == SAID
        assert len(pieces) == 7
        assert times[-1] - times[0] > 0.2
        assert server.keys == [f"Bearer {KEY}"]
        (request,) = server.requests
    assert request["stream"] is True
    assert request["model"] == MODEL
    assert request["max_tokens"] == 400
    assert [message["role"] for message in request["messages"]] == ["system", "user"]
    assert [message["content"] for message in request["messages"]] == [t for _, t in MESSAGES]
    assert model.calls == {"ok": 1}


def test_a_whole_answer() -> None:
    with LLMServer(Reply(SAID)) as server:
        assert model_at(server.base_url).complete(MESSAGES, 10) == SAID


PLAYED = {
    "401": (Reply(status=401), "setup", "does not take the key", 1, ""),
    "403": (Reply(status=403), "setup", "does not take the key", 1, ""),
    "404": (Reply(status=404), "setup", "no such model", 1, ""),
    "400": (Reply(status=400), "rejected", "does not take the request", 1, ""),
    "moved": (Reply(status=307, headers={"Location": "/"}), "setup", "another address", 1, ""),
    "429": (Reply(status=429), "limited", "takes no more", 2, ""),
    "429 for a second": (
        Reply(status=429, headers={"Retry-After": "1"}),
        "limited",
        "for 1 s",
        2,
        "",
    ),
    "429 for long": (Reply(status=429, headers={"Retry-After": "60"}), "limited", "60 s", 1, ""),
    "429 till a date": (
        Reply(status=429, headers={"Retry-After": "Fri, 31 Dec 1999 23:59:59 GMT"}),
        "limited",
        "takes no more",
        2,
        "",
    ),
    "500": (Reply(status=500), "server", "500", 2, ""),
    "503 as a page": (
        Reply(status=503, body="<html>", content_type="text/html"),
        "server",
        "503",
        2,
        "",
    ),
    "web page": (Reply.web_page(), "broken", "text/html", 1, ""),
    "no stream": (Reply(SAID, streams=False), "broken", "application/json", 1, ""),
    "empty": (Reply(""), "empty", "empty answer", 1, ""),
    "only thoughts": (Reply("", thinking="Hm", finish="length"), "empty", "thinking model", 1, ""),
    "filtered": (Reply("Er", finish="content_filter"), "filtered", "filter", 1, "Er"),
    "reset at once": (Reply(SAID, fault="reset", after=0), "unreachable", "broke off", 2, ""),
    "reset": (Reply(SAID, fault="reset"), "unreachable", "broke off", 1, "Er zijn er"),
    "ends early": (Reply(SAID, fault="end"), "broken", "before its end", 1, "Er zijn er"),
    "broken JSON": (Reply(SAID, fault="garbage"), "broken", "broken JSON", 1, "Er zijn er"),
    "error event": (Reply(SAID, fault="error"), "server", "in mid-answer", 1, "Er zijn er"),
}


@pytest.mark.parametrize(
    ("reply", "outcome", "words", "requests", "came"), PLAYED.values(), ids=PLAYED.keys()
)
def test_a_failure_is_told_once_without_secrets(
    reply: Reply,
    outcome: str,
    words: str,
    requests: int,
    came: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    with LLMServer(reply) as server:
        model = model_at(server.base_url)
        text, failure = ask(model)
        assert failure
        assert (text, failure.outcome) == (came, outcome)
        assert words in str(failure)
        assert len(server.requests) == requests
        assert model.calls == {outcome: 1}
        told = [r.getMessage() for r in caplog.records if r.name == "assistant.llm"]
        assert told == [f"language model {MODEL} (on this machine): {failure}"]
        assert_secret(model, failure, caplog.text)


def assert_secret(model: Model, failure: ModelFailed, logged: str) -> None:
    """Neither the key nor a visitor's text is anywhere that a person might print."""
    shown = "".join(traceback.format_exception(failure)) + repr(failure) + repr(vars(failure))
    shown += repr(model) + repr(load_llm) + logged
    for secret in (KEY, QUESTION, EVIDENCE):
        assert secret not in shown


def test_the_key_shows_in_no_object() -> None:
    setup = settings("http://127.0.0.1:1/v1", embedder_api_key=KEY)
    model = model_at("http://127.0.0.1:1/v1")
    llm = model._ask.__self__.llm  # type: ignore[attr-defined]
    for shown in (repr(setup), repr(model), repr(llm), str(llm.to_dict()), llm.model_dump_json()):
        assert KEY not in shown


def test_connection_refused(caplog: pytest.LogCaptureFixture) -> None:
    model = model_at(f"http://127.0.0.1:{free_port()}/v1")
    text, failure = ask(model)
    assert failure
    assert (text, failure.outcome) == ("", "unreachable")
    assert "nothing listens there" in str(failure)
    assert model.spent == (0, 0)  # nothing was asked, so nothing was spent
    assert_secret(model, failure, caplog.text)


def test_an_unknown_host_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(host: Any, *_rest: Any, **_more: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    _, failure = ask(model_at("https://models.invalid/v1"))
    assert failure
    assert failure.outcome == "unreachable"
    assert "host name" in str(failure)


def test_a_name_server_that_hangs_is_left_at_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    let_go = threading.Event()

    def hanging(*_rest: Any, **_more: Any) -> Any:
        let_go.wait(20)
        raise socket.gaierror(socket.EAI_AGAIN, "try again")

    monkeypatch.setattr(socket, "getaddrinfo", hanging)
    began = time.monotonic()
    _, failure = ask(model_at("https://models.invalid/v1"), seconds=0.5)
    spent = time.monotonic() - began
    let_go.set()
    assert failure
    assert failure.outcome == "timeout"
    assert spent < 5


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    try:
        return make_certificate(tmp_path_factory.mktemp("tls"))
    except FileNotFoundError:
        pytest.skip("no openssl found")


def test_a_certificate_that_nobody_vouches_for(certificate: tuple[Path, Path]) -> None:
    with LLMServer(Reply(SAID), certificate=certificate) as server:
        model = model_at(server.base_url)
        _, failure = ask(model)
        assert failure
        assert failure.outcome == "tls"
        assert "not trusted" in str(failure)
        assert server.requests == []
        assert_secret(model, failure, "")


def test_tls_where_there_is_none() -> None:
    with LLMServer(Reply(SAID)) as server:
        _, failure = ask(model_at(server.base_url.replace("http:", "https:")))
        assert failure
        assert failure.outcome == "tls"


STALLS = {
    "silence before the first word": Reply(SAID, fault="stall", after=0),
    "silence in mid-answer": Reply(SAID, fault="stall"),
    "byte by byte": Reply(SAID * 50, drip=0.03),
    "word by word": Reply(SAID * 50, pause=0.2),
}


@pytest.mark.parametrize("reply", STALLS.values(), ids=STALLS.keys())
def test_a_slow_answer_is_cut_at_the_deadline(reply: Reply) -> None:
    with LLMServer(reply) as server:
        model = model_at(server.base_url)
        ask(model, 0.1)  # the libraries are imported with the first call
        began = time.monotonic()
        text, failure = ask(model, seconds=1.0)
        spent = time.monotonic() - began
        assert failure
        assert failure.outcome == "timeout"
        assert SAID.startswith(text) or text.startswith(SAID)
        assert 0.9 < spent < 4
        # The server sees that nobody listens any more, though the client sat in a read.
        wait_until(lambda: server.hung_up.is_set() or reply.fault == "stall")


def test_headers_that_drip_are_cut_too() -> None:
    """A peer of our own: the HTTP library's time-out starts anew with every byte it gets."""
    gone = threading.Event()

    def drip(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            try:
                while True:
                    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: " if not drips else b"x")
                    drips.append(1)
                    time.sleep(0.05)
            except OSError:
                gone.set()

    drips: list[int] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=drip, args=(listener,), daemon=True).start()
        _, failure = ask(model_at(f"http://127.0.0.1:{listener.getsockname()[1]}/v1"), 1.0)
        assert failure
        assert failure.outcome == "timeout"
        assert gone.wait(5)
    assert len(drips) > 3


def test_an_answer_past_its_cap_is_cut() -> None:
    with LLMServer(Reply("woord " * 5000)) as server:
        model = model_at(server.base_url)
        text, failure = ask(model, max_tokens=50)
        assert failure is None
        assert 300 <= len(text) < 330
        assert model.calls == {"cut": 1}
        assert ask(model_at(server.base_url), max_tokens=50) == (text, None)


def test_a_caller_that_goes_away_hangs_up() -> None:
    with LLMServer(Reply(SAID * 100, pause=0.05)) as server:
        model = model_at(server.base_url)
        stream = model.stream(MESSAGES, 30)
        assert next(stream)
        stream.close()  # type: ignore[attr-defined]
        assert server.hung_up.wait(5)
        assert model.calls == {"left": 1}
        assert model.is_available


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_passing_fault_is_tried_once_more(status: int) -> None:
    replies = [Reply(status=status), Reply(SAID)]
    with LLMServer(lambda _request: replies.pop(0)) as server:
        model = model_at(server.base_url)
        assert ask(model) == (SAID, None)
        assert model.calls == {"ok": 1}
        assert model.spent[0] == 1


def test_a_wait_that_does_not_fit_is_not_waited_for() -> None:
    with LLMServer(Reply(status=429, headers={"Retry-After": "3"})) as server:
        began = time.monotonic()
        assert ask(model_at(server.base_url), seconds=4)[1]
        assert time.monotonic() - began < 2.5
        assert len(server.requests) == 1


def test_options_that_an_endpoint_refuses_are_put_otherwise() -> None:
    """OpenAI's newer models refuse `max_tokens` and a temperature; some servers, usage."""

    def picky(request: dict[str, Any]) -> Reply:
        for option, words in (
            ("max_tokens", "Unsupported parameter: use 'max_completion_tokens' instead."),
            ("temperature", "'temperature' does not support 0.0 with this model."),
            ("stream_options", "extra fields not permitted: stream_options"),
            ("reasoning_effort", "'reasoning_effort' does not support 'none' with this model."),
        ):
            if option in request:
                return Reply(status=400, body=f'{{"error": {{"message": "{words}"}}}}')
        return Reply(SAID)

    with LLMServer(picky) as server:
        model = model_at(server.base_url)
        assert ask(model) == (SAID, None)
        assert len(server.requests) == 5
        assert ask(model) == (SAID, None)
        assert len(server.requests) == 6  # what was learned is kept
        assert server.requests[-1]["max_completion_tokens"] == 400
        # Without the endpoint's count: a quarter of the characters.
        characters = sum(len(text) for _, text in MESSAGES) + len(SAID)
        assert model.spent == (2, 2 * (characters // 4))


def test_a_server_killed_in_mid_answer() -> None:
    with LLMServer(Reply(SAID, pause=0.2)) as server:
        model = model_at(server.base_url)
        stream = model.stream(MESSAGES, 20)
        assert next(stream) == "Er"
        server.kill()
        began = time.monotonic()
        with pytest.raises(ModelFailed) as caught:
            list(stream)
        assert caught.value.outcome in ("unreachable", "broken")
        assert time.monotonic() - began < 5


def test_many_at_once() -> None:
    def echo(request: dict[str, Any]) -> Reply:
        return Reply(f"{request['messages'][-1]['content']} gehoord.", pause=0.01)

    with LLMServer(echo) as server:
        model = model_at(server.base_url)
        heard: dict[int, str] = {}

        def one(number: int) -> None:
            heard[number] = model.complete([("user", f"nummer {number}")], 20)

        threads = [threading.Thread(target=one, args=(number,)) for number in range(24)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        assert heard == {number: f"nummer {number} gehoord." for number in range(24)}
        assert model.calls == {"ok": 24}


def test_a_dead_server_is_left_alone_and_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    now = [0.0]
    with LLMServer(Reply(status=401)) as server:
        loaded = model_at(server.base_url)
        model = Model(
            loaded._ask.__self__.llm,  # type: ignore[attr-defined]
            ask=loaded._ask,
            breaker=Breaker(3, 30, lambda: now[0]),
        )
        assert [str(ask(model)[1])[:3] for _ in range(3)] == ["401"] * 3
        assert not model.is_available
        _, failure = ask(model)
        assert failure
        assert failure.outcome == "breaker"
        assert len(server.requests) == 3
        told = [r.getMessage() for r in caplog.records if r.name == "assistant.llm"]
        assert len(told) == 4  # three failures, and that it is left alone
        now[0] = 31.0
        assert ask(model)[1].outcome == "setup"  # type: ignore[union-attr]
        assert ask(model)[1].outcome == "breaker"  # type: ignore[union-attr]
        server.reply = lambda _request: Reply(SAID)
        now[0] = 62.0
        assert ask(model) == (SAID, None)
        assert ask(model) == (SAID, None)
        assert model.calls == {"setup": 4, "breaker": 2, "ok": 2}


def test_only_one_trial_at_a_time() -> None:
    now = [0.0]
    breaker = Breaker(2, 10, lambda: now[0])
    assert [breaker.failed(), breaker.failed(), breaker.failed()] == [False, True, False]
    assert not breaker.admit()
    now[0] = 10.0
    assert [breaker.admit(), breaker.admit()] == [True, False]
    breaker.left()  # the trial's visitor went away
    assert [breaker.admit(), breaker.admit()] == [True, False]
    breaker.succeeded()
    assert [breaker.admit(), breaker.admit()] == [True, True]


def test_the_days_budget() -> None:
    today = [date(2026, 1, 1)]
    budget = Budget(2, 100, lambda: today[0])
    assert [budget.take(), budget.take(), budget.take()] == [True, True, False]
    budget.give_back()
    assert budget.take()
    today[0] = date(2026, 1, 2)
    assert budget.take()
    budget.spend(100)
    assert budget.is_spent
    assert not budget.take()
    assert budget.spent == (1, 100)
    today[0] = date(2026, 1, 3)
    assert budget.spent == (0, 0)


@pytest.mark.parametrize(
    "ceiling", [{"model_calls_per_day": 2}, {"model_tokens_per_day": 15}, {"llm_seconds": 20}]
)
def test_past_the_budget_nothing_is_asked(
    ceiling: dict[str, int], caplog: pytest.LogCaptureFixture
) -> None:
    with LLMServer(Reply(SAID)) as server:
        model = model_at(server.base_url, **ceiling)
        failures = [ask(model)[1] for _ in range(4)]
        asked = 4 if "llm_seconds" in ceiling else 2
        assert len(server.requests) == asked
        assert [f.outcome if f else "ok" for f in failures] == ["ok"] * asked + ["budget"] * (
            4 - asked
        )
        told = [r.getMessage() for r in caplog.records if r.name == "assistant.llm"]
        assert len(told) == (asked == 2)  # once a day, not once a question
        assert model.spent == (asked, asked * 10)  # 3 words asked, 7 answered
        assert model.is_available is (asked == 4)


def test_thoughts_are_left_out() -> None:
    with LLMServer(Reply(f"<think> Hm, 12? </think> {SAID}", thinking="Eens kijken")) as server:
        text, failure = ask(model_at(server.base_url))
        assert failure is None
        assert text.strip() == SAID
        assert server.requests[0]["reasoning_effort"] == "none"  # asked not to, to begin with


@pytest.mark.parametrize(
    ("pieces", "shown"),
    [
        (["a", "b"], "ab"),
        (["<", "b>x"], "<b>x"),
        (["\n<th", "ink>a", "</thi", "nk>\n\n", "b"], "b"),
        (["<think>a"], ""),
        (["a <think>b</think>"], "a <think>b</think>"),
    ],
)
def test_speech(pieces: list[str], shown: str) -> None:
    speech = _Speech()
    assert "".join(map(speech.feed, pieces)).strip() == shown


def test_any_llama_index_llm_will_do() -> None:
    from llama_index.core.llms import MockLLM

    model = Model(MockLLM(max_tokens=3))
    assert model.complete([("user", "a b c d")], 10)
    assert model.calls == {"ok": 1}


def test_a_library_that_hangs_does_not_keep_the_caller() -> None:
    let_go = threading.Event()

    def hang(_messages: Any, _max_tokens: int) -> Iterator[Any]:
        let_go.wait(20)
        yield from ()

    from llama_index.core.llms import MockLLM

    _, failure = ask(Model(MockLLM(), ask=hang), 0.3)
    let_go.set()
    assert failure
    assert failure.outcome == "timeout"


def test_no_model_without_a_base_url() -> None:
    assert load_llm(Settings()) is None


def test_a_model_without_a_name_says_what_to_set() -> None:
    with pytest.raises(SettingsError, match="ASSISTANT_LLM_MODEL"):
        load_llm(Settings(llm_base_url="http://127.0.0.1:1/v1"))


def test_a_model_without_an_address_says_what_to_set() -> None:
    with pytest.raises(SettingsError, match="ASSISTANT_LLM_BASE_URL"):
        load_llm(Settings(llm_model="m"))


def test_the_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "llama_index.llms.openai_like", None)
    with pytest.raises(ModelError, match=r"\[llm\]"):
        load_llm(settings("http://127.0.0.1:1/v1"))


def test_nobody_elses_settings_are_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    """The libraries look into OPENAI_*; what is there was meant for another program."""
    for name in ("API_KEY", "ORG_ID", "PROJECT_ID", "API_BASE", "BASE_URL"):
        monkeypatch.setenv(f"OPENAI_{name}", f"others-{name}")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")  # nor is this machine behind a proxy
    with LLMServer(Reply(SAID)) as server:
        model = load_llm(Settings(llm_base_url=server.base_url, llm_model=MODEL))
        assert model
        assert ask(model) == (SAID, None)
        assert server.keys == ["Bearer none"]
        assert not [name for name in server.headers[-1] if name.lower().startswith("openai-")]


@pytest.mark.parametrize(
    ("base_url", "local"),
    [
        ("http://localhost:11434/v1", True),
        ("http://127.0.0.1:8080/v1", True),
        ("http://127.1.2.3/v1", True),
        ("http://[::1]:8080/v1", True),
        ("http://192.168.1.10:11434/v1", False),
        ("https://localhost.example.com/v1", False),
        ("https://127.0.0.1.example.com/v1", False),
        ("https://api.mistral.ai/v1", False),
        ("", False),
    ],
)
def test_what_is_on_this_machine(base_url: str, local: bool) -> None:
    assert is_local(base_url) is local
    assert bool(host_of(base_url)) is (bool(base_url) and not local)


@pytest.fixture(scope="module")
def llama_cpp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real llama.cpp server in a process of its own, with a model made for the occasion."""
    pytest.importorskip("xllamacpp", reason="pip install xllamacpp, for a real model server")
    pytest.importorskip("gguf", reason="pip install gguf, to make a tiny model")
    folder = tmp_path_factory.mktemp("model")
    command = [sys.executable, str(Path(__file__).parent / "llama_server.py"), str(folder)]
    with (folder / "log").open("w") as told:
        server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=told, text=True)
    try:
        assert server.stdout
        lines = (line for line in server.stdout if line.startswith("listening "))
        yield next(lines, "").split()[-1] + "/v1"
    finally:
        server.kill()
        server.wait(10)
        server.stdout.close()


def test_a_real_llama_cpp_server(llama_cpp: str) -> None:
    model = model_at(llama_cpp)
    pieces = list(model.stream(MESSAGES, 30))
    assert "".join(pieces).strip() == SAYS
    assert len(pieces) == len(SAYS.split())
    assert model.spent[0] == 1
    assert model.spent[1] > len(QUESTION)  # by its own count: every byte of the question is one
    assert ask(model, 30, max_tokens=3)[0].split() == SAYS.split()[:3]
    assert model.calls == {"ok": 1, "cut": 1}


def test_the_check_of_a_real_llama_cpp_server(llama_cpp: str) -> None:
    lines: list[str] = []
    assert check(settings(llama_cpp), lines.append), lines
    assert f"it says     {SAYS}" in lines


def test_without_a_model_nothing_is_imported_for_one() -> None:
    watched = """
import sys
import assistant.llm
from ingest.settings import Settings
assert assistant.llm.load_llm(Settings()) is None
print([name for name in ("openai", "httpx", "llama_index") if name in sys.modules])
"""
    told = subprocess.run(
        [sys.executable, "-c", watched],
        env={**os.environ},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert told.stdout.strip() == "[]", told.stderr
