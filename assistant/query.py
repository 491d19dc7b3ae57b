"""A question made ready to search with: cleaned, its language, its intent, standing on its own."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence

from assistant.records import Intent, Query, Turn
from ingest.facts import number_keys
from ingest.index import Index
from ingest.language import detect, third_language
from ingest.records import LANGUAGES, Language
from ingest.sentences import sentence_spans
from ingest.words import is_content, stopwords, words

MAX_QUESTION = 500  # characters
MAX_TURNS = 6
DETECTABLE = 25  # characters from which langdetect is to be trusted

_SMALLTALK = {
    "greeting": re.compile(
        r"(?:hi|hello|hey|hiya|good (?:morning|afternoon|evening|day)|greetings|how are you|"
        r"hallo|hoi|hey|dag|goe(?:ie|de|n)?\s?(?:dag|morgen|middag|avond|namiddag)|"
        r"hoe gaat het(?: met (?:je|jou|u))?|"
        r"alles goed|salut|beste)(?: there| iedereen| allemaal| everyone| all)?",
        re.I,
    ),
    "thanks": re.compile(
        r"(?:(?:super|heel erg|hartelijk|zeer|erg|veel|ok(?:ay)?|oké|top|great|perfect),? )?"
        r"(?:thanks?(?: you)?|thx|ty|many thanks|cheers|great|perfect|nice|ok(?:ay)?|cool|"
        r"bedankt|dank (?:je|u)(?: wel)?|merci|dankjewel|dankuwel|top|prima|super|oké|tof|"
        r"very helpful|dat helpt|duidelijk|that helps|clear|(?:dat|that) (?:was|is|['’]s) "
        r"(?:het|alles|all|it|everything|(?:heel )?duidelijk|(?:very )?clear|helpful|handig)|dank)"
        r"(?:,? (?:a lot|so much|very much|alvast|hoor|zeg|man|all|everyone|hartelijk|zeer))*"
        r"(?:,? (?:for|voor|that|dit|dat|this|you|u|je|i|ik|zo)\b(?: [^\s?]+){0,6})?",
        re.I,
    ),
    "goodbye": re.compile(
        r"(?:bye(?: bye)?|goodbye|see you(?: later)?|have a nice day|tot ziens|dada?g?|"
        r"tot later|fijne dag(?: nog)?|prettige dag(?: nog)?|salut en de kost)",
        re.I,
    ),
    "about_me": re.compile(
        r"(?:(?:and |en )?(?:who|what) are you(?: exactly)?|what (?:can|do) you do|"
        r"what can i ask(?: you)?|how (?:do|can) you (?:work|help)(?: me)?|how does this work|"
        r"(?:can|could) you help(?: me)?|help|"
        r"are you (?:an? )?(?:human|real|person|bot|robot|computer|ai|chatbot|real person|machine)"
        r"(?: or .*)?|(?:am i|ben ik) .*(?:talking|speaking|chatting|aan het praten).*|"
        r"(?:spreek|praat|chat) ik (?:hier )?met (?:een )?.*|"
        r"wie (?:ben|bent|zijt) (?:jij|je|u|gij)|wat (?:ben|bent) (?:jij|je|u)(?: eigenlijk)?|"
        r"wat (?:kan|kunt|kun|doe|doet) (?:jij|je|u)(?: allemaal)?(?: (?:doen|voor mij doen))?|"
        r"wat kan ik (?:je|u|jou|hier)? ?(?:allemaal )?vragen|hoe werkt dit|kan je mij helpen|"
        r"(?:kun|kan|kunt) (?:je|jij|u) (?:me |mij )?helpen|ben(?:t)? (?:je|jij|u) (?:een )?"
        r"(?:echte? )?(?:mens|robot|bot|computer|persoon|chatbot|ai)"
        r"(?: of .*)?)",
        re.I,
    ),
}
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
_CONTACT = re.compile(
    r"\b(?:(?:contact|reach|call|called|e-?mail|phone|ring|meet|hire|write to|talk to|"
    r"speak (?:to|with))"
    r" (?:you\b|us\b|someone|somebody|anyone|an? (?:person|human|expert|consultant|advis[eo]r|"
    r"colleague)|your (?:team|people|company|firm|office))|get in touch|"
    r"your (?:phone|telephone|e-?mail|address|office|contact|website|number)|"
    r"(?:phone|telephone) number|e-?mail ?address|contact (?:details|information|form|person|page)|"
    r"(?:make|book|schedule) an? (?:appointment|meeting|call)|"
    r"contact (?:opnemen|met (?:jullie|u|iemand))|(?:jullie|u|iemand) (?:contacteren|bereiken|"
    r"bellen|mailen|spreken|ontmoeten)|contactgegevens|contactpersoon|contactformulier|"
    r"telefoonnummer|(?:e-?)?mailadres|(?:jullie|uw) (?:adres|kantoor|nummer|telefoon|mail)|"
    r"afspraak (?:maken|vastleggen|boeken)|(?:een|vaste) afspraak|"
    r"(?:met )?(?:een|iemand) (?:mens|medewerker|adviseur|consultant|expert|echt persoon) "
    r"(?:spreken|praten|bellen|contacteren)|spreken met (?:iemand|een)|"
    r"(?:jullie|u) inhuren|(?:jullie|u) .{0,30}\bgesprek|gesprek met (?:jullie|u)|offerte)\b|"
    r"^\W*contact\w*\W*$",
    re.I,
)
_REQUEST = (
    r"(?:^|\b(?:but |maar |en |and )?(?:(?:answer|reply|antwoord|graag|please) )?)in (?:het )?"
    r"(?:{names})(?: please| graag| aub| alstublieft| alsjeblieft)?\W*$"
)
_IN_LANGUAGE: dict[Language, re.Pattern[str]] = {
    "nl": re.compile(_REQUEST.format(names="nederlands|vlaams|dutch|flemish"), re.I),
    "en": re.compile(_REQUEST.format(names="engels|english"), re.I),
}
_LANGUAGE_NAME = re.compile(
    r"\b(?:nederlands\w*|vlaams\w*|dutch|flemish|engels\w*|english)\b", re.I
)
_ELLIPTICAL = re.compile(
    r"^\W*(?:en|and|but|maar|ook|also|or|of|what about|how about|hoe zit het met|wat met|"
    r"wat is er met|dus|so|then|dan)\b",
    re.I,
)
_ANAPHOR = re.compile(
    r"\b(?:they|them|their|it|its|that|those|these|this|he|she|such|there|the (?:first|second|"
    r"third|last|other)s?(?: ones?)?|ze|zij|hen|hun|die|dat|deze|dit|hij|het|er(?:van|voor|aan|"
    r"mee|bij|op|in|uit|naar)?|daar\w*|hier\w*|zulke|zo['’]n|de (?:eerste|tweede|derde|laatste|"
    r"andere)n?)\b",
    re.I,
)
MAX_PARTS = 3
_INTERROGATIVE = (
    r"(?:how|what|which|who|whom|whose|why|where|when|is|are|was|were|do|does|did|can|could|"
    r"will|would|should|must|has|have|hoe|hoeveel|wat|welke?|wie|wiens|waarom|waar\w*|wanneer|"
    r"zijn|was|waren|doen|doet|kan|kunnen|zal|zullen|zou|moet|moeten|heeft|hebben|wordt|worden|"
    r"krijgen|krijgt|komt|komen|mag|mogen|"
    r"(?:in|op|aan|van|voor|door|met|to|by|for|from|with|of) (?:what|which|whom|welke?|wat|wie|"
    r"hoeveel))"
)
_NEXT_PART = re.compile(
    rf"\?\s+(?:(?:and|en|or|of|maar|but|also|ook)\b\s*)?(?={_INTERROGATIVE}\b)|"
    rf",?\s+(?:and|en|maar|but)\s+(?:(?:also|ook|dan|then)\s+)?(?={_INTERROGATIVE}\b)",
    re.I,
)
_ASSERTS = re.compile(
    r"[,.]?\s(?:right|correct|no|isn['’]t it|aren['’]t they|doesn['’]t it|don['’]t they|nietwaar|"
    r"niet\?|toch|juist|hè|is dat juist|klopt dat|klopt het|of niet)\s*\?\s*$|"
    r"^\W*(?:is it (?:true|correct|right) that|am i right that|so |klopt het dat|"
    r"is het (?:waar|juist) dat|dus )",
    re.I,
)
_POLITE = re.compile(r"\b(?:please|kindly|alstublieft|alsjeblieft|aub|a\.u\.b\.|svp|graag)\b", re.I)


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
) -> Query:
    """Return the query behind a question in its conversation; `mend` corrects its spelling."""
    # Ten times the limit is still read, to tell its language; beyond, not even that.
    text = clean(asked[: 10 * MAX_QUESTION])
    turns = [(role, clean(said[: 10 * MAX_QUESTION])) for role, said in history][-MAX_TURNS:]
    language, why = question_language(text, turns, chosen, index)
    reasons = [f"language {language}: {why}"]
    intent = question_intent(asked, text)
    reasons.append(f"intent {intent}")
    mended = mend(text) if intent == "question" else text
    if mended != text:
        reasons.append(f"searched for: {mended}")
    parts = question_parts(main_part(mended))
    context = _elliptical_on(text, turns) if intent == "question" else ""
    if context:
        reasons.append(f"may lean on: {context}")
        parts = [part for part in parts if not _only_asks_for_language(part)]
        context = main_part(context)
        parts, context = (parts, context) if parts else (question_parts(context), "")
    searched_for = mended if mended != text else ""
    return Query(text, tuple(parts), language, intent, context, searched_for, tuple(reasons))


def main_part(text: str) -> str:
    """Return what is asked, without sentences around it that ask nothing and name no figure.

    "Hello, I write a paper on SMEs. How many are there?" asks how many there are.
    """
    parts = [text[a:b] for a, b in sentence_spans(text)]
    asking = [p for p in parts if p.endswith("?") or number_keys(p)]
    return " ".join(asking) if any(p.endswith("?") for p in asking) else text


def asserts(text: str) -> bool:
    """Return whether a question states something and asks for assent: "…, right?"."""
    return bool(_ASSERTS.search(text))


def question_parts(text: str) -> list[str]:
    """Return the questions that a question of several parts asks, one alone as itself.

    A later part without a subject of its own ("and why?") takes the first part's along.
    """
    parts = [p.strip(" ,;") for p in _NEXT_PART.split(text) if p and p.strip(" ,;?")]
    content = [[w for w in words(p) if is_content(w)] for p in parts]
    if len(parts) < 2 or not content[0]:
        return [text]
    whole = [parts[0]]
    for part, own in zip(parts[1:MAX_PARTS], content[1:], strict=False):
        needs = len(own) < 2 or (_ANAPHOR.search(part) and len(own) < 3)
        whole.append(f"{parts[0].rstrip('?')}: {part}" if needs else part)
    return whole


def question_language(
    text: str, turns: Sequence[Turn], chosen: Language | None, index: Index
) -> tuple[Language, str]:
    """Return the language to answer in, and why.

    In order: what the question asks for, what the reader chose, the words of the question, the
    conversation.
    """
    for language, pattern in _IN_LANGUAGE.items():
        if pattern.search(text) and len(_LANGUAGE_NAME.findall(text)) == 1:
            return language, "the question asks for it"
    if chosen:
        return chosen, "the reader chose it"
    lead = _lead_of_dutch(text, index)
    if abs(lead) < 0.3:
        for role, said in reversed(turns):
            if role == "user" and abs(earlier := _lead_of_dutch(said, index)) >= 0.3:
                return ("nl" if earlier > 0 else "en"), "the conversation"
    return ("nl" if lead > 0 else "en"), f"its words ({lead:+.2f} for Dutch)"


def _lead_of_dutch(text: str, index: Index) -> float:
    """Return how much more Dutch than English the text is, about -2 to 2.

    Function words are the strongest sign; words of one language's articles come next; langdetect
    sees letter sequences. What both languages' articles say ("Little Giants") tells nothing.
    """
    found = words(text)
    if not found:
        return 0.0
    only: dict[Language, float] = {"nl": 0.0, "en": 0.0}
    dutch, english = (index.vocabulary[language] for language in LANGUAGES)
    telling = []
    for word in found:
        in_dutch, in_english = (
            word in stopwords(name) or word in _GREETINGS[name] for name in LANGUAGES
        )
        if in_dutch != in_english:
            only["nl" if in_dutch else "en"] += 1.0
        elif not in_dutch and (word in dutch) != (word in english):
            only["nl" if word in dutch else "en"] += 0.5
        if in_dutch != in_english or not (word in dutch and word in english):
            telling.append(word)
    lexical = (only["nl"] - only["en"]) / max(1.0, only["nl"] + only["en"])
    rest = " ".join(telling)
    sure = min(1.0, len(rest) / DETECTABLE)
    letters, whole = detect(rest), detect(text)
    return lexical + 0.6 * sum(
        share * (found["nl"] - found["en"])
        for share, found in ((sure, letters), ((1 - sure) / 2, whole))
    )


def question_intent(asked: str, text: str) -> Intent:
    """Return what the reader wants: an answer, contact, small talk, or nothing we can serve."""
    if len(asked) > MAX_QUESTION or not any(char.isalnum() for char in text):
        return "refused"
    if smalltalk_kind(text):
        return "smalltalk"
    if is_foreign(text):
        return "refused"
    return "contact" if _CONTACT.search(text) else "question"


def is_foreign(text: str) -> bool:
    """Return whether a question is in neither language: another script, or another's words."""
    letters = [char for char in text if char.isalpha()]
    latin = [char for char in letters if "LATIN" in unicodedata.name(char, "")]
    if letters and len(latin) < len(letters) / 2:
        return True
    found = words(text)
    ours = sum(word in stopwords() for word in found)
    return len(found) >= 4 and ours <= len(found) / 3 and bool(third_language(text, enough=4))


