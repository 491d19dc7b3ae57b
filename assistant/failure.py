"""Why a language model gave no answer, in words for whoever runs the program.

The words hold no key, no question and nothing that the endpoint said, which may hold either.
"""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Iterator

from assistant.endpoint import UnexpectedContent
from ingest.errors import ModelError


class ModelFailed(ModelError):
    """There is no answer, or no more of it. The text is for the log, never for a visitor.

    `outcome` is one of unreachable, tls, setup (key or model), limited, server, rejected,
    filtered, timeout, broken, empty, breaker, budget. `wait` is how many seconds to wait before
    another try, None where that is of no use.
    """

    def __init__(self, outcome: str, reason: str, wait: float | None = None) -> None:
        super().__init__(reason)
        self.outcome = outcome
        self.wait = wait

    def without_retry(self) -> ModelFailed:
        """Return the same, for when part of the answer was given out already."""
        return ModelFailed(self.outcome, str(self))


def failure_of(error: BaseException) -> ModelFailed:
    """Return what an error of httpx, openai, anthropic or any other library comes down to."""
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(status := getattr(cause, "status_code", None), int):
            return _refused(status, cause)
    for cause in causes:
        if failure := _known(cause):
            return failure
    return ModelFailed("broken", f"an answer that can't be read ({type(error).__name__})")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield the innermost cause first: it says what happened, the outer ones only where."""
    if error is not None:
        yield from _causes(error.__cause__ or error.__context__)
        yield error


def _known(error: BaseException) -> ModelFailed | None:
    import httpx

    if isinstance(error, socket.gaierror):
        return ModelFailed("unreachable", "its host name can't be found", 0.0)
    if isinstance(error, ssl.SSLCertVerificationError):
        return ModelFailed("tls", f"its certificate is not trusted: {error.verify_message}")
    if isinstance(error, ssl.SSLError):
        return ModelFailed("tls", f"no secure connection: {error.reason}")
    if isinstance(error, ConnectionRefusedError):
        return ModelFailed("unreachable", "connection refused: nothing listens there", 0.0)
    if isinstance(error, httpx.ConnectTimeout):
        return ModelFailed("unreachable", "no connection in the time given")
    if isinstance(error, (TimeoutError, httpx.TimeoutException)):
        return ModelFailed("timeout", "no whole answer in the time given")
    if isinstance(error, UnexpectedContent):
        return ModelFailed("broken", str(error))
    if isinstance(error, (json.JSONDecodeError, UnicodeDecodeError)):
        return ModelFailed("broken", "it sends broken JSON")
    if isinstance(error, (httpx.TransportError, OSError)):
        return ModelFailed("unreachable", "it broke off the connection", 0.0)
    if type(error).__name__ == "APIError":  # openai's and anthropic's, for an error as an event
        return ModelFailed("server", "it reported an error in mid-answer")
    return None


def _refused(status: int, error: BaseException) -> ModelFailed:
    """Return what an HTTP status comes down to."""
    headers = getattr(getattr(error, "response", None), "headers", {})
    if status == 429:
        after = _seconds(headers.get("retry-after", ""))
        said = f", for {after:g} s" if after else ""
        return ModelFailed("limited", f"429: it takes no more requests now{said}", after)
    if status >= 500:
        return ModelFailed("server", f"{status}: it has a fault of its own", 0.0)
    if status in (401, 403):
        return ModelFailed("setup", f"{status}: it does not take the key")
    if status == 404:
        return ModelFailed("setup", "404: no such model, or no such address")
    if status < 400:
        return ModelFailed("setup", f"{status}: it sends on to another address")
    return ModelFailed("rejected", f"{status}: it does not take the request")


def _seconds(retry_after: str) -> float:
    """Return a Retry-After header's seconds; 0 where there is none, or a date."""
    try:
        return max(0.0, float(retry_after))
    except ValueError:
        return 0.0
