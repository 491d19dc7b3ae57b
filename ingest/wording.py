"""Classes of wording that web pages share, in Dutch and English; none names any page's subject.

Each is narrow on purpose: a menu item taken for text costs a line in an article, but text taken
for a menu item is content lost.
"""

from __future__ import annotations

import re

_NAME = r"(?:[A-ZÀ-ÖØ-Þ][\w.’'-]*|d[’'][A-ZÀ-ÖØ-Þ][\w-]*|[’']t|van|de|der|den|von|ter|ten|te|le|la|&|and|en|und)"  # noqa: E501
PERSON = re.compile(rf"^(?:{_NAME}(?:,\s?|\s|$)){{1,7}}$")
BYLINE = re.compile(
    r"^(?:written by|words by|by|author|posted by|"
    r"geschreven door|tekst|door|auteur|een artikel van)\b\s*:?\s*(?P<name>.*)$",
    re.I,
)

_TEXTS = (
    r"(?:article|piece|column|op-ed|opinion|essay|post|story|text|interview|analysis|"
    r"artikel|stuk|column|opinie(?:stuk)?|bijdrage|blog(?:post)?|tekst|interview|analyse)"
)
_APPEARED = r"(?:published|appeared|verschenen|gepubliceerd|verscheen)"
NOTICE = re.compile(
    rf"^(?:(?:this|dit|deze)\s{_TEXTS}\s(?:\w+\s){{0,3}}{_APPEARED}\b|"
    r"(?:first |originally |eerder |eerst |oorspronkelijk )?"
    rf"{_APPEARED}\s(?:in|on|op|by|door)\b|"
    r"(?:source|bron|photo|foto|image|beeld|picture|illustration|illustratie)\s*:|"
    r"(?:last )?updated(?: on)?\b|laatst (?:bijgewerkt|aangepast)\b|"
    r"(?:original|originele|oorspronkelijke)\s\w+\s(?:version|versie|text|tekst)\b)",
    re.I,
)
_MONTH = r"(?:jan|feb|m(?:aart|arch|rt)|apr|ma?y|mei|jun|jul|aug|sep|o[ck]t|nov|dec)\w*\b"  # a date
PUBLISHED_IN = re.compile(
    rf"\b(?i:{_APPEARED})\s+(?i:eerder |eerst |first )?(?:in|by|door)\s+"
    rf"(?!(?i:{_MONTH}))(?P<where>(?:(?:the|de|het)\s)?[A-ZÀ-ÖØ-Þ][^,.;:(\n–]{{1,80}}?)"
    r"(?=\s+(?:on|op|in|van|of)\s|\s+\d|\s*[,.;:(\n–]|\s*$)"
)

_US = r"(?-i:us)\b(?!\s+(?:that|how|why))"  # not the US
_OPENING = r"(?:(?:^|[.!?:,;–—-]\s+|\n)(?:[-*•]\s)?(?:please |so |or |and |dus |of |en )?)"
CALL = re.compile(
    r"\b(?:don[’']t hesitate|feel free to (?:contact|call|e-?mail|reach)|aarzel niet|"
    r"(?:get|getting|be) in touch with " + _US + r"|reach out to " + _US + r"|"
    r"contact(?:eer)? ons\b|neem (?:gerust |vrijblijvend |vandaag |dan |nu )*contact)|"
    + _OPENING
    + r"(?:get in touch|contact "
    + _US
    + r"|call "
    + _US
    + r"|(?:e-?)?mail "
    + _US
    + r"|"
    r"give us a call|drop us a line|write to "
    + _US
    + r"|talk to "
    + _US
    + r"|talk to an expert|let us know|"
    r"(?:book|schedule|request|plan) (?:a|your) (?:free )?(?:call|meeting|demo|quote|consultation)|"
    r"bel ons|(?:e-?)?mail ons|stuur ons een|laat (?:het )?ons (?:iets )?weten|"
    r"(?:plan|boek|maak) (?:een|uw|je) (?:gratis |vrijblijvende? )?"
    r"(?:gesprek|afspraak|kennismaking|demo|offerte)|vraag (?:een|uw|je) (?:offerte|demo))\b",
    re.I,
)
ADDRESS = re.compile(  # an e-mail address, or a telephone number with its country or label
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?:\btel\.?:?\s*|\bt:\s*|\bphone:?\s*|\btelefoon:?\s*|"
    r"(?<!\d)(?:\+|00)\d{2}[\s.(/])[\d\s().+/-]{6,}\d",
    re.I,
)

LABEL = re.compile(  # the whole of a short line
    r"^(?:\d+\s*[-+]?\s*(?:min(?:s|ute|utes|uut|uten)?\.?)\s*(?:read|reading time|leestijd|lezen|"
    r"leeswerk)?|(?:reading time|leestijd)\s*:?\s*(?:[\d\W]|min\w*)*|"
    r"(?:share|deel)(?: (?:this|on|via|dit|op|deze)(?: \w+){0,3})?|delen|tweet|print|"
    r"menu|home(?:page)?|search|zoeken|log ?in|log ?out|sign (?:in|up)|subscribe(?: \w+){0,3}|"
    r"schrijf (?:je|u) in(?: \w+){0,4}|inschrijven|(?:our |onze )?(?:newsletter|nieuwsbrief)|"
    r"read more|read next|lees (?:meer|verder|ook)(?: \w+){0,3}|"
    r"more (?:news|articles|posts)|meer (?:nieuws|artikelen)|"
    r"related(?: (?:posts|articles|news))?|gerelateerde? (?:artikelen|berichten|nieuws)|"
    r"(?:previous|next|vorige?|volgende?)(?: (?:post|article|artikel|bericht))?|"
    r"(?:back|terug|naar) (?:to |naar )?(?:the |de )?(?:top|boven|home(?:page)?|overview|overzicht|"
    r"blog|news|nieuws)|skip to (?:main )?(?:content|navigation)|"
    r"(?:accept|reject|decline|allow|aanvaard|accepteer|weiger|sta)(?: (?:all|alle|alles|only|toe|"
    r"necessary|noodzakelijke|cookies))*|(?:cookies?|privacy)(?:[ -]?(?:policy|settings|beleid|"
    r"instellingen|verklaring|statement))?|(?:terms|voorwaarden|disclaimer|sitemap)|"
    r"alles? (?:cookies )?(?:accepteren|aanvaarden|weigeren|toestaan)|"
    r"advertisement|advertentie|©.*|copyright\s*(?:©|\(c\)|\d{4}).*|"
    r"(?:[^.!?]{0,40}[\d©][^.!?]{0,40})?(?:all rights reserved|alle rechten voorbehouden)|"
    r"[\W_]*)[.!:›»→ ]*$",
    re.I,
)
COOKIES = re.compile(  # a consent banner, which is a paragraph long
    r"\b(?:we|wij|(?:this|our|deze|onze) (?:web)?site|(?:web)?site)\b[^.]{0,50}"
    r"\b(?:use[sd]?|using|gebruik\w*|plaats\w*|store[sd]?|set)\b[^.]{0,40}\bcookies\b|"
    r"\bcookies\b[^.]{0,60}\b(?:this|our|deze|onze) (?:web)?site\b",
    re.I,
)


def published_in(notice: str) -> str:
    """Return where a notice says the article appeared, or ""."""
    match = PUBLISHED_IN.search(notice)
    return match.group("where").strip() if match else ""


def byline_author(text: str) -> str:
    """Return the name in a byline, without its "Written by"; "" for a label alone."""
    match = BYLINE.match(text)
    return (match.group("name") if match else text).strip(" :,")
