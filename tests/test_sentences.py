"""Where sentences end, in Dutch and English."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.sentences import sentence_spans

CASES = {
    "bijv and o.a.": ["Ik zag bijv. Huawei en o.a. Tencent.", "Dhr. Peeters kwam."],
    "e.g.": ["Some firms, e.g. Huawei, grew.", "Others i.e. Tencent did too."],
    "us before a name": ["The U.S. Government agreed.", "So did Europe."],
    "us closes": ["They moved to the U.S.", "The law differs there."],
    "decimal point": ["It grew by 3.5 million.", "That is much."],
    "nr before a number": ["Hij werd nr. 4 van de lijst.", "Zij werd eerste."],
    "saint": ["De fabriek staat in St. Pieters.", "Daar regent het."],
    "dutch al closes": ["Dat wisten we al.", "Maar nu is het zeker."],
    "et al": ["Janssens et al. Vonden het eerst."],
    "art closes": ["She loves modern art.", "The museum is free."],
    "name Jan closes": ["Dat zei Jan.", "Hij had gelijk."],
    "month before a year": ["It opened in Dec. 2024 at last."],
    "etc closes": ["Chips, batterijen, enz.", "De overheid betaalt."],
    "initials": ["J.P. Morgan en J. De Smet kwamen.", "P. Van Damme niet."],
    "company closes": ["Zie Apple Inc.", "De fabrikant groeit."],
    "quote inside": ["Hij zei: “Nee.”", "Toen ging hij."],
    "quoted sentence": ['"SMEs are the backbone."', "It’s a cliché."],
    "question and exclamation": ["Wat dan?", "Niets!", "Echt niet."],
    "footnote mark": ["So they say.[12]", "Others disagree."],
    "ellipsis": ["Wait...", "What?"],
    "dutch apostrophe": ["'s Avonds regent het.", "'t Is waar."],
    "number opens": ["Het groeit.", "14.600 bedrijven doen mee."],
}


@pytest.mark.parametrize("expected", CASES.values(), ids=CASES.keys())
def test_sentences_end_where_a_reader_ends_them(expected: list[str]) -> None:
    text = " ".join(expected)
    assert [text[a:b] for a, b in sentence_spans(text)] == expected


def test_items_lose_their_bullets_and_keep_their_numbers() -> None:
    text = "- Subsidies\n• Leningen\n1. Eerst dit. En dat.\n2. Dan dat.\n-\n"
    found = [text[a:b] for a, b in sentence_spans(text)]
    assert found == ["Subsidies", "Leningen", "1. Eerst dit.", "En dat.", "2. Dan dat."]


@given(st.text(alphabet=st.sampled_from("aZé .!?\n\t“”'-•1…["), max_size=80))
def test_spans_are_in_order_trimmed_and_lose_no_word(text: str) -> None:
    spans = sentence_spans(text)
    pieces = [text[a:b] for a, b in spans]
    assert all(piece == piece.strip() and piece for piece in pieces)
    assert all(one[1] <= two[0] for one, two in pairwise(spans))
    letters = [character for character in text if character.isalnum()]
    assert [c for piece in pieces for c in piece if c.isalnum()] == letters
