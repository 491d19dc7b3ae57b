"""Fit the weights of assistant/score.py, and print them: python -m evals.tune XQUAD_FOLDER

XQuAD (documents.jsonl and questions.jsonl, as converted for this project) marks the answer in
each passage, in both languages, so the sentence that holds it is known. Its articles are ingested
like any corpus; one half of them fits the weights, the other half is only reported. A question
whose answering sentences are taken away is one that the articles nearly cover, which is what a
confidence must tell from a covered one. The expected questions' weight can't be learned there;
for it the tuning half of the eval file joins in, and evals/tuning.jsonl; the gate half never.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from assistant.choose import in_doubt
from assistant.query import main_part, question_parts
from assistant.records import Evidence
from assistant.retrieve import Retriever
from assistant.score import CONFIDENCE, WEIGHTS
from evals.questions import load_questions
from ingest.build import ensure_index
from ingest.embedder import load_embedder
from ingest.facts import names
from ingest.index import open_index
from ingest.settings import Settings
from ingest.words import is_content

TOP = 40  # candidates of a question that the ranking is fitted on
SHRINK = 0.0003  # ridge penalty
STEPS = 25  # of Newton's method; it settles in eight
DESCENTS = 400


@dataclass(frozen=True, slots=True)
class Asked:
    """A question's candidates, best first, and which of them answer it."""

    group: str
    candidates: tuple[Evidence, ...]
    right: tuple[bool, ...]
    swapped: tuple[Evidence, ...] = ()  # candidates of the question with another's name in it


def main(arguments: list[str] | None = None) -> int:
    """Fit and print; return the exit status."""
    options = _parser().parse_args(arguments)
    sets = {f"xquad {half}": list(xquad(options.xquad, half)) for half in (0, 1)}
    sets["own tuning half"] = list(own(options.questions, options.more))
    fitted = _ranking(sets["xquad 0"])
    print("WEIGHTS =", _rounded(fitted))
    for name, asked in sets.items():
        now, new = _first(asked, WEIGHTS), _first(asked, fitted)
        print(f"  {name}: first right {now:.3f} now, {new:.3f} new")
    confidence = _confidence([sets["xquad 0"], sets["own tuning half"]])
    print("CONFIDENCE =", _rounded(confidence))
    for name, asked in sets.items():
        now, new = (_auroc(_told(asked), weights) for weights in (CONFIDENCE, confidence))
        print(f"  {name}: AUROC {now:.3f} now, {new:.3f} new")
    return 0


