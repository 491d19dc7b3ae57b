"""Evidence → the smallest set of sentences that answers, and how sure we are that they do."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from assistant.kinds import TOLD_BY_SIGHT, question_kind
from assistant.match import Matcher
from assistant.records import Evidence
from assistant.score import confidence, logit
from ingest.deduplicate import normalised
from ingest.records import Language, Sentence

ANSWERED = 0.5  # confidence from which a question counts as covered: likelier right than wrong
CONSIDERED = 30  # candidates from which sentences are chosen
MOST = 3  # sentences for one part of a question …
BROAD = 5  # … and for one that an editor gave more of them
TELLS = 1.5  # nats; what a question's words must tell for more than one sentence
TIE = 1.2  # log-odds under the best at which a further sentence answers as well …
NEXT = 3.0  # … if it comes next in the article: of such, one in three belongs to the answer …
NEAR = 4.0  # … and at which it may join if it meets more of the question
DOUBT = 3.0  # nats; how undecided among the candidates a covered question may leave us
UNDECIDED = 0.2  # the confidence of one that leaves us more so
LONE = 0.4  # a question's only word may be this far from any word of the corpus
GAIN = 0.2  # how much more of the question's weight it must meet then
EXPECTED = 0.95  # how much a question must ask the same as one an editor gave a sentence …
VERBATIM = 0.98  # … and how much where it has no words to go by: "what does this mean for us?"
SAME = 0.3  # a twin in the reader's language may cover this much less and still stand in …
AS_WELL = 0.9  # … and any if it is no more than these log-odds behind

# Bare pronouns only: "These companies …" names what it is about.
_OPENS_WITH_PRONOUN = re.compile(
    r"^\W*(?:(?:but|and|so|maar|en|dus) )?"
    r"(?:it|they|he|she|this (?:is|can|may|will|was)|dit (?:is|kan|zal|was|betekent|gebeurt)|"
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
        room = BROAD if is_expected(candidate) else most
        if len(chosen) >= room or (behind > NEAR and not is_expected(candidate)):
            limit = f"{room} sentences" if len(chosen) >= room else f"{behind:.1f} behind the best"
            reasons.append(f"stopped before {candidate.sentence_id}: {limit}")
            break
        if {candidate.sentence_id, normalised(candidate.text)} & said:
            continue
        gain = float((np.maximum(met, strength) - met) @ asked.weights)
        tie = NEXT if _follows(sentence(candidate.sentence_id), said) else TIE
        if chosen and behind > tie and gain < GAIN and not is_expected(candidate):
            continue
        chosen.append(candidate)
        said |= _says(sentence(candidate.sentence_id), sentence)
        met = np.maximum(met, strength)
        reasons.append(
            f"took {candidate.sentence_id}: score {candidate.score:.2f}, meets {gain:.0%} more"
        )
    chosen = _with_neighbours(question, chosen, evidence, sentence)
    sure = confidence(dict(evidence[0].parts))
    vague = (
        not asked.words
        and question_kind(question) not in TOLD_BY_SIGHT
        and not is_expected(evidence[0])
    )
    lone = len(asked.words) == 1 and dict(evidence[0].parts)["unmet"] > LONE
    if (undecided := doubt(evidence, sentence)) > DOUBT:
        sure = min(sure, UNDECIDED)
        reasons.append(f"many sentences answer as well: {math.exp(undecided):.0f} or so")
    if vague or lone:
        sure = 0.0
        reasons.append("nothing to search for: no word of the question is in the articles")
    return Choice(question, tuple(chosen), sure, tuple(reasons))


def is_expected(candidate: Evidence) -> bool:
    """Return whether an editor gave the sentence this very question, perhaps with others."""
    parts = dict(candidate.parts)
    same = min(parts["question"], parts["question_dense"]) >= EXPECTED
    return same or parts["question_dense"] >= VERBATIM


def doubt(evidence: Sequence[Evidence], sentence: GetSentence) -> float:
    """Return the entropy, in nats, of which sentence answers; a sentence and its twins are one."""
    best: dict[str, float] = {}
    for item in evidence:
        record = sentence(item.sentence_id)
        one = min(record.id, *record.twins) if record.twins else record.id
        best[one] = max(best.get(one, -math.inf), logit(item.score))
    odds = np.exp(np.array(list(best.values())) - max(best.values()))
    shares = odds / odds.sum()
    return float(-(shares * np.log(shares)).sum())


def _with_neighbours(
    question: str, chosen: list[Evidence], evidence: Sequence[Evidence], sentence: GetSentence
) -> list[Evidence]:
    """Return the chosen with the neighbours that complete them.

    The sentence before one that opens with a pronoun ("It's a cliché you often find …"), which
    says nothing without it; and, where several things are asked for, the one after the best if it
    goes on with the same point ("Additionally, they must …").
    """
    by_id = {e.sentence_id: e for e in evidence}
    told = {name for e in chosen for name in (e.sentence_id, *sentence(e.sentence_id).twins)}
    out = list(chosen)
    for place, item in enumerate(chosen):
        record = sentence(item.sentence_id)
        before = by_id.get(f"{record.article_id}.{record.index - 1}")
        after = by_id.get(f"{record.article_id}.{record.index + 1}")
        wanted = [before] if before and _OPENS_WITH_PRONOUN.match(item.text) else []
        if after and not place and _GOES_ON.match(after.text) and _SEVERAL.search(question):
            wanted.append(after)
        for neighbour in wanted:
            if neighbour.sentence_id not in told:
                out.append(neighbour)
                told |= {neighbour.sentence_id, *sentence(neighbour.sentence_id).twins}
    return out


def _follows(record: Sentence, said: set[str]) -> bool:
    """Return whether a sentence comes right after one that is said, in its own version."""
    return f"{record.article_id}.{record.index - 1}" in said


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
    *,
    in_other: bool = False,
) -> tuple[Evidence, ...]:
    """Return the choice with each sentence's twin in the reader's language where it says as much.

    A twin that lacks what was asked (the ministry that only the Dutch version names) and scores
    less does not stand in: then the original is quoted. `in_other` tells that the question is
    worded in the other language, which any twin would seem to lack.
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
        # Our translation, where there is one, says in the reader's language all that it says.
        ours = sentence(item.sentence_id).translation
        whole = matcher.text(ours, language) if ours else matcher.text(item.text, item.language)
        texts = [whole, *(matcher.text(twin.text, twin.language) for twin in mine)]
        own, *rest = matcher.strengths(asked, texts)
        theirs = np.maximum.reduce(rest)
        lacks = float(np.maximum(0, own - theirs) @ asked.weights)
        best = max(twin.score for twin in mine)
        behind = logit(item.score) - logit(best)
        if lacks > SAME and behind > AS_WELL and (ours or not in_other):
            out.append(item)
        else:
            out += [twin for twin in mine if twin.score >= best * 0.6]
    return tuple({e.sentence_id: e for e in out}.values())
