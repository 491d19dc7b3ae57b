"""Read a file of the corpus, or say which file it is, what is wrong with it and what helps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ingest import toml
from ingest.errors import CorpusError

SUFFIXES = (".txt", ".md", ".html", ".htm")
MAX_BYTES = 5_000_000  # the longest novel is under 5 MB; an article is some 20 KB
MAGIC = (
    b"%PDF",
    b"PK\x03\x04",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"{\\rtf",
    b"\xd0\xcf\x11\xe0",
)
CONTROLS = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1b"))  # that text does not have


def read_text(path: Path) -> str:
    """Return a file's text; raise CorpusError unless it is readable, small enough and UTF-8."""
    if path.is_dir():
        raise CorpusError(f"{path}: is a folder named like a page. Rename it, or move it away.")
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise CorpusError(
                f"{path}: is {size / 1e6:.0f} MB, over the {MAX_BYTES // 10**6} MB of a page. "
                "Split it into one file for each article."
            )
    except OSError as error:
        raise CorpusError(unreadable(path, error)) from error
    data = read_bytes(path)
    if not data.removeprefix(b"\xef\xbb\xbf").strip():
        raise CorpusError(f"{path}: is empty. Put the article's text in it, or delete it.")
    return _decode(path, data)


def read_bytes(path: Path) -> bytes:
    """Return a file's content; raise CorpusError if it can't be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise CorpusError(unreadable(path, error)) from error


def unreadable(path: Path, error: OSError) -> str:
    """Return the line for a file or folder that the system won't let us read."""
    if isinstance(error, PermissionError):
        return f"{path}: no permission to read it. Allow it: chmod -R a+rX."
    return f"{path}: can't be read ({error.strerror}). Replace it, or move it away."


def _decode(path: Path, data: bytes) -> str:
    looks = _utf16(data)
    controls = len(data) - len(data.translate(None, CONTROLS))
    if not looks and (data.startswith(MAGIC) or b"\x00" in data or controls > len(data) // 100):
        raise CorpusError(
            f"{path}: is binary, not text. Expected the article as {', '.join(SUFFIXES[:3])}."
        )
    try:
        if not looks:
            return data.decode("utf-8-sig")
        place = 0
    except UnicodeDecodeError as error:
        place, looks = error.start, _guess_encoding(data)
    raise CorpusError(
        f"{path}: is not UTF-8 (byte {place}); it looks like {looks}. "
        f"Convert it: iconv -f {looks} -t UTF-8."
    )


def _utf16(data: bytes) -> str:
    """Return the kind of UTF-16 that data looks like: by its mark, or by half of it being NUL."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "UTF-16"
    head = data[:2000]
    for first, name in ((1, "UTF-16LE"), (0, "UTF-16BE")):
        if head[first::2].count(0) > 0.4 * len(head) and not head[1 - first :: 2].count(0):
            return name
    return ""


def _guess_encoding(data: bytes) -> str:
    from charset_normalizer import from_bytes  # only for the error's sake

    best = from_bytes(data, cp_isolation=["cp1252", "latin_1", "cp850", "mac_roman"]).best()
    return best.encoding.replace("_", "-") if best else "cp1252"  # what most editors mean


def read_toml(path: Path) -> dict[str, Any]:
    """Return a .toml file as a dict; raise CorpusError naming the file and the place."""
    if path.is_file() and not read_bytes(path).strip():
        return {}
    text = read_text(path)
    try:
        table: dict[str, Any] = toml.loads(text)
        return table
    except toml.TOMLDecodeError as error:
        raise CorpusError(f"{path}: is no valid TOML ({error}). Mend that line.") from error
