"""Articles, sentences, chunks and faces of one index generation, in one read-only SQLite file.

Everything is looked up by id, so a corpus of 100,000 passages costs no memory to open.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from ingest.records import Article, ArticleKind, Chunk, Face, Language, Sentence

_TABLES = """
create table article (id text primary key, record text not null);
create table sentence (
    id text primary key, article_id text not null, chunk_id text not null,
    position integer not null, record text not null
);
create table chunk (id text primary key, record text not null);
create table face (
    id text primary key, sentence_id text not null, language text not null, text text not null
);
create table said (text text not null, sentence_id text not null);
create table example (language text not null, text text not null);
create index sentence_of on sentence (article_id, position);
create index face_of on face (sentence_id);
create index said_as on said (text);
"""


def write_catalog(
    path: Path,
    articles: Sequence[Article],
    chunks: Sequence[Chunk],
    faces: Iterable[Face],
    examples: Iterable[tuple[Language, str]],
) -> None:
    """Write everything to a new SQLite file at `path`; raise OSError if it can't."""
    try:
        connection = sqlite3.connect(path)
        with connection:
            _insert(connection, articles, chunks, faces, examples)
        connection.close()
    except sqlite3.Error as error:
        raise OSError(f"SQLite: {error}") from error


def _insert(
    connection: sqlite3.Connection,
    articles: Sequence[Article],
    chunks: Sequence[Chunk],
    faces: Iterable[Face],
    examples: Iterable[tuple[Language, str]],
) -> None:
    chunk_of = {sentence: chunk.id for chunk in chunks for sentence in chunk.sentence_ids}
    records = ((a.id, _json(replace(a, sentences=()))) for a in articles)
    sentences = (
        (s.id, a.id, chunk_of[s.id], s.index, _json(s)) for a in articles for s in a.sentences
    )
    asked = ((face_id(n), f.sentence_id, f.language, f.text) for n, f in enumerate(faces))
    connection.executescript(_TABLES)
    connection.executemany("insert into article values (?, ?)", records)
    connection.executemany("insert into sentence values (?, ?, ?, ?, ?)", sentences)
    every = [s for a in articles for s in a.sentences]
    said = [(text, s.id) for s in every for text in {s.text, s.translation} if text]
    connection.executemany("insert into said values (?, ?)", said)
    connection.executemany("insert into chunk values (?, ?)", ((c.id, _json(c)) for c in chunks))
    connection.executemany("insert into face values (?, ?, ?, ?)", asked)
    connection.executemany("insert into example values (?, ?)", examples)


def face_id(position: int) -> str:
    """Return the id of the face at this place among all faces."""
    return f"q{position}"


class Catalog:
    """The records of one generation by id; safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"  # never changes once written
        self._connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
        self._lock = threading.Lock()
        self.article = lru_cache(maxsize=256)(self._article)
        self.chunk = lru_cache(maxsize=4096)(self._chunk)
        self.sentence = lru_cache(maxsize=16384)(self._sentence)
        self.faces = lru_cache(maxsize=4096)(self._faces)
        self.chunk_of = lru_cache(maxsize=16384)(self._chunk_of)
        self.face_sentence = lru_cache(maxsize=16384)(self._face_sentence)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def _article(self, identity: str) -> Article:
        """Return the article with its sentences; raise KeyError if there is none."""
        record = self._one("select record from article where id = ?", identity)
        rows = self._rows(
            "select record from sentence where article_id = ? order by position", identity
        )
        sentences = tuple(_sentence(json.loads(row[0])) for row in rows)
        return Article(**{**json.loads(record), "sentences": sentences})

    def _chunk(self, identity: str) -> Chunk:
        """Return the chunk; raise KeyError if there is none."""
        fields = json.loads(self._one("select record from chunk where id = ?", identity))
        return Chunk(**{**fields, "sentence_ids": tuple(fields["sentence_ids"])})

    def _sentence(self, identity: str) -> Sentence:
        """Return the sentence; raise KeyError if there is none."""
        return _sentence(
            json.loads(self._one("select record from sentence where id = ?", identity))
        )

    def _faces(self, sentence_id: str) -> tuple[Face, ...]:
        """Return the expected questions of a sentence, in both languages."""
        rows = self._rows(
            "select language, text from face where sentence_id = ? order by rowid", sentence_id
        )
        return tuple(Face(sentence_id, language, text) for language, text in rows)

    def sentence_row(self, identity: str) -> int:
        """Return the place of a sentence among all, from 0; raise KeyError if there is none."""
        return int(self._one("select rowid from sentence where id = ?", identity)) - 1

    def face_rows(self, sentence_id: str) -> list[int]:
        """Return the places among all faces, from 0, of those that `faces` returns."""
        rows = self._rows(
            "select rowid from face where sentence_id = ? order by rowid", sentence_id
        )
        return [row[0] - 1 for row in rows]

    def sentence_places(self, language: Language) -> list[tuple[str, int]]:
        """Return (id, place among all, from 0) of every sentence in a language."""
        rows = self._rows("select id, article_id, rowid from sentence order by rowid")
        ours = {a.id for a in self.articles() if a.language == language}
        return [(identity, row - 1) for identity, article, row in rows if article in ours]

    def face_places(self, language: Language) -> list[tuple[str, int]]:
        """Return (id, place among all, from 0) of every face in a language."""
        rows = self._rows("select id, rowid from face where language = ? order by rowid", language)
        return [(identity, row - 1) for identity, row in rows]

    def _chunk_of(self, sentence_id: str) -> str:
        """Return the id of the chunk that a sentence is in; raise KeyError if there is none."""
        return self._one("select chunk_id from sentence where id = ?", sentence_id)

    def _face_sentence(self, identity: str) -> str:
        """Return the id of the sentence that a face leads to."""
        return self._one("select sentence_id from face where id = ?", identity)

    def saying(self, text: str) -> list[str]:
        """Return the ids of the sentences of which this is the text, or our translation."""
        return [r[0] for r in self._rows("select sentence_id from said where text = ?", text)]

    def ids_of(self, kind: ArticleKind) -> dict[str, Language]:
        """Return the articles of a kind, by id, with their languages."""
        rows = self._rows(
            "select id, json_extract(record, '$.language') from article "
            "where json_extract(record, '$.kind') = ? order by rowid",
            kind,
        )
        return dict(rows)

    def articles(self) -> list[Article]:
        """Return every article with its sentences."""
        return [self.article(row[0]) for row in self._rows("select id from article order by rowid")]

    def examples(self, language: Language) -> list[str]:
        """Return the editors' example questions in a language."""
        return [r[0] for r in self._rows("select text from example where language = ?", language)]

    def some_faces(self, language: Language, limit: int) -> list[str]:
        """Return expected questions spread over the corpus, at most one for a sentence."""
        rows = self._rows(
            "select text from face where language = ? and sentence_id != '' "
            "group by sentence_id order by rowid",
            language,
        )
        step = max(1, len(rows) // max(1, limit))
        return [row[0] for row in rows[::step][:limit]]

    def _one(self, sql: str, identity: str) -> str:
        rows = self._rows(sql, identity)
        if not rows:
            raise KeyError(identity)
        return str(rows[0][0])

    def _rows(self, sql: str, *values: str) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._connection.execute(sql, values).fetchall()


def _json(record: Article | Sentence | Chunk) -> str:
    return json.dumps(asdict(record), ensure_ascii=False)


def _sentence(fields: dict[str, Any]) -> Sentence:
    return Sentence(**{**fields, "twins": tuple(fields["twins"])})
