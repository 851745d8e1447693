"""Elements of a TEI volume as text: white space folded, notes left out, runs with their places."""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any, NamedTuple

from cablespan.cable import Piece, SourceMap

NS = "{http://www.tei-c.org/ns/1.0}"
ID = "{http://www.w3.org/XML/1998/namespace}id"
_LEFT_OUT = frozenset({"note", "del", "pb", "fw", "figure", "figDesc"})
_EDITED = frozenset({"corr", "reg", "expan"})  # what the editors put for words of the document
APART = frozenset({"note", "dateline", "del", "signed"})  # facts or notes, no paragraphs
BLOCKS = frozenset({"p", "item", "salute", "ab", "l", "head", "table"})
WHOLE = frozenset({"list", "table"})  # what else they hold, rows, items and heads, is their text
_BETWEEN_BLOCKS = "\n\n"
MARKS = {"persName": "persons", "gloss": "terms", "placeName": "places"}


def plain_text(node: Any) -> str:
    """The text of an element, notes left out; "" where there is no element."""
    return "" if node is None else on_one_line(runs(node, "\n"))


def runs(node: Any, line_end: str) -> Iterator[str]:
    """The runs of text of an element, notes left out, and `line_end` where a line is marked to
    end."""
    node = _chosen(node)
    name = tag(node)
    if name == "lb":
        yield line_end
    if name in _LEFT_OUT:
        return
    yield node.text or ""
    for child in node:
        yield from runs(child, line_end)
        yield child.tail or ""


def on_one_line(runs: Iterable[str]) -> str:
    """Runs of text as one line, white space folded."""
    return " ".join("".join(runs).split())


class Mark(NamedTuple):
    """A person, term or place that the editors marked; `ref` is its id in the volume's lists."""

    kind: str
    start: int
    end: int
    ref: str | None


class Folded:
    """A paragraph's text in the making: white space folded, every run with its place in the
    volume's text; `element` is the block that it is."""

    def __init__(self, element: Any) -> None:
        self.element = element
        self.parts: list[str] = []
        self.pieces: list[Piece] = []
        self.marks: list[Mark] = []
        self.cuts: list[int] = []  # where other blocks stand within it
        self.length = 0
        self.blank = False  # whether white space, or a line's end, stands before the next word
        self.line_end = False

    @property
    def next_word(self) -> int:
        """Where the next word would begin."""
        return self.length + self.blank if self.length else 0

    def add(self, text: str, at: int) -> None:
        """Adds a run that begins at offset `at` of the volume's text."""
        for match in re.finditer(r"\S+", text):
            if self.length and (self.blank or match.start()):
                self.parts.append("\n" if self.line_end else " ")
                self.length += 1
            self.line_end = self.blank = False
            word = match[0]
            self.parts.append(word)
            self.pieces.append((self.length, at + match.start(), len(word)))
            self.length += len(word)
        self.blank = self.blank or text[-1:].isspace()

    def part(self, node: Any) -> None:
        """Ends the line or the word before an element that stands apart from the text above it."""
        name = tag(node)
        ends_line = name in ("lb", "row") or (name == "item" and _comes_after_item(node))
        self.line_end = self.line_end or ends_line
        self.blank = self.blank or ends_line or name in ("cell", "item")

    def mark(self, node: Any, start: int) -> None:
        """Marks the text from `start` on as what an element of the editors says that it is."""
        if tag(node) in MARKS and start < self.length:
            ref = (node.get("corresp") or node.get("target") or "").lstrip("#")
            self.marks.append(Mark(MARKS[tag(node)], start, self.length, ref or None))

    def text(self) -> str:
        """The text, with line ends where the volume has them."""
        return "".join(self.parts)

    def source_map(self) -> SourceMap:
        """The map of the text into the volume's."""
        return SourceMap(tuple(self.pieces))

    def stretches(self) -> Iterator["Folded"]:
        """Its stretches of text between the blocks that stand within it."""
        text = self.text()
        for begin, end in pairwise((0, *self.cuts, self.length)):
            part = text[begin:end].strip()
            if part:
                first = text.index(part, begin)
                yield self.between(first, first + len(part)) if self.cuts else self

    def between(self, begin: int, end: int) -> "Folded":
        """The block with nothing but the text between two offsets."""
        part = Folded(self.element)
        part.parts, part.length = [self.text()[begin:end]], end - begin
        for at, place, run in self.pieces:
            first, last = max(at, begin), min(at + run, end)
            if first < last:
                part.pieces.append((first - begin, place + first - at, last - first))
        part.marks = [
            mark._replace(start=mark.start - begin, end=mark.end - begin)
            for mark in self.marks
            if begin <= mark.start and mark.end <= end
        ]
        return part


