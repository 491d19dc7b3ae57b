"""Questions in, cited answers out.

from assistant import open_assistant

assistant = open_assistant()
answer = assistant.ask("Hoeveel Little Giants zijn er?")
print(answer.text, answer.citations[0].quote)
"""

from assistant.answer import Assistant, Trace
from assistant.opening import is_current, open_assistant
from assistant.records import Answer, AnswerSentence, Citation, Evidence, Query, Turn

__all__ = [
    "Answer",
    "AnswerSentence",
    "Assistant",
    "Citation",
    "Evidence",
    "Query",
    "Trace",
    "Turn",
    "is_current",
    "open_assistant",
]
