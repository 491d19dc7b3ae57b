"""axe finds nothing against WCAG 2.2 AA: every page, in every state it can be in."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from urllib.parse import urlsplit

import httpx
import pytest
from browsing import Watched, asked_of, send, sideways, violations
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from running import CRITERIA, GRADIO_WARNINGS, serving, wait_until
from starlette.applications import Starlette
from starlette.routing import Route as Path
from test_widget import host_page, open_chat

from ingest.settings import Settings
from ui.app import create_app
from ui.errors import error_message
from ui.texts import TEXTS

pytestmark = [pytest.mark.browser, *GRADIO_WARNINGS]

OUTSIDE = {"nl": "Wat is de hoofdstad van Australië?", "en": "What is the capital of Australia?"}
ASKED = {"nl": CRITERIA, "en": "What criteria must a Little Giant meet?"}
SIZES = {"wide": (1280, 860), "phone": (320, 640)}
NewContext = Callable[..., BrowserContext]


@pytest.fixture(scope="module")
def chat(settings: Settings) -> Iterator[str]:
    """The address of the running program, which every site may embed that these tests make."""
    setup = replace(
        settings,
        questions_per_minute=10_000,
        demo=True,
        contact_url="mailto:info@example.com",
        allowed_origins=("http://www.firm.test",),
    )
    with serving(create_app(setup)) as address:
        wait_until(lambda: httpx.get(f"{address}/readyz").is_success)
        yield address


@pytest.fixture
def reader(browser: Browser) -> Iterator[NewContext]:
    """A reader's browser: `reader("nl", "dark", "phone")`."""
    contexts = []

    def open_(lang: str, scheme: str = "light", size: str = "wide") -> BrowserContext:
        width, height = SIZES[size]
        context = browser.new_context(
            locale={"nl": "nl-BE", "en": "en-GB"}[lang],
            color_scheme=scheme,  # type: ignore[arg-type]
            viewport={"width": width, "height": height},
            reduced_motion="reduce",
        )
        contexts.append(context)
        return context

    yield open_
    for context in contexts:
        context.close()


every_look = pytest.mark.parametrize(
    ("lang", "scheme", "size"),
    [("nl", "light", "wide"), ("en", "dark", "wide"), ("nl", "dark", "phone"),
     ("en", "light", "phone")],
)  # fmt: skip


def clean(page: Page, state: str) -> None:
    """Fail with the state's name if axe objects, or if the page can be scrolled sideways."""
    page.wait_for_timeout(250)  # colours in mid-transition have no contrast
    assert (state, violations(page), sideways(page)) == (state, [], 0)


@every_look
def test_the_small_chat(reader: NewContext, chat: str, lang: str, scheme: str, size: str) -> None:
    page = Watched(reader(lang, scheme, size)).page
    page.goto(f"{chat}/embed?lang={lang}")
    page.locator("#examples button").first.wait_for()
    clean(page, "open")
    answer = asked_of(page, ASKED[lang])
    answer.locator(".cite").first.click()
    answer.locator(".source button").first.click()
    answer.locator(".row button[aria-pressed]").first.click()
    clean(page, "answered, with source, twin and a thumb")
    expect(asked_of(page, OUTSIDE[lang]).locator("a[href^=mailto]")).to_be_visible()
    clean(page, "not covered")
    texts = TEXTS[lang]  # type: ignore[index]
    for state, answer_with, told in [
        ("busy", refusal("busy", 503, lang), texts.error_busy),
        ("too many", refusal("too_many", 429, lang), texts.error_too_many),
        ("broken", lambda route: route.abort(), texts.error_internal),
        ("offline", lambda route: route.abort("internetdisconnected"), texts.error_internal),
        ("searching", lambda route: None, texts.searching),
    ]:
        page.unroute("**/api/v1/chat")
        page.route("**/api/v1/chat", answer_with)
        send(page, "nog een vraag")
        expect(page.locator(".answer").last).to_contain_text(told)
        clean(page, state)


def refusal(code: str, status: int, lang: str) -> Callable[[Route], None]:
    body = {"error": {"code": code, "message": error_message(code, lang)}}  # type: ignore[arg-type]
    return lambda route: route.fulfill(
        status=status, content_type="application/json", body=json.dumps(body)
    )


@every_look
def test_the_chat_page(reader: NewContext, chat: str, lang: str, scheme: str, size: str) -> None:
    page = Watched(reader(lang, scheme, size)).page
    page.goto(f"{chat}/chat/")
    page.locator("#examples button").first.wait_for()
    clean(page, "open")
    send(page, ASKED[lang])
    answer = page.locator(".answer.done").first
    answer.locator("summary").click()
    answer.locator(".cite").first.click()
    page.locator("#sources .beside button").first.click()
    clean(page, "answered, with source and twin")
    page.keyboard.press("Escape")  # on a phone the source lies over the answer
    answer.locator("button.thumb").first.click()
    expect(answer.locator(".thanks")).to_be_visible()
    clean(page, "answered, with a thumb")
    send(page, OUTSIDE[lang])
    expect(page.locator(".answer.done.not_covered a.contact")).to_be_visible()
    clean(page, "not covered")
    send(page, "   ")
    expect(page.locator("#hint")).to_have_text(TEXTS[lang].error_empty)  # type: ignore[index]
    clean(page, "in error")
    page.route("**/gradio_api/queue/**", lambda route: route.abort("internetdisconnected"))
    send(page, ASKED[lang])
    page.wait_for_timeout(500)
    clean(page, "offline")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_a_site_with_the_widget(reader: NewContext, chat: str, scheme: str, size: str) -> None:
    """What axe can see from the site: the frame's own page is looked at by itself."""
    with serving(Starlette(routes=[Path("/", host_page)])) as address:
        for tag in ("", 'data-target="#here"'):
            page = Watched(reader("nl", scheme, size)).page
            query = httpx.QueryParams({"chat": chat, "tag": tag})
            page.goto(f"http://www.firm.test:{urlsplit(address).port}/?{query}")
            page.wait_for_load_state("load")
            clean(page, f"closed {tag}")
            page.evaluate("ChatWidget.open()")
            clean(page, f"open {tag}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("path", ["/demo", "/privacy?lang=nl", "/privacy?lang=en"])
def test_the_other_pages(reader: NewContext, chat: str, path: str, scheme: str, size: str) -> None:
    watched = Watched(reader("nl", scheme, size))
    watched.page.goto(f"{chat}{path}")
    clean(watched.page, path)
    if path == "/demo":
        open_chat(watched).locator("#examples button").first.wait_for()
        clean(watched.page, f"{path} with the chat open")
    assert watched.problems == []
