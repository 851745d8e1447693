"""Text copied from a web page: site text, a line of column names, the values, the cable, site text
again."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from cablespan.cable import Cable
from cablespan.header.dates import time_of
from cablespan.header.furniture import beginnings
from cablespan.header.posts import id_of
from cablespan.reading.assembly import assemble
from cablespan.reading.csv import facts_of_parts
from cablespan.reading.embedded import cables_below

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

_ABOVE_CABLE = "Show Headers"
# The page of a library of telegrams: title, time, id, classification, other facts, the cable. Each
# fact stands after its label, or alone.
_ENTRY = re.compile(
    rf"""
    (?:^[ \t]*(?P<subject>\S[^\n]{{3,300}})\n\s*)? (?:Date:\s{{1,9}})?
    (?P<created>\d{{4}}\ [A-Z][a-z]{{2,8}}\ \d{{1,2}},\ \d\d:\d\d)\ \([A-Z][a-z]{{2,5}}day\)
    \s{{1,9}}(?:Canonical\ ID:\s{{1,9}})?
    (?P<reference_id>\d{{4}}[A-Z]{{3,30}}\d{{1,7}})_[a-z]
    (?:\s{{1,9}}(?:Original\ Classification:\s{{1,9}})?(?P<classification>{_CLASS}))?
    .{{0,4000}}?\n[ \t]*{re.escape(_ABOVE_CABLE)}[ \t]*(?=\n)
    """,
    re.VERBOSE | re.MULTILINE | re.DOTALL,
)


def knows(head: str) -> bool:
    """Whether a line of a page's facts stands in a text, or those of a library's page.

    >>> knows("07OSLO12 2007-02-21 09:41 2011-08-30 01:44 SECRET Embassy Oslo"), knows("07OSLO12")
    (True, False)
    """
    if _MONTH_AND_DAY.search(head) and _VALUES.search(head):
        return True
    return _ABOVE_CABLE in head and _ENTRY.search(head) is not None


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
        for cable in cables_between(text, head.end(), next_head, path, notes, facts, read_so_far):
            yield cable
            read_so_far += 1
    if not heads and _ABOVE_CABLE in text:
        yield from _of_library(text, path, notes)


def cables_between(
    text: str,
    start: int,
    end: int,
    path: str,
    notes: tuple[str, ...],
    facts: dict[str, Any],
    first: int = 0,
) -> Iterator[Cable]:
    """The cables of `text[start:end]`, up to where the site's text begins again, numbered from
    `first` on; `facts` are those of the first one."""
    parts = cables_below(text[start : _end_of_cable(text, start, end)])
    for index, known in enumerate(facts_of_parts(parts, facts, start), first):
        known = {"fallback_id": f"page {index + 1}", **known}
        yield assemble(text, path=path, format="web", index=index, notes=notes, **known)


def _of_library(text: str, path: str, notes: tuple[str, ...]) -> Iterator[Cable]:
    """The cable of a library's page; the page's title is its subject where it names none."""
    entry = _ENTRY.search(text)
    if entry is None:
        return
    start, row = entry.end(), entry.groupdict()
    try:
        row["created"] = datetime.strptime(entry["created"], "%Y %B %d, %H:%M").isoformat()
    except ValueError:
        row["created"] = None
    end = _end_of_cable(text, start, len(text))
    facts = {"fallback_id": "page 1", **page_facts(row)}
    cable = assemble(text, path=path, format="web", start=start, end=end, notes=notes, **facts)
    subject = cable.header.subject or row["subject"]
    yield replace(cable, header=replace(cable.header, subject=subject))


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
