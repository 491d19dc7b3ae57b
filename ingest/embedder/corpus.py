"""Reads the training data: a dictionary and parallel texts, English and Dutch.

data/wiktionary-en-nl.txt         `headword {pos} (gloss) :: translation {gender}, …`
data/tatoeba-en-nl.tsv            sentence pairs, English tab Dutch
data/libreoffice-help-en-nl.tsv   paragraph pairs, English tab Dutch
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from ingest.embedder.morphology import inflections

_ENTRY = re.compile(r"^(?P<head>[^{(]+?)\s*(?:\{(?P<pos>[^}]*)\})?\s*(?:\((?P<gloss>.*)\))?$")
_SEE = re.compile(r"\s*SEE:\s*(?P<see>.+?)\s*$")
_MARKUP = re.compile(r"\{[^}]*\}|\[[^\]]*\]|[\[\]]")


@dataclass(frozen=True, slots=True)
class Entry:
    """One sense of an English headword."""

    head: str
    pos: str
    gloss: str
    translations: tuple[str, ...]

    @property
    def explained(self) -> str:
        """The headword with its gloss, which tells the sense: "reed: grass-like plant"."""
        return f"{self.head}: {self.gloss}" if self.gloss else self.head


@dataclass(frozen=True, slots=True)
class Corpus:
    """All training texts; `inflected` are (English, Dutch) forms made by rule."""

    entries: tuple[Entry, ...]
    pairs: tuple[tuple[str, str], ...]
    inflected: tuple[tuple[str, str], ...]

    def texts(self) -> Iterator[str]:
        """Every text once for each time it was written down; rule-made forms are left out."""
        for entry in self.entries:
            yield entry.explained
            yield from entry.translations
        for pair in self.pairs:
            yield from pair


def read_corpus(folder: Path, everyday: Collection[str]) -> Corpus:
    """The three files of a folder. Entries of `everyday` English words get their inflections."""
    entries = read_dictionary(folder / "wiktionary-en-nl.txt")
    pairs = [
        pair
        for name in ("tatoeba-en-nl.tsv", "libreoffice-help-en-nl.tsv")
        for pair in read_pairs(folder / name)
    ]
    inflected = {
        pair: None
        for entry in entries
        if entry.head in everyday
        for translation in entry.translations
        if translation.isalpha() and len(translation) > 2
        for pair in inflections(entry.head, translation.lower(), entry.pos)
    }
    return Corpus(tuple(entries), tuple(pairs), tuple(inflected))


def read_dictionary(path: Path) -> list[Entry]:
    """The dictionary's senses in file order; suffixes and prefixes ("-est") are left out."""
    entries = []
    for line in path.read_text(encoding="utf-8").splitlines():
        left, mark, right = line.partition(" ::")
        if line.startswith("#") or not mark:
            continue
        see = _SEE.search(left)
        match = _ENTRY.match(left[: see.start()] if see else left)
        if match is None or match["head"].strip("-") != match["head"]:
            continue
        gloss = (match["gloss"] or "").strip()
        entries.append(
            Entry(match["head"].strip(), match["pos"] or "", gloss, _translations(right))
        )
    return entries


def _translations(text: str) -> tuple[str, ...]:
    """Dutch translations without genders and labels: "riet {n}, [Flemish] vijs" → riet, vijs.

    A part in round brackets may be left out: "(vast)goed" gives "vastgoed" and "goed".
    """
    found: dict[str, None] = {}
    for part in _MARKUP.sub(" ", text).replace(";", ",").split(","):
        plain = " ".join(part.split())
        variants = [re.sub(r"[()]", "", plain), re.sub(r"\([^)]*\)", "", plain)]
        for variant in variants:
            shown = " ".join(variant.split()).strip(" :.!?-")
            if shown and "(" not in shown and ")" not in shown:
                found[shown] = None
    return tuple(found)


def read_pairs(path: Path) -> list[tuple[str, str]]:
    """(English, Dutch) pairs of a tab-separated file, each pair once."""
    rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines())
    pairs = {(row[0].strip(), row[1].strip()): None for row in rows if len(row) == 2}
    return [pair for pair in pairs if pair[0] and pair[1]]
