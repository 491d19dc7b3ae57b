"""A gate is only as good as what it catches: each seeded fault must turn it red, and say why.

Faults in answers are injected into the reference, an assistant that is otherwise right in
everything; faults in the index, into the real assistant over a real index.
"""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass, replace

import numpy as np
import pytest
from faults import ANSWER_FAULTS, refuse
from reference import Change, Reference, citable

from assistant import open_assistant
from assistant.records import Answer, AnswerSentence
from evals.evaluate import evaluate
from evals.gate import verdict
from evals.library import Library
from evals.questions import Question
from ingest.records import other

FEW = 1000  # resamples: enough to see what is wholly below zero


@pytest.fixture(scope="module")
def library(assistant):
    return Library(assistant.articles())


@pytest.fixture(scope="module")
def questions(library):
    return citable(library)


@pytest.fixture(scope="module")
def clean(library, questions):
    return evaluate(Reference(library, questions), questions, resamples=FEW)


def test_the_reference_is_green(clean):
    assert verdict(clean).startswith("GREEN: ")


def test_the_reference_is_green_against_itself(library, questions, clean):
    again = evaluate(Reference(library, questions), questions, before=clean, resamples=FEW)
    assert verdict(again).startswith("GREEN: ")
    assert len(again.checks) > len(clean.checks)


@pytest.mark.parametrize("name", ANSWER_FAULTS)
def test_fault_in_answers(name, library, questions):
    change, expected = ANSWER_FAULTS[name]
    faulty = Reference(library, questions, change)
    first = verdict(evaluate(faulty, questions, resamples=FEW))
    assert first.startswith(f"RED: {expected}:"), first


# ------------------------------------------------------------------- faults in how it is asked


class Wrapped(Reference):
    """The reference, asked in a faulty way."""


class Crashing(Wrapped):
    def ask(self, question, history=(), language=None):
        if "China" in question:
            raise KeyError("sentence")
        return super().ask(question, history, language)


class Slow(Wrapped):
    def ask(self, question, history=(), language=None):
        time.sleep(0.06)
        return super().ask(question, history, language)


class Leaking(Wrapped):
    """Adds what was answered last, to somebody else perhaps."""

    last: Answer | None = None

    def ask(self, question, history=(), language=None):
        answer, before = super().ask(question, history, language), self.last
        self.last = answer
        return replace(answer, note=before.text) if before and not history else answer


class Rambling(Wrapped):
    """Never says the same twice."""

    count = itertools.count()

    def ask(self, question, history=(), language=None):
        return replace(super().ask(question, history, language), note=f"({next(self.count)})")


@pytest.mark.parametrize(
    ("fault", "expected"),
    [(Crashing, "crash"), (Slow, "p95"), (Leaking, "repeats"), (Rambling, "repeats")],
)
def test_fault_in_asking(fault, expected, library, questions):
    asked = questions[:16] if fault is Slow else questions
    first = verdict(evaluate(fault(library, questions), asked, resamples=FEW))
    assert first.startswith(f"RED: {expected}:"), first


# --------------------------------------------------- worse than the last release, above all floors


class Shuffled(Reference):
    """Answers as before, from a ranking in reverse."""

    def explain(self, question, history=(), language=None):
        trace = super().explain(question, history, language)
        known = len(trace.candidates) > 1
        return replace(trace, candidates=trace.candidates[::-1] if known else trace.candidates)


def _ramble_on(library: Library) -> Change:
    """Cite the whole beginning of the article after the answer."""

    def change(answer: Answer, _: Question) -> Answer:
        if answer.status != "answered":
            return answer
        at, extra = len(answer.citations), []
        for sentence in [s for s in library.sentences.values() if s.index < 8]:
            if library.articles[sentence.article_id].language == answer.language:
                extra.append(Reference(library, ()).citation(sentence, at + len(extra) + 1))
        said = tuple(AnswerSentence(c.quote, (c.marker,), c.language) for c in extra)
        return replace(answer, sentences=(*answer.sentences, *said),
                       citations=(*answer.citations, *extra))  # fmt: skip

    return change


def _losing(stems: set[str]) -> Change:
    return lambda answer, q: refuse(answer, q) if q.stem in stems else answer


def test_worse_ranking_than_last_time(library, questions, clean):
    faulty = Shuffled(library, questions)
    first = verdict(evaluate(faulty, questions, before=clean, resamples=FEW))
    assert first.startswith("RED: hit@1, all, against the last release:"), first


def test_whole_article_as_answer(library, questions, clean):
    faulty = Reference(library, questions, _ramble_on(library))
    first = verdict(evaluate(faulty, questions, before=clean, resamples=FEW))
    assert first.startswith("RED: Cited sentences on the evidence, all, against"), first


