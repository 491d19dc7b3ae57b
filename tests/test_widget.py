"""The widget on another site, in a real browser with real host names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from browsing import Watched, asked_of, sideways, unharmed
from making import write_corpus
from playwright.sync_api import Browser, FrameLocator, expect
from playwright.sync_api import Error as PlaywrightError
from running import GRADIO_WARNINGS, Waiting, serving, wait_until
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from ingest.build import build_index
from ingest.settings import Settings
from ui.app import create_app
from ui.serving import Serving

pytestmark = [pytest.mark.browser, *GRADIO_WARNINGS]

CRITERIA = "Aan welke criteria moet een Little Giant voldoen?"
SELECTED = "How are Little Giants selected?"
SLOW = "Een traag antwoord, alstublieft"
Visit = Callable[..., Watched]


def host_page(request: Request) -> Response:
    """A firm's page: the script tag with the attributes asked for in `?tag=`, and a policy."""
    tag = request.query_params.get("tag", "")
    chat = request.query_params["chat"]
    html = (
        '<!doctype html><html lang="nl"><title>Een site</title><link rel="icon" href="data:,">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<main><h1>Een site</h1><p>Tekst.</p><div id="here"></div></main>'
        f'<script src="{chat}/widget.js" {tag} defer></script></html>'
    )
    policy = (
        f"default-src 'none'; style-src 'self'; script-src {chat}; frame-src {chat}; img-src data:"
    )
    return HTMLResponse(html, headers={"Content-Security-Policy": policy})


def bare_page(_request: Request) -> Response:
    """A page without a policy of its own: what its scripts may not do, somebody else forbids."""
    return HTMLResponse('<!doctype html><title>Een site</title><link rel="icon" href="data:,">')


@pytest.fixture(scope="module")
def sites(settings: Settings) -> Iterator[dict[str, str]]:
    """The addresses of the chat, of a site that may embed it, and of one that may not.

    The chat is a third party to both: for a browser, chat.firm.test and www.firm.test are one.
    """
    host = Starlette(routes=[Route("/", host_page), Route("/bare", bare_page)])
    with serving(host) as elsewhere:
        port = urlsplit(elsewhere).port
        allowed = f"http://www.firm.test:{port}"
        setup = replace(
            settings, allowed_origins=(allowed,), questions_per_minute=10_000, demo=True
        )
        with serving(create_app(setup)) as chat:
            wait_until(lambda: httpx.get(f"{chat}/readyz").is_success)
            yield {
                "chat": f"http://chat.giants.test:{urlsplit(chat).port}",
                "sister": f"http://chat.firm.test:{urlsplit(chat).port}",
                "local": chat,
                "firm": allowed,
                "other": f"http://www.other.test:{port}",
            }


@pytest.fixture
def visit(sites: dict[str, str], browser: Browser) -> Iterator[Visit]:
    """Open a site's page with the widget on it: `visit("firm", tag='data-lang="en"')`."""
    contexts = []

    def open_(
        site: str = "firm",
        tag: str = "",
        chat: str = "chat",
        width: int = 1200,
        height: int = 800,
        **more: Any,
    ) -> Watched:
        viewport = {"width": width, "height": height}
        context = browser.new_context(viewport=viewport, **more)
        contexts.append(context)
        watched = Watched(context)
        query = httpx.QueryParams({"chat": sites[chat], "tag": tag})
        watched.page.goto(f"{sites[site]}/?{query}")
        watched.page.wait_for_load_state("load")
        return watched

    yield open_
    for context in contexts:
        context.close()


def open_chat(watched: Watched) -> FrameLocator:
    """Open the widget and return its inside."""
    watched.page.evaluate("ChatWidget.open()")
    return inside(watched)


def inside(watched: Watched) -> FrameLocator:
    """Return the inside of the chat's frame; its shadow root is closed to page scripts."""
    wait_until(lambda: watched.page.wait_for_timeout(50) or len(watched.page.frames) > 1)
    frame = watched.page.frames[1]
    frame.wait_for_load_state("load")
    return frame  # type: ignore[return-value]


