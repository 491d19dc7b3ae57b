"""Expansion, matching and ranking across languages, with the shipped embedder."""

import time

import numpy as np
import pytest

from ingest.bilingual import (
    Asked,
    Lexicon,
    Passage,
    ask,
    best_matches,
    rank_passages,
)
from ingest.embedder import Embedder, load_embedder

ENGLISH = [
    "Warsaw is the largest city of Poland.",
    "The company holds fifteen patents in China.",
    "Cheap loans help small companies in China.",
    "The museum opened in 1939 and has 14,600 paintings.",
]
DUTCH = [
    "De fabriek maakt batterijen in China.",
    "Voor een octrooi gelden strenge eisen.",
    "De zon schijnt op het strand.",
]


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return load_embedder()


@pytest.fixture(scope="module")
def lexicons(embedder: Embedder) -> dict[str, Lexicon]:
    return {
        "en": Lexicon.of_texts(ENGLISH, "en", embedder),
        "nl": Lexicon.of_texts(DUTCH, "nl", embedder),
    }


def _ask(question: str, lexicons: dict[str, Lexicon], embedder: Embedder) -> Asked:
    return ask(question, "nl", list(lexicons.values()), embedder)


@pytest.mark.parametrize(
    ("question", "english"),
    [
        ("Welke leningen krijgen kleine bedrijven?", 2),
        ("Hoe groot is Warschau?", 0),
        ("Hoeveel schilderijen heeft het museum?", 3),
        ("Wie heeft de octrooien?", 1),
    ],
)
def test_a_dutch_question_finds_the_english_passage(
    question: str, english: int, lexicons: dict[str, Lexicon], embedder: Embedder
) -> None:
    passages = [Passage.of_sentences([text], lexicons["en"], embedder) for text in ENGLISH]
    asked = _ask(question, lexicons, embedder)
    assert int(np.argmax(rank_passages(asked, passages))) == english


def test_a_word_of_every_text_weighs_less(lexicons: dict[str, Lexicon], embedder: Embedder) -> None:
    asked = _ask("octrooien in China", lexicons, embedder)
    weight = dict(zip(asked.words, asked.weights, strict=True))
    assert weight["china"] < weight["octrooien"]
    assert asked.weights.sum() == pytest.approx(1)


def test_expansion_leads_to_both_languages(
    lexicons: dict[str, Lexicon], embedder: Embedder
) -> None:
    asked = _ask("octrooien", lexicons, embedder)
    assert asked.expanded("en")[0][0][0] == "patents"
    word, boost = asked.expanded("nl")[0][0]
    assert word == "octrooi"  # the same stem, at .95 squared of the word's weight, which is all
    assert boost == pytest.approx(0.95**2)


def test_numbers_match_exactly_or_not_at_all(
    lexicons: dict[str, Lexicon], embedder: Embedder
) -> None:
    asked = _ask("1939 1938", lexicons, embedder)
    best = best_matches(asked, "en", [lexicons["en"].ids(ENGLISH[3])])
    assert best.tolist() == [[1.0, 0.0]]


def test_passages_of_two_languages_rank_together(
    lexicons: dict[str, Lexicon], embedder: Embedder
) -> None:
    passages = [
        *(Passage.of_sentences([text], lexicons["en"], embedder) for text in ENGLISH),
        *(Passage.of_sentences([text], lexicons["nl"], embedder) for text in DUTCH),
    ]
    scores = rank_passages(_ask("Wanneer krijgt iemand octrooi?", lexicons, embedder), passages)
    assert set(np.argsort(-scores)[:2].tolist()) == {1, len(ENGLISH) + 1}


@pytest.mark.parametrize("question", ["", "de het een", "%%%"])
def test_nothing_asked_scores_nothing_but_the_vector(
    question: str, lexicons: dict[str, Lexicon], embedder: Embedder
) -> None:
    asked = _ask(question, lexicons, embedder)
    passages = [Passage.of_sentences([text], lexicons["en"], embedder) for text in ENGLISH]
    assert np.isfinite(rank_passages(asked, passages)).all()


def test_texts_without_words(lexicons: dict[str, Lexicon], embedder: Embedder) -> None:
    asked = _ask("octrooien", lexicons, embedder)
    empty = [Passage.of_sentences([], lexicons["en"], embedder)]
    empty.append(Passage.of_sentences(["?!", "…"], lexicons["en"], embedder))
    assert rank_passages(asked, empty).tolist() == [0.0, 0.0]
    assert rank_passages(asked, []).tolist() == []
    assert best_matches(asked, "en", []).shape == (0, 1)


def test_an_empty_lexicon(embedder: Embedder) -> None:
    lexicon = Lexicon.of_texts([], "nl", embedder)
    asked = ask("octrooien", "", [lexicon], embedder)
    assert asked.expanded("nl") == [[]]
    assert asked.weights.tolist() == [1.0]


def test_two_hundred_sentences_take_milliseconds(embedder: Embedder) -> None:
    texts = [f"{ENGLISH[i % 4]} {DUTCH[i % 3]} Number {i} stands here." for i in range(200)]
    lexicon = Lexicon.of_texts(texts, "en", embedder)
    passages = [Passage.of_sentences([text], lexicon, embedder) for text in texts]
    seconds = []
    for _ in range(5):
        start = time.perf_counter()
        asked = ask(
            "Hoeveel leningen krijgen kleine bedrijven in China?", "nl", [lexicon], embedder
        )
        rank_passages(asked, passages)
        seconds.append(time.perf_counter() - start)
    assert min(seconds) < 0.02  # 2 ms on an idle core; the margin is for a busy one
