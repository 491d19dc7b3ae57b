"""Answers to XQuAD's questions beside the plain alternative: python -m evals marked FOLDER

Four directions: the articles in one language, the questions in each. An answer is right when its
quotes hold the span that is marked in the passage. The plain alternative is the best sentence of
BM25 over stems. A quarter of the articles is left out of the index; what is asked of those is not
covered, and the confidence (or BM25's top score) should tell it from what is.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from assistant import Assistant
from evals import bootstrap
from evals.bm25 import BM25
from evals.xquad import Collection, Marked
from ingest.embedder import load_embedder
from ingest.index import open_index
from ingest.records import LANGUAGES, Language, Sentence

SHOWN = 3  # sentences of BM25 that are held beside an answer of as many at most


@dataclass(frozen=True, slots=True)
class Asked:
    """One question asked of articles in one language, and what came of it."""

    question: Marked
    articles: Language
    covered: bool  # whether its article is in the index
    answered: bool
    right: bool  # whether what is shown holds a marked span, refused or not
    first: bool  # whether the best sentence does
    confidence: float
    plain_first: bool  # … of BM25
    plain_three: bool
    plain_score: float


def run(folder: Path) -> list[Asked]:
    """Ask every question of the articles in each language."""
    collection = Collection(folder)
    kept = [name for name in collection.articles if not _left_out(name)]
    asked: list[Asked] = []
    for language in LANGUAGES:
        with tempfile.TemporaryDirectory() as scratch:
            settings = collection.ingest(kept, Path(scratch), [language])
            embedder = load_embedder()
            assistant = Assistant(open_index(settings.index, embedder.name), embedder)
            asked += _ask(collection.questions, kept, language, assistant)
            assistant.close()
    return asked


def _ask(
    questions: Sequence[Marked], kept: Sequence[str], language: Language, assistant: Assistant
) -> Iterator[Asked]:
    sentences: list[Sentence] = [s for a in assistant.articles() for s in a.sentences]
    plain = BM25([(sentence.text, language) for sentence in sentences])
    # disable=None: no bar where the output is no terminal.
    for question in tqdm(questions, desc=f"articles in {language}", leave=False, disable=None):
        spans = [span for identity, span in question.spans if identity.endswith(f"-{language}")]
        if not spans:  # the translation lost it: nothing to be right about
            continue
        trace = assistant.explain(question.text, language=question.language)
        quotes = [citation.quote for citation in trace.answer.citations]
        best = [e.text for e in trace.candidates[:1]]
        scores = plain.scores(question.text, question.language)
        top = [sentences[i].text for i in plain.best(question.text, question.language, SHOWN)]
        yield Asked(
            question=question,
            articles=language,
            covered=question.article in kept,
            answered=trace.answer.status in ("answered", "partly", "contact"),
            right=_holds(quotes, spans),
            first=_holds(best, spans),
            confidence=trace.answer.confidence,
            plain_first=_holds(top[:1], spans),
            plain_three=_holds(top, spans),
            plain_score=float(scores.max(initial=0.0)),
        )


def table(asked: Sequence[Asked]) -> str:
    """Return the figures as a Markdown table, a row a direction, with 95 % intervals."""
    lines = [
        "| questions → articles | best sentence right | BM25 | answer right | refused "
        "| BM25's first three | AUROC of confidence | of BM25's score |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for to in LANGUAGES:
        for source in LANGUAGES:
            rows = [a for a in asked if a.articles == to and a.question.language == source]
            lines.append(_row(f"{source} → {to} ({len(rows)})", rows))
    return "\n".join(lines)


def _row(name: str, rows: Sequence[Asked]) -> str:
    covered = [a for a in rows if a.covered]
    drawn = bootstrap.weights([a.question.article for a in covered])
    every = bootstrap.weights([a.question.article for a in rows])

    def share(values: Sequence[bool]) -> str:
        value, low, high = bootstrap.interval(bootstrap.means([float(v) for v in values], drawn))
        return f"{value:.3f} [{low:.3f}, {high:.3f}]"

    def auroc(scores: Sequence[float]) -> str:
        samples = bootstrap.aurocs(scores, [a.covered for a in rows], every)
        value, low, high = bootstrap.interval(samples)
        return f"{value:.3f} [{low:.3f}, {high:.3f}]"

    cells = (
        share([a.first for a in covered]),
        share([a.plain_first for a in covered]),
        share([a.right and a.answered for a in covered]),
        share([not a.answered for a in covered]),
        share([a.plain_three for a in covered]),
        auroc([a.confidence for a in rows]),
        auroc([a.plain_score for a in rows]),
    )
    return f"| {name} | {' | '.join(cells)} |"


def _holds(texts: Sequence[str], spans: Sequence[str]) -> bool:
    return any(span in text for text in texts for span in spans)


def _left_out(article: str) -> bool:
    """Return whether an article is in the quarter that is left out, by its name alone."""
    return int(hashlib.sha1(article.encode()).hexdigest(), 16) % 4 == 3
