"""What the sentence encoder is worth beside word vectors: python -m evals.meaning XQUAD_FOLDER

By the vectors alone, nothing else: visitors' questions (visitors.jsonl) against the English
sentences of the articles that they are about; and the tuning questions against the corpus'
expected questions and those left open, where a covered question should be nearer to the former.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from evals.questions import load_questions
from evals.xquad import Collection, open_retriever
from ingest.build import read_corpus
from ingest.embedder import SHIPPED, load_embedder
from ingest.embedder.static import StaticEmbedder, Vectors
from ingest.records import LANGUAGES
from ingest.settings import Settings

HERE = Path(__file__).parent
Encode = Callable[[Sequence[str]], Vectors]


def main(arguments: list[str] | None = None) -> int:
    """Print a line for each way to make vectors; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m evals.meaning", description=__doc__)
    parser.add_argument("xquad", type=Path, help="folder with documents.jsonl, questions.jsonl")
    options = parser.parse_args(arguments)
    words, both = StaticEmbedder(SHIPPED), load_embedder()
    width = words.dimensions
    ways: dict[str, Encode] = {
        "word vectors": words.encode_sentences,
        "encoder": lambda texts: both.encode_sentences(texts)[:, width:],
        "both": both.encode_sentences,
    }
    asked = _visitors(Collection(options.xquad))
    for name, encode in ways.items():
        print(f"{name:13}", *(_found(encode, *asked[language]) for language in LANGUAGES), sep="  ")
    for name, encode in ways.items():
        print(f"{name:13}", f"told from those left open: AUROC {_told(encode):.3f}", sep="  ")
    return 0


def _visitors(collection: Collection) -> dict[str, tuple[list[str], list[set[int]], list[str]]]:
    """Return by language the questions, the places of their answers, and the sentences."""
    questions = [q for q in collection.visitors(HERE / "visitors.jsonl") if q.spans]
    with tempfile.TemporaryDirectory() as folder:
        articles = list(dict.fromkeys(q.article for q in questions))
        retriever = open_retriever(collection.ingest(articles, Path(folder), ("en",)))
        sentences = [s for a in retriever.catalog.articles() for s in a.sentences]
        place = {sentence.id: n for n, sentence in enumerate(sentences)}
        right = [{place[i] for i in collection.answering(q, retriever)} for q in questions]
    texts = [sentence.text for sentence in sentences]
    return {
        language: (
            [q.text for q in questions if q.language == language],
            [found for q, found in zip(questions, right, strict=True) if q.language == language],
            texts,
        )
        for language in LANGUAGES
    }


def _found(
    encode: Encode, questions: list[str], right: list[set[int]], sentences: list[str]
) -> str:
    order = np.argsort(-(encode(questions) @ encode(sentences).T), axis=1)
    first, third = (
        np.mean([not found.isdisjoint(row[:n]) for found, row in zip(right, order, strict=True)])
        for n in (1, 3)
    )
    return f"{len(questions)} questions: first {first:.3f}, in three {third:.3f}"


def _told(encode: Encode) -> float:
    """Return how often a covered question leans more to the expected than an uncovered one."""
    settings = Settings.from_environment()
    faces = read_corpus(settings.corpus, load_embedder()).questions.faces
    led = encode([face.text for face in faces if face.sentence_id])
    left_open = encode([face.text for face in faces if not face.sentence_id])
    asked = [q for q in load_questions(HERE / "tuning.jsonl", "all") if not q.history]
    covered = encode([q.question for q in asked if q.expects_answer])
    other = encode([q.question for q in asked if q.expects_refusal])
    lean, less = (
        (part @ led.T).max(axis=1) - (part @ left_open.T).max(axis=1) for part in (covered, other)
    )
    pairs = lean[:, None] - less
    return float(((pairs > 0) + 0.5 * (pairs == 0)).mean())


if __name__ == "__main__":
    sys.exit(main())
