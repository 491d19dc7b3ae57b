"""The line from pages to a searchable index, one call a step."""

from __future__ import annotations

import errno
import hashlib
import json
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from ingest.align import align_articles
from ingest.articles import build_articles
from ingest.blocks import page_blocks
from ingest.catalog import face_id, write_catalog
from ingest.chunks import build_chunks
from ingest.deduplicate import deduplicate
from ingest.editorial import Questions, add_translations, read_questions, unpaired
from ingest.embedder import Embedder, load_embedder
from ingest.errors import CorpusError, IndexMismatch, IndexMissing, IndexUnusable
from ingest.index import (
    FORMAT,
    HNSW,
    Index,
    Manifest,
    chroma_client,
    current_generation,
    open_index,
    publish,
    read_manifest,
    remove_generations,
    writing,
)
from ingest.lexical import LexicalIndex
from ingest.pages import page_files, read_pages
from ingest.records import (
    LANGUAGES,
    Article,
    Block,
    Chunk,
    Dropped,
    Face,
    Language,
    Page,
    Sentence,
    other,
)
from ingest.settings import Settings
from ingest.words import is_content, words

if TYPE_CHECKING:
    from llama_index.core.schema import TextNode

T = TypeVar("T")

BATCH = 1000  # Chroma takes 5,461 at most, and is 2 to 3 times slower with 32
SAMPLE = 50  # chunks that must find themselves before a generation is published
ROOM = 200_000_000  # bytes free on disk before a build starts: Chroma's files and ours
Progress = Callable[[str, int, int], None]  # what is being done, how many done, of how many


@dataclass(frozen=True, slots=True)
class Corpus:
    """Everything the pages gave, before it is indexed."""

    pages: list[Page]
    blocks: list[Block]
    dropped: list[Dropped]
    articles: list[Article]
    questions: Questions
    stale_translations: list[str]

    @property
    def unpaired(self) -> list[tuple[Language, Sentence]]:
        """The sentences without a twin, each with the language it lacks."""
        return unpaired(self.articles)


@dataclass(frozen=True, slots=True)
class Built:
    """What an ingest did; `corpus` is None where nothing had changed."""

    manifest: Manifest
    corpus: Corpus | None = None
    embedded: int = 0
    reused: int = 0
    seconds: float = 0.0


def silent(_step: str, _done: int, _total: int) -> None:
    """Report progress to nobody."""


def read_corpus(folder: Path, embedder: Embedder, progress: Progress = silent) -> Corpus:
    """Return what the pages under `folder` hold; raise CorpusError if any can't be used."""
    progress("reading", 0, 5)
    pages = read_pages(folder)
    blocks = [block for page in pages for block in page_blocks(page)]
    _refuse_foreign_pages(pages, blocks)
    progress("deduplicating", 1, 5)
    kept, dropped = deduplicate(blocks)
    articles = build_articles(pages, kept)
    progress("aligning", 2, 5)
    articles = align_articles(articles, embedder)
    articles, stale = add_translations(articles, folder / "translations.toml")
    questions = read_questions(articles, folder / "questions.toml")
    return Corpus(pages, blocks, dropped, articles, questions, stale)


def build_index(settings: Settings, rebuild: bool = False, progress: Progress = silent) -> Built:
    """Bring the index up to date with the corpus; do nothing where nothing changed.

    Chunks whose text was in the last generation keep their vectors. Raises AssistantError;
    whatever happens, the last good generation keeps serving.
    """
    started = time.perf_counter()
    embedder = load_embedder(settings.embedder, api_key=settings.embedder_api_key)
    inputs = inputs_digest(settings.corpus, embedder.name)
    with writing(settings.index):
        last = None if rebuild else _last(settings.index)
        if last and last.manifest.inputs == inputs:
            return Built(last.manifest)
        corpus = read_corpus(settings.corpus, embedder, progress)
        chunks = build_chunks(corpus.articles)
        try:
            _require_room(settings.index)
            remove_generations(settings.index, keep=(current_generation(settings.index),))
            folder = _new_folder(settings.index, inputs)
            progress("embedding", 3, 5)
            old = last if last and last.manifest.embedder == embedder.name else None
            vectors, reused = _vectors(chunks, embedder, old)
            _write_parts(folder, corpus, chunks, vectors, embedder)
            progress("checking", 4, 5)
            manifest = _manifest(folder, inputs, embedder, corpus, chunks)
            publish(settings.index, manifest, lambda index: _check(index, chunks, vectors))
        except OSError as error:
            raise IndexUnusable(_disk_problem(settings.index, error)) from error
        progress("done", 5, 5)
    seconds = time.perf_counter() - started
    return Built(manifest, corpus, len(chunks) - reused, reused, seconds)


