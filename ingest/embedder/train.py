"""Trains the shipped embedder: python -m ingest.embedder.train --data DIR --out DIR

Reads the three files named in corpus.py, asks the teacher for the vectors of the English texts,
trains the student on them and on their Dutch translations, and writes a model2vec model. Takes
about 12 minutes on two cores, 7 of them the teacher's, and 4 GB. Needs the extra: pip install
'.[train]'
"""

import argparse
import random
import time
from pathlib import Path

import numpy as np

from ingest.embedder.corpus import read_corpus, read_pairs
from ingest.embedder.export import LIMIT, write_model
from ingest.embedder.lesson import Words, lesson_of, taught_texts
from ingest.embedder.static import StaticEmbedder
from ingest.embedder.student import Plan, Student
from ingest.embedder.teacher import Teacher, principal_components
from ingest.embedder.vocabulary import build_vocabulary

DIMENSIONS = 256
ROWS = 49_000  # 49,000 rows of 256 bytes and 3 MB of pieces stay below 16 MB
TRANSLATIONS = 2000  # sentences among which a translation must be found


def train(
    data: Path, out: Path, plan: Plan, dimensions: int, rows: int, cache: Path | None
) -> None:
    """The whole line, from texts to a folder."""
    begun = time.monotonic()
    teacher = Teacher()
    corpus = read_corpus(data, teacher.ranks)
    vocabulary = build_vocabulary(corpus, teacher.ranks)
    print(
        f"{len(corpus.entries)} dictionary entries, {len(corpus.pairs)} pairs of texts, "
        f"{len(corpus.inflected)} pairs of inflected words; {len(vocabulary.pieces)} pieces"
    )
    texts = taught_texts(corpus, list(teacher.ranks))
    targets = principal_components(_taught(teacher, texts, cache), dimensions)
    print(f"{len(texts)} texts taught after {(time.monotonic() - begun) / 60:.1f} min", flush=True)
    words = Words(vocabulary)
    lesson = lesson_of(corpus, texts, teacher.ranks, words)
    student = Student(vocabulary, dimensions, plan)
    student.start_from(lesson, words, targets)
    student.train(lesson, words, targets, plan)
    size = write_model(out, vocabulary, student.vectors(), corpus, rows)
    print(f"{out}: {size / 1e6:.2f} MB (at most {LIMIT / 1e6:.0f})")
    print(f"trained in {(time.monotonic() - begun) / 60:.1f} min")


def _taught(teacher: Teacher, texts: list[str], cache: Path | None) -> np.ndarray:
    """The teacher's vectors, kept in `cache` between runs of the same texts."""
    if cache and cache.exists():
        stored = np.load(cache, allow_pickle=False)
        if stored["texts"].tolist() == texts:
            return np.asarray(stored["vectors"], np.float32)
    vectors = teacher.encode(texts).astype(np.float16)
    if cache:
        np.savez(cache, texts=np.array(texts), vectors=vectors)
    return vectors.astype(np.float32)


def measure(model: Path, pairs: Path) -> tuple[float, float]:
    """Share of 2,000 sentences whose translation is nearest: English → Dutch, Dutch → English.

    A seeded sample of the pairs in which neither sentence was seen before.
    """
    seen: set[str] = set()
    kept = []
    for pair in read_pairs(pairs):
        if seen.isdisjoint(pair):
            kept.append(pair)
            seen.update(pair)
    kept = random.Random(0).sample(kept, min(TRANSLATIONS, len(kept)))
    embedder = StaticEmbedder(model)
    english = embedder.encode_passages([pair[0] for pair in kept])
    dutch = embedder.encode_passages([pair[1] for pair in kept])
    alike, own = english @ dutch.T, np.arange(len(kept))
    return float((alike.argmax(1) == own).mean()), float((alike.argmax(0) == own).mean())


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--data", type=Path, help="folder with the three training files")
    parser.add_argument("--out", type=Path, required=True, help="folder of the model")
    parser.add_argument("--pairs", type=Path, help="English tab Dutch sentences, to measure with")
    parser.add_argument("--epochs", type=int, default=Plan.epochs, help="%(default)s")
    parser.add_argument("--seed", type=int, default=Plan.seed, help="%(default)s")
    parser.add_argument("--threads", type=int, default=Plan.threads, help="%(default)s")
    parser.add_argument("--dimensions", type=int, default=DIMENSIONS, help="%(default)s")
    parser.add_argument("--rows", type=int, default=ROWS, help="different vectors, %(default)s")
    parser.add_argument("--cache", type=Path, help="file to keep the teacher's vectors in")
    given = parser.parse_args()
    if given.data:
        plan = Plan(epochs=given.epochs, seed=given.seed, threads=given.threads)
        train(given.data, given.out, plan, given.dimensions, given.rows, given.cache)
    if given.pairs:
        there, back = measure(given.out, given.pairs)
        print(
            f"translation among {TRANSLATIONS}: English→Dutch {there:.4f}, Dutch→English {back:.4f}"
        )


if __name__ == "__main__":
    main()
