"""What is shown: everything escaped, lists as lists, sources named."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from assistant import Answer, AnswerSentence, Assistant, Citation
from assistant.frame import language_note
from ui.render import answer_html, paragraphs, question_html
from ui.texts import DUTCH, ENGLISH, TEXTS, pick_language


class Tags(HTMLParser):
    """Collects the tags and the attributes that a browser would see."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.links: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src", "action")]


EVIL = '"><script>x</script><img src=http://evil.test/x onerror=x>[a](javascript:x) & <form>'


def evil_answer() -> Answer:
    citation = Citation(1, EVIL, EVIL, EVIL, EVIL, "javascript:alert(1)", "en", 0, 9, EVIL, EVIL)
    sentences = (AnswerSentence(EVIL, (1,), "en", translated=True),)
    return Answer(
        EVIL, EVIL, "nl", "answered", EVIL, sentences, EVIL, (citation,), citation,
        searched_for=EVIL,
    )  # fmt: skip


def test_hostile_text_stays_text() -> None:
    html = answer_html(evil_answer(), DUTCH, done=True) + question_html(EVIL)
    tags = Tags(html)
    allowed = {"div", "p", "span", "a", "small", "blockquote", "details", "summary", "ol", "li"}
    assert set(tags.seen) <= allowed | {"q", "cite", "button", "br"}
    assert all(link.startswith("#cite-") for link in tags.links)


def test_where_the_articles_end_there_is_a_way_to_get_in_touch() -> None:
    answer = Answer("i", "q", "nl", "not_covered", lead="Daarover zeggen de artikelen niets.")
    html = answer_html(answer, DUTCH, done=True, contact="mailto:info@example.com")
    assert Tags(html).links == ["mailto:info@example.com"]
    assert DUTCH.contact in html


def test_the_way_to_get_in_touch_comes_before_the_nearest_passage() -> None:
    nearest = Citation(1, "a", "Titel", "", "", "", "nl", 0, 9, "Iets anders.")
    answer = Answer("i", "q", "nl", "not_covered", lead="Nee.", note="Bel.", nearest=nearest)
    html = answer_html(answer, DUTCH, done=True, contact="mailto:info@example.com")
    order = [html.index(text) for text in ("Nee.", "Bel.", DUTCH.contact, "Iets anders.")]
    assert order == sorted(order)


@pytest.mark.parametrize("sentence", [
    AnswerSentence("Eén.", (1,), "nl"),  # the note names the other one
    AnswerSentence("Eén.", (1,), "nl", translated=True),  # the note is about all
])  # fmt: skip
def test_a_translation_is_told_beside_its_sentence_and_nowhere_else(
    sentence: AnswerSentence,
) -> None:
    sentences = (sentence, AnswerSentence("Twee.", (2,), "nl", translated=True))
    missing = "Niet in de artikelen: de rest"
    note = f"{language_note('nl', sentences)} {missing}"
    html = answer_html(Answer("i", "q", "nl", "partly", "", sentences, note), DUTCH, done=True)
    assert html.count(f"({DUTCH.translated})") == sum(s.translated for s in sentences)
    assert f'<p class="note">{missing}</p>' in html


def test_a_sentence_that_has_no_translation_keeps_its_note() -> None:
    sentences = (AnswerSentence("One.", (1,), "en"), AnswerSentence("Twee.", (2,), "nl", True))
    note = language_note("nl", sentences)
    answer = Answer("i", "q", "nl", "answered", sentences=sentences, note=note)
    assert note in answer_html(answer, DUTCH, done=True)


def test_a_list_is_shown_as_a_list() -> None:
    sentences = tuple(AnswerSentence(f"- item {n}", (), "en") for n in range(3))
    html = answer_html(Answer("i", "q", "en", "answered", sentences=sentences), ENGLISH, done=True)
    assert Tags(html).seen.count("li") == 3
    assert "- item" not in html


def test_paragraphs_hold_every_sentence_once(assistant: Assistant) -> None:
    for article in assistant.articles():
        assert [s for paragraph in paragraphs(article) for s in paragraph] == [*article.sentences]


def test_both_languages_say_everything() -> None:
    for field in DUTCH.__slots__:
        assert getattr(DUTCH, field), field
        assert getattr(ENGLISH, field), field
    assert set(TEXTS) == {"nl", "en"}


@pytest.mark.parametrize(
    ("chosen", "accept", "expected"),
    [
        ("en", "nl", "en"),
        (None, "fr-BE,en;q=0.8", "en"),
        (None, "nl-BE,nl;q=0.9,en;q=0.8", "nl"),
        ("fr", "", "nl"),
        (None, "de", "nl"),
    ],
)
def test_the_language_of_the_page(chosen: str | None, accept: str, expected: str) -> None:
    assert pick_language(chosen, accept, "nl") == expected
