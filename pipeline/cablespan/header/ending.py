"""What stands at a cable's end and is no text of it: the post's web address, a site's stamp, the
attributes that an archive lists."""

import re
from functools import cache

from cablespan.header.alternatives import any_of
from cablespan.header.furniture import beginnings, words
from cablespan.lexicon import listed, lowered

_LAST = 500  # characters in which it stands
_LONGEST_LIST = 8_000  # characters of an archive's attributes


@cache
def _web_address() -> re.Pattern[str]:
    """A post's address: "Visit Oslo's Classified Website at:", the URL, rules around them."""
    signs = any_of(listed("header_words", "word", "web_address"))  # words in the addresses
    return re.compile(
        rf"""
        (?:^|(?<=\n)|(?<=[.)!?"][ ]))[ \t]*
        (?:[-*=_#~ ]{{3,80}}\s{{1,3}})?                                     # a rule above
        (?:[^\n]{{0,100}}(?:visit|reporting)[^\n]{{0,40}}\n\s{{0,3}})?       # a line before
        [^\n.]{{0,80}}\b(?:web\ ?site|web\ page|home\ ?page|visit|siprnet\ site|reporting)\b
        [^\n]{{0,120}}?(?:\n\s{{0,3}})?
        (?:https?://|www\.)[^\n]{{0,40}}(?:{signs})[^\n]*
        (?:\s{{1,4}}(?:                                                   # up to four after it
            (?-i:[a-z/]{{1,12}}) | [^\n]{{0,80}}(?:://|www\.)[^\n]* | [-*=_#~ ]{{3,80}}
        )[ ]?){{0,4}}
        \s*\Z
        """,
        re.VERBOSE | re.IGNORECASE,
    )


@cache
def _stamp() -> re.Pattern[str]:
    """The line that a newspaper's site printed below its copy, a number below that."""
    line = rf"(?:^|\n)[^\n]{{0,120}}(?:{beginnings('stamp').pattern})[^\n]*"
    return re.compile(rf"{line}(?:\s+ID:[^\n]*)?\s*\Z")


@cache
def _attributes() -> re.Pattern[str]:
    """What the National Archives list below a telegram of 1973-79: two of the first labels, and
    after them no further page."""
    label = f"(?:{beginnings('attributes').pattern})"
    first = rf"^[ \t]*{label}[^\n]*?\s+{label}"
    return re.compile(rf"{first}(?!.*^[ \t]*PAGE \d).*\Z", re.MULTILINE | re.DOTALL)


@cache
def _drafting() -> re.Pattern[str]:
    """What messages of 2009 and later list below the signature: "Drafted By: OSLO:Roe, Jane", and
    to the end nothing but lines with labels and in capitals."""
    first = beginnings("drafting").pattern
    line = r"(?>[ \t]*+(?:[A-Z][A-Za-z /]{1,30}:[^\n]*|[^a-z\d\n]{0,60}))"
    return re.compile(rf"^[ \t]*(?:{first})[^\n]*(?:\n{line})*+\Z", re.MULTILINE)


def _before_list(source: str, start: int, end: int) -> int:
    """Where the list begins at the end of `source[start:end]`, an archive's or of who drafted."""
    start = max(start, end - _LONGEST_LIST)
    for kind, pattern in (("attributes", _attributes), ("drafting", _drafting)):
        if any(source.find(first, start, end) >= 0 for first in words(kind)):
            end = start + len(_before(pattern(), source[start:end]))
    return end


def end_of_text(source: str, start: int, end: int) -> int:
    r"""Where the text of `source[start:end]` ends: before a site's stamp and the web address, and
    before what an archive or a message of 2009 lists below those.

    >>> text = "2. All is well.\nVisit Oslo's Classified Website: http://state.sgov.gov/oslo"
    >>> text[: end_of_text(text, 0, len(text))]
    '2. All is well.\n'
    """
    end = _before_list(source, start, end)
    tail = source[max(start, end - _LAST) : end]
    lowered_tail = tail.lower()
    if not any(map(lowered_tail.__contains__, _lowered_signs())):  # they are looked for fast
        return end
    text = _before(_web_address(), _before(_stamp(), tail))
    return end - len(tail) + len(text)


@cache
def _lowered_signs() -> frozenset[str]:
    """What every stamp or address has one of, in small letters."""
    addresses = lowered("header_words", "word", "web_address")
    return addresses.union(lowered("furniture", "text", "stamp"))


def _before(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return text[: match.start()] if match else text
