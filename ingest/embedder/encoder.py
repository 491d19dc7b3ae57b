"""The shipped sentence encoder: a small transformer over the static embedder's word pieces.

A sum of word vectors does not know what a question asks for; a transformer does. This one is
all-MiniLM-L6-v2 (Wang et al. 2020, https://arxiv.org/abs/2002.10957), taught Dutch as in Reimers
& Gurevych 2020 (https://arxiv.org/abs/2004.09813) by encoder_training.py. Its weights are int8
in the file and float32 at work, so that a text's vector does not depend on the texts beside it.
"""

import hashlib
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ingest.embedder.static import StaticEmbedder, Vectors, normalised

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

LONGEST = 64  # word pieces of a text that are read; a sentence has some 25
BATCH = 32
WIDTH = 384  # dimensions


class BilingualEmbedder(StaticEmbedder):
    """The static embedder, with vectors of whole sentences from the encoder beside it."""

    def __init__(self, folder: Path, encoder: Path) -> None:
        super().__init__(folder)
        self._encoder = encoder

    @cached_property
    def name(self) -> str:
        """Name and content hash of both models."""
        words = StaticEmbedder(self._folder).name.partition("@")[2]
        digest = hashlib.sha256(self._encoder.read_bytes() + words.encode()).hexdigest()
        return f"bilingual-nl-en@{digest[:12]}"

    def encode_sentences(self, texts: Sequence[str]) -> Vectors:
        """(n, 640), each row of length 1; a text without a known word is a zero row.

        The word vectors' sum beside the encoder's vector, so that a cosine is the mean of the two:
        the first knows the rare words, the second what is said of them.
        """
        beside = np.hstack([self.encode_passages(texts), self._encoded(texts)])
        return normalised(beside)

    def _encoded(self, texts: Sequence[str]) -> Vectors:
        """(n, 384), each row of length 1 or zero."""
        pieces = [self.rows(text)[:LONGEST] for text in texts]
        vectors = np.zeros((len(texts), WIDTH), np.float32)
        order = sorted((n for n, p in enumerate(pieces) if p), key=lambda n: len(pieces[n]))
        for start in range(0, len(order), BATCH):
            chosen = order[start : start + BATCH]  # of like length: little padding
            vectors[chosen] = self._run([pieces[n] for n in chosen])
        return vectors

    def _run(self, texts: Sequence[Sequence[int]]) -> Vectors:
        first = len(self._rows)  # the rows after the word pieces open and close a text
        longest = max(map(len, texts)) + 2
        ids = np.full((len(texts), longest), first + 1, np.int64)
        mask = np.zeros((len(texts), longest), np.float32)
        for n, text in enumerate(texts):
            ids[n, : len(text) + 1] = (first, *text)
            mask[n, : len(text) + 2] = 1.0
        found: Vectors = self._session.run(None, {"ids": ids, "mask": mask})[0]
        return found

    @cached_property
    def _session(self) -> "InferenceSession":
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # a question is too short to share out
        options.log_severity_level = 3
        return onnxruntime.InferenceSession(
            str(self._encoder), options, providers=["CPUExecutionProvider"]
        )
