"""Whether the sentences of an answer say otherwise than what a question takes for granted.

What is stated ("The provinces choose them, right?") is held against each of them as a language
model's sentence would be (assistant/checks), but the burden of proof is turned round. Verification
withholds what is not clearly said; here nothing is called wrong that is not clearly contradicted.
So all that is stated but what is wrong in it must be met by the one sentence, and no other of the
answer's sentences may say it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from assistant.actors import ADJECTIVE, PRONOUNS, Actor, asserted_actor, stated_actor
from assistant.contrary import (
    DUTY,
    LIKELY,
    columns_met,
    denied_by_one,
    exchanged,
    opposite_words,
)
from assistant.figures import allowed, bounds, kind_of, other_figure, permitted
from assistant.likeness import MET, SURE, akin
from assistant.meeting import TIED, Case, Version
from assistant.reading import Word
from ingest.facts import Number
from ingest.records import Language
from ingest.sentences import sentence_spans
from ingest.words import stem, words

if TYPE_CHECKING:
    from assistant.verify import Source, Verifier
    from ingest.embedder import Embedder

TOLD = 2  # words that must tell what is done, for two sentences to tell of one deed
COMPOUND = 10  # letters from which a word tells as much as two: "eindselectie"
# Cosines from which two doers may be one: "China" for "Beijing" has .75, "officials" for
# "the government" less.
SAME_NAME, SAME_KIND = 0.45, 0.25
ABOUT = 0.4  # share of what is stated that a sentence with another figure must meet
MOSTLY = 0.5  # … and one that gives a figure otherwise which a question asks the reason of
_RATHER = re.compile(r"\b(?:instead of|rather than|in plaats van|eerder dan|n['’]t|te weinig|"
                     r"too few|too little|not enough)\b", re.I)  # fmt: skip
BESIDE = 20  # characters after a figure within which what it counts must begin
_OWN = re.compile(
    r"\b(?:i(?! (?:think|believe|guess|suppose))|we|my|our|me|(?-i:us)|ik(?! (?:denk|geloof|meen))|"
    r"wij|mijn|onze|ons|mij)\b", re.I,
)  # fmt: skip
TOPIC, OFTEN = 0.1, 3  # share and number of an article's sentences that have what it is about


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence that an answer quotes, and the text of its article."""

    source: Source
    article: str


class Premises:
    """Holds what questions state against what answers quote; safe to use from several threads."""

    def __init__(self, verifier: Verifier, embedder: Embedder) -> None:
        self._verifier = verifier
        self._embedder = embedder

    def otherwise(self, stated: str, language: Language, quoted: Sequence[Passage]) -> int | None:
        """Return the place of the sentence that says otherwise; None where that isn't clear."""
        cases = [self._verifier.signals(stated, language, [p.source])[1] for p in quoted]
        texts = [passage.source.text for passage in quoted]
        figure = other_figure(stated, language, texts)
        if figure and cases[figure[0]].covered >= ABOUT:
            place, number = figure
            one = cases[place]
            case = _OWN.search(stated) and not bounds(number, stated)  # "we have nine" is one
            same = bool(kind_of(number)) or _counts(number, one)
            denied = one.claim.denials or permitted(number, stated, texts[place])
            return place if same and not case and not denied else None
        found = [
            self._against(one, passage.article) for one, passage in zip(cases, quoted, strict=True)
        ]
        told = [place for place, why in enumerate(found) if why]
        return told[0] if told and None not in found else None

    def miscounted(self, stated: str, language: Language, quoted: Sequence[Passage]) -> int | None:
        """Return the place of the sentence that gives a stated figure otherwise, None for none.

        For what is stated only by asking why: that is put more freely, and what goes beyond its
        figures is called wrong where it is true too often. What is counted must be told of.
        """
        figure = other_figure(stated, language, [passage.source.text for passage in quoted])
        if not figure:
            return None
        place, number = figure
        if allowed(number, quoted[place].source.text):
            return None
        one = self._verifier.signals(stated, language, [quoted[place].source])[1]
        told = number.percent or _counts(number, one)
        denied = one.claim.denials or _RATHER.search(stated)  # "why don't three suffice?"
        return place if told and not denied and one.covered >= MOSTLY else None

    def _against(self, one: Case, article: str) -> str | None:
        """Return what a sentence contradicts, "" for nothing, None where it says the same."""
        needed = _needed(one, article)
        missing = {word for word in needed if one.union[one.claim.content.index(word)] < MET}
        if len(missing) == len(needed):
            return ""
        pair = opposite_words(one)
        if pair and missing <= {pair[0]}:
            word, other = pair
            elsewhere = [
                d for v in one.versions for d in v.reading.denials if d.place != other.place
            ]
            denied = one.claim.denials or elsewhere  # "not big" is "small"
            return "" if denied else f"“{word.text}” is “{other.text}”"
        if not missing and not pair and (why := denied_by_one(one)):
            return why
        if one.claim.denials:
            return None if not missing and not pair else ""
        who = asserted_actor(one.claim)
        if who and (why := exchanged(who, one) if not missing else ""):
            return why
        if who and (why := self._done_by_another(who, one, needed, article)):
            return why
        return None if not missing and not pair else ""

    def _done_by_another(self, who: Actor, one: Case, needed: Sequence[Word], article: str) -> str:
        """Return who else does it in the cited sentence, in the question's language if it can."""
        found = ""
        for version in one.spoken:
            told = _told(who, one, needed, version)
            other = stated_actor(version.reading, told) if told else ()
            last = max((place for row in told for place in row), default=0)
            if not other or any(denial.place < last for denial in version.reading.denials):
                continue
            if not self._is_another(who, other, one, version, article):
                return ""
            found = f"“{' '.join(w.text for w in other)}”, not “{' '.join(w.text for w in who)}”"
        return found

    def _is_another(
        self, who: Actor, other: Actor, one: Case, version: Version, article: str
    ) -> bool:
        """Return whether two doers can't be one.

        Two names that are not alike; or a doer that the sentence names in another role, or the
        article nowhere.
        """
        rows = [n for n, word in enumerate(one.claim.content) if word in who]
        content = version.reading.content
        own = [n for n, word in enumerate(content) if word in other]
        if version.strengths[:, own].max(initial=0.0) >= SURE:
            return False  # it is in the question as well
        foreign = version.reading.language != one.claim.language
        others = [n for n in columns_met(version, rows, LIKELY) if n not in own]
        if any(foreign or not content[n].preposition for n in others):
            return False  # it may do the same
        mine = [w for w in who if one.claim.text[w.start].isupper()]
        theirs = [w for w in other if w.name]
        if mine and theirs:
            return self._cosine(mine, theirs) < SAME_NAME
        heavy = [n for n in rows if not one.claim.content[n].light]
        alike = self._cosine(who, other)
        if heavy and alike < SAME_NAME and all(columns_met(version, [n], SURE) for n in heavy):
            return True
        if not heavy or theirs or alike >= (SAME_NAME if mine else SAME_KIND):
            return False
        return not _mentions(article, [word for word in who if not ADJECTIVE.search(word.text)])

    def _cosine(self, ones: Sequence[Word], others: Sequence[Word]) -> float:
        """Return the cosine of the two words that are most alike."""
        vectors = [self._embedder.encode_words([w.text for w in row]) for row in (ones, others)]
        return float((vectors[0] @ vectors[1].T).max())


