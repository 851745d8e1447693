"""All header facts of a cable at once."""

import re
from collections.abc import Sequence
from typing import Any

from cablespan.cable import Header, Reference
from cablespan.header.classification import declassification, eo_of, person_of, reasons
from cablespan.header.dates import date_time_group
from cablespan.header.opening import Opening
from cablespan.header.posts import id_of, known_post
from cablespan.header.prose import signers, subject_of, tags_of
from cablespan.header.references import references_of
from cablespan.header.transmission import correspondents

_TRANSMISSION_ID = re.compile(r"V[ZV]CZC[A-Z]{3}\d{0,4}|VZCZC\w{1,10}")
_SERIAL = re.compile(
    r"(?:^|[\s/])([A-Z][A-Z .'/]{2,30}?)[ ]{1,8}0{0,5}(\d{1,6})\b(?!\s{0,3}\d{6}Z)"
)
_PAGE_SERIAL = re.compile(
    r"PAGE \d{1,2}\s{1,12}([A-Z][A-Z .']{2,20}?)\s{1,6}(\d{3,6})(?:\s{1,4}(?:\d{2} OF \d{2}\s{1,4})?(\d{6}Z))?"
)
_CLASSES = (
    ("TOP SECRET", "T O P"),
    ("UNCLASSIFIED", "U N C L A S"),
    ("CONFIDENTIAL", "C O N F I D E N T I A L"),
    ("SECRET", "S E C R E T"),
    ("LIMITED OFFICIAL USE", "L I M I T E D"),
)


def reference_id_of(opening: Opening, created: str | None) -> str | None:
    """The id that the banner, a page mark or a serial line names, with the year of the date-time group."""
    year = created[2:4] if created else None
    for line in opening.transmission:
        whole = id_of(line) if line[:1].isdigit() else None
        if whole and known_post(re.sub(r"\d", "", whole)):
            return whole
        if (
            year is None
            or line.startswith(("FM ", "TO ", "INFO ", "RUE", "DE RUE", "ZNY", "XMT"))
            or "/" in line[:9]
        ):
            continue
        match = _PAGE_SERIAL.match(line) or _SERIAL.search(
            re.sub(r"SEC(?:TION)?\.? \d{1,2} OF \d{1,2}", " ", line)
        )
        if match:
            words = match[1].split()
            for first in range(len(words)):
                post = known_post("".join(words[first:]))
                if post:
                    return f"{year}{post}{int(match[2])}"
    return None


def classification_of(opening: Opening) -> str | None:
    """The classification of the banner."""
    for line in opening.transmission:
        for name, spaced in _CLASSES:
            if line.startswith((name, spaced)) or (
                name == "UNCLASSIFIED" and line.startswith("UNCLAS")
            ):
                return name
    return None


def parse(
    opening: Opening, head: str, body: str, *, listed: Sequence[Reference] = (), **known: Any
) -> Header:
    """The header of a cable: `head` is the text of its opening, `body` that of its end; `listed` are references that a list outside the
    text names; `known` are facts from there, which win.
    """
    precedence, created = date_time_group(head)
    fields = opening.fields
    reference_id = known.get("reference_id") or reference_id_of(
        opening, known.get("created") or created
    )
    created = known.get("created") or created
    transmission_id = _TRANSMISSION_ID.search(head)
    sender, to, info = correspondents(head)
    year = int(created[:4]) if created and created[:4].isdigit() else None
    references = (
        references_of(fields["ref"], year=year, reference_id=reference_id)
        if "ref" in fields
        else []
    )
    values = {reference.value for reference in references}
    facts = {
        "reference_id": reference_id,
        "created": created,
        "classification": classification_of(opening),
        "transmission_id": transmission_id[0] if transmission_id else None,
        "precedence": precedence,
        "from_": sender,
        "to": tuple(to),
        "info": tuple(info),
        "excluded": tuple(name for addressee in [*to, *info] for name in addressee.excluded),
        "subject": subject_of(fields.get("subject", "")),
        "tags": tuple(tags_of(fields["tags"])) if "tags" in fields else (),
        "references": (
            *references,
            *(reference for reference in listed if reference.value not in values),
        ),
        "eo": eo_of(fields.get("eo")),
        "declassify_on": declassification(fields),
        "classified_by": person_of(fields["classified_by"])
        if fields.get("classified_by")
        else None,
        "reasons": tuple(reasons(fields)),
        "captions": tuple(dict.fromkeys(opening.captions)),
        "signers": () if known.get("signers") is not None else tuple(signers(body)),
        "partial": "This record is a partial extract of the original cable" in head
        or "This record is a partial extract of the original cable" in body,
    }
    return Header(
        **{**facts, **{name: value for name, value in known.items() if value is not None}}
    )
