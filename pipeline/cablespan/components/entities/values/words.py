"""The words of dates and their places in regular expressions, out of the lexicon."""

import re
from functools import cache
from typing import Any

from cablespan import lexicon
from cablespan.header.alternatives import any_of
from cablespan.header.dates import full_year

_PIVOT = 46  # cables are of 1946 to 2045
_KINDS = {"month": "calendar", "weekday": "calendar", "cardinal": "numbers", "ordinal": "numbers"}


@cache
def entries(kind: str) -> tuple[dict[str, Any], ...]:
    """The lexicon's entries of a kind: months, weekdays, numbers, or words of date_words.jsonl."""
    file = lexicon.load(_KINDS.get(kind, "date_words"))
    return tuple(entry for entry in file if entry["kind"] == kind)


@cache
def by_name(kind: str) -> dict[str, dict[str, Any]]:
    """The entries of a kind by their names."""
    return {entry["name"]: entry for entry in entries(kind)}


@cache
def numbers_of(kind: str) -> dict[str, int]:
    """Whole numbers by their words; months and weekdays by name, alias and first three letters.

    >>> numbers_of("month")["sept"], numbers_of("weekday")["tue"], numbers_of("cardinal")["ten"]
    (9, 2, 10)
    """
    if _KINDS[kind] == "numbers":
        return {e["name"]: e["value"] for e in entries(kind) if isinstance(e["value"], int)}
    names = {"sept": 9} if kind == "month" else {}
    for number, entry in enumerate(entries(kind), 1):
        for name in (entry["name"], entry["name"][:3], *entry["aliases"]):
            names[name.lower()] = number
    return names


MONTH = rf"(?:{any_of(numbers_of('month'))})"
WEEKDAY = rf"(?:{any_of(numbers_of('weekday'))})"
NUMBER = rf"(?:\d{{1,3}}|{any_of(numbers_of('cardinal'))})"
ORDINAL = rf"(?:{any_of(numbers_of('ordinal'))})"
DAY_NUMBER = rf"""(?:
    (?:[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?
    | {ORDINAL} | {any_of(numbers_of("cardinal"))}
)"""
YEAR = r"(?:1[5-9]\d\d|20\d\d)"
TO = r"\s?(?:-|/|to|and|or|through|until)\s?"
PART = rf"(?:{any_of(by_name('part'))})"
SEASON = rf"(?:{any_of(by_name('season'))})"
SHIFT = rf"(?:{any_of(by_name('shift'))})"


def number(text: str) -> int:
    """The number of digits (with "st" or "th" after them) or of a word.

    >>> number("23rd"), number("ten"), number("sixth")
    (23, 10, 6)
    """
    if digits := re.match(r"\d+", text):
        return int(digits[0])
    return (numbers_of("cardinal") | numbers_of("ordinal"))[text]


def year_number(digits: str) -> int:
    """The year of four digits or two: cables are of 1946 to 2045.

    >>> year_number("72"), year_number("08"), year_number("1938")
    (1972, 2008, 1938)
    """
    return full_year(digits, _PIVOT)


def month_number(name: str) -> int:
    """1 for January."""
    return numbers_of("month")[name]


def units_of(word: str | None) -> int:
    """-1 for "last" and "earlier", 0 for "this" or nothing, 1 for "next" and "later".

    >>> units_of("earlier"), units_of(None), units_of("coming")
    (-1, 0, 1)
    """
    return (by_name("shift") | by_name("direction"))[word]["units"] if word else 0
