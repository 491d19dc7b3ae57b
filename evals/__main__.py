"""python -m evals: does this release answer well enough? The exit status says."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from evals.baseline import PATH as BASELINE
from evals.questions import SHIPPED
from evals.run import Subject
from ingest.errors import AssistantError
from ingest.settings import Settings

if TYPE_CHECKING:
    from evals.models import Scripted

EPILOGUE = """\
The first line is the verdict and, when it is red, the failed check that explains most.

exit status: 0 green; 1 red; 2 the question file, the index or a setting can't be used.
"""
REPORTS = ("html", "json", "junit", "markdown")


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return its exit status."""
    options = _parser().parse_args(arguments)
    commands: dict[str, Callable[[argparse.Namespace], int]] = {
        "compare": _compare,
        "explain": _explain,
        "add": _add,
        "bench": _bench,
        "retrieval": _retrieval,
        "verification": _verification,
        "claims": _claims,
        "marked": _marked,
    }
    try:
        return commands.get(options.command, _run)(options)
    except AssistantError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130


def _run(options: argparse.Namespace) -> int:
    from assistant import open_assistant
    from evals import baseline, report
    from evals.evaluate import evaluate
    from evals.questions import QuestionsError, load_questions

    questions = load_questions(options.questions, options.half)
    if options.accept is not None and options.half == "tuning":
        raise QuestionsError("Only the gate's half can be accepted; the other was tuned on.")
    settings, about, seconds = _ready(options)
    subject = open_assistant(settings, faces=not options.no_faces)
    before = None if options.no_baseline else baseline.read_baseline(options.baseline)
    with _progress() as progress:
        sides, models = _sides(options, settings), _models(options, settings)
        result = evaluate(subject, questions, before, about, sides, progress, models=models)
    result = replace(result, timings={"indexing": seconds, **result.timings})
    print(report.as_text(result))
    kinds = [kind for kind in REPORTS if getattr(options, kind)]
    for path in report.write_report(options.report, result, kinds):
        print(f"written: {path}")
    if options.accept is not None:
        baseline.accept(result, options.accept, options.lower_floor, options.baseline)
        print(f"accepted: {options.baseline}")
        return 0
    return 0 if result.green else 1


def _ready(options: argparse.Namespace) -> tuple[Settings, dict[str, str], float]:
    """Bring the index up to date; return the settings, what to tell of it, and the seconds."""
    from evals.evaluate import versions
    from ingest.build import build_index

    settings = Settings.from_environment()
    if options.corpus:
        settings = replace(settings, corpus=options.corpus)
    if options.index:
        settings = replace(settings, index=options.index)
    built = build_index(settings)
    made = built.manifest
    about = {
        "corpus": f"{made.articles} articles, {made.sentences} sentences, digest {made.inputs}",
        "embedder": made.embedder,
        "expected questions": "switched off" if options.no_faces else str(made.faces),
        "half": options.half,
        "answers by": settings.llm_model or "quoting",
        **versions(),
    }
    return settings, about, built.seconds


def _sides(options: argparse.Namespace, settings: Settings) -> dict[str, Subject]:
    """Return what runs beside the assistant: itself without expected questions, and peers."""
    from assistant import open_assistant
    from evals.peers import peers

    found: dict[str, Subject] = {}
    if not options.no_faces:
        found["no expected questions"] = open_assistant(settings, faces=False)
    return {**found, **peers(settings)} if options.peers else found


def _models(options: argparse.Namespace, settings: Settings) -> list[tuple[Scripted, Subject]]:
    """Return the wanted scripted models, each with the assistant whose answers it words."""
    if not options.models and not options.model:
        return []
    from assistant import open_assistant
    from evals.models import Honest, Liar, as_llm

    known: dict[str, Scripted] = {"honest": Honest(), "liar": Liar()}
    faces = not options.no_faces
    free = replace(settings, model_calls_per_day=10**9, model_tokens_per_day=10**9)
    return [
        (model, open_assistant(free, faces=faces, llm=as_llm(model)))
        for name, model in known.items()
        if options.models or name == options.model
    ]


def _compare(options: argparse.Namespace) -> int:
    from evals import stored
    from evals.compare import compare

    print(compare(stored.read(options.first), stored.read(options.second)))
    return 0


def _explain(options: argparse.Namespace) -> int:
    from assistant import open_assistant
    from evals.explain import explain
    from evals.questions import QuestionsError, load_questions

    questions = {q.id: q for q in load_questions(options.questions, "all")}
    if options.id not in questions:
        raise QuestionsError(f"{options.questions}: has no question with the id {options.id}.")
    settings, _, _ = _ready(options)
    print(explain(open_assistant(settings, faces=not options.no_faces), questions[options.id]))
    return 0


def _add(options: argparse.Namespace) -> int:
    from assistant import open_assistant
    from evals.draft import draft, logged_questions
    from evals.questions import QuestionsError

    asked = [options.question] if options.question else []
    asked += logged_questions(options.from_log) if options.from_log else []
    if not asked:
        raise QuestionsError('Nothing to draft from: add "question", or add --from-log FILE.')
    assistant = open_assistant(_ready(options)[0])
    for question in asked:
        print(draft(assistant, question))
    print("Check each line against the article, then append it to the file.", file=sys.stderr)
    return 0


def _bench(options: argparse.Namespace) -> int:
    from evals.bench import bench
    from evals.questions import load_questions

    settings, _, _ = _ready(options)
    print(bench(settings, load_questions(options.questions, "tuning"), web=not options.no_web))
    return 0


