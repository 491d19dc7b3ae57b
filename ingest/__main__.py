"""python -m ingest: build the index from the corpus, or show what became of the pages."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.build import Built, Corpus, Progress, build_index, read_corpus
from ingest.embedder import load_embedder
from ingest.errors import AssistantError, CorpusError, SettingsError
from ingest.settings import Settings

if TYPE_CHECKING:
    from assistant.draft import Drafted
    from ingest.editorial import EntryName

EPILOGUE = """\
A corpus is a folder with pages/*.txt, *.md or *.html, each with an optional .toml of the same
name (url, title, author, date, published_in, language), and beside pages/ the editors' own
translations.toml and questions.toml. Nothing is written unless all of it can be used.

exit status: 0 done or nothing to do; 1 the index can't be written; 2 the corpus or a setting
can't be used; 130 interrupted. Whatever happens, the last good index keeps serving.
"""


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return its exit status."""
    options = _parser().parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that has no “ shows ? instead
    try:
        _run(options)
    except (CorpusError, SettingsError) as error:
        print(f"Nothing was changed:\n{error}", file=sys.stderr)
        return 2
    except AssistantError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped; the last good index is still in place.", file=sys.stderr)
        return 130
    except BrokenPipeError:  # … | head
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _run(options: argparse.Namespace) -> None:
    settings = Settings.from_environment()
    if options.folder:
        settings = replace(settings, corpus=options.folder)
    if options.index:
        settings = replace(settings, index=options.index)
    shown = {
        _show_articles: options.articles,
        _show_ledger: options.ledger,
        _show_unpaired: options.unpaired,
    }
    if any(shown.values()):
        embedder = load_embedder(settings.embedder, api_key=settings.embedder_api_key)
        corpus = read_corpus(settings.corpus, embedder)
        for show, wanted in shown.items():
            if wanted:
                show(corpus)
        return
    if options.draft_translations or options.draft_questions:
        _draft(options, settings)
        return
    with progress_bar() as progress:
        built = build_index(settings, options.rebuild, progress)
    print(summary(built))


def _draft(options: argparse.Namespace, settings: Settings) -> None:
    # Imports point from assistant to ingest; here the command line reaches up, because a draft is
    # checked by what checks and finds answers. The library below it doesn't.
    from assistant.draft import draft

    given: dict[EntryName, bool] = {
        "translation": options.draft_translations,
        "sentence": options.draft_questions,
    }
    with progress_bar() as progress:
        done = draft(settings, [name for name, wanted in given.items() if wanted], progress)
    for drafted in done:
        print(drafts_told(drafted))


class progress_bar:  # noqa: N801  (a context manager, used like a function)
    """A progress bar on a terminal's standard error; elsewhere nothing."""

    def __enter__(self) -> Progress:
        from tqdm import tqdm

        self._bar = tqdm(
            total=None, bar_format="{desc:<14} {bar} {n}/{total}", disable=None, leave=False
        )
        return self._show

    def _show(self, step: str, done: int, total: int) -> None:
        self._bar.total, self._bar.n = total, done
        self._bar.set_description_str(step)

    def __exit__(self, *_: object) -> None:
        self._bar.close()


def summary(built: Built) -> str:
    """Return what an ingest did, for people."""
    made = built.manifest
    size = (
        f"{made.articles} articles, {made.sentences} sentences, {made.chunks} chunks, "
        f"{made.faces} expected questions"
    )
    if built.corpus is None:
        return f"Nothing has changed: the index holds {size}."
    lines = [
        f"Indexed {size} in {built.seconds:.1f} s "
        f"({built.embedded} chunks embedded, {built.reused} as before)."
    ]
    return "\n".join(lines + _remarks(built.corpus))


def _remarks(corpus: Corpus) -> list[str]:
    reasons = Counter(row.reason for row in corpus.dropped)
    told = [f"{n} {_REASONS[reason]}" for reason, n in sorted(reasons.items())]
    lines = [f"Left out {', '.join(told)}: see --ledger."] if told else []
    alone = [s for _, s in corpus.unpaired if not s.translation]
    if corpus.unpaired:
        lines.append(
            f"{len(corpus.unpaired)} sentences exist in one language only, {len(alone)} of them "
            "without a translation: see --unpaired."
        )
    for text in corpus.stale_translations:
        lines.append(f'Stale translation, its sentence has changed: "{_short(text)}"')
    for text in corpus.questions.stale:
        lines.append(f'Stale questions, their sentence has changed: "{_short(text)}"')
    for what, texts in (
        ("translations", corpus.drafted_translations),
        ("questions", corpus.drafted_questions),
    ):
        if texts:
            lines.append(
                f"{len(texts)} drafted {what} wait for an editor: in {what}.toml, read each and "
                "take its `drafted = true` out."
            )
    for path in corpus.unread:
        cure = (
            "no page has this name" if path.suffix == ".toml" else "save it as .txt, .md or .html"
        )
        lines.append(f"Not read: {path} ({cure}).")
    without = corpus.questions.without
    if without:
        lines.append(
            f'{len(without)} sentences have no expected question, such as "{_short(without[0])}"'
        )
    return lines


def drafts_told(drafted: Drafted) -> str:
    """Return what drafting did for one file, for people."""
    lines = [f"{drafted.path}: {drafted.written} drafted, waiting for an editor."]
    for what, rows in (("Not kept", drafted.refused), ("No draft", drafted.failed)):
        lines += [f'{what} for "{_short(text)}": {why}' for text, why in rows]
    if drafted.failed:
        lines.append("Run it again to try those once more.")
    return "\n".join(lines)


_REASONS = {
    "exact": "repeated blocks",
    "near": "nearly repeated blocks",
    "furniture": "blocks of page furniture",
    "order": "blocks that give orders to a machine",
    "language": "blocks in another language",
    "markup": "leftover tags, images and links",
}


def _show_articles(corpus: Corpus) -> None:
    for article in corpus.articles:
        paired = sum(bool(s.twins) for s in article.sentences)
        print(
            f"{article.id}  {article.language}  {article.kind:<8} {len(article.sentences):>4} "
            f"sentences, {paired} with a twin  {article.title}"
        )


def _show_ledger(corpus: Corpus) -> None:
    for row in corpus.dropped:
        print(f'{row.page} {row.start}-{row.end}  {row.reason}: "{_short(row.text)}"')
        if row.kept_page:
            print(f"    the same as {row.kept_page} {row.kept_start} ({row.similarity:.2f})")
    left_out = sum(row.reason != "markup" for row in corpus.dropped)
    print(f"{left_out} of {len(corpus.blocks)} blocks left out.")


def _show_unpaired(corpus: Corpus) -> None:
    for missing, sentence in corpus.unpaired:
        print(f"not in {missing}: {sentence.text}")
        print(f"    ours: {sentence.translation or '(none; add one to translations.toml)'}")
    for text in corpus.stale_translations:
        print(f'stale: "{text}" is no sentence of the pages any more')


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 90 else flat[:89] + "…"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m ingest",
        description="Build the index that the assistant answers from.",
        epilog=EPILOGUE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("folder", nargs="?", type=Path, help="the corpus (default: ./corpus)")
    parser.add_argument("--index", type=Path, help="where to build (default: ./.index)")
    parser.add_argument("--rebuild", action="store_true", help="build even if nothing changed")
    show = parser.add_argument_group("show instead of build")
    show.add_argument("--articles", action="store_true", help="the articles found in the pages")
    show.add_argument("--ledger", action="store_true", help="every block left out, and why")
    show.add_argument("--unpaired", action="store_true", help="sentences in one language only")
    add = parser.add_argument_group(
        "draft with the language model (ASSISTANT_LLM_*), for an editor to accept"
    )
    add.add_argument("--draft-translations", action="store_true",
                     help="of sentences in one language only, in translations.toml")  # fmt: skip
    add.add_argument("--draft-questions", action="store_true",
                     help="that visitors may ask, in questions.toml")  # fmt: skip
    return parser


if __name__ == "__main__":
    sys.exit(main())