def ask(frame: Any, question: str) -> Any:
    """Ask inside the widget and return the finished answer."""
    before = frame.locator(".answer .row").count()
    frame.locator("#box").fill(question)
    frame.locator("#box").press("Enter")
    answer = frame.locator(".answer").last
    answer.locator(".row").last.wait_for()
    assert frame.locator(".answer .row").count() > before
    return answer


def test_two_languages_two_hosts_no_trouble(visit: Visit, sites: dict[str, str]) -> None:
    watched = visit()
    frame = open_chat(watched)
    expect(ask(frame, CRITERIA)).to_contain_text("15%")
    english = ask(frame, SELECTED)
    expect(english).to_have_attribute("lang", "en")
    assert watched.hosts() == {urlsplit(sites[name]).netloc for name in ("firm", "chat")}
    assert watched.problems == []


def test_a_marker_opens_its_quote_with_its_twin(visit: Visit) -> None:
    answer = ask(open_chat(visit()), CRITERIA)
    answer.locator(".cite").first.click()
    card = answer.locator(".source")
    expect(card).to_be_focused()
    expect(card.locator("blockquote").first).to_have_attribute("lang", "nl")
    card.get_by_role("button", name="In het Engels").click()
    expect(card.locator("blockquote[lang=en]")).to_contain_text("15% of staff")
    top, bottom = "e => e.getBoundingClientRect().top", "e => e.getBoundingClientRect().bottom"
    above = card.locator("cite").first.evaluate(bottom)
    assert card.locator("blockquote[lang=en]").evaluate(top) - above >= 8
    card.get_by_role("button", name="Verberg").click()
    expect(card.locator("blockquote[lang=en]")).to_be_hidden()
    expect(card.get_by_role("button", name="In het Engels")).to_be_focused()
    answer.locator(".cite").first.click()
    expect(card).to_have_count(0)


def test_a_translation_of_ours_is_told_once(visit: Visit) -> None:
    answer = ask(open_chat(visit()), SELECTED)
    expect(answer.locator("p").first).to_contain_text("(our translation from Dutch)")
    assert answer.inner_text().lower().count("our translation") == 1


def test_all_suggestions_are_offered_and_every_button_has_a_title(visit: Visit) -> None:
    frame = open_chat(visit())
    expect(frame.locator("#examples button")).to_have_count(4)
    titles = [button.get_attribute("title") for button in frame.locator("header button").all()]
    assert titles == ["Nederlands", "English", "Nieuw gesprek", "Sluiten"]
    frame.locator("#en").click()
    expect(frame.locator("#fresh")).to_have_attribute("title", "New conversation")


def launcher(watched: Watched) -> dict[str, str]:
    """Return the attributes of the round button, which page scripts can't see."""
    devtools = watched.page.context.new_cdp_session(watched.page)
    devtools.send("DOM.enable")
    everything = devtools.send("DOM.getFlattenedDocument", {"depth": -1, "pierce": True})
    devtools.detach()
    for node in everything["nodes"]:
        given = node.get("attributes", [])
        attributes = dict(zip(given[::2], given[1::2], strict=True))
        if node["nodeName"] == "BUTTON" and "aria-expanded" in attributes:
            return attributes
    raise AssertionError("there is no launcher")


def test_there_is_one_cross_to_close_it_with(visit: Visit) -> None:
    watched = visit()
    assert "hidden" not in launcher(watched)
    frame = open_chat(watched)
    expect(frame.locator("#close")).to_be_visible()
    wait_until(lambda: "hidden" in launcher(watched))
    frame.locator("#close").click()
    wait_until(lambda: "hidden" not in launcher(watched))


def test_a_chat_that_does_not_load_can_be_closed_by_the_launcher(visit: Visit) -> None:
    watched = visit("other")  # not listed: the frame stays empty
    watched.page.evaluate("ChatWidget.open()")
    wait_until(lambda: watched.page.wait_for_timeout(50) or watched.problems)
    assert launcher(watched)["aria-label"] == "Sluit de chat"
    assert "hidden" not in launcher(watched)


