"""Inflected forms of dictionary words, in step for both languages: companies, bedrijven.

A dictionary has "company: bedrijf"; texts have "companies" and "bedrijven", and a small parallel
corpus has met few of them. Rules and the common strong verbs give each entry its forms, so that
the student meets them with the teacher's vector of the English form.
"""

import re
from collections.abc import Iterator

# Past singular, past plural, participle of strong and irregular Dutch verbs, by infinitive.
_DUTCH = """
beginnen begon begonnen begonnen|bieden bood boden geboden|bijten beet beten gebeten
binden bond bonden gebonden|blijken bleek bleken gebleken|blijven bleef bleven gebleven
breken brak braken gebroken|brengen bracht brachten gebracht|denken dacht dachten gedacht
doen deed deden gedaan|dragen droeg droegen gedragen|drijven dreef dreven gedreven
drinken dronk dronken gedronken|dringen drong drongen gedrongen|duiken dook doken gedoken
dwingen dwong dwongen gedwongen|eten at aten gegeten|gaan ging gingen gegaan
gelden gold golden gegolden|geven gaf gaven gegeven|gieten goot goten gegoten
grijpen greep grepen gegrepen|hangen hing hingen gehangen|hebben had hadden gehad
helpen hielp hielpen geholpen|heffen hief hieven geheven|houden hield hielden gehouden
kiezen koos kozen gekozen|kijken keek keken gekeken|klimmen klom klommen geklommen
komen kwam kwamen gekomen|kopen kocht kochten gekocht|krijgen kreeg kregen gekregen
laden laadde laadden geladen|laten liet lieten gelaten|lezen las lazen gelezen
liegen loog logen gelogen|liggen lag lagen gelegen|lijden leed leden geleden
lijken leek leken geleken|lopen liep liepen gelopen|meten mat maten gemeten
moeten moest moesten gemoeten|nemen nam namen genomen|rijden reed reden gereden
rijzen rees rezen gerezen|roepen riep riepen geroepen|scheiden scheidde scheidden gescheiden
schelden schold scholden gescholden|schenken schonk schonken geschonken
scheppen schiep schiepen geschapen|schieten schoot schoten geschoten
schijnen scheen schenen geschenen|schrijven schreef schreven geschreven
schrikken schrok schrokken geschrokken|schuiven schoof schoven geschoven
slaan sloeg sloegen geslagen|slapen sliep sliepen geslapen|sluiten sloot sloten gesloten
snijden sneed sneden gesneden|spreken sprak spraken gesproken|springen sprong sprongen gesprongen
staan stond stonden gestaan|steken stak staken gestoken|stelen stal stalen gestolen
sterven stierf stierven gestorven|stijgen steeg stegen gestegen|strijden streed streden gestreden
treden trad traden getreden|treffen trof troffen getroffen|trekken trok trokken getrokken
vallen viel vielen gevallen|vangen ving vingen gevangen|varen voer voeren gevaren
vechten vocht vochten gevochten|verdwijnen verdween verdwenen verdwenen
vergeten vergat vergaten vergeten|verliezen verloor verloren verloren|vinden vond vonden gevonden
vliegen vloog vlogen gevlogen|vragen vroeg vroegen gevraagd|vriezen vroor vroren gevroren
wegen woog wogen gewogen|werpen wierp wierpen geworpen|weten wist wisten geweten
wijken week weken geweken|wijzen wees wezen gewezen|winnen won wonnen gewonnen
worden werd werden geworden|zeggen zei zeiden gezegd|zenden zond zonden gezonden
zien zag zagen gezien|zijn was waren geweest|zingen zong zongen gezongen
zinken zonk zonken gezonken|zitten zat zaten gezeten|zoeken zocht zochten gezocht
zwemmen zwom zwommen gezwommen|zweren zwoer zwoeren gezworen|zwijgen zweeg zwegen gezwegen
"""
# Past and participle of irregular English verbs, by base form.
_ENGLISH = """
arise arose arisen|be was been|bear bore borne|beat beat beaten|become became become
begin began begun|bend bent bent|bind bound bound|bite bit bitten|blow blew blown
break broke broken|bring brought brought|build built built|burn burned burnt|buy bought bought
catch caught caught|choose chose chosen|come came come|cost cost cost|cut cut cut|deal dealt dealt
dig dug dug|do did done|draw drew drawn|drink drank drunk|drive drove driven|eat ate eaten
fall fell fallen|feed fed fed|feel felt felt|fight fought fought|find found found|flee fled fled
fly flew flown|forbid forbade forbidden|forget forgot forgotten|freeze froze frozen
get got got|give gave given|go went gone|grow grew grown|hang hung hung|have had had
hear heard heard|hide hid hidden|hit hit hit|hold held held|hurt hurt hurt|keep kept kept
know knew known|lay laid laid|lead led led|leave left left|lend lent lent|let let let|lie lay lain
lose lost lost|make made made|mean meant meant|meet met met|pay paid paid|put put put|read read read
ride rode ridden|ring rang rung|rise rose risen|run ran run|say said said|see saw seen
seek sought sought|sell sold sold|send sent sent|set set set|shake shook shaken|shine shone shone
shoot shot shot|show showed shown|shut shut shut|sing sang sung|sink sank sunk|sit sat sat
sleep slept slept|speak spoke spoken|spend spent spent|split split split|spread spread spread
spring sprang sprung|stand stood stood|steal stole stolen|stick stuck stuck|strike struck struck
swear swore sworn|swim swam swum|take took taken|teach taught taught|tear tore torn|tell told told
think thought thought|throw threw thrown|understand understood understood|wear wore worn
win won won|withdraw withdrew withdrawn|write wrote written
"""
_ENGLISH_PLURALS = {
    "man": "men",
    "woman": "women",
    "child": "children",
    "person": "people",
    "foot": "feet",
    "tooth": "teeth",
    "mouse": "mice",
    "life": "lives",
    "wife": "wives",
    "half": "halves",
    "leaf": "leaves",
    "knife": "knives",
}
_DUTCH_PLURALS = {
    "kind": "kinderen",
    "ei": "eieren",
    "stad": "steden",
    "schip": "schepen",
    "lid": "leden",
    "weg": "wegen",
    "dag": "dagen",
    "dak": "daken",
    "pad": "paden",
    "vat": "vaten",
    "bad": "baden",
    "slag": "slagen",
    "verdrag": "verdragen",
    "bedrag": "bedragen",
    "gebrek": "gebreken",
    "spel": "spelen",
    "gat": "gaten",
    "oorlog": "oorlogen",
    "god": "goden",
    "lied": "liederen",
    "volk": "volkeren",
    "museum": "musea",
    "goed": "goederen",
}


