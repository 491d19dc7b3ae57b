"""Evidence → the smallest set of sentences that answers, and how sure we are that they do."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from assistant.match import Matcher
from assistant.records import Evidence
from assistant.score import TOLD_BY_SIGHT, confidence, question_kind
from ingest.deduplicate import normalised
from ingest.records import Language, Sentence

ANSWERED = 0.5  # confidence from which a question counts as covered: likelier right than wrong
CONSIDERED = 30  # candidates from which sentences are chosen
MOST = 3  # sentences for one part of a question
TELLS = 1.5  # nats; what a question's words must tell for more than one sentence
TIE = 1.2  # log-odds under the best at which a further sentence answers as well …
NEAR = 4.0  # … and at which it may join if it meets more of the question
FURTHER = 3.0  # … and at which the next sentence may go on with the best one's point …
LISTED = 12.0  # … where several things are asked for
LONE = 0.4  # a question's only word may be this far from any word of the corpus
GAIN = 0.2  # how much more of the question's weight it must meet then
SAME = 0.3  # a twin in the reader's language may cover this much less and still stand in

# Bare pronouns only: "These companies …" names what it is about.
_OPENS_WITH_PRONOUN = re.compile(
    r"^\W*(?:it|they|he|she|this (?:is|can|may|will|was)|dit (?:is|kan|zal|was|betekent|gebeurt)|"
    r"dat (?:is|kan|was)|ze|zij|hij)\b",
    re.I,
)
_SEVERAL = re.compile(
    r"\b(?:what|which)\s(?:\w+\s){0,2}?\w+(?:[^s]s|ia)\b|\bwhat are\b|\ball\b|\blist\b|"
    r"\bwelke\s(?:\w+\s)?\w+(?:en|s|ia)\b|\bwat zijn\b|\balle\b|\ballemaal\b|\blijst\b",
    re.I,
)
# An addition about the same subject: a connective, then a pronoun before long.
_GOES_ON = re.compile(
    r"^\W*(?:additionally|moreover|furthermore|in addition|also|besides|on top of that|"
    r"bovendien|bovenal|daarnaast|verder|ook|tevens|daarbij)\b(?:\W+\w+){0,3}?\W+"
    r"(?:they|it|their|its|he|she|these|this|ze|zij|het|hun|zijn|deze|dit|die)\b",
    re.I,
)
GetSentence = Callable[[str], Sentence]


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen, best first, and why it stopped there."""

    question: str
    chosen: tuple[Evidence, ...]
    confidence: float
    reasons: tuple[str, ...]


def choose(
    question: str,
    evidence: Sequence[Evidence],
    sentence: GetSentence,
    matcher: Matcher,
) -> Choice:
    """Return the fewest sentences that answer, none twice, none as its own twin."""
    if not evidence:
        return Choice(question, (), 0.0, ("nothing found",))
    evidence = evidence[:CONSIDERED]
    best = logit(evidence[0].score)
    asked = matcher.asked(question)
    meets = matcher.strengths(asked, [matcher.text(e.text, e.language) for e in evidence])
    most = MOST if asked.told >= TELLS else 1  # "how many?" tells nothing of a second sentence
    chosen: list[Evidence] = []
    reasons: list[str] = []
    said: set[str] = set()  # ids and normalised texts of what is chosen, twins included
    met = np.zeros(len(asked.words))
    for candidate, strength in zip(evidence, meets, strict=True):
        behind = best - logit(candidate.score)
        if len(chosen) == most or behind > NEAR:
            limit = f"{most} sentences" if len(chosen) == most else f"{behind:.1f} behind the best"
            reasons.append(f"stopped before {candidate.sentence_id}: {limit}")
            break
        if {candidate.sentence_id, normalised(candidate.text)} & said:
            continue
        gain = float((np.maximum(met, strength) - met) @ asked.weights)
        if chosen and behind > TIE and gain < GAIN:
            continue
        chosen.append(candidate)
        said |= _says(sentence(candidate.sentence_id), sentence)
        met = np.maximum(met, strength)
        reasons.append(
            f"took {candidate.sentence_id}: score {candidate.score:.2f}, meets {gain:.0%} more"
        )
    chosen = _with_neighbours(question, chosen, evidence, sentence)
    sure = confidence(dict(evidence[0].parts))
    vague = not asked.words and question_kind(question) not in TOLD_BY_SIGHT
    lone = len(asked.words) == 1 and dict(evidence[0].parts)["unmet"] > LONE
    if vague or lone:
        sure = 0.0
        reasons.append("nothing to search for: no word of the question is in the articles")
    return Choice(question, tuple(chosen), sure, tuple(reasons))


