"""Yes or no: floors, and nothing worse than the last release.

A gated figure fails when its paired difference from the last release lies wholly on the wrong
side of zero, or is worse than two points. Two points of a few questions are less than one
question, so that rule is for slices that can show two points.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.figures import in_slice
from evals.measures import BY_NAME
from evals.probes import Probe
from evals.questions import KINDS
from evals.results import Check, Figure, Result, Row
from ingest import toml

FLOORS = Path(__file__).parent / "floors.toml"
WORSE = 0.02  # two points
WIDE_SLICES = ("all", "nl", "en")
LEAST_OF_A_KIND = 5  # questions, for the floor by kind
Lowered = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Floor:
    """A limit that a figure must reach (`at_least`) or stay under."""

    name: str
    limit: float
    at_least: bool
    why: str

    def holds(self, value: float) -> bool:
        """Return whether a value is on the right side; NaN, nothing to tell, is."""
        if math.isnan(value):
            return True
        return value >= self.limit - 1e-9 if self.at_least else value <= self.limit + 1e-9


def read_floors(path: Path = FLOORS, lowered: Lowered | None = None) -> list[Floor]:
    """Return the floors in the order in which they explain; `lowered` ones by name."""
    floors = []
    for name, given in toml.loads(path.read_text("utf-8")).items():
        limit = given["at_least"] if "at_least" in given else given["at_most"]
        limit = (lowered or {}).get(name, {}).get("limit", limit)
        floors.append(Floor(name, float(limit), "at_least" in given, given["why"]))
    return floors


def check_all(
    rows: Sequence[Row],
    figures: Sequence[Figure],
    probes: Sequence[Probe],
    floors: Sequence[Floor],
) -> tuple[Check, ...]:
    """Return every check, the most informative first: floors in their order, then differences."""
    found = {(figure.metric, figure.slice): figure for figure in figures}
    checks = []
    for floor in floors:
        checks += list(_floor_checks(floor, rows, found, {probe.name: probe for probe in probes}))
    return (*checks, *_differences(rows, figures))


def measured(result: Result, name: str) -> float:
    """Return what a floor is held against; NaN if nothing was measured."""
    if name == "language_gap":
        return _gap(result.rows)
    if name == "facts_by_kind":
        shares = [f.value for f in result.figures if _of_a_kind(f)]
        return min(shares, default=math.nan)
    figure = result.figure(name)
    return figure.value if figure else result.probes.get(name, math.nan)


def verdict(result: Result) -> str:
    """Return the first line: yes or no and, where no, the failed check that explains most."""
    failed = [check for check in result.checks if not check.passed]
    count = f"{len(result.checks)} checks on {len(result.rows)} questions"
    if not failed:
        return f"GREEN: {count} passed."
    more = f" ({len(failed)} of {count} failed)" if len(failed) > 1 else f" (1 of {count} failed)"
    return f"RED: {failed[0].name}: {failed[0].says}{more}"


def _floor_checks(
    floor: Floor,
    rows: Sequence[Row],
    figures: Mapping[tuple[str, str], Figure],
    probes: Mapping[str, Probe],
) -> Iterator[Check]:
    if floor.name in probes:
        probe = probes[floor.name]
        yield _check(floor, floor.name, probe.value, f"{probe.count} looked at", probe.example)
    elif floor.name == "language_gap":
        yield _check(floor, floor.name, _gap(rows), "questions asked in both", "")
    elif floor.name == "facts_by_kind":
        for kind in KINDS:
            figure = figures.get(("facts", kind))
            if figure and figure.count >= LEAST_OF_A_KIND:
                lost = _example(rows, "facts", kind)
                told = f"{figure.count} questions"
                yield _check(floor, f"facts of {kind}", figure.value, told, lost)
    elif figure := figures.get((floor.name, "all")):
        lost = _example(rows, floor.name, "all")
        yield _check(floor, floor.name, figure.value, f"{figure.count} questions", lost)


def _check(floor: Floor, name: str, value: float, of: str, example: str) -> Check:
    passed = floor.holds(value)
    metric = BY_NAME.get(floor.name)
    limit = f"{'at least' if floor.at_least else 'at most'} {_shown(floor.limit, metric)}"
    says = f"{_shown(value, metric)}, must be {limit} ({of}): {floor.why}"
    return Check(name, passed, says if passed or not example else f"{says}. First: {example}")


def _differences(rows: Sequence[Row], figures: Iterable[Figure]) -> Iterator[Check]:
    for figure in figures:
        metric = BY_NAME[figure.metric]
        if not metric.gated or math.isnan(figure.difference):
            continue
        sign = 1 if metric.higher_is_better else -1
        ends = (sign * figure.difference_low, sign * figure.difference_high)
        wholly = max(ends) < 0 and not any(math.isnan(end) for end in ends)
        worse = figure.slice in WIDE_SLICES and sign * figure.difference < -WORSE - 1e-9
        example = _example(rows, figure.metric, figure.slice) if wholly or worse else ""
        says = (
            f"{_shown(figure.before, metric)} in the last release, now "
            f"{_shown(figure.value, metric)} (difference {100 * figure.difference:+.1f} points, "
            f"{100 * figure.difference_low:+.1f} to {100 * figure.difference_high:+.1f}, "
            f"{figure.common} questions)" + (f". First: {example}" if example else "")
        )
        yield Check(f"{metric.label}, {figure.slice}, against the last release",
                    not wholly and not worse, says)  # fmt: skip


def _of_a_kind(figure: Figure) -> bool:
    enough = figure.count >= LEAST_OF_A_KIND
    return figure.metric == "facts" and figure.slice in KINDS and enough


def _gap(rows: Sequence[Row]) -> float:
    """Return how far facts in Dutch and in English are apart, over questions asked in both."""
    facts: dict[str, dict[str, float]] = {}
    for row in rows:
        if "facts" in row.scores:
            facts.setdefault(row.stem, {})[row.lang] = row.scores["facts"]
    pairs = [pair for pair in facts.values() if len(pair) == 2]
    return abs(sum(p["nl"] - p["en"] for p in pairs)) / len(pairs) if pairs else math.nan


def _example(rows: Sequence[Row], name: str, slice_: str) -> str:
    """Return the first question that did badly, and what is wrong with its answer."""
    metric = BY_NAME[name]
    for row in in_slice(rows, slice_):
        value = row.scores.get(name)
        if value is not None and value < 1 if metric.higher_is_better else value:
            return f"{row.id}: {'; '.join(row.problems[:2]) or 'see evals explain'}"
    return ""


def _shown(value: float, metric: Any) -> str:
    if math.isnan(value):
        return "nothing"
    if metric and metric.unit == "ms":
        return f"{value:.0f} ms"
    return f"{value:.2f}" if metric and metric.unit == "" else f"{100 * value:.1f} %"
