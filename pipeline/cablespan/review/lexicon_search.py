"""The lexicon's things by name, for the link of an entity."""

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from cablespan import lexicon

MOST = 12
_FILES = ("countries", "us_agencies", "orgs", "people", "laws", "regions", "cities")


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
    fitting = {
        candidate: (written != wanted, len(written))
        for written, candidate in reversed(_names())
        if written.startswith(wanted)
    }
    return sorted(fitting, key=lambda candidate: fitting[candidate])[:MOST]


@cache
def _names() -> tuple[tuple[str, Candidate], ...]:
    return tuple(_read_names())


def _read_names() -> Iterator[tuple[str, Candidate]]:
    for file in _FILES:
        for entry in lexicon.load(file):
            if entry.get("kb_id"):
                candidate = Candidate(entry["kb_id"], entry["name"])
                for text in (entry["name"], *entry.get("aliases", ())):
                    yield text.casefold(), candidate
    for entry in lexicon.load("posts"):
        candidate = Candidate(f"post:{entry['origin']}", entry["name"])
        for text in (entry["name"], entry["origin"], *entry["aliases"]):
            yield text.casefold(), candidate
