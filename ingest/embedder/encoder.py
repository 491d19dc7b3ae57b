"""The shipped sentence encoder: a small transformer that knows what answers a question.

A sum of word vectors does not know what a question asks for; a transformer does. This one is
multilingual-e5-small (Wang et al. 2024, https://arxiv.org/abs/2402.05672), cut down to Dutch and
English by encoder_start.py and taught what answers a question by encoder_tuning.py. Its weights
are int8 in the file and float32 at work, so that a text's vector does not depend on the texts
beside it.
"""

import hashlib
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ingest.embedder.static import StaticEmbedder, Vectors

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

LONGEST = 96  # word pieces of a text that are read; a sentence has some 30
BATCH = 32
WIDTH = 384  # dimensions
HEADS = 12
QUESTION, SENTENCE = "query: ", "passage: "  # what e5 reads before each


class BilingualEmbedder(StaticEmbedder):
    """The static embedder, with vectors of whole sentences and questions from the encoder."""

    def __init__(self, folder: Path, encoder: Path, pieces: Path) -> None:
        super().__init__(folder)
        self._encoder, self._pieces = encoder, pieces

    @cached_property
    def name(self) -> str:
        """Name and content hash of both models."""
        words = StaticEmbedder(self._folder).name.partition("@")[2]
        digest = hashlib.sha256(self._encoder.read_bytes() + self._pieces.read_bytes())
        digest.update(words.encode())
        return f"bilingual-nl-en@{digest.hexdigest()[:12]}"

    def encode_sentences(self, texts: Sequence[str]) -> Vectors:
        """(n, 384), each row of length 1; a text without a letter or digit is a zero row."""
        return self._encoded(SENTENCE, texts)

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """(n, 384), each row of length 1; a text without a letter or digit is a zero row."""
        return self._encoded(QUESTION, texts)

    def _encoded(self, prefix: str, texts: Sequence[str]) -> Vectors:
        known = [n for n, text in enumerate(texts) if any(map(str.isalnum, text))]
        cut = self._cutter.encode_batch([prefix + texts[n] for n in known])
        order = sorted(range(len(known)), key=lambda n: len(cut[n].ids))
        # of like length: little padding; and two are not put in one while a core is idle
        size = min(BATCH, -(-len(order) // (os.cpu_count() or 1)) or 1)
        batches = [order[start : start + size] for start in range(0, len(order), size)]
        vectors = np.zeros((len(texts), WIDTH), np.float32)
        with ThreadPoolExecutor(os.cpu_count()) if len(batches) > 1 else nullcontext() as pool:
            run = pool.map if pool else map
            for batch, found in zip(
                batches, run(self._run, ([cut[n].ids for n in b] for b in batches)), strict=True
            ):
                vectors[[known[n] for n in batch]] = found
        return vectors

    def _run(self, texts: Sequence[Sequence[int]]) -> Vectors:
        shape = len(texts), max(map(len, texts))
        ids, mask = np.zeros(shape, np.int64), np.zeros(shape, np.float32)
        for n, text in enumerate(texts):
            ids[n, : len(text)] = text
            mask[n, : len(text)] = 1.0
        found: Vectors = self._session.run(None, {"ids": ids, "mask": mask})[0]
        return found

    @cached_property
    def _cutter(self) -> "Tokenizer":
        from tokenizers import Tokenizer

        cutter = Tokenizer.from_file(str(self._pieces))
        cutter.enable_truncation(LONGEST)
        return cutter

    @cached_property
    def _session(self) -> "InferenceSession":
        return open_session(self._encoder, threads=1)  # a question is too short to share out


def open_session(model: Path, threads: int) -> "InferenceSession":
    """Return a model of ONNX's format, ready to run on the processor."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
