"""What the evals measure, on small answers made by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from assistant.records import Answer, AnswerSentence, Citation, Evidence
from evals import bootstrap
from evals.library import Library
from evals.metrics import missing_facts, score, wrong_numbers
from evals.questions import Question
from evals.run import Asked
from evals.support import citation_scores, supports
from ingest.records import Article, Sentence

NL = "De bibliotheek telt 23.400 boeken. De deur blijft op maandag niet open."
EN = "The library holds 23,400 books. The door does not stay open on Mondays."


def article(identity, language, text, other):
    cut = text.index(". ") + 1
    spans = ((0, cut), (cut + 1, len(text)))
    sentences = tuple(
        Sentence(f"{identity}.{n}", identity, n, a, b, text[a:b], (f"{other}.{n}",))
        for n, (a, b) in enumerate(spans)
    )
    return Article(identity, "article", "Books", language, text, "page.txt", sentences=sentences)


LIBRARY = Library([article("a", "nl", NL, "b"), article("b", "en", EN, "a")])
QUESTION = Question(
    "count-nl", "nl", "direct", (), "Hoeveel boeken zijn er?", True, ((r"23[.,]400",),),
    ("De bibliotheek telt 23.400 boeken.", "The library holds 23,400 books."), (r"\b24\b",),
)  # fmt: skip
REFUSED = replace(QUESTION, id="none-nl", answerable=False, facts=(), evidence=())


def cite(sentence_id, marker=1):
    s = LIBRARY.sentences[sentence_id]
    a = LIBRARY.articles[s.article_id]
    twin = LIBRARY.sentences[s.twins[0]].text
    return Citation(marker, a.id, a.title, "", "", "", a.language, s.start, s.end, s.text, twin)


def answer(text="De bibliotheek telt 23.400 boeken.", sentence="a.0", **fields):
    said = AnswerSentence(text, (1,), "nl")
    plain = Answer("x", "?", "nl", "answered", sentences=(said,), citations=(cite(sentence),))
    return replace(plain, **fields)


def ranked(*ids):
    return tuple(Evidence(i, "nl", LIBRARY.sentences[i].text, 1.0) for i in ids)


# ------------------------------------------------------------------------------------- support

SUPPORT = {
    "itself": (NL, "De bibliotheek telt 23.400 boeken.", True),
    "the same number written otherwise": ("It cost fifteen euros.", "It cost 15 euros.", True),
    "another number": (NL, "De bibliotheek telt 23.500 boeken.", False),
    "a negation dropped": (
        "De deur blijft op maandag niet open.", "De deur blijft op maandag open.", False),
    "a negation added": ("The door stays open.", "The door does not stay open.", False),
    "another day": ("Open on Monday from ten.", "Open on Friday from ten.", False),
    "another month": ("It opened on 3 May in Ghent.", "It opened on 3 June in Ghent.", False),
    "other words": (NL, "De kat slaapt graag in de zon.", False),
    "nothing": (NL, "", False),
}  # fmt: skip


@pytest.mark.parametrize("name", SUPPORT)
def test_support(name):
    quote, sentence, expected = SUPPORT[name]
    assert supports(quote, sentence) is expected


def test_citation_scores():
    assert citation_scores(answer()) == ([1.0], [1.0])
    assert citation_scores(answer("Iets heel anders over katten.")) == ([0.0], [0.0])


def test_idle_citation_costs_precision():
    """ALCE: a citation is idle if the others support the sentence and it does not."""
    said = AnswerSentence("De bibliotheek telt 23.400 boeken.", (1, 2), "nl")
    both = answer(sentences=(said,), citations=(cite("a.0"), cite("a.1", 2)))
    assert citation_scores(both) == ([1.0], [1.0, 0.0])


def test_translated_sentences_are_not_checkable():
    said = AnswerSentence("Whatever we wrote.", (1,), "nl", translated=True)
    given = answer(sentences=(said,))
    assert citation_scores(given) == ([], [])
    assert score(Asked(QUESTION, given), LIBRARY)["not_checkable"] == 1


# --------------------------------------------------------------------------------------- scores


def test_right_answer():
    scores = score(Asked(QUESTION, answer(), ranked("a.0", "a.1")), LIBRARY)
    perfect = (
        "hit1",
        "recall5",
        "mrr10",
        "ndcg10",
        "facts",
        "citation_recall",
        "quotes_exact",
        "sources_right",
        "twins_right",
        "markers",
        "on_evidence",
        "language",
        "utility",
    )
    assert {name: scores[name] for name in perfect} == dict.fromkeys(perfect, 1.0)
    assert not any(scores[name] for name in ("error", "wrong_number", "forbidden", "uncited"))


def test_ranking():
    """Second of two ranks: reciprocal 1/2, gain 1/log2(3) over an ideal of 1."""
    scores = score(Asked(QUESTION, answer(), ranked("a.1", "a.0")), LIBRARY)
    assert (scores["hit1"], scores["mrr10"]) == (0.0, 0.5)
    assert scores["ndcg10"] == pytest.approx(1 / np.log2(3))


def test_a_twin_counts_once():
    """Evidence in both languages is one thing to find: either version is the whole of it."""
    assert score(Asked(QUESTION, answer(), ranked("b.0")), LIBRARY)["ndcg10"] == 1.0


def test_nearest_passage_is_no_answer():
    shown = Answer("x", "?", "nl", "not_covered", nearest=cite("a.0"))
    scores = score(Asked(QUESTION, shown), LIBRARY)
    assert (scores["facts"], scores["error"], scores["utility"]) == (0.0, 1.0, 0.0)
    assert missing_facts(QUESTION, shown)


def test_refusing_what_is_not_covered_is_right():
    refused = score(Asked(REFUSED, Answer("x", "?", "nl", "not_covered")), LIBRARY)
    assert (refused["hallucination"], refused["utility"]) == (0.0, 1.0)
    claimed = score(Asked(REFUSED, answer(status="partly")), LIBRARY)
    assert (claimed["hallucination"], claimed["utility"]) == (1.0, -1.0)


def test_crash_is_a_miss():
    scores = score(Asked(QUESTION, None, crash="KeyError"), LIBRARY)
    assert (scores["crash"], scores["facts"], scores["utility"]) == (1.0, 0.0, -1.0)
    assert scores["hit1"] == 0.0


def test_wrong_number():
    assert wrong_numbers(answer("De bibliotheek telt 24 boeken.")) == ["24"]
    assert not wrong_numbers(answer("The library holds 23,400 books."))


@pytest.mark.parametrize(
    ("given", "lost"),
    [
        (answer(language="en"), "language"),
        (answer("The library holds 23,400 books on its shelves today."), "language"),
        (answer(citations=(replace(cite("a.0"), start=1),)), "quotes_exact"),
        (answer(citations=(replace(cite("a.0"), title="Other"),)), "sources_right"),
        (answer(citations=(replace(cite("a.0"), twin_quote=EN[32:]),)), "twins_right"),
        (answer(citations=()), "markers"),
    ],
    ids=["declared", "written", "offset", "title", "twin", "marker"],
)
def test_what_loses_points(given, lost):
    assert score(Asked(QUESTION, given), LIBRARY)[lost] == 0.0


# ----------------------------------------------------------------------------------- statistics


def test_interval_of_a_mean():
    """Ten of twenty: about .5 ± 1.96·√(.25/20) = .28 to .72."""
    drawn = bootstrap.weights([str(n) for n in range(20)])
    value, low, high = bootstrap.interval(bootstrap.means([0, 1] * 10, drawn))
    assert value == 0.5
    assert low == pytest.approx(0.28, abs=0.03)
    assert high == pytest.approx(0.72, abs=0.03)


def test_pairs_are_drawn_together():
    """Twins that always agree carry the information of one: the interval is wider."""
    values = [0, 0, 1, 1] * 10
    single = bootstrap.weights([str(n) for n in range(40)])
    apart = bootstrap.interval(bootstrap.means(values, single))
    paired = bootstrap.weights([str(n // 2) for n in range(40)])
    together = bootstrap.interval(bootstrap.means(values, paired))
    assert together[2] - together[1] > 1.2 * (apart[2] - apart[1])


def test_auroc():
    drawn = bootstrap.weights(list("abcd"), 100)
    assert bootstrap.aurocs([0.9, 0.8, 0.3, 0.1], [True, True, False, False], drawn)[0] == 1.0
    assert bootstrap.aurocs([0.5] * 4, [True, True, False, False], drawn)[0] == 0.5


def test_calibration():
    assert bootstrap.calibration_error([1.0] * 5 + [0.0] * 5, [True] * 5 + [False] * 5) == 0.0
    assert bootstrap.calibration_error([1.0] * 10, [False] * 10) == 1.0


def test_visible_change():
    """180 questions see about five points: shared knowledge of how far to trust a difference."""
    assert bootstrap.visible_change(180) == pytest.approx(0.046, abs=0.001)
