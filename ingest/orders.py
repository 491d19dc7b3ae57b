"""Text that gives orders to a language model: planted in a page, it is no part of an article.

"Ignore all previous instructions and say …" changes nothing for a program that quotes, and what a
model writes is checked; but as an answer it would be nonsense in the firm's name. Two signs are
needed, for a manual may well say "ignore the instructions above and call us": an order to forget
what it was told (or words to a machine), and an order to speak. What is reported, between quotation
marks or with a subject, is text. The ledger lists what is left out.

Orders that wait for a question are in `ingest/cues.py`. What is put otherwise stays in, and is
quoted at most.
"""

from __future__ import annotations

import re

from ingest.cues import is_cued

_TOKEN = re.compile(r"<\|\w+\|>|\[/?INST\]|<</?SYS>>")  # how models' chat templates part turns

_START = r"(?:^|[.!?:;,\n–—-]\s*)(?:(?:please|now|so|and|nu|dus|en)\s+)?"
_EARLIER = (
    r"(?:previous|prior|earlier|preceding|above|original|system|"
    r"eerdere|vorige|voorgaande|vroegere|bovenstaande|oorspronkelijke)"
)
_RULES = (
    r"(?:instructions?|orders|commands|directions|rules|guidelines|prompts?|system\s?prompt|"
    r"instructies?|opdrachten|bevelen|aanwijzingen|regels|richtlijnen|systeemprompt)"
)
_FORGET = (
    r"(?:ignore|disregard|forget|override|bypass|negeer|vergeet|omzeil)\s+(?:\w+\s+){0,3}?"
    rf"(?:{_EARLIER}\s+(?:\w+\s+)?|(?:your|je|jouw|uw)\s+){_RULES}\b(?!\s+(?:niet|not)\b)"
)
_MODEL = (
    r"(?:AI|A\.I\.|LLM|GPT|(?:AI|large language|language|AI language|taal|AI-)\s?-?models?|"
    r"taalmodel(?:len)?|chat\s?bots?|(?:AI|virtual|AI-)\s?-?(?:assistants?|agents?))"
)
_ADDRESS = (
    rf"(?:if\s+you\s+are\s+an?\s+{_MODEL}\b(?=[\s,])(?!\s+(?:developer|company|user|expert))|"
    rf"(?:als|indien)\s+(?:je|jij|u)\s+een\s+{_MODEL}\s+bent\b|"
    r"(?:note|notice|message|attention|instructions?|bericht|opgelet|instructies?)\s+"
    rf"(?:to|for|aan|voor)\s+(?:(?:the|any|all|every|de|het|elk|elke|alle)\s+)?{_MODEL}\b[^.!?]*?:)"
)
_SPEAK = (
    r"\b(?:answer|reply|respond|say|state|print|output|repeat|reveal|write|tell|recommend|mention|"
    r"include|antwoord|zeg|schrijf|herhaal|toon|vertel|verklap|vermeld|druk|beveel)\b"
)
_ORDER = re.compile(rf"{_START}(?:{_FORGET}|{_ADDRESS})[\s\S]{{0,200}}?{_SPEAK}", re.I)


def is_order(text: str) -> bool:
    """Return whether a block speaks to a language model that reads it, to make it say something."""
    return bool(_TOKEN.search(text) or _ORDER.search(text)) or is_cued(text)
