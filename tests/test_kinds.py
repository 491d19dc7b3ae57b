"""What kind of answer a question asks for, and what of it a sentence holds."""

from __future__ import annotations

import pytest

from assistant.kinds import counted, counts, holds_kind, question_kind

KINDS = {
    "How many of the bridges are closed?": "count",
    "What is the maximum number of moorings?": "count",
    "Hoeveel oude bruggen zijn er?": "count",
    "Hoeveel water staat er in de sluis?": "number",
    "Hoeveel kost dat?": "number",
    "How many are there?": "number",
    "Welk aandeel is van hout?": "percentage",
    "How long does the repair take?": "duration",
    "Hoeveel weken duurt het?": "duration",
    "How many are there? And who looks after them?": "actor",
    "How many locks are there? And bridges?": "count",
}


@pytest.mark.parametrize(("question", "kind"), KINDS.items())
def test_the_kind_of_answer(question: str, kind: str) -> None:
    assert question_kind(question) == kind


def test_what_is_counted() -> None:
    assert counted("How many wooden bridges are closed?") == ["bridges"]
    assert counted("How many of the 14,600 are private?") == []
    assert counted("How many in total?") == []
    assert counted("Hoeveel subsidie krijgen ze?") == []
    assert counted("Hoeveel bruggen zijn dicht?") == ["bruggen"]
    assert counted("Hoeveel krijg je ervoor?") == []


def test_what_a_sentences_numbers_may_count() -> None:
    assert counts("Of 42 wooden bridges, some are shut.").split()[:2] == ["wooden", "bridges"]
    assert "locks" in counts("Dozens of locks were repaired.").split()
    assert counts("Nothing is counted here.") == ""


def test_what_a_sentence_holds() -> None:
    assert holds_kind("percentage", "One in five is shut.") == 1.0
    assert holds_kind("percentage", "There are 42 bridges.") == 0.0
    assert holds_kind("duration", "It takes three weeks.") == 1.0
    assert holds_kind("duration", "It costs 42 euros.") == 0.0
    assert holds_kind("duration", "The second bridge is shut.") == 0.0
    assert holds_kind("duration", "The bridge is 42 metres long.") == 1.0
    assert holds_kind("percentage", "The third bridge is shut.") == 0.0
    assert holds_kind("percentage", "Two thirds are shut.") == 1.0
