"""Read the corpus' pages: .txt, .md and .html, each with an optional .toml beside it.

Whatever is wrong with any of them is collected and raised at once, each line naming the file,
the problem and the cure, so that an index never silently lacks a page.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from ingest.errors import CorpusError
from ingest.files import SUFFIXES, read_text, read_toml, unreadable
from ingest.markup import front_matter, main_text, plain_markdown
from ingest.records import LANGUAGES, Dropped, Page
from ingest.tags import without_markup

CURE = f"Expected a folder with {', '.join(SUFFIXES[:3])} pages; set ASSISTANT_CORPUS."
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
            pages.append(read_page(path, page_name(corpus, path)))
        except CorpusError as error:
            problems.extend(error.problems)
    if problems:
        raise CorpusError(*problems)
    return sorted(pages, key=lambda page: (-len(page.text), page.text, page.name))


def page_files(corpus: Path) -> list[Path]:
    """Return the files that are pages; raise CorpusError if the folder is missing or has none."""
    folder = _pages_folder(corpus)
    found = [path for path in _files(folder) if path.suffix.lower() in SUFFIXES]
    if not found:
        raise CorpusError(f"{folder}: holds no pages. {CURE}")
    return found


def page_name(corpus: Path, path: Path) -> str:
    """Return a page's path below the folder of pages: two in subfolders may share a file name."""
    folder = _pages_folder(corpus)
    return path.relative_to(folder if path.is_relative_to(folder) else corpus).as_posix()


def unread_files(corpus: Path) -> list[Path]:
    """Return the files beside the pages that nobody reads: other formats, and a lone .toml."""
    files = _files(_pages_folder(corpus))
    pages = {path.with_suffix("") for path in files if path.suffix.lower() in SUFFIXES}
    editorial = {corpus / "translations.toml", corpus / "questions.toml"}
    return [
        path
        for path in files
        if path.suffix.lower() not in SUFFIXES
        and path not in editorial
        and not (path.suffix == ".toml" and path.with_suffix("") in pages)
    ]


def _pages_folder(corpus: Path) -> Path:
    folder = corpus / "pages"
    try:
        return folder if folder.is_dir() else corpus
    except OSError as error:
        raise CorpusError(unreadable(corpus, error)) from error


def _files(folder: Path) -> list[Path]:
    """Return the files under a folder, and folders named like pages; hidden ones apart."""
    if not folder.exists():
        raise CorpusError(f"{folder}: there is no such folder. {CURE}")
    if not folder.is_dir():
        raise CorpusError(f"{folder}: is a file, not a folder. {CURE}")

    def refuse(error: OSError) -> None:  # os.walk would pass over it, and its pages be missing
        raise CorpusError(unreadable(Path(error.filename), error)) from error

    found: list[Path] = []
    for place, folders, files in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        named_like_pages = [name for name in folders if Path(name).suffix.lower() in SUFFIXES]
        found += [
            Path(place, name) for name in files + named_like_pages if not name.startswith(".")
        ]
    return sorted(found)


def read_page(path: Path, name: str = "") -> Page:
    """Return one page as plain text with its metadata; raise CorpusError if it can't be used."""
    given = _read_metadata(path.with_suffix(".toml"))
    text = read_text(path)
    headings = frozenset[int]()
    found: dict[str, str] = {}
    taken: list[tuple[int, str]] = []
    if path.suffix.lower() == ".md":
        text, found = front_matter(text)
        text, headings = plain_markdown(text)
    elif path.suffix.lower() == ".txt":
        text, taken = without_markup(text)
    else:
        markdown, found = main_text(text)
        if not markdown:
            raise CorpusError(
                f"{path}: no main text found in this HTML. Save the article's text as .txt or .md."
            )
        text, headings = plain_markdown(markdown)
    if not text.strip():
        raise CorpusError(f"{path}: has no text. Put the article's text in it, or delete it.")
    fields: dict[str, Any] = {**found, **given}
    name = name or path.name
    dropped = tuple(Dropped(name, place, place, tag, "markup") for place, tag in taken)
    return Page(name=name, text=text, headings=headings, dropped=dropped, **fields)


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
