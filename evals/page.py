"""A result as one HTML page: no outside request, readable on a phone, light and dark."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

from evals import plots, tables
from evals.gate import verdict
from evals.results import Result, Row

STYLE = Path(__file__).parent / "report.css"
WORST = 10
NOTHING = "<li>none: the articles do not cover it</li>"
GROUP = ' class="group"'  # a row that only names what follows


def whole(result: Result) -> str:
    """Return the whole page, the verdict first."""
    colour = "green" if result.green else "red"
    word, _, why = verdict(result).partition(": ")
    sections = [
        f'<header class="{colour}"><h1>{word.capitalize()}</h1><p>{escape(why)}</p></header>',
        _checks(result),
        _section("What was measured", _table(tables.metric_table(result))),
        _section("By direction, with 95 % intervals", _plot(
            plots.by_direction(result),
            "Filled: this run. Hollow: the last release. nl→en is a Dutch question that only the "
            "English article answers.")),
        _section("By kind of question", _table(tables.kind_table(result))),
        _section("Knowing what it does not know", _plots([
            (plots.trade_off(result.rows), "Every threshold on the confidence; the dot is where "
             "the assistant stands. Lower left is better."),
            (plots.reliability_plot(result.rows), "Of the questions it was this confident "
             "about, how many the articles cover.")])),
        _section("Time to answer", _plot(plots.latency_plot(result.rows), "")),
    ]  # fmt: skip
    if result.sides:
        sections.append(_section("Beside it", _table(tables.side_table(result))))
    if result.models:
        sections.append(_section("With a language model", _table(tables.model_table(result))))
    cards = [_question(row, row.id in result.lost) for row in tables.worst(result)[:WORST]]
    sections.append(_section("The worst", "".join(cards) or "<p>No question lost points.</p>"))
    sections.append(_section("What this can see", _paragraphs(tables.what_it_sees(result))))
    sections.append(_section("About this run", _about(result)))
    return _document(f"Evals: {colour}", "".join(sections))


def _document(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE.read_text('utf-8')}</style></head>"
        f"<body><main>{body}</main></body></html>\n"
    )


def _checks(result: Result) -> str:
    failed = [check for check in result.checks if not check.passed]
    listed = "".join(  # the first is in the verdict
        f"<li><strong>{escape(c.name)}</strong> {escape(c.says)}</li>" for c in failed[1:]
    )
    passed = "".join(
        f"<li><strong>{escape(c.name)}</strong> {escape(c.says)}</li>"
        for c in result.checks if c.passed
    )  # fmt: skip
    told = f'<ul class="failed">{listed}</ul>' if listed else ""
    count = len(result.checks) - len(failed)
    rest = f"<details><summary>{count} checks passed</summary><ul>{passed}</ul></details>"
    return f"<section>{told}{rest}</section>"


def _question(row: Row, lost: bool) -> str:
    """Return a card: the question, what was answered and cited, and what should have been."""
    told = "; ".join(row.problems) or "lost points on citations"
    answer = "".join(f"<p>{escape(sentence)}</p>" for sentence in row.sentences)
    cited = "".join(f"<li>{escape(citation)}</li>" for citation in row.citations)
    expected = "".join(f"<li>{escape(piece)}</li>" for piece in row.evidence)
    return (
        f'<article><h3 lang="{row.lang}">{escape(row.question)}</h3>'
        f'<p class="dim">{escape(row.id)} · {row.kind} · {row.direction} · {row.status} · '
        f"confidence {row.confidence:.2f}</p>"
        f'<p class="why">{"Right in the last release. " if lost else ""}{escape(told)}</p>'
        f'<div class="sides"><div><h4>Answered</h4><p class="dim">{escape(row.lead)}</p>{answer}'
        f"<ul>{cited}</ul></div><div><h4>Expected evidence</h4>"
        f"<ul>{expected or NOTHING}</ul></div></div></article>"
    )


def _about(result: Result) -> str:
    rows = "".join(
        f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in result.about.items()
    )
    times = "".join(
        f"<dt>{escape(name)}</dt><dd>{value:.2f} s</dd>" for name, value in result.timings.items()
    )
    return f"<dl>{rows}{times}</dl>"


def _table(table: Sequence[Sequence[str]]) -> str:
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in table[0])
    body = "".join(
        f'<tr{"" if any(row[1:]) else GROUP}><th scope="row">{escape(row[0])}</th>'
        + "".join(f"<td>{escape(cell)}</td>" for cell in row[1:])
        + "</tr>"
        for row in table[1:]
    )
    scroll = 'class="scroll" tabindex="0" role="region" aria-label="table"'
    return f"<div {scroll}><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"


def _plot(drawing: str, caption: str) -> str:
    told = f"<figcaption>{escape(caption)}</figcaption>" if caption else ""
    return f"<figure>{drawing}{told}</figure>"


def _plots(items: Iterable[tuple[str, str]]) -> str:
    drawn = "".join(_plot(drawing, caption) for drawing, caption in items if drawing)
    return f'<div class="sides">{drawn}</div>'


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{escape(line)}</p>" for line in text.splitlines())


def _section(title: str, body: str) -> str:
    return f"<section><h2>{escape(title)}</h2>{body}</section>"
