"""Typing errors mended against the corpus' own words, so that "crit little gaint" finds something.

Only words that nobody knows are touched: not the corpus, not the function words of either
language, not the embedder's vocabulary of both, not what pyspellchecker has seen in texts of them.
A question without slips stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

from rapidfuzz import process
from rapidfuzz.distance import OSA

from ingest.index import Index
from ingest.records import LANGUAGES
from ingest.words import stopwords, words

if TYPE_CHECKING:
    from ingest.embedder import Embedder

# Degrees of adjectives and their base, which no list of words has all of: "pricier", "strengere".
_DEGREES = (
    *(("iest", "y"), ("ier", "y")),
    *((ending, "") for ending in ("ere", "er", "ste", "est", "st")),
)
_HARDENED = str.maketrans("vz", "fs")  # "innovatiever" is "innovatief"
_NAME = re.compile(r"(?<=[\w,;] )[A-Z][^\W\d_]+")  # inside a sentence
SHORT = 4  # letters; a shorter word has too many neighbours
TWO_SLIPS = 7  # letters from which two slips are still the same word
RARE = 50  # the lists' count of a word that no text had; one slip may lie behind it: "wich"


@cache
def listed() -> Mapping[str, int]:
    """Return how often texts have each of many Dutch and English words; it takes 1 s to load."""
    from spellchecker import SpellChecker

    return dict(SpellChecker(language=list(LANGUAGES)).word_frequency.items())


class Speller:
    """Mends words against one index's vocabulary."""

    def __init__(self, index: Index, embedder: Embedder) -> None:
        self._knows = embedder.knows
        self._counts: dict[str, int] = dict.fromkeys(sorted(stopwords()), 1)
        for language in LANGUAGES:
            for word, count in index.vocabulary[language].items():
                self._counts[word] = self._counts.get(word, 0) + count + 1
        self._choices = [word for word in self._counts if len(word) >= SHORT and word.isalpha()]

    def mend(self, text: str) -> str:
        """Return the text with the words that nobody knows mended; as it was if there are none."""
        named = {name.lower() for name in _NAME.findall(text)}
        for word in dict.fromkeys(words(text)):
            better = self._mended(word, named=word in named)
            if better:
                pattern = rf"(?<!\w){re.escape(word)}(?!\w)"
                text = re.sub(pattern, better, text, flags=re.I)  # a word of letters: no escapes
        return text

    def _mended(self, word: str, *, named: bool) -> str:
        """Return the word it was meant to be, or "" if it is known or no word is near.

        One with a capital may well be a name that no list has.
        """
        if len(word) < SHORT or not word.isalpha():
            return ""
        if self._is_known(word):
            return ""
        slips = 2 if len(word) >= TWO_SLIPS and not named else 1
        near = process.extract(
            word, self._choices, scorer=OSA.distance, score_cutoff=slips, limit=None
        )
        if near and (seen := listed().get(word, 0)):
            near = [hit for hit in near if hit[1] == 1 and seen <= RARE and _slipped(word, hit[0])]
        base = self._base(word)
        if base:  # the nearest may be another form of it
            near = [hit for hit in near if hit[1] == 1 and not hit[0].startswith(base)]
        if not near:
            return ""
        return min(near, key=lambda hit: (hit[1], hit[0][0] != word[0], -self._counts[hit[0]]))[0]

    def _is_known(self, word: str) -> bool:
        return word in self._counts or self._knows(word)

    def _base(self, word: str) -> str:
        """Return a word without its ending if it may be a known one's degree, else ""."""
        for ending, instead in _DEGREES:
            base = word.removesuffix(ending) + instead
            if not word.endswith(ending) or len(base) < SHORT:
                continue
            undoubled = base[:-1] if base[-1] == base[-2] else base
            hardened = base[:-1] + base[-1].translate(_HARDENED)
            for one in (base, undoubled, hardened):
                if len(one) >= SHORT and self._is_known(one):
                    return word.removesuffix(ending)
        return ""


def _slipped(word: str, meant: str) -> bool:
    """Return whether a letter is missing, one too many, or in the wrong place, not another one."""
    return len(word) != len(meant) or sorted(word) == sorted(meant)
