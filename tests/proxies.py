"""The web servers of docs/deploy.md, run as they are described there but for ports and keys."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from running import free_port, wait_until

ROOT = Path(__file__).parent.parent
DEPLOY = (ROOT / "docs" / "deploy.md").read_text("utf-8")
HOST = "chat.example.be"


def block(heading: str) -> str:
    """The first indented block under a heading of docs/deploy.md, without its indent."""
    lines = DEPLOY.split(f"\n## {heading}\n")[1].split("\n## ")[0].splitlines()
    first = next(n for n, line in enumerate(lines) if line.startswith("    "))
    last = next((n for n, line in enumerate(lines) if n > first and line[:1].strip()), len(lines))
    return "\n".join(line[4:] for line in lines[first:last])


def replaced(text: str, *pairs: tuple[str, str]) -> str:
    """The text with what is documented replaced by what is here; each must be there."""
    for documented, here in pairs:
        assert documented in text
        text = text.replace(documented, here)
    return text


@contextmanager
def client(address: str, source: str = "127.0.0.1") -> Iterator[httpx.Client]:
    """A visitor of https://chat.example.be, as it is served at `address`, from another address."""
    transport = httpx.HTTPTransport(verify=False, local_address=source)

    def named(request: httpx.Request) -> None:
        request.extensions["sni_hostname"] = HOST

    with httpx.Client(
        base_url=address,
        transport=transport,
        headers={"host": HOST},
        timeout=60,
        event_hooks={"request": [named]},
    ) as visitor:
        yield visitor


@contextmanager
def nginx(folder: Path, backends: Sequence[str]) -> Iterator[str]:
    """Run the documented nginx before two backends ("127.0.0.1:1234"); yield its address."""
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    if not Path(program).exists() or not shutil.which("openssl"):
        pytest.skip("no nginx or openssl found; Debian: apt install nginx-light openssl")
    subject = ["-subj", f"/CN={HOST}", "-keyout", f"{folder}/key.pem"]
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", *subject]
    subprocess.run([*make, "-out", f"{folder}/cert.pem"], check=True, capture_output=True)
    port = free_port()
    site = replaced(
        block("nginx"),
        ("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"),
        (f"/etc/letsencrypt/live/{HOST}/fullchain.pem", f"{folder}/cert.pem"),
        (f"/etc/letsencrypt/live/{HOST}/privkey.pem", f"{folder}/key.pem"),
        *zip(("127.0.0.1:7860", "127.0.0.1:7861"), backends, strict=True),
    )
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    configuration = folder / "nginx.conf"
    configuration.write_text(
        f"daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{}}\n"
        f"http {{ access_log off; {temporary}\n{site}\n}}"
    )
    with subprocess.Popen([program, "-e", f"{folder}/error.log", "-c", configuration]) as process:
        try:
            wait_until(lambda: listens(port))
            yield f"https://127.0.0.1:{port}"
        finally:
            process.terminate()


@contextmanager
def caddy(folder: Path, backends: Sequence[str]) -> Iterator[str]:
    """Run the documented Caddy before the first backend; yield its address."""
    program = shutil.which("caddy")
    if not program:
        pytest.skip("no Caddy found; Debian: apt install caddy")
    port = free_port()
    site = replaced(
        block("Caddy"),
        (f"{HOST} {{", f"{HOST}:{port} {{\nbind 127.0.0.1"),
        ("127.0.0.1:7860", backends[0]),
    )
    alone = "{\nadmin off\nlocal_certs\nskip_install_trust\nauto_https disable_redirects\n}\n"
    configuration = folder / "Caddyfile"
    configuration.write_text(alone + site)
    command = [program, "run", "--config", str(configuration), "--adapter", "caddyfile"]
    homes = {"HOME": str(folder), "XDG_DATA_HOME": f"{folder}/data", "XDG_CONFIG_HOME": str(folder)}
    with (
        (folder / "caddy.log").open("w") as told,
        subprocess.Popen(command, env=homes, stdout=told, stderr=told) as process,
    ):
        try:
            wait_until(lambda: answers(f"https://127.0.0.1:{port}"))  # it makes its keys first
            yield f"https://127.0.0.1:{port}"
        finally:
            process.terminate()


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def answers(address: str) -> bool:
    try:
        with client(address) as visitor:
            return visitor.get("/healthz").is_success
    except httpx.TransportError:
        return False
