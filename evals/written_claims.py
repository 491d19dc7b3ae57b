"""The claims of written/claims.tsv, true and false, with the article sentences that each cites.

Some forty writers made them about the articles of ingest/embedder/asked and written/: 32,000 in
whatever words a good model might choose, and 9,000 that stay close to the text, as the prompt asks
of one; the false ones worded like the true, with one thing wrong. The entailment model learned
from them, but for those on every twelfth article.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from evals.questions import QuestionsError
from ingest.embedder.encoder_tuning import ASKED, rows_of
from ingest.records import Language

WRITTEN = Path(__file__).parent / "written"
HELD_OUT = 12  # the first of so many articles by name is kept back


@dataclass(frozen=True, slots=True)
class Claim:
    """What somebody wrote about an article, citing sentences of it by their numbers.

    `label` is "true" or what is wrong with it.
    """

    article: str
    numbers: tuple[int, ...]
    language: Language
    label: str
    text: str

    @property
    def true(self) -> bool:
        """Whether the sentences that it cites support it."""
        return self.label == "true"


def read_claims(path: Path = WRITTEN / "claims.tsv") -> list[Claim]:
    """Return the claims in the file's order; raise QuestionsError for a file that is none."""
    try:
        found = [
            Claim(name, tuple(map(int, numbers.split(","))), language_of(language), label, text)
            for name, numbers, language, label, text in rows_of(path)
        ]
        for claim in found:
            for number in claim.numbers:
                sentences()[claim.article, number]
    except (OSError, ValueError, KeyError) as error:
        raise QuestionsError(f"{path}: can't be read as a file of claims ({error}).") from error
    return found


@cache
def sentences() -> dict[tuple[str, int], tuple[Language, str]]:
    """Return (language, text) by article and number, from 0."""
    return {
        (name, int(number)): (language_of(language), text)
        for path in _files()
        for name, number, language, text in rows_of(path)
    }


@cache
def held_out() -> frozenset[str]:
    """Return the articles that nothing was learned from."""
    return frozenset(
        name
        for path in _files()
        for name in sorted({name for name, *_ in rows_of(path)})[::HELD_OUT]
    )


def _files() -> tuple[Path, ...]:
    return ASKED / "sentences.tsv", WRITTEN / "sentences.tsv"


def language_of(name: str) -> Language:
    """Return the language that a column names."""
    return "nl" if name == "nl" else "en"
