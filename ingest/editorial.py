"""What editors add beside the pages: translations.toml and questions.toml.

Both name their sentence by its full text, so that an entry whose sentence has changed is known
to be stale and is reported, not silently misapplied. An entry with `drafted = true` is a language
model's (see drafts.py): it waits for an editor to take the mark away, and until then does nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from ingest.deduplicate import normalised
from ingest.errors import CorpusError
from ingest.files import read_toml
from ingest.records import LANGUAGES, Article, Face, Language, Sentence, other

EntryName = Literal["translation", "sentence"]  # what the tables of the two files are called
FIELDS: dict[EntryName, tuple[str, ...]] = {
    "translation": ("text", "language", "translation", "by", "drafted"),
    "sentence": ("text", "nl", "en", "drafted"),
}


@dataclass(frozen=True, slots=True)
class Questions:
    """The faces of the sentences, example questions by language, and entries gone stale."""

    faces: tuple[Face, ...] = ()
    examples: tuple[tuple[Language, str], ...] = ()
    stale: tuple[str, ...] = ()
    without: tuple[str, ...] = ()  # sentences that no question leads to


def add_translations(articles: list[Article], path: Path) -> tuple[list[Article], list[str]]:
    """Return the articles with our translations in place, and the texts of the stale entries."""
    entries = _entries(path, "translation")
    given: dict[tuple[str, str], str] = {}
    for entry in entries:
        language = entry.get("language")
        if language not in LANGUAGES:
            raise CorpusError(f'{path}: language is {language!r}; expected "nl" or "en".')
        accepted = "" if entry.get("drafted") else entry["translation"]
        key = (language, normalised(entry["text"]))
        given[key] = accepted or given.get(key, "")
    used: set[tuple[str, str]] = set()

    def translated(article: Article, sentence: Sentence) -> Sentence:
        key = (article.language, normalised(sentence.text))
        used.update({key} & given.keys())
        return replace(sentence, translation=given.get(key, ""))

    done = [replace(a, sentences=tuple(translated(a, s) for s in a.sentences)) for a in articles]
    stale = [e["text"] for e in entries if (e["language"], normalised(e["text"])) not in used]
    return done, stale


def read_questions(articles: list[Article], path: Path) -> Questions:
    """Return the expected questions as faces of their sentences."""
    entries = _entries(path, "sentence")
    by_text = {normalised(s.text): s for a in articles for s in a.sentences}
    faces: list[Face] = []
    stale: list[str] = []
    for entry in entries:
        sentence = by_text.get(normalised(entry["text"]))
        if sentence is None:
            stale.append(entry["text"])
            continue
        faces += [
            Face(sentence.id, language, text)
            for language in LANGUAGES
            for text in _texts(path, entry, language)
            if not entry.get("drafted")
        ]
    table = _table(path)
    examples, left_open = table.get("examples", {}), table.get("unanswered", {})
    faces += [Face("", lang, text) for lang in LANGUAGES for text in _texts(path, left_open, lang)]
    led = {face.sentence_id for face in faces}
    texts = {normalised(s.text) for s in _all(articles) if s.id in led}
    return Questions(
        tuple(faces),
        tuple((lang, text) for lang in LANGUAGES for text in _texts(path, examples, lang)),
        tuple(stale),
        tuple(s.text for s in _all(articles) if normalised(s.text) not in texts),
    )


def named(path: Path, name: EntryName) -> frozenset[str]:
    """Return the normalised texts of the sentences that a file has an entry for, of whatever kind.

    An entry with nothing in it counts: it is how an editor says that nothing is wanted there.
    """
    return frozenset(normalised(entry["text"]) for entry in _entries(path, name))


def waiting(path: Path, name: EntryName) -> list[str]:
    """Return the texts of the sentences whose entry a model drafted and nobody accepted yet."""
    return [entry["text"] for entry in _entries(path, name) if entry.get("drafted")]


def unpaired(articles: list[Article]) -> list[tuple[Language, Sentence]]:
    """Return the sentences without a twin, each with the language it lacks."""
    return [
        (other(article.language), sentence)
        for article in articles
        for sentence in article.sentences
        if not sentence.twins
    ]


def _all(articles: list[Article]) -> Iterable[Sentence]:
    return (sentence for article in articles for sentence in article.sentences)


def _table(path: Path) -> dict[str, Any]:
    return read_toml(path) if path.is_file() else {}


def _entries(path: Path, name: EntryName) -> list[dict[str, Any]]:
    """Return the [[name]] tables of a file; raise CorpusError on a missing or unknown field."""
    fields = FIELDS[name]
    entries = _table(path).get(name, [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise CorpusError(f"{path}: expected tables that open with [[{name}]].")
    for entry in entries:
        text = entry.get("text")
        if not isinstance(text, str) or not text.strip():
            raise CorpusError(f"{path}: a [[{name}]] has no text = '''…''' naming its sentence.")
        unknown = entry.keys() - set(fields)
        if unknown:
            known = ", ".join(fields)
            raise CorpusError(f"{path}: {min(unknown)!r} is not known; expected {known}.")
        if not isinstance(entry.get("drafted", False), bool):
            raise CorpusError(f"{path}: drafted is {entry['drafted']!r}; expected true or false.")
        if name == "translation" and not isinstance(entry.get("translation"), str):
            raise CorpusError(f'{path}: the entry for "{text[:50]}…" has no translation = "…".')
    return entries


def _texts(path: Path, table: dict[str, Any], language: Language) -> list[str]:
    texts = table.get(language, [])
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise CorpusError(f'{path}: {language} is {texts!r}; expected a list: ["…", "…"].')
    return [text.strip() for text in texts if text.strip()]
