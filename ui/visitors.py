"""Visitors for `python -m ui.measure`: how they ask, how they leave, and what came back."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import httpx

QUESTIONS = (
    "Aan welke criteria moet een Little Giant voldoen?",
    "How are Little Giants selected?",
    "Hoeveel zijn er?",
    "What do European carmakers teach us?",
    "Wie is de CEO van Huawei?",
)
VISITORS = 50
QUESTIONS_EACH = 4


@dataclass(slots=True)
class Tally:
    """What came back, and in how many seconds."""

    outcomes: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)

    def line(self, name: str) -> str:
        """Return one line: outcomes, median and 95th percentile."""
        ordered = sorted(self.seconds) or [0.0]
        middle, late = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)]
        told = ", ".join(f"{count} {outcome}" for outcome, count in sorted(self.outcomes.items()))
        return f"{name:<22} p50 {middle * 1000:6.0f} ms  p95 {late * 1000:6.0f} ms  {told}"


async def ask_api(site: httpx.AsyncClient) -> str:
    """Ask once over the API; return the status code."""
    response = await site.post("/api/v1/chat", json={"message": random.choice(QUESTIONS)})
    return str(response.status_code)


async def leave_early(site: httpx.AsyncClient) -> str:
    """Ask for a stream and go away after its first bytes."""
    headers = {"accept": "text/event-stream"}
    body = {"message": random.choice(QUESTIONS)}
    async with site.stream("POST", "/api/v1/chat", json=body, headers=headers) as response:
        async for _ in response.aiter_raw():
            break
    return f"{response.status_code} left early"


async def ask_page(site: httpx.AsyncClient) -> str:
    """Ask once as the chat page does, through Gradio's queue."""
    session = f"{random.getrandbits(40):x}"
    body = {
        "data": [random.choice(QUESTIONS), None, "nl", None],
        "fn_index": 0,
        "session_hash": session,
    }
    joined = await site.post("/chat/gradio_api/queue/join", json=body)
    if not joined.is_success:
        return str(joined.status_code)
    query = {"session_hash": session}
    async with site.stream("GET", "/chat/gradio_api/queue/data", params=query) as response:
        async for line in response.aiter_lines():
            if line.startswith("data:"):
                message = json.loads(line[5:])
                if message["msg"] == "process_completed":
                    return "200" if message["success"] else "failed"
    return "cut off"


async def crowd(
    site: httpx.AsyncClient, ask: Callable[[httpx.AsyncClient], Awaitable[str]]
) -> Tally:
    """Let all visitors ask their questions at once, one after the other each."""
    tally = Tally()

    async def visit() -> None:
        for _ in range(QUESTIONS_EACH):
            began = time.perf_counter()
            tally.outcomes[await ask(site)] += 1
            tally.seconds.append(time.perf_counter() - began)

    await asyncio.gather(*(visit() for _ in range(VISITORS)))
    return tally
