"""What each form of a date means, seen from a cable's day and from the words around."""

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

from cablespan.components.entities.values.periods import (
    DAY,
    Period,
    days,
    months,
    part,
    week,
    years,
)
from cablespan.components.entities.values.words import (
    MONTH,
    TO,
    by_name,
    month_number,
    number,
    numbers_of,
    units_of,
    year_number,
)

Tense = Literal["future", "past", "unknown"]
Match = re.Match[str]
Form = tuple[re.Pattern[str], Callable[["Reader", Match], Period | None]]

# Cables tell of the past more than of the future, unless a verb says so: what a day ahead counts.
_COST_OF_A_DAY_AHEAD = {"future": 0.5, "unknown": 2, "past": 8}
_NEW_FISCAL_YEARS = 1977  # October to September from then on, July to June before
_DAYS_OF_UNIT = {"day": 1, "week": 7, "month": 30}
# ", 1999" after a day, "to July 2009" after a month; no "1800 hours"
_YEAR_AFTER = re.compile(
    rf"""
    [\s,]*
    (?: {TO} (?:(?P<month>{MONTH})\.?)? \s?\d{{0,2}},?\s? )?   # to July
    (?P<year> (?:19|20)\d\d )\b
    (?! \s?(?:hours|hrs|z\b|local) )
    """,
    re.VERBOSE,
)


@dataclass(frozen=True)
class Reader:
    """Reads mentions, seen from a cable's day and from the words around.

    `today`: the cable's day, None where it is not known; `told`: the date named before; `forms`:
    those that are known, in order of precedence.
    """

    forms: "tuple[Form, ...]"
    today: date | None
    is_year_alone: bool
    tense_told: Callable[[], Tense]
    before: str
    after: str
    told: Period | None

    @cached_property
    def tense(self) -> Tense:
        """What the words around tell of; few forms ask for it."""
        return self.tense_told()

    def read(self, text: str) -> Period | None:
        """The period of the first form that fits the whole text, which is plain.

        Raises ValueError where a day does not exist, or the cable's is needed and not known.
        """
        for pattern, meaning in self.forms:
            match = pattern.fullmatch(text)
            if match:
                return meaning(self, match)
        return None

    @property
    def day(self) -> date:
        """The cable's day. Raises ValueError where it is not known."""
        if self.today is None:
            raise ValueError("the cable has no date")
        return self.today

    def year_for(self, month: int, day: int = 15, last_month: int | None = None) -> int:
        """The year that brings a day nearest to the cable, or one that is said after the mention:
        that of the last month, where the months go on to another."""
        said = _YEAR_AFTER.match(self.after)
        if said:
            last = month_number(said["month"]) if said["month"] else last_month or month
            return int(said["year"]) - (last < month)
        today, cost = self.day, _COST_OF_A_DAY_AHEAD[self.tense]
        if self.is_year_alone:
            return today.year

        def distance(year: int) -> float:
            ahead = (date(year, month, min(day, 28)) - today).days
            return ahead * cost if ahead > 0 else -ahead

        return min((today.year - 1, today.year, today.year + 1), key=distance)


def iso(_reader: Reader, m: Match) -> Period:
    """2007-02-22; 02/22/07."""
    return days(date(year_number(m["year"]), int(m["month"]), int(m["day"])))


def date_time_group(reader: Reader, m: Match) -> Period:
    """131020Z JUL 72."""
    month = month_number(m["month"]) if m["month"] else reader.day.month
    year = year_number(m["year"]) if m["year"] else reader.year_for(month)
    return days(date(year, month, int(m["day"])))


def month_days(reader: Reader, m: Match) -> Period:
    """May 22; 22 May 1999; May 22-24; April 30 to May 2, 2007; next June 30."""
    month, first = month_number(m["month"]), number(m["day"])
    last_month = month_number(m["last_month"]) if m["last_month"] else month
    start = date(_year_of(reader, m, month, first, last_month), month, first)
    if not m["last_day"]:
        return days(start)
    return days(start, date(start.year + (last_month < month), last_month, number(m["last_day"])))


