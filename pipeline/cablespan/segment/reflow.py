"""Lines of a paragraph put together to running text, with the way back to their source."""

from cablespan.cable import Piece, SourceMap

_STAY_APART = ("and ", "or ", "to ", "AND ", "OR ", "TO ")


def _runs(line: str) -> list[tuple[int, str]]:
    """The parts of a line between runs of white space other than one blank, each with its offset."""
    if "  " not in line and "\t" not in line and line.isprintable():
        return [(0, line)]
    runs, offset = [], 0
    for word in line.split():
        at = line.index(word, offset)
        if runs and at == offset + 1 and line[offset] == " ":
            runs[-1][1] = at + len(word)
        else:
            runs.append([at, at + len(word)])
        offset = at + len(word)
    return [(start, line[start:end]) for start, end in runs]


def joint(line: str, following: str, hard: bool) -> str:
    """What stands between two lines of a paragraph: a blank, or nothing where the break fell within a word.

    `hard` says that the break is known to have fallen within a word.
    """
    if hard:
        return ""
    if line[-1] == "-" and len(line) > 1 and line[-2].isalnum() and following[0].isalnum() and not following.startswith(_STAY_APART):
        return ""
    return " "


def reflow(lines: list[tuple[int, str]], rows: bool = False, hard_breaks: frozenset[int] = frozenset()) -> tuple[str, SourceMap]:
    """The text of lines `(offset in the source, stripped line)` and its map.

    `rows`: the lines of a table, which stay lines. `hard_breaks`: source offsets of lines that go on within a word.
    """
    parts: list[str] = []
    pieces: list[Piece] = []
    offset, previous = 0, ""
    for begin, line in lines:
        if previous:
            between = "\n" if rows else joint(previous, line, begin in hard_breaks)
            parts.append(between)
            offset += len(between)
        if rows:
            runs = [(0, line)]
        else:
            runs = _runs(line)
        first = True
        for at, run in runs:
            if not first:
                parts.append(" ")
                offset += 1
            first = False
            parts.append(run)
            pieces.append(Piece(offset, begin + at, len(run)))
            offset += len(run)
        previous = line
    return "".join(parts), SourceMap(tuple(pieces))
