"""Cut text into sentences, Dutch or English, with their places."""

from __future__ import annotations

import re
from collections.abc import Iterator

# A full stop after these ends no sentence.
_ABBREVIATIONS = frozenset(
    """
    a.d.h.v a.u.b afb art b.v bv bijv bijz blz ca cf d.m.v d.w.z dhr dr drs e.a e.d e.g
    enz etc excl fig i.e i.p.v i.s.m i.v.m incl ing ir jl jr k.a m.a.w m.b.t m.b.v m.i.v mej mevr
    mr mrs ms mw n.a.v n.v nl nr no o.a o.b.v o.l.v o.m p p.a p.m pag ph.d pp prof resp sr st
    t.a.v t.b.v t.e.m t.g.v t.n.v t.o.v t.w.v tel u.k u.s v.a v.l.n.r vb vgl vol vs z.g zgn zie
    approx dept est inc ltd co corp gen gov hon rep rev sen sgt jan feb mrt apr jun jul aug sep
    sept okt oct nov dec al
    """.split()
)
_END = re.compile(r"[.!?…]+[\"”’»)\]']*(?=\s)|\n+")
_OPENS = re.compile(r"[\"“‘«(\[']*[A-ZÀ-ÖØ-Þ0-9€$£]|[\"“‘«][^\W\d_]")
_LAST_WORD = re.compile(r"[\w.&’'-]+$")


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Return the (start, end) of each sentence, white space around it left out."""
    spans = []
    start = 0
    for end in [*_ends(text), len(text)]:
        piece = text[start:end]
        left = len(piece) - len(piece.lstrip())
        if piece.strip():
            spans.append((start + left, start + len(piece.rstrip())))
        start = end
    return spans


def _ends(text: str) -> Iterator[int]:
    for match in _END.finditer(text):
        if match.group().startswith("\n"):
            yield match.start()
            continue
        rest = text[match.end() :].lstrip()
        if not _OPENS.match(rest):
            continue
        if match.group().startswith(".") and _is_abbreviation(text[: match.start()]):
            continue
        yield match.end()


def _is_abbreviation(before: str) -> bool:
    word = _LAST_WORD.search(before[-30:])
    if not word:
        return False
    last = word.group().strip("'’").lower()
    initial = len(last) == 1 and last.isalpha() and word.group().isupper()  # "J. Peeters"
    return initial or last in _ABBREVIATIONS
