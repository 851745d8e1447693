"""What the forms mean that name a date, or a part of one: "May 22", "fall of 2008", "early May"."""

from datetime import date

from cablespan.components.entities.values.periods import (
    DAY,
    DAYS_OF_UNIT,
    Period,
    days,
    months,
    part,
    years,
)
from cablespan.components.entities.values.reader import Match, Reader
from cablespan.components.entities.values.words import (
    by_name,
    month_number,
    number,
    numbers_of,
    units_of,
    year_number,
)

_NEW_FISCAL_YEARS = 1977  # October to September from then on, July to June before


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


def month_and_day(reader: Reader, m: Match) -> Period:
    """6/30."""
    month, day = int(m["month"]), int(m["day"])
    return days(date(reader.year_for(month, day), month, day))


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
    length = count * DAYS_OF_UNIT[m["unit"]] * DAY
    if m["which"] == "last":
        return days(whole.end - length + DAY, whole.end)
    start = whole.start + length * (numbers_of("ordinal")[m["which"]] - 1)
    return days(start, start + length - DAY) if start <= whole.end else None


def week_of_day(reader: Reader, m: Match) -> Period | None:
    """Week of September 10."""
    day = reader.read(m["rest"])
    return days(day.start, day.start + 6 * DAY) if day else None
