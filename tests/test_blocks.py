"""How a page is cut into blocks, and what each is taken for."""

from __future__ import annotations

import textwrap
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from making import DUTCH, REAL_PAGE

from ingest.blocks import page_blocks, unwrapped
from ingest.records import Page

TEXT = (
    "Op zee staan er nu 399 windmolens, en volgend jaar komen er nog eens 40 bij, zegt de minister."
)


def kinds(*lines: str) -> list[str]:
    return [block.kind for block in page_blocks(Page("p.txt", "\n\n".join(lines)))]


FURNITURE = [
    "0 min read",
    "5 minuten leestijd",
    "Share",
    "Share on LinkedIn",
    "Deel dit artikel",
    "Menu",
    "Lees meer",
    "Lees ook",
    "Volgend artikel",
    "Back to top",
    "Skip to content",
    "Accept all cookies",
    "Alles accepteren",
    "Cookie policy",
    "We use cookies on our website to give you the best experience. By clicking Accept you agree.",
    "Deze website gebruikt cookies om uw ervaring te verbeteren.",
    "© 2024 Acme NV. Alle rechten voorbehouden.",
    "Copyright © 2024",
    "***",
]
CONTENT = [
    "Share of the Chinese market rose to 15%.",
    "Gerelateerde bedrijven profiteren ook van de steun.",
    "Back to the drawing board, thought Beijing.",
    "Terug naar af voor de Europese autobouwers.",
    "Decline is not inevitable.",
    "Weiger dat, zei de minister.",
    "Europe's rules on cookies changed.",
    "China's copyright law changed in 2020.",
    "Delen van het land lopen leeg.",
    "Home is where the factory is.",
    "Search engines are next on the list.",
    "By 2030 half of them will be abroad.",
    "Door de sancties werd alles duurder.",
    "Tekst en uitleg kwamen er niet.",
    "This law was published last year and changes everything.",
    "Critics call us naive, and perhaps we are.",
    "Regulators should contact US companies first.",
    "They will call US officials and mail US senators.",
    "The founders get in touch with ministries themselves.",
    "Ministers plan een gesprek met de fabrikanten in mei.",
]


@pytest.mark.parametrize("line", FURNITURE)
def test_furniture(line: str) -> None:
    assert kinds("Windmolens", TEXT, line, TEXT + " En meer.")[2] == "furniture"


@pytest.mark.parametrize("line", CONTENT)
@pytest.mark.parametrize("place", ["amid", "last"])
def test_a_sentence_is_never_taken_for_furniture_or_a_call(line: str, place: str) -> None:
    lines = ["Windmolens", TEXT, line] + (["Nog een zin erbij."] if place == "amid" else [])
    assert kinds(*lines)[2] == "paragraph"


@pytest.mark.parametrize(
    "line",
    [
        "Don’t hesitate to get in touch to discuss your business.",
        "Get in touch.",
        "Questions? Call us.",
        "Neem gerust contact op met ons team.",
        "Contacteer ons voor meer informatie.",
        "Plan een gesprek met een adviseur.",
        "Please contact us for a quote.",
        "info@example.org | +32 2 123 45 67",
        "Tel: 02 123 45 67",
    ],
)
def test_a_call_to_action_at_the_end(line: str) -> None:
    found = kinds("Windmolens", TEXT, TEXT + " En meer.", "Klaar om te groeien?", line)
    assert found[-1] == "call_to_action"
    assert found[1] == "paragraph"