def joined(blocks: Iterable[Folded]) -> str:
    """The text of blocks, blank lines between."""
    return _BETWEEN_BLOCKS.join(block.text() for block in blocks)


def with_offsets(blocks: Iterable[Folded]) -> Iterator[tuple[int, Folded]]:
    """Blocks, each with the offset at which it begins in their joined text."""
    at = 0
    for block in blocks:
        yield at, block
        at += block.length + len(_BETWEEN_BLOCKS)


def text_and_spans(root: Any) -> tuple[str, dict[Any, tuple[int, int]]]:
    """The text of the root element, and the offsets of every element in it."""
    from lxml import etree

    spans: dict[Any, tuple[int, int]] = {}
    starts: dict[Any, int] = {}
    parts: list[str] = []
    position = 0
    for event, node in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        if event == "start":
            starts[node] = position
        elif event == "end":
            spans[node] = (starts.pop(node), position)
        text = (node.text if event == "start" else node.tail) or ""
        parts.append(text)
        position += len(text)
    return "".join(parts), spans


def tag(node: Any) -> str:
    """An element's name; comments and processing instructions count as notes."""
    return node.tag.removeprefix(NS) if isinstance(node.tag, str) else "note"


def in_order(blocks: Iterable[Folded]) -> list[Folded]:
    """Blocks as their text follows in the volume: one with others inside is cut where they
    stand."""
    parts = (part for block in blocks for part in block.stretches())
    return sorted(parts, key=lambda part: part.pieces[0][1])


def fold(block: Any, spans: Mapping[Any, tuple[int, int]]) -> Folded:
    """A block's text without the notes, and the blocks within it unless it is read whole; `spans`
    as of `text_and_spans`."""
    folded = Folded(block)
    _fold_into(folded, block, block, spans)
    return folded


def _fold_into(folded: Folded, node: Any, block: Any, spans: Mapping[Any, tuple[int, int]]) -> None:
    """Adds an element's text."""
    node = _chosen(node)
    name = tag(node)
    folded.part(node)
    if name in _LEFT_OUT:
        return
    if node is not block and _is_other(name, tag(block)):
        folded.cuts.append(folded.length)
        return
    start = folded.next_word
    folded.add(node.text or "", spans[node][0])
    for child in node:
        _fold_into(folded, child, block, spans)
        folded.add(child.tail or "", _after(child, spans))
    folded.mark(node, start)


def _is_other(name: str, block: str) -> bool:
    """Whether an element within a block is none of its text."""
    if block in WHOLE:
        return False
    return name in BLOCKS or (name in APART and block not in BLOCKS)


def has_own_words(node: Any) -> bool:
    """Whether words stand in an element that are in none of those within it."""
    runs = [node.text, *(child.tail for child in node)]
    return any(map(str.isalnum, "".join(filter(None, runs))))


def _chosen(node: Any) -> Any:
    """The element that is read for another: of a choice the editors' reading, else the first."""
    readings = list(node) if tag(node) == "choice" else []
    edited = (reading for reading in readings if tag(reading) in _EDITED)
    return next(edited, readings[0] if readings else node)


def _comes_after_item(node: Any) -> bool:
    return next(node.itersiblings(f"{NS}item", preceding=True), None) is not None


def _after(node: Any, spans: Mapping[Any, tuple[int, int]]) -> int:
    """Where the tail of a node begins, a comment and a processing instruction among them."""
    if node in spans:
        return spans[node][1]
    before = node.getprevious()
    if before is not None:
        return _after(before, spans) + len(before.tail or "")
    parent = node.getparent()
    return spans[parent][0] + len(parent.text or "")
