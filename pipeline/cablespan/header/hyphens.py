"""Hyphens at the end of a line."""

import re

from cablespan.lexicon import listed

_WITHIN_WORD = re.compile(r"(?:[^\W_]|[A-Z]\.)-\Z")  # non-, U.S.-


def joint(line: str, following: str) -> str:
    """What stands between a line that ends in a hyphen and the next: nothing where the hyphen
    belongs to one word.

    >>> joint("the non-", "aligned states"), joint("pre-", "and post-war")
    ('', ' ')
    >>> joint("the coast --", "a line")
    ' '
    """
    between_letters = _WITHIN_WORD.search(line) and following[0].isalnum()
    return "" if between_letters and not _stays_apart(following) else " "


def _stays_apart(following: str) -> bool:
    """Whether what follows a hyphen begins with a word that is no part of the one before it."""
    first = following.partition(" ")[0].lower()
    return first in listed("function_words", "form", "after_hyphen")
