"""The question file decides releases, so the file itself is held to account here.

A wrong answer key is worse than none: it teaches the gate to reject good answers.
These tests read nothing but the questions and the page they are about.
"""

import hashlib
import json
import re
from collections import Counter, defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "corpus/pages/little-giants.txt").read_text(encoding="utf-8")
QUESTIONS = [
    json.loads(line)
    for line in (ROOT / "evals/questions.jsonl").read_text(encoding="utf-8").splitlines()
]
BY_ID = {q["id"]: q for q in QUESTIONS}

FIELDS = {
    "id": str,
    "lang": str,
    "kind": str,
    "history": list,
    "question": str,
    "answerable": bool,
    "facts": list,
    "evidence": list,
    "must_not": list,
}
KINDS = [
    "direct",
    "paraphrase",
    "cross",
    "both",
    "multi",
    "typo",
    "followup",
    "unanswerable-near",
    "unanswerable-far",
    "false-premise",
    "injection",
    "contact",
    "smalltalk",
]
OTHER = {"nl": "en", "en": "nl"}
REFUSALS = [
    "The articles don't say.",
    "The articles do not say that.",
    "The articles don't cover this question.",
    "The article does not mention it.",
    "Sorry, I can't answer that from the articles.",
    "I found nothing about that on this page; the nearest passage is the following.",
    "Your question is not covered by the articles.",
    "Dat staat niet in de artikels.",
    "Dat staat niet in de artikelen.",
    "De artikels zeggen daar niets over.",
    "Het artikel vermeldt dat niet.",
    "Sorry, daar kan ik op basis van de artikels niet op antwoorden.",
    "Uw vraag komt in de artikels niet aan bod; de dichtstbijzijnde passage is de volgende.",
    "Daar vond ik niets over.",
]


def split_versions():
    """The first copy of the English article and of its Dutch original, without furniture."""
    start = PAGE.index('"SMEs form')
    english, dutch = PAGE[start : PAGE.index('"SMEs form', start + 1)].split("\n\n\n")[:2]
    return english, dutch


def sentences(text):
    """Sentences and headings. A full stop inside 14.600 ends nothing: no space follows."""
    found = []
    for paragraph in text.splitlines():
        found += re.findall(r'\S.*?(?:[.?!]["”]?(?=\s|$)|$)', paragraph.strip())
    return found


ENGLISH, DUTCH = split_versions()


def side(quote):
    """Which version a quote is from; None for what stands around the articles."""
    return "nl" if quote in DUTCH else "en" if quote in ENGLISH else None


def matches(pattern, text):
    return re.search(pattern, text, re.I | re.M) is not None


def states(fact, texts):
    return any(matches(alternative, text) for alternative in fact for text in texts)


def tuning(question):
    return int(hashlib.sha1(question["id"].encode()).hexdigest(), 16) % 2 == 0


def stem(question):
    return question["id"].rsplit("-", 1)[0]


def of(*kinds):
    return [q for q in QUESTIONS if q["kind"] in kinds]


def twins():
    """Pairs of a Dutch and an English question that ask the same."""
    pairs = defaultdict(dict)
    for q in QUESTIONS:
        pairs[stem(q)][q["lang"]] = q
    return [(p["nl"], p["en"]) for p in pairs.values() if len(p) == 2]


def turns():
    """Questions that are one turn of a whole conversation: (conversation, number) -> questions."""
    found = defaultdict(list)
    for q in QUESTIONS:
        if turn := re.fullmatch(r"(.+)-([1-9])-(?:nl|en)", q["id"]):
            found[turn[1], int(turn[2])].append(q)
    return found


def test_fields():
    """A misspelt field would be read as absent, and its check silently skipped."""
    for q in QUESTIONS:
        assert list(q) == list(FIELDS), q["id"]
        wrong = [f for f, kind in FIELDS.items() if type(q[f]) is not kind]
        assert not wrong, (q["id"], wrong)
        assert q["lang"] in OTHER, q["id"]
        assert q["kind"] in KINDS, q["id"]
        assert q["question"].strip() == q["question"] != "", q["id"]
        assert all(fact and all(fact) for fact in q["facts"]), q["id"]
        assert all(type(fact) is list for fact in q["facts"]), q["id"]
        for pattern in [*q["must_not"], *(a for fact in q["facts"] for a in fact)]:
            re.compile(pattern)


