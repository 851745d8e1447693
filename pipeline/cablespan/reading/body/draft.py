"""A paragraph in the making: the stretches of the source that it is made of, and its lines."""

from dataclasses import dataclass, field

from cablespan.reading.body.titles import looks_like_heading

_LONGEST_TITLE = 80  # characters


@dataclass(slots=True)
class Draft:
    """A paragraph in the making: `spans` are the stretches of `source` that it is made of, each of
    one line or more, with nothing but white space to leave out inside; `rows` marks a table,
    `within` has the offsets of lines that go on within a word.
    """

    kind: str
    source: str
    number: int | None = None
    marking: str | None = None
    spans: list[tuple[int, int]] = field(default_factory=list)
    rows: bool = False
    within: frozenset[int] = frozenset()
    section: str | None = None

    @property
    def is_titled(self) -> bool:
        """Whether it is a text of one short line with the look of a heading."""
        if self.kind != "text" or len(self.spans) != 1:
            return False
        begin, end = self.spans[0]
        return end - begin <= _LONGEST_TITLE and looks_like_heading(self.source[begin:end])

    def add(self, begin: int, end: int) -> None:
        """Takes in `source[begin:end]`: the last stretch grows where only white space lies
        between."""
        last = self.spans[-1] if self.spans else None
        if last is not None and self.source[last[1] : begin].isspace():
            self.spans[-1] = last[0], end
        else:
            self.spans.append((begin, end))

    def lines(self) -> list[tuple[int, str]]:
        """The lines: offset in the source and text, stripped."""
        return [
            line for begin, end in self.spans for line in stripped_lines(self.source, begin, end)
        ]

    def leave_out(self, begin: int, end: int) -> None:
        """Leaves out what lies between two offsets of the source.

        >>> draft = Draft("text", "All SIPDIS is well.", spans=[(0, 19)])
        >>> draft.leave_out(4, 11)
        >>> draft.spans, draft.text()
        ([(0, 4), (11, 19)], 'All is well.')
        """
        self.spans = [
            part
            for first, last in self.spans
            for part in ((first, min(last, begin)), (max(first, end), last))
            if part[0] < part[1]
        ]

    def count(self, sign: str) -> int:
        """How often a sign stands in it."""
        return sum(self.source.count(sign, begin, end) for begin, end in self.spans)

    def text(self) -> str:
        """The lines, joined by blanks."""
        return " ".join([line for _, line in self.lines()])


def stripped_lines(source: str, start: int, end: int) -> list[tuple[int, str]]:
    r"""The lines of `source[start:end]` that are not blank: offset and text, stripped.

    >>> stripped_lines("  All\n\nis well.\n", 0, 16)
    [(2, 'All'), (7, 'is well.')]
    """
    lines, offset = [], start
    for raw in source[start:end].splitlines(True):
        line = raw.strip()
        if line:
            lines.append((offset + raw.index(line[0]), line))
        offset += len(raw)
    return lines
