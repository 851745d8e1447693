"""How a paragraph starts: number, portion mark, item sign."""

import re
from dataclasses import dataclass, replace

from cablespan.header.portions import PORTION_CLASSES

_WORDS = "UNCLASSIFIED|CONFIDENTIAL|SECRET|UNCLAS"
# In small letters before a sentence: "(Secret) Agents left", but not "(secret) agents".
_CLASSES = rf"{PORTION_CLASSES}|{_WORDS}|(?i:{_WORDS})(?=\)\s{{1,8}}[A-Z])|R"
_MARKING = re.compile(
    rf"""
    [(\[{{]{{1,2}}\s?({_CLASSES})
    # What goes with the class: "/NF", " REL TO USA, GBR", " - entire text".
    ((?:[ ]?[/,-]|[ ](?:REL|NF|NOFORN|FVEY)\b)
    [A-Z0-9 ,/-]{{0,160}}(?:[Ee]ntire\ [Tt]ext\.?)?)?
    \s?\.?[)\]}}]{{1,2}}[.:,;]?\s{{0,8}}
    """,
    re.VERBOSE,
)
_MARKED = rf"[(\[](?:{_CLASSES})[)\]/]"  # the beginning of one
_SMALL_MARKING = re.compile(r"\((sbu|u|c|s|c/nf|s/nf)\)()\s{0,8}", re.IGNORECASE)
# "(SBU The road", "(C0 The road"; but "(U Thant agreed)" is closed later.
_UNCLOSED_MARKING = re.compile(
    rf"\(({PORTION_CLASSES})()(?:0|(?<=SBU)|(?![^(]*\)))\s{{1,8}}(?=[A-Z][a-z])"
)
_SECOND_MARKING = re.compile(r"\(([A-Z]{1,6})\)\s{0,8}")  # "(S) (NF)", "(C) (C)"
_HALF_MARKING = re.compile(rf"({_CLASSES})((?:/|//)[A-Z/]{{1,12}})?[)\]]\s{{0,8}}")
_USUAL = re.compile(
    rf"""
    (\d{{1,3}})\.[ ]{{1,4}}
    \(({_CLASSES})\)[ ]{{1,4}}(?=[A-OQ-Za-z])                    # no PARA 3 after it
    """,
    re.VERBOSE,
)
_PILCROW = re.compile(r"¶\s{0,2}")
_NUMBER = re.compile(
    rf"""
    (?:PARA(?:GRAPH)?[ ])?
    (\d{{1,3}})\s?
    ([.)] | ,(?=\s?[(\[][A-Z]) | [:;/-](?=\s?{_MARKED}))  # "7, (U)" too
    (?:[.)] | \s?[-–](?=\s?\((?:{_CLASSES})[)/]))?  # "7.- (U)" too
    (?![\d%])\s{{0,8}}
    """,
    re.VERBOSE,
)
_BARE_NUMBER = re.compile(rf"(\d{{1,3}})\s{{1,3}}(?=[(\[](?:{_CLASSES})[)\]/-])")
_SITE_NUMBER = re.compile(r"(\d{1,3})\s{1,4}")  # after a pilcrow
_DOUBLED = re.compile(r"(\d{1,2})\.\s?(?=\1\.(?!\d))")
_SECOND_NUMBER = re.compile(r"(\d{1,2})\.(?!\d)\s{0,2}(?=\S)")
_FARTHEST_SECOND = 3  # "7. 6. Text": the author's number after the site's
_TWO_NUMBERS = re.compile(r"\n[ \t]{0,8}\d{1,2}\.[ ]{1,4}(\d{1,2})\.(?!\d)")
_LEAST_TWO_NUMBERS = 3  # lines that show that a site has numbered the paragraphs once more
_ITEM = re.compile(
    r"""
    (?P<dash>(?:--+|[-–—•·*▪●◦○‣>+]+)(?=[ \t\w"'($“])(?!-)|o(?=\s))
    |[(\[](?P<bracket>[A-Za-z]{1,2}|\d{1,2}|[ivxIVX]{1,5})[)\]]
    |(?P<letter>[A-Za-z]|[ivx]{1,5}|[IVX]{1,5})(?P<style>[.)])(?=\s)
    """,
    re.VERBOSE,
)
# An item's sign that the portion mark after it shows to be one: "A.(C)", "A: (C)", "27.A. (C)",
# "A4. (C)" under a question, and any sign after a dash.
_SIGN_BEFORE_MARKING = re.compile(
    rf"""
    (?: [-–—•·*▪●◦○‣>+]{{1,4}}[ \t]{{0,4}}
        (?: (?P<number>\d{{1,3}})(?=\.\s?[(\[])
          | [(\[]?(?:\d{{1,3}}\.?[A-Za-z]?|[A-Za-z]\d{{0,2}}|[ivxIVX]{{1,5}}))
      | \d{{1,3}}\.?[A-Za-z]
      | [AQ]\d{{1,2}}
      | (?P<letter>[A-Za-z]|[ivx]{{1,5}}|[IVX]{{1,5}})
    )[.:)\]]{{1,2}}\s{{0,3}}(?={_MARKED})
    """,
    re.VERBOSE,
)
# A bullet that came out as a letter: "Q The road"; and how many lines of a body begin with it at
# least.
_DAMAGED_BULLET = re.compile(r"\n([B-HJ-Z?§\ufffd])[ \t]{1,3}(?=[A-Z\"'($“])")
_LEAST_BULLETS = 3
_FIRST_IN_BRACKETS = re.compile(rf"^[ \t]*\(1\) \((?:{_CLASSES})[)/-]", re.MULTILINE)
_MARKED_NUMBER = re.compile(r"^[ \t]*\d{1,3}\.[ ]{0,4}\(", re.MULTILINE)
_BRACKETS = frozenset("([{")  # that open a marking
_STARTERS = frozenset("0123456789¶([{-–—•·*▪●◦○‣>+")


