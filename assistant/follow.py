"""A question that leans on the conversation → its evidence, by what it asks and what was just told.

Its few words say little ("and how many?"), so the sentences that stand around what the reader was
told are candidates too, and being told, or coming next in the article, counts. The weights were
fitted on 3,422 follow-ups to other articles (python -m evals.tune prints them).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.choose import doubt
from assistant.kinds import question_kind
from assistant.phrases import CORRECTION
from assistant.records import Evidence
from assistant.score import confidence, logit, sigmoid
from ingest.catalog import Catalog
from ingest.sentences import sentence_spans
from ingest.words import is_content, words

AROUND = 60  # sentences of the article that was told of, the nearest, that are candidates

# The fit gives `home` 5.5 here and 5.9 below, for those follow-ups never turn to another article;
# some visitors' do, and the lower weights answer as many of them rightly.
WEIGHTS = {
    "alone": 0.8,
    "in_context": 0.4,
    "told": 1.1,
    "told_kind": 3.0,
    "home": 3.5,
    "next": 3.5,
}
BIAS = -3.0
# `alone` and `leaning` are the log-odds of the confidence in the few words by themselves, and with
# the question leant on; `kind` takes back what they make of the kind of answer, for some number
# always stands about. A fit to these follow-ups alone gives `alone` 0.8, `home` 6, `told_kind` 3.2
# and `kind` -2.4; they have no expected questions, which make `alone` surer than it is there.
CONFIDENCE = {
    "alone": 0.5,
    "leaning": 0.3,
    "home": 2.0,
    "told": 0.5,
    "told_words": -0.8,
    "told_kind": 2.2,
    "kind": -1.0,
    "next": 1.2,
    "doubt": -0.8,
    "bias": -1.6,
}
LONGEST = 3  # sentences that are read as one
OWN = 2  # own words of a follow-up from which more make no difference


_MARKERS = re.compile(r"(?:\s*\[\d+\])+\s*")


@dataclass(frozen=True, slots=True)
class Told:
    """The sentences that the reader was told last, in both versions, and what stands around them.

    `next` are those that come right after one of them; `around` are the nearest first; `home`
    are the articles of all these.
    """

    sentences: frozenset[str] = frozenset()
    next: frozenset[str] = frozenset()
    around: tuple[str, ...] = ()
    home: frozenset[str] = frozenset()


def told(text: str, catalog: Catalog) -> Told:
    """Return what the reader was told in a text: the articles' sentences, or our translations."""
    said: set[str] = set()
    for lead in CORRECTION.values():  # no sentence ends with it
        text = text.replace(lead, " ")
    for piece in _MARKERS.split(text):
        spans = sentence_spans(piece)
        for place, (start, _) in enumerate(spans):
            for _, end in spans[place : place + LONGEST]:  # a translation may be several sentences
                said.update(catalog.saying(piece[start:end]))
    return told_of_sentences(said, catalog)


def told_of_sentences(ids: Iterable[str], catalog: Catalog) -> Told:
    """Return what a reader was told who was told these sentences."""
    said = {twin for name in ids for twin in (name, *catalog.sentence(name).twins)}
    places = [catalog.sentence(name) for name in said]
    near: dict[str, int] = {}
    for place in places:
        versions = {place.article_id: place.index}
        own = catalog.article(place.article_id).sentences
        for sentence in sorted(own, key=lambda one: abs(one.index - place.index)):
            for twin in map(catalog.sentence, sentence.twins):
                versions.setdefault(twin.article_id, twin.index)
        for version, index in versions.items():
            for sentence in catalog.article(version).sentences:
                far = abs(sentence.index - index)
                near[sentence.id] = min(far, near.get(sentence.id, far))
    after = {f"{place.article_id}.{place.index + 1}" for place in places} - said
    around = sorted(near, key=lambda name: (near[name], name))[:AROUND]
    home = frozenset(catalog.sentence(name).article_id for name in around)
    return Told(frozenset(said), frozenset(after), tuple(around), home)


def features(
    alone: Evidence, in_context: Evidence, was: Told, kind: str = "", own: int = 0
) -> dict[str, float]:
    """Return what speaks for a sentence, scored by itself and with the question leant on.

    `kind` is the kind of answer that the few words ask for, `own` how many they are that tell
    something.
    """
    name = alone.sentence_id
    # Any name looks like a doer, or a place.
    held = 0.0 if kind in ("actor", "place") else dict(alone.parts)["kind"]
    return {
        "alone": logit(alone.score),
        "in_context": logit(in_context.score),
        "told": float(name in was.sentences),
        # Whoever names something else asks for more than was told.
        "told_words": float(name in was.sentences) * min(own, OWN),
        # "How many?", after a sentence that has a number, or has none.
        "told_kind": float(name in was.sentences) * held,
        "kind": held,
        # Where nothing was told, nothing is elsewhere.
        "home": float(not was.home or name.split(".")[0] in was.home),
        "next": float(name in was.next),
    }


def followed(
    asked: str, alone: Iterable[Evidence], in_context: Mapping[str, Evidence], was: Told
) -> list[Evidence]:
    """Return the evidence for a few words asked, best first; each is in `in_context` by its id."""
    kind, own = question_kind(asked), sum(map(is_content, words(asked)))
    found = []
    for item in alone:
        whole = in_context[item.sentence_id]
        parts = features(item, whole, was, kind, own)
        total = BIAS + sum(weight * parts[name] for name, weight in WEIGHTS.items())
        parts["leaning"] = logit(confidence(dict(whole.parts)))
        shown = (*item.parts, *((f"follow_{name}", value) for name, value in parts.items()))
        found.append(replace(item, score=sigmoid(total), parts=shown))
    return sorted(found, key=lambda e: (-e.score, e.sentence_id))


def told_of(evidence: Sequence[Evidence], catalog: Catalog) -> dict[str, float]:
    """Return what tells whether the first of a follow-up's evidence answers it."""
    parts = dict(evidence[0].parts)
    return {
        "alone": logit(confidence(parts)),
        "leaning": parts["follow_leaning"],
        "home": parts["follow_home"],
        "told": parts["follow_told"],
        "told_words": parts["follow_told_words"],
        "told_kind": parts["follow_told_kind"],
        "kind": parts["follow_kind"],
        "next": parts["follow_next"],
        "doubt": doubt(evidence, catalog.sentence),
    }


def sureness(evidence: Sequence[Evidence], catalog: Catalog) -> float:
    """Return the probability that the first of a follow-up's evidence answers it, 0 to 1."""
    seen = {**told_of(evidence, catalog), "bias": 1.0}
    return sigmoid(sum(weight * seen[name] for name, weight in CONFIDENCE.items()))
