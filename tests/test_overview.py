"""What is asked of an article as a whole, and what it says next."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from assistant import Assistant
from assistant.follow import told
from assistant.overview import key_sentences, wants_more, wants_summary, what_follows
from ingest.index import Index

SHORT = [
    "Can you summarise the article?",
    "Vat dit artikel eens kort samen aub",
    "give me a short summary",
    "Kunt u het artikel samenvatten?",
    "What is this article about?",
    "Waar gaat dit over?",
    "tl;dr please",
    "Sum it up",
    "Could you summarize the article for me in three sentences?",
]
MORE = [
    "Tell me more",
    "vertel meer",
    "en nog meer?",
    "can you elaborate?",
    "Ga verder",
    "more info",
]
NEITHER = [
    "Summarise the criteria",
    "Tell me more about the subsidies",
    "How many more?",
    "What about this?",
    "Waar gaat het geld naartoe?",
    "Moeten ze samenwerken?",
    "Kunnen jullie dat samen?",
    "What does the mayor say?",
]


@pytest.fixture(scope="module")
def index(assistant: Assistant) -> Index:
    return assistant._index


@pytest.mark.parametrize("text", SHORT + MORE + NEITHER)
def test_what_is_asked_of_the_whole(text: str) -> None:
    assert (wants_summary(text), wants_more(text)) == (text in SHORT, text in MORE)


def test_a_summary_has_a_sentence_of_each_stretch_in_order(index: Index) -> None:
    catalog = index.catalog
    article = next(a for a in catalog.articles() if a.kind == "article" and a.language == "nl")
    rows = [catalog.sentence_row(s.id) for s in article.sentences]
    places = [s.index for s in key_sentences(article, index.sentence_vectors[rows])]
    assert places == sorted(places)
    quarter = len(article.sentences) / 4
    assert [int(place / quarter) for place in places] == [0, 1, 2, 3]
    few = replace(article, sentences=article.sentences[:1])
    assert key_sentences(few, np.eye(1)) == [few.sentences[0]]


def test_more_is_what_comes_next_in_the_readers_version(index: Index) -> None:
    catalog = index.catalog
    dutch = next(a for a in catalog.articles() if a.kind == "article" and a.language == "nl")
    was = told(f"{dutch.sentences[3].text} [1]", catalog)
    assert [s.index for s in what_follows(was, "nl", catalog)] == [4, 5]
    english = what_follows(was, "en", catalog)  # twins where there are any
    assert any(catalog.article(s.article_id).language == "en" for s in english)
    assert what_follows(told(dutch.sentences[-1].text, catalog), "nl", catalog) == []


@pytest.mark.parametrize(
    ("language", "asked"), [("nl", "Vat het kort samen"), ("en", "Summarise it")]
)
def test_a_summary_is_quoted_like_any_answer(
    assistant: Assistant, language: str, asked: str
) -> None:
    answer = assistant.ask(asked)
    assert (answer.status, answer.language) == ("answered", language)
    assert len(answer.sentences) >= 4
    assert len(answer.citations) == len(answer.sentences)


def test_going_on_repeats_nothing(assistant: Assistant) -> None:
    first = assistant.ask("Welke steun krijgen ze?")
    turns = [("user", first.question), ("assistant", first.text)]
    more = assistant.ask("Vertel meer", turns)
    assert more.status == "answered"
    assert {s.text for s in more.sentences}.isdisjoint(s.text for s in first.sentences)
    assert assistant.ask("Vertel me meer over dit artikel", turns).text == more.text
    assert assistant.ask("Vertel meer").status == "not_covered"  # more than what?


def test_more_is_told_after_a_correction(assistant: Assistant) -> None:
    first = assistant.ask("The provinces make the final selection?")
    assert first.lead
    turns = [("user", first.question), ("assistant", first.text)]
    assert assistant.ask("Tell me more", turns).status == "answered"
