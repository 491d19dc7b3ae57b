"""XQuAD as articles to answer from: its passages ingested, its marked answers as sentences.

The folder holds documents.jsonl (a passage and its article) and questions.jsonl (a question, its
passage in both languages, the spans that answer it). Passages of one article and language make
one page, so that it is cut, aligned and indexed like the firm's own.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from assistant.retrieve import Retriever
from ingest.build import build_index
from ingest.embedder import load_embedder
from ingest.index import open_index
from ingest.records import LANGUAGES, Language
from ingest.settings import Settings


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage of an article, in one language."""

    id: str
    article: str
    language: Language
    text: str


@dataclass(frozen=True, slots=True)
class Marked:
    """A question and, by language, the passage and the spans in it that answer.

    A visitor's question that nothing answers has no spans.
    """

    id: str
    article: str
    language: Language
    text: str
    kind: str
    spans: tuple[tuple[str, str], ...]  # (passage id, span)


class Collection:
    """The passages and questions of a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.passages = {
            d["id"]: Passage(d["id"], d["article"], d["lang"], _plain(d["text"]))
            for d in read_lines(folder / "documents.jsonl")
        }

    @property
    def articles(self) -> list[str]:
        """Return the names of all articles, in the file's order."""
        return list(dict.fromkeys(passage.article for passage in self.passages.values()))

    @cached_property
    def questions(self) -> list[Marked]:
        """Return the questions whose marked answer stands in their passage."""
        given = [q for q in read_lines(self._folder / "questions.jsonl") if q["answer_in_passage"]]
        answers = {(q["pair"], q["lang"]): q["answers"] for q in given}
        found = []
        for q in given:
            spans = []
            for passage in (self.passages[q[key]] for key in ("doc_id", "xling_doc_id")):
                texts = answers.get((q["pair"], passage.language), ())
                spans += [(passage.id, _plain(text)) for text in texts]
            article = self.passages[q["doc_id"]].article
            found.append(Marked(q["id"], article, q["lang"], q["question"], "marked", tuple(spans)))
        return found

    def visitors(self, path: Path) -> list[Marked]:
        """Return questions put as visitors would, some of which nothing answers."""
        found = []
        for q in read_lines(path):
            spans = tuple((f"{q['paragraph']}-en", _plain(text)) for text in q["answers"])
            lang, kind = q["lang"], q["kind"]
            found.append(Marked(q["id"], q["article"], lang, q["question"], kind, spans))
        return found

    def ingest(
        self, articles: Sequence[str], folder: Path, languages: Sequence[Language] = LANGUAGES
    ) -> Settings:
        """Ingest articles into `folder`; return the settings that open their index."""
        pages: dict[str, list[str]] = {}
        for passage in self.passages.values():
            if passage.article in articles and passage.language in languages:
                pages.setdefault(_page(passage), []).append(passage.text)
        (folder / "corpus" / "pages").mkdir(parents=True)
        for name, paragraphs in pages.items():
            (folder / "corpus" / "pages" / name).write_text("\n\n".join(paragraphs), "utf-8")
        settings = replace(Settings(), corpus=folder / "corpus", index=folder / "index")
        build_index(settings)
        return settings

    def answering(self, question: Marked, retriever: Retriever) -> set[str]:
        """Return the ids of the sentences that hold a span of the question, with their twins."""
        catalog = retriever.catalog
        articles = {a.page: a for a in catalog.articles()}
        right: set[str] = set()
        for identity, span in question.spans:
            passage = self.passages[identity]
            article = articles.get(_page(passage))
            if article is None:
                continue
            start = article.text.find(passage.text)
            place = start + passage.text.find(span)
            right |= {s.id for s in article.sentences if s.start <= place < s.end}
        return right | {twin for r in right for twin in catalog.sentence(r).twins}


def open_retriever(settings: Settings, faces: bool = True) -> Retriever:
    """Return a retriever over the index of the settings."""
    embedder = load_embedder(settings.embedder)
    return Retriever(open_index(settings.index, embedder.name), embedder, faces)


def half_of(article: str) -> int:
    """Return the half that an article is in, 0 or 1, by its name alone."""
    return int(hashlib.sha1(article.encode()).hexdigest(), 16) % 2


def read_lines(path: Path) -> list[dict[str, Any]]:
    """Return the objects of a JSON Lines file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line]


def _plain(text: str) -> str:
    return " ".join(text.split())


def _page(passage: Passage) -> str:
    return re.sub(r"\W+", "_", passage.article) + f"-{passage.language}.txt"
