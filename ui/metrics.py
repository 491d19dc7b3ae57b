"""Counts for Prometheus at /metrics; off unless ASSISTANT_METRICS=1. No question, no address."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from assistant.records import Answer
from ingest.errors import SettingsError

if TYPE_CHECKING:
    from prometheus_client.core import CounterMetricFamily


class Metrics:
    """Counts answers and thumbs in a registry of its own.

    `model_calls` gives how often each outcome of a language model's call was seen.
    """

    def __init__(self, model_calls: Callable[[], Mapping[str, int]]) -> None:
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
        self._withheld = Counter(
            "assistant_withheld_sentences",
            "Sentences of the model that their sources do not support",
            registry=self.registry,
        )
        self._model_calls = model_calls
        self.registry.register(self)  # see `collect`
        self._thumbs = Counter(
            "assistant_thumbs", "Thumbs given", ["verdict"], registry=self.registry
        )

    def answered(self, answer: Answer, seconds: float) -> None:
        """Count an answer."""
        self._answers.labels(answer.language, answer.status, answer.mode).inc()
        self._seconds.observe(seconds)
        self._withheld.inc(answer.withheld)

    def judged(self, answer_id: str, verdict: str) -> None:  # noqa: ARG002 - the Listener's shape
        """Count a thumb."""
        self._thumbs.labels(verdict).inc()

    def collect(self) -> Iterator[CounterMetricFamily]:
        """Yield the model's calls, which are counted where they are made."""
        from prometheus_client.core import CounterMetricFamily

        calls = CounterMetricFamily(
            "assistant_model_calls", "Calls to the language model", labels=["outcome"]
        )
        for outcome, count in self._model_calls().items():
            calls.add_metric([outcome], count)
        yield calls

    def text(self) -> bytes:
        """Return the counts in Prometheus' text format."""
        from prometheus_client import generate_latest

        return generate_latest(self.registry)
