"""The chat page: Gradio's Blocks and Chatbot, with everything it would do beyond that off.

The conversation lives in `gr.State` on the server: what the browser posts back as "history" is
never read. Chatbot shows HTML that ui/render.py has escaped; with `render_markdown` off, Gradio's
sanitiser is a second wall and the page's policy a third. `gr.HTML` is not used: its templates
need `unsafe-eval`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from ingest.records import Language
from ui.conversation import EXAMPLES, Conversation
from ui.desk import Desk
from ui.render import heading_html, notice_html, welcome_html
from ui.texts import TEXTS, Texts

# Conversations that are remembered, the last used; Gradio never lets one go before that, and each
# takes 65 KB: its own limit of 10,000 comes to 650 MB.
MAX_SESSIONS = 1000

QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}


@dataclass(frozen=True, slots=True)
class Parts:
    """The page's components that events read or change."""

    talk: gr.State
    chosen: gr.State  # the language, once the reader has used the switch
    heading: gr.Markdown
    language: gr.Radio
    chat: gr.Chatbot
    welcome: gr.Markdown
    examples: list[gr.Button]
    notice: gr.Markdown
    box: gr.Textbox
    send: gr.Button
    fresh: gr.Button
    told: gr.Markdown  # why a question was refused


def build_page(desk: Desk, default: Language) -> gr.Blocks:
    """Return the chat page over the desk, in the default language until a reader's is known."""
    page: gr.Blocks
    with gr.Blocks(title=desk.settings.site_name, analytics_enabled=False, fill_width=True) as page:
        parts = _lay_out(desk, TEXTS[default])
        _connect(page, parts, Conversation(desk, default), desk.settings.concurrent_answers)
    page.queue(max_size=64, api_open=False)
    page.state_session_capacity = MAX_SESSIONS
    return page


def _lay_out(desk: Desk, texts: Texts) -> Parts:
    talk = gr.State((), time_to_live=3600)
    chosen = gr.State("")
    with gr.Row(elem_id="top"):
        heading = gr.Markdown(heading_html(desk.settings.site_name, texts), elem_id="heading")
        language = gr.Radio(
            [("Nederlands", "nl"), ("English", "en")],
            value=texts.language,
            label="Taal / Language",
            container=False,
            elem_id="language",
        )
    with gr.Row(elem_id="main"):
        with gr.Column(elem_id="talk"):
            chat = _chatbot()
            welcome = gr.Markdown(welcome_html(texts), elem_id="welcome")
            with gr.Row(elem_id="examples"):
                examples = [_example() for _ in range(EXAMPLES)]
            with gr.Row(elem_id="foot"):
                notice = gr.Markdown(notice_html(desk.settings, texts), elem_id="notice")
                fresh = gr.Button(texts.fresh, elem_id="fresh", size="sm", scale=0)
            with gr.Row(elem_id="ask"):
                box = _question_box(texts)
                send = gr.Button(texts.send, variant="primary", elem_id="send", scale=0)
            told = gr.Markdown("", elem_id="told")
        gr.Markdown('<div id="sources"></div>', elem_id="panel")
    return Parts(
        talk,
        chosen,
        heading,
        language,
        chat,
        welcome,
        examples,
        notice,
        box,
        send,
        fresh,
        told,
    )


def _chatbot() -> gr.Chatbot:
    return gr.Chatbot(
        elem_id="chat",
        show_label=False,
        container=False,
        height=None,
        buttons=[],
        feedback_options=None,
        latex_delimiters=[],
        render_markdown=False,
        allow_tags=False,
        autoscroll=False,
        layout="bubble",
    )


def _example() -> gr.Button:
    return gr.Button("", visible=False, size="sm", elem_classes="chip")


def _question_box(texts: Texts) -> gr.Textbox:
    return gr.Textbox(
        label=texts.input_label,
        placeholder=texts.placeholder,
        max_lines=5,
        elem_id="question",
        scale=1,
    )


def _connect(page: gr.Blocks, parts: Parts, events: Conversation, at_once: int) -> None:
    shown = [parts.chat, parts.talk, parts.box, parts.told, *parts.examples]
    labels = [
        parts.language,
        parts.heading,
        parts.welcome,
        parts.notice,
        parts.box,
        parts.send,
        parts.fresh,
        *parts.examples,
    ]
    for trigger, asked in [
        (parts.box.submit, parts.box),
        (parts.send.click, parts.box),
        *((chip.click, chip) for chip in parts.examples),
    ]:
        given = [asked, parts.talk, parts.language, parts.chosen]
        trigger(
            events.answer, given, shown, concurrency_limit=at_once, concurrency_id="answer", **QUIET
        )
    page.load(events.greet, None, labels, **QUIET)
    spoken = [parts.chosen, *labels]
    parts.language.input(events.speak, [parts.language, parts.talk], spoken, **QUIET)
    parts.fresh.click(events.start_again, [parts.language], shown, **QUIET)
