"""A scripted model behind OpenAI's chat protocol on loopback, at the pace of a real one."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from assistant.llm import Message

Reply = Callable[[Sequence[Message]], str]
_TOKEN = re.compile(r"\s*\S{1,4}")  # some four characters, as tokens of English and Dutch have


@contextmanager
def serving(reply: Reply, tokens_per_second: float) -> Iterator[str]:
    """Yield the base URL of a server that streams what `reply` says, at that many tokens a second.

    The first token comes after one interval: what a model takes to read its prompt is not played.
    """
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(reply, 1 / tokens_per_second))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


def tokens(text: str) -> list[str]:
    """Return the text in pieces of a token's length."""
    return _TOKEN.findall(text)


def _handler(reply: Reply, interval: float) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: Any) -> None:
            """Keep the bench's output clean."""

        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            said = reply([(m["role"], m["content"]) for m in request["messages"]])
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream; charset=utf-8")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            started = time.monotonic()
            for count, token in enumerate(tokens(said), start=1):
                time.sleep(max(0.0, started + count * interval - time.monotonic()))
                self._send({"role": "assistant", "content": token}, None)
            self._send({}, "stop")
            self._chunk("data: [DONE]\n\n")
            self._chunk("")

        def _send(self, delta: dict[str, str], finish: str | None) -> None:
            choice = {"index": 0, "delta": delta, "finish_reason": finish}
            event = {
                "id": "c",
                "object": "chat.completion.chunk",
                "created": 0,
                "model": "scripted",
            }
            self._chunk(f"data: {json.dumps({**event, 'choices': [choice]})}\n\n")

        def _chunk(self, text: str) -> None:
            data = text.encode()
            self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    return Handler
