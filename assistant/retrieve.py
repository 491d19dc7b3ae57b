"""Question → Evidence: the sentences that may answer, best first.

Chunks are found three ways (dense in Chroma, lexical in tantivy with the question's words
expanded into both languages, and through expected questions), ranked together by
ingest/bilingual.py, and the sentences of the best are then scored one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from assistant import score
from assistant.kinds import counts, question_kind
from assistant.match import Matcher
from assistant.records import Evidence
from ingest.bilingual import Asked, Passage, rank_passages
from ingest.index import FEW, Index
from ingest.records import LANGUAGES, Chunk, Language, Sentence, other

if TYPE_CHECKING:
    from ingest.embedder import Embedder

DEPTH = 20  # chunks from each method and language
NEAREST = 15  # sentences of each language
LEADS = frozenset(("questions", "sentences-nl", "sentences-en"))
REMEMBERED = 512  # questions' vectors
KEPT = 20  # of them, the best, whose sentences are scored
Ranks = dict[str, dict[str, int]]  # chunk id -> method -> rank from 1


class Retriever:
    """Finds and scores evidence in one open index; safe to use from several threads."""

    def __init__(self, index: Index, embedder: Embedder, faces: bool = True) -> None:
        self.index = index
        self.catalog = index.catalog
        self._embedder = embedder
        self._faces = faces and index.manifest.faces > 0
        self.matcher = Matcher(index, embedder)
        self._vectors: dict[str, np.ndarray] = {}
        self._view = lru_cache(maxsize=4096)(self._look)
        self._passage = lru_cache(maxsize=4096)(self._read)
        self._cosines = lru_cache(maxsize=64)(self._compare)
        self._unanswered = self._faces_of("")  # questions that no sentence answers

    def evidence(self, question: str) -> list[Evidence]:
        """Return the scored sentences of the chunks found, best first."""
        asked = self.matcher.asked(question)
        ranks = self._ranks(question, asked, self._meant(question))
        chunks = self._best(asked, ranks)
        found = [(sentence, chunk.id) for chunk in chunks for sentence in chunk.sentence_ids]
        return self._scored(question, found, ranks)

    def evidence_of(self, question: str, sentence_ids: Iterable[str]) -> list[Evidence]:
        """Return the given sentences scored against the question, best first."""
        return self._scored(question, [(identity, "") for identity in sentence_ids], {})

    def _ranks(self, question: str, asked: Asked, meant: Asked) -> Ranks:
        """Return the chunks that any method finds, with their rank by method."""
        ranks: Ranks = {}
        for language in LANGUAGES:
            found = self.index.nearest("chunks", language, asked.vector, DEPTH)
            _note(ranks, f"dense-{language}", (chunk for chunk, _ in found))
            hits = self.index.lexical.search(language, asked.expanded(language), DEPTH)
            _note(ranks, f"lexical-{language}", (chunk for chunk, _ in hits))
            near = self.index.nearest("sentences", language, meant.vector, NEAREST)
            _note(ranks, f"sentences-{language}", self._holding(near))
        if self._faces:
            _note(ranks, "questions", self._by_questions(question))
        return ranks

    def _best(self, asked: Asked, ranks: Ranks) -> list[Chunk]:
        """Return the chunks whose sentences are worth a look, by the formula of the evals.

        What expected questions and the nearest sentences lead to stays in, for it may share no
        word with the question.
        """
        chunks = [self.index.catalog.chunk(identity) for identity in ranks]
        scores = rank_passages(asked, [self._passage(chunk) for chunk in chunks])
        order = [chunks[place].id for place in np.argsort(-scores, kind="stable")]
        _note(ranks, "hybrid", order)
        kept = set(order[:KEPT]) | {i for i, found in ranks.items() if not LEADS.isdisjoint(found)}
        return [chunk for chunk in chunks if chunk.id in kept]

    def _read(self, chunk: Chunk) -> Passage:
        sentences = [self.index.catalog.sentence(i).text for i in chunk.sentence_ids]
        return self.matcher.passage(sentences, chunk.language)

    def _by_questions(self, question: str) -> list[str]:
        """Return the chunks whose sentences answer the nearest expected questions."""
        catalog = self.index.catalog
        near = [hit for language in LANGUAGES for hit in self._nearest_faces(question, language)]
        near.sort(key=lambda hit: -hit[1])
        led = dict.fromkeys(catalog.face_sentence(face) for face, _ in near)
        sentences = [sentence for sentence in led if sentence][:DEPTH]
        return list(dict.fromkeys(catalog.chunk_of(sentence) for sentence in sentences))

    def _nearest_faces(self, question: str, language: Language) -> list[tuple[str, float]]:
        """Return (id, cosine) of a language's nearest expected questions."""
        if len(self.index.face_vectors) > FEW:
            return self.index.nearest("faces", language, self._meant(question).vector, DEPTH)
        ids, rows = self._places[language]
        alike = self._cosines(question)[rows]
        if not alike.any():  # none at all, or a question without a letter
            return []
        best = np.argpartition(-alike, min(DEPTH, len(alike)) - 1)[:DEPTH]
        return [(ids[place], float(alike[place])) for place in np.sort(best)]

    @cached_property
    def _places(self) -> dict[Language, tuple[list[str], np.ndarray]]:
        """Each language's expected questions, and their places among all."""
        found = {language: self.catalog.face_places(language) for language in LANGUAGES}
        return {
            language: ([face for face, _ in places], np.array([row for _, row in places], np.int64))
            for language, places in found.items()
        }

    def _holding(self, sentences: Iterable[tuple[str, float]]) -> list[str]:
        """Return the chunks that hold these sentences, the nearest's first."""
        return list(dict.fromkeys(self.catalog.chunk_of(sentence) for sentence, _ in sentences))

    def _scored(
        self, question: str, found: Sequence[tuple[str, str]], ranks: Ranks
    ) -> list[Evidence]:
        catalog = self.index.catalog
        sentences = [catalog.sentence(identity) for identity, _ in found]
        views = [self._view(sentence) for sentence in sentences]
        asked = self._meant(question)
        alike = self._alike(question, [*(view.faces for view in views), self._unanswered])
        parts = score.features(question, asked, views, self.matcher, alike, self._unanswered)
        scored = [
            Evidence(
                sentence_id=sentence.id,
                language=view.words.language,
                text=sentence.text,
                score=score.combined(part),
                ranks=tuple(ranks.get(chunk, {}).items()),
                parts=tuple(part.items()),
            )
            for sentence, (_, chunk), view, part in zip(sentences, found, views, parts, strict=True)
        ]
        return sorted(scored, key=lambda e: (-e.score, e.sentence_id))

    def _look(self, sentence: Sentence) -> score.View:
        """Return a sentence as scoring sees it."""
        catalog = self.index.catalog
        article = catalog.article(sentence.article_id)
        language, text = article.language, self.matcher.text
        before = article.sentences[sentence.index - 1].text if sentence.index else ""
        twins = " ".join(catalog.sentence(twin).text for twin in sentence.twins)
        return score.View(
            text=sentence.text,
            words=text(sentence.text, language),
            counts=text(counts(sentence.text), language),
            vector=self.index.sentence_vectors[catalog.sentence_row(sentence.id)],
            twin=text(sentence.translation or twins, other(language)),
            before=text(before, language),
            title=text(article.title, language),
            article=text(article.text, language),
            faces=self._faces_of(sentence.id),
        )

    def _faces_of(self, sentence_id: str) -> score.Faces:
        """Return a sentence's expected questions as scoring sees them, as the catalog has them."""
        if not self._faces:
            return score.NO_FACES
        rows, text = self.catalog.face_rows(sentence_id), self.matcher.text
        return score.Faces.of(
            [
                score.Face(text(face.text, face.language), row, question_kind(face.text))
                for face, row in zip(self.catalog.faces(sentence_id), rows, strict=True)
            ]
        )

    def _alike(self, question: str, groups: Sequence[score.Faces]) -> np.ndarray:
        """Return (all faces,) the cosines of the question with those of these groups at least."""
        every = self.index.face_vectors
        if len(every) <= FEW or not self._faces:
            return self._cosines(question)
        rows, alike = np.concatenate([g.rows for g in groups]), np.zeros(len(every), np.float32)
        alike[rows] = every[rows] @ self._meant(question).vector
        return alike

    def _compare(self, question: str) -> np.ndarray:
        """Return (all faces,) the cosines of the question with every expected one."""
        if not self._faces:
            return np.zeros(0, np.float32)
        alike: np.ndarray = self.index.face_vectors @ self._meant(question).vector
        return alike

    def read(self, questions: Sequence[str]) -> None:
        """Take in questions that are about to be asked: two together cost little more than one.

        The encoder's time for a few words is that of fetching its weights from memory.
        """
        new = [q for q in dict.fromkeys(questions) if q not in self._vectors]
        if len(self._vectors) > REMEMBERED:
            self._vectors = {}  # whoever reads the old one may go on
        self._vectors.update(zip(new, self._embedder.encode_questions(new), strict=True))

    def _meant(self, question: str) -> Asked:
        """Return the question with the vector by which sentences and questions are compared."""
        if (vector := self._vectors.get(question)) is None:
            vector = self._embedder.encode_questions([question])[0]
            self._vectors[question] = vector
        return replace(self.matcher.asked(question), vector=vector)


def _note(ranks: Ranks, method: str, chunks: Iterable[str]) -> None:
    for rank, chunk in enumerate(chunks, start=1):
        ranks.setdefault(chunk, {})[method] = rank
