"""How likely a sentence answers a question: features, and the weights that combine them.

The weights were fitted on other texts than the corpus (see evals/tune.py, which prints them).
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assistant.match import Lexicon, Words, coverage, share_of_numbers
from ingest.facts import names, numbers
from ingest.records import Language

NEIGHBOUR = 0.5  # what a match in the sentence before counts for one that refers back
TWIN = 0.95  # … in what the sentence's translation says
FACES = 0.9  # … in the expected questions that lead to it
TITLE = 0.5  # … and in the article's title

_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("number", re.compile(r"\b(?:how (?:many|much|large|big|old|long|high|far|often)|hoeveel|"
                          r"hoe (?:groot|hoog|lang|oud|ver|vaak)|what (?:percentage|share|number|"
                          r"amount|proportion)|welk (?:percentage|aandeel|aantal|bedrag)|minimum|"
                          r"maximum|aantal|number of)\b", re.I)),
    ("date", re.compile(r"\b(?:when|wanneer|since|sinds|what year|which year|in welk jaar|"
                        r"hoelang al)\b", re.I)),
    ("actor", re.compile(r"\b(?:who|whom|whose|wie|which (?:ministry|company|companies|body|"
                         r"authority|organi[sz]ation|country|countries)|welke? (?:ministerie|"
                         r"bedrij(?:f|ven)|instantie|overheid|land(?:en)?|organisatie))\b", re.I)),
    ("place", re.compile(r"\b(?:where|waar)\b(?!(?:om|bij|door|in|mee|op|van|voor))", re.I)),
    ("reason", re.compile(r"\b(?:why|how come|waarom|vanwaar|hoezo|wat is de reden)\b", re.I)),
)  # fmt: skip
_YEAR = re.compile(
    r"\b(?:1[5-9]|20)\d\d\b|\b(?:january|february|march|april|june|july|august|september|october|"
    r"november|december|januari|februari|maart|mei|juni|juli|augustus|oktober|century|eeuw|"
    r"decades?|decennia|jaren|years?|today|vandaag)\b",
    re.I,
)
_REASON = re.compile(
    r"\b(?:because|since|due to|so that|in order to|therefore|as a result|caused|to avoid|"
    r"omdat|doordat|zodat|want|dankzij|wegens|vanwege|om te|om .* te|daarom|dus|hierdoor)\b",
    re.I,
)
_REFERS_BACK = re.compile(
    r"^\W*(?:(?:but|and|additionally|moreover|also|maar|en|bovendien|bovenal|ook|daarnaast)\b,?\s*)?"
    r"(?:\w+ )?(?:they|these|this|that|those|it|he|she|their|its|ze|zij|deze|dit|die|dat|het|hij|"
    r"hun|zo|hiermee|daarmee|hierdoor|daardoor)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class View:
    """A sentence as scoring sees it: its words and vector, what precedes it, its faces."""

    text: str
    language: Language
    words: Words
    vector: np.ndarray
    twin: Words  # what our translation or the twins say in the other language
    before: Words
    title: Words
    faces: tuple[tuple[Words, np.ndarray], ...] = ()

    @property
    def face_words(self) -> Words:
        """All words of the expected questions, as doc2query adds them to a passage."""
        found = dict.fromkeys(word for words, _ in self.faces for word in words.words)
        return Words(tuple(found), np.zeros(len(found), np.float32))


def question_kind(question: str) -> str:
    """Return the kind of answer asked for: number, date, actor, place, reason or other."""
    return next((kind for kind, pattern in _KINDS if pattern.search(question)), "other")


def holds_kind(kind: str, text: str) -> float:
    """Return 1 if the text holds an answer of that kind, 0 if not, .5 where that can't be told."""
    if kind == "number":
        return float(bool(numbers(text)))
    if kind == "date":
        return float(bool(_YEAR.search(text)))
    if kind in ("actor", "place"):
        return float(bool(names(text)))
    if kind == "reason":
        return float(bool(_REASON.search(text)))
    return 0.5


def features(
    question: str, asked: Words, vector: np.ndarray, views: Sequence[View], lexicon: Lexicon
) -> list[dict[str, float]]:
    """Return for each sentence what speaks for it, each feature about 0 to 1."""
    kind = question_kind(question)
    own = lexicon.strengths(asked, [view.words for view in views])
    own = np.maximum(own, TWIN * lexicon.strengths(asked, [view.twin for view in views]))
    before = lexicon.strengths(asked, [view.before for view in views])
    title = lexicon.strengths(asked, [view.title for view in views])
    reach = np.array([0.9 if _REFERS_BACK.match(view.text) else NEIGHBOUR for view in views])
    helped = np.maximum.reduce([own, reach[:, None] * before, TITLE * title])
    hinted = np.maximum(helped, FACES * lexicon.strengths(asked, [v.face_words for v in views]))
    faces = _faces(asked, vector, views, lexicon)
    return [
        {
            "coverage": coverage(asked, own[n]),
            "in_context": coverage(asked, helped[n]),
            "hinted": coverage(asked, hinted[n]),
            "missed": float((asked.weights * (1 - helped[n])).max(initial=0.0)),
            "dense": max(0.0, float(vector @ view.vector)),
            "kind": holds_kind(kind, view.text) - 0.5,
            "numbers": share_of_numbers(question, view.text),
            "question": faces[n],
        }
        for n, view in enumerate(views)
    ]


def _faces(
    asked: Words, vector: np.ndarray, views: Sequence[View], lexicon: Lexicon
) -> list[float]:
    """Return how much the nearest expected question of each sentence asks the same, 0 to 1.

    Covered both ways, so that a question that asks more or less than this one counts less.
    """
    flat = [(n, words, other) for n, view in enumerate(views) for words, other in view.faces]
    best = [0.0] * len(views)
    if not flat or not asked.words:
        return best
    there = lexicon.strengths(asked, [words for _, words, _ in flat])
    for row, (n, words, other) in zip(there, flat, strict=True):
        covered = coverage(asked, row)
        alike = max(0.0, float(vector @ other))
        if 0.4 * alike + 0.6 * math.sqrt(covered) <= best[n]:
            continue  # even if it covered all the way back
        back = coverage(words, lexicon.strengths(words, [asked])[0])
        best[n] = max(best[n], 0.4 * alike + 0.6 * math.sqrt(covered * back))
    return best


WEIGHTS = {
    "coverage": 2.2,
    "in_context": 1.6,
    "hinted": 1.5,
    "missed": -1.0,
    "dense": 2.4,
    "kind": 1.0,
    "numbers": 0.6,
    "question": 4.0,
}
BIAS = -3.6


def combined(parts: dict[str, float]) -> float:
    """Return the probability-like score of a sentence, 0 to 1."""
    total = BIAS + sum(WEIGHTS[name] * value for name, value in parts.items())
    return 1 / (1 + math.exp(-total))
