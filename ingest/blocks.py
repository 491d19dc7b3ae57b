"""Cut a page into blocks and tell what each is for: text, title, byline, furniture, an order.

The signs are general: shape (length, closing punctuation), position (what stands before and
after), repetition, and the classes of wording in `wording.py`. In doubt a block is a paragraph.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from ingest import wording
from ingest.language import settle
from ingest.orders import is_order
from ingest.records import Block, BlockKind, Page

TITLE_WORDS = 20  # a longer line is a paragraph, even without a full stop
LABEL_WORDS = 12  # bylines and furniture are short
LEFTOVER_WORDS = 5  # an open-ended last line of at most so many is furniture, a longer one text
NOTICE_WORDS = 30
BANNER_WORDS = 80
CALL_WORDS = 70
TAIL = 0.75  # a call to action stands in the last quarter of a page, or is repeated
LIST_LINES = 3  # title-shaped lines in a row; up to two are a title and its subtitle
MARGIN = range(40, 121)  # characters; text wrapped by hand or by mail is about so wide

Span = tuple[int, int, str]

_BULLET = re.compile(r"^\s*(?:[-*•–·▪]|\d{1,2}[.)])\s+")
_BLANK = re.compile(r"\n[ \t\r\f\v\u00a0]*\n\s*")
_CLOSED = re.compile(r"[.!?:;…][\"”’»)\]']*$")
_BREAK = re.compile(r"[ \t]*\r?\n[ \t]*")


def page_blocks(page: Page) -> list[Block]:
    """Return the page's blocks in order; `page.text[start:end] == text` for each."""
    spans = [(start, end, page.text[start:end]) for start, end in _spans(page.text)]
    texts = [text for _, _, text in spans]
    languages = settle(texts, page.language)
    kinds = _kinds(page, spans)
    return [
        Block(page.name, start, end, kind, text, language)
        for (start, end, text), kind, language in zip(spans, kinds, languages, strict=True)
    ]


def unwrapped(text: str) -> str:
    """Return a block's text with line breaks only where they part items, rows or lines."""
    lines = _BREAK.split(text)
    margin = _margin(lines)
    whole = lines[0]
    for line, following in pairwise(lines):
        whole += (" " if _runs_on(line, following, margin) else "\n") + following
    return whole


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each block stands: between blank lines, and at line ends that are no wrapping."""
    start = 0
    for gap in [*_BLANK.finditer(text), None]:
        end = gap.start() if gap else len(text)
        yield from _joined(text, list(_lines(text, start, end)))
        start = gap.end() if gap else end


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for match in re.finditer(r"[^\r\n]+", text[start:end]):
        left = match.group().lstrip()
        stripped = left.rstrip()
        if stripped:
            at = start + match.end() - len(left)
            yield at, at + len(stripped)


def _joined(text: str, lines: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield the lines of a group, those of one list, table or wrapped paragraph as one."""
    texts = [text[a:b] for a, b in lines]
    margin = _margin(texts)
    opened = 0
    for place in range(1, len(lines) + 1):
        if place < len(lines) and _same_block(texts[place - 1], texts[place], margin):
            continue
        yield lines[opened][0], lines[place - 1][1]
        opened = place


def _same_block(line: str, following: str, margin: int) -> bool:
    if " | " in line and " | " in following:
        return True
    if _BULLET.match(following):
        return bool(_BULLET.match(line)) or line.endswith(":") or line[:1].islower()
    return _runs_on(line, following, margin)


def _margin(lines: Sequence[str]) -> int:
    """Return the width that lines were wrapped at; 0 if they were not, but stand for themselves.

    The evidence is a line that breaks off in mid-sentence and goes on in lower case.
    """
    width = max(map(len, lines), default=0)
    pairs = pairwise(lines)
    broken = any(not _CLOSED.search(one) and two[:1].islower() for one, two in pairs)
    return width if broken and width in MARGIN else 0


def _runs_on(line: str, following: str, margin: int) -> bool:
    """Return whether a line was broken off at the margin: the next word had no room there."""
    if _BULLET.match(following) or " | " in line + following:
        return False
    small = following[:1].islower() and not _CLOSED.search(line)
    if not margin:
        return small and _BULLET.match(line) is not None  # the second line of an item
    full = len(line) + 1 + len(following.split(maxsplit=1)[0]) > margin
    return full or small


