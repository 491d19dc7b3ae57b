"""Counts for Prometheus at /metrics; off unless ASSISTANT_METRICS=1. No question, no address."""

from __future__ import annotations

from assistant.records import Answer
from ingest.errors import SettingsError


class Metrics:
    """Counts answers and thumbs in a registry of its own."""

    def __init__(self) -> None:
        try:
            from prometheus_client import CollectorRegistry, Counter, Histogram
        except ImportError as error:
            raise SettingsError(
                "ASSISTANT_METRICS needs prometheus-client: "
                "pip install 'little-giants-assistant[metrics]'"
            ) from error
        self.registry = CollectorRegistry()
        self._answers = Counter(
            "assistant_answers",
            "Answers given",
            ["language", "status", "mode"],
            registry=self.registry,
        )
        self._seconds = Histogram(
            "assistant_answer_seconds",
            "From question to whole answer",
            registry=self.registry,
            buckets=(0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30),
        )
        self._thumbs = Counter(
            "assistant_thumbs", "Thumbs given", ["verdict"], registry=self.registry
        )

    def answered(self, answer: Answer, seconds: float) -> None:
        """Count an answer."""
        self._answers.labels(answer.language, answer.status, answer.mode).inc()
        self._seconds.observe(seconds)

    def judged(self, answer_id: str, verdict: str) -> None:  # noqa: ARG002 - the Listener's shape
        """Count a thumb."""
        self._thumbs.labels(verdict).inc()

    def text(self) -> bytes:
        """Return the counts in Prometheus' text format."""
        from prometheus_client import generate_latest

        return generate_latest(self.registry)
