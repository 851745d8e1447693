"""The REF line: other cables in every way of writing them, and the messages that are no cables."""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from cablespan.cable import Reference
from cablespan.header.dates import full_year
from cablespan.header.furniture import without_marks
from cablespan.header.opening import read_opening
from cablespan.header.posts import id_of, known_post, longest_post, nearest_post, says_kind
from cablespan.lexicon import load

_TOKEN = re.compile(
    r"""(?<![A-Za-z0-9])[01][A-Za-z]{2,}                # 0SLO: a digit for a letter
    | [A-Za-z]{1,20}[015][A-Za-z]{2,}
    | [A-Za-z]{3,20}[015][A-Za-z](?=\s{1,3}\d)
    | \d+
    | [A-Za-z](?:[A-Za-z']*[A-Za-z])?
    | [^\sA-Za-z\d]""",
    re.VERBOSE,
)
# "A.", "(B)", "C) (C)", "D -"; "[E]"
_ENUMERATOR = re.compile(
    r"""(?:^|(?<=[\s,;:.)\]])) [(\[]?(?P<letter>[A-Z]|[a-z])(?:[.):\]]{1,2}|-(?=\s))
      (?:\s{0,2}[(\[][A-Za-z][)\]])?(?![A-Za-z]\.)(?=\s|\d|[A-Z(])
    | (?:^|(?<=\s))[(\[](?P<alone>[A-Z])[)\]]""",
    re.VERBOSE | re.MULTILINE,
)
_REF_LABEL = re.compile(
    r"^[ \t]{0,8}(?:REF(?:S|TELS?|ERENCES?)?(?:\(S\))?|REFTEL\(S\))[ \t]{0,3}[:.]",
    re.IGNORECASE | re.MULTILINE,
)
_DTG = re.compile(r"\b\d{6}Z(?: ?[A-Z]{3} ?\d{2,4})?", re.IGNORECASE)
_NUMBER_ALONE = re.compile(
    r"[\s.]{0,5}(\d{1,7})(?:\s{0,3}\([A-Z ]{2,20}\))?[\s,;.]{0,5}(?:AND)?[\s,;.]{0,5}",
    re.IGNORECASE,
)
_PIVOT = 45  # 44 is 2044, 45 is 1945
_FILLERS = frozenset({"#", "-", ".", ":", "NO", "NR", "TEL", "TELS", "CABLE", "NUMBER", "("})
_JOINERS = frozenset({",", "/", "&", "AND", ";", "+", "OR"})


class _Token(NamedTuple):
    text: str
    start: int
    end: int


@cache
def _not_posts() -> frozenset[str]:
    return frozenset(entry["word"] for entry in load("references") if entry["kind"] == "word")


@cache
def _kinds() -> tuple[tuple[str, str], ...]:
    return tuple(
        (entry["word"], entry["kind"]) for entry in load("references") if entry["kind"] != "word"
    )


def _block(text: str) -> str:
    """The content of the REF lines; the text itself where it is a piece without labels."""
    fields = read_opening(text).fields
    if "ref" in fields:
        return fields["ref"]
    label = _REF_LABEL.search(text)
    if label:
        return text[label.end() :]
    return "" if fields else text


def canonical_id(text: str) -> str | None:
    """The canonical reference id in a text, from any spelling or garbled form.

    Letters, marks and words may stand around it.

    >>> canonical_id("07 ASTANA 000454"), canonical_id("REF: B. (C) 2007 SECSTATE 00012 (NOTAL)")
    ('07ASTANA454', '07STATE12')
    >>> canonical_id("no id") is None
    True
    """
    within = (
        reference.value
        for reference in references(text)
        if reference.kind == "cable" and reference.value[:2].isdigit()
    )
    return id_of(text) or next(within, None)


def references(
    text: str, year: int | None = None, reference_id: str | None = None
) -> list[Reference]:
    """The references of a header or of the REF line of one, each once, the cable's own id left out.

    `year` (four digits) is that of the cable, for references without one; else that of its
    `reference_id`.

    >>> [r.value for r in references("REF: A. 06 ASTANA 009, B. STATE 7944 AND 7950", 2007)]
    ['06ASTANA9', '07STATE7944', '07STATE7950']
    """
    return references_of(_block(text), year, reference_id)


def references_of(
    field: str, year: int | None = None, reference_id: str | None = None
) -> list[Reference]:
    """The references of a REF line's content, as `references` has them."""
    own = id_of(reference_id) if reference_id else None
    if year is None and own:
        year = full_year(own[:2], _PIVOT)
    found: list[Reference] = []
    for letter, item in _items(without_marks(field).replace("¶", " ")):
        shared = _sharing_post(item, letter, found[-1]) if found and letter else None
        found.extend([shared] if shared else _references_of(item, letter, year))
    first: dict[str, Reference] = {}
    for reference in found:
        first.setdefault(reference.value, reference)
    return [reference for value, reference in first.items() if value != own]


