"""A question's parts → the evidence for each, and the sentences chosen from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.asking import has_topic, leans
from assistant.choose import ANSWERED, Choice, choose, in_language, is_expected
from assistant.follow import Told, followed, sureness, told, told_of_sentences
from assistant.overview import key_sentences, wants_more, wants_summary, what_follows
from assistant.records import Evidence, Query
from assistant.retrieve import Retriever
from ingest.catalog import Catalog


@dataclass(frozen=True, slots=True)
class Found:
    """The evidence for a whole question, best first, and the choice for each of its parts."""

    evidence: tuple[Evidence, ...]
    parts: tuple[Choice, ...]

    @property
    def covered(self) -> list[Choice]:
        """The parts that are covered, in the order they were asked in."""
        return [part for part in self.parts if part.confidence >= ANSWERED]

    @property
    def chosen(self) -> list[Evidence]:
        """What was chosen for the parts that are covered, each sentence once."""
        return list({e.sentence_id: e for part in self.covered for e in part.chosen}.values())

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
        self._read(query)
        if (whole := self._overview(query)) is not None:
            return whole
        pairs: list[tuple[list[Evidence], Choice]] = []
        for part in query.parts:
            ways = self._ways(query, part, pairs[0][1] if pairs else None)
            pairs.append(max(ways, key=lambda way: way[1].confidence))
        evidence = _merged([evidence for evidence, _ in pairs])
        return Found(tuple(evidence), tuple(choice for _, choice in pairs))

    def _read(self, query: Query) -> None:
        """Let all that will be searched for be encoded together."""
        if before := query.context or query.setting:
            leaning = [f"{before} {part}" for part in query.parts]
        else:
            leaning = [f"{query.parts[0]}? {part}" for part in query.parts[1:] if leans(part)]
        self.retriever.read([*(() if query.setting else query.parts), *leaning])

    def _overview(self, query: Query) -> Found | None:
        """Return a summary, or what comes after what was told; None where neither is asked for."""
        part, catalog = query.parts[0], self._catalog
        said = (part, query.standing or query.asked)  # "tell me" may have been taken for courtesy
        more, short = any(map(wants_more, said)), any(map(wants_summary, said))
        if len(query.parts) > 1 or not (more or short):
            return None
        was = told(query.told, catalog)
        if more:
            sentences = what_follows(was, query.language, catalog)
        else:
            articles = catalog.ids_of("article")
            meant = {name: articles[name] for name in was.home if name in articles} or articles
            own = [name for name in meant if meant[name] == query.language] or list(meant)
            evidence = self.retriever.evidence(part) if len(own) == 1 else []
            if not evidence or is_expected(evidence[0]):
                return None
            article = catalog.article(own[0])
            vectors = self.retriever.index.sentence_vectors
            rows = [catalog.sentence_row(one.id) for one in article.sentences]
            sentences = key_sentences(article, vectors[rows])
        told_now = tuple(self.retriever.evidence_of(part, [one.id for one in sentences]))
        why = "what comes next in the article" if more else "the article in short"
        return Found(told_now, (Choice(part, told_now, 1.0, (why,)),)) if told_now else None

    def _ways(
        self, query: Query, part: str, first: Choice | None
    ) -> list[tuple[list[Evidence], Choice]]:
        """Return what answers a part, in each way that it may be meant; `first` is the first's."""
        if query.context:
            return [self._following(query, query.context, part, told(query.told, self._catalog))]
        if query.setting:
            return [self._alone(query, f"{query.setting} {part}")]
        if not first or not leans(part):
            return [self._alone(query, part)]
        if first.confidence < ANSWERED:  # then nothing was told that it could go on from
            evidence, choice = self._alone(query, f"{query.parts[0]}? {part}")
            return [(evidence, replace(choice, question=part))]
        # It goes on from the first's answer, as a follow-up does.
        by_itself = self.retriever.evidence(part)
        was = told_of_sentences((e.sentence_id for e in first.chosen), self._catalog)
        following = self._following(query, f"{query.parts[0]}?", part, was, by_itself)
        return [following, self._alone(query, part, by_itself)]

    def _alone(
        self, query: Query, part: str, found: list[Evidence] | None = None
    ) -> tuple[list[Evidence], Choice]:
        """Return what answers a part that stands on its own; `found` if it was searched for."""
        evidence = self._of_one_purpose(found or self.retriever.evidence(part))
        return evidence, self._choose(query, part, evidence)

    def _following(
        self,
        query: Query,
        context: str,
        part: str,
        was: Told,
        found: list[Evidence] | None = None,
    ) -> tuple[list[Evidence], Choice]:
        """Return what answers a part that leans on another question, answered by what was told."""
        evidence = self._of_one_purpose(self.follow_up(context, part, was, found))
        whole = f"{context} {part}"
        choice = self._choose(query, part if has_topic(part) else whole, evidence)
        if choice.confidence:
            choice = replace(choice, confidence=sureness(evidence, self._catalog))
        return evidence, replace(choice, question=part)

    def follow_up(
        self, context: str, part: str, was: Told, found: list[Evidence] | None = None
    ) -> list[Evidence]:
        """Return the evidence for a part that leans on `context`, best first.

        `found` is the evidence for the part alone, if it was searched for.
        """
        whole, search = f"{context} {part}", self.retriever
        by_itself, with_context = found or search.evidence(part), search.evidence(whole)
        wanted = {e.sentence_id for e in (*by_itself, *with_context)} | set(was.around)
        alone, in_context = (
            found + search.evidence_of(text, sorted(wanted - {e.sentence_id for e in found}))
            for text, found in ((part, by_itself), (whole, with_context))
        )
        return followed(part, alone, {e.sentence_id: e for e in in_context}, was)

    def _of_one_purpose(self, evidence: list[Evidence]) -> list[Evidence]:
        """Return the evidence without calls to action, or only those if one is the best."""
        catalog = self._catalog
        kinds = [catalog.article(e.sentence_id.split(".")[0]).kind for e in evidence]
        return [e for e, kind in zip(evidence, kinds, strict=True) if kind == kinds[0]]

    def _choose(self, query: Query, part: str, evidence: list[Evidence]) -> Choice:
        """Return what answers one part of the question, in the reader's language where it can."""
        matcher, sentence = self.retriever.matcher, self._catalog.sentence
        choice = choose(part, evidence, sentence, matcher)
        twins = {twin for e in choice.chosen for twin in sentence(e.sentence_id).twins}
        missing = sorted(twins - {e.sentence_id for e in evidence})  # of a chunk that was not found
        evidence = [*evidence, *self.retriever.evidence_of(part, missing)] if missing else evidence
        other = query.worded not in (None, query.language)
        chosen = in_language(
            part, choice, evidence, query.language, sentence, matcher, in_other=other
        )
        return replace(choice, chosen=chosen)


def _merged(found: Sequence[list[Evidence]]) -> list[Evidence]:
    """Return the evidence of all parts of a question, each sentence at its best score."""
    best: dict[str, Evidence] = {}
    for item in sorted((e for part in found for e in part), key=lambda e: -e.score):
        best.setdefault(item.sentence_id, item)
    return list(best.values())
