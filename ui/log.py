"""The question log: off unless ASSISTANT_QUESTION_LOG names a file; kept 30 days.

python -m ui.log report                     what readers asked, and what was not covered
python -m ui.log delete --before 2026-01-31
python -m ui.log delete --all
"""

from __future__ import annotations

import argparse
import logging
import re
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

from assistant.records import Answer
from ingest.errors import AssistantError, SettingsError
from ingest.settings import Settings
from ui.privacy import KEPT_DAYS

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_ACCOUNT = re.compile(r"\b[A-Za-z]{2}\d{2}(?:[ .-]?[A-Za-z0-9]{2,4}){3,8}\b")
# Nine digits or more with what people write between them: phone, card, VAT and national numbers.
_NUMBER = re.compile(r"\+?\(?\d(?:[\s()./-]{0,3}\d){8,}")

_TABLES = """
CREATE TABLE IF NOT EXISTS asked (
  at TEXT NOT NULL, answer TEXT NOT NULL, language TEXT NOT NULL, status TEXT NOT NULL,
  ms INTEGER NOT NULL, question TEXT NOT NULL, sources TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS judged (
  at TEXT NOT NULL, answer TEXT NOT NULL, verdict TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS asked_at ON asked (at);
"""


def blanked(text: str) -> str:
    """Return the text without mail addresses and without phone, card and account numbers."""
    for pattern, instead in ((_EMAIL, "[mail]"), (_ACCOUNT, "[account]"), (_NUMBER, "[number]")):
        text = pattern.sub(instead, text)
    return text


class QuestionLog:
    """Writes answered questions and thumbs to one SQLite file; any number of processes may."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._swept = date.min

    def answered(self, answer: Answer, seconds: float) -> None:
        """Write the question down, blanked; once a day drop what is older than 30 days.

        A log that can't be written is reported and costs the reader nothing.
        """
        try:
            self._write(answer, seconds)
            if self._swept != date.today():
                self._swept = date.today()
                self.delete(before=date.today() - timedelta(days=KEPT_DAYS))
        except (OSError, sqlite3.Error) as error:
            logging.getLogger("ui").error("%s can't be written: %s", self.path, error)

    def _write(self, answer: Answer, seconds: float) -> None:
        sources = " ".join(sorted({citation.article_id for citation in answer.citations}))
        with self._open() as file:
            file.execute(
                "INSERT INTO asked VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    _now(),
                    answer.id,
                    answer.language,
                    answer.status,
                    round(seconds * 1000),
                    blanked(answer.question),
                    sources,
                ),
            )

    def judged(self, answer_id: str, verdict: str) -> None:
        """Write a thumb down."""
        try:
            with self._open() as file:
                file.execute("INSERT INTO judged VALUES (?, ?, ?)", (_now(), answer_id, verdict))
        except (OSError, sqlite3.Error) as error:
            logging.getLogger("ui").error("%s can't be written: %s", self.path, error)

    def delete(self, before: date | None = None) -> int:
        """Delete what is older than a date, or everything; return how many questions went."""
        limit = before.isoformat() if before else "9999"
        with self._open() as file:
            gone = file.execute("DELETE FROM asked WHERE at < ?", (limit,)).rowcount
            file.execute("DELETE FROM judged WHERE at < ?", (limit,))
        with self._open() as file:
            file.execute("VACUUM")  # else the words stay on disk until they are overwritten
        return gone

    def report(self) -> str:
        """Return what readers asked, for the terminal."""
        with self._open() as file:
            sections = [
                _section("Questions", file.execute(_TOTALS)),
                _section("Not covered, by week and language", file.execute(_NOT_COVERED)),
                _section("Most asked", file.execute(_MOST_ASKED)),
                _section("Thumbs down", file.execute(_THUMBS_DOWN)),
            ]
        return "\n\n".join(sections)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.touch(mode=0o600)
        with closing(sqlite3.connect(self.path, timeout=10, isolation_level=None)) as file:
            file.execute("PRAGMA secure_delete = ON")
            file.executescript(_TABLES)
            yield file


_TOTALS = (
    "SELECT language, status, count(*), 'questions' FROM asked GROUP BY 1, 2 ORDER BY 1, 3 DESC"
)
_NOT_COVERED = """
SELECT strftime('%Y week %W', at), language, count(*) || ' times', question FROM asked
WHERE status IN ('not_covered', 'partly') GROUP BY 1, 2, lower(question)
ORDER BY 1 DESC, 2, count(*) DESC, question LIMIT 50"""
_MOST_ASKED = """
SELECT count(*) || ' times', language, question FROM asked
GROUP BY lower(question), language ORDER BY count(*) DESC, question LIMIT 20"""
_THUMBS_DOWN = """
SELECT judged.answer, count(DISTINCT judged.rowid) || ' times', coalesce(max(question), '(deleted)')
FROM judged LEFT JOIN asked ON asked.answer = judged.answer
WHERE verdict = 'down' GROUP BY judged.answer
ORDER BY count(DISTINCT judged.rowid) DESC, judged.answer LIMIT 20"""


def _now() -> str:
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")


def _section(title: str, rows: sqlite3.Cursor) -> str:
    lines = ["  " + "  ".join(str(value) for value in row) for row in rows]
    return "\n".join([title, *(lines or ["  none"])])


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return its exit status."""
    options = _parser().parse_args(arguments)
    try:
        settings = Settings.from_environment()
        if not settings.question_log:
            raise SettingsError(
                "No question log: it is off until ASSISTANT_QUESTION_LOG names a file."
            )
        log = QuestionLog(Path(settings.question_log))
        if options.command == "report":
            print(log.report())
        else:
            gone = log.delete(None if options.all else options.before)
            print(f"Deleted {gone} questions.")
    except AssistantError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m ui.log", description="Read or delete the log of questions."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("report", help="what readers asked, and what was not covered")
    delete = commands.add_parser("delete", help="delete questions for good")
    which = delete.add_mutually_exclusive_group(required=True)
    which.add_argument("--before", type=date.fromisoformat, metavar="YYYY-MM-DD")
    which.add_argument("--all", action="store_true")
    return parser


if __name__ == "__main__":
    sys.exit(main())
