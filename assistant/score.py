"""How likely a sentence answers a question: features, and the weights that combine them.

The weights were fitted on other texts than the corpus (see evals/tune.py, which prints them).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from assistant.asking import asserts
from assistant.kinds import TOLD_BY_SIGHT, counted, holds_kind, kind_words, question_kind
from assistant.match import Matcher, Text, coverage
from ingest.bilingual import Asked
from ingest.facts import names, numbers
from ingest.records import Language
from ingest.words import words

KIND = 2.0  # nats; what the kind of answer asked for weighs, as a word of the question
REFERRING = 0.9  # what a match in the sentence before counts for one that refers back …
NEIGHBOUR = 0.5  # … and for any other
SAME_NAME = 0.7  # strength from which a name is taken for the same, spelt another way
COUNTED = 0.45  # strength from which a number counts what is asked for, if that follows it …
NAMED, ELSEWHERE = 0.9, 0.7  # … and from which it may where that stands elsewhere; then it is worth
FIGURE = 0.9  # what any number counts for one that the question claims, or gives of its asker
TWIN = 0.95  # … in what the sentence's translation says
FACES = 0.9  # … in the expected questions that lead to it
TITLE = 0.5  # … and in the article's title
UNLIKE, UNASKED = 0.7, 0.8  # cosines up to which a sentence, and a question, say nothing
NEAREST = 4  # expected questions of a sentence, by vector, that are compared word by word

_OURS = re.compile(r"\b(?:we|our|us|my|i|wij|ons|onze|mijn|ik)\b", re.I)
# "my firm in Ghent", "a baker from Kortrijk": where who asks is from, not what is asked about
_OWN_PLACE = re.compile(
    r"\b(?:(?i:my|our|mijn|onze?|ons) (?:[\w’'-]+ )?(?i:kmo|sme|firma?|company|business|"
    r"bedrijf(?:je)?|zaak|onderneming|fabriek|factory|shop|winkel|office|kantoor|organisati(?:e|on))|"
    r"(?i:i (?:am|run|have|own|manage|lead)|we (?:are|run|have|own)|i['’]m|ik (?:ben|run|heb|leid)|"
    r"wij (?:zijn|hebben)|as an?|als)\s+(?:[\w’'-]+\s+){0,2}[\w’'-]+)\s+"
    r"(?i:in|uit|from|near|bij|rond|around)\s+([A-Z][\w’'-]+(?:[ -][A-Z][\w’'-]+)*)"
)
REFERS_BACK = re.compile(
    r"^\W*(?:(?:but|and|additionally|moreover|also|maar|en|bovendien|bovenal|ook|daarnaast)\b,?\s*)?"
    r"(?:\w+ )?(?:they|these|this|that|those|it|he|she|their|its|ze|zij|deze|dit|die|dat|het|hij|"
    r"hun|zo|hiermee|daarmee|hierdoor|daardoor)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class View:
    """A sentence as scoring sees it: its words and vector, what surrounds it, what leads to it."""

    text: str
    words: Text
    counts: Text  # what follows its numbers
    vector: np.ndarray
    twin: Text  # what our translation or the twins say in the other language
    before: Text
    title: Text
    article: Text  # all of it: names that the question shares with it are no strangers
    faces: Faces


@dataclass(frozen=True, slots=True)
class Face:
    """An expected question as scoring sees it."""

    words: Text
    row: int  # its place among all of the index
    kind: str


@dataclass(frozen=True, slots=True)
class Faces:
    """The expected questions of one sentence, or those that no sentence answers.

    `rows` are their places among all of the index; `words` is every word of them, by language.
    """

    each: tuple[Face, ...]
    rows: np.ndarray
    words: tuple[Text, ...]

    @classmethod
    def of(cls, faces: Sequence[Face]) -> Faces:
        """Return these faces together."""
        by_language: dict[Language, list[np.ndarray]] = {}
        for face in faces:
            by_language.setdefault(face.words.language, []).append(face.words.ids)
        words = tuple(Text(name, np.unique(np.concatenate(i))) for name, i in by_language.items())
        return cls(tuple(faces), np.array([face.row for face in faces], np.int64), words)

    def nearest(self, alike: np.ndarray) -> tuple[list[Face], float]:
        """Return those most like a question, and the cosine of the likest.

        `alike` is (all faces of the index,) their cosines with it. None of them where even the
        likest is of something else.
        """
        if not self.each:
            return [], 0.0
        own = alike[self.rows]
        likest = float(own.max())
        if likest < UNASKED:
            return [], likest
        order = np.argsort(-own, kind="stable")[:NEAREST]
        return [self.each[place] for place in order], likest


NO_FACES = Faces((), np.zeros(0, np.int64), ())


def features(
    question: str,
    asked: Asked,
    views: Sequence[View],
    matcher: Matcher,
    alike: np.ndarray,
    unanswered: Faces = NO_FACES,
) -> list[dict[str, float]]:
    """Return for each sentence what speaks for it, each feature about 0 to 1.

    `alike` are the cosines of the index's expected questions with this one; `unanswered` are
    those that editors say no sentence answers.
    """
    kind = question_kind(question)

    def meet(texts: Sequence[Text]) -> np.ndarray:
        return matcher.strengths(asked, texts)

    def meet_any(groups: Sequence[Sequence[Text]]) -> np.ndarray:
        rows = [place for place, texts in enumerate(groups) for _ in texts]
        best = np.zeros((len(groups), len(asked.words)), np.float32)
        np.maximum.at(best, rows, meet([text for texts in groups for text in texts]))
        return best

    own = meet([view.words for view in views])
    own = np.maximum(own, TWIN * meet([view.twin for view in views]))
    shown = kind_words(question, kind)
    asking = np.array([word in shown for word in asked.words], np.float32)
    holds = np.array([holds_kind(kind, view.text) for view in views])
    wanted = [asked.words.index(w) for w in counted(question) if w in asked.words]
    if kind == "count" and wanted:
        near, anywhere = (
            meet(texts)[:, wanted[0]]
            for texts in ([view.counts for view in views], [view.words for view in views])
        )
        holds *= np.where(near >= COUNTED, 1.0, np.where(anywhere >= NAMED, ELSEWHERE, 0.0))
    own = np.maximum(own, np.outer(holds, asking))
    figures = np.array([word[0].isdigit() for word in asked.words], bool)
    numbered = np.array([bool(numbers(view.text)) for view in views], np.float32)
    rest = coverage(asked, own * ~figures)  # figures alone ("17 x 23") ask for nothing here
    if asserts(question) or _OURS.search(question):
        own = np.maximum(own, FIGURE * np.outer(numbered * np.minimum(1.0, 2 * rest), figures))
    reach = np.array([REFERRING if REFERS_BACK.match(v.text) else NEIGHBOUR for v in views])
    before = reach[:, None] * meet([view.before for view in views])
    titles = _once([view.title for view in views], meet)
    helped = np.maximum.reduce([own, before, TITLE * titles])
    hints = meet_any([view.faces.words for view in views])
    asks, near = _asks_same(kind, asked, alike, [view.faces for view in views], matcher)
    left_open = _asks_same(kind, asked, alike, [unanswered], matcher)
    own_place = {word for place in _OWN_PLACE.findall(question) for word in words(place)}
    named = {word for name in names(question) for word in words(name)} - own_place
    # What an editor's question names is no stranger to its sentence.
    known = np.maximum.reduce([_once([view.article for view in views], meet), titles, hints])
    known = np.where(known >= SAME_NAME, known, 0.0)  # one city is not another, however alike
    strange = asked.weights * np.array([word in named for word in asked.words])
    if asserts(question):  # "the Commission decides, right?": the name may be what is wrong
        strange = np.zeros_like(strange)
    columns = {
        "coverage": _with_kind(coverage(asked, own), asked.told, kind, holds),
        "in_context": _with_kind(coverage(asked, helped), asked.told, kind, holds),
        "hinted": _with_kind(
            coverage(asked, np.maximum(helped, FACES * hints)), asked.told, kind, holds
        ),
        "strangers": (1 - known) @ strange,
        "dense": _above(UNLIKE, np.array([asked.vector @ view.vector for view in views])),
        "kind": holds - 0.5,
        "lacks": np.array([float(kind in TOLD_BY_SIGHT)] * len(views)) * (1 - holds),
        "question": asks,
        "question_dense": _above(UNASKED, near),
        "unmet": np.full(len(views), _unmet(asked)),
        "unasked": np.array([float(not view.faces.each) for view in views]),
        "unanswered": np.full(len(views), left_open[0][0]),
        "unanswered_dense": np.full(len(views), _above(UNASKED, left_open[1])[0]),
    }
    return [{name: float(column[n]) for name, column in columns.items()} for n in range(len(views))]


def _once(texts: Sequence[Text], meet: Callable[[Sequence[Text]], np.ndarray]) -> np.ndarray:
    """Return what `meet` returns; a text that is there many times is met once."""
    different = list({id(text): text for text in texts}.values())
    place = {id(text): n for n, text in enumerate(different)}
    found: np.ndarray = meet(different)[[place[id(text)] for text in texts]]
    return found


def _above(base: float, cosines: np.ndarray) -> np.ndarray:
    """Return the cosines from `base` to 1 as 0 to 1; what is below says as little as nothing.

    The encoder gives any two texts some .7, so that a sentence without expected questions would
    be far behind one with any, however unlike.
    """
    shares: np.ndarray = np.clip((cosines - base) / (1 - base), 0.0, 1.0)
    return shares


def _unmet(asked: Asked) -> float:
    """Return the share of the question's weight that no word of the whole corpus meets."""
    if not asked.words:
        return 0.0
    best = np.maximum.reduce([matrix.max(axis=1) for matrix in asked.strengths.values()])
    return float((1 - best) @ asked.weights)


