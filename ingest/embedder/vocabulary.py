"""The student's vocabulary: words of both languages, their inflected forms, and word parts."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ingest.embedder.corpus import Corpus
from ingest.embedder.static import WORD_PATTERN, fold
from ingest.words import stem

UNKNOWN = ("[UNK]", -99.0)
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
PARTS = 3500  # word beginnings and endings that are no words: "heid", "ation"
LONGEST = 24  # letters; longer words are cut into pieces
_WORD = re.compile(WORD_PATTERN)
_PREFIX = (
    "aan|af|bij|binnen|door|in|los|mee|na|neer|om|onder|op|over|samen|tegen|terug|toe|uit|vast|"
    "voor|weg"
)
_PARTICIPLE = re.compile(f"({_PREFIX})?ge([a-z]{{3,}}?)(?:de|te|den|ten|d|t|en)?$")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Pieces in the order of their ids, with the scores that decide how words are cut."""

    pieces: tuple[tuple[str, float], ...]  # (piece, score); 0 is the unknown piece
    counts: Mapping[str, int]  # how often a word is in the training texts

    def features(self) -> list[list[str]]:
        """For each piece what it shares with others: stems and letter 4- to 6-grams.

        A feature that only one piece has is left out, an n-gram that only two have as well.
        """
        found = [[*_stems(piece), *_ngrams(piece)] for piece, _ in self.pieces]
        sharing = Counter(feature for features in found for feature in set(features))
        return [[f for f in features if sharing[f] >= (2 if "_" in f else 3)] for features in found]


def build_vocabulary(corpus: Corpus, teacher_words: Iterable[str]) -> Vocabulary:
    """Every word of the training texts and the teacher's own, their forms, and common parts."""
    counts: Counter[str] = Counter()
    for text in corpus.texts():
        counts.update(split(text))
    extra = {fold(form): None for pair in corpus.inflected for form in pair}
    listed = dict.fromkeys([*counts, *teacher_words, *extra])
    known = {word: None for word in listed if word[0].isalpha() and 1 < len(word) <= LONGEST}
    parts = [*_parts(known), *_shared_stems(known)]
    costs = {word: _cost(word) - min(2.0, 0.25 * math.log1p(counts[word])) for word in known}
    for part in parts:
        costs.setdefault(part, {2: 18.0, 3: 16.0}.get(len(part), 13.0))
    for letter in LETTERS:
        costs.setdefault(letter, 25.0)
    pieces = tuple((piece, -round(cost, 1)) for piece, cost in costs.items())
    return Vocabulary((UNKNOWN, *pieces), counts)


def split(text: str) -> list[str]:
    """The folded words of a text, as the tokenizer sees them."""
    return _WORD.findall(fold(text))


def _cost(word: str) -> float:
    """Long words are cheap pieces; two of any are dearer than one, so whole words stay whole."""
    return {2: 17.0, 3: 14.0}.get(len(word), 11.5)


def _parts(known: Mapping[str, object]) -> list[str]:
    """The beginnings and endings of 2 to 6 letters that spare the most pieces."""
    edges: Counter[str] = Counter()
    for word in known:
        for size in range(2, min(7, len(word))):
            edges[word[:size]] += 1
            edges[word[-size:]] += 1
    spared = Counter(
        {
            part: count * (len(part) - 1)
            for part, count in edges.items()
            if part not in known and part.isalpha()
        }
    )
    return [part for part, _ in spared.most_common(PARTS)]


def _shared_stems(known: Mapping[str, object]) -> list[str]:
    """Stems of four letters or more that several words begin with, and that are no words."""
    found: Counter[str] = Counter()
    for word in known:
        # A dict, not a set: the order of pieces must not hang on Python's string hashing.
        stems = dict.fromkeys(stem(word, language) for language in ("nl", "en"))
        found.update(s for s in stems if len(s) >= 4 and s != word and word.startswith(s))
    return [s for s, count in found.items() if count >= 2 and s not in known]


def _stems(word: str) -> list[str]:
    """Stems by language, and for a participle that of its verb: "nl_aanlegg" for aangelegd."""
    if len(word) < 4 or not word.isalpha():
        return []
    found = {f"nl_{stem(word, 'nl')}": None, f"en_{stem(word, 'en')}": None}
    if participle := _PARTICIPLE.match(word):
        verb = (participle[1] or "") + participle[2]
        found[f"nl_{stem(verb + 'en', 'nl')}"] = None
        found[f"nl_{stem(verb, 'nl')}"] = None
    return list(found)


def _ngrams(word: str) -> list[str]:
    if len(word) < 4:
        return []
    marked = f"<{word}>"
    return [marked[i : i + n] for n in (4, 5, 6) for i in range(len(marked) - n + 1)]
