"""Amounts in digits and in words: "470 to 600 million", "250-billion", "one and a half million"."""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import pairwise
from typing import Literal, NamedTuple

from cablespan import lexicon

_WORD = re.compile(r"\d[\d,]*(?:\.\d+)?|\.\d+|[^\W\d]+|[-–—]")
_DECIMAL_COMMA = re.compile(r"\d+,\d\d?")
_DASHES = ("-", "–", "—")
_JOINTS = (*_DASHES, "to", "and", "or")
_THOUSAND = 1000  # the least scale that two amounts share and after which a number begins anew
_ONE = Decimal(1)


class _Part(NamedTuple):
    """A word that tells of an amount; `following` is the word after it."""

    value: Decimal
    kind: Literal["digits", "cardinal", "fraction", "scale"]
    following: str


@cache
def _numbers(kind: str) -> dict[str, Decimal]:
    entries = (entry for entry in lexicon.load("numbers") if entry["kind"] == kind)
    return {entry["name"]: Decimal(str(entry["value"])) for entry in entries}


@cache
def _articles() -> frozenset[str]:
    return lexicon.listed("function_words", "form", "article") & _numbers("cardinal").keys()


def _is_digits(word: str) -> bool:
    return word[0].isdecimal() or word[0] == "."


def _part(word: str, following: str) -> _Part | None:
    """What a word tells; an article is a number before "million" alone."""
    if _is_digits(word):
        point = "." if _DECIMAL_COMMA.fullmatch(word) else ""
        return _Part(Decimal(word.replace(",", point)), "digits", following)
    scales, cardinals = _numbers("scale"), _numbers("cardinal")
    if word in scales:
        return _Part(scales[word], "scale", following)
    if word not in cardinals or (word in _articles() and following not in scales):
        return None
    value = cardinals[word]
    return _Part(value, "fraction" if value < 1 else "cardinal", following)


@dataclass
class _Amount:
    """`whole` and `value` times `scale`: the five hundred thousand after two million.

    What stands after a whole is less than its scale, the `limit`.
    """

    value: Decimal
    scale: Decimal = _ONE
    whole: Decimal = Decimal(0)
    limit: Decimal = Decimal("Infinity")

    def total(self) -> Decimal:
        """The amount. Raises ValueError where two of them stand side by side."""
        rest = self.value * self.scale
        if rest >= self.limit:
            raise ValueError("two amounts without a word between")
        return self.whole + rest

    def takes(self, part: _Part, joint: str) -> bool:
        """Takes a part in, after the joint before it ("" for none); whether it belongs here."""
        if part.kind == "scale":
            self._multiply(part.value)
        elif part.kind == "fraction":
            return self._takes_fraction(part.value, joint)
        elif joint and not self._goes_on(part, joint):
            return False
        elif self.value < 1:  # "half of $1 million"
            self._multiply(part.value)
        else:
            self._add(part)
        return True

    def _multiply(self, value: Decimal) -> None:
        if value < _THOUSAND:
            self.value *= value
        else:
            self.scale *= value

    def _takes_fraction(self, value: Decimal, joint: str) -> bool:
        """Three-quarters; one and a half."""
        if joint == "and":
            self.value += value
        elif joint not in ("to", "or"):
            self.value *= value
        return joint not in ("to", "or")

    def _goes_on(self, part: _Part, joint: str) -> bool:
        """Whether a number in words goes on: "twenty-five", "one hundred and five"."""
        if part.kind == "digits" or self.scale > 1:
            return False
        if joint == "and":
            return self.value % 100 == 0 and part.value < 100 and part.following != "hundred"
        return joint in _DASHES and self.value % 100 in range(20, 100, 10) and part.value < 10

    def _add(self, part: _Part) -> None:
        """Twenty five; two million five hundred thousand."""
        place = 10 if part.value < 10 else 100
        if part.kind == "digits" or (self.scale == 1 and self.value % place):
            raise ValueError("two numbers without a word between")
        if self.scale == 1:
            self.value += part.value
        else:
            self.whole, self.limit = self.whole + self.value * self.scale, self.scale
            self.value, self.scale = part.value, _ONE


def amounts(text: str) -> list[Decimal]:
    """The amount in a text, in small letters, or the two of a range; [] where it tells no such.

    >>> [int(amount) for amount in amounts("$470 to 600 million")]
    [470000000, 600000000]
    >>> [int(amount) for amount in amounts("one hundred and twenty-five million")]
    [125000000]
    """
    try:
        told = _read(text)
        if len(told) == 2 and told[0].scale == 1 and told[0].value <= told[1].value:
            told[0].scale = told[1].scale  # that of both stands after the second
        return [amount.total() for amount in told] if len(told) <= 2 else []
    except ValueError:
        return []


def _read(text: str) -> list[_Amount]:
    """The amounts of a text one after the other; an article alone is one."""
    told: list[_Amount] = []
    joint, words = "", _WORD.findall(text)
    for word, following in pairwise([*words, ""]):
        if word in _JOINTS:
            joint = word
            continue
        part = _part(word, following)
        if part is None:
            continue
        if not (told and told[-1].takes(part, joint)):
            told.append(_first(part))
        joint = ""
    if not told and words and words[0] in _articles():
        return [_Amount(_ONE)]
    return told


def _first(part: _Part) -> _Amount:
    if part.kind == "scale":
        raise ValueError("a scale without a number")
    return _Amount(part.value)


def is_bare(text: str) -> bool:
    """Whether a text is an amount and nothing else: "8 billion".

    >>> is_bare("8 billion"), is_bare("8 billion euros")
    (True, False)
    """
    known = _numbers("scale").keys() | _numbers("cardinal").keys() | set(_DASHES)
    return all(word in known or _is_digits(word) for word in _WORD.findall(text))
