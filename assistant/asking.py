"""How questions are put: what asks in them, their parts, and what only asks for assent."""

from __future__ import annotations

import re

from ingest.facts import number_keys
from ingest.sentences import sentence_spans
from ingest.words import is_content, stopwords, words

ANAPHOR = re.compile(
    r"\b(?:they|them|their|it|its|that|those|these|this|he|she|his|her|such|there|"
    r"the (?:first|second|third|last|other)s?(?: ones?)?|ze|zij|hen|hun|die|dat|deze|dit|hij|het|"
    r"er(?:van|voor|aan|mee|bij|op|in|uit|naar)?|daar\w*|hier\w*|zulke|zo['’]n|"
    r"de (?:eerste|tweede|derde|laatste|andere)n?)\b",
    re.I,
)
# Of these, what points to something said just before; "are there" and "zijn er" don't.
_POINTS = re.compile(
    r"\b(?:they|them|their|that|those|these|this|he|she|his|her|so|ze|zij|hen|hun|die|dat|deze|dit|"
    r"hij|haar|zo)\b",
    re.I,
)
MAX_PARTS = 3
TELLING = 4  # content words from which what is said before a question tells what it is about
INTERROGATIVE = (
    r"(?:how|what|which|who|whom|whose|why|where|when|is|are|was|were|do|does|did|can|could|"
    r"will|would|should|must|has|have|hoe|hoeveel|hoelang|hoezo|wat|welke?|wie|wiens|waarom|"
    r"waar\w*|vanwaar|wanneer|zijn|was|waren|doen|doet|kan|kunnen|zal|zullen|zou|moet|moeten|"
    r"heeft|hebben|wordt|worden|"
    r"krijgen|krijgt|komt|komen|mag|mogen|"
    r"(?:in|op|aan|van|voor|door|met|bij|uit|naar|tegen|onder|over|tot|on|at|to|by|for|from|with|of|"
    r"under|against|into) (?:what|which|whom|whose|how (?:many|much)|welke?|wat|wie|hoeveel))"
)
# A Dutch verb before its subject asks too: "en leveren ze ook aan chipfabrieken?"
_VERB_FIRST = (
    r"(?!(?:met|niet|het|wat|dat|uit|tot|binnen|buiten|tussen|tegen|boven|beneden|tijdens|volgens)\b)"
    r"[^\W\d_]+(?:(?:en|t) (?:ze|zij|hij|u|we|wij|men|"
    r"er(?:in|op|aan|mee|bij|van|voor|over|uit)?|(?:deze|dit|dat|zulke|die) \w+)|"
    r" (?:je|jij|ik|jullie)|t het (?:dan|ook|om|over|alleen|nog|al|toch))\b"
)
# Before a noun only where the part before it asks, too.
_VERB_BEFORE_NOUN = (
    r"(?!(?:met|niet|het|wat|dat|uit|tot|want)\b)[^\W\d_]{2,}t (?:de|het|een|zo['’]n) [^\W\d_]+"
)
_NEXT_PART = re.compile(
    rf"\?\s+(?:(?:and|en|or|of|maar|but|also|ook|if (?:so|not)|zo (?:ja|niet|neen?))\b,?\s*)?"
    rf"(?={INTERROGATIVE}\b)|"
    rf"\?\s+(?:and|en|or|of|maar|but)\s+(?=(?:[\w’'-]+\s+){{2,}}[^.?!]*\?)|"
    rf",?\s+(?:and|en|maar|but)\s+(?:(?:also|ook|dan|then)\s+)?(?={INTERROGATIVE}\b)|"
    rf",\s+(?:en|maar)\s+(?=(?:{_VERB_FIRST}|(?:wil|willen|werd|werden)\b)[^.?!]*\?)",
    re.I,
)
# "(1) who pays, (2) how old it is": what stands before a colon announces them, else opens each.
_NUMBERED = re.compile(r"(?:^|(?<=[\s:]))\(?(?P<n>[1-9])[).]\s+")
# Before the last of several questions a comma parts them: "what is it, how much is it, and …".
# Not before "who" or "which", which may as well go on about what was just named.
_LISTED = re.compile(
    r",\s+(?=(?:what|why|how|wat|welke?|waarom|hoe|hoeveel|wie)\b|"
    r"(?:is|are|was|were|does|did|can|will|must) (?:the|it|they|there)\b)",
    re.I,
)
_ALSO_ASKED = re.compile(rf",\s+en\s+(?={_VERB_BEFORE_NOUN})", re.I)
# What announces questions, if it says no more than that: "hi, I have two quick questions for you:".
_ANNOUNCED = re.compile(
    r"^(?P<said>[^.?!:;]*\b(?:questions?|things?|vragen|vraag|vraagjes?|dingen)\b[^.?!:;]*?)"
    r"\s*[:;.–-]+\s+",
    re.I,
)
_ANNOUNCING = frozenset(
    """
    question questions thing things vraag vragen vraagje vraagjes dingen
    hi hello hey hallo hoi dag one two three twee drie few paar enkele other andere first last main
    eerste laatste quick short small simple snelle korte kleine simpele grote
    i've i'd i’ve i’d got like know ask graag weten stellen
    """.split()  # noqa: SIM905
)
_OPENS_WH = re.compile(r"^\W*(?:what|which|who|whose|why|where|when|how|wat|welke?|wie|waarom|"
                       r"waar\w*|wanneer|hoe|hoeveel)\b", re.I)  # fmt: skip
