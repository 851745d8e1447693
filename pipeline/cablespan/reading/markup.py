"""Text out of mark-up, with the way back to it. Tags are told by their brackets alone: what a
parser makes of them is not needed here."""

import re
from html import unescape
from itertools import chain

from cablespan.cable import Piece, SourceMap

# A "<" or "&" that opens nothing is text; what a run looks ahead for ends at the next "<", so that
# the time stays linear.
_TOKEN = re.compile(
    r"<[!?/A-Za-z][^<>]*>|&#?\w{1,32};?|(?:[^<&]|<(?![!?/A-Za-z][^<>]*>)|&(?!#?\w))+"
)


def _between(
    source: str, start: int, end: int, opening: str, closing: str
) -> list[tuple[int, int]]:
    """The stretches of `source[start:end]` outside of what begins with `opening` and ends with
    `closing`; what is never closed stays."""
    stretches, at = [], start
    while (begun := source.find(opening, at, end)) >= 0 and (
        closed := source.find(closing, begun, end)
    ) >= 0:
        stretches.append((at, begun))
        at = closed + len(closing)
    return [*stretches, (at, end)]


def blanked(source: str, *pairs: tuple[str, str]) -> str:
    """A source with what stands between each pair of signs, case apart, turned to blanks, so that
    offsets stay.

    >>> blanked("a<SCRIPT>b</SCRIPT>c", ("<script", "</script>"))
    'a                  c'
    """
    for opening, closing in pairs:
        lowered = source.lower()
        lowered = lowered if len(lowered) == len(source) else source
        at, parts = 0, []
        for start, end in _between(lowered, 0, len(source), opening, closing):
            parts.extend((" " * (start - at), source[start:end]))
            at = end
        source = "".join(parts)
    return source


def text_of(
    source: str, start: int = 0, end: int | None = None, breaks: frozenset[str] = frozenset({"br"})
) -> tuple[str, SourceMap]:
    r"""The text of `source[start:end]` without tags, entities resolved, and its map. A tag named in
    `breaks` is a line end.

    >>> text, mapping = text_of("<p>A &amp; B<br>C</p>")
    >>> text, list(mapping.pieces)
    ('A & B\nC', [(0, 3, 2), (3, 10, 2), (6, 16, 1)])
    """
    parts: list[str] = []
    pieces: list[Piece] = []
    offset = 0
    stretches = _between(source, start, len(source) if end is None else end, "<!--", "-->")
    for match in chain.from_iterable(_TOKEN.finditer(source, *stretch) for stretch in stretches):
        token = match[0]
        sign = token[0]
        if sign == "<" and len(token) > 1:
            if breaks and token[1:12].strip("/>").split(None, 1)[0].rstrip("/").lower() in breaks:
                parts.append("\n")
                offset += 1
            continue
        if sign == "&" and len(token) > 1:
            text = unescape(token)
            if text == token:
                pieces.append((offset, match.start(), len(token)))
            parts.append(text)
            offset += len(text)
            continue
        at = match.start()
        for run in _without_returns(token):
            if run != "\r\n":
                pieces.append((offset, at, len(run)))
            else:
                parts.append("\n")
                offset += 1
                at += 2
                continue
            parts.append(run)
            offset += len(run)
            at += len(run)
    return "".join(parts), SourceMap(tuple(pieces))


def _without_returns(run: str) -> list[str]:
    return [run] if "\r\n" not in run else [part for part in re.split("(\r\n)", run) if part]
