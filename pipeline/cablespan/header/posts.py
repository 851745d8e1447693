"""Reference ids: year, post, serial; and the posts of the lexicon by every spelling."""

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from cablespan.header.dates import months
from cablespan.lexicon import listed, load, lowered

_CANONICAL = re.compile(r"\d\d([A-Z]{3,30})[1-9]\d{0,6}")
_YEAR = r"(?P<year>(?:19|20)?\d\d)"
_ID = re.compile(rf"{_YEAR}(?P<post>[A-Z0-9]*?[A-Z])0*(?P<serial>\d{{1,7}})")
_AROUND = re.compile(
    r"""
    ^\s*(?:\([A-Z/]{1,6}\) | \(?[A-Z][.):])\s+                 # "(C) ", "A. "
    | \bN[OR]\.\s?(?=\d)                                     # "NR. "
    | \s*\([A-Za-z ]+\)\s*$                                  # "(NOTAL)"
    """,
    re.VERBOSE,
)
_YEAR_CUT = re.compile(r"^O(?=\d[A-Z])|^(?=\d[A-Z])")  # O6, or 6 alone
_NUMBER = re.compile(r"\d\d")
_LEFT_OUT = re.compile(r"[^A-Z0-9~]")
_NAME = r"(?P<post>[A-Z][A-Z .]*)"
# Not in the order year, post, serial: "OSLO 12 (07)", "0012 OSLO 07", "OSLO 2007 12", "07 12 OSLO"
_MOVED = tuple(
    re.compile(rf"\s*{order}\s*")
    for order in (
        rf"{_NAME}(?P<serial>\d+)\s*(?:,?\s?['’/(,]{{1,2}}|\bOF\b)\s?{_YEAR}\)?",
        rf"(?P<serial>(?!(?:19|20)\d\d\s)\d{{3,7}})\s+{_NAME}\s['’]?(?P<year>\d\d)",
        rf"{_NAME}\s{_YEAR}\s(?P<serial>\d{{2,7}})",
        rf"{_YEAR}\s(?P<serial>\d{{2,7}})\s{_NAME}",
    )
)
_DIGIT_IN_NUMBER = re.compile(
    r"""
    (?<![A-Za-z])[lI](?=\d\d)                # l2
    | (?<=\d)[Oo](?=\d)                      # 1O2
    | (?<=\d),(?=\d{3}\b)                    # 1,002
    """,
    re.VERBOSE,
)
_DIGITS = {"l": "1", "I": "1", "O": "0", "o": "0", ",": ""}
# Words around a post's name in a garbled id, without blanks.
_NOISE = re.compile(
    r"""S[A-Z]{3,7}(?:\d{1,2}|O\d)OF(?:\d{1,2}|O\d)              # SECTION, misspelt too
    | (?:SECTION|SECT)\d{0,2}(?:OF\d{0,2})?
    | EFTO | AMEMBASSY | AMEMB | EMBASSY | AMCONSUL | AMCONGEN | CONGEN | CONSULATE | USMISSION
    | TOSEC\d* | SECTO\d* | WASHDC
    | UNCLAS(?:SIFIED)? | CONFIDENTIAL | SECRET | NOFORN | SENSITIVE | SIPDIS
    | CORRECTEDCOPY | CORRECTED | COPY
    | REF[A-Z]?(?=[A-Z]{4})""",
    re.VERBOSE,
)
# The number of a document: the first six characters of the post's name, the serial in five digits.
_OF_DOCUMENT = re.compile(r"(?:19|20)\d\d[A-Z]{5,6}\d{5}")
_LONGEST_IN_MARKS = 10  # characters of a post's name in a section mark
_SHORT_NAME = 4  # letters
LETTERS_FOR_DIGITS = str.maketrans("015", "OIS")


def squeezed(name: str) -> str:
    """A post's name in capitals without blanks and signs.

    >>> squeezed("Port-au-Prince")
    'PORTAUPRINCE'
    """
    return re.sub(r"[^A-Z0-9]", "", name.upper())


@cache
def says_kind(word: str) -> bool:
    """Whether a word says what kind of post follows, and is no part of an id.

    >>> says_kind("AmEmbassy"), says_kind("OSLO")
    (True, False)
    """
    return _NOISE.fullmatch(squeezed(word)) is not None


@cache
def _origins() -> dict[str, str]:
    """Every spelling of every post, squeezed, with its origin."""
    spellings: dict[str, str] = {}
    for entry in load("posts"):
        for name in entry["aliases"]:
            spellings.setdefault(squeezed(name), entry["origin"])
    spellings.update((entry["origin"], entry["origin"]) for entry in load("posts"))
    return spellings


@cache
def longest_post() -> int:
    """Words of the longest spelling of a post.

    >>> longest_post() >= len("Rio de Janeiro".split())
    True
    """
    spellings = listed("posts", "origin") | listed("posts", "aliases")
    return max(len(name.split()) for name in spellings)


@cache
def known_post(name: str) -> str | None:
    """The origin of a post's name in one of its known spellings.

    >>> known_post("Secstate"), known_post("RIO DE JAN"), known_post("Atlantis")
    ('STATE', 'RIODEJANEIRO', None)
    """
    name = squeezed(name)
    return _origins().get(name) or _origins().get(name.translate(LETTERS_FOR_DIGITS))


@cache
def is_place(name: str) -> bool:
    """Whether a name is a country's or a city's, in capitals or small letters.

    >>> is_place("NORWAY"), is_place("Bergen"), is_place("OSOL")
    (True, True, False)
    """
    return is_country(name) or name.lower() in lowered("cities", "name")


