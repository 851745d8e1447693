"""Dates and times in every order in which State wrote them."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from functools import cache
from typing import NamedTuple

from cablespan.lexicon import listed, load

_MONTHS = (entry["name"] for entry in load("calendar") if entry["kind"] == "month")
_MONTH_NUMBERS = {name[:3].upper(): number for number, name in enumerate(_MONTHS, 1)}
_MONTH = f"(?:{'|'.join(_MONTH_NUMBERS)})[A-Z]{{0,6}}"
_PIVOT_OF_DATES = 70  # 69 is 2069, 70 is 1970: cables are declassified up to forty years later
_PIVOT_OF_TIMES = 46  # 45 is 2045, 46 is 1946: no telegram in sight is older

# 2017/09/10; 09/10/2017, 10.9.17, 76/09/30; 20170910; 09102017
_NUMERIC = re.compile(
    r"""(?<!\d)(?:
      (?P<year>\d{4}) [/.-] (?P<month>\d{1,2}) [/.-] (?P<day>\d{1,2})
    | (?P<first>\d{1,2}) \s?[/.-]{1,2}\s? (?P<second>\d{1,2}) \s?[/.-]{1,2}\s?
      (?P<third>\d{4}|\d{2})
    | (?P<year_run>(?:19|20)\d\d) (?P<month_run>\d{2}) (?P<day_run>\d{2})
    | (?P<month_of_run>\d{2}) (?P<day_of_run>\d{2}) (?P<year_of_run>(?:19|20)\d\d)
    )(?!\d)""",
    re.VERBOSE,
)
# 10 SEPTEMBER 2017, 10th-Sep-17; September 10, 2017
_WRITTEN = re.compile(
    rf"""\b(?:
      (?P<day>\d{{1,2}}) (?:ST|ND|RD|TH)? [\ ./-]{{0,3}}
      (?P<month>{_MONTH}) [\ .,/-]{{0,3}} (?P<year>\d{{4}}|\d{{2}})
    | (?P<month_first>{_MONTH}) \.?\ {{0,2}}
      (?!(?:19|20)\d\d\b)                              # a year alone: SEPTEMBER 2017
      (?P<day_after>\d{{1,2}}) (?:ST|ND|RD|TH)?,?\ {{0,2}} (?P<year_after>\d{{4}}|\d{{2}})
    )\b""",
    re.VERBOSE | re.IGNORECASE,
)
# R 210941Z FEB 07; P R 041820Z JAN 10
_DATE_TIME_GROUP = re.compile(
    rf"""\b(?P<letters>(?:[ZOPRYM]\ {{1,3}}){{0,3}})
    (?P<day>\d\d)(?P<hour>\d\d)(?P<minute>\d\d)(?:Z\s{{0,3}}|\ {{0,3}})   # a wrap after Z
    (?P<month>{_MONTH})\s{{0,3}}(?P<year>\d{{4}}|\d{{2}})\b""",
    re.VERBOSE,
)
# 2/21/2007 9:41 PM, 2007-02-21 09:41:00
_GIVEN_TIME = re.compile(
    r"""
    (?P<day>\d{1,2}/\d{1,2}/\d{4} | \d{4}-\d\d-\d\d) [ T]
    (?P<hour>\d{1,2}):(?P<minute>\d{2}) (?::\d{2})? (?:[ ](?P<half>[AP]M))?
    """,
    re.VERBOSE,
)
_YEAR_OR_MONTH = re.compile(r"(?!0000)\d{4}(?:-(?:0[1-9]|1[0-2]))?")  # 2007, 2007-02
_PRECEDENCES = {"Z": "FLASH", "O": "IMMEDIATE", "P": "PRIORITY", "R": "ROUTINE"}


@cache
def months() -> frozenset[str]:
    """The names of months and their abbreviations, in capitals.

    >>> months().issuperset(["MARCH", "MAR"])
    True
    """
    names = listed("calendar", "name", "month") | listed("calendar", "aliases", "month")
    return frozenset(map(str.upper, names))


class DateTimeGroup(NamedTuple):
    """Precedence and time (ISO 8601, UTC) of a message, as far as its group tells them."""

    precedence: str | None
    time: str | None


def full_year(year: str, pivot: int = _PIVOT_OF_DATES) -> int:
    """A year of two or four digits as four; two below `pivot` are of the 2000s.

    >>> full_year("07"), full_year("1975"), full_year("75")
    (2007, 1975, 1975)
    """
    if len(year) == 4:
        return int(year)
    return int(year) + (2000 if int(year) < pivot else 1900)


def year_of(time: str | None) -> int | None:
    """The year of a time in ISO 8601.

    >>> year_of("2007-02-21T09:41:00"), year_of(None)
    (2007, None)
    """
    return int(time[:4]) if time else None


def time_of(given: str) -> str | None:
    """The time that a page, a table or a record states, in ISO 8601 (UTC); no hour if it has none,
    None for a day that no calendar has.

    >>> time_of("2/21/2007 9:41 PM"), time_of("2007-02-21 09:41:05+02:00"), time_of("n/a")
    ('2007-02-21T21:41:00', '2007-02-21T07:41:05', None)
    >>> time_of("Feb 21, 2007"), time_of("2007-02")
    ('2007-02-21', '2007-02')
    """
    if _YEAR_OR_MONTH.fullmatch(given):
        return given
    match = _GIVEN_TIME.search(given)
    if match and (in_utc := _in_utc(given)):
        return in_utc
    day = date_of(match["day"] if match else given)
    clock = _clock(match) if match else None
    when = datetime.combine(day, clock) if day and clock else day
    return when.isoformat() if when else None


def _in_utc(given: str) -> str | None:
    """A time that is whole in ISO 8601, without its fractions."""
    try:
        time = datetime.fromisoformat(given)
        in_utc = time.astimezone(UTC) if time.tzinfo else time
    except (ValueError, OverflowError):
        return None
    return in_utc.replace(tzinfo=None).isoformat(timespec="seconds")


def _clock(given: re.Match[str]) -> time | None:
    """The hour and minute of a time; None for one that no clock shows."""
    hour, half = int(given["hour"]), given["half"]
    if half:
        hour = hour % 12 + (12 if half == "PM" else 0)
    try:
        return time(hour, int(given["minute"]))
    except ValueError:
        return None


def _calendar_date(year: int, month: int, day: int) -> date | None:
    """The date; month and day change places where that alone makes one."""
    for first, second in ((month, day), (day, month)):
        try:
            return date(year, first, second)
        except ValueError:
            continue
    return None


def _numeric_date(match: re.Match[str]) -> date | None:
    for suffix in ("", "_run", "_of_run"):
        order = [name + suffix for name in ("year", "month", "day")]
        if match[order[0]]:
            year, month, day = map(int, match.group(*order))
            return _calendar_date(year, month, day)
    first, second, third = match.group("first", "second", "third")
    if int(first) > 31:
        return _calendar_date(full_year(first), int(second), int(third))
    return _calendar_date(full_year(third), int(first), int(second))


def _month_number(name: str) -> int:
    return _MONTH_NUMBERS[name[:3].upper()]


def _written_date(match: re.Match[str]) -> date | None:
    month = _month_number(match["month"] or match["month_first"])
    year = full_year(match["year"] or match["year_after"])
    return _calendar_date(year, month, int(match["day"] or match["day_after"]))


def _dates(text: str) -> Iterator[date | None]:
    yield from map(_numeric_date, _NUMERIC.finditer(text))
    yield from map(_written_date, _WRITTEN.finditer(text))


def date_of(text: str) -> date | None:
    """The first date in a text: of those in digits, else of those with a month's name.

    >>> date_of("09/10/2017"), date_of("2017/09/10"), date_of("10 Sept. 17"), date_of("no date")
    (datetime.date(2017, 9, 10), datetime.date(2017, 9, 10), datetime.date(2017, 9, 10), None)
    """
    return next(filter(None, _dates(text)), None)


def date_time_group(text: str) -> DateTimeGroup:
    """The date-time group of a transmission header.

    >>> date_time_group("R 210941Z FEB 07")
    DateTimeGroup(precedence='ROUTINE', time='2007-02-21T09:41:00')
    """
    match = _DATE_TIME_GROUP.search(text)
    if match is None:
        return DateTimeGroup(None, None)
    precedence = _PRECEDENCES.get(match["letters"][:1])
    year, month = full_year(match["year"], _PIVOT_OF_TIMES), _month_number(match["month"])
    day, hour, minute = map(int, match.group("day", "hour", "minute"))
    try:
        time = datetime(year, month, day, hour, minute)
    except ValueError:
        return DateTimeGroup(precedence, None)
    return DateTimeGroup(precedence, time.isoformat())
