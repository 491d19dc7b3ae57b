"""Articles recognised as translations, and their sentences as twins."""

from __future__ import annotations

import time

import pytest
from making import DUTCH, ENGLISH, REAL_PAGE, ingested, of_text

from ingest.align import align_articles, align_sentences
from ingest.embedder import Embedder, load_embedder
from ingest.records import Article, Page

# The openings of English sentences and of the Dutch ones that say the same, as a person pairs them.
TWINS = {
    "For decades": ["Decennialang"],
    "In a rapidly": ["In een vijandiger"],
    "Sanctions and": ["Westerse sancties"],
    "Time, Beijing": ["Tijd dus"],
    "Instead of": ["In plaats van"],
    "To earn": ["Om als"],
    "Additionally, they must": ["Bovenal"],
    "Currently": ["Momenteel"],
    "The list": ["In het lijstje"],
    "Many crucial": ["Veel van die"],
    "But Beijing": ["Maar Beijing"],
    "The government supports": ["Om deze transitie"],
    "China’s Little Giants": ["China’s ‘Little Giants’"],
    "These companies": ["Deze bedrijven"],
    "That’s no reason": ["Dit is geen reden"],
    "But it should": ["Aan de ene kant"],
    "They may even": ["Aan de ene kant"],
    "How not to": ["Hoe het niet moet"],
    "SMEs now": ["KMO’s hebben nu"],
}


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return load_embedder()


@pytest.fixture(scope="module")
def real(embedder: Embedder) -> list[Article]:
    return align_articles(of_text(REAL_PAGE), embedder)


def test_the_real_page_is_paired_as_a_person_pairs_it(real: list[Article]) -> None:
    english, dutch, contact = real
    assert (english.translation_id, dutch.translation_id) == (dutch.id, english.id)
    assert contact.translation_id == ""
    texts = {s.id: s.text for article in real for s in article.sentences}
    for sentence in english.sentences:
        expected = next((v for k, v in TWINS.items() if sentence.text.startswith(k)), [])
        found = [texts[twin] for twin in sentence.twins]
        assert len(found) == len(expected), sentence.text
        assert all(f.startswith(e) for f, e in zip(found, expected, strict=True)), sentence.text


def test_twins_are_mutual(real: list[Article]) -> None:
    twins = {s.id: s.twins for article in real for s in article.sentences}
    assert sum(map(len, twins.values())) > 30
    assert all(one in twins[two] for one, several in twins.items() for two in several)


def test_alignment_changes_neither_ids_nor_text(real: list[Article]) -> None:
    before = of_text(REAL_PAGE)
    assert [(a.id, a.text) for a in real] == [(a.id, a.text) for a in before]


def test_pages_of_different_subjects_are_no_translations(embedder: Embedder) -> None:
    other = "Bakeries\n\nThe baker rises at three. Bread is cheap. Customers like her cakes a lot."
    articles, _, _ = ingested(Page("a.txt", DUTCH), Page("b.txt", other))
    assert [a.translation_id for a in align_articles(articles, embedder)] == ["", ""]


def test_versions_on_two_pages_find_each_other(embedder: Embedder) -> None:
    pages = [Page("a.txt", DUTCH), Page("b.txt", ENGLISH), Page("c.txt", REAL_PAGE)]
    articles = align_articles(ingested(*pages)[0], embedder)
    dutch = next(a for a in articles if a.title == "De windmolens")
    english = next(a for a in articles if a.title == "The wind turbines")
    assert (dutch.translation_id, english.translation_id) == (english.id, dutch.id)
    assert [s.twins for s in dutch.sentences] == [(s.id,) for s in english.sentences]


@pytest.mark.parametrize(("first", "second"), [([], []), (["Een."], []), ([], ["One."])])
def test_nothing_to_align(first: list[str], second: list[str], embedder: Embedder) -> None:
    assert align_sentences(first, second, embedder) == []


def test_groups_are_in_order_and_share_no_sentence(embedder: Embedder) -> None:
    dutch = [s.text for s in of_text(DUTCH)[0].sentences]
    english = [s.text for s in of_text(ENGLISH)[0].sentences]
    joined = [f"{english[0]} {english[1]}", *english[2:]]
    beads = align_sentences(dutch, joined, embedder)
    assert beads == [
        (range(2), range(1)),
        (range(2, 3), range(1, 2)),
        (range(3, 4), range(2, 3)),
    ]


def test_three_hundred_sentences_a_side_take_seconds(
    real: list[Article], embedder: Embedder
) -> None:
    sides = [[s.text for s in article.sentences] * 12 for article in real[:2]]
    started = time.process_time()
    assert len(align_sentences(sides[0][:300], sides[1][:300], embedder)) > 100
    assert time.process_time() - started < 10  # 1 s on two shared cores; it was 10