def is_country(name: str) -> bool:
    """Whether a name is a country's, in capitals or small letters.

    >>> is_country("NORWAY"), is_country("Oslo")
    (True, False)
    """
    name = name.lower()
    return name in lowered("countries", "name") or name in lowered("countries", "aliases")


def post_at_end(words: Sequence[str]) -> str | None:
    """The longest name of a post with which words end, as they have it.

    >>> post_at_end(["in", "Rio", "de", "Janeiro"])
    'Rio de Janeiro'
    """
    ends = (" ".join(words[first:]) for first in range(len(words)))
    return next(filter(post_of_mark, ends), None)


def post_of_mark(name: str) -> str | None:
    """The origin of a post as section marks name it, which have room for ten characters.

    >>> post_of_mark("PORT AU PR"), post_of_mark("ROME"), post_of_mark("PORT AU")
    ('PORTAUPRINCE', 'ROME', None)
    """
    cut = len(name) == _LONGEST_IN_MARKS
    return known_post(name) or (_completed(squeezed(name)) if cut else None)


@cache
def nearest_post(name: str) -> str | None:
    """The origin that a garbled name can only mean: known, or a letter or two off.

    None where two are as near.

    >>> nearest_post("ASTNAA"), nearest_post("0SLO"), nearest_post("XYZZY")
    ('ASTANA', 'OSLO', None)
    """
    name = squeezed(name)
    return known_post(name) or _corrected(name)


@cache
def _completed(name: str) -> str | None:
    """The origin of the only post that a name cut short begins."""
    if len(name) < 4:
        return None
    return _only({origin for spelling, origin in _origins().items() if spelling.startswith(name)})


def _corrected(name: str) -> str | None:
    """The origin of the only post whose spelling is nearest, by Damerau-Levenshtein distance."""
    if len(name) < 3:
        return None
    allowed = 1 if len(name) < 7 else 2
    near = process.extract(
        name, list(_origins()), scorer=OSA.distance, score_cutoff=allowed, limit=12
    )
    nearest = (spelling for spelling, far, _ in near if far == near[0][1])
    return _only({_origins()[spelling] for spelling in nearest if _can_be(name, spelling)})


def _can_be(name: str, spelling: str) -> bool:
    """Whether a name can be a garbled spelling: a short one with another letter is another word."""
    is_long = len(name) > _SHORT_NAME
    return is_long or len(spelling) > len(name) or sorted(spelling) == sorted(name)


def _only(origins: set[str]) -> str | None:
    return origins.pop() if len(origins) == 1 else None


class _WrittenId(NamedTuple):
    """An id as a text writes it: year of two digits, name of the post, serial."""

    year: str
    post: str
    serial: str
    cut: bool  # the post's name can be cut
    doubtful: bool  # an id only if the post is known


def is_canonical(text: str) -> bool:
    """Whether a text is the id of a known post's cable in its canonical form.

    >>> is_canonical("07OSLO12"), is_canonical("07OSLO0012"), is_canonical("07ATLANTIS12")
    (True, False, False)
    """
    match = _CANONICAL.fullmatch(text)
    return match is not None and known_post(match[1]) == match[1]


def id_of(text: str) -> str | None:
    """The canonical form of a text that is a reference id and nothing else: YY + ORIGIN + serial.

    Any spelling will do; unknown posts stay as they are written.

    >>> id_of("07 ASTANA 000454"), id_of("2007SECSTATE00012"), id_of("Oslo 12 (07)")
    ('07ASTANA454', '07STATE12', '07OSLO12')
    >>> id_of("see 07 OSLO 12") is None
    True
    """
    if is_canonical(text):
        return text
    written = _written_id(_mended(text))
    if written is None:
        return None
    origin = _origin_of(written)
    return f"{written.year}{origin}{written.serial}" if origin else None


def _mended(text: str) -> str:
    """A text in capitals, with digits for letters in numbers, without the signs of an item."""
    return _DIGIT_IN_NUMBER.sub(lambda sign: _DIGITS[sign[0]], _AROUND.sub("", text)).upper()


def _written_id(text: str) -> _WrittenId | None:
    moved = next(filter(None, (order.fullmatch(text) for order in _MOVED)), None)
    ordered = "".join(moved.group("year", "post", "serial")) if moved else text
    glued, years_mended = _YEAR_CUT.subn("0", _LEFT_OUT.sub("", ordered))
    match = _ID.fullmatch(glued)
    if match is None or _NUMBER.search(_NOISE.sub("", match["post"])):
        return None
    year, post, serial = match.group("year", "post", "serial")
    # No ids: "UNSCR 1701 (2006)", "9 FAM 41", "21 February 2007".
    doubtful = moved is not None or years_mended > 0 or post in months()
    cut = _OF_DOCUMENT.fullmatch(glued) is not None
    return _WrittenId(year[-2:], post, serial, cut, doubtful)


def _origin_of(written: _WrittenId) -> str | None:
    """The origin of an id's post: known, nearest or the only one that it begins; else as it is
    written."""
    cut_by_zero = f"{written.post}0"  # OSL012: a zero for the last letter
    cleaned = _NOISE.sub("", written.post)
    completed = _completed(written.post) if written.cut else None
    known = known_post(written.post) or known_post(cut_by_zero)
    origin = known or completed or nearest_post(cleaned) or _completed(cleaned)
    return origin or (None if written.doubtful else cleaned)
