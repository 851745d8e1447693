"""A body's written lines in blocks. Blank lines, page marks and rules stand between blocks and are
no text."""

import re
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from statistics import median

from cablespan.header.furniture import beginnings, inline_marks, is_furniture
from cablespan.reading.body.page import LOWER, UNWRAPPED, Page
from cablespan.reading.body.seams import repeatable, seams, without_number
from cablespan.reading.body.tables import RULE_SIGNS, has_columns, is_rule, rules_between_rows
from cablespan.reading.body.titles import looks_like_heading

# Lines that just go on: they begin with a small letter and have not the form of an item ("a. ", "o
# ").
_SMALL = r"\n[a-z][^.)\s][^.)\n]"
_GOING_ON = re.compile(rf"(?:{_SMALL}[^\n]*)+")
# Between columns; three blanks at the end of a line, or between two sentences, are none.
_GAP = re.compile(r"   (?<! {4})(?! {0,2}\n)(?:(?<![.?!] {3})|(?! *[A-Z(]))")
_COLUMN_SIGN = re.compile(r"[\t|]")
_INLINE_MARK = re.compile(r"0(?<=[ ](?:OF|of|Of)[ ]0)")  # its rare sign first: the search is fast
# Where line ends were lost, but not "Please use the SIPDIS caption".
_CAPTION_WITHIN = re.compile(
    r"""SIPDIS[ ](?<=[\w,.;:)"'’”][ ]SIPDIS[ ])
    (?=\S)(?!(?i:caption|distribution|channel|cable))""",
    re.VERBOSE,
)
_MARK_OR_CAPTION = re.compile(f"{_INLINE_MARK.pattern}|{_CAPTION_WITHIN.pattern}", re.VERBOSE)
_SIGNS_OF_MARKS = (" OF 0", " of 0", " Of 0")
_CAPTION = " SIPDIS"
_FULL = 50  # characters of a line that was not ended early
_RULE_AT_THE_END = re.compile(r"\s+[-=*_~#]{3}[-=*_~# ]*$")
_RULE_AT_THE_BEGINNING = re.compile(r"[-=*_~#]{5,} +(?=\S)")
_FRAMED = re.compile(r"([-=*_~#])\1{2,}\s*([^-=*_~#\s].*[^-=*_~#\s])\s*\1{3,}")  # "***ROADS***"
_NOTHING = ("", "-", "--", ".", "¶")  # signs that stand where a blank line would
_LEAST_OVERFLOWS = 4  # blank lines in mid-sentence that show that full lines make them
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


_ENTRY_END = re.compile(r";(?:[ ]and|[ ]or)?[ \t\r]*(?:\n|\Z)", re.IGNORECASE)
_LEAST_ENTRIES = 3


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


def lists_entries(source: str, block: Block) -> bool:
    r"""Whether a block is a list whose entries end in ";", each at the end of a line.

    >>> text = "The cabinet:\nA. Roe, roads;\nB. Roe, ships;\nC. Roe, harbors; and\nD. Roe."
    >>> lists_entries(text, Block([Line(0, len(text), "", "")]))
    True
    """
    begin, end = block.lines[0].begin, block.lines[-1].end
    entries = source.count(";", begin, end)
    return entries >= _LEAST_ENTRIES and len(_ENTRY_END.findall(source, begin, end)) == entries


def written_blocks(
    source: str, start: int, end: int, page: Page, opening: str = "", signature: str = ""
) -> list[Block]:
    r"""The blocks of `source[start:end]`.

    The lines of `opening` are no text where they come again after a page mark, nor is `signature`
    where a section ends before the last.

    >>> text = "The road\n\nOSLO 00000012  002 OF 003\nis long."
    >>> page = Page.measured(text.splitlines())
    >>> [(block.lines[0].text, block.mark) for block in written_blocks(text, 0, len(text), page)]
    [('The road', False), ('is long.', True)]
    """
    blocks = _Blocks(page, opening)
    wrapped = page.wrapped and page.blank_separated and not page.mixed
    skipped = seams(source, start, end, opening, signature)
    _read_lines(source, start, end, blocks, wrapped, skipped)
    written = blocks.all()
    if page.mixed:
        for block in written:
            block.wrapped = _is_wrapped(source, block, page)
    return written


def usual_blanks_at_marks(blocks: list[Block]) -> int | None:
    """How many blank lines stand around a page mark in mid-paragraph: the fewest around any.

    None where fewer than two marks tell.
    """
    counts = [block.blanks for block in blocks if block.mark]
    return min(counts) if len(counts) > 1 or counts == [0] else None


