"""How a paragraph starts: number, portion mark, item sign."""

import re
from typing import NamedTuple

_CLASSES = "SBU|FOUO|LOU|TS|U|C|S|UNCLASSIFIED|CONFIDENTIAL|SECRET|UNCLAS|R"
_MARKING = re.compile(
    rf"[(\[{{]\s?({_CLASSES})((?:[ ]?[/,-]| (?:REL|NF|NOFORN|FVEY)\b)[A-Z0-9 ,/-]{{0,40}})?\s?[)\]}}]\s{{0,8}}"
)
_HALF_MARKING = re.compile(rf"({_CLASSES})((?:/|//)[A-Z/]{{1,12}})?[)\]]\s{{0,8}}")
_USUAL = re.compile(
    rf"(\d{{1,3}})\. {{1,4}}\(({_CLASSES})\) {{1,4}}(?=[A-OQ-Za-z])"
)  # no PARA 3 behind it
_NUMBER = re.compile(r"(?:¶\s{0,2})?(?:PARA(?:GRAPH)? )?(\d{1,3})\s?([.)])[.)]?(?![\d%])\s{0,8}")
_DOUBLED = re.compile(r"(\d{1,2})\.\s?(?=\1\.(?!\d))")
_BARE_NUMBER = re.compile(
    rf"(?:¶\s{{0,2}})?(\d{{1,3}})\s{{1,3}}(?=[(\[](?:{_CLASSES})[)\]/-])|¶\s{{0,2}}(\d{{1,3}})\s{{1,4}}"
)
_ITEM = re.compile(
    r"(?P<dash>(?:--+|[-–—•·*▪●◦○‣>+]+)(?=[ \t\w\"'($“])(?!-)|o(?=\s))"
    r"|[(\[](?P<bracket>[A-Za-z]{1,2}|\d{1,2}|[ivxIVX]{1,5})[)\]]"
    r"|(?P<letter>[A-Za-z]|[ivx]{1,5})(?P<style>[.)])(?=\s)"
)


class Start(NamedTuple):
    """The start of a paragraph: its kind, number, marking, style ("." or ")" of numbers, sign of items), and where its text begins in
    the line.
    """

    kind: str
    number: int | None
    marking: str | None
    style: str
    skip: int


def _marking(match: re.Match) -> str:
    return (
        match[1]
        + (match[2] or "").replace(
            " ", "" if "/" in (match[2] or "") and "REL" not in match[2] else " "
        )
    ).strip()


def start_of(line: str) -> Start | None:
    """The start that a line, stripped of outer blanks, has the form of. Whether it is one, its surroundings decide.

    >>> start_of("3. (C/NF) Post believes"), start_of("1.4 (b) and (d)")
    (Start(kind='numbered', number=3, marking='C/NF', style='.', skip=10), None)
    """
    usual = _USUAL.match(line)
    if usual:
        return Start("numbered", int(usual[1]), usual[2], ".", usual.end())
    before = _MARKING.match(line)
    offset = before.end() if before else 0
    doubled = _DOUBLED.match(line, offset)
    offset = doubled.end() if doubled else offset
    number = _NUMBER.match(line, offset) or _BARE_NUMBER.match(line, offset)
    if number:
        style = number[2] if number.re is _NUMBER else "."
        value = int(number[1] or number[2])
        offset = number.end()
        marking = before or _MARKING.match(line, offset) or _HALF_MARKING.match(line, offset)
        if marking is not None and marking is not before:
            offset = marking.end()
            again = _NUMBER.match(line, offset)
            marked = _MARKING.match(line, again.end()) if again and int(again[1]) == value else None
            offset = marked.end() if marked else offset  # "3. (U) 3. (U) Post believes"
        return Start("numbered", value, _marking(marking) if marking else None, style, offset)
    if before:
        return Start("marked", None, _marking(before), line[before.start() + 1], before.end())
    item = _ITEM.match(line)
    if item:
        marking = (
            _MARKING.match(line, len(line) - len(line[item.end() :].lstrip()))
            if item["dash"]
            else None
        )
        style = item["bracket"] or item["letter"] or "-"
        return Start(
            "item",
            None,
            _marking(marking) if marking else None,
            style,
            marking.end() if marking else 0,
        )
    return None
