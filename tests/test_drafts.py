"""What a draft does to an editor's file: adds one marked table, and leaves every byte there was."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from making import DUTCH, of_text

from ingest.drafts import append_draft, require_writable
from ingest.editorial import add_translations, named, read_questions, waiting
from ingest.errors import AssistantError, CorpusError
from ingest.files import read_toml

ARTICLES = of_text(DUTCH)
FIRST, SECOND = (sentence.text for sentence in ARTICLES[0].sentences[:2])
BY_HAND = f"""\
# by hand

[[sentence]]   # mine
text = '''{FIRST}'''
nl = ['Hoeveel windmolens?',
      'Komen er bij?',]
"""


def questions(text: str, *asked: str) -> dict[str, str | list[str]]:
    return {"text": text, "nl": list(asked), "en": []}


def test_what_a_person_wrote_keeps_every_byte(tmp_path: Path) -> None:
    path = tmp_path / "questions.toml"
    path.write_text(BY_HAND, "utf-8")
    assert append_draft(path, "sentence", questions(SECOND, "Hoe reist stroom?"), "a model")
    after = path.read_text("utf-8")
    assert after.startswith(BY_HAND)
    assert "# drafted by a model;" in after[len(BY_HAND) :]
    assert read_toml(path)["sentence"][1] == {
        "text": SECOND, "nl": ["Hoe reist stroom?"], "en": [], "drafted": True,
    }  # fmt: skip


def test_a_sentence_that_has_an_entry_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "questions.toml"
    path.write_text(BY_HAND, "utf-8")
    assert not append_draft(path, "sentence", questions(f" {FIRST}\n", "Iets anders?"), "m")
    assert path.read_text("utf-8") == BY_HAND
    assert append_draft(path, "sentence", questions(SECOND, "Hoe?"), "m")
    once = path.read_bytes()
    assert not append_draft(path, "sentence", questions(SECOND, "Waarom?"), "m")
    assert path.read_bytes() == once


def test_an_empty_entry_says_that_nothing_is_wanted(tmp_path: Path) -> None:
    path = tmp_path / "questions.toml"
    path.write_text(f"[[sentence]]\ntext = '''{FIRST}'''\n", "utf-8")
    assert not append_draft(path, "sentence", questions(FIRST, "Hoeveel?"), "m")


@pytest.mark.parametrize(
    "before",
    ["", "\n", "# no newline at the end", "\ufeff# with a mark\n", "# of Windows\r\n\r\n"],
    ids=["empty", "blank", "no newline", "mark", "windows"],
)
def test_any_file_can_be_added_to(tmp_path: Path, before: str) -> None:
    path = tmp_path / "questions.toml"
    path.write_bytes(before.encode())
    assert append_draft(path, "sentence", questions(FIRST, "Hoeveel?"), "m")
    assert path.read_bytes().startswith(before.encode())
    assert waiting(path, "sentence") == [FIRST]
    assert (b"\r\n" in path.read_bytes()) == ("\r\n" in before)


def test_a_file_that_is_not_there_is_made(tmp_path: Path) -> None:
    path = tmp_path / "translations.toml"
    given = {"text": FIRST, "language": "nl", "translation": "Now there are 399.", "by": "m"}
    assert append_draft(path, "translation", given, "m")
    assert len(named(path, "translation")) == 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


@given(
    text=st.text(min_size=1).filter(lambda text: text.strip()),
    question=st.text(),
)
def test_any_text_survives(
    tmp_path_factory: pytest.TempPathFactory, text: str, question: str
) -> None:
    path = tmp_path_factory.mktemp("any") / "questions.toml"
    try:
        text.encode(), question.encode()
    except UnicodeEncodeError:  # lone surrogates are in no file
        return
    assert append_draft(path, "sentence", questions(text, question), "m")
    assert read_toml(path)["sentence"] == [
        {"text": text, "nl": [question], "en": [], "drafted": True}
    ]


@pytest.mark.parametrize(
    ("before", "problem"),
    [("sentence = []\n", "can't be added"), ("[[sentence]\n", "no valid TOML")],
    ids=["not tables", "broken"],
)
def test_a_file_that_would_break_is_not_touched(tmp_path: Path, before: str, problem: str) -> None:
    path = tmp_path / "questions.toml"
    path.write_text(before)
    with pytest.raises(CorpusError, match=problem):
        append_draft(path, "sentence", questions(FIRST, "Hoeveel?"), "m")
    assert path.read_text() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_stays_a_link_and_the_file_keeps_its_mode(tmp_path: Path) -> None:
    real, link = tmp_path / "real.toml", tmp_path / "questions.toml"
    real.write_text(BY_HAND, "utf-8")
    real.chmod(0o640)
    link.symlink_to(real)
    assert append_draft(link, "sentence", questions(SECOND, "Hoe?"), "m")
    assert link.is_symlink()
    assert waiting(real, "sentence") == [SECOND]
    assert stat.S_IMODE(real.stat().st_mode) == 0o640


def test_a_failed_write_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "questions.toml"
    path.write_text(BY_HAND, "utf-8")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(AssistantError, match="No space left"):
        append_draft(path, "sentence", questions(SECOND, "Hoe?"), "m")
    assert path.read_text("utf-8") == BY_HAND
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_cannot_be_written_is_told_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    require_writable(tmp_path / "questions.toml")
    monkeypatch.setattr(os, "access", lambda path, _mode: path != tmp_path)  # root may do anything
    with pytest.raises(CorpusError, match="no permission"):
        require_writable(tmp_path / "questions.toml")


def test_a_draft_does_nothing_until_it_is_accepted(tmp_path: Path) -> None:
    asked, translated = tmp_path / "questions.toml", tmp_path / "translations.toml"
    append_draft(asked, "sentence", questions(FIRST, "Hoeveel?"), "m")
    given = {"text": FIRST, "language": "nl", "translation": "Now there are 399.", "by": "m"}
    append_draft(translated, "translation", given, "m")
    found = read_questions(ARTICLES, asked)
    assert (found.faces, found.without[0], found.stale) == ((), FIRST, ())
    (article,), stale = add_translations(ARTICLES, translated)
    assert (article.sentences[0].translation, stale) == ("", [])
    for path in (asked, translated):
        path.write_text(path.read_text("utf-8").replace("drafted = true\n", ""), "utf-8")
    assert [face.text for face in read_questions(ARTICLES, asked).faces] == ["Hoeveel?"]
    (article,), _ = add_translations(ARTICLES, translated)
    assert article.sentences[0].translation == "Now there are 399."
    assert waiting(asked, "sentence") == waiting(translated, "translation") == []


def test_a_mark_that_is_neither_true_nor_false_is_told(tmp_path: Path) -> None:
    path = tmp_path / "questions.toml"
    path.write_text(f"[[sentence]]\ntext = '''{FIRST}'''\ndrafted = 'yes'\n", "utf-8")
    with pytest.raises(CorpusError, match="drafted is 'yes'"):
        read_questions(ARTICLES, path)
