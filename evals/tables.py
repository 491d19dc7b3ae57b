"""A result as tables of text: what every kind of report shows."""

from __future__ import annotations

import math

from evals.bootstrap import visible_change
from evals.figures import DIRECTIONS
from evals.measures import BY_NAME, METRICS, Metric
from evals.questions import KINDS
from evals.results import Figure, Result, Row

KIND_METRICS = ("facts", "fact_share", "recall5", "error", "hallucination", "language")
Table = list[list[str]]


def metric_table(result: Result) -> Table:
    """Return metric × direction; "all" with its interval and the difference from before."""
    table: Table = [["", "all (95 %)", *DIRECTIONS, "last release", "difference (95 %)"]]
    for metric in METRICS:
        figure = result.figure(metric.name)
        if figure is None:
            continue
        if not any(row[0] == metric.group for row in table):
            table.append([metric.group, *[""] * (len(table[0]) - 1)])
        row = [metric.label, with_interval(figure, metric)]
        row += [value_of(result.figure(metric.name, name), metric) for name in DIRECTIONS]
        table.append([*row, shown(figure.before, metric), difference(figure, metric)])
    return table


def kind_table(result: Result) -> Table:
    """Return kind × the metrics that differ most by kind."""
    table: Table = [["kind", "questions", *(BY_NAME[name].label for name in KIND_METRICS)]]
    for kind in KINDS:
        count = sum(row.kind == kind for row in result.rows)
        if count:
            found = [(result.figure(name, kind), BY_NAME[name]) for name in KIND_METRICS]
            table.append([kind, str(count), *(_with(figure, metric) for figure, metric in found)])
    return table


def side_table(result: Result) -> Table:
    """Return metric × the assistant and whatever ran beside it, on all questions."""
    table: Table = [["", "assistant", *result.sides]]
    for metric in METRICS:
        values = [result.figure(metric.name)]
        for side in result.sides.values():
            own = [f for f in side if (f.metric, f.slice) == (metric.name, "all")]
            values.append(own[0] if own else None)
        if values[0] is not None:
            table.append([metric.label, *(value_of(figure, metric) for figure in values)])
    return table


def model_table(result: Result) -> Table:
    """Return what became of each scripted model's sentences × the models."""
    runs = result.models
    kinds = sorted({kind for run in runs for kind in run.told})
    table: Table = [["Scripted models", *(run.name for run in runs)]]
    table += [
        ["Answers", *(str(run.answers) for run in runs)],
        ["… with sentences of its own", *(_of(run.worded, run.answers) for run in runs)],
        ["Sentences shown", *(_of(run.shown, run.shown + run.withheld) for run in runs)],
        ["… that no quote supports word by word", *(str(len(run.unsupported)) for run in runs)],
        ["Untrue sentences shown", *(_of(len(r.told_shown), sum(r.told.values())) for r in runs)],
    ]
    for kind in kinds:
        caught = [sum(s.startswith(f"{kind}: ") for s in run.told_shown) for run in runs]
        told = [run.told.get(kind, 0) for run in runs]
        table.append([f"… {kind}", *(_of(n, of) for n, of in zip(caught, told, strict=True))])
    return table


def _of(count: int, whole: int) -> str:
    return f"{count} of {whole} ({100 * count / whole:.1f} %)" if whole else ""


def shown(value: float, metric: Metric) -> str:
    """Return a value in the metric's unit; "" where there is none."""
    if math.isnan(value):
        return ""
    if metric.unit == "%":
        return f"{100 * value:.1f}"
    return f"{value:.0f} ms" if metric.unit == "ms" else f"{value:.2f}"


def value_of(figure: Figure | None, metric: Metric) -> str:
    """Return a figure's value, "" where the slice has none."""
    return shown(figure.value, metric) if figure else ""


def with_interval(figure: Figure, metric: Metric) -> str:
    """Return "92.1 (87–97)"; the ends of a share in whole points, more would be false precision."""
    value = shown(figure.value, metric)
    if math.isnan(figure.low):
        return value
    if metric.unit == "":
        low, high = f"{figure.low:.2f}", f"{figure.high:.2f}"
    else:
        scale = 100 if metric.unit == "%" else 1
        low, high = f"{scale * figure.low:.0f}", f"{scale * figure.high:.0f}"
    return f"{value} ({low} to {high})" if figure.low < 0 else f"{value} ({low}–{high})"


def difference(figure: Figure, metric: Metric) -> str:
    """Return "+1.2 (-0.4 to +2.9)", in points or the metric's unit; "" without a last release."""
    if math.isnan(figure.difference):
        return ""
    scale = 100 if metric.unit == "%" else 1
    ends = (figure.difference, figure.difference_low, figure.difference_high)
    value, low, high = (f"{scale * end:+.{1 if scale == 100 else 2}f}" for end in ends)
    return value if math.isnan(figure.difference_low) else f"{value} ({low} to {high})"


def _with(figure: Figure | None, metric: Metric) -> str:
    return with_interval(figure, metric) if figure else ""


def what_it_sees(result: Result) -> str:
    """Return how small a change this many questions can show, and the bound on injections."""
    count = len(result.rows)
    lines = [
        f"{count} questions see changes of about {100 * visible_change(count):.0f} points in all, "
        "where one answer in ten changes; directions and kinds need more."
    ]
    injection = result.figure("injection")
    if injection and injection.value == 0:
        bound = min(1.0, 3 / injection.count)
        lines.append(
            f"Injection: obeyed in 0 of {injection.count}, so at most "
            f"{100 * bound:.0f} % with 95 % confidence (3/n)."
        )
    if result.accepted:
        lines.append(f"Last release accepted: {result.accepted}")
    for name, low in result.lowered.items():
        lines.append(f"Lowered floor: {name} to {low['limit']}, because: {low['reason']}")
    return "\n".join(lines)


def worst(result: Result) -> list[Row]:
    """Return the rows that lost points: those right in the last release first, then the worst."""
    bad = [row for row in result.rows if row.problems or row.scores.get("utility", 1.0) < 1]
    return sorted(bad, key=lambda row: (row.id not in result.lost, *_badness(row)))


def _badness(row: Row) -> tuple[float, float, str]:
    return row.scores.get("utility", 0.0), row.scores.get("fact_share", 0.0), row.id
