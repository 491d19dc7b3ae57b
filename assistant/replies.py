"""Answers without a search: to small talk, to whoever wants contact, and to what is no question."""

from __future__ import annotations

from dataclasses import replace

from assistant import phrases
from assistant.frame import language_note, new_answer
from assistant.query import MAX_QUESTION, is_foreign
from assistant.records import Answer, AnswerSentence, Citation, Query
from assistant.smalltalk import smalltalk_kind


def refusal(asked: str, query: Query) -> Answer:
    """Return why a text is no question for us: too long, another language, or none at all."""
    language = query.language
    if len(asked) > MAX_QUESTION:
        lead = phrases.TOO_LONG[language].format(limit=MAX_QUESTION)
    elif is_foreign(query.asked):
        lead = phrases.WRONG_LANGUAGE
    else:
        lead = phrases.EMPTY[language]
    return replace(new_answer(query, "refused"), lead=lead)


def smalltalk(query: Query) -> Answer:
    """Return a reply to a greeting, thanks, a goodbye, or a question about the program itself."""
    replies = {
        "greeting": phrases.GREETING,
        "thanks": phrases.THANKS,
        "goodbye": phrases.GOODBYE,
        "about_me": phrases.ABOUT_ME,
    }
    reply = replies[smalltalk_kind(query.asked) or "greeting"][query.language]
    return replace(new_answer(query, "smalltalk"), lead=reply, confidence=1.0)


def contact(
    query: Query, sentences: tuple[AnswerSentence, ...], citations: tuple[Citation, ...]
) -> Answer:
    """Return the articles' own call to action as an answer."""
    return replace(
        new_answer(query, "contact"),
        lead=phrases.CONTACT[query.language],
        sentences=sentences,
        citations=citations,
        note=language_note(query.language, sentences),
        confidence=1.0,
    )
