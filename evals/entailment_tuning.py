"""Teaches the entailment model what supports a claim: python -m evals.entailment_tuning --out DIR

It starts from the sentence encoder's lower layers and reads evals/written/claims.tsv: true and
false claims, free and close to the text, each with the article sentences that it cites. Every
twelfth article of each file is kept back, and what it learned is judged on those. Needs the extra:
pip install '.[train]'
"""

from __future__ import annotations

import argparse
import random
import shutil
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from evals.written_claims import Claim, held_out, read_claims, sentences
from ingest.embedder.encoder import WIDTH
from ingest.embedder.encoder_export import read_onnx, write_entailment
from ingest.embedder.entailment import CLAIM, EVIDENCE
from ingest.embedder.extras import import_extra

SHIPPED = Path(__file__).parents[1] / "ingest" / "embedder"
LAYERS = 6  # of the encoder's twelve: half the time, and a logit needs less than a vector
HIDDEN = 256
BATCH, SORTED = 32, 20  # pairs in a step; steps' pairs that are sorted by length together
RATE, HEAD_RATE = 1e-4, 5e-4
DROPOUT = 0.1
# Shares of claims that are shown once more: a true one with another sentence of the article, where
# it is false; either with one more sentence, where nothing changes.
ELSEWHERE, MORE_TRUE, MORE_FALSE = 0.15, 0.12, 0.08


@dataclass(frozen=True, slots=True)
class Pair:
    """A claim, what it cites, and whether that supports it."""

    claim: str
    evidence: str
    true: bool


def tune(out: Path, epochs: float, threads: int) -> None:
    """The whole line, from the encoder and the claims to a file."""
    torch = import_extra("torch", "train")
    torch.manual_seed(0)
    torch.set_num_threads(threads)
    body, cutter = read_onnx(SHIPPED / "encoder.onnx"), _cutter()
    body.encoder.layer = body.encoder.layer[:LAYERS]
    mark = torch.nn.Parameter(torch.randn(WIDTH) * 0.02)
    head = torch.nn.Sequential(
        torch.nn.Linear(2 * WIDTH, HIDDEN),
        torch.nn.GELU(),
        torch.nn.Dropout(DROPOUT),
        torch.nn.Linear(HIDDEN, 1),
    )
    claims, kept = read_claims(), held_out()
    learned = pairs([claim for claim in claims if claim.article not in kept], random.Random(0))
    judged = [_pair(claim) for claim in claims if claim.article in kept]
    print(f"{len(learned)} pairs to learn, {len(judged)} kept back", flush=True)
    learn(body, mark, head, cutter, learned, epochs)
    found = _read(body.eval(), mark, head.eval(), cutter, judged)
    print(f"AUROC on those kept back: {_auroc(found, judged):.3f}")
    out.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(SHIPPED / "encoder.onnx", out / "encoder.onnx")
    size = write_entailment(
        out / "entailment.onnx", body, mark, [head[0], head[-1]], out / "encoder.onnx"
    )
    print(f"entailment.onnx: {size / 1e6:.1f} MB")


def pairs(claims: Sequence[Claim], chance: random.Random) -> list[Pair]:
    """Return each claim with what it cites, and some with other sentences of their article."""
    others = defaultdict(list)
    for (article, number), (language, text) in sentences().items():
        others[article, language].append((number, text))
    found = [_pair(claim) for claim in claims]
    for claim in claims:
        cited = _pair(claim).evidence
        language = sentences()[claim.article, claim.numbers[0]][0]
        away = [text for n, text in others[claim.article, language] if n not in claim.numbers]
        if not away:
            continue
        if claim.true and chance.random() < ELSEWHERE:
            nearest = max(away, key=lambda text: len(_words(text) & _words(claim.text)))
            other = nearest if chance.random() < 0.5 else chance.choice(away)
            found.append(Pair(claim.text, other, False))
        stays = claim.true or claim.label != "wrong-sentence"
        if stays and chance.random() < (MORE_TRUE if claim.true else MORE_FALSE):
            two = [cited, chance.choice(away)]
            chance.shuffle(two)
            found.append(Pair(claim.text, " ".join(two), claim.true))
    return found


