"""The student: word vectors that, summed over a text, point where the teacher's vector does.

While it learns, a piece's vector is the sum of its own and those of its stems and letter n-grams
(as in fastText, Bojanowski et al. 2017, https://arxiv.org/abs/1607.04606), so that "bedrijven"
learns from "bedrijf". Afterwards the sums are written down, one vector for each piece.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.embedder.extras import import_extra
from ingest.embedder.lesson import Lesson, Words
from ingest.embedder.static import Vectors
from ingest.embedder.vocabulary import Vocabulary

Ids = NDArray[np.int64]

NGRAM_WEIGHT = 0.3  # of a letter n-gram's vector beside that of the whole piece or a stem
RARE = 1e-3  # a / (a + share): the weight of a word by its share of all words (Arora et al. 2017)
LIGHTEST = 0.1  # … but no word is lighter than this
SHORT = {1: 0.15, 2: 0.3, 3: 0.6}  # weight of word parts of so many letters, that say little
CUT = 0.1  # share of words that are read in pieces, so that pieces learn to stand for words


@dataclass(frozen=True)
class Plan:
    """How to train. Defaults are what the shipped model was trained with."""

    epochs: int = 5
    pairs: int = 512  # in a batch; their in-batch negatives are each other's
    rate: float = 0.008  # falls linearly to almost nothing
    similarity_temperature: float = 0.05
    translation_temperature: float = 0.05
    translation_weight: float = 0.3
    alike: float = 0.8  # texts the teacher finds more alike are not each other's negatives
    seed: int = 0
    threads: int = 1  # a second one gains little: most of the work is look-ups


class Student:
    """The vectors being learned."""

    def __init__(self, vocabulary: Vocabulary, dimensions: int, plan: Plan) -> None:
        self._torch = import_extra("torch", "train")
        self._torch.manual_seed(plan.seed)
        self._torch.set_num_threads(plan.threads)
        self._random = np.random.default_rng(plan.seed)
        self._pieces = len(vocabulary.pieces)
        self._lists, weights = _feature_lists(vocabulary)
        self._starts = np.cumsum([0, *map(len, self._lists)])
        self._flat = np.concatenate(self._lists)
        self._vectors = np.zeros((len(weights), dimensions), np.float32)
        self._feature_weights = self._torch.from_numpy(weights)
        self._piece_weights = self._torch.from_numpy(piece_weights(vocabulary))

    def start_from(self, lesson: Lesson, words: Words, targets: Vectors) -> None:
        """Each feature starts as the mean target of the short texts that have it."""
        counts = np.zeros(len(self._vectors), np.float32)
        for side in (lesson.english, lesson.dutch):
            for ids, rows in zip(side, lesson.targets, strict=True):
                if len(ids) <= 2:
                    for piece in (piece for word in ids for piece in words.whole[word]):
                        features = self._lists[piece]
                        self._vectors[features] += targets[rows].mean(axis=0)
                        counts[features] += 1
        self._vectors *= 0.4 / (counts[:, None] + 1)
        noise = self._random.normal(scale=0.01, size=self._vectors.shape)
        self._vectors += noise.astype(np.float32)

    def train(self, lesson: Lesson, words: Words, targets: Vectors, plan: Plan) -> None:
        """Learn; prints the losses and the minutes after each epoch."""
        torch = self._torch
        self._parameter = torch.nn.Parameter(torch.from_numpy(self._vectors))
        optimiser = torch.optim.SparseAdam([self._parameter], lr=plan.rate, betas=(0.9, 0.99))
        known = torch.from_numpy(targets)
        steps = -(-len(lesson.english) // plan.pairs)
        begun = time.monotonic()
        for epoch in range(plan.epochs):
            total = np.zeros(3)
            for step, (pairs, alone) in enumerate(self._batches(lesson, steps, plan.pairs)):
                share = (epoch * steps + step) / (plan.epochs * steps)
                optimiser.param_groups[0]["lr"] = plan.rate * max(0.02, 1 - share)
                losses = self._losses(lesson, words, known, pairs, alone, plan)
                optimiser.zero_grad()
                (losses[0] + 0.5 * losses[1] + plan.translation_weight * losses[2]).backward()
                optimiser.step()
                total += [float(loss.detach()) for loss in losses]
            shown = "cosine {:.4f}  similarities {:.4f}  translation {:.4f}".format(*total / steps)
            minutes = (time.monotonic() - begun) / 60
            print(f"epoch {epoch + 1}: {shown}  {minutes:.1f} min", flush=True)

    def vectors(self) -> Vectors:
        """(pieces, dimensions): the finished vector of each piece; its length is its weight."""
        with self._torch.no_grad():
            parts = [
                self._piece_vectors(np.arange(start, min(self._pieces, start + 8192))).numpy()
                for start in range(0, self._pieces, 8192)
            ]
        return np.concatenate(parts)

    def _batches(self, lesson: Lesson, steps: int, size: int) -> Iterator[tuple[Ids, Ids]]:
        pairs = self._random.permutation(len(lesson.english))
        alone = np.array_split(self._random.permutation(len(lesson.alone)), steps)
        for step in range(steps):
            yield pairs[step * size : (step + 1) * size], alone[step]

    def _losses(
        self, lesson: Lesson, words: Words, known: Any, pairs: Ids, alone: Ids, plan: Plan
    ) -> tuple[Any, Any, Any]:
        """Cosine to the target; the batch's similarities against the teacher's; translation.

        The last is InfoNCE both ways (van den Oord et al. 2018): each text must be nearer to its
        own translation than to the others in the batch.
        """
        torch, functional = self._torch, self._torch.nn.functional
        texts = [lesson.english[i] for i in pairs] + [lesson.dutch[i] for i in pairs]
        found = self._encode(texts + [lesson.alone[i] for i in alone], words)
        wanted = functional.normalize(known[lesson.targets[pairs]].sum(1), dim=1)
        target = torch.cat([wanted, wanted, known[lesson.alone_targets[alone]]])
        cosine = 1 - (found * target).sum(1).mean()

        heat = plan.similarity_temperature
        theirs = functional.log_softmax(target @ target.T / heat, 1)
        ours = functional.log_softmax(found @ target.T / heat, 1)
        similarities = (theirs.exp() * (theirs - ours)).sum(1).mean()

        number = len(pairs)
        scores = found[:number] @ found[number : 2 * number].T / plan.translation_temperature
        own = torch.eye(number, dtype=torch.bool)
        scores = scores.masked_fill((wanted @ wanted.T > plan.alike) & ~own, -1e4)
        right = torch.arange(number)
        forth = functional.cross_entropy(scores, right)
        back = functional.cross_entropy(scores.T, right)
        return cosine, similarities, (forth + back) / 2

    def _encode(self, texts: Sequence[Ids], words: Words) -> Any:
        """(texts, dimensions), rows of length 1."""
        torch, functional = self._torch, self._torch.nn.functional
        pieces: list[int] = []
        offsets = []
        for ids in texts:
            offsets.append(len(pieces))
            for word, chance in zip(ids, self._random.random(len(ids)), strict=True):
                pieces += words.cut[word] if chance < CUT else words.whole[word]
        unique, places = np.unique(np.array(pieces), return_inverse=True)
        sums = functional.embedding_bag(
            torch.from_numpy(places), self._piece_vectors(unique), torch.tensor(offsets), mode="sum"
        )
        return functional.normalize(sums, dim=1)

    def _piece_vectors(self, pieces: Ids) -> Any:
        """(pieces, dimensions): the direction of the sum of a piece's features, by its weight."""
        torch, functional = self._torch, self._torch.nn.functional
        sizes = self._starts[pieces + 1] - self._starts[pieces]
        offsets = np.cumsum(sizes) - sizes
        places = np.repeat(self._starts[pieces] - offsets, sizes) + np.arange(sizes.sum())
        features = torch.from_numpy(self._flat[places])
        sums = functional.embedding_bag(
            features,
            self._parameter,
            torch.from_numpy(offsets),
            mode="sum",
            per_sample_weights=self._feature_weights[features],
            sparse=True,
        )
        return functional.normalize(sums, dim=1) * self._piece_weights[pieces, None]


def piece_weights(vocabulary: Vocabulary) -> Vectors:
    """(pieces,): how much a piece counts in a text's sum; frequent words and short parts little."""
    counts = np.array([max(1, vocabulary.counts.get(piece, 0)) for piece, _ in vocabulary.pieces])
    share = counts / counts.sum()
    weights: Vectors = np.maximum(RARE / (RARE + share), LIGHTEST).astype(np.float32)
    for index, (piece, _) in enumerate(vocabulary.pieces):
        if piece not in vocabulary.counts:
            weights[index] *= SHORT.get(len(piece), 1.0)
    return weights


def _feature_lists(vocabulary: Vocabulary) -> tuple[list[Ids], Vectors]:
    """For each piece the numbers of its features, itself first; the weight of each feature."""
    numbers: dict[str, int] = {}
    first = len(vocabulary.pieces)
    lists = []
    for index, features in enumerate(vocabulary.features()):
        shared = [numbers.setdefault(feature, first + len(numbers)) for feature in features]
        lists.append(np.array([index, *shared], np.int64))
    ngrams = [number for feature, number in numbers.items() if "_" not in feature]
    weights = np.ones(first + len(numbers), np.float32)
    weights[ngrams] = NGRAM_WEIGHT
    return lists, weights
