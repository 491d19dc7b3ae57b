"""What editors say of questions leads to sentences, or away from them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assistant import Assistant, open_assistant
from assistant.retrieve import Retriever
from evals.tune import without
from evals.xquad import open_retriever
from ingest.build import build_index
from ingest.settings import Settings

ARTICLE = """The harbour crane of Aldermere

The harbour crane of Aldermere lifts forty tonnes and was painted blue in 1987.

Two operators work in its cabin, one by day and one by night.
"""
LEFT_OPEN = "Where are the operators of the crane trained?"


def settings_of(folder: Path, questions: str) -> Settings:
    (folder / "corpus" / "pages").mkdir(parents=True)
    (folder / "corpus" / "pages" / "crane.txt").write_text(ARTICLE, "utf-8")
    (folder / "corpus" / "questions.toml").write_text(questions, "utf-8")
    settings = replace(Settings(), corpus=folder / "corpus", index=folder / "index")
    build_index(settings)
    return settings


QUESTIONS = """
[[sentence]]
text = 'Two operators work in its cabin, one by day and one by night.'
en = ['Who sits up there pulling the levers?', 'How many staff does it need?']
nl = ['Wie zit daar boven aan de hendels?']
"""
OPEN = f"[unanswered]\nen = ['{LEFT_OPEN}']\n"


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return open_assistant(settings_of(tmp_path_factory.mktemp("closed"), QUESTIONS))


@pytest.fixture(scope="module")
def left_open(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return open_assistant(settings_of(tmp_path_factory.mktemp("open"), OPEN + QUESTIONS))


def test_a_question_that_is_left_open_is_less_surely_answered(
    closed: Assistant, left_open: Assistant
) -> None:
    asked = "Where were the crane's operators trained?"
    before, after = closed.ask(asked), left_open.ask(asked)
    assert after.confidence < before.confidence - 0.1
    assert after.status == "not_covered"


def test_one_that_is_left_open_does_not_take_others_along(
    closed: Assistant, left_open: Assistant
) -> None:
    asked = "When was the harbour crane painted blue?"
    assert left_open.ask(asked).status == closed.ask(asked).status == "answered"


def test_it_is_never_offered_as_an_example(left_open: Assistant) -> None:
    assert LEFT_OPEN not in left_open.examples("en")
    assert left_open.examples("en")


def test_a_question_of_no_word_that_the_articles_have_is_not_covered(closed: Assistant) -> None:
    for asked in ("oops", "what is it", "qwertyuiop"):
        assert closed.ask(asked).status != "answered"


def test_left_out_of_the_search_an_expected_question_leads_nowhere(tmp_path: Path) -> None:
    retriever: Retriever = open_retriever(settings_of(tmp_path, OPEN + QUESTIONS))
    catalog = retriever.catalog
    sentence = next(s for a in catalog.articles() for s in a.sentences if "operators" in s.text)
    face = catalog.faces(sentence.id)[-1]

    def asks_same(searched: Retriever) -> float:
        found = {e.sentence_id: dict(e.parts) for e in searched.evidence(face.text)}
        return found[sentence.id]["question"]

    assert asks_same(retriever) > 0.95
    assert asks_same(without(retriever, face)) < 0.9
    assert asks_same(retriever) > 0.95  # the first is as it was

    (open_face,) = catalog.faces("")
    given = dict(retriever.evidence(open_face.text)[0].parts)["unanswered"]
    assert given > 0.95
    assert (
        dict(without(retriever, open_face).evidence(open_face.text)[0].parts)["unanswered"] == 0.0
    )
