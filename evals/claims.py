"""Does an answer say "otherwise" to what is wrong, and only to that? python -m evals claims

`evals/claims.jsonl` holds questions that state something and ask assent ("The mayors choose them,
right?"), each with the sentences that an answer quotes and the passage they are from: half of
what is stated is true. All were written here, over passages of XQuAD (CC BY-SA 4.0); those of
kind "other" and the last of the rest after the rules, and some of both were read since, so
these are tuning figures. `evals/written/whys.tsv` holds six hundred that ask why it is so, of the
written articles; they were written before the rule for them, which was made with them in view.
`evals/written/asserted.tsv` holds four hundred by another writer, who was to make it hard: a case
that a bound allows, a figure in other words, a noun without a verb; the rules were made milder with
these in view.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.asking import explained, supposed
from assistant.premise import Passage, Premises
from assistant.verify import Source
from evals.questions import QuestionsError
from evals.verification import wilson
from evals.written_claims import WRITTEN, language_of, sentences
from ingest.embedder.encoder_tuning import rows_of
from ingest.records import Language

SHIPPED = Path(__file__).parent / "claims.jsonl"
WHYS = WRITTEN / "whys.tsv"
ASSERTED = WRITTEN / "asserted.tsv"


@dataclass(frozen=True, slots=True)
class Claim:
    """A question that states something, true or not, and what an answer to it quotes.

    `kind` is what may be wrong in it: a number, an actor, a negation, an opposite.
    """

    id: str
    language: Language
    kind: str
    true: bool
    question: str
    quotes: tuple[tuple[Language, str, str], ...]  # (language, sentence, its twin)
    passage: str


def load_claims(path: Path = SHIPPED) -> list[Claim]:
    """Return the claims of a file; raise QuestionsError for a file that is not one."""
    try:
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        return [Claim(**{**row, "quotes": tuple(map(tuple, row["quotes"]))}) for row in rows]
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise QuestionsError(f"{path}: can't be read as a file of claims ({error}).") from error


def load_whys(path: Path = WHYS) -> list[Claim]:
    """Return the questions of a file, each with the sentences that it supposes or contradicts.

    What states nothing counts as true. Raise QuestionsError for a file that is none.
    """
    prefix = "why, " if path == WHYS else ""
    found: list[Claim] = []
    try:
        for name, numbers, language, label, kind, question in rows_of(path):
            cited = [sentences()[name, int(number)] for number in numbers.split(",")]
            own = [text for spoken, text in cited if spoken == language] or [cited[0][1]]
            twins = [text for spoken, text in cited if spoken != language and text not in own]
            quotes = tuple(
                (language_of(language), text, twin)
                for text, twin in zip(own, [*twins, *[""] * len(own)], strict=False)
            )
            passage = " ".join(
                text for (article, _), (spoken, text) in sentences().items()
                if article == name and spoken == language
            )  # fmt: skip
            found.append(
                Claim(f"{path.stem}-{len(found)}", language_of(language),
                      prefix + kind, label in ("true", "none"), question, quotes, passage)
            )  # fmt: skip
    except (OSError, ValueError, KeyError) as error:
        raise QuestionsError(f"{path}: can't be read as a file of questions ({error}).") from error
    return found


def corrected(premises: Premises, claim: Claim) -> bool:
    """Return whether an answer with the claim's quotes would say otherwise."""
    quoted = [
        Passage(Source(n, f"{claim.id}.{n}", language, text, twin), claim.passage)
        for n, (language, text, twin) in enumerate(claim.quotes, 1)
    ]
    if stated := supposed(claim.question):
        return premises.otherwise(stated, claim.language, quoted) is not None
    why = explained(claim.question)
    return bool(why) and premises.miscounted(why, claim.language, quoted) is not None


def table(claims: Sequence[Claim], said: Sequence[bool]) -> str:
    """Return by kind how many false and true claims are corrected, and precision and recall."""
    lines = [f"{'':14} {'false: said otherwise':>24} {'true: said otherwise':>24}"]
    for kind in (*dict.fromkeys(claim.kind for claim in claims), "all"):
        cells = [_share(claims, said, kind, true) for true in (False, True)]
        lines.append(f"{kind:14} {cells[0]:>24} {cells[1]:>24}")
    right = sum(now and not claim.true for claim, now in zip(claims, said, strict=True))
    for name, total in (("precision", sum(said)), ("recall", sum(not c.true for c in claims))):
        low, high = wilson(right, total)
        lines.append(f"{name:14} {right} of {total}, {right / max(1, total):.1%} "
                     f"({low:.0%} to {high:.0%})")  # fmt: skip
    return "\n".join(lines)


def _share(claims: Sequence[Claim], said: Sequence[bool], kind: str, true: bool) -> str:
    rows = [
        now
        for claim, now in zip(claims, said, strict=True)
        if claim.true is true and kind in (claim.kind, "all")
    ]
    return f"{sum(rows)} of {len(rows)}"