def test_histories():
    """A history is whole exchanges; without one a follow-up measures nothing."""
    for q in QUESTIONS:
        roles = [role for role, _ in q["history"]]
        assert roles == ["user", "assistant"] * (len(roles) // 2), q["id"]
        assert all(text.strip() for _, text in q["history"]), q["id"]
        assert bool(q["history"]) == (q["kind"] == "followup"), q["id"]


def test_ids():
    """Results are compared by id across releases, and the id carries the language."""
    assert len(BY_ID) == len(QUESTIONS)
    for q in QUESTIONS:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*-" + q["lang"], q["id"]), q["id"]


def test_no_question_twice():
    """A question asked twice counts twice."""
    asked = Counter((q["question"].lower(), str(q["history"])) for q in QUESTIONS)
    assert not [a for a, n in asked.items() if n > 1]


def test_size_and_languages():
    assert len(QUESTIONS) >= 240
    count = Counter(q["lang"] for q in QUESTIONS)
    assert count["nl"] == count["en"]


@pytest.mark.parametrize("kind", KINDS)
def test_kind_in_both_languages(kind):
    """The languages are compared kind by kind, so each needs as many of each."""
    count = Counter(q["lang"] for q in of(kind))
    assert count["nl"] == count["en"] >= 2


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("lang", OTHER)
def test_halves_balanced(kind, lang):
    """What was tuned on one half is judged on the other: both must hold every kind."""
    mine = [q for q in of(kind) if q["lang"] == lang]
    tuned = sum(map(tuning, mine))
    assert abs(len(mine) - 2 * tuned) <= max(1, len(mine) // 8)


def test_twins_same_key_same_half():
    """Twins must give the same facts; split over the halves, one would give the other away."""
    pairs = twins()
    assert len(pairs) * 2 >= 0.9 * len(QUESTIONS)
    for dutch, english in pairs:
        for field in ("answerable", "facts", "evidence", "must_not"):
            assert dutch[field] == english[field], dutch["id"]
        assert tuning(dutch) == tuning(english), dutch["id"]


def test_answerable_has_a_key():
    """No key: always right. A key on an unanswerable question: never right."""
    for q in QUESTIONS:
        expected = q["answerable"] and q["kind"] != "smalltalk"
        assert bool(q["facts"]) == bool(q["evidence"]) == expected, q["id"]
        if q["kind"] not in ("followup", "injection"):
            assert q["answerable"] != q["kind"].startswith("unanswerable"), q["id"]


def test_evidence_is_on_the_page():
    for q in QUESTIONS:
        missing = [e for e in q["evidence"] if e not in PAGE]
        assert not missing, (q["id"], missing)


def test_facts_are_in_the_evidence():
    """What the evidence does not say cannot be demanded of the answer."""
    for q in QUESTIONS:
        missing = [f for f in q["facts"] if not states(f, q["evidence"])]
        assert not missing, (q["id"], missing)


def test_evidence_states_some_fact():
    """A quote that states none of the facts would let a citation beside the point pass.

    It may carry on from the quote before it: "It's a cliché you often find in ..."
    """
    order = sentences(ENGLISH) + sentences(DUTCH)
    for q in QUESTIONS:
        told = [e for e in q["evidence"] if any(states(f, [e]) for f in q["facts"])]
        idle = [
            e
            for e in q["evidence"]
            if e not in told and not (e in order[1:] and order[order.index(e) - 1] in told)
        ]
        assert not idle, (q["id"], idle)


def test_only_the_evidence_answers():
    """A sentence that states every fact is evidence too, or the facts are too blunt."""
    order = sentences(ENGLISH) + sentences(DUTCH)
    for q in QUESTIONS:
        others = [
            s
            for s in order
            if q["facts"] and s not in q["evidence"] and all(states(f, [s]) for f in q["facts"])
        ]
        assert not others, (q["id"], others)


def test_either_version_will_do():
    """An answer quoted from the other version is as right; a key in one language is a trap."""
    for q in QUESTIONS:
        versions = {side(e) for e in q["evidence"]}
        if q["kind"] == "both" or not {"nl", "en"} <= versions:
            continue
        for lang in OTHER:
            quotes = [e for e in q["evidence"] if side(e) == lang]
            missing = [f for f in q["facts"] if not states(f, quotes)]
            assert not missing, (q["id"], lang, missing)


def test_cross_needs_the_other_version():
    """Else the crossing is not measured. The lines around the articles are English."""
    for q in of("cross"):
        assert {side(e) or "en" for e in q["evidence"]} == {OTHER[q["lang"]]}, q["id"]


def test_direct_stands_in_the_own_version():
    for q in of("direct", "paraphrase", "multi", "typo"):
        assert {side(e) for e in q["evidence"]} & {q["lang"], None}, q["id"]


def test_both_needs_both_versions():
    """Neither version alone may hold the whole answer."""
    for q in of("both"):
        for lang, article in (("nl", DUTCH), ("en", PAGE.replace(DUTCH, ""))):
            quotes = [e for e in q["evidence"] if e in article]
            assert quotes, (q["id"], lang)
            assert not all(states(f, quotes) for f in q["facts"]), (q["id"], lang)


def test_multi_asks_several():
    assert not [q["id"] for q in of("multi", "both") if len(q["facts"]) < 2]


def test_paraphrase_uses_other_words():
    """A paraphrase in the article's own words would be an easy direct question."""
    names = {"china", "chinese", "little", "giant", "giants"}
    for q in of("paraphrase"):
        text = " ".join(q["evidence"]).lower()
        words = set(re.findall(r"\w{5,}", q["question"].lower())) - names
        assert sum(w in text for w in words) <= 1, q["id"]


def test_no_fact_matches_a_refusal():
    for q in QUESTIONS:
        assert not [f for f in q["facts"] if states(f, REFUSALS)], q["id"]


def test_must_not_spares_article_and_refusals():
    """Quoting the article, or declining, is never the offence."""
    lines = [*PAGE.splitlines(), *sentences(ENGLISH), *sentences(DUTCH), *REFUSALS]
    for q in QUESTIONS:
        assert not [p for p in q["must_not"] if states([p], lines)], q["id"]


def test_lures_are_watched():
    """What the question tries to have said must be what the answer may not say."""
    for q in of("false-premise", "injection"):
        assert states(q["must_not"], [q["question"]]), q["id"]


def test_injections_bare_and_with_a_question():
    """Refusing everything would also withstand every attack."""
    assert {q["answerable"] for q in of("injection")} == {True, False}


def test_typo_has_a_clean_sister():
    """The typo score is over the clean score, so of the same facts in the same half."""
    for q in of("typo"):
        clean = BY_ID[q["id"].replace("-typo-", "-")]
        assert clean["kind"] != "typo", q["id"]
        assert clean["facts"] == q["facts"], q["id"]
        assert tuning(clean) == tuning(q), q["id"]


def test_conversations_hold_together():
    """A turn's history is what its conversation asked before it, all in one half."""
    found = turns()
    names = {name for name, _ in found}
    assert sum((name, 3) in found for name in names) >= 3
    for (name, number), questions in found.items():
        for q in questions:
            asked = [text for role, text in q["history"] if role == "user"]
            assert len(asked) == number - 1, q["id"]
            for earlier, text in enumerate(asked, 1):
                assert text in [e["question"] for e in found[name, earlier]], q["id"]
            assert tuning(q) == tuning(found[name, 1][0]), q["id"]


def test_language_changes_in_mid_conversation():
    """At least one conversation each way."""
    changed = {
        q["lang"]
        for q in of("followup")
        for e in QUESTIONS
        if ["user", e["question"]] in q["history"] and e["lang"] != q["lang"]
    }
    assert changed == set(OTHER)


def test_history_may_not_leak():
    """Some follow-ups leave the subject for one that the articles don't cover."""
    assert {q["lang"] for q in of("followup") if not q["answerable"]} == set(OTHER)


@pytest.mark.parametrize(("article", "count"), [(ENGLISH, 24), (DUTCH, 26)])
def test_every_sentence_is_asked_for(article, count):
    """A sentence no question needs could be lost without the gate noticing."""
    used = {e for q in QUESTIONS for e in q["evidence"]}
    found = sentences(article)
    assert len(found) == count
    assert not [s for s in found if not any(s in e for e in used)]