def test_only_the_line_above_a_call_is_its_title() -> None:
    lines = ("Subsidies", "Leningen", "Klaar om te groeien?", "Neem contact op met ons team.")
    assert kinds("Windmolens", TEXT, *lines)[-2:] == ["call_to_action"] * 2
    assert "call_to_action" not in kinds("Windmolens", TEXT, *lines)[:-2]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["Written by", "Pieter Verstraete"], ["byline", "byline"]),
        (["Door Élodie Ávila"], ["byline"]),
        (["By Jan van den Berghe"], ["byline"]),
        (["Tekst: An Peeters & Bob De Smet"], ["byline"]),
        (["Written by hand and with care"], ["title"]),
        (["This article was first published in De Tijd on 3 May."], ["notice"]),
        (["Dit opiniestuk verscheen eerder in Trends."], ["notice"]),
        (["Foto: Belga"], ["notice"]),
    ],
)
def test_bylines_and_notices(lines: list[str], expected: list[str]) -> None:
    assert kinds("De titel van dit stuk", *lines, TEXT)[1:-1] == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([DUTCH.split("\n\n")[0], TEXT], ["title", "paragraph"]),
        (["Wat nu?", TEXT, "Hoeveel?", TEXT + " Ja."], ["title", "paragraph"] * 2),
        (["Titel", TEXT, "De laatste zin mist zijn punt door de opmaak"], "last"),
        (["Titel", TEXT, "Tags: zee"], "leftover"),
        (["Titel", TEXT, "De steun", "Subsidies", "Leningen", "Kortingen", TEXT + " Ja."], "list"),
    ],
    ids=["title", "questions head answers", "open last line", "leftover", "list without bullets"],
)
def test_titles(lines: list[str], expected: list[str] | str) -> None:
    special = {
        "last": ["title", "paragraph", "paragraph"],
        "leftover": ["title", "paragraph", "furniture"],
        "list": ["title", "paragraph", "title", *["paragraph"] * 4],
    }
    assert kinds(*lines) == (special[expected] if isinstance(expected, str) else expected)


LONG = " ".join([TEXT] * 3)
SHAPES = {
    "blank lines": f"{LONG}\n\n{LONG} Nog.",
    "line for a paragraph": f"{LONG}\n{LONG} Nog.",
    "wrapped at 72": f"{textwrap.fill(LONG, 72)}\n\n{textwrap.fill(LONG + ' Nog.', 72)}",
    "windows": f"{textwrap.fill(LONG, 72)}\n\n{textwrap.fill(LONG + ' Nog.', 72)}".replace(
        "\n", "\r\n"
    ),
    "old mac": f"{LONG}\r{LONG} Nog.",
    "space on blank line": f"{LONG}\n \u00a0\n{LONG} Nog.",
}


@pytest.mark.parametrize("text", SHAPES.values(), ids=SHAPES.keys())
def test_a_paragraph_is_the_same_however_it_is_set(text: str) -> None:
    blocks = page_blocks(Page("p.txt", text))
    assert [unwrapped(block.text) for block in blocks] == [LONG, LONG + " Nog."]


def test_a_wrapped_heading_list_and_table_keep_their_lines() -> None:
    text = f"Titel\n{textwrap.fill(LONG, 72)}\n\n- een lang eerste punt\n  gaat door\n- twee"
    blocks = page_blocks(Page("p.txt", text + "\n\nLand | Aantal\nChina | 14.600"))
    assert [block.text.count("\n") for block in blocks][::2] == [0, 2]
    assert unwrapped(blocks[1].text) == LONG
    assert unwrapped(blocks[3].text) == "Land | Aantal\nChina | 14.600"


@given(st.text(alphabet=st.sampled_from("aB.é \n\r\t-|?\u00a0\u200b"), max_size=120))
def test_blocks_stand_where_they_say_and_hold_every_letter(text: str) -> None:
    blocks = page_blocks(Page("p.txt", text))
    assert all(text[block.start : block.end] == block.text for block in blocks)
    assert all(one.end <= two.start for one, two in pairwise(blocks))
    assert "".join("".join(b.text for b in blocks).split()) == "".join(text.split())


def test_the_real_page_is_told_apart() -> None:
    blocks = page_blocks(Page("p.txt", REAL_PAGE))
    assert all(REAL_PAGE[block.start : block.end] == block.text for block in blocks)
    found = {kind: [b.text for b in blocks if b.kind == kind] for kind in {b.kind for b in blocks}}
    assert found["byline"] == ["Written by", "Pieter Verstraete"]
    assert found["furniture"] == ["0 min read"] * 3
    assert len(found["notice"]) == 3
    assert len(found["call_to_action"]) == 8
    assert len(found["title"]) == 5  # the English one twice, the Dutch one three times
