"""What a body's lines have in common: the column at which they are wrapped or cut, the blank lines
between them."""

from bisect import bisect_right
from dataclasses import dataclass

LOWER = frozenset("abcdefghijklmnopqrstuvwxyz")
LEAST_WRAPPED = 45  # characters of a line that can have been wrapped
UNWRAPPED = 100  # characters; no cable wraps its lines after this column
_LEAST_COLUMN = 65  # at which a hard wrap can have cut words
_LEAST_BLANKS = 25  # lines to a blank one where blank lines separate the paragraphs


@dataclass(frozen=True, slots=True)
class Page:
    """What a body's lines have in common; columns and lengths in characters.

    `width`: nine of ten wrapped lines are no longer. `mixed`: some lines are wrapped and some are
    whole paragraphs. `column`: where lines can be cut within a word, 0 for nowhere; `cut`: they are
    cut there whatever stands there.
    """

    width: int
    wrapped: bool
    mixed: bool
    blank_separated: bool
    double_spaced: bool
    column: int
    cut: bool

    @classmethod
    def measured(cls, lines: list[str]) -> "Page":
        """The page of a body's lines, with their line ends or without.

        >>> page = Page.measured(["1. (U) The road to the harbor", "is closed."])
        >>> page.width, page.wrapped, page.mixed
        (29, True, False)
        """
        lengths = sorted(map(len, map(str.rstrip, lines)))
        del lengths[: bisect_right(lengths, 0)]
        blanks = len(lines) - len(lengths)
        short = lengths[: bisect_right(lengths, UNWRAPPED)]
        wrapped = sum(short) * 2 >= sum(lengths)
        width = short[len(short) * 9 // 10] if short else 0
        longest = short[-1] if short else 0
        column = longest if longest >= _LEAST_COLUMN else 0
        near_the_column = len(short) - bisect_right(short, longest - 2)
        return cls(
            width=width,
            wrapped=wrapped,
            mixed=len(short) < len(lengths),
            blank_separated=blanks * _LEAST_BLANKS >= len(lines),
            double_spaced=blanks * 10 >= 9 * len(lengths) > 90 and wrapped and width > 55,
            column=column,
            cut=column > 0 and len(short) > 5 and near_the_column * 10 >= 8 * len(short),
        )