def _with_kind(
    shares: np.ndarray, told: float | np.ndarray, kind: str, holds: np.ndarray
) -> np.ndarray:
    """Return (texts,) the shares met, where "how many" counts as a word that a number meets.

    Without it, a question of words that are everywhere ("How many Little Giants are there?")
    would be met by every sentence that names them. A number alone meets nothing.
    """
    weight = KIND if kind in TOLD_BY_SIGHT else 0.0
    whole = np.maximum(told + weight, 1e-9)
    met: np.ndarray = np.where(whole > 1e-9, shares * (told + holds * weight) / whole, shares)
    return met


def _asks_same(
    kind: str, asked: Asked, cosines: np.ndarray, groups: Sequence[Faces], matcher: Matcher
) -> tuple[np.ndarray, np.ndarray]:
    """Return (groups,) how much the likest expected question of each asks the same, 0 to 1.

    By words, covered both ways, so that one that asks more or less counts less; and by vectors.
    """
    same, alike = np.zeros((2, len(groups)), np.float32)
    rows: list[int] = []
    faces: list[Face] = []
    for place, group in enumerate(groups):
        near, alike[place] = group.nearest(cosines)
        rows += [place] * len(near)
        faces += near
    if not faces:
        return same, alike
    texts = [face.words for face in faces]
    back, told = matcher.returned(asked, texts)
    of_kind = np.array([face.kind == kind for face in faces], np.float32)
    kinds = np.array([KIND if face.kind != "other" else 0.0 for face in faces])
    mine = KIND if kind != "other" else 0.0
    forth = coverage(asked, matcher.strengths(asked, texts))
    forth = forth * (asked.told + of_kind * mine) / max(asked.told + mine, 1e-9)
    back = back * (told + of_kind * kinds) / np.maximum(told + kinds, 1e-9)
    np.maximum.at(same, rows, np.sqrt(forth * back))
    return same, alike


