"""Lines in which line ends were lost, cut where a paragraph or a heading begins in their middle."""

import re

from cablespan.header.portions import PORTION_CLASSES
from cablespan.reading.body.blocks import Line
from cablespan.reading.body.flow import leads_to_number
from cablespan.reading.body.headings import heading_at_the_end
from cablespan.reading.body.page import UNWRAPPED
from cablespan.reading.body.starts import Start, start_of
from cablespan.reading.body.titles import looks_like_heading, section_of_heading

# A sentence's end before a number in mid-line: "... has left. 9. (SBU) Over the summer", "9.
# COMMENT: Over".
_NUMBER_WITHIN = re.compile(
    rf"""
    \.["')\]”’]{{0,2}}[ \t]{{1,4}}
    (?=¶?\d{{1,2}}\.[ ]{{0,3}}
       (?:\((?:{PORTION_CLASSES})(?:/NF)?\) | \(?[A-Z][\w']*[ :] | [A-Z]{{4,}}\.[ ]))
    """,
    re.VERBOSE,
)
# "SUMMARY 1. (C) The talks", "... has left. THE LONG ROAD ------ 9. (SBU) Over the summer": line
# ends around a heading were lost, rules too.
_HEADING_BEFORE_NUMBER = re.compile(
    rf"""
    (?:\A|(?<=[.!?)"”])[ ]{{1,4}}) (?:[-=*]{{3,}}[ ])?
    (?P<title>[A-Z][^.;\n]{{2,80}}?):?[ ]{{1,4}}(?:[-=*]{{3,}}[-=* ]{{0,80}})?
    (?=¶?(?P<number>\d{{1,2}})\.[ ]{{0,3}}\((?:{PORTION_CLASSES})[)/])
    """,
    re.VERBOSE,
)
_FARTHEST_WITHIN = 5  # paragraph numbers between two headings in one line
# Such a number in mid-line and no sentence before it; its stop first: the search is fast.
_NUMBER_AFTER_WORD = re.compile(
    rf"""\.(?=[ ]{{0,3}}\((?:{PORTION_CLASSES})[)/])
    (?:(?<=[^\s.][ ]\d\.)|(?<=[^\s.][ ]\d\d\.)|(?<=[^\s.][ ]¶\d\.)|(?<=[^\s.][ ]¶\d\d\.))""",
    re.VERBOSE,
)


class Cutter:
    """Cuts lines of `source`; what its `body` has nothing of is not looked for in a line."""

    def __init__(self, source: str, body: str) -> None:
        self._source = source
        self._numbers_within = _NUMBER_WITHIN.search(body) is not None
        self._headings_within = _NUMBER_AFTER_WORD.search(body) is not None

    def parts(self, line: Line, below: str, last: int) -> list[Line]:
        """A line, cut where a number within it begins a paragraph, and before a heading at its end.

        `below`: the text of the next line, "" for none; `last`: the last paragraph's number.
        """
        parts = self._cut_around_headings(line, last) if self._headings_within else [line]
        if self._numbers_within:
            parts[-1:] = self._cut_at_numbers(parts[-1], last)
        if below and len(line.last) > UNWRAPPED:
            parts[-1:] = self._cut_before_heading(parts[-1], below)
        return parts

    def _cut_around_headings(self, line: Line, last: int) -> list[Line]:
        """The parts of a line in which headings stand directly before paragraphs with a number."""
        text = self._source[line.begin : line.end]
        parts, begin = [], 0
        for match in _HEADING_BEFORE_NUMBER.finditer(text):
            number = int(match["number"])
            follows = last < number <= last + _FARTHEST_WITHIN
            if not _is_before_number(match["title"], follows):
                continue
            if begin < match.start():
                parts.append(self._part(line.begin + begin, line.begin + match.start()))
            title, title_end = match.span("title")
            parts.append(self._part(line.begin + title, line.begin + title_end))
            begin, last = match.end(), number
        return [*parts, self._part(line.begin + begin, line.end)] if parts else [line]

    def _cut_at_numbers(self, line: Line, last: int) -> list[Line]:
        """The parts of a line that numbers in its middle begin, where the sequence goes on with
        them."""
        numbers = [*_NUMBER_WITHIN.finditer(self._source, line.begin, line.end)]
        if not numbers:
            return [line]
        parts, begin = [], line.begin
        own = start_of(line.text)
        own_number = own.number if own else None
        expected = (own_number or last) + 1
        for match in numbers:
            start = start_of(self._source[match.end() : line.end])
            above = self._source[begin : match.start() + 1]
            if start is None or not _goes_on(start, expected, above):
                continue
            parts.append(self._part(begin, match.end()))
            begin, expected = match.end(), (start.number or 0) + 1
        return [*parts, self._part(begin, line.end)] if parts else [line]

    def _cut_before_heading(self, line: Line, below: str) -> list[Line]:
        parts = self.cut_at_heading(line)
        start = start_of(below) if len(parts) > 1 else None
        return [line] if start is None or start.kind == "item" else parts

    def cut_at_heading(self, line: Line) -> list[Line]:
        """A line, cut where a heading at its end begins."""
        at = heading_at_the_end(line.last)
        if at is None:
            return [line]
        cut = line.end - len(line.last) + at
        return [self._part(line.begin, cut), self._part(cut, line.end)]

    def _part(self, begin: int, end: int) -> Line:
        text = self._source[begin:end].rstrip()
        lines = [line.strip() for line in text.splitlines()]
        return Line(begin, begin + len(text), lines[0], lines[-1])


def _goes_on(start: Start, expected: int, above: str) -> bool:
    """Whether a number in mid-line is the `expected` one or, with a portion mark, one soon after it
    that no word `above` leads to."""
    if start.marking is None or leads_to_number(above):
        return start.number == expected
    return expected <= (start.number or 0) <= expected + _FARTHEST_WITHIN


def _is_before_number(title: str, follows: bool) -> bool:
    """Whether words in a line are a heading: a section's, or of the look of one where the number
    after them `follows` the last one."""
    if section_of_heading(title):
        return True
    return follows and looks_like_heading(title) and not leads_to_number(title)
