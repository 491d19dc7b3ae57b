"""Cut a page into blocks and tell what each is for: text, title, byline, notice, furniture.

The signs are general: shape (length, closing punctuation), position (what stands before and
after), repetition, and classes of wording that pages share in both languages.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from ingest.language import settle
from ingest.records import Block, BlockKind, Page

TITLE_WORDS = 20  # a longer line is a paragraph, even without a full stop
LABEL_WORDS = 12  # bylines and furniture are short
NOTICE_WORDS = 30
CALL_WORDS = 70
TAIL = 0.75  # a call to action stands in the last quarter of a page, or is repeated

_BYLINE = re.compile(
    r"^(?:written by|words by|by|author|posted by|"
    r"geschreven door|tekst|door|auteur|een artikel van)\b\s*:?\s*(?P<name>.*)$",
    re.I,
)
_PERSON = re.compile(
    r"^(?:(?:[A-Z][\w.’'-]*|van|de|der|den|von|ter|ten|le|la|&|and|en),?\s?){1,7}$"
)
_NOTICE = re.compile(
    r"^(?:(?:this|dit|deze)\s\w+\s(?:was\s|is\s|werd\s|first\s|originally\s|eerder\s|eerst\s)*"
    r"(?:published|appeared|verscheen|verschenen|gepubliceerd)|"
    r"(?:first |originally |eerder |eerst |oorspronkelijk )?"
    r"(?:published|appeared|verschenen|gepubliceerd|verscheen)\s(?:in|on|op|by|door)\b|"
    r"(?:source|bron|photo|foto|image|beeld|picture|illustration|illustratie)\s*:|"
    r"(?:last )?updated(?: on)?\b|laatst (?:bijgewerkt|aangepast)\b|"
    r"(?:original|originele|oorspronkelijke)\s\w+\s(?:version|versie|text|tekst)\b)",
    re.I,
)
_PUBLISHED_IN = re.compile(
    r"\b(?:published|appeared|gepubliceerd|verschenen|verscheen)\s+(?:in|by|door)\s+"
    r"(?P<where>[^,.;:(\n–]{2,80})",
    re.I,
)
_CALL = re.compile(
    r"\b(?:get in touch|contact us|reach out to us|don[’']t hesitate|feel free to (?:contact|call)|"
    r"(?:book|schedule|request|plan) (?:a|your) (?:free )?(?:call|meeting|demo|quote|consultation)|"
    r"give us a call|call us|mail us|e-?mail us|drop us a line|talk to (?:us|an expert)|"
    r"neem (?:gerust |vrijblijvend |dan )?contact|contacteer ons|aarzel niet|bel ons|mail ons|"
    r"(?:plan|boek|maak) (?:een|uw|je) (?:gratis |vrijblijvend[e]? )?"
    r"(?:gesprek|afspraak|kennismaking|demo|offerte)|vraag (?:een|uw|je) (?:offerte|demo)|"
    r"laat (?:het )?ons (?:iets )?weten|stuur ons een)\b",
    re.I,
)
_FURNITURE = re.compile(
    r"^(?:\d+\s*[-+]?\s*(?:min(?:s|ute|utes|uut|uten)?\.?)\s*(?:read|reading time|leestijd|lezen|"
    r"leeswerk)?|(?:reading time|leestijd)\b.*|share(?: this.*| on.*)?|deel (?:dit|via).*|delen|"
    r"menu|home|search|zoeken|log ?in|sign (?:in|up)|subscribe.*|schrijf (?:je|u) in.*|"
    r"inschrijven|read more|read next|lees (?:meer|verder|ook).*|more (?:news|articles|posts)|"
    r"related (?:posts|articles|news)|gerelateerde? .*|(?:previous|next|vorige?|volgende?)"
    r"(?: (?:post|article|artikel|bericht))?|back to .*|terug naar .*|skip to .*|"
    r"(?:accept|aanvaard|accepteer|weiger|decline)\b.*|.*\bcookies?\b.*|©.*|.*copyright.*|"
    r".*all rights reserved.*|.*alle rechten voorbehouden.*|advertisement|advertentie|"
    r"[\W\d_]*)$",
    re.I,
)
_BULLET = re.compile(r"^\s*(?:[-*•–·▪]|\d{1,2}[.)])\s+")
_BLANK = re.compile(r"\n[ \t\r\f\v\u00a0]*\n\s*")
_CLOSED = re.compile(r"[.!?:;…][\"”’»)\]']*$")


def page_blocks(page: Page) -> list[Block]:
    """Return the page's blocks in order; `page.text[start:end] == text` for each."""
    spans = [(start, end, page.text[start:end]) for start, end in _spans(page.text)]
    texts = [text for _, _, text in spans]
    languages = settle(texts)
    kinds = _kinds(page, spans)
    return [
        Block(page.name, start, end, kind, text, language)
        for (start, end, text), kind, language in zip(spans, kinds, languages, strict=True)
    ]


