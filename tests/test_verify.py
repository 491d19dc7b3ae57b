"""Whether cited sentences support a written one."""

from __future__ import annotations

import random
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.verify import Source, Verifier
from evals.mutate import mutations
from evals.questions import QuestionsError
from evals.verification import (
    Mutation,
    judge,
    load_mutations,
    load_written,
    shares,
    wilson,
)
from ingest.embedder import load_embedder
from ingest.facts import numbers
from ingest.records import Language

GATE_LIES = 0.93  # reached: .944 on the gate half; the goal is .98 …
GATE_HONEST = 0.50  # … and .526, where it is .95
ALL = load_mutations(half="all")
CITED = sorted({(m.cited_language, text) for m in ALL for text in m.cited})
TWINS = sorted(
    {
        (m.cited_language, text, twin)
        for m in ALL
        for text, twin in zip(m.cited, m.twins, strict=False)
        if m.half == "tuning"
    }
)


@pytest.fixture(scope="module")
def verifier() -> Verifier:
    return Verifier(load_embedder())


def source(text: str, language: Language = "en", twin: str = "", before: str = "") -> Source:
    return Source(1, "a.1", language, text, twin, before)


FEE = source(
    "Membership costs adults 8 euros a year; anyone younger than 18 pays nothing.",
    twin="Lid worden kost volwassenen 8 euro per jaar; wie jonger is dan 18, betaalt niets.",
)
TREES = source("The town planted 1.200 oaks along the canal because the old elms were ill.")
PLAN = source("The new ferry may carry 90 parked cars, no fewer than 12 electric; old boats sink.")
PILOT = source(
    "Pilots need 12 years at sea.",
    twin="Om als Golden Anchor erkend te worden door Pilots Ostend, moet je 12 jaar varen.",
)

SUPPORTED = {
    "bound": ("The new ferry may carry 90 parked cars, no less than 12 electric.", "en", PLAN),
    "its own words": ("The town planted 1.200 oaks along the canal.", "en", TREES),
    "another format": ("The town planted 1,200 oaks along the canal.", "en", TREES),
    "framed": ("According to the article, the town planted oaks along the canal.", "en", TREES),
    "passive": ("Oaks were planted along the canal by the town.", "en", TREES),
    "more than": ("The town planted more than 1,200 oaks.", "en", TREES),
    "translated": ("Volwassenen betalen 8 euro per jaar voor het lidmaatschap.", "nl", FEE),
    "twin's doer": (
        "To be recognised as Golden Anchor by Pilots Ostend takes 12 years at sea.",
        "en",
        PILOT,
    ),
    "number in words": ("Membership costs adults eight euros a year.", "en", FEE),
}
LIES = {
    "number": ("The town planted 1,300 oaks along the canal.", "en", TREES, "1300"),
    "unit": ("Membership costs adults 8 euros a month.", "en", FEE, "month"),
    "currency": ("Membership costs adults 8 dollars a year.", "en", FEE, "dollars"),
    "bound": ("The town planted at most 1,200 oaks.", "en", TREES, "bound"),
    "denied": ("The town did not plant oaks along the canal.", "en", TREES, "denies"),
    "affirmed": ("Anyone younger than 18 pays.", "en", FEE, "denies"),
    "opposite": ("Anyone older than 18 pays nothing.", "en", FEE, "older"),
    "duty": ("The town must plant 1,200 oaks along the canal.", "en", TREES, "must"),
    "certainty": ("The town certainly planted oaks along the canal.", "en", TREES, "certainly"),
    "name": ("The town of Ostend planted oaks along the canal.", "en", TREES, "ostend"),
    "turned": ("The oaks planted the town along the canal.", "en", TREES, "changed places"),
    "invented": ("The town planted oaks along the canal with a subsidy.", "en", TREES, "subsidy"),
    "made fact": ("The new ferry carries 90 parked cars.", "en", PLAN, "may be so"),
    "other bound": (
        "The ferry may carry 90 parked cars, at most 12 electric.",
        "en",
        PLAN,
        "bound",
    ),
    "another's": ("The old ferry may carry 90 parked cars.", "en", PLAN, "“old”"),
    "opens with a name": ("Ghent planted 1,200 oaks along the canal.", "en", TREES, "ghent"),
    "doer of its twin": (
        "To be recognised as Pilots Ostend by Golden Anchor takes 12 years at sea.",
        "en",
        PILOT,
        "changed places",
    ),
    "elsewhere": ("Pigeons sleep on the cathedral.", "en", TREES, "pigeons"),
}


@pytest.mark.parametrize(("text", "language", "cited"), SUPPORTED.values(), ids=SUPPORTED)
def test_supported(verifier: Verifier, text: str, language: Language, cited: Source) -> None:
    verdict = verifier.check(text, language, [cited])
    assert verdict.supported, verdict.reason
    assert verdict.reason == ""


@pytest.mark.parametrize(("text", "language", "cited", "why"), LIES.values(), ids=LIES)
def test_rejected(
    verifier: Verifier, text: str, language: Language, cited: Source, why: str
) -> None:
    verdict = verifier.check(text, language, [cited])
    assert not verdict.supported
    assert why in verdict.reason


@pytest.mark.parametrize("text", ["", "Yes.", "That is how it works.", "Dat is zo.", "…"])
def test_what_says_nothing_is_not_shown(verifier: Verifier, text: str) -> None:
    assert not verifier.check(text, "en", [TREES]).supported


