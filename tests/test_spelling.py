"""Typing errors are mended, and words that only lists lack are left alone."""

from __future__ import annotations

import pytest

from assistant import Assistant

SLIPS = {"omzte": "omzet", "patenetn": "patenten", "govermnent": "government", "gaint": "giant"}
WORDS = ["voordeliger", "strengere", "innovatiever"]  # the corpus has "voordelige", "strenge" …


@pytest.mark.parametrize(("typed", "meant"), SLIPS.items())
def test_a_slip_is_mended_and_said_to_be(assistant: Assistant, typed: str, meant: str) -> None:
    answer = assistant.ask(f"Little Giants: {typed}?")
    assert answer.searched_for == f"Little Giants: {meant}?"


@pytest.mark.parametrize("word", WORDS)
def test_a_known_adjectives_degree_is_no_slip(assistant: Assistant, word: str) -> None:
    assert not assistant.ask(f"Little Giants: {word}?").searched_for


# Words that neither the corpus nor the embedder has, a letter or two from one that the corpus has.
@pytest.mark.parametrize("word", ["graantje", "achterop", "behemoth", "goeds"])
def test_a_word_that_a_list_has_is_no_slip(assistant: Assistant, word: str) -> None:
    assert not assistant.ask(f"Little Giants: {word}?").searched_for


@pytest.mark.parametrize(
    "asked", ["requird anual revenu littel giant", "jaaromzt vereist litle giant"]
)
def test_slips_alone_make_no_other_language(assistant: Assistant, asked: str) -> None:
    assert "53" in assistant.ask(asked).text
