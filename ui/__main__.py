"""python -m ui: build the index if need be, and serve the chat."""

from __future__ import annotations

import argparse
import errno
import logging
import socket
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from ingest.errors import AssistantError, IndexBusy, SettingsError
from ingest.records import LANGUAGES
from ingest.settings import Settings

if TYPE_CHECKING:
    from ui.serving import Serving

EPILOGUE = """\
The first start builds the index from ./corpus; later starts only check that it is up to date.
Settings come from ASSISTANT_* variables, for example:

  ASSISTANT_SITE_NAME="Ask our articles" ASSISTANT_CONTACT_URL=mailto:info@example.com python -m ui

For a website: ASSISTANT_ALLOWED_ORIGINS=https://www.example.com lets that site show the widget.
See docs/website.md and docs/deploy.md.

exit status: 0 stopped; 1 the index, the address or the language model can't be used; 2 a setting
can't be used.
"""


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return its exit status."""
    options = _parser().parse_args(arguments)
    from ui.serving import Serving  # not for --help

    try:
        settings = Settings.from_environment()
        settings = replace(
            settings, host=options.host or settings.host, port=options.port or settings.port
        )
        _require_free(settings.host, settings.port)
        assistants = Serving(settings)  # a model that can't be set up is told before all else
        prepare(settings)
        serve(assistants, options)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    except AssistantError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        pass
    return 0


def prepare(settings: Settings) -> None:
    """Build the index if it is missing or stale, showing how far it is, and say what it holds."""
    from ingest.__main__ import progress_bar, summary
    from ingest.build import build_index

    try:
        with progress_bar() as progress:
            built = build_index(settings, progress=progress)
    except IndexBusy as busy:
        # Another process is at it, maybe our twin. Ours takes the new index up when it is there.
        print(busy, flush=True)
    else:
        print(summary(built), flush=True)


def serve(assistants: Serving, options: argparse.Namespace) -> None:
    """Serve until stopped; running answers are finished first."""
    from ui.app import create_app
    from ui.server import build_server, share_memory, stop_in_order

    stop_in_order()
    share_memory()

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    for noisy in ("httpx", "chromadb", "uvicorn.error"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    settings = assistants.settings
    app = create_app(settings, options.lang, assistants)
    print(welcome(settings), flush=True)
    build_server(app, settings, options.root_path).run()


def welcome(settings: Settings) -> str:
    """Return where the chat is and what is switched on."""
    host = "localhost" if settings.host in ("127.0.0.1", "0.0.0.0") else settings.host
    answers = f"written by {settings.llm_model}" if settings.llm_base_url else "quotes"
    lines = [
        f"The chat is at http://{host}:{settings.port}/chat/  (Ctrl-C stops it)",
        f"Answers: {answers}. Sites that may embed it: "
        f"{', '.join(settings.allowed_origins) or 'none but this one'}.",
    ]
    switched_on = [
        name
        for name, on in (
            ("question log", bool(settings.question_log)),
            ("metrics at /metrics", settings.metrics),
            ("demo at /demo", settings.demo),
        )
        if on
    ]
    if switched_on:
        lines.append(f"Switched on: {', '.join(switched_on)}.")
    return "\n".join(lines)


def _require_free(host: str, port: int) -> None:
    """Raise AssistantError while nothing has been done yet, if the address can't be used."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            problem = f"{host}:{port} can't be used ({error.strerror})"
            raise AssistantError(f"{problem}; {cure(error, port)}.") from error


def cure(error: OSError, port: int) -> str:
    """Return what helps against an address that can't be listened on."""
    if error.errno == errno.EADDRINUSE:
        return f"try --port {port + 1 if port < 65535 else port - 1}"
    if error.errno in (errno.EACCES, errno.EPERM):
        return "use a --port from 1024 on, or have a proxy listen there: see docs/deploy.md"
    return "--host takes an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all"


def _port(value: str) -> int:
    """Return the port, by the same rule as the setting's."""
    try:
        return Settings.from_environment({"ASSISTANT_PORT": value}).port
    except SettingsError as error:
        raise argparse.ArgumentTypeError(str(error).removeprefix("ASSISTANT_PORT=")) from error


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m ui",
        description="Serve the chat, its HTTP API and the website widget.",
        epilog=EPILOGUE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--host", help="address to listen on (default 127.0.0.1: this machine)")
    parser.add_argument("--port", type=_port, help="port to listen on (default 7860)")
    parser.add_argument(
        "--lang",
        choices=LANGUAGES,
        default="nl",
        help="the page's language, where the "
        "reader's browser asks for neither Dutch nor English (default nl)",
    )
    parser.add_argument(
        "--root-path", default="", help="the path a proxy strips, such as /assistant"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
