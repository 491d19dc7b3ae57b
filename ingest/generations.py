"""The life of generations on disk: one writer, a new folder, the switch, and clearing up."""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path

from ingest.errors import IndexBusy, IndexUnusable
from ingest.index import Index, Manifest, current_generation


@contextmanager
def writing(location: Path) -> Iterator[None]:
    """Hold the writer's lock; raise IndexBusy at once if another process has it."""
    from filelock import FileLock, Timeout

    try:
        location.mkdir(parents=True, exist_ok=True)
        lock = FileLock(location / "lock")
        lock.acquire(timeout=0)
    except Timeout as error:
        raise IndexBusy(
            f"{location}: another ingest is writing this index. Wait for it to end, or stop it."
        ) from error
    except OSError as error:
        problem = f"{location}: can't be written ({error.strerror or error})."
        raise IndexUnusable(f"{problem} Set ASSISTANT_INDEX to a folder that can.") from error
    try:
        yield
    finally:
        lock.release()


def new_generation(location: Path, inputs: str) -> Path:
    """Return a new, empty folder, of a name never used before.

    Chroma keeps a client for each path it has seen in a process: a folder that came back under
    its old name would be served from files that are gone.
    """
    folder = location / "generations" / f"{inputs}-{secrets.token_hex(4)}"
    folder.mkdir(parents=True)
    return folder


def publish(location: Path, manifest: Manifest, check: Callable[[Index], None]) -> None:
    """Write the manifest of a finished generation, check it, and make it the current one."""
    folder = location / "generations" / manifest.generation
    (folder / "manifest.json").write_text(json.dumps(asdict(manifest), indent=2), "utf-8")
    with closing(Index(folder)) as index:
        check(index)
    previous = current_generation(location)
    pointer = location / "current.new"
    with pointer.open("w", encoding="utf-8") as file:
        file.write(manifest.generation + "\n")
        file.flush()
        os.fsync(file.fileno())
    os.replace(pointer, location / "current")
    remove_generations(location, keep=(manifest.generation, previous))


def remove_generations(location: Path, keep: Sequence[str | None]) -> None:
    """Delete every other generation, half-written ones of an interrupted ingest included."""
    folder = location / "generations"
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name not in keep:
            shutil.rmtree(path, ignore_errors=True)


def remove_unfinished(location: Path) -> None:
    """Delete what an interrupted ingest left half-written."""
    folder = location / "generations"
    for path in folder.iterdir() if folder.is_dir() else ():
        if not (path / "manifest.json").exists():
            shutil.rmtree(path, ignore_errors=True)
