"""The gate's own rules: floors, differences, accepting a release; and the command line."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from dataclasses import replace

import pytest
from reference import Reference, citable

from evals import baseline, stored
from evals.__main__ import main
from evals.compare import changed_rows, compare
from evals.evaluate import evaluate
from evals.figures import figures_of
from evals.gate import Floor, check_all, read_floors, verdict
from evals.library import Library
from evals.results import Figure, Result, Row
from evals.stored import ResultsError


def rows(right, count=100, lang="nl"):
    """Return rows of which the first `right` have all facts."""
    return tuple(
        Row(f"q{n}-{lang}", f"q{n}", lang, "direct", lang, "?", True, status="answered",
            scores={"facts": float(n < right), "utility": 1.0 if n < right else 0.0})
        for n in range(count)
    )  # fmt: skip


def judged(now, before=()):
    figures = figures_of(now, before, 2000)
    return Result({}, now, figures, check_all(now, figures, (), read_floors()))


def failed(result):
    return [check.name for check in result.checks if not check.passed]


def test_floor():
    assert judged(rows(92)).green
    assert failed(judged(rows(91))) == ["facts"]
    assert verdict(judged(rows(91))).startswith("RED: facts: 91.0 %, must be at least 92.0 %")


def test_kind_has_a_floor_of_its_own():
    some = tuple(replace(row, kind="typo") for row in rows(3, 5))
    assert "facts of typo" in failed(judged((*rows(95), *some)))


def test_two_points_worse_fails():
    assert judged(rows(97), rows(99)).green
    assert "All facts present, all, against the last release" in failed(judged(rows(96), rows(99)))


def test_wholly_below_zero_fails_whatever_its_size():
    """Of 2,000 questions ten lost and none won is half a point, and no chance."""
    red = failed(judged(rows(1985, 2000), rows(1995, 2000)))
    assert "All facts present, all, against the last release" in red
    assert judged(rows(1994, 2000), rows(1995, 2000)).green


def test_better_is_green():
    assert judged(rows(99), rows(93)).green


def test_only_common_questions_are_compared():
    before = rows(100)[:50]
    figure = figures_of(rows(97), before, 100)[0]
    assert (figure.common, figure.difference) == (50, 0.0)


def test_language_gap():
    both = (*rows(100, 100, "nl"), *rows(95, 100, "en"))
    assert failed(judged(both)) == ["language_gap"]


def test_nothing_measured_breaks_no_floor():
    assert Floor("facts", 0.9, True, "").holds(math.nan)


# ------------------------------------------------------------------------------ the last release


def test_accepting_takes_a_reason(tmp_path):
    with pytest.raises(ResultsError, match="takes a reason"):
        baseline.accept(judged(rows(95)), " ", path=tmp_path / "b.json")


def test_accepting_keeps_results_and_reason(tmp_path):
    path = tmp_path / "b.json"
    assert baseline.read_baseline(path) is None
    baseline.accept(judged(rows(95)), "first release", path=path)
    kept = baseline.read_baseline(path)
    assert kept.accepted == "first release"
    assert judged(rows(95), kept.rows).green


def test_broken_floor_is_lowered_only_by_name(tmp_path):
    path = tmp_path / "b.json"
    with pytest.raises(ResultsError, match="--lower-floor facts"):
        baseline.accept(judged(rows(90)), "new articles", path=path)
    with pytest.raises(ResultsError, match="No floor is called fact"):
        baseline.accept(judged(rows(90)), "new articles", ["fact"], path)
    kept = baseline.accept(judged(rows(90)), "new articles", ["facts"], path)
    assert kept.lowered == {"facts": {"limit": 0.9, "reason": "new articles"}}
    lowered = next(f for f in read_floors(lowered=kept.lowered) if f.name == "facts")
    assert lowered.holds(0.9)
    assert not lowered.holds(0.89)


def test_reached_floor_rises_again(tmp_path):
    path = tmp_path / "b.json"
    low = baseline.accept(judged(rows(90)), "new articles", ["facts"], path)
    better = replace(judged(rows(95)), lowered=low.lowered)
    assert baseline.accept(better, "back", path=path).lowered == {}


def test_broken_baseline(tmp_path):
    (tmp_path / "b.json").write_text("{}")
    with pytest.raises(ResultsError, match="holds no results"):
        baseline.read_baseline(tmp_path / "b.json")


def test_compare_names_what_changed():
    told = compare(judged(rows(95)), judged(rows(93)))
    assert "Lost: 2" in told
    assert "q93-nl" in told
    gained, lost = changed_rows(rows(93), rows(95))
    assert (len(gained), lost) == (2, [])


def test_nan_survives_storing(tmp_path):
    result = Result({}, rows(1, 1), (Figure("facts", "all", 1, 1.0, math.nan, math.nan),))
    stored.write(tmp_path / "r.json", result)
    assert math.isnan(stored.read(tmp_path / "r.json").figures[0].low)
    assert "NaN" not in (tmp_path / "r.json").read_text()


# ------------------------------------------------------------------------------- command line


@pytest.fixture
def environment(settings, monkeypatch):
    monkeypatch.setenv("ASSISTANT_CORPUS", str(settings.corpus))
    monkeypatch.setenv("ASSISTANT_INDEX", str(settings.index))


@pytest.fixture
def few(tmp_path):
    """A file of three questions that the assistant surely answers, refuses and greets."""
    path = tmp_path / "few.jsonl"
    lines = [
        {"id": "one-en", "lang": "en", "answerable": True, "facts": [["14,600"]],
         "question": "How many companies hold the title of Little Giant?"},
        {"id": "far-en", "lang": "en", "kind": "unanswerable-far", "answerable": False,
         "question": "Who painted the Mona Lisa?"},
        {"id": "hi-en", "lang": "en", "kind": "smalltalk", "answerable": True,
         "question": "Hello!"},
    ]  # fmt: skip
    path.write_text("\n".join(json.dumps(line) for line in lines), "utf-8")
    return path


def test_run_on_a_file_of_ones_own(environment, few, tmp_path, capsys):
    run = ["--questions", str(few), "--half", "all", "--baseline", str(tmp_path / "b.json"),
           "--report", str(tmp_path / "report"), "--json", "--junit"]  # fmt: skip
    status = main(run)
    told = capsys.readouterr().out
    assert told.startswith("GREEN: " if status == 0 else "RED: ")
    assert "All facts present" in told
    assert (tmp_path / "report" / "junit.xml").exists()
    assert main(["compare", *[str(tmp_path / "report" / "report.json")] * 2]) == 0
    assert "No figure differs." in capsys.readouterr().out


def test_explain_and_add(environment, few, capsys):
    assert main(["--questions", str(few), "explain", "one-en"]) == 0
    assert "Candidates" in capsys.readouterr().out
    assert main(["add", "How many companies hold the title?"]) == 0
    assert json.loads(capsys.readouterr().out)["lang"] == "en"


MISTAKES = {
    "no such file": (["--questions", "nowhere.jsonl"], "nowhere.jsonl"),
    "no such question": (["explain", "nobody-nl"], "has no question with the id nobody-nl"),
    "no such result": (["compare", "a.json", "b.json"], "holds no results"),
    "nothing to draft": (["add"], "Nothing to draft from"),
    "no such collection": (["retrieval", "nowhere"], "is no collection in BEIR's format"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistake_gets_a_line(name, environment, capsys):
    arguments, line = MISTAKES[name]
    assert main(arguments) == 2
    assert line in capsys.readouterr().err


def test_help_is_quick():
    """Help imports nothing heavy."""
    told = subprocess.run([sys.executable, "-X", "importtime", "-m", "evals", "--help"],
                          capture_output=True, text=True, check=True)  # fmt: skip
    assert "the gate" in told.stdout
    assert not any(heavy in told.stderr for heavy in ("chromadb", "llama_index", "gradio"))


def test_peers_run_on_the_same_questions(settings, assistant):
    from evals.peers import peers

    library = Library(assistant.articles())
    questions = citable(library)[:6]
    sides = peers(settings)
    found = evaluate(Reference(library, questions), questions, sides=sides, resamples=100)
    assert set(found.sides) == set(sides)
    for figures in found.sides.values():
        assert {f.metric: f.value for f in figures}["quotes_exact"] == 1.0
