"""What each part of the hybrid ranking is worth: python -m evals.ablation DIR

DIR is a folder in BEIR's format. One part at a time is left out, halved or doubled; nDCG@10 by
language direction, every passage ranked.
"""

import argparse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from evals.retrieval import Collection, Text, directions, grades, read_collection
from ingest import bilingual
from ingest.bilingual import Lexicon, Passage, ask, rank_passages
from ingest.embedder import Embedder, load_embedder
from ingest.sentences import sentence_spans

WEIGHTS = ("LEXICAL", "LATE", "BEST_SENTENCE", "DENSE", "DENSE_SENTENCE")
Change = dict[str, float]


def variants() -> Iterator[tuple[str, Change]]:
    """(name, constants of ingest.bilingual to change) for each row of the table."""
    alone = dict.fromkeys(WEIGHTS, 0.0)
    yield "as shipped", {}
    yield "expansion (BM25 over best matches) alone", alone | {"LEXICAL": 1.0}
    yield "late interaction alone", alone | {"LATE": 1.0}
    yield "dense alone", alone | {"DENSE": 1.0}
    yield "dense, best sentence, alone", alone | {"DENSE_SENTENCE": 1.0}
    for name in WEIGHTS:
        yield f"without {name}", {name: 0.0}
    yield "without both dense parts", {"DENSE": 0.0, "DENSE_SENTENCE": 0.0}
    for name in WEIGHTS:
        yield f"half {name}", {name: getattr(bilingual, name) / 2}
        yield f"twice {name}", {name: getattr(bilingual, name) * 2}
    yield "floor .3", {"EXPANSION_FLOOR": 0.3}
    yield "floor .5", {"EXPANSION_FLOOR": 0.5}
    yield "4 expansions", {"EXPANSIONS": 4}
    yield "without likeness of spelling", {"_GRAM": 100}


def table(collection: Collection, embedder: Embedder) -> Iterator[str]:
    """The lines of a Markdown table."""
    parts = [part for part in directions(collection) if not part[0].endswith("both")]
    yield "| | " + " | ".join(name for name, _, _ in parts) + " | mean |"
    yield "|" + "---|" * (len(parts) + 2)
    for name, change in variants():
        with _changed(change):
            found = [_ndcg(part[1], part[2], collection, embedder) for part in parts]
        shown = " | ".join(f"{value:.3f}" for value in [*found, float(np.mean(found))])
        yield f"| {name} | {shown} |"


@contextmanager
def _changed(change: Change) -> Iterator[None]:
    before = {name: getattr(bilingual, name) for name in change}
    try:
        for name, value in change.items():
            setattr(bilingual, name, value)
        yield
    finally:
        for name, value in before.items():
            setattr(bilingual, name, value)


def _ndcg(
    questions: Sequence[Text], passages: Sequence[Text], collection: Collection, embedder: Embedder
) -> float:
    language = passages[0].language
    lexicon = Lexicon.of_texts((p.text for p in passages), language, embedder)
    prepared = [
        Passage.of_sentences([p.text[a:b] for a, b in sentence_spans(p.text)], lexicon, embedder)
        for p in passages
    ]
    held = frozenset(passage.id for passage in passages)
    values = []
    for question in questions:
        asked = ask(question.text, question.language, [lexicon], embedder)
        order = np.argsort(-rank_passages(asked, prepared), kind="stable")[:10]
        relevant = collection.relevant[question.id] & held
        values.append(grades([passages[i].id for i in order], relevant)[0])
    return float(np.mean(values))


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path, help="corpus.jsonl, queries.jsonl, qrels/test.tsv")
    collection = read_collection(parser.parse_args().folder)
    for line in table(collection, load_embedder()):
        print(line, flush=True)


if __name__ == "__main__":
    main()
