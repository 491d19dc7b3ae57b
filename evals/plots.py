"""Plots as SVG, drawn by hand so that the report is one file without an outside request.

Colours are CSS variables of the page, so one drawing serves light and dark.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from evals.bootstrap import reliability
from evals.figures import DIRECTIONS, confidence_and_right
from evals.measures import BY_NAME
from evals.results import Figure, Result, Row

WIDTH = 440
LEFT, RIGHT, TOP = 62, 40, 8
LINE = 22
SHOWN = ("facts", "recall5", "ndcg10", "citation_recall", "on_evidence", "agreement")
Point = tuple[float, float]


def by_direction(result: Result) -> str:
    """Return a dot with its interval for each metric and direction, the last release hollow."""
    lines: list[tuple[str, Figure | None]] = []
    for metric in SHOWN:
        found = [(name, result.figure(metric, name)) for name in ("all", *DIRECTIONS)]
        if any(figure for _, figure in found):
            lines += [(BY_NAME[metric].label, None), *((n, f) for n, f in found if f)]
    height = TOP + LINE * len(lines) + 30
    parts = [_grid(TOP, height - 30)]
    for place, (label, figure) in enumerate(lines):
        y = TOP + LINE * place + LINE / 2
        parts.append(_line(label, figure, y) if figure else _text(0, y + 5, label, style="strong"))
    return _svg(WIDTH, height, "Figures with 95 % intervals by direction", "".join(parts))


def _line(name: str, figure: Figure, y: float) -> str:
    tone = "c-all" if name == "all" else "c-part"
    drawn = _text(LEFT - 10, y + 4, name, "end")
    if not math.isnan(figure.low):
        ends = f'x1="{_x(figure.low)}" x2="{_x(figure.high)}"'
        drawn += f'<line class="{tone}" {ends} y1="{y}" y2="{y}"/>'
    if not math.isnan(figure.before):
        drawn += f'<circle class="before" cx="{_x(figure.before)}" cy="{y}" r="6"/>'
    drawn += f'<circle class="{tone} dot" cx="{_x(figure.value)}" cy="{y}" r="4"/>'
    return drawn + _text(WIDTH - 4, y + 4, f"{100 * figure.value:.0f}", "end")


def trade_off(rows: Sequence[Row]) -> str:
    """Return refused-though-covered against answered-though-not, for every threshold.

    The curve is what the confidence alone would allow; the dot is where the assistant stands.
    """
    judged = [row for row in rows if row.kind not in ("contact", "smalltalk")]
    covered = [row.confidence for row in judged if row.answerable]
    beyond = [row.confidence for row in judged if not row.answerable]
    if not covered or not beyond:
        return ""
    curve = []
    for threshold in (-1.0, *sorted({*covered, *beyond}), 2.0):
        refused = sum(c < threshold for c in covered) / len(covered)
        claimed = sum(c >= threshold for c in beyond) / len(beyond)
        curve.append((refused, claimed))
    errors = [row.scores["error"] for row in judged if "error" in row.scores]
    claims = [row.scores["hallucination"] for row in judged if "hallucination" in row.scores]
    here = (sum(errors) / max(1, len(errors)), sum(claims) / max(1, len(claims)))
    body = _square("refused though covered", "answered though not covered")
    body += f'<polyline class="curve" points="{_points(curve)}"/>' + _dot(here, 5.5)
    return _svg(300, 300, "Trade-off between refusing and answering", body)


def reliability_plot(rows: Sequence[Row]) -> str:
    """Return how often the articles do cover a question, by how confident the assistant was."""
    confidence, covered = confidence_and_right(rows)
    if len(confidence) < 10:
        return ""
    bins = [(said, was) for said, was, _ in reliability(confidence, covered)]
    body = _square("confidence", "share covered")
    body += f'<polyline class="diagonal" points="{_points([(0, 0), (1, 1)])}"/>'
    body += f'<polyline class="curve" points="{_points(bins)}"/>'
    return _svg(300, 300, "Reliability of the confidence", body + "".join(_dot(b, 4) for b in bins))


def latency_plot(rows: Sequence[Row]) -> str:
    """Return how many answers took how long, with the median and the 95th percentile."""
    times = sorted(row.milliseconds for row in rows if row.milliseconds)
    if not times:
        return ""
    top = max(10.0, times[-1] * 1.02)
    counts = [0] * 24
    for value in times:
        counts[min(23, int(24 * value / top))] += 1
    scale, bar = 130 / max(counts), (WIDTH - 60) / 24
    parts = [
        f'<rect class="bar" x="{40 + at * bar:.1f}" y="{160 - count * scale:.1f}" '
        f'width="{bar - 2:.1f}" height="{count * scale:.1f}" rx="2"/>'
        for at, count in enumerate(counts) if count
    ]  # fmt: skip
    for name, share in (("p50", 0.5), ("p95", 0.95)):
        value = times[min(len(times) - 1, int(share * len(times)))]
        x = 40 + (WIDTH - 60) * value / top
        parts.append(f'<line class="mark" x1="{x:.1f}" x2="{x:.1f}" y1="22" y2="160"/>')
        parts.append(_text(x, 16, f"{name} {value:.0f} ms", "middle"))
    parts.append(_text(40, 178, "0", "middle") + _text(WIDTH - 20, 178, f"{top:.0f} ms", "end"))
    return _svg(WIDTH, 186, "Latency of the answers", "".join(parts))


def _x(share: float) -> float:
    return round(LEFT + (WIDTH - LEFT - RIGHT) * min(1.0, max(0.0, share)), 1)


def _grid(top: float, bottom: float) -> str:
    drawn = ""
    for share in (0, 0.25, 0.5, 0.75, 1):
        x = _x(share)
        drawn += f'<line class="grid" x1="{x}" x2="{x}" y1="{top}" y2="{bottom}"/>'
        drawn += _text(x, bottom + 16, f"{100 * share:.0f}", "middle")
    return drawn


def _square(across: str, up: str) -> str:
    drawn = ""
    for share in (0, 0.5, 1):
        (x, y), number = _place((share, share)), f"{100 * share:.0f}"
        drawn += f'<line class="grid" x1="{x}" x2="{x}" y1="20" y2="250"/>'
        drawn += f'<line class="grid" x1="50" x2="280" y1="{y}" y2="{y}"/>'
        drawn += _text(x, 266, number, "middle") + _text(44, y + 4, number, "end")
    drawn += _text(165, 286, across + " (%)", "middle")
    aside = _text(0, 0, up + " (%)", "middle")
    return drawn + f'<g transform="translate(14 135) rotate(-90)">{aside}</g>'


def _place(point: Point) -> Point:
    return round(50 + 230 * point[0], 1), round(250 - 230 * point[1], 1)


def _points(points: Sequence[Point]) -> str:
    return " ".join(f"{x},{y}" for x, y in map(_place, points))


def _dot(point: Point, radius: float) -> str:
    x, y = _place(point)
    return f'<circle class="c-all dot" cx="{x}" cy="{y}" r="{radius}"/>'


def _text(x: float, y: float, words: str, anchor: str = "start", style: str = "") -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f'<text class="{style}" {place}>{escape(words)}</text>'


def _svg(width: int, height: float, title: str, body: str) -> str:
    return (
        f'<svg viewBox="0 0 {width} {height:.0f}" style="max-width:{width}px" role="img" '
        f'aria-label="{escape(title)}"><title>{escape(title)}</title>{body}</svg>'
    )
