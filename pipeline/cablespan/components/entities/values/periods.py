"""Days, months and years as intervals, written by ISO 8601."""

from calendar import monthrange
from datetime import date, timedelta
from typing import Literal, NamedTuple

Precision = Literal["year", "month", "day"]
_LENGTHS = {"year": 4, "month": 7, "day": 10}  # of ISO 8601 dates, in characters
DAY = timedelta(days=1)
DAYS_OF_UNIT = {"day": 1, "week": 7, "month": 30}  # thirds are of 30 days, whatever the month


class Period(NamedTuple):
    """Days from `start` to `end`, both inclusive, and how precisely they are known."""

    start: date
    end: date
    precision: Precision

    def iso(self) -> str:
        """ISO 8601: a date of reduced precision, or an interval of two.

        >>> months(2008, 1, 4).iso(), months(2008, 1).iso()
        ('2008-01/2008-04', '2008-01')
        """
        length = _LENGTHS[self.precision]
        start, end = self.start.isoformat()[:length], self.end.isoformat()[:length]
        return start if start == end else f"{start}/{end}"

    @property
    def is_month(self) -> bool:
        """Whether it is one month."""
        same = (self.start.year, self.start.month) == (self.end.year, self.end.month)
        return self.precision == "month" and same


def days(first: date, last: date | None = None) -> Period:
    """A day, or those between two in either order."""
    last = last or first
    return Period(min(first, last), max(first, last), "day")


def months(year: int, month: int, count: int = 1) -> Period:
    """`count` months from one on; the number of the first may lie outside the year.

    >>> months(2008, 0).iso()
    '2007-12'
    """
    first = year * 12 + month - 1
    last = first + count - 1
    length = monthrange(last // 12, last % 12 + 1)[1]
    begin, end = date(first // 12, first % 12 + 1, 1), date(last // 12, last % 12 + 1, length)
    return Period(begin, end, "month")


def years(first: int, last: int | None = None) -> Period:
    """A year, or those from one to another.

    >>> years(1973).iso(), years(1973, 1975).iso()
    ('1973', '1973/1975')
    """
    return Period(date(first, 1, 1), date(last or first, 12, 31), "year")


def week(day: date) -> Period:
    """The week of a day, from Monday to Sunday.

    >>> week(date(2007, 2, 22)).iso()
    '2007-02-19/2007-02-25'
    """
    monday = day - day.weekday() * DAY
    return days(monday, monday + 6 * DAY)


def part(period: Period, first: int, last: int) -> Period:
    """What lies between two twelfths of a period.

    Months of a year, days of a month, years of a decade or a century.

    >>> part(years(2008), 0, 4).iso(), part(months(2008, 5), 4, 8).iso()
    ('2008-01/2008-04', '2008-05-11/2008-05-20')
    >>> part(years(1990, 1999), 4, 8).iso()
    '1993/1996'
    """
    begin = period.start
    count = period.end.year - begin.year + 1
    if period.precision == "year" and count > 1:
        skipped, stop = _units_within(first, last, count)
        return years(begin.year + skipped, begin.year + stop - 1)
    if not period.is_month:
        count = (count - 1) * 12 + period.end.month - begin.month + 1
        skipped, stop = _units_within(first, last, count)
        return months(begin.year, begin.month + skipped, stop - skipped)
    skipped, stop = _units_within(first, last, DAYS_OF_UNIT["month"])
    end = period.end if last == 12 else begin + (stop - 1) * DAY
    return days(begin + skipped * DAY, end)


def _units_within(first: int, last: int, count: int) -> tuple[int, int]:
    """How many of `count` units lie before one twelfth of them, how many before another; at least
    one lies between.

    >>> _units_within(0, 4, 12), _units_within(11, 12, 3), _units_within(0, 1, 2)
    ((0, 4), (2, 3), (0, 1))
    """
    skipped = min(round(first * count / 12), count - 1)
    return skipped, max(round(last * count / 12), skipped + 1)
