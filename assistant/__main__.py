"""python -m assistant "question": one answer in the terminal."""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import replace
from pathlib import Path

from assistant import phrases
from assistant.answer import Trace, open_assistant
from assistant.records import Answer, Citation
from ingest.errors import AssistantError
from ingest.settings import Settings

EPILOGUE = """\
examples:
  python -m assistant "Aan welke criteria moet een Little Giant voldoen?"
  python -m assistant --json "How are Little Giants selected?"
  python -m assistant --explain "Hoeveel zijn er?"

exit status: 0 a reply, also where the articles don't cover the question; 1 no index, or another
error; 2 a setting or option can't be used.
"""


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return its exit status."""
    options = _parser().parse_args(arguments)
    question = sys.stdin.read() if options.question == "-" else options.question
    try:
        settings = Settings.from_environment()
        if options.index:
            settings = replace(settings, index=options.index)
        trace = open_assistant(settings).explain(question, language=options.language)
    except AssistantError as error:
        print(error, file=sys.stderr)
        return 1
    text = shown(trace.answer) + (explained(trace) if options.explain else "")
    if options.json:
        text = json.dumps(trace.answer.as_json(), ensure_ascii=False, indent=2)
    try:
        print(text, flush=True)
    except BrokenPipeError:  # … | head
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def shown(answer: Answer) -> str:
    """Return an answer with its sources, for a terminal."""
    lines = [answer.text]
    for citation in answer.citations:
        lines += ["", *_source(citation, f"[{citation.marker}] ")]
    if answer.nearest:
        lines += ["", phrases.NEAREST[answer.language], *_source(answer.nearest, "    ")]
    return "\n".join(lines)


def _source(citation: Citation, mark: str) -> list[str]:
    indent = " " * len(mark)
    about = ", ".join(p for p in (citation.author, citation.published_in, citation.url) if p)
    lines = [
        f"{mark}“{citation.quote}”",
        f"{indent}{citation.title}{f' ({about})' if about else ''}, "
        f"characters {citation.start}–{citation.end}",
    ]
    if citation.twin_quote:
        ours = ", our translation" if citation.twin_is_ours else ""
        language = "en" if citation.language == "nl" else "nl"
        lines.append(f"{indent}({language}{ours}) “{citation.twin_quote}”")
    return lines


def explained(trace: Trace) -> str:
    """Return how an answer came about: candidates with their ranks and features, and reasons."""
    lines = [
        "",
        f"searched with: {' | '.join(trace.query.parts)}",
        f"confidence {trace.answer.confidence:.2f}",
    ]
    lines += [f"- {reason}" for reason in trace.reasons]
    for place, item in enumerate(trace.candidates[:12], start=1):
        parts = " ".join(f"{name} {value:.2f}" for name, value in item.parts)
        ranks = " ".join(f"{name} #{rank}" for name, rank in item.ranks)
        lines += [f"{place:>2}. {item.score:.2f} {item.language} {item.text}", f"      {parts}"]
        lines += [f"      {ranks}"] if ranks else []
    steps = " ".join(f"{step} {spent:.1f} ms" for step, spent in trace.answer.timings.items())
    return "\n".join([*lines, steps])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m assistant",
        description="Answer a question about the articles, in Dutch or English, with citations.",
        epilog=EPILOGUE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("question", help="the question in quotes, or - to read it from input")
    parser.add_argument("--language", choices=("nl", "en"), help="answer in this language")
    parser.add_argument("--index", type=Path, help="the index folder (default: ./.index)")
    parser.add_argument("--json", action="store_true", help="the answer as the API sends it")
    parser.add_argument(
        "--explain", action="store_true", help="show candidates, scores and why it stopped"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
