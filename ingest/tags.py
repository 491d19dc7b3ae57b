"""Take the tags, images and links that are left over in plain text out of it.

A page that was copied with its source shows `<img src=…>` or `![x](…)` to its readers, and an
answer would quote that. What only looks like a tag is text: "a < b and c > d", "<5 %", a
placeholder like "<naam>", a tag in backticks or quotation marks. So a tag has a name that HTML
knows, or an attribute with its value.
"""

from __future__ import annotations

import re

_LINES = (  # elements that start a line of their own
    r"address|article|aside|blockquote|body|br|caption|center|dd|details|div|dl|dt|fieldset|"
    r"figcaption|figure|footer|form|h[1-6]|head|header|hr|html|iframe|legend|li|main|nav|ol|p|pre|"
    r"section|summary|table|tbody|tfoot|thead|title|tr|ul"
)
_OTHERS = (
    r"a|abbr|acronym|applet|area|audio|b|base|bdi|bdo|big|button|canvas|cite|code|col|colgroup|"
    r"data|datalist|del|dfn|dialog|em|embed|font|frame|frameset|i|img|input|ins|kbd|label|link|map|"
    r"mark|marquee|menu|meta|meter|nobr|noscript|object|optgroup|option|output|param|path|picture|"
    r"progress|q|rp|rt|ruby|s|samp|script|select|slot|small|source|span|strike|strong|style|sub|"
    r"sup|svg|td|template|textarea|th|time|track|tt|u|var|video|wbr"
)
_BREAKS = re.compile(rf"</?(?:{_LINES})\b", re.I)
_ATTRIBUTE = r"""[\s/]+[\w:@.-]+\s*=\s*(?:"[^"]*"|'[^']*'|[^\s<>"']+)"""
_SWITCH = r"[\s/]+(?:async|checked|controls|defer|disabled|hidden|loop|muted|open|required)\b"
_TAG = (
    r"<!--(?:(?!<!--).)*?-->|<!doctype\b[^<>]*>|"
    r"<(?P<whole>script|style|template)\b[^<>]*>(?:(?!<(?P=whole)).)*?</(?P=whole)\s*>|"
    rf"</?(?:{_LINES}|{_OTHERS})(?:{_SWITCH})*[\s/]*>|</[a-z]\w*-[\w-]*>|"
    # With an attribute its end may be missing, as browsers allow.
    rf"</?[a-z][\w:-]*(?:{_SWITCH})*{_ATTRIBUTE}(?:{_ATTRIBUTE}|{_SWITCH})*[\s/]*>?"
)
# Brackets within brackets are allowed once, for an image that is a link.
_IMAGE = r"!\[[^\[\]\n]*\](?:\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)|\[[^\]\n]*\])"
_LINK = (
    r"(?<!!)\[(?P<shown>(?:[^\[\]\n]|!\[[^\[\]\n]*\]\([^()\n]*\))*)\]"
    r"""\((?=[^\s()]*[./:#])[^\s()]*(?:\([^\s()]*\)[^\s()]*)*(?:\s+["'][^"'\n]*["'])?\)"""
)
_MARKUP = re.compile(
    # A tag that the text speaks of stands between quotation marks; and p<a>0.05 compares.
    r"(?P<spoken>(?<=[`\"'“‘«])</?\w+/?>(?=[`\"'”’»])|(?<=\w)<[a-z]>(?=\s?[\d.]))|"
    rf"(?P<tag>{_TAG})|(?P<image>{_IMAGE})|{_LINK}",
    re.I | re.S,
)


def without_markup(text: str) -> tuple[str, list[tuple[int, str]]]:
    """Return a text without leftover markup, and what was taken out with where it had stood.

    A link leaves its words, an image nothing. Places are character offsets in the returned text.
    """
    clean, taken, last = "", list[tuple[int, str]](), 0
    for match in _MARKUP.finditer(text):
        if match["spoken"]:
            continue
        clean += text[last : match.start()]
        last = match.end()
        if match["shown"] is not None:
            taken.append((len(clean), match.group()))
            clean += re.sub(_IMAGE, "", match["shown"]).strip()
            continue
        if match["tag"] and _BREAKS.match(match["tag"]):
            clean = clean.rstrip(" \t") + "\n"
        elif re.match(r"[\s.,;:!?)]|$", text[last:]):  # or two spaces would be left
            clean = clean.rstrip(" \t")
        taken.append((len(clean), match.group()))
    return clean + text[last:], taken


def is_tag(text: str) -> bool:
    """Return whether the whole of a text is one tag."""
    return bool(re.fullmatch(_TAG, text, re.I | re.S))
