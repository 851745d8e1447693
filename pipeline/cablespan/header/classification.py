"""Who classified a cable, why, and until when."""

import re
from datetime import date

_EO = re.compile(r"\d{5}")
_DATE = re.compile(r"\b(\d{1,2})[/-](\d{1,2})[/-](\d{4}|\d{2})\b")
_REASON = re.compile(r"1[.,]\s?[45]\s?(?:\(\s?([A-H])\s?\)|([A-H])\b)((?:[ ,/&-]{0,3}(?:AND|OR)?[ ,]{0,2}\(?\s?[A-H]\s?\))*)", re.IGNORECASE)
_WORDS = re.compile(r"\b(OADR|X[1-8](?:,X?[1-8])*|GDS|XGDS-?\d?|N/A|NA)\b", re.IGNORECASE)


def eo_of(field: str | None) -> str | None:
    """The number of the executive order in an E.O. line."""
    match = _EO.search(field or "")
    return match[0] if match else None


def declassification(fields: dict[str, str]) -> date | str | None:
    """The date or the words of the E.O. or DECL line."""
    for name in ("declassify", "eo"):
        text = fields.get(name) or ""
        match = _DATE.search(text)
        if match:
            month, day, year = int(match[1]), int(match[2]), int(match[3])
            year += 0 if year > 99 else 2000 if year < 70 else 1900
            try:
                return date(year, month, day)
            except ValueError:
                continue
        word = _WORDS.search(text)
        if word:
            return word[0].upper()
    return None


def classified_by(text: str) -> str | None:
    return None


def reasons(fields: dict[str, str]) -> list[str]:
    return []
