"""The summary of a cable."""

import re

from cablespan.header.furniture import without_marks
from cablespan.header.opening import read_opening
from cablespan.header.portions import PORTION

_MARKING = rf"(?:[(\[]\s?{PORTION}\s?[)\]])"
# "1.", "¶ 2)", "12 (C)", "¶3"
_NUMBER = rf"(?:¶?\s{{0,2}}\d{{1,3}}(?:\s?[.)](?!\d)|(?=[ ]{_MARKING}))|¶\s?\d{{1,3}}\b(?!\.))"
_START = rf"(?:{_NUMBER}\s{{0,3}})?(?:{_MARKING}[ \t]*)?"  # of a paragraph; empty where it has none
_WORD = r"(?:SU{0,2}M{1,3}[AE]{0,2}M?R{0,2}A?Y|S\ U\ M\ M\ A\ R\ Y)"  # misspelt too
_FRAME = r"[-=*_~#/\ \t(\[]{0,80}"
# "EXECUTIVE SUMMARY", "INTRODUCTION AND SUMMARY", "INTRO/SUMMARY"
_KIND = r"""(?:(?:EXECUTIVE|BRIEF|INTRODUCTORY|INTRO|(?:ACTION\ )?[A-Z]+\s{1,3}AND)\s{1,3}
    | INTRO(?:DUCTION)?\s?/)"""
_HEADING = rf"(?:BEGIN\s{{1,3}})?{_KIND}?{_WORD}"
# "1. (C) SUMMARY AND COMMENT:", "- BEGIN SUMMARY -", "Executive Summary" on a line of its own
_OPENER = re.compile(
    rf"""(?:^|(?<=[.)\n])|(?<=\S\ )(?={_HEADING}\s{{0,3}}[-=*]{{4}}))
    [ \t]*{_START}{_FRAME}{_HEADING}
    (?:\s{{0,3}}(?:AND|&|/|,)\s{{0,3}}[A-Z]+(?:[ ]{{1,3}}[A-Z]+){{0,3}})?  # and action request
    [ \t]*{_MARKING}?[ \t]*
    (?P<sign>[:;.)]|-{{1,3}}(?=[ \t\w])|[–—]|[-=*_#\]]{{0,3}}(?=[ \t]*\n)|[-=*~#]{{3,}}|//)
    (?:\s{{0,3}}[-=*]{{3,}})?""",
    re.VERBOSE | re.IGNORECASE | re.MULTILINE,
)
# "1. (C) SUMMARY The bank", "BEGIN SUMMARY AND COMMENT THE BANK"
_OPENER_WITHOUT_SIGN = re.compile(
    rf"""^[ \t]*{_START}{_FRAME}(?P<heading>{_HEADING}(?:\s{{1,3}}(?:AND|&)\s{{1,3}}[A-Z]+)?)
    [ \t]+(?!OF\b)(?=(?-i:["“(]?[A-Z\d]))""",
    re.VERBOSE | re.IGNORECASE | re.MULTILINE,
)
_END = re.compile(
    rf"""[-=*/\s(\[{{<]{{0,6}}
    \b(?:END[\s,:.-]{{0,4}}(?:OF\s{{1,3}})?{_KIND}?{_WORD} | {_WORD}\ ENDS?)\b""",
    re.VERBOSE | re.IGNORECASE,
)
_END_BEFORE = re.compile(rf"\bEND\s+(?:OF\s+)?{_WORD}[^.:]*\Z", re.IGNORECASE)
_LEFT_OF_FRAME = re.compile(r"(?<=[.!?]) END\.?$", re.IGNORECASE)
_LONGEST_SUMMARY = 12_000  # characters
_POINT = r"(?:--?|[*•])"
_RULE_LINE = re.compile(r"^[-=*_~# ]{3,}$\n?", re.MULTILINE)
# In text whose lines are stripped: a blank line after a sentence or before an item, or the next
# number.
_END_OF_ONE = r""".:;?!")\]'”’"""
_BREAK = re.compile(
    rf"""(?<=[{_END_OF_ONE}])\n{{2,}} | \n{{2,}}(?={_POINT}\s|{_NUMBER})
    | (?<=[{_END_OF_ONE}A-Z])\n(?={_NUMBER}) | \n(?={_NUMBER}\s{{0,3}}{_MARKING})""",
    re.VERBOSE,
)
# "2. (C) SUMMARY CONTINUED:" too.
_START_OF_ONE = re.compile(
    rf"\A\s*(?P<point>{_POINT}\s{{0,3}})?{_START}(?i:{_WORD}\ CONT\S{{0,6}}\s{{0,2}})?"
)
_NUMBERED = re.compile(rf"\s*{_NUMBER}")
_SHORT = r"""[A-Z][^\n]{0,57}[^.,;:?!")\n]"""  # short and no sentence
_NEXT_HEADING = re.compile(
    rf"""(?<=\S)\n(?:
      \n+(?={_SHORT}$)                              # after a blank line
    | \n*(?=(?P<frame>\*\*|//|---|===).*\w.*(?P=frame)$)    # framed: //ROADS//, --- ROADS ---
    | \n+(?={_SHORT}:\n+{_NUMBER})                  # "Roads:", above a numbered paragraph
    | \n*(?={_START}[A-Z][^\n]{{0,57}}[^.,;?!\n]\n{{1,2}}[-=*_~#\ ]{{3,}}$))    # above a rule
    """,
    re.VERBOSE | re.MULTILINE,
)
_BRACKETS = {")": "(", "]": "["}


