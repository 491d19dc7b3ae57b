"""Teaches the sentence encoder what answers a question.

python -m ingest.embedder.encoder_tuning --start FOLDER --out FOLDER

It reads articles in both languages and what visitors ask of them, most in other words than the
article's, each question with the sentences that answer it (asked/: written for this, on other
topics than any eval's). A step takes one article: a question must be nearer to its answers than
to every other sentence of the article (InfoNCE, van den Oord et al. 2018, arXiv:1807.03748); one
in five is answered by nothing, though it sounds so, and must be further from all of them than a
distance that is learned too. The word pieces' vectors stay as they are. Needs the extra:
pip install '.[train]'
"""

import argparse
import random
import shutil
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.embedder.encoder import LONGEST, QUESTION, SENTENCE
from ingest.embedder.encoder_export import read_onnx, write_onnx
from ingest.embedder.extras import import_extra

ASKED = Path(__file__).parent / "asked"  # sentences.tsv and questions.tsv
QUESTIONS, FEWEST = 64, 16  # in a step; fewer at the end of an article wait for the next pass
ROOM = 1100  # word pieces of the texts, of like length, that are read at once
RATE, NEAR_RATE, HEAT_RATE = 5e-5, 1e-3, 5e-3
HEAT = 0.02  # temperature of the similarities, to begin with; it is learned
NEAR = 0.86  # cosine from which a sentence answers, to begin with; it is learned
UNANSWERED = 0.7  # what a question without an answer weighs
DROPOUT = 0.05

Pieces = Sequence[int]


@dataclass(frozen=True, slots=True)
class Lesson:
    """The sentences of an article, in both languages, and questions with the ones that answer."""

    sentences: tuple[str, ...]
    questions: tuple[tuple[str, tuple[int, ...]], ...]
    languages: tuple[str, ...]  # of the sentences


def tune(start: Path, out: Path, epochs: float, threads: int) -> None:
    """The whole line, from one encoder to the next."""
    begun = time.monotonic()
    torch = import_extra("torch", "train")
    torch.manual_seed(0)
    torch.set_num_threads(threads)
    body = read_onnx(start / "encoder.onnx")
    tokenizer = import_extra("tokenizers", "train").Tokenizer.from_file(
        str(start / "encoder_pieces.json")
    )
    tokenizer.enable_truncation(LONGEST)
    lessons = read_lessons(ASKED)
    asked = sum(len(lesson.questions) for lesson in lessons)
    print(f"{asked} questions of {len(lessons)} articles", flush=True)
    learn(body, tokenizer, lessons, epochs)
    out.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(start / "encoder_pieces.json", out / "encoder_pieces.json")
    size = write_onnx(out / "encoder.onnx", body.eval())
    print(f"encoder.onnx: {size / 1e6:.1f} MB, in {(time.monotonic() - begun) / 60:.1f} min")


def read_lessons(folder: Path) -> list[Lesson]:
    """Return an article's lesson each.

    sentences.tsv has article, number, language, sentence; questions.tsv article, question, and
    the numbers of the sentences that answer it or none. Raises ValueError for a number that its
    article does not have.
    """
    sentences: defaultdict[str, list[str]] = defaultdict(list)
    languages: defaultdict[str, list[str]] = defaultdict(list)
    for name, _, language, sentence in rows_of(folder / "sentences.tsv"):
        sentences[name].append(sentence)
        languages[name].append(language)
    questions: defaultdict[str, list[tuple[str, tuple[int, ...]]]] = defaultdict(list)
    for name, question, numbers in rows_of(folder / "questions.tsv"):
        right = tuple(map(int, filter(None, numbers.split(","))))
        if any(n >= len(sentences[name]) for n in right):
            raise ValueError(f"questions.tsv: {name} has no such sentence: {question} {numbers}")
        questions[name].append((question, right))
    return [
        Lesson(tuple(sentences[n]), tuple(questions[n]), tuple(languages[n]))
        for n in sorted(questions)
    ]


def rows_of(path: Path) -> Iterator[list[str]]:
    return (line.split("\t") for line in path.read_text("utf-8").splitlines())


