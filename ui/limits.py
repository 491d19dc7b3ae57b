"""Who may ask how often: limits for each address, kept in memory under a salted hash."""

from __future__ import annotations

import hashlib
import secrets

from limits import RateLimitItemPerDay, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter, SlidingWindowCounterRateLimiter

from ingest.settings import Settings


class Limits:
    """Counts questions. Addresses are hashed with a salt that dies with us."""

    def __init__(self, settings: Settings) -> None:
        storage = MemoryStorage()
        self._exact = MovingWindowRateLimiter(storage)
        self._rough = SlidingWindowCounterRateLimiter(storage)
        self._minute = RateLimitItemPerMinute(settings.questions_per_minute)
        self._day = RateLimitItemPerDay(settings.questions_per_day)
        self._salt = secrets.token_bytes(16)

    def may_ask(self, address: str) -> bool:
        """Count a question from the address; say whether it is within its limits."""
        key = hashlib.blake2s(address.encode(), key=self._salt, digest_size=16).hexdigest()
        # Both are tested before either is counted, so that a refused question costs nothing.
        if not self._exact.test(self._minute, key) or not self._rough.test(self._day, key):
            return False
        return self._exact.hit(self._minute, key) and self._rough.hit(self._day, key)
