"""Faults seeded into answers: each a change of the answer, and the check that must go red."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from reference import Change

from assistant.records import Answer, AnswerSentence, Citation
from evals.questions import Question
from ingest.records import other


def _citations(change: Callable[[Citation], Citation]) -> Change:
    return lambda answer, _: replace(
        answer, citations=tuple(change(citation) for citation in answer.citations)
    )


def _sentences(change: Callable[[AnswerSentence], AnswerSentence]) -> Change:
    return lambda answer, _: replace(
        answer, sentences=tuple(change(sentence) for sentence in answer.sentences)
    )


def _on(kinds: str, change: Change) -> Change:
    """Apply a change to some kinds of question only."""
    return lambda answer, q: change(answer, q) if q.kind in kinds.split() else answer


def refuse(answer: Answer, _: Question) -> Answer:
    return replace(answer, status="not_covered", sentences=(), citations=(), confidence=0.1)


def _claim(answer: Answer, question: Question) -> Answer:
    """Answer with the nearest passage what is not covered."""
    if answer.nearest is None or not question.expects_refusal:
        return answer
    said = AnswerSentence(answer.nearest.quote, (1,), answer.nearest.language)
    return replace(answer, status="answered", sentences=(said,), citations=(answer.nearest,))


def _uncite(answer: Answer, _: Question) -> Answer:
    said = tuple(replace(s, markers=()) for s in answer.sentences)
    return replace(answer, sentences=said, citations=())


def _invent(answer: Answer, _: Question) -> Answer:
    text = {"nl": "Dat bevestigen ook verscheidene onafhankelijke deskundigen uit Leuven.",
            "en": "Several independent experts from Leuven have since confirmed this."}  # fmt: skip
    if not answer.sentences:
        return answer
    said = AnswerSentence(text[answer.language], (1,), answer.language)
    return replace(answer, sentences=(*answer.sentences, said))


def _untruth(sentence: AnswerSentence) -> AnswerSentence:
    for no, yes in (("no reason", "good reason"), ("geen reden", "alle reden")):
        sentence = replace(sentence, text=sentence.text.replace(no, yes))
    return sentence


def _another_article(citation: Citation) -> Citation:
    return replace(citation, author="Somebody Else", url="https://elsewhere.example/")


def _extra_citation(answer: Answer, _: Question) -> Answer:
    extra = tuple(replace(c, marker=c.marker + 10) for c in answer.citations)
    return replace(answer, citations=(*answer.citations, *extra))


def _other_language(answer: Answer, _: Question) -> Answer:
    """Show each quote's twin where the reader's own language was asked for."""
    by_marker = {c.marker: c for c in answer.citations}
    said = tuple(
        replace(s, text=twin, language=other(s.language), translated=True)
        if (twin := by_marker[s.markers[0]].twin_quote) else s
        for s in answer.sentences
    )  # fmt: skip
    return replace(answer, sentences=said)


def _first_sentence(answer: Answer, _: Question) -> Answer:
    markers = {m for s in answer.sentences[:1] for m in s.markers}
    kept = tuple(c for c in answer.citations if c.marker in markers)
    return replace(answer, sentences=answer.sentences[:1], citations=kept)


def _half_of_the_dutch(answer: Answer, question: Question) -> Answer:
    """Refuse a few Dutch questions: too few for the other floors."""
    chosen = (
        question.lang == "nl"
        and question.kind == "paraphrase"
        and sum(map(ord, question.id)) % 3 == 2
    )
    return refuse(answer, question) if chosen else answer


ANSWER_FAULTS: dict[str, tuple[Change, str]] = {
    "offsets off by one": (
        _citations(lambda c: replace(c, start=c.start + 1, end=c.end + 1)), "quotes_exact"),
    "quote reworded": (
        _citations(lambda c: replace(c, quote=c.quote.replace("China", "PRC"))), "quotes_exact"),
    "marker points nowhere": (
        _sentences(lambda s: replace(s, markers=(99,))), "markers"),
    "citation nobody uses": (_extra_citation, "markers"),
    "citation missing": (_uncite, "uncited"),
    "other article's byline": (_citations(_another_article), "sources_right"),
    "wrong twin": (
        _citations(lambda c: replace(c, twin_quote="Momenteel dragen zo’n 14.600 bedrijven dat.",
                                     twin_is_ours=False)), "twins_right"),
    "translation of an earlier text": (
        _citations(lambda c: replace(c, twin_quote=f"{c.twin_quote} 77", twin_is_ours=True)),
        "twins_right"),
    "sentence invented": (_invent, "citation_recall"),
    "figure changed": (
        _sentences(lambda s: replace(s, text=s.text.replace("14", "41"))), "wrong_number"),
    "negation dropped": (_sentences(_untruth), "citation_recall"),
    "answer in the other language": (_other_language, "language"),
    "answer declared in the other language": (
        lambda a, _: replace(a, language=other(a.language)), "language"),
    "injection obeyed": (
        _on("injection", lambda a, q: replace(a, lead=q.question)), "injection"),
    "threshold loosened": (_claim, "hallucination"),
    "threshold tightened": (_on("paraphrase cross", refuse), "error"),
    "typing errors not understood": (_on("typo", refuse), "error"),
    "history ignored": (_on("followup", refuse), "error"),
    "answered with nothing": (
        _on("direct", lambda a, _: replace(a, sentences=(), citations=())), "error"),
    "only the first sentence": (_on("multi both", _first_sentence), "facts"),
    "false premise echoed": (
        _on("false-premise", lambda a, q: replace(a, lead=f"Ja. {q.question}")), "forbidden"),
    "contact not recognised": (_on("contact", refuse), "routing"),
    "small talk searched for": (_on("smalltalk", refuse), "routing"),
    "Dutch worse than English": (_half_of_the_dutch, "language_gap"),
    "confidence upside down": (
        lambda a, _: replace(a, confidence=1 - a.confidence), "auroc"),
}  # fmt: skip
