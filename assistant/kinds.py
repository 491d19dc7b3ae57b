"""The kind of answer a question asks for, and whether a sentence holds one.

"How many employees?" wants a number of employees: a sentence that says how many companies there
are comes near, and is the usual way to answer what was not asked.
"""

from __future__ import annotations

import re
from itertools import dropwhile

from ingest.facts import names, numbers
from ingest.words import is_content, words

# Kinds that a sentence plainly holds or lacks.
TOLD_BY_SIGHT = ("number", "count", "percentage", "duration", "date")
VAGUE = 0.6  # what "tens of thousands" is worth where a number is asked for
SHORTEST = 4  # letters of a plural
REACH = 4  # words after a number that may say what it is a number of

_TIME = (
    r"(?:seconds|(?:minute|hour|day|night|week|month|year|decade)s?|quarters|centur(?:y|ies)|"
    r"seconden?|minu(?:ut|ten)|u(?:ur|ren)|halfuur|kwartier|dag(?:en)?|nacht(?:en)?|we(?:ek|ken)|"
    r"maand(?:en)?|kwarta(?:al|len)|ja(?:ar|ren)|eeuw(?:en)?)"
)
_HOW_MANY = re.compile(r"\b(?P<how>how many|number of|hoeveel|aantal)((?: \w[\w’'-]*){1,4})", re.I)
_HOW_MUCH = re.compile(r"\bhow much\b", re.I)
# Plurals that are no things to count, and verbs that look like plurals.
_NOT_THINGS = frozenset(
    (
        *("times", "euros", "dollars", "pounds", "points", "keren", "punten", "does", "has", "was"),
        *("kosten", "betalen", "krijgen", "verdienen", "werken", "steken", "moeten", "kunnen"),
        *("mogen", "willen", "zullen", "hebben", "zijn", "worden", "zitten", "staan"),
    )
)
_BEFORE = frozenset(("of", "the", "these", "those", "your", "our", "van", "de", "die", "deze"))
_PLURALS = frozenset(("people", "men", "women", "children"))
_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("percentage", re.compile(r"\b(?:(?:what|which|welke?) (?:percentage|share|proportion|aandeel)|"
                              r"how many per ?cent|hoeveel (?:procent|percent))\b", re.I)),
    ("duration", re.compile(rf"\b(?:(?:how long|hoe ?lang)(?! (?:ago|geleden))|how much time|"
                            rf"hoeveel tijd|(?:how many|hoeveel) {_TIME})\b", re.I)),
    ("number", re.compile(r"\b(?:how (?:many|much|large|big|old|long|high|far|often)|hoeveel|"
                          r"hoe (?:groot|hoog|lang|oud|ver|vaak)|what (?:percentage|share|number|"
                          r"amount|proportion)|costs?|price|kost|kosten|prijs|"
                          r"welk (?:percentage|aandeel|aantal|bedrag)|minimum|"
                          r"maximum|aantal|number of)\b", re.I)),
    ("date", re.compile(r"\b(?:when|wanneer|since|sinds|what year|which year|in welk jaar|"
                        r"hoelang al)\b", re.I)),
    ("actor", re.compile(r"\b(?:who|whom|whose|wie|which (?:ministry|company|companies|body|"
                         r"authority|organi[sz]ation|country|countries)|welke? (?:ministerie|"
                         r"bedrij(?:f|ven)|instantie|overheid|land(?:en)?|organisatie))\b", re.I)),
    ("place", re.compile(r"\b(?:where|waar)\b(?!(?:om|bij|door|in|mee|op|van|voor))", re.I)),
    ("reason", re.compile(r"\b(?:why|how come|waarom|vanwaar|hoezo|wat is de reden)\b", re.I)),
)  # fmt: skip
_SENTENCE = re.compile(r"(?:[^.?!]|[.?!](?!\s))+")
_YEAR = re.compile(
    r"\b(?:1[5-9]|20)\d\d\b|\b(?:january|february|march|april|june|july|august|september|october|"
    r"november|december|januari|februari|maart|mei|juni|juli|augustus|oktober|century|eeuw)\b",
    re.I,
)
_QUANTITY = re.compile(
    r"\b(?:tens|hundreds|thousands|dozens|millions|billions|half|most|majority|minority|handful|"
    r"few|several|tientallen|honderden|\w*duizenden|miljoenen|miljarden|helft|meeste|meerderheid|"
    r"minderheid|handvol|enkele|verschillende|één|one|none|geen)\b",
    re.I,
)
_FEW = r"(?:\d+|two|three|four|five|six|ten|twee|drie|vier|vijf|zes|tien)"
_SHARE = re.compile(
    r"%|\b(?:per ?cent|procent|pct|half|helft|thirds|quarters|driekwart|tweederde|most|meeste|"
    r"majority|meerderheid)\b|\b(?:an?|one|two|three|een|één|twee|drie) "
    r"(?:third|quarter|fifth|tenth|"
    rf"derde|kwart|vijfde|tiende)\b|\b\w+ (?:in|out of|op(?: de)?) {_FEW}\b",
    re.I,
)
# "How long is the bridge?" is put the same.
_DURATION = re.compile(rf"\b{_TIME}\b|\d ?(?:[ck]?m|h|(?:kilo)?met(?:er|re)s?)\b", re.I)
_REASON = re.compile(
    r"\b(?:because|since|due to|so that|in order to|therefore|as a result|caused|to avoid|"
    r"omdat|doordat|zodat|want|dankzij|wegens|vanwege|om te|om .* te|daarom|dus|hierdoor)\b",
    re.I,
)


