"""Write the parts of a generation: vectors, lexical index, catalog and vocabulary."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ingest.catalog import face_id, write_catalog
from ingest.editorial import Questions
from ingest.embedder import Embedder
from ingest.errors import IndexUnusable
from ingest.index import HNSW, Index, chroma_client
from ingest.lexical import LexicalIndex
from ingest.records import LANGUAGES, Article, Chunk, Face, Language, other
from ingest.words import is_content, words

if TYPE_CHECKING:
    from llama_index.core.schema import BaseNode, TextNode

BATCH = 1000  # Chroma takes 5,461 at most, and is 2 to 3 times slower with 32
SAMPLE = 50  # chunks that must find themselves before a generation is published


class Vectors:
    """Texts to vectors, each text's from the last generation where that had it."""

    def __init__(self, embedder: Embedder, last: Index | None) -> None:
        self.embedder = embedder
        self._last = last
        self.embedded = self.reused = 0  # chunks

    def of_chunks(self, chunks: Sequence[Chunk]) -> np.ndarray:
        """Return (chunks, dimensions) vectors."""
        known = self._known("chunks") if chunks else {}
        texts = [(chunk.language, chunk.text) for chunk in chunks]
        self.embedded = sum(text not in known for text in texts)
        self.reused = len(chunks) - self.embedded
        return _filled(texts, known, self.embedder.encode_passages)

    def of_faces(self, faces: Sequence[Face]) -> np.ndarray:
        """Return (faces, dimensions) vectors."""
        known = self._known("faces") if faces else {}
        texts = [(face.language, face.text) for face in faces]
        return _filled(texts, known, self.embedder.encode_questions)

    def of_sentences(self, articles: Sequence[Article]) -> np.ndarray:
        """Return (sentences, dimensions) vectors, in the order of the articles."""
        known = self._known("sentences") if articles else {}
        texts = [(a.language, sentence.text) for a in articles for sentence in a.sentences]
        return _filled(texts, known, self.embedder.encode_sentences)

    def _known(self, what: str) -> dict[tuple[Language, str], np.ndarray]:
        """Return the last generation's vectors by language and text.

        By text, not by id: an article that changes in one sentence changes all its ids.
        """
        known: dict[tuple[Language, str], np.ndarray] = {}
        for language in LANGUAGES if self._last else ():
            assert self._last is not None
            collection = self._last.collections[f"{what}-{language}"]
            for start in range(0, collection.count(), BATCH):
                found = collection.get(
                    limit=BATCH, offset=start, include=["documents", "embeddings"]
                )
                texts, vectors = found["documents"] or [], found["embeddings"]
                for text, vector in zip(texts, () if vectors is None else vectors, strict=True):
                    known[language, text] = np.asarray(vector, np.float32)
        return known


def _filled(
    texts: list[tuple[Language, str]],
    known: dict[tuple[Language, str], np.ndarray],
    encode: Callable[[Sequence[str]], np.ndarray],
) -> np.ndarray:
    missing = list(dict.fromkeys(text for text in texts if text not in known))
    if missing:
        known.update(zip(missing, encode([text for _, text in missing]), strict=True))
    rows = [known[text] for text in texts]
    return np.array(rows, np.float32).reshape(len(rows), -1 if rows else 0)


def write_parts(
    folder: Path,
    articles: list[Article],
    questions: Questions,
    chunks: list[Chunk],
    vectors: Vectors,
) -> np.ndarray:
    """Write everything but the manifest to an empty folder; return the chunks' vectors.

    Raises OSError if the disk won't take it.
    """
    faces = questions.faces
    chunk_vectors = vectors.of_chunks(chunks)
    by_id = {article.id: article for article in articles}
    sentence_vectors, face_vectors = vectors.of_sentences(articles), vectors.of_faces(faces)
    np.save(folder / "sentences.npy", sentence_vectors)
    np.save(folder / "faces.npy", face_vectors)
    nodes = {
        "chunks": [
            _chunk_node(c, by_id[c.article_id], v)
            for c, v in zip(chunks, chunk_vectors, strict=True)
        ],
        "sentences": _sentence_nodes(articles, sentence_vectors),
        "faces": [
            _face_node(n, f, v) for n, (f, v) in enumerate(zip(faces, face_vectors, strict=True))
        ],
    }
    _write_collections(folder / "chroma", nodes)
    LexicalIndex.write(folder / "lexical", ((c.id, c.language, c.text) for c in chunks))
    write_catalog(folder / "catalog.sqlite", articles, chunks, faces, questions.examples)
    _write_vocabulary(folder, articles, faces, vectors.embedder)
    return chunk_vectors