@dataclass(slots=True)
class Start:
    """The start of a paragraph.

    `kind`: "numbered", "marked" or "item"; `style`: "." or ")" of numbers, "-" of those after a
    sign, the letter or number of items, "-" for all signs; `skip`: where its text begins in the
    line.
    """

    kind: str
    number: int | None
    marking: str | None
    style: str
    skip: int

    @property
    def paragraph_kind(self) -> str:
        """The kind of the paragraph that it starts; one with a marking alone is text."""
        return "text" if self.kind == "marked" else self.kind


class Starts:
    r"""The starts of a body's lines.

    >>> Starts("(1) (C) Rain.\n(2) (U) Sun.").of("(2) (U) Sun.")
    Start(kind='numbered', number=2, marking='U', style='(', skip=8)
    """

    def __init__(self, body: str):
        self._bullets = _damaged_bullets(body)
        self._are_in_brackets = _has_numbers_in_brackets(body)
        self._are_numbered_twice = _has_second_numbers(body)

    def of(self, line: str) -> Start | None:
        """The start that a line of the body has the form of, as `start_of` has it."""
        if line[0] in self._bullets and line[1:2] in (" ", "\t"):
            return Start("item", None, None, "-", 0)
        start = start_of(line)
        if start is None:
            return None
        if self._are_numbered_twice and start.number is not None:
            return _with_second_number(start, start.number, line)
        if self._are_in_brackets and start.marking and start.style.isdecimal():
            return Start("numbered", int(start.style), start.marking, "(", start.skip)
        return start


def _has_numbers_in_brackets(body: str) -> bool:
    r"""Whether the paragraphs of a body are numbered "(1) (C)", which are items elsewhere.

    >>> _has_numbers_in_brackets("(1) (C) Rain."), _has_numbers_in_brackets("(C) Of\n(1) (C) rain.")
    (True, False)
    """
    first = _FIRST_IN_BRACKETS.search(body) if "(1) (" in body else None
    if first is None or _MARKED_NUMBER.search(body):
        return False
    before = body[: first.start()].rstrip()
    lines = filter(None, map(str.strip, before.splitlines()))
    return not before.endswith((":", ",", ";")) and not any(map(start_of, lines))


def _has_second_numbers(body: str) -> bool:
    r"""Whether numbers one higher each stand after the paragraphs' own: the author's and a site's.

    >>> _has_second_numbers("\n1. 1. Rain.\n3. 2. Sun.\n4. 3. Fog."), _has_second_numbers("1. 1.")
    (True, False)
    """
    numbers = [*map(int, _TWO_NUMBERS.findall(body))]
    first = numbers[0] if numbers else 0
    in_sequence = numbers == [*range(first, first + len(numbers))]
    return in_sequence and len(numbers) >= _LEAST_TWO_NUMBERS


def _with_second_number(start: Start, number: int, line: str) -> Start:
    """A numbered paragraph's start with the author's number after the site's, and the marking after
    both."""
    second = start_of(line[start.skip :]) if start.skip < len(line) else None
    if second is None or second.number is None or abs(second.number - number) > _FARTHEST_SECOND:
        return start
    return replace(start, marking=second.marking, skip=start.skip + second.skip)


def _damaged_bullets(body: str) -> frozenset[str]:
    r"""The signs that stand for bullets in a body because their own sign was lost.

    >>> sorted(_damaged_bullets("Points:\nQ Roads\nQ Harbors\nQ Ships"))
    ['Q']
    """
    signs = _DAMAGED_BULLET.findall(body)
    return frozenset(sign for sign in {*signs} if signs.count(sign) >= _LEAST_BULLETS)


