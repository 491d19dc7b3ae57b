"""A question made ready to search with: cleaned, its language, its intent, standing on its own."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import replace

from assistant.asking import (
    ANAPHOR,
    POLITE,
    is_remark,
    main_part,
    question_parts,
    setting,
)
from assistant.records import Intent, Query, Turn
from assistant.smalltalk import POINTING, addresses_us, smalltalk_kind, wants_contact
from ingest.index import Index
from ingest.language import detect, third_language
from ingest.records import LANGUAGES, Language
from ingest.words import is_content, stopwords, words

MAX_QUESTION = 500  # characters
MAX_TURNS = 6
PLAIN = 2.0  # words of one language, and none of the other's, that settle it
OURS = 0.8  # share of known words; of a French or German question some half are
UNSURE = 0.3  # a lead of one language up to which it is the conversation's, if that has one …
SWAYED = 0.6  # … and within a conversation: "in dollars?" is as good as nothing
DETECTABLE = 25  # characters from which langdetect is to be trusted

CHOSEN, ASKED_FOR = "the reader chose it", "the question asks for it"

# Function words of French, German, Spanish and Italian that are no words of ours: with one of them
# a text isn't ours, misspelt.
_THEIRS = frozenset(
    """
    le la les des du et est un une qui que quel quelle quels quelles pour dans combien pourquoi
    der das und ist ein eine viele haben wer warum wann wieviel sind nicht fur
    el los las por como cual cuales cuantos cuantas quien una il che di sono quanti quante perche
    """.split()  # noqa: SIM905
)
# Of one language, though no function words; what both greet with ("hey") tells nothing.
_GREETINGS: dict[Language, set[str]] = {
    "nl": {
        "hallo", "hoi", "dag", "goedemorgen", "goedemiddag", "goedenavond", "goeiemorgen",
        "goeiedag", "bedankt", "merci", "dank", "dankjewel", "dankuwel", "graag", "tof",
        "alstublieft", "alsjeblieft",
    },
    "en": {
        "hi", "hello", "thanks", "thank", "cheers", "bye", "goodbye", "please", "morning",
    },
}  # fmt: skip
_PLEASE = r"(?:,? (?:please|pls|plz|graag|aub|svp|alstublieft|alsjeblieft))"
# By itself, set apart, or with a word that asks for it: "in English" may be what is asked about.
_REQUEST = (
    r"(?:(?:^|[,.;:?!–-]\s*|\b(?:but|maar|en|and|ok|oké|answer|reply|antwoord|graag|please) )"
    r"(?:(?:can|could|kan|kun|kunt) (?:you|je|jij|u) )?"
    r"(?:(?:say|repeat|translate|put|write|zeg|herhaal|vertaal|schrijf) )?"
    r"(?:(?:that|this|it|dat|dit|het|die) )?(?:(?:again|nog eens|eens|even) )?"
    r"(?:(?:zeggen|herhalen|vertalen) )?(?:in|into|to|naar) (?:het )?(?:{names})"
    r"(?: (?:zeggen|herhalen|vertalen))?{please}?|\bin (?:het )?(?:{names}){please}|"
    r"^\W*(?:(?:and|en|maar|but|liever|rather) )?(?:{names}){please}?)\W*$"
)
_IN_LANGUAGE: dict[Language, re.Pattern[str]] = {
    "nl": re.compile(
        _REQUEST.format(names="nederlands|vlaams|dutch|flemish", please=_PLEASE), re.I
    ),
    "en": re.compile(_REQUEST.format(names="engels|english", please=_PLEASE), re.I),
}
# "Can it be in English?" asks for the answer only where it is all that is said.
_WISH = re.compile(
    r"^\W*(?:sorry\W+)?(?:can|could|may|kan|mag|kun|zou)\b[^.?!]{0,25}\b"
    r"(?P<language>in (?:het )?(?:nederlands|vlaams|dutch|flemish|engels|english))\b"
    rf"(?: zeggen| herhalen| krijgen| hebben| zijn)?{_PLEASE}?\W*$",
    re.I,
)
_SAYING = re.compile(
    r"\b(?:may|mag|zou|say|repeat|get|have|read|zeggen|herhalen|krijgen|hebben|lezen|ook|also|even|eens)\b",
    re.I,
)
_LANGUAGE_NAME = re.compile(
    r"\b(?:nederlands\w*|vlaams\w*|dutch|flemish|engels\w*|english)\b", re.I
)
_QUOTED = re.compile(r"\[\d+\]")  # something was told, not only said
_ELLIPTICAL = re.compile(
    r"^\W*(?:en|and|but|maar|ook|also|or|of|what about|how about|hoe zit het met|wat met|"
    r"wat is er met|dus|so|then|dan)\b",
    re.I,
)


def clean(text: str) -> str:
    """Return the text without control, zero-width and direction characters or lone surrogates."""
    kept = (c if c.isprintable() else " " for c in text if unicodedata.category(c) != "Cf")
    whole = "".join(kept).encode("utf-8", "ignore").decode("utf-8")
    return " ".join(unicodedata.normalize("NFC", whole).split())


def understand(
    asked: str,
    history: Sequence[Turn],
    chosen: Language | None,
    index: Index,
    mend: Callable[[str], str] = str,
    knows: Callable[[str], bool] = lambda _: False,
    likely: Language = "en",
) -> Query:
    """Return the query behind a question in its conversation.

    `mend` corrects its spelling; `knows` tells whether a word is one of the two languages';
    `likely` is the reader's language where neither question nor conversation tells one.
    """
    # Ten times the limit is still read, to tell its language; beyond, not even that.
    text = clean(asked[: 10 * MAX_QUESTION])
    turns = [(role, clean(said[: 10 * MAX_QUESTION])) for role, said in history][-MAX_TURNS:]
    language, why = question_language(text, turns, chosen, index, likely)
    reasons = [f"language {language}: {why}"]
    if _only_asks_for_language(text):
        for place, (role, said) in reversed(list(enumerate(turns))):
            if role == "user" and not _only_asks_for_language(said):
                again = understand(said, turns[:place], None, index, mend, knows)
                return replace(
                    again,
                    asked=text,
                    standing=again.asked,
                    language=language,
                    worded=again.worded or again.language,
                    reasons=(*reasons, f"asks again: {said}", *again.reasons),
                )
    text, said = _without_wish(text), text
    intent = question_intent(asked, text, knows, mend)
    told = next((said for role, said in reversed(turns) if role == "assistant"), "")
    if intent == "smalltalk" and _QUOTED.search(told) and POINTING.fullmatch(text):
        intent = "question"
    reasons.append(f"intent {intent}")
    mended = mend(text) if intent == "question" else text
    if mended != text:
        reasons.append(f"searched for: {mended}")
    parts = question_parts(main_part(mended))
    context = _elliptical_on(text, turns) if intent == "question" else ""
    if context:
        reasons.append(f"may lean on: {context}")
        context = main_part(context)
    around = setting(mended) if intent == "question" and not context and len(parts) == 1 else ""
    if around:
        reasons.append(f"may be about: {around}")
    searched_for = mended if mended != text else ""
    return Query(
        asked=said,
        parts=tuple(parts),
        language=language,
        intent=intent,
        context=context,
        searched_for=searched_for,
        reasons=tuple(reasons),
        told=told,
        setting=around,
        worded=_worded(text, index) if why in (CHOSEN, ASKED_FOR) else None,
    )


def _worded(text: str, index: Index) -> Language | None:
    """Return the language that a text is worded in, None where its words don't tell."""
    lead = _lead_of_dutch(text, index)
    return None if abs(lead) < SWAYED else "nl" if lead > 0 else "en"


