"""Words of a text, their stems, and which of them carry meaning; Dutch and English.

The lexical side of retrieval, the expansion of questions and the embedder's corpus weights all
count words: they must agree on what a word is, so all of them ask this module.
"""

import re
import unicodedata
from functools import cache, lru_cache

import Stemmer

from ingest.records import LANGUAGES

# A word is a run of letters and digits; inside it may stand an apostrophe or ampersand between
# letters ("o'brien", "r&d") and a point or comma between digits ("14.600"). Hyphens part words, so
# that "auto-onderdelen" meets "onderdelen". A closing 's goes: "China's", "foto's" are forms.
_WORD = re.compile(r"\d+(?:[.,]\d+)*[^\W\d_]*|[^\W\d_]+(?:(?!'s\b)['&][^\W\d_]+|\d+)*")
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'"})

_STOPWORDS = {
    "nl": """
        aan al alle alleen allemaal als altijd andere anders bent ben beetje betekenen betekent bij
        bijvoorbeeld binnen bijna daar daarbij daarin daarmee daarna daarom daarop daarvan daarvoor
        dan dat de deze die dit doe doen doet door dus echter een eens eerder elk elke en enkele er
        eraan erbij erin ermee erop eruit ervan ervoor ervoor even gaan gaat geen geweest geworden
        had hadden heb hebben hebt heeft heel hem hen het hier hij hoe hoeveel hun iets iemand ik in
        is ja je jij jou jouw jullie kan kon konden kun kunnen kunt maar me meer meest men met mij
        mijn misschien moest moet moeten mogen na naar nee net niet niets niks nog nou nu of om
        omdat onder ons onze ook op over soms sommige steeds te tegen ten ter terwijl toch toen tot
        tussen u uit uw vaak van vanaf vandaan vanuit vanwege veel vele via vind voor vooral waar
        waarbij waardoor waarin waarmee waarnaar waarom waarop waarover waaruit waarvan waarvoor
        wanneer want waren was wat we wel welk welke werd werden wie wiens wij wil wilde willen
        worden wordt zal ze zeer zelf zich zij zijn zit zo zoals zodat zou zouden zullen zult ging
        mocht zonder hetzelfde dezelfde 'm 't 's d'r zo'n
    """,
    "en": """
        a about above across after again against all almost along already also although always am
        among an and another any anyone anything are aren't around as at be became because become
        been before being below between both but by can can't cannot could couldn't did didn't do
        does doesn't doing don't done down during each either else ever every few for from further
        get gets give given gives go goes got had has hasn't have haven't having he her here hers
        herself him himself his how however i i'm if in into is isn't it it's its itself just let
        many may me mean means might mine more most much must my myself neither no nor not nothing
        now of off often on once one only onto or other others our ours out over own per please
        quite rather same shall she should since so some somebody someone something sometimes still
        such tell than that that's the their theirs them themselves then there there's these they
        this those though through thus to together too toward towards under until up upon us very
        via was wasn't we well were weren't what what's whatever when where whereas whether which
        while who who's whom whose why will with within without won't would wouldn't yet you your
        yours yourself
    """,
}


def normalise(text: str) -> str:
    """The text lower-cased, in composed Unicode (NFC), with one kind of apostrophe."""
    return unicodedata.normalize("NFC", text).translate(_APOSTROPHES).lower()


def words(text: str) -> list[str]:
    """Lower-cased words in order of appearance; numbers stay whole, stop words are kept.

    >>> words("Hoeveel foto's zijn er? 14,600.")
    ['hoeveel', 'foto', 'zijn', 'er', '14,600']
    """
    return _WORD.findall(normalise(text))


@cache
def stopwords(language: str = "") -> frozenset[str]:
    """The words of a language that carry no topic; without a language, those of both."""
    wanted = (language,) if language else LANGUAGES
    return frozenset(word for name in wanted for word in _STOPWORDS[name].split())


def is_content(word: str, language: str = "") -> bool:
    """Whether a word can tell one passage from another: not a stop word, not a lone letter.

    Give the language where it is known: "door", "men" and "die" mean something in English only.
    """
    return word not in stopwords(language) and (len(word) > 1 or word.isdigit())


@cache
def _stemmer(language: str) -> Stemmer.Stemmer:
    return Stemmer.Stemmer({"nl": "dutch", "en": "english"}[language])


@lru_cache(maxsize=200_000)
def stem(word: str, language: str) -> str:
    """The Snowball stem of a lower-cased word in "nl" or "en".

    https://snowballstem.org/algorithms/ ; raises KeyError for another language.
    """
    return str(_stemmer(language).stemWord(word))
