"""When a date is: "last week", "early 2008", "May 22" as ISO 8601, seen from the cable's own date.

A month or day without a year is the one nearest to the cable, with regard to the verb beside it.
Thirds: early, mid and late 2008 begin in January, May and September, early, mid and late May on the
1st, 11th and 21st. Weeks begin on Monday. What has no bounds ("recent months", "several years") has
no value.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache, partial
from itertools import dropwhile
from typing import Any, NamedTuple

from rapidfuzz.distance import OSA

from cablespan import lexicon
from cablespan.components.entities.values.forms import known_forms
from cablespan.components.entities.values.periods import Period, Precision
from cablespan.components.entities.values.reader import Reader, Tense
from cablespan.components.entities.values.words import (
    MONTH,
    WEEKDAY,
    by_name,
    entries,
    month_number,
    numbers_of,
    year_number,
)
from cablespan.facts import CableFacts
from cablespan.header.alternatives import any_of

_SHORTEST_MISSPELT = 6  # letters of a month's name that may have one wrong
# "April 7, 1973" at the end of a heading: "Telegram 65086 From ..., April 7, 1973, 1711Z."
_DATE_OF_HEADING = re.compile(rf"\b({MONTH}) (\d\d?), (\d{{4}})(?:, \d{{4}}Z)?\W*$", re.IGNORECASE)
_NEAR = 50  # characters around a mention in which a verb tells of its time
_SENTENCE_END = re.compile(r"[.!?;]\s|\n\n")


class Anchor(NamedTuple):
    """The cable's own date, as precise as it is known."""

    day: date
    precision: Precision

    @classmethod
    def of(cls, cable: Mapping[str, Any]) -> "Anchor | None":
        """The date of a cable.

        By its header, else by the input's own meta, its heading, or the year in its id.

        >>> head = "Telegram 65086 From the Department of State, April 7, 1973, 1711Z."
        >>> Anchor.of({"meta": {"head": head}}).day.isoformat()
        '1973-04-07'
        """
        facts = CableFacts.of(cable)
        return _written_date(facts.created) or _date_of_heading(facts.head) or _year_of_id(facts.id)


