"""Text: Unicode on entry, Markdown to safe HTML, folding for search, the order of Vietnamese names, line glue.

The only module that imports bleach.
"""

import re
import unicodedata
from functools import lru_cache

import bleach
from markdown_it import MarkdownIt
from markupsafe import Markup, escape

from app.refusal import RuleBroken

# --- on entry ----------------------------------------------------------------------------------------------------

CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")  # and halves of characters
BIDI = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")


def nfc(text: str) -> str:
    """The text as we keep it: NFC, line ends `\\n`, no control characters but tab and line end, no
    half of a character."""
    return unicodedata.normalize("NFC", CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))


def one_line(text: str) -> str:
    """The text as one line, spaces single, nothing at its ends."""
    return " ".join(nfc(text).split())


class NameUnsafe(RuleBroken):
    kind = "invalid"
    words = "Tên có ký tự lạ, anh/chị gõ lại bằng bàn phím."


def safe_name(text: str) -> bool:
    """Whether a name may be kept: no NUL, no control or bidirectional override that would show it as another."""
    return not CONTROLS.search(text) and not BIDI.search(text)


def kept_name(text: str) -> str:
    """The name of a person or unit as we keep it: NFC, on one line. Raises `NameUnsafe`."""
    if not safe_name(text):
        raise NameUnsafe()
    return one_line(text)


def same_secret(text: str) -> str:
    """A password or sign-in name in the one form in which it is compared (NFKC)."""
    return unicodedata.normalize("NFKC", text)


# --- search and order --------------------------------------------------------------------------------------------


def fold(text: str) -> str:
    """The text as search compares it: no marks, đ as d, lower case, single spaces."""
    plain = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())


LETTERS = "0123456789aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}


def _syllable_key(syllable: str) -> str:
    letters, tone = "", "0"
    for mark in unicodedata.normalize("NFD", syllable.casefold()):
        if mark in TONES:
            tone = TONES[mark]
        else:
            letters += mark
    places = (LETTERS.find(letter) for letter in unicodedata.normalize("NFC", letters))
    return "".join(chr(ord("A") + place) for place in places if place >= 0) + " " + tone


def sort_key(words: str) -> str:
    """A key whose byte order is the order of a Vietnamese list of things: word by word, numbers by their value."""
    counted = re.sub(r"\d+", lambda number: number[0].zfill(6), nfc(words))
    return "!".join(_syllable_key(syllable) for syllable in counted.split())


def name_key(name: str) -> str:
    """A key whose byte order is the order of a Vietnamese list of people: given name first, then family and middle
    names; letters in the order a ă â b … đ e ê, tones ngang huyền hỏi ngã sắc nặng."""
    syllables = nfc(name).split()
    return "!".join(_syllable_key(syllable) for syllable in syllables[-1:] + syllables[:-1])


# --- lines that break well ---------------------------------------------------------------------------------------

_UNITS = "câu|phút|giờ|giây|lượt|người|ngày|năm|tháng|đơn vị|việc|phiếu|bài|chỗ|dòng|số|lần"
_GLUE = (
    (re.compile(rf"(\d) ({_UNITS})\b"), "\\1\u00a0\\2"),
    (re.compile(r"\b([Tt]hứ) (Hai|Ba|Tư|Năm|Sáu|Bảy)\b"), "\\1\u00a0\\2"),
    (re.compile("(hứ\u00a0(?:Hai|Ba|Tư|Năm|Sáu|Bảy)|Chủ nhật) (?=\\d)"), "\\1\u00a0"),
    (re.compile(r"\b(Quận|[Cc]âu|[Bb]ài|[Hh]ạng|[Ll]ượt|[Đđ]ợt|Tổ|bảng|số|năm) (\d+|[A-D]\b)"), "\\1\u00a0\\2"),
)
_CALLED = re.compile(r"\b([Cc]ô|[Cc]hị|[Aa]nh) (\w)")


def glue(text: str) -> str:
    """The text with no-break spaces where a Vietnamese line must not end: `20 câu`, `thứ Ba 19/5`, `chị Hòa`."""
    for pattern, replacement in _GLUE:
        text = pattern.sub(replacement, text)
    return _CALLED.sub(lambda m: f"{m[1]}\u00a0{m[2]}" if m[2].isupper() else m[0], text)


# --- Markdown ----------------------------------------------------------------------------------------------------

MAXIMUM = 200_000
TAGS = frozenset(
    "a blockquote br caption code del em h2 h3 h4 hr li ol p pre s strong table tbody td th thead tr ul".split()
)
ATTRIBUTES = {"a": ["href", "title"], "th": ["scope"], "ol": ["start"]}
PROTOCOLS = frozenset({"http", "https", "mailto", "tel"})
ELSEWHERE = re.compile(r'<a (?=(?:[^">]|"[^"]*")*?\bhref="\s*(?:https?:|[/\\]{2}))', re.IGNORECASE)

_markdown = MarkdownIt("commonmark", {"html": False, "typographer": False}).enable(["table", "strikethrough"])


def sanitize(html: str) -> str:
    """HTML with nothing left in it that could act or be drawn over the page: a small list of tags, no styles, links
    of four protocols only, links to elsewhere marked so."""
    clean = bleach.clean(html, tags=TAGS, attributes=ATTRIBUTES, protocols=PROTOCOLS, strip=True)
    return ELSEWHERE.sub('<a rel="noopener nofollow external" ', clean)


@lru_cache(maxsize=512)
def markdown(source: str) -> Markup:
    """The Markdown as safe HTML. Raises `ValueError` where it is longer than `MAXIMUM` characters."""
    if len(source) > MAXIMUM:
        raise ValueError("text too long")
    html = sanitize(_markdown.render(nfc(source)))
    return Markup(html.replace("<th>", '<th scope="col">'))


def lines(text: str) -> Markup:
    """Plain text as paragraphs and line breaks, escaped."""
    paragraphs = [p for p in nfc(text).split("\n\n") if p.strip()]
    return Markup("").join(
        Markup("<p>{}</p>").format(Markup("<br>").join(escape(line) for line in p.split("\n"))) for p in paragraphs
    )


def phone(digits: str) -> str:
    """`0900 000 118`, as people read a number aloud; anything that is no ten digits stays as it is."""
    return f"{digits[:4]}\u00a0{digits[4:7]}\u00a0{digits[7:]}" if len(digits) == 10 else digits


def words(text: str) -> int:
    """How many words (syllables set apart by spaces) a text has; what reading time is computed from."""
    return sum(any(c.isalnum() for c in word) for word in text.split())
