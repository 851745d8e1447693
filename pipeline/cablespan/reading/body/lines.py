"""A body's written lines in blocks. Blank lines, page marks and rules stand between blocks and are
no text."""

import re

from cablespan.header.furniture import inline_marks, is_furniture
from cablespan.reading.body.blocks import Block, Line
from cablespan.reading.body.continuations import Continuation, NextMatch
from cablespan.reading.body.page import LOWER, Page
from cablespan.reading.body.seams import repeatable, seams, without_number
from cablespan.reading.body.tables import RULE_SIGNS, has_columns, is_rule, rules_between_rows
from cablespan.reading.body.titles import looks_like_heading

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
_RULE_AT_THE_END = re.compile(rf"\s+[{RULE_SIGNS}]{{3}}[{RULE_SIGNS} ]*$")
_RULE_AT_THE_BEGINNING = re.compile(rf"[{RULE_SIGNS}]{{5,}} +(?=\S)")
_WORD_SIGN = rf"[^{RULE_SIGNS}\s]"
# "***ROADS***"
_FRAMED = re.compile(rf"([{RULE_SIGNS}])\1{{2,}}\s*({_WORD_SIGN}.*{_WORD_SIGN})\s*\1{{3,}}")
_NOTHING = ("", "-", "--", ".", "¶")  # signs that stand where a blank line would


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
            block.wrapped = block.is_wrapped_on(page, source)
    return written


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
        ruled_above, line, ruled_below = _without_rules(line)
        if ruled_above:
            self.rule()
        self._open.lines.append(line)
        if ruled_below:
            self.rule()

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


def _read_lines(
    source: str, start: int, end: int, blocks: _Blocks, wrapped: bool, skipped: dict[int, int]
) -> None:
    """Hands the lines to `blocks`, those that just go on together with the one before them; what is
    `skipped`, by the offset of its first line, is a mark."""
    if source.find(_CAPTION, start, end) < 0:
        marked = NextMatch(_INLINE_MARK, _SIGNS_OF_MARKS, source, start, end)
    else:
        marked = NextMatch(_MARK_OR_CAPTION, (_CAPTION,), source, start, end)
    continuation = Continuation(source, start, end, marked, wrapped)
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
    starts = [0, *(mark_end for _, mark_end in marks)]
    ends = [*(mark_start for mark_start, _ in marks), len(text)]
    for start, end in zip(starts, ends, strict=True):
        if start:
            blocks.mark()
        part = text[start:end].strip()
        if part:
            at = begin + text.index(part, start)
            blocks.written(Line(at, at + len(part), part, part))


def _without_rules(line: Line) -> tuple[bool, Line, bool]:
    """A line without the rules in it; whether one stands before its words, and after them."""
    framed = _framed_title(line)
    if framed is not None:
        return True, framed, True
    before = after = None
    if line.text[0] in RULE_SIGNS and not has_columns(line.text):
        before = _RULE_AT_THE_BEGINNING.match(line.text)
    if before:
        line = _without_beginning(line, before.end())
    if line.last[-1] in RULE_SIGNS and not has_columns(line.last):
        after = _RULE_AT_THE_END.search(line.last)
    if after:
        line = _without_end(line, after.start())
    return before is not None, line, after is not None


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
