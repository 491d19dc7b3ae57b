"""What a sentence denies: its denying words, and which of its words they deny."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.records import Language
from ingest.words import stem

if TYPE_CHECKING:
    from assistant.reading import Word

NEAREST = 2  # content words by a denial that it denies in any case
# Deny by themselves …
_DENIES = frozenset(
    """
    not no never nor without none nobody nothing neither cannot nowhere hardly barely unlikely
    niet geen nooit noch zonder niemand niets nergens nauwelijks evenmin amper
    """.split()  # noqa: SIM905
)
# … and by their meaning.
_MEANS_NO = frozenset(
    stem(word, language)
    for language, row in {
        "en": "refuse reject fail lack forbid ban deny prohibit exclude rarely seldom "
        "unable unnecessary unavailable impossible failure",
        "nl": "weigeren geweigerd verwerpen verworpen afwijzen afgewezen mislukken mislukte "
        "mislukt falen faalde gebrek ontbreken ontbreekt "
        "verbieden verboden uitgesloten zelden onmogelijk onnodig",
    }.items()
    for word in row.split()
)
# What is denied ends before these: "how not to do it | has been shown", "hoe het niet moet | is …".
_FINITE = frozenset(
    """
    is are was were has have had will would may must can could
    zijn waren heeft hebben had hadden zal zullen zou zouden kan kunnen moet moeten wordt worden
    """.split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class Denial:
    """A word that denies, and the places of the content words it denies.

    `core` are the nearest of them: a sentence that repeats these without a denial affirms them.
    """

    place: int
    clause: int
    scope: tuple[int, ...]
    core: tuple[int, ...]


def denies(word: str, language: Language) -> bool:
    """Return whether a lower-cased word denies."""
    return word in _DENIES or word.endswith("n't") or stem(word, language) in _MEANS_NO


def denial(place: int, rows: Sequence[Word], language: Language, contrast: bool) -> Denial:
    """Return the denial at `place` with what it denies: its clause from there to the next verb.

    "Zonder" and "geen" deny the noun after them; a Dutch "niet" may follow what it denies, but
    not in a `contrast` ("…, niet door de stad").
    """
    clause, text = rows[place].clause, rows[place].text
    same = [word for word in rows if word.clause == clause and word.content]
    short = sum(not word.light for word in same) < 2  # "…, komt er niet": of what went before
    if language == "nl" and short and not contrast and text in ("niet", "niets", "nooit"):
        same = [word for word in rows if word.part == rows[place].part and word.content]
    end = next((w.place for w in rows[place + 1 :] if w.text in _FINITE), len(rows))
    later = [word.place for word in same if place <= word.place < end]
    earlier = [word.place for word in same if word.place < place]
    if text in ("without", "zonder", "no", "geen"):
        scope = later[:3]
    elif text in ("not", "nor", "neither", "none", "cannot") or text.endswith("n't"):
        scope = later or earlier
    elif contrast:
        scope = later
    else:
        scope = earlier + later
    near = sorted((p for p in scope if p != place), key=lambda p: (abs(p - place), p < place))
    heavy = [p for p in near if not rows[p].light] or near
    return Denial(place, clause, tuple(scope), tuple(heavy[:NEAREST]))
