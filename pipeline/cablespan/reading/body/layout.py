"""A body's lines put together to paragraphs: by their numbers and items where it has them, else by blank lines and ragged ends."""

import re
from collections import Counter
from functools import cache

from cablespan.header.furniture import inline_marks, is_furniture, starts
from cablespan.reading.body.draft import Draft
from cablespan.reading.body.page import LOWER, UNWRAPPED, Page
from cablespan.reading.body.starts import Start, start_of

_STARTERS = frozenset("0123456789¶([{-–—•·*▪●◦○‣>+")
_WORD = re.compile(r"[^\W\d_]+")
_TERMINAL = frozenset(".:;?!\")]'”’")
_UNENDED = r"[^\s.:;?!\")\]'”’]"
_GAP = re.compile(r"   (?! {0,2}\n)")  # between columns; three blanks at the end of a line are none
_TRAILING = 3  # blanks at the end of a line that are usual
_FARTHEST_JUMP = 20  # how many paragraph numbers may be missing in a row
MOST_PARAGRAPHS = 100_000  # in a body; what no cable has, so that the time for one stays bounded: the last takes in the rest


def is_rule(line: str) -> bool:
    """Whether a line is drawn, not written: dashes, equals, asterisks, with blanks between or not."""
    return (
        len(line) >= 3
        and line[0] in "-=*_~#"
        and line[-1] in "-=*_~#"
        and not line.strip("-=*_~# ")
    )


def is_row(line: str) -> bool:
    """Whether a line, stripped, looks like the row of a table."""
    return "   " in line or "\t" in line or line.count("|") > 1


@cache
def _stop(least: int) -> re.Pattern[str]:
    """The end of a line behind which no line stands that just goes on: one that begins with a letter, has not the form of a start, a
    mark or an archive's note, and if it begins with a capital, comes in mid-sentence or behind a line of `least` signs.
    """
    archive = "|".join(map(re.escape, starts("archive")))
    behind = "|".join(
        rf"(?<={line}\n)" for line in (_UNENDED, f"{_UNENDED} ", rf"[^\n]{{{least}}}")
    )
    return re.compile(
        rf"\n(?!(?:[a-z]|(?:{behind})(?!{archive})[A-Z](?=[^\n]*[a-z]))(?:[^.)\s](?:[^.)\s]| \S)|(?<!o) [^.)\s]))"
    )


