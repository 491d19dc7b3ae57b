"""One call of a language model: on a thread of its own, up to its deadline."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from assistant.endpoint import LINE, Line
from assistant.failure import ModelFailed, failure_of

if TYPE_CHECKING:
    from llama_index.core.base.llms.types import ChatMessage, ChatResponse

Message = tuple[Literal["system", "user", "assistant"], str]
Ask = Callable[[Sequence[Any], int], Iterator[Any]]  # ChatMessages, max_tokens → ChatResponses

CHARACTERS_A_TOKEN = 4  # where the endpoint doesn't count
MAX_CHARACTERS_A_TOKEN = 6  # past max_tokens times this, the model doesn't keep to its cap


@dataclass(frozen=True, slots=True)
class _Piece:
    """What one event of a stream tells."""

    text: str
    tokens: int = 0  # of question and answer so far, where the endpoint counts
    finish: str = ""  # stop, length, content_filter, …
    has_end: bool = False  # whether such a stream says when it is finished


class Call:
    """A question to a model, and what has come of it so far."""

    def __init__(self, ask: Ask, messages: Sequence[Message], end: float, max_tokens: int) -> None:
        self.length = 0  # characters that came, thoughts included
        self._ask = ask
        self._messages = messages
        self._end = end  # by time.monotonic()
        self._max_tokens = max_tokens
        self._counted = 0
        self._stopped = threading.Event()
        self._line = Line(end)
        self._pieces: queue.SimpleQueue[_Piece | Exception | None] = queue.SimpleQueue()

    @property
    def tokens(self) -> int:
        """Tokens of question and answer: the endpoint's count, else an estimate."""
        asked = sum(len(text) for _, text in self._messages)
        return self._counted or (asked + self.length) // CHARACTERS_A_TOKEN

    def texts(self) -> Generator[str, None, str]:
        """Yield the answer as it comes; return "ok", or "cut" at the cap. Raises ModelFailed.

        Whoever stops reading hangs up.
        """
        threading.Thread(target=self._work, name="model-call", daemon=True).start()
        speech, shown = _Speech(), 0
        has_end, finish = False, ""
        try:
            while (piece := self._next()) is not None:
                has_end, finish = has_end or piece.has_end, piece.finish or finish
                self._counted = piece.tokens or self._counted
                self.length += len(piece.text)
                if text := speech.feed(piece.text):
                    shown += len(text)
                    yield text
                if self.length > self._max_tokens * MAX_CHARACTERS_A_TOKEN:
                    finish = "length"
                    break
            return _outcome(shown, has_end, finish)
        finally:
            self._stopped.set()
            self._line.cut()

    def _work(self) -> None:
        """Make the call and put what comes; None is the end."""
        LINE.set(self._line)
        seen = 0
        try:
            for response in self._ask(_chat_messages(self._messages), self._max_tokens):
                if self._stopped.is_set():
                    return
                piece = _piece(response, seen)
                seen += len(piece.text)
                self._pieces.put(piece)
        except Exception as error:  # whatever a library raises, the caller hears of it
            self._pieces.put(error)
        else:
            self._pieces.put(None)

    def _next(self) -> _Piece | None:
        try:
            piece = self._pieces.get(timeout=max(0.0, self._end - time.monotonic()))
        except queue.Empty:
            raise ModelFailed("timeout", "no whole answer in the time given") from None
        if isinstance(piece, Exception):
            raise failure_of(piece) from piece
        return piece


class _Speech:
    """Leaves out what a thinking model writes between <think> and </think> before its answer."""

    def __init__(self) -> None:
        self._held = ""
        self._began = False

    def feed(self, text: str) -> str:
        """Return what can be shown of the answer, now that this much more of it has come."""
        if self._began:
            return text
        self._held += text
        thought, mark, answer = self._held.lstrip().partition("</think>")
        if thought.startswith("<think>"):
            self._began = bool(mark)
            return answer.lstrip()
        if "<think>".startswith(thought):  # that, or the empty text, it may still become
            return ""
        self._began = True
        return self._held


def _outcome(length: int, has_end: bool, finish: str) -> str:
    """Return how a stream that is over went; raise ModelFailed if it is no answer."""
    if finish == "content_filter":
        raise ModelFailed("filtered", "the endpoint's own filter stopped the answer")
    if has_end and not finish:
        raise ModelFailed("broken", "the answer stopped before its end")
    if not length:
        thought = "; all of the allowed length was spent before the answer (a thinking model?)"
        raise ModelFailed("empty", f"an empty answer{thought if finish == 'length' else ''}")
    return "cut" if finish == "length" else "ok"


def _chat_messages(messages: Sequence[Message]) -> list[ChatMessage]:
    from llama_index.core.base.llms.types import ChatMessage, MessageRole

    return [ChatMessage(role=MessageRole(role), content=text) for role, text in messages]


def _piece(response: ChatResponse, seen: int) -> _Piece:
    """Return what a llama-index response tells, `seen` characters after the answer's start."""
    text = response.delta
    if text is None:  # an LLM that only gives the answer so far
        text = (response.message.content or "")[seen:]
    choices = getattr(response.raw, "choices", None)
    finish = getattr(choices[0], "finish_reason", None) if choices else None
    tokens = response.additional_kwargs.get("total_tokens") or 0
    return _Piece(text, int(tokens), str(finish or ""), bool(choices))
