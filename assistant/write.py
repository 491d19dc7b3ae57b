"""An answer in a language model's words over the same evidence, never worse than the quotes.

What a reader has seen stays: where the model fails after its first sentences, or says what must
be withheld, the quotes that are not said yet complete the answer. Before that, they replace it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.cite import citation_of, quote
from assistant.failure import ModelFailed
from assistant.generate import Said, written
from assistant.llm import Model
from assistant.plain import objection
from assistant.prompts import answer_messages
from assistant.records import Answer, AnswerSentence, Citation, Evidence, Query
from assistant.search import Found
from assistant.verify import Source, Verifier
from ingest.catalog import Catalog
from ingest.records import Language, Sentence

MOST_SOURCES = 10  # numbered sentences in a prompt; more distract a small model

Frame = Callable[[tuple[AnswerSentence, ...], tuple[Citation, ...]], Answer]


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer as it grows, what the model said so far, and why it stopped short, if it did."""

    answer: Answer
    said: tuple[Said, ...] = ()
    failure: str = ""


class Writer:
    """Words answers with a model; safe to use from several threads."""

    def __init__(self, model: Model, verifier: Verifier, catalog: Catalog) -> None:
        self.model = model
        self._verifier = verifier
        self._catalog = catalog

    def drafts(
        self,
        query: Query,
        quoted: Answer,
        found: Found,
        frame: Frame,
        seconds: float,
    ) -> Iterator[Draft]:
        """Yield the answer after each sentence that may be shown; the last one is whole.

        The first has no sentence yet: it says that the model is at work. `quoted` is the answer
        without a model; `frame` puts lead, note and status around sentences.
        """
        sources = numbered(found.chosen, found.evidence, self._catalog)
        if not sources or not self.model.is_available:
            yield Draft(quoted)
            return
        yield Draft(replace(quoted, mode="llm", lead="", sentences=(), citations=(), note=""))
        began = time.perf_counter()
        said: list[Said] = []
        first, failure = 0.0, ""
        messages = answer_messages(" ".join(query.parts), sources, query.language, query.context)
        try:
            for one in written(
                self.model, self._verifier, messages, sources, query.language, seconds
            ):
                said.append(one)
                if one.numbers:
                    first = first or 1000 * (time.perf_counter() - began)
                    answer = self._answer(said, sources, (), frame, query.language)
                    yield Draft(replace(answer, note=""), tuple(said))
        except ModelFailed as problem:
            failure = str(problem)
        answer = self._whole(said, sources, found.chosen, frame, quoted, failure)
        timings = {"first sentence": round(first, 3)} if first else {}
        yield Draft(replace(answer, timings=timings), tuple(said), failure)

    def _whole(
        self,
        said: Sequence[Said],
        sources: Sequence[Source],
        chosen: Sequence[Evidence],
        frame: Frame,
        quoted: Answer,
        failure: str,
    ) -> Answer:
        """Return the finished answer: the quotes where nothing was said that may be shown."""
        withheld = sum(not one.numbers for one in said)
        shown = {n for one in said for n in one.numbers}
        if not shown:
            return replace(quoted, withheld=withheld)
        cited = {source.sentence_id for source in sources if source.number in shown}
        cited |= {twin for name in cited for twin in self._catalog.sentence(name).twins}
        missing = [e.sentence_id for e in chosen if e.sentence_id not in cited]
        lacks = failure or any(one.cited and not one.numbers for one in said)
        complete = lacks or len(missing) == len(chosen)
        return self._answer(said, sources, missing if complete else (), frame, quoted.language)

    def _answer(
        self,
        said: Sequence[Said],
        sources: Sequence[Source],
        missing: Sequence[str],
        frame: Frame,
        language: Language,
    ) -> Answer:
        """Return what may be shown, each sentence with its citations, and then `missing` quoted."""
        sentence_ids = {source.number: source.sentence_id for source in sources}
        markers: dict[str, int] = {}  # sentence id → marker, in the order of first use
        out: list[AnswerSentence] = []
        for one in said:
            if one.numbers:
                ids = [sentence_ids[number] for number in one.numbers]
                found = tuple(markers.setdefault(name, len(markers) + 1) for name in ids)
                out.append(AnswerSentence(one.text, found, language))
        for name in missing:
            markers[name] = len(markers) + 1
            out.append(quote(name, markers[name], language, self._catalog)[0])
        citations = tuple(
            citation_of(name, marker, language, self._catalog) for name, marker in markers.items()
        )
        withheld = sum(not one.numbers for one in said)
        return replace(frame(tuple(out), citations), mode="llm", withheld=withheld)


def numbered(
    chosen: Sequence[Evidence], evidence: Sequence[Evidence], catalog: Catalog
) -> list[Source]:
    """Return a prompt's numbered sentences, the chosen ones first, each with its twin.

    None at all where a chosen one may not be given to a model.
    """
    found: list[Source] = []
    told: set[str] = set()
    for place, item in enumerate([*chosen, *evidence]):
        if item.sentence_id in told or len(found) == MOST_SOURCES:
            continue
        sentence = catalog.sentence(item.sentence_id)
        twins = " ".join(catalog.sentence(twin).text for twin in sentence.twins)
        twin = sentence.translation or twins
        if objection(sentence.text) or objection(twin):
            if place < len(chosen):
                return []
            continue
        # Where there is a translation of ours the twin says less, and may come by itself.
        told |= {item.sentence_id, *(() if sentence.translation else sentence.twins)}
        before = _before(sentence, catalog)
        found.append(Source(len(found) + 1, sentence.id, item.language, item.text, twin, before))
    return found


def _before(sentence: Sentence, catalog: Catalog) -> str:
    """Return the article's title and its sentence before this one: who "they" are."""
    article = catalog.article(sentence.article_id)
    last = article.sentences[sentence.index - 1].text if sentence.index else ""
    return f"{article.title}\n{last}".strip()
