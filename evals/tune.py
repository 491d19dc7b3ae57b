"""Fit the weights of assistant/score.py, and print them: python -m evals.tune XQUAD_FOLDER

What a weight can be learned from, none of it what the gate asks:

- XQuAD marks the answer in each passage, in both languages. Half of its articles fit, the other
  half is only reported.
- visitors.jsonl asks of XQuAD's articles what visitors would, in other words than theirs, and
  what the articles nearly answer.
- The expected questions of the corpus, each asked with itself and its likest sibling in the other
  language left out; and likewise the questions that editors say no sentence answers.
- The tuning half of the question file, and all of tuning.jsonl, with and without the expected
  questions.
- elsewhere/: ten articles in both languages on ten other topics, with 400 questions of the same
  kinds and no expected questions, as the firm's next article may be.
- written/: 63 more such articles with 7,988 questions, a quarter near misses that are hard to tell.
  Only reported, of every other article and question. Its follow-ups fit the weights of
  assistant/follow.py.

A confidence must tell covered questions from near misses: those that people wrote, and questions
with another's name in them. XQuAD's questions are far from what the corpus is about.

The confidence is the probability that the best sentence answers, where a fifth of the questions
are not covered. So an answer is shown from .5: where it is likelier right than wrong.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from assistant import follow
from assistant.asking import main_part, question_parts
from assistant.query import understand
from assistant.records import Evidence
from assistant.retrieve import Retriever
from assistant.score import CONFIDENCE, WEIGHTS, Faces, View
from assistant.search import Search
from evals.questions import load_questions
from evals.xquad import Collection, Marked, half_of, open_retriever
from ingest.build import build_index
from ingest.embedder.encoder_tuning import ASKED, read_lessons, rows_of
from ingest.facts import names
from ingest.records import LANGUAGES, Face, Sentence
from ingest.settings import Settings
from ingest.words import is_content

HERE = Path(__file__).parent
TOP = 40  # candidates of a question that are looked at
SHRINK = 0.0003  # ridge penalty
STEPS = 40  # of Newton's method; it settles in eight
DESCENTS, PACE = 600, 0.3
FOLLOWED_PACE = 0.05  # told and next are true of few candidates: a longer step would overshoot
LEFT_OUT = 3  # every so many of the expected questions is asked: a third tells as much
PARAGRAPH = 5  # sentences of a written article
FAR = 6  # every so many of XQuAD's questions is asked of the corpus
UNCOVERED = 0.2  # share of visitors' questions that the articles don't cover …
PUSHED_ON = 0.3  # … and of their follow-ups, which push on to what an article leaves out
RANKED_ON = ("expected", "own", "visitors", "xquad", "elsewhere")
TOLD_ON = ("expected", "own", "own, bare", "xquad", "visitors", "elsewhere")

Features = dict[str, float]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question's candidates as features, and which of them answer it (none, if uncovered)."""

    candidates: tuple[Features, ...]
    right: tuple[bool, ...]


Sets = dict[str, list[Asked]]


def main(arguments: list[str] | None = None) -> int:
    """Fit and print; return the exit status."""
    options = _parser().parse_args(arguments)
    collection = Collection(options.xquad)
    sets = {
        "xquad": list(_of_half(collection, 0)),
        "xquad, other half": list(_of_half(collection, 1)),
        "visitors": list(_of_visitors(collection, options.visitors)),
        "elsewhere": list(_of_elsewhere(collection, options.elsewhere)),
        "written": list(_of_written(HERE / "written")),
        **_of_corpus(collection, options.questions, options.more),
    }
    weights = fit_ranking([sets[name] for name in RANKED_ON])
    print("WEIGHTS =", _rounded(weights))
    for name, asked in sets.items():
        print(f"  {name}: first right {first(asked, WEIGHTS):.3f} now, {first(asked, weights):.3f}")
    bias = fit_bias([sets[name] for name in RANKED_ON], weights)
    print(f"BIAS = {bias:.1f}")
    confidence = fit_confidence([_told(sets[name], weights) for name in TOLD_ON])
    print("CONFIDENCE =", _rounded(confidence))
    for name, asked in sets.items():
        now = auroc(_told(asked, WEIGHTS), CONFIDENCE)
        fresh = _told(asked, weights)
        print(f"  {name}: AUROC {now:.3f} now, {auroc(fresh, confidence):.3f}")
        print(f"    shown at .5: {at_half(fresh, confidence)}")
    _fit_followups()
    return 0


