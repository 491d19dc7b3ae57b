"""Embedders other than the shipped one, each behind the same methods; see `load_embedder`."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import httpx
import numpy as np

from ingest.embedder.extras import import_extra
from ingest.embedder.static import Vectors, normalised
from ingest.errors import EmbedderError

HUB_CURE = "give a folder that holds config.json, model.safetensors and tokenizer.json"
REQUEST_SIZE = 128  # texts in one request; OpenAI allows 2048, local servers often far fewer
TIMEOUT = 60.0  # seconds for one request


@dataclass(frozen=True, slots=True)
class Prefixes:
    """What a model wants to read before a question and before a passage."""

    query: str = ""
    passage: str = ""


E5 = Prefixes("query: ", "passage: ")  # https://huggingface.co/intfloat/multilingual-e5-small
E5_INSTRUCT = Prefixes(
    "Instruct: Given a question, retrieve passages that answer it\nQuery: "
)  # https://huggingface.co/intfloat/multilingual-e5-large-instruct


def prefixes_of(name: str, query: str | None = None, passage: str | None = None) -> Prefixes:
    """The prefixes for a model: those given, else those its family was trained with."""
    parts = name.lower().replace("_", "-").replace("/", "-").replace(":", "-").split("-")
    known = Prefixes()
    if "e5" in parts:
        known = E5_INSTRUCT if any(part.startswith("instruct") for part in parts) else E5
    return Prefixes(
        known.query if query is None else query, known.passage if passage is None else passage
    )


class _Prefixed:
    """The methods of an embedder over one: `_encode(texts)`, rows of any length."""

    dimensions: int

    def __init__(self, prefixes: Prefixes) -> None:
        self._prefixes = prefixes

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """(n, dimensions) for questions, each row of length 1."""
        return self._normalised([self._prefixes.query + text for text in texts])

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """(n, dimensions) for passages, each row of length 1."""
        return self._normalised([self._prefixes.passage + text for text in texts])

    def encode_sentences(self, texts: Sequence[str]) -> Vectors:
        """(n, dimensions), each text as a passage: comparable with questions."""
        return self.encode_passages(texts)

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """(n, dimensions), comparable with sentences and each other."""
        return self.encode_queries(texts)

    def knows(self, word: str) -> bool:  # noqa: ARG002  (nothing to look it up in)
        """True for any word: these models have no list of words."""
        return True

    def encode_words(self, words: Sequence[str]) -> Vectors:
        """(n, dimensions), each word as a text by itself: words of one role are comparable."""
        return self.encode_queries(words)

    def _normalised(self, texts: list[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimensions), np.float32)
        return normalised(self._encode(texts))

    def _encode(self, texts: list[str]) -> Vectors:
        raise NotImplementedError


class Model2VecEmbedder(_Prefixed):
    """Any model2vec model: a local folder, or a name on the Hugging Face hub."""

    def __init__(self, source: str, prefixes: Prefixes) -> None:
        super().__init__(prefixes)
        model2vec = import_extra("model2vec", "model2vec")
        try:
            self._model = model2vec.StaticModel.from_pretrained(source, force_download=False)
        except Exception as error:  # the hub's own errors come from five libraries
            raise EmbedderError(f"Can't load embedder {source!r} ({error}); {HUB_CURE}.") from error
        self._source = source
        self.dimensions = int(self._model.dim)

    @cached_property
    def name(self) -> str:
        """The source; for a folder, its name and a hash of its weights and tokenizer."""
        folder = Path(self._source)
        return f"{folder.name}@{folder_digest(folder)}" if folder.is_dir() else self._source

    def _encode(self, texts: list[str]) -> Vectors:
        return np.asarray(self._model.encode(texts), np.float32).reshape(-1, self.dimensions)


class SentenceTransformersEmbedder(_Prefixed):
    """Any sentence-transformers model: a local folder, or a name on the Hugging Face hub."""

    def __init__(self, source: str, prefixes: Prefixes) -> None:
        super().__init__(prefixes)
        library = import_extra("sentence_transformers", "sentence-transformers")
        try:
            self._model = library.SentenceTransformer(source)
        except Exception as error:  # the hub's own errors come from five libraries
            raise EmbedderError(f"Can't load embedder {source!r}: {error}") from error
        folder = Path(source)
        digest = f"@{folder_digest(folder)}" if folder.is_dir() else ""
        self.name = f"sentence-transformers:{folder.name if digest else source}{digest}"
        self.dimensions = len(self._encode(["x"])[0])

    def _encode(self, texts: list[str]) -> Vectors:
        found = self._model.encode(texts, show_progress_bar=False)
        return np.asarray(found, np.float32).reshape(len(texts), -1)


class OpenAIEmbedder(_Prefixed):
    """A model behind an endpoint that speaks OpenAI's protocol: POST {base_url}/embeddings.

    https://platform.openai.com/docs/api-reference/embeddings/create
    """

    def __init__(self, model: str, base_url: str, api_key: str, prefixes: Prefixes) -> None:
        super().__init__(prefixes)
        self._model = model
        self._base_url = base_url.rstrip("/")
        headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self._client = httpx.Client(headers=headers, timeout=TIMEOUT)
        self.name = f"openai:{model}@{self._base_url}"
        self.dimensions = len(self._request(["x"])[0])

    def _encode(self, texts: list[str]) -> Vectors:
        rows: list[list[float]] = []
        for start in range(0, len(texts), REQUEST_SIZE):
            # An empty input is an error to OpenAI; a space is not.
            rows += self._request([text or " " for text in texts[start : start + REQUEST_SIZE]])
        return np.array(rows, np.float32).reshape(len(texts), -1)

    def _request(self, texts: list[str]) -> list[list[float]]:
        """One vector for each text, in the texts' order; raises EmbedderError."""
        try:
            response = self._client.post(
                f"{self._base_url}/embeddings", json={"model": self._model, "input": texts}
            )
            response.raise_for_status()
            data = sorted(response.json()["data"], key=lambda item: item["index"])
            vectors = [item["embedding"] for item in data]
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            raise EmbedderError(f"{self.name}: {error!r}") from error
        if len(vectors) != len(texts):
            raise EmbedderError(f"{self.name}: {len(texts)} texts gave {len(vectors)} vectors.")
        return vectors


def folder_digest(folder: Path) -> str:
    """Twelve hex digits over a model folder's weights and tokenizers, wherever they lie in it."""
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        if file.suffix in (".safetensors", ".json", ".bin", ".txt") and file.is_file():
            digest.update(file.relative_to(folder).as_posix().encode() + b"\0")
            digest.update(file.read_bytes())
    return digest.hexdigest()[:12]
