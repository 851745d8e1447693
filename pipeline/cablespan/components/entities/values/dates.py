"""When a date is: "last week", "early 2008", "May 22" as ISO 8601, seen from the cable's own date.

A month or day without a year is the one nearest to the cable. Thirds: early, mid and late 2008 begin in
January, May and September, early, mid and late May on the 1st, 11th and 21st. Weeks begin on Monday. What
has no bounds ("recent months", "several years") has no value.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from functools import cache
from typing import Any, Literal, NamedTuple

from cablespan import lexicon

Precision = Literal["year", "month", "day"]
_LENGTHS = {"year": 4, "month": 7, "day": 10}  # of ISO 8601 dates, in characters
_DAY = timedelta(days=1)
# Cables tell of the past more than of the future, unless a verb says so: a day ahead counts as two or
# as half a day.
_AHEAD, _AHEAD_BY_VERB = 2, 0.5
_FUTURE = re.compile(
    r"""
    \b(?:will|would|shall|could|should|due|next|plans?|planned|expects?|expected|scheduled)\b
    |\b(?:by|until)\ (?:the\ )?$
    """,
    re.VERBOSE,
)


class Period(NamedTuple):
    """Days from `start` to `end`, both inclusive, and how precisely they are known."""

    start: date
    end: date
    precision: Precision

    def iso(self) -> str:
        """ISO 8601: a date of reduced precision, or an interval of two."""
        length = _LENGTHS[self.precision]
        start, end = self.start.isoformat()[:length], self.end.isoformat()[:length]
        return start if start == end else f"{start}/{end}"


class Anchor(NamedTuple):
    """The cable's own date, as precise as it is known."""

    day: date
    precision: Precision

    @classmethod
    def of(cls, cable: Mapping[str, Any]) -> "Anchor | None":
        """The date of a cable by its header, else by the input's own meta, else by the year in its id."""
        written = (cable.get("header") or {}).get("created") or (cable.get("meta") or {}).get(
            "date"
        )
        known = re.match(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", str(written or ""))
        if known:
            year, month, day = (int(part) if part else None for part in known.groups())
            precision: Precision = "day" if day else "month" if month else "year"
            return cls(date(year or 1, month or 7, day or 1), precision)
        in_id = re.fullmatch(r"(\d\d)[A-Z]+\d+", str(cable.get("id") or ""))
        return cls(date(full_year(in_id[1]), 7, 1), "year") if in_id else None


def full_year(digits: str) -> int:
    """A year of two or four digits as four: cables are of 1946 to 2045.

    >>> full_year("07"), full_year("72"), full_year("1969")
    (2007, 1972, 1969)
    """
    year = int(digits)
    return year if len(digits) == 4 else year + (2000 if year < 46 else 1900)


@cache
def _names(kind: str) -> dict[str, int]:
    """Months or weekdays by name, alias and short form, numbered from 1."""
    entries = [entry for entry in lexicon.load("calendar") if entry["kind"] == kind]
    return {
        name.lower(): number
        for number, entry in enumerate(entries, 1)
        for name in (entry["name"], *entry["aliases"])
    } | {entry["name"][:3].lower(): number for number, entry in enumerate(entries, 1)}


@cache
def _numbers(kind: str) -> dict[str, int]:
    entries = (entry for entry in lexicon.load("numbers") if entry["kind"] == kind)
    return {e["name"]: e["value"] for e in entries if isinstance(e["value"], int)}


def _any_of(names: Mapping[str, int]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


_MONTH = rf"(?:{_any_of(_names('month'))}|sept)"
_WEEKDAY = rf"(?:{_any_of(_names('weekday'))})"
_NUMBER = rf"(?:\d{{1,3}}|{_any_of(_numbers('cardinal'))})"
_ORDINAL = rf"(?:{_any_of(_numbers('ordinal'))})"
_DAY_NUMBER = rf"(?:[12]\d|3[01]|0?[1-9]|{_any_of(_numbers('cardinal'))})(?:st|nd|rd|th)?"
_YEAR = r"(?:1[5-9]\d\d|20\d\d)"
_TO = r"\s?(?:-|/|to|and|or|through|until)\s?"
_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
_UNIT = r"(?P<unit>day|week|month|year|decade)s?"
_BEFORE = r"(?:last|past|previous|preceding)"
_AFTER = r"(?:next|coming|following|upcoming)"
# ", 1999" after a day, "to July 2009" after a month; no "1800 hours"
_YEAR_AFTER = re.compile(
    rf"[\s,]*(?:{_TO}(?:{_MONTH}\.?)?\s?\d{{0,2}},?\s?)?((?:19|20)\d\d)\b(?!\s?(?:hours|hrs|z\b|local))"
)


def _number(text: str) -> int:
    digits = re.match(r"\d+", text)
    return int(digits[0]) if digits else _numbers("cardinal")[text]


def _month_number(name: str) -> int:
    return 9 if name == "sept" else _names("month")[name]


def _day(day: date) -> Period:
    return Period(day, day, "day")


def _month(year: int, month: int, months: int = 1) -> Period:
    """`months` from one on; a month number may lie outside the year."""
    first, last = year * 12 + month - 1, year * 12 + month - 2 + months
    end = date(last // 12, last % 12 + 1, monthrange(last // 12, last % 12 + 1)[1])
    return Period(date(first // 12, first % 12 + 1, 1), end, "month")


def _years(first: int, last: int | None = None) -> Period:
    return Period(date(first, 1, 1), date(last or first, 12, 31), "year")


def _week(day: date) -> Period:
    monday = day - timedelta(days=day.weekday())
    return Period(monday, monday + 6 * _DAY, "day")


def _within(period: Period, first: float, last: float) -> Period:
    """A part of a period, between two shares of it: months of a year, days of a month, years of a decade."""
    years = period.end.year - period.start.year
    if period.precision == "year" and years:
        begin, count = period.start.year, years + 1
        return _years(begin + round(first * count), begin + max(round(last * count) - 1, 0))
    months = years * 12 + period.end.month - period.start.month + 1
    if months > 1:
        begin, end = round(first * months), round(last * months)
        return _month(period.start.year, period.start.month + begin, end - begin)
    days = 30
    start = period.start + round(first * days) * _DAY
    end = period.end if last == 1 else period.start + (round(last * days) - 1) * _DAY
    return Period(start, end, "day")


_PARTS = {
    "early": (0, 1 / 3),
    "beginning": (0, 1 / 12),
    "start": (0, 1 / 12),
    "mid": (1 / 3, 2 / 3),
    "middle": (1 / 3, 2 / 3),
    "late": (2 / 3, 1),
    "end": (11 / 12, 1),
    "last half": (1 / 2, 1),
    "first half": (0, 1 / 2),
    "second half": (1 / 2, 1),
    "first quarter": (0, 1 / 4),
    "second quarter": (1 / 4, 1 / 2),
    "third quarter": (1 / 2, 3 / 4),
    "fourth quarter": (3 / 4, 1),
}


def date_value(text: str, anchor: Anchor | None, before: str = "", after: str = "") -> str | None:
    """The ISO 8601 date or interval that a mention means; None where it has no bounds or is not understood.

    `before` and `after` are the words around it: a year that follows ("from [January] to July 2009"), a
    month that was named ("October 3 or the [4th]"), a verb that tells of the future.

    >>> anchor = Anchor(date(2007, 2, 22), "day")
    >>> [date_value(text, anchor) for text in ("last week", "early 2008", "May 22", "December")]
    ['2007-02-12/2007-02-18', '2008-01/2008-04', '2007-05-22', '2006-12']
    >>> date_value("22 May 1999", None), date_value("May 22", None), date_value("recent years", anchor)
    ('1999-05-22', None, None)
    """
    try:
        period = _Reader(anchor, before.lower(), after.lower()).read(_plain(text))
    except (ValueError, OverflowError):  # "February 30", the year 0
        return None
    return period.iso() if period else None


def _plain(text: str) -> str:
    """Lower case, with plain dashes and apostrophes, no dots after abbreviations, no time of the day."""
    plain = re.sub(r"[-–—]+", "-", text.lower().replace("’", "'").replace("‘", "'"))
    plain = re.sub(rf"({_MONTH}|{_WEEKDAY})\.", r"\1", plain)
    plain = re.sub(r"[,()]", " ", plain)
    plain = re.sub(r"\b(?:afternoon|morning|evening|noon|midday)(?: of)?\b", " ", plain)
    plain = re.sub(r"\b(last|this|tomorrow|yesterday|mid|early|late)-", r"\1 ", plain)
    words = plain.split()
    while words and words[0] in ("the", "on", "in", "of", "about", "around", "circa", "month"):
        words = words[1:]
    return " ".join(words)


class _Reader:
    """Reads mentions by a table of forms, seen from a cable's date and the words around."""

    def __init__(self, anchor: Anchor | None, before: str, after: str):
        self.anchor = anchor
        self.before, self.after = before, after

    def read(self, text: str) -> Period | None:
        """The period of the first form that fits the whole text."""
        for pattern, reader in _forms():
            match = pattern.fullmatch(text)
            if match:
                return reader(self, match)
        return None

    @property
    def today(self) -> date:
        """The cable's day. Raises ValueError where it is not known."""
        if self.anchor is None:
            raise ValueError("no anchor")
        return self.anchor.day

    def year_for(self, month: int, day: int = 15) -> int:
        """The year that brings a day nearest to the cable, or one that is said after the mention."""
        said = _YEAR_AFTER.match(self.after)
        if said:
            return int(said[1])
        today = self.today
        if self.anchor and self.anchor.precision == "year":
            return today.year
        years = (today.year - 1, today.year, today.year + 1)

        ahead = _AHEAD_BY_VERB if self.is_future() else _AHEAD

        def distance(year: int) -> float:
            days = (date(year, month, min(day, 28)) - today).days
            return -days if days < 0 else days * ahead

        return min(years, key=distance)

    def is_future(self) -> bool:
        sentence = re.split(r"[.!?]\s", self.before)[-1]
        return bool(_FUTURE.search(sentence))

    # Forms: each returns the period of a match.

    def iso(self, m: re.Match) -> Period | None:
        return _day(date(int(m["year"]), int(m["month"]), int(m["day"])))

    def numeric(self, m: re.Match) -> Period | None:
        return _day(date(full_year(m["year"]), int(m["month"]), int(m["day"])))

    def date_time_group(self, m: re.Match) -> Period | None:
        month = _month_number(m["month"]) if m["month"] else self.today.month
        year = full_year(m["year"]) if m["year"] else self.year_for(month)
        return _day(date(year, month, int(m["day"])))

    def days(self, m: re.Match) -> Period | None:
        """ "May 22", "22 May 1999", "May 22-24", "April 30 to May 2, 2007"."""
        month, first = _month_number(m["month"]), _number(m["day"])
        groups = m.groupdict()
        if m["year"]:
            year = full_year(m["year"])
        elif groups.get("which"):
            year = self.today.year + {"last": -1, "this": 0, "next": 1}[m["which"]]
        else:
            year = self.year_for(month, first)
        start = date(year, month, first)
        if not groups.get("last_day"):
            return _day(start)
        last_month = _month_number(m["last_month"]) if groups.get("last_month") else month
        return Period(start, date(year, last_month, _number(m["last_day"])), "day")

    def months(self, m: re.Match) -> Period | None:
        """ "May", "May 1999", "May-June 1999", "May this year"."""
        month = _month_number(m["month"])
        last = _month_number(m["last"]) if m["last"] else month
        if m["year"]:
            year = full_year(m["year"])
        elif m["which"]:
            year = self.today.year + {"last": -1, "this": 0, "next": 1}[m["which"]]
        else:
            year = self.year_for(month)
        return _month(year, month, (last - month) % 12 + 1)

    def named_month(self, m: re.Match) -> Period | None:
        """ "last May", "next May": the nearest before or after the cable's own month."""
        month, today = _month_number(m["month"]), self.today
        is_past = m["which"] in ("last", "past")
        if is_past:
            return _month(today.year - (month >= today.month), month)
        return _month(today.year + (month <= today.month and m["which"] == "next"), month)

    def years(self, m: re.Match) -> Period | None:
        """ "1973", "1973-75", "2004/05"."""
        first = int(m["first"])
        last = m["last"]
        if not last:
            return _years(first)
        return _years(first, int(m["first"][: 4 - len(last)] + last))

    def short_year(self, m: re.Match) -> Period | None:
        return _years(full_year(m["year"]))

    def decade(self, m: re.Match) -> Period | None:
        first = int(m["first"]) if len(m["first"]) == 4 else 1900 + int(m["first"])
        return _years(first, first + 9)

    def century(self, m: re.Match) -> Period | None:
        return _years(int(m["number"]) * 100 - 99, int(m["number"]) * 100)

    def fiscal_year(self, m: re.Match) -> Period | None:
        """October to September since FY 1977, July to June before."""
        year = full_year(m["year"])
        last = full_year(m["last"]) if m["last"] else year
        return _month(year - 1, 10 if year > 1976 else 7, 12 * (last - year + 1))

    def season(self, m: re.Match) -> Period | None:
        month, today = _SEASONS[m["season"]], self.today if not m["year"] else None
        if today is None:
            return _month(full_year(m["year"]), month, 3)
        year = today.year
        if m["which"] == "last" and month + 2 >= today.month:
            year -= 1
        elif m["which"] == "next" and month <= today.month:
            year += 1
        return _month(year, month, 3)

    def part(self, m: re.Match) -> Period | None:
        """ "early", "the first half of" and the like before a period."""
        whole = self.read(m["rest"])
        if whole is None:
            return None
        part = m["part"]
        is_month = whole.precision == "month" and whole.start.month == whole.end.month
        if is_month and part in ("end", "beginning", "start"):
            part = {"end": "late"}.get(part, "early")
        if whole.precision == "day":
            return whole
        return _within(whole, *_PARTS[part])

    def first_months(self, m: re.Match) -> Period | None:
        whole = self.read(m["rest"])
        count = _number(m["count"])
        if whole is None or whole.precision != "year" or not 1 <= count <= 12:
            return None
        first = 1 if m["which"] == "first" else 13 - count
        return _month(whole.start.year, first, count)

    def week_of_month(self, m: re.Match) -> Period | None:
        whole = self.read(m["rest"])
        if whole is None or whole.precision != "month":
            return None
        if m["which"] == "last":
            return Period(whole.end - 6 * _DAY, whole.end, "day")
        start = whole.start + 7 * (_numbers("ordinal")[m["which"]] - 1) * _DAY
        return Period(start, start + 6 * _DAY, "day")

    def week_of_day(self, m: re.Match) -> Period | None:
        day = self.read(m["rest"])
        return Period(day.start, day.start + 6 * _DAY, "day") if day else None

    def weekday(self, m: re.Match) -> Period | None:
        """ "Saturday": the last one up to the cable's day, unless words tell of the next."""
        today, which = self.today, m["which"]
        ahead = (_names("weekday")[m["weekday"]] - 1 - today.weekday()) % 7
        if which == "last":
            return _day(today - (7 - ahead) * _DAY)
        if which in ("next", "this", "coming") or self.is_future():
            return _day(today + (ahead or 7 * (which == "next")) * _DAY)
        return _day(today - (-ahead % 7) * _DAY)

    def weekend(self, m: re.Match) -> Period | None:
        saturday = _week(self.today).start + 5 * _DAY
        is_next = m["which"] in ("this", "next", "coming") or self.is_future()
        saturday += 7 * _DAY * ((m["which"] == "next") if is_next else -1)
        return Period(saturday, saturday + _DAY, "day")

    def near_day(self, m: re.Match) -> Period | None:
        words = {"today": 0, "this": 0, "tonight": 0, "yesterday": -1, "last": -1, "tomorrow": 1}
        days = words[m["word"]] * (2 if m["further"] else 1)
        return _day(self.today + days * _DAY)

    def day_alone(self, m: re.Match) -> Period | None:
        """ "23rd": the nearest one, or of the month that was named last."""
        number, named = _number(m["day"]), re.findall(rf"\b({_MONTH})\b", self.before)
        if named:
            month = _month_number(named[-1])
            return _day(date(self.year_for(month, number), month, number))
        today = self.today
        months = (_month(today.year, today.month + shift).start for shift in (-1, 0, 1))
        days = [
            first.replace(day=number)
            for first in months
            if number <= monthrange(first.year, first.month)[1]
        ]
        return _day(min(days, key=lambda day: abs(day - today)))

    def month_and_day(self, m: re.Match) -> Period | None:
        month, day = int(m["month"]), int(m["day"])
        return _day(date(self.year_for(month, day), month, day))

    def this_unit(self, m: re.Match) -> Period | None:
        """ "this year", "last month", "next week"; "past" and "coming" run up to or from the cable's day."""
        which, unit, today = m["which"] or "this", m["unit"], self.today
        if which in ("past", "coming", "upcoming"):
            return self._stretch(1, unit, -1 if which == "past" else 1)
        shift = {"this": 0, "current": 0, "present": 0, "same": 0, "next": 1, "following": 1}.get(
            which, -1
        )
        if unit == "year":
            return _years(today.year + shift)
        if unit == "month":
            return _month(today.year, today.month + shift)
        if unit == "week":
            return _week(today + 7 * shift * _DAY)
        if unit == "decade":
            first = today.year // 10 * 10 + 10 * shift
            return _years(first, first + 9)
        return None

    def fiscal_this(self, m: re.Match) -> Period | None:
        today = self.today
        begins = 10 if today.year > 1976 else 7
        shift = {"last": -1, "next": 1}.get(m["which"], 0)
        return _month(today.year + shift - (today.month < begins), begins, 12)

    def stretch(self, m: re.Match) -> Period | None:
        """ "past six years", "next ten days", "next 12 to 18 months": the longer of two counts."""
        count = _number(m["most"] or m["count"])
        return self._stretch(count, m["unit"], 1 if re.match(_AFTER, m["which"]) else -1)

    def _stretch(self, count: int, unit: str, direction: int) -> Period | None:
        """From the cable's day over a number of units, in their precision."""
        today = self.today
        if unit in ("year", "decade") and count * (10 if unit == "decade" else 1) > 1:
            other = today.year + direction * count * (10 if unit == "decade" else 1)
            return _years(*sorted((today.year, other)))
        if unit == "year" or (unit == "month" and count > 1):
            months = direction * count * (12 if unit == "year" else 1)
            first = today.month + min(months, 0)
            return _month(today.year, first, abs(months) + 1)
        days = {"day": 1, "week": 7, "month": 30}[unit] * count
        return Period(*sorted((today, today + direction * days * _DAY)), "day")

    def ago(self, m: re.Match) -> Period | None:
        count, today = _number(m["count"]), self.today
        if m["unit"] == "year":
            return _years(today.year - count)
        if m["unit"] == "decade":
            return None
        if m["unit"] == "month":
            return _month(today.year, today.month - count)
        if m["unit"] == "week":
            return _week(today - 7 * count * _DAY)
        return _day(today - count * _DAY)


Form = tuple[re.Pattern[str], Callable[[_Reader, re.Match], Period | None]]


@cache
def _forms() -> tuple[Form, ...]:
    """The forms of dates in order of precedence; each must fit the whole mention."""
    return tuple((re.compile(pattern), reader) for pattern, reader in _written_forms())


def _written_forms() -> Iterator[tuple[str, Callable[[_Reader, re.Match], Period | None]]]:
    year = rf"(?:\s(?:of\s)?'?(?P<year>{_YEAR}|\d\d))?"
    of_year = "(?: (?:of )?(?P<which>this|last|next) year)?"
    weekday = rf"(?:(?:this |next |last )?{_WEEKDAY} ?(?:the )?)?(?:night )?"
    last = rf"(?:{_TO}(?:(?P<last_month>{_MONTH})\s)?(?P<last_day>{_DAY_NUMBER}))?"
    parts = "|".join(sorted(_PARTS, key=len, reverse=True))
    yield r"(?P<year>\d{4})-(?P<month>\d\d?)-(?P<day>\d\d?)", _Reader.iso
    yield r"(?P<month>\d\d?)[-/](?P<day>\d\d?)[-/](?P<year>\d{4}|\d\d)", _Reader.numeric
    yield (
        rf"(?P<day>\d\d)\d{{4}}z?(?:\s(?P<month>{_MONTH})(?:\s(?P<year>\d{{4}}|\d\d))?)?",
        (_Reader.date_time_group),
    )
    yield (
        rf"{weekday}(?P<month>{_MONTH})\s?(?P<day>{_DAY_NUMBER}){last}{year}{of_year}",
        _Reader.days,
    )
    yield (
        rf"{weekday}(?P<day>{_DAY_NUMBER})(?:{_TO}(?P<last_day>{_DAY_NUMBER}))?\s(?:of )?(?P<month>{_MONTH}){year}",
        (_Reader.days),
    )
    # The sent time of an electronic mail: "Sat Dec 4 19:20:36 2010"
    yield (
        rf"{weekday}(?P<month>{_MONTH})\s(?P<day>{_DAY_NUMBER})\s[\d:]+\s(?P<year>{_YEAR})",
        _Reader.days,
    )
    yield rf"(?P<which>last|past|next|this) (?P<month>{_MONTH})", _Reader.named_month
    yield (
        rf"(?P<month>{_MONTH})(?:{_TO}(?P<last>{_MONTH}))?{year}{of_year}",
        _Reader.months,
    )
    yield rf"(?:year )?(?P<first>{_YEAR})(?:{_TO}(?P<last>{_YEAR}|\d\d))?", _Reader.years
    yield r"'(?P<year>\d\d)", _Reader.short_year
    yield r"(?P<first>\d\d\d0|[2-9]0)'?s", _Reader.decade
    yield r"(?P<number>\d\d)(?:st|nd|rd|th) century", _Reader.century
    yield (
        r"(?:fy|fiscal year)s?[- ]?'?(?P<year>\d{4}|\d\d)(?:[-/](?P<last>\d{4}|\d\d))?",
        (_Reader.fiscal_year),
    )
    yield r"cy[- ]?'?(?P<year>\d{4}|\d\d)", _Reader.short_year
    yield r"(?P<which>this|last|next|current) fiscal year", _Reader.fiscal_this
    yield rf"(?:(?P<which>this|last|next) )?(?P<season>{'|'.join(_SEASONS)}){year}", _Reader.season
    yield (
        rf"(?P<which>first|last) (?P<count>{_NUMBER}) months (?:of )?(?:the )?(?P<rest>.+)",
        (_Reader.first_months),
    )
    yield rf"(?P<which>{_ORDINAL}|last) week (?:of|in) (?:the )?(?P<rest>.+)", _Reader.week_of_month
    yield r"week of (?:the )?(?P<rest>.+)", _Reader.week_of_day
    yield rf"(?P<part>{parts})(?: of| in)?[- ](?:the )?(?P<rest>.+)", _Reader.part
    yield r"(?P<further>)(?P<word>year)'?s?[- ]end", lambda reader, m: _month(reader.today.year, 12)
    yield (
        rf"(?:(?P<which>this|last|next|past|coming) )?(?P<weekday>{_WEEKDAY})(?: night)?",
        _Reader.weekday,
    )
    yield r"(?:(?P<which>this|last|next|past|coming) )?weekend", _Reader.weekend
    yield (
        r"(?P<further>day (?:before|after) )?(?P<word>today|tonight|yesterday|tomorrow|this)(?: night)?",
        (_Reader.near_day),
    )
    yield r"(?P<further>)(?P<word>last)(?: night)?", _Reader.near_day
    yield r"(?P<day>\d\d?)(?:st|nd|rd|th)?", _Reader.day_alone
    yield r"(?P<month>\d\d?)[-/](?P<day>\d\d?)", _Reader.month_and_day
    yield (
        rf"(?:earlier |later )?(?:(?P<which>this|current|present|{_BEFORE[3:-1]}|{_AFTER[3:-1]}) )?{_UNIT[:-2]}",
        _Reader.this_unit,
    )
    yield (
        rf"(?P<which>{_BEFORE}|{_AFTER}) (?P<count>{_NUMBER})(?:[- ]?(?:to|or|-)?[- ]?(?P<most>{_NUMBER}))? {_UNIT}",
        _Reader.stretch,
    )
    yield rf"(?P<count>{_NUMBER}) {_UNIT} ago", _Reader.ago
