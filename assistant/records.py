"""The records that travel from a question to its answer.

question + history → Query → Evidence → Answer (sentences, Citations)
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from ingest.records import Language

Turn = tuple[str, str]  # ("user" | "assistant", text)
Status = Literal["answered", "partly", "not_covered", "contact", "smalltalk", "refused"]
Intent = Literal["question", "contact", "smalltalk", "refused"]


@dataclass(frozen=True, slots=True)
class Query:
    """A question made ready to search with: its language, its parts, what it leans on."""

    asked: str
    parts: tuple[str, ...]  # the questions asked, one or several
    language: Language
    intent: Intent
    context: str = ""  # the earlier question that an elliptical one may lean on
    searched_for: str = ""  # the corrected question, where correction changed the search
    reasons: tuple[str, ...] = ()  # how language, parts and intent were settled, for --explain
    told: str = ""  # what the reader was told last
    setting: str = ""  # what is said around a question that says little without it
    worded: Language | None = None  # the parts' language, where the reader wished for another
    standing: str = ""  # the earlier question, as asked, that is asked again in another language

    @property
    def text(self) -> str:
        """The whole question with its context, standing on its own."""
        return " ".join([self.context, *self.parts]).strip()


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence that may answer, with what each method thought of it.

    `ranks` holds the sentence's chunk's rank (from 1) by method; `parts` the features
    behind `score`.
    """

    sentence_id: str
    language: Language
    text: str
    score: float
    ranks: tuple[tuple[str, int], ...] = ()
    parts: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Citation:
    """The exact sentence of an article that supports an answer's sentence.

    `article.text[start:end] == quote`. `twin_quote` says the same in the other language: the
    other version's own sentence or, where `twin_is_ours`, our translation.
    """

    marker: int
    article_id: str
    title: str
    author: str
    published_in: str
    url: str
    language: Language
    start: int
    end: int
    quote: str
    twin_quote: str = ""
    twin_is_ours: bool = False


@dataclass(frozen=True, slots=True)
class AnswerSentence:
    """One sentence of an answer and the markers of the citations that support it.

    `translated` where the text is our translation of the quote, not the article's own words.
    """

    text: str
    markers: tuple[int, ...]
    language: Language
    translated: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What the reader gets. `lead` and `note` frame the sentences and claim nothing of their own.

    `nearest` is the closest passage where the articles do not cover the question. `confidence`
    is 0 to 1. `mode` is "llm" where a language model worded at least one sentence, `withheld`
    how many it wrote that their sources don't support. `timings` are milliseconds by step.
    """

    id: str
    question: str
    language: Language
    status: Status
    lead: str = ""
    sentences: tuple[AnswerSentence, ...] = ()
    note: str = ""
    citations: tuple[Citation, ...] = ()
    nearest: Citation | None = None
    confidence: float = 0.0
    mode: Literal["extractive", "llm"] = "extractive"
    withheld: int = 0
    searched_for: str = ""
    timings: dict[str, float] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The whole answer as plain text, each sentence followed by its markers."""
        quoted = [
            " ".join([s.text, *(f"[{marker}]" for marker in s.markers)]) for s in self.sentences
        ]
        return "\n".join(part for part in (self.lead, " ".join(quoted), self.note) if part)

    def as_json(self) -> dict[str, Any]:
        """Return the answer as it travels over the API: fields as they are, plus `text`.

        And `ai_generated`, for whoever shows it must say that a program wrote it.
        """
        return {"ai_generated": True, **asdict(self), "text": self.text}
