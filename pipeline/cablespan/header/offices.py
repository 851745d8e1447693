"""Words of offices in a Classified By line, told from names."""

import re
from functools import cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from cablespan.lexicon import listed, lowered


def office_words(*kinds: str) -> frozenset[str]:
    """The words of kinds of the lexicon, in small letters.

    office, place: stand in offices; leading: does so before a name only; part: of a compound;
    given, surname: look like an office and are a name.

    >>> "ambassador" in office_words("office")
    True
    """
    return listed("office_words", "word", *kinds)


@cache
def _long_words() -> tuple[str, ...]:
    return tuple(word for word in office_words("office") if len(word) >= 6 and word.isalpha())


@cache
def names() -> frozenset[str]:
    """Given names and surnames of the lexicon in small letters."""
    listed_names = lowered("given_names", "name") | lowered("surnames", "name")
    return listed_names | office_words("given")


def particles() -> frozenset[str]:
    """Words within names that begin with a small letter: "van", "de"."""
    return listed("name_context", "words", "particle")


@cache
def _compound() -> re.Pattern[str]:
    parts = sorted(office_words("part"), key=len, reverse=True)
    return re.compile(f"(?:{'|'.join(parts)}){{2,}}")


def _is_listed(bare: str) -> bool:
    words = office_words("office", "place")
    return bare in words or bare.replace("'", "") in words


def _is_joined(bare: str) -> bool:
    """Whether a word is offices put together: POL/ECON, minister-counselor, EconMinCouns."""
    if "/" in bare or "&" in bare:
        return True
    if "-" in bare:
        return any(map(_is_listed, bare.split("-")))
    return bare not in names() and _compound().fullmatch(bare) is not None


def _is_misspelt(bare: str) -> bool:
    if len(bare) < 7 or bare in names():
        return False
    allowed = 1 if len(bare) < 9 else 2
    near = process.extractOne(bare, _long_words(), scorer=OSA.distance, score_cutoff=allowed)
    return near is not None


@cache
def is_office(word: str) -> bool:
    """Whether a word belongs to an office, spelt right or nearly so.

    >>> is_office("Ambassador"), is_office("Embassador"), is_office("POL/ECON"), is_office("Roe")
    (True, True, True, False)
    """
    bare = word.lower().strip(".,:;")
    return any(is_kind(bare) for is_kind in (_is_listed, _is_joined, _is_misspelt))
