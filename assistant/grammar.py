"""Words that build sentences, in Dutch and English: what opens a clause, prepositions, articles."""

import re

BREAKS = frozenset(",;:()—–")
# These open a clause of their own.
OPENERS = frozenset(
    """
    but while because although though which who whose whom when where so unless since if whereas
    maar terwijl omdat hoewel die dat waar wanneer zodat tenzij want als wie doordat waarbij
    """.split()  # noqa: SIM905
)
AND = frozenset({"and", "en"})
CONTRASTS = frozenset({"while", "whereas", "but", "terwijl", "maar"})
RELATIVES = frozenset({"who", "which", "die", "dat", "wie"})
JOINS = AND | {"or", "of", "per"}
# Hold a word that denies, or is more or each, and say no such thing.
NEUTRAL = re.compile(
    r"\b(?:not only|not just|not merely|niet alleen|niet enkel|met of zonder|with or without|"
    r"no more than|no less than|no fewer than|not solely|no longer (?:only|just)|"
    r"niet langer (?:alleen|enkel)|niet meer (?:dan|alleen|enkel)|niet minder dan|"
    r"not (?:less|more) than|each other|nog (?:altijd|steeds)|no(?=\.\s?\d))\b",
    re.I,
)
# Prepositions, by their English names.
PREPOSITIONS = {
    "in": "in", "at": "in", "on": "on", "op": "on", "into": "to", "from": "from", "vanuit": "from",
    "uit": "from", "vanaf": "from", "to": "to", "naar": "to", "aan": "to", "van": "of",
    "with": "with", "met": "with", "for": "for", "voor": "for", "against": "against",
    "tegen": "against", "behind": "behind", "achter": "behind", "than": "than", "dan": "than",
    "through": "through", "via": "through", "over": "over", "about": "over", "by": "by",
    "door": "by", "qua": "by", "like": "like", "as": "like", "als": "like", "zoals": "like",
    "per": "per", "between": "between", "tussen": "between", "tot": "to",
    "dankzij": "through", "instead": "than", "before": "before", "after": "after", "na": "after",
    "during": "during", "tijdens": "during", "since": "since", "sinds": "since", "under": "under",
    "onder": "under", "among": "under", "near": "near", "bij": "near", "within": "within",
    "binnen": "within", "without": "without", "zonder": "without", "despite": "despite",
    "ondanks": "despite", "besides": "besides", "naast": "besides", "until": "to",
}  # fmt: skip
DETERMINERS = frozenset(
    """
    the a an this these those its their his her our
    de het een deze dit zijn haar hun onze ons
    about around some roughly approximately nearly only ongeveer circa zo'n slechts
    """.split()  # noqa: SIM905
)
