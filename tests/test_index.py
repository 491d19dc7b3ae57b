"""Opening a generation: what it answers, and what is said where it can't be opened."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from making import stored_chunks
from running import wait_until

from ingest.embedder import load_embedder
from ingest.errors import IndexMismatch, IndexMissing, IndexUnusable
from ingest.index import FORMAT, HNSW, Index, open_index
from ingest.settings import Settings

MANIFEST = {
    "generation": "g",
    "format": FORMAT,
    "inputs": "i",
    "embedder": "e",
    "dimensions": 2,
    "articles": 1,
    "sentences": 1,
    "chunks": 1,
    "faces": 0,
}


def generation(location: Path, manifest: object) -> Path:
    folder = location / "generations/g"
    folder.mkdir(parents=True)
    (location / "current").write_text("g\n")
    text = manifest if isinstance(manifest, str) else json.dumps(manifest)
    (folder / "manifest.json").write_text(text)
    return location


def test_no_index(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing, match="Build it: python -m ingest"):
        open_index(tmp_path / "none")


def test_another_embedder(tmp_path: Path) -> None:
    location = generation(tmp_path, MANIFEST)
    assert open_index(location, "e").manifest.embedder == "e"
    with pytest.raises(IndexMismatch, match=r"embedder e, but f is set.*--rebuild"):
        open_index(location, "f")


@pytest.mark.parametrize(
    ("number", "words", "newer"),
    [(FORMAT + 1, "a newer version.*Update this program", True), (0, "an older version", False)],
)
def test_another_version(tmp_path: Path, number: int, words: str, newer: bool) -> None:
    with pytest.raises(IndexMismatch, match=words) as caught:
        open_index(generation(tmp_path, {**MANIFEST, "format": number}))
    assert caught.value.newer is newer


@pytest.mark.parametrize(
    "manifest",
    ["", "{", "[]", "3", "{}", {**MANIFEST, "format": "x"}, {**MANIFEST, "surplus": 1}],
    ids=["empty", "broken", "list", "number", "no fields", "odd format", "surplus"],
)
def test_a_broken_manifest(tmp_path: Path, manifest: object) -> None:
    with pytest.raises(IndexUnusable, match=r"is no index.*--rebuild"):
        open_index(generation(tmp_path, manifest))


def test_a_pointer_to_nowhere(tmp_path: Path) -> None:
    (tmp_path / "current").write_text("gone")
    with pytest.raises(IndexUnusable, match=r"gone: is no index.*--rebuild"):
        open_index(tmp_path)


PARTS: dict[str, Callable[[Index], object]] = {
    "catalog": lambda index: index.catalog,
    "lexical": lambda index: index.lexical,
    "collections": lambda index: index.collections,
    "vocabulary": lambda index: index.vocabulary,
    "word vectors": lambda index: index.word_vectors,
    "sentence vectors": lambda index: index.sentence_vectors,
    "face vectors": lambda index: index.face_vectors,
    "all": lambda index: index.require_parts(),
}


@pytest.mark.parametrize("part", PARTS.values(), ids=PARTS.keys())
def test_a_missing_part_is_a_clear_error_and_no_new_file(
    tmp_path: Path, part: Callable[[Index], object]
) -> None:
    index = open_index(generation(tmp_path, MANIFEST))
    with pytest.raises(IndexUnusable, match=r"is gone.*open it again"):
        part(index)
    assert [path.name for path in index.folder.iterdir()] == ["manifest.json"]


@pytest.mark.parametrize("few", [0, 10_000], ids=["Chroma", "scanned"])
def test_the_real_index_agrees_with_an_exact_scan(
    settings: Settings, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.index.FEW", few)
    index = open_index(settings.index)
    embedder = load_embedder()
    asked = embedder.encode_questions(["Hoeveel Little Giants zijn er?"])[0]
    faces = index.collections["faces-nl"].get(include=["embeddings"])
    exact = np.asarray(faces["embeddings"]) @ asked
    wanted = [faces["ids"][place] for place in np.argsort(-exact)[:10]]
    found = index.nearest("faces", "nl", asked, 10)
    assert {identity for identity, _ in found} == set(wanted)
    assert [score for _, score in found] == pytest.approx(sorted(exact)[:-11:-1], abs=1e-4)


def test_mapped_vectors_stand_at_the_rows_of_the_catalog(settings: Settings) -> None:
    index = open_index(settings.index)
    embedder = load_embedder()
    sentences = [s for article in index.catalog.articles() for s in article.sentences]
    rows = [index.catalog.sentence_row(sentence.id) for sentence in sentences]
    assert sorted(rows) == list(range(len(index.sentence_vectors)))
    assert np.allclose(
        index.sentence_vectors[rows],
        embedder.encode_sentences([s.text for s in sentences]),
        atol=1e-3,
    )
    led = ["", *(sentence.id for sentence in sentences)]
    rows = [row for identity in led for row in index.catalog.face_rows(identity)]
    assert sorted(rows) == list(range(len(index.face_vectors)))
    for identity in led[:5]:
        asked = [face.text for face in index.catalog.faces(identity)]
        found = index.face_vectors[index.catalog.face_rows(identity)]
        assert np.allclose(found, embedder.encode_questions(asked), atol=1e-3)


OPEN_FILES = Path("/proc/self/fd")


@pytest.mark.skipif(not OPEN_FILES.exists(), reason="this system does not list open files")
def test_closed_it_holds_no_file_open(settings: Settings, tmp_path: Path) -> None:
    """Chroma keeps every client it ever made until it is told to let go: 15 MB and 26 files."""

    def held() -> list[str]:
        links = [path for path in OPEN_FILES.iterdir() if path.is_symlink()]
        names = [os.readlink(path) for path in links if path.exists()]
        return [name for name in names if name.startswith(str(tmp_path))]

    index = open_index(Path(shutil.copytree(settings.index, tmp_path / "index")))
    some = np.ones(index.manifest.dimensions, np.float32)
    assert index.nearest("chunks", "nl", some, 3)
    assert index.catalog.articles()
    assert held()
    index.close()
    wait_until(lambda: not held())  # Chroma's own threads let go a moment later


def test_nothing_is_near_to_nothing(settings: Settings) -> None:
    index = open_index(settings.index)
    assert index.nearest("chunks", "nl", np.zeros(index.manifest.dimensions, np.float32), 3) == []
    some = np.ones(index.manifest.dimensions, np.float32)
    assert 0 < len(index.nearest("chunks", "nl", some, 10_000)) < 100


def test_the_real_index_holds_what_its_manifest_says(settings: Settings) -> None:
    index = open_index(settings.index)
    made = index.manifest
    stored = sum(index.collections[f"chunks-{language}"].count() for language in ("nl", "en"))
    assert stored == made.chunks == len(index.lexical) == len(stored_chunks(index.catalog))
    articles = index.catalog.articles()
    assert (len(articles), made.articles) == (3, 3)
    assert sum(len(article.sentences) for article in articles) == made.sentences == 55
    assert len(index.word_vectors) == sum(map(len, index.vocabulary.values()))
    assert index.word_vectors.shape[1] == made.dimensions
    configured = index.collections["chunks-nl"].configuration_json["hnsw"]
    assert {key: configured[key] for key in HNSW} == HNSW


def test_nodes_carry_sentences_language_and_article(settings: Settings) -> None:
    index = open_index(settings.index)
    for chunk in stored_chunks(index.catalog):
        found = index.collections[f"chunks-{chunk.language}"].get(ids=[chunk.id])
        (metadata,), (text,) = found["metadatas"] or [], found["documents"] or []
        assert text == chunk.text
        assert metadata["language"] == chunk.language
        assert tuple(str(metadata["sentence_ids"]).split()) == chunk.sentence_ids
        assert metadata["title"] == index.catalog.article(chunk.article_id).title
