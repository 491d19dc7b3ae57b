"""What the student learns from: texts as word numbers, and the teacher's vectors for them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest.embedder.corpus import Corpus
from ingest.embedder.static import Segmenter
from ingest.embedder.vocabulary import Vocabulary, split

Ids = NDArray[np.int64]

EVERYDAY, COMMON = 12_000, 5_000  # ranks of headwords whose entries are read twice and three times


@dataclass(frozen=True, slots=True)
class Lesson:
    """Texts as word numbers, with the row of their target in the teacher's vectors."""

    english: tuple[Ids, ...]
    dutch: tuple[Ids, ...]
    targets: Ids  # (pairs, 2): two rows of which the mean is the target of both texts
    alone: tuple[Ids, ...]  # English texts without a translation
    alone_targets: Ids  # (alone,)


class Words:
    """Word numbers, and for each word its pieces: as it is best cut, and cut at least once."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._segment = Segmenter(vocabulary.pieces)
        self._numbers: dict[str, int] = {}
        self.whole: list[list[int]] = []
        self.cut: list[list[int]] = []

    def of(self, text: str) -> Ids:
        """The numbers of the text's words; words without a known letter are left out."""
        return np.array([n for word in split(text) if (n := self._number(word)) >= 0], np.int64)

    def _number(self, word: str) -> int:
        if word not in self._numbers:
            whole = self._segment.cut(word)
            self._numbers[word] = len(self.whole) if whole else -1
            if whole:
                cut = self._segment.cut(word, whole=False) if len(word) > 4 else []
                self.whole.append(whole)
                self.cut.append(cut or whole)
        return self._numbers[word]


def taught_texts(corpus: Corpus, everyday: Sequence[str]) -> list[str]:
    """The English texts whose teacher vectors are targets, each once."""
    texts: dict[str, None] = {}
    for entry in corpus.entries:
        texts.update(dict.fromkeys((entry.head, entry.explained, entry.gloss or entry.head)))
    texts.update(dict.fromkeys(english for english, _ in corpus.inflected))
    texts.update(dict.fromkeys(english for english, _ in corpus.pairs))
    texts.update(dict.fromkeys(everyday))
    return list(texts)


def lesson_of(corpus: Corpus, texts: Sequence[str], ranks: dict[str, int], words: Words) -> Lesson:
    """Everything to learn from: what stands for what, common words more often."""
    row = {text: index for index, text in enumerate(texts)}
    pairs: list[tuple[str, str, int, int]] = []
    alone: dict[str, None] = {}
    for english, dutch, sense in _word_pairs(corpus):
        rank = ranks.get(english.lower(), EVERYDAY)
        times = 1 + (rank < EVERYDAY) + (rank < COMMON)
        pairs += [(english, dutch, row[english], row[sense])] * times
    for entry in corpus.entries:
        if entry.gloss:
            alone[entry.gloss] = None
            if entry.translations:
                shown = ", ".join(entry.translations)
                pairs.append((entry.explained, shown, row[entry.explained], row[entry.explained]))
        if not entry.translations:
            alone[entry.head] = None
    alone.update(dict.fromkeys(ranks))
    pairs += [(english, dutch, row[english], row[english]) for english, dutch in corpus.pairs]
    read = [(words.of(english), words.of(dutch), a, b) for english, dutch, a, b in pairs]
    read = [pair for pair in read if len(pair[0]) and len(pair[1])]
    single = [(ids, row[text]) for text in alone if len(ids := words.of(text))]
    return Lesson(
        tuple(pair[0] for pair in read),
        tuple(pair[1] for pair in read),
        np.array([pair[2:] for pair in read], np.int64),
        tuple(ids for ids, _ in single),
        np.array([target for _, target in single], np.int64),
    )


def _word_pairs(corpus: Corpus) -> Iterator[tuple[str, str, str]]:
    """(English, Dutch, English text that tells the sense) from the dictionary and its forms."""
    for entry in corpus.entries:
        for translation in entry.translations:
            yield entry.head, translation, entry.explained
    for english, dutch in corpus.inflected:
        yield english, dutch, english
