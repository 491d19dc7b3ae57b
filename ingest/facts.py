"""What two texts must agree on to say the same: their numbers, negations and names.

A number is the same number however it is written: 14.600 and 14,600; fifteen, vijftien and 15;
15 %, 15 percent, 15 procent and 15 per hundred; 13 miljoen, 13m and 13,000,000. But "15 m" and
"within 15m" are metres.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from ingest.words import stopwords

_UNITS = {
    "nul": 0, "zero": 0, "one": 1, "twee": 2, "two": 2, "drie": 3, "three": 3, "vier": 4,
    "four": 4, "vijf": 5, "five": 5, "zes": 6, "six": 6, "zeven": 7, "seven": 7, "acht": 8,
    "eight": 8, "negen": 9, "nine": 9, "tien": 10, "ten": 10, "elf": 11, "eleven": 11,
    "twaalf": 12, "twelve": 12, "dertien": 13, "thirteen": 13, "veertien": 14, "fourteen": 14,
    "vijftien": 15, "fifteen": 15, "zestien": 16, "sixteen": 16, "zeventien": 17,
    "seventeen": 17, "achttien": 18, "eighteen": 18, "negentien": 19, "nineteen": 19,
}  # fmt: skip
_TENS = {
    "twintig": 20, "twenty": 20, "dertig": 30, "thirty": 30, "veertig": 40, "forty": 40,
    "vijftig": 50, "fifty": 50, "zestig": 60, "sixty": 60, "zeventig": 70, "seventy": 70,
    "tachtig": 80, "eighty": 80, "negentig": 90, "ninety": 90,
}  # fmt: skip
_SCALES = {
    "hundred": 100, "honderd": 100, "k": 1000, "thousand": 1000, "duizend": 1000,
    "m": 10**6, "mn": 10**6, "mln": 10**6, "mio": 10**6, "million": 10**6, "millions": 10**6,
    "miljoen": 10**6, "miljoenen": 10**6, "bn": 10**9, "mld": 10**9, "billion": 10**9,
    "miljard": 10**9, "miljarden": 10**9,
}  # fmt: skip
# "een" and "one" alone are mostly an article and a pronoun; only compounds of them count.
_DUTCH_ONES = {"een": 1, **{word: value for word, value in _UNITS.items() if value < 10}}

_DIGITS = r"\d{1,3}(?:[.,\u00a0\u202f ]\d{3})+(?:[.,]\d+)?(?!\d)|\d+(?:[.,]\d+)?"
_TOKEN = re.compile(
    rf"(?P<digits>(?<![^\W\d_])(?:{_DIGITS}))|(?P<word>[^\W\d_]+(?:-[^\W\d_]+)*)|(?P<mark>[%€$£–-])"
)
# "m" stands for metres as often: apart from the number, unless it is money …
_MONEY = re.compile(r"[€$£]\s?$|\b(?:eur|usd|gbp|euros?|dollars?|pounds?)\s$", re.I)
_IN_MONEY = re.compile(r"\s?(?:€|\$|£|(?:eur|usd|gbp|euros?|dollars?|pounds?)\b)", re.I)
# … and written to it where a distance is told of.
_WITHIN = re.compile(r"\b(?:within|binnen(?: een straal van)?)\s$", re.I)
_FAR = re.compile(
    r"\s(?:away|wide|long|high|tall|deep|breed|lang|hoog|diep|ver|verder|verderop)\b(?!-)", re.I
)
_PERCENT = re.compile(r"^(?:\s*%|\s*-?(?:percent|procent|pct)\b|\s+(?:per|op de|per cent)\s+(?:hundred|honderd|100|cent)\b|\s+per cent\b)", re.I)  # fmt: skip # noqa: E501
_ORDINAL = re.compile(r"(\w+teen|\w+tien)(?:th|de)")
_RANGE_WORDS = frozenset({"and", "to", "en", "tot", "-", "–", "€", "$", "£", "eur", "or", "of"})

_NEGATION = re.compile(
    r"\b(?:niet|geen|nooit|noch|zonder|niemand|niets|nergens|"
    r"not|no|never|nor|without|none|nobody|nothing|neither|cannot|nowhere)\b|n[’']t\b",
    re.I,
)
_NOT_ONLY = re.compile(r"\b(?:niet alleen|niet enkel|niet meteen|not only|not just)\b", re.I)
_NAME = re.compile(r"(?<![.!?:“\"‘'(]\s)(?<!^)\b[A-Z][\w’'&-]*[\w]")
_PROPER = re.compile(rf"(?i:{_NEGATION.pattern})|\b[A-ZÀ-ÖØ-Þ][\w’'&-]*")


@dataclass(frozen=True, slots=True, order=True)
class Number:
    """A number of a text: its value, whether it is a percentage, and where it stands."""

    value: Decimal
    percent: bool
    start: int
    end: int

    @property
    def key(self) -> str:
        """The number without its place: "15%", "14600"."""
        return f"{self.value.normalize():f}{'%' if self.percent else ''}"


def numbers(text: str) -> list[Number]:
    """Return the numbers of `text` in order, digits and words alike."""
    return list(_numbers(text))


@lru_cache(maxsize=16_384)  # the same sentences are held against every question
def _numbers(text: str) -> tuple[Number, ...]:
    tokens = [(m.lastgroup, m.group(), m.start(), m.end()) for m in _TOKEN.finditer(text)]
    found: list[Number] = []
    pending: list[int] = []  # places in `found` that a scale further on may still reach
    position = 0
    while position < len(tokens):
        kind, token, start, end = tokens[position]
        value, used = _value(tokens, position)
        if value is None:
            if token.lower() not in _RANGE_WORDS:
                pending = []
            position += 1
            continue
        position += used
        end = tokens[position - 1][3]
        scale, scaled_end = _scale(text, start, end)
        if (scale > 1 and kind == "digits") or scale >= 10**6:
            value, end = value * scale, scaled_end
            for place in pending:  # "between 13 and 53 million": both are millions
                earlier = found[place]
                if earlier.value < 1000:
                    found[place] = Number(earlier.value * scale, False, earlier.start, earlier.end)
            pending = []
            while position < len(tokens) and tokens[position][2] < end:
                position += 1
        percent = _PERCENT.match(text[end:])
        while percent and position < len(tokens) and tokens[position][2] < end + percent.end():
            position += 1  # the "hundred" of "15 per hundred" is no number of its own
        found.append(Number(value, percent is not None, start, end))
        if not percent and scale == 1:
            pending.append(len(found) - 1)
    return tuple(found)


def number_keys(text: str) -> Counter[str]:
    """Return how often each number stands in `text`, by value and percentage."""
    return Counter(number.key for number in numbers(text))


def negations(text: str) -> int:
    """Return how many negating words `text` has; "not only … but also" negates nothing."""
    return len(_NEGATION.findall(_NOT_ONLY.sub(" ", text)))


def names(text: str) -> frozenset[str]:
    """Return the capitalised words that do not open a sentence, in lower case."""
    return frozenset(match.group().lower() for match in _NAME.finditer(text))


def same_facts(one: str, two: str) -> bool:
    """Return whether two texts of one language have the same numbers, negations and names.

    In the same order: "Huawei beats Tencent" says something else than "Tencent beats Huawei".
    """
    return (
        [number.key for number in numbers(one)] == [number.key for number in numbers(two)]
        and _proper(one) == _proper(two)
        and negations(one) == negations(two)
    )


def _proper(text: str) -> list[str]:
    """Return the capitalised words and negations in order; a sentence may open with a name."""
    found = (
        match.group().lower().replace("’", "'")
        for match in _PROPER.finditer(_NOT_ONLY.sub(" ", text))
    )
    return [word for word in found if word not in stopwords() or _NEGATION.fullmatch(word)]


def _value(tokens: list[tuple[str | None, str, int, int]], at: int) -> tuple[Decimal | None, int]:
    """Return the number that starts at token `at` and how many tokens it takes."""
    kind, token, _, _ = tokens[at]
    if kind == "digits":
        return _digits(token), 1
    if kind != "word":
        return None, 0
    word = token.lower()
    if word in ("half", "halve"):  # half a million, een half miljoen
        used = 2 if at + 1 < len(tokens) and tokens[at + 1][1].lower() == "a" else 1
        return (Decimal("0.5"), used) if _scales(tokens, at + used) else (None, 0)
    value = _word_value(word)
    if value is None:
        return None, 0
    used = 1
    while at + used < len(tokens):  # "two hundred fifty", "vijf duizend"
        follower = tokens[at + used][1].lower()
        if follower in ("hundred", "honderd", "thousand", "duizend"):
            value *= _SCALES[follower]
        elif (rest := _word_value(follower)) and _joins(value, rest):
            value += rest
        else:
            break
        used += 1
    if word == "one" and used == 1 and not _scales(tokens, at + 1):
        return None, 0
    return Decimal(value), used


def _scales(tokens: list[tuple[str | None, str, int, int]], at: int) -> bool:
    return at < len(tokens) and tokens[at][1].lower() in _SCALES


def _joins(value: int, rest: int) -> bool:
    """Return whether `rest` completes `value`: "twenty five", "two hundred fifty"."""
    return (20 <= value < 100 and not value % 10 and rest < 10) or (
        value >= 100 and not value % 100 and rest < 100
    )


def _digits(token: str) -> Decimal:
    """Read digits in Belgian or British format; a mark before exactly three digits groups them."""
    compact = re.sub(r"[\s\u00a0\u202f]", "", token)
    if re.fullmatch(r"[1-9]\d{0,2}(?:[.,]\d{3})+", compact):
        return Decimal(re.sub(r"[.,]", "", compact))
    last = max(compact.rfind("."), compact.rfind(","))
    if last < 0:
        return Decimal(compact)
    return Decimal(re.sub(r"[.,]", "", compact[:last]) + "." + compact[last + 1 :])


def _word_value(word: str) -> int | None:
    if word in _UNITS:
        return _UNITS[word]
    if word in _TENS:
        return _TENS[word]
    if word in ("hundred", "honderd", "thousand", "duizend"):
        return _SCALES[word]
    if (ordinal := _ORDINAL.fullmatch(word)) and (value := _UNITS.get(ordinal.group(1))):
        return value if value > 12 else None  # "nineteenth" is 19th; "tiende" may be a tithe
    tens, dash, ones = word.partition("-")
    if dash and tens in _TENS and ones in _UNITS:  # twenty-five
        return _TENS[tens] + _UNITS[ones]
    if dash and tens in _UNITS and ones not in _SCALES:  # two-lane
        return _UNITS[tens]
    for name in ("duizend", "honderd"):  # vijfhonderd, tienduizend, tweehonderdvijftig
        front, found, rest = word.partition(name)
        if found and (front or rest):
            times = 1 if not front else _word_value(front)
            added = 0 if not rest else _word_value(rest.removeprefix("en"))
            if times and added is not None and added < _SCALES[name]:
                return times * _SCALES[name] + added
    for name, value in _TENS.items():  # vijfentwintig, tweeëntwintig
        if word.endswith(name) and word != name:
            front = word[: -len(name)]
            for joint in ("en", "ën"):
                if front.endswith(joint) and front[: -len(joint)] in _DUTCH_ONES:
                    return value + _DUTCH_ONES[front[: -len(joint)]]
    return None


def _scale(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the scale right after a number ("million", "m") as a factor, and where it ends."""
    match = re.match(r"(\s?)([A-Za-z]+)\b", text[end:])
    unit = match.group(2).lower() if match else ""
    if not match or unit not in _SCALES:
        return 1, end
    after = end + match.end()
    if unit == "m":
        far = _WITHIN.search(text[:start]) or _FAR.match(text[after:])
        money = _MONEY.search(text[:start]) or _IN_MONEY.match(text[after:])
        if (match.group(1) or far) and not money:
            return 1, end
    return _SCALES[unit], after
