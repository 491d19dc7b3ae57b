"""Retrieval on any collection in BEIR's format, by method and by language direction.

    corpus.jsonl    {"_id", "title", "text", "lang"?}
    queries.jsonl   {"_id", "text", "lang"?}
    qrels/test.tsv  query-id, corpus-id, score, with a header line

Methods: lexical (BM25 over stems), dense (the embedder's cosine) and hybrid (what the assistant
does: `ingest.bilingual.rank_passages` over what dense vectors and expanded words find). A
direction is the question's language → the passages' language, or → both in one index.
https://github.com/beir-cellar/beir
"""

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evals.bm25 import BM25
from ingest.bilingual import Lexicon, Passage, ask, rank_passages
from ingest.embedder import Embedder
from ingest.language import detect
from ingest.lexical import LexicalIndex
from ingest.sentences import sentence_spans

METHODS = ("lexical", "dense", "hybrid")
METRICS = ("nDCG@10", "recall@5", "MRR@10", "hit@1")
DEPTH = 100  # passages that each way of finding hands to the hybrid's ranking
RESAMPLES = 10_000
SEED = 0

Ranker = Callable[[str, str], list[str]]  # question, its language -> passage ids, best first


@dataclass(frozen=True, slots=True)
class Text:
    """A question or a passage."""

    id: str
    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Collection:
    """A BEIR folder: passages, questions, and which passages answer which question."""

    passages: tuple[Text, ...]
    questions: tuple[Text, ...]
    relevant: Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Figure:
    """A metric's mean over `questions`, with its 95 % percentile-bootstrap interval."""

    method: str
    direction: str
    metric: str
    value: float
    low: float
    high: float
    questions: int


def run(folder: Path, embedder: Embedder, methods: Sequence[str] = METHODS) -> list[Figure]:
    """Every method, direction and metric of a BEIR folder; raises ValueError for what is wrong."""
    unknown = set(methods) - set(METHODS)
    if unknown:
        raise ValueError(f"Unknown method {sorted(unknown)}; expected some of {METHODS}.")
    collection = read_collection(folder)
    figures = []
    with tempfile.TemporaryDirectory() as scratch:
        for direction, questions, passages in directions(collection):
            held = {passage.id for passage in passages}
            for method in methods:
                rank = _RANKERS[method](passages, embedder, Path(scratch) / direction)
                rows = [
                    grades(rank(q.text, q.language), collection.relevant[q.id] & held)
                    for q in questions
                ]
                figures += _figures(method, direction, np.array(rows))
    return figures


def read_collection(folder: Path) -> Collection:
    """A BEIR folder, with languages detected where they are not given."""
    passages = tuple(_texts(folder / "corpus.jsonl"))
    relevant: dict[str, set[str]] = {}
    for line in (folder / "qrels" / "test.tsv").read_text("utf-8").splitlines()[1:]:
        question, passage, grade = line.split("\t")
        if int(grade) > 0:
            relevant.setdefault(question, set()).add(passage)
    questions = tuple(q for q in _texts(folder / "queries.jsonl") if q.id in relevant)
    if not questions:
        raise ValueError(f"{folder}: no question in queries.jsonl has a passage in qrels/test.tsv.")
    return Collection(passages, questions, {q: frozenset(p) for q, p in relevant.items()})


def _texts(path: Path) -> Iterator[Text]:
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        text = " ".join(part for part in (row.get("title", ""), row["text"]) if part)
        language = row.get("lang") or max(found := detect(text), key=lambda name: found[name])
        yield Text(row["_id"], text, language)


def directions(
    collection: Collection,
) -> Iterator[tuple[str, list[Text], list[Text]]]:
    """(name, questions, passages) for each pair of languages that has an answer."""
    held = sorted({passage.language for passage in collection.passages})
    for asked in sorted({question.language for question in collection.questions}):
        mixed = [("both", held)] if len(held) > 1 else []
        for name, languages in [*((language, [language]) for language in held), *mixed]:
            passages = [p for p in collection.passages if p.language in languages]
            ids = {passage.id for passage in passages}
            questions = [
                question
                for question in collection.questions
                if question.language == asked and collection.relevant[question.id] & ids
            ]
            if questions:
                yield f"{asked}→{name}", questions, passages


