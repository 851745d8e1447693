"""The forms in which dates are written, in order of precedence."""

import re
from collections.abc import Callable, Iterator
from functools import cache

from cablespan.components.entities.values import meanings, relative
from cablespan.components.entities.values.periods import Period
from cablespan.components.entities.values.reader import Form, Match, Reader
from cablespan.components.entities.values.words import (
    DAY_NUMBER,
    MONTH,
    NUMBER,
    ORDINAL,
    PART,
    SEASON,
    SHIFT,
    TO,
    WEEKDAY,
    YEAR,
    by_name,
)
from cablespan.header.alternatives import any_of


@cache
def known_forms() -> tuple[Form, ...]:
    """The forms in order of precedence; each must fit the whole mention."""
    return tuple((re.compile(pattern, re.VERBOSE), meaning) for pattern, meaning in _written())


# Parts of the patterns, which are VERBOSE: `\ ` is a blank.
_SHORT_YEAR = r"(?:\d{4}|\d\d)"
_OF_YEAR = rf"(?: \s(?:of\s)?'?(?P<year>{YEAR}|\d\d) )?"
_OF_THIS_YEAR = rf"(?: \ (?:of\ )?(?P<which>{SHIFT})\ year )?"
_ON_WEEKDAY = rf"(?: (?:(?:this|next|last)\ )?{WEEKDAY}\ ?(?:the\ )? )?(?: night\  )?"
_UNIT = r"(?P<unit>day|week|month|year|decade)s?"
_COUNT = rf"(?P<count>{NUMBER}) (?: [-\ ]?(?:to|or|-)?[-\ ]? (?P<most>{NUMBER}) )?"
_NOW_OR = rf"(?P<which>{SHIFT})"