def _table(rows: str) -> dict[str, list[str]]:
    """Base form -> its other forms."""
    found = (row.split() for line in rows.splitlines() for row in line.split("|") if row)
    return {base: forms for base, *forms in found}


_STRONG = _table(_DUTCH)
_IRREGULAR = _table(_ENGLISH)
_SEPARABLE = re.compile(
    "(aan|achter|af|bij|binnen|buiten|door|goed|in|los|mee|na|neer|om|omhoog|omver|onder|op|over|"
    "plaats|samen|stil|tegemoet|tegen|terug|toe|uit|vast|vol|voor|voort|vrij|weer|weg)(.{4,})$"
)
_UNSTRESSED = re.compile("(?:be|er|ge|her|ont|ver)(?=.{4,})")
_OPEN = re.compile(
    "(.*?[^aeiou])([aeou])([bcdfgklmnprstvz])$"
)  # one vowel, one consonant at the end
_LONG = re.compile(r"(.*?)(aa|ee|oo|uu)([bcdfgklmnprst])$")


def inflections(english: str, dutch: str, pos: str) -> Iterator[tuple[str, str]]:
    """(English form, Dutch form) of a one-word entry; base forms are left out."""
    if pos == "n":
        yield from ((english_plural(english), plural) for plural in dutch_plurals(dutch))
    elif pos == "adj" and len(dutch) > 2:
        yield english, dutch_with_ending(dutch, "e")
    elif pos == "v" and dutch.endswith("n"):
        present, past, past_plural, participle = dutch_verb(dutch)
        third, simple, perfect = english_verb(english)
        yield from ((third, present), (simple, past), (simple, past_plural), (perfect, participle))


def english_plural(word: str) -> str:
    """companies, boxes, patents."""
    if word in _ENGLISH_PLURALS:
        return _ENGLISH_PLURALS[word]
    if re.search("[^aeiou]y$", word):
        return word[:-1] + "ies"
    return word + ("es" if re.search("(?:s|x|z|ch|sh)$", word) else "s")


