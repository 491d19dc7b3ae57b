"""The shipped entailment model: does a piece of evidence support a claim, in either language?

Six layers of the sentence encoder that read claim and evidence together, taught on claims that
were written about other articles (evals/entailment_tuning.py, after the task of Dagan et al.
2006). Its table of word pieces is the encoder's: entailment.onnx points into encoder.onnx, which
must stand beside it.
"""

import os
from collections.abc import Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ingest.embedder.encoder import open_session
from ingest.embedder.static import Vectors

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

CLAIM, EVIDENCE = 64, 96  # word pieces that are read


class Entailment:
    """Safe to use from several threads; loads its files at the first question."""

    def __init__(self, model: Path, pieces: Path) -> None:
        self._model, self._pieces = model, pieces

    def logits(self, claim: str, evidence: Sequence[str]) -> Vectors:
        """(n,) log-odds that each piece of evidence, by itself, supports the claim."""
        if not evidence:
            return np.zeros(0, np.float32)
        first, *others = (cut.ids for cut in self._cutter.encode_batch([claim, *evidence]))
        first, others = first[:CLAIM], [ids[:EVIDENCE] for ids in others]
        shape = len(others), len(first) + max(map(len, others))
        ids, places = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        mask, mine = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
        mine[:, : len(first)] = 1.0
        for n, other in enumerate(others):
            whole = len(first) + len(other)
            ids[n, :whole] = first + other
            places[n, :whole] = [*range(len(first)), *range(len(other))]
            mask[n, :whole] = 1.0
        given = {"ids": ids, "places": places, "mask": mask, "claim": mine}
        found: Vectors = self._session.run(None, given)[0]
        return found

    @cached_property
    def _cutter(self) -> "Tokenizer":
        from tokenizers import Tokenizer

        return Tokenizer.from_file(str(self._pieces))

    @cached_property
    def _session(self) -> "InferenceSession":
        return open_session(self._model, threads=min(2, os.cpu_count() or 1))  # one text at a time


@cache
def load_entailment() -> Entailment:
    """The shipped model, once a process."""
    folder = Path(__file__).parent
    return Entailment(folder / "entailment.onnx", folder / "encoder_pieces.json")
