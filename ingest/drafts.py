"""Write a language model's drafts into the editors' files: appended, marked, never in their place.

What a person wrote keeps every byte. A draft is one table at the end of the file with
`drafted = true` in it; an editor accepts it by taking that line out (see editorial.py).
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from ingest import toml
from ingest.deduplicate import normalised
from ingest.editorial import EntryName, named
from ingest.errors import AssistantError, CorpusError
from ingest.files import read_bytes

Fields = Mapping[str, str | Sequence[str]]


def append_draft(path: Path, name: EntryName, fields: Fields, by: str) -> bool:
    """Append one draft to a file and return whether it did; `by` is told in a comment above it.

    It does not where the file has an entry for the sentence by now. The file is replaced whole, in
    one step, after what it would say was read back. Raises CorpusError if it would not be what it
    was plus the draft, AssistantError if it can't be written.
    """
    if normalised(str(fields["text"])) in named(path, name):
        return False
    old = read_bytes(path) if path.exists() else b""
    newline = "\r\n" if b"\r\n" in old else "\n"
    table = _table(name, fields, by).replace("\n", newline).encode()
    gap = newline.encode() if old and not old.endswith(b"\n") else b""
    new = old + gap + (newline.encode() if old else b"") + table
    _require_only_more(path, old, new, name, fields)
    _replace(path, new)
    return True


def require_writable(path: Path) -> None:
    """Raise CorpusError unless a draft could be written, before a model is paid for it."""
    folder = path.resolve().parent
    if not os.access(folder, os.W_OK) or (path.exists() and not os.access(path, os.W_OK)):
        raise CorpusError(_unwritable(path, "no permission"))


def _table(name: EntryName, fields: Fields, by: str) -> str:
    lines = [f"# drafted by {' '.join(by.split())}; read it, mend it, and take `drafted` out"]
    lines += [f"[[{name}]]"]
    for key, value in fields.items():
        literal = _string(value) if isinstance(value, str) else _list(value)
        lines.append(f"{key} = {literal}")
    return "\n".join([*lines, "drafted = true", ""])


def _list(values: Sequence[str]) -> str:
    return f"[{', '.join(_string(value) for value in values)}]"


def _string(text: str) -> str:
    """Return a TOML basic string; JSON's escapes are among TOML's, which also wants DEL escaped."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _require_only_more(path: Path, old: bytes, new: bytes, name: EntryName, fields: Fields) -> None:
    """Raise CorpusError unless the new file reads as the old one and the draft after it."""
    expected = toml.loads(old.decode("utf-8-sig"))
    given = {key: v if isinstance(v, str) else list(v) for key, v in fields.items()}
    expected[name] = [*expected.get(name, []), {**given, "drafted": True}]
    try:
        if toml.loads(new.decode("utf-8-sig")) == expected:
            return
        problem = "would read otherwise"
    except toml.TOMLDecodeError as error:
        problem = str(error)
    raise CorpusError(
        f"{path}: a draft can't be added at its end ({problem}). "
        f"Write its entries as tables that open with [[{name}]]."
    )


def _replace(path: Path, content: bytes) -> None:
    target = path.resolve()  # a link stays a link
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            if target.exists():
                shutil.copymode(target, name)
            else:
                os.chmod(name, 0o644)  # mkstemp's own is for one user alone
            os.replace(name, target)
        except BaseException:  # Ctrl-C included
            with suppress(FileNotFoundError):
                os.unlink(name)
            raise
    except OSError as error:
        raise AssistantError(_unwritable(path, error.strerror or str(error))) from error


def _unwritable(path: Path, why: str) -> str:
    return f"{path}: can't be written ({why}). Draft in a copy of the corpus."
