"""What stands around an answer's sentences: its status, its lead, and what to know of them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from assistant import phrases
from assistant.asking import asserted, explained, supposed
from assistant.choose import ANSWERED, Choice
from assistant.cite import citation_of
from assistant.overview import WHOLE
from assistant.premise import Passage, Premises
from assistant.records import Answer, AnswerSentence, Citation, Evidence, Query, Status
from assistant.verify import Source
from ingest.catalog import Catalog
from ingest.records import Language


def new_answer(query: Query, status: Status) -> Answer:
    """Return an empty answer. Its id names question and language, so equal ones are equal."""
    digest = hashlib.sha256(f"{query.language}\n{query.text}".encode()).hexdigest()
    return Answer(
        id=digest[:12],
        question=query.asked,
        language=query.language,
        status=status,
        searched_for=query.searched_for,
    )


def framed(
    query: Query,
    parts: Sequence[Choice],
    catalog: Catalog,
    sentences: tuple[AnswerSentence, ...],
    citations: tuple[Citation, ...],
    premises: Premises,
) -> Answer:
    """Return sentences as the answer to a question of which at least one part is covered.

    Where the question states what one of them gives otherwise, that one comes first.
    """
    place = _otherwise(query, catalog, citations, premises)
    if place is not None:
        sentences, citations = _first(place, sentences, citations)
    missing = [part.question for part in parts if part.confidence < ANSWERED]
    contact = all(catalog.article(c.article_id).kind == "contact" for c in citations)
    notes = [language_note(query.language, sentences)]
    notes += [phrases.PARTLY[query.language].format(missing=part) for part in missing]
    return replace(
        new_answer(query, "partly" if missing else "contact" if contact else "answered"),
        lead=phrases.CORRECTION[query.language] if place is not None else "",
        sentences=sentences,
        citations=citations,
        note=" ".join(note for note in notes if note),
        confidence=_rounded(min(p.confidence for p in parts if p.confidence >= ANSWERED)),
    )


def not_covered(
    query: Query,
    parts: Sequence[Choice],
    catalog: Catalog,
    evidence: Sequence[Evidence],
    *,
    offer: bool,
) -> Answer:
    """Return an honest refusal with the nearest passage; `offer` says who else to ask."""
    language = query.language
    told = [e for e in evidence if WHOLE.search(e.text)]  # no heading, no byline
    near = [e for e in told[:3] if e.language == language] or told or evidence
    return replace(
        new_answer(query, "not_covered"),
        lead=phrases.NOT_COVERED[language],
        note=phrases.CONTACT_OFFER[language] if offer else "",
        nearest=citation_of(near[0].sentence_id, 1, language, catalog) if near else None,
        confidence=_rounded(max(part.confidence for part in parts)),
    )


def _rounded(confidence: float) -> float:
    """Return it without the digits that depend on what else the encoder read at the same time."""
    return round(confidence, 4)


def language_note(language: Language, sentences: Sequence[AnswerSentence]) -> str:
    """Return what the reader should know of the quotes' language, and of which where not of all."""
    foreign = [s for s in sentences if s.translated or s.language != language]
    if not foreign:
        return ""
    ours = any(sentence.translated for sentence in foreign)
    note = (phrases.TRANSLATED if ours else phrases.OTHER_LANGUAGE)[language]
    if len(foreign) == len(sentences):
        return note
    markers = " ".join(f"[{marker}]" for sentence in foreign for marker in sentence.markers)
    return f"{markers}: {note[0].lower()}{note[1:]}"


def _otherwise(
    query: Query, catalog: Catalog, citations: Sequence[Citation], premises: Premises
) -> int | None:
    """Return the place of the citation that says otherwise than the question takes for granted.

    Only where assent is asked or a question has a statement's order of words, for "we have 40
    million" states no criterion; and of what a question asks the reason of, a figure.
    """
    asked, language = query.standing or query.asked, query.worded or query.language
    # "And a child of nine?" asks; it states no more than the question that it leans on.
    stated = asserted(asked) if query.context else supposed(asked)
    why = explained(asked)
    if not stated and not why:
        return None
    passages = [
        Passage(
            Source(n, f"{c.article_id}:{c.start}", c.language, c.quote, c.twin_quote),
            catalog.article(c.article_id).text,
        )
        for n, c in enumerate(citations, 1)
    ]
    if not stated:
        return premises.miscounted(why, language, passages)
    return premises.otherwise(stated, language, passages)


def _first(
    place: int, sentences: tuple[AnswerSentence, ...], citations: tuple[Citation, ...]
) -> tuple[tuple[AnswerSentence, ...], tuple[Citation, ...]]:
    """Return an answer of quotes with the one at `place` in front, numbered anew."""
    quoted = len(sentences) == len(citations) and all(
        said.markers == (n,) and said.text in (citation.quote, citation.twin_quote)
        for n, (said, citation) in enumerate(zip(sentences, citations, strict=True), 1)
    )
    if not place or not quoted:
        return sentences, citations
    order = [place, *(n for n in range(len(sentences)) if n != place)]
    return (
        tuple(replace(sentences[old], markers=(new,)) for new, old in enumerate(order, 1)),
        tuple(replace(citations[old], marker=new) for new, old in enumerate(order, 1)),
    )