def english_verb(word: str) -> tuple[str, str, str]:
    """Third person, past, participle: builds, built, built."""
    third = english_plural(word)
    if word in _IRREGULAR:
        past, participle = _IRREGULAR[word]
        return third, past, participle
    if word.endswith("e"):
        past = word + "d"
    elif re.search("[^aeiou]y$", word):
        past = word[:-1] + "ied"
    elif re.search("^[^aeiou]*[aeiou][bdgmnpt]$", word):
        past = word + word[-1] + "ed"
    else:
        past = word + "ed"
    return third, past, past


def dutch_plurals(word: str) -> tuple[str, ...]:
    """The plural a noun most likely has: bedrijven, wagens, foto's, mogelijkheden."""
    if word in _DUTCH_PLURALS:
        return (_DUTCH_PLURALS[word],)
    if word.endswith("heid"):
        return (word[:-3] + "eden",)
    if word.endswith("ie"):
        return (word + "s", word + "en")  # "n" with a diaeresis, which the tokenizer strips
    if re.search("[aiouy]$", word) and not re.search("(?:oo|aa|e|u)i$", word):
        return (word + "s", word)  # foto's is read as foto, s
    if word.endswith("e"):
        return (word + "s", word + "n")
    if re.search("(?:[^aeiou]e[lmnr]|aar|aard|erd|eur|je)$", word) and len(word) > 4:
        return (word + "s", word + "en") if word.endswith(("aar", "eur")) else (word + "s",)
    return (dutch_with_ending(word, "en"),)


def dutch_with_ending(word: str, ending: str) -> str:
    """The word with -e or -en, spelled as its vowel wants: formele, bedrijven, platte."""
    if long := _LONG.match(word):
        word = long[1] + long[2][0] + long[3]
    elif (
        _OPEN.match(word)
        and not re.search("[aeiou].*[^aeiou](?:e[lmnr]|i[gks])$", word)
        and word[-1] != "v"
    ):
        return word + word[-1] + ending
    if re.search("(?:[aeiou]{2}|ij|[aeou]|[lr])f$", word):
        word = word[:-1] + "v"
    elif re.search("(?:[aeiou]{2}|ij|[aeou])s$", word) and not re.search("[^aeiou]is$", word):
        word = word[:-1] + "z"
    return word + ending


def dutch_verb(infinitive: str) -> tuple[str, str, str, str]:
    """Third person, past, past plural, participle as one written word: aanlegt … aangelegd."""
    if infinitive not in _STRONG:
        if separable := _SEPARABLE.match(infinitive):
            prefix, base = separable[1], separable[2]
            present, past, past_plural, participle = dutch_verb(base)
            return prefix + present, prefix + past, prefix + past_plural, prefix + participle
        if (unstressed := _UNSTRESSED.match(infinitive)) and infinitive[
            unstressed.end() :
        ] in _STRONG:
            prefix, base = unstressed[0], infinitive[unstressed.end() :]
            past, past_plural, participle = _STRONG[base]
            stem = _verb_stem(base)
            return (
                prefix + _with_t(stem),
                prefix + past,
                prefix + past_plural,
                (prefix + participle.removeprefix("ge")),
            )
    stem = _verb_stem(infinitive)
    if infinitive in _STRONG:
        past, past_plural, participle = _STRONG[infinitive]
        return _with_t(stem), past, past_plural, participle
    hard = re.search("(?:[tkfsxp]|ch|sh)$", re.sub("en$", "", infinitive)) is not None
    dental = "t" if hard else "d"
    prefix = "" if _UNSTRESSED.match(infinitive) else "ge"
    participle = prefix + (stem if stem[-1] == dental else stem + dental)
    return _with_t(stem), stem + dental + "e", stem + dental + "en", participle


def _with_t(stem: str) -> str:
    return stem if stem.endswith("t") else stem + "t"


def _verb_stem(infinitive: str) -> str:
    """maak of maken, leg of leggen, schrijf of schrijven, reis of reizen."""
    stem = re.sub("e?n$", "", infinitive)
    if len(stem) > 2 and stem[-1] == stem[-2] and stem[-1] not in "aeou":
        return stem[:-1]
    if _OPEN.match(stem) and not re.search("[^aeiou](?:e[lmnr]|ig)$", stem):
        stem = stem[:-1] + stem[-2] + stem[-1]
    return re.sub("z$", "s", re.sub("v$", "f", stem))
