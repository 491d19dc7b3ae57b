"""The line from pages to a searchable index, one call a step."""

from __future__ import annotations

import errno
import hashlib
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ingest.align import align_articles
from ingest.articles import build_articles
from ingest.blocks import page_blocks
from ingest.chunks import build_chunks
from ingest.deduplicate import deduplicate
from ingest.editorial import Questions, add_translations, read_questions, unpaired, waiting
from ingest.embedder import Embedder, load_embedder
from ingest.errors import CorpusError, IndexBusy, IndexMismatch, IndexMissing, IndexUnusable
from ingest.files import read_bytes
from ingest.generations import (
    new_generation,
    publish,
    remove_generations,
    remove_unfinished,
    writing,
)
from ingest.index import FORMAT, Index, Manifest, current_generation, open_index
from ingest.pages import page_files, page_name, read_pages, unread_files
from ingest.parts import Vectors, check, write_parts
from ingest.records import Article, Block, Dropped, Language, Page, Sentence
from ingest.settings import Settings

ROOM = 200_000_000  # bytes free on disk before a build starts: Chroma's files and ours
FULL = 2_000_000  # bytes free below which a failed write is put down to the disk
FOREIGN = 0.8  # share of a page's words in a third language from which the page is refused
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
    unread: list[Path]  # files beside the pages that nobody reads
    drafted_translations: list[str]  # texts of the sentences whose draft waits for an editor
    drafted_questions: list[str]

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
    dropped += [row for page in pages for row in page.dropped]
    articles = build_articles(pages, kept)
    progress("aligning", 2, 5)
    articles = align_articles(articles, embedder)
    translated, asked = folder / "translations.toml", folder / "questions.toml"
    articles, stale = add_translations(articles, translated)
    return Corpus(
        pages,
        blocks,
        dropped,
        articles,
        read_questions(articles, asked),
        stale,
        unread_files(folder),
        waiting(translated, "translation"),
        waiting(asked, "sentence"),
    )


def build_index(settings: Settings, rebuild: bool = False, progress: Progress = silent) -> Built:
    """Bring the index up to date with the corpus; do nothing where nothing changed.

    Texts that were in the last generation keep their vectors. Raises AssistantError;
    whatever happens, the last good generation keeps serving.
    """
    started = time.perf_counter()
    embedder = load_embedder(settings.embedder, api_key=settings.embedder_api_key)
    inputs = inputs_digest(settings.corpus, embedder.name)
    last = None if rebuild else _last(settings.index)
    if last and last.manifest.inputs == inputs:
        with suppress(IndexBusy), writing(settings.index):
            remove_unfinished(settings.index)
        return Built(last.manifest)
    with writing(settings.index):
        last = None if rebuild else _last(settings.index)  # another may just have built it
        if last and last.manifest.inputs == inputs:
            return Built(last.manifest)
        corpus = read_corpus(settings.corpus, embedder, progress)
        old = last if last and last.manifest.embedder == embedder.name else None
        vectors = Vectors(embedder, old)
        try:
            manifest = _write_generation(settings.index, inputs, corpus, vectors, progress)
        except OSError as error:
            raise IndexUnusable(_disk_problem(settings.index, error)) from error
        finally:
            if last:
                last.close()
    seconds = time.perf_counter() - started
    return Built(manifest, corpus, vectors.embedded, vectors.reused, seconds)


def _write_generation(
    location: Path, inputs: str, corpus: Corpus, vectors: Vectors, progress: Progress
) -> Manifest:
    """Write a new generation, check it and make it current; leave nothing of a failed one."""
    _require_room(location)
    remove_generations(location, keep=(current_generation(location),))
    folder = new_generation(location, inputs)
    try:
        progress("embedding", 3, 5)
        chunks = build_chunks(corpus.articles)
        embedder = vectors.embedder
        rows = write_parts(folder, corpus.articles, corpus.questions, chunks, vectors)
        progress("checking", 4, 5)
        manifest = Manifest(
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
        publish(location, manifest, lambda index: check(index, chunks, rows))
    except BaseException:  # Ctrl-C included
        if current_generation(location) != folder.name:
            shutil.rmtree(folder, ignore_errors=True)
        raise
    progress("done", 5, 5)
    return manifest


def inputs_digest(corpus: Path, embedder: str) -> str:
    """Return a digest of all that an index depends on: files, embedder and format."""
    digest = hashlib.sha256(f"{FORMAT}\n{embedder}\n".encode())
    files = [p for page in page_files(corpus) for p in (page, page.with_suffix(".toml"))]
    editorial = [corpus / "translations.toml", corpus / "questions.toml"]
    for path in [*dict.fromkeys(files), *editorial]:
        if path.is_file():
            content = read_bytes(path)
            digest.update(f"{page_name(corpus, path)}\n{len(content)}\n".encode() + content)
    return digest.hexdigest()[:16]


def _last(location: Path) -> Index | None:
    """Return the current generation to build upon; None if there is none or it is unusable.

    One of a newer version is not overwritten unasked: raises IndexMismatch.
    """
    try:
        last = open_index(location)
        last.require_parts()
    except IndexMissing:
        return None
    except IndexMismatch as error:
        if error.newer:
            raise
        return None
    except IndexUnusable:
        return None
    return last


def _refuse_foreign_pages(pages: list[Page], blocks: list[Block]) -> None:
    problems = []
    for page in pages:
        own = [(b, len(b.text.split())) for b in blocks if b.page == page.name]
        foreign = sum(count for block, count in own if block.language is None)
        if foreign > FOREIGN * sum(count for _, count in own):
            problems.append(
                f"{page.name}: is in neither Dutch nor English. "
                "Move it out of the corpus, or add its text in one of the two."
            )
        elif not any(b.language and b.kind in ("paragraph", "call_to_action") for b, _ in own):
            problems.append(f"{page.name}: has no sentence of text. Put the article's text in it.")
    if problems:
        raise CorpusError(*problems)


def _require_room(location: Path) -> None:
    free = shutil.disk_usage(location).free
    if free < ROOM:
        raise OSError(errno.ENOSPC, f"{free / 1e6:.0f} MB free, {ROOM / 1e6:.0f} MB needed")


def _disk_problem(location: Path, error: OSError) -> str:
    # SQLite, Chroma and tantivy each word a full disk in their own way; the disk itself knows.
    if error.errno == errno.ENOSPC or shutil.disk_usage(location).free < FULL:
        return (
            f"{location}: the disk is full ({error.strerror or error}). Free some space or set "
            "ASSISTANT_INDEX to another disk; the last good index is still in place."
        )
    return (
        f"{location}: can't be written ({error}). Set ASSISTANT_INDEX to a folder that can; "
        "the last good index is still in place."
    )
