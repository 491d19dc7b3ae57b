"""Whether an answer is in the language it should be in."""

from __future__ import annotations

from assistant.records import Answer, AnswerSentence
from evals.questions import Question
from ingest.language import detect
from ingest.records import Language, other

ENOUGH_WORDS = 6  # langdetect is right on 95 % of three words, on all of ten
SURE = 0.95


def language_right(question: Question, answer: Answer) -> bool:
    """Return whether the reader can read all of it: declared so, and really so.

    A sentence may be in the other language only where neither a twin nor a translation exists.
    """
    if answer.language != question.lang:
        return False
    if any(reads_as(text, other(question.lang)) for text in (answer.lead, answer.note)):
        return False
    return not any(language_problem(answer, sentence) for sentence in answer.sentences)


def language_problem(answer: Answer, sentence: AnswerSentence) -> str:
    """Return what is wrong with the language of one sentence of an answer, "" if nothing."""
    if reads_as(sentence.text, other(sentence.language)):
        return f"“{sentence.text[:60]}” is not in {sentence.language}"
    cited = [c for c in answer.citations if c.marker in sentence.markers]
    if sentence.language != answer.language and any(c.twin_quote for c in cited):
        return f"“{sentence.text[:60]}” exists in {answer.language} too"
    return ""


def reads_as(text: str, language: Language) -> bool:
    """Return whether a text is surely in `language`; a short one never is."""
    return len(text.split()) >= ENOUGH_WORDS and detect(text)[language] >= SURE