def published_in(notice: str) -> str:
    """Return where a notice says the article appeared, or ""."""
    match = _PUBLISHED_IN.search(notice)
    return match.group("where").strip() if match else ""


def byline_author(text: str) -> str:
    """Return the name in a byline, without its "Written by"; "" for a label alone."""
    match = _BYLINE.match(text)
    return (match.group("name") if match else text).strip(" :,")


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each block stands: between blank lines, and at line ends that are no wrapping."""
    start = 0
    for gap in [*_BLANK.finditer(text), None]:
        end = gap.start() if gap else len(text)
        lines = list(_lines(text, start, end))
        if lines and _belongs_together([text[a:b] for a, b in lines]):
            yield lines[0][0], lines[-1][1]
        else:
            yield from lines
        start = gap.end() if gap else end


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for match in re.finditer(r"[^\r\n]+", text[start:end]):
        left = match.group().lstrip()
        stripped = left.rstrip()
        if stripped:
            at = start + match.end() - len(left)
            yield at, at + len(stripped)


def _belongs_together(lines: list[str]) -> bool:
    """Return whether lines without a blank one between are a list or one wrapped paragraph."""
    if len(lines) == 1 or any(_BULLET.match(line) or " | " in line for line in lines[1:]):
        return True
    widths = [len(line) for line in lines[:-1]]
    return 40 <= min(widths) and max(widths) <= 120 and max(widths) - min(widths) <= 30


def _kinds(page: Page, spans: list[tuple[int, int, str]]) -> list[BlockKind]:
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
    count = len(text.split())
    if heading:
        return "title"
    if count <= LABEL_WORDS and _FURNITURE.match(text):
        return "furniture"
    if count <= LABEL_WORDS and (match := _BYLINE.match(text)):
        name = match.group("name").strip()
        if not name or _PERSON.match(name):
            return "byline"
    label = _BYLINE.match(before)
    if label and not label.group("name").strip() and count <= 6 and _PERSON.match(text):
        return "byline"
    if count <= NOTICE_WORDS and _NOTICE.match(text):
        return "notice"
    if count <= CALL_WORDS and late_or_repeated and _CALL.search(text):
        return "call_to_action"
    return "paragraph"


def _settle_titles(kinds: list[BlockKind], texts: list[str], headings: set[int]) -> None:
    """Turn title-shaped paragraphs into titles, and titles of calls to action into those."""
    first = next((i for i, kind in enumerate(kinds) if kind in ("paragraph", "title")), -1)
    for place in range(len(kinds) - 1, -1, -1):
        text = texts[place]
        follower = kinds[place + 1] if place + 1 < len(kinds) else "furniture"
        if kinds[place] not in ("paragraph", "title"):
            continue
        short = len(text.split()) <= TITLE_WORDS and "\n" not in text and not _BULLET.match(text)
        open_ended = not _CLOSED.search(text)
        if follower == "call_to_action" and short and (open_ended or text.endswith("?")):
            kinds[place] = "call_to_action"
        elif place in headings:
            kinds[place] = "title"
        elif short and (open_ended or (place == first and text.endswith(("?", "!")))):
            # A line without a full stop titles what follows; alone at the end, it is furniture.
            follows = follower in ("paragraph", "title", "byline", "notice", "furniture")
            kinds[place] = "title" if follows and place + 1 < len(kinds) else "furniture"
