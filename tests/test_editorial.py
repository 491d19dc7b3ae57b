"""Translations and expected questions that editors add."""

from __future__ import annotations

from pathlib import Path

import pytest
from making import DUTCH, of_text

from ingest.editorial import add_translations, read_questions, unpaired
from ingest.errors import CorpusError

ARTICLES = of_text(DUTCH)
FIRST, SECOND = ARTICLES[0].sentences[0].text, ARTICLES[0].sentences[1].text


def write(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


def entry(text: str, language: str = "nl", translation: str = "Ours.") -> str:
    return (
        f"[[translation]]\ntext = '''{text}'''\nlanguage = '{language}'\n"
        f"translation = '{translation}'\nby = 'us'\n"
    )


def test_a_translation_goes_to_its_sentence(tmp_path: Path) -> None:
    path = write(tmp_path / "t.toml", entry(FIRST))
    (article,), stale = add_translations(ARTICLES, path)
    assert [s.translation for s in article.sentences] == ["Ours.", "", "", ""]
    assert stale == []


@pytest.mark.parametrize(
    ("text", "language"), [(FIRST + " Anders.", "nl"), (FIRST, "en")], ids=["changed", "language"]
)
def test_a_stale_translation_is_reported_and_not_applied(
    tmp_path: Path, text: str, language: str
) -> None:
    (article,), stale = add_translations(
        ARTICLES, write(tmp_path / "t.toml", entry(text, language))
    )
    assert stale == [text]
    assert not any(s.translation for s in article.sentences)


def test_questions_become_faces_of_their_sentence(tmp_path: Path) -> None:
    path = write(
        tmp_path / "q.toml",
        "[examples]\nnl = ['Hoeveel?']\n"
        f"[[sentence]]\ntext = '''{FIRST}'''\nnl = ['Hoeveel windmolens?', ' ']\n"
        "en = ['How many?']\n"
        "[[sentence]]\ntext = 'Weg.'\n",
    )
    questions = read_questions(ARTICLES, path)
    assert [(f.language, f.text) for f in questions.faces] == [
        ("nl", "Hoeveel windmolens?"),
        ("en", "How many?"),
    ]
    assert {f.sentence_id for f in questions.faces} == {ARTICLES[0].sentences[0].id}
    assert questions.examples == (("nl", "Hoeveel?"),)
    assert questions.stale == ("Weg.",)
    assert questions.without[0] == SECOND
    assert len(questions.without) == 3


def test_no_file_is_no_entry(tmp_path: Path) -> None:
    assert add_translations(ARTICLES, tmp_path / "none.toml") == (ARTICLES, [])
    assert read_questions(ARTICLES, tmp_path / "none.toml").faces == ()


BAD = {
    "broken": ("[[translation", "no valid TOML"),
    "no table": ("translation = 3", "[[translation]]"),
    "no text": ("[[translation]]\ntranslation = 'x'", "has no text"),
    "unknown": ("[[translation]]\ntext = 'x'\nlang = 'nl'", "'lang' is not known"),
    "no translation": ("[[translation]]\ntext = 'x'\nlanguage = 'nl'", "no translation"),
    "language": (entry("x", "fr"), "language is 'fr'"),
}


@pytest.mark.parametrize(("text", "problem"), BAD.values(), ids=BAD.keys())
def test_bad_translations_are_told(tmp_path: Path, text: str, problem: str) -> None:
    path = write(tmp_path / "t.toml", text)
    with pytest.raises(CorpusError) as caught:
        add_translations(ARTICLES, path)
    assert str(path) in str(caught.value)
    assert problem in str(caught.value)


def test_questions_must_be_lists(tmp_path: Path) -> None:
    path = write(tmp_path / "q.toml", f"[[sentence]]\ntext = '''{FIRST}'''\nnl = 'Hoeveel?'")
    with pytest.raises(CorpusError, match="expected a list"):
        read_questions(ARTICLES, path)


def test_unpaired_names_the_language_that_lacks_it() -> None:
    assert [(language, s.text) for language, s in unpaired(ARTICLES)][:2] == [
        ("en", FIRST),
        ("en", SECOND),
    ]