def smalltalk_kind(text: str) -> str | None:
    """Return "greeting", "thanks", "goodbye" or "about_me" if the text is nothing else."""
    parts = [part.strip() for part in re.split(r"[.!?,;:\-–…]+", _POLITE.sub("", text))]
    kinds = []
    for part in (part for part in parts if any(char.isalnum() for char in part)):
        kind = next((k for k, p in _SMALLTALK.items() if p.fullmatch(part)), None)
        if kind is None:
            return None
        kinds.append(kind)
    order = ("about_me", "greeting", "thanks", "goodbye")
    return min(kinds, key=order.index) if kinds else None


def has_topic(text: str) -> bool:
    """Return whether a text has a word that can be searched for."""
    return any(is_content(word) for word in words(text))


def is_elliptical(text: str) -> bool:
    """Return whether a question opens as the continuation of another: "and how many?"."""
    return bool(_ELLIPTICAL.match(text)) or not has_topic(text)


def _elliptical_on(text: str, turns: Sequence[Turn]) -> str:
    """Return the earlier question that this one leans on, or "" if it stands on its own."""
    questions = [said for role, said in turns if role == "user"]
    if not questions:
        return ""
    content = [word for word in words(text) if is_content(word)]
    leans = bool(_ELLIPTICAL.match(text)) and len(content) <= 3
    refers = bool(_ANAPHOR.search(text)) and len(content) <= 2
    if not (leans or refers or _only_asks_for_language(text) or len(content) <= 1):
        return ""
    for position in range(len(questions) - 1, -1, -1):
        said = questions[position]
        if sum(is_content(word) for word in words(said)) > 1:
            return said
    return ""


def _only_asks_for_language(text: str) -> bool:
    """Return whether a text asks for the same again in a language, and nothing else."""
    rest = text
    for pattern in _IN_LANGUAGE.values():
        rest = pattern.sub("", rest)
    return rest != text and not any(is_content(word) for word in words(_POLITE.sub("", rest)))
