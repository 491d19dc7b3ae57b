"""The records that travel through ingestion, in the order in which they appear.

    pages/* → Page → Block → Article (+ Dropped) → Sentence (+ twins) → Chunk → index

All are frozen: a step takes records and returns new ones.
Offsets are character offsets, end exclusive, so `text[start:end]` is always the thing itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Language = Literal["nl", "en"]
LANGUAGES: tuple[Language, ...] = ("nl", "en")

BlockKind = Literal[
    "title", "paragraph", "byline", "notice", "call_to_action", "furniture", "order"
]
DropReason = Literal["exact", "near", "furniture", "order", "language", "markup"]
ArticleKind = Literal["article", "contact"]


def other(language: Language) -> Language:
    """Return the other one of the two languages."""
    return "en" if language == "nl" else "nl"


@dataclass(frozen=True, slots=True)
class Page:
    """One source file as plain text, with what the `.toml` beside it tells."""

    name: str
    text: str
    url: str = ""
    title: str = ""
    author: str = ""
    date: str = ""
    published_in: str = ""
    language: Language | None = None
    headings: frozenset[int] = frozenset()  # starts of the lines that the source marks as headings
    dropped: tuple[Dropped, ...] = ()  # markup that was left over in it, where it had stood


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph-sized piece of a page: `page.text[start:end] == text`.

    `language` is None where the block is in neither Dutch nor English.
    """

    page: str
    start: int
    end: int
    kind: BlockKind
    text: str
    language: Language | None


@dataclass(frozen=True, slots=True)
class Dropped:
    """A block that is in no article, and why; `kept_*` is what it duplicates, if anything.

    Markup has gone from the page's text itself: `start` and `end` are both where it had stood.
    """

    page: str
    start: int
    end: int
    text: str
    reason: DropReason
    kept_page: str = ""
    kept_start: int = -1
    similarity: float = 0.0


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of an article: `article.text[start:end] == text`.

    `twins` are the ids of the sentences that say the same in the article's other language.
    `translation` is our own, from corpus/translations.toml, for a sentence without a full twin.
    """

    id: str  # article id + "." + index
    article_id: str
    index: int
    start: int
    end: int
    text: str
    twins: tuple[str, ...] = ()
    translation: str = ""


@dataclass(frozen=True, slots=True)
class Article:
    """One article in one language: its blocks joined by blank lines, title excluded.

    The id is a hash of kind, language and normalised text, so it does not depend on the file's
    name, its place in the folder or how often the text was pasted.
    """

    id: str
    kind: ArticleKind
    title: str
    language: Language
    text: str
    page: str
    author: str = ""
    published_in: str = ""
    date: str = ""
    url: str = ""
    translation_id: str = ""  # the same article in the other language
    sentences: tuple[Sentence, ...] = ()


@dataclass(frozen=True, slots=True)
class Chunk:
    """Whole sentences of one article: `article.text[start:end] == text`; the unit of retrieval."""

    id: str  # article id + "-" + index
    article_id: str
    language: Language
    start: int
    end: int
    text: str
    sentence_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Face:
    """A question that a sentence answers, from corpus/questions.toml; never quoted.

    `sentence_id` is "" for one that editors say no sentence answers.
    """

    sentence_id: str
    language: Language
    text: str
