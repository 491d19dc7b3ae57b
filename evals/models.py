"""Two scripted language models, an honest one and a liar, that read nothing but the real prompt.

The honest one answers with the given sentences nearest to the question, lightly reworded. The
liar answers with untrue versions of them, with inventions, markers of its own making and whatever
the text it reads orders; it keeps what it told, so that a run can be searched for it.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

from assistant.llm import Message
from assistant.prompts import REFUSAL, SYSTEM
from evals.lies import lies, obeyed, reworded
from ingest.deduplicate import normalised
from ingest.embedder import Embedder, load_embedder
from ingest.records import LANGUAGES, Language

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

TRUE = ("true", "marker")  # kinds of sentence that may be shown: honest, or only marked wrongly
LOOKED_AT = 3  # sentences of the prompt, which has the likeliest first
NEAR = 0.9  # of the first sentence's cosine with the question, from which another is said as well
LIES, ALWAYS = 6, 3  # in an answer; kinds that are in every one, where they can be made
Told = tuple[str, str, int]  # a sentence's kind, the sentence, the marker that it is given
_SENTENCE = re.compile(r"^\[(\d+)\] (nl|en): (.*)(?:\n    (nl|en): (.*))?$", re.M)
_QUESTION = re.compile(r"<question>(.*)</question>")


class Scripted(Protocol):
    """A model that replies by rule.

    `said` are the sentences it wrote, as `normalised` gives them, each with its kind: one of TRUE,
    or what is untrue about it.
    """

    name: str
    said: dict[str, str]

    def reply(self, messages: Sequence[Message]) -> str:
        """Return the answer to a prompt."""
        ...


@dataclass(frozen=True, slots=True)
class Read:
    """What a model reads in a prompt: (number, text in the reader's language) of each sentence."""

    question: str
    language: Language
    sentences: tuple[tuple[int, str], ...]


class Honest:
    """Answers with what the prompt says, in other words."""

    def __init__(self) -> None:
        self.name = "honest model"
        self.said: dict[str, str] = {}

    def reply(self, messages: Sequence[Message]) -> str:
        """Return the sentences nearest to the question, reworded, with their markers."""
        read = read_prompt(messages)
        if read is None:
            return _question(messages[-1][1])
        if not read.sentences:
            return REFUSAL[read.language]
        said = [("true", reworded(text, read.language), n) for n, text in _nearest(read)]
        return _told(said, self.said)


class Liar:
    """Answers with anything but what the prompt says, but for a true sentence now and then."""

    def __init__(self) -> None:
        self.name = "liar"
        self.said: dict[str, str] = {}

    def reply(self, messages: Sequence[Message]) -> str:
        """Return a few untrue sentences of all kinds, others for another question."""
        read = read_prompt(messages)
        if read is None:
            return "Who founded Volkswagen in 1987?"
        seed = zlib.crc32(read.question.encode())
        said = [*_orders(read)[:2], *_spread(_untrue(read), seed)]
        if seed % 2 and read.sentences:  # true, but the marker leads nowhere
            said.insert(1, ("marker", read.sentences[0][1], 97))
        return _told(said, self.said)


def as_llm(model: Scripted) -> LLM:
    """Return the model as llama-index sees one; it streams a word at a time."""
    from llama_index.core.base.llms.types import (
        ChatMessage,
        ChatResponse,
        CompletionResponse,
        LLMMetadata,
        MessageRole,
    )
    from llama_index.core.llms import CustomLLM

    class Seam(CustomLLM):
        @property
        def metadata(self) -> LLMMetadata:
            return LLMMetadata(model_name=model.name, is_chat_model=True)

        def chat(self, messages: Sequence[ChatMessage], **_: Any) -> ChatResponse:
            said = model.reply([(m.role.value, m.content or "") for m in messages])  # type: ignore[misc]
            return ChatResponse(message=ChatMessage(role=MessageRole.ASSISTANT, content=said))

        def stream_chat(
            self, messages: Sequence[ChatMessage], **options: Any
        ) -> Generator[ChatResponse, None, None]:
            said = self.chat(messages, **options).message.content or ""
            for match in re.finditer(r"\s*\S+", said):
                so_far = ChatMessage(role=MessageRole.ASSISTANT, content=said[: match.end()])
                yield ChatResponse(message=so_far, delta=match.group())

        def complete(  # a chat model: llama-index asks for this one all the same
            self,
            prompt: str,
            formatted: bool = False,  # noqa: ARG002
            **_: Any,
        ) -> CompletionResponse:
            return CompletionResponse(text=model.reply([("user", prompt)]))

        def stream_complete(
            self, prompt: str, formatted: bool = False, **options: Any
        ) -> Generator[CompletionResponse, None, None]:
            yield self.complete(prompt, formatted, **options)

    return Seam()


def read_prompt(messages: Sequence[Message]) -> Read | None:
    """Return what a prompt for an answer holds; None for any other, such as for a rewriting."""
    system, said = messages[0][1], messages[-1][1]
    language = next((name for name in LANGUAGES if system == SYSTEM[name]), None)
    if language is None:
        return None
    found = []
    for number, first, text, second, twin in _SENTENCE.findall(said):
        in_language = {first: text, second: twin}.get(language)
        if in_language:
            found.append((int(number), in_language))
    return Read(_question(said), language, tuple(found))


def _question(said: str) -> str:
    match = _QUESTION.search(said)
    return match.group(1) if match else ""


def _nearest(read: Read) -> list[tuple[int, str]]:
    """Return the first sentence, what a search found best, and another that is as near."""
    embedder = _embedder()
    said = read.sentences[:LOOKED_AT]
    texts = [text for _, text in said]
    near = embedder.encode_passages(texts) @ embedder.encode_queries([read.question])[0]
    return [one for one, score in zip(said, near, strict=True) if score >= NEAR * near[0]][:2]


def _untrue(read: Read) -> list[Told]:
    true = {normalised(text) for _, text in read.sentences}
    found = []
    for place, (number, text) in enumerate(read.sentences[:3]):
        another = read.sentences[place - 1][1]
        for kind, lie in lies(text, read.language, another):
            if normalised(lie) not in true:
                found.append((kind, lie, number))
    return found


def _orders(read: Read) -> list[Told]:
    """Return what obeying the question, or a sentence, would say, with a marker that resolves."""
    number = read.sentences[0][0] if read.sentences else 1
    texts = [read.question, *(text for _, text in read.sentences)]
    return [(kind, said, number) for text in texts for kind, said in obeyed(text)]


def _spread(found: Sequence[Told], seed: int) -> list[Told]:
    """Return a lie of each of some kinds: always of the first ones, and of others by turns."""
    kinds = list(dict.fromkeys(kind for kind, _, _ in found))
    always, others = kinds[:ALWAYS], kinds[ALWAYS:]
    turn = seed % len(others) if others else 0
    chosen = [*always, *others[turn:], *others[:turn]][:LIES]
    by_kind = {kind: [lie for lie in found if lie[0] == kind] for kind in chosen}
    return [own[(seed // 7) % len(own)] for own in by_kind.values()]


def _told(sentences: Sequence[Told], said: dict[str, str]) -> str:
    """Return the sentences with their markers as a reply, and note them in `said`."""
    said.update((normalised(text), kind) for kind, text, _ in sentences)
    return " ".join(f"{text.strip().rstrip('.!?')} [{n}]." for _, text, n in sentences)


@lru_cache(maxsize=1)
def _embedder() -> Embedder:
    return load_embedder()