def _fit_followups() -> None:
    """Fit and print the weights of assistant/follow.py; its doubts are those at present weights."""
    written = HERE / "written"
    pairs = [
        *_of_followups(written, written / "followups.tsv"),
        *_of_followups(ASKED, written / "followups_asked.tsv"),
    ]
    asked = [one for one, _ in pairs]
    weights = fit_ranking([asked], tuple(follow.WEIGHTS), FOLLOWED_PACE)
    print("follow.WEIGHTS =", _rounded(weights))
    print(f"  first right {first(asked, follow.WEIGHTS):.3f} now, {first(asked, weights):.3f}")
    bias, now = (fit_bias([asked], found) for found in (weights, follow.WEIGHTS))
    print(f"follow.BIAS = {bias:.1f}, with the present weights {now:.1f}")
    vector = np.array(list(follow.WEIGHTS.values()))
    told: Told = []
    for one, seen in pairs:
        best = int((_matrix(one.candidates, list(follow.WEIGHTS)) @ vector).argmax())
        told.append((seen, one.right[best], any(one.right)))
    confidence = fit_confidence([told], PUSHED_ON)
    print("follow.CONFIDENCE =", _rounded(confidence))
    print(f"  AUROC {auroc(told, follow.CONFIDENCE):.3f} now, {auroc(told, confidence):.3f}")
    print(f"    shown at .5: {at_half(told, follow.CONFIDENCE)} now, {at_half(told, confidence)}")


