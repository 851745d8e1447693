"""Text out of mark-up, with the way back to it. Tags are told by their brackets alone: what a
parser makes of them is not needed here."""

import re
from functools import lru_cache
from html import unescape
from itertools import chain

from cablespan.cable import Piece, SourceMap

# A "<" or "&" that opens nothing is text; what a run looks ahead for ends at the next "<", so that
# the time stays linear. A ">" in a value between quotation marks ends no tag.
_TOKEN = re.compile(
    r"""
    (?P<tag>    <[!?/A-Za-z](?: (?:[^<>=]++ | =(?:\s?(?:"[^"<]*"|'[^'<]*'))?)*+> | [^<>]*> ) )
  | (?P<entity> &amp;(?:amp|quot|apos|lt|gt|nbsp|\#\d{1,5}); | &\#?\w{1,32};? )
  | (?: [^<&]+ | <(?![!?/A-Za-z][^<>]*>) | &(?!\#?\w) )+
    """,
    re.VERBOSE,
)


@lru_cache(maxsize=1024)
def _resolved(entity: str) -> str:
    """The sign of an entity, escaped once more ("&amp;quot;") or not; a blank for &nbsp;."""
    once = unescape(entity)
    return (unescape(once) if entity.endswith(";") else once).replace("\xa0", " ")


def _outside(
    source: str, start: int, end: int, opening: str, closing: str
) -> list[tuple[int, int]]:
    """The stretches of `source[start:end]` outside of what begins with `opening` and ends with
    `closing`, to the end of that tag; what is never closed stays."""
    stretches: list[tuple[int, int]] = []
    at = start
    while True:
        begun = source.find(opening, at, end)
        closed = source.find(closing, begun, end) if begun >= 0 else -1
        if closed < 0:
            return [*stretches, (at, end)]
        stretches.append((at, begun))
        at = source.find(">", closed + len(closing) - 1, end) + 1 or end


def blanked(source: str, *pairs: tuple[str, str]) -> str:
    """A source with what stands between each pair of signs, case apart, turned to blanks, so that
    offsets stay.

    >>> blanked("a<SCRIPT>b</SCRIPT>c", ("<script", "</script>"))
    'a                  c'
    """
    lowered = source.lower()
    if len(lowered) != len(source):  # a sign that has two in small letters
        lowered = source
    for opening, closing in pairs:
        stretches = _outside(lowered, 0, len(source), opening, closing)
        source, lowered = _only(source, stretches), _only(lowered, stretches)
    return source


def _only(source: str, stretches: list[tuple[int, int]]) -> str:
    """A source with blanks for all but some stretches of it, the last of which ends it."""
    if len(stretches) == 1:
        return source
    parts: list[str] = []
    at = 0
    for start, end in stretches:
        parts.extend((" " * (start - at), source[start:end]))
        at = end
    return "".join(parts)


def without_tags(
    source: str, start: int = 0, end: int | None = None, breaks: frozenset[str] = frozenset({"br"})
) -> tuple[str, SourceMap]:
    r"""The text of `source[start:end]` without tags, entities resolved, and its map. A tag named in
    `breaks` is a line end.

    >>> text, mapping = without_tags("<p>A &amp; B<br>C</p>")
    >>> text, list(mapping.pieces)
    ('A & B\nC', [(0, 3, 2), (3, 10, 2), (6, 16, 1)])
    >>> without_tags('The <a title="Oslo > Bergen">road</a>')[0]
    'The road'
    >>> without_tags("AT&amp;amp;T; AT&amp;T")[0]
    'AT&T; AT&T'
    """
    parts: list[str] = []
    pieces: list[Piece] = []
    offset = 0
    stretches = _outside(source, start, len(source) if end is None else end, "<!--", "-->")
    for match in chain.from_iterable(_TOKEN.finditer(source, *stretch) for stretch in stretches):
        token, at, kind = match[0], match.start(), match.lastgroup
        for run in [token] if kind or "\r\n" not in token else _apart_from_returns(token):
            written = _written(run, kind, breaks)
            if written == run:
                pieces.append((offset, at, len(run)))
            parts.append(written)
            offset += len(written)
            at += len(run)
    return "".join(parts), SourceMap(tuple(pieces))


def _written(run: str, kind: str | None, breaks: frozenset[str]) -> str:
    """What stands in the text for a tag, an entity, a line's end with return, or other text."""
    if kind == "entity":
        return _resolved(run)
    if kind == "tag":
        return "\n" if breaks and _name(run) in breaks else ""
    return "\n" if run == "\r\n" else run


def _name(tag: str) -> str:
    """A tag's name in small letters; "" for one without: "</ >"."""
    words = tag[1:12].strip("/>").split(None, 1)
    return words[0].rstrip("/").lower() if words else ""


def _apart_from_returns(run: str) -> list[str]:
    return [part for part in re.split("(\r\n)", run) if part]
