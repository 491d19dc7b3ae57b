"""Whether a quote supports a sentence, decided by text alone: no model is the judge.

Recall and precision of citations as ALCE defines them (Gao et al. 2023, section 4:
https://aclanthology.org/2023.emnlp-main.398), with this decision in place of its NLI model.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.records import Answer, AnswerSentence
from ingest.facts import negations, number_keys
from ingest.words import is_content, words

ENOUGH = 0.85  # of a sentence's content words must be in the quote
_MONTHS = (
    "januari january|februari february|maart march|april|mei may|juni june|juli july|"
    "augustus august|september|oktober october|november|december"
)
_MONTH = {name: n for n, names in enumerate(_MONTHS.split("|")) for name in names.split()}
_DAYS = (
    "maandag monday|dinsdag tuesday|woensdag wednesday|donderdag thursday|vrijdag friday|"
    "zaterdag saturday|zondag sunday"
)
_DAY = {name: 20 + n for n, names in enumerate(_DAYS.split("|")) for name in names.split()}
_DATES = {**_MONTH, **_DAY}


def supports(quote: str, sentence: str) -> bool:
    """Return whether `quote` says what `sentence` says.

    It does when it contains it, or holds at least 85 % of its content words and all its
    numbers, dates and negations. A quote about the same words and one more negation says the
    opposite, so where the sentence repeats most of the quote their negations must be equal.
    """
    plain, whole = _flat(sentence), _flat(quote)
    if not plain:
        return False
    if plain in whole:
        return True
    if number_keys(sentence) - number_keys(quote) or _dates(sentence) - _dates(quote):
        return False
    asked, given = _content(sentence), _content(quote)
    if len(asked & given) < ENOUGH * len(asked) or not (asked or number_keys(sentence)):
        return False
    if len(asked & given) >= ENOUGH * len(given):
        return negations(sentence) == negations(quote)
    return negations(sentence) <= negations(quote)


def citation_scores(answer: Answer) -> tuple[list[float], list[float]]:
    """Return each checkable sentence's recall and each of its citations' precision (0 or 1).

    A sentence is recalled if its quotes together support it; without a citation it is not.
    A citation is precise if its sentence is recalled and it is not idle: it supports the
    sentence alone, or the others don't without it. Translated sentences are left out.
    """
    quotes = {c.marker: c.quote for c in answer.citations}
    recall: list[float] = []
    precision: list[float] = []
    for sentence in checkable(answer):
        given = [quotes.get(marker, "") for marker in sentence.markers]
        whole = supports(" ".join(given), sentence.text)
        recall.append(float(whole))
        for place, quote in enumerate(given):
            rest = " ".join(given[:place] + given[place + 1 :])
            idle = not supports(quote, sentence.text) and supports(rest, sentence.text)
            precision.append(float(whole and not idle))
    return recall, precision


def checkable(answer: Answer) -> Sequence[AnswerSentence]:
    """Return the sentences in the article's own language; translations can't be checked so."""
    return [sentence for sentence in answer.sentences if not sentence.translated]


def _flat(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip().strip("“”\"'‘’ ").lower()


def _content(text: str) -> set[str]:
    """Return the content words; numbers are compared as numbers, however they are written."""
    return {word for word in words(text) if is_content(word) and not number_keys(word)}


def _dates(text: str) -> set[int]:
    """Return the months and weekdays of a text, whichever language they are in.

    "may" and "mei", "maart" and "march" are words of their own, too: only with a digit near.
    """
    found = set()
    for match in re.finditer(r"[a-z]+", text.lower()):
        near = text[max(0, match.start() - 4) : match.end() + 6]
        number = _DATES.get(match.group())
        if number is not None and (number >= 20 or re.search(r"\d", near)):
            found.add(number)
    return found