def overflowing_column(blocks: list[Block]) -> int | None:
    """The column from which a line's last blank made a blank line below it; None for none.

    There blank lines stand in mid-sentence after the longest lines alone.
    """
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


class _Blocks:
    """Puts lines together to blocks."""

    def __init__(self, page: Page, opening: str = ""):
        self._page = page
        self._opening = opening
        self._blocks: list[Block] = []
        self._open = Block()
        self._blanks_in_a_row = 0

    @property
    def begun(self) -> bool:
        """Whether the open block has lines."""
        return bool(self._open.lines)

    def separated(self, text: str) -> bool:
        """Whether a line is no text but blank, a mark or a rule; then it stands between blocks."""
        if text in _NOTHING:
            self.blank()
        elif (text[0] not in LOWER or text[-1].isdecimal()) and is_furniture(text):
            self.mark()
        elif text[0] in RULE_SIGNS and is_rule(text):
            self.rule()
        elif self._is_repeated(text):
            self.mark()
        else:
            return False
        return True

    def _is_repeated(self, text: str) -> bool:
        """Whether a line of the opening comes again after a page mark: at a section's beginning."""
        if not self._open.mark or self._open.lines:
            return False
        line = without_number(text)
        return line in self._opening and line in repeatable(self._opening)

    def all(self) -> list[Block]:
        self._close()
        return self._blocks

    def written(self, line: Line) -> None:
        self._blanks_in_a_row = 0
        if self._open.mark and not self._open.lines and line.text.isdigit():
            return  # a page's or an office's number beside a page mark
        framed = _framed_title(line)
        if framed is not None:
            self.rule()
            self._open.lines.append(framed)
            self.rule()
            return
        if line.text[0] in RULE_SIGNS:
            ruled_above = _RULE_AT_THE_BEGINNING.match(line.text)
            if ruled_above and not has_columns(line.text):
                self.rule()
                line = _without_beginning(line, ruled_above.end())
        if line.last[-1] in RULE_SIGNS:
            ruled_below = _RULE_AT_THE_END.search(line.last)
            if ruled_below and not has_columns(line.last):
                self._open.lines.append(_without_end(line, ruled_below.start()))
                self.rule()
                return
        self._open.lines.append(line)

    def mark(self) -> None:
        self._blanks_in_a_row = 0
        self._close()
        self._open.mark = True

    def blank(self) -> None:
        self._blanks_in_a_row += 1
        if self._page.double_spaced and self._blanks_in_a_row < 2:
            return
        self._close()
        self._open.blanks += 1

    def rule(self) -> None:
        self._blanks_in_a_row = 0
        if self._open.lines:
            self._open.rule_below = True
        self._close()
        self._open.rule_above = True

    def _close(self) -> None:
        if self._open.lines:
            self._blocks.append(self._open)
            self._open = Block()


@cache
def _going_on_wrapped() -> re.Pattern[str]:
    """`_GOING_ON` where lines are wrapped and blank lines separate the paragraphs: a full line goes
    on with a full one as well."""
    archive = beginnings("archive").pattern
    end_of_full = rf"(?<=[^\n]{{{_FULL}}})(?<![;:])(?<![;:] )\n"
    full = rf"{end_of_full}(?!{archive})[A-Z][a-z][^.)\n][^\n]{{{_FULL - 3},}}"
    return re.compile(rf"(?:{_SMALL}[^\n]*|{full}(?!\n *[-=*]{{3}}))+")


def _read_lines(
    source: str, start: int, end: int, blocks: _Blocks, wrapped: bool, skipped: dict[int, int]
) -> None:
    """Hands the lines to `blocks`, those that just go on together with the one before them; what is
    `skipped`, by the offset of its first line, is a mark."""
    if source.find(_CAPTION, start, end) < 0:
        marked = _NextMatch(_INLINE_MARK, _SIGNS_OF_MARKS, source, start, end)
    else:
        marked = _NextMatch(_MARK_OR_CAPTION, (_CAPTION,), source, start, end)
    continuation = _Continuation(source, start, end, marked, wrapped)
    ruled = rules_between_rows(source, start, end)
    at = start
    while at < end:
        if at in skipped:
            blocks.mark()
            at = skipped[at]
            continue
        stop = source.find("\n", at, end)
        stop = end if stop < 0 else stop
        raw = source[at:stop]
        text = raw.strip()
        if at in ruled and blocks.begun or not blocks.separated(text):
            marks = _marks_within(text) if marked.after(at) < stop else []
            if marks:
                _write_parts(at + raw.index(text[0]), text, marks, blocks)
            else:
                stop = continuation.end(stop, text, blocks.begun)
                blocks.written(_line(source, at, stop, raw, text))
        at = stop + 1


