"""Drop repeated blocks, exact and near, inside one language, and keep a ledger of what and why.

Lexically on purpose: a bilingual embedding puts a translation next to its original, and merging
those would delete a language. MinHash LSH proposes, exact word-3-gram Jaccard confirms
(Broder 1997), and texts that differ in a number, a negation or a name are never duplicates.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ingest.facts import same_facts
from ingest.records import Block, Dropped
from ingest.sentences import sentence_spans
from ingest.words import words

NEAR = 0.8  # Jaccard of word 3-grams between blocks
NEAR_SENTENCE = 0.6  # … between a sentence of the one and its best match in the other
LONG = 8  # words; a shorter block repeats by chance ("That's no reason to panic.")
LONG_TO_COMPARE = 12  # words; below, one changed word is a changed meaning
PERMUTATIONS = 128

Grams = frozenset[tuple[str, ...]]


def deduplicate(blocks: list[Block]) -> tuple[list[Block], list[Dropped]]:
    """Return the blocks to keep, in order, and a ledger row for every block left out."""
    kept: list[Block] = []
    dropped: list[Dropped] = []
    seen: dict[tuple[str | None, str], Block] = {}
    near = _NearIndex()
    last_was_duplicate = False
    for block in blocks:
        if block.language is None or block.kind == "furniture":
            reason = "language" if block.language is None else "furniture"
            dropped.append(_row(block, "furniture" if reason == "furniture" else "language"))
            continue
        key = (block.language, normalised(block.text))
        twin = seen.get(key)
        similarity = 1.0
        if twin and _by_chance(block, twin, last_was_duplicate):
            twin = None
        elif not twin:
            twin, similarity = near.find(block)
        last_was_duplicate = twin is not None
        if twin:
            dropped.append(_row(block, "exact" if similarity == 1.0 else "near", twin, similarity))
            continue
        kept.append(block)
        seen.setdefault(key, block)
        near.add(block)
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


def _row(block: Block, reason: str, twin: Block | None = None, similarity: float = 0.0) -> Dropped:
    return Dropped(
        block.page,
        block.start,
        block.end,
        block.text,
        reason,  # type: ignore[arg-type]  # one of DropReason by construction
        twin.page if twin else "",
        twin.start if twin else -1,
        round(similarity, 3),
    )


def _grams(text: str) -> Grams:
    tokens = words(text)
    return frozenset(zip(tokens, tokens[1:], tokens[2:], strict=False))


def _jaccard(one: Grams, two: Grams) -> float:
    return len(one & two) / len(one | two) if one or two else 0.0


class _NearIndex:
    """The kept blocks, to be asked for a near-duplicate: LSH candidates, exact confirmation."""

    def __init__(self) -> None:
        self._blocks: list[Block] = []
        self._grams: list[Grams] = []
        self._lsh: object | None = None

    def find(self, block: Block) -> tuple[Block | None, float]:
        """Return the kept block of the same language that says the same, and how alike it is."""
        if not self._blocks or len(block.text.split()) < LONG_TO_COMPARE:
            return None, 0.0
        grams = _grams(block.text)
        best: tuple[Block | None, float] = (None, 0.0)
        for place in self._candidates(grams):
            kept = self._blocks[place]
            alike = _jaccard(grams, self._grams[place])
            if kept.language == block.language and alike >= max(NEAR, best[1]):
                if same_facts(block.text, kept.text) and _says_nothing_new(block.text, kept.text):
                    best = (kept, min(alike, 0.999))
        return best

    def add(self, block: Block) -> None:
        """Remember a kept block."""
        if len(block.text.split()) < LONG_TO_COMPARE:
            return
        grams = _grams(block.text)
        self._blocks.append(block)
        self._grams.append(grams)
        self._index().insert(len(self._blocks) - 1, _minhash(grams))

    def _candidates(self, grams: Grams) -> Iterable[int]:
        return sorted(self._index().query(_minhash(grams)))

    def _index(self):  # type: ignore[no-untyped-def]  # datasketch has no types
        if self._lsh is None:
            from datasketch import MinHashLSH  # 0.5 s, most of it SciPy

            self._lsh = MinHashLSH(threshold=NEAR - 0.15, num_perm=PERMUTATIONS)
        return self._lsh


def _minhash(grams: Grams):  # type: ignore[no-untyped-def]  # datasketch has no types
    from datasketch import MinHash

    sketch = MinHash(num_perm=PERMUTATIONS, seed=1)
    sketch.update_batch([" ".join(gram).encode() for gram in sorted(grams)])
    return sketch


def _says_nothing_new(text: str, kept: str) -> bool:
    """Return whether each sentence of `text` has a match in `kept` with the same facts.

    A block that repeats six sentences and adds a seventh is 85 % the same, and must stay.
    """
    others = [kept[a:b] for a, b in sentence_spans(kept)]
    grams = [_grams(other) for other in others]
    for start, end in sentence_spans(text):
        sentence = text[start:end]
        mine = _grams(sentence)
        if not any(
            normalised(sentence) == normalised(other)
            or (_jaccard(mine, theirs) >= NEAR_SENTENCE and same_facts(sentence, other))
            for other, theirs in zip(others, grams, strict=True)
        ):
            return False
    return True