def question_kind(question: str) -> str:
    """Return the kind of answer asked for, or "other".

    One of percentage, duration, count, number, date, actor, place and reason. The last sentence
    that asks for one counts: "How many are there? Who chooses them?" wants an actor.
    """
    for one in reversed(_SENTENCE.findall(question)):
        kind = next((kind for kind, pattern in _KINDS if pattern.search(one)), "other")
        if kind != "other":
            return "count" if kind == "number" and counted(one) else kind
    return "other"


def kind_words(question: str, kind: str) -> frozenset[str]:
    """Return the words by which a question asks for a number or a date: "cost", "year".

    A sentence that holds one meets them, though it says "sold for 187 euros".
    """
    kind = "number" if kind == "count" else kind
    patterns = [pattern for name, pattern in _KINDS if name == kind and name in TOLD_BY_SIGHT]
    return frozenset(w for p in patterns for m in p.finditer(question) for w in words(m.group()))


def holds_kind(kind: str, text: str) -> float:
    """Return 1 if the text holds an answer of that kind, 0 if not, .5 where that can't be told."""
    if kind in ("number", "count"):
        return 1.0 if numbers(text) else VAGUE if _QUANTITY.search(text) else 0.0
    if kind == "percentage":
        return float(bool(_SHARE.search(text)))
    if kind == "duration":
        return float(bool(_DURATION.search(text)))
    if kind == "date":
        return float(bool(_YEAR.search(text)))
    if kind in ("actor", "place"):
        return float(bool(names(text)))
    if kind == "reason":
        return float(bool(_REASON.search(text)))
    return 0.5


def counted(question: str) -> list[str]:
    """Return the word for what a question wants counted, [] where it wants nothing counted.

    "How many private companies hold the title?": "companies". It is a plural: "hoeveel omzet" is
    "how much turnover", and "how many in total?" names nothing.
    """
    asked = list(_HOW_MANY.finditer(question))
    # A sentence that answers several of them may count another thing first.
    if len(asked) != 1 or _HOW_MUCH.search(question):
        return []
    after = [word.lower() for word in asked[0][2].split()]
    first, second, *_ = *dropwhile(_BEFORE.__contains__, after), "", ""
    english = asked[0]["how"].lower() in ("how many", "number of")
    if _is_plural(first, english=english):
        return words(first)[:1]
    described = is_content(first, "") and (english or first.endswith("e"))
    return words(second)[:1] if described and _is_plural(second, english=english) else []


def _is_plural(word: str, *, english: bool) -> bool:
    """Return whether a word looks like a plural of things."""
    if word in _NOT_THINGS or len(word) < SHORTEST or not is_content(word, ""):
        return False
    return word in _PLURALS or (
        word[-1] == "s" and word[-2] != "s" if english else word[-1] in "ns"
    )


def counts(text: str) -> str:
    """Return the words that follow a text's numbers: what they may be numbers of."""
    ends = [number.end for number in numbers(text)]
    ends += [match.end() for match in _QUANTITY.finditer(text)]
    return " ".join(word for end in ends for word in words(text[end:])[:REACH])
