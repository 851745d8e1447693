"""Words that a hard wrap cut in two."""

import itertools
import re
from collections import Counter
from functools import lru_cache

from cablespan.reading.body.draft import Draft
from cablespan.reading.body.page import Page

_WORD = re.compile(r"[^\W\d_]+")


def find_cut_words(
    drafts: list[Draft], page: Page, source: str, body: str, raws: list[str]
) -> None:
    """Writes which lines go on within a word; `raws` are the lines of `body` with their ends."""
    if not _is_full_somewhere(page.column, raws):
        return
    for draft in drafts:
        lines = [] if draft.rows else draft.lines()
        within = frozenset(
            following
            for (begin, line), (following, rest) in itertools.pairwise(lines)
            if _ends_at_column(source, begin + len(line), following, page.column)
            and _is_cut(line, rest, body, page.cut)
        )
        if within:
            draft.within = within


def _is_full_somewhere(column: int, raws: list[str]) -> bool:
    """Whether a line that ends in a letter is full to the last column, its end apart."""
    full = (raw for raw in raws if column < len(raw) < column + 3)
    return column > 0 and any(raw[column] in "\r\n" and raw[column - 1].isalpha() for raw in full)


def _ends_at_column(source: str, end: int, following: int, column: int) -> bool:
    """Whether nothing but a line's end stands between offset `end`, at the last column, and
    `following`."""
    if following - end > 2 or source[end:following] not in ("\n", "\r\n"):
        return False
    return end - source.rfind("\n", 0, end) - 1 == column


@lru_cache(1)  # it is asked for again and again within a body, and not at all in most
def _word_counts(body: str) -> Counter[str]:
    return Counter(_WORD.findall(body))


def _is_cut(line: str, rest: str, body: str, usual: bool) -> bool:
    """Whether a line of a body ends within a word: the whole word occurs elsewhere, or lines are
    usually cut at the column."""
    beginning = _WORD.match(rest)
    if beginning is None or not line[-1].isalpha():
        return False
    left, right = _WORD.findall(line)[-1], beginning[0]
    whole = left + right
    if not usual and whole not in body:
        return False
    count = _word_counts(body)
    if count[whole] and 1 in (count[left], count[right]):
        return True
    return usual and not (count[left] > 1 and count[right] > 1)