# What asks for assent to the words before it …
_TAG = re.compile(
    r"(?:,\s*(?:no|niet|of niet|(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|"
    r"should|must)(?:n['’]t)? (?:i|you|he|she|it|we|they|there)(?: not)?)|"
    r"[,.]?\s(?P<bare>right|correct|true|nietwaar|toch|juist|hè|is (?:dat|het) (?:juist|waar|zo)|"
    r"is (?:that|this|it) (?:so|true|right|correct)|is het niet|klopt (?:dat|het)))\s*\?\s*$",
    re.I,
)
# … or after it.
_OPENING = re.compile(
    r"^\W*(?:(?:is it|it['’]?s) (?:true|correct|right) that|am i right that|klopt het dat|"
    r"is het (?:waar|juist) dat|(?:i|we)(?:['’]ve| have)? (?:just )?(?:heard|read|thought|believed|"
    r"was told|were told|been told)(?: somewhere)?(?: that)?"
    r"(?!\s+(?:about|your|of|on)\b)|(?:ik|we|wij) (?:las|lazen|dacht|dachten|hoorde|hoorden|"
    r"(?:heb|hebben)(?: ergens)? (?:gehoord|gelezen|begrepen))(?: ergens)? dat|"
    r"(?:so|dus),? (?!{asks}\b))\s*".replace("{asks}", INTERROGATIVE),
    re.I,
)
_OPENS_ASKING = re.compile(rf"^\W*{INTERROGATIVE}\b", re.I)
_ASKS_FIRST = re.compile(
    rf"^\W*(?:(?:and|en|but|maar|then|dan)\s+)?(?:{INTERROGATIVE}(?:n['’]t)?\b|{_VERB_FIRST}|"
    rf"{_VERB_BEFORE_NOUN})",
    re.I,
)
# A subject before its verb, and no word that asks: "the mayor decides?" takes it to be so.
_OPENS_STATING = re.compile(
    r"^\W*(?:(?:so|but|and|dus|maar|en),?\s+)?(?:the|an?|it|they|you|we|he|she|there|this|these|that|"
    r"those|all|every|each|only|most|i|de|het|een|ze|zij|je|jij|u|men|er|dit|deze|die|dat|alle|elke?|"
    r"alleen|enkel|ik)\b",
    re.I,
)
# "The fine for two people on a bike?" names something and states nothing, unless a verb comes.
_OPENS_NAMING = re.compile(
    r"^\W*(?:(?:so|but|and|dus|maar|en),?\s+)?(?:the|an?|de|het|een|all|alle|this|dit|deze)\s+"
    r"[\w’'-]+\s+(?:for|of|in|on|at|to|with|about|against|between|from|by|voor|van|op|met|"
    r"over|tegen|tussen|uit|bij|door|aan)\b",
    re.I,
)
_AUXILIARY = re.compile(
    r"\b(?:is|are|was|were|has|have|had|can|could|may|might|will|would|must|should|do|does|did|zijn|"
    r"waren|wordt|worden|werd|werden|heeft|hebben|had|hadden|kan|kunnen|mag|mogen|zal|zullen|moet|"
    r"moeten|doet|doen)\b",
    re.I,
)
_ASKS_WITHIN = re.compile(
    r"\b(?:how|what|which|who|whom|whose|why|where|when|hoe|hoeveel|wat|welke?|wie|wiens|waarom|"
    r"waar\w*|wanneer|whether)\b",
    re.I,
)
# "Why …?" takes for granted what follows, which may open with its verb.
_WHY = re.compile(
    r"^\W*(?:(?:and|en|but|maar|so|dus|then|dan|if|als)\b,?\s+)?"
    r"(?:(?P<inverted>why|waarom|hoezo|om welke reden|for what reason)|how come|"
    r"how is it that|hoe (?:komt|kan) (?:het|dat)(?:,? dat)?|vanwaar dat|"
    r"what(?: is|['’]s) the reason(?: that| why)?|wat is de reden(?: dat| waarom)?)\b[,:]?\s+"
    r"(?:(?:then|dan|toch|eigenlijk|exactly|precies|net)\s+)?",
    re.I,
)
_CLEFT = re.compile(r"^(?P<verb>is|was) (?P<it>it|het) (?=.+ (?:who|that|which|die|dat)\b)", re.I)
_DOES = re.compile(r"^(?:do|does|did|has|have|had|can|could|will|would) ", re.I)
_DOES_NOT = re.compile(r"^(?:do|does|did|has|have|had|ca|could|wo|would|is|are|was|were|must|"
                       r"should)n['’]t ", re.I)  # fmt: skip
