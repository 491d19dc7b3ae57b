"""One question from retrieval to answer: what was found, what was said, why it lost points."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.records import Evidence
from evals.library import Library
from evals.measures import METRICS
from evals.questions import Question
from evals.rows import rows_of
from evals.run import Subject, ask_one
from evals.tables import shown

SHOWN = 8  # candidates


def explain(subject: Subject, question: Question) -> str:
    """Return the story of one question as text."""
    library = Library(subject.articles())
    asked = ask_one(subject, question)
    row = rows_of([asked], library)[0]
    lines = [f"{question.id}  {question.kind}, {library.direction(question)}, {question.half} half"]
    lines += [f"  {role}: {said}" for role, said in question.history]
    lines += [f"  asked: {question.question}", ""]
    if not asked.crash:
        trace = subject.explain(question.question, question.history)
        lines += [f"  {reason}" for reason in getattr(trace, "reasons", ())]
    lines += ["", "Candidates (+ holds the evidence)"]
    lines += _candidates(asked.candidates, library.relevant(question)[0])
    lines += ["", f"Answer: {row.status}, confidence {row.confidence:.2f}", f"  {row.lead}"]
    lines += [f"  {sentence}" for sentence in row.sentences]
    lines += [f"    {citation}" for citation in row.citations]
    lines += ["", "Expected"]
    lines += [f"  fact: {' | '.join(fact)}" for fact in question.facts]
    lines += [f"  evidence: {piece}" for piece in question.evidence]
    lines += [] if question.answerable else ["  not covered"]
    lines += ["", "Why it lost points" if row.problems else "It lost no points"]
    lines += [f"  {problem}" for problem in row.problems]
    scores = [f"{m.label} {shown(row.scores[m.name], m)}" for m in METRICS if m.name in row.scores]
    return "\n".join([*lines, "", "; ".join(scores)])


def _candidates(candidates: Sequence[Evidence], relevant: frozenset[str]) -> list[str]:
    lines = []
    for place, candidate in enumerate(candidates[:SHOWN], 1):
        mark = "+" if candidate.sentence_id in relevant else " "
        ranks = ", ".join(f"{method} {rank}" for method, rank in candidate.ranks)
        text = candidate.text if len(candidate.text) <= 90 else candidate.text[:89] + "…"
        score = f"{candidate.score:.3f} {candidate.language}"
        lines.append(f"  {mark} {place}. {score} {text}  [{ranks}]")
    deeper = [n for n, c in enumerate(candidates, 1) if n > SHOWN and c.sentence_id in relevant]
    return [*lines, f"  + deeper: {', '.join(map(str, deeper))}"] if deeper else lines or ["  none"]
