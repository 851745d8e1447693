"""A body's lines put together to paragraphs: by their numbers and items where it has them, else by blank lines and ragged ends."""

import re
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field

from cablespan.header.furniture import inline_marks, is_furniture, starts
from cablespan.segment.starts import Start, start_of

_LOWER = frozenset("abcdefghijklmnopqrstuvwxyz")
_STARTERS = frozenset("0123456789¶([{-–—•·*▪●◦○‣>+")
_WORD = re.compile(r"[^\W\d_]+")
_TERMINAL = frozenset(".:;?!\")]'”’")
_UNWRAPPED = 100  # no cable wraps its lines behind this column
_LEAST_COLUMN = 65  # at which a hard wrap can have cut words
_FARTHEST_JUMP = 20  # how many paragraph numbers may be missing in a row
_MOST_PARAGRAPHS = 100_000  # in a body; what no cable has, so that the time for one stays bounded: the last takes in the rest


@dataclass(slots=True)
class Draft:
    """A paragraph in the making: `lines` are `(offset in the source, stripped line)`; `rows` marks a table, `within` has the offsets
    of lines that go on within a word; `joined` is the text once the lines are settled.
    """

    kind: str
    number: int | None = None
    marking: str | None = None
    lines: list[tuple[int, str]] = field(default_factory=list)
    rows: bool = False
    within: frozenset[int] = frozenset()
    section: str | None = None
    joined: str | None = None

    def text(self) -> str:
        return " ".join(line for _, line in self.lines)


def is_rule(line: str) -> bool:
    """Whether a line is drawn, not written: dashes, equals, asterisks, with blanks between or not."""
    return len(line) >= 3 and line[0] in "-=*_~#" and line[-1] in "-=*_~#" and not line.strip("-=*_~# ")


def is_row(line: str) -> bool:
    """Whether a line, stripped, looks like the row of a table."""
    return "   " in line or "\t" in line or line.count("|") > 1


