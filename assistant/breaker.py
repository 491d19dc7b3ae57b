"""What keeps a model from being asked in vain or too often: a breaker and a daily budget."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import date, datetime, timezone

FAILURES = 3  # in a row
SECONDS_OPEN = 30.0


def _today() -> date:
    return datetime.now(timezone.utc).date()


class Breaker:
    """Stops the asking after some failures in a row, then lets one trial through at a time.

    Closed, open and half-open as in M. Nygard's "Release It!". Safe to use from several threads.
    """

    def __init__(
        self,
        failures: int = FAILURES,
        seconds: float = SECONDS_OPEN,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limit = failures
        self._seconds = seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._next_trial = 0.0  # while the breaker is open

    @property
    def is_open(self) -> bool:
        """Whether a call would be turned away now."""
        with self._lock:
            return self._failures >= self._limit and self._clock() < self._next_trial

    def admit(self) -> bool:
        """Say whether a call may be made; after the wait only the first to ask may, as a trial."""
        with self._lock:
            if self._failures < self._limit:
                return True
            if self._clock() < self._next_trial:
                return False
            self._next_trial = self._clock() + self._seconds
            return True

    def succeeded(self) -> None:
        """Close the breaker."""
        with self._lock:
            self._failures = 0

    def failed(self) -> bool:
        """Count a failure; return whether it is this one that opened the breaker."""
        with self._lock:
            self._failures += 1
            self._next_trial = self._clock() + self._seconds
            return self._failures == self._limit

    def left(self) -> None:
        """Take note of a call that was given up, which tells nothing: the next may try."""
        with self._lock:
            if self._failures >= self._limit:
                self._next_trial = self._clock()


class Budget:
    """Calls and tokens a day (UTC), counted in this process. Safe to use from several threads."""

    def __init__(self, calls: int, tokens: int, today: Callable[[], date] = _today) -> None:
        self._limits = (calls, tokens)
        self._today = today
        self._lock = threading.Lock()
        self._day = today()
        self._calls = self._tokens = 0

    @property
    def spent(self) -> tuple[int, int]:
        """Calls and tokens of today so far."""
        with self._lock:
            self._turn_the_page()
            return self._calls, self._tokens

    @property
    def is_spent(self) -> bool:
        """Whether a call would be turned away now."""
        calls, tokens = self.spent
        return calls >= self._limits[0] or tokens >= self._limits[1]

    def take(self) -> bool:
        """Count a call, if there is one left, and some tokens."""
        with self._lock:
            self._turn_the_page()
            if self._calls >= self._limits[0] or self._tokens >= self._limits[1]:
                return False
            self._calls += 1
            return True

    def give_back(self) -> None:
        """Uncount a call that was never answered, and so cost nothing."""
        with self._lock:
            self._calls = max(0, self._calls - 1)

    def spend(self, tokens: int) -> None:
        """Count the tokens of a call."""
        with self._lock:
            self._turn_the_page()
            self._tokens += tokens

    def _turn_the_page(self) -> None:
        if self._today() != self._day:
            self._day, self._calls, self._tokens = self._today(), 0, 0
