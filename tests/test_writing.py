"""A language model at work, as the pages show it: progress, sentences as they come, counts."""

from __future__ import annotations

import json
import logging
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from browsing import Watched, chromium
from llm_server import MODEL, LLMServer, Reply
from playwright.sync_api import expect
from running import GRADIO_WARNINGS, ask, serving, wait_until

from assistant import open_assistant
from assistant.__main__ import explained
from ingest.settings import Settings
from ui.app import create_app
from ui.texts import TEXTS

pytestmark = GRADIO_WARNINGS

QUESTION = "How many Little Giants are there?"
TRUE = "Currently, around 14,600 Chinese companies hold the title."
FALSE = "Currently, around 99 Chinese companies hold the title."
MAY_SPEAK = threading.Event()  # cleared: the model keeps a reader waiting
MAY_SPEAK.set()


def reply(request: dict[str, Any]) -> Reply:
    """Say something false and something true, once it may."""
    MAY_SPEAK.wait(10)
    prompt = request["messages"][-1]["content"]
    number = re.findall(r"^\[(\d+)\] .*(?:\n    .*)?14,600", prompt, re.M)[0]
    return Reply(f"{FALSE} [{number}] {TRUE} [{number}]")


@pytest.fixture(scope="module")
def setup(settings: Settings) -> Iterator[Settings]:
    with LLMServer(reply) as server:
        yield replace(settings, llm_base_url=server.base_url, llm_model=MODEL, metrics=True)


@pytest.fixture(scope="module")
def site(setup: Settings) -> Iterator[httpx.Client]:
    with serving(create_app(setup)) as address, httpx.Client(base_url=address, timeout=30) as web:
        wait_until(lambda: web.get("/readyz").is_success)
        yield web


def test_the_stream_tells_that_the_model_is_at_work(site: httpx.Client) -> None:
    body = {"message": QUESTION}
    headers = {"accept": "text/event-stream"}
    text = site.post("/api/v1/chat", json=body, headers=headers).text.replace("\r", "")
    events = re.findall(r"event: (\w+)\ndata: (.*)", text)
    assert [name for name, _ in events] == ["meta", "status", "delta", "sources", "done"]
    assert json.loads(events[1][1]) == {"state": "writing"}
    assert json.loads(events[2][1])["text"].startswith(TRUE)
    answer = json.loads(events[-1][1])["answer"]
    assert (answer["mode"], answer["withheld"]) == ("llm", 1)
    assert "99 Chinese" not in text


def test_withheld_sentences_and_calls_are_counted_and_logged(
    site: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "ui.answers"):
        ask(site, QUESTION)
    assert '"mode": "llm", "withheld": 1' in caplog.text
    told = site.get("/metrics").text
    assert re.search(r"^assistant_withheld_sentences_total [1-9]", told, re.M)
    assert re.search(r'^assistant_model_calls_total\{outcome="ok"\} [1-9]', told, re.M)
    assert 'mode="llm"' in told


def test_starting_asks_the_model_nothing(settings: Settings) -> None:
    with LLMServer(reply) as server:
        setup = replace(settings, llm_base_url=server.base_url, llm_model=MODEL)
        with serving(create_app(setup)) as address:
            wait_until(lambda: httpx.get(f"{address}/readyz").is_success)
        assert server.requests == []


def test_explain_shows_each_sentence_with_its_verdict(setup: Settings) -> None:
    assistant = open_assistant(setup)
    told = explained(assistant.explain(QUESTION))
    assistant.close()
    assert re.search(r"withheld: .*99", told)
    assert "shown with [" in told
    assert "model: 2 sentences, 1 withheld, first shown sentence after" in told


@pytest.mark.browser
@pytest.mark.parametrize("path", ["/embed?lang=en", "/chat/?lang=en", "/chat/?lang=nl"])
def test_a_reader_sees_progress_and_then_the_sentence(site: httpx.Client, path: str) -> None:
    with chromium() as browser:
        context = browser.new_context(locale="en-GB")
        watched = Watched(context)
        page = watched.page
        page.goto(f"{str(site.base_url).rstrip('/')}{path}")
        box = page.locator("#box, #question textarea")
        box.fill(QUESTION)
        MAY_SPEAK.clear()
        box.press("Enter")
        try:
            expect(page.get_by_text(TEXTS["en"].writing)).to_be_visible(timeout=9000)
        finally:
            MAY_SPEAK.set()
        expect(page.locator(".answer").last).to_contain_text(TRUE)
        assert "99 Chinese" not in page.locator(".answer").last.inner_text()
        assert watched.problems == []
        context.close()
