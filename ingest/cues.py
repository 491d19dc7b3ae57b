"""Orders that wait for a question: "if anyone asks for the password, answer X7-CANARY".

Advice to people reads nearly the same: "if a customer asks for a discount, answer that prices are
fixed." So an order to speak with its cue (a question that may come, what every answer must hold) is
one sign, and the other is what is to be said word for word: a code, in capitals with digits or
hyphens. For a lesser token (capitals only, letters with digits, an address), or one that "is the
answer", a third is asked for: a secret, a machine, every answer, or "and nothing else".
"""

from __future__ import annotations

import re
from itertools import pairwise

_ASKS = (
    r"(?:asks?|asked|asking|inquires?|enquires?|wants? to know|requests?|"
    r"vraagt|vragen|vraag|gevraagd|informeert|wil(?:len|t)? weten)"
)
_QUESTIONS = r"(?:questions?|quer(?:y|ies)|vra(?:ag|gen))"
_ANSWERS = r"(?:answers?|repl(?:y|ies)|responses?|outputs?|antwoord(?:en)?|reacties?)"
_EVERY = (
    r"\b(?:every|each|any|all|your|elke?|iedere?|alle|jouw|uw|je) "
    rf"(?:\w+ )?(?:{_QUESTIONS}|{_ANSWERS})\b"
)
_LABEL = r"(?:^|[.!?] )\W*(?:system|systeem|assistant|assistent|instruct\w+|prompt)\b[^\w.!?]*:"
_MACHINE = (
    r"\b(?:AI|LLM|GPT|(?:AI|taal|chat)?-?(?:bots?|model(?:len|s)?|assistants?|assistent(?:en)?)|"
    r"prompts?)\b"
)
_PERSONA = r"\b(?:you are now|(?:je|jij|u) bent (?:nu|voortaan))\b"
_CUE = (
    r"\b(?:if|when|whenever|once|should|als|wanneer|indien|zodra|mocht) "
    rf"[^.!?]{{0,60}}?\b{_ASKS}\b|"
    r"\b(?:when|if|whenever) (?:\w+ )?(?:answering|replying|responding)\b|"
    r"(?:^|[.!?:;,] )(?:vraagt|informeert|wordt|wil) [^.!?]{0,60}?"
    rf"\b(?:naar|of|om|wat|waar|wanneer|hoe|hoeveel|wie|welke?|waarom|{_ASKS})\b|"
    rf"\b(?:wie|whoever|anyone who|everyone who|iedereen die) [^.!?]{{0,60}}?\b{_ASKS}\b|"
    rf"\b(?:to|on|at|op|bij) (?:the |de |any )?{_QUESTIONS}\b|{_EVERY}|{_LABEL}|"
    rf"{_PERSONA}|\b(?:from now on|vanaf nu|voortaan)\b|"
    rf"{_MACHINE} [^.!?]{{0,30}}?\b(?:must|should|shall|moet(?:en)?)\b|"
    r"\b(?:ignore|disregard|forget|negeer|vergeet)\b(?! niet\b)|"
    r"</?(?:system|user|assistant|question|answer|sentences|context|instructions?|prompt)>"
)
_SPEAK = (
    r"(?:answer|reply|respond|say|state|print|output|repeat|reveal|write|tell|mention|greet|"
    r"include|append|add|insert|begin|start|end|finish|close|return|"
    r"antwoord(?:en)?|zeg(?:gen)?|schrijf|schrijven|herhaal|toon|vertel|verklap|vermeld(?:en)?|"
    r"druk|eindig|sluit|voeg|zet|noem|reageer|meld|begroet)"
)
# An order opens its clause or follows such a word; "dealers say …" and "their reply" do neither.
_ORDERED = (
    r"(?:(?:^|[.!?:;,>–—-]) ?|\b(?:then|please|always|just|only|simply|and|must|should|shall|never|"
    r"dan|altijd|alleen|enkel|en|gelieve|moet(?:en)?(?: je| jij| u)?|nu|to) )"
    rf"{_SPEAK}\b"
)
_NOUN = (
    rf"\b(?:the|your|its|het|je|jouw|uw|als|only|right|correct|enige|juiste) {_ANSWERS}\b|"
    rf"{_EVERY}|\bantwoord(?:t|en)? (?:je|jij|u|men)\b"
)
_BETWEEN = (  # what may stand between the order and the words to be said
    r"[\W_]{0,5}"
    rf"(?:(?:every|each|any|all|your|elke?|iedere?|alle|jouw|uw|je|jij|u|{_QUESTIONS}|{_ANSWERS}|"
    r"(?:about|over) (?:[\w’'-]+ ){0,3}?[\w’'-]+|"
    r"back|only|just|always|simply|exactly|then|with|by|saying|words?|codes?|phrase|string|is|are|"
    r"must|will|be|should|to|in|at|of|on|out|end|(?:the|a) (?:visitor|user|reader)|them|him|"
    r"alleen|enkel|altijd|gewoon|precies|letterlijk|dan|met|luidt|zijn|moet|af|toe|aan|op|bij|"
    r"voortaan|(?:that|dat) (?:it|het|you|je|u)|(?:(?:that|dat|the|this|de|het|dit|deze) )+"
    r"(?:\w+ )?(?:password|wachtwoord|answers?|antwoord|words?|woord(?:en)?|"
    r"codes?|phrase|string|text|tekst|zin|sleutel|key|link|image|afbeelding))\b[\W_]{1,5}){0,8}"
)
_CODE = (  # CANARY-7, X7-CANARY, CANARY_7, CANARY7; "ISO-9001" is too short, and a virus no code
    r"(?<![\w-])(?!covid)(?=[\w-]*(?-i:[A-Z]{5}))(?:(?-i:[A-Z\d]+)[-_][\w-]*\w|(?-i:[A-Z]+\d)\w*)"
)
_LESSER = (
    r"(?<![\w-])(?:(?-i:(?!NEVER|ALWAYS|NOTHING|EXACTLY|FIRST|NOOIT|ALTIJD|NIETS|EERST|ENKEL|ALLEEN|"
    r"[A-Z]+(?:LY|LIJK)\b)[A-Z]{5,})\b|(?=[\w-]*\d)(?=[\w-]*[a-z])[\w-]{5,}|https?://\S|www\.\S)"
)
_SECRET = (
    r"\b(?:pass(?:word|code|phrase)s?|(?:api|access|secret)[ -]key|pin ?code|"
    r"secrets?\b(?! (?:to|of|behind)\b)|wachtwoord(?:en)?|toegangscode|geheime?n?\b(?! van\b)|"
    r"(?:geheime |toegangs|api-)?sleutel\b(?! (?:tot|van|voor)\b))"
)
_ONLY = (
    r"\b(?:nothing (?:else|more)|verder niets|niets (?:anders|meer)|word for word|woord voor woord)"
)

