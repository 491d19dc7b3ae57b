"""The whole run, one call a step: ask, score, count, compare with the last release, judge."""

from __future__ import annotations

import platform
import time
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version

from evals.compare import changed_rows
from evals.figures import figures_of
from evals.gate import check_all, read_floors
from evals.library import Library
from evals.model_runs import model_checks, model_run
from evals.models import Scripted
from evals.probes import probe_index, probe_search
from evals.questions import Question, digest
from evals.results import Figure, Result
from evals.rows import rows_of
from evals.run import Asked, Progress, Subject, ask_all

PACKAGES = ("chromadb", "llama-index-core", "tantivy", "langdetect", "numpy")
SIDE_RESAMPLES = 1000  # what runs beside the assistant decides nothing


def evaluate(
    subject: Subject,
    questions: Sequence[Question],
    before: Result | None = None,
    about: Mapping[str, str] | None = None,
    sides: Mapping[str, Subject] | None = None,
    progress: Progress | None = None,
    resamples: int = 10_000,
    models: Sequence[tuple[Scripted, Subject]] = (),
) -> Result:
    """Return what the run found, checked against the floors and the last release.

    `sides` are run on the same questions and reported beside the assistant; they decide nothing.
    So are the assistants that scripted `models` word the answers of, but no lie may get through.
    """
    started = time.perf_counter()
    library = Library(subject.articles())
    probes = [*probe_index(library, questions), *probe_search(subject, library)]
    rows = rows_of(ask_all(subject, questions, progress), library)
    asked = time.perf_counter()
    figures = figures_of(rows, before.rows if before else (), resamples)
    lowered = before.lowered if before else {}
    beside = {name: ask_all(side, questions, progress) for name, side in (sides or {}).items()}
    runs = []
    for model, side in models:
        beside[model.name] = ask_all(side, questions, progress)
        runs.append(model_run(model, beside[model.name]))
    checks = check_all(rows, figures, probes, read_floors(lowered=lowered))
    return Result(
        about={**(about or {}), "questions": f"{len(questions)}, digest {digest(questions)}"},
        rows=rows,
        figures=figures,
        checks=(*checks, *model_checks(runs)),
        sides={name: _side(found, library) for name, found in beside.items()},
        models=tuple(runs),
        timings={"asking": asked - started, "all": time.perf_counter() - started},
        lowered=lowered,
        accepted=before.accepted if before else "",
        probes={probe.name: probe.value for probe in probes},
        lost=tuple(row.id for row in changed_rows(before.rows, rows)[1]) if before else (),
    )


def versions() -> dict[str, str]:
    """Return the versions that an answer may depend on."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def _side(asked: Sequence[Asked], library: Library) -> tuple[Figure, ...]:
    figures = figures_of(rows_of(asked, library), (), SIDE_RESAMPLES)
    return tuple(f for f in figures if f.slice == "all")
