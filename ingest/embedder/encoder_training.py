"""Trains the sentence encoder: python -m ingest.embedder.encoder_training --data DIR --out FILE

Starts from the teacher's own layers, on the static embedder's word pieces: an English piece takes
the teacher's vector, a Dutch one the mean of those of the nearest English pieces. Then learns to
give each text of the training data, English or Dutch, the teacher's vector of the English. Takes
about half an hour on two cores with bfloat16, and 4 GB. Needs the extra: pip install '.[train]'
"""

import argparse
import random
import re
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ingest.embedder import SHIPPED
from ingest.embedder.corpus import Corpus, Entry, read_corpus
from ingest.embedder.encoder import LONGEST, WIDTH
from ingest.embedder.encoder_export import write_onnx
from ingest.embedder.extras import import_extra
from ingest.embedder.static import StaticEmbedder, Vectors, normalised
from ingest.embedder.teacher import Teacher

PATTERNS = Path(__file__).parent / "patterns.tsv"  # questions with a gap, English and Dutch
ASKED = 30_000  # questions made from them
EVERYDAY = 9_000  # rank in the teacher's vocabulary below which a word fills a gap
WORDS = 45  # of an English text of a pair; longer ones are left out
SWAPPED = 0.7  # share of an explanation's words that are put in Dutch, where the dictionary can
SHORT = 0.25  # share of texts of one or two pieces that are kept: there are too many of them
NEAREST, SHARPNESS = 5, 0.05  # English pieces that a Dutch one starts from, and how unequally
TOKENS = 3500  # in a batch
TEXTS = 256  # … at most
RATE, TABLE_RATE = 6e-5, 7.2e-4  # of the layers, and of the word pieces' vectors
HEAT = 0.05  # temperature of the similarities in a batch


@dataclass(frozen=True, slots=True)
class Lesson:
    """Texts as rows of the static table, and the teacher's vector of each."""

    texts: tuple[tuple[int, ...], ...]
    targets: np.ndarray  # (texts,) rows of `vectors`
    vectors: Vectors


def train(data: Path, out: Path, epochs: float, threads: int) -> None:
    """The whole line, from texts to a file."""
    begun = time.monotonic()
    torch = import_extra("torch", "train")
    torch.manual_seed(0)
    torch.set_num_threads(threads)
    teacher, words = Teacher(), StaticEmbedder(SHIPPED)
    lesson = lesson_of(read_corpus(data, teacher.ranks), teacher, words)
    minutes = (time.monotonic() - begun) / 60
    print(f"{len(lesson.texts)} texts taught after {minutes:.1f} min", flush=True)
    student = beginner(torch, teacher, words)
    student.train(lesson, epochs)
    size = write_onnx(out, student.table, student.marks, student.body)
    print(f"{out}: {size / 1e6:.1f} MB, in {(time.monotonic() - begun) / 60:.1f} min")


def lesson_of(corpus: Corpus, teacher: Teacher, words: StaticEmbedder) -> Lesson:
    """Pairs, dictionary entries, explanations half in Dutch, and questions made by pattern."""
    chance = random.Random(0)
    taught: list[tuple[str, str]] = []  # (text, the English text that it stands for)
    for english, dutch in corpus.pairs:
        if len(english.split()) <= WORDS:
            taught += [(english, english), (dutch, english)]
    dutch_of = _dictionary(corpus)
    for entry in corpus.entries:
        taught.append((entry.head, entry.head))
        taught += [(translation, entry.explained) for translation in entry.translations]
        if entry.gloss:
            mixed = _mixed(entry.explained, dutch_of, chance)
            listed = ", ".join(entry.translations)
            taught += [(text, entry.explained) for text in (entry.explained, mixed, listed)]
            taught.append((entry.gloss, entry.gloss))
    taught += [(word, word) for word in teacher.ranks]
    taught += _questions(corpus, teacher, chance)
    read = [(tuple(words.rows(text)[:LONGEST]), english) for text, english in taught]
    read = [(t, e) for t, e in read if len(t) > 2 or (t and chance.random() < SHORT)]
    row = {english: n for n, english in enumerate(dict.fromkeys(e for _, e in read))}
    vectors = teacher.encode(list(row))
    return Lesson(tuple(t for t, _ in read), np.array([row[e] for _, e in read]), vectors)