def _counts(number: Number, one: Case) -> bool:
    """Return whether what a stated figure counts is counted in the cited sentence too."""
    counted = [n for n, word in enumerate(one.claim.content) if word.start >= number.end][:1]
    return bool(counted) and any(
        0 <= version.reading.content[column].start - other.end <= BESIDE
        for version in one.versions
        for column in columns_met(version, counted, MET)
        for other in version.reading.numbers
    )


def _needed(one: Case, article: str) -> list[Word]:
    """Return the words of what is stated that a sentence must meet to be about the same.

    Not what the whole article is about, which its sentences leave unsaid.
    """
    language = one.claim.language
    about = _topic(article, language)
    denying = {denial.place for denial in one.claim.denials}
    return [
        word
        for word in one.claim.content
        if not (word.light or word.place in denying or word.text in DUTY | PRONOUNS)
        and stem(word.text, language) not in about
    ]


@lru_cache(maxsize=256)
def _topic(article: str, language: Language) -> frozenset[str]:
    """Return the stems that many sentences of an article have."""
    texts = [article[start:end] for start, end in sentence_spans(article)]
    counts = Counter(root for text in texts for root in {stem(w, language) for w in words(text)})
    return frozenset(
        root for root, count in counts.items() if count >= max(OFTEN, TOPIC * len(texts))
    )


@lru_cache(maxsize=256)
def _words(article: str) -> frozenset[str]:
    return frozenset(words(article))


def _mentions(article: str, who: Sequence[Word]) -> bool:
    """Return whether an article has a word of these, in any form of a name."""
    return any(word.text == w or akin(word.text, w) for word in who for w in _words(article))


def _told(who: Actor, one: Case, needed: Sequence[Word], version: Version) -> list[frozenset[int]]:
    """Return the places that may tell of each word of the deed; none where that isn't clear."""
    deed = [n for n, word in enumerate(one.claim.content) if word not in who]
    must = [n for n in deed if one.claim.content[n] in needed]
    clear = [n for n in deed if version.best[n] >= LIKELY and not one.claim.content[n].light]
    said = sum(1 + (len(one.claim.content[n].text) >= COMPOUND) for n in clear)
    if not must or said < TOLD or any(version.best[n] < MET for n in must):
        return []
    shown = [n for n in deed if version.best[n] >= LIKELY or n in must]
    return [
        frozenset(
            version.reading.content[c].place
            for c in columns_met(version, [n], version.best[n] - TIED)
        )
        for n in shown
    ]
