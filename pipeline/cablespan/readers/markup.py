"""Text out of mark-up, with the way back to it. Tags are told by their brackets alone: what a parser makes of them is not needed here."""

import re
from html import unescape

from cablespan.cable import Piece, SourceMap

TOKEN = re.compile(r"<!--.*?-->|<[!?/A-Za-z][^<>]*>|&#?\w{1,32};?|[^<&]+|[<&]", re.DOTALL)
_COMMENT_OPEN = "<!--"


def text_of(source: str, start: int = 0, end: int | None = None, breaks: frozenset[str] = frozenset({"br"})) -> tuple[str, SourceMap]:
    """The text of `source[start:end]` without tags, entities resolved, and its map. A tag named in `breaks` is a line end.

    >>> text_of("<p>A &amp; B<br>C</p>")
    ('A & B\\nC', SourceMap(pieces=(Piece(offset=0, source_offset=3, length=2), Piece(offset=3, source_offset=10, length=2), Piece(offset=6, source_offset=16, length=1))))
    """
    parts: list[str] = []
    pieces: list[Piece] = []
    offset = 0
    for match in TOKEN.finditer(source, start, len(source) if end is None else end):
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
                pieces.append(Piece(offset, match.start(), len(token)))
            parts.append(text)
            offset += len(text)
            continue
        at = match.start()
        for run in _without_returns(token):
            if run != "\r\n":
                pieces.append(Piece(offset, at, len(run)))
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
