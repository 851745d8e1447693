"""Lines of passing on, which say whom in Washington a cable is for: "DEPT FOR EUR/CE"."""

import re
from functools import cache

from cablespan.header.alternatives import any_of
from cablespan.lexicon import listed


def passing_words() -> frozenset[str]:
    """What lines of passing on begin with.

    Kinds of the lexicon: addressee, of whom no title speaks; agency; pass_to, other words.

    >>> "DEPT" in passing_words()
    True
    """
    return listed("header_words", "word", "addressee", "agency", "pass_to")


@cache
def _line() -> re.Pattern[str]:
    return re.compile(
        rf"""(?:
          (?P<first>{any_of(passing_words())})(?:/[A-Z/]{{1,12}})?
          (?:,?\ (?:ALSO|PLEASE|PLS)){{0,2}}\ (?:FOR|PASS(?:\ TO)?)
        | PASS\ TO
        )\ (?P<whom>\S+)""",
        re.VERBOSE,
    )


def passes_on(line: str) -> bool:
    """Whether a line is of passing on and no part of a title, of which it can have the words.

    >>> passes_on("DEPT FOR ROE"), passes_on("STATE PASS USTR"), passes_on("STATE FOR SALE")
    (True, True, False)
    """
    match = _line().match(line.upper())
    if match is None:
        return False
    is_told = match["first"] in listed("header_words", "word", "addressee")
    return is_told or _is_in_washington(match["whom"].strip(",;:."))


def _is_in_washington(name: str) -> bool:
    """Whether a name is that of an office of the Department or an agency, to which cables go."""
    if "/" in name or (len(name) > 1 and name in listed("state_offices", "aliases")):
        return True
    return name in listed("header_words", "word", "addressee", "agency")
