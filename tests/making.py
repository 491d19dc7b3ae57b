"""Small pages and corpora for the tests of ingestion, and the steps over them in one call."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ingest.articles import build_articles
from ingest.blocks import page_blocks
from ingest.catalog import Catalog
from ingest.deduplicate import deduplicate
from ingest.records import Article, Block, Chunk, Dropped, Page

ROOT = Path(__file__).parent.parent
REAL_PAGE = (ROOT / "corpus/pages/little-giants.txt").read_text("utf-8")

DUTCH = (
    "De windmolens\n\n"
    "Op zee staan er nu 399 windmolens, en volgend jaar komen er nog eens 40 bij. "
    "De stroom gaat met kabels onder de grond naar de kust.\n\n"
    "Niet iedereen is daar blij mee. Vissers verliezen een deel van hun water."
)
ENGLISH = (
    "The wind turbines\n\n"
    "There are now 399 wind turbines at sea, and next year another 40 will be added. "
    "The power travels to the coast through cables under the ground.\n\n"
    "Not everyone is happy with that. Fishermen lose a part of their water."
)
FRENCH = (
    "Les éoliennes en mer\n\nIl y a maintenant 399 éoliennes en mer du Nord, et l'année prochaine "
    "il y en aura encore quarante de plus.\n\nPrêt à investir ?\n\nLe courant arrive sur la côte "
    "par des câbles enterrés sous le sable de la plage, à plusieurs kilomètres du port."
)


def write_corpus(folder: Path, **pages: str) -> Path:
    """Write each page as pages/<name>.txt under `folder`, and return the folder."""
    (folder / "pages").mkdir(parents=True, exist_ok=True)
    for name, text in pages.items():
        (folder / "pages" / f"{name}.txt").write_text(text, "utf-8")
    return folder


def ingested(*pages: Page) -> tuple[list[Article], list[Dropped], list[Block]]:
    """Return the articles, the ledger and all blocks of some pages, in the order given."""
    blocks = [block for page in pages for block in page_blocks(page)]
    kept, dropped = deduplicate(blocks)
    return build_articles(pages, kept), dropped, blocks


def of_text(text: str) -> list[Article]:
    """Return the articles of one plain page."""
    return ingested(Page("page.txt", text))[0]


def stored_chunks(catalog: Catalog) -> list[Chunk]:
    """Return the chunks that a catalog's sentences are in."""
    held = [s.id for article in catalog.articles() for s in article.sentences]
    return [catalog.chunk(one) for one in dict.fromkeys(map(catalog.chunk_of, held))]


def sentences(articles: Iterable[Article]) -> list[str]:
    """Return the text of every sentence of some articles."""
    return [sentence.text for article in articles for sentence in article.sentences]