class _Layout:
    def __init__(self, page: Page, source: str):
        self.page = page
        self.source = source
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
        number, last = start.number, self.last_number
        if (
            start.kind == "numbered"
            and start.marking is not None
            and number <= last + 5 * _FARTHEST_JUMP
        ):
            return True
        apart = self.gap or self.mark or not self.page.wrapped
        terminal = self.previous[-1:] in _TERMINAL
        if start.kind == "numbered":
            if self.style is not None and start.style != self.style and start.marking is None:
                return apart or terminal or self.ended(line)
            near = number == 1 or last <= number <= last + _FARTHEST_JUMP
            return near and (apart or terminal or self.ended(line))
        if start.kind == "item":
            if start.style == "-":
                # Behind a lost line the next item of a list is known by its sisters.
                sister = (
                    self.current is not None
                    and self.current.kind == "item"
                    and not line.isupper()
                    and line.lstrip("- ")[:1] not in LOWER
                )
                return apart or terminal or sister or self.ended(line)
            follows = start.style in "aA1iI" or self.follows(start.style)
            return follows and (
                apart or terminal and not self.page.blank_separated or self.ended(line)
            )
        return apart or terminal or self.ended(line)

    def follows(self, sign: str) -> bool:
        """Whether an item's letter or number comes after the last one's."""
        last = self.last_item
        if not last:
            return False
        if sign.isdigit() and last.isdigit():
            return 0 < int(sign) - int(last) <= 3
        return (
            len(sign) > 1 or (len(last) == 1 and 0 < ord(sign) - ord(last) <= 3) or sign in "ivxIVX"
        )

    def breaks(self, raw: str, line: str) -> bool:
        """Whether a line without a start begins a paragraph of its own."""
        if self.current is None or not self.page.wrapped:
            return True
        numbered = self.style is not None
        terminal = self.previous[-1:] in _TERMINAL
        usual = self.page.blanks_at_marks
        if self.mark and self.blanks > (usual if usual is not None else self.blanks):
            return terminal or line[0] not in LOWER and not line.isupper() and self.ended(line)
        if self.gap and not self.mark:
            return terminal or line[0] not in LOWER or self.ended(line)
        if line[0] in LOWER or not terminal:
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
        return self.ended(line) and (
            raw.startswith(("   ", "\t")) or len(self.previous) * 4 < self.page.width * 3
        )

    def begin(self, start: Start, begin: int, line: str) -> None:
        kind = start.kind
        if (
            kind == "numbered"
            and self.style is not None
            and start.style != self.style
            and start.marking is None
        ):
            self.last_item = str(start.number)
            self.open(Draft("item", self.source, spans=[(begin, begin + len(line))]))
            return
        if kind == "marked" and self.last_item and self.follows(start.style):
            self.last_item = start.style
            self.open(Draft("item", self.source, spans=[(begin, begin + len(line))]))
            return
        if kind == "numbered":
            self.style = self.style or start.style
            self.last_number, self.last_item = start.number, ""
        elif kind == "item":
            self.last_item = start.style
        draft = Draft(
            "text" if kind == "marked" else kind, self.source, start.number, start.marking
        )
        if start.skip < len(line):
            draft.spans.append((begin + start.skip, begin + len(line)))
        self.open(draft)

    def rule(self) -> None:
        """A rule: the line above it is a heading where it looks like one."""
        current = self.current
        if current is not None and not self.gap and current.spans and not current.rows:
            heading = _heading_above(current)
            if heading is not None:
                if heading > current.spans[0][0] or current.number is not None:
                    spans = [
                        (max(begin, heading), end) for begin, end in current.spans if end > heading
                    ]
                    current.cut(heading)
                    self.open(Draft("heading", self.source, spans=spans))
                else:
                    current.kind = "heading"
        self.gap = True
        self.mark = False


def _heading_above(draft: Draft) -> int | None:
    """Where the lines at the end of a draft begin that a rule below them makes a heading: one, or the two of a wrapped one."""
    lines = draft.last_lines()
    if (
        draft.kind == "text"
        and len(lines) <= 2
        and draft.marking is None
        and looks_like_heading(" ".join(line for _, line in lines))
    ):
        return lines[0][0]
    offset, last = lines[-1]
    return (
        offset
        if looks_like_heading(last) and (offset > draft.spans[0][0] or draft.kind == "text")
        else None
    )


