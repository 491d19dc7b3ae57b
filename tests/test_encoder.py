"""The sentence encoder: what its vectors promise, and that it tells an answer from shared words."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from ingest.embedder import Embedder, load_embedder

TEXTS = [
    "Hoeveel octrooien moet een bedrijf hebben?",
    "The library opens at nine and closes at six.",
    "Fiets",
    "De raad besliste in maart dat fietsers voortaan voorrang krijgen op de rotonde. " * 9,
]


@pytest.fixture(scope="module")
def shipped() -> Embedder:
    """The embedder that ships."""
    return load_embedder()


def test_rows_have_length_one_and_texts_without_a_word_are_zero(shipped: Embedder) -> None:
    vectors = shipped.encode_sentences([*TEXTS, "", "?! …"])
    lengths = np.linalg.norm(vectors, axis=1)
    np.testing.assert_allclose(lengths, [1, 1, 1, 1, 0, 0], atol=1e-5)
    assert shipped.encode_sentences([]).shape == (0, vectors.shape[1])


def test_a_vector_does_not_depend_on_the_texts_beside_it(shipped: Embedder) -> None:
    together = shipped.encode_sentences(TEXTS)
    alone = np.concatenate([shipped.encode_sentences([text]) for text in TEXTS])
    np.testing.assert_allclose(together, alone, atol=1e-5)


def test_threads_share_one_encoder(shipped: Embedder) -> None:
    wanted = shipped.encode_sentences(TEXTS)
    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(lambda _: shipped.encode_sentences(TEXTS), range(8)):
            np.testing.assert_allclose(found, wanted, atol=1e-5)


QUESTIONS = [
    "What does it cost to leave my bike there?",
    "Mag ik hier zwemmen als ik acht ben?",
    "Who decides whether the bridge is closed?",
    "Hoe raak ik aan een nieuwe kaart?",
]
ANSWERS = [
    "Een plaats in de stalling kost twee euro per dag.",
    "Children under ten are let into the water with a grown-up only.",
    "De burgemeester sluit de oversteek af als het water te hoog staat.",
    "Ask for another badge at the desk if yours is lost.",
]


def test_questions_are_nearest_to_their_answers_across_languages(shipped: Embedder) -> None:
    """They share no word with them."""
    likeness = shipped.encode_questions(QUESTIONS) @ shipped.encode_sentences(ANSWERS).T
    assert likeness.argmax(axis=1).tolist() == [0, 1, 2, 3]
