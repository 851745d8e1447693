"""Words of offices in a Classified By line, told from names."""

import re
from functools import cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from cablespan.header.alternatives import any_of
from cablespan.lexicon import listed, lowered


def office_words(*kinds: str) -> frozenset[str]:
    """The words of kinds of the lexicon, in small letters.

    office, place: stand in offices; leading: does so before a name only; part: of a compound;
    given, surname: look like an office and are a name; given_too, rare_surname: can be one.

    >>> "ambassador" in office_words("office")
    True
    """
    return listed("office_words", "word", *kinds)


@cache
def known_names() -> frozenset[str]:
    """Given names and surnames of the lexicon in small letters.

    >>> "jane" in known_names(), "ambassador" in known_names()
    (True, False)
    """
    listed_names = lowered("given_names", "name") | lowered("surnames", "name")
    return listed_names | office_words("given")


def particles() -> frozenset[str]:
    """Words within names that begin with a small letter: "van", "de", "los".

    >>> "van" in particles()
    True
    """
    return listed("name_context", "words", "particle", "particle_after_de")


@cache
def _compound() -> re.Pattern[str]:
    return re.compile(f"(?:{any_of(office_words('part'))}){{2,}}")


@cache
def is_office(word: str) -> bool:
    """Whether a word belongs to an office, or is offices put together, spelt right or nearly so.

    >>> is_office("Ambassador"), is_office("Embassador"), is_office("POL/ECON"), is_office("Roe")
    (True, True, True, False)
    >>> is_office("minister-counselor"), is_office("EconMinCouns")
    (True, True)
    """
    bare = word.lower().strip(".,:;").replace("'", "").replace("’", "")
    if "/" in bare or not office_words("office", "place").isdisjoint(bare.split("-")):
        return True
    return _compound().fullmatch(bare) is not None or _is_misspelt(bare)


def _is_misspelt(bare: str) -> bool:
    """Whether a word is a letter off an office, a long one two, and no name."""
    if len(bare) < 7 or bare in known_names():
        return False
    offices, allowed = office_words("office"), 1 if len(bare) < 9 else 2
    return process.extractOne(bare, offices, scorer=OSA.distance, score_cutoff=allowed) is not None
