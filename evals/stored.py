"""Results as JSON, to keep and to compare; two runs of one thing differ in "timings" alone."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from evals.results import Check, Figure, Result, Row
from ingest.errors import AssistantError

FORMAT = 1
TIMED = ("p50", "p95")  # metrics and checks that differ from run to run


class ResultsError(AssistantError):
    """Stored results can't be read or written; the text says why and what helps."""


def write(path: Path, result: Result) -> None:
    """Write a result as JSON; two runs of one thing differ in "timings" alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(as_json(result), "utf-8")


def as_json(result: Result) -> str:
    """Return a result as JSON, what may vary between two runs under "timings"."""
    rows = [asdict(row) for row in result.rows]
    times = {row["id"]: row.pop("milliseconds") for row in rows}
    checks = [asdict(check) for check in result.checks]
    document = {
        "format": FORMAT,
        "accepted": result.accepted,
        "lowered": result.lowered,
        "about": result.about,
        "checks": [check for check in checks if check["name"] not in TIMED],
        "figures": _figures(result.figures, timed=False),
        "lost": result.lost,
        "probes": result.probes,
        "sides": {name: _figures(side, timed=False) for name, side in result.sides.items()},
        "models": [asdict(run) for run in result.models],
        "questions": rows,
        "timings": {
            "verdict": "green" if result.green else "red",  # slow is red, too
            "checks": [check for check in checks if check["name"] in TIMED],
            "figures": _figures(result.figures, timed=True),
            "sides": {name: _figures(side, timed=True) for name, side in result.sides.items()},
            "seconds": result.timings,
            "milliseconds": times,
        },
    }
    return json.dumps(_plain(document), ensure_ascii=False, indent=1) + "\n"


def _figures(figures: Iterable[Figure], timed: bool) -> list[dict[str, Any]]:
    return [asdict(figure) for figure in figures if (figure.metric in TIMED) == timed]


def read(path: Path) -> Result:
    """Return stored results; raise ResultsError if the file isn't that."""
    try:
        document = json.loads(path.read_text("utf-8"))
        if document["format"] != FORMAT:
            raise ResultsError(f"{path}: has format {document['format']}, this reads {FORMAT}.")
        times = document["timings"]["milliseconds"]
        asked = document["questions"]
        rows = [_read_row({**row, "milliseconds": times[row["id"]]}) for row in asked]
        checks = [*document["checks"], *document["timings"]["checks"]]
        figures = [*document["figures"], *document["timings"]["figures"]]
        return Result(
            about=document["about"],
            rows=tuple(rows),
            figures=tuple(_read_figure(figure) for figure in figures),
            checks=tuple(Check(**check) for check in checks),
            lowered=document["lowered"],
            accepted=document["accepted"],
            probes=document["probes"],
            lost=tuple(document["lost"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ResultsError(
            f"{path}: holds no results of an eval run ({error}). Make some: python -m evals"
        ) from error


def _read_row(fields: dict[str, Any]) -> Row:
    listed: Sequence[str] = ("evidence", "sentences", "citations", "problems")
    return Row(**{**fields, **{name: tuple(fields[name]) for name in listed}})


def _read_figure(fields: dict[str, Any]) -> Figure:
    given: dict[str, Any] = {k: math.nan if v is None else v for k, v in fields.items()}
    return Figure(**given)


def _plain(value: Any) -> Any:
    """Return a document without NaN, which JSON has no word for, and floats cut to 6 places."""
    if isinstance(value, float):
        return round(value, 6) if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
