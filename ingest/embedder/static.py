"""The shipped embedder: a vector for each word or word part, summed. numpy only, loads in 0.1 s.

The files are model2vec's (model2vec.StaticModel.from_pretrained reads them and gives the same
vectors; a test holds the two together). They are read here directly because importing model2vec
takes four times as long as reading the model, and because whole words, which most are, need no
tokenizer but a dictionary look-up.
"""

import gc
import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]

# The word pattern of tokenizer.json, which train.py writes from here. Letters may be joined by an
# apostrophe or ampersand, digits by a point or comma; a closing 's is a word of its own.
WORD_PATTERN = r"\d+(?:[.,]\d+)*[^\W\d_]*|[^\W\d_]+(?:(?!'s\b)['&][^\W\d_]+|\d+)*"
APOSTROPHES = "’‘ʼ"

_WORD = re.compile(WORD_PATTERN)
_TO_APOSTROPHE = str.maketrans(dict.fromkeys(APOSTROPHES, "'"))
_UNKNOWN_PENALTY = 10.0  # below the cheapest piece; the same constant as in the tokenizers library
_CACHE_LIMIT = 200_000  # distinct words remembered; 200,000 short lists are about 40 MB


def fold(text: str) -> str:
    """The text lower-cased, without accents, with one kind of apostrophe: "Één" → "een"."""
    text = text.translate(_TO_APOSTROPHE)
    if not text.isascii():
        parts = unicodedata.normalize("NFD", text)
        text = "".join(char for char in parts if unicodedata.category(char) != "Mn")
    return text.lower()


class Segmenter:
    """Cuts a word into the pieces with the highest sum of scores (a unigram language model).

    A piece counts the same wherever it stands, so "batterijfabrikant" is cut into the words
    "batterij" and "fabrikant". Kudo 2018, https://arxiv.org/abs/1804.10959; Viterbi search as in
    the tokenizers library, whose ties go to the longest last piece.
    """

    def __init__(self, pieces: Sequence[tuple[str, float]], unknown_id: int = 0) -> None:
        self.ids = {piece: index for index, (piece, _) in enumerate(pieces)}  # str -> token id
        self._scores = [score for _, score in pieces]
        self._longest = max(map(len, self.ids))
        self._unknown_id = unknown_id
        self._unknown_score = min(self._scores) - _UNKNOWN_PENALTY
        self._cache: dict[str, list[int]] = {}

    def __call__(self, word: str) -> list[int]:
        """Token ids of a folded word; letters that no piece covers are left out."""
        found = self._cache.get(word)
        if found is None:
            if len(self._cache) >= _CACHE_LIMIT:
                self._cache.clear()
            found = self._cache[word] = self.cut(word)
        return found

    def cut(self, word: str, whole: bool = True) -> list[int]:
        """As a call, uncached; with `whole` false, never the word as one piece."""
        if whole and word in self.ids:
            return [self.ids[word]]
        best: list[tuple[float, int, int]] = [(0.0, 0, -1)]  # score, start, token id; by end
        for end in range(1, len(word) + 1):
            choices = [
                (best[start][0] + self._scores[token], start, token)
                for start in range(max(0, end - self._longest), end)
                if (token := self.ids.get(word[start:end], -1)) > self._unknown_id
                and (whole or end - start < len(word))
            ]
            if word[end - 1] not in self.ids:
                choices.append((best[end - 1][0] + self._unknown_score, end - 1, -1))
            best.append(max(choices, key=lambda choice: (choice[0], -choice[1])))
        return _trace(best)


def _trace(best: Sequence[tuple[float, int, int]]) -> list[int]:
    """The token ids along the best path, in the order of the word."""
    tokens, end = [], len(best) - 1
    while end > 0:
        _, start, token = best[end]
        if token >= 0:
            tokens.append(token)
        end = start
    return tokens[::-1]


