"""Sums of money: "72 million tenge" is 72000000 KZT."""

import re
from collections import defaultdict
from decimal import Decimal
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from cablespan import lexicon
from cablespan.components.entities.bodies import country_code
from cablespan.components.entities.values.amounts import amounts, is_bare

_UNSURE = re.compile(
    r"""
    \b(?:several | few | some | many)\b
    | \b(?:millions | billions | hundreds | thousands)\ of\b
    | \d/\d    # "1/2 million"
    """,
    re.VERBOSE,
)


class Currency(NamedTuple):
    """An ISO 4217 code, and how much of it one of what was named is worth."""

    code: str
    worth: Decimal = Decimal(1)


@cache
def _signs() -> dict[str, Currency]:
    """What stands for one currency wherever it is written."""
    return {
        entry["name"]: Currency(entry["code"], Decimal(str(entry.get("worth", 1))))
        for entry in lexicon.load("currency_signs")
    }


@cache
def _units() -> dict[str, list[str]]:
    """Codes of the currencies with a unit of this name: "rials" are those of three states."""
    codes: dict[str, list[str]] = defaultdict(list)
    for entry in lexicon.load("currencies"):
        for name in {name.lower() for name in (entry["code"], entry["name"], *entry["units"])}:
            codes[name].append(entry["code"])
    return codes


def _codes(unit: str) -> list[str]:
    """Codes of the currencies with a unit of this name, singular or plural."""
    return _units().get(unit) or _units().get(unit.removesuffix("s")) or []


class Surroundings(NamedTuple):
    """What stands around a sum: the words before and after it, the value of the sum before it."""

    before: str = ""
    after: str = ""
    previous: str | None = None


def money_value(
    text: str, home: str | None = None, around: Surroundings = Surroundings()
) -> str | None:
    """Amount and ISO 4217 code of a sum; two amounts for a range; None where either is not told.

    `home`: ISO 3166 code of the sending post's country, whose rials or francs are meant.

    >>> money_value("72 million tenge"), money_value("$975,806")
    ('72000000 KZT', '975806 USD')
    >>> money_value("32 trillion rials", "IR")
    '32000000000000 IRR'
    >>> money_value("US$ 470 to 600 million"), money_value("several thousand dollars")
    ('470000000/600000000 USD', None)
    """
    plain = " ".join(text.lower().replace("[", "").replace("]", "").split())
    currency = _currency(plain, home)
    if currency is None and is_bare(plain):
        currency = _currency_around(around, home)
    if currency is None or _UNSURE.search(plain) or _is_weight(plain, around.after):
        return None
    told = amounts(plain)
    values = "/".join(f"{(amount * currency.worth).normalize():f}" for amount in told)
    return f"{values} {currency.code}" if told else None


def _is_weight(text: str, after: str) -> bool:
    return text.endswith(("pound", "pounds")) and after.startswith(" of ")


def _currency_around(around: Surroundings, home: str | None) -> Currency | None:
    """The currency of an amount without one: the sign before it, else that of the sum before."""
    signs = around.before.split()[-1:]
    sign = _currency(signs[0].lower().strip("("), home) if signs else None
    if sign or around.previous is None:
        return sign
    return Currency(around.previous.split()[-1])


def _currency(text: str, home: str | None) -> Currency | None:
    """The currency that the longest run of words names: its own sign, a unit of one country only,
    or a unit of the post's country."""
    words = re.findall(r"[^\W\d]+[$]|[$£€¥]|[^\W\d]+(?:\.[^\W\d]+\.)?", text)
    for size in (3, 2, 1):
        for start in range(len(words) - size + 1):
            name = " ".join(words[start : start + size])
            codes = _codes(name)
            currency = _signs().get(name) or _only(codes) or _of_country(codes, home)
            if currency:
                return currency
    adjectives = ((country_code(adjective), unit) for adjective, unit in pairwise(words))
    named = (_of_country(_codes(unit), country) for country, unit in adjectives)
    return next(filter(None, named), None)  # "Guinean francs"


def _only(codes: list[str]) -> Currency | None:
    return Currency(codes[0]) if len(codes) == 1 else None


def _of_country(codes: list[str], country: str | None) -> Currency | None:
    """The first of some currencies that is a country's: codes begin with its ISO 3166 code."""
    return next((Currency(code) for code in codes if code[:2] == country), None)