def _sharing_post(item: str, letter: str, before: Reference) -> Reference | None:
    """The reference that an item with a number alone makes with the post of the one before."""
    alone = _NUMBER_ALONE.fullmatch(item)
    if alone is None or before.kind != "cable":
        return None
    value = re.sub(r"\d+$", str(int(alone[1])), before.value)
    return Reference(value, "cable", alone[1], letter)


def _items(block: str) -> Iterator[tuple[str | None, str]]:
    """The enumerated items of a block with their letters; what stands before the first has none."""
    marks = list(_ENUMERATOR.finditer(block))
    letters = [None, *((mark["letter"] or mark["alone"]).upper() for mark in marks)]
    starts = [0, *(mark.end() for mark in marks)]
    ends = [*(mark.start() for mark in marks), len(block)]
    for letter, start, end in zip(letters, starts, ends, strict=True):
        if block[start:end].strip():
            yield letter, block[start:end]


def _kind_of(item: str) -> str | None:
    """The kind of an item that is no cable by its words."""
    upper = " " + " ".join(item.upper().split()) + " "
    for word, kind in _kinds():
        if word in upper:
            return kind
    return None


def _references_of(item: str, letter: str | None, year: int | None) -> list[Reference]:
    cables = _Item(item, year).references(letter)
    if cables:
        return cables
    kind = _kind_of(item)
    text = " ".join(item.split()).strip(" ,;.")
    if kind is not None:
        return [Reference(text, kind, text, letter)]
    dtg = _DTG.search(item)
    if dtg:
        return [Reference(" ".join(dtg[0].upper().split()), "dtg", text, letter)]
    return []


class _Post(NamedTuple):
    """A post's origin, and the index of the token after its name."""

    origin: str
    after: int


class _Cable(NamedTuple):
    """A post with its numbers: tokens from `first` to before `after`; indices of the serials."""

    origin: str
    year: str | None
    serials: list[int]
    first: int
    after: int


