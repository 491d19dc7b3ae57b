"""Rows → figures: each metric on each slice, with its interval and its paired difference."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from evals import bootstrap
from evals.measures import METRICS
from evals.questions import KINDS
from evals.results import Figure, Row

DIRECTIONS = ("nl", "en", "nl→en", "en→nl")
SLICES = ("all", *DIRECTIONS, *KINDS)
Statistic = Callable[[Sequence[Row], Sequence[Row], bootstrap.Floats], bootstrap.Floats]


def figures_of(
    rows: Sequence[Row], before: Sequence[Row] = (), resamples: int = bootstrap.RESAMPLES
) -> tuple[Figure, ...]:
    """Return every figure of a run, paired by question id with an earlier one where given."""
    found: list[Figure] = []
    for name in SLICES:
        own = in_slice(rows, name)
        old = {row.id: row for row in before}
        for metric in METRICS:
            if figure := _figure(metric.name, name, own, rows, old, resamples):
                found.append(figure)
    return tuple(found)


def in_slice(rows: Iterable[Row], name: str) -> list[Row]:
    """Return the rows of a slice: "all", a direction such as "nl→en", or a kind."""
    if name == "all":
        return list(rows)
    if name in DIRECTIONS:
        return [row for row in rows if row.direction == name]
    return [row for row in rows if row.kind == name]


def _figure(
    metric: str,
    slice_: str,
    own: Sequence[Row],
    rows: Sequence[Row],
    old: dict[str, Row],
    resamples: int,
) -> Figure | None:
    if metric in ("p50", "p95"):
        return _latency(metric, slice_, own)
    statistic = _STATISTICS.get(metric) or _mean_of(metric)
    having = [row for row in own if _has(metric, row)]
    if not having or (metric in _STATISTICS and not _enough(metric, having, rows)):
        return None
    drawn = bootstrap.weights([row.stem for row in having], resamples)
    value, low, high = bootstrap.interval(statistic(having, rows, drawn))
    figure = Figure(metric, slice_, len(having), value, low, high)
    common = [row for row in having if row.id in old and _has(metric, old[row.id])]
    earlier = [old[row.id] for row in common]
    if not common or (metric in _STATISTICS and not _enough(metric, common, rows)):
        return figure
    drawn = bootstrap.weights([row.stem for row in common], resamples)
    was = statistic(earlier, list(old.values()), drawn)
    difference, lower, upper = bootstrap.interval(statistic(common, rows, drawn) - was)
    return Figure(metric, slice_, len(having), value, low, high, float(was[0]),
                  difference, lower, upper, len(common))  # fmt: skip


def _has(metric: str, row: Row) -> bool:
    if metric in ("auroc", "calibration"):
        return row.kind not in ("contact", "smalltalk") and row.status != "crashed"
    if metric == "typo_ratio":
        return row.kind == "typo" and "facts" in row.scores
    return metric in row.scores


def _enough(metric: str, having: Sequence[Row], rows: Sequence[Row]) -> bool:
    if metric == "auroc":
        return len({row.answerable for row in having}) == 2
    if metric == "calibration":
        return len(having) >= 10 and all(0 <= row.confidence <= 1 for row in having)
    clean = {row.id for row in rows}
    return all(clean_id(row) in clean for row in having)


def clean_id(row: Row) -> str:
    """Return the id of the question that a question with typing errors is a copy of."""
    return row.id.replace("-typo-", "-")


def _mean_of(metric: str) -> Statistic:
    def mean(own: Sequence[Row], _: Sequence[Row], drawn: bootstrap.Floats) -> bootstrap.Floats:
        return bootstrap.means([row.scores[metric] for row in own], drawn)

    return mean


def _auroc(own: Sequence[Row], _: Sequence[Row], drawn: bootstrap.Floats) -> bootstrap.Floats:
    confidence = [row.confidence for row in own]
    return bootstrap.aurocs(confidence, [row.answerable for row in own], drawn)


def _calibration(own: Sequence[Row], _: Sequence[Row], drawn: bootstrap.Floats) -> bootstrap.Floats:
    """Return the calibration error alone: binning each resample anew would cost seconds."""
    error = bootstrap.calibration_error(*confidence_and_right(own))
    return np.array([error, *[math.nan] * (len(drawn) - 1)])


def confidence_and_right(rows: Sequence[Row]) -> tuple[list[float], list[bool]]:
    """Return each question's confidence, and whether answering it was or would be covered.

    The confidence says how sure the assistant is that the articles cover the question.
    """
    own = [row for row in rows if _has("calibration", row)]
    return [row.confidence for row in own], [row.answerable for row in own]


def _typo_ratio(
    own: Sequence[Row], rows: Sequence[Row], drawn: bootstrap.Floats
) -> bootstrap.Floats:
    clean = {row.id: row.scores["facts"] for row in rows if "facts" in row.scores}
    with_errors = [row.scores["facts"] for row in own]
    return bootstrap.ratios(with_errors, [clean[clean_id(row)] for row in own], drawn)


_STATISTICS: dict[str, Statistic] = {
    "auroc": _auroc,
    "calibration": _calibration,
    "typo_ratio": _typo_ratio,
}


def _latency(metric: str, slice_: str, own: Sequence[Row]) -> Figure | None:
    times = [row.milliseconds for row in own if row.milliseconds]
    if not times:
        return None
    samples = bootstrap.quantiles(times, 0.5 if metric == "p50" else 0.95, resamples=1000)
    return Figure(metric, slice_, len(times), *bootstrap.interval(samples))
