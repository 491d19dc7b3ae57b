"""Words, stems and stop words of Dutch and English texts."""

import pytest

from ingest.words import is_content, stem, stopwords, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Hoeveel foto's?", ["hoeveel", "foto", "s"], id="plural with apostrophe"),
        pytest.param("China’s reuzen", ["china", "s", "reuzen"], id="curly apostrophe"),
        pytest.param("14,600 of 14.600", ["14,600", "of", "14.600"], id="thousands"),
        pytest.param("R&D, AT&T", ["r&d", "at&t"], id="ampersand"),
        pytest.param("auto-onderdelen", ["auto", "onderdelen"], id="hyphen parts"),
        pytest.param("1870–1939", ["1870", "1939"], id="range"),
        pytest.param("een coo\u0308rdinatie", ["een", "coördinatie"], id="composed"),
        pytest.param("O'Brien isn't 5e", ["o'brien", "isn't", "5e"], id="inner apostrophe"),
        pytest.param(" … ", [], id="no words"),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [
        ("bedrijven", "bedrijf", "nl"),
        ("companies", "company", "en"),
        ("octrooien", "octrooi", "nl"),
    ],
)
def test_forms_of_a_word_share_a_stem(one: str, other: str, language: str) -> None:
    assert stem(one, language) == stem(other, language)


def test_stop_words_are_no_content_and_topics_are() -> None:
    assert not any(is_content(word) for word in ("de", "hoeveel", "which", "x", "is"))
    assert all(is_content(word) for word in ("bedrijf", "7", "china", "r&d"))
    assert stopwords("nl") | stopwords("en") == stopwords()


def test_another_language_is_an_error() -> None:
    with pytest.raises(KeyError):
        stem("mot", "fr")
