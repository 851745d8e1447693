"""The transmission header: who sends, when, to whom."""

import re
from functools import lru_cache

from cablespan.cable import Recipient
from cablespan.header.furniture import is_furniture, words

_PRECEDENCES = {
    "FLASH": "FLASH",
    "NIACT IMMEDIATE": "NIACT IMMEDIATE",
    "IMMEDIATE": "IMMEDIATE",
    "PRIORITY": "PRIORITY",
    "ROUTINE": "ROUTINE",
}
_LETTERS = {"Z": "FLASH", "O": "IMMEDIATE", "P": "PRIORITY", "R": "ROUTINE"}
_DTG = re.compile(
    r"\b((?:[ZOPRYM] ){0,3})(\d{2})(\d{2})(\d{2})Z? ?(JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)[A-Z]{0,6} ?(\d{4}|\d{2})\b"
)
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_RECIPIENT = re.compile(
    r"(?:(?P<route>R[A-Z]{3,7})\s{0,2}/\s{0,2})?(?P<name>\S.*?)(?:\s{1,4}(?P<precedence>NIACT IMMEDIATE|IMMEDIATE|PRIORITY"
    r"|ROUTINE|FLASH|NIACT))?(?:\s{1,4}(?P<mcn>\d{1,5}))?"
)
_ROUTE = re.compile(r"R[A-Z]{3,7}\s{0,2}/")
_LISTS_BEHIND = re.compile(r"\S (?:TO|INFO) R[A-Z]{3,7}\s{0,2}/")
_LINE_ENDS = re.compile(
    r"(?<=\S)\s{1,9}(?=(?:FM|TO|INFO|XMT) [A-Z])|(?<!\bTO)(?<!\bINFO)(?<!\bFM)(?<=\S)\s{1,9}(?=R[A-Z]{3,7}\s{0,2}/|BT\b)"
)
_START = re.compile(r"(FM|FROM|TO|INFO|XMT)\b[:\s]\s{0,8}(.*)")
_DISTRIBUTION = re.compile(
    r"INFO\s{1,8}[A-Z/]{1,6}-\d\d\b"
)  # the offices of the Department that got a copy
_STOP = re.compile(
    r"BT(?: .*)?|(?:UNCLAS|CONFIDENTIAL|SECRET|LIMITED OFFICIAL USE|[CUS] [OENI] [NC][A-Z ]*)\b.*|SIPDIS|E\.?O\.? ?1.*|TAGS?:.*"
    r"|SUBJ.*:.*|REF.*:.*|DEPT FOR.*|STATE \d{3,7}|\d\. .*|PASS .*"
)


def _blocks(text: str) -> dict[str, list[tuple[str, bool]]]:
    """Lines of the FM, TO and INFO lists, each with whether XMT exempts it."""
    blocks: dict[str, list[tuple[str, bool]]] = {"FM": [], "TO": [], "INFO": []}
    current: str | None = None
    exempt = False
    lines = [line for raw in text.splitlines() for line in _apart(raw.strip()) if line]
    for line, following in zip(lines, [*lines[1:], ""], strict=False):
        if (
            line.startswith("PAGE ")
            and is_furniture(line)
            or following.startswith("PAGE ")
            and line in words("banner")
        ):
            continue
        match = None if _DISTRIBUTION.match(line) else _START.match(line)
        if match and match[1] == "XMT":
            exempt = current in ("TO", "INFO")
            line = match[2].strip()
        elif match:
            current, exempt = "FM" if match[1] == "FROM" else match[1], False
            line = match[2].strip()
        elif line in ("TO", "INFO", "FM"):
            current, exempt = line, False
            continue
        elif current is None:
            continue
        elif _STOP.fullmatch(line):
            if current in ("TO", "INFO"):
                break
            continue
        elif exempt and _ROUTE.match(line) and not _ROUTE.match(blocks[current][-1][0]):
            exempt = False
        elif current == "FM" and blocks["FM"]:
            current = None
        if current is not None and line:
            blocks[current].append((line, exempt))
    return blocks


def _apart(line: str) -> list[str]:
    """The lines that a line was, where a header has come without its line ends."""
    if "/" not in line or line.count("/") < 2 and not _LISTS_BEHIND.search(line):
        return [line]
    return _LINE_ENDS.split(line)


@lru_cache(4096)  # a post writes to the same addressees again and again
def _recipient(line: str, excluded: bool = False) -> Recipient | None:
    match = _RECIPIENT.fullmatch(line.rstrip(" .;,"))
    if match is None:
        return None
    return Recipient(
        match["route"], match["name"].strip(), match["precedence"], match["mcn"], excluded
    )


def _addressees(lines: list[tuple[str, bool]]) -> list[Recipient]:
    return [found for line, exempt in lines if (found := _recipient(line, exempt))]


def recipients(text: str) -> list[Recipient]:
    """The addressees for action of a header; those behind XMT are `excluded`.

    >>> recipients("FM AMEMBASSY OSLO\\nTO RUEHC/SECSTATE WASHDC IMMEDIATE 0123\\nINFO RUEHTA/AMEMBASSY ASTANA")
    [Recipient(route='RUEHC', name='SECSTATE WASHDC', precedence='IMMEDIATE', mcn='0123', excluded=False)]
    """
    return _addressees(_blocks(text)["TO"])


def info_recipients(text: str) -> list[Recipient]:
    """The addressees for information of a header; those behind XMT are `excluded`."""
    return _addressees(_blocks(text)["INFO"])


def correspondents(text: str) -> tuple[str | None, list[Recipient], list[Recipient]]:
    """Sender, addressees for action, addressees for information.

    >>> correspondents("FM AMEMBASSY ASTANA")
    ('AMEMBASSY ASTANA', [], [])
    """
    blocks = _blocks(text)
    return (
        blocks["FM"][0][0] if blocks["FM"] else None,
        _addressees(blocks["TO"]),
        _addressees(blocks["INFO"]),
    )


def date_time_group(text: str) -> tuple[str | None, str | None]:
    """Precedence and time of the date-time group, e.g. `R 210941Z FEB 07` -> ("ROUTINE", "2007-02-21T09:41:00")."""
    match = _DTG.search(text)
    if match is None:
        return None, None
    letters = match[1].split()
    year = int(match[6])
    year += 0 if year > 99 else 1900 if year > 45 else 2000
    day, hour, minute = int(match[2]), int(match[3]), int(match[4])
    precedence = _LETTERS.get(letters[0]) if letters else None
    if not (1 <= day <= 31 and hour < 24 and minute < 60):
        return precedence, None
    return (
        precedence,
        f"{year:04d}-{_MONTHS.index(match[5]) + 1:02d}-{day:02d}T{hour:02d}:{minute:02d}:00",
    )