class _Item:
    """The tokens of an item of a REF line, read from left to right. `year`: that of the cable."""

    def __init__(self, text: str, year: int | None) -> None:
        self.text = text
        self.year = year
        self.tokens = [_Token(match[0], *match.span()) for match in _TOKEN.finditer(text)]
        self._used = 0  # tokens that belong to a cable already

    def references(self, letter: str | None) -> list[Reference]:
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
        """A reference for each serial; a cable without year has that of the citing one."""
        year = cable.year if cable.year is not None else self.year
        digits = f"{int(year) % 100:02}" if year else ""
        first = cable.first
        for at in cable.serials:
            last = at if at > cable.first else cable.after - 1  # "12 OSLO": the post too
            text = " ".join(self.text[self.tokens[first].start : self.tokens[last].end].split())
            value = f"{digits}{cable.origin}{int(self.tokens[at].text)}"
            yield Reference(value, "cable", text, letter)
            first = at

    def _cable_at(self, index: int) -> _Cable | None:
        """The cable whose post is named at a token."""
        for named_at in (self._post_at, self._unknown_post_at):
            post = named_at(index)
            cable = self._cable_of(post, index) if post else None
            if cable:
                return None if self._is_edition(cable) else cable
        return None

    def _cable_of(self, post: _Post, index: int) -> _Cable | None:
        """The cable of a post that is named at a token; None where no serial stands beside it."""
        year, first = self._year_before(index)
        at = self._skip(post.after, _FILLERS)
        if self._is_year_before_serial(at):  # "STATE 2006 055412"
            year, at = self._word(at), at + 1
        serials, year_after, after = self._serials_from(at)
        if serials:
            return _Cable(post.origin, year or year_after, serials, first, after)
        before = index - 1
        if year is None and self._is_serial_before(before) and not self._is_time(at):
            return _Cable(post.origin, None, [before], before, post.after)
        return None

    def _is_edition(self, cable: _Cable) -> bool:
        """Whether a year after a place is that of a report or an article: "INCSR BRAZIL 2008"."""
        at = cable.serials[0]
        year = len(self._word(at)) == 4 and self._is_past_year(at)
        return year and _kind_of(self.text[: self.tokens[cable.first].start]) is not None

    def _word(self, index: int) -> str:
        """The text of a token in capitals; "" outside the item."""
        return self.tokens[index].text.upper() if 0 <= index < len(self.tokens) else ""

    def _skip(self, index: int, words: frozenset[str]) -> int:
        while self._word(index) in words:
            index += 1
        return index

    def _post_at(self, index: int) -> _Post | None:
        """The post that is named at a token: the longest spelling that is known."""
        words: list[str] = []
        best = None
        at = index
        while at < len(self.tokens) and len(words) <= longest_post():
            token = self.tokens[at].text
            if _is_word(token):
                words.append(token)
                origin = known_post("".join(words))
                best = _Post(origin, at + 1) if origin else best
            elif token not in "-./'" or not words:
                break
            at += 1
        return best

    def _unknown_post_at(self, index: int) -> _Post | None:
        """A post whose name is garbled: a zero at its end, or one or two words before a serial."""
        word = self._word(index)
        following = self.tokens[index + 1 : index + 2]
        glued = following and following[0].start == self.tokens[index].end
        if glued and following[0].text.startswith("0"):  # OSL012
            cut = known_post(word + "O")
            if cut:
                return _Post(cut, index + 1)
        for length in (1, 2):
            if self._is_garbled_name(index, length):
                name = "".join(self._word(index + n) for n in range(length))
                origin = nearest_post(name)
                return _Post(origin, index + length) if origin else None
        return None

    def _is_garbled_name(self, index: int, length: int) -> bool:
        """Whether so many words before a number can be the name of a post."""
        words = [self._word(index + n) for n in range(length)]
        if not self._word(index + length).isdigit() or not all(map(_is_name_word, words)):
            return False
        return len("".join(words)) >= (4 if length == 1 else 7)

    def _year_before(self, index: int) -> tuple[str | None, int]:
        """The year before a post, and the index of the cable's first token."""
        before = index - 1
        if before >= self._used and self._between_year_and_post(self._word(before)):
            before -= 1
        if before < self._used or not self._is_year(before):
            return None, index
        first = before - 1 if before > self._used and self._word(before - 1) == "(" else before
        return self._word(before), first

    @staticmethod
    def _between_year_and_post(word: str) -> bool:
        return word in ("'", "-", "/", ".", ")") or says_kind(word)

    def _is_year(self, index: int) -> bool:
        word = self._word(index)
        if not word.isdigit():
            return False
        return len(word) == 2 or (len(word) == 4 and word.startswith(("19", "20")))

    def _is_past_year(self, index: int) -> bool:
        """Whether a token is the cable's year or one of the thirty before it."""
        if not self._is_year(index):
            return False
        if self.year is None:
            return True
        word = self._word(index)
        age = (self.year - int(word)) % 100 if len(word) == 2 else self.year - int(word)
        return 0 <= age <= 30

    def _is_year_before_serial(self, index: int) -> bool:
        year = len(self._word(index)) == 4 and self._is_past_year(index)
        return year and self._word(index + 1).isdigit() and not self._is_time(index + 1)

    def _is_time(self, index: int) -> bool:
        """Whether a number is a date-time group: six digits and a Z."""
        if len(self._word(index)) != 6 or self._word(index + 1) != "Z":
            return False
        return self.tokens[index + 1].start == self.tokens[index].end

    def _is_serial_before(self, index: int) -> bool:
        """Whether a token before a post is its serial: "0012 OSLO"."""
        return index >= self._used and self._word(index).isdigit() and len(self._word(index)) > 2

    def _serials_from(self, at: int) -> tuple[list[int], str | None, int]:
        """The serials in a list, the year that one of them has after it, the index after all."""
        serials: list[int] = []
        year = None
        while self._word(at).isdigit() and not self._is_time(at):
            serials.append(at)
            at += 1
            year_at, after = self._year_after(at)
            if year_at is not None:
                year, at = year or self._word(year_at), after
            following = self._skip(at, _JOINERS)
            if following == at or self._begins_another(following):
                break
            at = following
        return serials, year, at

    def _begins_another(self, index: int) -> bool:
        """Whether a token is no further serial: no number, or the year of another cable."""
        if not self._word(index).isdigit():
            return True
        if not self._is_year(index):
            return False
        named = _is_word(self._word(index + 1) or "-") and self._word(index + 2).isdigit()
        return self._post_at(index + 1) is not None or (
            named and _is_name_word(self._word(index + 1))
        )

    def _year_after(self, at: int) -> tuple[int | None, int]:
        """The year after a serial, `(07)`, `/07`, `'07`, `2007`: its index, the index after it."""
        if self._word(at) == "(" and self._word(at + 2) == ")" and self._is_past_year(at + 1):
            return at + 1, at + 3
        year_at = at + 1 if self._word(at) in ("'", "/", "-", "’") else at
        if not self._is_past_year(year_at):
            return None, at
        following = self._word(year_at + 1)
        if following in ("/", "-") or (following and self._post_at(year_at + 1)):
            return None, at
        return year_at, year_at + 1


def _is_word(token: str) -> bool:
    return token[0].isalpha() or token[-1].isalpha()


def _is_name_word(word: str) -> bool:
    """Whether a word can be a post's name or a part of it."""
    return len(word) > 2 and word.isalnum() and not word.isdigit() and word not in _not_posts()
