"""Text without a cable's opening, in which blank lines separate the paragraphs: one block, one
paragraph, unless the lines are hard-wrapped as a cable's are."""

import re

from cablespan.reading.body.draft import Draft
from cablespan.reading.body.layout import lay_out
from cablespan.reading.body.page import LEAST_WRAPPED
from cablespan.reading.body.starts import Start, start_of

_BLANK = re.compile(r"\n[ \t\r\f\v]*\n")
_LINES_OF_A_WRAPPED_BLOCK = 4
_LONGEST_WRAPPED = 90  # characters
_FIRST_NUMBER = 30  # a telegram's own number can stand where that of its first paragraph would


def blocks(source: str, start: int, end: int) -> list[tuple[int, int]]:
    """The bounds of what stands between blank lines, without white space around it."""
    blanks = [*_BLANK.finditer(source, start, end)]
    begins = [start, *(blank.end() for blank in blanks)]
    ends = [*(blank.start() for blank in blanks), end]
    stripped = (_stripped(source, *bounds) for bounds in zip(begins, ends, strict=True))
    return [(begin, end) for begin, end in stripped if begin < end]


def _stripped(source: str, begin: int, end: int) -> tuple[int, int]:
    text = source[begin:end]
    return end - len(text.lstrip()), begin + len(text.rstrip())


def lay_out_blocks(source: str) -> list[Draft]:
    """The paragraphs of a text that has no cable's opening."""
    bounds = blocks(source, 0, len(source))
    if _is_wrapped(source, bounds):
        return lay_out(source, 0, len(source))
    drafts: list[Draft] = []
    last = 0
    for start, end in bounds:
        opening = start_of(source[start:end].splitlines()[0].strip())
        number = _number(opening, last)
        drafts.append(_draft(source, start, end, opening, number))
        last = last if number is None else number
    return drafts


def _number(opening: Start | None, last: int) -> int | None:
    """The paragraph's number where a block opens with one: a marking follows it, or it is not far
    from the `last` one."""
    if opening is None or opening.number is None:
        return None
    is_near = opening.number < max(last, 1) + _FIRST_NUMBER
    return opening.number if opening.marking or is_near else None


def _draft(source: str, start: int, end: int, opening: Start | None, number: int | None) -> Draft:
    """A block as a draft; one that has nothing after its opening is text as it stands."""
    if opening is None or start + opening.skip >= end:
        return Draft("text", source, spans=[(start, end)])
    kind = "item" if opening.kind == "item" else "text" if number is None else "numbered"
    return Draft(kind, source, number, opening.marking, [(start + opening.skip, end)])


def _is_wrapped(source: str, bounds: list[tuple[int, int]]) -> bool:
    """Whether most of the text stands in blocks of many short, nearly full lines."""
    wrapped = sum(end - start for start, end in bounds if _has_wrapped_lines(source[start:end]))
    return wrapped * 2 > sum(end - start for start, end in bounds)


def _has_wrapped_lines(block: str) -> bool:
    lengths = sorted(map(len, block.splitlines()))
    if len(lengths) < _LINES_OF_A_WRAPPED_BLOCK:
        return False
    return lengths[-1] <= _LONGEST_WRAPPED and lengths[len(lengths) // 2] >= LEAST_WRAPPED