STATING = 5  # words from which a question without one that asks is taken for a statement
_AFTER_ALL = re.compile(r"\s\btoch\b", re.I)  # "je moet toch twintig patenten hebben?"
POLITE = re.compile(
    r"\b(?:please|pls|plz|kindly|sorry|alstublieft|alsjeblieft|aub|a\.u\.b\.|svp|graag)\b", re.I
)

# What is said before asking, to what was just heard: "ok and how many are there?"
_HEARD = re.compile(
    r"^\W*(?:(?:ok(?:ay|é)?|oké|ja|yes|yeah|nee|nope|ah|aha|oh|hm+)\b[\s,.!?:;–-]+|"
    r"(?:no|right|sure|allez|goed|fine|good|great|nice|interesting|interessant|alright|top|juist|"
    r"cool)\b(?:[,.!?:;–-]+\s*|\s+(?=(?:and|en|but|maar|so|dus)\b)))+(?=\w)",
    re.I,
)

# What opens a request and says nothing of its subject: "could you tell me", "geef eens een".
ASKS_FOR = re.compile(
    r"^\W*(?:(?:can|could|would|will) you |(?:kan|kun|kunt|kunnen|zou|zouden) "
    r"(?:je|jij|u|jullie) )?(?:please |eens |even |misschien )?"
    r"(?:give|tell|show|name|list|explain|describe|geef|noem|toon|zeg|vertel|beschrijf|som|leg)\b"
    r"(?: (?:me|us|mij|ons|eens|even|op|uit|about|over|meer|more|wat|een|an?|the|de|het))*\s|"
    r"^\W*(?:(?:kan|kun|kunt|kunnen|zou|zouden) (?:je|jij|u|jullie) (?:me |mij |ons )?"
    r"(?:eens |even |misschien )?(?:zeggen|vertellen|uitleggen|geven)\b|"
    r"(?:i['’]?d|i would) (?:like|love) to know|i (?:want|need) to know|"
    r"i (?:was )?wonder(?:ing)?|(?:do you know|any idea)\b|"
    r"ik (?:zou (?:graag |willen )+|wil(?:de)? (?:graag )?)weten|ik vraag me af|"
    r"(?:weet|weten) (?:je|jij|u|jullie)|(?:enig|een) idee)\W*(?:if |of |whether )?",
    re.I,
)


