"""A language model that may fail: `load_llm` gives one from the settings, `Model` guards it.

    model = load_llm(settings)                       # None where none is set
    for text in model.stream([("user", "Hallo")], seconds=20): ...

Whatever goes wrong is a ModelFailed, once, in the log and to the caller, who then goes on with
quotes. A dead server is left alone for a while, and a day's budget is never passed.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections import Counter
from collections.abc import Generator, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from assistant.breaker import Breaker, Budget
from assistant.call import Ask, Call, Message
from assistant.endpoint import Endpoint, is_local
from assistant.failure import ModelFailed
from ingest.errors import SettingsError
from ingest.settings import Settings

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

__all__ = ["Message", "Model", "host_of", "load_llm"]

log = logging.getLogger("assistant.llm")

ALIVE = ("ok", "cut", "rejected", "filtered")  # outcomes that say the endpoint works
UNANSWERED = ("unreachable", "tls", "setup", "limited", "server", "rejected")  # cost nothing


class Model:
    """A llama-index LLM that is asked within a deadline, a budget and a breaker.

    Safe to use from several threads. Each call is made on a thread of its own, so that a library
    that waits for ever doesn't keep the caller.
    """

    def __init__(
        self,
        llm: LLM,
        *,
        host: str = "",
        name: str = "",
        calls_per_day: int = 1000,
        tokens_per_day: int = 2_000_000,
        seconds: float = 20.0,
        ask: Ask | None = None,
        breaker: Breaker | None = None,
        quiet: bool = False,  # for the check, which tells failures itself
    ) -> None:
        self.host = host  # "" on this machine, or where the LLM doesn't tell
        self.name = name or llm.metadata.model_name
        self.seconds = seconds  # for a whole answer, unless a call says otherwise
        self._ask = ask or (lambda messages, _max_tokens: llm.stream_chat(messages))
        self._breaker = breaker or Breaker()
        self._budget = Budget(calls_per_day, tokens_per_day)
        self._lock = threading.Lock()
        self._calls: Counter[str] = Counter()
        self._told_budget = False
        self._log = log.debug if quiet else log.warning

    @property
    def calls(self) -> Mapping[str, int]:
        """How often each outcome was seen: ok, cut (at the cap), left, timeout, breaker, …"""
        with self._lock:
            return dict(self._calls)

    @property
    def spent(self) -> tuple[int, int]:
        """Calls and tokens of today (UTC)."""
        return self._budget.spent

    @property
    def is_available(self) -> bool:
        """Whether a call would be made now: the breaker is closed and budget is left."""
        return not (self._breaker.is_open or self._budget.is_spent)

    def complete(
        self, messages: Sequence[Message], seconds: float | None = None, max_tokens: int = 200
    ) -> str:
        """Return the whole answer; raise ModelFailed as `stream` does."""
        return "".join(self.stream(messages, seconds, max_tokens))

    def stream(
        self, messages: Sequence[Message], seconds: float | None = None, max_tokens: int = 400
    ) -> Iterator[str]:
        """Yield the answer's text as it comes; raise ModelFailed on any failure.

        `seconds` is for everything, connecting and a second try included. An answer that passes
        `max_tokens` just ends, maybe in mid-sentence.
        """
        end = time.monotonic() + (self.seconds if seconds is None else seconds)
        outcome = "left"  # unless something else happens before the caller goes away
        try:
            for attempt in (1, 2):
                try:
                    self._admit(attempt)
                    outcome = yield from self._attempt(messages, end, max_tokens)
                    break
                except ModelFailed as failure:
                    if attempt == 2 or not _wait_to_try_again(failure, end):
                        outcome = failure.outcome
                        raise
        except ModelFailed as failure:
            self._tell(failure)
            raise
        finally:
            self._note(outcome)

    def _admit(self, attempt: int) -> None:
        if attempt == 1 and not self._breaker.admit():
            raise ModelFailed("breaker", "not asked, after the failures before")
        if not self._budget.take():
            raise ModelFailed("budget", "not asked: the day's budget is spent")

    def _attempt(
        self, messages: Sequence[Message], end: float, max_tokens: int
    ) -> Generator[str, None, str]:
        """Yield the text of one call; return its outcome."""
        call = Call(self._ask, messages, end, max_tokens)
        failure = None
        try:
            return (yield from call.texts())
        except ModelFailed as error:
            failure = error.without_retry() if call.length else error
            raise failure from None
        finally:
            if failure and failure.outcome in UNANSWERED and not call.length:
                self._budget.give_back()
            else:
                self._budget.spend(call.tokens)

    def _note(self, outcome: str) -> None:
        with self._lock:
            self._calls[outcome] += 1
        if outcome in ALIVE:
            self._breaker.succeeded()
        elif outcome == "left":
            self._breaker.left()
        elif outcome not in ("breaker", "budget") and self._breaker.failed():
            self._log("%s: not asked for a while, after failures in a row", self._where)

    def _tell(self, failure: ModelFailed) -> None:
        """Log a failure, those of the breaker never and those of the budget once."""
        if failure.outcome == "breaker" or (failure.outcome == "budget" and self._told_budget):
            return
        self._told_budget = failure.outcome == "budget"
        self._log("%s: %s", self._where, failure)

    @property
    def _where(self) -> str:
        return f"language model {self.name} ({self.host or 'on this machine'})"


def load_llm(settings: Settings) -> Model | None:
    """Return a new Model of what the settings name, None where they name nothing.

    It holds the day's budget and the breaker: load it once. Raises SettingsError where only half
    of it is set, ModelError without the extra.
    """
    if not settings.llm_base_url and not settings.llm_model:
        return None
    if not settings.llm_model:
        raise SettingsError(
            "ASSISTANT_LLM_BASE_URL is set and ASSISTANT_LLM_MODEL is not; "
            "python -m assistant --check-llm lists the models there."
        )
    if not settings.llm_base_url:
        raise SettingsError(
            "ASSISTANT_LLM_MODEL is set and ASSISTANT_LLM_BASE_URL is not; "
            "set the address of the model's server (see docs/models.md), or unset both for quotes."
        )
    endpoint = Endpoint(settings)
    return Model(
        endpoint.llm,
        host=host_of(settings.llm_base_url),
        calls_per_day=settings.model_calls_per_day,
        tokens_per_day=settings.model_tokens_per_day,
        seconds=settings.llm_seconds,
        ask=endpoint.ask,
    )


def host_of(base_url: str) -> str:
    """Return the host that questions are sent to; "" for none and for this machine itself."""
    return "" if is_local(base_url) else urlsplit(base_url).hostname or ""


def _wait_to_try_again(failure: ModelFailed, end: float) -> bool:
    """Wait as long as the failure asks for and some jitter; say whether there was time for it."""
    if failure.wait is None:
        return False
    wait = failure.wait + random.uniform(0.1, 0.4)
    if wait > (end - time.monotonic()) / 2:  # an answer takes time too
        return False
    time.sleep(wait)
    return True
