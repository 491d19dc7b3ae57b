"""What the sentence encoder is worth beside word vectors: python -m evals.meaning XQUAD_FOLDER

By the vectors alone, nothing else. How often a question's nearest sentence, and one of the five
nearest, answers it: XQuAD's questions in each of its two languages, and the same articles asked
in visitors' own words (visitors.jsonl), among the sentences of their article; and the questions
of elsewhere/ among the sentences of all ten articles. And how often a covered question's nearest
sentence is nearer than that of a near miss, a question that its article only seems to answer.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from evals.questions import load_questions
from evals.xquad import Collection, Marked
from ingest.build import read_corpus
from ingest.embedder import SHIPPED, Embedder, load_embedder
from ingest.embedder.static import StaticEmbedder
from ingest.records import LANGUAGES, Language
from ingest.sentences import sentence_spans

HERE = Path(__file__).parent
NEAR_MISS = ("near", "unanswerable-near")


@dataclass(frozen=True, slots=True)
class Place:
    """A sentence, and where it stands: in a collection of one article, or of all."""

    collection: str
    passage: str
    language: Language
    text: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, the collection it is asked of, and what answers it: nothing, if uncovered."""

    collection: str
    language: Language
    text: str
    kind: str
    right: frozenset[int]


Table = tuple[list[Place], list[Asked]]


def main(arguments: list[str] | None = None) -> int:
    """Print a line for each set and direction, each way to make vectors beside the other."""
    parser = argparse.ArgumentParser(prog="python -m evals.meaning", description=__doc__)
    parser.add_argument("xquad", type=Path, help="folder with documents.jsonl, questions.jsonl")
    options = parser.parse_args(arguments)
    ways: tuple[Embedder, ...] = (StaticEmbedder(SHIPPED), load_embedder())
    collection = Collection(options.xquad)
    sets = {
        "XQuAD": _marked(collection, collection.questions),
        "visitors' words": _marked(collection, collection.visitors(HERE / "visitors.jsonl")),
        "elsewhere": _elsewhere(HERE / "elsewhere"),
    }
    print(f"{'':36}{'word vectors':>15}{'encoder':>15}")
    for name, table in sets.items():
        found = [dict(_lines(way, *table)) for way in ways]
        for line in found[0]:
            print(f"{name:16} {line:19}", *(f"{one[line]:>14}" for one in found))
    return 0


def _marked(collection: Collection, questions: Sequence[Marked]) -> Table:
    """Return the sentences of XQuAD's passages, and its questions or visitors' about them."""
    places = [
        Place(p.article, p.id, p.language, p.text[start:end])
        for p in collection.passages.values()
        for start, end in sentence_spans(p.text)
    ]
    rows: dict[str, list[int]] = {}
    for row, place in enumerate(places):
        rows.setdefault(place.passage, []).append(row)
    asked = [
        Asked(q.article, q.language, q.text, q.kind, frozenset(_holding(q, places, rows)))
        for q in questions
    ]
    return places, asked


def _holding(
    question: Marked, places: Sequence[Place], rows: dict[str, list[int]]
) -> Iterator[int]:
    for passage, span in question.spans:
        yield from (row for row in rows.get(passage, ()) if span in places[row].text)


def _elsewhere(folder: Path) -> Table:
    """Return the sentences of the ten articles, and the questions that stand on their own."""
    articles = read_corpus(folder, StaticEmbedder(SHIPPED)).articles
    places = [Place("", a.id, a.language, s.text) for a in articles for s in a.sentences]
    asked = []
    for q in load_questions(folder / "questions.jsonl", "all"):
        if q.history:
            continue
        passages = q.evidence if q.expects_answer else ()
        right = {
            n for n, p in enumerate(places) if any(p.text in e or e in p.text for e in passages)
        }
        asked.append(Asked("", q.lang, q.question, q.kind, frozenset(right)))
    return places, asked


def _lines(way: Embedder, places: list[Place], asked: list[Asked]) -> Iterator[tuple[str, str]]:
    """Yield (what, figure) for each direction, and for the near misses."""
    alike = (
        way.encode_questions([q.text for q in asked])
        @ way.encode_sentences([p.text for p in places]).T
    )
    own = np.array([[p.collection == q.collection for p in places] for q in asked])
    alike[~own] = -1.0
    for language in LANGUAGES:
        for other in LANGUAGES:
            there = np.array([p.language == other for p in places])
            firsts, fives = [], []
            for row, q in zip(alike, asked, strict=True):
                right = {n for n in q.right if there[n]}
                if q.language == language and right:
                    order = np.argsort(-np.where(there, row, -2.0), kind="stable")[:5].tolist()
                    firsts.append(order[0] in right)
                    fives.append(not right.isdisjoint(order))
            if firsts:
                shares = f"{np.mean(firsts):.2f} / {np.mean(fives):.2f}"
                yield f"{language} → {other} ({len(firsts)})", shares
    best = alike.max(axis=1)
    covered = best[[bool(q.right) for q in asked]]
    misses = best[[q.kind in NEAR_MISS for q in asked]]
    if len(misses):
        pairs = covered[:, None] - misses
        yield "told from near", f"{((pairs > 0) + 0.5 * (pairs == 0)).mean():.2f}"


if __name__ == "__main__":
    sys.exit(main())
