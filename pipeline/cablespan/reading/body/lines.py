"""A body's written lines in blocks. Blank lines, page marks and rules stand between blocks and are no text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import median

from cablespan.header.furniture import inline_marks, is_furniture
from cablespan.reading.body.page import LOWER, UNWRAPPED, Page

# Lines that just go on: they begin with a small letter and have not the form of an item ("a. ", "o ").
_GOING_ON = re.compile(r"(?:\n[a-z][^.)\s][^.)\n][^\n]*)+")
_GAP = re.compile(r"   (?! {0,2}\n)")  # between columns; three blanks at the end of a line are none
_INLINE_MARK = re.compile(r" (?:OF|of|Of) 0")
_UNUSUAL = re.compile(rf"\t|\||{_GAP.pattern}|{_INLINE_MARK.pattern}")
_RULE_SIGNS = "-=*_~#"
_RULE_AT_THE_END = re.compile(r"\s+[-=*_~#]{3}[-=*_~# ]*$")
_RULE_AT_THE_BEGINNING = re.compile(r"[-=*_~#]{5,} +(?=\S)")
_NOTHING = ("", "-", "--", ".")  # signs that stand where a blank line would
_LEAST_WRAPPED = 45  # characters of the usual wrapped line


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
        return self.end - self.begin == len(self.text)


@dataclass(slots=True)
class Block:
    """Lines with nothing between. Above them stand so many blank lines, a page mark, a rule, or nothing.

    `rule_below`: directly, without a blank line. `wrapped`: at a column, so that the end of a line
    says nothing.
    """

    lines: list[Line] = field(default_factory=list)
    blanks: int = 0
    mark: bool = False
    rule_above: bool = False
    rule_below: bool = False
    wrapped: bool = True


def is_rule(line: str) -> bool:
    """Whether a line, stripped, is drawn: dashes, equals, asterisks, with blanks between or not."""
    return (
        len(line) >= 3
        and line[0] in _RULE_SIGNS
        and line[-1] in _RULE_SIGNS
        and not line.strip(_RULE_SIGNS + " ")
    )


def is_row(line: str) -> bool:
    """Whether a line, stripped, looks like the row of a table."""
    return "   " in line or "\t" in line or line.count("|") > 1


def written_blocks(source: str, start: int, end: int, page: Page) -> list[Block]:
    """The blocks of `source[start:end]`.

    >>> text = "The road\\n\\nOSLO 00000012  002 OF 003\\nis long."
    >>> page = Page.measured(text.splitlines())
    >>> [(block.lines[0].text, block.mark) for block in written_blocks(text, 0, len(text), page)]
    [('The road', False), ('is long.', True)]
    """
    blocks = _Blocks(page)
    for line in _lines(source, start, end):
        blocks.take(line)
    found = blocks.all()
    if page.mixed:
        for block in found:
            block.wrapped = _is_wrapped(source, block, page)
    return found


def usual_blanks_at_marks(blocks: list[Block]) -> int | None:
    """How many blank lines stand around a page mark in mid-paragraph: the fewest around any.

    None where fewer than two marks tell.
    """
    counts = [block.blanks for block in blocks if block.mark]
    return min(counts) if len(counts) > 1 or counts == [0] else None


class _Blocks:
    """Puts lines together to blocks."""

    def __init__(self, page: Page):
        self._page = page
        self._blocks: list[Block] = []
        self._open = Block()
        self._blanks_in_a_row = 0

    def all(self) -> list[Block]:
        self._close()
        return self._blocks

    def take(self, line: Line) -> None:
        if line.text in _NOTHING:
            self._blank()
            return
        self._blanks_in_a_row = 0
        if line.single and line.text[0] not in LOWER:
            if self._is_mark(line.text):
                self._close()
                self._open.mark = True
                return
            if is_rule(line.text):
                self._rule()
                return
        self._written(line)

    def _written(self, line: Line) -> None:
        ruled_above = _RULE_AT_THE_BEGINNING.match(line.text)
        if ruled_above and not is_row(line.text):
            self._rule()
            line = _without_beginning(line, ruled_above.end())
        ruled_below = line.last[-1] in _RULE_SIGNS and _RULE_AT_THE_END.search(line.last)
        if ruled_below and not is_row(line.last):
            self._open.lines.append(_without_end(line, ruled_below.start()))
            self._rule()
        else:
            self._open.lines.append(line)

    def _is_mark(self, text: str) -> bool:
        if is_furniture(text):
            return True
        # A page's or an office's number beside a page mark.
        return self._open.mark and not self._open.lines and text.isdigit()

    def _blank(self) -> None:
        self._blanks_in_a_row += 1
        if self._page.double_spaced and self._blanks_in_a_row < 2:
            return
        self._close()
        self._open.blanks += 1

    def _rule(self) -> None:
        if self._open.lines:
            self._open.rule_below = True
        self._close()
        self._open.rule_above = True

    def _close(self) -> None:
        if self._open.lines:
            self._blocks.append(self._open)
            self._open = Block()


def _lines(source: str, start: int, end: int) -> Iterator[Line]:
    """The lines one by one, those that just go on together with the one before them; blank ones have no text."""
    body = source[start:end]
    unusual = _UNUSUAL.search(body) is not None
    at_once = "\r" not in body and "\f" not in body and "\v" not in body
    marked = _INLINE_MARK.search(body) is not None
    at = start
    while at < end:
        stop = source.find("\n", at, end)
        stop = end if stop < 0 else stop
        raw = source[at:stop]
        if at_once and raw and not raw.isspace() and not _is_no_text(raw.strip()):
            more = _GOING_ON.match(source, stop, end)
            if more:
                stop = _usual_end(source, stop, more.end()) if unusual else more.end()
        yield from _parts(source, at, stop, raw, marked)
        at = stop + 1


def _is_no_text(line: str) -> bool:
    """Whether a line, stripped, is a page mark or a rule."""
    return line[0] not in LOWER and (is_furniture(line) or is_rule(line))


def _usual_end(source: str, first: int, end: int) -> int:
    """Where the lines that go on after offset `first` end that have no columns and no mark inside."""
    unusual = _UNUSUAL.search(source, first, end)
    return source.rfind("\n", first, unusual.start()) if unusual else end


def _parts(source: str, at: int, stop: int, raw: str, marked: bool) -> Iterator[Line]:
    """The line `source[at:stop]`, or its parts where marks stand inside; `raw` is its first line."""
    text = raw.strip()
    marks = inline_marks(text) if marked and text else []
    if not marks or is_furniture(text):
        yield _line(source, at, stop, raw, text)
        return
    begin = at + raw.index(text[0])
    first = 0
    for mark_start, mark_end in [*marks, (len(text), len(text))]:
        part = text[first:mark_start].strip()
        if part:
            offset = begin + text.index(part, first)
            yield Line(offset, offset + len(part), part, part)
        if mark_end > mark_start:
            mark = text[mark_start:mark_end].strip()
            offset = begin + text.index(mark, mark_start)
            yield Line(offset, offset + len(mark), mark, mark)
        first = mark_end


def _line(source: str, at: int, stop: int, raw: str, text: str) -> Line:
    if not text:
        return Line(at, at, "", "")
    begin = at if raw[0] == text[0] else at + raw.index(text[0])
    indented = raw.startswith(("   ", "\t"))
    if stop - at == len(raw):
        return Line(begin, begin + len(text), text, text, indented)
    written = source[at:stop].rstrip()
    last = written[written.rfind("\n") + 1 :]
    return Line(begin, at + len(written), text, last, indented)


def _without_beginning(line: Line, length: int) -> Line:
    text = line.text[length:]
    last = text if line.single else line.last
    return Line(line.begin + length, line.end, text, last)


def _without_end(line: Line, at: int) -> Line:
    last = line.last[:at]
    text = last if line.single else line.text
    return Line(line.begin, line.end - (len(line.last) - at), text, last, line.indented)


def _is_wrapped(source: str, block: Block, page: Page) -> bool:
    """Whether a block of a page that has whole paragraphs on one line is wrapped itself."""
    lines = source[block.lines[0].begin : block.lines[-1].end].splitlines()
    lengths = [len(line.rstrip()) for line in lines]
    if sum(length for length in lengths if length > UNWRAPPED) * 2 > sum(lengths):
        return False
    return page.wrapped or len(lengths) > 1 and median(lengths[:-1]) >= _LEAST_WRAPPED
