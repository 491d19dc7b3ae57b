"""Answers over the real article: right, cited, in the reader's language, or honestly refused."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import Answer, Assistant, is_current, open_assistant
from assistant.phrases import NOT_COVERED
from assistant.records import Evidence
from assistant.retrieve import Retriever
from ingest.errors import IndexMismatch, IndexMissing
from ingest.settings import Settings

COVERED = [
    ("Aan welke criteria moet een Little Giant voldoen?", "nl", ("€13 en €53 miljoen", "15%")),
    ("What criteria must a Little Giant meet?", "en", ("13 and 53 million", "15%")),
    ("How are Little Giants selected?", "en", ("local pre-selection", "final selection")),
    ("Hoe worden Little Giants geselecteerd?", "nl", ("lokale voorselectie", "eindselectie")),
    ("Hoeveel zijn er?", "nl", ("14.600",)),
    ("How many Little Giants are there?", "en", ("14,600",)),
    ("What do European carmakers teach us?", "en", ("clinging to old technologies",)),
    ("Wat kunnen we leren van de Europese autobouwers?", "nl", ("oude technologieën",)),
    ("Wie schreef dit artikel?", "nl", ("Pieter Verstraete",)),
]


@pytest.mark.parametrize(("question", "language", "facts"), COVERED, ids=[q for q, *_ in COVERED])
def test_covered(
    assistant: Assistant, question: str, language: str, facts: tuple[str, ...]
) -> None:
    answer = assistant.ask(question)
    assert answer.status == "answered"
    assert answer.language == language
    assert all(sentence.language == language for sentence in answer.sentences)
    assert all(fact in answer.text for fact in facts)


def test_a_twin_that_was_not_found_is_quoted_in_the_readers_language(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = Retriever.evidence

    def english_only(retriever: Retriever, question: str) -> list[Evidence]:
        return [e for e in found(retriever, question) if e.language == "en"]

    monkeypatch.setattr(Retriever, "evidence", english_only)
    answer = assistant.ask("Hoeveel Little Giants zijn er?")
    assert [s.language for s in answer.sentences] == ["nl"]
    assert "14.600" in answer.text


NOT_THERE = [
    "Wie is de CEO van Huawei?",
    "What is the capital of Australia?",
    "Welk weer wordt het morgen in Gent?",
    "How do I bake bread?",
]


@pytest.mark.parametrize("question", NOT_THERE)
def test_not_covered_says_so_and_names_the_nearest_passage(
    assistant: Assistant, question: str
) -> None:
    answer = assistant.ask(question)
    assert answer.status == "not_covered"
    assert answer.lead == NOT_COVERED[answer.language]
    assert answer.sentences == answer.citations == ()
    assert answer.nearest is None or answer.nearest.quote in _article_text(assistant, answer)


def test_a_fact_of_one_language_is_translated_and_says_so(assistant: Assistant) -> None:
    answer = assistant.ask("How are Little Giants selected?")
    cited = next(c for c in answer.citations if c.language == "nl")
    shown = next(s for s in answer.sentences if cited.marker in s.markers)
    assert cited.quote.startswith("De selectie werkt als volgt")
    assert cited.twin_is_ours
    assert shown.translated
    assert shown.text == cited.twin_quote
    assert "Our translation" in answer.note


def test_a_twin_stands_in_for_the_other_language(assistant: Assistant) -> None:
    dutch = assistant.ask("Hoeveel Little Giants zijn er?").citations[0]
    english = assistant.ask("How many Little Giants are there?").citations[0]
    assert dutch.twin_quote == english.quote
    assert english.twin_quote == dutch.quote
    assert not dutch.twin_is_ours


def test_no_fact_is_said_twice_as_its_own_twin(assistant: Assistant) -> None:
    for question, *_ in COVERED:
        citations = assistant.ask(question).citations
        twins = {c.twin_quote for c in citations if c.twin_quote}
        assert not twins & {c.quote for c in citations}


def test_every_marker_resolves_every_citation_is_used_and_every_quote_is_exact(
    assistant: Assistant,
) -> None:
    for question, *_ in COVERED:
        answer = assistant.ask(question)
        markers = {marker for sentence in answer.sentences for marker in sentence.markers}
        assert markers == {citation.marker for citation in answer.citations}
        for c in answer.citations:
            assert assistant.article(c.article_id).text[c.start : c.end] == c.quote


def test_a_question_of_which_one_part_is_not_covered_is_partly_answered(
    assistant: Assistant,
) -> None:
    answer = assistant.ask("How many Little Giants are there, and who founded the city of Bruges?")
    assert answer.status == "partly"
    assert "14,600" in answer.text
    assert "Bruges" in answer.note


def test_a_later_part_goes_on_from_the_answer_to_the_first(assistant: Assistant) -> None:
    price, speed = "Krijgen we te maken met goedkopere producten", "innoveren ze ook sneller"
    answer = assistant.ask(f"{price}, en {speed} dan vroeger?")
    assert "goedkopere alternatieven" in answer.text
    assert "sneller innoveren" in answer.text


def test_a_question_that_says_little_is_about_what_was_said_before_it(
    assistant: Assistant,
) -> None:
    story = "A client fears that Chinese firms compete on quality and not only on price."
    assert "quality and innovation" in assistant.ask(f"{story} Is that so?").text


@pytest.mark.parametrize(
    ("question", "in_order"),
    [
        ("What support do they get and how many little giants are there?", ("subsidies", "14,600")),
        ("How many little giants are there and what support do they get?", ("14,600", "subsidies")),
    ],
)
def test_several_questions_are_answered_in_the_order_they_were_asked_in(
    assistant: Assistant, question: str, in_order: tuple[str, str]
) -> None:
    answer = assistant.ask(question)
    assert [s.markers for s in answer.sentences] == [(1,), (2,)]
    for said, fact in zip(answer.sentences, in_order, strict=True):
        assert fact in said.text


def test_a_later_part_does_not_go_on_from_what_is_not_covered(assistant: Assistant) -> None:
    assert assistant.ask("What does a loaf cost, and how many are there?").status == "not_covered"


def test_contact_questions_get_the_articles_own_invitation(assistant: Assistant) -> None:
    english = assistant.ask("How can I get in touch with you?")
    dutch = assistant.ask("Hoe kan ik jullie contacteren?")
    assert english.status == dutch.status == "contact"
    assert "get in touch" in english.sentences[0].text
    assert "contact op te nemen" in dutch.sentences[0].text
    chat = assistant.ask("Could I have an informal chat with someone from your team?")
    assert "get in touch" in chat.text
    shown = assistant.ask("Would you take me through some case studies if I called you?")
    assert "case studies" in shown.text
    for answer in (english, dutch):  # "uw zaak" is a lawsuit to some, "your business" not all have
        assert "computer program" in answer.lead.replace("computerprogramma", "computer program")
        assert not re.search(r"\b(?:zaak|business)\b", answer.lead)


def test_smalltalk_says_what_it_is_in_the_readers_language(assistant: Assistant) -> None:
    assert "computerprogramma" in assistant.ask("Ben je een mens?").text
    assert "computer program" in assistant.ask("Are you a human?").text


def test_a_follow_up_is_answered_in_its_conversation(assistant: Assistant) -> None:
    first = "Hoe worden Little Giants geselecteerd?"
    history = [("user", first), ("assistant", assistant.ask(first).text)]
    assert "provinces" in assistant.ask("And in English?", history).text


def test_streaming_grows_to_the_same_answer(assistant: Assistant) -> None:
    question = "What criteria must a Little Giant meet, and how many are there?"
    grown = list(assistant.stream(question))
    whole = assistant.ask(question)
    assert _content(grown[-1]) == _content(whole)
    assert [len(step.sentences) for step in grown] == list(range(1, len(grown) + 1))
    for step in grown:
        markers = {m for s in step.sentences for m in s.markers}
        assert markers == {c.marker for c in step.citations}


HOSTILE = {
    "empty": "",
    "long": "x" * 200_000,
    "long words": "Hoeveel zijn er? " * 20_000,
    "control": "\x00\x01\x1b[31mHoeveel\x07",
    "surrogate": "\ud800\udfff Hoeveel?",
    "emoji": "🤷‍♀️🤷‍♀️",
    "right to left": "\u202eHoeveel zijn er?\u202c",
    "script": "<script>alert(1)</script>",
    "sql": "'; drop table sentence; --",
    "path": "../../../../etc/passwd",
    "template": "{{7*7}} ${7*7} %s %n",
    "french": "Quels sont les critères pour devenir un petit géant en Chine ?",
    "query syntax": 'id:"x" AND nl:[* TO *] OR (*',
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_nobody_is_greeted_with_an_exception(assistant: Assistant, text: str) -> None:
    answer = assistant.ask(text)
    assert answer.text
    assert answer.as_json()["ai_generated"] is True
    json.dumps(answer.as_json(), ensure_ascii=False).encode()  # can travel, surrogates and all
    assert len(answer.question) <= 5000


@given(st.text(max_size=300))
def test_any_text_gets_a_reply_whose_citations_hold(assistant: Assistant, text: str) -> None:
    answer = assistant.ask(text)
    assert answer.text
    for c in answer.citations:
        assert assistant.article(c.article_id).text[c.start : c.end] == c.quote


def test_the_same_question_gets_the_same_answer(assistant: Assistant) -> None:
    question = "Wat betekent dit voor Europese kmo’s?"
    assert _content(assistant.ask(question)) == _content(assistant.ask(question))


def test_examples_are_answered(assistant: Assistant) -> None:
    for language in ("nl", "en"):
        examples = assistant.examples(language)
        assert len(examples) >= 4
        assert {assistant.ask(e).status for e in examples} == {"answered"}


def test_without_an_index_the_error_names_the_command(tmp_path) -> None:
    with pytest.raises(IndexMissing, match="python -m ingest"):
        open_assistant(Settings(index=tmp_path))


def test_an_index_of_another_embedder_is_refused(settings: Settings, tmp_path) -> None:
    import shutil

    copy = tmp_path / "index"
    shutil.copytree(settings.index, copy)
    manifest = next(copy.glob("generations/*/manifest.json"))
    manifest.write_text(manifest.read_text().replace('"embedder": "', '"embedder": "other-'))
    with pytest.raises(IndexMismatch, match="--rebuild"):
        open_assistant(Settings(index=copy))


def test_a_reader_knows_when_it_is_behind(settings: Settings, assistant: Assistant) -> None:
    assert is_current(assistant, settings)


def test_retrieval_is_there_for_llama_index(assistant: Assistant) -> None:
    nodes = assistant.as_retriever(top_k=3).retrieve("How many Little Giants are there?")
    assert len(nodes) == 3
    first = nodes[0].node
    article = assistant.article(first.metadata["article_id"])
    assert "14" in first.text
    assert article.text[first.start_char_idx : first.end_char_idx] == first.text


def _content(answer: Answer) -> dict[str, object]:
    return {k: v for k, v in answer.as_json().items() if k != "timings"}


def _article_text(assistant: Assistant, answer: Answer) -> str:
    assert answer.nearest is not None
    return assistant.article(answer.nearest.article_id).text


@pytest.mark.parametrize(
    ("question", "lead"),
    [
        ("The European Commission makes the final selection, right?", "The article says otherwise"),
        ("De Europese Commissie doet de eindselectie, nietwaar?", "Het artikel zegt iets anders"),
    ],
)
def test_a_claim_that_a_sentence_contradicts_is_about_it(
    assistant: Assistant, question: str, lead: str
) -> None:
    """Though what is wrong in it, which no sentence meets, speaks for a refusal."""
    answer = assistant.ask(question)
    assert answer.lead.startswith(lead)
    assert "provinc" in answer.citations[0].quote