def looks_like_heading(text: str) -> bool:
    """Whether a short text has the look of a heading: no sentence's end, capitals or Title Case.

    >>> looks_like_heading("Unemployment on the Rise"), looks_like_heading("and they left for the coast")
    (True, False)
    """
    if not 2 <= len(text) <= 90 or text[-1] in ".;," or text[0] in LOWER:
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
    marked = " OF 0" in body
    page = Page(raws, marked or "PAGE" in body)
    layout = _Layout(page, source)
    offset, index = start, 0
    double_spaced = page.double_spaced
    archive = starts("archive")
    columns = "\t" in body or "|" in body
    gaps = _GAP.search(body) is not None
    # Where line ends are line feeds and nothing else, lines that just go on, nine of ten, are found at once.
    at_once = (
        page.wrapped and "\r" not in body and body.count("\n") + (body[-1:] != "\n") == len(raws)
    )
    full = (
        page.width * 6 // 10 + 1 + _TRAILING if " " * _TRAILING + " \n" not in body else UNWRAPPED
    )
    one_by_one = start  # the offset before which lines have to be looked at one by one
    while index < len(raws):
        raw = raws[index]
        index += 1
        line = raw.strip()
        begin = offset
        offset += len(raw)
        if not line:
            layout.gap = not double_spaced or index < len(raws) and raws[index].isspace()
            layout.blanks += 1
            continue
        first = line[0]
        if first != raw[0]:
            begin += len(raw) - len(raw.lstrip())
        if first not in LOWER:
            if (
                line.isupper() or first in "#<-" or line[1:2].islower() and line.startswith(archive)
            ) and is_furniture(line):
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
        current = layout.current
        if (
            current is not None
            and not (layout.gap or layout.mark or current.rows)
            and page.wrapped
            and (
                first in LOWER
                or first.isalpha()
                and layout.previous[-1] not in _TERMINAL
                and not line.startswith("PARA")
            )
            and len(line) > 2
            and line[1] not in ".) "
            and line[2] not in ".)"
            and "   " not in line
            and not (columns and is_row(line))
        ):
            current.add(begin, begin + len(line))
            layout.previous = line
        else:
            _put(layout, raws[index] if index < len(raws) else "", raw, begin, line)
        if at_once and offset >= one_by_one and first == raw[0] and not layout.current.rows:
            stop = _stop(full if layout.style or page.blank_separated else UNWRAPPED).search(
                source, offset - 1, end
            )
            until = stop.start() if stop else end
            if until <= offset:
                continue
            ordinary = source[offset : min(until + 1, end)]
            # Columns, a mark inside a line: not for here.
            if (
                gaps
                and _GAP.search(ordinary)
                or marked
                and " OF 0" in ordinary
                or columns
                and ("\t" in ordinary or "|" in ordinary)
            ):
                one_by_one = until
                continue
            written = ordinary.rstrip()
            layout.current.add(offset, offset + len(written))
            layout.previous = written[written.rfind("\n") + 1 :]
            index += ordinary.count("\n") + (until == end)
            offset = until + 1
    drafts = [draft for draft in layout.drafts if draft.spans]
    column = page.column
    if column and not {column + 1, column + 2}.isdisjoint(map(len, raws)):
        full_lines = [raw for raw in raws if len(raw) - column in (1, 2)]
        if any(raw[column] in "\r\n" and raw[column - 1].isalpha() for raw in full_lines):
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
        within, lines = [], draft.lines()
        for (begin, line), (following, rest) in zip(lines, lines[1:], strict=False):
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
            if (
                whole
                and (words[left] == 1 or words[right] == 1)
                or page.cut
                and not (words[left] > 1 and words[right] > 1)
            ):
                within.append(following)
        if within:
            draft.within = frozenset(within)


def _put(layout: _Layout, following: str, raw: str, begin: int, line: str) -> None:
    """Adds a line to the paragraph that is open, or opens the one it starts. `following`: the next line."""
    current, end = layout.current, begin + len(line)
    if len(layout.drafts) >= MOST_PARAGRAPHS:
        current.add(begin, end)
        return
    opening = (
        start_of(line)
        if line[0] in _STARTERS
        or line[1:2] in (".", ")", " ")
        or line[2:3] in (".", ")")
        or line.startswith("PARA")
        else None
    )
    if (
        is_row(line)
        and (opening is None or opening.kind == "item" and opening.style == "-")
        and ((current is not None and current.rows) or is_row(following.strip()))
    ):
        if current is None or not current.rows:
            layout.open(Draft("text", layout.source, rows=True))
        layout.current.add(begin, end)
    elif opening is not None and layout.is_start(opening, line):
        layout.begin(opening, begin, line)
    elif current is not None and not current.rows and not layout.breaks(raw, line):
        current.add(begin, end)
    else:
        layout.open(Draft("text", layout.source, spans=[(begin, end)]))
    layout.previous = line
    layout.gap = layout.mark = False
    layout.blanks = 0


def _cut(layout: _Layout, begin: int, line: str, marks: list[tuple[int, int]]) -> None:
    """A line with section marks inside: its parts without them."""
    at = 0
    for mark_start, mark_end in [*marks, (len(line), len(line))]:
        part = line[at:mark_start].strip()
        if part:
            _put(layout, "", part, line.index(part, at) + begin, part)
        at = mark_end