def summary(text: str) -> str | None:
    r"""The text of a cable's summary: no numbers, marks or frame words, a line a paragraph.

    It reaches to the words that end it; without them to the end of its paragraph, or, below a
    heading, to the next heading.

    >>> summary("1. (U) Summary: All is\nwell. End summary.\n\n2. (U) More.")
    'All is well.'
    >>> summary("1. (U) Summary: All is well.\n\n2. (U) So it is. End summary.")
    'All is well.\nSo it is.'
    """
    text = without_marks(text)
    openers = (match for match in _OPENER.finditer(text) if not _is_end(text, match))
    opener = next(openers, None) or _opener_without_sign(text)
    if opener is None:
        return _before_end(text)
    rest = _with_stripped_lines(text[opener.end() :])
    again = _OPENER.match(rest.lstrip("\n -=*"))  # "Summary", below it "1. Summary: All is well."
    if again:
        opener, rest = again, again.string[again.end() :].lstrip()
    paragraphs = _after_opener(opener, rest)
    return _without_frame(_LEFT_OF_FRAME.sub("", "\n".join(paragraphs))) or None


def _after_opener(opener: re.Match[str], rest: str) -> list[str]:
    """The paragraphs of a summary in the stripped lines after the word that opens it."""
    end = _END.search(rest, 0, _LONGEST_SUMMARY)
    if end:
        return _paragraphs(rest[: end.start()])
    if _is_heading(opener, rest):
        return _paragraphs(_NEXT_HEADING.split(rest, maxsplit=1)[0])
    return _paragraphs(rest)[:1]


def _is_end(text: str, opener: re.Match[str]) -> bool:
    """Whether what looks like the beginning of a summary is its end: "End of summary."."""
    sign = opener.start("sign")
    return _END_BEFORE.search(text, max(0, sign - 30), sign) is not None


def _opener_without_sign(text: str) -> re.Match[str] | None:
    """The words that open a summary without a sign after them, where the summary's end is marked
    or it begins in small letters after capitals."""
    opener = _OPENER_WITHOUT_SIGN.search(text, read_opening(text).body)
    if opener is None:
        return None
    first = text[opener.end() : opener.end() + 2]
    is_told = opener["heading"].isupper() and first[:1].isupper() and first[1:].islower()
    end = _END.search(text, opener.end(), opener.end() + _LONGEST_SUMMARY)
    return opener if is_told or end else None


def _before_end(text: str) -> str | None:
    """The summary of which only the end is marked: from the body's beginning on."""
    body = read_opening(text).body
    end = _END.search(text, body, body + _LONGEST_SUMMARY)
    if end is None:
        return None
    return "\n".join(_paragraphs(_with_stripped_lines(text[body : end.start()]))) or None


def _is_heading(opener: re.Match[str], rest: str) -> bool:
    """Whether the word is a heading above the summary, and not the first of its paragraph."""
    first, _, below = rest.partition("\n")
    if first.strip(" -=*.:"):
        return False
    return not _NUMBERED.match(opener[0]) or _NUMBERED.match(below) is not None


def _with_stripped_lines(text: str) -> str:
    return "\n".join(line.strip(" \t\\") for line in text.split("\n"))


def _paragraphs(text: str) -> list[str]:
    """Paragraphs of stripped lines, a line each: rules, numbers and portion marks left out."""
    paragraphs = _BREAK.split(_RULE_LINE.sub("", text))
    bare = (_START_OF_ONE.sub(r"\g<point>", text).replace("¶", "") for text in paragraphs)
    lines = (" ".join(text.split()) for text in bare)
    return [line for line in lines if line]


def _without_frame(text: str) -> str:
    """A text without the signs of a frame around it; brackets that it opens itself stay."""
    text = text.lstrip(" -=*)]").rstrip(" -=*([")
    while text[-1:] in _BRACKETS and text.count(text[-1]) > text.count(_BRACKETS[text[-1]]):
        text = text[:-1].rstrip(" -=*([")
    return text
