"""Reads a date by the forms that are known, seen from a cable's day and from the words around."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

from cablespan.components.entities.values.periods import Period
from cablespan.components.entities.values.words import MONTH, TO, month_number

Tense = Literal["future", "past", "unknown"]
Match = re.Match[str]
Form = tuple[re.Pattern[str], Callable[["Reader", Match], Period | None]]

# Cables tell of the past more than of the future, unless a verb says so: what a day ahead counts.
_COST_OF_A_DAY_AHEAD = {"future": 0.5, "unknown": 2, "past": 8}
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
