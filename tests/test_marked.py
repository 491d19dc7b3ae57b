"""Answers to questions with marked spans, on four tiny articles written here."""

import json
from pathlib import Path

import pytest

from evals.marked import run, table
from evals.xquad import Collection, half_of, open_retriever

ARTICLES = {
    "Kites": ("A kite needs a steady wind. The oldest kite was made of leaves in Borneo.",
              "Een vlieger heeft een vaste wind nodig. De oudste vlieger was van bladeren uit "
              "Borneo.", "Borneo"),
    "Bridges": ("The bridge in the harbour opened in 1931. It carries eight lanes of traffic.",
                "De brug in de haven ging open in 1931. Ze telt acht rijstroken.", "1931"),
    "Clocks": ("A water clock measures time by a leak. Monks used it to wake for prayer.",
               "Een waterklok meet de tijd met een lek. Monniken werden ermee wakker voor het "
               "gebed.", "gebed"),
    "Salt": ("Salt was mined in Hallstatt for seven thousand years. It kept fish from spoiling.",
             "Zout werd zevenduizend jaar lang gedolven in Hallstatt. Het hield vis goed.",
             "Hallstatt"),
    "Lenses": ("A lens of ice can light a fire. It must be clear and polished by hand.",
               "Een lens van ijs kan vuur maken. Ze moet helder zijn en met de hand gepolijst.",
               "ijs"),
}  # fmt: skip
ASKED = {
    "Kites": ("Where did they make the oldest kite?", "Waar maakten ze de oudste vlieger?"),
    "Bridges": ("When did the bridge in the harbour open?", "Wanneer ging de brug open?"),
    "Clocks": ("Why did monks use a water clock?", "Waarom gebruikten monniken een waterklok?"),
    "Salt": ("Where was salt mined?", "Waar werd zout gedolven?"),
    "Lenses": ("What can light a fire?", "Wat kan vuur maken?"),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    documents, questions = [], []
    for name, (english, dutch, answer) in ARTICLES.items():
        for lang, text in (("en", english), ("nl", dutch)):
            documents.append({"id": f"{name}-{lang}", "lang": lang, "title": "", "text": text,
                              "pair": name, "article": name})  # fmt: skip
        for lang, text in zip(("en", "nl"), ASKED[name], strict=True):
            other = {"en": "nl", "nl": "en"}[lang]
            in_english = {"Clocks": "prayer", "Lenses": "ice"}.get(name, answer)
            span = in_english if lang == "en" else answer
            questions.append({"id": f"q-{name}-{lang}", "lang": lang, "question": text,
                              "answers": [span], "doc_id": f"{name}-{lang}",
                              "xling_doc_id": f"{name}-{other}", "pair": f"q-{name}",
                              "answer_in_passage": True})  # fmt: skip
    for file, rows in (("documents", documents), ("questions", questions)):
        lines = "".join(json.dumps(row) + "\n" for row in rows)
        (tmp_path / f"{file}.jsonl").write_text(lines, encoding="utf-8")
    return tmp_path


def test_the_sentence_that_holds_the_span_and_its_twin_answer(folder: Path, tmp_path: Path) -> None:
    collection = Collection(folder)
    retriever = open_retriever(collection.ingest(["Kites"], tmp_path / "index"))
    question = next(q for q in collection.questions if q.article == "Kites")
    texts = {retriever.catalog.sentence(i).text for i in collection.answering(question, retriever)}
    assert texts == {
        "The oldest kite was made of leaves in Borneo.",
        "De oudste vlieger was van bladeren uit Borneo.",
    }


def test_every_direction_is_asked_and_a_quarter_is_left_out(folder: Path) -> None:
    asked = run(folder)
    assert {(a.question.language, a.articles) for a in asked} == {
        ("nl", "nl"), ("nl", "en"), ("en", "nl"), ("en", "en"),
    }  # fmt: skip
    assert len(asked) == 4 * len(ARTICLES)
    assert 0 < sum(not a.covered for a in asked) < len(asked)
    same = [a for a in asked if a.covered and a.question.language == a.articles]
    assert sum(a.first for a in same) >= len(same) - 2
    assert not any(a.right for a in asked if not a.covered)
    rows = table(asked).splitlines()
    assert len(rows) == 2 + 4
    assert all(row.count("|") == 9 for row in rows)


def test_both_halves_of_the_articles_are_told_by_name_alone() -> None:
    assert half_of("Warsaw") == half_of("Warsaw")
    assert {half_of(name) for name in "abcdefgh"} == {0, 1}


def test_visitors_questions_name_passages_and_spans_of_the_collection(folder: Path) -> None:
    line = {"id": "v", "article": "Salt", "paragraph": "Salt", "kind": "near", "lang": "nl",
            "question": "Hoe diep is de mijn?", "answers": []}  # fmt: skip
    path = folder / "visitors.jsonl"
    path.write_text(json.dumps(line) + "\n", encoding="utf-8")
    (question,) = Collection(folder).visitors(path)
    assert (question.article, question.kind, question.spans) == ("Salt", "near", ())
