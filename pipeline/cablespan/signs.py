"""What stood where a change of character sets left other signs: "France,s", "&very clear8"."""

import re
from functools import cache

from cablespan import lexicon


@cache
def _damage() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Patterns whose groups are damaged signs, with the sign that each of them stands for."""
    entries = lexicon.load("damaged_signs")
    return tuple((re.compile(entry["pattern"]), entry["means"]) for entry in entries)


def repaired(text: str) -> str:
    """The text with its apostrophes and quotation marks, as long as before.

    >>> print(repaired("Spain,s judges don,t see the Conseil d,Etat as &an ally.8"))
    Spain's judges don't see the Conseil d'Etat as "an ally."
    >>> repaired("AT&T, S&P and 8 others, says Doe, d. 1998, left.")
    'AT&T, S&P and 8 others, says Doe, d. 1998, left.'
    """
    damaged = [
        (match.start(group), meant)
        for pattern, meant in _damage()
        for match in pattern.finditer(text)
        for group in range(1, pattern.groups + 1)
    ]
    if not damaged:
        return text
    signs = list(text)
    for place, meant in damaged:
        signs[place] = meant
    return "".join(signs)
