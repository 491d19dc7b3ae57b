"""A line for the question file, drafted from a real answer for a person to complete.

The draft takes what was answered as if it were right, so that a person has something to correct:
the facts are the answer's numbers and names, the evidence is what it cited.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from assistant.records import Answer
from evals.questions import QuestionsError
from evals.run import Subject
from ingest.facts import names, numbers
from ingest.words import is_content, words


def draft(subject: Subject, question: str) -> str:
    """Return a line of JSON for the question file, to be read against the article and completed."""
    answer = subject.ask(question)
    covered = answer.status in ("answered", "partly")
    kind = {"contact": "contact", "smalltalk": "smalltalk"}.get(answer.status, "direct")
    line = {
        "id": _id(question, answer.language),
        "lang": answer.language,
        "kind": kind if covered or kind != "direct" else "unanswerable-near",
        "history": [],
        "question": question,
        "answerable": covered or kind != "direct",
        "facts": [[fact] for fact in _facts(answer)] if covered else [],
        "evidence": [citation.quote for citation in answer.citations] if covered else [],
        "must_not": [],
    }
    return json.dumps(line, ensure_ascii=False)


def logged_questions(path: Path) -> list[str]:
    """Return the questions of a question log that were not covered, each once, the oldest first.

    The log is the SQLite file that ASSISTANT_QUESTION_LOG names; it is only read. Raises
    QuestionsError if the file isn't that, or holds no uncovered question.
    """
    try:
        uri = f"{path.resolve(strict=True).as_uri()}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True)) as log:
            rows = log.execute(
                "SELECT question FROM asked WHERE status = 'not_covered' GROUP BY question "
                "ORDER BY min(at)"
            ).fetchall()
    except (OSError, sqlite3.Error) as error:
        raise QuestionsError(f"{path}: is no question log ({error}).") from error
    if not rows:
        raise QuestionsError(
            f"{path}: holds no uncovered question. Questions are logged only where "
            "ASSISTANT_QUESTION_LOG names a file."
        )
    return [str(row[0]) for row in rows]


def _facts(answer: Answer) -> Iterator[str]:
    """Yield expressions for the answer's numbers and names; a person adds what they miss."""
    for sentence in answer.sentences:
        for number in numbers(sentence.text):
            yield rf"\b{re.escape(sentence.text[number.start : number.end].strip())}"
        yield from (re.escape(name) for name in sorted(names(sentence.text)))


def _id(question: str, language: str) -> str:
    kept = [re.sub(r"[^a-z0-9]", "", word) for word in words(question) if is_content(word)]
    return "-".join([*(word for word in kept[:4] if word), language])
