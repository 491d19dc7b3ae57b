"""A conversation over the real article: what was told, what comes next, and what is left open."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant import Assistant
from assistant.asking import main_part
from assistant.follow import WEIGHTS, features, followed, told
from assistant.query import understand
from assistant.records import Evidence
from assistant.score import CONFIDENCE
from ingest.catalog import Catalog
from ingest.index import Index, open_index
from ingest.settings import Settings


@pytest.fixture(scope="module")
def index(settings: Settings) -> Index:
    return open_index(settings.index)


SEEN = dict.fromkeys((name for name in CONFIDENCE if name != "bias"), 0.0)


def talk(assistant: Assistant, *questions: str) -> list[tuple[str, str]]:
    """Return the turns of a conversation."""
    turns: list[tuple[str, str]] = []
    for question in questions:
        answer = assistant.ask(question, turns)
        turns += [("user", question), ("assistant", answer.text)]
    return turns


def test_what_was_told_is_found_with_its_twins_and_what_stands_around(index: Index) -> None:
    catalog = index.catalog
    selection = next(
        s for a in catalog.articles() for s in a.sentences if s.text.startswith("De selectie")
    )
    was = told(f"Vooraf iets anders. {selection.text} [1]", catalog)
    assert was.sentences == {selection.id}  # only the Dutch version has it
    assert was.next == {f"{selection.article_id}.{selection.index + 1}"}
    assert selection.id in was.around[:2]
    assert {catalog.sentence(name).article_id for name in was.around} > {selection.article_id}
    translated = told(f"{selection.translation} [1]", catalog)
    assert translated == was
    assert told("Dat staat niet in de artikelen.", catalog).sentences == frozenset()
    assert told("", catalog).around == ()


def test_far_off_in_a_long_article_is_still_at_home(index: Index) -> None:
    catalog = index.catalog
    long = max(catalog.articles(), key=lambda article: len(article.sentences))
    was = told(long.sentences[0].text, catalog)
    away = replace(was, around=was.around[:5])  # as where there are more than are looked at
    last = Evidence(long.sentences[-1].id, long.language, "", 0.1, parts=tuple(SEEN.items()))
    elsewhere = replace(last, sentence_id="elsewhere.3")
    assert [features(e, e, away)["home"] for e in (last, elsewhere)] == [1.0, 0.0]
    assert features(elsewhere, elsewhere, told("", catalog))["home"] == 1.0  # nothing was told


def test_of_two_that_score_alike_the_one_that_comes_next_is_first(index: Index) -> None:
    catalog: Catalog = index.catalog
    article = next(a for a in catalog.articles() if len(a.sentences) > 9)
    was = told(article.sentences[4].text, catalog)
    rows = [
        Evidence(s.id, article.language, s.text, 0.1, parts=tuple(SEEN.items()))
        for s in (article.sentences[9], article.sentences[5])
    ]
    found = followed("en dan?", rows, {row.sentence_id: row for row in rows}, was)
    assert [row.sentence_id for row in found] == [article.sentences[n].id for n in (5, 9)]
    parts = dict(found[0].parts)
    assert {name: parts[f"follow_{name}"] for name in ("told", "next")} == {"told": 0, "next": 1}
    assert set(WEIGHTS) <= {name[7:] for name in parts if name.startswith("follow_")}


@pytest.mark.parametrize(
    ("questions", "facts"),
    [
        (("What support does the government give them?", "and how many are there?"), ("14,600",)),
        (("Hoeveel zijn er?", "en hoe worden ze gekozen?"), ("voorselectie",)),
        (("What are the steps of the selection?", "who decides that?"), ("national government",)),
        (("Is this a threat to European companies?", "in which sectors?"), ("biotechnology",)),
    ],
)
def test_a_follow_up_is_answered_as_it_is_meant(
    assistant: Assistant, questions: tuple[str, ...], facts: tuple[str, ...]
) -> None:
    last = talk(assistant, *questions)[-1][1]
    assert all(fact in last for fact in facts), last


def test_what_the_articles_leave_open_is_not_answered_by_what_was_told(
    assistant: Assistant,
) -> None:
    turns = talk(assistant, "wat deden de autobouwers fout?")
    assert assistant.ask("welke merken?", turns).status == "not_covered"


def test_the_last_answer_is_asked_for_in_the_other_language(assistant: Assistant) -> None:
    turns = talk(assistant, "What support do they get?", "and how many are there?")
    dutch = assistant.ask("Kan je dat in het Nederlands zeggen?", turns)
    assert dutch.language == "nl"
    assert {s.language for s in dutch.sentences} == {"nl"}
    assert "14.600" in dutch.text


@pytest.mark.parametrize(
    "asked",
    [
        "In English, please?",
        "sorry, kan het in het Engels?",
        "in english pls",
        "Mag ik dat ook in het Engels?",
        "can I get that in English?",
        "can I have that in english? my colleague reads along",
        "I don’t read Dutch. In English please",
        "Engels graag",
    ],
)
def test_asking_for_a_language_asks_the_last_question_again(
    assistant: Assistant, asked: str
) -> None:
    turns = talk(assistant, "Hoeveel bedrijven dragen de titel?")
    english = assistant.ask(asked, turns)
    assert english.language == "en"
    assert "14,600" in english.text


def test_in_a_language_is_no_request_where_it_is_what_is_asked_about(index: Index) -> None:
    for text, asks_for in [
        ("Kan een bemiddeling in het Engels?", "nl"),
        ("Is the article in Dutch?", "en"),
        ("Wat zijn de criteria, in het Engels graag", "en"),
        ("answer in Dutch", "nl"),
        ("Hebben jullie rondleidingen, en kan dat in het Engels?", "nl"),
        ("Is the tour guided? Can it be in Dutch?", "en"),
        ("In English please. Tell me the criteria", "en"),
        ("Zijn er Engelse bedrijven?", "nl"),
        ("Who is the author. In Dutch please", "nl"),
    ]:
        assert understand(text, (), None, index).language == asks_for, text


def test_what_is_asked_beside_a_request_for_a_language_is_not_lost(assistant: Assistant) -> None:
    turns = talk(assistant, "Hoeveel bedrijven dragen de titel?")
    assert "Verstraete" in assistant.ask("Who is the author. In English please", turns).text


def test_a_word_that_tells_no_language_is_in_the_pages(index: Index) -> None:
    assert understand("criteria?", (), None, index, likely="nl").language == "nl"
    assert understand("criteria?", (), None, index, likely="en").language == "en"
    assert understand("What criteria?", (), None, index, likely="nl").language == "en"


def test_a_word_that_tells_no_language_is_in_the_conversations(index: Index) -> None:
    history = [("user", "What revenue does a company need?"), ("assistant", "…")]
    assert understand("in dollars?", history, None, index).language == "en"


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("ok en hoeveel zijn er nu?", "en hoeveel zijn er nu?"),
        ("nee? hoe komt dat dan?", "hoe komt dat dan?"),
        ("Great, and who decides?", "and who decides?"),
        ("No reason to panic?", "No reason to panic?"),
        ("top 3 criteria?", "top 3 criteria?"),
    ],
)
def test_what_is_said_to_the_last_answer_is_no_question(text: str, asked: str) -> None:
    assert main_part(text) == asked
