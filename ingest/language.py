"""Dutch or English: langdetect with two profiles, seeded, and neighbours for what is short.

With all its 55 profiles langdetect calls "Wat is de strategie?" Afrikaans; with two it is right
on 81/95/100 % of 1/3/10 words instead of 26/71/97 %, and ten times faster. Two profiles can't
notice a third language, so blocks of a dozen words or more are shown to all of them once.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from ingest.records import LANGUAGES, Language, other
from ingest.words import stopwords, words

LONG_ENOUGH = 12  # words; below, all 55 profiles guess too wildly to exclude a text
SURE = 0.9
SAMPLE = 600  # characters, enough to know a language by
PLAIN = 0.3  # share of function words; German, French or Danish text has some .2 of ours
_NOT_AFRIKAANS = frozenset(("de", "niet", "zijn", "zich", "naar", "deze", "hij", "bij"))


def load_profiles() -> None:
    """Load langdetect's profiles now; else the first text that needs them waits .7 s."""
    for languages in (LANGUAGES, None):
        _factory(languages)


def detect(text: str) -> dict[Language, float]:
    """Return the probability of Dutch and of English (they sum to 1; .5 each where no letters)."""
    found = _probabilities(_factory(LANGUAGES), text)
    if not found:
        return {"nl": 0.5, "en": 0.5}
    return {language: found.get(language, 0.0) for language in LANGUAGES}


def third_language(text: str, enough: int = LONG_ENOUGH) -> str | None:
    """Return the code of the language of a text in neither Dutch nor English.

    None for a text in one of the two, or with fewer than `enough` words.
    """
    if len(text.split()) < enough or plain_language(text):
        return None
    found = _probabilities(_factory(None), text[:SAMPLE])
    best = max(found, key=lambda code: found[code], default="nl")
    # Afrikaans is so near to Dutch that only a long text tells them apart.
    if best in LANGUAGES or (best == "af" and len(text.split()) < 2 * LONG_ENOUGH):
        return None
    return best if found[best] >= SURE else None


def plain_language(text: str) -> Language | None:
    """Return the language that function words alone show a text to be in, None if they don't.

    Spares most blocks the 55 profiles, which take 5 ms a block and 0.7 s to load.
    """
    found = words(text[:SAMPLE])
    shares = {
        language: sum(word in stopwords(language) for word in found) / max(1, len(found))
        for language in LANGUAGES
    }
    best: Language = "nl" if shares["nl"] > shares["en"] else "en"
    if len(found) < LONG_ENOUGH or shares[best] < PLAIN or shares[other(best)] > shares[best] / 2:
        return None
    return None if best == "nl" and _NOT_AFRIKAANS.isdisjoint(found) else best


def settle(texts: list[str], likely: Language | None = None) -> list[Language | None]:
    """Return each block's language, None for a third one; the unsure follow their neighbours.

    A short block leans on the block after it first: a title belongs to what it opens. `likely`
    is the page's language where its .toml tells it: what no neighbour settles is in that.
    """
    foreign = [third_language(text) for text in texts]
    settled: list[Language | None] = []
    unsure: set[int] = set()
    for place, text in enumerate(texts):
        if foreign[place] or _foreign_between(place, texts, foreign):
            settled.append(None)
            continue
        if known := plain_language(text):
            settled.append(known)
            continue
        found = detect(text[:SAMPLE])
        best: Language = "nl" if found["nl"] > found["en"] else "en"
        settled.append(best)
        if len(text.split()) < LONG_ENOUGH // 2 or found[best] < SURE:
            unsure.add(place)
    sure = [language if place not in unsure else None for place, language in enumerate(settled)]
    for place in unsure:
        near = [*sure[place + 1 : place + 4], *reversed(sure[max(0, place - 3) : place])]
        fallback = likely or settled[place]
        settled[place] = next((language for language in near if language), fallback)
    return settled


def _foreign_between(place: int, texts: list[str], foreign: list[str | None]) -> bool:
    """Return whether a short block belongs to the third-language text around it.

    All profiles guess wildly on few words, so their verdict counts only where the long block
    after it (or, at the end, before it) is in the same language; between two such, any short
    line is in it.
    """
    count = len(texts[place].split())
    if not any(foreign) or count >= LONG_ENOUGH:
        return False
    long = [i for i, text in enumerate(texts) if len(text.split()) >= LONG_ENOUGH]
    near = [i for i in long if i < place][-1:] + [i for i in long if i > place][:1]
    if not near or not foreign[near[-1]]:
        return False
    if count < LONG_ENOUGH // 2 and all(foreign[i] for i in near):
        return True
    return third_language(texts[place], 1) == foreign[near[-1]]


def _probabilities(factory: Any, text: str) -> dict[str, float]:
    from langdetect.lang_detect_exception import LangDetectException

    detector = factory.create()
    detector.append(text)
    try:
        return {found.lang: found.prob for found in detector.get_probabilities()}
    except LangDetectException:  # no letters in it
        return {}


@lru_cache(maxsize=2)
def _factory(languages: tuple[str, ...] | None) -> Any:
    """Return a seeded langdetect factory with the profiles of `languages`, or with all."""
    import langdetect

    profiles = sorted((Path(langdetect.__file__).parent / "profiles").iterdir())
    chosen = [p for p in profiles if languages is None or p.name in languages]
    factory = langdetect.DetectorFactory()
    factory.set_seed(0)
    factory.load_json_profile([json.dumps(json.loads(p.read_text("utf-8"))) for p in chosen])
    return factory
