"""Records by id, as they were written."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from making import DUTCH, ENGLISH, of_text, stored_chunks

from ingest.catalog import Catalog, write_catalog
from ingest.chunks import build_chunks
from ingest.records import Face

ARTICLES = of_text(f"{DUTCH}\n\n{ENGLISH}")
CHUNKS = build_chunks(ARTICLES)
SENTENCES = [sentence for article in ARTICLES for sentence in article.sentences]
FACES = [Face(s.id, "nl", f"Vraag {n}?") for n, s in enumerate(SENTENCES[:3])]


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    write_catalog(tmp_path / "a b#?%.sqlite", ARTICLES, CHUNKS, FACES, [("nl", "Hoeveel?")])
    return Catalog(tmp_path / "a b#?%.sqlite")


def test_everything_comes_back_as_it_was(catalog: Catalog) -> None:
    assert catalog.articles() == ARTICLES
    assert stored_chunks(catalog) == CHUNKS
    assert [catalog.sentence(s.id) for s in SENTENCES] == SENTENCES
    assert all(s.id in catalog.chunk(catalog.chunk_of(s.id)).sentence_ids for s in SENTENCES)
    assert catalog.faces(SENTENCES[0].id) == (FACES[0],)
    assert catalog.faces(SENTENCES[-1].id) == ()
    assert catalog.face_sentence("q2") == SENTENCES[2].id
    assert (catalog.examples("nl"), catalog.examples("en")) == (["Hoeveel?"], [])
    assert catalog.some_faces("nl", 2) == ["Vraag 0?", "Vraag 1?"]


@pytest.mark.parametrize("what", ["article", "chunk", "sentence", "chunk_of", "face_sentence"])
def test_an_unknown_id_is_a_key_error(catalog: Catalog, what: str) -> None:
    with pytest.raises(KeyError):
        getattr(catalog, what)("nowhere'; drop table article; --")


def test_threads_may_share_it(catalog: Catalog) -> None:
    found: list[bool] = []

    def look() -> None:
        found.append(all(catalog.sentence(s.id) == s for s in SENTENCES * 20))

    threads = [threading.Thread(target=look) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 8