def start_of(line: str) -> Start | None:
    """The start that a line, stripped of outer blanks, has the form of.

    Whether it is one, its surroundings decide.

    >>> start_of("3. (C/NF) Post believes"), start_of("1.4 (b) and (d)")
    (Start(kind='numbered', number=3, marking='C/NF', style='.', skip=10), None)
    """
    if not _can_start(line):
        return None
    usual = _USUAL.match(line)
    if usual:
        return Start("numbered", int(usual[1]), usual[2].upper(), ".", usual.end())
    pilcrow = _PILCROW.match(line) if line[0] == "¶" else None
    at = pilcrow.end() if pilcrow else 0
    before = _MARKING.match(line, at) if line[at : at + 1] in _BRACKETS else None
    marked = _marked_item(line, at)
    if marked is not None:
        return marked
    numbered = _numbered(line, before.end() if before else at, before, pilcrow is not None)
    if numbered is not None:
        return numbered
    if before:
        return Start("marked", None, _marking(before), before[1][0], before.end())
    return _item(line, at)


def _can_start(line: str) -> bool:
    """Whether a line can have the form of a start at all; most lines are found at once to have
    none."""
    return (
        line[0] in _STARTERS
        or line[1:2] in (".", ")", " ", ":")
        or line[2:3] in (".", ")", ":")
        or line[3:4] in (".", ")")
        or line.startswith("PARA")
    )


def _numbered(line: str, at: int, before: re.Match[str] | None, pilcrow: bool) -> Start | None:
    if not (line[at : at + 1].isdecimal() or line.startswith("PARA", at)):
        return None
    number = _number(line, at, pilcrow)
    if number is None:
        return None
    value = int(number[1])
    style = ")" if number.re is _NUMBER and number[2] == ")" else "."
    at = _after_second_number(line, number.end(), value) if pilcrow else number.end()
    match = before or _marking_after(line, at)
    if match is None:
        return Start("numbered", value, None, style, at)
    if before is None:
        at = _after_repeated_number(line, match.end(), value)
    marking, at = _with_second_marking(line, at, _marking(match))
    return Start("numbered", value, marking, style, at)


def _number(line: str, at: int, pilcrow: bool) -> re.Match[str] | None:
    """The number at an offset of a line; after a pilcrow it needs no sign."""
    doubled = _DOUBLED.match(line, at)
    at = doubled.end() if doubled else at
    number = _NUMBER.match(line, at) or _BARE_NUMBER.match(line, at)
    return number or (_SITE_NUMBER.match(line, at) if pilcrow else None)


def _with_second_marking(line: str, at: int, marking: str) -> tuple[str, int]:
    """A marking with the one after it, as in "(S) (NF)" and "(C) (C)"; where the text begins."""
    second = _SECOND_MARKING.match(line, at)
    if second is None or second[1] not in ("NF", "NOFORN", marking):
        return marking, at
    return marking if second[1] == marking else f"{marking}/{second[1]}", second.end()


def _after_repeated_number(line: str, at: int, number: int) -> int:
    """Where the text begins after a number and its marking, which end at offset `at` and can stand
    there once more: "3. (U) 3. (U) Post believes"."""
    again = _NUMBER.match(line, at)
    marked = _MARKING.match(line, again.end()) if again and int(again[1]) == number else None
    return marked.end() if marked else at


def _after_second_number(line: str, at: int, number: int) -> int:
    """Where a line goes on after the second number of "¶7. 6. Text"."""
    second = _SECOND_NUMBER.match(line, at)
    if second is None or abs(int(second[1]) - number) > _FARTHEST_SECOND:
        return at
    return second.end()


def _marking_after(line: str, at: int) -> re.Match[str] | None:
    """The marking after a number; an item's sign can stand between: "27. A. (U) Post believes"."""
    sign = _SIGN_BEFORE_MARKING.match(line, at)
    at = sign.end() if sign else at
    if line[at : at + 1] in _BRACKETS:
        patterns = (_MARKING, _SMALL_MARKING, _UNCLOSED_MARKING)
        return next(filter(None, (pattern.match(line, at) for pattern in patterns)), None)
    return _HALF_MARKING.match(line, at)


def _marking(match: re.Match[str]) -> str:
    """A portion marking as written in capitals, without blanks unless it lists countries."""
    more = match[2] or ""
    if "REL" not in more or "/" not in more:
        more = more.replace(" ", "") if "/" in more else more
    return (match[1] + more).strip().upper()


def _marked_item(line: str, at: int) -> Start | None:
    """An item whose sign only its marking shows; "- 2. (C)" can be a paragraph's number, too."""
    sign = _SIGN_BEFORE_MARKING.match(line, at)
    marking = _MARKING.match(line, sign.end()) if sign else None
    if sign is None or marking is None:
        return None
    if sign["number"]:
        return Start("numbered", int(sign["number"]), _marking(marking), "-", marking.end())
    return Start("item", None, _marking(marking), sign["letter"] or "-", marking.end())


def _item(line: str, at: int) -> Start | None:
    item = _ITEM.match(line, at)
    if item is None:
        return None
    sign = item["bracket"] or item["letter"] or "-"
    rest = len(line) - len(line[item.end() :].lstrip())
    marking = _MARKING.match(line, rest)
    if marking is None:
        return Start("item", None, None, sign, at)
    return Start("item", None, _marking(marking), sign, marking.end())
