"""A result as text for the terminal, Markdown for a pull request, JUnit XML for machines.

The verdict is always the first line.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from xml.etree import ElementTree

from evals import page, stored
from evals.gate import verdict
from evals.results import Result
from evals.tables import (
    Table,
    kind_table,
    metric_table,
    model_table,
    side_table,
    what_it_sees,
    worst,
)


def write_report(folder: Path, result: Result, kinds: Sequence[str]) -> list[Path]:
    """Write the wanted kinds of report ("html", "json", "junit", "markdown"); return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    makers: dict[str, tuple[str, Callable[[], str]]] = {
        "html": ("report.html", lambda: page.whole(result)),
        "json": ("report.json", lambda: stored.as_json(result)),
        "junit": ("junit.xml", lambda: as_junit(result)),
        "markdown": ("report.md", lambda: as_markdown(result)),
    }
    written = []
    for kind in kinds:
        name, make = makers[kind]
        (folder / name).write_text(make(), "utf-8")
        written.append(folder / name)
    return written


def as_text(result: Result) -> str:
    """Return the verdict, the failed checks, and the tables, for a terminal."""
    failed = [check for check in result.checks if not check.passed]
    lines = [verdict(result), *(f"  ✗ {check.name}: {check.says}" for check in failed[1:])]
    lines += ["", *_aligned(metric_table(result)), "", *_aligned(kind_table(result))]
    if result.sides:
        lines += ["", *_aligned(side_table(result))]
    if result.models:
        lines += ["", *_aligned(model_table(result))]
    return "\n".join([*lines, "", what_it_sees(result)])


def as_markdown(result: Result) -> str:
    """Return the same as Markdown, with the worst changes."""
    failed = [check for check in result.checks if not check.passed]
    parts = [f"**{verdict(result)}**", "\n".join(f"- {c.name}: {c.says}" for c in failed)]
    parts.append(_pipes(metric_table(result)))
    parts.append(_pipes(kind_table(result)))
    if result.sides:
        parts.append(_pipes(side_table(result)))
    if result.models:
        parts.append(_pipes(model_table(result)))
    for row in worst(result)[:5]:
        parts.append(f"- `{row.id}` “{row.question}”: {'; '.join(row.problems)}")
    parts.append(what_it_sees(result))
    parts.append(" · ".join(f"{name} {value}" for name, value in result.about.items()))
    return "\n\n".join(part for part in parts if part) + "\n"


def as_junit(result: Result) -> str:
    """Return JUnit XML: a test case for each check and each question."""
    failed = [check for check in result.checks if not check.passed]
    count = len(result.checks) + len(result.rows)
    root = ElementTree.Element("testsuites")
    suite = _suite(root, "evals.gate", len(result.checks), len(failed))
    for check in result.checks:
        case = _case(suite, "evals.gate", check.name)
        if not check.passed:
            ElementTree.SubElement(case, "failure", message=check.says)
    suite = _suite(root, "evals.questions", len(result.rows), 0)
    for row in result.rows:
        case = _case(suite, f"evals.{row.kind}", row.id, row.milliseconds / 1000)
        if row.problems:  # a wrong answer alone fails no release: it is told, not counted
            ElementTree.SubElement(case, "system-out").text = "; ".join(row.problems)
    root.set("tests", str(count))
    root.set("failures", str(len(failed)))
    ElementTree.indent(root)
    return str(ElementTree.tostring(root, encoding="unicode", xml_declaration=True)) + "\n"


def _suite(root: ElementTree.Element, name: str, tests: int, failures: int) -> ElementTree.Element:
    counts = {"tests": str(tests), "failures": str(failures)}
    return ElementTree.SubElement(root, "testsuite", {"name": name, **counts})


def _case(
    suite: ElementTree.Element, group: str, name: str, seconds: float = 0.0
) -> ElementTree.Element:
    given = {"classname": group, "name": name, "time": f"{seconds:.3f}"}
    return ElementTree.SubElement(suite, "testcase", given)


def _aligned(table: Table) -> list[str]:
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
    lines = [
        "  ".join(cell.ljust(width) if not at else cell.rjust(width)
                  for at, (cell, width) in enumerate(zip(row, widths, strict=True))).rstrip()
        for row in table
    ]  # fmt: skip
    return [lines[0], "─" * sum(widths), *lines[1:]]


def _pipes(table: Table) -> str:
    rows = ["| " + " | ".join(row) + " |" for row in table]
    return "\n".join([rows[0], "|" + "---|" * len(table[0]), *rows[1:]])
