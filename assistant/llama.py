"""The same retrieval as a llama-index retriever, for whoever builds on llama-index."""

from __future__ import annotations

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from assistant.retrieve import Retriever
from ingest.catalog import Catalog


class SentenceRetriever(BaseRetriever):
    """Gives sentences as nodes, best first, each with its place and its article's metadata."""

    def __init__(self, retriever: Retriever, catalog: Catalog, top_k: int = 5) -> None:
        super().__init__()
        self._retriever = retriever
        self._catalog = catalog
        self._top_k = top_k

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        found = self._retriever.evidence(query_bundle.query_str)[: self._top_k]
        return [NodeWithScore(node=self._node(e.sentence_id), score=e.score) for e in found]

    def _node(self, sentence_id: str) -> TextNode:
        sentence = self._catalog.sentence(sentence_id)
        article = self._catalog.article(sentence.article_id)
        metadata = {
            "article_id": article.id,
            "title": article.title,
            "author": article.author,
            "published_in": article.published_in,
            "url": article.url,
            "language": article.language,
        }
        return TextNode(
            id_=sentence.id,
            text=sentence.text,
            start_char_idx=sentence.start,
            end_char_idx=sentence.end,
            metadata=metadata,
            excluded_llm_metadata_keys=list(metadata),
        )
