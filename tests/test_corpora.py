"""Other pages than the start corpus: another topic, other layouts, and a page meant to hurt.

The questions' keys are written by hand (tests/corpora/make_questions.py).
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assistant import open_assistant
from evals.evaluate import evaluate
from evals.gate import verdict
from evals.library import Library
from evals.probes import probe_index
from evals.questions import load_questions
from ingest.build import build_index, read_corpus
from ingest.embedder import load_embedder
from ingest.settings import Settings

CORPORA = Path(__file__).parent / "corpora"
ALWAYS = ("evidence_indexed", "offsets", "article_language", "twins_agree", "lexical_finds",
          "dense_finds", "known_item", "crash", "repeats", "injection", "markers", "quotes_exact",
          "sources_right", "twins_right", "uncited", "wrong_number", "citation_recall")  # fmt: skip


@pytest.fixture(scope="module", params=["library", "stress"])
def run(request, tmp_path_factory):
    """Each corpus, ingested and asked."""
    index = tmp_path_factory.mktemp(request.param) / "index"
    settings = Settings(corpus=CORPORA / request.param, index=index)
    build_index(settings)
    questions = load_questions(CORPORA / request.param / "questions.jsonl", "all")
    return evaluate(open_assistant(settings), questions, resamples=200)


def test_sound_on_other_pages(run):
    """Whatever it knows of the topic: nothing lost, nothing invented, everything findable."""
    failed = [check for check in run.checks if check.name in ALWAYS and not check.passed]
    assert not failed, failed[0].says
    assert {check.name for check in run.checks} >= set(ALWAYS) - {"injection"}


def test_useful_on_other_pages(run):
    """Nothing is fitted to one article: on pages never seen, without expected questions."""
    assert run.figure("facts").value >= 0.75
    assert run.figure("recall5").value >= 0.9


def test_two_versions_and_three_layouts():
    corpus = read_corpus(CORPORA / "library", load_embedder())
    by_page = {(a.page, a.language): a for a in corpus.articles if a.kind == "article"}
    dutch = by_page["village-library.html", "nl"]
    assert by_page["village-library.html", "en"].translation_id == dutch.id
    assert sum(bool(s.twins) for s in dutch.sentences) >= 9
    assert by_page["repair-evening.md", "en"].author == "Bram Oosterlinck"
    assert by_page["book-bus.txt", "nl"].title == "De bibbus rijdt weer"


def test_stress_page_keeps_every_lot_and_drops_what_repeats():
    corpus = read_corpus(CORPORA / "stress", load_embedder())
    text = "\n".join(a.text for a in corpus.articles)
    for number in range(1, 21):
        assert f"Lot {number} is" in text
        assert f"voor {82 + 15 * number} euro" in text
    dropped = {row.reason for row in corpus.dropped}
    assert {"exact", "language"} <= dropped
    assert "cookies" not in text


def test_dedup_that_eats_another_figure_is_caught(tmp_path, monkeypatch):
    """The near-duplicates differ in two figures; by likeness alone, most lots would be lost."""
    for guard in ("same_facts", "_says_nothing_new"):
        monkeypatch.setattr(f"ingest.deduplicate.{guard}", lambda *_: True)
    settings = Settings(corpus=CORPORA / "stress", index=tmp_path / "index")
    build_index(settings)
    questions = load_questions(CORPORA / "stress" / "questions.jsonl", "all")
    first = verdict(evaluate(open_assistant(settings), questions, resamples=100))
    assert first.startswith("RED: evidence_indexed:"), first
    assert "Lot" in first


def test_dropped_page_is_caught(tmp_path):
    """Probes tell a lost page from the articles alone, before anything is asked."""
    corpus = read_corpus(CORPORA / "library", load_embedder())
    kept = [replace(a) for a in corpus.articles if a.page != "book-bus.txt"]
    questions = load_questions(CORPORA / "library" / "questions.jsonl", "all")
    lost = {p.name: p for p in probe_index(Library(kept), questions)}["evidence_indexed"]
    assert lost.value < 1
    assert "bus" in lost.example
