"""A cable whose text no line begins: it stands above labelled lines, or on one. In doubt it is
text, and the header goes without the fact."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from cablespan.header.furniture import is_furniture
from cablespan.header.labelled import Line, first_lines, is_numbered
from cablespan.header.opening import Opening, read_opening
from cablespan.header.prose import is_running
from cablespan.header.transmission import transmission_line

_LETTER = re.compile(r"[^\W\d_]")
_LEAST_WORDS = 8  # of a line that is text


class FoundBody(NamedTuple):
    """An opening whose body was told by its look, where that ends, and a note of what was done."""

    opening: Opening
    end: int
    notes: tuple[str, ...]


def with_body(text: str, start: int, end: int, opening: Opening) -> FoundBody:
    r"""The opening of `text[start:end]` as it was read where text follows it; else one whose body
    is the first thing in it that looks like text.

    >>> text = "Post gave the points to the Minister for Roads.\nE.O. 12958: N/A\nSUBJECT: ROADS"
    >>> found = with_body(text, 0, len(text), read_opening(text))
    >>> text[found.opening.body : found.end], found.opening.fields["subject"]
    ('Post gave the points to the Minister for Roads.\n', 'ROADS')
    """
    if _LETTER.search(text, opening.body, end):
        return FoundBody(opening, end, ())
    lines = first_lines(text, start, end).lines
    for body in _bodies(lines):
        above = read_opening(text, start, body)
        below = [line.offset for line in lines if line.label and line.offset > body]
        fields = {**(opening.fields if below else {}), **above.fields}
        note = "no line begins the text: it was told from the opening by its look"
        found = replace(opening, fields=fields, transmission=above.transmission, body=body)
        return FoundBody(found, min([end, *below]), (note,))
    return FoundBody(opening, end, ())


def _bodies(lines: list[Line]) -> Iterator[int]:
    """Where text can begin: at an unlabelled line, or at what follows the last label that a text
    follows."""
    yield from (line.offset for line in lines if not line.label and _is_text(line.text))
    for line in reversed(lines):
        if line.label and _is_text(line.text[line.label.content :]):
            yield line.offset + line.label.content


def _is_text(line: str) -> bool:
    if is_furniture(line) or transmission_line().fullmatch(line):
        return False
    return is_numbered(line) or (is_running(line) and len(line.split()) >= _LEAST_WORDS)
