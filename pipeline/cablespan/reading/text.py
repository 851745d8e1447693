"""Plain text: one cable a file."""

import re
from collections.abc import Iterator
from dataclasses import fields
from functools import cache

from cablespan import lexicon
from cablespan.cable import Cable, Reject
from cablespan.reading.assembly import assemble
from cablespan.reading.decode import name_of

_EDGE = 20_000  # characters at the beginning in which a cable shows that it is one


def knows(_head: str) -> bool:
    """Always: what is of no other format is text."""
    return True


def read(text: str, path: str, notes: tuple[str, ...] = ()) -> Iterator[Cable | Reject]:
    """The cable of a text, or a reject where nothing in it speaks for a cable."""
    cable = assemble(text, path=path, format="text", notes=notes, fallback_id=name_of(path))
    if not cable.paragraphs or _speaks_as_a_cable(cable):
        yield cable
    else:
        remedy = (
            'to annotate any text, give it as JSON Lines: {"text": "...", "meta": {"id": "..."}}'
        )
        yield Reject(
            path,
            "line 1",
            "no cable in it: no header line, no numbered paragraph, none of the words of cables",
            remedy,
        )


def _speaks_as_a_cable(cable: Cable) -> bool:
    facts = (
        getattr(cable.header, field.name)
        for field in fields(cable.header)
        if field.name != "signers"
    )
    if any(facts) or any(
        paragraph.number is not None or paragraph.marking for paragraph in cable.paragraphs
    ):
        return True
    return bool(_words().search(cable.source_text, 0, _EDGE))


@cache
def _words() -> re.Pattern:
    return re.compile("|".join(rf"\b{entry['pattern']}\b" for entry in lexicon.load("cable_words")))
