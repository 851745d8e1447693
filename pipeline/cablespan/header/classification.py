"""Why a cable is classified, and until when."""

import re
from collections.abc import Mapping
from datetime import date

from cablespan.header.dates import date_of
from cablespan.header.opening import read_opening
from cablespan.lexicon import listed

_ORDER_NUMBER = re.compile(r"(?<!\d)\d{5}(?!\d)")
# 1.4 (b) and (d); 1.5 B/D; [b+d]; (b-d); a hard wrap can stand within "and".
SECTION = re.compile(
    r"""(?<![\dA-Z]) [1Il]\s?[.,-]\s?(?P<section>[456])\s?[.,]?
    (?P<letters>(?:
        A\s?N\s?D\b | a\s?n\s?d\b | (?i:OR|THROUGH|THRU|TO)\b | [\s,;:/&+().\[\]]
      | -(?=\s?[(\[]?[A-Ha-h][)\]])
      | [A-Ha-h](?![A-Za-z]|\.\s?[Oo0])                # no E.O. after the letters
    ){1,40})""",
    re.VERBOSE,
)
_RANGE = re.compile(r"([a-h])\W{1,4}(?:through|thru|to)\W{1,4}([a-h])", re.IGNORECASE)
_WORDS_BETWEEN = re.compile(r"\b(?:a\s?n\s?d|or|through|thru|to)\b", re.IGNORECASE)
_LETTER = re.compile(r"[A-Ha-h]")
# "(d) a" or "(d). E." before words that are no reason
_NEXT_SENTENCE = re.compile(r"(?<=\))(?:[\s.]+a\s*|\s?\.\s+[A-H]\b(?!\)).*)\Z", re.DOTALL)
# OADR, GDS, XGDS-2, N/A, X1, 25X1-human, 1/2015
_EVENT = re.compile(
    r"""\b(?:OADR | (?P<oadr>ORIGINATING\ AGENCY.{0,25}\ REQUIRED)
      | XGDS(?:[ -]?\d)? | ADS | GDS | (?P<none>N\s?/\s?A | NA) | MR | X-\d)\b
    | \b(?:25|50)X\d(?:-HUMAN)?(?:\s?,\s?(?:25|50)?X\d(?:-HUMAN)?)*\b
    | (?<![\d/.-])\d{1,2}/(?:19|20)\d\d\b
    | (?<![A-Za-z])X[1-9](?:\s?,\s?X?[1-9])*\b""",
    re.VERBOSE | re.IGNORECASE,
)
_WORDS = re.compile(r"(?:\d{1,2}[ -])?[^\W\d_].*")  # "TEN YEARS", "20 YEARS"
_NO_DATE = re.compile(r"\d[\d/.-]{2,}\d(?!\w)")  # 02/30/2018, 05/10/20018, 2018
_USUAL_SPELLINGS: dict[str | None, str] = {"oadr": "OADR", "none": "N/A"}
_LETTER_FOR_DIGIT = re.compile(r"\b[OIl](?=\d/)|(?<=\d)[OIl](?=[\d/])")
_DIGITS = {"O": "0", "I": "1", "l": "1"}
_LABEL = re.compile(
    r"""
    \b(?:DECLASSIFIED\s+ON | DECLASSIFY(?:\s+ON)? | DECLASS? | DECL)\b
    \s{0,2}(?:ON\b)?[:;. ]{0,4}
    """,
    re.VERBOSE | re.IGNORECASE,
)


def eo_of(field: str | None) -> str | None:
    """The number of the executive order in an E.O. line.

    >>> eo_of("E.O. 12958: DECL: 09/10/2017")
    '12958'
    """
    match = _ORDER_NUMBER.search(field or "")
    return match[0] if match else None


def declassification(fields: Mapping[str, str]) -> date | str | None:
    """The date or the words of the DECLASSIFY ON line, else of the E.O. line.

    `fields` are the labelled lines of an opening by name.

    >>> declassification({"eo": "E.O. 12958: DECL: 09/10/2017"})
    datetime.date(2017, 9, 10)
    """
    own = _date_or_words(fields.get("declassify", ""))
    return own or _in_order(fields.get("eo", ""))


def _in_order(line: str) -> date | str | None:
    """What an E.O. line says: any words after DECL, else a date, an event or "UPON ..."."""
    label = _LABEL.search(line)
    said = line[label.end() :] if label else line.partition(":")[2] or line
    is_event = not listed("header_words", "word", "until").isdisjoint(said.upper().split()[:1])
    return _date_or_words(said) if label or is_event else _date_or_event(said)


def _date_or_words(text: str) -> date | str | None:
    return _date_or_event(text) or _plain_words(_mended(text))


def _date_or_event(text: str) -> date | str | None:
    text = _mended(text)
    return date_of(text) or _event(text)


def _mended(text: str) -> str:
    """The text before TAGS on the same line, with digits where letters stand for them."""
    return _LETTER_FOR_DIGIT.sub(lambda sign: _DIGITS[sign[0]], text.split("TAGS")[0])


def _event(text: str) -> str | None:
    """The event or rule in a text that stands for a date, in its usual spelling."""
    match = _EVENT.search(text)
    if match is None:
        return None
    written = "".join(match[0].upper().split())
    return _USUAL_SPELLINGS.get(match.lastgroup, written)


def _plain_words(text: str) -> str | None:
    words = " ".join(text.split()).strip(" .:;,-")
    match = _WORDS.match(words) or _NO_DATE.match(words)
    return match[0] if match else None


def declassify_on(text: str) -> date | str | None:
    """The date on which a cable is to be declassified, or the words where there is no date.

    `text` is a header, or its E.O. or DECLASSIFY ON line.

    >>> declassify_on("E.O. 12958: DECL: 09/10/2017"), declassify_on("E.O. 12356: DECL: OADR")
    (datetime.date(2017, 9, 10), 'OADR')
    """
    return declassification(read_opening(text).fields)


def reasons(fields: Mapping[str, str]) -> list[str]:
    """The reasons of a classification: those that its lines state, each once.

    `fields` are the labelled lines of an opening by name.

    >>> reasons({"classified_by": "DCM Jane Roe, reason 1.4 (b) and (d)", "eo": "E.O. 12958"})
    ['1.4 (b)', '1.4 (d)']
    """
    stated = (
        f"1.{match['section']} ({letter})"
        for name in ("classified_by", "reason", "eo")
        for match in SECTION.finditer(fields.get(name, ""))
        for letter in _letters(match["letters"])
    )
    return list(dict.fromkeys(stated))


def _letters(text: str) -> list[str]:
    text = _WORDS_BETWEEN.sub(" ", _RANGE.sub(_each_letter, text))
    return [letter.lower() for letter in _LETTER.findall(_NEXT_SENTENCE.sub("", text))]


def _each_letter(span: re.Match[str]) -> str:
    """The letters from the first to the last of "(b) through (d)"."""
    first, last = sorted(map(ord, "".join(span.groups()).lower()))
    return " ".join(map(chr, range(first, last + 1)))
