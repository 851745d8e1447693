"""Words of the lexicon as a part of a pattern."""

import re
from collections.abc import Iterable


def any_of(words: Iterable[str]) -> str:
    """The pattern of any of some words, a longer one before the one that it begins with.

    >>> any_of(["S", "TS", "SBU"])
    'TS|SBU|S'
    """
    return "|".join(map(re.escape, sorted(words, reverse=True)))