def _write_collections(folder: Path, nodes: Mapping[str, Sequence[BaseNode]]) -> None:
    """Write one collection of each kind for each language, of llama-index nodes.

    One for each language, because a metadata filter made queries 14 to 48 times slower.
    """
    from chromadb.errors import ChromaError
    from llama_index.vector_stores.chroma import ChromaVectorStore

    try:
        with chroma_client(folder) as client:
            for language, (what, items) in product(LANGUAGES, nodes.items()):
                collection = client.create_collection(
                    f"{what}-{language}", embedding_function=None, configuration={"hnsw": HNSW}
                )
                store = ChromaVectorStore(chroma_collection=collection)
                own = [n for n in items if n.metadata["language"] == language]
                for start in range(0, len(own), BATCH):
                    store.add(own[start : start + BATCH])
    except (ChromaError, ValueError) as error:  # ValueError: could not connect, on a full disk
        raise OSError(f"Chroma: {error}") from error


def _chunk_node(chunk: Chunk, article: Article, vector: np.ndarray) -> TextNode:
    from llama_index.core.schema import TextNode

    metadata = {
        "language": chunk.language,
        "article_id": chunk.article_id,
        "sentence_ids": " ".join(chunk.sentence_ids),
        "title": article.title,
        "author": article.author,
        "published_in": article.published_in,
        "url": article.url,
    }
    return TextNode(
        id_=chunk.id,
        text=chunk.text,
        start_char_idx=chunk.start,
        end_char_idx=chunk.end,
        embedding=vector.tolist(),
        metadata=metadata,
        excluded_embed_metadata_keys=list(metadata),
        excluded_llm_metadata_keys=list(metadata),
    )


def _sentence_nodes(articles: Sequence[Article], vectors: np.ndarray) -> list[TextNode]:
    from llama_index.core.schema import TextNode

    sentences = [(a.language, sentence) for a in articles for sentence in a.sentences]
    return [
        TextNode(
            id_=sentence.id,
            text=sentence.text,
            embedding=vector.tolist(),
            metadata={"language": language, "sentence_id": sentence.id},
        )
        for (language, sentence), vector in zip(sentences, vectors, strict=True)
    ]


def _face_node(position: int, face: Face, vector: np.ndarray) -> TextNode:
    from llama_index.core.schema import TextNode

    metadata = {"language": face.language, "sentence_id": face.sentence_id}
    return TextNode(
        id_=face_id(position), text=face.text, embedding=vector.tolist(), metadata=metadata
    )


def _write_vocabulary(
    folder: Path, articles: Sequence[Article], faces: Sequence[Face], embedder: Embedder
) -> None:
    """Write every content word with the number of sentences it is in, by language, and its vector.

    Words of our translations and of expected questions are there too, in no sentence.
    """
    counts: dict[str, Counter[str]] = {language: Counter() for language in LANGUAGES}
    for article in articles:
        for sentence in article.sentences:
            counts[article.language].update(set(words(sentence.text)))
            unquoted = words(sentence.translation)
            counts[other(article.language)].update(dict.fromkeys(unquoted, 0))
    for face in faces:
        counts[face.language].update(dict.fromkeys(words(face.text), 0))
    ordered = {
        language: {word: n for word, n in sorted(counts[language].items()) if is_content(word)}
        for language in LANGUAGES
    }
    vectors = embedder.encode_words([word for language in LANGUAGES for word in ordered[language]])
    (folder / "vocabulary.json").write_text(json.dumps(ordered, ensure_ascii=False), "utf-8")
    np.save(folder / "vocabulary.npy", vectors.astype(np.float16))


def check(index: Index, chunks: list[Chunk], vectors: np.ndarray) -> None:
    """Raise IndexUnusable unless counts agree and a sample of chunks finds itself."""
    stored = sum(index.collections[f"chunks-{language}"].count() for language in LANGUAGES)
    if not stored == len(chunks) == len(index.lexical):
        raise IndexUnusable(
            f"{index.folder}: holds {stored} vectors and {len(index.lexical)} texts of "
            f"{len(chunks)} chunks. Try again: python -m ingest --rebuild"
        )
    for place in range(0, len(chunks), max(1, len(chunks) // SAMPLE)):
        found = index.nearest("chunks", chunks[place].language, vectors[place], 1)
        # A chunk of the same words has the same vector, and is as good a find.
        if vectors[place].any() and (not found or found[0][1] < 1 - 1e-3):
            raise IndexUnusable(
                f"{index.folder}: chunk {chunks[place].id} does not find itself. "
                "Try again: python -m ingest --rebuild"
            )