def _written_date(text: str) -> Anchor | None:
    """An ISO 8601 date of any precision; the middle of what it leaves open."""
    known = re.match(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", text)
    if not known:
        return None
    year, month, day = known.groups()
    precision: Precision = "day" if day else "month" if month else "year"
    return _anchor(int(year), int(month or 7), int(day or 1), precision)


def _anchor(year: int, month: int, day: int, precision: Precision) -> Anchor | None:
    """None for a day that does not exist: what an input says of its date may be wrong."""
    try:
        return Anchor(date(year, month, day), precision)
    except ValueError:
        return None


def _date_of_heading(text: str) -> Anchor | None:
    heading = _DATE_OF_HEADING.search(text)
    if not heading:
        return None
    month = month_number(heading[1].lower())
    return _anchor(int(heading[3]), month, int(heading[2]), "day")


def _year_of_id(name: str) -> Anchor | None:
    written = re.fullmatch(r"(\d\d)[A-Z]+\d+", name)
    return Anchor(date(year_number(written[1]), 7, 1), "year") if written else None


def date_value(
    text: str, anchor: Anchor | None, before: str = "", after: str = "", told: Period | None = None
) -> str | None:
    """The ISO 8601 date or interval of a mention; None where it has no bounds or none is
    understood.

    `before` and `after` are the words around it: a year that follows ("from [January] to July
    2009"), a month that was named ("October 3 or the [4th]"), a verb that tells of past or future.
    `told`: the date that the text named before ("the following day").

    >>> anchor = Anchor(date(2007, 2, 22), "day")
    >>> [date_value(text, anchor) for text in ("last week", "early 2008", "May 22", "December")]
    ['2007-02-12/2007-02-18', '2008-01/2008-04', '2007-05-22', '2006-12']
    >>> date_value("22 May 1999", None), date_value("May 22", None)
    ('1999-05-22', None)
    """
    period = read_date(text, anchor, before, after, told)
    return period.iso() if period else None


def read_date(
    text: str, anchor: Anchor | None, before: str = "", after: str = "", told: Period | None = None
) -> Period | None:
    """The period of a mention, as `date_value` has it."""
    reader = Reader(
        forms=known_forms(),
        today=anchor.day if anchor else None,
        is_year_alone=anchor is not None and anchor.precision == "year",
        tense_told=partial(_tense, before, after),
        before=before.lower(),
        after=after.lower(),
        told=told,
    )
    plain = _plain(text)
    try:
        return reader.read(plain) or reader.read(_spelt_right(plain))
    except (ValueError, OverflowError):  # "February 30", the year 0
        return None


@cache
def _cues() -> re.Pattern[str]:
    """Words that tell of the future or the past: of the past any in -ed, but not "to be held".

    Verbs of speech are no cues where "that" follows: then they tell of something else.
    """
    future, past = (any_of(entry["name"] for entry in entries(k)) for k in ("future", "past"))
    verbs = [form for cue in lexicon.load("cues") if cue["use"] == "verb" for form in cue["forms"]]
    speech, longest = any_of(verbs), max(len(form.split()) for form in verbs)
    return re.compile(
        rf"""\b(?:
            (?P<future> be\ \w+ | (?:{future}) (?:\ (?:be\ )?\w+ed)? )
            | (?=(?:\S+\ ){{1,{longest + 3}}}(?:that|he|she|they|it)\b)  # seldom, and soon told
              (?:{speech}) (?:\ \w+){{0,3}}?\ (?:that|he|she|they|it)
            | (?P<past> {past} | \w{{2,}}(?<!e)(?<!hundr)(?<!unit)ed )
        )\b""",
        re.VERBOSE | re.IGNORECASE,
    )


@cache
def _deadline() -> re.Pattern[str]:
    """What ends with "by the" or "until"."""
    words = any_of(entry["name"] for entry in entries("deadline"))
    return re.compile(rf"\b(?:{words}) (?:the )?$", re.IGNORECASE)


def _tense(before: str, after: str) -> Tense:
    """What the last cue before a mention in its sentence tells of, else the first after it."""
    before, after = before[-_NEAR:], after[:_NEAR]
    if _deadline().search(before):
        return "future"
    told = [*_cues_in(_SENTENCE_END.split(before)[-1])]
    return told[-1] if told else next(_cues_in(_SENTENCE_END.split(after)[0]), "unknown")


def _cues_in(text: str) -> Iterator[Tense]:
    for cue in _cues().finditer(text):
        if cue.lastgroup:
            yield "future" if cue.lastgroup == "future" else "past"


def _plain(text: str) -> str:
    """Lower case, with plain dashes and apostrophes.

    No dots after abbreviations, no time of the day, no words that lead up to the date, digits for
    the letters that a scan made of them.
    """
    plain = re.sub(r"[-–—]+", "-", text.lower().replace("’", "'").replace("‘", "'"))
    plain = re.sub(rf"({MONTH}|{WEEKDAY})\.", r"\1", plain)
    plain = re.sub(r"[,()]", " ", plain)
    plain = re.sub(r"\b[il](?=\d)", "1", plain)
    plain = re.sub(r"\b(?:afternoon|morning|evening|noon|midday)(?: of)?\b", " ", plain)
    plain = re.sub(r"\b(last|this|tomorrow|yesterday|mid|early|late)-", r"\1 ", plain)
    return " ".join(dropwhile(by_name("lead").__contains__, plain.split()))


def _spelt_right(plain: str) -> str:
    """The text with months that have one letter wrong, or two changed about, put right."""

    def right(word: re.Match[str]) -> str:
        near = (name for name in numbers_of("month") if OSA.distance(name, word[0]) == 1)
        return next((name for name in near if len(name) >= _SHORTEST_MISSPELT), word[0])

    return re.sub(r"[a-z]{5,}", right, plain)
