"""The tokens of an item of a REF line, and the years and dates among them."""

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from cablespan.header.dates import months

_TOKEN = re.compile(
    r"""(?<![A-Za-z0-9])[Oo]\d(?!\d)                  # O6: a letter for a digit of a year
    | (?<![A-Za-z0-9])[01][A-Za-z]{2,}                # 0SLO: a digit for a letter
    | [A-Za-z]{1,20}[015][A-Za-z]{2,}
    | [A-Za-z]{3,20}[015][A-Za-z](?=\s{1,3}\d)
    | (?P<zero>[A-Za-z]{3,20})0(?=\s{1,3}\d)           # OSL0 12
    | (?<![\d,])[1-9]\d?,\d{3}(?!,?\d)                   # 1,234; not 123,124
    | (?:(?<![A-Za-z])[lI](?=\d\d))?                    # l23, 1O2: letters for digits
      (?<!\d)\d{1,12}(?!\d)(?:[Oo]\d{1,6}){0,3}(?![Oo]\d)
    | [A-Za-z](?:[A-Za-z']*[A-Za-z])?
    | [^\sA-Za-z\d]""",
    re.VERBOSE,
)
_YEAR = re.compile(r"\d\d|(?:19|20)\d\d")
_DIGITS = str.maketrans("OolI", "0011", ",")
_AFTER_MONTH = frozenset({".", "/", "-"})
_AFTER_DAY = frozenset({","})
_LAST_DAY = 31
_PAST_YEARS = 30
_LAST_YEARS = 3  # before the cable's: "(11/06)" is the sixth of November where 2006 is far
_DASH = ("-",)


class Token(NamedTuple):
    """A word, a number or a sign, and its offsets."""

    text: str
    start: int
    end: int


class Tokens:
    """The tokens of an item, asked for by their indices. `year`: that of the citing cable.

    >>> tokens = Tokens("OSLO 12 (MAR 07)", 2007)
    >>> tokens.word(1), tokens.word(9), tokens.year_in_brackets(2)
    ('12', '', ('07', 6))
    """

    def __init__(self, text: str, year: int | None) -> None:
        self.text = text
        self.year = year
        self.tokens = [*_tokens(text)]
        self._words = [token.text.upper() for token in self.tokens]

    def word(self, index: int) -> str:
        """The text of a token in capitals; "" outside the item."""
        return self._words[index] if 0 <= index < len(self._words) else ""

    def skip(self, index: int, words: Collection[str]) -> int:
        """The index of the first token from one on that is none of some words."""
        while self.word(index) in words:
            index += 1
        return index

    def after_one(self, index: int, words: Collection[str]) -> int:
        """The index after a token that is one of some words; its own where it is none."""
        return index + 1 if self.word(index) in words else index

    def is_past_year(self, index: int) -> bool:
        """Whether a token is the cable's year or one of the thirty before it."""
        word = self.word(index)
        if not is_year(word):
            return False
        if self.year is None:
            return True
        return (self.year - int(word)) % 100 <= _PAST_YEARS

    def _is_late_year(self, index: int) -> bool:
        """Whether a number that could be a day, too, is one of the cable's last years."""
        if self.year is None or not self.is_past_year(index):
            return False
        return (self.year - int(self.word(index))) % 100 <= _LAST_YEARS

    def are_days(self, *indices: int) -> bool:
        """Whether tokens are numbers that days and months have."""
        words = map(self.word, indices)
        return all(word.isdecimal() and 0 < int(word) <= _LAST_DAY for word in words)

    def after_date(self, at: int) -> int:
        """The index after "3/14/08", "14 MAR 08", "14 MAR", "MAR 14, 2008", "MAR 2008"; `at` where
        no date begins there."""
        sign = self.word(at + 1)
        if sign in ("/", "-", ".") and sign == self.word(at + 3) and self.are_days(at, at + 2):
            return at + 5 if self.is_past_year(at + 4) else at
        if self.word(at) in months():
            return self._after_year_of_month(at)
        month = self.after_one(at + 1, _DASH)
        if not self.are_days(at) or self.word(month) not in months():
            return at
        year = self.after_one(month + 1, _DASH)
        return year + 1 if self.is_past_year(year) else month + 1

    def _after_year_of_month(self, month: int) -> int:
        """The index after "MAR 14, 2008", "MAR 2008"; that of the month where no year follows."""
        number = self.skip(month + 1, _AFTER_MONTH)
        if self.are_days(number):
            year = self.skip(number + 1, _AFTER_DAY)
            return year + 1 if self.is_past_year(year) else month
        return number + 1 if self.is_past_year(number) else month

    def _after_month(self, at: int) -> int:
        """The index after "MAR 14", "3/14", "MAR 08", "3/08"; `at` where none of them stands."""
        is_number = self.are_days(at) and self.word(at + 1) in ("/", "-")
        if not is_number and self.word(at) not in months():
            return at
        number = self.skip(at + 1, _AFTER_MONTH)
        return number + 1 if self.word(number).isdecimal() else at

    def year_in_brackets(self, at: int) -> tuple[str | None, int]:
        """The year of a date in brackets, None of one without, and the index after these."""
        first = at + 1
        end = self.after_date(first)
        has_year = self.is_past_year(end - 1)
        if end == first:
            end = self._after_month(first)
            has_year = self._is_late_year(end - 1)
        if end == first or self.word(end) != ")":
            return None, at
        return self.word(end - 1) if has_year else None, end + 1


def _tokens(text: str) -> Iterator[Token]:
    """The tokens of a text; a number has zeros for the letter O, and no comma for thousands."""
    for match in _TOKEN.finditer(text):
        written = f"{match['zero']}O" if match["zero"] else match[0]
        token = written.translate(_DIGITS) if written[-1].isdecimal() else written
        yield Token(token, *match.span())


def is_year(word: str) -> bool:
    """Whether a word is a year of two or four digits.

    >>> is_year("07"), is_year("2007"), is_year("1807")
    (True, True, False)
    """
    return _YEAR.fullmatch(word) is not None