def ensure_index(settings: Settings, progress: Progress = silent) -> Built:
    """Build the index if it is missing or stale; the one call of whoever serves it."""
    return build_index(settings, progress=progress)


def inputs_digest(corpus: Path, embedder: str) -> str:
    """Return a digest of all that an index depends on: files, embedder and format."""
    digest = hashlib.sha256(f"{FORMAT}\n{embedder}\n".encode())
    files = [p for page in page_files(corpus) for p in (page, page.with_suffix(".toml"))]
    for path in [*files, corpus / "translations.toml", corpus / "questions.toml"]:
        if path.is_file():
            try:
                content = path.read_bytes()
            except OSError as error:
                problem = f"{path}: can't be read ({error.strerror}). Allow it: chmod a+r."
                raise CorpusError(problem) from error
            digest.update(f"{path.name}\n{len(content)}\n".encode() + content)
    return digest.hexdigest()[:16]


def _last(location: Path) -> Index | None:
    """Return the current generation to build upon; None if there is none or it is unusable.

    One of a newer version is not overwritten unasked: raises IndexMismatch.
    """
    try:
        return open_index(location)
    except IndexMissing:
        return None
    except IndexMismatch as error:
        if "newer" in str(error):
            raise
        return None
    except IndexUnusable:
        return None


def _refuse_foreign_pages(pages: list[Page], blocks: list[Block]) -> None:
    problems = []
    for page in pages:
        own = [b for b in blocks if b.page == page.name and len(b.text.split()) > 3]
        if own and all(block.language is None for block in own):
            problems.append(
                f"{page.name}: is in neither Dutch nor English. "
                "Move it out of the corpus, or add its text in one of the two."
            )
        elif not any(b.kind in ("paragraph", "call_to_action") for b in own):
            problems.append(f"{page.name}: has no sentence of text. Put the article's text in it.")
    if problems:
        raise CorpusError(*problems)


def _new_folder(location: Path, inputs: str) -> Path:
    """Return a new, empty generation folder."""
    for attempt in range(1000):
        folder = location / "generations" / (inputs if not attempt else f"{inputs}-{attempt}")
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            continue
        return folder
    raise IndexUnusable(f"{location}: holds a thousand generations; delete this folder.")


def _write_parts(
    folder: Path, corpus: Corpus, chunks: list[Chunk], vectors: np.ndarray, embedder: Embedder
) -> None:
    faces = corpus.questions.faces
    face_vectors = embedder.encode_queries([face.text for face in faces])
    _write_collections(folder / "chroma", corpus.articles, chunks, vectors, faces, face_vectors)
    LexicalIndex.write(folder / "lexical", ((c.id, c.language, c.text) for c in chunks))
    LexicalIndex.write(
        folder / "faces", ((face_id(n), f.language, f.text) for n, f in enumerate(faces))
    )
    examples = corpus.questions.examples
    write_catalog(folder / "catalog.sqlite", corpus.articles, chunks, faces, examples)
    _write_vocabulary(folder, corpus, embedder)


def _vectors(chunks: list[Chunk], embedder: Embedder, last: Index | None) -> tuple[np.ndarray, int]:
    """Return (chunks, dimensions) vectors and how many of them the last generation had."""
    known = _known_vectors(chunks, last) if last else {}
    missing = [chunk for chunk in chunks if chunk.id not in known]
    new = embedder.encode_passages([chunk.text for chunk in missing])
    known.update(zip((chunk.id for chunk in missing), new, strict=True))
    rows = [known[chunk.id] for chunk in chunks]
    return np.array(rows, np.float32).reshape(len(rows), -1), len(chunks) - len(missing)


def _known_vectors(chunks: list[Chunk], last: Index) -> dict[str, np.ndarray]:
    known: dict[str, np.ndarray] = {}
    for language in LANGUAGES:
        wanted = [chunk.id for chunk in chunks if chunk.language == language]
        for batch in _batches(wanted):
            found = last.collections[f"chunks-{language}"].get(ids=batch, include=["embeddings"])
            embeddings = found["embeddings"] if found["embeddings"] is not None else []
            known.update(
                (i, np.asarray(v, np.float32)) for i, v in zip(found["ids"], embeddings, strict=True)
            )
    return known


