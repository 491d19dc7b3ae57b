"""Chromium for the tests: found or skipped, watched for outside requests, checked with axe."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Locator,
    Page,
    expect,
    sync_playwright,
)
from running import wait_until

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or ""
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PATIENCE = 60_000  # ms until a page is given up: only a failure takes so long, a busy machine less
expect.set_options(timeout=PATIENCE)
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@contextmanager
def chromium(*arguments: str) -> Iterator[Browser]:
    """Yield a browser; skip where there is none, or fail if CI_REQUIRE_BROWSER=1 is set."""
    if not CHROMIUM:
        reason = "no Chromium found; Debian: apt install chromium, or set CHROMIUM to its path"
        if os.environ.get("CI_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=[*ARGUMENTS, *arguments]
        )
        yield browser
        browser.close()


class Watched:
    """A page whose requests, console errors and script errors are kept."""

    def __init__(self, context: BrowserContext) -> None:
        self.requests: list[str] = []
        self.problems: list[str] = []
        self.page: Page = context.new_page()
        self.page.on("request", lambda r: self.requests.append(r.url))
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda e: self.problems.append(str(e)))
        self.page.set_default_timeout(PATIENCE)

    def _heard(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.problems.append(message.text)

    def hosts(self) -> set[str]:
        """Return the hosts that were asked for anything."""
        return {urlsplit(url).netloc for url in self.requests if url.startswith("http")}


@contextmanager
def unharmed(browser: Browser, url: str) -> Iterator[Page]:
    """Open a chat for what is hostile; fail at the end if any of it became more than text."""
    context = browser.new_context(locale="nl-BE")
    watched = Watched(context)
    page = watched.page
    page.on("dialog", lambda dialog: watched.problems.append(dialog.message))
    page.goto(url)
    yield page
    shown = page.locator("#log, #chat, #sources")
    assert shown.locator("img[src*=outside], form, input, script, iframe, b").count() == 0
    assert page.locator("[href*='outside'], [href^='javascript'], [onerror]").count() == 0
    assert page.evaluate("window.ran") is None
    assert watched.hosts() == {urlsplit(url).netloc}
    assert page.url == url
    assert watched.problems == []
    context.close()


def send(page: Page, question: str) -> None:
    """Ask in either chat."""
    box = page.locator("#box, #question textarea")
    box.fill(question)
    box.press("Enter")


def asked_of(page: Page, question: str) -> Locator:
    """Ask in either chat, and return the finished answer."""
    finished = page.locator(".answer .row, .answer.done")
    before = finished.count()
    send(page, question)
    wait_until(lambda: page.wait_for_timeout(50) or finished.count() > before)
    return page.locator(".answer").last


def violations(page: Page) -> list[str]:
    """Return what axe finds against WCAG 2.2 AA, each with the elements concerned."""
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG}})
    return [
        f"{v['id']}: {v['help']} {[n['html'][:160] for n in v['nodes']]}"
        for v in found.response["violations"]
    ]


def sideways(page: Page) -> int:
    """Return by how many pixels the page can be scrolled sideways."""
    return int(
        page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    )