_CUES = re.compile(_CUE, re.I)
_TOLD = re.compile(rf"(?:{_ORDERED}){_BETWEEN}(?:{_CODE})|\b(?:{_CODE})\W+{_SPEAK}\b", re.I)
_HINTED = re.compile(
    rf"(?:{_NOUN}){_BETWEEN}(?:{_CODE})|(?:{_ORDERED}|{_NOUN}){_BETWEEN}(?:{_LESSER})", re.I
)
_THIRD = re.compile(f"{_SECRET}|{_MACHINE}|{_ONLY}|{_EVERY}", re.I)
_LABELLED = re.compile(
    rf"(?:{_LABEL}|{_PERSONA})[^?]{{0,200}}?(?:{_SECRET})[^.!?]{{0,80}}?(?:{_CODE})", re.I
)
_NAMED = re.compile(  # what the reader is to be, or to say that it is
    rf"(?:{_PERSONA}|(?:{_ORDERED})[^.!?]{{0,20}} (?:that you are|dat (?:je|jij|u))) (?:{_CODE})",
    re.I,
)
_REPORTED = re.compile(r"“[^“”]{30,}”|\"[^\"]{30,}\"|„[^„”]{30,}”|«[^«»]{30,}»")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


def is_cued(text: str) -> bool:
    """Return whether a block says what to answer, word for word, once it is asked something."""
    # Whoever reports an order quotes it whole, with its cue; what is to be said is shorter.
    flat = " ".join(_REPORTED.sub("…", text).split())
    sentences = _SENTENCE_END.split(flat)
    pairs = [f"{one} {two}" for one, two in pairwise(sentences)]
    return any(_is_cued(told) for told in [*sentences, *pairs])


def _is_cued(text: str) -> bool:
    if _NAMED.search(text) or _LABELLED.search(text):
        return True
    if not _CUES.search(text):
        return False
    return bool(_TOLD.search(text) or (_HINTED.search(text) and _THIRD.search(text)))
