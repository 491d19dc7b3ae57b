"""Evidence → the smallest set of sentences that answers, and how sure we are that they do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from assistant.match import Lexicon
from assistant.records import Evidence
from ingest.deduplicate import normalised
from ingest.records import Language, Sentence

ANSWERED = 0.4  # confidence from which a question counts as covered
CONSIDERED = 30  # candidates from which sentences are chosen
MOST = 4  # sentences in an answer
CLOSE = 0.8  # a further sentence must score this share of the best …
GAIN = 0.12  # … or meet this much more of the question's weight, at half the best's score
SAME = 0.12  # a twin in the reader's language may cover this much less and still stand in

GetSentence = Callable[[str], Sentence]


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen, best first, and why it stopped there."""

    chosen: tuple[Evidence, ...]
    confidence: float
    reasons: tuple[str, ...]


def choose(
    evidence: Sequence[Evidence],
    question: str,
    sentence: GetSentence,
    lexicon: Lexicon,
) -> Choice:
    """Return the fewest sentences that answer, none twice, none as its own twin."""
    if not evidence:
        return Choice((), 0.0, ("nothing found",))
    best = evidence[0].score
    evidence = evidence[:CONSIDERED]
    asked = lexicon.words(question)
    meets = lexicon.strengths(asked, [lexicon.words(e.text) for e in evidence])
    chosen: list[Evidence] = []
    reasons: list[str] = []
    said: set[str] = set()  # ids and normalised texts of what is chosen, twins included
    met = np.zeros(len(asked.words))
    for candidate, strength in zip(evidence, meets, strict=True):
        if len(chosen) == MOST:
            reasons.append(f"stopped at {MOST} sentences")
            break
        if candidate.score < best * CLOSE / 2:
            reasons.append(f"stopped at score {candidate.score:.2f}: under {CLOSE / 2} of the best")
            break
        if {candidate.sentence_id, normalised(candidate.text)} & said:
            continue
        now = np.maximum(met, strength)
        gain = float((now - met) @ asked.weights) / max(1e-9, float(asked.weights.sum()))
        if chosen and candidate.score < best * CLOSE and gain < GAIN:
            continue
        record = sentence(candidate.sentence_id)
        said |= {candidate.sentence_id, normalised(candidate.text), *record.twins}
        # The other half of a one-to-many twin says nothing new either.
        said |= {other for twin in record.twins for other in sentence(twin).twins}
        chosen.append(candidate)
        reasons.append(f"took {candidate.sentence_id}: score {candidate.score:.2f}, gain {gain:.2f}")
        met = now
    return Choice(tuple(chosen), best, tuple(reasons))


def in_language(
    choice: Choice,
    evidence: Sequence[Evidence],
    question: str,
    language: Language,
    sentence: GetSentence,
    lexicon: Lexicon,
) -> tuple[Evidence, ...]:
    """Return the choice with each sentence's twin in the reader's language where it says as much.

    A twin that lacks what was asked (the ministry that only the Dutch version names) does not
    stand in: then the original is quoted.
    """
    asked = lexicon.words(question)
    by_id = {e.sentence_id: e for e in evidence}
    out: list[Evidence] = []
    for item in choice.chosen:
        twins = [by_id[t] for t in sentence(item.sentence_id).twins if t in by_id]
        mine = [twin for twin in twins if twin.language == language]
        if item.language == language or not mine:
            out.append(item)
            continue
        total = max(1e-9, float(asked.weights.sum()))
        texts = [lexicon.words(e.text) for e in (item, *mine)]
        own, *rest = lexicon.strengths(asked, texts)
        theirs = np.maximum.reduce(rest)
        lacks = float(np.maximum(0, own - theirs) @ asked.weights) / total
        if lacks > SAME:
            out.append(item)
        else:
            best = max(twin.score for twin in mine)
            out += [twin for twin in mine if twin.score >= best * 0.6]
    return tuple({e.sentence_id: e for e in out}.values())
