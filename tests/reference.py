"""An assistant that has read the answer key: right in everything, so that a fault is the only one.

The gate must be green for it, and red as soon as one thing is wrong with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from assistant.records import Answer, AnswerSentence, Citation, Evidence
from evals.library import Library
from evals.metrics import missing_facts
from evals.questions import Question, load_questions
from ingest.records import Article, Language, Sentence

Change = Callable[[Answer, Question], Answer]


def citable(library: Library) -> list[Question]:
    """Return the gate's questions whose evidence is all in sentences: a title can't be cited."""
    texts = "\n".join(article.text for article in library.articles.values())
    return [q for q in load_questions() if all(piece in texts for piece in q.evidence)]


@dataclass(frozen=True)
class ReferenceTrace:
    answer: Answer
    candidates: tuple[Evidence, ...]


class Reference:
    """Answers from the key; `change` makes it wrong in one way."""

    def __init__(
        self, library: Library, questions: Iterable[Question], change: Change | None = None
    ) -> None:
        self.library = library
        self._asked = {(q.question, q.history): q for q in questions}
        self._change = change

    def articles(self) -> list[Article]:
        return list(self.library.articles.values())

    def ask(self, question: str, history: Sequence[tuple[str, str]] = (), language=None) -> Answer:
        return self.explain(question, history, language).answer

    def explain(self, question, history=(), language: Language | None = None) -> ReferenceTrace:
        known = self._asked.get((question, tuple(history)))
        if known is None:
            return ReferenceTrace(self._refusal(question, language or "nl"), self._like(question))
        ids, _ = self.library.relevant(known)
        first = [s for s in self.library.sentences.values() if s.id in ids]
        rest = [s for s in self.library.sentences.values() if s.id not in ids]
        answer = self._answer(known)
        return ReferenceTrace(
            self._change(answer, known) if self._change else answer, self._ranked([*first, *rest])
        )

    def _answer(self, question: Question) -> Answer:
        if question.kind == "smalltalk":
            return replace(self._refusal(question.question, question.lang), status="smalltalk")
        if not question.answerable:
            return self._refusal(question.question, question.lang)
        answer = replace(self._refusal(question.question, question.lang), confidence=0.9,
                         status="contact" if question.kind == "contact" else "answered",
                         nearest=None)  # fmt: skip
        for cited in self._evidence(question):
            if not answer.sentences or missing_facts(question, answer):
                answer = self._with(answer, cited)
        return answer

    def _evidence(self, question: Question) -> list[Sentence]:
        """Return the sentences to answer with, those in the reader's language first."""
        found = self.library.evidence_sentences(question)
        articles = self.library.articles
        return sorted(found, key=lambda s: articles[s.article_id].language != question.lang)

    def _with(self, answer: Answer, sentence: Sentence) -> Answer:
        citation = self.citation(sentence, len(answer.citations) + 1)
        ours = citation.language != answer.language and citation.twin_is_ours
        said = AnswerSentence(
            citation.twin_quote if ours else citation.quote,
            (citation.marker,),
            answer.language if ours else citation.language,
            translated=ours,
        )
        return replace(answer, sentences=(*answer.sentences, said),
                       citations=(*answer.citations, citation))  # fmt: skip

    def citation(self, sentence: Sentence, marker: int) -> Citation:
        article = self.library.articles[sentence.article_id]
        twins = " ".join(self.library.sentences[i].text for i in sentence.twins)
        return Citation(
            marker, article.id, article.title, article.author, article.published_in, article.url,
            article.language, sentence.start, sentence.end, sentence.text,
            sentence.translation or twins, bool(sentence.translation),
        )  # fmt: skip

    def _refusal(self, question: str, language: Language) -> Answer:
        articles = self.library.articles
        mine = (s for s in self.library.sentences.values()
                if articles[s.article_id].language == language)  # fmt: skip
        nearest = next(mine)
        return Answer("reference", question, language, "not_covered", confidence=0.1,
                      nearest=self.citation(nearest, 1))  # fmt: skip

    def _like(self, text: str) -> tuple[Evidence, ...]:
        """Return the sentence that is asked for in its own words."""
        return self._ranked(
            [s for s in self.library.sentences.values() if s.text.startswith(text[:60])]
        )

    def _ranked(self, sentences: Sequence[Sentence]) -> tuple[Evidence, ...]:
        return tuple(
            Evidence(s.id, "nl", s.text, 1 / rank, (("dense-nl", rank), ("lexical-nl", rank)))
            for rank, s in enumerate(sentences, 1)
        )