def _year_of(
    reader: Reader, m: Match, month: int, day: int = 15, last_month: int | None = None
) -> int:
    """The year of a match's first month: written or "of last year", which is that of its last
    month, else the nearest."""
    is_before = last_month is not None and last_month < month
    if m["year"]:
        return year_number(m["year"]) - is_before
    if m["which"]:
        return reader.day.year + units_of(m["which"]) - is_before
    return reader.year_for(month, day, last_month)


def whole_months(reader: Reader, m: Match) -> Period:
    """May; May 1999; May-June 1999; May of this year."""
    month = month_number(m["month"])
    last = month_number(m["last"]) if m["last"] else month
    year = _year_of(reader, m, month, last_month=last)
    return months(year, month, (last - month) % 12 + 1)


def named_month(reader: Reader, m: Match) -> Period:
    """last May, next June 30: the nearest before or after the cable's own month."""
    month, today = month_number(m["month"]), reader.day
    units = units_of(m["which"])
    is_other_year = month >= today.month if units < 0 else month <= today.month
    year = today.year + units * is_other_year
    return days(date(year, month, number(m["day"]))) if m["day"] else months(year, month)


def whole_years(_reader: Reader, m: Match) -> Period:
    """1973; 1973-75; 74/75; 1999-00."""
    first = year_number(m["first"])
    last = _last_year(first, m["last"]) if m["last"] else first
    return years(*sorted((first, last)))


def _last_year(first: int, digits: str) -> int:
    """The year of four digits; of two the one that is nearest to the first year."""
    if len(digits) == 4:
        return int(digits)
    of_century = first - first % 100 + int(digits)
    return min(of_century, of_century + 100, key=lambda year: abs(year - first))


def decade(_reader: Reader, m: Match) -> Period:
    """1970s; the '90s."""
    first = int(m["first"]) if len(m["first"]) == 4 else 1900 + int(m["first"])
    return years(first, first + 9)


def decade_by_word(_reader: Reader, m: Match) -> Period:
    """The sixties: of the 20th century."""
    first = by_name("decade")[m["word"]]["year"]
    return years(first, first + 9)


def century(_reader: Reader, m: Match) -> Period:
    """19th century."""
    return years(int(m["number"]) * 100 - 99, int(m["number"]) * 100)


def fiscal_year(_reader: Reader, m: Match) -> Period:
    """FY 2008; fiscal years 1970-71: those of the United States."""
    year = year_number(m["year"])
    last = year_number(m["last"]) if m["last"] else year
    return months(year - 1, _fiscal_month(year), 12 * (last - year + 1))


def _fiscal_month(year: int) -> int:
    return 10 if year >= _NEW_FISCAL_YEARS else 7


def this_fiscal_year(reader: Reader, m: Match) -> Period:
    """This, last, next fiscal year."""
    today = reader.day
    begins = _fiscal_month(today.year)
    year = today.year + units_of(m["which"]) - (today.month < begins)
    return months(year, begins, 12)


def season(reader: Reader, m: Match) -> Period:
    """Summer; last fall; spring of 2008; summer months."""
    month = by_name("season")[m["season"]]["month"]
    if m["year"]:
        return months(year_number(m["year"]), month, 3)
    today, units = reader.day, units_of(m["which"])
    year = today.year
    if units < 0 and month + 2 >= today.month:
        year -= 1
    elif units > 0 and month <= today.month:
        year += 1
    return months(year, month, 3)


def holiday(reader: Reader, m: Match) -> Period:
    """Christmas; New Year's Eve 2008: those of a fixed day."""
    entry = by_name("holiday")[m["holiday"]]
    year = _year_of(reader, m, entry["month"], entry["day"])
    return days(date(year, entry["month"], entry["day"]))


