"""Texts to vectors: `load_embedder` gives the shipped bilingual model, or another by its name.

    embedder = load_embedder()
    embedder.encode_passages(["Kleine reuzen zijn nichespelers."])   # (1, dimensions) float32

`ingest.embedder.llama.BilingualEmbedding(embedder)` is any of them as a llama-index embedding.
An embedder's `name` belongs with an index: vectors of two embedders cannot be compared.

    ""                                     the Dutch-English models in this package
    "some/folder", "minishlab/potion-…"    a model2vec model, from a folder or the hub
    "sentence-transformers:NAME"           any sentence-transformers model (extra)
    "openai:MODEL@BASE_URL"                an endpoint that speaks OpenAI's /embeddings protocol
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Protocol

from ingest.embedder.encoder import BilingualEmbedder
from ingest.embedder.static import Vectors
from ingest.errors import EmbedderError

SHIPPED = Path(__file__).parent / "model"
ENCODER = Path(__file__).parent / "encoder.onnx"
PIECES = Path(__file__).parent / "encoder_pieces.json"


class Embedder(Protocol):
    """What retrieval asks of an embedding model. Rows have length 1; zero rows mean "nothing"."""

    @property
    def name(self) -> str:
        """Identity, stored with an index; for a local folder it includes a hash of the content."""

    @property
    def dimensions(self) -> int:
        """Length of every vector."""

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """(n, dimensions) for questions."""

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """(n, dimensions) for passages."""

    def encode_sentences(self, texts: Sequence[str]) -> Vectors:
        """(n, any dimensions) for sentences, comparable with questions."""

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """(n, the same) for questions, comparable with sentences and each other."""

    def knows(self, word: str) -> bool:
        """Whether a word is no typing error; True where the model has no list of words."""

    def encode_words(self, words: Sequence[str]) -> Vectors:
        """(n, dimensions) for single words, comparable with each other."""


def load_embedder(
    name: str = "",
    *,
    api_key: str = "",
    query_prefix: str | None = None,
    passage_prefix: str | None = None,
) -> Embedder:
    """The embedder of that name; see the module's docstring for the names.

    Prefixes (e5 wants "query: " and "passage: ") are known for e5 models and can be set for
    others. Raises EmbedderError for an unknown name, or a missing extra with how to install it.
    """
    if not name:
        return _shipped()
    from ingest.embedder import others

    prefixes = others.prefixes_of(name, query_prefix, passage_prefix)
    if name.startswith("sentence-transformers:"):
        return others.SentenceTransformersEmbedder(name.partition(":")[2], prefixes)
    if name.startswith("openai:"):
        model, mark, base_url = name.partition(":")[2].rpartition("@")
        if not (mark and model and base_url.startswith(("http://", "https://"))):
            raise EmbedderError(f"{name!r}: expected openai:MODEL@https://host/v1")
        return others.OpenAIEmbedder(model, base_url, api_key, prefixes)
    return others.Model2VecEmbedder(name, prefixes)


@cache
def _shipped() -> BilingualEmbedder:
    """The shipped models, once a process: they never change and take 240 MB at work."""
    return BilingualEmbedder(SHIPPED, ENCODER, PIECES)
