"""Lines of a paragraph put together to running text, with the way back to their source."""

import re

from cablespan.cable import Piece, SourceMap
from cablespan.segment.draft import Draft

_HYPHEN = re.compile(r"-\s*[^\S \t]")  # at the end of a line before another one
_OTHER_WHITE = (  # white space but for the blank and the line feed
    "\t\v\f\r\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
_GAPS = dict.fromkeys(map(ord, _OTHER_WHITE), "\n")
_STAY_APART = ("and ", "or ", "to ", "AND ", "OR ", "TO ")


def _runs(line: str) -> list[tuple[int, str]]:
    """The parts of a line with tabs, hard blanks or control signs between runs of white space other than one blank, each with its
    offset.
    """
    runs, offset = [], 0
    for word in line.split():
        at = line.index(word, offset)
        if runs and at == offset + 1 and line[offset] == " ":
            runs[-1][1] = at + len(word)
        else:
            runs.append([at, at + len(word)])
        offset = at + len(word)
    return [(start, line[start:end]) for start, end in runs]


def joint(line: str, following: str) -> str:
    """What stands between a line that ends in a hyphen and the next: nothing where the hyphen belongs to one word.

    >>> joint("the non-", "aligned states"), joint("pre-", "and post-war"), joint("the coast --", "a line")
    ('', ' ', ' ')
    """
    within = len(line) > 1 and line[-2].isalnum() and following[0].isalnum() and not following.startswith(_STAY_APART)
    return "" if within else " "


def reflow(draft: Draft, plain: bool) -> tuple[str, SourceMap]:
    """The text of a draft and its map: wraps are blanks, doubled blanks single ones, and the rows of a table stay lines. `plain`: what
    `is_plain` says of its source.
    """
    source, spans = draft.source, draft.spans
    if draft.rows or draft.within:
        return _joined(draft)
    text = source[slice(*spans[0])] if len(spans) == 1 else "\n".join([source[begin:end] for begin, end in spans])
    if "-" in text and _HYPHEN.search(text):
        return _joined(draft)
    if plain:
        text = text.replace("\n", " ").replace("   ", " ")  # most lines end in one blank or two
        while "  " in text:
            text = text.replace("  ", " ")
        text = text.strip(" ")
    else:
        text = " ".join(text.split())
    return text, SourceMap(_pieces(source, spans, plain))


def is_plain(source: str) -> bool:
    """Whether blanks and line feeds are the only white space: for a whole body, this is asked as fast as for a paragraph."""
    return not any([sign in source for sign in (_OTHER_WHITE[:8] if source.isascii() else _OTHER_WHITE)])


def _pieces(source: str, spans: list[tuple[int, int]], plain: bool) -> tuple[Piece, ...]:
    """The pieces of a text whose words have single blanks between: what stands between gaps, white space other than one blank."""
    pieces: list[Piece] = []
    offset = 0
    for begin, end in spans:
        gaps = source[begin:end] if plain else source[begin:end].translate(_GAPS)
        for blanks in ("  ", " \n", "\n "):
            gaps = gaps.replace(blanks, "\n\n")
        for run in gaps.split("\n"):
            length = len(run)
            if length:
                pieces.append((offset, begin, length))
                offset += length + 1
            begin += length + 1
    return tuple(pieces)


def _joined(draft: Draft) -> tuple[str, SourceMap]:
    """The same where the lines are rows, are hyphenated or cut within words."""
    parts: list[str] = []
    pieces: list[Piece] = []
    offset, previous = 0, ""
    for begin, line in draft.lines():
        if previous:
            between = "\n" if draft.rows else "" if begin in draft.within else " " if previous[-1] != "-" else joint(previous, line)
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
