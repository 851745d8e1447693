"""What the transmission put into a cable and no author wrote.

Page and section marks, banners, captions, operators' signs.
"""

import re
from functools import cache
from itertools import dropwhile

from cablespan.header.alternatives import any_of
from cablespan.header.posts import post_at_end, post_of_mark
from cablespan.lexicon import listed

# The section of sections: "002 OF 003", "001.2 of 004", "002. 2 OF 003"; "001.2 OF 0..." where the
# text breaks off.
_SECTION_OF = r"\d{3}(?:\s?\.\s?\d)?\s{1,3}(?:OF|of|Of)\s{1,3}(?:\d{3}\b|\d{0,2}\.{3})"
_LETTERS = r"[A-Za-z.'/-]{0,20}"
_POST_WORD = rf"[A-Z]{_LETTERS}"
_SECTION_MARK = re.compile(
    rf"""
    (?:[A-Za-z]{_LETTERS}\s){{0,4}}\s*                            # the post, cut at times
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
# What follows a page's number: of how many, the post, the section of sections, the time.
_PAGES = r"(?:[ \t]{1,40}OF[ \t]{1,4}\d{1,3}\b)?"
_POST_OF_PAGE = rf"[ \t]{{1,40}}(?!OF\b){_POST_WORD}(?:[ \t]{{1,4}}{_POST_WORD}){{0,3}}"
_TIME_OF_PAGE = r"(?:[ \t]{1,20}\d\d[ \t]OF[ \t]\d\d)?(?:[ \t]{1,20}\d{6}Z)?"
_CLASS = r"(?:UNCLAS(?:SIFIED)?|CONFIDENTIAL|SECRET|TOP\ SECRET|LIMITED\ OFFICIAL\ USE|LOU)\b"
_PAGE_MARK = re.compile(
    rf"""
    (?:{_CLASS}[ \t]{{1,40}})?
    PAGE[ \t]{{0,10}}(?:
      [0O][0-9OI]{{1,2}}{_PAGES}                                # PAGE 02, with letters for digits
      (?:(?:{_POST_OF_PAGE})?[ \t\#]{{0,12}}\d{{3,7}}.{{0,60}})?
      | [0-9OI]{{1,3}}{_PAGES}                                  # PAGE 3, which authors write, too
      (?:{_POST_OF_PAGE}[ \t]{{1,12}}(?:0\d{{2,6}}|\d{{5,7}}){_TIME_OF_PAGE})?
    )""",
    re.VERBOSE,
)
# "UNCLAS SECTION 01 OF 02 OSLO 000012", "SECRET OSLO 000012 NOFORN"
_SECTION = r"(?:SECTION|SEC|SECT|PART)\ {0,3}\d{1,2}\ {1,3}OF\ {1,3}\d{1,2}\b"
_BANNER = re.compile(
    rf"""{_CLASS}
    (?P<before>[A-Z .,'/]{{0,60}}?)
    (?:{_SECTION}.{{0,60}} | \ (?P<serial>\d{{3,7}})(?P<after>[ /,][A-Z/, ]{{0,40}})?)""",
    re.VERBOSE,
)
# Without a classification or before it: "SECTION 02 OF 02 OSLO 000012", "PAGE TWO OSLO 123",
# "PAGE 2 RUEHNY 0012 C O N F I D E N T I A L".
_CARDINALS = any_of(map(str.upper, listed("numbers", "name", "cardinal")))
_MARK_OF_POST = re.compile(
    rf"""(?:{_SECTION} | PAGE[ \t]{{1,10}}(?:\d{{1,3}}|{_CARDINALS}){_PAGES})
    (?P<before>{_POST_OF_PAGE})[ \t]{{1,12}}(?P<serial>\d{{3,7}})(?:/\d)?{_TIME_OF_PAGE}
    (?P<after>[ \t][A-Z/, ]{{0,60}})?""",
    re.VERBOSE,
)
_ROUTE = re.compile(r"RUE?[A-Z]{3,5}")
_SIGNS_AS_BLANKS = str.maketrans("/,", "  ")
_LONGEST_YEAR = 4  # digits
# "C O N F I D E N T I A L SECTION 01 OF 02 OSLO 000012"
_SPACED = re.compile(
    r"""(?:T\ ?O\ ?P\ {1,3})?
    (?:S\ E\ C\ R\ E\ T | C\ O\ N\ F\ I\ D\ E\ N\ T\ I\ A\ L | L\ I\ M\ I\ T\ E\ D
      | U\ N\ C\ L\ A\ S(?:\ S\ I\ F\ I\ E\ D)? | U\ N\ C\ L\ A\ S\ S\ I\ F\ I\ E\ D
      | C\ O\ R\ R\ E\ C\ T\ E\ D)\b
    .{0,90}""",
    re.VERBOSE,
)
_CORRECTED = re.compile(r"\(CORRECTED COPY\b.{0,60}|CORRECTED COPY(?: {0,2}[(:/*-].{0,60})?")
_DRAFTER = re.compile(r"DRAFTED BY:?[ ]{1,4}[A-Z/]{1,16}:\S.{0,60}")  # "DRAFTED BY EUR/NE:JROE"
# "ACTION EUR-12", "INFO OCT-01 ISO-00 AID-05": the Department's offices that got a copy, below
# them a rule with a number.
_OFFICE = r"[A-Z/]{1,6}-\d\d\b"
_COPIES = r"(?:[ ]{0,6}/\d{1,3}\b(?:[ ][A-Z]{1,2})?)"  # "/058 W"
_DISTRIBUTION = re.compile(
    rf"""(?:\d{{2,3}}\ ?)?(?:ACTION|INFO)[ ]{{1,6}}{_OFFICE}
      (?:(?:{_COPIES} | [ ]{{1,12}}(?:INFO[ ]{{1,6}})?{_OFFICE}).{{0,60}})?
    | (?=.*-0\d)(?:{_OFFICE}[ ]{{1,3}}){{1,20}}(?:{_OFFICE}|{_COPIES})
    | -{{10,60}}[ ]{{0,40}}\d{{5,6}}(?:[ ][\dZ/ -]{{0,30}})?""",
    re.VERBOSE,
)
# What a document that is released on request bears on each page, in any order: "UNCLASSIFIED
# U.S. Department of State Case No. F-2011-12345 Doc No. C05612345 Date: 01/31/2013".
_CASE_OR_DOCUMENT = r"(?:Case\ No\.\ [A-Z]{1,3}-\d{4}-\d{3,6} | Doc\ No\.\ [A-Z]\d{6,9})"
_RELEASE = re.compile(
    rf"""(?=.*{_CASE_OR_DOCUMENT})
    (?:(?:{_CASE_OR_DOCUMENT} | U\.S\.\ Department\ of\ State | Date:\ [\d/]{{8,10}}
      | (?:TOP\ )?SECRET | CONFIDENTIAL | UNCLASSIFIED | Page:?\ \d{{1,3}}(?:\ of\ \d{{1,3}})?
      | RELEASED?\ IN\ (?:FULL|PART) | C0\d{{7}})[\s,|]*)+""",
    re.VERBOSE,
)
# "Page 2 of 3", "Page: 2", "Page 1 of 1 9/2/2011 10:12 AM"
_TIME_OF_PRINT = r"(?:\s{1,40}\d{1,2}/\d{1,2}/\d{4}(?: \d{1,2}:\d\d(?: [AP]M)?)?)?"
_PAGE_OF_PRINT = re.compile(rf"Page(?: \d{{1,3}} of|:) {{0,3}}\d{{1,3}}{_TIME_OF_PRINT}")
# "RELEASE IN PART B1,1.4(D)": the exemptions by which parts are withheld.
_RELEASED = re.compile(
    r"(?:RELEASED?|DENIED) IN (?:FULL|PART)(?:[ ,;]{1,4}(?:B\d|1\.\d ?\([A-H]\)))*"
)
_LETTERS_APART = re.compile(r"(?:[A-Z] ){3,20}[A-Z]")
RULE = re.compile(r"^[ \t]*[-=*_~# ]{3,}[ \t]*$")  # a line of dashes, equals, asterisks


@cache  # each line is looked up
def words(*kinds: str) -> frozenset[str]:
    """The furniture of some kinds as the lexicon lists it.

    Kinds: banner, caption, operator, archive, attributes (the first labels of an archive's list),
    drafting (those of a message's), stamp (of a newspaper's site), before, after (a web page's
    cable).

    >>> "SIPDIS" in words("caption")
    True
    """
    return listed("furniture", "text", *kinds)


@cache
def beginnings(*kinds: str) -> re.Pattern[str]:
    """A pattern of the furniture of some kinds, to be matched where a line begins.

    >>> beginnings("caption").match("SIPDIS OSLO") is not None
    True
    """
    return re.compile(any_of(words(*kinds)))


def captions_of(line: str) -> list[str]:
    """The captions that a line in capitals consists of, letters apart or not; none if it has more.

    >>> captions_of("SENSITIVE, SIPDIS"), captions_of("N O F O R N"), captions_of("SIPDIS OSLO")
    (['SENSITIVE', 'SIPDIS'], ['NOFORN'], [])
    """
    together = line.replace(" ", "") if _LETTERS_APART.fullmatch(line) else line
    return captions_in(together) if _captions().fullmatch(together) else []


def captions_in(line: str) -> list[str]:
    """The captions in a line, a banner say, in their order.

    >>> captions_in("SECRET NODIS OSLO 1234 SENSITIVE")
    ['NODIS', 'SENSITIVE']
    """
    return _caption().findall(line)


@cache
def _caption() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{any_of(words('caption'))})(?!\w)")


@cache
def _captions() -> re.Pattern[str]:
    """A line of captions."""
    caption = _caption().pattern
    return re.compile(rf"{caption}(?:[ ,/;]{{1,4}}{caption}){{0,6}}")


@cache
def _archive() -> tuple[str, ...]:
    return tuple(words("archive"))


# How a line in capitals begins, and the shape of the whole that makes it furniture.
_SHAPES = (
    (("PAGE", "UNCLAS", "CONFID", "SECRET ", "TOP SECRET", "LIMITED", "LOU "), _PAGE_MARK),
    (("S ", "C ", "T ", "U ", "L "), _SPACED),
    (("#",), re.compile(r"#{1,3} ?\d{0,5}")),  # "#0454", the message's number after BT
    # "NNNNMAFVVZCZ": operators' letters or the next message's beginning glued to it
    (("NNNN",), re.compile(r"NNNN[A-Z0-9]{0,20}")),
    (("CORRECTED COPY", "(CORRECTED COPY"), _CORRECTED),
    (("DRAFTED BY",), _DRAFTER),
    (("RELEASE", "DENIED IN"), _RELEASED),
    (("C0",), re.compile(r"C0\d{7}")),  # the number of a released document alone
)
_BEGINNINGS = tuple(beginning for begins, _ in _SHAPES for beginning in begins)


def is_furniture(line: str) -> bool:
    """Whether a line, stripped of outer blanks, is none of the author's.

    A page or section mark, a banner, a loose caption, an operator's sign.

    >>> is_furniture("ASTANA 00000454  002 OF 003"), is_furniture("PAGE 02 WARSAW 01634 071251Z")
    (True, True)
    >>> is_furniture("oslo 00000012  002 of 003"), is_furniture("PAGE TWO OSLO 123")
    (True, True)
    >>> is_furniture("A line of text"), is_furniture("PAGE TWO OF 123")
    (False, False)
    """
    if line[-1:] in _LAST_OF_MARKS and is_section_mark(line):
        return True
    if _is_of_archive(line):
        return True
    if line != line.upper():
        return False
    if line in words("banner", "operator") or captions_of(line):
        return True
    if "-" in line and _DISTRIBUTION.fullmatch(line):
        return True
    return _has_shape(line) or _is_banner(line)


def _is_of_archive(line: str) -> bool:
    """Whether an archive, or who printed or released the document, has put a line there."""
    if line.startswith("Page") and _PAGE_OF_PRINT.fullmatch(line):
        return True
    if line.startswith(_archive()):
        return True
    return " No. " in line and _RELEASE.fullmatch(line) is not None


def is_section_mark(line: str) -> bool:
    """Whether a line is the mark of a page of a section.

    >>> is_section_mark("ASTANA 00000454  001.2 OF 003"), is_section_mark("ASTANA 00000454")
    (True, False)
    """
    ends_as_mark = line[-3:].isdecimal() or line.endswith("...")
    return ends_as_mark and _SECTION_MARK.fullmatch(line) is not None


def _has_shape(line: str) -> bool:
    """Whether a line in capitals has the shape of the furniture that it begins as."""
    if not line.startswith(_BEGINNINGS):
        return False
    return any(line.startswith(begins) and shape.fullmatch(line) for begins, shape in _SHAPES)


def _is_banner(line: str) -> bool:
    """Whether a line in capitals is a classification with the section, or with post and serial, or
    a mark of section or page with these.

    "SECRET PROTOCOL OF 1939" is none: the number can be a year's and no post stands before it.
    """
    banner = _BANNER.fullmatch(line) or _MARK_OF_POST.fullmatch(line)
    if banner is None:
        return False
    post = " ".join(dropwhile(_caption_words().__contains__, _words(banner["before"])))
    serial = banner["serial"]
    if serial is None:
        return not post
    if not post or not _are_captions(banner["after"] or ""):
        return False
    can_be_year = len(serial) <= _LONGEST_YEAR and not serial.startswith("0")
    return not can_be_year or _names_post(post)


def _names_post(words: str) -> bool:
    """Whether words before a serial are a post's name or route."""
    return _ROUTE.fullmatch(words) is not None or post_of_mark(words) is not None


def _are_captions(text: str) -> bool:
    """Whether a text has nothing but captions and classifications, their letters apart or not."""
    is_spaced = _SPACED.fullmatch(text.strip()) is not None
    return is_spaced or _caption_words().issuperset(_words(text))


def _words(text: str) -> list[str]:
    return text.translate(_SIGNS_AS_BLANKS).split()


@cache
def _caption_words() -> frozenset[str]:
    """The words of banners and captions, apart."""
    return frozenset(_words(" ".join(words("banner", "caption"))))


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
