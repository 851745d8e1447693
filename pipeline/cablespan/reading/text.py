"""Plain text: a cable a file, or several below each other, each with its transmission header."""

import re
from collections.abc import Iterator
from dataclasses import fields
from functools import cache

from cablespan import lexicon
from cablespan.cable import Cable, Paragraph, Reject
from cablespan.reading.assembly import assemble
from cablespan.reading.csv import facts_of_parts
from cablespan.reading.decode import name_of
from cablespan.reading.embedded import cables_below

_EDGE = 20_000  # characters at the beginning in which a cable shows that it is one


def knows(_head: str) -> bool:
    """Always: what is of no other format is text.

    >>> knows("All is well.")
    True
    """
    return True


def read(text: str, path: str, notes: tuple[str, ...] = ()) -> Iterator[Cable | Reject]:
    """The cables of a text, or a reject where nothing in it speaks for a cable.

    >>> [type(item).__name__ for text in ("1. (U) Rain.", "Rain.") for item in read(text, "a.txt")]
    ['Cable', 'Reject']
    """
    cables = [*_cables(text, path, notes)]
    if len(cables) > 1 or not cables[0].paragraphs or _speaks_as_a_cable(cables[0]):
        yield from cables
        return
    reason = "no cable in it: no header line, no numbered paragraph, none of the words of cables"
    remedy = 'to annotate any text, give it as JSON Lines: {"text": "...", "meta": {"id": "..."}}'
    yield Reject(path, "line 1", reason, remedy)


def _cables(text: str, path: str, notes: tuple[str, ...]) -> Iterator[Cable]:
    for index, known in enumerate(facts_of_parts(cables_below(text), {})):
        known = {"fallback_id": name_of(path), **known}
        yield assemble(text, path=path, format="text", index=index, notes=notes, **known)


def _speaks_as_a_cable(cable: Cable) -> bool:
    names = (field.name for field in fields(cable.header))
    facts = (getattr(cable.header, name) for name in names if name != "signers")
    if any(facts) or any(map(_has_mark, cable.paragraphs)):
        return True
    return bool(_words().search(cable.source_text, 0, _EDGE))


def _has_mark(paragraph: Paragraph) -> bool:
    return paragraph.number is not None or bool(paragraph.marking)


@cache
def _words() -> re.Pattern:
    return re.compile("|".join(rf"\b{entry['pattern']}\b" for entry in lexicon.load("cable_words")))