def _write_collections(
    folder: Path,
    articles: list[Article],
    chunks: list[Chunk],
    vectors: np.ndarray,
    faces: Sequence[Face],
    face_vectors: np.ndarray,
) -> None:
    """Write one collection of chunks and one of faces for each language, as llama-index nodes.

    One for each language, because a metadata filter made queries 14 to 48 times slower.
    """
    from llama_index.vector_stores.chroma import ChromaVectorStore

    client = chroma_client(folder)
    by_id = {article.id: article for article in articles}
    nodes = [_chunk_node(c, by_id[c.article_id], v) for c, v in zip(chunks, vectors, strict=True)]
    asked = [_face_node(n, f, v) for n, (f, v) in enumerate(zip(faces, face_vectors, strict=True))]
    for language in LANGUAGES:
        for what, items in (("chunks", nodes), ("faces", asked)):
            collection = client.create_collection(
                f"{what}-{language}", embedding_function=None, configuration={"hnsw": HNSW}
            )
            store = ChromaVectorStore(chroma_collection=collection)
            for batch in _batches([n for n in items if n.metadata["language"] == language]):
                store.add(batch)


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


def _face_node(position: int, face: Face, vector: np.ndarray) -> TextNode:
    from llama_index.core.schema import TextNode

    metadata = {"language": face.language, "sentence_id": face.sentence_id}
    return TextNode(
        id_=face_id(position), text=face.text, embedding=vector.tolist(), metadata=metadata
    )


def _write_vocabulary(folder: Path, corpus: Corpus, embedder: Embedder) -> None:
    """Write every content word with the number of sentences it is in, by language, and its vector.

    Words of our translations and of expected questions are there too, in no sentence.
    """
    counts: dict[str, Counter[str]] = {language: Counter() for language in LANGUAGES}
    for article in corpus.articles:
        for sentence in article.sentences:
            counts[article.language].update(set(words(sentence.text)))
            unquoted = words(sentence.translation)
            counts[other(article.language)].update(dict.fromkeys(unquoted, 0))
    for face in corpus.questions.faces:
        counts[face.language].update(dict.fromkeys(words(face.text), 0))
    ordered = {
        language: {word: n for word, n in sorted(counts[language].items()) if is_content(word)}
        for language in LANGUAGES
    }
    vectors = embedder.encode_words([word for language in LANGUAGES for word in ordered[language]])
    (folder / "vocabulary.json").write_text(json.dumps(ordered, ensure_ascii=False), "utf-8")
    np.save(folder / "vocabulary.npy", vectors.astype(np.float16))


def _manifest(
    folder: Path, inputs: str, embedder: Embedder, corpus: Corpus, chunks: list[Chunk]
) -> Manifest:
    return Manifest(
        generation=folder.name,
        format=FORMAT,
        inputs=inputs,
        embedder=embedder.name,
        dimensions=embedder.dimensions,
        articles=len(corpus.articles),
        sentences=sum(len(article.sentences) for article in corpus.articles),
        chunks=len(chunks),
        faces=len(corpus.questions.faces),
    )


def _check(index: Index, chunks: list[Chunk], vectors: np.ndarray) -> None:
    """Raise IndexUnusable unless counts agree and a sample of chunks finds itself."""
    stored = sum(index.collections[f"chunks-{language}"].count() for language in LANGUAGES)
    if not stored == len(chunks) == len(index.lexical):
        raise IndexUnusable(
            f"{index.folder}: holds {stored} vectors and {len(index.lexical)} texts of "
            f"{len(chunks)} chunks. Try again: python -m ingest --rebuild"
        )
    for place in range(0, len(chunks), max(1, len(chunks) // SAMPLE)):
        found = index.nearest("chunks", chunks[place].language, vectors[place], 5)
        best = found[0][1] if found else 0.0
        itself = dict(found).get(chunks[place].id, -1.0)
        if vectors[place].any() and itself < best - 1e-3:
            raise IndexUnusable(f"{index.folder}: chunk {chunks[place].id} does not find itself.")


def _require_room(location: Path) -> None:
    free = shutil.disk_usage(location).free
    if free < ROOM:
        raise OSError(errno.ENOSPC, f"{free / 1e6:.0f} MB free, {ROOM / 1e6:.0f} MB needed")


def _disk_problem(location: Path, error: OSError) -> str:
    if error.errno == errno.ENOSPC:
        return (
            f"{location}: the disk is full ({error.strerror}). Free some space or set "
            "ASSISTANT_INDEX to another disk; the last good index is still in place."
        )
    return f"{location}: can't be written ({error}). The last good index is still in place."


def _batches(items: Sequence[T]) -> Iterable[list[T]]:
    return (list(items[i : i + BATCH]) for i in range(0, len(items), BATCH))
