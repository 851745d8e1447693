"""Where one section of a telegram ends and the next begins: the signature and the header that stand
there are no text."""

import re
from functools import lru_cache

from cablespan.header.furniture import is_furniture
from cablespan.header.sections import headers_of_sections
from cablespan.header.transmission import ends_lists

_SENDER = re.compile(
    r"""^[ \t]*(?:(?:[OPRZYM]\ ){1,3}\d{6}Z?\ ?[A-Z]{3}\ ?\d{2,4}[ \t]*\n[ \t]*)?  # date and time
    (?P<sender>FM\ [^\n]*)(?:\n|\Z)""",
    re.VERBOSE | re.MULTILINE,
)
_FARTHEST = 1_500  # characters from the signature of a section to the sender of the next


def without_number(line: str) -> str:
    """A line without the number at its end, which differs: "TO SECSTATE WASHDC 4402"."""
    return line.strip().rstrip("0123456789").rstrip()


@lru_cache(8)  # it is asked for again and again within a cable
def repeatable(opening: str) -> frozenset[str]:
    """The lines of an opening, which a section's beginning repeats, without their numbers."""
    return frozenset(map(without_number, opening.splitlines())) - {""}


def seams(source: str, start: int, end: int, opening: str, signature: str = "") -> dict[int, int]:
    r"""The offsets of what stands between the sections of `source[start:end]`: first line, end.

    The headers of all sections but the first: those with a section's number, and from a sender that
    `opening` names to the last addressee; and the cable's `signature` where it ends a section
    before the last.

    >>> text = "1. All is well.\nROE\n\nNNNN\nFM OSLO\nTO ROME\nINFO BONN\n\n2. So be it.\nROE"
    >>> seams(text, 0, len(text), "FM OSLO\nTO ROME", "ROE")
    {16: 20, 26: 52}
    """
    if source.find("FM ", start, end) < 0:
        return {}
    lines = repeatable(opening)
    found = {begin: stop + 1 for begin, stop, _ in headers_of_sections(source, start, end)}
    for match in _SENDER.finditer(source, start, end):
        if without_number(match["sender"]) in lines:
            found |= _signature_above(source, start, match.start(), lines, signature)
            found[match.start()] = _end_of_addressees(source, match.end(), end)
    return found


def _end_of_addressees(source: str, at: int, end: int) -> int:
    """Where the lines in capitals end that can be addressees, from the line at `at` on."""
    for raw in source[at : min(end, at + _FARTHEST)].splitlines(True):
        line = raw.strip()
        if not line.isupper() or ends_lists(line):
            break
        at += len(raw)
    return at


def _signature_above(
    source: str, start: int, end: int, lines: frozenset[str], signature: str
) -> dict[int, int]:
    """The offsets of the signature's line, if it is the last of `source[start:end]` that is no
    furniture and none of the opening's `lines`."""
    at = end
    for raw in reversed(source[max(start, end - _FARTHEST) : end].splitlines(True)):
        line = raw.strip()
        at -= len(raw)
        if line and line == signature:
            return {at: at + len(raw)}
        if line and not (line.isdigit() or is_furniture(line) or without_number(line) in lines):
            break
    return {}
