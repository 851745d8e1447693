"""What the transmission put into a cable and no author wrote.

Page and section marks, banners, captions, operators' signs.
"""

import re
from functools import cache

from cablespan.header.posts import post_at_end
from cablespan.lexicon import listed

# The section of sections: "002 OF 003", "001.2 of 004", "002. 2 OF 003"; "001.2 OF 0..." where the
# text breaks off.
_SECTION_OF = r"\d{3}(?:\s?\.\s?\d)?\s{1,3}(?:OF|of|Of)\s{1,3}(?:\d{3}\b|\d{0,2}\.{3})"
_POST_WORD = r"[A-Z][A-Za-z.'/-]{0,20}"
_SECTION_MARK = re.compile(
    rf"""
    (?:{_POST_WORD}(?:\s[A-Za-z][A-Za-z.'/-]{{0,20}}){{0,3}}\s)?\s*   # the post, cut at times
    \d{{4,8}}\s{{1,6}}                                            # the serial with its zeros
    {_SECTION_OF}
    """,
    re.VERBOSE,
)
_LAST_OF_MARKS = frozenset("0123456789.")
_INLINE_MARK = re.compile(
    rf"""
    [ \t]*\b
    (?P<post>{_POST_WORD}(?:\ (?:{_POST_WORD}|de|of)){{0,3}})    # and words before it
    \ 0{{2,4}}\d{{3,6}}\s{{1,4}}
    {_SECTION_OF}[ \t]*
    """,
    re.VERBOSE,
)
_SECTION_SIGN = re.compile(r"0(?<=[ ](?:OF|of|Of)[ ]0)")  # its rare sign first: the search is fast
_PAGE_MARK = re.compile(
    r"""
    PAGE[ \t]{0,10}[0-9OI]{1,3}                               # PAGE 02, with letters for digits
    (?:[ \t]{1,40}(?:OF[ \t]{1,4}\d{1,3}\b[ \t]{0,40})?\S.{0,60})?       # OF 03, post, serial, time
    """,
    re.VERBOSE,
)
# "UNCLAS SECTION 01 OF 02 OSLO 000012", "SECRET OSLO 000012 NOFORN"
_BANNER_PREFIX = re.compile(
    r"""(?:UNCLAS(?:SIFIED)?|CONFIDENTIAL|SECRET|TOP\ SECRET|LIMITED\ OFFICIAL\ USE|LOU)\b
    [ /A-Z]{0,60}?
    (?:(?:SECTION|SEC|SECT|PART)\ ?\d{1,2}\ OF\ \d{1,2}\b\ ?(?:OF\ )?.{0,60}
      | [A-Z][A-Z .']{1,30}\ \d{3,7}(?:\ [A-Z/, ]{0,40})?)""",
    re.VERBOSE,
)
# "C O N F I D E N T I A L SECTION 01 OF 02 OSLO 000012"
_SPACED = re.compile(
    r"""(?:T\ ?O\ ?P\ {1,3})?
    (?:S\ E\ C\ R\ E\ T | C\ O\ N\ F\ I\ D\ E\ N\ T\ I\ A\ L | L\ I\ M\ I\ T\ E\ D
      | U\ N\ C\ L\ A\ S(?:\ S\ I\ F\ I\ E\ D)? | U\ N\ C\ L\ A\ S\ S\ I\ F\ I\ E\ D
      | C\ O\ R\ R\ E\ C\ T\ E\ D)\b
    .{0,90}""",
    re.VERBOSE,
)
_CORRECTED = re.compile(r"\(?CORRECTED COPY\b.{0,60}")
# "ACTION EUR-12", "INFO OCT-01 ISO-00 AID-05": the Department's offices that got a copy.
_DISTRIBUTION = re.compile(
    r"""(?:\d{2,3}\ ?)?(?:ACTION|INFO)[ ]{1,6}[A-Z/]{1,6}-\d\d\b.{0,70}
    | (?:[A-Z/]{1,6}-\d\d[ ,]{1,3}){2,20}(?:[A-Z/]{1,6}-\d\d|/\d{3}\ [A-Z])?.{0,12}
    | -{5}.*\d""",
    re.VERBOSE,
)
RULE = re.compile(r"^[ \t]*[-=*_~# ]{3,}[ \t]*$")  # a line of dashes, equals, asterisks


@cache
def words(*kinds: str) -> frozenset[str]:
    """The furniture of some kinds as the lexicon lists it.

    Kinds: banner, caption, operator, archive, stamp (of a newspaper's site), before, after (a web
    page's cable).

    >>> "SIPDIS" in words("caption")
    True
    """
    return listed("furniture", "text", *kinds)


