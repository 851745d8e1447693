"""What a body's lines have in common: the width at which they are wrapped or cut, the blank lines between them and at page marks."""

from bisect import bisect_right

from cablespan.header.furniture import is_furniture

LOWER = frozenset("abcdefghijklmnopqrstuvwxyz")
UNWRAPPED = 100  # no cable wraps its lines behind this column
_LEAST_COLUMN = 65  # at which a hard wrap can have cut words


class Page:
    """What a body's lines have in common."""

    def __init__(self, raws: list[str], marked: bool):
        lengths = sorted(map(len, map(str.rstrip, raws)))
        del lengths[: bisect_right(lengths, 0)]
        short = lengths[: bisect_right(lengths, UNWRAPPED)]
        self.wrapped = sum(short) * 2 >= sum(lengths) if lengths else True
        self.width = short[len(short) * 9 // 10] if short else 0
        blanks = len(raws) - len(lengths)
        self.blank_separated = blanks * 25 >= len(raws)
        # Where lines are cut at a column whatever stands there, most are of one length.
        longest = short[-1] if short else 0
        self.column = longest if longest >= _LEAST_COLUMN else 0
        self.cut = (
            self.column > 0
            and len(short) > 5
            and (len(short) - bisect_right(short, longest - 2)) * 10 >= 8 * len(short)
        )
        self.blanks_at_marks = _blanks_at_marks(raws) if marked else None
        self.double_spaced = (
            blanks * 10 >= 9 * len(lengths) > 90 and self.wrapped and self.width > 55
        )


def _blanks_at_marks(raws: list[str]) -> int | None:
    """How many blank lines stand around a page mark in the middle of a paragraph: the fewest around any, None where fewer than two
    marks tell.
    """
    marks = dict.fromkeys(
        [index for index, raw in enumerate(raws) if raw.isupper() and is_furniture(raw.strip())]
    )
    counts, behind = [], 0
    for mark in marks:
        if mark < behind:
            continue  # it stands below another one
        before, behind = mark, mark + 1
        while before > 0 and raws[before - 1].isspace():
            before -= 1
        blanks = mark - before
        while behind < len(raws) and (behind in marks or raws[behind].isspace()):
            blanks += behind not in marks
            behind += 1
        if behind < len(raws):
            counts.append(blanks)
    return min(counts) if len(counts) > 1 or counts == [0] else None