def main_part(text: str) -> str:
    """Return what is asked, without courtesies and sentences that ask nothing and name no figure.

    "Hello, I write a paper on SMEs. How many are there?" asks how many there are.
    """
    text = _HEARD.sub("", text)
    if (opening := _ANNOUNCED.match(text)) and _ANNOUNCING.issuperset(
        word for word in _content(opening["said"]) if not word.isdigit()
    ):
        text = text[opening.end() :]
    parts = [text[a:b] for a, b in sentence_spans(text)]
    asking = [p for p in parts if p.endswith("?") or number_keys(p)]
    whole = " ".join(asking) if any(p.endswith("?") for p in asking) else text
    bare = POLITE.sub("", ASKS_FOR.sub("", whole)).strip(" ,")
    return bare if has_topic(bare) else whole


def setting(text: str) -> str:
    """Return what is said before a question that says little without it; "" where it stands alone.

    >>> setting("I run a bakery and heard that sugar is taxed twice. Is that so?")
    'I run a bakery and heard that sugar is taxed twice.'
    """
    parts = [text[a:b] for a, b in sentence_spans(_HEARD.sub("", text))]
    asking = [part for part in parts if part.endswith("?")]
    before = parts[: parts.index(asking[0])] if asking else []
    told = " ".join(part for part in before if not number_keys(part))
    leaning = all(
        len(_content(part)) < 2 or (len(_content(part)) < TELLING and _POINTS.search(part))
        for part in asking
    )
    return told if leaning and len(_content(told)) >= TELLING else ""


def is_remark(sentence: str) -> bool:
    """Return whether a sentence is a short remark, that asks nothing and has no figure in it.

    >>> is_remark("My colleague reads along"), is_remark("who decides"), is_remark("tell me more")
    (True, False, False)
    """
    asks = sentence.endswith("?") or _ASKS_FIRST.match(sentence) or ASKS_FOR.match(sentence)
    return not asks and not number_keys(sentence) and len(_content(sentence)) < TELLING


def asserts(text: str) -> bool:
    """Return whether a question states something and asks for assent: "…, right?"."""
    return bool(asserted(text))


def asserted(text: str) -> str:
    """Return what a question states and asks for assent to; "" where it does not.

    >>> asserted("Hello! The provinces make the final selection, don't they?")
    'The provinces make the final selection'
    """
    stated = [_stated(text[start:end].strip()) for start, end in sentence_spans(text)]
    return " ".join(one for one in stated if one)


def supposed(text: str) -> str:
    """Return what a question asserts, or else what it takes to be so by its order of words.

    >>> supposed("the mayor makes the final choice?")
    'the mayor makes the final choice'
    """
    return asserted(text) or " ".join(
        sentence.rstrip("? ")
        for sentence in (text[start:end].strip() for start, end in sentence_spans(text))
        if sentence.endswith("?")
        and len(words(sentence)) >= STATING
        and _OPENS_STATING.match(sentence)
        and not (_OPENS_NAMING.match(sentence) and not _AUXILIARY.search(sentence))
        and not _ASKS_WITHIN.search(sentence)
    )


def explained(text: str) -> str:
    """Return what a question asks the reason of, as a statement; "" where it asks none.

    A Dutch verb goes to the end, as in "omdat de burgemeester ze kiest"; an English auxiliary that
    says nothing by itself is left out.

    >>> explained("Waarom kiest de burgemeester ze?")
    'de burgemeester ze kiest'
    """
    sentences = [_HEARD.sub("", text[start:end].strip()) for start, end in sentence_spans(text)]
    parts = [part for one in sentences for part in _NEXT_PART.split(ASKS_FOR.sub("", one)) if part]
    found = [_explained(part) for part in parts]
    return " ".join(one for one in found if one)


