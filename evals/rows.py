"""What was asked → rows: the scores of each question, and in words why it lost points."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from evals.library import Library
from evals.metrics import Scores, forbidden, missing_facts, score, wrong_numbers
from evals.results import Row
from evals.run import Asked
from evals.support import citation_scores
from evals.tongue import language_problem


def rows_of(asked: Iterable[Asked], library: Library) -> tuple[Row, ...]:
    """Return a row for each question, pairs of Dutch and English compared."""
    rows = [_row(one, library) for one in asked]
    pairs = {(row.stem, row.lang): row for row in rows}
    return tuple(_agreeing(row, pairs.get((row.stem, "en" if row.lang == "nl" else "nl")))
                 for row in rows)  # fmt: skip


def _row(asked: Asked, library: Library) -> Row:
    question, answer = asked.question, asked.answer
    scores = {name: round(value, 6) for name, value in score(asked, library).items()}
    row = Row(
        id=question.id,
        stem=question.stem,
        lang=question.lang,
        kind=question.kind,
        direction=library.direction(question),
        question=question.question,
        answerable=question.answerable,
        evidence=question.evidence,
        scores=scores,
        problems=tuple(_problems(asked, library, scores)),
        milliseconds=round(asked.milliseconds, 3),
    )
    if answer is None:
        return row
    return replace(
        row,
        status=answer.status,
        confidence=round(answer.confidence, 6),
        lead=answer.lead,
        sentences=tuple(
            " ".join([s.text, *(f"[{m}]" for m in s.markers)]) for s in answer.sentences
        ),
        citations=tuple(f"[{c.marker}] {c.language} “{c.quote}”" for c in answer.citations),
    )


def _problems(asked: Asked, library: Library, scores: Scores) -> Iterable[str]:
    """Yield in words what is wrong with an answer."""
    question, answer = asked.question, asked.answer
    if answer is None:
        yield f"crashed: {asked.crash}"
        return
    for fact in missing_facts(question, answer):
        yield f"lacks {fact[0]}"
    if scores.get("hallucination"):
        yield "answered though the articles do not cover it"
    if scores.get("error"):
        yield f"{answer.status} though the articles cover it"
    if scores.get("routing") == 0:
        yield f"{answer.status}; expected {question.kind}"
    for pattern in forbidden(question, answer):
        yield f"says {pattern}, which it must not"
    for number in wrong_numbers(answer):
        yield f"states {number}, which no cited quote has"
    for problem in (library.quote_problem, library.source_problem, library.twin_problem):
        yield from (f"[{c.marker}] {found}" for c in answer.citations if (found := problem(c)))
    if scores.get("citation_recall", 1.0) < 1:
        unsupported = citation_scores(answer)[0].count(0.0)
        yield f"{unsupported} of {len(answer.sentences)} sentences not supported by their citation"
    for name, words in _SAID.items():
        if scores.get(name) == words[0]:
            yield words[1]
    yield from (p for s in answer.sentences if (p := language_problem(answer, s)))


_SAID = {
    "markers": (0.0, "a marker points nowhere, or a citation is not used"),
    "uncited": (1.0, "a sentence has no citation"),
    "translations": (0.0, "our translation has other figures than the original"),
    "language": (0.0, "is in the wrong language"),
    "repeats": (0.0, "gives another answer when asked again"),
}


def _agreeing(row: Row, twin: Row | None) -> Row:
    if twin is None or row.kind in ("contact", "smalltalk"):
        return row
    same = row.answered == twin.answered and _lacks(row) == _lacks(twin)
    return replace(row, scores={**row.scores, "agreement": float(same)})


def _lacks(row: Row) -> set[str]:
    return {problem for problem in row.problems if problem.startswith("lacks ")}