def test_nothing_cited_supports_nothing(verifier: Verifier) -> None:
    assert not verifier.check("Oaks grow.", "en", []).supported


@given(st.sampled_from(CITED))
@settings(max_examples=150, deadline=None)
def test_a_sentence_supports_itself(verifier: Verifier, cited: tuple[Language, str]) -> None:
    language, text = cited
    verdict = verifier.check(text, language, [source(text, language)])
    assert verdict.supported, verdict.reason
    assert verdict.score > 0.99


@given(st.sampled_from(TWINS))
@settings(max_examples=100, deadline=None)
def test_a_sentence_supports_its_twin(verifier: Verifier, cited: tuple[Language, str, str]) -> None:
    language, text, twin = cited
    other: Language = "en" if language == "nl" else "nl"
    verdict = verifier.check(twin, other, [source(text, language, twin)])
    assert verdict.supported, verdict.reason


@given(st.sampled_from([c for c in CITED if numbers(c[1])]), st.integers(2, 10**6), st.data())
@settings(max_examples=150, deadline=None)
def test_another_number_is_rejected(
    verifier: Verifier, cited: tuple[Language, str], value: int, data: st.DataObject
) -> None:
    language, text = cited
    found = numbers(text)
    number = data.draw(st.sampled_from(found))
    changed = text[: number.start] + str(value) + text[number.end :]
    keys = {one.key for one in numbers(changed)}
    if keys <= {one.key for one in found}:
        return
    assert not verifier.check(changed, language, [source(text, language)]).supported


@given(st.sampled_from(CITED), st.integers(0, 99))
@settings(max_examples=150, deadline=None)
def test_a_denial_more_or_less_is_rejected(
    verifier: Verifier, cited: tuple[Language, str], seed: int
) -> None:
    language, text = cited
    if "not " in text.lower() or "niet " in text.lower():
        return  # "not only", and sentences of two clauses, of which one denies
    for lie in mutations(text, language, [text], random.Random(seed)):
        if lie.kind == "negation" and " no " not in text and " geen " not in text:
            assert not verifier.check(lie.text, language, [source(text, language)]).supported


def test_what_these_are_is_told_by_the_sentence_before(verifier: Verifier) -> None:
    cited = "These trees are older than the church."
    bare = verifier.check("The elms are older than the church.", "en", [source(cited)])
    told = verifier.check(
        "The elms are older than the church.", "en", [source(cited, before="Elms line the road.")]
    )
    assert (bare.supported, told.supported) == (False, True)


def test_words_no_corpus_has(verifier: Verifier) -> None:
    cited = source("The zyzzogeton eats quibblewort in spring.")
    assert verifier.check("In spring the zyzzogeton eats quibblewort.", "en", [cited]).supported
    assert not verifier.check("The zyzzogeton eats blatherfruit.", "en", [cited]).supported


def test_support_finds_the_fewest(verifier: Verifier) -> None:
    one = Source(1, "a.1", "en", "The town planted oaks along the canal.")
    two = Source(2, "a.2", "en", "The ferry sails on Sunday.")
    both = "The town planted oaks along the canal, and the ferry sails on Sunday."
    assert verifier.support("The ferry sails on Sunday.", "en", [one, two]) == (2,)
    assert verifier.support(both, "en", [one, two]) == (1, 2)
    assert verifier.support("Pigeons sleep on the cathedral.", "en", [one, two]) == ()


def test_several_threads_agree(verifier: Verifier) -> None:
    tuning = [m for m in ALL if m.half == "tuning"][:60]
    expected = [j.right for j in judge(verifier, tuning)]
    fresh = Verifier(load_embedder())
    found: dict[int, list[bool]] = {}

    def work(number: int) -> None:
        found[number] = [j.right for j in judge(fresh, tuning)]

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(found.values()) == [expected] * 4


def test_the_gate_half(verifier: Verifier) -> None:
    lies, honest = shares(judge(verifier, load_mutations()))
    assert lies >= GATE_LIES
    assert honest >= GATE_HONEST


def test_the_file_of_mutations() -> None:
    assert len({m.id for m in ALL}) == len(ALL)
    halves: dict[tuple[str, ...], set[str]] = {}
    for one in ALL:
        if one.id.startswith("w-"):
            halves.setdefault((*one.cited, *one.twins), set()).add(one.half)
    assert sum(len(half) > 1 for half in halves.values()) == 0
    for honest in (True, False):
        for half in ("tuning", "gate"):
            assert sum(m.honest is honest and m.half == half for m in ALL) > 100
    assert all(m.half == "tuning" for m in ALL if not m.id.startswith("w-"))
    assert all(isinstance(one, Mutation) for one in ALL)


def test_wilson() -> None:
    low, high = wilson(95, 100)
    assert (round(low, 3), round(high, 3)) == (0.888, 0.978)
    assert wilson(0, 0) == (0.0, 1.0)


def test_freely_worded_claims_cite_sentences_of_their_article() -> None:
    claims = load_written(half="all")
    assert len(claims) > 24_000
    assert 0.4 < sum(claim.honest for claim in claims) / len(claims) < 0.5
    assert len({(claim.group, claim.half) for claim in claims}) == len({c.group for c in claims})
    assert all(source.text for claim in claims[:99] for source in claim.sources())


def test_a_file_of_claims_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "none.tsv").write_text("flood\t9999\tnl\ttrue\tDat staat er niet.\n", "utf-8")
    with pytest.raises(QuestionsError, match=r"none\.tsv: can't be read as a file of claims"):
        load_written(tmp_path / "none.tsv")
