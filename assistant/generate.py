"""A language model's stream → sentences, each checked against what it cites before it is shown.

A sentence that its citations do not support is tried against the other sentences it was given,
and cited otherwise if those support it; else it is withheld.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.plain import objection
from assistant.prompts import MOST, REFUSAL
from assistant.query import clean, is_foreign
from ingest.deduplicate import normalised
from ingest.language import detect
from ingest.records import LANGUAGES, Language, other
from ingest.sentences import sentence_spans
from ingest.words import stopwords, words

if TYPE_CHECKING:
    from assistant.llm import Message, Model
    from assistant.verify import Source, Verifier

MAX_TOKENS = 400
TRIED = 8  # sentences read; past it, a model is talking for its own sake
LONGEST = 400  # characters of one sentence
SURE = 0.9

Written = tuple[str, tuple[int, ...]]  # a sentence as written, without its markers; its markers

_LIST = r"\^?\d{1,3}(?:\s*[,;&–-]\s*\^?\d{1,3})*"
_MARKERS = re.compile(rf"\[{_LIST}\]|【{_LIST}[^】]{{0,20}}】")
_BEHIND = re.compile(rf"(?:\s*(?:{_MARKERS.pattern}))*")
# A marker or a word that is still being written.
_UNFINISHED = re.compile(r"\s*[\[【][^\]】]{0,40}\Z|\S+\Z")
_OPENING = re.compile(r"^(?:\s*(?:#+|>|\d{1,2}[.)]|[-*•–·▪]+)\s+)+")
_EMPHASIS = re.compile(r"\*+|__+|~~+")
_STOP = re.compile(r"[.!?…][\"”’»)\]']*$")


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence that a model wrote, and what became of it.

    `cited` are the numbers that it came with, `numbers` the sources it is shown with, () where it
    is withheld; `reason` says why it was withheld or cited otherwise; `score` is the share of it
    that its sources cover.
    """

    text: str
    cited: tuple[int, ...]
    numbers: tuple[int, ...]
    reason: str = ""
    score: float = 0.0


def written(
    model: Model,
    verifier: Verifier,
    messages: Sequence[Message],
    sources: Sequence[Source],
    language: Language,
    seconds: float,
) -> Iterator[Said]:
    """Yield each sentence of the model's answer once it is complete and checked.

    Nothing where it refuses; raises ModelFailed, maybe after some sentences.
    """
    said: set[str] = set()
    kept = 0
    with closing(model.stream(messages, seconds, MAX_TOKENS)) as pieces:  # type: ignore[type-var]
        for tried, (text, numbers) in enumerate(sentences(pieces), start=1):
            if is_refusal(text):
                return
            one = judged(text, numbers, verifier, sources, language)
            if normalised(one.text) not in said:
                said.add(normalised(one.text))
                yield one
                kept += bool(one.numbers)
            if kept == MOST or tried == TRIED:
                return


def sentences(pieces: Iterable[str]) -> Iterator[Written]:
    """Yield each sentence with its markers as soon as the next one has begun, or all is said.

    Markers may stand before or after the full stop: "… [1]. … [2, 3] … .[4][5]"
    """
    rest = ""
    for piece in pieces:
        rest += piece
        if len(rest) > 3 * LONGEST:  # no sentence is to be expected any more
            break
        settled = _UNFINISHED.sub("", rest, count=1)
        parts = _parts(settled)
        if parts and not settled.endswith("\n"):
            parts.pop()
        for start, end in parts:
            yield _parted(rest[start:end])
        if parts:
            rest = rest[parts[-1][1] :]
    for start, end in _parts(rest):
        if len(rest) <= 3 * LONGEST and _is_whole(rest[start:end]):
            yield _parted(rest[start:end])


def _parts(text: str) -> list[tuple[int, int]]:
    """Return the (start, end) of each sentence, the markers behind it included."""
    blank = _MARKERS.sub(lambda match: " " * len(match.group()), text)
    parts: list[tuple[int, int]] = []
    for _, end in sentence_spans(blank):
        behind = _BEHIND.match(text, end)
        parts.append((parts[-1][1] if parts else 0, behind.end() if behind else end))
    return parts


def _parted(text: str) -> Written:
    numbers = [int(n) for marker in _MARKERS.findall(text) for n in _numbers(marker)]
    said = " ".join(clean(_MARKERS.sub(" ", text)).split())
    said = re.sub(r"\s+([.,;:!?…])", r"\1", said)
    return re.sub(r"([.!?…])\.$", r"\1", said), tuple(dict.fromkeys(numbers))


def _numbers(marker: str) -> list[int]:
    """Return the numbers of "[1, 3]" and, every one of them, of "[1-3]"."""
    found: list[int] = []
    for first, last in re.findall(r"(\d+)(?:\s*[–-]\s*\^?(\d+))?", marker):
        found += range(int(first), min(int(last or first), int(first) + 20) + 1)
    return found


def _is_whole(text: str) -> bool:
    """Return whether the last sentence of a stream came to its end: a full stop or a marker."""
    bare = text.rstrip()
    return bool(_STOP.search(bare) or re.search(rf"(?:{_MARKERS.pattern})$", bare))


def judged(
    text: str,
    numbers: tuple[int, ...],
    verifier: Verifier,
    sources: Sequence[Source],
    language: Language,
) -> Said:
    """Return a sentence with the sources that support it, or with the reason to withhold it."""
    bare = _EMPHASIS.sub("", _OPENING.sub("", text)).strip()
    if reason := objection(text) or _misfit(bare, language):
        return Said(bare, numbers, (), reason)
    cited = [source for source in sources if source.number in numbers]
    verdict = verifier.check(bare, language, cited)
    if verdict.supported:
        needed = verifier.support(bare, language, cited) if len(cited) > 1 else ()
        shown = needed or tuple(source.number for source in cited)
        return Said(bare, numbers, shown, "", verdict.score)
    reason = verdict.reason if cited else "it cites nothing"
    if found := verifier.support(bare, language, sources):
        others = [source for source in sources if source.number in found]
        score = verifier.check(bare, language, others).score
        return Said(bare, numbers, found, f"cited otherwise: {reason}", score)
    return Said(bare, numbers, (), reason, verdict.score)


def _misfit(text: str, language: Language) -> str:
    """Return in words what is wrong with a sentence whatever it cites, "" if nothing is."""
    if not any(char.isalpha() for char in text):
        return "it says nothing"
    if len(text) > LONGEST:
        return f"it is longer than {LONGEST} characters"
    return "" if is_in(text, language) and not is_foreign(text) else "it is in another language"


def is_in(text: str, language: Language) -> bool:
    """Return whether a sentence is in the language, as far as its words tell.

    Function words tell most; without any, the letters of what is no name must speak clearly for
    the other language.
    """
    found = words(text)
    mine, theirs = (
        sum(word in stopwords(name) and word not in stopwords(other(name)) for word in found)
        for name in (language, other(language))
    )
    common = " ".join(word for word in text.split() if word[:1].islower())
    return mine > theirs or (mine == theirs and detect(common)[other(language)] < SURE)


def is_refusal(text: str) -> bool:
    """Return whether the model says, in either language, that the sentences do not answer."""
    said = normalised(text)
    return any(said.startswith(normalised(REFUSAL[name])) for name in LANGUAGES)
