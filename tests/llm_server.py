"""A real HTTP server on loopback that speaks OpenAI's chat protocol and plays any failure.

    with LLMServer(lambda request: Reply("Er zijn er 14.600. [1]")) as server:
        Settings(llm_base_url=server.base_url, llm_model="test-model")

What it says is decided request by request by a function of the request's JSON, so a test's model
can be honest, or obey whatever it reads.
"""

from __future__ import annotations

import json
import re
import socket
import ssl
import struct
import subprocess
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal

MODEL = "test-model"
HTML = "<!doctype html><html><body><h1>Welcome</h1></body></html>"
TOO_MANY = {"error": {"message": "slow down", "code": "rate_limit_exceeded"}}


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer, or one way of not giving it."""

    text: str = ""
    status: int = 200  # not 200: `body` is sent, and nothing is streamed
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = '{"error": {"message": "as the test asked for"}}'
    content_type: str = "application/json"
    # What happens instead of the rest after `after` pieces (a word each) were sent:
    # silence, a proper end without the last events, a reset connection, half an event, an error.
    fault: Literal["", "stall", "end", "reset", "garbage", "error"] = ""
    after: int = 3
    streams: bool = True  # False: one JSON body, though a stream was asked for
    pause: float = 0.0  # seconds before every piece
    drip: float = 0.0  # seconds before every byte
    finish: str = "stop"
    usage: bool = True
    thinking: str = ""  # sent before the answer, as `reasoning_content`

    @classmethod
    def web_page(cls) -> Reply:
        """Return what a wrong base URL often leads to."""
        return cls(streams=False, body=HTML, content_type="text/html; charset=utf-8")


class LLMServer:
    """The server; a context manager. `requests` holds every chat request's JSON."""

    def __init__(
        self,
        reply: Callable[[dict[str, Any]], Reply] | Reply | None = None,
        *,
        models: tuple[str, ...] = (MODEL,),
        key: str = "",
        certificate: tuple[Path, Path] | None = None,
    ) -> None:
        self.reply = reply if callable(reply) else lambda _request: reply or Reply("Goed.")
        self.models = models
        self.key = key
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str] = []  # the Authorization headers
        self.headers: list[list[str]] = []  # the names of all headers
        self.hung_up = threading.Event()  # set when a client went away in mid-answer
        self.stopped = threading.Event()
        self._scheme = "https" if certificate else "http"
        self._open: set[socket.socket] = set()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.owner = self
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_address[1])

    @property
    def base_url(self) -> str:
        """What goes into ASSISTANT_LLM_BASE_URL."""
        return f"{self._scheme}://127.0.0.1:{self.port}/v1"

    def __enter__(self) -> LLMServer:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.kill()

    def kill(self) -> None:
        """Stop listening and break off every answer, as a killed process does."""
        if self.stopped.is_set():
            return
        self.stopped.set()
        self._server.shutdown()
        self._server.server_close()
        for connection in list(self._open):
            reset(connection)
        self._thread.join(10)


class _Server(ThreadingHTTPServer):
    owner: LLMServer
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away in mid-answer is no news."""
        self.owner.hung_up.set()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.server.owner._open.add(self.connection)

    def finish(self) -> None:
        self.server.owner._open.discard(self.connection)
        super().finish()

    def log_message(self, *args: Any) -> None:
        """Keep the tests' output clean."""

    def do_GET(self) -> None:
        data = [{"id": name, "object": "model"} for name in self.server.owner.models]
        known = self.path == "/v1/models" and self._key_fits()
        self._body(Reply(status=200 if known else 404, body=json.dumps({"data": data})))

    def do_POST(self) -> None:
        owner = self.server.owner
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        owner.requests.append(request)
        if self.path != "/v1/chat/completions":
            self._body(Reply(status=404))
        elif not self._key_fits():
            self._body(Reply(status=401, body=f'{{"error": {{"message": "{owner.keys[-1]}"}}}}'))
        elif request["model"] not in owner.models:
            self._body(Reply(status=404))
        else:
            self._answer(request, owner.reply(request))

    def _key_fits(self) -> bool:
        owner = self.server.owner
        owner.keys.append(self.headers.get("Authorization", ""))
        owner.headers.append(list(self.headers))
        return not owner.key or owner.keys[-1] == f"Bearer {owner.key}"

    def _answer(self, request: dict[str, Any], reply: Reply) -> None:
        pieces = re.findall(r"\s*\S+|\s+$", reply.text)
        count = sum(len(message["content"].split()) for message in request["messages"])
        usage = {
            "prompt_tokens": count,
            "completion_tokens": len(pieces),
            "total_tokens": count + len(pieces),
        }
        if reply.status != 200 or reply.content_type != "application/json":
            self._body(reply)
        elif not (request.get("stream") and reply.streams):
            message = {"role": "assistant", "content": reply.text}
            choice = {"index": 0, "message": message, "finish_reason": reply.finish}
            self._body(Reply(body=json.dumps(_event(choice, usage=usage))))
        else:
            wants = request.get("stream_options", {}).get("include_usage")
            self._stream(pieces, usage if wants and reply.usage else None, reply)

    def _body(self, reply: Reply) -> None:
        data = reply.body.encode()
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type)
        self.send_header("Content-Length", str(len(data)))
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def _stream(self, pieces: list[str], usage: dict[str, int] | None, reply: Reply) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        send = lambda event: self._chunk(f"data: {json.dumps(event)}\n\n", reply.drip)  # noqa: E731
        if reply.thinking:
            send(_event(_delta(reasoning_content=reply.thinking)))
        for number, piece in enumerate(pieces):
            if reply.fault and number == reply.after:
                break
            self._wait(reply.pause)
            send(_event(_delta(content=piece)))
        if reply.fault:
            self._go_wrong(reply)
            return
        send(_event(_delta(finish=reply.finish)))
        if usage:
            send(_event(usage=usage))
        self._chunk("data: [DONE]\n\n")
        self._chunk("")

    def _go_wrong(self, reply: Reply) -> None:
        match reply.fault:
            case "stall":
                self._wait(60)
            case "end":
                self._chunk("")
            case "reset":
                reset(self.connection)
            case "garbage":
                self._chunk('data: {"choices": [{"delta": {"con\n\n')
                self._chunk("")
            case "error":
                self._chunk('data: {"error": {"message": "out of memory", "code": 500}}\n\n')
                self._chunk("")
        self.close_connection = True

    def _chunk(self, text: str, drip: float = 0.0) -> None:
        data = text.encode()
        self.wfile.write(f"{len(data):x}\r\n".encode())
        for part in [data[i : i + 1] for i in range(len(data))] if drip else [data]:
            self._wait(drip)
            self.wfile.write(part)
        self.wfile.write(b"\r\n")

    def _wait(self, seconds: float) -> None:
        if seconds and self.server.owner.stopped.wait(seconds):
            raise ConnectionAbortedError


def _event(*choices: dict[str, Any], usage: dict[str, int] | None = None) -> dict[str, Any]:
    event = {"id": "c1", "object": "chat.completion.chunk", "created": 0, "model": MODEL}
    return {**event, "choices": list(choices), "usage": usage}


def _delta(finish: str | None = None, **delta: str) -> dict[str, Any]:
    return {"index": 0, "delta": {"role": "assistant", **delta}, "finish_reason": finish}


def reset(connection: socket.socket) -> None:
    """Close a connection the hard way: the other side reads ECONNRESET."""
    try:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # closed already
    connection.close()


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """Return a self-signed certificate for localhost and its key."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"]
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*make, *names, *files], check=True, capture_output=True)
    return certificate, key
