"""Numbers, negations and names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.facts import names, negations, number_keys, same_facts

NUMBERS = {
    "14.600": ["14600"],
    "14,600": ["14600"],
    "14 600 bedrijven": ["14600"],
    "3.5": ["3.5"],
    "3,5": ["3.5"],
    "15 %": ["15%"],
    "15 percent": ["15%"],
    "vijftien procent": ["15%"],
    "15 op de honderd": ["15%"],
    "fifteen": ["15"],
    "vijfentwintig": ["25"],
    "tweeëntwintig": ["22"],
    "twenty-five": ["25"],
    "two hundred fifty": ["250"],
    "13 miljoen": ["13000000"],
    "13m": ["13000000"],
    "€ 13 m": ["13000000"],
    "we do 40m turnover": ["40000000"],
    "10k people": ["10000"],
    "15 m": ["15"],
    "13 m euros": ["13000000"],
    "15m long-term loans": ["15000000"],
    "within 15m of a tram stop": ["15"],
    "een brug van 40m lang": ["40"],
    "€13 en €53 miljoen": ["13000000", "53000000"],
    "between 13 and 53 million": ["13000000", "53000000"],
    "one of them": [],
    "een bedrijf": [],
    "0.5": ["0.5"],
}


@pytest.mark.parametrize(("text", "keys"), NUMBERS.items(), ids=NUMBERS.keys())
def test_numbers_however_written(text: str, keys: list[str]) -> None:
    assert sorted(number_keys(text).elements()) == sorted(keys)


@given(st.integers(0, 10**9))
def test_grouping_does_not_change_a_number(value: int) -> None:
    expected = {str(value): 1}
    for mark in ",.\u00a0":
        assert number_keys(f"{value:,}".replace(",", mark)) == expected


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("That’s no reason to panic", 1),
        ("Dit is geen reden", 1),
        ("not only cheap but good", 0),
        ("niet alleen goedkoop", 0),
        ("they don’t and won't", 2),
        ("notable knowledge", 0),
    ],
)
def test_negations(text: str, count: int) -> None:
    assert negations(text) == count


def test_names_do_not_count_sentence_openings() -> None:
    assert names("Firms like Huawei grew. They met Tencent.") == {"huawei", "tencent"}


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        ("It has 14,600 firms.", "It has 14.600 firms!", True),
        ("It has 14,600 firms.", "It has 14,700 firms.", False),
        ("13 in China, 53 in Europe", "53 in China, 13 in Europe", False),
        ("Shares rose for Huawei.", "Shares rose for Tencent.", False),
        ("Huawei grew last year.", "Tencent grew last year.", False),
        ("Here Huawei beat Tencent.", "Here Tencent beat Huawei.", False),
        ("They can do it.", "They cannot do it.", False),
        ("The firm grew.", "A firm grew.", True),
        ("Not Huawei but Tencent came.", "Huawei but not Tencent came.", False),
    ],
)
def test_same_facts(one: str, two: str, same: bool) -> None:
    assert same_facts(one, two) is same
