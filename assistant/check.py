"""python -m assistant --check-llm: whether the model can be used, how fast, and if not, why."""

from __future__ import annotations

import difflib
import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from assistant.call import CHARACTERS_A_TOKEN, Message
from assistant.endpoint import LINE, Endpoint, Line
from assistant.failure import ModelFailed, failure_of
from assistant.llm import Model, host_of
from ingest.settings import MOST_LLM_SECONDS, Settings

if TYPE_CHECKING:
    from llama_index.core.base.llms.types import ChatMessage, ChatResponse

SECONDS = 10.0  # for everything
SECONDS_FOR_NAMES = 3.0
USUAL_TOKENS = 150  # of an answer, markers included
MAX_TOKENS = 80
ASKED: list[Message] = [
    ("system", "Antwoord in het Nederlands, in twee korte zinnen."),
    ("user", "Wat is een tijdschrift?"),
]
CURES = {
    "unreachable": "Is the server running, and are host and port right? Try: curl {url}/models",
    "tls": "For a certificate of your own, set SSL_CERT_FILE to its file; for a server without "
    "one, write http://.",
    "limited": "The account's limit is reached, or it has no credit. Look at the provider's "
    "console, or wait.",
    "server": "Look into the server's own log; a local one may be out of memory.",
    "rejected": "The server said why, above.",
    "filtered": "Choose a milder filter at the provider.",
    "timeout": "A local server loads its model at the first call: run this again. If it stays "
    f"so, take a smaller model, a GPU, or a higher ASSISTANT_LLM_SECONDS ({MOST_LLM_SECONDS} at "
    "most).",
    "broken": "Is it the address of an OpenAI-compatible API? It usually ends in /v1.",
    "empty": "Switch the model's thinking off, or take a model that does not think aloud.",
}
KEY_CURE = "Set ASSISTANT_LLM_API_KEY to a key of this provider, with the right to use the model."
NAME_CURE = "Set ASSISTANT_LLM_MODEL to one of: {names}"
NO_NAMES_CURE = "Set ASSISTANT_LLM_MODEL to a name that this server knows; is the address right?"


@dataclass(slots=True)
class Seen:
    """What one answer showed, as it came."""

    began: float
    first: float = 0.0  # seconds until the first word
    spent: float = 0.0  # seconds until the end
    pieces: list[str] = field(default_factory=list)
    tokens: int = 0  # as the endpoint counts; 0 if it doesn't
    thought: bool = False
    said: str = ""  # by the endpoint, about an error

    @property
    def text(self) -> str:
        """The answer so far."""
        return "".join(self.pieces)

    @property
    def speed(self) -> float:
        """Tokens a second, from the first word on."""
        tokens = self.tokens or len(self.text) / CHARACTERS_A_TOKEN
        return tokens / max(self.spent - self.first, 0.001)


def check(
    settings: Settings, say: Callable[[str], object] = print, seconds: float = SECONDS
) -> bool:
    """Say, line by line, how the model does, and what to do about it; return whether it does.

    Asks the endpoint for its models and one question of our own; no visitor's, no article's text.
    """
    began = time.monotonic()
    if not settings.llm_base_url:
        say("ASSISTANT_LLM_BASE_URL is not set: answers are quotes, no model is asked.")
        say("To set one up, see docs/models.md.")
        return False
    _say_where(settings, say)
    endpoint = Endpoint(settings)
    names, problem = _names(endpoint)
    say(f"models      {_listed(names, problem, settings.llm_model)}")
    if not settings.llm_model:
        return _wrong(say, "no model is chosen", _name_cure(names, ""))
    seen = Seen(time.monotonic())
    failure = _ask(endpoint, settings, seen, began + seconds - 0.5)
    if seen.pieces:
        _say_measured(seen, say)
    if failure:
        return _wrong(say, str(failure), _cure(failure, names, settings), seen.said)
    whole = seen.first + USUAL_TOKENS / seen.speed
    if whole > settings.llm_seconds:
        slow = f"too slow: an answer would take {whole:.0f} s, of {settings.llm_seconds} allowed"
        return _wrong(say, slow, CURES["timeout"])
    say(f"OK          an answer of {USUAL_TOKENS} tokens takes about {whole:.1f} s.")
    return True


