"""Lines of a paragraph put together to running text, with the way back to their source."""

import re
from bisect import bisect_left
from collections.abc import Iterator

from cablespan.cable import Piece, SourceMap
from cablespan.header.hyphens import joint
from cablespan.reading.body.draft import Draft
from cablespan.reading.body.tables import indented
from cablespan.signs import APOSTROPHE, repaired

_HYPHEN = re.compile(r"- *\n")
_END_WITHOUT_BLANK = re.compile(r"\n(?<! \n)")
_OTHER_BLANKS = "\t\v\f\r\x1c\x1d\x1e\x1f"  # white space of ASCII, blank and line feed apart


def _runs(line: str) -> list[tuple[int, str]]:
    """The parts of a line with tabs, hard blanks or control signs between runs of white space other
    than one blank, each with its offset.
    """
    if "  " not in line and "¶" not in line and line.isprintable():
        return [(0, line)]
    bounds: list[tuple[int, int]] = []
    offset = 0
    for word in line.replace("¶", " ").split():
        at = line.index(word, offset)
        end = at + len(word)
        if bounds and at == offset + 1 and line[offset] == " ":
            bounds[-1] = bounds[-1][0], end
        else:
            bounds.append((at, end))
        offset = end
    return [(start, line[start:end]) for start, end in bounds]


def _between(draft: Draft, previous: str, begin: int, line: str) -> str:
    """What stands between two lines; `begin`: the offset of the second."""
    if draft.rows:
        return "\n"
    if begin in draft.within:
        return ""
    return joint(previous, line) if previous[-1] == "-" else " "


def reflow(draft: Draft) -> tuple[str, SourceMap]:
    """The text of a draft and its map: wraps are blanks, doubled blanks single ones, and the rows
    of a table stay lines."""
    if not draft.rows and not draft.within:
        plain = _plain(draft.source, draft.spans)
        if plain is not None:
            return plain
    parts: list[str] = []
    pieces: list[Piece] = []
    offset, previous = 0, ""
    for begin, line in indented(draft.source, draft.lines()) if draft.rows else draft.lines():
        if previous:
            between = _between(draft, previous, begin, line)
            parts.append(between)
            offset += len(between)
        previous, blank = line, ""
        for at, run in [(0, line)] if draft.rows else _runs(line):
            parts.append(blank + run)
            offset += len(blank)
            pieces.append((offset, begin + at, len(run)))
            offset += len(run)
            blank = " "
    return "".join(parts), SourceMap(tuple(pieces))


def with_apostrophes(text: str, source_map: SourceMap) -> tuple[str, SourceMap]:
    """A text whose apostrophes became commas, with them; each is a gap of its map.

    >>> text, mapping = with_apostrophes("Oslo,s road", SourceMap(((0, 5, 11),)))
    >>> print(text, mapping.pieces)
    Oslo's road ((0, 5, 4), (5, 10, 6))
    """
    whole = repaired(text, only=APOSTROPHE)
    if whole == text:
        return text, source_map
    changed = [at for at, (old, new) in enumerate(zip(text, whole, strict=True)) if old != new]
    pieces = [
        (start, start - offset + at, stop - start)
        for offset, at, length in source_map.pieces
        for start, stop in _without(changed, offset, offset + length)
    ]
    return whole, SourceMap(tuple(pieces))


def _without(places: list[int], start: int, stop: int) -> Iterator[tuple[int, int]]:
    """The stretches of `start` to `stop` between places."""
    for place in places[bisect_left(places, start) : bisect_left(places, stop)]:
        if place > start:
            yield start, place
        start = place + 1
    if start < stop:
        yield start, stop


def _plain(source: str, spans: list[tuple[int, int]]) -> tuple[str, SourceMap] | None:
    """The same for lines of words with blanks between; None where there are tabs, control signs, or
    a line that ends in a hyphen."""
    runs: list[str] = []
    pieces: list[Piece] = []
    offset = 0
    for begin, end in spans:
        stretch = source[begin:end]
        # Where each line ends in a blank, that and the line's end are two blanks like any others.
        lines = (
            stretch.split("\n")
            if _END_WITHOUT_BLANK.search(stretch)
            else [stretch.replace("\n", " ")]
        )
        at = begin
        for line in lines:
            for part in line.split("  "):
                run = part.strip(" ")
                if run:
                    length = len(run)
                    runs.append(run)
                    pieces.append((offset, at + (part[0] == " "), length))
                    offset += length + 1
                at += len(part) + 2
            at -= 1  # the end of a line is one sign
    text = " ".join(runs)
    if "¶" in text or not _is_plain(text) or "-" in text and _hyphenated(source, spans):
        return None
    return text, SourceMap(tuple(pieces))


def _is_plain(text: str) -> bool:
    """Whether a text has no white space but blanks; ASCII, which most texts are, is asked fast."""
    if text.isascii():
        return not any(map(text.__contains__, _OTHER_BLANKS))
    return text.isprintable()


def _hyphenated(source: str, spans: list[tuple[int, int]]) -> bool:
    """Whether a line ends in a hyphen before another one."""
    return any(
        _HYPHEN.search(source, begin, end) or source[end - 1] == "-" and (begin, end) != spans[-1]
        for begin, end in spans
    )
