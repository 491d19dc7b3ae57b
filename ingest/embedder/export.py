"""Writes a trained student as a model2vec model of at most 16 MB.

Rows are int8 with a scale for each piece. Pieces that mean nearly the same (forms of a word, a word
and its translation) share a row, which model2vec's `mapping` allows; each keeps its own weight.
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ingest.embedder.corpus import Corpus
from ingest.embedder.extras import import_extra
from ingest.embedder.static import APOSTROPHES, WORD_PATTERN, Vectors, fold
from ingest.embedder.vocabulary import Vocabulary

LIMIT = 16_000_000  # bytes of the whole folder
BIGGEST_FAMILY = 30  # a stem that more pieces share says little about their being alike
LOOSENESS = 0.05  # what merged groups may lie further apart than the two pieces that join them

Ids = NDArray[np.int64]


def write_model(
    folder: Path, vocabulary: Vocabulary, vectors: Vectors, corpus: Corpus, rows: int
) -> int:
    """Write config.json, model.safetensors and tokenizer.json; returns their size in bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    directions, mapping = share_rows(vectors, alike_pairs(vocabulary, corpus), vocabulary, rows)
    largest = np.abs(directions).max(axis=1)
    scale = np.where(largest > 0, largest / 127, 1).astype(np.float32)
    quantised = np.rint(directions / scale[:, None]).astype(np.int8)
    weights = scale[mapping] * np.linalg.norm(vectors, axis=1).astype(np.float32)
    weights[0] = 0.0  # the unknown piece
    import_extra("safetensors.numpy", "train").save_file(
        {"embeddings": quantised, "mapping": mapping.astype(np.int32), "weights": weights},
        folder / "model.safetensors",
    )
    _write_tokenizer(folder / "tokenizer.json", vocabulary)
    config = {
        "model_type": "model2vec",
        "architectures": ["StaticModel"],
        "normalize": True,
        "max_length": None,
        "hidden_dim": quantised.shape[1],
        "embedding_dtype": "int8",
        "vocabulary_quantization": len(quantised),
    }
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    names = ("config.json", "model.safetensors", "tokenizer.json")
    for name in names:
        (folder / name).chmod(0o644)
    return sum((folder / name).stat().st_size for name in names)


def alike_pairs(vocabulary: Vocabulary, corpus: Corpus) -> Ids:
    """(pairs, 2): pieces that may share a row: of one stem, or translations of each other."""
    number = {piece: index for index, (piece, _) in enumerate(vocabulary.pieces)}
    families = defaultdict(list)
    for index, features in enumerate(vocabulary.features()):
        for feature in features:
            if "_" in feature:
                families[feature].append(index)
    pairs = {
        (one, other)
        for members in families.values()
        if len(members) <= BIGGEST_FAMILY
        for one in members
        for other in members
        if one < other
    }
    for english, dutch in _translations(corpus):
        one, other = number.get(fold(english)), number.get(fold(dutch))
        if one is not None and other is not None and one != other:
            pairs.add((min(one, other), max(one, other)))
    return np.array(sorted(pairs), np.int64)


def _translations(corpus: Corpus) -> Iterable[tuple[str, str]]:
    for entry in corpus.entries:
        for translation in entry.translations:
            yield entry.head, translation
    yield from corpus.inflected


def share_rows(
    vectors: Vectors, pairs: Ids, vocabulary: Vocabulary, rows: int
) -> tuple[Vectors, Ids]:
    """(rows, dimensions) directions and (pieces,) the row of each piece.

    The most alike pairs are merged first, until no more than `rows` are left; a merged row points
    where the more frequent pieces did.
    """
    directions = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    alike = np.einsum("ij,ij->i", directions[pairs[:, 0]], directions[pairs[:, 1]])
    weight = np.array([vocabulary.counts.get(piece, 0) + 0.5 for piece, _ in vocabulary.pieces])
    leader = np.arange(len(vectors))
    centres = directions.copy()
    left = len(vectors)

    def find(piece: int) -> int:
        while leader[piece] != piece:
            leader[piece] = leader[leader[piece]]
            piece = int(leader[piece])
        return piece

    for index in np.argsort(-alike, kind="stable"):
        if left <= rows:
            break
        one, other = find(int(pairs[index, 0])), find(int(pairs[index, 1]))
        if one == other or centres[one] @ centres[other] < alike[index] - LOOSENESS:
            continue
        centre = weight[one] * centres[one] + weight[other] * centres[other]
        centres[one] = centre / np.linalg.norm(centre)
        weight[one] += weight[other]
        leader[other] = one
        left -= 1
    roots = np.array([find(piece) for piece in range(len(vectors))])
    kept, mapping = np.unique(roots, return_inverse=True)
    return centres[kept], mapping


def _write_tokenizer(path: Path, vocabulary: Vocabulary) -> None:
    tokenizers = import_extra("tokenizers", "train")
    normalizers, regex = tokenizers.normalizers, tokenizers.Regex
    model = tokenizers.models.Unigram(list(vocabulary.pieces), unk_id=0, byte_fallback=False)
    tokenizer = tokenizers.Tokenizer(model)
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(regex(f"[{APOSTROPHES}]"), "'"),
            normalizers.NFD(),
            normalizers.StripAccents(),
            normalizers.Lowercase(),
        ]
    )
    words = tokenizers.pre_tokenizers.Split(regex(WORD_PATTERN), "removed", invert=True)
    tokenizer.pre_tokenizer = words
    tokenizer.save(str(path), pretty=False)
