"""All header facts of a cable at once."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from cablespan.cable import Header, Reference
from cablespan.header.classification import declassification, eo_of, reasons
from cablespan.header.classifier import person_of
from cablespan.header.dates import date_time_group
from cablespan.header.opening import Opening
from cablespan.header.posts import id_of, known_post
from cablespan.header.references import references_of
from cablespan.header.signature import signers
from cablespan.header.subject import subject_of
from cablespan.header.tags import tags_of
from cablespan.header.transmission import correspondents

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
_SECTION = re.compile(r"SEC(?:TION)?\.? \d{1,2} OF \d{1,2}")
_TRANSMISSION_LINES = ("FM ", "TO ", "INFO ", "RUE", "DE RUE", "ZNY", "XMT")
# Banner, with its letters apart, classification; in order of precedence.
_BANNERS = (
    (("TOP SECRET", "T O P"), "TOP SECRET"),
    (("UNCLAS", "U N C L A S"), "UNCLASSIFIED"),
    (("CONFIDENTIAL", "C O N F I D E N T I A L"), "CONFIDENTIAL"),
    (("SECRET", "S E C R E T"), "SECRET"),
    (("LIMITED OFFICIAL USE", "L I M I T E D"), "LIMITED OFFICIAL USE"),
)
_EXTRACT = "This record is a partial extract of the original cable"
_BROKEN_OFF = re.compile(r"[^.\s]\s{0,3}(?:\.\.\.|…)\s*\Z")


def reference_id_of(opening: Opening, created: str | None) -> str | None:
    """The id that a line of the opening names, or the post and serial in a banner or a page mark.

    `created` is the cable's time in ISO 8601, whose year the id takes.
    """
    for line in opening.transmission:
        named = _whole_id(line) or (created and _id_of_serial(line, created[2:4]))
        if named:
            return named
    return None


def _whole_id(line: str) -> str | None:
    whole = id_of(line) if line[:1].isdigit() else None
    return whole if whole and known_post(re.sub(r"\d", "", whole)) else None


def _id_of_serial(line: str, year: str) -> str | None:
    """The id that a line's post and serial make: "UNCLAS ASTANA 000454" in a cable of 2007."""
    if line.startswith(_TRANSMISSION_LINES) or "/" in line[:9]:
        return None
    match = _PAGE_AND_SERIAL.match(line) or _ORIGIN_AND_SERIAL.search(_SECTION.sub(" ", line))
    if match is None:
        return None
    words = match["post"].split()
    posts = (known_post("".join(words[first:])) for first in range(len(words)))
    post = next(filter(None, posts), None)
    return f"{year}{post}{int(match['serial'])}" if post else None


def classification_of(opening: Opening) -> str | None:
    """The classification of the banner."""
    names = (
        name
        for line in opening.transmission
        for starts, name in _BANNERS
        if line.startswith(starts)
    )
    return next(names, None)


def parse(
    opening: Opening,
    head: str,
    body: str,
    *,
    listed: Sequence[Reference] = (),
    page_created: str | None = None,
    **known: Any,
) -> Header:
    """The header of a cable.

    `head` is the text of its opening, `body` that of its end; `listed` are references that a list
    outside the text names; `page_created` is the time that a web page gives, which counts only
    where the cable has no date-time group; `known` are facts from outside the text, which win.
    """
    group = date_time_group(head)
    created = known.get("created") or group.time or page_created
    reference_id = known.get("reference_id") or reference_id_of(opening, created)
    transmission_id = _TRANSMISSION_ID.search(head)
    sender, to, info = correspondents(head)
    fields = opening.fields
    year = int(created[:4]) if created and created[:4].isdigit() else None
    references = references_of(fields.get("ref", ""), year, reference_id)
    values = {reference.value for reference in references}
    signed = known.get("signers")
    header = Header(
        reference_id=reference_id,
        created=created,
        classification=classification_of(opening),
        transmission_id=transmission_id[0] if transmission_id else None,
        precedence=group.precedence,
        from_=sender,
        to=tuple(to),
        info=tuple(info),
        excluded=tuple(name for addressee in [*to, *info] for name in addressee.excluded),
        subject=subject_of(fields.get("subject", "")),
        tags=tuple(tags_of(fields.get("tags", ""))),
        references=(*references, *(other for other in listed if other.value not in values)),
        eo=eo_of(fields.get("eo")),
        declassify_on=declassification(fields),
        classified_by=person_of(fields.get("classified_by", "")),
        reasons=tuple(reasons(fields)),
        captions=tuple(dict.fromkeys(opening.captions)),
        signers=tuple(signers(body)) if signed is None else tuple(signed),
        partial=_is_partial(head, body),
    )
    return replace(header, **{name: value for name, value in known.items() if value is not None})


def _is_partial(head: str, body: str) -> bool:
    """Whether a cable says that it is an extract, or its text breaks off."""
    end = f"{head}{body}"[-40:].rstrip()[-10:]  # it can break off in the opening
    return _EXTRACT in head or _EXTRACT in body or _BROKEN_OFF.search(end) is not None