def test_a_question_that_cannot_be_sent_is_told_so(visit: Visit) -> None:
    frame = open_chat(visit())
    box, hint = frame.locator("#box"), frame.locator("#hint")
    box.press("Enter")
    expect(hint).to_have_text("Typ eerst een vraag.")
    expect(frame.locator("#status")).to_have_text("Typ eerst een vraag.")
    box.fill("a" * 480)
    expect(hint).to_have_text("480 van 500 tekens")
    box.fill("Wat betekent dit? " * 40)
    box.press("Enter")
    expect(hint).to_have_text("719 van 500 tekens: te lang om te versturen.")
    expect(box).to_have_value("Wat betekent dit? " * 40)
    expect(frame.locator(".question")).to_have_count(0)
    expect(frame.locator("#examples")).to_be_visible()
    ask(frame, CRITERIA)
    expect(hint).to_be_empty()


def test_a_question_of_the_sites_is_not_cut_off(visit: Visit) -> None:
    watched = visit()
    watched.page.evaluate("ChatWidget.ask('Wat betekent dit? '.repeat(40))")
    frame = inside(watched)
    expect(frame.locator("#hint")).to_contain_text("719 van 500 tekens")
    expect(frame.locator("#box")).to_have_value("Wat betekent dit? " * 40)


def test_a_thumb_is_thanked_for(visit: Visit) -> None:
    answer = ask(open_chat(visit()), CRITERIA)
    answer.get_by_role("button", name="Nuttig", exact=True).click()
    expect(answer.locator(".thanks")).to_have_text("Bedankt voor uw oordeel.")
    answer.get_by_role("button", name="Niet nuttig").click()
    expect(answer.locator(".thanks")).to_have_count(1)


NOTHING = {"cookies": [], "origins": []}


def test_ten_answers_with_third_party_cookies_blocked(visit: Visit) -> None:
    for _ in range(10):
        watched = visit()
        frame = open_chat(watched)
        expect(ask(frame, CRITERIA)).to_contain_text("15%")
        with pytest.raises(PlaywrightError, match="SecurityError"):  # blocked it is
            frame.evaluate("localStorage.length")
        assert watched.page.context.storage_state(indexed_db=True) == NOTHING
        assert watched.problems == []
        watched.page.context.close()


def test_where_it_could_store_something_it_stores_nothing(visit: Visit) -> None:
    watched = visit(chat="sister")
    frame = open_chat(watched)
    ask(frame, CRITERIA)
    for place in (watched.page, frame):
        stored = "[localStorage.length, sessionStorage.length, document.cookie]"
        assert place.evaluate(stored) == [0, 0, ""]
        assert place.evaluate("indexedDB.databases()") == []
        assert place.evaluate("window.caches ? caches.keys() : []") == []
    assert watched.page.context.storage_state(indexed_db=True) == NOTHING


def test_a_site_that_is_not_listed_gets_no_frame_and_no_answer(visit: Visit) -> None:
    watched = visit("other")
    watched.page.evaluate("ChatWidget.open()")
    watched.page.wait_for_timeout(800)
    assert any("frame-ancestors" in problem for problem in watched.problems)


FETCH = """async ([address, type]) => {
  const body = JSON.stringify({ message: "Hoeveel zijn er?" });
  try {
    const headers = { "Content-Type": type };
    return (await fetch(address, { method: "POST", headers, body })).status;
  } catch (error) { return error.name; }
}"""


@pytest.mark.parametrize("kind", ["application/json", "text/plain"])  # with and without preflight
def test_a_site_that_is_not_listed_may_not_call_the_api(
    browser: Browser, sites: dict[str, str], kind: str
) -> None:
    context = browser.new_context()
    api = f"{sites['chat']}/api/v1/chat"
    seen = {}
    for site in ("firm", "other"):
        watched = Watched(context)
        heard: list[dict[str, Any]] = []
        devtools = context.new_cdp_session(watched.page)
        devtools.on(
            "Network.responseReceivedExtraInfo", lambda event, heard=heard: heard.append(event)
        )
        devtools.send("Network.enable")
        watched.page.goto(f"{sites[site]}/bare")
        heard.clear()
        outcome = watched.page.evaluate(FETCH, [api, kind])
        wait_until(lambda page=watched.page, heard=heard: page.wait_for_timeout(50) or heard)
        opened = [name for h in heard for name in h["headers"] if name.lower().startswith("access")]
        seen[site] = (outcome, {h["statusCode"] for h in heard}, bool(opened))
        if site == "other":
            assert any("blocked by CORS policy" in problem for problem in watched.problems)
    context.close()
    assert seen["other"] == ("TypeError", {403}, False)
    answered = 200 if kind == "application/json" else 422
    assert seen["firm"] == (answered, {answered}, True)