def part_of(reader: Reader, m: Match) -> Period | None:
    """Early, the first half of and the like before a period; of a day, the day."""
    whole = reader.read(m["rest"])
    if whole is None or whole.precision == "day":
        return whole
    entry = by_name("part")[m["part"]]
    if whole.is_month:  # its first twelfth would be two days
        entry = by_name("part")[entry.get("of_month", entry["name"])]
    period = part(whole, entry["first"], entry["last"])
    if reader.tense == "future" and m["rest"] in ("year", "month") and period.end < reader.day:
        following = reader.read(f"next {m['rest']}")
        return following and part(following, entry["first"], entry["last"])
    return period


def rest_of(reader: Reader, m: Match) -> Period | None:
    """The rest of the year, the remainder of 1968: from the cable's day on."""
    whole = reader.read(m["rest"])
    if whole is None or not whole.start <= reader.day <= whole.end:
        return whole
    first = reader.day
    if whole.precision == "day":
        return days(first, whole.end)
    return months(first.year, first.month, _months_between(first, whole.end) + 1)


def _months_between(first: date, last: date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month


def months_of_year(reader: Reader, m: Match) -> Period | None:
    """The first six months of 2006."""
    whole, count = reader.read(m["rest"]), number(m["count"])
    if whole is None or whole.precision != "year" or not 1 <= count <= 12:
        return None
    first = 1 if m["which"] == "first" else 13 - count
    return months(whole.start.year, first, count)


def days_of_period(reader: Reader, m: Match) -> Period | None:
    """The last ten days of November, the first two weeks of May, the second week of June."""
    whole = reader.read(m["rest"])
    if whole is None or not whole.is_month:
        return None
    count = number(m["count"]) if m["count"] else 1
    length = count * _DAYS_OF_UNIT[m["unit"]] * DAY
    if m["which"] == "last":
        return days(whole.end - length + DAY, whole.end)
    start = whole.start + length * (numbers_of("ordinal")[m["which"]] - 1)
    return days(start, start + length - DAY)


def week_of_day(reader: Reader, m: Match) -> Period | None:
    """Week of September 10."""
    day = reader.read(m["rest"])
    return days(day.start, day.start + 6 * DAY) if day else None


def weekday(reader: Reader, m: Match) -> Period:
    """Saturday: the last one up to the cable's day, unless words tell of the next."""
    today, which = reader.day, m["which"]
    ahead = (numbers_of("weekday")[m["weekday"]] - 1 - today.weekday()) % 7
    if m["week"]:
        monday = week(today).start + 7 * units_of(m["week"]) * DAY
        return days(monday + (numbers_of("weekday")[m["weekday"]] - 1) * DAY)
    if which == "last":
        return days(today - (7 - ahead) * DAY)
    if (which and units_of(which) >= 0) or reader.tense == "future":
        return days(today + (ahead or 7 * (which == "next")) * DAY)
    return days(today - (-ahead % 7) * DAY)


def weekend(reader: Reader, m: Match) -> Period:
    """This weekend; last weekend."""
    saturday = week(reader.day).start + 5 * DAY
    which = m["which"]
    is_future = units_of(which) >= 0 if which else reader.tense == "future"
    saturday += 7 * DAY * ((which == "next") if is_future else -1)
    return days(saturday, saturday + DAY)


def near_day(reader: Reader, m: Match) -> Period:
    """Today; last night; the day before yesterday."""
    shift = by_name("near")[m["word"]]["days"] * (2 if m["further"] else 1)
    return days(reader.day + shift * DAY)


def told_day(reader: Reader, m: Match) -> Period | None:
    """The following day, the previous night, two days later: counted from the date told before."""
    told = reader.told
    if told is None and m["which"] in ("previous", "preceding"):
        told = days(reader.day)
    if told is None or told.precision != "day":
        return None
    count = number(m["count"]) if m["count"] else 1
    units = units_of(m["which"] or m["direction"])
    day = told.end if units > 0 else told.start
    return days(day + units * count * _DAYS_OF_UNIT[m["unit"] or "day"] * DAY)


def told_unit(reader: Reader, m: Match) -> Period | None:
    """The same year, the previous year, that month: of the date told before."""
    told = reader.told
    if told is None:
        return unit_from_now(reader, m)
    if m["unit"] == "month" and told.precision == "year":
        return None
    return _units_away(told.start, m["unit"], units_of(m["which"]))


def part_of_told_day(reader: Reader, _m: Match) -> Period | None:
    """Early evening, that night: of the date told before."""
    told = reader.told
    return told if told and told.precision == "day" else None


def day_alone(reader: Reader, m: Match) -> Period:
    """23rd: the nearest one, or of the month that was named last."""
    day, named = number(m["day"]), re.findall(rf"\b({MONTH})\b", reader.before)
    if named:
        month = month_number(named[-1])
        return days(date(reader.year_for(month, day), month, day))
    today = reader.day
    firsts = (months(today.year, today.month + shift).start for shift in (-1, 0, 1))
    near = [f.replace(day=day) for f in firsts if day <= monthrange(f.year, f.month)[1]]
    return days(min(near, key=lambda other: abs(other - today)))


def month_and_day(reader: Reader, m: Match) -> Period:
    """6/30."""
    month, day = int(m["month"]), int(m["day"])
    return days(date(reader.year_for(month, day), month, day))


def unit_from_now(reader: Reader, m: Match) -> Period | None:
    """This year; last month; next week.

    "Past" and "coming" run up to or from the cable's day.
    """
    which, unit, today = m["which"] or "this", m["unit"], reader.day
    units = units_of(which)
    if which in ("past", "coming", "upcoming") or (unit == "decade" and units):
        return _stretch(reader, 1, unit, units)
    if unit == "decade":
        first = today.year // 10 * 10
        return years(first, first + 9)
    return None if unit == "day" else _units_away(today, unit, units)


def _units_away(day: date, unit: str, count: int) -> Period:
    """The year, month, week or day that lies so many of them after a day's own."""
    if unit == "year":
        return years(day.year + count)
    if unit == "month":
        return months(day.year, day.month + count)
    return week(day + 7 * count * DAY) if unit == "week" else days(day + count * DAY)


def stretch(reader: Reader, m: Match) -> Period:
    """Past six years; next 12 to 18 months: the longer of two counts."""
    return _stretch(reader, number(m["most"] or m["count"]), m["unit"], units_of(m["which"]))


def hours(reader: Reader, m: Match) -> Period:
    """The next 24 hours: whole days."""
    return _stretch(reader, number(m["count"]) // 24, "day", units_of(m["which"]))


def unit_or_two(reader: Reader, m: Match) -> Period:
    """The next week or two."""
    return _stretch(reader, number(m["most"]), m["unit"], units_of(m["which"]))


def _stretch(reader: Reader, count: int, unit: str, direction: int) -> Period:
    """From the cable's day over a number of units, in their precision."""
    today = reader.day
    if unit == "decade":
        count, unit = count * 10, "year"
    if unit == "year" and count > 1:
        return years(*sorted((today.year, today.year + direction * count)))
    if unit == "year" or (unit == "month" and count > 1):
        length = count * (12 if unit == "year" else 1)
        return months(today.year, today.month + min(direction * length, 0), length + 1)
    return days(today, today + direction * count * _DAYS_OF_UNIT[unit] * DAY)


def ago(reader: Reader, m: Match) -> Period | None:
    """Two weeks ago; three or four days ago: from the one to the other."""
    if m["unit"] == "decade":
        return None
    counts = number(m["count"] or "1"), number(m["most"] or m["count"] or "1")
    first, last = (
        _units_away(reader.day, m["unit"], -count) for count in (max(counts), min(counts))
    )
    return Period(first.start, last.end, first.precision)


def year_end(reader: Reader, _m: Match) -> Period:
    """Year's end."""
    return months(reader.day.year, 12)