def _dictionary(corpus: Corpus) -> dict[str, list[str]]:
    """English word → Dutch words."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for entry in corpus.entries:
        found[entry.head.lower()] += [t for t in entry.translations if " " not in t]
    for english, dutch in corpus.inflected:
        found[english.lower()].append(dutch)
    return {english: dutch for english, dutch in found.items() if dutch}


def _mixed(text: str, dutch_of: dict[str, list[str]], chance: random.Random) -> str:
    """The text with most of its words put in Dutch, in their place."""

    def put(match: re.Match[str]) -> str:
        known = dutch_of.get(match.group().lower(), [])[:3]
        return chance.choice(known) if known and chance.random() < SWAPPED else match.group()

    return re.sub(r"[A-Za-z]+", put, text)


def _questions(
    corpus: Corpus, teacher: Teacher, chance: random.Random
) -> Iterator[tuple[str, str]]:
    """Questions made by filling the gaps of patterns: every other in English, all in Dutch."""
    lines = PATTERNS.read_text(encoding="utf-8").splitlines()
    patterns = [line.split("\t") for line in lines]
    nouns, verbs, adjectives = (_fillers(corpus.entries, teacher, p) for p in ("n", "v", "adj"))
    for number in range(ASKED):
        english, dutch = chance.choice(patterns)
        gaps = [chance.choice(words) for words in (nouns, nouns, verbs, adjectives)]
        asked = english.format(**dict(zip("abvj", (e for e, _ in gaps), strict=True)))
        if number % 2:
            yield asked, asked
        yield dutch.format(**dict(zip("abvj", (d for _, d in gaps), strict=True))), asked


def _fillers(entries: Sequence[Entry], teacher: Teacher, pos: str) -> list[tuple[str, str]]:
    """Everyday words of a part of speech with their first translations."""
    return [
        (entry.head, translation)
        for entry in entries
        if entry.pos == pos and teacher.ranks.get(entry.head, EVERYDAY) < EVERYDAY
        for translation in entry.translations[: 2 if pos == "n" else 1]
        if translation.isalpha()
    ]


class Student:
    """The encoder being learned: layers of a BERT over a table of word pieces.

    `table` is (pieces, 384), `marks` the vectors of a text's two ends.
    """

    def __init__(self, torch: Any, body: Any, table: Vectors, marks: Vectors) -> None:
        self._torch = torch
        self.body = body
        self.table = torch.nn.Parameter(torch.from_numpy(table))
        self.marks = torch.nn.Parameter(torch.from_numpy(marks))

    def layers(self) -> list[Any]:
        """The parameters of the layers, and of the marks."""
        own = [
            parameter
            for name, parameter in self.body.named_parameters()
            if "word_embeddings" not in name and "pooler" not in name
        ]
        return [*own, self.marks]

    def train(self, lesson: Lesson, epochs: float) -> None:
        """Learn; prints the losses every 200 steps."""
        torch, functional = self._torch, self._torch.nn.functional
        chance = random.Random(0)
        targets = torch.from_numpy(lesson.vectors)
        layers = self.layers()
        groups = [{"params": layers, "lr": RATE}, {"params": [self.table], "lr": TABLE_RATE}]
        optimiser = torch.optim.AdamW(groups, weight_decay=0.0, betas=(0.9, 0.98))
        batches = [b for _ in range(int(-(-epochs // 1))) for b in _batches(lesson, chance)]
        batches = batches[: round(len(batches) * epochs / -(-epochs // 1))]
        scheduler = torch.optim.lr_scheduler.LambdaLR(
            optimiser, lambda n: min(1.0, 0.01 + n / 100) * max(0.02, 1 - n / len(batches))
        )
        begun = time.monotonic()
        for step, batch in enumerate(batches, start=1):
            with torch.autocast("cpu", dtype=torch.bfloat16):
                found = self.encode([lesson.texts[n] for n in batch])
            wanted = targets[lesson.targets[batch]]
            cosine = 1 - (found * wanted).sum(1).mean()
            theirs = functional.log_softmax(wanted @ wanted.T / HEAT, 1)
            ours = functional.log_softmax(found @ wanted.T / HEAT, 1)
            similarities = (theirs.exp() * (theirs - ours)).sum(1).mean()
            optimiser.zero_grad()
            (cosine + similarities).backward()
            torch.nn.utils.clip_grad_norm_(layers, 1.0)
            optimiser.step()
            scheduler.step()
            if step % 200 == 0:
                losses = f"cosine {cosine.item():.3f}  similarities {similarities.item():.3f}"
                minutes = (time.monotonic() - begun) / 60
                print(f"{step}/{len(batches)}: {losses}  {minutes:.1f} min", flush=True)

    def encode(self, texts: Sequence[Sequence[int]]) -> Any:
        """(texts, dimensions), rows of length 1."""
        torch = self._torch
        longest = max(map(len, texts)) + 2
        opening = len(self.table)
        ids = torch.full((len(texts), longest), opening + 1)
        mask = torch.zeros(len(texts), longest)
        for n, text in enumerate(texts):
            ids[n, : len(text) + 1] = torch.tensor([opening, *text])
            mask[n, : len(text) + 2] = 1.0
        pieces = torch.nn.functional.embedding(ids, torch.cat([self.table, self.marks]))
        last = self.body(inputs_embeds=pieces, attention_mask=mask).last_hidden_state.float()
        mean = (last * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        return torch.nn.functional.normalize(mean, dim=1)


def beginner(torch: Any, teacher: Teacher, words: StaticEmbedder) -> Student:
    """The teacher's layers over the static model's word pieces, before anything is learned."""
    body = teacher.layers()
    taught = body.embeddings.word_embeddings.weight.detach().numpy()
    marks = taught[[teacher.numbers["[CLS]"], teacher.numbers["[SEP]"]]].copy()
    return Student(torch, body, _starting_table(words, teacher.numbers, taught), marks)


def _starting_table(words: StaticEmbedder, numbers: dict[str, int], taught: Vectors) -> Vectors:
    """(rows, 384): the teacher's vector of a row's most frequent English piece, or of the nearest.

    BERT lists the most frequent pieces first.
    """
    first: dict[int, int] = {}
    for piece, row in words.pieces():
        if piece in numbers:
            first[row] = min(first.get(row, len(numbers)), numbers[piece])
    directions = normalised(words.table.astype(np.float32))
    known = np.array(list(first))
    vectors = taught[list(first.values())]
    table = np.zeros((len(directions), WIDTH), np.float32)
    for start in range(0, len(table), 2048):
        alike = directions[start : start + 2048] @ directions[known].T
        best = np.argpartition(-alike, NEAREST, axis=1)[:, :NEAREST]
        share = np.exp(np.take_along_axis(alike, best, axis=1) / SHARPNESS)
        share /= share.sum(axis=1, keepdims=True)
        table[start : start + 2048] = (vectors[best] * share[..., None]).sum(axis=1)
    table[known] = vectors
    return table


def _batches(lesson: Lesson, chance: random.Random) -> list[list[int]]:
    """All texts once, in batches of like length, in random order."""
    order = list(range(len(lesson.texts)))
    chance.shuffle(order)
    order.sort(key=lambda n: len(lesson.texts[n]))  # stable: random among equals
    batches: list[list[int]] = [[]]
    for n in order:
        if len(batches[-1]) == TEXTS or (len(batches[-1]) + 1) * len(lesson.texts[n]) > TOKENS:
            batches.append([])
        batches[-1].append(n)
    chance.shuffle(batches)
    return batches


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m ingest.embedder.encoder_training",
        description="Train the sentence encoder that ships with the package.",
    )
    parser.add_argument("--data", type=Path, required=True, help="folder with the training data")
    parser.add_argument("--out", type=Path, required=True, help="ONNX file to write")
    parser.add_argument("--epochs", type=float, default=1.6, help="passes over the texts (1.6)")
    parser.add_argument("--threads", type=int, default=2, help="CPU threads (2)")
    return parser


if __name__ == "__main__":
    options = _parser().parse_args()
    train(options.data, options.out, options.epochs, options.threads)
