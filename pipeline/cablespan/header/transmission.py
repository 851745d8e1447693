"""The transmission header: who sends to whom."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache, lru_cache
from typing import NamedTuple

from cablespan.cable import Recipient
from cablespan.header.alternatives import any_of
from cablespan.header.furniture import is_furniture, is_section_mark, words
from cablespan.header.labels import label_of
from cablespan.header.passing import passing_words
from cablespan.header.posts import known_post, says_kind

_PRECEDENCE = r"NIACT\ IMMEDIATE|IMMEDIATE|PRIORITY|ROUTINE|FLASH"
_ROUTE = r"R[A-Z]{3,7}(?=\s{0,2}/(?!/))"  # and no "ROME//POL//"
# RUEHC/SECSTATE WASHDC IMMEDIATE 0123
_ADDRESS = re.compile(
    rf"""(?:(?P<route>{_ROUTE})\s{{0,2}}/\s{{0,2}})?
    (?P<name>\S.*?)
    (?:(?:\s{{1,4}}|(?<=//))
      (?P<precedence>{_PRECEDENCE}|NIACT))?
    (?:\s{{1,4}}(?P<mcn>\d{{1,5}}(?:[-/]\d{{1,5}})?)(?:\s{{1,4}}RELAY)?)?""",
    re.VERBOSE,
)
_NUMBER_FIRST = re.compile(rf"(\d{{4}}) ({_PRECEDENCE})$")  # AMEMBASSY OSLO 0123 PRIORITY
_KEYWORD = re.compile(
    r"""(?!(?:INFO|ACTION:)\s{1,8}[A-Z/]{1,6}-\d\d\b)  # no office of the Department: INFO OCT-01
    (?P<keyword>FM|FROM|TO|INFO|XMT|ACTION(?=:)|(?:From|Action|Info)(?=:\s))
    (?:\b[:\s]\s{0,8}(?P<address>.*))?""",
    re.VERBOSE,
)
_POST_KIND = r"(?:AMEMBASSY|AMCONSUL|USMISSION)"
# Lines that can have lost their ends: with a route, a sender, after its time or not, or addressees.
_CAN_HOLD_LINES = re.compile(
    rf"""[^/]*/
    | (?:(?:[OPRZYM]\ ){{1,3}}\d{{6}}Z?\ ?[A-Z]{{3}}\ ?\d\d\s{{1,8}})?FM\ {{1,3}}[A-Z]
    | (?:TO|INFO)\ {{1,3}}(?:{_POST_KIND}|SECSTATE|ALL)\ | .*\ XMT\ """,
    re.VERBOSE,
)
_LOST_LINE_ENDS = re.compile(
    rf"""\s(?<=\S\s) \s{{0,8}}(?=(?:FM|TO|INFO|XMT)\ {{1,3}}[A-Z])
    | \s(?<=\S\s) (?<!\bTO\s)(?<!\bINFO\s)(?<!\bFM\s)(?<!\bXMT\s) \s{{0,8}}
      (?={_ROUTE} | BT\b | UNCLAS\b | E\.\ ?O\.
        | (?<!/\s){_POST_KIND}\b
        | (?<!\s[A-Z]\s)(?:[A-Z]\ ){{3}})              # letters apart, and none of them before
    """,
    re.VERBOSE,
)
_AFTER_LISTS = re.compile(
    r"""BT(?:\ .*)?                                           # end of the header
    | .?UNCLAS.* | (?:CONFIDENTIAL|SECRET|LIMITED\ OFFICIAL\ USE)\b.*     # banner
    | (?:[A-Z]\ {1,3}){3}.*                                   # banner with its letters apart
    | SEC(?:TION|T)?\ \d.*                                    # section of sections
    | E\.?O\.?\ ?1.*                                          # executive order
    | (?:PASS|FOR)\ .*                                        # to whom it is passed on
    | STATE\ \d{3,7}\b.*                                      # serial
    | [A-Z]{3,12}:\s.*                                        # a line with a label
    | \d\.\ .*                                                # first paragraph
    """,
    re.VERBOSE,
)
# "OSLO 1234": a message's own number, where OSLO sends it.
_SERIAL = re.compile(r"(?P<post>[A-Z][A-Z .']{1,30}?)\ \d{1,7}\b.*")
# "DEPT PLEASE PASS ...", "ROME FOR FAO, VIENNA FOR UNIDO"; but CINCPAC FOR POLAD is an addressee.
_PASSED_ON = re.compile(
    r"""(?P<whom>[A-Z][A-Z ]{1,30}?)
    \ (?:(?:ALSO|PLEASE|PLS)\ )?(?:PASS|FOR(?!\ {1,3}POLAD))\ .*""",
    re.VERBOSE,
)
_SMALL_LETTER = re.compile(r"[a-z]")
# What a post's own system puts above its cables: the form that they were filed on, which ends with
# a rule; to which of its sections copies went, "CXOSLO:", and who approved them.
_ABOVE_TRANSMISSION = re.compile(
    r"""
    ^[ \t]*TELEGRAM\b.*\n(?:.*\n){1,20}?[ \t]*_{10,}.*$
    | ^[ \t]*CX[A-Z]{3,8}:.*\n(?:.*\n){1,20}?
      (?=[ \t]*(?:V[ZV]CZ|(?:[OPRZ]{2}\ )+RU|DE\ RU|FM\ ))
    """,
    re.VERBOSE | re.MULTILINE,
)


class Correspondents(NamedTuple):
    """Sender, addressees for action, addressees for information."""

    sender: str | None
    to: list[Recipient]
    info: list[Recipient]


class _Address(NamedTuple):
    route: str | None
    name: str
    precedence: str | None
    mcn: str | None


class _Lists:
    """The FM, TO and INFO lists while the lines of a header are read."""

    def __init__(self) -> None:
        self.sender: str | None = None
        self.to: list[Recipient] = []
        self.info: list[Recipient] = []
        self._addressees: list[Recipient] | None = None  # the list that is read
        self._sends = False  # whether the next line is the sender's
        self._excluding = False  # after XMT
        self._routed: bool | None = None  # whether the address before names its route

    def open(self, keyword: str) -> None:
        """Begins a list, or the names that XMT takes out of the addressee before them."""
        self._routed = None
        self._excluding = keyword == "XMT"
        if keyword != "XMT":
            lists = {"TO": self.to, "ACTION": self.to, "INFO": self.info}
            self._addressees = lists.get(keyword)
            self._sends = self._addressees is None

    def add(self, line: str) -> None:
        """Adds a line to the list that is open; the sender has one line."""
        if not line:
            return
        if self._addressees is not None:
            self._add_address(line, self._addressees)
        elif self._sends:
            self.sender, self._sends = self.sender or line, False

    def _add_address(self, line: str, addressees: list[Recipient]) -> None:
        address = _address_of(line)
        if address.name.isdecimal():  # the number of the addressee above, which a wrap cut off
            if addressees and addressees[-1].mcn is None:
                addressees[-1] = replace(addressees[-1], mcn=address.name)
            return
        routed = address.route is not None
        if routed and self._routed is False:  # names without routes were what XMT takes out
            self._excluding = False
        self._routed = routed
        if not self._excluding:
            addressees.append(Recipient(*address))
        elif addressees:
            addressees[-1].excluded.append(address.name)

    def end_before(self, line: str) -> bool:
        """Whether a line that begins no list cannot be one more address."""
        if self._addressees is None:
            return False
        if ends_lists(line) or self._is_own_serial(line):
            return True
        if not self._addressees:
            return False
        return _has_small_letters(line) and not _has_small_letters(self._addressees[-1].name)

    def _is_own_serial(self, line: str) -> bool:
        """Whether a line is the number that the sender has given the message."""
        serial = _SERIAL.fullmatch(line)
        if serial is None or self.sender is None:
            return False
        return set(serial["post"].split()) <= set(self.sender.split())


def ends_lists(line: str) -> bool:
    """Whether a line is one of those that follow the lists, whoever sends.

    >>> ends_lists("UNCLAS OSLO 000012"), ends_lists("INFO AMEMBASSY OSLO")
    (True, False)
    """
    if _AFTER_LISTS.fullmatch(line) or is_furniture(line):
        return True
    return label_of(line) is not None or _is_passed_on(line)


def _is_passed_on(line: str) -> bool:
    """Whether a line says to whom a post, or the Department, passes the message on."""
    passed = _PASSED_ON.fullmatch(line)
    if passed is None:
        return False
    whom = passed["whom"]
    if whom in passing_words():
        return True
    return known_post(whom) is not None and not says_kind(whom.split()[0])


def _has_small_letters(line: str) -> bool:
    return _SMALL_LETTER.search(line) is not None


@lru_cache(4096)  # a post writes to the same addressees again and again
def _address_of(line: str) -> _Address:
    line = _NUMBER_FIRST.sub(r"\2 \1", " ".join(line.split()))
    match = _ADDRESS.fullmatch(line)
    return _Address(**match.groupdict()) if match else _Address(None, line, None, None)


def _lines(text: str) -> Iterator[str]:
    """The lines of a header without banners; where it has lost its line ends, as they were."""
    for raw in map(str.strip, _ABOVE_TRANSMISSION.sub("", text).splitlines()):
        if raw not in words("banner"):
            lost = label_of(raw) is None and _CAN_HOLD_LINES.match(raw)
            yield from _LOST_LINE_ENDS.split(raw) if lost else [raw]


@cache
def transmission_line() -> re.Pattern[str]:
    """The lines of the transmission header and of passing on, in a cable without labels.

    >>> transmission_line().fullmatch("FM AMEMBASSY OSLO") is not None
    True
    """
    return re.compile(
        rf"""V[ZV]CZ[A-Z0-9]*                                      # transmission id
        | (?:[OPRZY]{{1,2}}\ )+RUE?[A-Z]*.*                        # precedence, routes
        | DE\ RU[A-Z]{{2,6}}\ .* | (?:ZN[RY]|ZYY)\ [A-Z ]{{3,14}}(?:\ ZZH.*)? | ZZH.*
        | RU[A-Z]{{2,6}}(?:\ RU[A-Z]{{2,6}}){{0,20}}                 # routes of the line before
        | (?:[OPRZYM]\ {{1,3}}){{0,3}}                             # date-time group
          \d{{6}}Z?\ {{0,3}}[A-Z]{{3}}\ {{0,3}}\d{{2,4}}.*
        | FM\ .* | TO[:\ ]\ ?.* | INFO[:\ ].* | XMT\ .* | R[UH][A-Z]{{2,6}}\ ?/\ ?.*
        | ACTION\ [A-Z].{{0,10}}-\d\d.* | INFO\ +OCT-.* | (?:[A-Z/]{{1,6}}-\d\d\ ){{2,}}.*
        | (?:AM)?(?:EMBASSY|EMB|CONSUL|CONGEN)\ [A-Z .'-]{{2,30}}(?:\ \d{{1,5}})?
        | (?:US)?MISSION\ [A-Z .'/]{{2,30}}(?:\ \d{{1,5}})? | SECSTATE.*
        | (?:{_PRECEDENCE})(?:\ [A-Z ]{{0,40}})?\d{{0,5}}
        | TELEGRAM | Department\ of\ State | [A-Z /]{{0,20}}COLLECTIVE.*
        | (?:{any_of(passing_words())})\b[A-Z/ ]{{0,30}}\b(?:FOR|PASS|TO|FROM)\b[^.]{{0,120}}
        | S\ E\ N\ S\ I\ T\ I\ V\ E.* | \(?CORRECTED.{{0,40}} | C\ O\ R\ R\ E\ C\ T\ E\ D.*
        | \d{{6}} | [A-Z]{{2,3}}\d{{0,4}} | [-_]{{3,}}.* | \d{{2,3}}""",
        re.VERBOSE,
    )


def correspondents(text: str) -> Correspondents:
    """Sender, addressees for action and for information of a header.

    >>> correspondents("FM AMEMBASSY ASTANA")
    Correspondents(sender='AMEMBASSY ASTANA', to=[], info=[])
    """
    lists = _Lists()
    for line in _lines(text):
        address = line
        keyword = _KEYWORD.fullmatch(line)
        if keyword:
            lists.open(keyword["keyword"].upper())
            address = keyword["address"] or ""
        if address.startswith("PAGE ") or is_section_mark(line):
            continue
        if not keyword and lists.end_before(line):
            break
        for part in address.split(";"):
            lists.add(part.strip(" .;,"))
    return Correspondents(lists.sender, lists.to, lists.info)


def opens_list(words: str) -> bool:
    """Whether words are what a list of addressees, or the sender, is headed with.

    >>> opens_list("TO"), opens_list("ACTION:"), opens_list("TO BE DONE")
    (True, True, False)
    """
    match = _KEYWORD.fullmatch(words)
    return match is not None and not match["address"]


def is_precedence(words: str) -> bool:
    """Whether words are a precedence, with which a list of addressees can be headed, too.

    >>> is_precedence("ROUTINE"), is_precedence("ATTN:")
    (True, False)
    """
    return _address_of(f"OSLO {words}").precedence == words


def addressed(lines: Iterable[str], precedence: str) -> str:
    r"""A TO list of the addressees below a precedence; one with a precedence of its own keeps it.

    >>> addressed(["OSLO", "ROME PRIORITY"], "ROUTINE")
    'TO OSLO ROUTINE\nROME PRIORITY'
    """
    own = (line if _address_of(line).precedence else f"{line} {precedence}" for line in lines)
    return "TO " + "\n".join(own)


def recipients(text: str) -> list[Recipient]:
    r"""The addressees for action of a header, each with the names that XMT takes out of it.

    >>> recipients("FM AMEMBASSY OSLO\nTO RUEHC/NSC WASHDC IMMEDIATE 0123")
    [Recipient(route='RUEHC', name='NSC WASHDC', precedence='IMMEDIATE', mcn='0123', excluded=[])]
    >>> recipients("TO EUROPEAN POLITICAL COLLECTIVE\nXMT AMEMBASSY OSLO")[0].excluded
    ['AMEMBASSY OSLO']
    """
    return correspondents(text).to


def info_recipients(text: str) -> list[Recipient]:
    """The addressees for information of a header, as `recipients` has those for action.

    >>> [recipient.name for recipient in info_recipients("INFO RUEHTA/AMEMBASSY ASTANA")]
    ['AMEMBASSY ASTANA']
    """
    return correspondents(text).info
