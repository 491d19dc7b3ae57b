"""python -m assistant "question": one answer in the terminal."""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

from assistant import phrases
from assistant.answer import Trace
from assistant.opening import open_assistant
from assistant.records import Answer, Citation
from ingest.errors import AssistantError, SettingsError
from ingest.settings import Settings

EPILOGUE = """\
examples:
  python -m assistant "Aan welke criteria moet een Little Giant voldoen?"
  python -m assistant --json "How are Little Giants selected?"
  python -m assistant --explain "Hoeveel zijn er?"
  python -m assistant --check-llm

exit status: 0 a reply, also where the articles don't cover the question; 1 no index, a model that
can't be used, or another error; 2 a setting or option can't be used.
"""


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return its exit status."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.question is None and not options.check_llm:
        parser.error("a question is needed; in quotes, or - to read it from input")
    try:
        return check_llm() if options.check_llm else _answer(options)
    except AssistantError as error:
        print(error, file=sys.stderr)
        return 2 if isinstance(error, SettingsError) else 1


def _answer(options: argparse.Namespace) -> int:
    question = sys.stdin.read() if options.question == "-" else options.question
    settings = Settings.from_environment()
    if options.index:
        settings = replace(settings, index=options.index)
    trace = open_assistant(settings).explain(question, language=options.language)
    text = shown(trace.answer) + (explained(trace) if options.explain else "")
    if options.json:
        text = json.dumps(trace.answer.as_json(), ensure_ascii=False, indent=2)
    try:
        print(text, flush=True)
    except BrokenPipeError:  # … | head
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def check_llm() -> int:
    """Print what becomes of a question to the language model; return the exit status."""
    from assistant.check import check

    return 0 if check(Settings.from_environment(), partial(print, flush=True)) else 1


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
    lines += _written(trace)
    for place, item in enumerate(trace.candidates[:12], start=1):
        parts = " ".join(f"{name} {value:.2f}" for name, value in item.parts)
        ranks = " ".join(f"{name} #{rank}" for name, rank in item.ranks)
        lines += [f"{place:>2}. {item.score:.2f} {item.language} {item.text}", f"      {parts}"]
        lines += [f"      {ranks}"] if ranks else []
    steps = " ".join(f"{step} {spent:.1f} ms" for step, spent in trace.answer.timings.items())
    return "\n".join([*lines, steps])


def _written(trace: Trace) -> list[str]:
    """Return what a language model wrote, each sentence with its verdict."""
    lines = []
    for one in trace.said:
        cites, shown = (" ".join(f"[{n}]" for n in ns) or "no" for ns in (one.cited, one.numbers))
        verdict = f"shown with {shown}" if one.numbers else "withheld"
        why = f": {one.reason}" if one.reason else ""
        lines.append(f"model, {cites} marker, {one.score:.0%} covered, {verdict}{why}")
        lines.append(f"      {one.text}")
    if trace.said:
        first = trace.answer.timings.get("first sentence")
        after = f", first shown sentence after {first:.0f} ms" if first else ""
        lines.append(f"model: {len(trace.said)} sentences, {trace.answer.withheld} withheld{after}")
    return lines


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m assistant",
        description="Answer a question about the articles, in Dutch or English, with citations.",
        epilog=EPILOGUE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "question", nargs="?", help="the question in quotes, or - to read it from input"
    )
    parser.add_argument("--language", choices=("nl", "en"), help="answer in this language")
    parser.add_argument("--index", type=Path, help="the index folder (default: ./.index)")
    parser.add_argument("--json", action="store_true", help="the answer as the API sends it")
    parser.add_argument(
        "--explain", action="store_true", help="show candidates, scores and why it stopped"
    )
    parser.add_argument(
        "--check-llm", action="store_true", help="tell whether the language model can be used"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
