"""The line from a question to its checked, cited answer."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from assistant.choose import ANSWERED
from assistant.cite import cite
from assistant.frame import framed, not_covered
from assistant.premise import Premises
from assistant.query import understand
from assistant.records import Answer, Evidence, Query, Turn
from assistant.replies import contact, refusal, smalltalk
from assistant.retrieve import Retriever
from assistant.search import Found, Search
from assistant.smalltalk import invites, wants_contact
from assistant.spelling import Speller
from assistant.verify import Verifier
from ingest.embedder import Embedder
from ingest.index import Index
from ingest.records import Article, Language

if TYPE_CHECKING:
    from assistant.generate import Said
    from assistant.llama import SentenceRetriever
    from assistant.llm import Model
    from assistant.write import Writer

EXAMPLES = 4
REWRITE_SECONDS = 3.0
BECKONS = 0.2  # confidence from which a call to action that is the likeliest sentence answers


@dataclass(frozen=True, slots=True)
class Trace:
    """An answer and how it came about, for --explain and the evals."""

    answer: Answer
    query: Query
    candidates: tuple[Evidence, ...]
    reasons: tuple[str, ...]
    said: tuple[Said, ...] = ()  # what a language model wrote, and what became of it


class Assistant:
    """Answers questions from one open index; safe to use from several threads."""

    def __init__(
        self, index: Index, embedder: Embedder, faces: bool = True, model: Model | None = None
    ) -> None:
        self._index = index
        self._catalog = index.catalog
        self._search = Search(Retriever(index, embedder, faces), index.catalog)
        self._speller = Speller(index, embedder)
        # One without a list of words "knows" any, the empty one too: that tells no language.
        self._knows = embedder.knows if not embedder.knows("") else (lambda _: False)
        verifier = Verifier(embedder)
        self._premises = Premises(verifier, embedder)
        self._writer = self._with(model, verifier) if model else None

    def _with(self, model: Model, verifier: Verifier) -> Writer:
        from assistant.write import Writer

        return Writer(model, verifier, self._catalog)

    @property
    def generation(self) -> str:
        """The name of the index generation that answers come from."""
        return self._index.manifest.generation

    @property
    def model(self) -> Model | None:
        """The language model that words answers; None where they are quotes."""
        return self._writer.model if self._writer else None

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

        return SentenceRetriever(self._search.retriever, self._catalog, top_k)

    def examples(self, language: Language) -> list[str]:
        """Return questions to offer: the editors' examples, else expected questions."""
        given = self._catalog.examples(language)
        return given or self._catalog.some_faces(language, EXAMPLES)

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        language: Language | None = None,
        *,
        likely: Language = "en",
        model: bool = True,
    ) -> Answer:
        """Return the answer to a question in its conversation; never raises on what is asked.

        `language` is what the reader chose; without it the question's own is used, or `likely`
        where neither its words nor the conversation tell ("criteria?"). `model=False` leaves the
        language model out, where there is one.
        """
        return self.explain(question, history, language, likely=likely, model=model).answer

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        language: Language | None = None,
        *,
        likely: Language = "en",
    ) -> Iterator[Answer]:
        """Yield the answer as it grows, a sentence at a time; the last one is whole.

        Where a language model words it, the first has no text yet: the model is at work.
        """
        for trace in self._traces(question, history, language, likely, model=True):
            if trace.answer.mode == "extractive":
                yield from _growing(trace.answer)
            yield trace.answer

    def explain(
        self,
        question: str,
        history: Sequence[Turn] = (),
        language: Language | None = None,
        *,
        likely: Language = "en",
        model: bool = True,
    ) -> Trace:
        """Return the answer with the candidates it was chosen from and the reasons."""
        *_, last = self._traces(question, history, language, likely, model=model)
        return last

    def _traces(
        self,
        question: str,
        history: Sequence[Turn],
        language: Language | None,
        likely: Language,
        *,
        model: bool,
    ) -> Iterator[Trace]:
        """Yield the answer as it grows, with how it came about; the last one is whole."""
        clock, writer = _Clock(), self._writer if model else None
        query = understand(
            question, history, language, self._index, self._speller.mend, self._knows, likely
        )
        clock.lap("understand")
        if reply := self._reply(question, query):
            clock.lap("reply")
            yield Trace(replace(reply, timings=clock.laps), query, (), query.reasons)
            return
        found = self._search.find(query)
        clock.lap("search and choose")
        if writer and query.context:
            query, found = self._or_rewritten(writer, history, query, found)
            clock.lap("rewrite")
        quoted = self._quoted(query, found)
        clock.lap("cite")
        reasons = query.reasons + found.reasons
        trace = Trace(replace(quoted, timings=clock.laps), query, found.evidence, reasons)
        if not writer or quoted.status not in ("answered", "partly"):
            yield trace
            return
        left = writer.model.seconds - clock.seconds
        frame = partial(framed, query, found.parts, self._catalog, premises=self._premises)
        for draft in writer.drafts(query, quoted, found, frame, left):
            clock.lap("write")
            answer = replace(draft.answer, timings={**clock.laps, **draft.answer.timings})
            why = (f"the model failed: {draft.failure}",) if draft.failure else ()
            yield replace(trace, answer=answer, said=draft.said, reasons=reasons + why)

    def _reply(self, question: str, query: Query) -> Answer | None:
        """Return an answer that needs no search, None where one is needed."""
        if query.intent == "refused":
            return refusal(question, query)
        if query.intent == "smalltalk":
            return smalltalk(query)
        return self._contact(query) if query.intent == "contact" else None

    def _or_rewritten(
        self, writer: Writer, history: Sequence[Turn], query: Query, found: Found
    ) -> tuple[Query, Found]:
        """Return the search as given, or one for the model's rewriting where that is surer."""
        from assistant.rewrite import rewrite

        if text := rewrite(writer.model, query, history, REWRITE_SECONDS):
            alone = replace(query, parts=(text,), context="")
            again = self._search.find(alone)
            if again.confidence > found.confidence:
                reasons = (*query.reasons, f"rewritten by the model: {text}")
                return replace(alone, reasons=reasons), again
        return query, found

    def _quoted(self, query: Query, found: Found) -> Answer:
        """Return the answer in the articles' own sentences, or an honest refusal."""
        if not found.chosen:
            if answer := self._corrected(query, found):
                return answer
            beckons = bool(found.evidence) and self._calls(found.evidence[0])
            asked = wants_contact(query.text) or (beckons and found.confidence >= BECKONS)
            if asked and (reply := self._contact(query)):
                return reply
            offer = bool(self._contact_sentences())
            return not_covered(query, found.parts, self._catalog, found.evidence, offer=offer)
        calls = all(self._calls(item) for item in found.chosen)
        if calls and len(found.parts) == 1 and (reply := self._contact(query)):
            return reply
        chosen = [part.chosen for part in found.covered]
        said, citations = cite(chosen, query.language, self._catalog)
        return framed(query, found.parts, self._catalog, said, citations, self._premises)

    def _corrected(self, query: Query, found: Found) -> Answer | None:
        """Return the likeliest sentence as a correction, None where it doesn't say otherwise.

        What is wrong in a question meets no sentence, which costs confidence; but a sentence
        that meets all the rest and contradicts it is about the question.
        """
        if len(found.parts) != 1 or not found.parts[0].chosen:
            return None
        part = replace(found.parts[0], confidence=max(found.confidence, ANSWERED))
        said, citations = cite([part.chosen[:1]], query.language, self._catalog)
        answer = framed(query, (part,), self._catalog, said, citations, self._premises)
        return answer if answer.lead else None

    def _contact(self, query: Query) -> Answer | None:
        """Return the articles' own call to action as an answer, None where they have none."""
        found = self._contact_sentences()
        if not found:
            return None
        evidence = self._search.retriever.evidence_of(query.text, found)
        asks = [e for e in evidence if not e.text.endswith("?")]
        told = asks[:1]
        if told and not invites(told[0].text):  # says what happens then, not how to reach anyone
            told += [e for e in asks[1:] if invites(e.text)][:1]
        sentences, citations = cite([told], query.language, self._catalog)
        return contact(query, sentences, citations)

    def _calls(self, item: Evidence) -> bool:
        """Return whether a sentence is of a call to action."""
        return self._catalog.article(item.sentence_id.split(".")[0]).kind == "contact"

    def _contact_sentences(self) -> list[str]:
        calls = map(self._catalog.article, self._catalog.ids_of("contact"))
        return [sentence.id for call in calls for sentence in call.sentences]


class _Clock:
    """Milliseconds by step."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._began = self._last = time.perf_counter()

    def lap(self, step: str) -> None:
        now = time.perf_counter()
        self.laps[step] = round(self.laps.get(step, 0.0) + 1000 * (now - self._last), 3)
        self._last = now

    @property
    def seconds(self) -> float:
        """Since the question came in."""
        return time.perf_counter() - self._began


def _growing(whole: Answer) -> Iterator[Answer]:
    """Yield an answer of quotes a sentence at a time, all but the last."""
    for end in range(1, len(whole.sentences)):
        markers = {m for sentence in whole.sentences[:end] for m in sentence.markers}
        shown = tuple(c for c in whole.citations if c.marker in markers)
        yield replace(whole, sentences=whole.sentences[:end], citations=shown, note="")
