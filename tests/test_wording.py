"""What notices and bylines tell."""

from __future__ import annotations

import pytest

from ingest.wording import byline_author, published_in


@pytest.mark.parametrize(
    ("notice", "where"),
    [
        ("Published in Trends busines magazine, original below", "Trends busines magazine"),
        ("This article was first published in De Tijd on 3 May 2024.", "De Tijd"),
        ("Dit stuk verscheen eerder in de Volkskrant.", "de Volkskrant"),
        ("Published in 2021", ""),
        ("Published in May 2024", ""),
        ("Gepubliceerd op 3 mei 2024", ""),
        ("Updated on 4 June", ""),
    ],
)
def test_published_in(notice: str, where: str) -> None:
    assert published_in(notice) == where


@pytest.mark.parametrize(
    ("line", "name"),
    [("Written by", ""), ("Door: An Peeters", "An Peeters"), ("Pieter Claes", "Pieter Claes")],
)
def test_byline_author(line: str, name: str) -> None:
    assert byline_author(line) == name