def learn(body: Any, tokenizer: Any, lessons: Sequence[Lesson], epochs: float) -> None:
    """Train the layers of `body` in place; prints the loss every 20 steps."""
    torch = import_extra("torch", "train")
    near = torch.nn.Parameter(torch.tensor([NEAR]))
    heat = torch.nn.Parameter(torch.tensor([HEAT]).log())
    body.embeddings.word_embeddings.weight.requires_grad_(False)
    layers = [p for p in body.parameters() if p.requires_grad]
    groups = [
        {"params": layers, "lr": RATE},
        {"params": [near], "lr": NEAR_RATE},
        {"params": [heat], "lr": HEAT_RATE},
    ]
    optimiser = torch.optim.AdamW(groups, weight_decay=0.01)
    steps = _steps(lessons, epochs)
    scheduler = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda n: min(1.0, (n + 1) / 20) * max(0.02, 1 - n / len(steps))
    )
    body.train()
    for module in body.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = DROPOUT
    begun = time.monotonic()
    for step, (lesson, chosen) in enumerate(steps, 1):
        asked = [lesson.questions[n] for n in chosen]
        texts = [SENTENCE + text for text in lesson.sentences]
        texts += [QUESTION + text for text, _ in asked]
        found = encode(body, [cut.ids for cut in tokenizer.encode_batch(texts)])
        sentences, questions = found.split([len(lesson.sentences), len(asked)])
        alike = torch.cat([questions @ sentences.T, near.expand(len(asked), 1)], 1) / heat.exp()
        right = torch.zeros(alike.shape, dtype=torch.bool)
        for row, (_, numbers) in enumerate(asked):
            right[row, list(numbers) or [-1]] = True
        likely = torch.log_softmax(alike, 1).masked_fill(~right, -1e9)
        weights = torch.tensor([1.0 if numbers else UNANSWERED for _, numbers in asked])
        loss = -(weights * torch.logsumexp(likely, 1)).sum() / weights.sum()
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(layers, 1.0)
        optimiser.step()
        scheduler.step()
        if step % 20 == 0:
            minutes = (time.monotonic() - begun) / 60
            print(f"{step}/{len(steps)}: loss {loss.item():.3f}  {minutes:.1f} min", flush=True)


def _steps(lessons: Sequence[Lesson], epochs: float) -> list[tuple[Lesson, list[int]]]:
    """Return each step's article and which of its questions are asked, in random order."""
    chance = random.Random(0)
    steps: list[tuple[Lesson, list[int]]] = []
    passes = int(-(-epochs // 1))
    for _ in range(passes):
        one = []
        for lesson in lessons:
            order = chance.sample(range(len(lesson.questions)), len(lesson.questions))
            parts = [order[n : n + QUESTIONS] for n in range(0, len(order), QUESTIONS)]
            one += [(lesson, part) for part in parts if len(part) >= FEWEST or part is parts[0]]
        chance.shuffle(one)
        steps += one
    return steps[: round(len(steps) * epochs / passes)]


def encode(body: Any, texts: Sequence[Pieces]) -> Any:
    """(texts, dimensions), rows of length 1: the mean of the last layer, as e5's card says."""
    torch = import_extra("torch", "train")
    order = sorted(range(len(texts)), key=lambda n: len(texts[n]))
    groups: list[list[int]] = [[]]
    for n in order:
        if (len(groups[-1]) + 1) * len(texts[n]) > ROOM and groups[-1]:
            groups.append([])
        groups[-1].append(n)
    found = torch.cat([_mean(torch, body, [texts[n] for n in group]) for group in groups])
    place = torch.empty(len(order), dtype=torch.long)
    place[torch.tensor(order)] = torch.arange(len(order))
    return torch.nn.functional.normalize(found[place], dim=1)


def _mean(torch: Any, body: Any, texts: Sequence[Pieces]) -> Any:
    longest = max(map(len, texts))
    ids = torch.zeros(len(texts), longest, dtype=torch.long)
    mask = torch.zeros(len(texts), longest)
    for row, text in enumerate(texts):
        ids[row, : len(text)] = torch.tensor(text)
        mask[row, : len(text)] = 1.0
    last = body(input_ids=ids, attention_mask=mask).last_hidden_state
    return (last * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m ingest.embedder.encoder_tuning",
        description="Teach the sentence encoder what answers a question.",
    )
    parser.add_argument("--start", type=Path, required=True, help="folder of encoder_start")
    parser.add_argument("--out", type=Path, required=True, help="folder for the two files")
    parser.add_argument("--epochs", type=float, default=2, help="passes over the questions (2)")
    parser.add_argument("--threads", type=int, default=2, help="CPU threads (2)")
    return parser


if __name__ == "__main__":
    options = _parser().parse_args()
    tune(options.start, options.out, options.epochs, options.threads)