def _without_wish(text: str) -> str:
    """Return a question without the request for a language that it ends with."""
    for pattern in _IN_LANGUAGE.values():
        rest = pattern.sub("", text).strip(" ,;")
        if rest != text and len(_LANGUAGE_NAME.findall(text)) == 1:
            return rest if any(map(is_content, words(rest))) else text
    return text


def _wish(text: str) -> re.Match[str] | None:
    """Return the match of a text that does no more than ask for the answer in a language."""
    found = _WISH.match(text)
    rest = text.replace(found["language"], "") if found else ""
    saying = _SAYING.sub("", POLITE.sub("", rest))
    return found if found and not any(is_content(w) for w in words(saying)) else None


def question_language(
    text: str,
    turns: Sequence[Turn],
    chosen: Language | None,
    index: Index,
    likely: Language = "en",
) -> tuple[Language, str]:
    """Return the language to answer in, and why.

    In order: what the question asks for, what the reader chose, the words of the question, the
    conversation, what is likely.
    """
    asks = _without_reason(text)
    if wish := _wish(asks):
        named = wish["language"].lower()
        return ("en" if named.endswith(("engels", "english")) else "nl"), ASKED_FOR
    for language, pattern in _IN_LANGUAGE.items():
        if pattern.search(asks) and len(_LANGUAGE_NAME.findall(asks)) == 1:
            return language, ASKED_FOR
    if chosen:
        return chosen, CHOSEN
    lead = _lead_of_dutch(text, index)
    if abs(lead) < SWAYED:
        for role, said in reversed(turns):
            if role == "user" and abs(earlier := _lead_of_dutch(said, index)) >= UNSURE:
                return ("nl" if earlier > 0 else "en"), "the conversation"
    if abs(lead) <= UNSURE and not any(_words_of_one(words(text), index).values()):  # "criteria?"
        return likely, "its words don't tell"
    return ("nl" if lead > 0 else "en"), f"its words ({lead:+.2f} for Dutch)"


