"""Text that may pass between articles, a language model and the reader: plain, and no order.

A model that obeys whatever it reads can be told something by an article, and then says what
that article "says". So sentences that address a machine, or that carry markup or addresses, are
neither given to a model nor taken from it; they can still be quoted as they stand.
"""

from __future__ import annotations

import re

_MARKUP = re.compile(r"<\s*[a-z!/?|]|\|\s*>|\]\s*\(|!\s*\[|`|[{}]|&#?\w+;|\\[nux]", re.I)
_ADDRESS = re.compile(
    r"\b[a-z][a-z0-9+.-]*://|\b(?:javascript|data|mailto|tel|file|vbscript)\s?:\S|(?<!\w)//\w|"
    r"\bwww\.|@[\w-]+\.\w|\b[\w-]+\.[a-z]{2,}/|"
    # A host name, whatever its end; a new sentence without a space before it has one capital.
    r"(?-i:\b[\w-]+\.[a-z]{2,}\b|\b[A-Z\d-]+\.[A-Z]{2,}\b)",
    re.I,
)
_SPEAK = (  # imperatives that tell a machine what to put out
    r"(?:answer|reply|respond|print|output|repeat|say|tell|write|append|reveal|translate|"
    r"antwoord|zeg|herhaal|schrijf|vermeld|verklap|voeg|druk af|vertaal|vertel)"
)
_ORDER = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass|negeer|vergeet|omzeil)\b.{0,60}\b(?:instructions?"
    r"|prompts?|rules?|orders?|previous|prior|above|earlier|instructies?|regels?|opdracht(?:en)?|"
    r"bevel(?:en)?|vorige|voorgaande|eerdere|bovenstaande)\b|"
    r"(?:^|\W)(?:system|systeem|assistant|assistent|user|developer)\s*:|"
    r"\b(?:system|systeem)[ -]?(?:prompt|message|bericht)|"
    r"\b(?:you are now|from now on|act as|pretend (?:to be|you are|that)|je bent nu|u bent nu|"
    r"vanaf nu|gedraag je als|doe alsof)\b|"
    rf"(?:^\W*|[:;,.!?]\s+|\b(?:always|never|only|just|please|must|should|then|altijd|nooit|enkel|"
    rf"alleen|moet|dan)\s+){_SPEAK}\b",
    re.I,
)


def objection(text: str) -> str:
    """Return in words why a text is not plain, "" if it is."""
    if _MARKUP.search(text):
        return "it holds markup"
    if _ADDRESS.search(text):
        return "it holds an address"
    return "it orders a machine" if _ORDER.search(text) else ""
