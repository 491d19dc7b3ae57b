"""What tests share: one real index of the start corpus for the whole session."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from running import SITE, serving, sweep, wait_until

from assistant import Assistant, open_assistant
from ingest.build import build_index
from ingest.settings import Settings
from ui.app import create_app

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings over an index of the start corpus, built once."""
    index = tmp_path_factory.mktemp("built") / "index"
    settings = Settings(corpus=ROOT / "corpus", index=index)
    build_index(settings)
    return settings


@pytest.fixture(scope="session")
def assistant(settings: Settings) -> Assistant:
    """The assistant over that index."""
    return open_assistant(settings)


@pytest.fixture(scope="session")
def web(settings: Settings) -> Iterator[httpx.Client]:
    """A client of the running program, with a website that may embed it."""
    app = create_app(replace(settings, allowed_origins=(SITE,), questions_per_minute=10_000))
    with serving(app) as address, httpx.Client(base_url=address, timeout=20) as client:
        wait_until(lambda: client.get("/readyz").status_code == 200)
        yield client


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser that blocks third-party cookies and finds every .test host on this machine.

    For one module only: while it is open, no other event loop can run.
    """
    from browsing import chromium  # the other tests do without Playwright

    rules = "--host-resolver-rules=MAP *.test 127.0.0.1"
    with chromium(rules, "--test-third-party-cookie-phaseout") as browser:
        yield browser


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the settings of whoever runs the tests out of them."""
    for name in os.environ:
        if name.startswith("ASSISTANT_"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="module", autouse=True)
def swept() -> Iterator[None]:
    """Leave nothing of Gradio's for the tests of other modules to trip over."""
    yield
    if "gradio" in sys.modules:
        sweep()