WEIGHTS = {
    "coverage": -2.5,
    "in_context": 1.5,
    "hinted": 7.0,
    "strangers": -10.2,
    "dense": 17.4,
    "kind": 0.7,
    "lacks": -0.1,
    "question": 4.2,
    "question_dense": 9.1,
    "unasked": -1.7,
}
BIAS = -13.7


def sigmoid(log_odds: float) -> float:
    """Return the probability of these log-odds."""
    return 1 / (1 + math.exp(-log_odds))


def logit(probability: float) -> float:
    """Return the log-odds of a probability."""
    bounded = min(max(probability, 1e-12), 1 - 1e-12)
    return math.log(bounded / (1 - bounded))


def combined(parts: dict[str, float]) -> float:
    """Return the probability-like score of a sentence, 0 to 1."""
    return sigmoid(BIAS + sum(weight * parts[name] for name, weight in WEIGHTS.items()))


# Not how much of the question the sentence's words meet: what a near miss has, and a question
# in other words lacks.
CONFIDENCE = {
    "dense": 7.6,
    "strangers": -2.1,
    "kind": 1.0,
    "lacks": -0.1,
    "question": 4.1,
    "question_dense": 5.0,
    "unasked": 1.1,
    "unanswered": -1.5,
    "unanswered_dense": -4.1,
    "bias": -4.1,
}


def confidence(parts: dict[str, float]) -> float:
    """Return the probability that the best candidate, of these features, answers; 0 to 1."""
    told = {**parts, "bias": 1.0}
    return sigmoid(sum(weight * told[name] for name, weight in CONFIDENCE.items()))
