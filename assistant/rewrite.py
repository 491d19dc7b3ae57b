"""A question that leans on an earlier one, made to stand on its own by a language model.

It is searched for beside the question as it was understood without a model, and is used only
where it finds a surer answer. Retrieval crosses the languages, so nothing is translated here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.asking import has_topic
from assistant.failure import ModelFailed
from assistant.llm import Model
from assistant.plain import objection
from assistant.prompts import rewrite_messages
from assistant.query import MAX_QUESTION, clean
from assistant.records import Query, Turn
from ingest.facts import number_keys

MAX_TOKENS = 60
EARLIER = 3  # questions of the conversation that are sent along

_NAME = re.compile(r"\b[^\W\d_]*[A-ZÀ-ÖØ-Þ][\w’'&-]*")
_QUOTES = "\"'“”‘’«» "


def rewrite(model: Model, query: Query, history: Sequence[Turn], seconds: float) -> str:
    """Return the question standing on its own, "" where there is none to be had in time.

    Only the reader's own earlier questions are sent, not what was answered.
    """
    earlier = [clean(said)[:MAX_QUESTION] for role, said in history if role == "user"][-EARLIER:]
    try:
        said = model.complete(
            rewrite_messages(query.asked, earlier, query.language), seconds, MAX_TOKENS
        )
    except ModelFailed:  # it is in the log
        return ""
    lines = clean(said.strip().split("\n")[0]).strip(_QUOTES)
    known = [query.asked, query.context, *earlier]
    return lines if is_faithful(lines, known) else ""


def is_faithful(text: str, known: list[str]) -> bool:
    """Return whether a rewritten question is one, and names nothing that was not asked."""
    if not 0 < len(text) <= MAX_QUESTION or not has_topic(text) or objection(text):
        return False
    before = " ".join(known)
    if set(number_keys(text)) - set(number_keys(before)):
        return False
    # The first word of a question has a capital whatever it is.
    names = {name.casefold() for name in _NAME.findall(text.split(" ", 1)[-1])}
    return all(name in before.casefold() for name in names)
