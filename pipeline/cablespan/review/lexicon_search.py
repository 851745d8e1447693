"""The lexicon's things by name, for the link of an entity."""

from collections.abc import Iterator
from functools import cache
from itertools import chain
from typing import NamedTuple

from cablespan import lexicon

MOST = 12


class Candidate(NamedTuple):
    """A thing that an entity can be linked to: its id ("iso:KZ") and its name."""

    id: str
    name: str


def candidates(words: str) -> list[Candidate]:
    """Things of which a name begins with these words, whatever their case.

    Those with just this name first, then the shorter.

    >>> candidates("Kazakhstan")[0]
    Candidate(id='iso:KZ', name='Kazakhstan')
    """
    wanted = words.casefold()
    if not wanted:
        return []
    ranks: dict[Candidate, tuple[bool, int]] = {}
    for written, candidate in _names():
        if written.startswith(wanted):
            rank = written != wanted, len(written)
            ranks[candidate] = min(rank, ranks.get(candidate, rank))
    return sorted(ranks, key=ranks.__getitem__)[:MOST]


@cache
def _names() -> tuple[tuple[str, Candidate], ...]:
    return tuple(_read_names())


def _read_names() -> Iterator[tuple[str, Candidate]]:
    # A body's id wants the state whose it is ("body:MFA/TR"), which no name here says.
    files = (file for file in lexicon.THINGS if file != "bodies")
    for entry in chain.from_iterable(map(lexicon.load, files)):
        candidate = Candidate(entry["kb_id"], entry["name"])
        for text in (entry["name"], *entry.get("aliases", ())):
            yield text.casefold(), candidate
    for entry in lexicon.load("posts"):
        candidate = Candidate(f"post:{entry['origin']}", entry["name"])
        for text in (entry["name"], entry["origin"], *entry["aliases"]):
            yield text.casefold(), candidate
