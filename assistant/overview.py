"""What is asked of an article as a whole: a summary of it, or what it says next.

Neither is a question that a sentence answers, so nothing is scored: "summarise the article" gets
the sentence of each stretch that is nearest in meaning to the whole stretch (a centroid summary,
Radev et al. 2004, https://doi.org/10.1016/j.ipm.2003.10.006), "tell me more" the sentences that
come after those that were told.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from assistant.follow import Told
from assistant.score import REFERS_BACK
from ingest.catalog import Catalog
from ingest.records import Article, Language, Sentence
from ingest.words import words

STRETCHES = 4  # of an article, each told by one sentence
NEXT = 2  # sentences that are told more
WHOLE = re.compile(r"[.!?…][\"”’'»)\]]*$")  # a heading or a byline says nothing of what it is about

_MORE = frozenset("more further meer verder voort door continue elaborate".split())  # noqa: SIM905
_SHORT = frozenset(
    """
    summary summarise summarize summarised recap gist nutshell tldr samenvatting samenvatten
    samengevat hoofdpunten kernpunten hoofdlijnen
    """.split()  # noqa: SIM905
)
_TOGETHER = (  # words that ask for it only together
    frozenset({"vat", "samen"}), frozenset({"vatten", "samen"}), frozenset({"sum", "up"}),
)  # fmt: skip
# What may stand beside them and asks for nothing in particular.
_BESIDE = frozenset(
    """
    tell give show say go carry read write make sum put me us a an the of in to please pls can could
    would you i it that this about bit some little information info details and ok okay thanks up
    on article text page story piece whole entire short brief quick few words sentences
    for three main key most important points voor drie belangrijkste punten
    vertel geef toon zeg ga lees maak schrijf som vat kan kun kunt kunnen zou je jij u jullie mij
    ons eens nog wat iets het de een deze dit dat daarover hierover informatie uitleg graag aub
    alstublieft alsjeblieft bedankt en oké van op over artikel tekst pagina verhaal stuk volledige
    hele kort korte beknopte beknopt paar enkele zinnen woorden even vertellen zeggen geven hiervan
    """.split()  # noqa: SIM905
)
_THIS = (
    r"(?:this|the|that|it|dit|het|de|deze|dat)"
    r"(?: (?:whole |hele )?(?:article|text|page|story|artikel|tekst|pagina|verhaal))?"
)
_ABOUT = re.compile(
    rf"(?:what(?:['’]?s| is| does) {_THIS}(?: talk)?(?: all)? about|what does {_THIS} say|"
    rf"waar(?:over)? gaat {_THIS}(?: eigenlijk)?(?: over)?|wat (?:zegt|staat er in) {_THIS})",
    re.I,
)


def wants_summary(text: str) -> bool:
    """Return whether a text asks what an article says as a whole.

    >>> wants_summary("Can you summarise this?"), wants_summary("Summarise the criteria")
    (True, False)
    """
    said = set(words(text.replace(";", "")))
    short = _SHORT | frozenset().union(*(pair for pair in _TOGETHER if pair <= said))
    return _says_only(text, short) or bool(_ABOUT.fullmatch(text.strip(" ?!.")))


def wants_more(text: str) -> bool:
    """Return whether a text asks to go on from what was told, and for nothing in particular.

    >>> wants_more("tell me more"), wants_more("tell me more about subsidies")
    (True, False)
    """
    return _says_only(text, _MORE)


def _says_only(text: str, wish: frozenset[str]) -> bool:
    said = set(words(text.replace(";", "")))
    return bool(said & wish) and said <= wish | _BESIDE


def key_sentences(article: Article, vectors: np.ndarray) -> list[Sentence]:
    """Return the sentences that tell an article in short, in its order.

    `vectors` are those of all its sentences, (sentences, dimensions).
    """
    told = [n for n, one in enumerate(article.sentences) if WHOLE.search(one.text)]
    chosen: list[int] = []
    for stretch in np.array_split(np.array(told, np.int64), min(STRETCHES, len(told)) or 1):
        if len(stretch):
            nearness = vectors[stretch] @ vectors[stretch].mean(axis=0)
            # What points back is told by what it points to.
            leaning = [bool(REFERS_BACK.match(article.sentences[n].text)) for n in stretch]
            chosen.append(int(stretch[np.lexsort((-nearness, leaning))[0]]))
    return [article.sentences[n] for n in chosen]


def what_follows(was: Told, language: Language, catalog: Catalog) -> list[Sentence]:
    """Return what comes after the first of those told, in the reader's version if there is one."""
    told = [catalog.sentence(name) for name in was.sentences]
    versions = {one.article_id for one in told}
    own = [name for name in versions if catalog.article(name).language == language] or versions
    found: list[Sentence] = []
    for name in sorted(own):
        first = min(one.index for one in told if one.article_id == name)
        after: Sequence[Sentence] = catalog.article(name).sentences[first + 1 :]
        found += [s for s in after if s.id not in was.sentences and WHOLE.search(s.text)]
    return list(dict.fromkeys(_version(one, language, catalog) for one in found))[:NEXT]


def _version(sentence: Sentence, language: Language, catalog: Catalog) -> Sentence:
    """Return a sentence's twin in the reader's language, where there is one."""
    versions = [sentence, *map(catalog.sentence, sentence.twins)]
    mine = (one for one in versions if catalog.article(one.article_id).language == language)
    return next(mine, sentence)
