"""The privacy page: what this program keeps and sends, as it is set up now, in both languages."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from assistant.llm import host_of
from ingest.records import Language
from ingest.settings import Settings

KEPT_DAYS = 30


@dataclass(frozen=True, slots=True)
class Privacy:
    """The page's paragraphs in one language; those with two sides depend on the settings."""

    what: str
    kept_title: str
    kept: str
    kept_questions: str
    kept_no_questions: str
    address: str
    conversation: str
    cookies_title: str
    cookies: str
    others_title: str
    others_none: str
    others_model: str  # {model}, {host}: on another machine
    others_local: str  # {model}: on this one
    contact: str
    back: str


PRIVACY: dict[Language, Privacy] = {
    "nl": Privacy(
        what="U praat hier met een computerprogramma. Het zoekt in de artikelen van deze site en "
        "antwoordt met wat daarin staat.",
        kept_title="Wat wordt bewaard",
        kept="Van elk antwoord: het tijdstip, de taal, of de artikelen de vraag behandelen, hoe "
        "lang het duurde en uit welke artikelen het komt. Een duim omhoog of omlaag wordt geteld.",
        kept_questions="Ook de vraag zelf wordt bewaard, om de artikelen te verbeteren: zonder "
        f"e-mailadressen, telefoon- en rekeningnummers, en hoogstens {KEPT_DAYS} dagen.",
        kept_no_questions="De vraag zelf wordt niet bewaard.",
        address="Uw internetadres wordt niet bewaard. Om misbruik te beperken telt het programma "
        "vragen per adres, onherkenbaar gemaakt en alleen in het geheugen.",
        conversation="Uw gesprek bestaat zolang de pagina open is, en hooguit nog een uur in het "
        "geheugen van de server. Deel liever geen persoonlijke gegevens.",
        cookies_title="Cookies",
        cookies="Geen. Er wordt ook niets anders in uw browser opgeslagen.",
        others_title="Anderen",
        others_none="Niets van wat u typt gaat naar een ander bedrijf.",
        others_model="Het taalmodel {model} bij {host} formuleert de antwoorden. Daarheen gaan uw "
        "vraag, bij een vervolgvraag ook uw laatste vragen van daarvoor, en zinnen uit onze "
        "artikelen. Uw internetadres gaat niet mee.",
        others_local="Het taalmodel {model} formuleert de antwoorden, op dezelfde computer als "
        "deze chat. Niets van wat u typt gaat naar een ander bedrijf.",
        contact="Een vraag hierover? Neem contact op",
        back="Terug naar de chat",
    ),
    "en": Privacy(
        what="You are talking to a computer program here. It searches this site's articles and "
        "answers with what they say.",
        kept_title="What is kept",
        kept="Of each answer: the time, the language, whether the articles cover the question, "
        "how long it took, and which articles it comes from. A thumb up or down is counted.",
        kept_questions="The question itself is kept too, to improve the articles: without e-mail "
        f"addresses, phone and account numbers, and for {KEPT_DAYS} days at most.",
        kept_no_questions="The question itself is not kept.",
        address="Your internet address is not kept. To limit abuse the program counts questions "
        "by address, made unrecognisable and in memory only.",
        conversation="Your conversation exists while the page is open, and for an hour at most "
        "after that in the server's memory. Please don't share personal details.",
        cookies_title="Cookies",
        cookies="None. Nothing else is stored in your browser either.",
        others_title="Others",
        others_none="Nothing you type goes to another company.",
        others_model="The language model {model} at {host} words the answers. It is sent your "
        "question, with a follow-up your last questions before it too, and sentences from our "
        "articles. Your internet address is not sent along.",
        others_local="The language model {model} words the answers, on the same computer as this "
        "chat. Nothing you type goes to another company.",
        contact="A question about this? Get in touch",
        back="Back to the chat",
    ),
}


def privacy_html(settings: Settings, language: Language) -> str:
    """Return the page, true to the settings."""
    words = PRIVACY[language]
    others = _others(settings, words)
    kept = words.kept_questions if settings.question_log else words.kept_no_questions
    contact = (
        f'<p><a href="{escape(settings.contact_url)}">{words.contact}</a></p>'
        if settings.contact_url
        else ""
    )
    return f"""<!doctype html>
<html lang="{language}"><meta charset="utf-8"><title>Privacy – {escape(settings.site_name)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="icon.svg"><link rel="stylesheet" href="plain.css">
<header><a class="site" href="chat/?lang={language}">{escape(settings.site_name)}</a>
<nav>{_link("nl", "Nederlands", language)}{_link("en", "English", language)}</nav></header>
<main><h1>Privacy</h1><p>{words.what}</p>
<h2>{words.kept_title}</h2><p>{words.kept} {kept}</p><p>{words.address}</p>
<p>{words.conversation}</p>
<h2>{words.cookies_title}</h2><p>{words.cookies}</p>
<h2>{words.others_title}</h2><p>{escape(others)}</p>
{contact}<p><a href="chat/?lang={language}">{words.back}</a></p></main></html>
"""


def _link(code: Language, name: str, shown: Language) -> str:
    current = ' aria-current="true"' if code == shown else ""
    return f'<a href="?lang={code}" lang="{code}"{current}>{name}</a>'


def _others(settings: Settings, words: Privacy) -> str:
    if not settings.llm_base_url:
        return words.others_none
    host = host_of(settings.llm_base_url)
    text = words.others_model if host else words.others_local
    return text.format(model=settings.llm_model, host=host)
