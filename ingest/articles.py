"""Group a page's kept blocks into articles, one language each, with their metadata."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from itertools import groupby

from ingest.blocks import byline_author, published_in
from ingest.deduplicate import normalised
from ingest.records import LANGUAGES, Article, ArticleKind, Block, BlockKind, Language, Page, Sentence
from ingest.sentences import sentence_spans


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
    for run in (list(run) for _, run in groupby(texts, key=lambda block: block.language)):
        same = [group for group in groups if group[0].language == run[0].language]
        if same and run[0].kind != "title":
            same[-1].extend(run)
        else:
            groups.append(run)
    for language in LANGUAGES:
        groups.append([block for block in calls if block.language == language])
    return [group for group in groups if group]


def _article(page: Page, group: list[Block], all_blocks: list[Block]) -> Article:
    language = group[0].language
    assert language is not None  # deduplication leaves no block of a third language
    kind: ArticleKind = "contact" if group[0].kind == "call_to_action" else "article"
    titled = group[0].kind == "title" or (kind == "contact" and not group[0].text.endswith("."))
    body = _paragraphs(group[1:] if titled else group)
    text = "\n\n".join(text for _, text in body)
    identity = article_id(kind, language, text)
    return Article(
        id=identity,
        kind=kind,
        title=group[0].text if titled else page.title,
        language=language,
        text=text,
        page=page.name,
        author="" if kind == "contact" else page.author or _author(all_blocks),
        published_in="" if kind == "contact" else page.published_in or _publication(all_blocks),
        date=page.date,
        url=page.url,
        sentences=tuple(_sentences(identity, body)),
    )


def _paragraphs(blocks: list[Block]) -> list[tuple[BlockKind, str]]:
    """Return kind and text of each paragraph; "Written by" and the name below it are one."""
    paragraphs: list[tuple[BlockKind, str]] = []
    for block in blocks:
        if block.kind == "byline" and paragraphs and paragraphs[-1][0] == "byline":
            paragraphs[-1] = ("byline", f"{paragraphs[-1][1]} {block.text}")
        else:
            paragraphs.append((block.kind, block.text))
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
