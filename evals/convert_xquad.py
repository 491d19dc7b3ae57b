"""XQuAD in Dutch and English → BEIR's format: python -m evals.convert_xquad SRC OUT

SRC holds documents.jsonl (id, lang, title, text, article) and questions.jsonl (id, lang,
question, doc_id, xling_doc_id). A question's paragraph counts in either language, so the folder
serves each direction and the mixed index. --articles even|odd keeps half of the articles, in
alphabetical order: one half to tune on, the other to report.
"""

import argparse
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any


def convert(source: Path, out: Path, articles: str = "all") -> tuple[int, int]:
    """Write corpus.jsonl, queries.jsonl and qrels/test.tsv; return (passages, questions)."""
    documents = _read(source / "documents.jsonl")
    titles = sorted({document["article"] for document in documents})
    kept = set({"all": titles, "even": titles[::2], "odd": titles[1::2]}[articles])
    documents = [document for document in documents if document["article"] in kept]
    ids = {document["id"] for document in documents}
    questions = [q for q in _read(source / "questions.jsonl") if q["doc_id"] in ids]
    (out / "qrels").mkdir(parents=True, exist_ok=True)
    _write(
        out / "corpus.jsonl",
        (
            {"_id": d["id"], "title": d["title"], "text": d["text"], "lang": d["lang"]}
            for d in documents
        ),
    )
    _write(
        out / "queries.jsonl",
        ({"_id": q["id"], "text": q["question"], "lang": q["lang"]} for q in questions),
    )
    rows = [f"{q['id']}\t{q[key]}\t1" for q in questions for key in ("doc_id", "xling_doc_id")]
    header = "query-id\tcorpus-id\tscore"
    (out / "qrels" / "test.tsv").write_text("\n".join([header, *rows]) + "\n", "utf-8")
    return len(documents), len(questions)


def _read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def _write(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    lines = (json.dumps(row, ensure_ascii=False) for row in rows)
    path.write_text("\n".join(lines) + "\n", "utf-8")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="XQuAD (Dutch, English) to BEIR's format.")
    parser.add_argument("source", type=Path, help="folder with documents.jsonl, questions.jsonl")
    parser.add_argument("out", type=Path, help="folder to write")
    parser.add_argument(
        "--articles", choices=["all", "even", "odd"], default="all", help="which half to keep"
    )
    given = parser.parse_args()
    passages, questions = convert(given.source, given.out, given.articles)
    print(f"{passages} passages, {questions} questions written to {given.out}")


if __name__ == "__main__":
    main()
