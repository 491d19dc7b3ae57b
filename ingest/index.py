"""One generation of the index on disk, and which one is current.

    <index>/current                 the name of the generation that readers open
    <index>/lock                    held by the one writer
    <index>/generations/<name>/     manifest.json  catalog.sqlite  chroma/  lexical/
                                    vocabulary.json  vocabulary.npy  sentences.npy  faces.npy

A generation is written beside the current one, checked, and only then pointed to, by replacing
one small file: whatever happens before, the last good one keeps serving. The one before the
current is kept for readers that still have it open; older ones are deleted whole.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ingest.catalog import Catalog
from ingest.errors import IndexMismatch, IndexMissing, IndexUnusable
from ingest.lexical import LexicalIndex
from ingest.records import LANGUAGES, Language

if TYPE_CHECKING:
    from chromadb.api.models.Collection import Collection

FORMAT = 4  # raised when the files below change shape
# The defaults lose neighbours as the index grows: recall@10 at 200,000 vectors is .967 with
# ef_search 100 and .999 with 400, for 1.2 ms more.
HNSW = {"space": "cosine", "ef_search": 400, "ef_construction": 200, "max_neighbors": 16}
# Of few sentences and questions all are looked at: 1 ms where Chroma's graph takes 3.
SCANNED, FEW = ("sentences", "faces"), 10_000
REBUILD = "python -m ingest --rebuild"
PARTS = (
    "catalog.sqlite",
    "chroma/chroma.sqlite3",
    "lexical/meta.json",
    "vocabulary.json",
    "vocabulary.npy",
    "sentences.npy",
    "faces.npy",
)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation was built from, and with what."""

    generation: str
    format: int
    inputs: str  # digest of every file it was built from
    embedder: str
    dimensions: int
    articles: int
    sentences: int
    chunks: int
    faces: int


class Index:
    """A generation, open for reading; its parts are opened when first asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifest = read_manifest(folder)
        self._at_hand = lru_cache(self._read_at_hand)

    def require_parts(self) -> None:
        """Raise IndexUnusable if a part of the generation is missing."""
        for name in PARTS:
            self._part(name)

    def _part(self, name: str) -> Path:
        path = self.folder / name
        if not path.exists():
            raise IndexUnusable(
                f"{path}: is gone. If a newer index has replaced this one, open it again; "
                f"else build it anew: {REBUILD}"
            )
        return path

    @cached_property
    def catalog(self) -> Catalog:
        """The records by id."""
        return Catalog(self._part("catalog.sqlite"))

    @cached_property
    def lexical(self) -> LexicalIndex:
        """The chunks by their words."""
        return LexicalIndex(self._part("lexical"))

    @cached_property
    def _client(self) -> Any:
        return chroma_client(self._part("chroma"))

    def close(self) -> None:
        """Release the files that were opened; the index can't be asked any more."""
        opened = self.__dict__
        if "_client" in opened:
            self._client.close()
        if "catalog" in opened:
            self.catalog.close()

    @cached_property
    def collections(self) -> dict[str, Collection]:
        """The Chroma collections by name: "chunks-nl", "sentences-en", "faces-nl" and so on."""
        return {
            f"{what}-{language}": self._client.get_collection(
                f"{what}-{language}", embedding_function=None
            )
            for what in ("chunks", "sentences", "faces")
            for language in LANGUAGES
        }

    @cached_property
    def _counts(self) -> dict[str, int]:
        """How many items each collection holds: a generation never changes."""
        return {name: collection.count() for name, collection in self.collections.items()}

    @cached_property
    def vocabulary(self) -> dict[str, dict[str, int]]:
        """How many sentences each word is in, by language; in the order of the vectors."""
        found: dict[str, dict[str, int]] = json.loads(
            self._part("vocabulary.json").read_text("utf-8")
        )
        return found

    @cached_property
    def word_vectors(self) -> np.ndarray:
        """The vectors of the vocabulary's words, Dutch then English; float16, from disk."""
        return self._mapped("vocabulary.npy")

    @cached_property
    def sentence_vectors(self) -> np.ndarray:
        """The vectors of the sentences, by the catalog's rows; float32, from disk.

        Chroma has them too, but hands them out as lists of Python floats: to read them all at
        every swap left the allocator with 40 MB more each time.
        """
        return self._mapped("sentences.npy")

    @cached_property
    def face_vectors(self) -> np.ndarray:
        """The vectors of the expected questions, by the catalog's rows; float32, from disk."""
        return self._mapped("faces.npy")

    def _mapped(self, name: str) -> np.ndarray:
        return np.asarray(np.load(self._part(name), mmap_mode="r"))

    def _read_at_hand(self, what: str, language: Language) -> tuple[list[str], np.ndarray]:
        """Return the ids of a language's sentences or faces, and their vectors, in memory."""
        catalog = self.catalog
        if what == "faces":
            places, vectors = catalog.face_places(language), self.face_vectors
        else:
            places, vectors = catalog.sentence_places(language), self.sentence_vectors
        return [identity for identity, _ in places], vectors[[row for _, row in places]]

    def nearest(
        self, what: str, language: Language, vector: np.ndarray, limit: int
    ) -> list[tuple[str, float]]:
        """Return (id, cosine) of a language's nearest chunks, sentences or faces, nearest first."""
        name = f"{what}-{language}"
        collection, count = self.collections[name], self._counts[name]
        if not count or not vector.any():
            return []
        if what in SCANNED and count <= FEW:
            ids, vectors = self._at_hand(what, language)
            alike = vectors @ vector
            best = np.argsort(-alike, kind="stable")[:limit]
            return [(ids[place], float(alike[place])) for place in best]
        found = collection.query(
            query_embeddings=[vector.tolist()], n_results=min(limit, count), include=["distances"]
        )
        distances = (found["distances"] or [[]])[0]
        return [(i, 1.0 - d) for i, d in zip(found["ids"][0], distances, strict=True)]


