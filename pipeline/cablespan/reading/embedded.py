"""The cables in one text: another transmission header, or a row of a dump, begins another one."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import NamedTuple

from cablespan.header.opening import read_opening
from cablespan.header.sections import headers_of_sections
from cablespan.reading.body.sections import ended_sections
from cablespan.reading.body.titles import section_of_heading

_HEADER = re.compile(
    r"""
    # "VZCZCXRO1234" or "PP RUEHXX RUEHYY", and its FM line not far below
    ^(?:V[ZV]CZC\w{2,12} | [OPRZY]{2}\ RU[A-Z]{4}[^\n]{0,60})[ \t\r]*\n
    (?:[^\n]{0,80}\n){1,8}?
    FM\ [A-Z]
    # or these are lost: "DE RUEHNY #0013", "ZNY CCCCC ZZH", or the date-time group alone, with
    # FM and TO at once
    | ^(?:(?:DE\ RU[A-Z]{2,6}\b | Z(?:N[RY]|YY)\ [A-Z]{5}\b)[^\n]{0,60}\n){0,2}
    (?:[OPRZYM]\ ){0,3}(?P<group>\d{6}Z\ [A-Z]{3}\ \d{2,4})[^\n]{0,40}\n
    FM\ [A-Z][^\n]{0,80}\n
    (?:TO|INFO)\ [A-Z]
    """,
    re.VERBOSE | re.MULTILINE,
)
_LETTER = re.compile(r"[^\W\d_]")
_LEAST_CABLE = 200  # characters before a transmission header that are a cable, not a site's words
_FARTHEST_ROW = 6000  # characters above the row of a page's own cable, where no cells are quoted
_TORN_LINE = re.compile(r"^[ \t]*(?P<words>[^\n]*[^.\s])\.\.\.[ \t]*\n", re.MULTILINE)
_LONGEST_TORN = 3000  # characters of a torn copy
_LEAST_TORN = 9  # characters of a line that comes again
_LONGEST_HEADER = 4000  # characters of a transmission header below its sender
_JUST_ABOVE = 300  # characters in which the last line above a header ends
# What stands between two cells of a row, as a dump has them, or a site that printed each on a line
# with the column's name: a closing quote, the sign, a name, an opening quote.
_BETWEEN = r"\"?(?:,|\t|[ ]{0,3}\n\s{0,6})(?:[a-z]{2,14}:\s?)?\"?"
_ID = r"\d\d[A-Z]{3,30}\d{1,7}"
# The first six cells, and the sign that opens the seventh, the transmission header.
_ROW = re.compile(
    rf"""
    ^(?:(?:id:[ ])?"?\d{{1,9}}{_BETWEEN} | ")?
    (?P<created>\d{{1,4}}[/.-]\d{{1,2}}[/.-]\d{{1,4}}(?:[ ]\d{{1,2}}:\d{{2}}[^"\n\t,]{{0,6}})?)
    {_BETWEEN}
    (?P<reference_id>{_ID}){_BETWEEN}
    (?P<origin>[^"\n\t]{{0,80}}){_BETWEEN}
    (?P<classification>(?:[A-Z][A-Z/\s]{{5,60}}?)?){_BETWEEN}
    (?P<references>(?:{_ID}\|?)* | (?<=")[^"]{{0,4000}}){_BETWEEN}
    """,
    re.VERBOSE | re.MULTILINE,
)
_NEXT_CELL = '","'
_SENDER = "\nFM"


@dataclass(frozen=True, slots=True)
class Part:
    """One of the cables in a text, opening and body: `text[start:end]`.

    `row`: what a dump's row says of it, by column ("reference_id", "created", "origin" ...), its
    transmission header as "header".
    """

    start: int
    end: int
    row: Mapping[str, str] = field(default_factory=dict)


def may_hold_several(text: str) -> bool:
    """Whether a text has what must stand where a second cable begins: quick, and seldom true.

    >>> may_hold_several("1. (U) All is well.")
    False
    """
    return _NEXT_CELL in text or _SENDER in text


def cables_in(text: str) -> list[Part]:
    r"""The cables of a text in order; the first begins where the text does, or its row's body.

    >>> row = '2,"2/21/2007 9:41","07OSLO2","Embassy Oslo","SECRET","","FM OSLO","1. Rain."'
    >>> [(part.start, part.row.get("reference_id")) for part in cables_in('1. Sun."\n' + row)]
    [(0, None), (76, '07OSLO2')]
    """
    begun = sorted([*_rows(text), *_headers(text)], key=attrgetter("at"))
    parts: list[Part] = []
    cable = _Beginning(0, 0, {})
    for following in begun:
        if following.at < cable.body:  # the header cell of a row
            continue
        before = text[cable.body : following.at].strip()
        if cable.row and not following.row and len(before) < _LEAST_CABLE:
            continue  # the header of the row's own cable
        if before:
            end = _end_before(text, cable.body, following.at, quoted=bool(following.row))
            parts.append(Part(cable.body, end, cable.row))
        cable = following
    end = _end_before(text, cable.body, len(text), quoted=bool(cable.row))
    last = Part(cable.body, end, cable.row)
    return [*parts, last] if not parts or _has_text(text, last) else parts


def cables_below(text: str) -> list[Part]:
    r"""The cables in what a page or a file shows as one, where a few words before the first are no
    cable of their own but a site's.

    >>> header = "PP RUEHXX RUEHYY\nFM AMEMBASSY OSLO\n\n1. (U) All is well."
    >>> [part.start for part in cables_below("Cables of Oslo\n\n" + header)]
    [0]
    """
    parts = cables_in(text)
    return parts if parts[0].end >= _LEAST_CABLE else [Part(0, len(text))]


def torn_copy(text: str) -> tuple[int, int] | None:
    r"""Where a cable's beginning stands that a site tore off ("...") and printed once more below:
    down to where its first line comes again, or the torn line alone, which goes on there.

    >>> torn_copy("UNCLAS OSLO 12\nSUBJECT: RO...\n\nUNCLAS OSLO 12 SUBJECT: ROADS\n1. Rain.")
    (0, 31)
    >>> torn_copy("SUBJECT: ROADS\nThis message is sens...\n\nThis message is sensitive.")
    (15, 39)
    >>> torn_copy("SUBJECT: ROADS\nHe waited...\n\n1. (U) Rain.")
    """
    torn = _TORN_LINE.search(text, 0, _LONGEST_TORN) if "...\n" in text else None
    if torn is None:
        return None
    first = text[: torn.end()].lstrip().partition("\n")[0]
    again = _words(first).search(text, torn.end(), torn.end() + _JUST_ABOVE)
    if again and len(first) >= _LEAST_TORN and 2 * again.start() < len(text):
        return 0, again.start()
    goes_on = len(torn["words"]) >= _LEAST_TORN and _words(torn["words"]).match(
        text[torn.end() :].lstrip()
    )
    return torn.span() if goes_on else None


def _words(line: str) -> re.Pattern[str]:
    """The words of a line, however the lines are broken."""
    return re.compile(r"\s+".join(map(re.escape, line.split())))


class _Beginning(NamedTuple):
    """Where a row or a transmission header begins, where its cable does, and the row's cells."""

    at: int
    body: int
    row: Mapping[str, str]


def _headers(text: str) -> Iterator[_Beginning]:
    """Where transmission headers in the middle of a text begin, which is where their cables do."""
    if _SENDER not in text:  # the blank after it, in every line, would slow the search
        return
    for match in _HEADER.finditer(text):
        if _begins_cable(text, match) and not _begins_section(text, match):
            yield _Beginning(match.start(), match.start(), {})


def _begins_cable(text: str, header: re.Match[str]) -> bool:
    """Whether a header is another cable's: none that a cable quotes, nor its own once more."""
    at = header.start()
    above = text[max(at - _JUST_ABOVE, 0) : at].strip()
    if not above or _introduces_text(above.splitlines()[-1]):
        return False
    group = header["group"]
    return group is None or (text.find(group, 0, at) < 0 and _is_cable(text, at))


def _begins_section(text: str, header: re.Match[str]) -> bool:
    """Whether a header is that of a further section of the message whose number stands above."""
    at = header.start()
    sections = headers_of_sections(text, at, header.end() + _LONGEST_HEADER)
    begin, _, number = next(sections, (header.end(), 0, ""))
    if begin >= header.end():
        return False
    return re.compile(rf"(?<!\d)0{{0,5}}{number}(?!\d)").search(text, 0, at) is not None


def _introduces_text(line: str) -> bool:
    """Whether what stands below a line is quoted: it ends in a colon, QUOTE or BEGIN TEXT."""
    if line.endswith(":"):
        return True
    return section_of_heading(line.split()[-1]) == "text" and not ended_sections(line)


def _is_cable(text: str, end: int) -> bool:
    """Whether `text[:end]` has labelled lines and a body, and not only a site's words."""
    opening = read_opening(text, 0, end)
    return bool(opening.fields and _LETTER.search(text, opening.body, end))


def _has_text(text: str, part: Part) -> bool:
    """Whether a cable has a body, and is no header that a site printed below its own cable."""
    opening = read_opening(text, part.start, part.end)
    return _LETTER.search(text, opening.body, part.end) is not None


def _rows(text: str) -> Iterator[_Beginning]:
    """Where rows begin, where their last cell, the body, does, and what the cells before hold."""
    for match in _ROW.finditer(text, 0, len(text) if _NEXT_CELL in text else _FARTHEST_ROW):
        is_quoted = text[match.end() - 1] == '"'
        closed = text.find(_NEXT_CELL, match.end()) if is_quoted else -1
        body = closed + len(_NEXT_CELL) if closed >= 0 else match.end()
        head = text[match.end() : closed] if closed >= 0 else ""
        yield _Beginning(match.start(), body, {**match.groupdict(), "header": head})


def _end_before(text: str, start: int, end: int, quoted: bool) -> int:
    """Where a cable ends before offset `end`: without the sign that closes a row's last cell."""
    if not quoted:
        return end
    last = start + len(text[start:end].rstrip())
    return last - 1 if text[start:last].endswith('"') else end