def test_a_few_questions_lost(library, questions, clean):
    """Above every floor, but worse than the last release by more than two points."""
    some = sorted({q.stem for q in questions if q.kind in ("direct", "paraphrase")})
    faulty = Reference(library, questions, _losing({some[3], some[-4]}))
    found = evaluate(faulty, questions, before=clean, resamples=FEW)
    assert all(c.passed for c in found.checks if "last release" not in c.name)
    assert verdict(found).startswith("RED: All facts present, all, against the last release")
    assert found.lost


# ------------------------------------------------------- faults in the index, the real assistant


@dataclass(frozen=True)
class Altered:
    """The real assistant, reporting other articles than it has."""

    assistant: object
    given: list

    def articles(self):
        return self.given

    def ask(self, *asked):
        return self.assistant.ask(*asked)

    def explain(self, *asked):
        return self.assistant.explain(*asked)


def _alter(assistant, change) -> Altered:
    """Return the assistant with each article's sentences changed by `change(sentence, all)`."""
    articles = assistant.articles()
    every = {s.id: s for a in articles for s in a.sentences}
    return Altered(assistant, [
        replace(a, sentences=tuple(change(s, every) for s in a.sentences)) for a in articles
    ])  # fmt: skip


def _next_twin(sentence, every):
    """Return the sentence with its twin's neighbour as twin: alignment that slipped by one."""
    article, _, index = (sentence.twins or ("",))[0].rpartition(".")
    slipped = f"{article}.{int(index) + 1}" if sentence.twins else ""
    return replace(sentence, twins=(slipped,)) if slipped in every else sentence


INDEX_FAULTS = {
    "offsets shifted": (
        lambda a: _alter(a, lambda s, _: replace(s, start=s.start + 1, end=s.end + 1)), "offsets"),
    "languages swapped": (
        lambda a: Altered(a, [replace(x, language=other(x.language)) for x in a.articles()]),
        "article_language"),
    "alignment slipped by one": (lambda a: _alter(a, _next_twin), "twins_agree"),
    "stale translation": (
        lambda a: _alter(a, lambda s, _: replace(s, translation=s.translation.replace("13", "12"))),
        "translations_current"),
    "an article lost": (lambda a: Altered(a, a.articles()[1:]), "evidence_indexed"),
}  # fmt: skip


@pytest.mark.parametrize("name", INDEX_FAULTS)
def test_fault_in_the_index(name, assistant, library, questions, monkeypatch):
    alter, expected = INDEX_FAULTS[name]
    monkeypatch.setattr("evals.evaluate.probe_search", lambda *_: [])  # the articles tell it
    assert _first(alter(assistant), questions).startswith(f"RED: {expected}:")


def _first(subject, questions) -> str:
    """Return the verdict of a run on a few questions; the probes come before them."""
    asked = [replace(q, kind="direct") for q in questions if q.kind == "direct"][:4]
    every = [q for q in questions if q.evidence][:1] + asked
    return verdict(evaluate(subject, list(dict.fromkeys(every)), resamples=FEW))


def test_embedder_replaced_by_noise(settings, questions, monkeypatch):
    from ingest.embedder.static import StaticEmbedder

    fresh = open_assistant(settings)  # the other one remembers its vectors

    noise = np.random.default_rng(1)

    def encode(self, texts):
        vectors = noise.normal(size=(len(texts), self.dimensions)).astype(np.float32)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    monkeypatch.setattr(StaticEmbedder, "encode_queries", encode)
    assert _first(fresh, questions).startswith("RED: dense_finds:")


def test_lexical_index_empty(assistant, questions, monkeypatch):
    from ingest.lexical import LexicalIndex

    monkeypatch.setattr(LexicalIndex, "search", lambda *_: [])
    assert _first(assistant, questions).startswith("RED: lexical_finds:")


def test_chunk_dropped(assistant, questions, monkeypatch):
    """One chunk in neither half of the index, though the articles are whole."""
    from ingest.index import Index
    from ingest.lexical import LexicalIndex

    dropped = assistant.articles()[0].id + "-2"
    nearest, search = Index.nearest, LexicalIndex.search
    without = lambda hits: [hit for hit in hits if hit[0] != dropped]  # noqa: E731
    monkeypatch.setattr(Index, "nearest", lambda *a: without(nearest(*a)))
    monkeypatch.setattr(LexicalIndex, "search", lambda *a: without(search(*a)))
    first = _first(assistant, questions)
    assert first.startswith("RED: lexical_finds:"), first
    assert "is not found by its own words" in first