def grades(ranked: Sequence[str], relevant: frozenset[str]) -> tuple[float, ...]:
    """The METRICS of one ranking; the ideal of nDCG@10 has min(10, relevant) hits in front."""
    hits = [rank for rank, passage in enumerate(ranked[:10], start=1) if passage in relevant]
    gain = sum(1 / np.log2(rank + 1) for rank in hits)
    ideal = sum(1 / np.log2(rank + 1) for rank in range(1, min(10, len(relevant)) + 1))
    recall = sum(rank <= 5 for rank in hits) / len(relevant)
    return gain / ideal, recall, 1 / hits[0] if hits else 0.0, float(hits[:1] == [1])


def interval(values: NDArray[np.floating]) -> tuple[float, float]:
    """95 % percentile-bootstrap interval of the mean: 10,000 resamples, fixed seed."""
    random = np.random.default_rng(SEED)
    means = np.concatenate(
        [
            values[random.integers(0, len(values), (500, len(values)))].mean(axis=1)
            for _ in range(RESAMPLES // 500)
        ]
    )
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)


def _figures(method: str, direction: str, rows: NDArray[np.floating]) -> list[Figure]:
    return [
        Figure(method, direction, metric, float(values.mean()), *interval(values), len(values))
        for metric, values in zip(METRICS, rows.T, strict=True)
    ]


def _lexical(passages: Sequence[Text], _embedder: Embedder, _scratch: Path) -> Ranker:
    index = BM25([(passage.text, passage.language) for passage in passages])

    def rank(question: str, language: str) -> list[str]:
        return [passages[i].id for i in index.best(question, language, 10)]

    return rank


def _dense(passages: Sequence[Text], embedder: Embedder, _scratch: Path) -> Ranker:
    matrix = embedder.encode_passages([passage.text for passage in passages])

    def rank(question: str, _language: str) -> list[str]:
        scores = matrix @ embedder.encode_queries([question])[0]
        return [passages[i].id for i in np.argsort(-scores, kind="stable")[:10]]

    return rank


def _hybrid(passages: Sequence[Text], embedder: Embedder, scratch: Path) -> Ranker:
    languages = sorted({passage.language for passage in passages})
    lexicons = {
        name: Lexicon.of_texts((p.text for p in passages if p.language == name), name, embedder)
        for name in languages
    }
    prepared = [
        Passage.of_sentences(_sentences(p.text), lexicons[p.language], embedder) for p in passages
    ]
    matrix = np.stack([passage.vectors[0] for passage in prepared])
    LexicalIndex.write(
        scratch,
        ((str(i), p.language, p.text) for i, p in enumerate(passages)),  # type: ignore[misc]
    )
    lexical = LexicalIndex(scratch)

    def rank(question: str, language: str) -> list[str]:
        asked = ask(question, language, list(lexicons.values()), embedder)
        found = set(np.argsort(-(matrix @ asked.vector), kind="stable")[:DEPTH].tolist())
        for name in languages:
            hits = lexical.search(name, asked.expanded(name), DEPTH)  # type: ignore[arg-type]
            found.update(int(identity) for identity, _ in hits)
        candidates = sorted(found)
        scores = rank_passages(asked, [prepared[i] for i in candidates])
        return [passages[candidates[i]].id for i in np.argsort(-scores, kind="stable")[:10]]

    return rank


def _sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


_RANKERS: dict[str, Callable[[Sequence[Text], Embedder, Path], Ranker]] = {
    "lexical": _lexical,
    "dense": _dense,
    "hybrid": _hybrid,
}


def table(figures: Sequence[Figure]) -> str:
    """The figures as a Markdown table: a row for each direction and metric, a column a method."""
    methods = list(dict.fromkeys(figure.method for figure in figures))
    lines = [f"| direction | metric | {' | '.join(methods)} |", "|" + "---|" * (len(methods) + 2)]
    cells = {(f.direction, f.metric, f.method): f for f in figures}
    for direction, metric in dict.fromkeys((f.direction, f.metric) for f in figures):
        row = [cells[direction, metric, method] for method in methods]
        shown = " | ".join(f"{f.value:.3f} [{f.low:.3f}, {f.high:.3f}]" for f in row)
        lines.append(f"| {direction} ({row[0].questions}) | {metric} | {shown} |")
    return "\n".join(lines)
