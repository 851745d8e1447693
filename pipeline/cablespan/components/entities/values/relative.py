"""What the forms mean that are counted from the cable's day or from the date told before: "last
week", "two years ago", "the following day"."""

import re
from calendar import monthrange
from datetime import date

from cablespan.components.entities.values.periods import (
    DAY,
    DAYS_OF_UNIT,
    Period,
    days,
    months,
    week,
    years,
)
from cablespan.components.entities.values.reader import Match, Reader
from cablespan.components.entities.values.words import (
    MONTH,
    by_name,
    month_number,
    number,
    numbers_of,
    units_of,
)


def weekday(reader: Reader, m: Match) -> Period:
    """Saturday: the last one up to the cable's day, unless words tell of the next."""
    today, which = reader.day, m["which"]
    after_monday = numbers_of("weekday")[m["weekday"]] - 1
    if m["week"]:
        monday = week(today).start + 7 * units_of(m["week"]) * DAY
        return days(monday + after_monday * DAY)
    ahead = (after_monday - today.weekday()) % 7
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
    return days(day + units * count * DAYS_OF_UNIT[m["unit"] or "day"] * DAY)


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
    if unit == "week":
        return week(day + 7 * count * DAY)
    return days(day + count * DAY)


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
    return days(today, today + direction * count * DAYS_OF_UNIT[unit] * DAY)


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
