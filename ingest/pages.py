"""Read the corpus' pages: .txt, .md and .html, each with an optional .toml beside it.

Whatever is wrong with any of them is collected and raised at once, each line naming the file,
the problem and the cure, so that an index never silently lacks a page.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ingest.errors import CorpusError
from ingest.records import LANGUAGES, Page

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

SUFFIXES = (".txt", ".md", ".html", ".htm")
MAX_BYTES = 5_000_000  # the longest novel is under 5 MB; an article is some 20 KB
_METADATA = ("url", "title", "author", "date", "published_in", "language")


def read_pages(corpus: Path) -> list[Page]:
    """Return every page of `corpus/pages` (or of `corpus` itself), the fullest first.

    The order depends on what the pages say, not on their names, so that ids don't change when
    a file is renamed, and of two overlapping pages the fuller one is kept whole.
    Raises CorpusError with a line for each file that can't be used.
    """
    pages: list[Page] = []
    problems: list[str] = []
    for path in page_files(corpus):
        try:
            pages.append(read_page(path))
        except CorpusError as error:
            problems.extend(error.problems)
    if problems:
        raise CorpusError(*problems)
    return sorted(pages, key=lambda page: (-len(page.text), page.text, page.name))


def page_files(corpus: Path) -> list[Path]:
    """Return the files that are pages; raise CorpusError if the folder is missing or has none."""
    folder = corpus / "pages" if (corpus / "pages").is_dir() else corpus
    cure = f"Expected a folder with {', '.join(SUFFIXES[:3])} pages; set ASSISTANT_CORPUS."
    try:
        found = sorted(p for p in folder.rglob("*") if p.suffix.lower() in SUFFIXES)
    except PermissionError as error:
        raise CorpusError(f"{folder}: no permission to read this folder ({error}).") from error
    if not folder.exists():
        raise CorpusError(f"{corpus}: there is no such folder. {cure}")
    if not folder.is_dir():
        raise CorpusError(f"{corpus}: is a file, not a folder. {cure}")
    if not found:
        raise CorpusError(f"{folder}: holds no pages. {cure}")
    return found


def read_page(path: Path) -> Page:
    """Return one page as plain text with its metadata; raise CorpusError if it can't be used."""
    given = _read_metadata(path.with_suffix(".toml"))
    source = _read_text(path)
    if path.suffix.lower() == ".txt":
        text, headings, found = source, frozenset[int](), {}
    elif path.suffix.lower() == ".md":
        text, headings = _plain_markdown(source)
        found = {}
    else:
        markdown, found = _main_text(path, source)
        text, headings = _plain_markdown(markdown)
    if not text.strip():
        raise CorpusError(f"{path}: has no text. Put the article's text in it, or delete it.")
    fields: dict[str, Any] = {**found, **given}
    return Page(name=path.name, text=text, headings=headings, **fields)


def _read_text(path: Path) -> str:
    if path.is_dir():
        raise CorpusError(f"{path}: is a folder named like a page. Rename it, or move it away.")
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise CorpusError(
                f"{path}: is {size / 1e6:.0f} MB, over the {MAX_BYTES // 10**6} MB of a page. "
                "Split it into one file for each article."
            )
        data = path.read_bytes()
    except PermissionError as error:
        raise CorpusError(f"{path}: no permission to read it. Allow it: chmod a+r.") from error
    except OSError as error:
        raise CorpusError(f"{path}: can't be read ({error.strerror}).") from error
    if not data.strip():
        raise CorpusError(f"{path}: is empty. Put the article's text in it, or delete it.")
    return _decode(path, data)


def _decode(path: Path, data: bytes) -> str:
    looks_utf16 = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    if b"\x00" in data and not looks_utf16:
        raise CorpusError(
            f"{path}: is binary, not text. Expected the article as {', '.join(SUFFIXES[:3])}."
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        looks = "UTF-16" if looks_utf16 else _guess_encoding(data)
        raise CorpusError(
            f"{path}: is not UTF-8 (byte {error.start}); it looks like {looks}. "
            f"Convert it: iconv -f {looks} -t UTF-8."
        ) from error


def _guess_encoding(data: bytes) -> str:
    from charset_normalizer import from_bytes  # only for the error's sake

    best = from_bytes(data, cp_isolation=["cp1252", "latin_1", "cp850", "mac_roman"]).best()
    return best.encoding.replace("_", "-") if best else "an unknown encoding"


def _read_metadata(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    known = ", ".join(_METADATA)
    table = read_toml(path)
    for name, value in table.items():
        if name not in _METADATA:
            raise CorpusError(f"{path}: {name!r} is not known; expected any of {known}.")
        if name != "date" and not isinstance(value, str):
            raise CorpusError(f'{path}: {name} is {value!r}; expected text in quotes: "…".')
    if table.get("language", "nl") not in LANGUAGES:
        raise CorpusError(f'{path}: language is {table["language"]!r}; expected "nl" or "en".')
    url = table.get("url", "")
    if url and not url.startswith(("https://", "http://")):
        raise CorpusError(f"{path}: url is {url!r}; expected https://… or http://…")
    return {name: str(value) for name, value in table.items()}


def read_toml(path: Path) -> dict[str, Any]:
    """Return a .toml file as a dict; raise CorpusError naming the file and the place."""
    try:
        return tomllib.loads(_read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise CorpusError(f"{path}: is no valid TOML ({error}). Mend that line.") from error


def _main_text(path: Path, html: str) -> tuple[str, dict[str, str]]:
    """Return an HTML page's main text as Markdown, and what its head tells about it."""
    from trafilatura import extract, extract_metadata

    markdown = extract(html, output_format="markdown", include_comments=False, include_tables=True)
    if not markdown:
        raise CorpusError(
            f"{path}: no main text found in this HTML. Save the article's text as .txt or .md."
        )
    found = extract_metadata(html)
    metadata = {
        name: getattr(found, name) or "" for name in ("url", "title", "author", "date") if found
    }
    return markdown, metadata


def _plain_markdown(source: str) -> tuple[str, frozenset[int]]:
    """Return Markdown as plain paragraphs, blank lines between, and where its headings start."""
    text = ""
    headings = set()
    for kind, block in _markdown_blocks(source):
        separator = "" if not text else "\n" if kind in ("item", "row") else "\n\n"
        if kind == "heading":
            headings.add(len(text) + len(separator))
        text += separator + block
    return text, frozenset(headings)


def _markdown_blocks(source: str) -> Iterator[tuple[str, str]]:
    from markdown_it import MarkdownIt

    kinds = {"heading_open": "heading", "list_item_open": "item", "tr_open": "row"}
    kind, cells = "paragraph", list[str]()
    for token in MarkdownIt("commonmark").enable("table").parse(source):
        if token.type in kinds:
            kind, cells = kinds[token.type], []
        elif token.type == "inline":
            text = "".join(
                " " if child.type in ("softbreak", "hardbreak") else child.content
                for child in token.children or ()
                if child.type not in ("image", "html_inline")
            ).strip()
            if kind == "row":
                cells.append(text)
            elif text:
                yield kind, f"- {text}" if kind == "item" else text
        elif token.type == "tr_close":
            yield "row", " | ".join(cells)
        elif token.type in ("heading_close", "bullet_list_close", "ordered_list_close"):
            kind = "paragraph"
        elif token.type == "table_close":
            kind = "paragraph"
