"""The articles as the evals see them: the authority on what stands where."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from assistant.records import Citation
from evals.questions import Question
from ingest.records import LANGUAGES, Article, Sentence, other


class Library:
    """Articles by id, and the sentences that hold a question's evidence."""

    def __init__(self, articles: Iterable[Article]) -> None:
        self.articles = {article.id: article for article in articles}
        self.sentences = {s.id: s for a in self.articles.values() for s in a.sentences}

    @cached_property
    def _by_place(self) -> dict[tuple[str, int, int], Sentence]:
        return {(s.article_id, s.start, s.end): s for s in self.sentences.values()}

    def evidence_sentences(self, question: Question) -> list[Sentence]:
        """Return the sentences that overlap one of the question's pieces of evidence."""
        return [
            sentence
            for sentence in self.sentences.values()
            if any(overlaps(sentence.text, piece) for piece in question.evidence)
        ]

    def unknown_evidence(self, question: Question) -> list[str]:
        """Return the evidence that no article holds, in its text or about itself."""
        return [piece for piece in question.evidence if not self._holds(piece)]

    def _holds(self, piece: str) -> bool:
        return any(
            piece in article.text
            or piece == article.title
            or any(about and about in piece for about in (article.author, article.published_in))
            for article in self.articles.values()
        )

    def direction(self, question: Question) -> str:
        """Return "nl", "en", "nl→en" or "en→nl": question's language, then the evidence's.

        One language alone where the evidence exists in the question's own, or is no sentence.
        """
        found = {self.articles[s.article_id].language for s in self.evidence_sentences(question)}
        if not found or question.lang in found or question.kind == "contact":
            return question.lang
        return f"{question.lang}→{other(question.lang)}"

    def relevant(self, question: Question) -> tuple[frozenset[str], int]:
        """Return the ids of the sentences that answer, and how many an ideal ranking holds.

        Twins are one candidate in the assistant's ranking, so the ideal is the larger of the two
        languages' counts. Evidence that no article holds still counts: it should have been there.
        """
        found = self.evidence_sentences(question)
        lost = len(self.unknown_evidence(question))
        counts = [
            sum(self.articles[s.article_id].language == language for s in found)
            for language in LANGUAGES
        ]
        return frozenset(s.id for s in found), max(counts) + (lost if not max(counts) else 0)

    def cited(self, citation: Citation) -> Sentence | None:
        """Return the sentence that a citation's offsets name, None if they name no whole one."""
        return self._by_place.get((citation.article_id, citation.start, citation.end))

    def quote_problem(self, citation: Citation) -> str:
        """Return why a citation isn't what the article says, "" if it is."""
        article = self.articles.get(citation.article_id)
        if article is None:
            return f"cites {citation.article_id}, which is no article"
        if not citation.quote.strip():
            return "quotes nothing"
        there = article.text[citation.start : citation.end]
        if there != citation.quote:
            return f"quotes “{_short(citation.quote)}” where the article has “{_short(there)}”"
        return ""

    def source_problem(self, citation: Citation) -> str:
        """Return what a citation tells wrongly about its article, "" if nothing."""
        article = self.articles.get(citation.article_id)
        for field in ("title", "author", "published_in", "url", "language"):
            if article and getattr(citation, field) != getattr(article, field):
                return f"gives {field} {getattr(citation, field)!r}: {getattr(article, field)!r}"
        return ""

    def twin_problem(self, citation: Citation) -> str:
        """Return why a citation's twin quote is not its sentence's twin, "" if it is or is none."""
        sentence = self.cited(citation)
        if not citation.twin_quote or sentence is None:
            return ""
        if citation.twin_is_ours:
            right = citation.twin_quote == sentence.translation
            return "" if right else f"shows “{_short(citation.twin_quote)}” as our translation"
        twins = [self.sentences[i].text for i in sentence.twins if i in self.sentences]
        right = bool(twins) and not _without(citation.twin_quote, twins)
        return "" if right else f"shows “{_short(citation.twin_quote)}” as its twin"


def overlaps(one: str, two: str) -> bool:
    """Return whether one of two texts contains the other."""
    return one in two or two in one


def _without(text: str, parts: Iterable[str]) -> str:
    """Return what is left of `text` when each of `parts` is taken out."""
    for part in parts:
        text = text.replace(part, " ")
    return text.strip(" …\n")


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"
