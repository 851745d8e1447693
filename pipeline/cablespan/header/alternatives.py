"""Words of the lexicon as a part of a pattern."""

import re
from collections.abc import Iterable


def any_of(words: Iterable[str]) -> str:
    """The pattern of any of some words, the longest first; the same for a set in every run.

    >>> any_of({"S", "TS", "SBU"})
    'SBU|TS|S'
    """
    return "|".join(map(re.escape, sorted(words, key=lambda word: (-len(word), word))))
