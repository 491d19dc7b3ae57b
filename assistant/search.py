"""A question's parts → the evidence for each, and the sentences chosen from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.asking import has_topic
from assistant.choose import ANSWERED, Choice, choose, in_language
from assistant.records import Evidence, Query
from assistant.retrieve import Retriever
from ingest.catalog import Catalog


@dataclass(frozen=True, slots=True)
class Found:
    """The evidence for a whole question, best first, and the choice for each of its parts."""

    evidence: tuple[Evidence, ...]
    parts: tuple[Choice, ...]

    @property
    def chosen(self) -> list[Evidence]:
        """What was chosen for the parts that are covered, each sentence once."""
        covered = [part for part in self.parts if part.confidence >= ANSWERED]
        return list({e.sentence_id: e for part in covered for e in part.chosen}.values())

    @property
    def confidence(self) -> float:
        """How sure the least sure part is, 0 to 1."""
        return min(part.confidence for part in self.parts)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why each choice is what it is, for --explain."""
        return tuple(reason for part in self.parts for reason in part.reasons)


class Search:
    """Searches one index for questions; safe to use from several threads."""

    def __init__(self, retriever: Retriever, catalog: Catalog) -> None:
        self.retriever = retriever
        self._catalog = catalog

    def find(self, query: Query) -> Found:
        """Return what the index has on a question."""
        texts = [self._texts(query, part) for part in query.parts]
        self.retriever.read([text for some in texts for text in some])
        pairs = [
            self._part(query, part, some) for part, some in zip(query.parts, texts, strict=True)
        ]
        evidence = _merged([evidence for evidence, _ in pairs])
        return Found(tuple(evidence), tuple(choice for _, choice in pairs))

    def _texts(self, query: Query, part: str) -> list[str]:
        """Return what a part is searched with: itself, and with the question it leans on."""
        leaning = [f"{query.context} {part}"] if query.context else []
        return leaning if leaning and not has_topic(part) else [part, *leaning]

    def _part(self, query: Query, part: str, texts: Sequence[str]) -> tuple[list[Evidence], Choice]:
        """Return what answers one part, by the text that finds it most surely."""
        found = []
        for text in texts:
            evidence = self._of_one_purpose(self.retriever.evidence(text))
            if text != part:  # what was just said is no answer to what is asked next
                evidence = [e for e in evidence if not self._was_told(e, query)] or evidence
            found.append((evidence, self._choose(query, text, evidence)))
        return max(found, key=lambda pair: pair[1].confidence)

    def _was_told(self, evidence: Evidence, query: Query) -> bool:
        """Return whether the reader was told this sentence last, in either language."""
        sentence = self._catalog.sentence(evidence.sentence_id)
        twins = [self._catalog.sentence(twin).text for twin in sentence.twins]
        texts = (sentence.text, sentence.translation, *twins)
        return any(text in query.told for text in texts if text)

    def _of_one_purpose(self, evidence: list[Evidence]) -> list[Evidence]:
        """Return the evidence without calls to action, or only those if one is the best."""
        catalog = self._catalog
        kinds = [catalog.article(e.sentence_id.split(".")[0]).kind for e in evidence]
        return [e for e, kind in zip(evidence, kinds, strict=True) if kind == kinds[0]]

    def _choose(self, query: Query, part: str, evidence: list[Evidence]) -> Choice:
        """Return what answers one part of the question, in the reader's language where it can."""
        matcher, sentence = self.retriever.matcher, self._catalog.sentence
        choice = choose(part, evidence, sentence, matcher)
        chosen = in_language(part, choice, evidence, query.language, sentence, matcher)
        return replace(choice, chosen=chosen)


def _merged(found: Sequence[list[Evidence]]) -> list[Evidence]:
    """Return the evidence of all parts of a question, each sentence at its best score."""
    best: dict[str, Evidence] = {}
    for item in sorted((e for part in found for e in part), key=lambda e: -e.score):
        best.setdefault(item.sentence_id, item)
    return list(best.values())
