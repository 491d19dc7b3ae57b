"""Let the configured model draft what the editors' files lack; keep what can be checked.

    python -m ingest --draft-translations --draft-questions

A draft is written where it passes draft_checks.py, and then waits for an editor. A sentence that
has an entry, of whoever's, is not drafted for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from assistant import draft_prompts
from assistant.draft_checks import Place, Refused, checked_questions, checked_translation
from assistant.failure import ModelFailed
from assistant.llm import Message, Model, load_llm
from assistant.retrieve import Retriever
from assistant.verify import Verifier
from ingest.build import Corpus, Progress, build_index, read_corpus
from ingest.deduplicate import normalised
from ingest.drafts import Fields, append_draft, require_writable
from ingest.editorial import EntryName, named
from ingest.embedder import load_embedder
from ingest.errors import SettingsError
from ingest.index import open_index
from ingest.settings import Settings

SECONDS = 60.0  # for one reply; nobody is waiting for it
Check = Callable[[Place, str], Fields]  # the model's reply to what to write; raises Refused


@dataclass(frozen=True, slots=True)
class Drafted:
    """What drafting did for one file: sentences drafted for, and the others with the reason."""

    path: Path
    written: int
    refused: tuple[tuple[str, str], ...] = ()  # sentence, what is wrong with its draft
    failed: tuple[tuple[str, str], ...] = ()  # sentence, why the model gave none


def draft(settings: Settings, wanted: Iterable[EntryName], progress: Progress) -> list[Drafted]:
    """Draft what the wanted files lack, and return what became of each.

    A draft is in its file as soon as it is checked. Raises SettingsError without a model, and
    another AssistantError where the corpus or the index can't be used.
    """
    model = load_llm(settings)
    if model is None:
        raise SettingsError(
            "Drafting takes a language model: set ASSISTANT_LLM_BASE_URL and ASSISTANT_LLM_MODEL."
        )
    build_index(settings)
    embedder = load_embedder(settings.embedder, api_key=settings.embedder_api_key)
    corpus = read_corpus(settings.corpus, embedder)
    drafted = []
    with closing(open_index(settings.index, embedder.name)) as index:
        retriever = Retriever(index, embedder, faces=False)
        verifier = Verifier(embedder)
        for name in wanted:
            if name == "translation":
                one = draft_translations(corpus, settings.corpus, model, verifier, progress)
            else:
                one = draft_questions(corpus, settings.corpus, model, retriever, progress)
            drafted.append(one)
    return drafted


def draft_translations(
    corpus: Corpus, folder: Path, model: Model, verifier: Verifier, progress: Progress
) -> Drafted:
    """Draft translations of the sentences that one language has alone and no entry is about."""
    lone = {sentence.id for _, sentence in corpus.unpaired if not sentence.translation}
    places = [place for place in _places(corpus) if place.sentence.id in lone]

    def check(place: Place, reply: str) -> Fields:
        given = {"text": place.sentence.text, "language": place.language}
        text = checked_translation(place, reply, verifier)
        return {**given, "translation": text, "by": model.name}

    path = folder / "translations.toml"
    return _run(path, "translation", places, model, draft_prompts.translate, check, progress)


def draft_questions(
    corpus: Corpus, folder: Path, model: Model, retriever: Retriever, progress: Progress
) -> Drafted:
    """Draft questions for the sentences that no entry is about."""

    def check(place: Place, reply: str) -> Fields:
        return {"text": place.sentence.text, **checked_questions(place, reply, retriever)}

    path = folder / "questions.toml"
    asked = draft_prompts.ask
    return _run(path, "sentence", _places(corpus), model, asked, check, progress)


def _run(
    path: Path,
    name: EntryName,
    places: Sequence[Place],
    model: Model,
    prompt: draft_prompts.Prompt,
    check: Check,
    progress: Progress,
) -> Drafted:
    """Ask for each sentence that the file has no entry for, and write what passes the check.

    One sentence's trouble, the model's or the draft's, is told and stops no other.
    """
    require_writable(path)
    known = set(named(path, name))
    todo = []
    for place in places:
        if (text := normalised(place.sentence.text)) not in known:
            known.add(text)
            todo.append(place)
    written = 0
    refused, failed = [], []
    for count, place in enumerate(todo):
        progress(path.name, count, len(todo))
        try:
            fields = _drafted(place, model, prompt(place), check)
            written += append_draft(path, name, fields, model.name)
        except ModelFailed as error:
            failed.append((place.sentence.text, str(error)))
        except Refused as error:
            refused.append((place.sentence.text, str(error)))
    progress(path.name, len(todo), len(todo))
    return Drafted(path, written, tuple(refused), tuple(failed))


def _drafted(place: Place, model: Model, messages: list[Message], check: Check) -> Fields:
    """Return what to write of the model's draft; a refused one is tried once more, told why."""
    reply = model.complete(messages, SECONDS, draft_prompts.MAX_TOKENS)
    try:
        return check(place, reply)
    except Refused as error:
        why = draft_prompts.AGAIN.format(reason=error)
        again: list[Message] = [*messages, ("assistant", reply), ("user", why)]
        return check(place, model.complete(again, SECONDS, draft_prompts.MAX_TOKENS))


def _places(corpus: Corpus) -> list[Place]:
    """Return every sentence where it stands, in the order of the articles."""
    texts = {s.id: s.text for article in corpus.articles for s in article.sentences}
    return [
        Place(
            sentence,
            article.language,
            article.title,
            article.sentences[sentence.index - 1].text if sentence.index else "",
            " ".join(texts[twin] for twin in sentence.twins),
        )
        for article in corpus.articles
        for sentence in article.sentences
    ]