@cache
def beginnings(*kinds: str) -> re.Pattern[str]:
    """The same as `words` as a pattern, to be matched where a line begins.

    >>> beginnings("caption").match("SIPDIS OSLO") is not None
    True
    """
    return re.compile("|".join(map(re.escape, sorted(words(*kinds)))))


@cache
def _archive() -> tuple[str, ...]:
    return tuple(words("archive"))


@cache
def _whole_lines() -> frozenset[str]:
    return listed("furniture", "text", "banner", "caption", "operator")


# How a line in capitals begins, and the shape of the whole that makes it furniture.
_SHAPES = (
    (("PAGE",), _PAGE_MARK),
    (("UNCLAS", "CONFIDENTIAL", "SECRET", "TOP SECRET", "LIMITED", "LOU"), _BANNER_PREFIX),
    (("S ", "C ", "T ", "U ", "L "), _SPACED),
    (("#",), re.compile(r"#{1,3} ?\d{0,5}")),  # "#0454", the message's number after BT
    (("CORRECTED COPY", "(CORRECTED COPY"), _CORRECTED),
)
_BEGINNINGS = tuple(beginning for begins, _ in _SHAPES for beginning in begins)


def is_furniture(line: str) -> bool:
    """Whether a line, stripped of outer blanks, is none of the author's.

    A page or section mark, a banner, a loose caption, an operator's sign.

    >>> is_furniture("ASTANA 00000454  002 OF 003"), is_furniture("PAGE 02 WARSAW 01634 071251Z")
    (True, True)
    >>> is_furniture("A line of text")
    False
    """
    if line[-1:] in _LAST_OF_MARKS and _is_section_mark(line) or line.startswith(_archive()):
        return True
    if line != line.upper():
        return False
    return line in _whole_lines() or _is_distribution(line) or _has_shape(line)


def _is_section_mark(line: str) -> bool:
    ends_as_mark = line[-3:].isdecimal() or line.endswith("...")
    return ends_as_mark and _SECTION_MARK.fullmatch(line) is not None


def _has_shape(line: str) -> bool:
    """Whether a line in capitals has the shape of the furniture that it begins as."""
    if not line.startswith(_BEGINNINGS):
        return False
    return any(line.startswith(begins) and shape.fullmatch(line) for begins, shape in _SHAPES)


def _is_distribution(line: str) -> bool:
    """Whether a line lists offices that got a copy, or is the rule with a number below the list."""
    return "-" in line and _DISTRIBUTION.fullmatch(line) is not None


def inline_marks(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """Section marks inside lines (where line ends were lost), as offsets of what to leave out.

    >>> inline_marks("the road Oslo 00000012 002 of 003 is open")
    [(8, 34)]
    """
    end = len(text) if end is None else end
    if _SECTION_SIGN.search(text, start, end) is None:
        return []
    return [
        (match.start() + _before_post(match), match.end())
        for match in _INLINE_MARK.finditer(text, start, end)
    ]


def _before_post(mark: re.Match[str]) -> int:
    """How much of a mark stands before the post's name: words of the text with capitals."""
    words = mark["post"].split(" ")
    post = post_at_end(words) or words[-1]
    before = len(mark["post"]) - len(post)
    return mark.start("post") - mark.start() + before if before else 0


# "UNCLASSIFIED    PAGE 02        ROME  01059  01 OF 04  281501Z" in a line
_PAGE_MARK_INSIDE = re.compile(
    r"""(?:\b(?:UNCLASSIFIED|CONFIDENTIAL|SECRET|LIMITED\ OFFICIAL\ USE)[ \t]{1,40})?
    \bPAGE[ \t]{1,12}\d{2}[ \t]{1,12}
    [A-Z][A-Z .']{1,30}[ \t]{1,12}\d{3,6}              # post, serial
    (?:[ \t]{1,6}\d{2}[ ]OF[ ]\d{2})?                 # section
    (?:[ \t]{1,6}\d{6}Z)?                            # time""",
    re.VERBOSE,
)


def without_marks(text: str) -> str:
    r"""A text without the lines that are furniture, and without section and page marks in others.

    >>> without_marks("THE ROAD\nSIPDIS\nTO UNCLASSIFIED    PAGE 02  ROME  01059  281501Z OSLO")
    'THE ROAD\nTO   OSLO'
    """
    lines = (line for line in text.splitlines() if not is_furniture(line.strip()))
    return "\n".join(map(without_marks_inside, lines))


def without_marks_inside(line: str) -> str:
    """A line without the section and page marks in it.

    >>> without_marks_inside("the road OSLO 00000012  002 OF 003 is open")
    'the road is open'
    """
    for start, end in reversed(inline_marks(line)):
        line = line[:start] + " " + line[end:]
    return _PAGE_MARK_INSIDE.sub(" ", line) if "PAGE" in line else line
