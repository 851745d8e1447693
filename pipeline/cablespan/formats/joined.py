"""A cable as one text, for formats that know no paragraphs: a blank line stands between them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from cablespan.document import SEPARATOR
from cablespan.formats.checks import GoldError

# What parts paragraphs elsewhere; our own SEPARATOR is one.
_BLANK_LINE = re.compile(r"\r?\n[ \t\r]*\n")


class Block(NamedTuple):
    """Characters `start:end` of a cable's text, and the facts of the paragraph that they are."""

    start: int
    end: int
    facts: dict[str, Any]


def joined(record: Mapping[str, Any]) -> tuple[str, list[Block]]:
    r"""The text of a record's paragraphs with each one's place, and its facts but for the text.

    >>> paragraphs = [{"id": "A/1", "text": "Rusk."}, {"id": "A/2", "text": "No."}]
    >>> text, blocks = joined({"paragraphs": paragraphs})
    >>> text, blocks[1]
    ('Rusk.\n\nNo.', Block(start=7, end=10, facts={'id': 'A/2'}))
    """
    blocks, start = [], 0
    for paragraph in record["paragraphs"]:
        end = start + len(paragraph["text"])
        facts = {key: value for key, value in paragraph.items() if key != "text"}
        blocks.append(Block(start, end, facts))
        start = end + len(SEPARATOR)
    return SEPARATOR.join(paragraph["text"] for paragraph in record["paragraphs"]), blocks


def blocks_of(text: str, cable_id: str) -> Iterator[Block]:
    """The paragraphs of a text from elsewhere, where blank lines part them.

    >>> [(block.start, block.end) for block in blocks_of(SEPARATOR.join(["One.", "Two."]), "A")]
    [(0, 4), (6, 10)]
    """
    gaps = [gap.span() for gap in _BLANK_LINE.finditer(text)]
    starts, ends = [0, *(after for _, after in gaps)], [*(before for before, _ in gaps), len(text)]
    number = 0
    for start, end in zip(starts, ends, strict=True):
        block = text[start:end]
        if block.strip():
            facts = {"id": f"{cable_id}/{number}", "kind": "text"}
            yield Block(start, start + len(block.rstrip("\r\n")), facts)
            number += 1


def in_paragraph(
    start: int, end: int, blocks: Sequence[Block], name: str, place: str
) -> tuple[str, int, int]:
    """The paragraph that characters of the whole text lie in, and the offsets in it.

    Raises GoldError, with the span's name and place, where they are in none.

    >>> blocks = Block(0, 4, {"id": "A/0"}), Block(6, 10, {"id": "A/1"})
    >>> in_paragraph(6, 9, blocks, "T1", "A.ann:1")
    ('A/1', 0, 3)
    """
    for block in blocks:
        if block.start <= start and end <= block.end:
            return block.facts["id"], start - block.start, end - block.start
    remedy = "keep each span within one paragraph"
    raise GoldError.at(place, f"{name} runs over a paragraph's end", remedy)
