"""Drop repeated blocks, exact and near, inside one language, and keep a ledger of what and why.

Lexically on purpose: a bilingual embedding puts a translation next to its original, and merging
those would delete a language. MinHash LSH proposes, exact word-3-gram Jaccard confirms
(Broder 1997), and texts that differ in a number, a negation or a name are never duplicates.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ingest.blocks import unwrapped
from ingest.facts import same_facts
from ingest.records import Block, Dropped, DropReason, Language
from ingest.sentences import sentence_spans
from ingest.words import is_content, words

NEAR = 0.8  # Jaccard of word 3-grams between blocks
NEAR_SENTENCE = 0.6  # … between a sentence of the one and its best match in the other
LONG = 8  # words; a shorter block repeats by chance ("That's no reason to panic.")
LONG_TO_COMPARE = 12  # words; below, one changed word is a changed meaning
MISSPELT = 6  # letters of a word for each that may differ: a slip, not another word
PERMUTATIONS = 128

Grams = frozenset[tuple[str, ...]]


def deduplicate(blocks: list[Block]) -> tuple[list[Block], list[Dropped]]:
    """Return the blocks to keep, in order, and a ledger row for every block left out."""
    kept: list[Block] = []
    dropped: list[Dropped] = []
    seen: dict[tuple[Language, str], Block] = {}
    near = _NearIndex()
    last_was_duplicate = False
    for block in blocks:
        if block.kind == "order" or (block.kind == "furniture" and block.language):
            dropped.append(_row(block, block.kind))
            continue
        if block.language is None:
            dropped.append(_row(block, "language"))
            continue
        key = (block.language, normalised(block.text))
        twin = seen.get(key)
        similarity = 1.0
        sketch = None
        if twin and _by_chance(block, twin, last_was_duplicate):
            twin = None
        elif not twin and (sketch := _Sketch.of(block)):
            twin, similarity = near.find(sketch)
        last_was_duplicate = twin is not None
        if twin:
            dropped.append(_row(block, "exact" if similarity == 1.0 else "near", twin, similarity))
            continue
        kept.append(block)
        seen.setdefault(key, block)
        if sketch:
            near.add(sketch)
    return kept, dropped


def normalised(text: str) -> str:
    """Return the text as it counts for being the same: its words in lower case, nothing else."""
    return " ".join(re.findall(r"[\w%€$£]+", text.casefold()))


def _by_chance(block: Block, twin: Block, last_was_duplicate: bool) -> bool:
    """Return whether a block on another page merely says the same, in an article of its own."""
    if block.page == twin.page or block.kind == "call_to_action":
        return False
    if block.kind in ("byline", "notice"):
        return True
    return len(block.text.split()) < LONG and not last_was_duplicate


def _row(
    block: Block, reason: DropReason, twin: Block | None = None, similarity: float = 0.0
) -> Dropped:
    return Dropped(
        block.page,
        block.start,
        block.end,
        block.text,
        reason,
        twin.page if twin else "",
        twin.start if twin else -1,
        round(similarity, 3),
    )


def _grams(text: str) -> Grams:
    tokens = words(text)
    return frozenset(zip(tokens, tokens[1:], tokens[2:], strict=False))


def _jaccard(one: Grams, two: Grams) -> float:
    return len(one & two) / len(one | two) if one or two else 0.0


@dataclass(frozen=True, slots=True)
class _Sketch:
    """A block with its word 3-grams and their MinHash, each made once."""

    block: Block
    grams: Grams
    minhash: Any

    @classmethod
    def of(cls, block: Block) -> _Sketch | None:
        """Return the sketch of a block; None for one too short to compare."""
        from datasketch import MinHash  # 0.5 s, most of it SciPy

        if len(block.text.split()) < LONG_TO_COMPARE:
            return None
        grams = _grams(block.text)
        minhash = MinHash(num_perm=PERMUTATIONS, seed=1)
        minhash.update_batch([" ".join(gram).encode() for gram in sorted(grams)])
        return cls(block, grams, minhash)


class _NearIndex:
    """The kept blocks, to be asked for a near-duplicate: LSH candidates, exact confirmation."""

    def __init__(self) -> None:
        self._kept: list[_Sketch] = []
        self._lsh: Any = None

    def find(self, sketch: _Sketch) -> tuple[Block | None, float]:
        """Return the kept block of the same language that says the same, and how alike it is."""
        best: tuple[Block | None, float] = (None, 0.0)
        block = sketch.block
        for place in sorted(self._lsh.query(sketch.minhash)) if self._lsh else ():
            kept = self._kept[place]
            alike = _jaccard(sketch.grams, kept.grams)
            if kept.block.language != block.language or alike < NEAR or alike <= best[1]:
                continue
            if same_facts(block.text, kept.block.text) and _says_nothing_new(block, kept.block):
                best = (kept.block, min(alike, 0.999))
        return best

    def add(self, sketch: _Sketch) -> None:
        """Remember a kept block."""
        from datasketch import MinHashLSH

        if self._lsh is None:
            self._lsh = MinHashLSH(threshold=NEAR - 0.15, num_perm=PERMUTATIONS)
        self._lsh.insert(len(self._kept), sketch.minhash)
        self._kept.append(sketch)


def _says_nothing_new(block: Block, kept: Block) -> bool:
    """Return whether each sentence of `block` has a match in `kept` with the same facts.

    A block that repeats six sentences and adds a seventh is 85 % the same, and must stay.
    """
    others = [(text, _grams(text)) for text in _sentences(kept)]
    return all(
        any(
            normalised(sentence) == normalised(other)
            or (
                _jaccard(_grams(sentence), theirs) >= NEAR_SENTENCE
                and same_facts(sentence, other)
                and _no_new_word(sentence, other)
            )
            for other, theirs in others
        )
        for sentence in _sentences(block)
    )


def _sentences(block: Block) -> list[str]:
    text = unwrapped(block.text)
    return [text[start:end] for start, end in sentence_spans(text)]


def _no_new_word(sentence: str, kept: str) -> bool:
    """Return whether each content word is in the kept sentence too, give or take its spelling.

    "Rises" for "falls" leaves 3-grams, figures and names as they are, and says the opposite.
    """
    from rapidfuzz.distance import DamerauLevenshtein

    known = set(words(kept))
    # Figures are compared by their value, in `same_facts`.
    content = (word for word in words(sentence) if is_content(word) and not word[0].isdigit())
    new = [word for word in content if word not in known]
    return all(
        any(DamerauLevenshtein.distance(word, other) <= len(word) // MISSPELT for other in known)
        for word in new
    )
