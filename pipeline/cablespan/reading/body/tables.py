"""Tables: their rows, and the rules between these."""

import re

from cablespan.reading.body.starts import Start, start_of

RULE_SIGNS = "-=*_~#"
_RULED_LINE = re.compile(  # the end of the line above a rule
    rf"\n(?=[ \t]*[{RULE_SIGNS}][{RULE_SIGNS} \t]+\r?\n(?P<below>[^\n]*))"
)


def is_rule(line: str) -> bool:
    """Whether a line, stripped, is drawn: dashes, equals, asterisks, with blanks between or not."""
    return (
        len(line) >= 3
        and line[0] in RULE_SIGNS
        and line[-1] in RULE_SIGNS
        and not line.strip(RULE_SIGNS + " ")
    )


def has_columns(line: str) -> bool:
    """Whether a line, stripped, looks like the row of a table."""
    return "   " in line or "\t" in line or line.count("|") > 1


def is_row(line: str, start: Start | None) -> bool:
    """Whether a line with columns can be a row: what begins it is no number and no letter."""
    return has_columns(line) and (start is None or start.style == "-")


def rules_between_rows(source: str, begin: int, end: int) -> frozenset[int]:
    r"""Where in `source[begin:end]` the lines begin that are rules directly between two rows.

    >>> rules_between_rows("Party   Seats\n-------------\nRoads      12\n", 0, 42)
    frozenset({14})
    >>> rules_between_rows("Seats by Party\n-------------\nRoads      12\n", 0, 43)
    frozenset()
    """
    return frozenset(
        rule.end()
        for rule in _RULED_LINE.finditer(source, begin, end)
        if _is_row(rule["below"]) and _is_row(_line_before(source, begin, rule.start()))
    )


def _is_row(raw: str) -> bool:
    """Whether a line as it is written is a row by itself."""
    line = raw.strip()
    return line != "" and is_row(line, start_of(line))


def _line_before(source: str, begin: int, stop: int) -> str:
    """The line that ends at an offset of the source, from `begin` on."""
    return source[max(begin, source.rfind("\n", begin, stop) + 1) : stop]


def indented(source: str, rows: list[tuple[int, str]]) -> list[tuple[int, str]]:
    r"""Rows, offset and text, with the blanks before them, so that their columns stand below each
    other; without what all have.

    >>> indented("   2006   2007\n  Rain   1", [(3, "2006   2007"), (17, "Rain   1")])
    [(2, ' 2006   2007'), (17, 'Rain   1')]
    """
    blanks = [_blanks_before(source, begin) for begin, _ in rows]
    least = min(blanks)
    return [
        (begin - count + least, source[begin - count + least : begin] + row)
        for (begin, row), count in zip(rows, blanks, strict=True)
    ]


def _blanks_before(source: str, at: int) -> int:
    """How many blanks stand before an offset; none where a line begins with something else."""
    before = source[source.rfind("\n", 0, at) + 1 : at]
    return 0 if before.strip(" ") else len(before)