def _of_half(collection: Collection, half: int) -> Iterator[Asked]:
    """Yield the marked questions of a half of the articles, and each with a name swapped."""
    articles = [name for name in collection.articles if half_of(name) == half]
    questions = [q for q in collection.questions if q.article in articles]
    with tempfile.TemporaryDirectory() as folder:
        retriever = open_retriever(collection.ingest(articles, Path(folder)))
        for place, question in enumerate(questions):
            other = questions[(place + len(questions) // 2) % len(questions)]
            yield _asked(retriever, question.text, collection.answering(question, retriever))
            yield _asked(retriever, _swapped(question.text, other.text), set())


def _of_visitors(collection: Collection, path: Path) -> Iterator[Asked]:
    """Yield the visitors' questions over the articles that they are about."""
    questions: list[Marked] = collection.visitors(path)
    with tempfile.TemporaryDirectory() as folder:
        articles = list(dict.fromkeys(q.article for q in questions))
        retriever = open_retriever(collection.ingest(articles, Path(folder)))
        for question in questions:
            yield _asked(retriever, question.text, collection.answering(question, retriever))


def _of_elsewhere(collection: Collection, folder: Path) -> Iterator[Asked]:
    """Yield the questions asked of a corpus without expected questions, with far ones."""
    questions = folder / "questions.jsonl"
    with tempfile.TemporaryDirectory() as index:
        settings = replace(Settings(), corpus=folder, index=Path(index))
        build_index(settings)
        retriever = open_retriever(settings, faces=False)
        yield from _own(retriever, questions, questions)
        for question in collection.questions[:: 2 * FAR]:
            yield _asked(retriever, question.text, set())


def _of_written(folder: Path) -> Iterator[Asked]:
    """Yield the questions of every other written article, all of them in one corpus."""
    with _written(folder) as (retriever, _):
        for lesson in read_lessons(folder)[::2]:
            for question, right in lesson.questions[::2]:
                if len(question_parts(main_part(question))) == 1:
                    texts = {lesson.sentences[n] for n in right}
                    found = retriever.evidence(main_part(question))
                    yield _table(found, {e.sentence_id for e in found if e.text in texts})


def _of_followups(folder: Path, path: Path) -> Iterator[tuple[Asked, Features]]:
    """Yield the follow-ups that lean on what was told, and what a confidence sees of each.

    `folder` has their articles. A line of the file holds the article, the question before, the
    numbers of the sentences told, the follow-up, and the numbers of those that answer it, in
    either language, or none.
    """
    with _written(folder) as (retriever, articles):
        search = Search(retriever, retriever.catalog)
        for name, before, told, text, right in rows_of(path):
            if name not in articles:
                continue
            texts = [articles[name][int(n)] for n in told.split(",")]
            answers = {articles[name][int(n)] for n in right.split(",") if n}
            history = [("user", before), ("assistant", " ".join(texts))]
            query = understand(text, history, None, retriever.index)
            if query.context and len(query.parts) == 1:
                was = follow.told(query.told, retriever.catalog)
                found = search.follow_up(query.context, query.parts[0], was)
                candidates = [dict(e.parts) for e in found]
                yield (
                    Asked(
                        tuple({n: c[f"follow_{n}"] for n in follow.WEIGHTS} for c in candidates),
                        tuple(e.text in answers for e in found),
                    ),
                    follow.told_of(found, retriever.catalog),
                )


@contextmanager
def _written(folder: Path) -> Iterator[tuple[Retriever, dict[str, list[str]]]]:
    """Open an index of every other written article; with the sentences of each by its name."""
    articles: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for name, _, language, text in rows_of(folder / "sentences.tsv"):
        articles[name].append((language, text))
    with tempfile.TemporaryDirectory() as place:
        settings = replace(Settings(), corpus=Path(place, "corpus"), index=Path(place, "index"))
        pages = settings.corpus / "pages"
        pages.mkdir(parents=True)
        kept = {name: articles[name] for name in sorted(articles)[::2]}  # as read_lessons has them
        for number, sentences in enumerate(kept.values()):
            for language in LANGUAGES:
                own = [text for one, text in sentences if one == language]
                parts = [" ".join(own[n : n + PARAGRAPH]) for n in range(0, len(own), PARAGRAPH)]
                text = "\n\n".join([f"Article {number} ({language})", *parts])
                (pages / f"{number}-{language}.txt").write_text(text + "\n", "utf-8")
        build_index(settings)
        texts = {name: [text for _, text in some] for name, some in kept.items()}
        yield open_retriever(settings, faces=False), texts


def _of_corpus(collection: Collection, path: Path, more: Path) -> Sets:
    """Return the sets that are asked of the corpus, with the far questions in each."""
    settings = Settings.from_environment()
    build_index(settings)
    full, bare = open_retriever(settings), open_retriever(settings, faces=False)
    far = [q.text for q in collection.questions[::FAR]]
    far_full = [_asked(full, text, set()) for text in far]
    far_bare = [_asked(bare, text, set()) for text in far]
    return {
        "expected": [*_left_out(full), *far_full],
        "own": [*_own(full, path, more), *far_full],
        "own, bare": [*_own(bare, path, more), *far_bare],
    }


def _left_out(retriever: Retriever) -> Iterator[Asked]:
    """Yield each expected question without itself and its likest in the other language.

    Not those that several sentences answer together.
    """
    catalog = retriever.catalog
    sentences = [sentence for article in catalog.articles() for sentence in article.sentences]
    given = Counter(face.text for sentence in sentences for face in catalog.faces(sentence.id))
    for sentence in sentences:
        same = {sentence.id, *sentence.twins}
        same |= {other for twin in sentence.twins for other in catalog.sentence(twin).twins}
        for face in catalog.faces(sentence.id)[::LEFT_OUT]:
            if given[face.text] == 1:  # another sentence that has it would be taken for wrong
                yield _asked(without(retriever, face), face.text, same)
    for face in catalog.faces("")[::LEFT_OUT]:
        yield _asked(without(retriever, face), face.text, set())


def without(retriever: Retriever, face: Face) -> Retriever:
    """Return the retriever as if an expected question had never been written.

    Nor the likest to it, in the other language, of those that lead to the same sentence: the
    two may be one's translation.
    """
    faces = retriever.catalog.faces(face.sentence_id)
    seen, vectors = retriever._faces_of(face.sentence_id).each, retriever.index.face_vectors
    alike = vectors[[one.row for one in seen]] @ vectors[seen[faces.index(face)].row]
    others = [place for place, f in enumerate(faces) if f.language != face.language]
    likest = max(others, key=lambda place: float(alike[place]), default=-1)
    rest = [s for place, s in enumerate(seen) if place != likest and faces[place] != face]
    left = Faces.of(rest)
    out = copy(retriever)
    if not face.sentence_id:
        out._unanswered = left
    given = retriever._view

    def view(sentence: Sentence) -> View:
        found = given(sentence)
        return replace(found, faces=left) if sentence.id == face.sentence_id else found

    out._view = view  # type: ignore[assignment]  # a plain function where a cached one was
    return out


def _own(retriever: Retriever, path: Path, more: Path) -> Iterator[Asked]:
    """Yield the tuning questions of a single part that stand on their own."""
    questions = [*load_questions(path, "tuning"), *load_questions(more, "all")]
    for question in {q.id: q for q in questions}.values():
        text = main_part(question.question)
        several = len(question_parts(text)) > 1
        if question.history or several or question.kind in ("contact", "smalltalk"):
            continue
        found = retriever.evidence(text)
        right = {
            e.sentence_id
            for e in found
            if question.expects_answer
            and (
                any(e.text in passage or passage in e.text for passage in question.evidence)
                or any(re.search(f, e.text, re.I) for fact in question.facts for f in fact)
            )
        }
        yield _table(found, right)


def _asked(retriever: Retriever, question: str, right: set[str]) -> Asked:
    return _table(retriever.evidence(main_part(question)), right)


def _table(found: Sequence[Evidence], right: set[str]) -> Asked:
    top = found[:TOP]
    return Asked(tuple(dict(e.parts) for e in top), tuple(e.sentence_id in right for e in top))


def fit_ranking(
    sets: Sequence[Sequence[Asked]],
    fitted: Sequence[str] = tuple(WEIGHTS),
    pace: float = PACE,
) -> Features:
    """Return the weights that make the right candidates likely: a softmax over each question's.

    Each set weighs the same.
    """
    tables = [
        [(_matrix(a.candidates, fitted), np.array(a.right)) for a in asked if any(a.right)]
        for asked in sets
    ]
    spread = _spread(np.concatenate([t - t.mean(axis=0) for part in tables for t, _ in part]))
    tables = [[(table / spread, right) for table, right in part] for part in tables]
    weights = np.zeros(len(fitted))
    for _ in range(DESCENTS):
        gradient = 2 * SHRINK * weights
        for part in tables:
            for table, right in part:
                scores = table @ weights
                likely = np.exp(scores - scores.max())
                target = likely * right
                change = table.T @ (likely / likely.sum() - target / target.sum())
                gradient += change / len(part) / len(tables)
        weights -= pace * gradient
    found = map(float, weights / spread)
    return dict(zip(fitted, found, strict=True))


def _spread(table: np.ndarray) -> np.ndarray:
    """Return (columns,) the standard deviations; 1 for a column that never differs."""
    found: np.ndarray = table.std(axis=0)
    return np.where(found > 1e-9, found, 1.0)


def fit_bias(sets: Sequence[Sequence[Asked]], weights: Features) -> float:
    """Return the bias by which scores are the shares of candidates that answer, as they should be.

    Of covered questions' candidates, each set weighing the same; it ranks nothing.
    """
    totals, rights, shares = [], [], []
    for asked in sets:
        covered = [a for a in asked if any(a.right)]
        for a in covered:
            totals.append(_matrix(a.candidates, list(weights)) @ np.array(list(weights.values())))
            rights.append(np.array(a.right, float))
            shares.append(np.full(len(a.right), 1 / len(covered)))
    total, right, share = map(np.concatenate, (totals, rights, shares))
    low, high = -50.0, 50.0
    for _ in range(STEPS):
        middle = (low + high) / 2
        too_sure = float(share @ (1 / (1 + np.exp(-total - middle)) - right)) > 0
        low, high = (low, middle) if too_sure else (middle, high)
    return low


Told = list[tuple[Features, bool, bool]]


def _told(asked: Sequence[Asked], weights: Features) -> Told:
    """Return what a confidence sees of each question, and whether its best candidate answers.

    And whether any does.
    """
    told: Told = []
    for a in asked:
        if a.candidates:
            scores = _matrix(a.candidates, list(weights)) @ np.array(list(weights.values()))
            best = int(scores.argmax())
            seen = {name: a.candidates[best][name] for name in CONFIDENCE if name != "bias"}
            told.append((seen, a.right[best], any(a.right)))
    return told


def fit_confidence(sets: Sequence[Told], uncovered: float = UNCOVERED) -> Features:
    """Return logistic weights, each set weighing the same, uncovered questions that share of it."""
    fitted = list(sets[0][0][0])
    table = np.array([[*(f[n] for n in fitted), 1.0] for told in sets for f, *_ in told])
    spread = _spread(table)
    table /= spread
    right = np.array([r for told in sets for _, r, _ in told], float)
    share = np.concatenate([_shares(told, uncovered) for told in sets]) / len(sets)
    weights = np.zeros(len(fitted) + 1)
    penalty = np.diag([SHRINK] * len(fitted) + [0.0])
    for _ in range(STEPS):  # Newton's method
        likely = 1 / (1 + np.exp(-table @ weights))
        gradient = table.T @ (share * (likely - right)) + penalty @ weights
        curvature = (table.T * (share * likely * (1 - likely))) @ table + penalty
        weights -= np.linalg.solve(curvature, gradient)
    return dict(zip([*fitted, "bias"], map(float, weights / spread), strict=True))


def _shares(told: Told, uncovered: float) -> np.ndarray:
    """Return what each question weighs, together 1."""
    covered = np.array([c for *_, c in told])
    among = np.where(covered, covered.sum(), (~covered).sum())
    weighed: np.ndarray = np.where(covered, 1 - uncovered, uncovered) / among
    return weighed


def auroc(told: Told, weights: Features) -> float:
    """Return how often a right best candidate has more confidence than a wrong one, 0 to 1."""
    scores = np.array([sum(weights[n] * v for n, v in f.items()) for f, *_ in told])
    right = np.array([r for _, r, _ in told])
    pairs = scores[right][:, None] - scores[~right]
    return float(((pairs > 0) + 0.5 * (pairs == 0)).mean())


def at_half(told: Told, weights: Features) -> str:
    """Return what is shown at a confidence of .5: rightly, wrongly, and where nothing answers."""
    shown = np.array(
        [weights["bias"] + sum(weights[n] * v for n, v in f.items()) >= 0 for f, *_ in told]
    )
    right, covered = (np.array([t[place] for t in told]) for place in (1, 2))
    parts = {
        "right": (shown & right).sum() / max(1, covered.sum()),
        "wrong": (shown & covered & ~right).sum() / max(1, covered.sum()),
        "uncovered": (shown & ~covered).sum() / max(1, (~covered).sum()),
    }
    return ", ".join(f"{name} {share:.0%}" for name, share in parts.items())


def first(asked: Sequence[Asked], weights: Features) -> float:
    """Return the share of covered questions whose first candidate is right, 0 to 1."""
    vector = np.array(list(weights.values()))
    covered = [a for a in asked if any(a.right)]
    best = [int((_matrix(a.candidates, list(weights)) @ vector).argmax()) for a in covered]
    return float(np.mean([a.right[place] for a, place in zip(covered, best, strict=True)]))


def _swapped(question: str, other: str) -> str:
    """Return the question with a name (else its longest word) swapped for the other's."""

    def pick(text: str) -> str:
        found = re.findall(r"\w[\w'’-]*", text)[1:]
        named = [w for w in found if w.lower() in names(text)]
        return max(
            named or [w for w in found if is_content(w.lower())] or found, key=len, default=""
        )

    return question.replace(pick(question), pick(other)) if pick(question) else other


def _matrix(candidates: Sequence[Features], wanted: Sequence[str]) -> np.ndarray:
    return np.array([[c[n] for n in wanted] for c in candidates])


def _rounded(weights: Features) -> Features:
    return {name: round(value, 1) for name, value in weights.items()}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m evals.tune", description="Fit the weights of scoring and of confidence."
    )
    parser.add_argument("xquad", type=Path, help="folder with documents.jsonl, questions.jsonl")
    parser.add_argument("--questions", type=Path, default=HERE / "questions.jsonl")
    parser.add_argument("--more", type=Path, default=HERE / "tuning.jsonl")
    parser.add_argument("--elsewhere", type=Path, default=HERE / "elsewhere")
    parser.add_argument("--visitors", type=Path, default=HERE / "visitors.jsonl")
    return parser


if __name__ == "__main__":
    sys.exit(main())
