"""The lexical half of the index: tantivy on disk, one field for each language.

Words are indexed as they stand; inflection, synonyms and translation are the question's affair:
each of its words comes as a group of corpus words with weights, of which a passage counts only
the best match. BM25 with disjunction-max does exactly that.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import tantivy

from ingest.records import LANGUAGES, Language
from ingest.words import words

HEAP = 64_000_000  # bytes; tantivy's writer flushes a segment when it is full
Group = Sequence[tuple[str, float]]  # one question word's matches in the corpus, with weights


class LexicalIndex:
    """Passages by their words; `search` is safe to call from several threads."""

    def __init__(self, folder: Path) -> None:
        self._index = tantivy.Index.open(str(folder))
        self._schema = self._index.schema
        self._searcher = self._index.searcher()

    @staticmethod
    def write(folder: Path, passages: Iterable[tuple[str, Language, str]]) -> None:
        """Write (id, language, text) passages to a new folder; raise OSError if it can't."""
        folder.mkdir(parents=True)
        try:
            index = tantivy.Index(_schema(), path=str(folder))
            writer = index.writer(heap_size=HEAP, num_threads=1)
            for identity, language, text in passages:
                document = tantivy.Document()
                document.add_text("id", identity)
                document.add_text(language, " ".join(words(text)))
                writer.add_document(document)
            writer.commit()
            writer.wait_merging_threads()
        except ValueError as error:  # what tantivy raises for a disk that is full or read-only
            raise OSError(f"tantivy: {error}") from error

    def __len__(self) -> int:
        return int(self._searcher.num_docs)

    def search(
        self, language: Language, groups: Sequence[Group], limit: int
    ) -> list[tuple[str, float]]:
        """Return (id, score) of the passages that match best, best first."""
        alternatives = [self._best_of(language, group) for group in groups if group]
        if not alternatives:
            return []
        query = tantivy.Query.boolean_query([(tantivy.Occur.Should, q) for q in alternatives])
        hits = self._searcher.search(query, limit, count=False).hits
        return [(self._searcher.doc(address)["id"][0], score) for score, address in hits]

    def _best_of(self, language: Language, group: Group) -> tantivy.Query:
        terms = [
            tantivy.Query.boost_query(
                tantivy.Query.term_query(self._schema, language, word), weight
            )
            for word, weight in group
        ]
        return tantivy.Query.disjunction_max_query(terms)


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    for language in LANGUAGES:
        builder.add_text_field(language, tokenizer_name="whitespace", index_option="freq")
    return builder.build()
