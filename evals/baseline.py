"""The last release's results: `evals/baseline.json`, written only by accepting a run.

Beside the results it holds why they were accepted, and which floors were lowered for it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from evals import stored
from evals.gate import measured, read_floors
from evals.results import Result
from evals.stored import ResultsError

PATH = Path(__file__).parent / "baseline.json"


def read_baseline(path: Path = PATH) -> Result | None:
    """Return the last release's results, None before the first; raise ResultsError if broken."""
    return stored.read(path) if path.exists() else None


def accept(result: Result, reason: str, lower: Sequence[str] = (), path: Path = PATH) -> Result:
    """Make a run the last release, and return it as stored.

    Raises ResultsError without a reason, or if a floor is broken that `lower` does not name: a
    result that is worse than the last can be accepted, but one below a floor only knowingly.
    """
    if not reason.strip():
        raise ResultsError('Accepting a run takes a reason: --accept "why it is good enough"')
    floors = {floor.name: floor for floor in read_floors()}
    unknown = [name for name in lower if name not in floors]
    if unknown:
        raise ResultsError(f"No floor is called {unknown[0]}; known: {', '.join(floors)}.")
    lowered = {name: entry for name, entry in result.lowered.items() if name not in lower}
    for name, floor in floors.items():
        value = measured(result, name)
        if floor.holds(value):
            lowered.pop(name, None)
        elif name in lower:
            lowered[name] = {"limit": _slack(value, floor.at_least), "reason": reason}
    broken = [f for f in read_floors(lowered=lowered) if not f.holds(measured(result, f.name))]
    if broken:
        raise ResultsError(
            f"The floor {broken[0].name} is broken; to accept that: --lower-floor {broken[0].name}"
        )
    kept = replace(result, accepted=reason, lowered=lowered, timings={}, sides={}, models=())
    stored.write(path, kept)
    return kept


def _slack(value: float, at_least: bool) -> float:
    """Return the value cut to three places on the side that lets it pass."""
    cut = math.floor(value * 1000) if at_least else math.ceil(value * 1000)
    return cut / 1000
