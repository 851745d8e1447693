"""An item of a REF line: the posts that it names, and the serials and years beside them."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import NamedTuple

from cablespan.cable import Reference
from cablespan.header.posts import is_place, known_post, longest_post, nearest_post, says_kind
from cablespan.header.prose import has_common_word
from cablespan.header.tokens import Tokens, is_year
from cablespan.lexicon import listed, load

DTG = re.compile(r"(?<!\d)\d{6}Z(?: ?[A-Z]{3} ?\d{2,4})?", re.IGNORECASE)
# "A. OSLO 12", "(A) 07 OSLO 12, (B) ...", "2006 OSLO 12"; no "A. OSLO 2007"
_FIRST_ITEM = re.compile(
    r"""(?:[(\[]?A[.):\]]{1,2}\s{0,3}(?:(?:19|20)?\d\d\s?)? | (?:19|20)?\d\d\s)
    (?P<post>[A-Za-z][A-Za-z .]{1,20}?)\s{0,3}(?!(?:19|20)\d\d\b)\d{1,6}\b
    (?=\s{0,3}(?:\Z|[,;(]|AND\b|[A-Z][.)]))""",
    re.VERBOSE,
)
_SERIAL_BEFORE = re.compile(r"\d{3,}")  # "0012 OSLO"
_FILLERS = frozenset({"#", "-", ".", ":", "/", "("}) | listed("references", "word", "filler")
_APOSTROPHES = ("'", "’")
_BEFORE_YEAR = (*_APOSTROPHES, "/", "-", "(", "[", "OF")
_AFTER_YEAR = frozenset({")", "]"})
_BETWEEN_YEAR_AND_POST = ("'", "-", "/", ".", ")", ":", ",")
_JOINERS = frozenset({",", "/", "&", "AND", ";", "+", "OR", "THROUGH", "THRU"})
_BEFORE_DATE = frozenset({",", ";", "-", "(", "OF", "DATED", "DTD"})
_PART_END = re.compile("[,;]")


@cache
def _kinds() -> tuple[tuple[str, str], ...]:
    return tuple(
        (entry["word"], entry["kind"])
        for entry in load("references")
        if entry["kind"] not in ("word", "filler")
    )


def kind_of(item: str) -> str | None:
    """The kind of an item that is no cable by its words."""
    upper = " " + " ".join(item.upper().split()) + " "
    return next((kind for word, kind in _kinds() if word in upper), None)


def begins_references(line: str) -> bool:
    """Whether a line is the first item of a list of references.

    >>> begins_references("A) OSLO 12"), begins_references("A) OSLO 12 YEARS ON")
    (True, False)
    """
    match = _FIRST_ITEM.match(line)
    return match is not None and known_post(match["post"]) is not None


class _Post(NamedTuple):
    """A post's origin, and the index of the token after its name."""

    origin: str
    after: int


class _Cable(NamedTuple):
    """A post with the years of its serials, by their indices: tokens from `first` to before
    `after`."""

    origin: str
    years: dict[int, str | None]
    first: int
    after: int


