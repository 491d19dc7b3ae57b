"""What a run shows of a scripted model's sentences, judged by what it wrote and by text alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from assistant.records import Answer, AnswerSentence
from evals.models import TRUE, Scripted
from evals.results import Check, ModelRun
from evals.run import Asked
from evals.support import supports
from ingest.deduplicate import normalised

HONEST = 0.95  # of an honest model's sentences must be shown
CLAIMS = ("answered", "partly")


def model_run(model: Scripted, asked: Iterable[Asked]) -> ModelRun:
    """Return what became of the model's sentences in a run that it worded."""
    answers = [a.answer for a in asked if a.answer and a.answer.status in CLAIMS]
    shown = [(answer, s) for answer in answers for s in _by_the_model(answer, model.said)]
    kinds = dict.fromkeys((model.said[normalised(s.text)], s.text) for _, s in shown)
    return ModelRun(
        name=model.name,
        answers=len(answers),
        worded=sum(answer.mode == "llm" for answer in answers),
        shown=len(shown),
        withheld=sum(answer.withheld for answer in answers),
        told=dict(Counter(kind for kind in model.said.values() if kind not in TRUE)),
        told_shown=tuple(f"{kind}: {text}" for kind, text in kinds if kind not in TRUE),
        unsupported=tuple(s.text for a, s in shown if not supports(_quoted(a, s), s.text)),
    )


def model_checks(runs: Sequence[ModelRun]) -> Iterator[Check]:
    """Yield what the gate asks of scripted models: no lie is shown, honest sentences mostly are."""
    for run in runs:
        lies = sum(run.told.values())
        if lies:
            bad = [*run.told_shown, *run.unsupported]
            first = f". First: {bad[0]}" if bad else ""
            says = (
                f"{len(run.told_shown)} of {lies} untrue sentences shown, {len(run.unsupported)} "
                f"of {run.shown} shown ones unsupported by their quotes{first}"
            )
            yield Check(f"{run.name}: nothing untrue is shown", not bad, says)
        else:
            written = run.shown + run.withheld
            says = f"{run.shown} of {written} sentences shown, must be {100 * HONEST:.0f} %"
            yield Check(f"{run.name}: what it writes is shown", run.passed >= HONEST, says)


def _by_the_model(answer: Answer, said: Mapping[str, str]) -> list[AnswerSentence]:
    """Return the sentences of an answer that the model wrote; quotes may stand beside them."""
    return [s for s in answer.sentences if answer.mode == "llm" and normalised(s.text) in said]


def _quoted(answer: Answer, sentence: AnswerSentence) -> str:
    """Return what is quoted for a sentence, in the sentence's own language where it is there."""
    cited = [c for c in answer.citations if c.marker in sentence.markers]
    return " ".join(c.quote if c.language == sentence.language else c.twin_quote for c in cited)