def test_the_launcher_keeps_its_corner_under_a_strict_style_policy(visit: Visit) -> None:
    page = visit().page
    host = page.locator("body > div").last
    assert page.evaluate("document.elementFromPoint(1150, 750).tagName") == "DIV"
    assert page.evaluate("document.elementFromPoint(20, 750).tagName") != "DIV"
    assert host.evaluate("e => getComputedStyle(e).display") != "none"
    left = visit(tag='data-position="left"').page
    assert left.evaluate("document.elementFromPoint(50, 750).tagName") == "DIV"


def test_one_request_before_opening_and_one_for_each_question(
    visit: Visit, sites: dict[str, str]
) -> None:
    watched = visit()

    def to_chat() -> list[str]:
        return [urlsplit(u).path for u in watched.requests if u.startswith(sites["chat"])]

    assert to_chat() == ["/widget.js"]
    frame = open_chat(watched)
    frame.locator("#examples button").first.wait_for()
    assert to_chat() == ["/widget.js", "/embed", "/embed.css", "/embed.js"]
    watched.requests.clear()
    ask(frame, CRITERIA)
    assert to_chat() == ["/api/v1/chat"]


def test_the_widget_stays_within_its_budget(sites: dict[str, str]) -> None:
    sizes = {}
    for path in ("widget.js", "embed?lang=nl", "embed.css", "embed.js"):
        with httpx.stream("GET", f"{sites['local']}/{path}") as response:
            assert response.headers["content-encoding"] == "gzip"
            sizes[path] = len(b"".join(response.iter_raw()))
    print(sizes, sum(sizes.values()))
    assert sizes["widget.js"] <= 4096
    assert sum(sizes.values()) <= 10 * 1024


@pytest.mark.parametrize(
    ("lang", "words"), [("nl", "computerprogramma"), ("en", "computer program")]
)
def test_the_notice_is_there_before_the_first_keystroke(
    visit: Visit, lang: str, words: str
) -> None:
    frame = open_chat(visit(tag=f'data-lang="{lang}"'))
    expect(frame.locator("#notice")).to_be_in_viewport()
    expect(frame.locator("#notice")).to_contain_text(words)
    expect(frame.locator("#box")).to_have_attribute("aria-describedby", "notice hint")


def test_the_keyboard_is_enough_and_focus_comes_back(visit: Visit) -> None:
    page = visit().page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") == "DIV"  # the launcher's shadow host
    page.keyboard.press("Enter")
    wait_until(lambda: page.wait_for_timeout(50) or len(page.frames) > 1)
    frame = page.frames[1]
    expect(frame.locator("#box")).to_be_focused()
    page.keyboard.type(CRITERIA)
    page.keyboard.press("Enter")
    frame.locator(".answer .cite").first.wait_for()
    for _ in range(15):
        if frame.evaluate("document.activeElement.className") == "cite":
            break
        page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(frame.locator(".source")).to_be_focused()
    page.keyboard.press("Escape")
    wait_until(lambda: not frame.evaluate("document.hasFocus()"))
    assert page.evaluate("document.activeElement.tagName") == "DIV"  # the launcher again
    page.keyboard.press("Enter")
    expect(frame.locator("#box")).to_be_focused()
    expect(frame.locator(".answer")).to_have_count(1)


def test_on_a_small_phone_it_fills_the_screen(visit: Visit) -> None:
    watched = visit(width=320, height=640)
    frame = open_chat(watched)
    ask(frame, SELECTED).locator(".cite").first.click()
    assert frame.evaluate("[innerWidth, innerHeight]") == [320, 640]
    assert sideways(frame) == sideways(watched.page) == 0
    frame.locator("#close").click()
    wait_until(lambda: watched.page.evaluate("document.activeElement.tagName") == "DIV")


def test_inline_it_sits_where_the_page_wants_it(visit: Visit) -> None:
    watched = visit(tag='data-target="#here" data-color="#ffd400"')
    frame = inside(watched)
    frame.locator("#examples button").first.wait_for()
    assert frame.locator("#close").is_hidden()
    color = "getComputedStyle(document.documentElement).getPropertyValue('--on')"
    assert frame.evaluate(color) == "#000"
    expect(ask(frame, CRITERIA)).to_contain_text("15%")


