"""Greetings, thanks, and the wish to speak to a person: what is said without asking anything."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.asking import ASKS_FOR, INTERROGATIVE, POLITE
from ingest.words import is_content, words

_SMALLTALK = {
    "greeting": re.compile(
        r"(?:hi|hello|hey|hiya|good (?:morning|afternoon|evening|day)|greetings|"
        r"how are you(?: doing| today)*|how['’]?s it going|how do you do|hoe is het(?: ermee)?|"
        r"hallo|hoi|hey|dag|goe(?:ie|ien|de|den|n)?\s?(?:dag|morgen|middag|avond|namiddag)|"
        r"hoe gaat het(?: (?:met (?:je|jou|u)|ermee|vandaag))*|nice to meet you|aangenaam|"
        r"alles goed|salut|beste)(?: there| iedereen| allemaal| everyone| all)?",
        re.I,
    ),
    "thanks": re.compile(
        r"(?:(?:super|heel erg|hartelijk|zeer|erg|veel|ok(?:ay)?|oké|top|great|perfect),? )?"
        r"(?:thanks?(?: you)?|thx|ty|many thanks|cheers|great|perfect|nice|ok(?:ay)?|cool|"
        r"bedankt|dank (?:je|u)(?: wel)?|merci|dankjewel|dankuwel|top|prima|super|oké|tof|"
        r"very helpful|got it|i (?:see|understand|get it)|ik (?:snap|begrijp) (?:het|dat)|"
        r"daar ben ik (?:al )?mee geholpen|begrepen|dat helpt|duidelijk|that helps|clear|"
        r"(?:dat|that) (?:was|is|['’]s) "
        r"(?:het|alles|all|it|everything|(?:heel )?duidelijk|(?:very )?clear|helpful|handig)|dank)"
        r"(?:,? (?:a lot|so much|very much|alvast|hoor|zeg|man|all|everyone|hartelijk|zeer))*"
        r"(?:,? (?:for|voor|that|dit|dat|this|you|u|je|i|ik|zo)\b(?: [^\s?]+){0,6})?",
        re.I,
    ),
    "goodbye": re.compile(
        r"(?:(?:ok(?:ay|é)?|(?:that['’]?s|that is) (?:all|it)|dat (?:is|was) (?:het|alles)),? ?)?"
        r"(?:bye(?: bye| now)?|goodbye|see (?:you|ya)(?: later| soon)?|have a (?:nice|good) (?:day|"
        r"evening|weekend)|that['’]?s all|dat is alles|tot ziens|dada?g?|"
        r"tot (?:later|gauw|de volgende)|"
        r"(?:nog een )?(?:fijne|prettige|goede) (?:dag|avond|namiddag|weekend)(?: nog)?|"
        r"(?:fijn|prettig|goed) weekend|salut en de kost)",
        re.I,
    ),
    "about_me": re.compile(
        r"(?:(?:and |en )?(?:who|what) are you(?: exactly)?|"
        r"(?:do|can) you (?:speak|understand|know|talk)(?: in)? (?:dutch|english|flemish)(?: too)?|"
        r"(?:spreek|spreekt|praat|praten|versta|verstaat|ken|kent|begrijp|begrijpt) (?:je|jij|u|ge|"
        r"jullie)(?: ook)? (?:engels|nederlands|vlaams)|"
        r"(?:(?:can|may) i (?:ask|write|chat|type)|(?:mag|kan) ik)(?: (?:this|it|het|dat))?"
        r"(?: ook)?"
        r" in (?:het )?(?:dutch|english|engels|nederlands)(?: vragen| schrijven| chatten)?|"
        r"what (?:can|do) you do|"
        r"what can i ask(?: you)?|how (?:do|can) you (?:work|help)(?: me)?|how does this work|"
        r"(?:can|could) you help(?: me)?|help|"
        r"how does (?:this|the) (?:chat|assistant|bot)(?:bot)? work|what is this(?: chat)?|"
        r"what['’]?s your name|what is your name|who (?:made|built|created) you|"
        r"hoe werkt (?:deze|die) (?:chat|bot|assistent)\w*|wat is dit(?: hier)?|"
        r"wat is (?:je|uw|jouw) naam|hoe heet (?:je|jij|u)|wie heeft (?:je|jou|u) gemaakt|"
        r"are you (?:an? )?(?:chatgpt|human|real|person|bot|robot|computer|ai|chatbot|machine|"
        r"real person)"
        r"(?: or .*)?|(?:am i|ben ik) .*(?:talking|speaking|chatting|aan het praten).*|"
        r"(?:spreek|praat|chat) ik (?:hier )?met (?:een )?.*|"
        r"wie (?:ben|bent|zijt) (?:jij|je|u|gij)|wat (?:ben|bent) (?:jij|je|u)(?: eigenlijk)?|"
        r"wat (?:kan|kunt|kun|doe|doet) (?:jij|je|u)(?: allemaal)?(?: (?:doen|voor mij doen))?|"
        r"wat kan ik (?:je|u|jou|hier)? ?(?:allemaal )?vragen|hoe werkt dit|kan je mij helpen|"
        r"(?:kun|kan|kunt) (?:je|jij|u) (?:me |mij )?helpen|ben(?:t)? (?:je|jij|u) (?:een )?"
        r"(?:echte? )?(?:chatgpt|mens|robot|bot|computer|persoon|chatbot|ai)"
        r"(?: of .*)?)",
        re.I,
    ),
}
_CONTACT = re.compile(
    r"\b(?:(?:call|ring|phone|mail|e-?mail|bel|mail) (?:me|us|mij|ons) (?:back|terug|eens)|"
    r"(?:i['’]?d like|i want|i would like|can we (?:have|plan|set up)|could we have) an? "
    r"(?:meeting|appointment|call|chat|talk|demo)|do you have an? (?:e-?mail|phone|office)\w*|"
    r"(?:who|whom) (?:can|should|could|do) i (?:call|mail|contact|ask|turn to)|can i drop by|"
    r"do you (?:offer|give|provide) (?:any )?(?:advice|consulting|training|lectures?|workshops?)|"
    r"wie (?:kan|mag|moet) ik (?:bellen|mailen|contacteren|aanspreken)|bij wie (?:kan|moet) ik|"
    r"hoe (?:bereik|contacteer|vind) ik (?:jullie|u)|terugbellen|eens langskomen|"
    r"(?:eens )?(?:samenzitten|samen zitten|afspreken)|geven jullie (?:ook )?(?:advies|lezingen|"
    r"opleiding\w*|workshops?)|iemand van (?:jullie|het team|uw team)|one of you\b|"
    r"(?:contact|reach|call|called|e-?mail|phone|ring|meet|hire|write to|talk to|"
    r"speak (?:to|with))"
    r" (?:you\b|us\b|someone|somebody|anyone|an? (?:person|human|expert|consultant|advis[eo]r|"
    r"colleague)|your (?:team|people|company|firm|office))|get in touch|"
    r"your (?:phone|telephone|e-?mail|address|offices?|contact|website|number)|"
    r"(?:can|could|will|would|does|do) your (?:firm|company|team|people|agency|consultants)\b"
    r"[^?]{0,30}? (?:help|assist|guide|advise|support|accompany) (?:us|me|our)|"
    r"(?:kan|kunnen) (?:jullie|uw) (?:firma|bedrijf|kantoor|team|mensen|adviseurs) "
    r"(?:ons|mij|me|onze)\b[^?]{0,60}(?:helpen|begeleiden|adviseren|bijstaan|ondersteunen)|"
    r"waar (?:zit|zitten|zijn|vind ik) (?:jullie|u)(?: gevestigd)?(?=\W*$)|"
    r"(?:phone|telephone) number|e-?mail ?address|contact (?:details|information|form|person|page)|"
    r"(?:make|book|schedule) an? (?:appointment|meeting|call)|"
    r"contact (?:opnemen|met (?:jullie|u|iemand))|(?:jullie|u|iemand) (?:contacteren|bereiken|"
    r"bellen|mailen|spreken|ontmoeten)|contactgegevens|contactpersoon|contactformulier|"
    r"telefoonnummer|(?:e-?)?mailadres|(?:jullie|uw) (?:adres|kantoor|nummer|telefoon|mail)|"
    r"afspraak (?:maken|vastleggen|boeken)|(?:een|vaste) afspraak|"
    r"(?:met )?(?:een|iemand) (?:mens|medewerker|adviseur|consultant|expert|echt persoon) "
    r"(?:spreken|praten|bellen|contacteren)|spreken met (?:iemand|een)|"
    r"(?:can|could|will|would) (?:you|someone|anyone|somebody)\b[^?]{0,30}? (?:help|assist|guide|"
    r"advise|support|accompany|phone|call|visit) (?:us\b(?! (?:to )?(?:understand|see|find|know))|"
    r"(?:our|my) (?:company|firm|business|team|family business))|work with (?:you|your team)|"
    r"(?:wie|jullie|u|iemand|iemand van jullie) (?:ons|onze (?:zaak|firma)|ons bedrijf|mijn "
    r"(?:bedrijf|zaak|firma))\b[^?]{0,60}\b(?:helpen|begeleiden|adviseren|bijstaan|ondersteunen)|"
    r"wie (?:kan|kunnen|wil|zou) (?:ons|mijn (?:bedrijf|zaak|firma))\b[^?]{0,40}\b"
    r"(?:helpen|begeleiden|adviseren|bijstaan)|met (?:jullie|u) (?:samen)?werken|"
    r"(?:jullie|u) inhuren|(?:jullie|u) .{0,30}\bgesprek|gesprek met (?:jullie|u)|offerte)\b|"
    r"^\W*contact\w*\W*$",
    re.I,
)
_INVITES = re.compile(
    r"\b(?:get in touch|reach out|appointment|afspraak|contacteer\w*|"
    r"contact (?:us|our|op|ons|onze|met ons|opnemen|with us)|neem \w* ?contact|"
    r"(?:call|e-?mail|ring|write to|talk to|reach|bel|mail|schrijf|send|drop|give|stuur)"
    r"(?: naar)? (?:us|me|our|ons|mij|onze?))\b|\b[\w.+-]+@[\w-]+\.\w|[+0]\d[\d ()/.-]{7}",
    re.I,
)
# "You" is anyone where a duty is asked about.
_ANYONE = re.compile(r"\b(?:must|have to|has to|need to|required|moet|moeten|verplicht)\b", re.I)
# Who is asked, or who asks for a person.
_US = re.compile(
    r"\b(?:call|phone|ring|contact|e-?mail|bel|mail|contacteer) (?:me|us|mij|ons)\b|"
    r"\b(?:you|your|yours|u|uw|jullie|je|jij|jou|jouw|us|ons)\b|"
    r"\b(?:i['’]?d like|i want|i need|i would like|(?:can|could|may) (?:i|we)|ik (?:wil|zou|moet)|"
    r"graag|(?:kan|mag|kunnen) (?:ik|we|wij))\b.*\b(?:meeting|appointment|person|human|expert|"
    r"consultant|advis[eo]r|colleague|afspraak|gesprek|offerte|medewerker|adviseur|mens)\b",
    re.I,
)
# Of the program, unless something was just told: then of that.
POINTING = re.compile(r"\W*(?:how does this work|what is this|hoe werkt dit|wat is dit)\W*", re.I)
FEW = 2  # content words of a text that is about contact and nothing else
_ASKS = re.compile(rf"(?:{INTERROGATIVE}|and|en|but|maar|also|ook)\b", re.I)
_THANKS = re.compile(r"\b(?:thanks?|thx|cheers|bedankt|dank(?:je|u|jewel|uwel)?|merci)\b", re.I)
MAX_THANKS = 12  # words of a message that does no more than thank


def wants_contact(text: str) -> bool:
    """Return whether a text asks for a person, a meeting or how to reach one."""
    return bool(_CONTACT.search(text))


def addresses_us(text: str) -> bool:
    """Return whether a text that wants contact asks us for it, and nothing of the articles.

    "Must cyclists give their phone number?" does not; "your phone number?" and "phone number?" do.
    """
    content = sum(is_content(word) for word in words(text))
    return content <= FEW or bool(_US.search(text) and not _ANYONE.search(text))


def invites(text: str) -> bool:
    """Return whether a sentence says how to reach someone, or to do so."""
    return bool(_INVITES.search(text))


def smalltalk_kind(text: str) -> str | None:
    """Return "greeting", "thanks", "goodbye" or "about_me" if the text is nothing else."""
    split = [part.strip() for part in re.split(r"[.!?,;:\-–…]+", POLITE.sub("", text))]
    parts = [part for part in split if any(char.isalnum() for char in part)]
    kinds = []
    for part in parts:
        kind = next((k for k, p in _SMALLTALK.items() if p.fullmatch(part)), None)
        if kind is None:
            return "thanks" if _only_thanks(text, parts) else None
        kinds.append(kind)
    order = ("about_me", "greeting", "thanks", "goodbye")
    return min(kinds, key=order.index) if kinds else None


def _only_thanks(text: str, parts: Sequence[str]) -> bool:
    """Return whether a short message thanks, in whatever words, and asks nothing."""
    if "?" in text or not _THANKS.search(text) or len(words(text)) > MAX_THANKS:
        return False
    return not any(_ASKS.match(part) or ASKS_FOR.match(f"{part} ") for part in parts)
