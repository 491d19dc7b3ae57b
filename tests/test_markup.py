"""HTML and Markdown as plain paragraphs."""

from __future__ import annotations

from pathlib import Path

import pytest
from making import ingested, sentences

from ingest.markup import front_matter, plain_markdown
from ingest.pages import read_page

HTML = """<html><head><title>De chipslag | Acme</title><meta name="author" content="Jan Peeters">
<link rel="canonical" href="https://acme.example/blog/chips"></head><body>
<nav><a href="/">Home</a> <a href="/contact">Contact</a></nav>
<div class="cookie-banner"><p>Wij gebruiken cookies om uw ervaring op onze site te verbeteren.</p>
<button>Alles accepteren</button></div>
<article><h1>De chipslag om Europa</h1>
<p>Europa investeert 43 miljard euro in chips. Dat is <b>minder</b> dan Amerika, dat o.a. Intel
steunt.</p><h2>Wat is er nodig?</h2><ul><li>Meer ingenieurs</li><li>Goedkopere energie</li></ul>
<blockquote>“We are late, but not too late,” said the commissioner in Brussels.</blockquote>
<table><tr><th>Land</th><th>Miljard</th></tr><tr><td>Duitsland</td><td>20</td></tr></table>
<p>De fabrieken openen in 2027. Tot dan blijft Europa afhankelijk van Taiwan.</p></article>
<footer><p>© 2024 Acme. Alle rechten voorbehouden.</p></footer></body></html>"""


def test_html_gives_the_article_without_what_stands_around_it(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(HTML, "utf-8")
    page = read_page(tmp_path / "a.html")
    assert (page.author, page.url) == ("Jan Peeters", "https://acme.example/blog/chips")
    assert page.date == ""  # the footer's year is not the article's date
    (article,), _, _ = ingested(page)
    assert (article.title, article.language) == ("De chipslag om Europa", "nl")
    assert sentences([article]) == [
        "Europa investeert 43 miljard euro in chips.",
        "Dat is minder dan Amerika, dat o.a. Intel steunt.",
        "Meer ingenieurs",
        "Goedkopere energie",
        "“We are late, but not too late,” said the commissioner in Brussels.",
        "Land | Miljard",
        "Duitsland | 20",
        "De fabrieken openen in 2027.",
        "Tot dan blijft Europa afhankelijk van Taiwan.",
    ]


MARKDOWN = {
    "heading": ("# Een *kop*\n\nTekst.", "Een kop\n\nTekst."),
    "soft break": ("Een zin\ndie doorgaat.", "Een zin die doorgaat."),
    "link and image": ("[Trends](https://x.org) ![foto](a.png) schreef.", "Trends  schreef."),
    "list": ("- een\n- twee", "- een\n- twee"),
    "numbered": ("1. een\n2. twee", "- een\n- twee"),
    "nested": ("- een\n  - onder\n- twee", "- een\n- onder\n- twee"),
    "list after its opening": ("Dit helpt:\n\n- een\n- twee", "Dit helpt:\n- een\n- twee"),
    "two paragraphs in an item": ("- een\n\n  meer\n- twee", "- een\nmeer\n- twee"),
    "table": ("| a | b |\n|---|---|\n| c | d |", "a | b\nc | d"),
    "indented": ("Tekst.\n\n    Ook tekst.", "Tekst.\n\nOok tekst."),
    "fence": ("```\nOok tekst.\n```", "Ook tekst."),
    "html": ("<div>Ook <b>tekst</b>.</div>", "Ook tekst."),
    "comment": ("Tekst.\n\n<!-- weg -->", "Tekst."),
    "quote": ("> Een citaat.", "Een citaat."),
}


@pytest.mark.parametrize(("source", "text"), MARKDOWN.values(), ids=MARKDOWN.keys())
def test_markdown(source: str, text: str) -> None:
    assert plain_markdown(source)[0] == text


def test_headings_are_known_by_their_place() -> None:
    text, headings = plain_markdown("# Een\n\nTekst.\n\n## Twee\n\nMeer.")
    assert sorted(headings) == [text.index("Een"), text.index("Twee")]


@pytest.mark.parametrize(
    ("source", "rest", "fields"),
    [
        ("---\ntitle: 'De zee'\ntags: x\n---\nTekst", "Tekst", {"title": "De zee"}),
        ("---\n\nTekst\n\n---\n", "---\n\nTekst\n\n---\n", {}),
        ("Tekst", "Tekst", {}),
    ],
    ids=["fields", "rules", "none"],
)
def test_front_matter(source: str, rest: str, fields: dict[str, str]) -> None:
    assert front_matter(source) == (rest, fields)