class Page:
    """What a body's lines have in common."""

    def __init__(self, raws: list[str], marked: bool):
        lengths = sorted(map(len, map(str.rstrip, raws)))
        del lengths[: bisect_right(lengths, 0)]
        short = lengths[: bisect_right(lengths, _UNWRAPPED)]
        self.wrapped = sum(short) * 2 >= sum(lengths) if lengths else True
        self.width = short[len(short) * 9 // 10] if short else 0
        blanks = len(raws) - len(lengths)
        self.blank_separated = blanks * 25 >= len(raws)
        # Where lines are cut at a column whatever stands there, most are of one length.
        longest = short[-1] if short else 0
        self.column = longest if longest >= _LEAST_COLUMN else 0
        self.cut = self.column > 0 and len(short) > 5 and (len(short) - bisect_right(short, longest - 2)) * 10 >= 8 * len(short)
        self.blanks_at_marks = _blanks_at_marks(raws) if marked else None
        self.double_spaced = blanks * 10 >= 9 * len(lengths) > 90 and self.wrapped and self.width > 55


def _blanks_at_marks(raws: list[str]) -> int | None:
    """How many blank lines stand around a page mark in the middle of a paragraph: the fewest around any, None where fewer than two
    marks tell.
    """
    counts, blanks, mark = [], 0, False
    for raw in raws:
        line = raw if raw[0] in _LOWER else raw.strip()
        if not line:
            blanks += 1
        elif line.isupper() and is_furniture(line):
            mark = True
        else:
            if mark:
                counts.append(blanks)
            blanks, mark = 0, False
    return min(counts) if len(counts) > 1 or counts == [0] else None


class _Layout:
    def __init__(self, page: Page):
        self.page = page
        self.drafts: list[Draft] = []
        self.current: Draft | None = None
        self.last_number = 0
        self.style: str | None = None
        self.last_item = ""
        self.gap = True
        self.mark = False
        self.blanks = 0
        self.previous = ""

    def open(self, draft: Draft) -> None:
        self.drafts.append(draft)
        self.current = draft

    def ended(self, line: str) -> bool:
        """Whether the line before was ended on purpose: the first word of this one would have found room on it."""
        return len(self.previous) + 1 + len(line.split(None, 1)[0]) <= self.page.width

    def is_start(self, start: Start, line: str) -> bool:
        """Whether what has the form of a start is one here."""
        apart = self.gap or self.mark or not self.page.wrapped
        terminal = self.previous[-1:] in _TERMINAL
        if start.kind == "numbered":
            if self.style is not None and start.style != self.style and start.marking is None:
                return apart or terminal or self.ended(line)
            number, last = start.number, self.last_number
            if start.marking is not None and number <= last + 5 * _FARTHEST_JUMP:
                return True
            near = number == 1 or last <= number <= last + _FARTHEST_JUMP
            return near and (apart or terminal or self.ended(line))
        if start.kind == "item":
            if start.style == "-":
                # Behind a lost line the next item of a list is known by its sisters.
                sister = (
                    self.current is not None and self.current.kind == "item" and not line.isupper() and line.lstrip("- ")[:1] not in _LOWER
                )
                return apart or terminal or sister or self.ended(line)
            follows = start.style in "aA1iI" or self.follows(start.style)
            return follows and (apart or terminal and not self.page.blank_separated or self.ended(line))
        return apart or terminal or self.ended(line)

    def follows(self, sign: str) -> bool:
        """Whether an item's letter or number comes after the last one's."""
        last = self.last_item
        if not last:
            return False
        if sign.isdigit() and last.isdigit():
            return 0 < int(sign) - int(last) <= 3
        return len(sign) > 1 or (len(last) == 1 and 0 < ord(sign) - ord(last) <= 3) or sign in "ivxIVX"

    def breaks(self, raw: str, line: str) -> bool:
        """Whether a line without a start begins a paragraph of its own."""
        if self.current is None or not self.page.wrapped:
            return True
        numbered = self.style is not None
        terminal = self.previous[-1:] in _TERMINAL
        usual = self.page.blanks_at_marks
        if self.mark and self.blanks > (usual if usual is not None else self.blanks):
            return terminal or line[0] not in _LOWER and not line.isupper() and self.ended(line)
        if self.gap and not self.mark:
            return terminal or line[0] not in _LOWER or self.ended(line)
        if line[0] in _LOWER or not terminal:
            return False
        if self.mark:
            return usual is None and self.blanks > 0 and self.ended(line)
        if numbered:
            return len(self.previous) * 10 < self.page.width * 6 and (
                self.mark or self.current.kind == "item" or not self.previous.endswith(":")
            )
        if self.mark:
            return self.ended(line)
        if self.page.blank_separated:
            return False
        return self.ended(line) and (raw.startswith(("   ", "\t")) or len(self.previous) * 4 < self.page.width * 3)

    def begin(self, start: Start, begin: int, line: str) -> None:
        rest = line[start.skip :]
        kind = start.kind
        if kind == "numbered" and self.style is not None and start.style != self.style and start.marking is None:
            self.last_item = str(start.number)
            self.open(Draft("item", lines=[(begin, line)]))
            return
        if kind == "marked" and self.last_item and self.follows(start.style):
            self.last_item = start.style
            self.open(Draft("item", lines=[(begin, line)]))
            return
        if kind == "numbered":
            self.style = self.style or start.style
            self.last_number, self.last_item = start.number, ""
        elif kind == "item":
            self.last_item = start.style
        draft = Draft({"marked": "text"}.get(kind, kind), start.number, start.marking)
        if rest:
            draft.lines.append((begin + start.skip, rest))
        self.open(draft)

    def rule(self) -> None:
        """A rule: the line above it is a heading where it looks like one."""
        current = self.current
        if current is not None and not self.gap and current.lines and not current.rows:
            heading = _heading_above(current)
            if heading:
                if len(heading) < len(current.lines) or current.number is not None:
                    del current.lines[-len(heading) :]
                    self.open(Draft("heading", lines=heading))
                else:
                    current.kind = "heading"
        self.gap = True
        self.mark = False


def _heading_above(draft: Draft) -> list[tuple[int, str]]:
    """The lines at the end of a draft that a rule below them makes a heading: one, or the two of a wrapped one."""
    if draft.kind == "text" and len(draft.lines) <= 2 and draft.marking is None and looks_like_heading(draft.text()):
        return draft.lines[:]
    last = draft.lines[-1][1]
    if looks_like_heading(last) and (len(draft.lines) > 1 or draft.kind == "text"):
        return draft.lines[-1:]
    return []


def looks_like_heading(text: str) -> bool:
    """Whether a short text has the look of a heading: no sentence's end, capitals or Title Case.

    >>> looks_like_heading("Unemployment on the Rise"), looks_like_heading("and they left for the coast")
    (True, False)
    """
    if not 2 <= len(text) <= 90 or text[-1] in ".;," or text[0] in _LOWER:
        return False
    words = [word for word in text.split() if word[:1].isalpha()]
    if not words:
        return False
    capitals = sum(not word[0].islower() for word in words)
    small = sum(word[0].islower() and len(word) <= 4 for word in words)
    return capitals + small == len(words) and capitals * 2 >= len(words)


def lay_out(source: str, start: int, end: int) -> list[Draft]:
    """The paragraphs of `source[start:end]` as drafts, in order."""
    body = source[start:end]
    raws = body.splitlines(True)
    page = Page(raws, " OF 0" in body or "PAGE" in body)
    layout = _Layout(page)
    offset = start
    double_spaced = page.double_spaced
    archive = starts("archive")
    columns = "\t" in body or "|" in body
    going = False  # whether the line before went on, so that the next one may
    for index, raw in enumerate(raws):
        line = raw.strip()
        begin = offset
        offset += len(raw)
        if (
            going
            and raw[0] in _LOWER
            and len(line) > 2
            and line[1] not in ".) "
            and line[2] not in ".)"
            and "   " not in line
            and not columns
        ):
            layout.current.lines.append((begin, line))
            layout.previous = line
            continue
        going = False
        if not line:
            layout.gap = not double_spaced or index + 1 < len(raws) and raws[index + 1].isspace()
            layout.blanks += 1
            continue
        first = line[0]
        if first != raw[0]:
            begin += len(raw) - len(raw.lstrip())
        if first not in _LOWER:
            if (line.isupper() or first in "#<-" or line[1:2].islower() and line.startswith(archive)) and is_furniture(line):
                layout.mark = True
                continue
            if layout.mark and line.isdigit():
                continue  # a page's or an office's number beside a page mark
            if is_rule(line):
                layout.rule()
                continue
            marks = inline_marks(line) if " OF 0" in line else []
            if marks:
                _cut(layout, begin, line, marks)
                continue
        # Nine lines of ten just go on: they are told first.
        current = layout.current
        if (
            current is not None
            and not (layout.gap or layout.mark or current.rows)
            and page.wrapped
            and (first in _LOWER or first.isalpha() and layout.previous[-1] not in _TERMINAL and not line.startswith("PARA"))
            and len(line) > 2
            and line[1] not in ".) "
            and line[2] not in ".)"
            and "   " not in line
            and not (columns and is_row(line))
        ):
            current.lines.append((begin, line))
            layout.previous = line
            going = True
            continue
        _put(layout, raws, index, raw, begin, line)
    drafts = [draft for draft in layout.drafts if draft.lines]
    if page.column and not {page.column + 1, page.column + 2}.isdisjoint(map(len, raws)):
        _find_cut_words(drafts, page, source, body)
    return drafts


def _find_cut_words(drafts: list[Draft], page: Page, source: str, body: str) -> None:
    """Writes which lines go on within a word: full to the last column, and the word occurs whole elsewhere, or lines are cut there
    anyway.
    """
    words: Counter[str] | None = None
    for draft in drafts:
        if draft.rows:
            continue
        within = []
        for (begin, line), (following, rest) in zip(draft.lines, draft.lines[1:], strict=False):
            end = begin + len(line)
            if following - end > 2 or source[end] not in "\r\n":
                continue
            if (
                end - source.rfind("\n", 0, end) - 1 != page.column
                or source[end:following] not in ("\n", "\r\n")
                or not (line[-1].isalpha() and rest[0].isalpha())
            ):
                continue
            words = Counter(_WORD.findall(body)) if words is None else words
            left, right = _WORD.findall(line)[-1], _WORD.match(rest)[0]
            whole = words[left + right] > 0
            if whole and (words[left] == 1 or words[right] == 1) or page.cut and not (words[left] > 1 and words[right] > 1):
                within.append(following)
        if within:
            draft.within = frozenset(within)


def _put(layout: _Layout, raws: list[str], index: int, raw: str, begin: int, line: str) -> None:
    """Adds a line to the paragraph that is open, or opens the one it starts."""
    current = layout.current
    if len(layout.drafts) >= _MOST_PARAGRAPHS:
        current.lines.append((begin, line))
        return
    opening = (
        start_of(line)
        if line[0] in _STARTERS or line[1:2] in (".", ")", " ") or line[2:3] in (".", ")") or line.startswith("PARA")
        else None
    )
    if (
        is_row(line)
        and (opening is None or opening.kind == "item" and opening.style == "-")
        and ((current is not None and current.rows) or (index + 1 < len(raws) and is_row(raws[index + 1].strip())))
    ):
        if current is None or not current.rows:
            layout.open(Draft("text", rows=True))
        layout.current.lines.append((begin, line))
    elif opening is not None and layout.is_start(opening, line):
        layout.begin(opening, begin, line)
    elif current is not None and not current.rows and not layout.breaks(raw, line):
        current.lines.append((begin, line))
    else:
        layout.open(Draft("text", lines=[(begin, line)]))
    layout.previous = line
    layout.gap = layout.mark = False
    layout.blanks = 0


def _cut(layout: _Layout, begin: int, line: str, marks: list[tuple[int, int]]) -> None:
    """A line with section marks inside: its parts without them."""
    at = 0
    for mark_start, mark_end in [*marks, (len(line), len(line))]:
        part = line[at:mark_start].strip()
        if part:
            _put(layout, [], 0, part, line.index(part, at) + begin, part)
        at = mark_end
