"""What is dropped as a repetition, what is not, and the ledger of it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from making import DUTCH, ENGLISH, REAL_PAGE, ingested

from ingest.deduplicate import deduplicate, normalised
from ingest.records import Block, BlockKind, Language, Page

BASE = (
    "Op zee staan er nu 399 windmolens van Elia en Otary, en volgend jaar komen er nog eens 40 "
    "bij. De stroom gaat met dikke kabels onder de grond naar de kust bij Zeebrugge, waar de "
    "vraag volgens de minister elk jaar stijgt. Vissers zijn daar niet blij mee, want zij "
    "verliezen een deel van hun water aan de bouwers."
)


def block(
    text: str, start: int = 0, page: str = "a", kind: BlockKind = "paragraph", lang: Language = "nl"
) -> Block:
    return Block(page, start, start + len(text), kind, text, lang)


STAY = {
    "figure": ("399", "398"),
    "small figure": ("40 bij", "41 bij"),
    "figures swapped": ("399 windmolens van Elia en Otary, en volgend jaar komen er nog eens 40",
                        "40 windmolens van Elia en Otary, en volgend jaar komen er nog eens 399"),
    "negation gone": ("niet blij", "wel blij"),
    "negation moved": ("elk jaar stijgt. Vissers zijn daar niet",
                       "niet elk jaar stijgt. Vissers zijn daar"),
    "name": ("Zeebrugge", "Oostende"),
    "names swapped": ("Elia en Otary", "Otary en Elia"),
    "opening name": ("Vissers zijn", "Reders zijn"),
    "opposite": ("stijgt", "daalt"),
    "sentence added": ("bouwers.", "bouwers. Ook de scheepvaart moet een heel eind omvaren."),
}  # fmt: skip
DROP = {
    "nothing": ("", ""),
    "case and marks": ("Op zee staan", "OP ZEE: staan"),
    "white space": (" en ", " \n en "),
    "slip of the pen": ("windmolens", "windmollens"),
    "small word": ("want zij", "omdat zij"),
    "quotes": ("Elia en Otary", "‘Elia’ en “Otary”"),
    "number format": ("399", "399,0"),
}


@pytest.mark.parametrize(("old", "new"), STAY.values(), ids=STAY.keys())
def test_texts_that_say_something_else_both_stay(old: str, new: str) -> None:
    changed = BASE.replace(old, new)
    assert changed != BASE
    kept, dropped = deduplicate([block(BASE), block(changed, 1000)])
    assert [b.text for b in kept] == [BASE, changed]
    assert dropped == []


@pytest.mark.parametrize(("old", "new"), DROP.values(), ids=DROP.keys())
@pytest.mark.parametrize("page", ["a", "b"], ids=["same page", "other page"])
def test_texts_that_say_the_same_are_kept_once(old: str, new: str, page: str) -> None:
    changed = BASE.replace(old, new)
    kept, (row,) = deduplicate([block(BASE), block(changed, 1000, page)])
    assert [b.text for b in kept] == [BASE]
    assert (row.page, row.start, row.text) == (page, 1000, changed)
    assert (row.kept_page, row.kept_start) == ("a", 0)
    same = normalised(changed) == normalised(BASE)
    assert (row.reason, row.similarity == 1.0) == ("exact" if same else "near", same)


def test_a_translation_is_no_duplicate() -> None:
    kept, _ = deduplicate([block(DUTCH), block(ENGLISH, 500, lang="en")])
    assert len(kept) == 2
    assert len(deduplicate([block("Huawei"), block("Huawei", 9, lang="en")])[0]) == 2


def test_a_short_line_of_another_page_repeats_by_chance() -> None:
    assert len(deduplicate([block("Dat is mooi."), block("Dat is mooi.", page="b")])[0]) == 2
    assert len(deduplicate([block("Dat is mooi."), block("Dat is mooi.", 50)])[0]) == 1


def test_furniture_and_third_languages_are_in_the_ledger() -> None:
    foreign = Block("a", 20, 30, "paragraph", "Bonjour", None)
    _, dropped = deduplicate([block("Menu", kind="furniture"), foreign])
    assert [row.reason for row in dropped] == ["furniture", "language"]
    assert all(row.kept_start == -1 and not row.kept_page for row in dropped)


SENTENCES = [
    f"Bedrijf {name} verkocht {n} machines aan {where}." for n, (name, where) in enumerate(
        [("Acme", "Duitsland"), ("Bolt", "Polen"), ("Cera", "Spanje"), ("Dexo", "Portugal")], 7
    )
]  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=4), max_size=6))
def test_no_sentence_is_lost_and_every_block_is_accounted_for(pages: list[list[str]]) -> None:
    blocks = [block(" ".join(lines), 1000 * n) for n, lines in enumerate(pages)]
    kept, dropped = deduplicate(blocks)
    assert len(kept) + len(dropped) == len(blocks)
    text = " ".join(b.text for b in kept)
    assert all(sentence in text for lines in pages for sentence in lines)


def test_the_ledger_of_the_real_page() -> None:
    _, dropped, blocks = ingested(Page("p.txt", REAL_PAGE))
    reasons = [row.reason for row in dropped]
    assert (len(blocks), reasons.count("exact"), reasons.count("furniture")) == (75, 46, 3)
    for row in dropped:
        assert REAL_PAGE[row.start : row.end] == row.text
        if row.reason == "exact":
            original = REAL_PAGE[row.kept_start :][: len(row.text)]
            assert normalised(original) == normalised(row.text)
            assert row.kept_start < row.start
