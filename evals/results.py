"""The records of a run: rows (one a question), figures, checks, and the result of them all."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from evals.metrics import Scores


@dataclass(frozen=True, slots=True)
class Row:
    """One question, what was answered, and its scores; `problems` say why it lost points."""

    id: str
    stem: str
    lang: str
    kind: str
    direction: str
    question: str
    answerable: bool
    evidence: tuple[str, ...] = ()
    status: str = "crashed"
    confidence: float = 0.0
    lead: str = ""
    sentences: tuple[str, ...] = ()  # each with its markers
    citations: tuple[str, ...] = ()  # "[1] nl “quote”"
    scores: Scores = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    milliseconds: float = 0.0

    @property
    def answered(self) -> bool:
        """Whether something was claimed."""
        return self.status in ("answered", "partly")

    @property
    def right(self) -> bool:
        """Whether it got all that can be had: CRAG's +1."""
        return self.scores.get("utility", self.scores.get("routing", 0.0)) == 1.0


@dataclass(frozen=True, slots=True)
class Figure:
    """A metric on a slice: value, 95 % interval, and the paired difference from the last release.

    `common` is how many questions both runs have. NaN where there is nothing to tell.
    """

    metric: str
    slice: str
    count: int
    value: float
    low: float
    high: float
    before: float = math.nan
    difference: float = math.nan
    difference_low: float = math.nan
    difference_high: float = math.nan
    common: int = 0


@dataclass(frozen=True, slots=True)
class Check:
    """One thing the gate asks, and what it found; `says` is a whole sentence."""

    name: str
    passed: bool
    says: str


@dataclass(frozen=True, slots=True)
class ModelRun:
    """What became of the sentences that a scripted model wrote for all questions.

    `told` are the different untrue ones it wrote, by kind; `told_shown` those of them that a
    reader saw, `unsupported` the shown sentences that their quotes don't support word by word.
    """

    name: str
    answers: int  # that claim something
    worded: int  # of them, with at least one sentence of the model's
    shown: int  # sentences of the model's
    withheld: int
    told: dict[str, int] = field(default_factory=dict)
    told_shown: tuple[str, ...] = ()  # "kind: sentence"
    unsupported: tuple[str, ...] = ()

    @property
    def passed(self) -> float:
        """The share of the model's sentences that was shown; NaN where it wrote none."""
        written = self.shown + self.withheld
        return self.shown / written if written else math.nan


@dataclass(frozen=True, slots=True)
class Result:
    """Everything a run found. `about` tells corpus, settings and versions; `timings` may vary."""

    about: dict[str, str]
    rows: tuple[Row, ...]
    figures: tuple[Figure, ...] = ()
    checks: tuple[Check, ...] = ()
    sides: dict[str, tuple[Figure, ...]] = field(default_factory=dict)  # peers, by name
    models: tuple[ModelRun, ...] = ()  # scripted models; their figures are among the sides
    timings: dict[str, float] = field(default_factory=dict)
    lowered: dict[str, dict[str, Any]] = field(default_factory=dict)
    accepted: str = ""
    probes: dict[str, float] = field(default_factory=dict)
    lost: tuple[str, ...] = ()  # ids that were right in the last release and no longer are

    @property
    def green(self) -> bool:
        """Whether every check passed."""
        return all(check.passed for check in self.checks)

    def figure(self, metric: str, slice_: str = "all") -> Figure | None:
        """Return a figure, None where no question of the slice has the metric."""
        wanted = (metric, slice_)
        return next((f for f in self.figures if (f.metric, f.slice) == wanted), None)
