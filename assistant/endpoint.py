"""An endpoint that speaks OpenAI's chat protocol, as a llama-index LLM, and why it failed.

https://platform.openai.com/docs/api-reference/chat/create
"""

from __future__ import annotations

import ipaddress
import logging
import socket
import time
import weakref
from collections.abc import Iterator, Sequence
from contextlib import suppress
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ingest.errors import ModelError
from ingest.settings import Settings

if TYPE_CHECKING:
    import httpx
    from llama_index.core.base.llms.types import ChatMessage, ChatResponse
    from llama_index.llms.openai_like import OpenAILike
    from openai import OpenAI

CURE = "pip install 'little-giants-assistant[llm]'"
SECONDS_TO_CONNECT = 4.0


class UnexpectedContent(Exception):
    """The endpoint answered with another type of content than was asked for."""

    def __init__(self, kind: str, wanted: str) -> None:
        super().__init__(f"it sends {kind} instead of {wanted}")


class Line:
    """The connections of one call, so that another thread can cut them off at the deadline."""

    def __init__(self, end: float) -> None:
        self.end = end  # by time.monotonic()
        self._streams: list[Any] = []

    def hold(self, stream: Any) -> None:
        """Keep one of httpcore's network streams."""
        self._streams.append(stream)

    def cut(self) -> None:
        """End all reads; closing a socket would leave a read in another thread waiting."""
        for stream in list(self._streams):
            with suppress(OSError):  # closed already
                stream.get_extra_info("socket").shutdown(socket.SHUT_RDWR)


LINE: ContextVar[Line] = ContextVar("LINE")


def is_local(base_url: str) -> bool:
    """Return whether a base URL leads to this machine itself, whatever listens there."""
    host = urlsplit(base_url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:  # a name
        return False


class Endpoint:
    """One endpoint and model. Adapts to what the endpoint says it doesn't take."""

    def __init__(self, settings: Settings) -> None:
        http = _http(settings.llm_base_url)
        weakref.finalize(self, http.close)  # connections are kept between calls
        self.client, self.llm = _open(settings, http)
        self._renamed: dict[str, str] = {}
        self._dropped: set[str] = set()

    def ask(self, messages: Sequence[ChatMessage], max_tokens: int) -> Iterator[ChatResponse]:
        """Yield the pieces of an answer; raises what httpx, openai and llama-index raise."""
        while True:
            options = self._options(max_tokens)
            try:
                yield from self.llm.stream_chat(messages, **options)
            except Exception as error:
                if not self._learns_from(error, options):
                    raise
            else:
                return

    def _options(self, max_tokens: int) -> dict[str, Any]:
        from openai import NOT_GIVEN

        options: dict[str, Any] = {
            "max_tokens": max_tokens,
            "stream_options": {"include_usage": True},
            # Rewording needs no thought, and a reader waits for it.
            "reasoning_effort": "none",
        }
        options = {self._renamed.get(name, name): value for name, value in options.items()}
        return {**options, **dict.fromkeys(self._dropped, NOT_GIVEN)}

    def _learns_from(self, error: Exception, options: dict[str, Any]) -> bool:
        """Return whether the error names an option that can be put another way or left out.

        OpenAI's newer models want `max_completion_tokens` and no temperature; models that don't
        think may refuse to be told so; some servers know no `stream_options`.
        """
        if getattr(error, "status_code", None) not in (400, 422):
            return False
        said = str(getattr(error, "body", "")) + str(error)
        if "max_completion_tokens" in said and "max_tokens" in options:
            self._renamed["max_tokens"] = "max_completion_tokens"
            return True
        for name in ("stream_options", "reasoning_effort", "temperature"):
            if name in said and name not in self._dropped:
                self._dropped.add(name)
                return True
        return False


def _open(settings: Settings, http: httpx.Client) -> tuple[OpenAI, OpenAILike]:
    try:
        from llama_index.llms.openai_like import OpenAILike
        from openai import OpenAI
    except ImportError as error:
        raise ModelError(f"A language model needs one more package: {CURE}") from error
    # At DEBUG it logs whole requests: the question and the evidence.
    logging.getLogger("openai").setLevel(logging.INFO)
    client = OpenAI(
        # Never empty, for then the library would look for another's key in OPENAI_API_KEY.
        api_key=settings.llm_api_key or "none",
        base_url=settings.llm_base_url,
        max_retries=0,
        http_client=http,
    )
    client.organization = client.project = None  # nor are these any of ours
    # The key is in the client only: an LLM shows its own fields to whoever prints it.
    llm = OpenAILike(
        model=settings.llm_model,
        api_base=settings.llm_base_url,
        api_key="kept elsewhere",
        is_chat_model=True,
        max_retries=0,
        temperature=0.0,
        openai_client=client,  # type: ignore[call-arg]  # the class it extends takes it
    )
    return client, llm


def _http(base_url: str) -> httpx.Client:
    """Return a client that follows no redirect, and for this machine itself uses no proxy."""
    import httpx

    def before(request: httpx.Request) -> None:
        line = LINE.get()
        left = max(0.01, line.end - time.monotonic())
        wait = {"connect": min(SECONDS_TO_CONNECT, left), "read": left, "write": left, "pool": left}
        request.extensions["timeout"] = wait
        request.extensions["trace"] = connected

    def connected(event: str, info: dict[str, Any]) -> None:
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            LINE.get().hold(info["return_value"])

    def answered(response: httpx.Response) -> None:
        LINE.get().hold(response.extensions["network_stream"])  # where a connection is reused
        kind = response.headers.get("content-type", "").split(";")[0]
        wanted = "text/event-stream" if response.request.method == "POST" else "application/json"
        if response.status_code == 200 and kind not in (wanted, ""):
            raise UnexpectedContent(kind, wanted)

    return httpx.Client(
        trust_env=not is_local(base_url),
        event_hooks={"request": [before], "response": [answered]},
    )
