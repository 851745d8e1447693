"""Lines of a paragraph put together to running text, with the way back to their source."""

from itertools import repeat

from cablespan.cable import Piece, SourceMap

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


def reflow(
    lines: list[tuple[int, str]], rows: bool = False, hard_breaks: frozenset[int] = frozenset(), joined: str | None = None
) -> tuple[str, SourceMap]:
    """The text of lines `(offset in the source, stripped line)` and its map.

    `rows`: the lines of a table, which stay lines. `hard_breaks`: source offsets of lines that go on within a word.
    `joined`: the lines with blanks between them, where that is at hand.
    """
    if not rows and not hard_breaks:
        text = " ".join([line for _, line in lines]) if joined is None else joined
        if "- " not in text and text.isprintable():
            return _plain(lines, text)
    parts: list[str] = []
    pieces: list[Piece] = []
    offset, previous = 0, ""
    new = tuple.__new__  # half of the time of Piece(...), for millions of pieces
    for begin, line in lines:
        if previous:
            between = "\n" if rows else "" if begin in hard_breaks else " " if previous[-1] != "-" else joint(previous, line)
            parts.append(between)
            offset += len(between)
        previous = line
        if rows or "  " not in line and line.isprintable():
            length = len(line)
            parts.append(line)
            pieces.append(new(Piece, (offset, begin, length)))
            offset += length
            continue
        at, blank = begin, ""
        if line.isprintable():
            for part in line.split("  "):
                run = part.lstrip()
                length = len(run)
                if run:
                    parts.append(blank + run)
                    offset += len(blank)
                    pieces.append(new(Piece, (offset, at + len(part) - length, length)))
                    offset += length
                    blank = " "
                at += len(part) + 2
        else:
            for at, run in _runs(line):
                parts.append(blank + run)
                offset += len(blank)
                pieces.append(new(Piece, (offset, begin + at, len(run))))
                offset += len(run)
                blank = " "
    return "".join(parts), SourceMap(tuple(pieces))


def _plain(lines: list[tuple[int, str]], text: str) -> tuple[str, SourceMap]:
    """The same for lines with blanks between all of them; `text` is them joined."""
    pieces: list[tuple[int, int, int]] = []
    offset = 0
    if "   " not in text:
        for begin, line in lines:
            at = 0
            while (end := line.find("  ", at)) >= 0:
                pieces.append((offset, begin + at, end - at))
                offset += end - at + 1
                at = end + 2
            length = len(line) - at
            pieces.append((offset, begin + at, length))
            offset += length + 1
        return text.replace("  ", " "), SourceMap(tuple(map(tuple.__new__, repeat(Piece), pieces)))
    runs: list[str] = []
    for begin, line in lines:
        if "  " not in line:
            length = len(line)
            runs.append(line)
            pieces.append((offset, begin, length))
            offset += length + 1
            continue
        end = begin
        for part in line.split("  "):
            end += len(part)
            run = part.lstrip()
            if run:
                length = len(run)
                runs.append(run)
                pieces.append((offset, end - length, length))
                offset += length + 1
            end += 2
    return " ".join(runs), SourceMap(tuple(map(tuple.__new__, repeat(Piece), pieces)))
