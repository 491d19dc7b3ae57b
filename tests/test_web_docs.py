"""docs/website.md and docs/deploy.md say what the code does; nginx runs as they describe it."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from pathlib import Path

import httpx
import pytest
from running import GRADIO_WARNINGS, Waiting, serving, wait_until

from ingest.settings import Settings
from ui.app import create_app
from ui.errors import STATUS
from ui.serving import Serving

ROOT = Path(__file__).parent.parent
WEBSITE = (ROOT / "docs" / "website.md").read_text("utf-8")
DEPLOY = (ROOT / "docs" / "deploy.md").read_text("utf-8")
WIDGET = (ROOT / "ui" / "static" / "widget.js").read_text("utf-8")

pytestmark = GRADIO_WARNINGS


def test_every_attribute_is_documented() -> None:
    read = set(re.findall(r"\bdata\.([a-z]+)\b(?! ===? undefined)", WIDGET)) - {"type"}
    assert set(re.findall(r"^\| `data-([a-z]+)`", WEBSITE, re.MULTILINE)) == read


def test_every_method_is_documented() -> None:
    body = WIDGET.split("window.ChatWidget = {")[1].split("\n  };")[0]
    methods = set(re.findall(r"^    (\w+)[(,]", body, re.MULTILINE))
    assert set(re.findall(r"^\| `ChatWidget\.(\w+)\(", WEBSITE, re.MULTILINE)) == methods


def test_every_event_is_documented() -> None:
    sent = set(re.findall(r'emit\("(\w+)"', WIDGET)) | {"question", "answer", "error"}
    table = WEBSITE.split("| event | detail |")[1].split("##")[0]
    rows = [row.split("|")[1] for row in table.splitlines() if row.startswith("| `")]
    told = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert told == sent


def test_every_refusal_is_documented() -> None:
    told = set(re.findall(r"`(\w+)`", WEBSITE.split("A refusal has")[1]))
    assert told >= set(STATUS) - {"internal", "not_found", "method"}


def test_every_setting_named_exists() -> None:
    known = {f"ASSISTANT_{f.name.upper()}" for f in fields(Settings)}
    assert set(re.findall(r"ASSISTANT_[A-Z_]+", WEBSITE + DEPLOY)) <= known


def nginx_site() -> str:
    """The server block in docs/deploy.md."""
    block = DEPLOY.split("## nginx")[1].split("## Caddy")[0]
    lines = [line[4:] for line in block.splitlines() if line.startswith("    ")]
    return "\n".join(line for line in lines if not line.startswith("#"))


@contextmanager
def nginx(folder: Path, backend: str) -> Iterator[str]:
    """Run the documented configuration, on another port and with a certificate made here."""
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    if not Path(program).exists() or not shutil.which("openssl"):
        pytest.skip("no nginx or openssl found; Debian: apt install nginx-light openssl")
    subject = ["-subj", "/CN=chat.example.be", "-keyout", f"{folder}/key.pem"]
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", *subject]
    subprocess.run([*make, "-out", f"{folder}/cert.pem"], check=True, capture_output=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    site = nginx_site()
    for documented, here in (
        ("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"),
        ("/etc/letsencrypt/live/chat.example.be/fullchain.pem", f"{folder}/cert.pem"),
        ("/etc/letsencrypt/live/chat.example.be/privkey.pem", f"{folder}/key.pem"),
        ("http://127.0.0.1:7860", backend),
    ):
        assert documented in site
        site = site.replace(documented, here)
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in
        ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )  # fmt: skip
    configuration = folder / "nginx.conf"
    configuration.write_text(
        f"daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{}}\n"
        f"http {{ access_log off; {temporary}\n{site}\n}}"
    )
    with subprocess.Popen([program, "-e", f"{folder}/error.log", "-c", configuration]) as process:
        try:
            wait_until(lambda: _listens(port))
            yield f"https://127.0.0.1:{port}"
        finally:
            process.terminate()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_nginx_as_documented(settings: Settings, tmp_path: Path) -> None:
    setup = replace(settings, trusted_proxies=("127.0.0.1",), metrics=True, questions_per_minute=3)
    held = Serving(setup, lambda _: Waiting(steps=25))  # type: ignore[arg-type,return-value]
    app = create_app(setup, serving=held)
    options = {"trusted_proxies": setup.trusted_proxies}
    with serving(app, **options) as backend, nginx(tmp_path, backend) as front:
        client = httpx.Client(
            base_url=front, verify=False, headers={"host": "chat.example.be"}, timeout=10
        )
        with client:
            wait_until(lambda: client.get("/readyz").is_success)
            assert client.get("/metrics").status_code == 404
            page = client.get("/chat/")
            assert page.is_success
            assert backend not in page.text
            assert arrives_bit_by_bit(client)
            # nginx says who asks; what a client says about itself is overwritten.
            for _ in range(2):
                ask(client)
            forged = {"x-forwarded-for": "203.0.113.7"}
            assert ask(client, **forged).status_code == 429
            own = {"origin": "https://chat.example.be"}
            assert ask(client, **own).status_code == 429  # its own origin: not 403


def ask(client: httpx.Client, **headers: str) -> httpx.Response:
    return client.post("/api/v1/chat", json={"message": "hoi"}, headers=headers)


def arrives_bit_by_bit(client: httpx.Client) -> bool:
    """Whether the first event of a half-second answer comes well before the last."""
    headers = {"accept": "text/event-stream"}
    times = []
    with client.stream("POST", "/api/v1/chat", json={"message": "hoi"}, headers=headers) as answer:
        for line in answer.iter_lines():
            if line.startswith("event:"):
                times.append(time.monotonic())
    return times[-1] - times[0] > 0.2
