"""The transmission header that comes once more where a further section of a cable begins."""

import re
from collections.abc import Iterator

from cablespan.header.transmission import transmission_line

# "VZCZCXRO1235", "PP RUEHXX", "DE RUEHNY #0013/02 0631012", "ZNY CCCCC ZZH", as many as are there;
# date-time group; sender.
_FIRST_LINES = re.compile(
    r"""
    ^(?:(?:V[ZV]CZ[A-Z0-9]{1,14}
        | (?:[OPRZY]{2}\ )?RU[A-Z]{2,6}\b[^\n]{0,60}
        | DE\ RU[A-Z]{2,6}\b[^\n]{0,60}
        | Z[NY][RY]\ [^\n]{0,60})[ \t]*\n\s{0,9}){0,12}
    (?:[OPRZYM]\ ){0,3}\d{6}Z\ [A-Z]{3}\ \d{2,4}\b[^\n]{0,40}\n\s{0,9}
    FM\ [A-Z][^\n]{0,80}
    """,
    re.VERBOSE | re.MULTILINE,
)
_FURTHER = r"0?(?:[2-9]|[1-9]\d)\b"  # the number of a section that is not the first
_MESSAGE = re.compile(rf"^DE\ RU[A-Z]{{2,6}}\ \#?(?P<number>\d{{1,7}})/{_FURTHER}", re.MULTILINE)
_BANNER_BELOW = re.compile(
    r"\s{1,9}(?:BT\s{1,9})?[A-Z ]{0,60}?"
    rf"\bSECTION {{1,3}}{_FURTHER} {{1,3}}OF {{1,3}}\d{{1,2}}\b[^\n\d]{{0,60}}(?P<number>\d{{0,7}})"
)


def headers_of_sections(text: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    r"""Begin and end of each such header in `text[start:end]`; its message's number, "" for none.

    >>> lines = "DE RUEHNY #0013/{}\nR 210941Z FEB 07\nFM AMEMBASSY OSLO\nTO RUEHC/NSC WASHDC\n"
    >>> text = f"{lines.format('01')}\n1. It is\n\n{lines.format('02')}\nwell."
    >>> [text[begin:end] for begin, end, _ in headers_of_sections(text, 0, len(text))]
    ['DE RUEHNY #0013/02\nR 210941Z FEB 07\nFM AMEMBASSY OSLO\nTO RUEHC/NSC WASHDC']
    """
    if text.find("FM ", start, end) < 0:
        return
    for first in _FIRST_LINES.finditer(text, start, end):
        stop = _end_of_addressees(text, first.end(), end)
        message = _MESSAGE.search(text, first.start(), stop) or _BANNER_BELOW.match(text, stop, end)
        if message:
            yield first.start(), stop, message["number"].lstrip("0")


def _end_of_addressees(text: str, at: int, end: int) -> int:
    """Where a header ends whose sender's line ends at an offset: its addressees follow at once."""
    while at < end:
        stop = text.find("\n", at + 1, end)
        stop = end if stop < 0 else stop
        line = text[at:stop].strip()
        if not line or not transmission_line().fullmatch(line):
            return at
        at = stop
    return end
