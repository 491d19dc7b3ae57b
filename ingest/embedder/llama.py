"""An embedder as llama-index's BaseEmbedding, for its retrievers, stores and pipelines.

Apart from `ingest.embedder` because importing llama_index.core takes 1.5 seconds.
"""

from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.bridge.pydantic import PrivateAttr

from ingest.embedder import Embedder, load_embedder


class BilingualEmbedding(BaseEmbedding):
    """Wraps any embedder; without one, the shipped Dutch-English model."""

    _embedder: Embedder = PrivateAttr()

    def __init__(self, embedder: Embedder | None = None) -> None:
        embedder = embedder or load_embedder()
        super().__init__(model_name=embedder.name, embed_batch_size=1000)
        self._embedder = embedder

    @classmethod
    def class_name(cls) -> str:
        """The name llama-index stores."""
        return "BilingualEmbedding"

    def _get_query_embedding(self, query: str) -> list[float]:
        return [float(x) for x in self._embedder.encode_queries([query])[0]]

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return [[float(x) for x in row] for row in self._embedder.encode_passages(texts)]
