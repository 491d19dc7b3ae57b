"""Simpler ways to answer, in the same run, so that one sees what each part earns.

Each answers with its best sentence, or two, and never refuses; its score is its confidence.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from assistant.records import Answer, AnswerSentence, Citation, Evidence, Turn
from evals.bm25 import BM25
from ingest.embedder import Embedder, load_embedder
from ingest.index import Index, open_index
from ingest.language import detect
from ingest.records import LANGUAGES, Article, Language, Sentence
from ingest.settings import Settings

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding

Ranked = list[tuple[Sentence, float]]  # best first
DEPTH = 10


@dataclass(frozen=True, slots=True)
class PeerTrace:
    """A peer's answer with its ranking."""

    answer: Answer
    candidates: tuple[Evidence, ...]


class Peer:
    """Answers with the first sentences of a ranking."""

    def __init__(
        self, articles: Sequence[Article], rank: Callable[[str], Ranked], take: int = 1
    ) -> None:
        self._articles = {article.id: article for article in articles}
        self._sentences = {s.id: s for article in articles for s in article.sentences}
        self._rank, self._take = rank, take

    def articles(self) -> list[Article]:
        """Return the articles it answers from."""
        return list(self._articles.values())

    def ask(
        self, question: str, history: Sequence[Turn] = (), language: Language | None = None
    ) -> Answer:
        """Return the best sentences as an answer."""
        return self.explain(question, history, language).answer

    def explain(
        self, question: str, history: Sequence[Turn] = (), language: Language | None = None
    ) -> PeerTrace:
        """Return the answer and the ranking; a peer knows nothing of conversations."""
        del history
        ranked = self._rank(question)
        own = language or _language(question)
        chosen = [sentence for sentence, _ in ranked[: self._take]]
        citations = tuple(self._citation(s, marker) for marker, s in enumerate(chosen, 1))
        answer = Answer(
            id="peer",
            question=question,
            language=own,
            status="answered" if chosen else "not_covered",
            sentences=tuple(AnswerSentence(c.quote, (c.marker,), c.language) for c in citations),
            citations=citations,
            confidence=ranked[0][1] if ranked else 0.0,
        )
        return PeerTrace(answer, tuple(self._evidence(s, score) for s, score in ranked))

    def _citation(self, sentence: Sentence, marker: int) -> Citation:
        a = self._articles[sentence.article_id]
        twins = " ".join(self._sentences[twin].text for twin in sentence.twins)
        return Citation(marker, a.id, a.title, a.author, a.published_in, a.url, a.language,
                        sentence.start, sentence.end, sentence.text,
                        sentence.translation or twins, bool(sentence.translation))  # fmt: skip

    def _evidence(self, sentence: Sentence, score: float) -> Evidence:
        language = self._articles[sentence.article_id].language
        return Evidence(sentence.id, language, sentence.text, score)


def _language(question: str) -> Language:
    probable = detect(question)
    return "nl" if probable["nl"] > probable["en"] else "en"


def peers(settings: Settings) -> dict[str, Peer]:
    """Return the peers by name, over the assistant's own index."""
    embedder = load_embedder(settings.embedder, api_key=settings.embedder_api_key)
    index = open_index(settings.index, embedder.name)
    articles = index.catalog.articles()
    sentences = [s for article in articles for s in article.sentences]
    return {
        "BM25 best sentence": Peer(articles, _bm25(sentences, articles)),
        "dense best sentence": Peer(articles, _dense(sentences, embedder)),
        "llama-index default": Peer(articles, _llama_index(index, embedder), take=2),
    }


def _bm25(sentences: Sequence[Sentence], articles: Sequence[Article]) -> Callable[[str], Ranked]:
    """Rank sentences by BM25 over the stems of the question's own words."""
    language = {article.id: article.language for article in articles}
    index = BM25([(s.text, language[s.article_id]) for s in sentences])

    def rank(question: str) -> Ranked:
        own = _language(question)
        scores = index.scores(question, own)
        return [(sentences[p], float(scores[p])) for p in index.best(question, own, DEPTH)]

    return rank


def _dense(sentences: Sequence[Sentence], embedder: Embedder) -> Callable[[str], Ranked]:
    """Rank sentences by cosine with the question, exactly."""
    vectors = embedder.encode_passages([sentence.text for sentence in sentences])

    def rank(question: str) -> Ranked:
        scores = vectors @ embedder.encode_queries([question])[0]
        order = np.argsort(-scores, kind="stable")[:DEPTH]
        return [(sentences[place], float(scores[place])) for place in order]

    return rank


def _llama_index(index: Index, embedder: Embedder) -> Callable[[str], Ranked]:
    """Rank as VectorStoreIndex.as_retriever() does, over the same Chroma collections.

    One retriever for each collection, the better passages first; of a passage, its sentences in
    order. similarity_top_k is llama-index's default.
    """
    from llama_index.core import VectorStoreIndex
    from llama_index.vector_stores.chroma import ChromaVectorStore

    model = _embedding(embedder)
    retrievers = [
        VectorStoreIndex.from_vector_store(
            ChromaVectorStore(chroma_collection=index.collections[f"chunks-{language}"]),
            embed_model=model,
        ).as_retriever()
        for language in LANGUAGES
    ]
    catalog = index.catalog

    def rank(question: str) -> Ranked:
        found = [node for retriever in retrievers for node in retriever.retrieve(question)]
        found.sort(key=lambda node: -(node.score or 0.0))
        return [
            (catalog.sentence(i), float(node.score or 0.0))
            for node in found
            for i in catalog.chunk(node.node.node_id).sentence_ids
        ][:DEPTH]

    return rank


def _embedding(embedder: Embedder) -> BaseEmbedding:
    """Return the embedder behind llama-index's own interface."""
    from llama_index.core.base.embeddings.base import BaseEmbedding

    class Seam(BaseEmbedding):
        def _get_query_embedding(self, query: str) -> list[float]:
            vector: list[float] = embedder.encode_queries([query])[0].tolist()
            return vector

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return self._get_query_embedding(query)

        def _get_text_embedding(self, text: str) -> list[float]:
            vector: list[float] = embedder.encode_passages([text])[0].tolist()
            return vector

    options: dict[str, Any] = {"model_name": embedder.name}
    return Seam(**options)
