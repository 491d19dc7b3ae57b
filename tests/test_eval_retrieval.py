"""The retrieval evals: grades, intervals, BEIR folders and the XQuAD converter."""

import json
from pathlib import Path

import numpy as np
import pytest

from evals.bm25 import BM25
from evals.convert_xquad import convert
from evals.retrieval import METRICS, directions, grades, interval, read_collection, run, table
from ingest.embedder import load_embedder

PASSAGES = {
    "1": ("Warsaw is the capital of Poland.", "Warschau is de hoofdstad van Polen."),
    "2": ("Whales are mammals and breathe air.", "Walvissen zijn zoogdieren en ademen lucht."),
    "3": ("The company sells batteries.", "Het bedrijf verkoopt batterijen."),
}
QUESTIONS = {
    "1": ("What is the Polish capital?", "Wat is de Poolse hoofdstad?"),
    "2": ("Do whales breathe?", "Ademen walvissen?"),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three passages and two questions in both languages, converted from XQuAD's form."""
    source = tmp_path / "source"
    source.mkdir()
    languages = ("en", "nl")
    documents = [
        {"id": f"{key}-{name}", "lang": name, "title": "", "text": texts[i], "article": key}
        for key, texts in PASSAGES.items()
        for i, name in enumerate(languages)
    ]
    questions = [
        {
            "id": f"q{key}-{name}",
            "lang": name,
            "question": texts[i],
            "doc_id": f"{key}-{name}",
            "xling_doc_id": f"{key}-{languages[1 - i]}",
        }
        for key, texts in QUESTIONS.items()
        for i, name in enumerate(languages)
    ]
    for file, rows in (("documents", documents), ("questions", questions)):
        lines = "\n".join(json.dumps(row) for row in rows)
        (source / f"{file}.jsonl").write_text(lines, "utf-8")
    assert convert(source, tmp_path / "beir") == (6, 4)
    assert convert(source, tmp_path / "half", "even") == (4, 2)
    return tmp_path / "beir"


def test_directions(folder: Path) -> None:
    found = [
        (name, len(asked), len(held)) for name, asked, held in directions(read_collection(folder))
    ]
    names = ["en→en", "en→nl", "en→both", "nl→en", "nl→nl", "nl→both"]
    assert found == [(name, 2, 6 if name.endswith("both") else 3) for name in names]


def test_hybrid_finds_what_words_alone_do_not(folder: Path) -> None:
    figures = run(folder, load_embedder())
    values = {(f.method, f.direction, f.metric): f.value for f in figures}
    assert values["lexical", "nl→en", "hit@1"] == 0
    for direction in ("en→en", "en→nl", "en→both", "nl→en", "nl→nl", "nl→both"):
        assert values["hybrid", direction, "nDCG@10"] == pytest.approx(1)
    assert all(f.low <= f.value <= f.high and f.questions == 2 for f in figures)
    assert table(figures).count("\n") == 1 + 6 * len(METRICS)


def test_languages_are_detected_where_not_given(folder: Path) -> None:
    corpus = folder / "corpus.jsonl"
    corpus.write_text(corpus.read_text("utf-8").replace(', "lang": "nl"', ""), "utf-8")
    assert [p.language for p in read_collection(folder).passages] == ["en", "nl"] * 3


@pytest.mark.parametrize(
    ("ranked", "expected"),
    [
        pytest.param("abc", (1.0, 1.0, 1.0, 1.0), id="ideal"),
        pytest.param("xab", (0.6934, 1.0, 0.5, 0.0), id="one too low"),
        pytest.param("axxxxxb", (0.8175, 0.5, 1.0, 1.0), id="second after five"),
        pytest.param("xyz", (0.0, 0.0, 0.0, 0.0), id="none"),
    ],
)
def test_grades(ranked: str, expected: tuple[float, ...]) -> None:
    assert grades(list(ranked), frozenset("ab")) == pytest.approx(expected, abs=1e-4)


def test_interval_is_repeatable_and_holds_the_mean() -> None:
    values = np.random.default_rng(1).random(200)
    low, high = interval(values)
    assert (low, high) == interval(values)
    assert low < values.mean() < high
    assert high - low == pytest.approx(2 * 1.96 * values.std() / 200**0.5, rel=0.1)


def test_bm25_prefers_the_rarer_word() -> None:
    index = BM25([("red fox", "en"), ("red hen", "en"), ("blue hens", "en")])
    assert index.best("the red hen", "en", 3) == [1, 0, 2]
    assert index.best("green", "en", 3) == []


def test_an_unknown_method_is_named(folder: Path) -> None:
    with pytest.raises(ValueError, match="sparse"):
        run(folder, load_embedder(), ["sparse"])
