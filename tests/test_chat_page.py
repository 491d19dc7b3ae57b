"""The chat page in a real browser: asking, reading the source, languages, keyboard, safety."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from browsing import Watched, sideways
from playwright.sync_api import Browser, expect
from running import GRADIO_WARNINGS, serving, wait_until

from ingest.settings import Settings
from ui.app import create_app

pytestmark = [pytest.mark.browser, *GRADIO_WARNINGS]

CRITERIA = "Aan welke criteria moet een Little Giant voldoen?"
SELECTED = "How are Little Giants selected?"
OUTSIDE = "Wat is de hoofdstad van Australië?"
Open = Callable[..., Watched]


@pytest.fixture(scope="module")
def site(settings: Settings) -> Iterator[str]:
    """The address of the running program."""
    setup = replace(settings, questions_per_minute=10_000, contact_url="mailto:info@example.com")
    with serving(create_app(setup)) as address:
        yield address


@pytest.fixture
def visit(site: str, browser: Browser) -> Iterator[Open]:
    """Open the chat page as a reader would: `visit(locale="en-GB", width=320, …)`."""
    contexts = []

    def open_(locale: str = "nl-BE", width: int = 1280, height: int = 860, **more: Any) -> Watched:
        viewport = {"width": width, "height": height}
        context = browser.new_context(locale=locale, viewport=viewport, **more)
        contexts.append(context)
        watched = Watched(context)
        watched.page.goto(f"{site}/chat/")
        watched.page.locator("#examples button").first.wait_for()
        return watched

    yield open_
    for context in contexts:
        context.close()


def ask(watched: Watched, question: str) -> Any:
    """Type a question, press Enter, and return the finished answer."""
    page = watched.page
    before = page.locator(".answer.done").count()
    page.locator("#question textarea").fill(question)
    page.keyboard.press("Enter")
    answer = page.locator(".answer.done").nth(before)
    answer.wait_for()
    return answer


def test_a_dutch_and_an_english_question_are_answered(visit: Open, site: str) -> None:
    watched = visit()
    dutch = ask(watched, CRITERIA)
    expect(dutch).to_contain_text("15%")
    expect(dutch).to_have_attribute("lang", "nl")
    english = ask(watched, SELECTED)
    expect(english).to_have_attribute("lang", "en")
    expect(english.locator(".ours")).to_have_text("(our translation from Dutch)")
    assert english.inner_text().lower().count("our translation") == 1
    assert watched.hosts() == {site.removeprefix("http://")}
    assert watched.problems == []
    stored = "[localStorage.length, sessionStorage.length, document.cookie]"
    assert watched.page.evaluate(stored) == [0, 0, ""]


def test_the_source_appears_with_the_sentence_highlighted(visit: Open) -> None:
    watched = visit()
    answer = ask(watched, CRITERIA)
    mark = watched.page.locator("#sources mark.on")
    expect(mark).to_contain_text(answer.locator(".said span").first.inner_text()[:60])
    expect(watched.page.locator("#sources .byline")).to_contain_text("Pieter Verstraete")
    answer.locator(".cite").first.click()
    expect(mark).to_be_focused()
    expect(mark).to_be_in_viewport()


def test_the_twin_is_one_click_away_in_its_language(visit: Open) -> None:
    watched = visit()
    ask(watched, CRITERIA)
    panel = watched.page.locator("#sources")
    panel.get_by_role("button", name="In het Engels").click()
    twin = panel.locator(".twin [lang=en]")
    expect(twin).to_contain_text("15% of staff")
    panel.get_by_role("button", name="Verberg").click()
    expect(twin).to_be_hidden()
    expect(panel.get_by_role("button", name="In het Engels")).to_be_focused()


def test_turning_to_the_other_version_keeps_the_sentence_in_sight(visit: Open) -> None:
    watched = visit(height=520)  # the article is much longer than that
    ask(watched, "Hoeveel Little Giants zijn er?")
    panel = watched.page.locator("#sources")
    mark = panel.locator("mark.on")
    expect(mark).to_contain_text("14.600")
    panel.get_by_role("button", name="Toon de Engelse versie").click()
    expect(panel.locator(".body")).to_have_attribute("lang", "en")
    expect(mark).to_contain_text("14,600")
    expect(mark).to_be_in_viewport()
    panel.get_by_role("button", name="Toon de Nederlandse versie").click()
    expect(mark).to_contain_text("14.600")
    expect(mark).to_be_in_viewport()
    watched.page.locator("#language label", has_text="English").click()
    expect(panel.get_by_role("button", name="Show the English version")).to_be_attached()
    expect(mark).to_be_in_viewport()


@pytest.mark.parametrize(
    ("locale", "told"),
    [("nl-BE", "Deze zin staat enkel in het Nederlands."),
     ("en-GB", "This sentence is in Dutch only.")],
)  # fmt: skip
def test_of_a_sentence_in_one_language_that_is_said(visit: Open, locale: str, told: str) -> None:
    watched = visit(locale=locale)
    asked = {"nl-BE": "Hoe worden Little Giants geselecteerd?", "en-GB": SELECTED}
    ask(watched, asked[locale]).locator(".cite").first.click()
    panel = watched.page.locator("#sources")
    expect(panel.locator("mark.on")).to_contain_text("voorselectie")
    expect(panel.locator("mark.on + .beside")).to_contain_text(told)
    expect(panel.locator(".actions button")).to_have_count(0)


def test_our_own_translation_is_called_ours(visit: Open) -> None:
    watched = visit(locale="en-GB")
    answer = ask(watched, SELECTED)
    answer.locator(".ours + .cite, .ours ~ .cite").first.click()
    panel = watched.page.locator("#sources")
    expect(panel.locator("mark.on")).to_contain_text("voorselectie")
    panel.get_by_role("button", name="In English").click()
    expect(panel.locator(".twin")).to_contain_text("Our own translation")


def test_an_older_answers_marker_still_opens_its_source(visit: Open) -> None:
    watched = visit()
    first = ask(watched, CRITERIA)
    ask(watched, "Hoeveel Little Giants zijn er?")
    first.locator(".cite").first.click()
    expect(watched.page.locator("#sources mark.on")).to_contain_text("15%")


def test_an_answer_is_copied_with_its_sources(visit: Open) -> None:
    watched = visit(permissions=["clipboard-read", "clipboard-write"])
    ask(watched, CRITERIA).get_by_role("button", name="Kopieer met bronnen").click()
    expect(watched.page.locator("#announcer")).to_have_text("Gekopieerd")
    copied = watched.page.evaluate("navigator.clipboard.readText()")
    assert "designpatenten. [1]" in copied
    assert "[1] “Om als ‘Little Giant’" in copied
    assert "De middenstand regeert het Chinese land, Pieter Verstraete" in copied


def test_a_thumb_sends_the_answers_id_and_nothing_else(visit: Open) -> None:
    watched = visit()
    page = watched.page
    answer = ask(watched, CRITERIA)
    up = answer.get_by_role("button", name="Nuttig", exact=True)
    down = answer.get_by_role("button", name="Niet nuttig", exact=True)
    expect(up).to_have_attribute("aria-pressed", "false")
    with page.expect_request("**/api/v1/feedback") as sent:
        down.click()
    assert sent.value.post_data_json.keys() == {"answer", "verdict"}
    assert sent.value.post_data_json["verdict"] == "down"
    expect(page.locator("#announcer")).to_have_text("Bedankt voor uw oordeel.")
    expect(answer.locator(".thanks")).to_have_text("Bedankt voor uw oordeel.")
    expect(answer.locator(".thanks")).to_be_visible()
    ask(watched, SELECTED)  # Gradio draws the first answer anew
    expect(answer.locator(".thanks")).to_have_text("Bedankt voor uw oordeel.")
    expect(down).to_have_attribute("aria-pressed", "true")
    expect(up).to_have_attribute("aria-pressed", "false")
    assert watched.problems == []


def test_what_the_articles_do_not_say_is_said_so(visit: Open) -> None:
    answer = ask(visit(), OUTSIDE)
    expect(answer).to_have_class("answer done not_covered")
    looks = "e => [getComputedStyle(e).color, parseFloat(getComputedStyle(e).fontSize)]"
    ink, size = answer.evaluate(looks)
    for selector in (".lead", ".note"):
        assert answer.locator(selector).evaluate(looks) == [ink, size], selector
    quoted, small = answer.locator(".nearest blockquote").evaluate(looks)
    assert quoted != ink
    assert small < size
    tops = [
        answer.locator(selector).evaluate("e => e.getBoundingClientRect().top")
        for selector in (".lead", ".note", "a.contact", ".nearest blockquote")
    ]
    assert tops == sorted(tops)


def test_the_switch_changes_every_word_and_the_answers_language(visit: Open) -> None:
    watched = visit()
    page = watched.page
    page.locator("#language label", has_text="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    for selector, text in [
        ("#send", "Ask"),
        ("#question label", "Your question"),
        ("#notice", "computer program"),
        ("#sources", "appears here"),
        ("#examples", "How are Little Giants selected?"),
    ]:
        expect(page.locator(selector)).to_contain_text(text)
    expect(ask(watched, CRITERIA)).to_have_attribute("lang", "en")


def test_the_arrow_keys_turn_the_language_switch(visit: Open) -> None:
    page = visit().page
    page.locator("#language input").first.focus()
    for key, lang in (("ArrowRight", "en"), ("ArrowLeft", "nl"), ("ArrowRight", "en")):
        page.keyboard.press(key)
        expect(page.locator("html")).to_have_attribute("lang", lang)
        expect(page.locator(f"#language input[value={lang}]")).to_be_focused()
        expect(page.locator("#send")).to_have_text({"en": "Ask", "nl": "Vraag"}[lang])


def test_an_english_reader_gets_an_english_page(visit: Open) -> None:
    watched = visit(locale="en-GB")
    expect(watched.page.locator("#send")).to_have_text("Ask")
    expect(watched.page.locator("html")).to_have_attribute("lang", "en")


@pytest.mark.parametrize("locale", ["nl-BE", "en-GB"])
def test_the_notice_is_there_before_the_first_keystroke(visit: Open, locale: str) -> None:
    page = visit(locale=locale).page
    words = {"nl-BE": "U praat met een computerprogramma", "en-GB": "talking to a computer program"}
    expect(page.locator("#notice")).to_be_in_viewport()
    expect(page.locator("#notice")).to_contain_text(words[locale])
    described = page.locator("#question textarea").get_attribute("aria-describedby") or ""
    expect(page.locator(f"#{described.split()[0]}")).to_be_visible()


def test_an_example_is_asked_by_clicking_it(visit: Open) -> None:
    page = visit().page
    page.locator("#examples button", has_text=CRITERIA).click()
    page.locator(".answer.done").wait_for()
    expect(page.locator(".question")).to_have_text(CRITERIA)
    expect(page.locator("#examples")).to_be_hidden()


def test_a_new_conversation_starts_empty(visit: Open) -> None:
    watched = visit()
    ask(watched, CRITERIA)
    watched.page.get_by_role("button", name="Nieuw gesprek").click()
    expect(watched.page.locator(".answer")).to_have_count(0)
    expect(watched.page.locator("#examples button").first).to_be_visible()
    expect(watched.page.locator("#sources")).to_contain_text("Hier verschijnt")
    expect(watched.page.locator("#question textarea")).to_be_focused()


HOSTILE = (
    '<script>window.ran=1</script><img src="http://outside.test/x.png" onerror="window.ran=1">'
    '![i](http://outside.test/y.png) <form action="http://outside.test"><input></form>'
    '<a style="position:fixed" href="javascript:window.ran=1">x</a> $$x^2$$ **vet**'
)


def test_a_hostile_question_stays_text(visit: Open, site: str) -> None:
    watched = visit()
    ask(watched, HOSTILE)
    shown = watched.page.locator("#chat .question")
    expect(shown).to_have_text(HOSTILE)
    assert shown.locator("*").count() == 0
    assert watched.page.locator("#chat").locator("img, form, script, iframe").count() == 0
    assert watched.page.evaluate("window.ran") is None
    assert watched.hosts() == {site.removeprefix("http://")}


def test_a_long_conversation_keeps_working(visit: Open) -> None:
    watched = visit()
    for question in ("Wat zijn Little Giants?", "Hoeveel zijn er?", "En welke criteria?"):
        ask(watched, question)
    assert watched.page.locator(".question").count() == 3
    assert watched.problems == []


@pytest.mark.parametrize(
    ("locale", "busy", "offline"),
    [("nl-BE", "Het is even druk", "De verbinding is even weg"),
     ("en-GB", "It is busy right now", "The connection is gone")],
)  # fmt: skip
def test_trouble_is_told_in_our_words_and_passes(
    visit: Open, locale: str, busy: str, offline: str
) -> None:
    watched = visit(locale=locale)
    page = watched.page
    told = page.locator("#trouble")
    full = {"status": 503, "json": {"detail": "Queue is full."}}
    page.route("**/queue/join*", lambda route: route.fulfill(**full))
    page.locator("#question textarea").fill(CRITERIA)
    page.keyboard.press("Enter")
    expect(told).to_contain_text(busy)
    page.unroute("**/queue/join*")
    page.reload()
    page.locator("#examples button").first.wait_for()
    page.context.set_offline(True)
    page.locator("#question textarea").fill(CRITERIA)
    page.keyboard.press("Enter")
    expect(told).to_contain_text(offline)
    expect(page.locator(".toast-body")).to_be_hidden()
    with page.expect_navigation():
        page.context.set_offline(False)
    page.locator("#examples button").first.wait_for()
    expect(told).to_have_count(0)
    expect(ask(watched, CRITERIA)).to_contain_text("15%")


def test_a_small_phone_scrolls_up_and_down_only(visit: Open) -> None:
    watched = visit(width=320, height=640)
    assert sideways(watched.page) == 0
    ask(watched, SELECTED).locator(".cite").first.click()
    expect(watched.page.locator("#sources mark.on")).to_be_in_viewport()
    assert sideways(watched.page) == 0
    watched.page.get_by_role("button", name="Sluiten").click()
    expect(watched.page.locator(".cite").first).to_be_in_viewport()


def test_on_a_phone_the_source_lies_over_the_conversation(visit: Open, site: str) -> None:
    watched = visit(width=390, height=844)
    page = watched.page
    marker = ask(watched, CRITERIA).locator(".cite").last
    sheet, close = page.locator("#panel"), page.get_by_role("button", name="Sluiten")
    scrolled = "document.querySelector('#chat .bubble-wrap').scrollTop"
    expect(sheet).to_be_hidden()
    marker.scroll_into_view_if_needed()
    before = page.evaluate(scrolled)
    ways: list[Callable[[], Any]] = [
        page.go_back,
        close.click,
        lambda: page.keyboard.press("Escape"),
    ]
    for leave in ways:
        marker.click()
        expect(page.locator("#sources mark.on")).to_be_focused()
        expect(page.locator("#sources mark.on")).to_be_in_viewport()
        assert page.locator("#talk").evaluate("e => e.inert")
        page.locator("#sources .panel").evaluate("e => e.scrollTo(0, e.scrollHeight)")
        expect(close).to_be_in_viewport()
        leave()
        expect(sheet).to_be_hidden()
        expect(marker).to_be_focused()
        assert not page.locator("#talk").evaluate("e => e.inert")
        assert page.evaluate(scrolled) == before
    page.go_forward()
    expect(page.locator("#sources mark.on")).to_be_focused()
    page.set_viewport_size({"width": 1280, "height": 860})  # a tablet, turned
    wait_until(lambda: not page.locator("#talk").evaluate("e => e.inert"))
    expect(page.locator(".answer.done")).to_be_visible()
    expect(sheet).to_be_visible()
    assert page.url == f"{site}/chat/"
    assert watched.problems == []


@pytest.mark.parametrize("size", [(390, 844), (844, 390), (390, 430), (320, 568)])
def test_the_question_box_is_always_there_and_leaves_room(
    visit: Open, size: tuple[int, int]
) -> None:
    width, height = size
    watched = visit(width=width, height=height)
    page = watched.page
    taller = "document.documentElement.scrollHeight - innerHeight"
    expect(page.locator("#send")).to_be_in_viewport(ratio=1)
    expect(page.locator("#examples button").first).to_be_in_viewport(ratio=1)
    expect(page.locator("#notice .full")).to_be_in_viewport(ratio=1)
    assert page.evaluate(taller) <= 0
    ask(watched, CRITERIA)
    expect(page.locator("#send")).to_be_in_viewport(ratio=1)
    expect(page.locator("#fresh")).to_be_in_viewport(ratio=1)
    expect(page.locator("#notice .full")).to_be_hidden()
    expect(page.locator("#notice .short")).to_be_in_viewport(ratio=1)
    expect(page.get_by_label("Uw vraag")).to_be_visible()
    assert page.evaluate(taller) <= 0
    assert page.locator("#chat").evaluate("e => e.clientHeight") >= max(200, height * 0.5)


REACHED = """e => {
  const { left, right, top, bottom } = e.getBoundingClientRect();
  return [[0, 0], [-21, 0], [21, 0], [0, -21], [0, 21]].every(
    ([x, y]) => document.elementFromPoint((left + right) / 2 + x, (top + bottom) / 2 + y) === e
  );
}"""


def test_a_marker_is_44_pixels_to_touch(visit: Open) -> None:
    answer = ask(visit(width=390, height=844), CRITERIA)
    assert answer.locator(".cite").first.evaluate(REACHED)


def test_targets_are_large_and_the_input_does_not_make_phones_zoom(visit: Open) -> None:
    watched = visit(width=390, height=844)
    for selector in ("#send", "#question textarea", "#examples button", "#language .wrap"):
        box = watched.page.locator(selector).first.bounding_box()
        assert box is not None
        assert box["height"] >= 44, selector
    size = "parseFloat(getComputedStyle(document.querySelector('#question textarea')).fontSize)"
    assert watched.page.evaluate(size) >= 16


def test_the_keyboard_is_enough(visit: Open) -> None:
    watched = visit()
    page = watched.page
    page.keyboard.press("Tab")
    for _ in range(20):
        if page.evaluate("document.activeElement.tagName") == "TEXTAREA":
            break
        page.keyboard.press("Tab")
    page.keyboard.type(CRITERIA)
    page.keyboard.press("Enter")
    page.locator(".answer.done").wait_for()
    for _ in range(20):
        if page.evaluate("document.activeElement.className").startswith("cite"):
            break
        page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#sources mark.on")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".cite").last).to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_privacy_page_looks_like_the_chat(visit: Open, site: str, scheme: str) -> None:
    page = visit(color_scheme=scheme).page
    looks = """() => {
      const of = (name) => getComputedStyle(document.querySelector(name));
      const h1 = of("h1, .site");
      return [of("body").backgroundColor, of("body").color, h1.fontFamily, h1.fontSize, h1.color];
    }"""
    chat = page.evaluate(looks)
    page.goto(f"{site}/privacy?lang=nl")
    assert page.evaluate(looks) == chat
    expect(page.locator("header .site")).to_have_text("Little Giants Assistant")
    expect(page.locator("nav [aria-current]")).to_have_text("Nederlands")
    assert page.locator("header").evaluate("e => e.getBoundingClientRect().top") == 0


@pytest.mark.parametrize("press", ["Enter", "the button"])
def test_without_a_question_a_line_asks_for_one_and_all_stays(visit: Open, press: str) -> None:
    page = visit().page
    width = "document.querySelector('#main').clientWidth"
    before = page.evaluate(width)
    page.locator("#question textarea").fill("  ")
    if press == "Enter":
        page.locator("#question textarea").press("Enter")
    else:
        page.locator("#send").click()
    expect(page.locator("#hint")).to_have_text("Typ eerst een vraag.")
    expect(page.locator("#hint")).to_be_in_viewport()
    expect(page.locator("#announcer")).to_have_text("Typ eerst een vraag.")
    expect(page.locator("#welcome")).to_be_visible()
    expect(page.locator("#examples button").first).to_be_visible()
    expect(page.locator("#chat .remark")).to_have_count(0)
    assert page.evaluate(width) == before == 1280 - 2 * 32
    page.keyboard.type("W")
    expect(page.locator("#hint")).to_be_empty()


def test_the_page_is_as_wide_with_little_in_it(visit: Open) -> None:
    watched = visit()
    width = "document.querySelector('#main').clientWidth"
    before = watched.page.evaluate(width)
    ask(watched, "Hallo")
    assert watched.page.evaluate(width) == before


def test_a_question_that_is_too_long_is_kept_whole_and_said_to_be(visit: Open) -> None:
    watched = visit()
    page = watched.page
    field, hint = page.locator("#question textarea"), page.locator("#hint")
    field.fill("a" * 440)
    expect(hint).to_be_empty()
    field.fill("a" * 480)
    expect(hint).to_have_text("480 van 500 tekens")
    field.fill("Wat betekent dit? " * 40)
    expect(hint).to_have_text("719 van 500 tekens: te lang om te versturen.")
    field.press("Enter")
    expect(page.locator("#announcer")).to_contain_text("te lang")
    expect(field).to_have_value("Wat betekent dit? " * 40)
    assert page.locator(".question").count() == 0
    ask(watched, CRITERIA)
    expect(hint).to_be_empty()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_question_box_shows_that_it_has_the_focus(visit: Open, scheme: str) -> None:
    page = visit(color_scheme=scheme).page
    field = page.locator("#question textarea")
    box = field.bounding_box()
    assert box is not None
    # What is seen beside it: a ring that a box around it cuts off would not count.
    beside = {"x": box["x"] - 5, "y": box["y"], "width": 4, "height": box["height"]}
    before = page.screenshot(clip=beside)  # type: ignore[arg-type]
    field.focus()
    wait_until(lambda: page.screenshot(clip=beside) != before)  # type: ignore[arg-type]
    drawn = "e => [getComputedStyle(e).outlineStyle, getComputedStyle(e).outlineWidth]"
    assert field.evaluate(drawn) == ["solid", "3px"]


def test_a_screen_reader_hears_words_not_markup(visit: Open) -> None:
    watched = visit()
    ask(watched, CRITERIA)
    labels = watched.page.evaluate(
        "[...document.querySelectorAll('[aria-label]')].map(e => e.getAttribute('aria-label'))"
    )
    assert not [label for label in labels if "<" in label]
    log = watched.page.locator("#chat [role=log]")
    expect(log).to_have_attribute("aria-label", "Gesprek")
    expect(log).to_have_attribute("aria-busy", "false")
    expect(watched.page.locator("#announcer")).to_have_text("Het antwoord staat klaar.")
