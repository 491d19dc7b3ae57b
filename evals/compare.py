"""Two stored runs side by side: paired differences, and the questions that changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from evals import tables
from evals.figures import DIRECTIONS, figures_of
from evals.measures import METRICS
from evals.results import Result, Row


def compare(first: Result, second: Result) -> str:
    """Return, as text, what changed from the first run to the second."""
    figures = figures_of(second.rows, first.rows)
    found = replace(second, figures=figures)
    lines = [_headline(first, second), ""]
    lines += _changed_figures(found) or ["No figure differs."]
    gained, lost = changed_rows(first.rows, second.rows)
    for title, rows in (("Lost", lost), ("Gained", gained)):
        lines += ["", f"{title}: {len(rows)}"]
        lines += [f"  {row.id} “{row.question}”: {'; '.join(row.problems)}" for row in rows]
    return "\n".join(lines)


def changed_rows(before: Sequence[Row], now: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """Return the rows of now that became right, and those that no longer are."""
    old = {row.id: row for row in before}
    pairs = [(old[row.id], row) for row in now if row.id in old]
    gained = [new for was, new in pairs if new.right and not was.right]
    return gained, [new for was, new in pairs if was.right and not new.right]


def _headline(first: Result, second: Result) -> str:
    common = len({row.id for row in first.rows} & {row.id for row in second.rows})
    return f"{common} questions in both, of {len(first.rows)} and {len(second.rows)}."


def _changed_figures(result: Result) -> list[str]:
    lines = []
    for metric in METRICS:
        for name in ("all", *DIRECTIONS):
            figure = result.figure(metric.name, name)
            if figure and figure.difference:
                told = tables.difference(figure, metric)
                if told:
                    value = tables.shown(figure.value, metric)
                    lines.append(f"  {metric.label:<34} {name:<6} {value:>8}  {told}")
    return lines
