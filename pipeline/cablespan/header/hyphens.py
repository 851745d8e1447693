"""Hyphens at the end of a line."""

import re

_WITHIN_WORD = re.compile(r"(?:[^\W_]|[A-Z]\.)-\Z")  # non-, U.S.-
_STAY_APART = ("and ", "or ", "to ", "AND ", "OR ", "TO ")


def joint(line: str, following: str) -> str:
    """What stands between a line that ends in a hyphen and the next: nothing where the hyphen
    belongs to one word.

    >>> joint("the non-", "aligned states"), joint("pre-", "and post-war")
    ('', ' ')
    >>> joint("the coast --", "a line")
    ' '
    """
    between_letters = _WITHIN_WORD.search(line) and following[0].isalnum()
    return "" if between_letters and not following.startswith(_STAY_APART) else " "
