"""Every word the web side says itself, in both languages; what the articles say is never here."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from ingest.records import LANGUAGES, Language


@dataclass(frozen=True, slots=True)
class Texts:
    """The interface in one language. Templates use str.format fields."""

    language: Language
    tagline: str
    notice: str
    notice_short: str  # once it has been read, where there is little room
    notice_model: str  # {model}, on this machine
    notice_remote: str  # {model}, {host}
    privacy: str
    input_label: str
    placeholder: str
    counter: str  # {count}, near the limit
    over: str  # {count}, past it
    send: str
    welcome: str
    fresh: str  # new conversation
    starting: str
    unavailable: str
    searching: str
    writing: str  # a language model is at work
    offline: str
    done: str
    conversation: str
    # In an answer
    searched_for: str
    nearest: str
    translated: str
    sources: str  # {count}
    source: str
    copy: str
    copied: str
    contact: str
    # In the sources panel
    panel: str
    panel_empty: str
    published_in: str
    by: str
    read_more: str
    our_translation: str
    in_nl: str  # shows the same sentence in that language
    in_en: str
    show_nl: str  # turns to the article in that language
    show_en: str
    only_nl: str  # the cited sentence has no twin
    only_en: str
    hide: str
    gone: str
    # Feedback
    up: str
    down: str
    thanks: str
    close: str
    # Errors, by code
    error_empty: str
    error_too_long: str
    error_invalid: str
    error_too_large: str
    error_too_many: str
    error_busy: str
    error_timeout: str
    error_origin: str
    error_not_found: str
    error_internal: str

    def error(self, code: str) -> str:
        """Return the message for an error code; the internal one for a code without a text."""
        return str(getattr(self, f"error_{code}", self.error_internal))


DUTCH = Texts(
    language="nl",
    tagline="Vraag het aan onze artikelen, in het Nederlands of het Engels. "
    "Elk antwoord verwijst naar de exacte zin.",
    notice="U praat met een computerprogramma, niet met een mens. Het antwoordt met zinnen "
    "uit onze artikelen en kan iets missen.",
    notice_short="U praat met een programma.",
    notice_model="Antwoorden worden geformuleerd door het taalmodel {model} en daarna zin voor "
    "zin aan de bron getoetst.",
    notice_remote="Antwoorden worden geformuleerd door het taalmodel {model}, waarvoor uw vraag "
    "naar {host} gaat, en daarna zin voor zin aan de bron getoetst.",
    privacy="Privacy",
    input_label="Uw vraag",
    placeholder="Stel uw vraag…",
    counter="{count} van 500 tekens",
    over="{count} van 500 tekens: te lang om te versturen.",
    send="Vraag",
    welcome="Wat wilt u weten?",
    fresh="Nieuw gesprek",
    starting="Een ogenblik, het programma start op…",
    unavailable="De artikelen zijn even niet beschikbaar. Probeer het later opnieuw.",
    searching="Ik zoek het op in de artikelen…",
    writing="Gevonden. Het antwoord wordt geschreven en zin voor zin nagekeken…",
    offline="De verbinding is even weg. Zodra ze er weer is, wordt deze pagina opnieuw geladen.",
    done="Het antwoord staat klaar.",
    conversation="Gesprek",
    searched_for="Gezocht naar: {text}",
    nearest="De passage die er het dichtst bij komt",
    translated="onze vertaling uit het Engels",
    sources="Bronnen ({count})",
    source="Bron",
    copy="Kopieer met bronnen",
    copied="Gekopieerd",
    contact="Neem contact op",
    panel="Bron",
    panel_empty="Hier verschijnt het artikel waaruit een antwoord komt, "
    "met de geciteerde zinnen gemarkeerd.",
    published_in="Verschenen in {name}",
    by="Door {name}",
    read_more="Lees het op de website",
    our_translation="Onze eigen vertaling, niet uit het artikel",
    in_nl="In het Nederlands",
    in_en="In het Engels",
    show_nl="Toon de Nederlandse versie",
    show_en="Toon de Engelse versie",
    only_nl="Deze zin staat enkel in het Nederlands.",
    only_en="Deze zin staat enkel in het Engels.",
    hide="Verberg",
    gone="Dit artikel is intussen gewijzigd. Stel de vraag opnieuw om de huidige tekst te zien.",
    up="Nuttig",
    down="Niet nuttig",
    thanks="Bedankt voor uw oordeel.",
    close="Sluiten",
    error_empty="Typ eerst een vraag.",
    error_too_long="Uw vraag is te lang. Houd het bij 500 tekens.",
    error_invalid="Deze vraag kon niet gelezen worden.",
    error_too_large="Dit bericht is te groot.",
    error_too_many="U stelde veel vragen na elkaar. Wacht even en probeer het opnieuw.",
    error_busy="Het is even druk. Probeer het over enkele seconden opnieuw.",
    error_timeout="Het antwoord duurde te lang. Probeer het opnieuw, of vraag het anders.",
    error_origin="Deze website mag de assistent niet gebruiken.",
    error_not_found="Dit bestaat niet.",
    error_internal="Er ging iets mis. Probeer het opnieuw.",
)

ENGLISH = Texts(
    language="en",
    tagline="Ask our articles, in English or Dutch. Every answer points to the exact sentence.",
    notice="You are talking to a computer program, not a person. It answers with sentences "
    "from our articles and may miss something.",
    notice_short="You are talking to a program.",
    notice_model="Answers are worded by the language model {model}, and every sentence is then "
    "checked against its source.",
    notice_remote="Answers are worded by the language model {model}, for which your question goes "
    "to {host}, and every sentence is then checked against its source.",
    privacy="Privacy",
    input_label="Your question",
    placeholder="Ask anything…",
    counter="{count} of 500 characters",
    over="{count} of 500 characters: too long to send.",
    send="Ask",
    welcome="What would you like to know?",
    fresh="New conversation",
    starting="One moment, the program is starting…",
    unavailable="The articles are not available right now. Please try again later.",
    searching="Looking it up in the articles…",
    writing="Found. The answer is being written and checked, sentence by sentence…",
    offline="The connection is gone for the moment. This page reloads as soon as it is back.",
    done="The answer is ready.",
    conversation="Conversation",
    searched_for="Searched for: {text}",
    nearest="The passage that comes closest",
    translated="our translation from Dutch",
    sources="Sources ({count})",
    source="Source",
    copy="Copy with sources",
    copied="Copied",
    contact="Get in touch",
    panel="Source",
    panel_empty="The article behind an answer appears here, with the cited sentences highlighted.",
    published_in="Published in {name}",
    by="By {name}",
    read_more="Read it on the website",
    our_translation="Our own translation, not from the article",
    in_nl="In Dutch",
    in_en="In English",
    show_nl="Show the Dutch version",
    show_en="Show the English version",
    only_nl="This sentence is in Dutch only.",
    only_en="This sentence is in English only.",
    hide="Hide",
    gone="This article has changed since. Ask again to see the text as it is now.",
    up="Helpful",
    down="Not helpful",
    thanks="Thank you for telling us.",
    close="Close",
    error_empty="Type a question first.",
    error_too_long="Your question is too long. Please keep it to 500 characters.",
    error_invalid="This question could not be read.",
    error_too_large="This message is too large.",
    error_too_many="You asked many questions in a row. Wait a moment and try again.",
    error_busy="It is busy right now. Please try again in a few seconds.",
    error_timeout="The answer took too long. Try again, or ask it another way.",
    error_origin="This website may not use the assistant.",
    error_not_found="This does not exist.",
    error_internal="Something went wrong. Please try again.",
)

TEXTS: dict[Language, Texts] = {"nl": DUTCH, "en": ENGLISH}


def pick_language(chosen: str | None, accept_language: str, default: Language) -> Language:
    """Return what the reader chose, else the first of theirs that we speak, else the default."""
    for wish in (chosen or "", *accept_language.split(",")):
        code = wish.strip()[:2].lower()
        for language in LANGUAGES:
            if code == language:
                return language
    return default


def as_data() -> dict[str, dict[str, str]]:
    """Return all texts as plain data, for the pages' own scripts."""
    return {language: asdict(texts) for language, texts in TEXTS.items()}