def _kinds(page: Page, spans: list[Span]) -> list[BlockKind]:
    texts = [text for _, _, text in spans]
    repeats = Counter(text.lower().rstrip("?!. ") for text in texts)
    kinds: list[BlockKind] = []
    for place, (start, _, text) in enumerate(spans):
        before = texts[place - 1] if place else ""
        late = start >= TAIL * len(page.text)
        repeated = repeats[text.lower().rstrip("?!. ")] > 1
        kinds.append(_kind(text, before, late or repeated, start in page.headings))
    _settle_titles(kinds, texts, {i for i, span in enumerate(spans) if span[0] in page.headings})
    return kinds


def _kind(text: str, before: str, late_or_repeated: bool, heading: bool) -> BlockKind:
    if is_order(text):
        return "order"
    count = len(text.split())
    if count <= LABEL_WORDS and wording.LABEL.match(text):
        return "furniture"
    if heading:
        return "title"
    if count <= BANNER_WORDS and wording.COOKIES.search(text):
        return "furniture"
    if _is_byline(text, before, count):
        return "byline"
    if count <= NOTICE_WORDS and wording.NOTICE.match(text):
        return "notice"
    calls = wording.CALL.search(text) or wording.ADDRESS.search(text)
    return "call_to_action" if calls and late_or_repeated and count <= CALL_WORDS else "paragraph"


def _is_byline(text: str, before: str, count: int) -> bool:
    """Return whether a line is "Written by", "Written by A. Name", or the name below the first."""
    if count > LABEL_WORDS:
        return False
    if match := wording.BYLINE.match(text):
        name = match.group("name").strip()
        return not name or bool(wording.PERSON.match(name))
    label = wording.BYLINE.match(before)
    alone = label is not None and not label.group("name").strip()
    return alone and count <= 6 and bool(wording.PERSON.match(text))


def _settle_titles(kinds: list[BlockKind], texts: list[str], headings: set[int]) -> None:
    """Turn title-shaped paragraphs into titles, and titles of calls to action into those."""
    first = next((i for i, kind in enumerate(kinds) if kind in ("paragraph", "title")), -1)
    calls = [kind == "call_to_action" for kind in kinds]  # before their titles join them
    follower = -1  # the next block that is no furniture
    for place in range(len(kinds) - 1, -1, -1):
        if kinds[place] in ("paragraph", "title"):
            if follower >= 0 and calls[follower] and _heads_call(texts[place], texts[follower]):
                kinds[place] = "call_to_action"
            elif place not in headings:
                kinds[place] = _title_or_text(texts[place], follower < 0, place == first)
        if kinds[place] != "furniture":
            follower = place
    run = 0
    for place, kind in enumerate(kinds):  # many such lines in a row are a list without bullets
        run = run + 1 if kind == "title" and place not in headings else 0
        if run >= LIST_LINES:
            kinds[place - run + 2 : place + 1] = ["paragraph"] * (run - 1)


def _heads_call(text: str, call: str) -> bool:
    """Return whether a line is the title of the call to action below it."""
    if not _is_title_shaped(text):
        return False
    return bool(wording.CALL.search(call)) or len(text.split()) <= 3  # "Contact", above an address


def _title_or_text(text: str, last: bool, first: bool) -> BlockKind:
    """Return what a block of running text is, from its shape and place."""
    if not (_is_title_shaped(text) or (first and text.endswith("!"))):
        return "paragraph"
    if not last:  # a line without a full stop titles what follows
        return "title"
    leftover = not _CLOSED.search(text) and len(text.split()) <= LEFTOVER_WORDS
    return "furniture" if leftover else "paragraph"


def _is_title_shaped(text: str) -> bool:
    """Return whether a line is short and open-ended, or a single question."""
    if len(text.split()) > TITLE_WORDS or _BULLET.match(text) or "\n" in text or " | " in text:
        return False
    question = text.endswith("?") and len(re.findall(r"[.!?]", text)) == 1
    return question or not _CLOSED.search(text)
