"""Answers and articles as HTML and as data for the pages. All text is data: everything is escaped.

Gradio's sanitiser keeps `class`, `id`, `lang` and `href` and drops `data-*` and `aria-*`, so a
marker carries what it points to in its fragment, `#cite-ARTICLE-START-END`, and the thumbs stand in
a row whose class names the answer: `of-ID`.
"""

from __future__ import annotations

import re
from html import escape
from itertools import groupby
from typing import Any

from assistant.frame import language_note
from assistant.llm import host_of
from assistant.records import Answer, AnswerSentence, Citation
from ingest.records import Article, Sentence
from ingest.settings import Settings
from ui.texts import Texts

BULLET = re.compile(r"^\s*(?:[-•*–]|\d{1,2}[.)])\s+")


def question_html(question: str) -> str:
    """Return a reader's question as it may be shown."""
    return f'<div class="question" dir="auto">{_lines(question)}</div>'


def status_html(text: str) -> str:
    """Return a passing remark of the program: searching, starting, busy."""
    return f'<div class="remark">{escape(text)}</div>'


def heading_html(site: str, texts: Texts) -> str:
    """Return the chat page's heading."""
    return (
        f'<div class="heading" lang="{texts.language}"><h1>{escape(site)}</h1>'
        f"<p>{texts.tagline}</p></div>"
    )


def welcome_html(texts: Texts) -> str:
    """Return what stands where the conversation will be."""
    return f'<p lang="{texts.language}">{texts.welcome}</p>'


def notice_html(settings: Settings, texts: Texts) -> str:
    """Return the notice that this is a program; it names the model where there is one.

    Its short form is for small screens, once the first question has been asked.
    """
    said = (
        f'<span class="full">{escape(full_notice(settings, texts))}</span>'
        f'<span class="short">{texts.notice_short}</span>'
    )
    link = f'<a href="../privacy?lang={texts.language}">{texts.privacy}</a>'
    return f'<p id="notice-text" lang="{texts.language}">{said} {link}</p>'


def full_notice(settings: Settings, texts: Texts) -> str:
    """Return the notice as text; a model is named, and where questions go to it."""
    if not settings.llm_base_url:
        return texts.notice
    host = host_of(settings.llm_base_url)
    told = texts.notice_remote if host else texts.notice_model
    return f"{texts.notice} {told.format(model=settings.llm_model, host=host)}"


def answer_html(answer: Answer, texts: Texts, *, done: bool, contact: str = "") -> str:
    """Return an answer with its markers and, once it is done, its sources and buttons.

    `contact` is where "get in touch" leads, for answers that end there.
    """
    by_marker = {citation.marker: citation for citation in answer.citations}
    parts = [
        _paragraph("searched", texts.searched_for.format(text=answer.searched_for))
        if answer.searched_for
        else "",
        _paragraph("lead", answer.lead),
        _sentences(answer, by_marker, texts),
        _paragraph("note", _note(answer)),
        _contact(answer, texts, contact) if done else "",
        _nearest(answer.nearest, texts),
    ]
    if done:
        parts += [_references(answer, texts), _tools(answer, texts)]
    state = "answer done" if done else "answer"
    return f'<div class="{state} {answer.status}" lang="{answer.language}">{"".join(parts)}</div>'


def byline(source: Citation | Article, texts: Texts) -> str:
    """Return title, author and publication on one line."""
    published = texts.published_in.format(name=source.published_in) if source.published_in else ""
    published = published[:1].lower() + published[1:]  # in mid-line
    return ", ".join(part for part in (source.title, source.author, published) if part)


def web_link(url: str) -> str:
    """Return the address if it is a web address, else nothing: no other scheme is ever linked."""
    return url if url.startswith(("https://", "http://")) else ""


def article_data(article: Article, translation: Article | None) -> dict[str, Any]:
    """Return the article for the sources panel: paragraphs of segments with offsets and twins."""
    twins = {s.id: s for s in translation.sentences} if translation else {}
    return {
        "id": article.id,
        "title": article.title,
        "language": article.language,
        "author": article.author,
        "published_in": article.published_in,
        "date": article.date,
        "url": web_link(article.url),
        "translation_id": translation.id if translation else "",
        "paragraphs": [
            [_segment(article, piece, twins) for piece in paragraph]
            for paragraph in paragraphs(article)
        ],
    }


def paragraphs(article: Article) -> list[list[Sentence]]:
    """Return the article's sentences grouped by the paragraph they stand in."""
    groups: list[list[Sentence]] = []
    for sentence in article.sentences:
        before = groups[-1][-1].end if groups else 0
        if not groups or "\n" in article.text[before : sentence.start]:
            groups.append([])
        groups[-1].append(sentence)
    return groups