class StaticEmbedder:
    """Dutch and English texts to vectors; see `load_embedder`. Deterministic and thread-safe."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        tensors = _read_safetensors(folder / "model.safetensors")
        self._segment = _read_tokenizer(folder / "tokenizer.json")
        self._rows = tensors["embeddings"]  # (rows, dimensions) int8
        self._weights = tensors["weights"]  # (tokens,) float32
        self._mapping = tensors["mapping"]  # (tokens,) int32: the row of each token
        self.dimensions = int(self._rows.shape[1])

    @cached_property
    def name(self) -> str:
        """Name and content hash: another model, or the same one retrained, differs."""
        digest = hashlib.sha256()
        for file in ("model.safetensors", "tokenizer.json"):
            digest.update((self._folder / file).read_bytes())
        return f"static-nl-en@{digest.hexdigest()[:12]}"

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """(n, dimensions), each row of length 1; a text without a known word is a zero row."""
        return self.encode_passages(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """(n, dimensions), each row of length 1; a text without a known word is a zero row."""
        batches = (texts[start : start + 1024] for start in range(0, len(texts), 1024))
        parts = [self._sum([_WORD.findall(fold(text)) for text in batch]) for batch in batches]
        return normalised(np.concatenate(parts) if parts else self._sum([]))

    def encode_sentences(self, texts: Sequence[str]) -> Vectors:
        """As `encode_passages`."""
        return self.encode_passages(texts)

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """As `encode_passages`."""
        return self.encode_passages(texts)

    def knows(self, word: str) -> bool:
        """Whether a word is one piece of the vocabulary: then it is no typing error."""
        return fold(word) in self._segment.ids

    def encode_words(self, words: Sequence[str]) -> Vectors:
        """(n, dimensions), each row of length 1; a word with no vector is a zero row."""
        return self.encode_passages(words)

    def _sum(self, texts: Iterable[Sequence[str]]) -> Vectors:
        """(n, dimensions): the weighted sum of the vectors of each text's word pieces."""
        segment = self._segment
        tokens = [[token for word in text for token in segment(word)] for text in texts]
        sums = np.zeros((len(tokens), self.dimensions), np.float32)
        filled = [index for index, found in enumerate(tokens) if found]
        if not filled:
            return sums
        flat = np.fromiter((token for found in tokens for token in found), np.int64)
        starts = np.cumsum([0] + [len(tokens[index]) for index in filled[:-1]])
        vectors = self._rows[self._mapping[flat]] * self._weights[flat, None]
        sums[filled] = np.add.reduceat(vectors, starts, axis=0)
        return sums


def normalised(vectors: NDArray[np.floating]) -> Vectors:
    """Each row scaled to length 1; zero rows stay zero."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: Vectors = (vectors / np.maximum(lengths, 1e-12)).astype(np.float32)
    return scaled


def _read_tokenizer(path: Path) -> Segmenter:
    """The segmenter of a unigram tokenizer.json."""
    collects = gc.isenabled()
    gc.disable()  # 110,000 new lists set it off dozens of times, for half of the load time
    try:
        model = json.loads(path.read_text(encoding="utf-8"))["model"]
        return Segmenter(model["vocab"], model["unk_id"])
    finally:
        if collects:
            gc.enable()


def _read_safetensors(path: Path) -> dict[str, NDArray[np.generic]]:
    """The arrays of a safetensors file: header length (8 bytes), JSON header, raw data.

    https://huggingface.co/docs/safetensors/index#format
    """
    data = path.read_bytes()
    start = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:start])
    dtypes = {"I8": np.int8, "I32": np.int32, "I64": np.int64, "F16": np.float16, "F32": np.float32}
    arrays: dict[str, NDArray[np.generic]] = {}
    for key, spec in header.items():
        if key != "__metadata__":
            first, last = spec["data_offsets"]
            flat = np.frombuffer(data[start + first : start + last], dtypes[spec["dtype"]])
            arrays[key] = flat.reshape(spec["shape"])
    return arrays
