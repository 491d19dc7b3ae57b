"""Chosen evidence → the answer's sentences and their citations, in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.records import AnswerSentence, Citation, Evidence
from ingest.catalog import Catalog
from ingest.records import Language


def cite(
    chosen: Sequence[Sequence[Evidence]], language: Language, catalog: Catalog
) -> tuple[tuple[AnswerSentence, ...], tuple[Citation, ...]]:
    """Return what was chosen for each part of a question as sentences, each with its citation.

    The parts come in the order they were asked in; within one the best article comes first, and
    its sentences in the order of its text. No sentence comes twice.
    """
    ordered = [e.sentence_id for part in chosen for e in _as_told(part, language, catalog)]
    quotes = [
        quote(sentence_id, n, language, catalog)
        for n, sentence_id in enumerate(dict.fromkeys(ordered), start=1)
    ]
    return tuple(said for said, _ in quotes), tuple(citation for _, citation in quotes)


def _as_told(chosen: Sequence[Evidence], language: Language, catalog: Catalog) -> list[Evidence]:
    """Return evidence, best first, in article order within each article."""
    places = [_place(e.sentence_id, language, catalog) for e in chosen]
    first_seen = {article: n for n, (article, *_) in reversed(list(enumerate(places)))}
    order = sorted(range(len(chosen)), key=lambda n: (first_seen[places[n][0]], *places[n][1:]))
    return [chosen[n] for n in order]


def _place(sentence_id: str, language: Language, catalog: Catalog) -> tuple[str, int, int]:
    """Return the article, in the reader's language where there is one, and where it says this.

    A sentence that only the other version has stands after what comes before it there: so the two
    versions' sentences can be read as one text.
    """
    sentence = catalog.sentence(sentence_id)
    article = catalog.article(sentence.article_id)
    if article.language != language:
        for before in reversed(article.sentences[: sentence.index + 1]):
            if before.twins:
                twin = catalog.sentence(before.twins[-1])
                return twin.article_id, twin.index, sentence.index - before.index
    return article.id, sentence.index, 0


def quote(
    sentence_id: str, marker: int, language: Language, catalog: Catalog
) -> tuple[AnswerSentence, Citation]:
    """Return an article's sentence as a sentence of an answer, with its citation.

    It is our translation where the article has it in the reader's other language only.
    """
    citation = citation_of(sentence_id, marker, language, catalog)
    ours = citation.language != language and citation.twin_is_ours
    text = citation.twin_quote if ours else citation.quote
    shown_in = language if ours else citation.language
    return AnswerSentence(text, (marker,), shown_in, translated=ours), citation


def citation_of(sentence_id: str, marker: int, reader: Language, catalog: Catalog) -> Citation:
    """Return the citation of one sentence: `article.text[start:end] == quote`.

    Its twin is the other version's own sentence, except where a foreign quote was chosen because
    that one says less: then it is our translation, which says all that the quote says.
    """
    sentence = catalog.sentence(sentence_id)
    article = catalog.article(sentence.article_id)
    twins = " ".join(catalog.sentence(twin).text for twin in sentence.twins)
    ours = bool(sentence.translation) and (article.language != reader or not twins)
    return Citation(
        marker=marker,
        article_id=article.id,
        title=article.title,
        author=article.author,
        published_in=article.published_in,
        url=article.url,
        language=article.language,
        start=sentence.start,
        end=sentence.end,
        quote=sentence.text,
        twin_quote=sentence.translation if ours else twins,
        twin_is_ours=ours,
    )