class _Continuation:
    """Where the lines end that just go on after another; `wrapped`: full lines are such, too."""

    def __init__(self, source: str, start: int, end: int, marked: "_NextMatch", wrapped: bool):
        columns = _NextMatch(_COLUMN_SIGN, ("\t", "|"), source, start, end)
        gaps = _NextMatch(_GAP, ("   ",), source, start, end)
        self._source = source
        self._end = end
        self._unusual = tuple(
            ahead for ahead in (marked, columns, gaps) if ahead.after(start) < end
        )
        self._plain = not any(source.find(sign, start, end) >= 0 for sign in "\r\f\v")
        self._wrapped = wrapped

    def end(self, stop: int, text: str, begun: bool) -> int:
        """Where the lines end that go on after the line `text`, which ends at `stop`; `begun`: it
        has a line of its block above it."""
        if not self._plain:
            return stop
        wrapped = self._wrapped and (begun or not text[0].isalpha())
        more = (_going_on_wrapped() if wrapped else _GOING_ON).match(self._source, stop, self._end)
        if more is None:
            return stop
        end = more.end()
        for ahead in self._unusual:
            unusual = ahead.after(stop)
            if unusual < end:
                end = self._source.rfind("\n", stop, unusual + 1)
        return end


class _NextMatch:
    """Where a pattern occurs next in `source[start:end]`, asked in order: the text is searched
    once, and not at all where it has none of the `signs` of which each match has one."""

    def __init__(
        self, pattern: re.Pattern[str], signs: tuple[str, ...], source: str, start: int, end: int
    ):
        self._pattern = pattern
        self._source = source
        self._end = end
        occurs = any(source.find(sign, start, end) >= 0 for sign in signs)
        self._next = start - 1 if occurs else end

    def after(self, at: int) -> int:
        """The first offset from `at` on, or the end of the stretch."""
        if self._next < at:
            match = self._pattern.search(self._source, at, self._end)
            self._next = match.start() if match else self._end
        return self._next


def _marks_within(text: str) -> list[tuple[int, int]]:
    """The offsets of section marks and captions inside a line."""
    captions = [match.span() for match in _CAPTION_WITHIN.finditer(text)]
    return sorted(inline_marks(text) + captions)


def _line(source: str, at: int, stop: int, raw: str, text: str) -> Line:
    """The line `source[at:stop]`; `raw` is its first line and `text` that without outer blanks."""
    begin = at if raw[0] == text[0] else at + raw.index(text[0])
    indented = raw.startswith(("   ", "\t"))
    if stop - at == len(raw):
        return Line(begin, begin + len(text), text, text, indented)
    written = source[at:stop].rstrip()
    last = written[written.rfind("\n") + 1 :]
    return Line(begin, at + len(written), text, last, indented)


def _write_parts(begin: int, text: str, marks: list[tuple[int, int]], blocks: _Blocks) -> None:
    """The line `text` at offset `begin` without the marks inside."""
    first = 0
    for mark_start, mark_end in marks:
        _write_part(begin, text, first, mark_start, blocks)
        blocks.mark()
        first = mark_end
    _write_part(begin, text, first, len(text), blocks)


def _write_part(begin: int, text: str, first: int, end: int, blocks: _Blocks) -> None:
    part = text[first:end].strip()
    if part:
        at = begin + text.index(part, first)
        blocks.written(Line(at, at + len(part), part, part))


def _framed_title(line: Line) -> Line | None:
    """The heading that a line holds between two rules, without them."""
    framed = _FRAMED.fullmatch(line.text) if line.single and line.text[0] in RULE_SIGNS else None
    if framed is None or has_columns(line.text) or not looks_like_heading(framed[2]):
        return None
    begin, end = framed.span(2)
    return Line(line.begin + begin, line.begin + end, framed[2], framed[2])


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
    first = block.lines[0]
    if len(block.lines) == 1 and first.single:
        return page.wrapped and len(first.text) <= UNWRAPPED
    lines = source[block.lines[0].begin : block.lines[-1].end].splitlines()
    lengths = [len(line.rstrip()) for line in lines]
    if sum(length for length in lengths if length > UNWRAPPED) * 2 > sum(lengths):
        return False
    return page.wrapped or len(lengths) > 1 and median(lengths[:-1]) >= _LEAST_WRAPPED
