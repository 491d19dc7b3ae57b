"""Chosen evidence → the answer's sentences and their citations, in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.records import AnswerSentence, Citation, Evidence
from ingest.catalog import Catalog
from ingest.records import Language


def cite(
    chosen: Sequence[Evidence], language: Language, catalog: Catalog
) -> tuple[tuple[AnswerSentence, ...], tuple[Citation, ...]]:
    """Return the sentences, in article order within each article, each with its citation."""
    first_seen = {
        e.sentence_id.split(".")[0]: place for place, e in reversed(list(enumerate(chosen)))
    }
    ordered = sorted(
        chosen,
        key=lambda e: (
            first_seen[e.sentence_id.split(".")[0]],
            catalog.sentence(e.sentence_id).index,
        ),
    )
    quotes = [quote(e.sentence_id, n, language, catalog) for n, e in enumerate(ordered, start=1)]
    return tuple(said for said, _ in quotes), tuple(citation for _, citation in quotes)


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
