"""Whether quotes give another figure than what a question states: "at least 25 %, right?"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from ingest.facts import Number, numbers
from ingest.records import Language

_BETWEEN = re.compile(r"\b(?:between|from|tussen(?: de)?|van)\W*$", re.I)
_TO = re.compile(r"(?:\W*\w+)?\W*(?:to|tot|à|-|–)\W*(?:en met\W*)?", re.I)
_FROM = re.compile(r"\b(?:from|starting (?:at|from)|older than|vanaf|ouder dan)\W*$", re.I)
_UNTIL = re.compile(
    r"\b(?:until|up to|younger than|tot|tot en met|jonger dan|not exceed(?:ing)?)\W*$", re.I
)
# "niet minder dan", "no faster than": what is no less is over, what is no more is under.
_NO = re.compile(
    r"\b(?:no|not|niet|geen) (?:(?P<less>less|fewer|minder|younger|jonger|lower|lager|slower|"
    r"trager|smaller|kleiner|shorter|korter|lighter|lichter|cheaper|goedkoper|earlier|sooner|closer|"
    r"nearer|eerder|vroeger|dichter|langzamer)|"
    r"(?P<more>more|meer|[^\W\d_]{3,}er)) (?:than|dan)\W*$",
    re.I,
)
# Where a figure is stated as the bound itself, one that a bound allows is another all the same.
_BOUND = re.compile(
    r"(?<!within the )(?<!under the )(?<!below the )(?<!binnen de )(?<!binnen het )(?<!onder de )"
    r"(?<!onder het )\b(?:must|needs?|needed|required?|requires|requirement|limit|threshold|cap|"
    r"capped|minimum|maximum|minimal|maximal|moet|moeten|nodig|vereist|vereiste|grens|limiet|"
    r"drempel)\b",
    re.I,
)
_IS_BOUND = re.compile(
    r"\b(?:required|needed|limit|threshold|minimum|maximum|nodig|vereist|grens|limiet|drempel)\b",
    re.I,
)
BESIDE = 30  # characters from a figure within which a word tells that it is a bound
_ONE_IN = re.compile(r"\b(?:one|een|één) (?:in|out of|op(?: de)?)\W*$", re.I)
_AND_OVER = re.compile(
    r"\s*(?:\w+\s+){0,2}?(?:and|or|en|of) (?:over|older|more|up|ouder|meer|hoger)\b", re.I
)
_AND_UNDER = re.compile(
    r"\s*(?:\w+\s+){0,2}?(?:and|or|en|of) (?:under|younger|less|fewer|jonger|minder|lager)\b", re.I
)
_ABOUT = re.compile(
    r"\b(?:about|around|some|roughly|approximately|nearly|almost|ongeveer|circa|zowat|zo['’]n|"
    r"bijna|rond|een)(?: de)?\W*$", re.I
)  # fmt: skip
ROUGH = Decimal("0.055")  # how far off a rough figure may be: "nearly 2,000" is 1,900
# Where a quote has several figures, one this many times another is no figure of the same thing.
SCALE = 3
YEARS = 1000  # the first that is taken for one
_AT_LEAST = re.compile(r"\b(?:at least|minimum(?: of)?|minstens|ten minste|minimaal)\W*$", re.I)
_MORE = re.compile(r"\b(?:more than|over|above|ruim|(?:iets )?meer dan|boven(?: de)?)\W*$", re.I)
_FEWER = re.compile(
    r"\b(?:(?:less|fewer) than|under|below|at most|up to|minder dan|onder(?: de)?|hoogstens|"
    r"maximaal|ten hoogste)\W*$", re.I
)  # fmt: skip


def other_figure(
    stated: str, language: Language, quotes: Sequence[str]
) -> tuple[int, Number] | None:
    """Return the place of the first quote that gives a stated figure otherwise, and that figure.

    Only years are held against years, percentages against percentages and numbers against
    numbers. "More than 10,000" is not otherwise where a quote has 14,600, nor is "about half a
    million" where it has 510,000.
    """
    given = [(place, other) for place, quote in enumerate(quotes) for other in numbers(quote)]
    for number in numbers(stated):
        if language == "nl" and stated[number.start : number.end].lower() == "ten":
            continue  # "ten zuiden van"
        if number.value < YEARS and _ONE_IN.search(stated[: number.start]):
            continue
        alike = [(place, other) for place, other in given if kind_of(other) == kind_of(number)]
        if any(number.key == other.key for _, other in given):
            continue
        bounded = [
            other.value
            for place, other in alike
            if _agree(number, stated, other, quotes[place])
            and (
                len(alike) == 1
                or max(other.value, number.value) <= SCALE * min(other.value, number.value)
            )
        ]
        if alike and not bounded:
            return alike[0][0], number
    return None


def permitted(number: Number, stated: str, quote: str) -> bool:
    """Return whether a quote allows a stated figure that is not stated as the bound itself.

    "A child of nine may" is so where the quote has "under ten"; "at least 25" is not where it has
    "at least 15".
    """
    return not bounds(number, stated) and allowed(number, quote)


def bounds(number: Number, stated: str) -> bool:
    """Return whether a statement is about a bound itself: "you need at least 25"."""
    before, after = stated[: number.start], stated[number.end :]
    bounding = (_AT_LEAST, _MORE, _FEWER, _FROM, _UNTIL)
    return (
        any(bound.search(before) for bound in bounding)
        or bool(_BOUND.search(before[-BESIDE:]))
        or bool(_IS_BOUND.search(after[:BESIDE]))
    )


def allowed(number: Number, quote: str) -> bool:
    """Return whether a figure lies in a range, or on the right side of a bound, that a quote gives.

    "Between 13 and 53", "2 to 5", "under twelve", "at least five", "from 6", "12 and over".
    """
    given = [other for other in numbers(quote) if kind_of(other) == kind_of(number)]
    for place, other in enumerate(given):
        before, after = quote[: other.start], quote[other.end :]
        following = given[place + 1 : place + 2]
        if following and other.value < number.value < following[0].value:
            between = quote[other.end : following[0].start]
            if _BETWEEN.search(before) or _TO.fullmatch(between):
                return True
        over = any(bound.search(before) for bound in (_MORE, _AT_LEAST, _FROM))
        under = any(bound.search(before) for bound in (_FEWER, _UNTIL))
        if denied := _NO.search(before):  # "no more than", "niet minder dan"
            over, under = bool(denied["less"]), bool(denied["more"])
        if (over or _AND_OVER.match(after)) and number.value > other.value:
            return True
        if (under or _AND_UNDER.match(after)) and number.value < other.value:
            return True
    return False


def _agree(number: Number, stated: str, other: Number, quote: str) -> bool:
    """Return whether a stated figure is a bound of a quoted one, or one of them a rough one."""
    before, there = stated[: number.start], quote[: other.start]
    required = _AT_LEAST.search(there) or _FEWER.search(there)
    if _MORE.search(before) or (_AT_LEAST.search(before) and not required):
        return other.value > number.value and not _FEWER.search(there)
    if _FEWER.search(before):
        return other.value < number.value and not (required or _MORE.search(there))
    rough = _ABOUT.search(before) or _ABOUT.search(there)
    return bool(rough) and abs(number.value - other.value) <= ROUGH * other.value


def kind_of(number: Number) -> str:
    """Return "percent", "year" or ""."""
    year = YEARS <= number.value <= 2100 and number.end - number.start == 4
    return "percent" if number.percent else "year" if year else ""