def _written() -> Iterator[tuple[str, Callable[[Reader, Match], Period | None]]]:
    yield r"(?P<year>\d{4})-(?P<month>\d\d?)-(?P<day>\d\d?)", meanings.iso
    yield rf"(?P<month>\d\d?)[-/](?P<day>\d\d?)[-/](?P<year>{_SHORT_YEAR})", meanings.iso
    yield (
        rf"(?P<day>\d\d)\d{{3,4}}z? (?: \s(?P<month>{MONTH}) (?:\s(?P<year>{_SHORT_YEAR}))? )?",
        meanings.date_time_group,
    )
    yield (
        rf"""{_ON_WEEKDAY} (?P<month>{MONTH})\s?(?P<day>{DAY_NUMBER})
        (?: {TO} (?:(?P<last_month>{MONTH})\s)? (?P<last_day>{DAY_NUMBER}) )?
        {_OF_YEAR} {_OF_THIS_YEAR}""",
        meanings.month_days,
    )
    yield (
        rf"""{_ON_WEEKDAY} (?P<day>{DAY_NUMBER}) (?P<last_month>)
        (?: {TO} (?P<last_day>{DAY_NUMBER}) )?
        \s(?:of\ )?(?P<month>{MONTH}) {_OF_YEAR} {_OF_THIS_YEAR}""",
        meanings.month_days,
    )
    yield (  # "30 April to 2 May 2007"
        rf"""(?P<day>{DAY_NUMBER}) \s(?P<month>{MONTH}) {TO} (?P<last_day>{DAY_NUMBER})
        \s(?P<last_month>{MONTH}) {_OF_YEAR} (?P<which>)""",
        meanings.month_days,
    )
    yield (  # the sent time of an electronic mail: "Sat Dec 4 19:20:36 2010"
        rf"""{_ON_WEEKDAY} (?P<month>{MONTH})\s(?P<day>{DAY_NUMBER}) \s[\d:]+\s
        (?P<year>{YEAR}) (?P<last_day>)(?P<last_month>)""",
        meanings.month_days,
    )
    yield rf"{_NOW_OR}\ (?P<month>{MONTH}) (?:\s(?P<day>{DAY_NUMBER}))?", meanings.named_month
    yield (
        rf"(?P<month>{MONTH}) (?:{TO}(?P<last>{MONTH}))? {_OF_YEAR} {_OF_THIS_YEAR}",
        meanings.whole_months,
    )
    yield rf"(?:year\ )?(?P<first>{YEAR}) (?:{TO}(?P<last>{YEAR}|\d\d))?", meanings.whole_years
    yield r"(?P<first>[4-9]\d)[-/](?P<last>[4-9]\d)", meanings.whole_years
    yield r"'(?P<first>\d\d)(?P<last>)", meanings.whole_years
    yield r"'?(?P<first>\d\d\d0|[2-9]0)'?s", meanings.decade
    yield rf"(?P<word>{any_of(by_name('decade'))})", meanings.decade_by_word
    yield r"(?P<number>\d\d)(?:st|nd|rd|th)\ century", meanings.century
    yield (
        rf"(?:fy|fiscal\ year)s?[-\ ]?'?(?P<year>{_SHORT_YEAR})(?:[-/](?P<last>{_SHORT_YEAR}))?",
        meanings.fiscal_year,
    )
    yield rf"cy[-\ ]?'?(?P<first>{_SHORT_YEAR})(?P<last>)", meanings.whole_years
    yield rf"{_NOW_OR}\ (?:us\ )?(?:fy|fiscal\ year)", meanings.this_fiscal_year
    yield (
        rf"(?:(?P<which>{SHIFT})\ )?(?P<season>{SEASON})(?:\ months)? {_OF_YEAR}",
        meanings.season,
    )
    yield rf"(?P<holiday>{any_of(by_name('holiday'))}) {_OF_YEAR} {_OF_THIS_YEAR}", meanings.holiday
    yield (
        rf"(?P<which>first|last)\ (?P<count>{NUMBER})\ months\ (?:of\ )?(?:the\ )?(?P<rest>.+)",
        meanings.months_of_year,
    )
    yield (
        rf"""(?P<which>{ORDINAL}|last) (?:\ (?P<count>{NUMBER}))?\ (?P<unit>day|week)s?
        \ (?:of|in)\ (?:the\ )?(?P<rest>.+)""",
        meanings.days_of_period,
    )
    yield r"week\ of\ (?:the\ )?(?P<rest>.+)", meanings.week_of_day
    yield rf"(?P<part>{PART})(?:\ of|\ in)?[-\ ](?:the\ )?(?P<rest>.+)", meanings.part_of
    yield r"(?:rest|remainder|balance)\ of\ (?:the\ )?(?P<rest>.+)", meanings.rest_of
    yield r"year'?s?[-\ ]end", relative.year_end
    yield (
        rf"""(?:(?P<which>{SHIFT})\ )?(?P<weekday>{WEEKDAY})(?:\ night)?
        (?: \ (?:of\ )?(?P<week>{SHIFT})\ week )?""",
        relative.weekday,
    )
    yield rf"(?:(?P<which>{SHIFT})\ )?weekend", relative.weekend
    yield (
        r"""(?P<further>day\ (?:before|after)\ )? 
        (?P<word>today|tonight|yesterday|tomorrow|this|last) (?:\ night)?""",
        relative.near_day,
    )
    yield r"(?P<day>\d\d?)(?:st|nd|rd|th)?", relative.day_alone
    yield r"(?P<month>\d\d?)[-/](?P<day>\d\d?)", meanings.month_and_day
    yield r"(?P<which>previous)(?P<count>)(?P<unit>)(?P<direction>)", relative.told_day  # "evening"
    yield (
        r"""(?P<which>next|following|previous|preceding|same)\ (?:day|night)
        (?P<count>)(?P<unit>)(?P<direction>)""",
        relative.told_day,
    )
    yield (
        rf"""(?P<count>{NUMBER})\ (?P<unit>day|week)s?\ (?P<direction>later|after|earlier|before)
        (?P<which>)""",
        relative.told_day,
    )
    yield r"(?P<which>)(?P<count>)(?P<unit>)day\ (?P<direction>after|before)", relative.told_day
    yield (
        r"(?P<which>same|that|previous|preceding|following)\ (?P<unit>month|year)",
        relative.told_unit,
    )
    yield r"(?:early|late|that|same)(?:\ (?:day|night))?", relative.part_of_told_day
    yield (
        rf"(?:(?:earlier|later)\ )?(?:in\ )?(?:the\ )?(?:(?P<which>{SHIFT})\ )?{_UNIT[:-2]}",
        relative.unit_from_now,
    )
    yield rf"{_NOW_OR}\ {_COUNT}[-\ ]{_UNIT} (?:\ (?:period|span))?", relative.stretch
    yield rf"{_NOW_OR}\ {_UNIT}\ or\ (?P<most>{NUMBER})", relative.unit_or_two
    yield rf"{_COUNT}\ {_UNIT}\ ago", relative.ago
    yield rf"(?P<count>)(?P<most>){_UNIT}[-\ ]ago", relative.ago
    yield rf"{_NOW_OR}\ (?P<count>{NUMBER})[-\ ]hours?", relative.hours
