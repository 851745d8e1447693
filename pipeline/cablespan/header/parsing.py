"""All header facts of a cable at once."""

import re
from collections.abc import Iterable, Mapping
from itertools import product
from typing import Any

from cablespan.cable import Header, Reference
from cablespan.header.classification import declassification, eo_of, reasons
from cablespan.header.classifier import person_of
from cablespan.header.dates import date_time_group, year_of
from cablespan.header.opening import Opening
from cablespan.header.posts import post_at_end, post_of_mark
from cablespan.header.references import references_of
from cablespan.header.signature import signers
from cablespan.header.subject import subject_of
from cablespan.header.tags import tags_of
from cablespan.header.transmission import correspondents
from cablespan.lexicon import load

_TRANSMISSION_ID = re.compile(r"V[ZV]CZC[A-Z]{3}\d{0,4}|VZCZC\w{1,10}")
_ORIGIN_AND_SERIAL = re.compile(
    r"""(?:^|[\s/])(?P<post>[A-Z][A-Z .'/]{2,30}?)
    [ ]{1,8}0{0,5}(?P<serial>\d{1,6})\b
    (?!\s{0,3}\d{6}Z)                                   # no time after it""",
    re.VERBOSE,
)
# PAGE 02 WARSAW 01634 071251Z
_PAGE_AND_SERIAL = re.compile(
    r"""PAGE\ \d{1,2}\s{1,12}
    (?P<post>[A-Z][A-Z .']{2,20}?)\s{1,6}
    (?P<serial>\d{3,6})
    (?:\s{1,4}(?:\d{2}\ OF\ \d{2}\s{1,4})?\d{6}Z)?""",
    re.VERBOSE,
)
_SECTION = re.compile(r"SEC(?:TION)?\.? {1,3}\d{1,2} {1,3}OF {1,3}\d{1,2}")
_TRANSMISSION_LINES = ("FM ", "TO ", "INFO ", "RUE", "DE RUE", "ZNY", "XMT")
EXTRACT = "This record is a partial extract of the original cable"
_BROKEN_OFF = re.compile(r"[^.\s](?:\s{0,3}|[ \t]*\n[ \t]*)(?:\.\.\.|…)\Z")

_TORN_LINE = re.compile(r"[^.\s](?:\.\.\.|…)[ \t]*$", re.MULTILINE)  # above what a site adds


def reference_id_of(opening: Opening, year: int | None) -> str | None:
    """The id that post and serial make in a line of the opening: a banner, a page mark.

    `year` is the cable's, of two digits or four; none has no id.

    >>> reference_id_of(Opening(transmission=["UNCLAS OSLO 000012"]), 2007)
    '07OSLO12'
    """
    if year is None:
        return None
    ids = (_id_of_serial(line, f"{year % 100:02}") for line in opening.transmission)
    return next(filter(None, ids), None)


def _id_of_serial(line: str, year: str) -> str | None:
    """The id that a line's post and serial make: "UNCLAS ASTANA 000454" in a cable of 2007."""
    if line.startswith(_TRANSMISSION_LINES) or "/" in line[:9]:  # a route and its addressee
        return None
    match = _PAGE_AND_SERIAL.match(line) or _ORIGIN_AND_SERIAL.search(_SECTION.sub(" ", line))
    if match is None:
        return None
    post = post_at_end(match["post"].split())
    return f"{year}{post_of_mark(post)}{int(match['serial'])}" if post else None


def classification_of(opening: Opening) -> str | None:
    """The classification of the banner.

    >>> classification_of(Opening(transmission=["C O N F I D E N T I A L OSLO 000012"]))
    'CONFIDENTIAL'
    """
    banners = product(opening.transmission, load("classifications"))
    return next((level["name"] for line, level in banners if _begins(line, level)), None)


def _begins(line: str, level: Mapping[str, Any]) -> bool:
    """Whether a line begins with the banner of a classification, its letters apart or not, and not
    with a word that only begins like one."""
    other_words = tuple(level.get("other_words", ()))
    return line.startswith(tuple(level["banners"])) and not line.startswith(other_words)


def parse(
    opening: Opening,
    head: str,
    body: str,
    *,
    apart: str = "",
    listed: Iterable[Reference] = (),
    page_created: str | None = None,
    **known: Any,
) -> Header:
    r"""The header of a cable.

    `head` is the text of its opening, `body` that of its end; `apart` is the transmission header
    where it stands outside the text; `listed` are references that a list outside the text names;
    `page_created` is the time that a web page states, which counts only where the cable has no
    date-time group; `known` are facts from outside the text by the names of the header's fields,
    which win; None is no fact.

    >>> from cablespan.header.opening import read_opening
    >>> text = "R 210941Z FEB 07\nFM AMEMBASSY OSLO\nUNCLAS OSLO 000012\nSUBJECT: ROADS"
    >>> header = parse(read_opening(text), text, "1. (U) All is well.\nROE", origin="OSLO")
    >>> header.reference_id, header.subject, header.signers, header.origin
    ('07OSLO12', 'ROADS', ('ROE',), 'OSLO')
    """
    facts = {name: value for name, value in known.items() if value is not None}
    if "signers" not in facts:
        facts["signers"] = tuple(signers(body))
    # The labelled lines can cite other messages by their date-time groups.
    group = date_time_group("\n".join([apart, *opening.transmission]))
    head = f"{apart}\n{head}" if apart else head
    created = facts.get("created") or group.time or page_created
    year = year_of(created)
    reference_id = facts.get("reference_id") or reference_id_of(opening, year)
    sender, to, info = correspondents(head)
    fields = opening.fields
    references = references_of(fields.get("ref", ""), year, reference_id)
    cited = {reference.value for reference in references}
    references += [reference for reference in listed if reference.value not in cited]
    stated: dict[str, Any] = dict(
        reference_id=reference_id,
        created=created,
        classification=classification_of(opening),
        transmission_id=_transmission_id(head),
        precedence=group.precedence,
        from_=sender,
        to=tuple(to),
        info=tuple(info),
        excluded=tuple(name for addressee in [*to, *info] for name in addressee.excluded),
        subject=subject_of(fields.get("subject", "")),
        tags=tuple(tags_of(fields.get("tags", ""))),
        references=tuple(references),
        eo=eo_of(fields.get("eo")),
        declassify_on=declassification(fields),
        classified_by=person_of(fields.get("classified_by", "")),
        reasons=tuple(reasons(fields)),
        captions=tuple(dict.fromkeys(opening.captions)),
        partial=_is_partial(head, body),
    )
    return Header(**(stated | facts))


def _transmission_id(head: str) -> str | None:
    match = _TRANSMISSION_ID.search(head)
    return match[0] if match else None


def _is_partial(head: str, body: str) -> bool:
    """Whether a cable says that it is an extract, or its text breaks off."""
    end = f"{head}{body}"[-40:].rstrip()  # it can break off in the opening
    if not body.strip() and _TORN_LINE.search(head):
        return True
    return EXTRACT in head or EXTRACT in body or _BROKEN_OFF.search(end) is not None