def _wrong(say: Callable[[str], object], problem: str, cure: str, said: str = "") -> bool:
    say(f"WRONG       {problem}")
    if said:
        say(f"it said     {said}")
    say(f"what to do  {cure}")
    return False


def _say_where(settings: Settings, say: Callable[[str], object]) -> None:
    host = host_of(settings.llm_base_url)
    goes = f"questions go to {host}" if host else "questions stay on this machine"
    say(f"endpoint    {settings.llm_base_url} ({goes})")
    if host and urlsplit(settings.llm_base_url).scheme == "http":
        say("CAREFUL     http:// to another machine: questions and key travel unencrypted.")


def _say_measured(seen: Seen, say: Callable[[str], object]) -> None:
    say(f"streams     yes, in {len(seen.pieces)} pieces")
    thought = ", after thinking: a model that does not is quicker" if seen.thought else ""
    say(f"first word  after {seen.first:.2f} s{thought}")
    counted = "" if seen.tokens else ", estimated"
    say(f"speed       {seen.speed:.0f} tokens a second{counted}")
    say(f"it says     {' '.join(seen.text.split())[:200]}")


def _names(endpoint: Endpoint) -> tuple[list[str], str]:
    """Return the models the endpoint lists, or none and why."""
    line = Line(time.monotonic() + SECONDS_FOR_NAMES)
    found: queue.SimpleQueue[tuple[list[str], str]] = queue.SimpleQueue()

    def look() -> None:
        LINE.set(line)
        try:
            models = endpoint.client.models.list()
            found.put((sorted(str(model.id) for model in models.data or []), ""))
        except Exception as error:  # from three libraries; told, and the chat is tried anyway
            found.put(([], str(failure_of(error))))

    threading.Thread(target=look, daemon=True).start()
    try:
        return found.get(timeout=SECONDS_FOR_NAMES)
    except queue.Empty:
        line.cut()
        return [], f"no answer in {SECONDS_FOR_NAMES:g} s"


def _listed(names: Sequence[str], problem: str, model: str) -> str:
    if not names:
        return f"can't be listed{f': {problem}' if problem else ''}"
    known = f"; {model} is one of them" if model in names else ""
    unknown = f"; {model} is not one of them" if model and not known else ""
    return f"{len(names)}{known}{unknown}"


def _ask(endpoint: Endpoint, settings: Settings, seen: Seen, end: float) -> ModelFailed | None:
    """Let the model answer, noting what is seen; return its failure, if any."""

    def watched(messages: Sequence[ChatMessage], max_tokens: int) -> Iterator[ChatResponse]:
        try:
            for response in endpoint.ask(messages, max_tokens):
                seen.tokens = response.additional_kwargs.get("completion_tokens") or seen.tokens
                seen.thought |= "thinking_delta" in response.additional_kwargs
                yield response
        except Exception as error:
            seen.said = _message(error, settings.llm_api_key)
            raise

    model = Model(endpoint.llm, host=host_of(settings.llm_base_url), ask=watched, quiet=True)
    try:
        for text in model.stream(ASKED, end - time.monotonic(), MAX_TOKENS):
            seen.first = seen.first or time.monotonic() - seen.began
            seen.pieces.append(text)
    except ModelFailed as failure:
        return failure
    finally:
        seen.spent = time.monotonic() - seen.began
    return None


def _message(error: Exception, key: str) -> str:
    """Return what the endpoint said of an error, on one line, without the key."""
    body: Any = getattr(error, "body", None)
    said = body.get("message", "") if isinstance(body, dict) else ""
    said = " ".join(str(said).split())
    return (said.replace(key, "…") if key else said)[:300]


def _cure(failure: ModelFailed, names: Sequence[str], settings: Settings) -> str:
    if failure.outcome == "setup":
        if "the key" in str(failure):
            return KEY_CURE
        return _name_cure(names, settings.llm_model)
    return CURES[failure.outcome].format(url=settings.llm_base_url)


def _name_cure(names: Sequence[str], model: str) -> str:
    if not names or model in names:
        return NO_NAMES_CURE
    close = difflib.get_close_matches(model, names, n=5, cutoff=0.4) or names[:12]
    return NAME_CURE.format(names=", ".join(close))
