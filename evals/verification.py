"""Does verification reject lies and let honest sentences pass? python -m evals verification

`evals/mutations.jsonl` holds sentences as a language model might write them, each with the article
sentences it cites: honest paraphrases and translations, and lies, most written by hand and some
made by evals/mutate.py. Each names its half. Only sentences whose id opens with "w-" are for the
gate: they were written blind, and halved by sha1 of what they cite, less what had been read in
tuning. Their articles occur in both halves. Passages of XQuAD (CC BY-SA 4.0) are quoted in it.

`--written` takes `written/claims.tsv` instead (evals/written_claims.py). Its tuning half taught
the entailment model, so only its gate half says something.
"""

from __future__ import annotations

import json
import math
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.verify import Source, Verifier
from evals.questions import Half, QuestionsError
from evals.written_claims import WRITTEN as FOLDER
from evals.written_claims import held_out, read_claims, sentences
from ingest.records import Language

SHIPPED = Path(__file__).parent / "mutations.jsonl"
WRITTEN = FOLDER / "claims.tsv"


@dataclass(frozen=True, slots=True)
class Mutation:
    """A written sentence with what it cites, and whether that supports it.

    `cited` are exact sentences of an article; `twins` say the same in the other language, where
    the article has them; `before` is what comes before the first of them.
    """

    id: str
    group: str
    half: Half
    language: Language
    text: str
    cited: tuple[str, ...]
    cited_language: Language
    twins: tuple[str, ...]
    before: str
    honest: bool
    kind: str

    def sources(self) -> list[Source]:
        """Return what it cites as verification takes it."""
        twins = self.twins or ("",) * len(self.cited)
        return [
            Source(n, f"{self.group}.{n}", self.cited_language, text, twin, self.before)
            for n, (text, twin) in enumerate(zip(self.cited, twins, strict=True), 1)
        ]


@dataclass(frozen=True, slots=True)
class Judged:
    """A mutation, whether verification was right about it, why it said no, and milliseconds."""

    mutation: Mutation
    right: bool
    reason: str
    took: float


def load_mutations(path: Path = SHIPPED, half: Half = "gate") -> list[Mutation]:
    """Return the sentences of one half, or all; raise QuestionsError for a file that is not one."""
    try:
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        found = [
            Mutation(
                **{
                    **row,
                    "cited": tuple(row["cited"]),
                    "twins": tuple(row.get("twins", ())),
                    "before": row.get("before", ""),
                }
            )
            for row in rows
        ]
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise QuestionsError(f"{path}: can't be read as a file of mutations ({error}).") from error
    return [one for one in found if half in ("all", one.half)]


def load_written(path: Path = WRITTEN, half: Half = "gate") -> list[Mutation]:
    """Return the written claims of one half, or all; the gate's articles were not learned from.

    Raises QuestionsError for a file that is none.
    """
    rows, kept, found = sentences(), held_out(), list[Mutation]()
    for place, claim in enumerate(read_claims(path)):
        first = claim.numbers[0]
        language = rows[claim.article, first][0]
        before = rows.get((claim.article, first - 1), ("", ""))
        found.append(
            Mutation(
                id=f"{claim.article}.{place}",
                group=claim.article,
                half="gate" if claim.article in kept else "tuning",
                language=claim.language,
                text=claim.text,
                cited=tuple(rows[claim.article, n][1] for n in claim.numbers),
                cited_language=language,
                twins=(),
                before=before[1] if before[0] == language else "",
                honest=claim.true,
                kind=claim.label,
            )
        )
    return [one for one in found if half in ("all", one.half)]


def judge(verifier: Verifier, mutations: Sequence[Mutation]) -> list[Judged]:
    """Return each sentence with whether it was rightly shown or withheld."""
    found = []
    for one in mutations:
        start = time.perf_counter()
        verdict = verifier.check(one.text, one.language, one.sources())
        took = 1000 * (time.perf_counter() - start)
        found.append(Judged(one, verdict.supported == one.honest, verdict.reason, took))
    return found


def shares(judged: Sequence[Judged]) -> tuple[float, float]:
    """Return the share of lies rejected and of honest sentences passed."""
    lies = [j.right for j in judged if not j.mutation.honest]
    honest = [j.right for j in judged if j.mutation.honest]
    return sum(lies) / max(1, len(lies)), sum(honest) / max(1, len(honest))


def table(judged: Sequence[Judged]) -> str:
    """Return the figures by kind, with 95 % intervals, and the time a sentence takes."""
    lines = []
    for honest, title in ((False, "lies rejected"), (True, "honest sentences passed")):
        rows = [j for j in judged if j.mutation.honest is honest]
        right = Counter(j.mutation.kind for j in rows if j.right)
        total = Counter(j.mutation.kind for j in rows)
        lines.append(_line(title, sum(right.values()), len(rows)))
        lines += [_line(f"  {kind}", right[kind], total[kind]) for kind in sorted(total)]
    times = sorted(j.took for j in judged)
    middle, late = times[len(times) // 2], times[int(0.95 * len(times))]
    lines.append(f"{'ms a sentence':28} p50 {middle:.1f}  p95 {late:.1f}")
    return "\n".join(lines)


def wilson(right: int, total: int) -> tuple[float, float]:
    """Return the 95 % interval of a share by Wilson's score (Wilson 1927)."""
    if not total:
        return 0.0, 1.0
    z = 1.96
    centre = (right / total + z * z / (2 * total)) / (1 + z * z / total)
    spread = z * math.sqrt(right * (total - right) / total**3 + z * z / (4 * total**2))
    spread /= 1 + z * z / total
    return max(0.0, centre - spread), min(1.0, centre + spread)


def _line(name: str, right: int, total: int) -> str:
    low, high = wilson(right, total)
    return f"{name:28} {right:4} of {total:<4} {right / total:6.1%}  ({low:.0%} to {high:.0%})"
