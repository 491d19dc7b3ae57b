"""What happens on the chat page: each method is one event, and yields or returns what changes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import gradio as gr

from assistant.records import Answer, Turn
from ingest.errors import AssistantError
from ingest.records import Language
from ui.desk import MAX_TURNS, Desk, Refused
from ui.errors import code_for, error_message
from ui.render import (
    answer_html,
    heading_html,
    notice_html,
    question_html,
    status_html,
    welcome_html,
)
from ui.texts import TEXTS, pick_language

Messages = list[dict[str, str]]
Exchange = tuple[str, Answer]
Outputs = tuple[Any, ...]

MAX_SHOWN = 30  # exchanges; the page is sent whole after each answer
EXAMPLES = 4


class Conversation:
    """The events of the chat page over one desk. Gradio posts `Any`: everything is checked."""

    def __init__(self, desk: Desk, default: Language) -> None:
        self.desk = desk
        self.default = default

    def answer(
        self,
        question: Any,
        talk: tuple[Exchange, ...],
        language: Any,
        chosen: Language | Literal[""],
        request: gr.Request,
    ) -> Iterator[Outputs]:
        """Yield conversation, state, input box, remark and examples as an answer grows.

        The answer is in the language the reader chose with the switch; until then the question
        decides, so that English is answered in English on a page that opened in Dutch.
        """
        spoken = self._language(language)
        texts = TEXTS[spoken]
        contact = self.desk.settings.contact_url
        before = messages(talk, contact)
        try:
            asked = self.desk.admit(
                question if isinstance(question, str) else "", _address(request)
            )
        except Refused as refused:
            yield refusal(error_message(refused.code, spoken))
            return
        before.append({"role": "user", "content": question_html(asked)})
        waiting = texts.searching if self.desk.serving.is_ready else texts.starting
        yield frame([*before, said(status_html(waiting))], talk)
        answer = None
        try:
            for answer in self.desk.stream(asked, history(talk), chosen or None, spoken):
                growing = (
                    answer_html(answer, TEXTS[answer.language], done=False)
                    if answer.text
                    else status_html(TEXTS[answer.language].writing)
                )
                yield frame([*before, said(growing)], talk)
        except Exception as problem:  # the reader gets a line, the log gets the rest
            told = error_message(code_for(problem), spoken)
            yield frame([*before, said(status_html(told))], talk)
            return
        if answer is not None:
            talk = (*talk, (asked, answer))[-MAX_SHOWN:]
            yield frame(messages(talk, contact), talk)

    def greet(self, request: gr.Request) -> Iterator[Outputs]:
        """Yield the page's words in the reader's language; examples follow once we are ready."""
        wish = request.query_params.get("lang", "")
        language = pick_language(wish, request.headers.get("accept-language", ""), self.default)
        ready = self.desk.serving.is_ready
        yield self._labels(language, with_examples=ready)
        if not ready:
            try:
                self.desk.serving.assistant()
            except AssistantError:
                return
            yield self._labels(language, with_examples=True)

    def speak(self, language: Any, talk: tuple[Exchange, ...]) -> Outputs:
        """Return the language just chosen, and the page's words in it."""
        chosen = self._language(language)
        ready = self.desk.serving.is_ready
        return (chosen, *self._labels(chosen, with_examples=ready and not talk))

    def start_again(self, language: Any) -> Outputs:
        """Return an empty conversation with the examples back."""
        chosen = self._language(language)
        examples = self._examples(chosen, shown=self.desk.serving.is_ready)
        return ([], (), gr.update(value=""), "", *examples)

    def _language(self, posted: Any) -> Language:
        return pick_language(posted if isinstance(posted, str) else "", "", self.default)

    def _labels(self, language: Language, *, with_examples: bool) -> Outputs:
        texts = TEXTS[language]
        settings = self.desk.settings
        return (
            gr.update(value=language),
            heading_html(settings.site_name, texts),
            welcome_html(texts),
            notice_html(settings, texts),
            gr.update(label=texts.input_label, placeholder=texts.placeholder),
            gr.update(value=texts.send),
            gr.update(value=texts.fresh),
            *self._examples(language, shown=with_examples),
        )

    def _examples(self, language: Language, *, shown: bool) -> list[Any]:
        if not shown:
            return [gr.update(visible=False)] * EXAMPLES
        examples = self.desk.serving.assistant().examples(language)[:EXAMPLES]
        padded = [*examples, *[""] * (EXAMPLES - len(examples))]
        return [gr.update(value=text, visible=bool(text)) for text in padded]


def frame(shown: Messages, talk: tuple[Exchange, ...]) -> Outputs:
    """Return one step's outputs: the box is emptied, the examples are put away."""
    return (shown, talk, gr.update(value=""), "", *[gr.update(visible=False)] * EXAMPLES)


def refusal(message: str) -> Outputs:
    """Return the outputs for a question that is not asked: all stays, and a line says why."""
    return (gr.skip(), gr.skip(), gr.skip(), status_html(message), *[gr.skip()] * EXAMPLES)


def messages(talk: tuple[Exchange, ...], contact: str) -> Messages:
    """Return the conversation as Chatbot takes it."""
    shown: Messages = []
    for question, answer in talk:
        shown.append({"role": "user", "content": question_html(question)})
        texts = TEXTS[answer.language]
        shown.append(said(answer_html(answer, texts, done=True, contact=contact)))
    return shown


def said(html: str) -> dict[str, str]:
    """Return a message of the assistant's."""
    return {"role": "assistant", "content": html}


def history(talk: tuple[Exchange, ...]) -> list[Turn]:
    """Return the last turns for the assistant."""
    turns: list[Turn] = []
    for question, answer in talk:
        turns += [("user", question), ("assistant", answer.text)]
    return turns[-MAX_TURNS:]


def _address(request: gr.Request) -> str:
    return str(request.client.host) if request.client else ""
