"""Teaches the sentence encoder what answers a question.

python -m ingest.embedder.encoder_tuning --encoder FILE --out FILE

The teacher's vectors say what is alike, and its English ones what answers an English question; of
Dutch questions the distilled encoder knows what their translations would be. Here it sees 4,500
questions in both languages as visitors put them, most in other words than the article's, each with
the sentences that answer it (asked/: 36 articles in both languages, on as many topics, written for
this). A question must be nearer to its answer than to the sentences most like it and to those of
the other questions of its batch (InfoNCE, van den Oord et al. 2018, arXiv:1807.03748); one in five
is answered by nothing, though it sounds so, and must be further from all of them than a distance
that is learned too. No text may move far from where it was. Takes ten minutes. Needs the extra:
pip install '.[train]'
"""

import argparse
import random
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ingest.build import read_corpus
from ingest.embedder import SHIPPED
from ingest.embedder.encoder import BATCH, LONGEST
from ingest.embedder.encoder_export import read_onnx, write_onnx
from ingest.embedder.encoder_training import Student
from ingest.embedder.extras import import_extra
from ingest.embedder.static import StaticEmbedder, Vectors
from ingest.embedder.teacher import Teacher

ASKED = Path(__file__).parent / "asked"  # pages/ in both languages, and questions.tsv
QUESTIONS = 32  # in a batch
WRONG, CONFUSED = 4, 12  # sentences beside each answer, drawn from so many most like the question
RATE, TABLE_RATE = 4e-5, 3e-4  # of the layers, and of the word pieces' vectors
HEAT = 0.05  # temperature of the similarities in a batch
NEAR, NEAR_RATE = 0.35, 1e-3  # cosine from which a sentence answers, to begin with; it is learned
UNANSWERED = 0.5  # what a question without an answer weighs


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and which sentences of its article answer it, in either language; maybe none."""

    text: str
    article: str
    right: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Exercise:
    """The sentences of each article, and the questions asked of them."""

    sentences: dict[str, tuple[str, ...]]
    questions: tuple[Asked, ...]


def tune(encoder: Path, out: Path, epochs: int, threads: int) -> None:
    """The whole line, from one encoder to the next."""
    begun = time.monotonic()
    torch = import_extra("torch", "train")
    torch.manual_seed(0)
    torch.set_num_threads(threads)
    words = StaticEmbedder(SHIPPED)
    student = Student(torch, *read_onnx(encoder, Teacher().layers()))
    exercise = read_exercise(ASKED, words)
    print(f"{len(exercise.questions)} questions, {len(exercise.sentences)} articles", flush=True)
    learn(student, exercise, words, epochs)
    size = write_onnx(out, student.table, student.marks, student.body)
    print(f"{out}: {size / 1e6:.1f} MB, in {(time.monotonic() - begun) / 60:.1f} min")


def read_exercise(folder: Path, words: StaticEmbedder) -> Exercise:
    """Return the articles as ingestion cuts them, and the questions of questions.tsv.

    Its columns: article, language, question, and the sentences that answer, parted by "||", or
    nothing.
    Raises ValueError for a line whose sentences are in no page of its article.
    """
    sentences: defaultdict[str, list[str]] = defaultdict(list)
    place: dict[str, int] = {}  # of a sentence, by its id, in its article
    twins: dict[tuple[str, int], tuple[str, ...]] = {}
    for page in read_corpus(folder, words).articles:
        name = Path(page.page).stem.rpartition("-")[0]
        for sentence in page.sentences:
            place[sentence.id] = len(sentences[name])
            twins[name, place[sentence.id]] = sentence.twins
            sentences[name].append(sentence.text)
    asked = []
    for number, line in enumerate((folder / "questions.tsv").read_text("utf-8").splitlines(), 1):
        name, _, question, answers = line.split("\t")
        parts = [part.strip() for part in answers.split("||") if part]
        found = {n for n, s in enumerate(sentences[name]) if any(s in p or p in s for p in parts)}
        found |= {place[twin] for n in found for twin in twins[name, n]}
        if parts and not found:
            raise ValueError(f"questions.tsv:{number}: not a sentence of {name}: {answers}")
        asked.append(Asked(question, name, tuple(sorted(found))))
    return Exercise({name: tuple(texts) for name, texts in sentences.items()}, tuple(asked))


def learn(student: Student, exercise: Exercise, words: StaticEmbedder, epochs: int) -> None:
    """Learn; prints the loss every 20 steps."""
    torch = import_extra("torch", "train")
    chance = random.Random(0)
    texts = {text for own in exercise.sentences.values() for text in own}
    texts |= {question.text for question in exercise.questions}
    pieces = {text: tuple(words.rows(text)[:LONGEST]) for text in sorted(texts)}
    before = _vectors(student, pieces)
    layers = student.layers()
    near = torch.nn.Parameter(torch.tensor([NEAR]))
    groups = [
        {"params": layers, "lr": RATE},
        {"params": [student.table], "lr": TABLE_RATE},
        {"params": [near], "lr": NEAR_RATE},
    ]
    optimiser = torch.optim.AdamW(groups, weight_decay=0.0, betas=(0.9, 0.98))
    steps = epochs * (len(exercise.questions) // QUESTIONS)
    scheduler = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda n: min(1.0, 0.05 + n / 30) * max(0.02, 1 - n / steps)
    )
    order: list[Asked] = []
    for step in range(1, steps + 1):
        if len(order) < QUESTIONS:
            order = chance.sample(exercise.questions, len(exercise.questions))
        batch, order = order[:QUESTIONS], order[QUESTIONS:]
        sentences, answers = _candidates(batch, exercise, before, chance)
        read = [question.text for question in batch] + sentences
        with torch.autocast("cpu", dtype=torch.bfloat16):
            found = student.encode([pieces[text] for text in read]).float()
        alike = found[: len(batch)] @ found[len(batch) :].T
        alike = torch.cat([alike, near.expand(len(batch), 1)], 1) / HEAT
        likely = torch.log_softmax(alike, 1).masked_fill(~torch.from_numpy(answers), -1e9)
        weights = torch.tensor([1.0 if question.right else UNANSWERED for question in batch])
        nearer = -(weights * torch.logsumexp(likely, 1)).sum() / weights.sum()
        was = torch.from_numpy(np.array([before[text] for text in read]))
        moved = 1 - (found * was).sum(1).mean()
        optimiser.zero_grad()
        (nearer + moved).backward()
        torch.nn.utils.clip_grad_norm_(layers, 1.0)
        optimiser.step()
        scheduler.step()
        if step % 20 == 0:
            print(f"{step}/{steps}: loss {nearer.item():.3f}  moved {moved.item():.3f}", flush=True)


def _candidates(
    batch: Sequence[Asked], exercise: Exercise, before: dict[str, Vectors], chance: random.Random
) -> tuple[list[str], np.ndarray]:
    """Return sentences, and (questions, sentences + 1) whether each answers; the last: none does.

    For each question one that answers and some of those that are most like it and don't.
    """
    chosen: dict[tuple[str, int], None] = {}
    for question in batch:
        own = exercise.sentences[question.article]
        alike = np.array([before[text] for text in own]) @ before[question.text]
        alike[list(question.right)] = -1.0
        confused = np.argsort(-alike)[:CONFUSED].tolist()
        drawn = [*chance.sample(question.right, min(1, len(question.right)))]
        drawn += chance.sample(confused, WRONG)
        chosen.update(dict.fromkeys((question.article, n) for n in drawn))
    answers = [[*(a == q.article and n in q.right for a, n in chosen), not q.right] for q in batch]
    return [exercise.sentences[a][n] for a, n in chosen], np.array(answers)


def _vectors(student: Student, pieces: dict[str, tuple[int, ...]]) -> dict[str, Vectors]:
    """Return each text's vector as it is now."""
    torch = import_extra("torch", "train")
    order = sorted(pieces, key=lambda text: len(pieces[text]))
    found: dict[str, Vectors] = {}
    with torch.no_grad():
        for start in range(0, len(order), BATCH):
            some = order[start : start + BATCH]
            rows: Any = student.encode([pieces[text] for text in some]).float().numpy()
            found.update(zip(some, rows, strict=True))
    return found


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m ingest.embedder.encoder_tuning",
        description="Teach the sentence encoder what answers a question.",
    )
    parser.add_argument("--encoder", type=Path, required=True, help="ONNX file to start from")
    parser.add_argument("--out", type=Path, required=True, help="ONNX file to write")
    parser.add_argument("--epochs", type=int, default=3, help="passes over the questions (3)")
    parser.add_argument("--threads", type=int, default=2, help="CPU threads (2)")
    return parser


if __name__ == "__main__":
    options = _parser().parse_args()
    tune(options.encoder, options.out, options.epochs, options.threads)
