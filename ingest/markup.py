"""Markdown and HTML pages as plain paragraphs, with where their headings start."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ingest.tags import is_tag, without_markup

if TYPE_CHECKING:
    from markdown_it.token import Token

_KINDS = {"heading_open": "heading", "list_item_open": "item", "tr_open": "row"}
_CLOSES = ("heading_close", "bullet_list_close", "ordered_list_close", "table_close")
_FRONT = re.compile(r"\A---[ \t]*\r?\n(?P<fields>.*?)\r?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.S)
_FIELD = re.compile(r"^(?P<name>\w+)[ \t]*:[ \t]*(?P<value>.*?)[ \t]*$", re.M)
_FROM_FRONT = ("url", "title", "author", "date")


def main_text(html: str) -> tuple[str, dict[str, str]]:
    """Return an HTML page's main text as Markdown ("" if none), and what its head tells of it."""
    from trafilatura import extract, extract_metadata

    text = extract(
        html,
        output_format="markdown",
        include_comments=False,
        include_tables=True,
        favor_recall=True,  # what is furniture is told from text further on; what is lost is lost
    )
    found = extract_metadata(html, extensive=False)  # else it takes any year for the date
    known = {name: str(getattr(found, name, None) or "") for name in _FROM_FRONT}
    if not known["url"].startswith(("https://", "http://")):
        known["url"] = ""
    return text or "", known


def front_matter(source: str) -> tuple[str, dict[str, str]]:
    """Return Markdown without the `---` fields that many sites put on top, and those we know."""
    match = _FRONT.match(source)
    if not match:
        return source, {}
    fields = {m["name"].lower(): m["value"].strip("\"'") for m in _FIELD.finditer(match["fields"])}
    if not fields:
        return source, {}
    return source[match.end() :], {k: v for k, v in fields.items() if k in _FROM_FRONT and v}


def plain_markdown(source: str) -> tuple[str, frozenset[int]]:
    """Return Markdown as plain paragraphs, blank lines between, and where its headings start."""
    text = ""
    headings = set()
    last = ""
    for kind, block in _blocks(source):
        together = kind in ("item", "row") and (kind == last or text.endswith(":"))
        separator = "" if not text else "\n" if together else "\n\n"
        if kind == "heading":
            headings.add(len(text) + len(separator))
        text += separator + block
        last = kind
    return text, frozenset(headings)


def _blocks(source: str) -> Iterator[tuple[str, str]]:
    """Yield (kind, text) of each heading, paragraph, list item and table row."""
    from markdown_it import MarkdownIt

    kind, cells, opened = "paragraph", list[str](), False
    for token in MarkdownIt("commonmark").enable("table").parse(source):
        if token.type in _KINDS:
            kind, cells, opened = _KINDS[token.type], [], True
        elif token.type == "inline" and kind == "row":
            cells.append(_inline(token))
        elif token.type == "inline" and (text := _inline(token)):
            yield kind, f"- {text}" if kind == "item" and opened else text
            opened = False  # an item's second paragraph goes on without a bullet
        elif token.type in ("fence", "code_block", "html_block"):
            lines = without_markup(token.content)[0].splitlines()
            yield from (("paragraph", line.strip()) for line in lines if line.strip())
        elif token.type == "tr_close":
            yield "row", " | ".join(cells)
        elif token.type in _CLOSES:
            kind = "paragraph"


def _inline(token: Token) -> str:
    return "".join(
        " " if child.type in ("softbreak", "hardbreak") else child.content
        for child in token.children or ()
        if child.type != "image" and not (child.type == "html_inline" and is_tag(child.content))
    ).strip()
