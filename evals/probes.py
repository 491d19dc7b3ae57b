"""What the index itself must show before any question is asked: nothing lost, all findable.

These need no question file, so they hold for any corpus and name the broken part, where a
question's wrong answer would only name a symptom.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from evals.library import Library
from evals.questions import Question
from evals.run import Subject
from ingest.facts import negations, number_keys
from ingest.language import detect
from ingest.records import Sentence
from ingest.words import is_content, words

SAMPLE = 60  # sentences asked for in their own words
TOP = 5
WORDS = 15  # of a sentence; the first fifteen are enough to tell it from all others
LONG_ENOUGH = 4  # words, to be told from other sentences
ALIKE = 0.45  # of the content words of two: lots of an auction are alike, other sentences aren't


@dataclass(frozen=True, slots=True)
class Probe:
    """The share of things that are as they should be, and the first that isn't."""

    name: str
    value: float
    count: int
    example: str = ""


def probe_index(library: Library, questions: Iterable[Question]) -> list[Probe]:
    """Return what the articles alone can tell."""
    sentences = list(library.sentences.values())
    return [
        _share("evidence_indexed", [
            (piece not in library.unknown_evidence(q), f"{q.id}: “{piece[:80]}” is in no article")
            for q in questions for piece in q.evidence
        ]),
        _share("offsets", [
            (library.articles[s.article_id].text[s.start : s.end] == s.text,
             f"sentence {s.id} “{s.text[:50]}” stands elsewhere in its article") for s in sentences
        ]),
        _share("article_language", [
            (detect(a.text)[a.language] > 0.5, f"“{a.title[:50]}” is filed as {a.language}")
            for a in library.articles.values()
        ]),
        _share("twins_agree", [
            (_twins_agree(s, library), f"“{s.text[:60]}” has other figures than its twins")
            for s in sentences if s.twins
        ]),
        _share("translations_current", [
            (_kept(s), f"our translation of “{s.text[:60]}” has other figures or negations")
            for s in sentences if s.translation
        ]),
    ]  # fmt: skip


def probe_search(subject: Subject, library: Library) -> list[Probe]:
    """Ask for a sample of sentences in their own words; return how often each method finds them."""
    chosen = _distinct(library)
    found: dict[str, list[tuple[bool, str]]] = {"dense": [], "lexical": [], "known": []}
    for sentence in chosen:
        for name, hit in _find(subject, library, sentence).items():
            found[name].append((hit, f"“{sentence.text[:60]}” is not found by its own words"))
    return [
        _share("dense_finds", found["dense"]),
        _share("lexical_finds", found["lexical"]),
        _share("known_item", found["known"]),
    ]


def _distinct(library: Library) -> list[Sentence]:
    """Return a sample of sentences that none but their twins resemble: only those can be found."""
    sentences = [
        s for s in library.sentences.values() if library.articles[s.article_id].kind == "article"
    ]
    bags = [frozenset(word for word in words(s.text) if is_content(word)) for s in sentences]
    asked = [
        (s, bag) for s, bag in zip(sentences, bags, strict=True)
        if len(s.text.split()) >= LONG_ENOUGH
    ]  # fmt: skip
    return [
        s for s, bag in asked[:: max(1, -(-len(asked) // SAMPLE))]
        if sum(len(bag & other) > ALIKE * len(bag | other) for other in bags) == 1
    ]  # fmt: skip


def _find(subject: Subject, library: Library, sentence: Sentence) -> dict[str, bool]:
    article = library.articles[sentence.article_id]
    question = " ".join(sentence.text.split()[:WORDS])
    try:
        candidates = subject.explain(question, (), article.language).candidates
    except Exception:  # what crashes finds nothing; asking records the crash
        return dict.fromkeys(("dense", "lexical", "known"), False)
    ranks: dict[str, int] = {}
    for candidate in candidates:
        if candidate.sentence_id == sentence.id:
            for method, rank in candidate.ranks:
                family = method.partition("-")[0]
                ranks[family] = min(rank, ranks.get(family, rank))
    top = [candidate.sentence_id for candidate in candidates[:TOP]]
    return {
        "dense": ranks.get("dense", TOP + 1) <= TOP,
        "lexical": ranks.get("lexical", TOP + 1) <= TOP,
        "known": bool({sentence.id, *sentence.twins} & set(top)),
    }


def _twins_agree(sentence: Sentence, library: Library) -> bool:
    """Return whether a sentence and its twins, with the twins' twins, have the same numbers."""
    here, there = {sentence.id}, set(sentence.twins)
    for _ in range(2):
        here |= {i for t in there if t in library.sentences for i in library.sentences[t].twins}
        there |= {i for s in here if s in library.sentences for i in library.sentences[s].twins}
    return _numbers(here, library) == _numbers(there, library)


def _numbers(ids: Iterable[str], library: Library) -> set[str]:
    return {
        n for i in ids if i in library.sentences for n in number_keys(library.sentences[i].text)
    }


def _kept(sentence: Sentence) -> bool:
    same = set(number_keys(sentence.text)) == set(number_keys(sentence.translation))
    return same and bool(negations(sentence.text)) == bool(negations(sentence.translation))


def _share(name: str, found: Sequence[tuple[bool, str]]) -> Probe:
    """Return the share that holds; 1 of nothing."""
    wrong = [example for holds, example in found if not holds]
    value = 1 - len(wrong) / len(found) if found else 1.0
    return Probe(name, value, len(found), wrong[0] if wrong else "")
