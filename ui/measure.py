"""python -m ui.measure: what the widget weighs, and how the server holds up under visitors.

Starts a server of its own, with limits out of the way, on the index that the settings name.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from ui.visitors import (
    QUESTIONS_EACH,
    VISITORS,
    Tally,
    ask_api,
    ask_page,
    crowd,
    leave_early,
)

WIDGET = ("widget.js", "embed?lang=nl", "embed.css", "embed.js")


async def print_sizes(site: httpx.AsyncClient) -> None:
    """Print what a visitor's browser receives for the widget, gzipped."""
    total = 0
    for path in WIDGET:
        async with site.stream("GET", f"/{path}") as response:
            size = len(b"".join([part async for part in response.aiter_raw()]))
        total += size
        print(f"{path.split('?')[0]:<22} {size:6d} bytes gzipped")
    print(f"{'all, once opened':<22} {total:6d} bytes gzipped")


async def soak(site: httpx.AsyncClient, minutes: float, server: int) -> None:
    """Mix questions, visitors who leave and new indexes for a while; print failures and memory."""
    end = time.monotonic() + minutes * 60
    tally = Tally()
    memory = [_memory(server)]
    swaps = 0

    async def visit() -> None:
        while time.monotonic() < end:
            ask = random.choice((ask_api, ask_api, leave_early, ask_page))
            began = time.perf_counter()
            try:
                tally.outcomes[await ask(site)] += 1
            except httpx.HTTPError as error:
                tally.outcomes[type(error).__name__] += 1
            tally.seconds.append(time.perf_counter() - began)
            await asyncio.sleep(random.random())

    async def swap() -> None:
        nonlocal swaps
        while time.monotonic() < end - 10:
            rebuild = [sys.executable, "-m", "ingest", "--rebuild"]
            process = await asyncio.create_subprocess_exec(*rebuild, stdout=subprocess.DEVNULL)
            swaps += await process.wait() == 0
            memory.append(_memory(server))
            await asyncio.sleep(10)

    await asyncio.gather(swap(), *(visit() for _ in range(8)))
    memory.append(_memory(server))
    print(tally.line(f"{minutes:g} minutes, {swaps} swaps"))
    print("memory in MB:", " ".join(str(megabytes) for megabytes in memory))


def _memory(process: int) -> int:
    """Return a process' resident memory in MB; 0 where the system does not tell (not Linux)."""
    status = Path(f"/proc/{process}/status")
    if not status.exists():
        return 0
    line = next(x for x in status.read_text().splitlines() if x.startswith("VmRSS"))
    return int(line.split()[1]) // 1024


@asynccontextmanager
async def running() -> AsyncIterator[tuple[httpx.AsyncClient, int]]:
    """Start a server on a free port; yield a client for it and its process id."""
    port = _free_port()
    many = "1000000"
    environment = {
        **os.environ,
        "ASSISTANT_QUESTIONS_PER_MINUTE": many,
        "ASSISTANT_QUESTIONS_PER_DAY": many,
    }
    command = [sys.executable, "-m", "ui", "--port", str(port)]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as server:
        limits = httpx.Limits(max_connections=200)
        address = f"http://127.0.0.1:{port}"
        async with httpx.AsyncClient(base_url=address, timeout=60, limits=limits) as site:
            try:
                await _answers(site, "/readyz")
                yield site, server.pid
            finally:
                server.terminate()


async def _answers(site: httpx.AsyncClient, path: str) -> None:
    """Return once the path is served; raise TimeoutError if that takes over a minute."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            if (await site.get(path)).is_success:
                return
        except httpx.HTTPError:
            pass
        await asyncio.sleep(0.05)
    raise TimeoutError(f"{site.base_url}{path} was not served within a minute")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


EMPTY = """
import gradio as gr
with gr.Blocks() as page: pass
page.launch(server_port={port}, quiet=True)
"""


async def print_starts() -> None:
    """Print how long a page takes from a cold start: an empty Gradio app's, and ours."""
    empty = await _seconds_to_page(lambda port: ["-c", EMPTY.format(port=port)], "/")
    ours = await _seconds_to_page(lambda port: ["-m", "ui", "--port", str(port)], "/chat/")
    print(f"start to served page: {ours:.1f} s; an empty Gradio app {empty:.1f} s")


async def _seconds_to_page(arguments: Callable[[int], list[str]], path: str) -> float:
    port = _free_port()
    command = [sys.executable, *arguments(port)]
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=5) as site:
            await _answers(site, path)
        process.terminate()
        return time.perf_counter() - began


async def measure(minutes: float) -> None:
    """Print everything."""
    await print_starts()
    async with running() as (site, server):
        await print_sizes(site)
        print(f"\n{VISITORS} visitors at once, {QUESTIONS_EACH} questions each:")
        print((await crowd(site, ask_api)).line("API"))
        print((await crowd(site, ask_page)).line("chat page (Gradio)"))
        if minutes:
            await soak(site, minutes, server)


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m ui.measure", description=__doc__)
    parser.add_argument(
        "--soak", type=float, default=0, metavar="MINUTES", help="mixed load with index swaps"
    )
    asyncio.run(measure(parser.parse_args().soak))


if __name__ == "__main__":
    main()