def _with_neighbours(
    question: str, chosen: list[Evidence], evidence: Sequence[Evidence], sentence: GetSentence
) -> list[Evidence]:
    """Return the chosen with the neighbours that complete them.

    The sentence before one that opens with a pronoun ("It's a cliché you often find …"), which
    says nothing without it; and the one after the best if it goes on with the same point
    ("Additionally, they must …"), more readily where several things are asked for.
    """
    by_id = {e.sentence_id: e for e in evidence}
    told = {name for e in chosen for name in (e.sentence_id, *sentence(e.sentence_id).twins)}
    out = list(chosen)
    for place, item in enumerate(chosen):
        record = sentence(item.sentence_id)
        before = by_id.get(f"{record.article_id}.{record.index - 1}")
        after = by_id.get(f"{record.article_id}.{record.index + 1}")
        wanted = [before] if before and _OPENS_WITH_PRONOUN.match(item.text) else []
        if after and not place and _GOES_ON.match(after.text):
            behind = logit(item.score) - logit(after.score)
            wanted += (
                [after] if behind <= (LISTED if _SEVERAL.search(question) else FURTHER) else []
            )
        for neighbour in wanted:
            if neighbour.sentence_id not in told:
                out.append(neighbour)
                told |= {neighbour.sentence_id, *sentence(neighbour.sentence_id).twins}
    return out


def logit(probability: float) -> float:
    """Return the log-odds of a probability."""
    bounded = min(max(probability, 1e-12), 1 - 1e-12)
    return math.log(bounded / (1 - bounded))


def _says(record: Sentence, sentence: GetSentence) -> set[str]:
    """Return the ids and texts that say nothing new once this sentence is said."""
    said = {record.id, normalised(record.text), *record.twins}
    # The other half of a one-to-many twin says nothing new either.
    return said | {other for twin in record.twins for other in sentence(twin).twins}


def in_language(
    question: str,
    choice: Choice,
    evidence: Sequence[Evidence],
    language: Language,
    sentence: GetSentence,
    matcher: Matcher,
) -> tuple[Evidence, ...]:
    """Return the choice with each sentence's twin in the reader's language where it says as much.

    A twin that lacks what was asked (the ministry that only the Dutch version names) does not
    stand in: then the original is quoted.
    """
    asked = matcher.asked(question)
    by_id = {e.sentence_id: e for e in evidence}
    out: list[Evidence] = []
    for item in choice.chosen:
        twins = [by_id[t] for t in sentence(item.sentence_id).twins if t in by_id]
        mine = [twin for twin in twins if twin.language == language]
        if item.language == language or not mine:
            out.append(item)
            continue
        texts = [matcher.text(e.text, e.language) for e in (item, *mine)]
        own, *rest = matcher.strengths(asked, texts)
        theirs = np.maximum.reduce(rest)
        lacks = float(np.maximum(0, own - theirs) @ asked.weights)
        if lacks > SAME:
            out.append(item)
        else:
            best = max(twin.score for twin in mine)
            out += [twin for twin in mine if twin.score >= best * 0.6]
    return tuple({e.sentence_id: e for e in out}.values())
