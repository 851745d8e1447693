"""The summary of a cable."""

import re
from collections.abc import Iterable

from cablespan.header.furniture import RULE, without_marks
from cablespan.header.opening import read_opening

_MARKING = r"(?:[(\[]\s?(?:U|SBU|C|S|TS|LOU|FOUO)(?:[/ ,-]{1,2}[A-Z/\ ]{1,20})?\s?[)\]])"
_NUMBER = rf"""(?:¶?\s{{0,2}}\d{{1,3}}\s?[.)]\s{{0,3}}{_MARKING}?
    |¶\s?\d{{1,3}}\s{{0,2}}{_MARKING}?|{_MARKING})"""
_WORD = r"SUM{1,3}[AE]?R{0,2}Y"  # misspelt too
# "1. (C) SUMMARY AND COMMENT:", "- BEGIN SUMMARY -", "Executive Summary" on a line of its own
_OPENER = re.compile(
    rf"""(?:^|(?<=[.)\n]))[ \t]*(?:{_NUMBER}[ \t]*)?[-=*\ \t(]{{0,6}}
    (?:BEGIN\s)?(?:EXECUTIVE\s|INTRODUCTION\sAND\s|INTRO(?:DUCTORY)?\s|BRIEF\s)?{_WORD}
    (?:\s?(?:AND|&|/|,)\s?[A-Z]+(?:[ ][A-Z]+){{0,3}})?            # and comment, action request
    [ \t]*{_MARKING}?[ \t]*
    (?P<sign>[:.)]|-{{1,3}}(?=[ \t\w])|[–—]|(?=[ \t]*\n)|[-=*]{{3,}})""",
    re.VERBOSE | re.IGNORECASE | re.MULTILINE,
)
_END = re.compile(
    rf"""[-=*\s(\[{{]{{0,6}}(?:
      \bEND\s{{1,3}}(?:OF\s)?(?:EXECUTIVE\s|BRIEF\s|INTRO(?:DUCTION)?\sAND\s|COMMENT\sAND\s)?
        {_WORD}\b
    | \bENDSUMMARY | \b{_WORD}\ ENDS?\b)""",
    re.VERBOSE | re.IGNORECASE,
)
_END_BEFORE = re.compile(rf"\bEND\s+(?:OF\s+)?{_WORD}[^.:]*\Z", re.IGNORECASE)
_LEFT_OF_FRAME = re.compile(r"(?<=[.!?]) END\.?$", re.IGNORECASE)
_PARAGRAPH = re.compile(
    rf"^[ \t]*(?:¶\s{{0,2}})?\d{{1,3}}\s?(?:[.)](?!\d)|(?=[ \t]{_MARKING}))|^[ \t]*¶"
)
_STARTS = re.compile(rf"^[ \t]*{_NUMBER}[ \t]*", re.VERBOSE)
_FRAME = re.compile(r"[-=*]{3,}")
_LONGEST_SUMMARY = 12_000  # characters
_POINT = re.compile(rf"^((?:--?|[*•])\s{{0,3}}){_MARKING}\s{{0,3}}")
_SENTENCE_ENDS = frozenset(".:;?!\")]'”’")
_ENDS_OF_PARAGRAPH = (".", "!", "?", ":", '"', ")")
_HEADING = re.compile(r"[A-Z].{0,57}[^.,;:?!\")]")  # short and no sentence
_BRACKETS = {")": "(", "]": "["}


def summary(text: str) -> str | None:
    r"""The text of a cable's summary: no numbers, marks or frame words, a line a paragraph.

    >>> summary("1. (U) Summary: All is\nwell. End summary.\n\n2. (U) More.")
    'All is well.'
    >>> summary("1. (U) Summary: All is well.\n\n2. (U) So it is. End summary.")
    'All is well.\nSo it is.'
    """
    text = without_marks(text)
    opener = next((match for match in _OPENER.finditer(text) if not _is_end(text, match)), None)
    if opener is None:
        return _before_end(text)
    rest = text[opener.end() :]
    end = _END.search(rest, 0, _LONGEST_SUMMARY)
    if end:
        lines = rest[: end.start()].split("\n")
    else:
        lines = _until_next(rest.split("\n"), _is_headed(opener, rest))
    return _without_frame(_LEFT_OF_FRAME.sub("", _content(lines))) or None


def _is_end(text: str, opener: re.Match[str]) -> bool:
    """Whether what looks like the beginning of a summary is its end: "End of summary."."""
    sign = opener.start("sign")
    return _END_BEFORE.search(text, max(0, sign - 30), sign) is not None


def _before_end(text: str) -> str | None:
    """The summary of which only the end is marked: from the body's beginning on."""
    body = read_opening(text).body
    end = _END.search(text, body, body + _LONGEST_SUMMARY)
    return _content(text[body : end.start()].split("\n")) or None if end else None


def _is_headed(opener: re.Match[str], rest: str) -> bool:
    """Whether the word is a heading above the summary, and not the first of its paragraph."""
    first, *below = rest.split("\n")
    if first.strip(" -=*.:"):
        return False
    numbered_below = _PARAGRAPH.match(_first_filled(below)) is not None
    return numbered_below or not _STARTS.match(opener[0])


def _first_filled(lines: Iterable[str]) -> str:
    """The first line that is not blank; "" where all are."""
    return next(filter(str.strip, lines), "")


def _content(lines: list[str]) -> str:
    """Lines as paragraphs, a line each: rules, numbers and portion marks left out."""
    paragraphs: list[list[str]] = [[]]
    for line in map(str.strip, lines):
        start = _STARTS.match(line)
        ended = not line and "".join(paragraphs[-1])[-1:] in _SENTENCE_ENDS
        if ended or (start and any(map(str.isdigit, start[0]))):
            paragraphs.append([])
        if not RULE.match(line):
            words = line[start.end() :] if start else line
            paragraphs[-1].append(_POINT.sub(r"\1", words))
    texts = (" ".join(" ".join(paragraph).split()) for paragraph in paragraphs)
    return "\n".join(filter(None, texts))


def _without_frame(text: str) -> str:
    """A text without the signs of a frame around it; brackets that it opens itself stay."""
    text = text.lstrip(" -=*)]").rstrip(" -=*([")
    while text[-1:] in _BRACKETS and text.count(text[-1]) > text.count(_BRACKETS[text[-1]]):
        text = text[:-1].rstrip(" -=*([")
    return text


def _until_next(lines: list[str], headed: bool) -> list[str]:
    """The lines of a summary whose end is not marked.

    To the end of its paragraph; below a heading, to the next heading.
    """
    ends = _is_next_heading if headed else _ends_paragraph
    filled = (index for index, line in enumerate(lines) if line.strip() and not RULE.match(line))
    after_first = range(next(filled, len(lines)) + 1, len(lines))
    return lines[: next((index for index in after_first if ends(lines, index)), len(lines))]


def _ends_paragraph(lines: list[str], index: int) -> bool:
    """Whether a paragraph ends before a line: a number, or a blank after its last sentence."""
    if _PARAGRAPH.match(lines[index]):
        return True
    last = _first_filled(reversed(lines[:index])).rstrip()
    return not lines[index].strip() and last.endswith(_ENDS_OF_PARAGRAPH)


def _is_next_heading(lines: list[str], index: int) -> bool:
    """Whether a line is a heading: short, no sentence, a blank line above or a rule below."""
    if not _HEADING.fullmatch(lines[index].strip()):
        return False
    below = _first_filled(lines[index + 1 : index + 3]).strip()
    return not lines[index - 1].strip() or RULE.match(below) is not None
