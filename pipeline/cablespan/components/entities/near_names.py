"""Names that differ by one letter: misspelt, or heard wrong."""

from collections.abc import Iterator
from typing import Generic, TypeVar

from rapidfuzz.distance import OSA

# Letters of names in which misspellings are looked for: shorter ones differ on purpose, no longer
# one is a name.
SHORTEST, LONGEST = 7, 80
Value = TypeVar("Value")


def one_letter_apart(one: str, other: str) -> bool:
    """Whether two long names differ by one letter: changed, added, left out, or two swapped.

    >>> one_letter_apart("caglayangil", "caglayangill"), one_letter_apart("karzai", "karzay")
    (True, False)
    """
    long_enough = min(len(one), len(other)) >= SHORTEST
    return long_enough and OSA.distance(one, other, score_cutoff=1) == 1


class NearNames(Generic[Value]):
    """Finds what was added under a name that differs by one letter.

    Names one letter apart share what is left of them without one letter (SymSpell, Garbe 2012).

    >>> names = NearNames()
    >>> names.add("caglayangil", "Foreign Minister")
    >>> next(names.like("caglayangill"))
    'Foreign Minister'
    """

    def __init__(self) -> None:
        self._values: dict[str, Value] = {}

    def add(self, name: str, value: Value) -> None:
        """Adds a name, if it is long enough; what came first under a spelling stays."""
        if len(name) >= SHORTEST:
            for form in _deletions(name):
                self._values.setdefault(form, value)

    def like(self, name: str) -> Iterator[Value]:
        """Values of names like this one, the same value perhaps several times."""
        return (self._values[form] for form in _deletions(name) if form in self._values)


def _deletions(name: str) -> Iterator[str]:
    """A name and what is left of it without one of its letters."""
    yield name
    if len(name) <= LONGEST:
        for index in range(len(name)):
            yield name[:index] + name[index + 1 :]