def open_index(location: Path, embedder: str = "") -> Index:
    """Return the current generation under `location`.

    Raises IndexMissing if there is none, and IndexMismatch if a newer version or another embedder
    than `embedder` (a name; "" checks nothing) built it; each names the command that helps.
    """
    name = current_generation(location)
    if name is None:
        raise IndexMissing(f"{location}: no index here yet. Build it: python -m ingest")
    index = Index(location / "generations" / name)
    built_by = index.manifest.embedder
    if embedder and built_by != embedder:
        raise IndexMismatch(
            f"{location}: was built by the embedder {built_by}, but {embedder} is set; their "
            f"vectors can't be compared. Build it anew: {REBUILD}"
        )
    return index


def current_generation(location: Path) -> str | None:
    """Return the name of the generation that readers should open, None if there is none."""
    try:
        return (location / "current").read_text("utf-8").strip() or None
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, UnicodeDecodeError) as error:
        problem = f"{location / 'current'}: can't be read ({error})."
        raise IndexUnusable(f"{problem} Delete it and build anew: {REBUILD}") from error


def read_manifest(folder: Path) -> Manifest:
    """Return a generation's manifest; raise IndexUnusable if it can't be read."""
    try:
        fields: dict[str, Any] = json.loads((folder / "manifest.json").read_text("utf-8"))
        found = fields["format"]
        if found == FORMAT:
            return Manifest(**fields)
        newer = found > FORMAT
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise IndexUnusable(f"{folder}: is no index ({error}). Build it anew: {REBUILD}") from error
    age, cure = ("a newer", "Update this program, or build") if newer else ("an older", "Build")
    raise IndexMismatch(
        f"{folder}: was built by {age} version (format {found}, this one reads {FORMAT}). "
        f"{cure} it anew: {REBUILD}",
        newer,
    )


def chroma_client(folder: Path) -> Any:
    """Return Chroma's embedded client on a folder, with its telemetry off."""
    import chromadb
    from chromadb.config import Settings

    settings = Settings(anonymized_telemetry=False, allow_reset=False)
    return chromadb.PersistentClient(path=str(folder), settings=settings)
