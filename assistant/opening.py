"""Open an assistant over the current index, with the language model that the settings name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.answer import Assistant
from ingest.embedder import load_embedder
from ingest.index import current_generation, open_index
from ingest.settings import Settings

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

    from assistant.llm import Model


def open_assistant(
    settings: Settings | None = None, *, faces: bool = True, llm: LLM | Model | None = None
) -> Assistant:
    """Return an assistant over the current index, settings from the environment by default.

    `faces=False` leaves the expected questions out of the search. `llm` is any llama-index LLM
    to word answers with; without it, the one that the settings name, if they do. Raises
    IndexMissing, IndexMismatch or another AssistantError that says what to do.
    """
    settings = settings or Settings.from_environment()
    embedder = load_embedder(settings.embedder, api_key=settings.embedder_api_key)
    model = _model(settings, llm)
    return Assistant(open_index(settings.index, embedder.name), embedder, faces, model)


def _model(settings: Settings, llm: LLM | Model | None) -> Model | None:
    from assistant.llm import Model, load_llm

    if llm is None or isinstance(llm, Model):
        return llm or load_llm(settings)
    return Model(
        llm,
        calls_per_day=settings.model_calls_per_day,
        tokens_per_day=settings.model_tokens_per_day,
        seconds=settings.llm_seconds,
    )


def is_current(assistant: Assistant, settings: Settings) -> bool:
    """Return whether the assistant answers from the generation that readers should open."""
    return current_generation(settings.index) in (None, assistant.generation)
