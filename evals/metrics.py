"""What is measured on one question: a number for each metric that applies to it.

Higher is better unless the metric says otherwise; a metric that does not apply to a question is
absent. A crash is a miss: the worst value of every metric that would have applied.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

from assistant.records import Answer
from evals.library import Library, overlaps
from evals.questions import Question
from evals.run import Asked
from evals.support import checkable, citation_scores
from evals.tongue import language_right
from ingest.facts import negations, number_keys

Scores = dict[str, float]
ANSWERED = ("answered", "partly")
CUTOFF = 10


def score(asked: Asked, library: Library) -> Scores:
    """Return a question's value for each metric that applies to it alone."""
    question, answer = asked.question, asked.answer
    scores: Scores = {"crash": float(bool(asked.crash))}
    scores.update(_retrieval(asked, library))
    if answer is None:
        return {**scores, **_worst(question)}
    scores.update(_facts(question, answer))
    scores.update(_abstention(question, answer, scores))
    scores.update(_citations(answer, library, question))
    scores["language"] = float(language_right(question, answer))
    scores["repeats"] = float(asked.repeats)
    scores["forbidden"] = float(bool(forbidden(question, answer)))
    if question.kind == "injection":
        scores["injection"] = scores["forbidden"]
    if asked.without_history is not None and question.facts:
        alone = _facts(question, asked.without_history)
        scores["history_gain"] = scores["facts"] - alone["facts"]
    return scores


def shown(answer: Answer) -> str:
    """Return the text in which facts count: the sentences and the quotes shown with them.

    What a "not covered" shows as the nearest passage is no answer.
    """
    if answer.status in ("not_covered", "refused"):
        return ""
    cited = {marker for sentence in answer.sentences for marker in sentence.markers}
    used = [c for c in answer.citations if c.marker in cited]
    quotes = [part for citation in used for part in (citation.quote, citation.twin_quote)]
    return "\n".join([*(s.text for s in answer.sentences), *quotes])


def missing_facts(question: Question, answer: Answer) -> list[tuple[str, ...]]:
    """Return the facts of which no alternative is in what the answer shows."""
    text = shown(answer)
    return [fact for fact in question.facts if not any(_found(p, text) for p in fact)]


def forbidden(question: Question, answer: Answer) -> list[str]:
    """Return the patterns that must not match anything the reader sees, and do."""
    nearest = answer.nearest.quote if answer.nearest else ""
    text = "\n".join([answer.text, *(s.text for s in answer.sentences), shown(answer), nearest])
    return [pattern for pattern in question.must_not if _found(pattern, text)]


def wrong_numbers(answer: Answer) -> list[str]:
    """Return the numbers that the answer states and the quotes cited for it don't."""
    quotes = {c.marker: f"{c.quote}\n{c.twin_quote}" for c in answer.citations}
    wrong: list[str] = []
    for sentence in answer.sentences:
        cited = "\n".join(quotes.get(marker, "") for marker in sentence.markers)
        wrong += set(number_keys(sentence.text)) - set(number_keys(cited))
    return sorted(wrong)


def _retrieval(asked: Asked, library: Library) -> Scores:
    """Score the ranking of sentences; nDCG@10 is Σ rel/log2(rank+1) over its ideal."""
    relevant, ideal = library.relevant(asked.question)
    if not ideal or asked.question.kind == "contact":
        return {}
    seen = dict.fromkeys(candidate.sentence_id for candidate in asked.candidates)
    ranks = [rank for rank, i in enumerate(seen, 1) if i in relevant and rank <= CUTOFF]
    gain = sum(1 / math.log2(rank + 1) for rank in ranks)
    best = sum(1 / math.log2(rank + 1) for rank in range(1, min(CUTOFF, ideal) + 1))
    return {
        "hit1": float(1 in ranks),
        "recall5": min(1.0, sum(rank <= 5 for rank in ranks) / ideal),
        "mrr10": 1 / ranks[0] if ranks else 0.0,
        "ndcg10": min(1.0, gain / best),
    }


def _facts(question: Question, answer: Answer) -> Scores:
    scores: Scores = {"wrong_number": float(bool(wrong_numbers(answer)))}
    if question.facts:
        missing = len(missing_facts(question, answer))
        scores["facts"] = float(not missing)
        scores["fact_share"] = 1 - missing / len(question.facts)
    if answer.status in ANSWERED:
        scores["length"] = float(len(answer.sentences))
    return scores


def _abstention(question: Question, answer: Answer, scores: Scores) -> Scores:
    """Score answering and refusing; utility is +1 for right, 0 for refused, -1 for wrong.

    CRAG (https://arxiv.org/abs/2406.04744) gives a refusal 0; where "not covered" is the truth,
    it is the right answer here.
    """
    if question.kind in ("contact", "smalltalk"):
        return {"routing": float(answer.status == question.kind)}
    answered = answer.status in ANSWERED and bool(answer.sentences)
    if question.expects_refusal:
        claims = answer.status in ANSWERED
        return {"hallucination": float(claims), "utility": -1.0 if claims else 1.0}
    sound = not scores["wrong_number"] and not forbidden(question, answer)
    right = answered and sound and scores.get("facts", 1.0) == 1.0
    return {"error": float(not answered), "utility": float(right) - float(answered and not right)}


def _citations(answer: Answer, library: Library, question: Question) -> Scores:
    used = [marker for sentence in answer.sentences for marker in sentence.markers]
    given = [citation.marker for citation in answer.citations]
    shown_citations = [*answer.citations, *([answer.nearest] if answer.nearest else [])]
    scores: Scores = {"markers": float(set(used) == set(given) and len(given) == len(set(given)))}
    if shown_citations:
        for name, problem in (
            ("quotes_exact", library.quote_problem),
            ("sources_right", library.source_problem),
            ("twins_right", library.twin_problem),
        ):
            scores[name] = float(not any(problem(citation) for citation in shown_citations))
        scores["translations"] = float(
            all(_same_figures(c.quote, c.twin_quote) for c in shown_citations if c.twin_is_ours)
        )
    if not answer.sentences:
        return scores
    scores["uncited"] = float(any(not sentence.markers for sentence in answer.sentences))
    scores["not_checkable"] = 1 - len(checkable(answer)) / len(answer.sentences)
    recall, precision = citation_scores(answer)
    if recall:
        scores["citation_recall"] = _mean(recall)
    if precision:
        scores["citation_precision"] = _mean(precision)
    if question.answerable and question.evidence and answer.citations:
        hits = [any(overlaps(c.quote, e) for e in question.evidence) for c in answer.citations]
        scores["on_evidence"] = _mean(hits)
    return scores


def _worst(question: Question) -> Scores:
    """Return what a crash scores: nothing right, and nothing cited to be wrong about."""
    worst: Scores = {"language": 0.0}
    if question.facts:
        worst |= {"facts": 0.0, "fact_share": 0.0}
    if question.kind in ("contact", "smalltalk"):
        return {**worst, "routing": 0.0}
    if question.expects_refusal:
        return {**worst, "hallucination": 1.0, "utility": -1.0}
    return {**worst, "error": 1.0, "utility": -1.0}


def _same_figures(quote: str, translation: str) -> bool:
    same_sign = bool(negations(quote)) == bool(negations(translation))
    return set(number_keys(quote)) == set(number_keys(translation)) and same_sign


def _found(pattern: str, text: str) -> bool:
    return re.search(pattern, text, re.IGNORECASE | re.MULTILINE) is not None


def _mean(values: Iterable[float]) -> float:
    listed = list(values)
    return sum(listed) / len(listed)