EVENTS = """() => {
  window.heard = [];
  for (const name of ["ready", "open", "close", "question", "answer", "error"])
    ChatWidget.on(name, (detail) => window.heard.push([name, detail]));
}"""


def test_the_javascript_interface_tells_numbers_never_text(visit: Visit) -> None:
    watched = visit()
    page = watched.page
    page.evaluate(EVENTS)
    page.evaluate(f"ChatWidget.ask({CRITERIA!r})")
    frame = inside(watched)
    frame.locator(".answer .cite").first.wait_for()
    page.evaluate("ChatWidget.setLanguage('en')")
    expect(frame.locator("form button")).to_have_text("Ask")
    page.evaluate("ChatWidget.toggle()")
    heard = dict(page.evaluate("window.heard"))
    assert list(heard) == ["open", "ready", "question", "answer", "close"]
    assert heard["question"] == {"length": len(CRITERIA)}
    assert set(heard["answer"]) == {"status", "citations", "ms"}
    page.evaluate("ChatWidget.destroy()")
    assert page.evaluate("[typeof ChatWidget, document.querySelectorAll('body > div').length]") == [
        "undefined",
        0,
    ]


def test_messages_from_elsewhere_are_not_obeyed(visit: Visit) -> None:
    watched = visit()
    frame = open_chat(watched)
    frame.locator("#examples button").first.wait_for()
    frame.evaluate("window.postMessage({type: 'ask', text: 'forged'}, '*')")
    watched.page.evaluate("window.postMessage({type: 'close'}, '*')")
    watched.page.wait_for_timeout(300)
    assert frame.locator(".question").count() == 0
    expect(frame.locator("#box")).to_be_visible()


HOSTILE = """Kwaadaardig artikel over de zonnebloem

De zonnebloem van Vincent kost <script>window.ran=1</script> precies zeven euro per stuk.

Een boeket <img src="http://outside.test/x.png" onerror="window.ran=1"> zonnebloemen bloeit lang.

Lees ![meer](http://outside.test/y.png) over <form action="http://outside.test"><input> tuinen.

Een <a style="position:fixed;inset:0" href="javascript:window.ran=1">tuinier</a> plant in maart.
"""


@pytest.mark.parametrize("page_path", ["/embed?lang=nl", "/chat/?lang=nl"])
def test_a_hostile_article_stays_text(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page_path: str
) -> None:
    """Markup is taken out when a page is read; here it is not, for the chats must bear it too."""
    monkeypatch.setattr("ingest.pages.without_markup", lambda text: (text, []))
    setup = Settings(corpus=write_corpus(tmp_path / "corpus", a=HOSTILE), index=tmp_path / "index")
    build_index(setup)
    with serving(create_app(setup)) as address:
        wait_until(lambda: httpx.get(f"{address}/readyz").is_success)
        with unharmed(browser, address + page_path) as page:
            for question in ("Wat kost de zonnebloem van Vincent?", "Wanneer plant een tuinier?"):
                asked_of(page, question).locator(".cite").last.click()
                page.wait_for_timeout(400)
            shown = page.locator("#log, #chat, #sources")
            assert "window.ran=1" in " ".join(shown.all_inner_texts())
            assert shown.locator("img").count() == 0


@pytest.mark.parametrize("page_path", ["/embed?lang=nl", "/chat/?lang=nl"])
def test_closing_the_tab_stops_the_answer(
    browser: Browser, settings: Settings, page_path: str
) -> None:
    waiting = Waiting(steps=1000)
    context = browser.new_context(locale="nl-BE")
    app = create_app(settings, serving=Serving(settings, lambda _: waiting))  # type: ignore[arg-type,return-value]
    with serving(app) as address:
        wait_until(lambda: httpx.get(f"{address}/readyz").is_success)
        page = context.new_page()
        page.goto(address + page_path)
        box = page.locator("#box, #question textarea")
        box.fill(SLOW)
        box.press("Enter")
        expect(page.locator(".answer")).to_have_text("a")  # it has begun
        page.close()
        assert waiting.closed.wait(1)
    context.close()
