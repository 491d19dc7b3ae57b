"""The line from a question to its checked, cited answer."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from assistant import phrases
from assistant.choose import ANSWERED, Choice, choose, in_language
from assistant.cite import citation_of, cite
from assistant.query import (
    MAX_QUESTION,
    asserts,
    has_topic,
    is_elliptical,
    is_foreign,
    smalltalk_kind,
    understand,
)
from assistant.records import Answer, Citation, Evidence, Query, Turn
from assistant.retrieve import Retriever
from assistant.spelling import Speller
from ingest.embedder import Embedder, load_embedder
from ingest.facts import numbers
from ingest.index import Index, current_generation, open_index
from ingest.records import Article, Language
from ingest.settings import Settings

if TYPE_CHECKING:
    from assistant.llama import SentenceRetriever

EXAMPLES = 4
CLEAR = 0.15  # how much surer an elliptical question must be by itself than with its context


@dataclass(frozen=True, slots=True)
class Trace:
    """An answer and how it came about, for --explain and the evals."""

    answer: Answer
    query: Query
    candidates: tuple[Evidence, ...]
    reasons: tuple[str, ...]


class Assistant:
    """Answers questions from one open index; safe to use from several threads."""

    def __init__(self, index: Index, embedder: Embedder, faces: bool = True) -> None:
        self._index = index
        self._catalog = index.catalog
        self._retriever = Retriever(index, embedder, faces)
        self._speller = Speller(index, embedder)

    @property
    def generation(self) -> str:
        """The name of the index generation that answers come from."""
        return self._index.manifest.generation

    def close(self) -> None:
        """Release the index' files; for whoever opens a newer generation in its place."""
        self._index.close()

    def article(self, article_id: str) -> Article:
        """Return an article with its sentences; raise KeyError if there is none of that id."""
        return self._catalog.article(article_id)

    def articles(self) -> list[Article]:
        """Return all articles, calls to action included."""
        return self._catalog.articles()

    def as_retriever(self, top_k: int = 5) -> SentenceRetriever:
        """Return a llama-index retriever over the same evidence, a sentence a node."""
        from assistant.llama import SentenceRetriever  # llama-index costs a second to import

        return SentenceRetriever(self._retriever, self._catalog, top_k)

    def examples(self, language: Language) -> list[str]:
        """Return questions to offer: the editors' examples, else expected questions."""
        given = self._catalog.examples(language)
        return given or self._catalog.some_faces(language, EXAMPLES)

    def ask(
        self, question: str, history: Sequence[Turn] = (), language: Language | None = None
    ) -> Answer:
        """Return the answer to a question in its conversation; never raises on what is asked.

        `language` is what the reader chose; without it the question's own is used.
        """
        return self.explain(question, history, language).answer

    def stream(
        self, question: str, history: Sequence[Turn] = (), language: Language | None = None
    ) -> Iterator[Answer]:
        """Yield the answer as it grows, a sentence at a time; the last one is whole."""
        whole = self.ask(question, history, language)
        for end in range(1, len(whole.sentences)):
            markers = {m for sentence in whole.sentences[:end] for m in sentence.markers}
            shown = tuple(c for c in whole.citations if c.marker in markers)
            yield replace(whole, sentences=whole.sentences[:end], citations=shown, note="")
        yield whole

    def explain(
        self, question: str, history: Sequence[Turn] = (), language: Language | None = None
    ) -> Trace:
        """Return the answer with the candidates it was chosen from and the reasons."""
        clock = _Clock()
        query = understand(question, history, language, self._index, self._speller.mend)
        clock.lap("understand")
        if query.intent == "refused":
            return self._without_search(query, _refusal(question, query), clock)
        if query.intent == "smalltalk":
            return self._without_search(query, _smalltalk(query), clock)
        if query.intent == "contact" and (answer := self._contact(query)):
            return self._without_search(query, answer, clock)
        found, parts = zip(*(self._part(query, part) for part in query.parts), strict=True)
        clock.lap("search and choose")
        evidence = _merged(found)
        answer = self._answer(query, evidence, list(parts))
        clock.lap("cite")
        reasons = query.reasons + tuple(reason for part in parts for reason in part.reasons)
        return Trace(replace(answer, timings=clock.laps), query, tuple(evidence), reasons)

    def _part(self, query: Query, part: str) -> tuple[list[Evidence], Choice]:
        """Return what answers one part, by itself or with the question it leans on."""
        alone, leaning = [part], [f"{query.context} {part}"] if query.context else []
        if leaning and not has_topic(part):
            alone = []
        found = []
        for text in alone + leaning:
            evidence = self._of_one_purpose(self._retriever.evidence(text))
            found.append((evidence, self._choose(query, text, evidence)))
        if len(found) == 2 and is_elliptical(part):
            alone_is_clear = found[0][1].confidence > found[1][1].confidence + CLEAR
            return found[0] if alone_is_clear else found[1]
        return max(found, key=lambda pair: pair[1].confidence)

    def _of_one_purpose(self, evidence: list[Evidence]) -> list[Evidence]:
        """Return the evidence without calls to action, or only those if one is the best."""
        catalog = self._catalog
        kinds = [catalog.article(e.sentence_id.split(".")[0]).kind for e in evidence]
        return [e for e, kind in zip(evidence, kinds, strict=True) if kind == kinds[0]]

    def _choose(self, query: Query, part: str, evidence: list[Evidence]) -> Choice:
        """Return what answers one part of the question, in the reader's language where it can."""
        matcher, sentence = self._retriever.matcher, self._catalog.sentence
        choice = choose(part, evidence, sentence, matcher)
        chosen = in_language(part, choice, evidence, query.language, sentence, matcher)
        return replace(choice, chosen=chosen)

    def _answer(self, query: Query, evidence: list[Evidence], parts: list[Choice]) -> Answer:
        covered = [part for part in parts if part.confidence >= ANSWERED]
        if not covered:
            return self._not_covered(query, evidence, max(p.confidence for p in parts))
        chosen = {e.sentence_id: e for part in covered for e in part.chosen}
        sentences, citations = cite(list(chosen.values()), query.language, self._catalog)
        missing = [part.question for part in parts if part.confidence < ANSWERED]
        contact = all(self.article(c.article_id).kind == "contact" for c in citations)
        status = "partly" if missing else "contact" if contact else "answered"
        notes = [_note(query.language, sentences)]
        notes += [phrases.PARTLY[query.language].format(missing=part) for part in missing]
        return replace(
            _new(query, status),
            lead=phrases.CORRECTION[query.language] if _corrects(query, citations) else "",
            sentences=sentences,
            citations=citations,
            note=" ".join(note for note in notes if note),
            confidence=min(part.confidence for part in covered),
        )

    def _not_covered(self, query: Query, evidence: list[Evidence], confidence: float) -> Answer:
        """Return an honest refusal with the nearest passage, named as such."""
        language = query.language
        near = [e for e in evidence[:3] if e.language == language] or evidence
        return replace(
            _new(query, "not_covered"),
            lead=phrases.NOT_COVERED[language],
            note=phrases.CONTACT_OFFER[language] if self._contact_sentences() else "",
            nearest=citation_of(near[0].sentence_id, 1, language, self._catalog) if near else None,
            confidence=confidence,
        )

    def _contact(self, query: Query) -> Answer | None:
        """Return the articles' own call to action as an answer, None where they have none."""
        found = self._contact_sentences()
        if not found:
            return None
        evidence = self._retriever.evidence_of(query.text, found)
        asks = [e for e in evidence if not e.text.endswith("?")][:1]
        sentences, citations = cite(asks, query.language, self._catalog)
        return replace(
            _new(query, "contact"),
            lead=phrases.CONTACT[query.language],
            sentences=sentences,
            citations=citations,
            note=_note(query.language, sentences),
            confidence=1.0,
        )

    def _contact_sentences(self) -> list[str]:
        return [s.id for a in self.articles() if a.kind == "contact" for s in a.sentences]

    def _without_search(self, query: Query, answer: Answer, clock: _Clock) -> Trace:
        clock.lap("reply")
        return Trace(replace(answer, timings=clock.laps), query, (), query.reasons)


