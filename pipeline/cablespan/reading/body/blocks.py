"""Written lines, and the blocks of them between blank lines, page marks and rules."""

import re
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from cablespan.reading.body.page import LEAST_WRAPPED, LOWER, UNWRAPPED, Page
from cablespan.reading.body.titles import looks_like_heading

_ENTRY_END = re.compile(r";(?:[ ]and|[ ]or)?[ \t\r]*(?:\n|\Z)", re.IGNORECASE)
_LEAST_ENTRIES = 3
_LEAST_OVERFLOWS = 4  # blank lines in mid-sentence that show that full lines make them


@dataclass(slots=True)
class Line:
    """`source[begin:end]`: a written line, with the lines after it that just go on.

    `text` is its first line and `last` its last, both stripped.
    """

    begin: int
    end: int
    text: str
    last: str
    indented: bool = False

    @property
    def single(self) -> bool:
        """Whether it is one written line."""
        return self.end - self.begin == len(self.text)

    @property
    def at_most_two(self) -> bool:
        """Whether it is one line, or two with a line's end and blanks between."""
        return self.end - self.begin <= len(self.text) + len(self.last) + 3

    @property
    def words(self) -> str:
        """Its text, where it has at most two lines."""
        return self.text if self.single else f"{self.text} {self.last}"

    @property
    def is_titled(self) -> bool:
        """Whether it is one written line with the look of a heading."""
        return self.single and looks_like_heading(self.text)


@dataclass(slots=True)
class Block:
    """Lines with nothing between. Above them stand so many blank lines, a page mark, a rule, or
    nothing.

    `rule_below`: directly, without a blank line. `wrapped`: at a column, so that the end of a line
    says nothing.
    """

    lines: list[Line] = field(default_factory=list)
    blanks: int = 0
    mark: bool = False
    rule_above: bool = False
    rule_below: bool = False
    wrapped: bool = True

    def begins_with(self, line: Line) -> bool:
        """Whether a line of it, or a part of one, is the first."""
        return line.begin == self.lines[0].begin

    def is_wrapped_on(self, page: Page, source: str) -> bool:
        """Whether it is wrapped, on a page that has whole paragraphs on one line as well."""
        first = self.lines[0]
        if len(self.lines) == 1 and first.single:
            return page.wrapped and len(first.text) <= UNWRAPPED
        lines = source[first.begin : self.lines[-1].end].splitlines()
        lengths = [len(line.rstrip()) for line in lines]
        if sum(length for length in lengths if length > UNWRAPPED) * 2 > sum(lengths):
            return False
        return page.wrapped or len(lengths) > 1 and median(lengths[:-1]) >= LEAST_WRAPPED


def lists_entries(source: str, block: Block) -> bool:
    r"""Whether a block is a list whose entries end in ";", each at the end of a line.

    >>> text = "The cabinet:\nA. Roe, roads;\nB. Roe, ships;\nC. Roe, harbors; and\nD. Roe."
    >>> lists_entries(text, Block([Line(0, len(text), "", "")]))
    True
    """
    begin, end = block.lines[0].begin, block.lines[-1].end
    entries = source.count(";", begin, end)
    return entries >= _LEAST_ENTRIES and len(_ENTRY_END.findall(source, begin, end)) == entries


class Spacing(NamedTuple):
    """What the blank lines of a body say.

    `at_marks`: how many stand around a page mark in mid-paragraph, the fewest around any; None
    where fewer than two marks tell. `overflowing`: the column from which a line's last blank made
    a blank line below it, None for none: blank lines stand in mid-sentence after the longest lines
    alone.
    """

    at_marks: int | None
    overflowing: int | None

    @classmethod
    def between(cls, blocks: list[Block]) -> "Spacing":
        """The spacing of a body's blocks."""
        return cls(_blanks_at_marks(blocks), _overflowing_column(blocks))


def _blanks_at_marks(blocks: list[Block]) -> int | None:
    counts = [block.blanks for block in blocks if block.mark]
    return min(counts) if len(counts) > 1 or counts == [0] else None


def _overflowing_column(blocks: list[Block]) -> int | None:
    lengths = [
        len(above.lines[-1].last)
        for above, below in pairwise(blocks)
        if below.blanks == 1 and not below.mark and below.lines[0].text[0] in LOWER
    ]
    shortest = min(lengths, default=0)
    if len(lengths) < _LEAST_OVERFLOWS or shortest > UNWRAPPED:
        return None
    longest = max(len(block.lines[-1].last) for block in blocks)
    return shortest if shortest >= longest - 2 else None
