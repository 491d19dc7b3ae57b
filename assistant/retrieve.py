"""Question → Evidence: the sentences that may answer, best first.

Chunks are found three ways (dense in Chroma, lexical in tantivy with the question's words
expanded into both languages, and through expected questions), and the sentences of those chunks
are then scored one by one against the question.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from assistant import score
from assistant.match import Lexicon, Words
from assistant.records import Evidence
from ingest.index import Index
from ingest.records import LANGUAGES, Chunk, Sentence

if TYPE_CHECKING:
    from ingest.embedder import Embedder

DEPTH = 20  # chunks from each method and language; sentences are scored after
Ranks = dict[str, dict[str, int]]  # chunk id -> method -> rank from 1


class Retriever:
    """Finds and scores evidence in one open index; safe to use from several threads."""

    def __init__(self, index: Index, embedder: Embedder, faces: bool = True) -> None:
        self._index = index
        self._embedder = embedder
        self._faces = faces and index.manifest.faces > 0
        self.lexicon = Lexicon(index, embedder)
        self._vector = lru_cache(maxsize=8192)(self._encode)

    def evidence(self, question: str) -> list[Evidence]:
        """Return the scored sentences of the chunks found, best first."""
        asked = self.lexicon.words(question)
        vector = self._embedder.encode_queries([question])[0]
        ranks = self._ranks(asked, vector)
        return self._scored(question, asked, vector, ranks)

    def evidence_of(self, question: str, sentence_ids: Iterable[str]) -> list[Evidence]:
        """Return the given sentences scored against the question, best first."""
        asked = self.lexicon.words(question)
        vector = self._embedder.encode_queries([question])[0]
        catalog = self._index.catalog
        sentences = [(catalog.sentence(identity), "") for identity in sentence_ids]
        return self._rank(question, asked, vector, sentences, {})

    def _ranks(self, asked: Words, vector: np.ndarray) -> Ranks:
        """Return the chunks that any method finds, with their rank by method."""
        ranks: Ranks = {}
        expanded = self.lexicon.expand(asked)
        for language in LANGUAGES:
            found = self._index.nearest("chunks", language, vector, DEPTH)
            _note(ranks, f"dense-{language}", (chunk for chunk, _ in found))
            hits = self._index.lexical.search(language, expanded[language], DEPTH)
            _note(ranks, f"lexical-{language}", (chunk for chunk, _ in hits))
        if self._faces:
            _note(ranks, "questions", self._by_questions(vector))
        return ranks

    def _by_questions(self, vector: np.ndarray) -> list[str]:
        """Return the chunks whose sentences answer the nearest expected questions."""
        catalog = self._index.catalog
        found = sorted(
            (hit for language in LANGUAGES for hit in self._index.nearest("faces", language, vector, DEPTH)),
            key=lambda hit: -hit[1],
        )
        sentences = dict.fromkeys(catalog.face_sentence(face) for face, _ in found[:DEPTH])
        return list(dict.fromkeys(self._index.catalog.chunk_of(s) for s in sentences))

    def _scored(
        self, question: str, asked: Words, vector: np.ndarray, ranks: Ranks
    ) -> list[Evidence]:
        catalog = self._index.catalog
        chunks: list[Chunk] = [catalog.chunk(identity) for identity in ranks]
        sentences = [
            (catalog.sentence(identity), chunk.id)
            for chunk in chunks
            for identity in chunk.sentence_ids
        ]
        return self._rank(question, asked, vector, sentences, ranks)

    def _rank(
        self,
        question: str,
        asked: Words,
        vector: np.ndarray,
        sentences: Sequence[tuple[Sentence, str]],
        ranks: Ranks,
    ) -> list[Evidence]:
        views = [self.view(sentence) for sentence, _ in sentences]
        parts = score.features(question, asked, vector, views, self.lexicon)
        found = [
            Evidence(
                sentence_id=sentence.id,
                chunk_id=chunk,
                language=view.language,
                text=sentence.text,
                score=score.combined(part),
                ranks=tuple(ranks.get(chunk, {}).items()),
                parts=tuple(part.items()),
            )
            for (sentence, chunk), view, part in zip(sentences, views, parts, strict=True)
        ]
        return sorted(found, key=lambda e: (-e.score, e.sentence_id))

    def view(self, sentence: Sentence) -> score.View:
        """Return a sentence as scoring sees it."""
        catalog = self._index.catalog
        article = catalog.article(sentence.article_id)
        before = article.sentences[sentence.index - 1].text if sentence.index else ""
        faces = catalog.faces(sentence.id) if self._faces else ()
        return score.View(
            text=sentence.text,
            language=article.language,
            words=self.lexicon.words(sentence.text),
            vector=self._vector(sentence.text),
            twin=self.lexicon.words(self._in_other_words(sentence)),
            before=self.lexicon.words(before),
            title=self.lexicon.words(article.title),
            faces=tuple((self.lexicon.words(f), self._vector(f)) for f in faces),
        )

    def _in_other_words(self, sentence: Sentence) -> str:
        twins = (self._index.catalog.sentence(twin).text for twin in sentence.twins)
        return sentence.translation or " ".join(twins)

    def _encode(self, text: str) -> np.ndarray:
        return self._embedder.encode_passages([text])[0]


def _note(ranks: Ranks, method: str, chunks: Iterable[str]) -> None:
    for rank, chunk in enumerate(chunks, start=1):
        ranks.setdefault(chunk, {})[method] = rank