def open_assistant(settings: Settings | None = None, *, faces: bool = True) -> Assistant:
    """Return an assistant over the current index, settings from the environment by default.

    `faces=False` leaves the expected questions out of the search. Raises IndexMissing,
    IndexMismatch or another AssistantError that says what to do.
    """
    settings = settings or Settings.from_environment()
    embedder = load_embedder(settings.embedder, api_key=settings.embedder_api_key)
    return Assistant(open_index(settings.index, embedder.name), embedder, faces)


def is_current(assistant: Assistant, settings: Settings) -> bool:
    """Return whether the assistant answers from the generation that readers should open."""
    return current_generation(settings.index) in (None, assistant.generation)


class _Clock:
    """Milliseconds by step."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, step: str) -> None:
        now = time.perf_counter()
        self.laps[step] = round(1000 * (now - self._last), 3)
        self._last = now


def _merged(found: Sequence[list[Evidence]]) -> list[Evidence]:
    """Return the evidence of all parts of a question, each sentence at its best score."""
    best: dict[str, Evidence] = {}
    for item in sorted((e for part in found for e in part), key=lambda e: -e.score):
        best.setdefault(item.sentence_id, item)
    return list(best.values())


def _new(query: Query, status: str) -> Answer:
    """Return an empty answer. Its id names question and language, so equal ones are equal."""
    digest = hashlib.sha256(f"{query.language}\n{query.text}".encode()).hexdigest()
    return Answer(
        id=digest[:12],
        question=query.asked,
        language=query.language,
        status=status,  # type: ignore[arg-type]  # one of Status by construction
        searched_for=query.searched_for,
    )


def _refusal(asked: str, query: Query) -> Answer:
    language = query.language
    if len(asked) > MAX_QUESTION:
        lead = phrases.TOO_LONG[language].format(limit=MAX_QUESTION)
    elif is_foreign(query.asked):
        lead = phrases.WRONG_LANGUAGE
    else:
        lead = phrases.EMPTY[language]
    return replace(_new(query, "refused"), lead=lead)


def _smalltalk(query: Query) -> Answer:
    replies = {
        "greeting": phrases.GREETING,
        "thanks": phrases.THANKS,
        "goodbye": phrases.GOODBYE,
        "about_me": phrases.ABOUT_ME,
    }
    reply = replies[smalltalk_kind(query.asked) or "greeting"][query.language]
    return replace(_new(query, "smalltalk"), lead=reply, confidence=1.0)


def _corrects(query: Query, citations: Sequence[Citation]) -> bool:
    """Return whether the question states a figure that the quotes give otherwise.

    Only percentages against percentages and numbers against numbers; and only where assent is
    asked, for "we have 40 million" states no criterion.
    """
    if not asserts(query.asked):
        return False
    stated = numbers(query.asked)
    quoted = [number for citation in citations for number in numbers(citation.quote)]
    values = {number.key for number in quoted}
    kinds = {number.percent for number in quoted}
    return any(number.key not in values and number.percent in kinds for number in stated)


def _note(language: Language, sentences: Sequence[object]) -> str:
    """Return what the reader should know of the quotes' language."""
    if any(getattr(s, "translated", False) for s in sentences):
        return phrases.TRANSLATED[language]
    if any(getattr(s, "language", language) != language for s in sentences):
        return phrases.OTHER_LANGUAGE[language]
    return ""
