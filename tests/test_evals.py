"""Question files, and a run of the real assistant from asking to report."""

from __future__ import annotations

import json

import pytest
from reference import Reference, citable

from assistant.records import Answer
from evals import stored
from evals.draft import draft, logged_questions
from evals.evaluate import evaluate
from evals.explain import explain
from evals.figures import figures_of
from evals.library import Library
from evals.metrics import missing_facts
from evals.questions import QuestionsError, load_questions
from evals.report import as_junit, as_markdown, as_text, write_report
from evals.rows import rows_of
from evals.run import Asked

# ------------------------------------------------------------------------------- question files


def test_halves_are_apart():
    gate, tuning = load_questions(half="gate"), load_questions(half="tuning")
    assert not {q.id for q in gate} & {q.id for q in tuning}
    assert len(gate) + len(tuning) == len(load_questions(half="all"))


BROKEN = {
    "not json": ("{", "is not JSON"),
    "unknown field": ('{"id": "a", "language": "nl"}', "expected an object with the fields"),
    "missing field": ('{"id": "a-nl", "lang": "nl"}', "lacks answerable, question"),
    "language": ('{"id": "a", "lang": "fr", "question": "?", "answerable": true}', "lang is 'fr'"),
    "kind": ('{"id": "a", "lang": "nl", "kind": "odd", "question": "?", "answerable": true}',
             "kind is 'odd'"),
    "fact": ('{"id": "a", "lang": "nl", "question": "?", "answerable": true, "facts": ["x"]}',
             "each fact is a list"),
    "pattern": ('{"id": "a", "lang": "nl", "question": "?", "answerable": true, "facts": [["("]]}',
                "is no regular expression"),
    "empty": ("", "holds no question"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_broken_question_file(name, tmp_path):
    line, problem = BROKEN[name]
    (tmp_path / "q.jsonl").write_text(line, "utf-8")
    with pytest.raises(QuestionsError, match=r"q\.jsonl") as caught:
        load_questions(tmp_path / "q.jsonl", "all")
    assert problem in str(caught.value)


def test_id_twice(tmp_path):
    line = '{"id": "a-nl", "lang": "nl", "question": "?", "answerable": true}\n'
    (tmp_path / "q.jsonl").write_text(line * 2, "utf-8")
    with pytest.raises(QuestionsError, match="a-nl"):
        load_questions(tmp_path / "q.jsonl")


# --------------------------------------------------------------------------- the run as a whole


@pytest.fixture(scope="module")
def real(assistant):
    """A run of the real assistant on a few questions of each kind."""
    chosen = [q for n, q in enumerate(load_questions()) if n % 6 == 0]
    return evaluate(assistant, chosen, sides={"itself": assistant}, resamples=500), chosen


def test_two_runs_are_the_same_but_for_timings(real, assistant):
    first, chosen = real
    second = evaluate(assistant, chosen, sides={"itself": assistant}, resamples=500)
    assert untimed(first) == untimed(second)


def untimed(result):
    document = json.loads(stored.as_json(result))
    del document["timings"]
    return json.dumps(document)


def test_stored_and_read_again(real, tmp_path):
    stored.write(tmp_path / "run.json", real[0])
    again = stored.read(tmp_path / "run.json")
    assert [row.id for row in again.rows] == [row.id for row in real[0].rows]
    assert again.rows[0].scores == real[0].rows[0].scores
    assert (
        json.loads(stored.as_json(again))["questions"]
        == json.loads(stored.as_json(real[0]))["questions"]
    )


def test_every_answer_of_the_assistant_is_sound(real):
    """Whatever it answers: exact quotes, markers that resolve, support, no exception."""
    for name in ("quotes_exact", "sources_right", "markers", "citation_recall", "repeats"):
        assert real[0].figure(name).value == 1.0, name
    assert real[0].figure("crash").value == 0.0


def test_reports(real, tmp_path):
    files = write_report(tmp_path, real[0], ("html", "json", "junit", "markdown"))
    page = files[0].read_text("utf-8")
    assert "<svg" in page
    assert not any(outside in page for outside in ("http://", "https://", "<script", "@import"))
    first = as_text(real[0]).splitlines()[0]
    assert first.startswith(("GREEN: ", "RED: "))
    assert as_markdown(real[0]).startswith(f"**{first}**")
    assert f'tests="{len(real[0].rows)}"' in as_junit(real[0])


def test_explain_tells_the_whole_story(assistant):
    question = next(q for q in load_questions() if q.kind == "direct")
    told = explain(assistant, question)
    for part in (question.question, "Candidates", "Answer:", "Expected", "All facts present"):
        assert part in told


def test_draft_is_a_valid_question(assistant, tmp_path):
    line = draft(assistant, "How many companies hold the title of Little Giant?")
    (tmp_path / "q.jsonl").write_text(line, "utf-8")
    (drafted,) = load_questions(tmp_path / "q.jsonl", "all")
    assert drafted.lang == "en"
    given = assistant.ask(drafted.question)
    assert not missing_facts(drafted, given)


def test_uncovered_questions_of_a_log(tmp_path, assistant):
    """What the web chat logs, `add --from-log` reads."""
    from ui.log import QuestionLog

    path = tmp_path / "log.sqlite"
    log = QuestionLog(path)
    uncovered = Answer("1", "Who painted the Mona Lisa?", "en", "not_covered")
    for given in (uncovered, uncovered, Answer("2", "How many are there?", "en", "answered")):
        log.answered(given, 0.01)
    assert logged_questions(path) == ["Who painted the Mona Lisa?"]


def test_no_log(tmp_path):
    with pytest.raises(QuestionsError, match="is no question log"):
        logged_questions(tmp_path / "log.sqlite")
    assert not (tmp_path / "log.sqlite").exists()
    (tmp_path / "log.sqlite").write_text("something else entirely")
    with pytest.raises(QuestionsError, match="is no question log"):
        logged_questions(tmp_path / "log.sqlite")


def test_typing_errors_are_held_against_the_clean_question(assistant):
    library = Library(assistant.articles())
    questions = citable(library)
    asked = [q for q in questions if q.kind in ("typo", "direct")]
    reference = Reference(library, questions)
    rows = rows_of([Asked(q, reference.ask(q.question)) for q in asked], library)
    figures = {f.metric: f.value for f in figures_of(rows, (), 100) if f.slice == "all"}
    assert figures["typo_ratio"] == 1.0