def _segment(article: Article, sentence: Sentence, twins: dict[str, Sentence]) -> dict[str, Any]:
    found = [twins[twin] for twin in sentence.twins if twin in twins]
    return {
        "start": sentence.start,
        "end": sentence.end,
        "text": article.text[sentence.start : sentence.end],
        "twin": " ".join(twin.text for twin in found) or sentence.translation,
        "twin_is_ours": not found and bool(sentence.translation),
        "twin_spans": [[twin.start, twin.end] for twin in found],
    }


def _sentences(answer: Answer, by_marker: dict[int, Citation], texts: Texts) -> str:
    html = []
    for is_list, group in groupby(answer.sentences, key=lambda s: bool(BULLET.match(s.text))):
        pieces = [_sentence(sentence, by_marker, texts) for sentence in group]
        if is_list:
            items = "".join(f"<li>{piece}</li>" for piece in pieces)
            html.append(f'<ul class="said">{items}</ul>')
        else:
            html.append(f'<p class="said">{" ".join(pieces)}</p>')
    return "".join(html)


def _sentence(sentence: AnswerSentence, by_marker: dict[int, Citation], texts: Texts) -> str:
    text = _lines(BULLET.sub("", sentence.text))
    ours = f' <small class="ours">({texts.translated})</small>' if sentence.translated else ""
    markers = [_marker(by_marker[m], texts) for m in sentence.markers if m in by_marker]
    # The no-break space keeps a marker on the line of the word it belongs to.
    return f'<span lang="{sentence.language}">{text}</span>{ours}&nbsp;{"".join(markers)}'


def _marker(citation: Citation, texts: Texts) -> str:
    href = f"#cite-{escape(citation.article_id)}-{citation.start}-{citation.end}"
    label = f'<span class="unseen">{texts.source} </span>{citation.marker}'
    return f'<a class="cite" href="{href}">{label}</a>'


def _nearest(nearest: Citation | None, texts: Texts) -> str:
    if nearest is None:
        return ""
    return (
        f'<div class="nearest"><p class="kicker">{texts.nearest}</p>'
        f'<blockquote lang="{nearest.language}">{_lines(nearest.quote)}</blockquote>'
        f"<p>{escape(byline(nearest, texts))}&nbsp;{_marker(nearest, texts)}</p></div>"
    )


def _references(answer: Answer, texts: Texts) -> str:
    if not answer.citations:
        return ""
    items = "".join(f"<li>{_reference(citation, texts)}</li>" for citation in answer.citations)
    summary = texts.sources.format(count=len(answer.citations))
    return f'<details class="refs"><summary>{summary}</summary><ol>{items}</ol></details>'


def _reference(citation: Citation, texts: Texts) -> str:
    url = web_link(citation.url)
    source = escape(byline(citation, texts))
    if url:
        source = f'<a href="{escape(url)}" target="_blank" rel="noopener">{source}</a>'
    return f'<q lang="{citation.language}">{_lines(citation.quote)}</q> <cite>{source}</cite>'


def _note(answer: Answer) -> str:
    """Return the note without what stands beside each translated sentence already."""
    if any(s.language != answer.language and not s.translated for s in answer.sentences):
        return answer.note
    return answer.note.removeprefix(language_note(answer.language, answer.sentences)).strip()


def _contact(answer: Answer, texts: Texts, contact: str) -> str:
    if not contact or answer.status not in ("contact", "not_covered", "partly"):
        return ""
    link = f'<a class="contact" href="{escape(contact)}">{texts.contact}</a>'
    return f'<p class="tools">{link}</p>'


def _tools(answer: Answer, texts: Texts) -> str:
    tools = []
    if answer.sentences:
        tools.append(f'<button type="button" class="copy">{texts.copy}</button>')
        tools += [
            f'<button type="button" class="thumb {verdict}"><span class="unseen">{label}</span>'
            "</button>"
            for verdict, label in (("up", texts.up), ("down", texts.down))
        ]
    row = f'<p class="tools of-{escape(answer.id)}">{" ".join(tools)}</p>'
    return row if tools else ""


def _paragraph(name: str, text: str) -> str:
    return f'<p class="{name}">{_lines(text)}</p>' if text else ""


def _lines(text: str) -> str:
    """Return the text escaped, its line breaks kept; they are never two in a row for Gradio."""
    return "<br>".join(escape(line) for line in text.splitlines() if line.strip())
