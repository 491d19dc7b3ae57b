"""The assistant in use: opened in the background, and swapped when a new index is ready.

The page is served at once; questions wait until `ready`. A request holds on to the assistant it
started with, so a swap never breaks a running answer.
"""

from __future__ import annotations

import ctypes
import gc
import logging
import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from assistant.records import Answer, Turn
from ingest.errors import AssistantError
from ingest.language import load_profiles
from ingest.records import LANGUAGES, Language
from ingest.settings import Settings

if TYPE_CHECKING:
    from assistant import Assistant

log = logging.getLogger("ui")

SECONDS_BETWEEN_LOOKS = 1.0
SECONDS_TO_START = 60.0
SECONDS_TO_RETIRE = 60.0  # twice the time for an answer


def _opener(settings: Settings) -> Callable[[Settings], Assistant]:
    """Return what opens an assistant, each time with the same model.

    A newer index must neither renew the day's budget nor forget that a server is down. Raises
    SettingsError or ModelError at once if the model can't be set up.
    """
    from assistant.llm import load_llm

    model = load_llm(settings)

    def open_(settings: Settings) -> Assistant:
        from assistant import open_assistant  # heavy: chromadb, llama_index

        return open_assistant(settings, llm=model)

    return open_


def _warm(assistant: Assistant) -> None:
    """Ask once, so that no reader waits for what is loaded with the first question."""
    from assistant.spelling import listed  # heavy: tantivy

    load_profiles()
    listed()
    for language in LANGUAGES:
        for question in assistant.examples(language)[:1]:
            assistant.ask(question, language=language, model=False)


def _retire(assistant: Assistant) -> None:
    """Let an assistant go once the last answer that may still use it is over.

    Chroma keeps every folder it ever opened, with its threads and files, until it is told to let
    go: 15 MB and 26 files a swap. The rest hangs together in cycles (caches of methods), which the
    collector by itself may not see to for hours: another 45 MB. What is free then lies scattered
    over the allocator's arenas, one for each busy thread, and the next index goes beside it:
    776 MB after nine swaps under load, 500 when it is handed back to the system.
    """
    held = [assistant]  # the timer must not keep it

    def let_go() -> None:
        old = held.pop()
        if close := getattr(old, "close", None):
            close()
        del old, close
        gc.collect()
        _hand_back()

    timer = threading.Timer(SECONDS_TO_RETIRE, let_go)
    timer.daemon = True
    timer.start()


def _hand_back() -> None:
    """Return free memory to the system, where the C library is one that can (glibc)."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if os.name == "posix" else None
    if trim:
        trim(0)


class NotReady(AssistantError):
    """The index is not open yet, or can't be opened; the text says why."""


class Serving:
    """Holds the current assistant and its model; safe to use from any thread."""

    def __init__(
        self, settings: Settings, open_: Callable[[Settings], Assistant] | None = None
    ) -> None:
        self.settings = settings
        self._open = open_ or _opener(settings)
        self._assistant: Assistant | None = None
        self._problem = ""
        self._ready = threading.Event()
        self._stop = threading.Event()

    def start(self) -> None:
        """Open the assistant and keep watching the index, on a thread of its own."""
        threading.Thread(target=self._watch, name="index-watch", daemon=True).start()

    def stop(self) -> None:
        """End the watch; the assistant stays usable for what is still running."""
        self._stop.set()

    @property
    def is_ready(self) -> bool:
        """Whether questions can be answered now."""
        return self._assistant is not None

    @property
    def generation(self) -> str:
        """The id of the index generation in use; empty while starting."""
        return self._assistant.generation if self._assistant else ""

    def assistant(self, *, timeout: float = SECONDS_TO_START) -> Assistant:
        """Return the assistant, waiting for the first one; raise NotReady when there is none."""
        self._ready.wait(timeout)
        if self._assistant is None:
            raise NotReady(self._problem or "The index is still being opened.")
        return self._assistant

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        language: Language | None = None,
        *,
        likely: Language = "en",
    ) -> Iterator[Answer]:
        """Yield growing answers; the last is whole."""
        yield from self.assistant().stream(question, history, language, likely=likely)

    def model_calls(self) -> Mapping[str, int]:
        """Return how often each outcome of a language model's call was seen; {} without one."""
        model = self._assistant.model if self._assistant else None
        return model.calls if model else {}

    def _watch(self) -> None:
        while not self._stop.is_set():
            if self._assistant is None or self._is_stale(self._assistant):
                self._reopen()
            self._stop.wait(SECONDS_BETWEEN_LOOKS)

    def _reopen(self) -> None:
        try:
            opened = self._open(self.settings)
            _warm(opened)
        except Exception as problem:  # whatever it is, the last good one serves on
            told = str(problem) if isinstance(problem, AssistantError) else "internal"
            if told != self._problem:  # once, not every second
                log.error("the index can't be opened", exc_info=problem)
            self._problem = told
            # Waiting questions hear so now; the watch goes on trying.
            self._ready.set()
            return
        if self._assistant:
            _retire(self._assistant)
        self._assistant, self._problem = opened, ""
        self._ready.set()
        log.info("serving index generation %s", opened.generation)

    def _is_stale(self, assistant: Assistant) -> bool:
        from assistant import is_current

        return not is_current(assistant, self.settings)
