"""Cut text into sentences, Dutch or English, with their places."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.words import stopwords

# A full stop after these ends no sentence.
_ABBREVIATIONS = frozenset(
    """
    a.d.h.v a.u.b b.v bijv bv cf cfr d.d d.m.v dhr dr drs e.g excl gen gov hon i.e i.p.v i.s.m
    i.v.m incl ing ir k.a m.a.w m.b.t m.b.v m.i.v mej mevr mgr mr mrs ms mt mw n.a.v o.a o.b.v o.l.v
    o.m ph.d prof resp rev sen sgt st t.a.v t.b.v t.e.m t.g.v t.n.v t.o.v t.w.v v.a v.l.n.r vb vgl
    vs z.g zgn approx dept
    """.split()  # noqa: SIM905  (a list of a hundred strings is no easier to read)
)
# These only before a number ("nr. 4", "Dec. 2024"); else they are words or names ("art", "Jan").
_BEFORE_NUMBERS = frozenset(
    """
    afb afl art blz ca est fig jg no nos nr nrs p pag pp tel vol
    jan feb mrt apr jun jul aug sep sept okt oct nov dec
    """.split()  # noqa: SIM905
)
# These may close a sentence, and do where a word follows that seldom opens a name ("etc. De …").
_CLOSERS = frozenset(
    """
    a.m b.c bn bvba co corp e.a e.d enz etc inc jl jr ltd mio mld mln mn n.chr n.v nv p.a p.m sr
    u.k u.s u.s.a v.chr e.u
    """.split()  # noqa: SIM905
)
_END = re.compile(r"[.!?…]+[\"”’»)\]']*(?:\[\d{1,3}\])*(?=\s)|\n+")
_OPENS = re.compile(r"[\"“‘«(\[']*[A-ZÀ-ÖØ-Þ0-9€$£]|[\"“‘«][^\W\d_]|['’][st]\s|[-*•–·▪]\s")
_LAST_WORD = re.compile(r"[^\W_][\w.&’'-]*$")
_NEXT_WORD = re.compile(r"[\"“‘«(\[']*([^\W\d_]+)")
_INITIALS = re.compile(r"(?:[A-Z]\.)*[A-Z]")  # "J. Peeters", "J.P. Morgan"
_NUMBERING = re.compile(r"(?:^|\n)[ \t]*(?:[-*•–·▪][ \t]+)?\d{1,2}$")  # "1. Subsidies"
_MARK = re.compile(r"\s*(?:[-*•–·▪]+\s+)?")  # a bullet is not part of what is said


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Return the (start, end) of each sentence, white space and bullets around it left out.

    A line break ends a sentence; see `blocks.unwrapped` for text that was wrapped at a margin.
    """
    spans = []
    start = 0
    for end in [*_ends(text), len(text)]:
        mark = _MARK.match(text, start, end)
        left = mark.end() if mark else start
        piece = text[left:end].rstrip()
        if piece.strip("-*•–·▪ \t\n"):
            spans.append((left, left + len(piece)))
        start = end
    return spans


def _ends(text: str) -> Iterator[int]:
    for match in _END.finditer(text):
        if match.group().startswith("\n"):
            yield match.start()
            continue
        following = match.end()
        while following < len(text) and text[following].isspace():
            following += 1
        if not _OPENS.match(text, following):
            continue
        if match.group().startswith(".") and _goes_on(text, match.start(), following):
            continue
        yield match.end()


def _goes_on(text: str, stop: int, following: int) -> bool:
    """Return whether the full stop at `stop` belongs to an abbreviation inside a sentence."""
    before = text[max(0, stop - 30) : stop]
    if _NUMBERING.search(before) and (stop < 30 or "\n" in before):
        return True
    word = _LAST_WORD.search(before)
    if not word:
        return False
    last = word.group().strip("'’")
    lower = last.lower()
    if _INITIALS.fullmatch(last) and lower not in _CLOSERS:
        return True
    if lower in _CLOSERS:
        follower = _NEXT_WORD.match(text, following)
        return not (follower and follower.group(1).lower() in stopwords())
    if lower in _BEFORE_NUMBERS:
        return text[following : following + 1].isdigit() or text[following] == "+"
    if lower == "al":  # "et al.", but Dutch "al" ends sentences
        return before.lower().endswith("et al")
    return lower in _ABBREVIATIONS
