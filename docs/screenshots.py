"""Make the pictures in docs/ again from the running program: python docs/screenshots.py

Needs Chromium (Debian: apt install chromium) and the [test] extra. Starts the program itself, on
a free port, with an index in a temporary folder.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

DOCS = Path(__file__).parent
ROOT = DOCS.parent
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
QUESTION = "Aan welke criteria moet een Little Giant voldoen?"
FOLLOW_UP = "How are Little Giants selected?"
WIDE = (1360, 860)
PHONE = (390, 844)


def main() -> None:
    """Make every picture."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder)) as site,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        take_chat(browser, site, "chat.png", WIDE)
        take_chat(browser, site, "chat-phone.png", PHONE)
        take_chat(browser, site, "chat-dark.png", WIDE, dark=True)
        take_widget(browser, site, "widget.png", WIDE)
        take_widget(browser, site, "widget-phone.png", PHONE)
        take_widget(browser, site, "widget-dark.png", WIDE, dark=True)
        browser.close()


def take_chat(
    browser: Browser, site: str, name: str, size: tuple[int, int], dark: bool = False
) -> None:
    """Ask on the chat page, follow the last marker, and take a picture."""
    page = new_page(browser, size, dark)
    page.goto(f"{site}/chat/?lang=nl")
    page.wait_for_selector("#examples button:visible")
    page.fill("#question textarea", FOLLOW_UP if dark else QUESTION)
    page.keyboard.press("Enter")
    page.locator(".answer.done").wait_for()
    if size != PHONE:
        page.wait_for_selector("#sources mark")
        page.locator(".answer.done .cite").first.click()
        page.locator("#sources .beside button").first.click()
        page.locator("#sources mark.on").evaluate("e => e.scrollIntoView({block: 'center'})")
    page.wait_for_timeout(1000)  # smooth scrolling
    page.screenshot(path=str(DOCS / name))
    page.context.close()


def take_widget(
    browser: Browser, site: str, name: str, size: tuple[int, int], dark: bool = False
) -> None:
    """Open the widget on the demo page, ask, open the source, and take a picture."""
    page = new_page(browser, size, dark)
    page.goto(f"{site}/demo")
    page.evaluate(f"ChatWidget.ask({QUESTION!r})")
    page.wait_for_timeout(1500)  # the frame is in a closed shadow root: no selector waits for it
    frame = page.frames[1]
    frame.locator(".answer .cite").first.click()
    frame.locator(".source button").first.click()
    page.wait_for_timeout(500)
    page.screenshot(path=str(DOCS / name))
    page.context.close()


def new_page(browser: Browser, size: tuple[int, int], dark: bool) -> Page:
    """Return a page of a Dutch-speaking reader."""
    width, height = size
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if dark else "light",
        locale="nl-BE",
        device_scale_factor=2 if size == PHONE else 1,
    )
    return context.new_page()


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """Start the program on a free port, wait until it is ready, and stop it afterwards."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    site = f"http://127.0.0.1:{port}"
    environment = {**os.environ, "ASSISTANT_INDEX": str(folder / "index"), "ASSISTANT_DEMO": "1"}
    command = [sys.executable, "-m", "ui", "--port", str(port)]
    with subprocess.Popen(command, cwd=ROOT, env=environment) as process:
        try:
            wait_until_ready(site)
            yield site
        finally:
            process.terminate()


def wait_until_ready(site: str, seconds: float = 90) -> None:
    """Return once the index is open; raise TimeoutError if it never is."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(f"{site}/readyz", timeout=2) as response:
                if response.status == 200:
                    return
        except OSError:
            time.sleep(0.3)
    raise TimeoutError(f"{site} was not ready within {seconds:.0f} s")


if __name__ == "__main__":
    main()