class Item(Tokens):
    """An item of a REF line, read from left to right."""

    def __init__(self, text: str, year: int | None) -> None:
        super().__init__(text, year)
        self._used = 0  # tokens that belong to a cable already

    def references(self, letter: str | None) -> list[Reference]:
        """The cables that the item, which has a letter or none, cites."""
        return [reference for cable in self._cables() for reference in self._written(cable, letter)]

    def _cables(self) -> Iterator[_Cable]:
        index = 0
        while index < len(self.tokens):
            cable = self._cable_at(index) if _is_word(self.tokens[index].text) else None
            if cable:
                yield cable
                self._used = index = cable.after
            else:
                index += 1

    def _written(self, cable: _Cable, letter: str | None) -> Iterator[Reference]:
        """A reference for each serial; one without year has that of the citing cable."""
        first = cable.first
        for at, own_year in cable.years.items():
            year = own_year or self.year
            digits = f"{int(year) % 100:02}" if year else ""
            last = at if at > cable.first else cable.after - 1  # "12 OSLO": the post too
            text = " ".join(self.text[self.tokens[first].start : self.tokens[last].end].split())
            value = f"{digits}{cable.origin}{int(self.tokens[at].text)}"
            yield Reference(value, "cable", text, letter)
            first = at

    def _cable_at(self, index: int) -> _Cable | None:
        """The cable whose post is named at a token."""
        for find in (self._post_at, self._garbled_post_at):
            post = find(index)
            cable = self._cable_of(post, index) if post else None
            if cable:
                return None if self._is_edition(cable) else cable
        return None

    def _cable_of(self, post: _Post, index: int) -> _Cable | None:
        """The cable of a post that is named at a token; None where no serial stands beside it."""
        year, first = self._year_before(index)
        at = self.skip(post.after, _FILLERS)
        serial = self._serial_after_year(at)
        if serial > at:
            year, at = self.word(at), serial
        stated, end = self._serials_from(at)
        if stated:
            dated, after = self._date_after(end)
            shared = next(filter(None, stated.values()), dated)
            years = {serial: year or own or shared for serial, own in stated.items()}
            return _Cable(post.origin, years, first, after)
        if year or not _SERIAL_BEFORE.fullmatch(self._unused(index - 1)):
            return None
        return _Cable(post.origin, {index - 1: None}, index - 1, post.after)

    def _is_edition(self, cable: _Cable) -> bool:
        """Whether a year after a place is that of a report or an article: "INCSR BRAZIL 2008"."""
        if not self.is_past_year(min(cable.years)):
            return False
        return kind_of(self.text[: self.tokens[cable.first].start]) is not None

    def _unused(self, index: int) -> str:
        """The text of a token in capitals; "" where it belongs to a cable already."""
        return self.word(index) if index >= self._used else ""

    def _post_at(self, index: int) -> _Post | None:
        """The post that is named at a token: the longest spelling that is known."""
        names = islice(self._names_from(index), longest_post() + 1)
        posts = [_Post(origin, after) for name, after in names if (origin := known_post(name))]
        return posts[-1] if posts else None

    def _names_from(self, index: int) -> Iterator[tuple[str, int]]:
        """What one, two and more words from a token on spell, each with the index after them."""
        name = ""
        for at in range(index, len(self.tokens)):
            token = self.tokens[at].text
            if _is_word(token):
                name += token
                yield name, at + 1
            elif token not in "-./'":
                return

    def _garbled_post_at(self, index: int) -> _Post | None:
        """A post whose name, one or two words before a serial, is garbled."""
        if kind_of(self.text) == "press":
            return None
        words = self._words_before_number(index)
        name = "".join(words)
        origin = None if is_place(name) or has_common_word(name) else nearest_post(name)
        return _Post(origin, index + len(words)) if origin else None

    def _words_before_number(self, index: int) -> list[str]:
        """The one or two words before a number that can be the name of a post."""
        for count, least_letters in ((1, 4), (2, 7)):
            words = [self.word(index + n) for n in range(count)]
            named = all(map(_is_name_word, words)) and len("".join(words)) >= least_letters
            if named and self.word(index + count).isdecimal():
                return words
        return []

    def _year_before(self, index: int) -> tuple[str | None, int]:
        """The year before a post, and the index of the cable's first token."""
        before = index - 1
        sign = self._unused(before)
        if sign in _BETWEEN_YEAR_AND_POST or says_kind(sign):
            before -= 1
        if not is_year(self._unused(before)):
            return None, index
        opened = self._unused(before - 1) == "("
        return self.word(before), before - 1 if opened else before

    def _serial_after_year(self, at: int) -> int:
        """The index of the serial in "STATE 2006 055412", "06-1203", "(06) 1203"; `at` where the
        number after a post is no year."""
        sign = self.word(at + 1)
        is_in_brackets = sign == ")" and self.word(at - 1) == "("
        serial = at + 2 if sign == "-" or is_in_brackets else at + 1
        if not self.is_past_year(at) or not self.word(serial).isdecimal():
            return at
        return at if sign == "-" and self._is_range(at, serial) else serial

    def _is_range(self, first: int, last: int) -> bool:
        """Whether numbers with a dash between them can be serials: "98-102", "2006-2010"."""
        low, high = self.word(first), self.word(last)
        return int(low) < int(high) and len(high) - len(low) < (1 if low[0] == "0" else 2)

    def _is_moment(self, at: int, *, in_list: bool) -> bool:
        """Whether a number begins a date-time group or a date, directly after the post one with
        its year: "LONDON 12 MAY 3" is telegram 12."""
        if DTG.match(self.text, self.tokens[at].start):
            return True
        end = self.after_date(at)
        return end > at and (in_list or self.is_past_year(end - 1))

    def _date_after(self, at: int) -> tuple[str | None, int]:
        """The year of the date after a cable's serials, None of one that is a message's, and the
        index after it."""
        first = self.skip(at, _BEFORE_DATE)
        end = self.after_date(first)
        if end == first:
            return None, at
        following = _PART_END.split(self.text[self.tokens[end - 1].end :], maxsplit=1)[0]
        is_own = self.is_past_year(end - 1) and kind_of(following) is None
        return self.word(end - 1) if is_own else None, end

    def _serials_from(self, at: int) -> tuple[dict[int, str | None], int]:
        """The year after each serial that a list has from a token on, by the serial's index, and
        the index after all."""
        years: dict[int, str | None] = {}
        while self.word(at).isdecimal() and not self._is_moment(at, in_list=bool(years)):
            serial = at
            years[serial], at = self._year_after(serial + 1)
            following = self._after_joiners(at, serial)
            if following == at or self._can_name_post(following + 1):
                break
            at = following
        return years, at

    def _after_joiners(self, at: int, serial: int) -> int:
        """The index after what joins a serial to the next; a dash does before a higher one."""
        number = self.word(at + 1) if self.word(at) == "-" else ""
        if number.isdecimal() and int(number) > int(self.word(serial)):
            return at + 1
        return self.skip(at, _JOINERS)

    def _can_name_post(self, index: int) -> bool:
        """Whether a token begins a post's name, or is a word that can be one."""
        return self._post_at(index) is not None or _is_name_word(self.word(index))

    def _year_after(self, at: int) -> tuple[str | None, int]:
        """The year after a serial, `(07)`, `('07)`, `/07`, `2007`, `OF 2007`, `(MAR 07)`, and the
        index after it."""
        year, end = self.year_in_brackets(at) if self.word(at) == "(" else (None, at)
        if end > at:
            return year, end
        year_at = self.after_one(self.after_one(at, _BEFORE_YEAR), _APOSTROPHES)
        if not self.is_past_year(year_at) or self.after_date(year_at) > year_at:
            return None, at
        if self._post_at(year_at + 1):
            return None, at
        return self.word(year_at), self.skip(year_at + 1, _AFTER_YEAR)


def _is_word(token: str) -> bool:
    return token[-1].isalpha()  # its first sign may be a digit that stands for a letter


def _is_name_word(word: str) -> bool:
    """Whether a word can be a post's name or a part of it."""
    return len(word) >= 3 and word not in listed("references", "word", "word")
