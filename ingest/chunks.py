"""Chunks: runs of whole sentences, small enough to be about one thing."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.records import Article, Chunk, Sentence

BULLETS = "-*•–·▪ \t\r\n"
HEADING_CHARACTERS = 300  # of headings above a chunk; more is a list of headings
CHUNK_CHARACTERS = 700  # about 110 words, a paragraph; a longer sentence is a chunk of its own


def build_chunks(articles: list[Article]) -> list[Chunk]:
    """Return the chunks of all articles; every sentence is in exactly one."""
    return [chunk for article in articles for chunk in _chunks(article)]


def _chunks(article: Article) -> Iterator[Chunk]:
    """Yield an article's chunks; a heading, which is no sentence, goes with what it heads."""
    covered = 0
    for index, run in enumerate(_runs(article)):
        between = article.text[covered : run[0].start]
        headed = run[0].start - covered <= HEADING_CHARACTERS and between.strip(BULLETS)
        start = covered + len(between) - len(between.lstrip()) if headed else run[0].start
        covered = end = run[-1].end
        yield Chunk(
            f"{article.id}-{index}",
            article.id,
            article.language,
            start,
            end,
            article.text[start:end],
            tuple(sentence.id for sentence in run),
        )


def _runs(article: Article) -> Iterator[list[Sentence]]:
    """Yield runs of sentences that end at a paragraph's end where the size allows."""
    run: list[Sentence] = []
    for sentence in article.sentences:
        if run and _ends_before(article, run, sentence):
            yield run
            run = []
        run.append(sentence)
    if run:
        yield run


def _ends_before(article: Article, run: list[Sentence], sentence: Sentence) -> bool:
    if sentence.end - run[0].start > CHUNK_CHARACTERS:
        return True
    new_paragraph = "\n\n" in article.text[run[-1].end : sentence.start]
    return new_paragraph and run[-1].end - run[0].start > CHUNK_CHARACTERS // 3
