"""python -m ingest, as a user types it: what it prints and its exit status."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from making import DUTCH, ENGLISH, ROOT, write_corpus

from ingest.__main__ import main
from ingest.generations import writing
from ingest.index import current_generation


@pytest.fixture
def typed(tmp_path: Path) -> list[str]:
    """The arguments for a small corpus and an index of its own."""
    corpus = write_corpus(tmp_path / "corpus", sea=f"{DUTCH}\n\n{ENGLISH}\n\nMenu")
    return [str(corpus), "--index", str(tmp_path / "index")]


def test_build_then_nothing_changed(
    typed: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "corpus/pages/scan.pdf").write_bytes(b"%PDF")
    assert main(typed) == 0
    printed = capsys.readouterr().out
    assert "Indexed 2 articles, 8 sentences" in printed
    assert "Left out 1 blocks of page furniture: see --ledger." in printed
    assert "scan.pdf (save it as .txt" in printed
    assert main(typed) == 0
    assert capsys.readouterr().out.startswith("Nothing has changed: the index holds 2 articles")
    assert main([*typed, "--rebuild"]) == 0
    assert "as before" in capsys.readouterr().out


def test_ledger_articles_and_unpaired_write_nothing(
    typed: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    page = tmp_path / "corpus/pages/sea.txt"
    lone = "De kust wacht intussen op een besluit van de regering over de kabels."
    page.write_text(f"{DUTCH} {lone}\n\n{ENGLISH}\n\n{DUTCH.split()[0]} Menu\n\nMenu", "utf-8")
    assert main([*typed, "--articles", "--ledger", "--unpaired"]) == 0
    printed = capsys.readouterr().out
    assert "sentences, 4 with a twin  De windmolens" in printed
    assert 'furniture: "Menu"' in printed
    assert "blocks left out." in printed
    assert f"not in en: {lone}\n    ours: (none" in printed
    assert not (tmp_path / "index").exists()


def test_stale_editorial_entries_are_told(
    typed: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "corpus/translations.toml").write_text(
        "[[translation]]\ntext = 'Die zin is weg.'\nlanguage = 'nl'\ntranslation = 'It is gone.'\n"
    )
    assert main(typed) == 0
    printed = capsys.readouterr().out
    assert 'Stale translation, its sentence has changed: "Die zin is weg."' in printed


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        ("missing folder", 2, ["Nothing was changed", "there is no such folder"]),
        ("bad page", 2, ["Nothing was changed", "sea.txt: is not UTF-8", "iconv"]),
        ("bad toml", 2, ["Nothing was changed", "sea.toml: is no valid TOML"]),
        ("bad setting", 2, ["ASSISTANT_INDX is not a setting", "ASSISTANT_INDEX"]),
        ("busy", 1, ["another ingest is writing", "Wait"]),
        ("unknown embedder", 1, ["openai:MODEL@https"]),
    ],
)
def test_trouble_is_one_line_each_and_a_status(
    typed: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    change: str,
    status: int,
    words: list[str],
) -> None:
    pages = tmp_path / "corpus/pages"
    if change == "missing folder":
        typed[0] = str(tmp_path / "elsewhere")
    elif change == "bad page":
        (pages / "sea.txt").write_bytes("Café à la carte in Oostende, zei ze.".encode("cp1252"))
    elif change == "bad toml":
        (pages / "sea.toml").write_text("url")
    elif change == "bad setting":
        monkeypatch.setenv("ASSISTANT_INDX", "x")
    elif change == "unknown embedder":
        monkeypatch.setenv("ASSISTANT_EMBEDDER", "openai:nowhere")
    if change == "busy":
        with writing(tmp_path / "index"):
            assert main(typed) == status
    else:
        assert main(typed) == status
    told = capsys.readouterr()
    assert told.out == ""
    assert all(word in told.err for word in words)
    assert len(told.err.splitlines()) <= 2
    assert current_generation(tmp_path / "index") is None


def test_an_unknown_option_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--leger"])
    assert caught.value.code == 2
    assert "--leger" in capsys.readouterr().err


def test_help_names_the_exit_statuses(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--help"])
    assert caught.value.code == 0
    told = capsys.readouterr().out
    assert "exit status: 0 done" in told
    assert "--unpaired" in told


# An index of two articles is written too soon to be caught at it on a busy machine.
HELD = """
import os, signal, sys, time
from ingest import build
signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background ignores it
def hold(*_):  # all is written, nothing published
    open(os.environ["HELD"], "w").close()
    time.sleep(120)
build.check = hold
from ingest.__main__ import main
sys.exit(main())
"""


def test_ctrl_c_stops_at_once_and_leaves_nothing(typed: list[str], tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", HELD, *typed],
        cwd=ROOT,
        env={**os.environ, "PYTHONIOENCODING": "ascii", "HELD": str(tmp_path / "held")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    generations = tmp_path / "index/generations"
    end = time.monotonic() + 60
    while not (tmp_path / "held").exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.01)
    assert list(generations.glob("*/manifest.json"))
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (130, "")
    assert err == "Stopped; the last good index is still in place.\n"
    assert list(generations.iterdir()) == []
