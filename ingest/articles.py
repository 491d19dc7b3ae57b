"""Group a page's kept blocks into articles, one language each, with their metadata."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby

from ingest.blocks import unwrapped
from ingest.deduplicate import normalised
from ingest.records import (
    LANGUAGES,
    Article,
    ArticleKind,
    Block,
    BlockKind,
    Language,
    Page,
    Sentence,
)
from ingest.sentences import sentence_spans
from ingest.wording import ADDRESS, CALL, byline_author, published_in

OPENING = 70  # characters of a text that stand for its missing title
QUOTES = ("“", '"', "„", "«", "‘", "'")


def build_articles(pages: Iterable[Page], blocks: Iterable[Block]) -> list[Article]:
    """Return the articles of all pages: the texts, and a page's call to action on its own.

    `blocks` are the deduplicated blocks in page order. Author and publication are read from the
    page's bylines and notices unless its .toml tells them.
    """
    by_page = {name: list(group) for name, group in groupby(blocks, key=lambda b: b.page)}
    found: dict[str, Article] = {}
    for page in pages:
        own = by_page.get(page.name, [])
        for group in _groups(own):
            article = _article(page, group, own)
            if article.sentences:
                found.setdefault(article.id, article)
    return list(found.values())


def article_id(kind: ArticleKind, language: Language, text: str) -> str:
    """Return the id that an article of this text has wherever and however often it stands."""
    content = f"{kind}\n{language}\n{normalised(text)}"
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def _groups(blocks: list[Block]) -> list[list[Block]]:
    """Return the blocks of each article: a title in another language or another purpose opens one.

    A run without a title joins the earlier one of its language, so that a paragraph quoted in
    the other language, or two versions set paragraph by paragraph, cut no article in pieces.
    """
    texts = [b for b in blocks if b.kind not in ("call_to_action", "furniture")]
    calls = [b for b in blocks if b.kind == "call_to_action"]
    groups: list[list[Block]] = []
    languages: list[Language | None] = []
    for language, run in _runs(texts):
        same = [n for n, known in enumerate(languages) if known == language]
        if same and run[0].kind != "title":
            groups[same[-1]].extend(run)
        else:
            groups.append(run)
            languages.append(language)
    for wanted in LANGUAGES:
        groups.append([block for block in calls if block.language == wanted])
    return [group for group in groups if group]


def _runs(blocks: list[Block]) -> Iterator[tuple[Language | None, list[Block]]]:
    """Yield runs of blocks of one language.

    Two kinds of block follow their neighbours instead: a quotation in the other language amid a
    text, and a title in the other language above or below one.
    """
    runs = [list(run) for _, run in groupby(blocks, key=lambda block: block.language)]
    place = 0
    while place < len(runs):
        run = runs[place]
        around = runs[max(0, place - 1) : place] + runs[place + 1 : place + 2]
        quoted = len(run) == 1 and len(around) == 2 and run[0].text.startswith(QUOTES)
        if quoted:
            runs[place - 1 : place + 2] = [runs[place - 1] + run + runs[place + 1]]
        elif all(block.kind == "title" for block in run) and around:
            at = place if place + 1 < len(runs) else place - 1
            runs[at : at + 2] = [runs[at] + runs[at + 1]]
        else:
            place += 1
    for run in runs:
        yield next((b.language for b in run if b.kind != "title"), run[0].language), run


def _article(page: Page, group: list[Block], all_blocks: list[Block]) -> Article:
    language = next((b.language for b in group if b.kind != "title"), group[0].language)
    assert language is not None  # deduplication leaves no block of a third language
    kind: ArticleKind = "contact" if group[0].kind == "call_to_action" else "article"
    if all(block.kind == "title" for block in group):  # a heading of nothing is all there is
        group = [replace(block, kind="paragraph") for block in group]
    titled = _title_place(group)
    body = _paragraphs([block for n, block in enumerate(group) if n != titled])
    text = "\n\n".join(text for _, text in body)
    identity = article_id(kind, language, text)
    return Article(
        id=identity,
        kind=kind,
        title=group[titled].text if titled >= 0 else page.title or _opening(text),
        language=language,
        text=text,
        page=page.name,
        author="" if kind == "contact" else page.author or _author(all_blocks),
        published_in="" if kind == "contact" else page.published_in or _publication(all_blocks),
        date=page.date,
        url=page.url,
        sentences=tuple(_sentences(identity, body)),
    )


def _title_place(group: list[Block]) -> int:
    """Return which block is the article's title, -1 for none: only bylines may stand above it."""
    if group[0].kind == "call_to_action":
        heads = (
            len(group) > 1 and not group[0].text.endswith(".") and not CALL.search(group[0].text)
        )
        return 0 if heads and not ADDRESS.search(group[0].text) else -1
    for place, block in enumerate(group):
        if block.kind == "title":
            return place
        if block.kind not in ("byline", "notice"):
            break
    return -1


def _opening(text: str) -> str:
    """Return the first words of a text that has no title, so that a citation can name it."""
    start = text[: OPENING + 1].split("\n", 1)[0]
    return start if len(start) <= OPENING else start.rsplit(" ", 1)[0] + " …"


def _paragraphs(blocks: list[Block]) -> list[tuple[BlockKind, str]]:
    """Return kind and text of each paragraph; "Written by" and the name below it are one."""
    paragraphs: list[tuple[BlockKind, str]] = []
    for block in blocks:
        if block.kind == "byline" and paragraphs and paragraphs[-1][0] == "byline":
            paragraphs[-1] = ("byline", f"{paragraphs[-1][1]} {block.text}")
        else:
            paragraphs.append((block.kind, unwrapped(block.text)))
    return paragraphs


def _sentences(identity: str, body: list[tuple[BlockKind, str]]) -> Iterator[Sentence]:
    """Yield the sentences of the paragraphs; a heading between them is text, not a statement."""
    offset = index = 0
    for kind, paragraph in body:
        for start, end in sentence_spans(paragraph) if kind != "title" else ():
            place = offset + start
            text = paragraph[start:end]
            yield Sentence(f"{identity}.{index}", identity, index, place, offset + end, text)
            index += 1
        offset += len(paragraph) + 2  # the blank line that joins paragraphs


def _author(blocks: list[Block]) -> str:
    names = (byline_author(block.text) for block in blocks if block.kind == "byline")
    return next((name for name in names if name), "")


def _publication(blocks: list[Block]) -> str:
    places = (published_in(block.text) for block in blocks if block.kind == "notice")
    return next((place for place in places if place), "")
