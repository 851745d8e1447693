"""Reference ids: year, post, serial; and the posts of the lexicon behind every spelling."""

import re
from functools import cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from cablespan.lexicon import load

_ID = re.compile(r"(?P<year>(?:19|20)?\d\d)(?P<post>[A-Z0-9]*?[A-Z])0*(?P<serial>\d{1,7})")
_AROUND = re.compile(
    r"^\s*(?:\([A-Z/]{1,6}\)|\(?[A-Z][.):])\s+|\bN[OR]\.\s?(?=\d)|\s*\([A-Za-z ]+\)\s*$"
)  # "A. ", "(C) "; "(NOTAL)"
_TIME = re.compile(r"\s*\d{6}Z\s?[A-Z]{3}\s?\d{2}(?:\d\d)?\s*")
_YEAR_CUT = re.compile(r"^O(?=\d[A-Z])|^(?=\d[A-Z])")  # O6, or 6 alone
_LEFT_OUT = re.compile(r"[^A-Z0-9~]")
_YEAR = r"(?P<year>(?:19|20)?\d\d)"
_NAME = r"(?P<post>[A-Z][A-Z .]*)"
# "OSLO 12 (07)", "0012 OSLO 07", "OSLO 2007 12", "07 12 OSLO"
_MOVED = tuple(
    re.compile(rf"\s*{order}\s*")
    for order in (
        rf"{_NAME}(?P<serial>\d+)\s*(?:,?\s?['’/(,]|\bOF\b)\s?{_YEAR}\)?",
        rf"(?P<serial>\d{{3,7}})\s+{_NAME}\s['’]?(?P<year>\d\d)",
        rf"{_NAME}\s{_YEAR}\s(?P<serial>\d{{2,7}})",
        rf"{_YEAR}\s(?P<serial>\d{{2,7}})\s{_NAME}",
    )
)
_DIGIT_IN_NUMBER = re.compile(r"(?<![A-Za-z])[lI](?=\d\d)|(?<=\d)[Oo](?=\d)|(?<=\d),(?=\d{3}\b)")
_DIGITS = {"l": "1", "I": "1", "O": "0", "o": "0", ",": ""}
# Words around a post's name in a garbled id, without blanks.
_NOISE = re.compile(
    r"""(?:SECTION|SECT)(?:\d{1,2}OF\d{1,2}|\d{0,2})(?:OF\d{0,2})?
    | EFTO | AMEMBASSY | AMEMB | EMBASSY | AMCONSUL | AMCONGEN | CONGEN | CONSULATE | USMISSION
    | TOSEC\d* | SECTO\d* | WASHDC
    | UNCLAS(?:SIFIED)? | CONFIDENTIAL | SECRET | NOFORN | SENSITIVE | SIPDIS
    | CORRECTEDCOPY | CORRECTED | COPY
    | REF[A-Z]?(?=[A-Z]{4})""",
    re.VERBOSE,
)
_DIGITS_FOR_LETTERS = str.maketrans("015", "OIS")


def squeezed(name: str) -> str:
    """A post's name in capitals without blanks and signs."""
    return re.sub(r"[^A-Z0-9]", "", name.upper())


def says_kind(word: str) -> bool:
    """Whether a word says what kind of post follows, and is no part of an id: AMEMBASSY."""
    return _NOISE.fullmatch(squeezed(word)) is not None


@cache
def _origins() -> dict[str, str]:
    """Every spelling of every post, squeezed, with its origin."""
    spellings = {}
    for entry in load("posts"):
        for name in entry["aliases"]:
            spellings.setdefault(squeezed(name), entry["origin"])
    spellings.update((entry["origin"], entry["origin"]) for entry in load("posts"))
    return spellings


@cache
def longest_post() -> int:
    """Words of the longest spelling of a post."""
    return max(
        len(name.split())
        for entry in load("posts")
        for name in [entry["origin"], *entry["aliases"]]
    )


@cache
def known_post(name: str) -> str | None:
    """The origin of a post's name in one of its known spellings.

    >>> known_post("Secstate"), known_post("RIO DE JAN"), known_post("Atlantis")
    ('STATE', 'RIODEJANEIRO', None)
    """
    name = squeezed(name)
    return _origins().get(name) or _origins().get(name.translate(_DIGITS_FOR_LETTERS))


@cache
def nearest_post(name: str) -> str | None:
    """The origin that a garbled name can only mean: known, cut short, or a letter or two off.

    None where two are as near.

    >>> nearest_post("ASTNAA"), nearest_post("0SLO"), nearest_post("XYZZY")
    ('ASTANA', 'OSLO', None)
    """
    name = squeezed(name)
    known = known_post(name)
    if known or len(name) < 3:
        return known
    begun = {origin for spelling, origin in _origins().items() if spelling.startswith(name)}
    if len(name) >= 4 and len(begun) == 1:
        return begun.pop()
    near = process.extract(
        name,
        list(_origins()),
        scorer=OSA.distance,
        score_cutoff=1 if len(name) < 7 else 2,
        limit=12,
    )
    best = {_origins()[spelling] for spelling, distance, _ in near if distance == near[0][1]}
    return best.pop() if len(best) == 1 else None


@cache
def _months() -> frozenset[str]:
    return frozenset(
        name.upper()
        for entry in load("calendar")
        if entry["kind"] == "month"
        for name in (entry["name"], *entry["aliases"])
    )


def id_of(text: str) -> str | None:
    """The canonical form of a text that is a reference id and nothing else: YY + ORIGIN + serial.

    Any spelling will do; unknown posts stay as they are written.

    >>> id_of("07 ASTANA 000454"), id_of("2007SECSTATE00012"), id_of("Oslo 12 (07)")
    ('07ASTANA454', '07STATE12', '07OSLO12')
    >>> id_of("see 07 OSLO 12") is None
    True
    """
    text = _DIGIT_IN_NUMBER.sub(lambda sign: _DIGITS[sign[0]], _AROUND.sub("", text)).upper()
    if _TIME.fullmatch(text):
        return None
    moved = next((match for order in _MOVED if (match := order.fullmatch(text))), None)
    glued = _LEFT_OUT.sub("", moved["year"] + moved["post"] + moved["serial"] if moved else text)
    glued, mended = _YEAR_CUT.subn("0", glued)
    match = _ID.fullmatch(glued)
    if match is None or re.search(r"\d\d", _NOISE.sub("", match["post"])):
        return None
    origin = _known_origin(match)
    if origin is None:
        post = match["post"]
        cleaned = _NOISE.sub("", post)
        origin = (nearest_post(cleaned) if cleaned else None) or nearest_post(post)
        # No ids: "UNSCR 1701 (2006)", "9 FAM 41", "21 February 2007".
        doubtful = moved or mended or len(text.split()) > 4 or post in _months()
        if origin is None and doubtful:
            return None
        origin = origin or cleaned or post
    return f"{match['year'][-2:]}{origin}{match['serial']}"


def _known_origin(match: re.Match[str]) -> str | None:
    """The origin of an id's post, also where a zero stands for its last letter: OSL012."""
    post = match["post"]
    zeros = match.end("post") < match.start("serial")
    return known_post(post) or (known_post(post + "0") if zeros else None)