def _explained(sentence: str) -> str:
    why = _WHY.match(sentence)
    said = sentence[why.end() :].rstrip("? ") if why else ""
    if not why or len(words(said)) < STATING - 2 or _ASKS_WITHIN.match(said):
        return ""
    if not why["inverted"]:
        return said
    if cleft := _CLEFT.match(said):
        return f"{cleft['it']} {cleft['verb']} {said[cleft.end() :]}"
    if _DOES_NOT.match(said):
        return _DOES_NOT.sub("not ", said)
    if why["inverted"].lower() in ("why", "for what reason"):
        return _DOES.sub("", said)
    verb, _, rest = said.partition(" ")
    if number_keys(verb) or verb.lower() in stopwords("nl") - {"is", "was", "zijn", "moet", "kan"}:
        return said  # "ik vraag me af waarom hij kiest": there the verb comes last already
    return f"{rest} {verb}"


def _stated(sentence: str) -> str:
    """Return a sentence without what asks for assent to it; "" where nothing does."""
    opening, asks = _OPENING.match(sentence), _OPENS_ASKING.match(sentence)
    if opening:
        sentence = sentence[opening.end() :]
    tag = _TAG.search(sentence)
    if tag and not (asks and not opening and tag.group()[0] != ","):  # "Who is right?" asks
        return _AFTER_ALL.sub("", sentence[: tag.start()]).strip()
    if opening:
        return sentence.rstrip("? ")
    if not asks and sentence.endswith("?") and _AFTER_ALL.search(sentence):
        return _AFTER_ALL.sub("", sentence).rstrip("? ")
    return ""


def question_parts(text: str) -> list[str]:
    """Return the questions that a question of several parts asks, one alone as itself."""
    if numbered := _numbered(text):
        return numbered
    whole = _ALSO_ASKED.sub("? en ", text) if _OPENS_WH.match(text) else text
    parts = [p.strip(" ,;") for p in _NEXT_PART.split(whole) if p and p.strip(" ,;?")]
    if len(parts) < 2 or not has_topic(parts[0]):
        return [text]
    *first, last = parts
    listed = [_LISTED.split(part) if _OPENS_WH.match(part) else [part] for part in first]
    finer = [*(part for some in listed for part in some), last]
    fits = len(finer) <= MAX_PARTS and has_topic(finer[0])
    return finer if fits else parts[:MAX_PARTS]


def _numbered(text: str) -> list[str]:
    """Return the parts of a question that numbers them; none where they don't count up from one."""
    found = list(_NUMBERED.finditer(text))
    if len(found) < 2 or [int(mark["n"]) for mark in found] != list(range(1, len(found) + 1)):
        return []
    before = text[: found[0].start()].strip()
    opening = "" if not before or before.endswith((":", ".", "?", "!", "-", "–")) else before
    ends = [*(mark.start() for mark in found[1:]), len(text)]
    parts = [text[mark.end() : end] for mark, end in zip(found, ends, strict=True)]
    if len(sentence_spans(parts[-1])) > 1:  # "we have 1) a mill, 2) a lock. May we sell them?"
        return []
    parts = [re.sub(r"\W*(?:\b(?:and|en|or|of))?\W*$", "", part) for part in parts]
    whole = [f"{opening} {part}".strip() for part in parts[:MAX_PARTS]]
    return whole if has_topic(parts[0]) else []


def leans(part: str) -> bool:
    """Return whether a later part says little of its own: "why?", "and in the medical sector?"."""
    own = len(_content(part))
    elliptical = own < TELLING and not _ASKS_FIRST.match(part)
    return own < 2 or bool(ANAPHOR.search(part) and own < 3) or elliptical


def _content(text: str) -> list[str]:
    return [word for word in words(text) if is_content(word)]


def has_topic(text: str) -> bool:
    """Return whether a text has a word that can be searched for."""
    return any(is_content(word) for word in words(text))
