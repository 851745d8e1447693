"""What stood where a change of character sets left other signs: "France,s", "&very clear8"."""

import re
from functools import cache

from cablespan import lexicon


@cache
def _damage() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Patterns whose groups are damaged signs, with the sign that each of them stands for."""
    entries = lexicon.load("damaged_signs")
    return tuple((re.compile(entry["pattern"]), entry["means"]) for entry in entries)


APOSTROPHE = "'"
_DAMAGED = re.compile(r"&|,(?=[^\W\d_])")  # quick, and seldom true


def repaired(text: str, only: str | None = None) -> str:
    """The text with its apostrophes and quotation marks, as long as before; `only`: no sign but
    this one is put back.

    >>> print(repaired("Spain,s judges don,t see the Conseil d,Etat as &an ally.8"))
    Spain's judges don't see the Conseil d'Etat as "an ally."
    >>> repaired("AT&T, S&P and 8 others, says Doe, d. 1998, left.")
    'AT&T, S&P and 8 others, says Doe, d. 1998, left.'
    """
    if _DAMAGED.search(text) is None:
        return text
    damaged = [
        (match.start(group), meant)
        for pattern, meant in _damage()
        if only in (None, meant)
        for match in pattern.finditer(text)
        for group in range(1, pattern.groups + 1)
    ]
    if not damaged:
        return text
    signs = list(text)
    for place, meant in damaged:
        signs[place] = meant
    return "".join(signs)
