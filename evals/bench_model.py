"""How long a reader waits with a language model, and what checking its sentences costs."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from evals.model_server import serving, tokens
from evals.models import Honest, Liar
from evals.questions import Question
from ingest.embedder import load_embedder
from ingest.index import open_index
from ingest.settings import Settings

if TYPE_CHECKING:
    from assistant.records import Evidence
    from assistant.verify import Source
    from ingest.catalog import Catalog

SPEED = 30.0  # tokens a second: a model of 7 billion weights on a good desktop, or a hosted one
ASKED = 12  # questions over HTTP, at some seconds each
SOURCES = 10  # sentences in a prompt, as write.py gives them

Timing = tuple[str, float, str]  # what, seconds, what to know about it


def waits(settings: Settings, questions: Sequence[Question]) -> list[Timing]:
    """Return the times to the first visible sentence and to the whole answer, over real HTTP."""
    from assistant import open_assistant

    honest, said = Honest(), list[str]()

    def reply(messages: Sequence[tuple[str, str]]) -> str:
        said.append(honest.reply(messages))  # type: ignore[arg-type]
        return said[-1]

    first, whole, spoken = [], [], []
    with serving(reply, SPEED) as base_url:
        assistant = open_assistant(
            replace(settings, llm_base_url=base_url, llm_model="scripted", llm_api_key="")
        )
        assistant.ask(questions[0].question)
        for question in questions:
            started = time.perf_counter()
            seen = 0.0
            for answer in assistant.stream(question.question, question.history):
                if answer.sentences and not seen:
                    seen = time.perf_counter() - started
            if answer.mode == "llm":
                first.append(seen)
                whole.append(time.perf_counter() - started)
                spoken.append(len(tokens(said[-1].split("].")[0])) / SPEED)
            if len(first) == ASKED:
                break
    assistant.close()
    about = f"{len(first)} answers at {SPEED:.0f} tokens/s over HTTP"
    return [
        ("first visible sentence, p50", _quantile(first, 0.5), about),
        ("first visible sentence, p95", _quantile(first, 0.95), ""),
        ("… which the model spoke in, p50", _quantile(spoken, 0.5), ""),
        ("whole answer, p50", _quantile(whole, 0.5), ""),
    ]


def checks(settings: Settings, questions: Sequence[Question]) -> list[Timing]:
    """Return the cost of checking a sentence, and of trying other citations where it fails."""
    from assistant.generate import sentences
    from assistant.prompts import answer_messages
    from assistant.retrieve import Retriever
    from assistant.verify import Verifier

    embedder = load_embedder(settings.embedder, api_key=settings.embedder_api_key)
    index = open_index(settings.index, embedder.name)
    retriever = Retriever(index, embedder)
    verifier = Verifier(embedder)
    checking, otherwise = list[float](), list[float]()
    for question in questions:
        sources = _sources(retriever.evidence(question.question), index.catalog)
        messages = answer_messages(question.question, sources, question.lang)
        for model in (Honest(), Liar()):
            for text, numbers in sentences([model.reply(messages)]):
                cited = [source for source in sources if source.number in numbers]
                started = time.perf_counter()
                verdict = verifier.check(text, question.lang, cited)
                checked = time.perf_counter()
                checking.append(checked - started)
                if not verdict.supported:
                    verifier.support(text, question.lang, sources)
                    otherwise.append(time.perf_counter() - checked)
    index.close()
    told = f"{len(checking)} of the honest model and the liar"
    return [
        ("checking a sentence, p50", _quantile(checking, 0.5), told),
        ("checking a sentence, p95", _quantile(checking, 0.95), ""),
        ("citing it otherwise, p50", _quantile(otherwise, 0.5), f"{len(otherwise)} unsupported"),
        ("citing it otherwise, p95", _quantile(otherwise, 0.95), ""),
    ]


def _sources(evidence: Sequence[Evidence], catalog: Catalog) -> list[Source]:
    """Return the best sentences as a prompt numbers them."""
    from assistant.verify import Source

    found: list[Source] = []
    for item in evidence[:SOURCES]:
        sentence = catalog.sentence(item.sentence_id)
        article = catalog.article(sentence.article_id)
        twin = sentence.translation or " ".join(catalog.sentence(t).text for t in sentence.twins)
        last = article.sentences[sentence.index - 1].text if sentence.index else ""
        before = f"{article.title}\n{last}".strip()
        found.append(Source(len(found) + 1, sentence.id, item.language, item.text, twin, before))
    return found


def _quantile(times: Sequence[float], share: float) -> float:
    return float(np.quantile(times, share)) if times else float("nan")
