"""Leftover markup is taken out of plain text, and what only looks like it stays."""

from __future__ import annotations

from pathlib import Path

import pytest
from making import DUTCH, REAL_PAGE, write_corpus

from ingest.__main__ import main
from ingest.build import read_corpus
from ingest.embedder import load_embedder
from ingest.tags import without_markup

TEXT = [
    "a < b and c > d",
    "a<b and c>d",
    "x <b en y> z",
    "if (a<b && c>d)",
    "p<0,05 en n>30, <5 % en >10 %",
    "where a<p>0.05 holds",
    "2<x<5",
    "List<String> names",
    "vul <naam> in",
    'De tag `<b>` maakt vet, "<i>" schuin.',
    "<https://www.example.be> en <jan@example.be>",
    "<- links, rechts ->, en <3",
    "zie [1](2020), [sic] (zie daar) en [1][2]",
    "Wat een prijs![1]",
    "&lt;b&gt;",
]
MARKUP = {
    "bold": ("De <b>vette</b> tekst.", "De vette tekst."),
    "in a word": ("fiets<em>en</em>pad", "fietsenpad"),
    "image": ('staan <img src="https://x.test/y.png?c=1" onerror="a=1"> hier.', "staan hier."),
    "image at the end": ("Dit is het <IMG SRC=x>.", "Dit is het."),
    "an end inside quotes": ('een <img alt="a > b" src=x> twee', "een twee"),
    "no end": ('een <img src="https://x.test" twee', "een twee"),
    "slashes": ("een <img/src=x/onerror=y> twee", "een twee"),
    "link": ('<a href="javascript:a=1" style="top:0">Klik hier</a> nu.', "Klik hier nu."),
    "form": ('Tik <input name="card" required> in.', "Tik in."),
    "script": ("Titel<script>window.ran=1 < 2</script>", "Titel"),
    "comment": ("een <!-- weg\n\nmet dit --> twee", "een twee"),
    "line break": ("een <br/>twee", "een\ntwee"),
    "paragraphs": ("<p>Een.</p><p>Twee.</p>", "\nEen.\n\nTwee.\n"),
    "unknown, with an attribute": ('<my-map data-a="1">kaart</my-map>', "kaart"),
    "markdown image": ("Zie ![de fiets](https://x.test/(y).png) hier.", "Zie hier."),
    "markdown image by name": ("Zie ![fiets][3] hier.", "Zie hier."),
    "markdown link": ("Op [onze site](https://x.test/a_(b) 'Site') staat het.",
                      "Op onze site staat het."),
    "markdown image in a link": ("Hier [![logo](a.png) meer](https://x.test).", "Hier meer."),
}  # fmt: skip


@pytest.mark.parametrize("text", [*TEXT, REAL_PAGE], ids=[*TEXT, "the start page"])
def test_what_looks_like_markup_stays(text: str) -> None:
    assert without_markup(text) == (text, [])


@pytest.mark.parametrize(("source", "text"), MARKUP.values(), ids=MARKUP.keys())
def test_markup_goes_and_is_told(source: str, text: str) -> None:
    clean, taken = without_markup(source)
    assert clean == text
    assert taken
    assert all(tag in source and 0 <= place <= len(clean) for place, tag in taken)
    assert without_markup(clean) == (clean, [])


def test_the_ledger_tells(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    image = '<img src="https://x.test/y.png">'
    folder = write_corpus(tmp_path, sea=DUTCH.replace("Vissers", f"Vissers {image}"))
    corpus = read_corpus(folder, load_embedder())
    assert [(row.reason, row.text) for row in corpus.dropped] == [("markup", image)]
    assert corpus.pages[0].text == DUTCH
    assert corpus.pages[0].text[corpus.dropped[0].start :].startswith(" verliezen")
    assert main([str(folder), "--ledger"]) == 0
    told = capsys.readouterr().out
    assert f'markup: "{image}"' in told
    assert "\n0 of" in told