def _retrieval(options: argparse.Namespace) -> int:
    from evals.retrieval import run, table
    from ingest.embedder import load_embedder

    settings = Settings.from_environment()
    embedder = load_embedder(settings.embedder, api_key=settings.embedder_api_key)
    try:
        print(table(run(options.folder, embedder, options.methods.split(","))))
    except (OSError, ValueError, KeyError) as error:
        print(f"{options.folder}: is no collection in BEIR's format ({error}).", file=sys.stderr)
        return 2
    return 0


def _marked(options: argparse.Namespace) -> int:
    from evals.marked import run, table

    try:
        print(table(run(options.folder)))
    except (OSError, ValueError, KeyError) as error:
        print(f"{options.folder}: is no XQuAD as converted here ({error!r}).", file=sys.stderr)
        return 2
    return 0


def _verification(options: argparse.Namespace) -> int:
    from assistant.verify import Verifier
    from evals.verification import judge, load_mutations, load_written, table
    from ingest.embedder import load_embedder

    settings = Settings.from_environment()
    verifier = Verifier(load_embedder(settings.embedder, api_key=settings.embedder_api_key))
    load = load_written if options.written else load_mutations
    print(table(judge(verifier, load(half=options.half)[:: options.every])))
    return 0


def _claims(_: argparse.Namespace) -> int:
    from assistant.premise import Premises
    from assistant.verify import Verifier
    from evals.claims import ASSERTED, corrected, load_claims, load_whys, table
    from ingest.embedder import load_embedder

    settings = Settings.from_environment()
    embedder = load_embedder(settings.embedder, api_key=settings.embedder_api_key)
    premises = Premises(Verifier(embedder), embedder)
    for claims in (load_claims(), load_whys(), load_whys(ASSERTED)):
        print(table(claims, [corrected(premises, claim) for claim in claims]), end="\n\n")
    return 0


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """A progress bar on a terminal's standard error; elsewhere nothing."""
    from tqdm import tqdm

    with tqdm(disable=None, leave=False, unit=" questions") as bar:

        def show(done: int, total: int) -> None:
            bar.total, bar.n = total, done
            bar.refresh()

        yield show


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m evals",
        description="Ask the question file and judge the answers; without a command, the gate.",
        epilog=EPILOGUE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--questions", type=Path, default=SHIPPED, help="a question file (JSONL)")
    parser.add_argument("--half", choices=("gate", "tuning", "all"), default="gate",
                        help="which half of the questions (default: gate)")  # fmt: skip
    parser.add_argument("--corpus", type=Path, help="the corpus (default: ASSISTANT_CORPUS)")
    parser.add_argument("--index", type=Path, help="its index (default: ASSISTANT_INDEX)")
    parser.add_argument("--no-faces", action="store_true", help="without expected questions")
    parser.add_argument("--peers", action="store_true",
                        help="run simpler ways to answer beside it")  # fmt: skip
    parser.add_argument("--models", action="store_true",
                        help="run two scripted language models beside it")  # fmt: skip
    parser.add_argument("--model", choices=("honest", "liar"), help="run only one of the two")
    parser.add_argument("--baseline", type=Path, default=BASELINE,
                        help="the last release's results")  # fmt: skip
    parser.add_argument("--no-baseline", action="store_true", help="floors only")
    _report_options(parser)
    _commands(parser.add_subparsers(dest="command", title="commands", metavar=""))
    return parser


def _report_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("report")
    group.add_argument("--report", type=Path, default=Path("evals/report"), metavar="DIR",
                       help="folder for the reports (default: evals/report)")  # fmt: skip
    for kind in REPORTS:
        group.add_argument(f"--{kind}", action="store_true", help=f"write the report as {kind}")
    group = parser.add_argument_group("release")
    group.add_argument("--accept", metavar="REASON", help="make this run the last release")
    group.add_argument("--lower-floor", metavar="NAME", action="append", default=[],
                       help="with --accept: lower a broken floor to what was reached")  # fmt: skip


def _commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    one = commands.add_parser("compare", help="two stored runs: what changed")
    one.add_argument("first", type=Path, metavar="A.json")
    one.add_argument("second", type=Path, metavar="B.json")
    one = commands.add_parser("explain", help="one question from retrieval to answer")
    one.add_argument("id", metavar="ID")
    one = commands.add_parser("add", help="draft a line for the question file")
    one.add_argument("question", nargs="?", help="a question to draft from its real answer")
    one.add_argument("--from-log", type=Path, metavar="FILE", help="uncovered questions of a log")
    one = commands.add_parser("bench", help="how long everything takes")
    one.add_argument("--no-web", action="store_true", help="without starting the web page")
    one = commands.add_parser("verification", help="lies rejected, honest sentences passed")
    one.add_argument("--half", choices=("gate", "tuning", "all"), default=argparse.SUPPRESS)
    one.add_argument("--written", action="store_true", help="freely worded claims instead")
    one.add_argument("--every", type=int, default=1, metavar="N", help="only every Nth (1)")
    commands.add_parser("claims", help="wrong premises corrected, true ones let be")
    one = commands.add_parser("marked", help="answers to questions with marked spans (XQuAD)")
    one.add_argument("folder", type=Path, metavar="DIR")
    one = commands.add_parser("retrieval", help="the retrieval part on a collection (BEIR)")
    one.add_argument(
        "--methods",
        default="lexical,dense,hybrid",
        help="any of lexical (plain BM25 with stemming), dense, hybrid; side by side",
    )
    one.add_argument("folder", type=Path, metavar="DIR")


if __name__ == "__main__":
    sys.exit(main())
