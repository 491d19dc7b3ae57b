"""Everything the assistant says in its own words, in both languages.

The rest of an answer is quoted. These frame it and claim nothing about the articles' subject.
"""

from __future__ import annotations

from ingest.records import Language

NOT_COVERED: dict[Language, str] = {
    "nl": "Dat staat niet in de artikelen.",
    "en": "The articles don’t say.",
}
NEAREST: dict[Language, str] = {
    "nl": "Wat er het dichtst bij komt, zonder uw vraag te beantwoorden:",
    "en": "The nearest passage, which does not answer your question:",
}
PARTLY: dict[Language, str] = {
    "nl": "Niet in de artikelen: {missing}",
    "en": "Not in the articles: {missing}",
}
CORRECTION: dict[Language, str] = {
    "nl": "Het artikel zegt iets anders:",
    "en": "The article says otherwise:",
}
CONTACT_OFFER: dict[Language, str] = {
    "nl": "Onze mensen beantwoorden uw vraag graag: neem gerust contact op.",
    "en": "Our people will gladly answer your question: do get in touch.",
}
CONTACT: dict[Language, str] = {
    "nl": "Ik ben een computerprogramma; onze mensen helpen u graag persoonlijk verder.",
    "en": "I am a computer program; our people will gladly help you in person.",
}
TRANSLATED: dict[Language, str] = {
    "nl": "Onze vertaling; het artikel zegt dit enkel in het Engels.",
    "en": "Our translation; the article says this in Dutch only.",
}
OTHER_LANGUAGE: dict[Language, str] = {
    "nl": "Dit staat enkel in het Engels in het artikel.",
    "en": "The article says this in Dutch only.",
}
GREETING: dict[Language, str] = {
    "nl": (
        "Dag! Ik ben een computerprogramma dat uit de artikelen van deze site citeert, in het "
        "Nederlands en het Engels. Stel gerust uw vraag."
    ),
    "en": (
        "Hello! I am a computer program that quotes from this site’s articles, in Dutch and "
        "English. Do ask your question."
    ),
}
THANKS: dict[Language, str] = {
    "nl": "Graag gedaan. Hebt u nog een vraag over de artikelen, stel ze gerust.",
    "en": "You’re welcome. If you have another question about the articles, do ask.",
}
GOODBYE: dict[Language, str] = {
    "nl": "Tot ziens, en bedankt voor uw belangstelling.",
    "en": "Goodbye, and thank you for your interest.",
}
ABOUT_ME: dict[Language, str] = {
    "nl": (
        "Ik ben een computerprogramma, geen mens. Ik zoek in de artikelen van deze site de zinnen "
        "die uw vraag beantwoorden, en toon bij elke zin waar ze staat. Vraag mij in het "
        "Nederlands of het Engels wat u wilt weten; wat er niet in staat, verzin ik niet."
    ),
    "en": (
        "I am a computer program, not a person. I look in this site’s articles for the sentences "
        "that answer your question, and show for each where it stands. Ask me in Dutch or "
        "English what you would like to know; what the articles don’t say, I don’t make up."
    ),
}
EMPTY: dict[Language, str] = {
    "nl": "Ik zie geen vraag. Typ gerust wat u over de artikelen wilt weten.",
    "en": "I see no question. Do type what you would like to know about the articles.",
}
TOO_LONG: dict[Language, str] = {
    "nl": "Dat is te lang voor mij. Stel uw vraag in hoogstens {limit} tekens.",
    "en": "That is too long for me. Please ask in at most {limit} characters.",
}
# In both languages at once: whoever asked in a third one may read either.
WRONG_LANGUAGE = (
    "I answer in English or Dutch; please ask in one of them. "
    "Ik antwoord in het Nederlands of het Engels; stel uw vraag in een van beide."
)
