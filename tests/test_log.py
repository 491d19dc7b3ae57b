"""The question log: what is blanked, what is kept, what is reported, what is deleted."""

from __future__ import annotations

import sqlite3
from datetime import date, timedelta
from pathlib import Path

import pytest

from assistant import Answer
from ui.log import QuestionLog, blanked, main

PRIVATE = {
    "mail": ("mail jan.peeters+x@kmo-advies.be aub", "jan"),
    "mobile": ("bel me op 0478 12 34 56", "0478"),
    "abroad": ("call +32 (0)2 123.45.67 today", "123"),
    "account": ("rekening BE68 5390 0754 7034 klopt?", "5390"),
    "account in one piece": ("be68539007547034", "5390"),
    "card": ("4111-1111-1111-1111", "4111"),
    "VAT": ("btw BE 0403.019.261", "0403"),
    "national number": ("85.07.30-033.61", "033"),
}


@pytest.mark.parametrize("name", PRIVATE)
def test_private_details_are_blanked(name: str) -> None:
    text, secret = PRIVATE[name]
    assert secret not in blanked(text)


@pytest.mark.parametrize(
    "text",
    [
        "Zijn het er 14.600?",
        "tussen €13 en €53 miljoen",
        "from 2019-2025, 15% of staff",
        "Hoeveel innovatiepatenten (5 of 15)?",
    ],
)
def test_figures_of_the_articles_stay(text: str) -> None:
    assert blanked(text) == text


def answer(question: str, status: str = "answered") -> Answer:
    return Answer("a1", question, "nl", status)  # type: ignore[arg-type]


@pytest.fixture
def log(tmp_path: Path) -> QuestionLog:
    return QuestionLog(tmp_path / "log" / "questions.sqlite")


def test_the_report_tells_what_was_not_covered(log: QuestionLog) -> None:
    for _ in range(3):
        log.answered(answer("Wat kost advies?", "not_covered"), 0.1)
    log.answered(answer("Hoeveel zijn er?"), 0.1)
    log.judged("a1", "down")
    told = log.report()
    assert "3 times  Wat kost advies?" in told
    assert "1 times  nl  Hoeveel zijn er?" in told
    assert "a1  1 times" in told


def test_the_report_puts_the_most_asked_first_however_many_digits_their_number_has(
    log: QuestionLog,
) -> None:
    for question, times in (("Negen?", 9), ("Twaalf?", 12)):
        for _ in range(times):
            log.answered(answer(question, "not_covered"), 0.1)
            log.judged(question, "down")
    for section in log.report().split("\n\n")[1:]:
        assert section.index("12 times") < section.index("9 times"), section


def test_what_is_30_days_old_goes_by_itself(log: QuestionLog) -> None:
    log.answered(answer("oud"), 0.1)
    long_ago = (date.today() - timedelta(days=31)).isoformat()
    with sqlite3.connect(log.path) as file:
        file.execute("UPDATE asked SET at = ?", (long_ago,))
    file.close()
    QuestionLog(log.path).answered(answer("nieuw"), 0.1)
    assert "oud" not in log.report()
    assert "nieuw" in log.report()


def test_deleting_leaves_no_trace_in_the_file(log: QuestionLog) -> None:
    log.answered(answer("een heel bijzondere vraag"), 0.1)
    assert log.delete() == 1
    assert b"bijzondere" not in log.path.read_bytes()


def test_the_file_is_for_its_owner_only(log: QuestionLog) -> None:
    log.answered(answer("x"), 0.1)
    assert log.path.stat().st_mode & 0o077 == 0


def test_a_log_that_cannot_be_written_costs_the_reader_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    broken = QuestionLog(tmp_path)  # a folder
    broken.answered(answer("x"), 0.1)
    broken.judged("a1", "up")
    assert "can't be written" in caplog.text


def test_the_command_line(
    log: QuestionLog,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["report"]) == 2
    assert "ASSISTANT_QUESTION_LOG" in capsys.readouterr().err
    log.answered(answer("Hoeveel zijn er?"), 0.1)
    monkeypatch.setenv("ASSISTANT_QUESTION_LOG", str(log.path))
    monkeypatch.setenv("ASSISTANT_INDEX", str(tmp_path / "none"))  # the report needs no index
    assert main(["report"]) == 0
    assert "Hoeveel zijn er?" in capsys.readouterr().out
    assert main(["delete", "--before", "2001-01-01"]) == 0
    assert "Deleted 0" in capsys.readouterr().out
    assert main(["delete", "--all"]) == 0
    assert "Deleted 1" in capsys.readouterr().out