def learn(
    body: Any, mark: Any, head: Any, cutter: Any, learned: Sequence[Pair], epochs: float
) -> None:
    """Train in place, by the logistic loss; prints the loss every 50 steps."""
    torch = import_extra("torch", "train")
    body.embeddings.word_embeddings.weight.requires_grad_(False)
    for module in body.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = DROPOUT
    layers = [p for p in body.parameters() if p.requires_grad]
    groups = [
        {"params": layers, "lr": RATE},
        {"params": [*head.parameters(), mark], "lr": HEAD_RATE},
    ]
    optimiser = torch.optim.AdamW(groups, weight_decay=0.01)
    steps = _steps(_cut(cutter, learned), epochs)
    scheduler = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda n: min(1.0, (n + 1) / 100) * max(0.02, 1 - n / len(steps))
    )
    body.train()
    begun, losses = time.monotonic(), list[float]()
    for step, chosen in enumerate(steps, 1):
        logits = _logits(body, mark, head, [cut for cut, _ in chosen])
        right = torch.tensor([float(learned[n].true) for _, n in chosen])
        loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, right)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(layers, 1.0)
        optimiser.step()
        scheduler.step()
        losses.append(loss.item())
        if step % 50 == 0:
            minutes = (time.monotonic() - begun) / 60
            mean = sum(losses[-50:]) / 50
            print(f"{step}/{len(steps)}: loss {mean:.3f}  {minutes:.1f} min", flush=True)


Cut = tuple[list[int], list[int]]  # the word pieces of a claim and of its evidence


def _steps(cuts: Sequence[Cut], epochs: float) -> list[list[tuple[Cut, int]]]:
    """Return what each step reads: pairs of like length, with their places among all."""
    chance = random.Random(0)
    steps: list[list[tuple[Cut, int]]] = []
    passes = int(-(-epochs // 1))
    for _ in range(passes):
        order = chance.sample(range(len(cuts)), len(cuts))
        one = []
        for start in range(0, len(order), SORTED * BATCH):
            near = sorted(
                order[start : start + SORTED * BATCH], key=lambda n: sum(map(len, cuts[n]))
            )
            one += [
                [(cuts[n], n) for n in near[at : at + BATCH]] for at in range(0, len(near), BATCH)
            ]
        chance.shuffle(one)
        steps += one
    return steps[: round(len(steps) * epochs / passes)]


def _logits(body: Any, mark: Any, head: Any, cuts: Sequence[Cut]) -> Any:
    """(pairs,): read as ingest/embedder/entailment.py reads them."""
    torch = import_extra("torch", "train")
    shape = len(cuts), max(len(claim) + len(other) for claim, other in cuts)
    ids, places = torch.zeros(shape, dtype=torch.long), torch.zeros(shape, dtype=torch.long)
    mask, mine = torch.zeros(shape), torch.zeros(shape)
    for row, (claim, other) in enumerate(cuts):
        whole = len(claim) + len(other)
        ids[row, :whole] = torch.tensor(claim + other)
        places[row, :whole] = torch.tensor([*range(len(claim)), *range(len(other))])
        mask[row, :whole] = 1.0
        mine[row, : len(claim)] = 1.0
    read = body.embeddings.word_embeddings(ids) + mine[..., None] * mark
    last = body(inputs_embeds=read, position_ids=places, attention_mask=mask).last_hidden_state
    mean = (last * mine[..., None]).sum(1) / mine.sum(1, keepdim=True)
    return head(torch.cat([last[:, 0], mean], -1))[:, 0]


def _read(
    body: Any, mark: Any, head: Any, cutter: Any, judged: Sequence[Pair]
) -> np.ndarray[Any, Any]:
    torch = import_extra("torch", "train")
    cuts, found = _cut(cutter, judged), []
    with torch.no_grad():
        for start in range(0, len(cuts), BATCH):
            found.append(_logits(body, mark, head, cuts[start : start + BATCH]).numpy())
    return np.concatenate(found)


def _auroc(found: np.ndarray[Any, Any], judged: Sequence[Pair]) -> float:
    true = np.array([pair.true for pair in judged])
    return float((found[true][:, None] > found[~true]).mean())


def _pair(claim: Claim) -> Pair:
    cited = " ".join(sentences()[claim.article, n][1] for n in claim.numbers)
    return Pair(claim.text, cited, claim.true)


def _words(text: str) -> set[str]:
    return set(text.lower().split())


def _cut(cutter: Any, found: Sequence[Pair]) -> list[Cut]:
    claims = cutter.encode_batch([pair.claim for pair in found])
    evidence = cutter.encode_batch([pair.evidence for pair in found])
    return [
        (one.ids[:CLAIM], two.ids[:EVIDENCE]) for one, two in zip(claims, evidence, strict=True)
    ]


def _cutter() -> Any:
    tokenizers = import_extra("tokenizers", "train")
    return tokenizers.Tokenizer.from_file(str(SHIPPED / "encoder_pieces.json"))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m evals.entailment_tuning",
        description="Teach the entailment model what supports a claim.",
    )
    parser.add_argument("--out", type=Path, required=True, help="folder for the file")
    parser.add_argument("--epochs", type=float, default=2, help="passes over the claims (2)")
    parser.add_argument("--threads", type=int, default=2, help="CPU threads (2)")
    return parser


if __name__ == "__main__":
    options = _parser().parse_args()
    tune(options.out, options.epochs, options.threads)
