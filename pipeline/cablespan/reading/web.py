"""Text copied from a web page: site text, a line of column names, the values, the cable, site text
again."""

import re
from collections.abc import Iterator
from typing import Any

from cablespan.cable import Cable
from cablespan.header.furniture import starts
from cablespan.header.posts import id_of
from cablespan.reading.assembly import assemble
from cablespan.reading.csv import row_facts
from cablespan.reading.embedded import Part, cables_in

_CLASS = (
    r"(?:TOP SECRET|UNCLASSIFIED|CONFIDENTIAL|SECRET|LIMITED OFFICIAL USE)"
    r"(?:[ ]?//?[ ]?(?:FOR OFFICIAL USE ONLY|NOFORN|NODIS|EXDIS|SENSITIVE))?"
)
_MONTH_AND_DAY = re.compile(r"-\d\d-\d\d")  # its first sign is rare: the search is fast
_DAY = r"\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d)?)?"
_VALUES = re.compile(
    rf"^[ \t]{{0,20}}(?P<id>\d\d[A-Z]{{3,30}}\d{{1,7}})\s{{1,9}}(?P<created>{_DAY})"
    rf"(?:\s{{1,9}}(?P<released>{_DAY}))?"
    rf"\s{{1,9}}(?P<classification>{_CLASS})\s{{1,9}}(?P<origin>\S[^\n]{{0,60}}?)[ \t\r]*$",
    re.MULTILINE,
)

_LEAST_CABLE = 200  # characters before a transmission header that are a cable, not the site's words


def iso(time: str | None) -> str | None:
    """`2007-02-21 09:41` as `2007-02-21T09:41:00`; a bare date stays one."""
    if time is None or len(time) == 10:
        return time
    return time.replace(" ", "T") + (":00" if len(time) == 16 else "")


def knows(head: str) -> bool:
    """Whether a line of a page's facts stands in a text."""
    return _MONTH_AND_DAY.search(head) is not None and _VALUES.search(head) is not None


def read(text: str, path: str, notes: tuple[str, ...] = ()) -> Iterator[Cable]:
    """The cables of a page's text."""
    heads = list(_VALUES.finditer(text))
    read_so_far = 0
    for index, head in enumerate(heads):
        begin = head.end()
        end = _end_of_cable(
            text, begin, heads[index + 1].start() if index + 1 < len(heads) else len(text)
        )
        facts: dict[str, Any] = {
            "reference_id": id_of(head["id"]),
            "page_created": iso(head["created"]),
            "released": iso(head["released"]),
            "classification": head["classification"],
            "origin": head["origin"],
        }
        parts = cables_in(text[begin:end])
        if parts[0].end < _LEAST_CABLE:
            parts = [Part(0, end - begin)]
        for part in parts:
            if part.start:  # a second cable inside the body: the page's facts are not its own
                facts = row_facts(part.row) if part.row else {}
            yield assemble(
                text,
                path=path,
                format="web",
                index=read_so_far,
                start=begin + part.start,
                end=begin + part.end,
                notes=notes,
                **{"fallback_id": f"page {read_so_far + 1}", **facts},
            )
            read_so_far += 1


def _end_of_cable(text: str, start: int, end: int) -> int:
    """Where the site's text begins again: at one of its usual lines after a blank one, or at the
    next cable's."""
    offset, blank = start, True
    for raw in text[start:end].splitlines(True):
        line = raw.strip()
        if blank and line.startswith((*starts("after"), *starts("before"))):
            return offset
        blank = not line
        offset += len(raw)
    return end
