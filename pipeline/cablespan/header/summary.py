"""The summary of a cable."""

import re

from cablespan.header.furniture import RULE, inline_marks, is_furniture
from cablespan.header.opening import read_opening

_MARKING = r"(?:[(\[]\s?(?:U|SBU|C|S|TS|LOU|FOUO)(?:[/ ,-]{1,2}[A-Z/ ]{1,20})?\s?[)\]])"
_NUMBER = rf"(?:¶?\s{{0,2}}\d{{1,3}}\s?[.)]\s{{0,3}}{_MARKING}?|¶\s?\d{{1,3}}\s{{0,2}}{_MARKING}?|{_MARKING})"
_WORD = r"SUM{1,3}[AE]?R{0,2}Y"  # misspelt too
_SUMMARY = re.compile(
    rf"(?:^|(?<=[.)\n]))[ \t]*(?:{_NUMBER}[ \t]*){{0,1}}[-=* \t(]{{0,6}}(?:BEGIN\s)?(?:EXECUTIVE\s|INTRODUCTION\sAND\s"
    rf"|INTRO(?:DUCTORY)?\s|BRIEF\s)?{_WORD}"
    rf"(?:\s?(?:AND|&|/|,)\s?(?:COMMENTS?|INTRODUCTION|ACTION REQUEST(?:ED)?|RECOMMENDATIONS?|OVERVIEW|BACKGROUND|ANALYSIS"
    rf"|CONCLUSIONS?|KEY POINTS|REQUEST FOR GUIDANCE|GUIDANCE REQUEST))?"
    rf"[ \t]*{_MARKING}?[ \t]*(?P<sign>[:.)]|-{{1,3}}(?=[ \t\w])|[–—]|(?=[ \t]*\n)|[-=*]{{3,}})",
    re.IGNORECASE | re.MULTILINE,
)
_END = re.compile(
    rf"[-=*\s(\[{{]{{0,6}}(?:\bEND\s{{1,3}}(?:OF\s)?(?:EXECUTIVE\s|BRIEF\s|INTRO(?:DUCTION)?\sAND\s|COMMENT\sAND\s)?{_WORD}\b|\bENDSUMMARY"
    rf"|\b{_WORD} ENDS?\b)",
    re.IGNORECASE,
)
_ENDS = re.compile(rf"\bEND\s+(?:OF\s+)?{_WORD}[^.:]*\Z", re.IGNORECASE)
_PARAGRAPH = re.compile(
    rf"^[ \t]*(?:¶\s{{0,2}})?\d{{1,3}}\s?(?:[.)](?!\d)|(?=[ \t]{_MARKING}))|^[ \t]*¶"
)
_STARTS = re.compile(rf"^[ \t]*{_NUMBER}[ \t]*")
_LONGEST_SUMMARY = 12_000  # characters
_POINT = re.compile(rf"^((?:--?|[*•])\s{{0,3}}){_MARKING}\s{{0,3}}")


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _content(lines: list[str]) -> str:
    """Lines as running text: rules, furniture, numbers and portion marks left out."""
    kept = []
    for line in lines:
        stripped = line.strip()
        if not stripped or RULE.match(line) or is_furniture(stripped):
            continue
        for start, end in reversed(inline_marks(stripped)):
            stripped = stripped[:start] + " " + stripped[end:]
        number = _STARTS.match(stripped)
        kept.append(_POINT.sub(r"\1", stripped[number.end() :] if number else stripped))
    return _one_line(" ".join(kept))


def summary(text: str) -> str | None:
    """The text of a cable's summary, running, without its numbers, marks and frame words.

    >>> summary("1. (U) Summary: All is\\nwell. End summary.\\n\\n2. (U) More.")
    'All is well.'
    """
    opener = None
    for match in _SUMMARY.finditer(text):
        if not _ENDS.search(text, max(0, match.start("sign") - 30), match.start("sign")):
            opener = match
            break
    if opener is None:
        body, end = read_opening(text).body, _END.search(text)
        return (
            _content(text[body : end.start()].split("\n")) or None
            if end and body < end.start() < body + _LONGEST_SUMMARY
            else None
        )
    rest = text[opener.end() :]
    numbered = _STARTS.match(opener[0]) is not None
    headed = (
        not opener["sign"]
        or opener["sign"][0] in "-=*"
        and len(opener["sign"]) > 2
        or not rest.split("\n", 1)[0].strip(" -=*.:")
    )
    if numbered and headed:
        first = next((line for line in rest.split("\n") if line.strip()), "")
        headed = RULE.match(first) is not None or _PARAGRAPH.match(first) is not None
    end = _END.search(rest)
    marked = end is not None and end.start() < _LONGEST_SUMMARY
    found = _content(
        rest[: end.start()].split("\n") if marked else _until_next(rest.split("\n"), headed)
    )
    found = re.sub(
        r"(?<=[.!?]) END\.?$", "", found, flags=re.IGNORECASE
    )  # all that is left of the frame
    return (
        found.strip(" -=*()[]")
        if not found.endswith(")") or found.count("(") < found.count(")")
        else found.lstrip(" -=*") or None
    )


def _until_next(lines: list[str], headed: bool) -> list[str]:
    """The lines of a summary whose end is not marked: to the end of its paragraph; below a heading to the next heading."""
    kept: list[str] = []
    for index, line in enumerate(lines):
        stripped = line.strip()
        begun = any(part.strip() and not RULE.match(part) for part in kept)
        if begun and not is_furniture(stripped):
            following = next(
                (later.strip() for later in lines[index + 1 : index + 3] if later.strip()), ""
            )
            if (
                headed
                and stripped
                and _is_heading(stripped)
                and (RULE.match(following) or not kept[-1].strip())
            ):
                break
            if not headed and (
                _PARAGRAPH.match(line) or not stripped and not _goes_on(kept, lines[index + 1 :])
            ):
                break
        kept.append(line)
    return kept


def _is_heading(line: str) -> bool:
    """Whether a line can be a heading: short, no sentence's end, no number."""
    return (
        len(line) < 60
        and line[-1] not in '.,;:?!")'
        and line[0].isupper()
        and not _PARAGRAPH.match(line)
    )


def _goes_on(above: list[str], below: list[str]) -> bool:
    """Whether a paragraph goes on behind a blank line: it broke off in a sentence for a page mark."""
    last = next(
        (
            line.strip()
            for line in reversed(above)
            if line.strip() and not is_furniture(line.strip())
        ),
        "",
    )
    following = next((line.strip() for line in below if line.strip()), "")
    return (
        bool(last)
        and bool(following)
        and last[-1] not in '.!?:")'
        and not _PARAGRAPH.match(following)
    )
