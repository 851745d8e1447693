"""Text copied from a web page: site text, a line of column names, the values, the cable, site text
again."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from cablespan.cable import Cable
from cablespan.header.dates import time_of
from cablespan.header.furniture import beginnings
from cablespan.header.posts import id_of
from cablespan.reading.assembly import assemble
from cablespan.reading.csv import part_facts
from cablespan.reading.embedded import Part, cables_in

_CLASS = r"""
    (?:TOP\ SECRET | UNCLASSIFIED | CONFIDENTIAL | SECRET | LIMITED\ OFFICIAL\ USE)
    (?:[ ]?//?[ ]?(?:FOR\ OFFICIAL\ USE\ ONLY | NOFORN | NODIS | EXDIS | SENSITIVE))?"""
_MONTH_AND_DAY = re.compile(r"-\d\d-\d\d")  # its first sign is rare: the search is fast
_DAY = r"\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d)?)?"
_VALUES = re.compile(
    rf"""
    ^[ \t]{{0,20}}(?P<reference_id>\d\d[A-Z]{{3,30}}\d{{1,7}})
    \s{{1,9}}(?P<created>{_DAY})
    (?:\s{{1,9}}(?P<released>{_DAY}))?
    \s{{1,9}}(?P<classification>{_CLASS})
    \s{{1,9}}(?P<origin>\S[^\n]{{0,60}}?)[ \t\r]*$
    """,
    re.VERBOSE | re.MULTILINE,
)

_LEAST_CABLE = 200  # characters before a transmission header that are a cable, not the site's words


def knows(head: str) -> bool:
    """Whether a line of a page's facts stands in a text.

    >>> knows("07OSLO12 2007-02-21 09:41 2011-08-30 01:44 SECRET Embassy Oslo"), knows("07OSLO12")
    (True, False)
    """
    return _MONTH_AND_DAY.search(head) is not None and _VALUES.search(head) is not None


def read(text: str, path: str, notes: tuple[str, ...] = ()) -> Iterator[Cable]:
    r"""The cables of a page's text.

    >>> page = "07OSLO12 2007-02-21 09:41 SECRET Embassy Oslo\n\n1. (U) All is well."
    >>> cable, = read(page, "page.txt")
    >>> cable.id, cable.header.origin, cable.paragraphs[0].text
    ('07OSLO12', 'Embassy Oslo', 'All is well.')
    """
    heads = list(_VALUES.finditer(text))
    starts = [*(head.start() for head in heads), len(text)]
    read_so_far = 0
    for head, next_head in zip(heads, starts[1:], strict=True):
        facts = page_facts(head.groupdict())
        start = head.end()
        for part in _parts(text[start : _end_of_cable(text, start, next_head)]):
            if part.start:  # a second cable inside the body: the page's facts are not its own
                facts = part_facts(part)
            yield assemble(
                text,
                path=path,
                format="web",
                index=read_so_far,
                start=start + part.start,
                end=start + part.end,
                notes=notes,
                **{"fallback_id": f"page {read_so_far + 1}", **facts},
            )
            read_so_far += 1


def page_facts(row: Mapping[str, str | None]) -> dict[str, Any]:
    """What a page's row of facts says of its cable, as arguments of `assemble`.

    `row` holds the values by column: "reference_id", "created", "released", "classification",
    "origin", each of which can be missing.

    >>> facts = page_facts({"reference_id": "07OSLO12", "created": "2007-02-21 09:41"})
    >>> facts["reference_id"], facts["page_created"], facts["released"]
    ('07OSLO12', '2007-02-21T09:41:00', None)
    """
    return {
        "reference_id": id_of(row.get("reference_id") or ""),
        "page_created": time_of(row.get("created") or ""),
        "released": time_of(row.get("released") or ""),
        "classification": row.get("classification") or None,
        "origin": row.get("origin") or None,
    }


def _parts(text: str) -> list[Part]:
    """The cables in what a page shows as one; a few words before the first are the site's."""
    parts = cables_in(text)
    return parts if parts[0].end >= _LEAST_CABLE else [Part(0, len(text))]


def _end_of_cable(text: str, start: int, end: int) -> int:
    """Where the site's text begins again: at one of its usual lines after a blank one, or at the
    next cable's."""
    offset, blank = start, True
    for raw in text[start:end].splitlines(True):
        line = raw.strip()
        if blank and beginnings("after", "before").match(line):
            return offset
        blank = not line
        offset += len(raw)
    return end