def xquad(folder: Path, half: int) -> Iterator[Asked]:
    """Yield the questions of one half of XQuAD's articles, over an index of those articles."""
    documents = {d["id"]: d for d in _lines(folder / "documents.jsonl")}
    questions = [
        q
        for q in _lines(folder / "questions.jsonl")
        if _half(documents[q["doc_id"]]["article"]) == half and q["answer_in_passage"]
    ]
    place_of = {q["id"]: place for place, q in enumerate(questions)}
    answers = {(q["pair"], q["lang"]): q["answers"] for q in questions}
    with tempfile.TemporaryDirectory() as scratch:
        settings = _ingested(
            Path(scratch), [d for d in documents.values() if _half(d["article"]) == half]
        )
        embedder = load_embedder()
        index = open_index(settings.index, embedder.name)
        retriever = Retriever(index, embedder)
        articles = {(a.page.rsplit("-", 1)[0], a.language): a for a in index.catalog.articles()}
        for question in questions:
            right: set[str] = set()
            for key in ("doc_id", "xling_doc_id"):
                document = documents[question[key]]
                article = articles.get((_file_name(document["article"]), document["lang"]))
                if article is None:
                    continue
                text = " ".join(document["text"].split())
                start = article.text.find(text)
                for answer in answers.get((question["pair"], document["lang"]), ()):
                    place = start + text.find(" ".join(answer.split()))
                    right |= {s.id for s in article.sentences if s.start <= place < s.end}
            right |= {twin for r in right for twin in index.catalog.sentence(r).twins}
            found = retriever.evidence(question["question"])
            if right:
                other = questions[(place_of[question["id"]] + len(questions) // 2) % len(questions)]
                swapped = retriever.evidence(_swapped(question["question"], other["question"]))
                yield Asked(
                    question["pair"],
                    tuple(found),
                    tuple(e.sentence_id in right for e in found),
                    tuple(swapped),
                )


def own(path: Path, more: Path) -> Iterator[Asked]:
    """Yield single-part questions over the start corpus: the eval file's tuning half, and more."""
    settings = Settings.from_environment()
    ensure_index(settings)
    embedder = load_embedder(settings.embedder)
    retriever = Retriever(open_index(settings.index, embedder.name), embedder)
    for question in [*load_questions(path, "tuning"), *load_questions(more, "all")]:
        text = question.question
        several = len(question_parts(main_part(text))) > 1
        if question.history or several or question.kind in ("contact", "smalltalk"):
            continue
        found = retriever.evidence(main_part(text))
        right = tuple(
            any(e.text in passage or passage in e.text for passage in question.evidence)
            or any(re.search(f, e.text, re.I) for fact in question.facts for f in fact)
            for e in found
        )
        yield Asked(question.id, tuple(found), right)


def _ranking(asked: Sequence[Asked]) -> dict[str, float]:
    """Return the weights that make the right candidates likely: a softmax over each question's."""
    names = [name for name in WEIGHTS if name != "question"]
    tables = [
        (_matrix(a.candidates[:TOP], names), np.array(a.right[:TOP]))
        for a in asked
        if any(a.right[:TOP])
    ]
    weights = np.zeros(len(names))
    for _ in range(DESCENTS):
        gradient = 2 * SHRINK * weights
        for table, right in tables:
            scores = table @ weights
            likely = np.exp(scores - scores.max())
            target = likely * right
            gradient += table.T @ (likely / likely.sum() - target / target.sum()) / len(tables)
        weights -= 1.5 * gradient
    return {**dict(zip(names, weights, strict=True)), "question": WEIGHTS["question"]}


def _told(asked: Sequence[Asked]) -> list[tuple[dict[str, float], bool, str]]:
    """Return what a confidence sees, and whether the best candidate answers.

    Each question counts up to three times: as it is, with its answers taken away, and with a
    name in it swapped for another question's.
    """
    told = []
    for a in asked:
        if a.candidates and (a.right[0] or not any(a.right)):
            told.append((in_doubt(a.candidates), a.right[0], a.group))
        rest = [c for c, right in zip(a.candidates, a.right, strict=True) if not right]
        if rest and any(a.right):
            told.append((in_doubt(rest), False, a.group))
        if a.swapped:
            told.append((in_doubt(a.swapped), False, a.group))
    return told


def _confidence(sets: Sequence[Sequence[Asked]]) -> dict[str, float]:
    """Return logistic weights, each set and each outcome weighing the same."""
    told = [_told(asked) for asked in sets]
    names = list(told[0][0][0])
    table = np.array([[*(f[n] for n in names), 1.0] for part in told for f, _, _ in part])
    right = np.array([r for part in told for _, r, _ in part], float)
    share = np.concatenate(
        [[0.5 / max(1, sum(s == r for _, s, _ in part)) for _, r, _ in part] for part in told]
    )
    share /= share.sum()
    weights = np.zeros(len(names) + 1)
    penalty = np.diag([SHRINK] * len(names) + [0.0])
    for _ in range(STEPS):  # Newton's method
        likely = 1 / (1 + np.exp(-table @ weights))
        gradient = table.T @ (share * (likely - right)) + penalty @ weights
        curvature = (table.T * (share * likely * (1 - likely))) @ table + penalty
        weights -= np.linalg.solve(curvature, gradient)
    return dict(zip([*names, "bias"], weights, strict=True))


def _auroc(told: list[tuple[dict[str, float], bool, str]], weights: dict[str, float]) -> float:
    scores = np.array([sum(weights[n] * v for n, v in f.items()) for f, _, _ in told])
    right = np.array([r for _, r, _ in told])
    pairs = scores[right][:, None] - scores[~right]
    return float(((pairs > 0) + 0.5 * (pairs == 0)).mean())


def _first(asked: Sequence[Asked], weights: dict[str, float]) -> float:
    """Return the share of questions whose first candidate is right under these weights."""
    names = list(weights)
    hits = []
    for a in asked:
        if any(a.right):
            vector = np.array([weights[n] for n in names])
            hits.append(a.right[int((_matrix(a.candidates, names) @ vector).argmax())])
    return float(np.mean(hits))


def _swapped(question: str, other: str) -> str:
    """Return the question with a name (else its longest word) swapped for the other's."""

    def pick(text: str) -> str:
        found = re.findall(r"\w[\w'’-]*", text)[1:]
        named = [w for w in found if w.lower() in names(text)]
        return max(
            named or [w for w in found if is_content(w.lower())] or found, key=len, default=""
        )

    return question.replace(pick(question), pick(other)) if pick(question) else other


def _matrix(candidates: Sequence[Evidence], names: Sequence[str]) -> np.ndarray:
    parts = [dict(c.parts) for c in candidates]
    return np.array([[p[n] for n in names] for p in parts])


def _ingested(folder: Path, documents: Sequence[dict[str, Any]]) -> Settings:
    pages: dict[str, list[str]] = {}
    for document in documents:
        name = f"{_file_name(document['article'])}-{document['lang']}.txt"
        pages.setdefault(name, []).append(" ".join(document["text"].split()))
    (folder / "corpus" / "pages").mkdir(parents=True)
    for name, paragraphs in pages.items():
        (folder / "corpus" / "pages" / name).write_text("\n\n".join(paragraphs), "utf-8")
    settings = replace(Settings(), corpus=folder / "corpus", index=folder / "index")
    ensure_index(settings)
    return settings


def _file_name(article: str) -> str:
    return re.sub(r"\W+", "_", article)


def _half(article: str) -> int:
    return int(hashlib.sha1(article.encode()).hexdigest(), 16) % 2


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line]


def _rounded(weights: dict[str, float]) -> dict[str, float]:
    return {name: round(float(value), 2) for name, value in weights.items()}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m evals.tune", description="Fit the weights of scoring and of confidence."
    )
    parser.add_argument("xquad", type=Path, help="folder with documents.jsonl, questions.jsonl")
    parser.add_argument("--questions", type=Path, default=Path(__file__).parent / "questions.jsonl")
    parser.add_argument("--more", type=Path, default=Path(__file__).parent / "tuning.jsonl")
    return parser


if __name__ == "__main__":
    sys.exit(main())