def _lead_of_dutch(text: str, index: Index) -> float:
    """Return how much more Dutch than English the text is, about -2 to 2.

    Function words are the strongest sign; words of one language's articles come next; langdetect
    sees letter sequences. What both languages' articles say ("Little Giants") tells nothing.
    """
    found = words(text)
    if not found:
        return 0.0
    only = _words_of_one(found, index)
    dutch, english = (index.vocabulary[language] for language in LANGUAGES)
    telling = [
        word
        for word in found
        if _builds(word, "nl") != _builds(word, "en") or not (word in dutch and word in english)
    ]
    lexical = (only["nl"] - only["en"]) / max(1.0, only["nl"] + only["en"])
    if abs(only["nl"] - only["en"]) == only["nl"] + only["en"] >= PLAIN:
        return 2 * lexical  # all of one language: langdetect, which takes 3 ms, would agree
    rest = " ".join(telling)
    sure = min(1.0, len(rest) / DETECTABLE)
    return lexical + 0.6 * sum(
        share * (found["nl"] - found["en"])
        for share, letters in ((sure, rest), ((1 - sure) / 2, text))
        if share  # langdetect takes 3 ms
        for found in [detect(letters)]
    )


def _words_of_one(found: Sequence[str], index: Index) -> dict[Language, float]:
    """Return how many words are of one language only; those of its articles count half."""
    only: dict[Language, float] = {"nl": 0.0, "en": 0.0}
    dutch, english = (index.vocabulary[language] for language in LANGUAGES)
    for word in found:
        in_dutch, in_english = _builds(word, "nl"), _builds(word, "en")
        if in_dutch != in_english:
            only["nl" if in_dutch else "en"] += 1.0
        elif not in_dutch and (word in dutch) != (word in english):
            only["nl" if word in dutch else "en"] += 0.5
    return only


def _builds(word: str, language: Language) -> bool:
    """Return whether a word builds sentences of a language, or greets in it."""
    return word in stopwords(language) or word in _GREETINGS[language]


def question_intent(
    asked: str,
    text: str,
    knows: Callable[[str], bool] = lambda _: False,
    mend: Callable[[str], str] = str,
) -> Intent:
    """Return what the reader wants: an answer, contact, small talk, or nothing we can serve."""
    if len(asked) > MAX_QUESTION or not any(char.isalnum() for char in text):
        return "refused"
    if smalltalk_kind(text):
        return "smalltalk"
    if not _is_ours(text, knows) and is_foreign(text) and not _is_slips(text, knows, mend):
        return "refused"
    return "contact" if wants_contact(text) and addresses_us(text) else "question"


def _is_ours(text: str, knows: Callable[[str], bool]) -> bool:
    """Return whether nearly all words are known: spares langdetect's 55 profiles, some 30 ms."""
    found = words(text)
    return bool(found) and sum(map(knows, found)) >= OURS * len(found)


def _is_slips(text: str, knows: Callable[[str], bool], mend: Callable[[str], str]) -> bool:
    """Return whether a text is ours once its typing errors are mended: "requird revenu?"."""
    typed = set(words(text))
    return typed.isdisjoint(_THEIRS) and all(
        knows(word) or word not in typed for word in words(mend(text))
    )


def is_foreign(text: str) -> bool:
    """Return whether a question is in neither language: another script, or another's words."""
    letters = [char for char in text if char.isalpha()]
    latin = [char for char in letters if "LATIN" in unicodedata.name(char, "")]
    if letters and len(latin) < len(letters) / 2:
        return True
    found = words(text)
    ours = sum(word in stopwords() for word in found)
    return len(found) >= 4 and ours <= len(found) / 3 and bool(third_language(text, enough=4))


def _elliptical_on(text: str, turns: Sequence[Turn]) -> str:
    """Return the earlier question that this one leans on, or "" if it stands on its own."""
    questions = [said for role, said in turns if role == "user"]
    if not questions:
        return ""
    content = [word for word in words(text) if is_content(word)]
    leans = bool(_ELLIPTICAL.match(text)) and len(content) <= 3
    refers = bool(ANAPHOR.search(text)) and len(content) <= 2
    if not (leans or refers or len(content) <= 1):
        return ""
    told = [(said, sum(is_content(word) for word in words(said))) for said in reversed(questions)]
    # "Is there a fee?" has one word of its own: a question to lean on where there is no better.
    return next((said for least in (2, 1) for said, content in told if content >= least), "")


def _only_asks_for_language(text: str) -> bool:
    """Return whether a text asks for the same again in a language, and nothing else."""
    before = rest = _without_reason(text)
    if _wish(rest):
        return True
    for pattern in _IN_LANGUAGE.values():
        rest = pattern.sub("", rest)
    return rest != before and not any(is_content(word) for word in words(POLITE.sub("", rest)))


def _without_reason(text: str) -> str:
    """Return a request for a language without why: "in English? My colleague reads along"."""
    said = re.split(r"(?<=[.?!])\s+", text)
    for place, one in enumerate(said):
        if _wish(one) or any(pattern.search(one) for pattern in _IN_LANGUAGE.values()):
            others = said[:place] + said[place + 1 :]
            return one if others and all(map(is_remark, others)) else text
    return text
