"""Which language a text is in."""

from __future__ import annotations

import pytest
from making import DUTCH, ENGLISH, FRENCH

from ingest.language import detect, plain_language, settle, third_language

AFRIKAANS = (
    "Die Europese Unie gaan in die volgende jare miljarde euro in die vervaardiging van skyfies "
    "belê om die afhanklikheid van Asië te verminder, en dit is nie meer as wat ons verwag het nie."
)
GERMAN = (
    "Die Europäische Union investiert in den nächsten Jahren rund 43 Milliarden Euro in die "
    "Herstellung von Halbleitern, um die Abhängigkeit von Asien zu verringern."
)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Wat is de strategie?", "nl"),
        ("What is the strategy?", "en"),
        ("Hoeveel bedrijven zijn er?", "nl"),
        ("How many companies are there?", "en"),
    ],
)
def test_short_questions(text: str, language: str) -> None:
    found = detect(text)
    assert max(found, key=lambda code: found[code]) == language


@pytest.mark.parametrize("text", ["", "14.600", "?!", "😀😀"])
def test_no_letters_is_undecided(text: str) -> None:
    assert detect(text) == {"nl": 0.5, "en": 0.5}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (FRENCH, "fr"),
        (GERMAN, "de"),
        (AFRIKAANS, "af"),
        (DUTCH, None),
        (ENGLISH, None),
        ("Bonjour à tous", None),  # too short to exclude
    ],
    ids=["french", "german", "afrikaans", "dutch", "english", "short"],
)
def test_third_languages(text: str, code: str | None) -> None:
    assert third_language(text) == code


@pytest.mark.parametrize("text", [FRENCH, GERMAN, AFRIKAANS, "De en het."])
def test_function_words_never_vouch_for_another_language(text: str) -> None:
    assert plain_language(text) is None
    assert (plain_language(DUTCH), plain_language(ENGLISH)) == ("nl", "en")


def test_a_title_leans_on_what_follows() -> None:
    dutch, english = DUTCH.split("\n\n")[1], ENGLISH.split("\n\n")[1]
    assert settle([english, "Little Giants", dutch]) == ["en", "nl", "nl"]


def test_the_page_language_settles_what_nothing_else_does() -> None:
    assert settle(["Little Giants"], "nl") == ["nl"]
    assert settle(["Little Giants"], "en") == ["en"]


def test_short_lines_amid_a_third_language_belong_to_it() -> None:
    assert settle(FRENCH.split("\n\n")) == [None] * 4
    dutch = DUTCH.split("\n\n")[1]
    assert settle([dutch, "Prêt à investir ?", dutch])[1] == "nl"  # never lost on a guess
