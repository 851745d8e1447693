"""Which message a pointer means: "Ref A" by the cable's own list, "STATE 7944" by post and year."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import chain
from typing import Any

from cablespan import lexicon
from cablespan.components.entities.bodies import country_code, embassy_in
from cablespan.components.entities.values.dates import Anchor
from cablespan.facts import CableFacts, origin, sender
from cablespan.header import references
from cablespan.header.posts import known_post

# "ref A", "REFTEL (B)", "B reftel", "refs A and C", "Refs A-C"; without a letter, the whole list
_REFTEL = re.compile(
    r"""
    (?:(?P<before>[a-z])\s)?
    ref(?:erence)?s?(?:tels?)?\.?
    (?:\s?\(?(?P<first>[a-z])\)?)?
    (?:\s?(?P<joint>-|–|to|through|,|and|&)\s?\(?(?P<last>[a-z])\)?)?
    """,
    re.VERBOSE | re.IGNORECASE,
)
_POST_AND_SERIAL = re.compile(
    r"""
    (?:[a-z]\)\s?)?               # the letter of a list, cut in two: "B)USUN 1723"
    (?:reftel\s)?
    (?P<post>\D+?)(?:['’]s)?\s
    (?P<serial>\d{2,6})
    """,
    re.VERBOSE | re.IGNORECASE,
)
# What an opening lists: "582. NATUS Info. Ref Embtel 579", or a line "(A) TEHRAN 671: (B) TEHRAN
# 4306"; "SECSTATE WASHDC 8272" is to whom it goes.
_REF_LINE = re.compile(r"^.{0,60}?\bRef(?:erence|tel)?s?\b[:.]?\s", re.IGNORECASE)
_POST = r"(?!SECSTATE|AM(?:EMB|CON)|US?INT)[A-Z][A-Za-z]+(?:\ [A-Z][A-Za-z]+)?"
_ITEM = re.compile(
    rf"""
    (?:\(?(?P<letter>[A-Z])[.)]\s?)?
    (?P<post>{_POST})\s
    (?P<serial>\d{{2,6}})\b
    """,
    re.VERBOSE,
)
_LIST = re.compile(rf"(?:(?:\(?[A-Z][.)]\s?)?{_POST}\s\d{{2,6}}[\s.,;:]*)+")
_LONGEST_LIST = 120  # characters
# "Tehran's reftel", "Amman reftel": the one that the cable lists of this post.
_OF_POST = re.compile(r"(?P<post>\D+?)(?:['’]s)?\s(?:reftel|ref|telegram|cable)", re.IGNORECASE)
# "Telegram From the Embassy in Iran to the Department of State"
_HEADING = re.compile(
    r"""
    \bFrom\ (?:the\ )?(?P<sender>.+?)
    \ to\ (?:the\ )?(?P<addressee>.+?)(?:,|$)
    """,
    re.VERBOSE,
)
_EMBASSY = re.compile(
    r"""
    (?:American\ )?(?:Embassy | Legation | Ambassador)
    \ (?:in | to)\ (?:the\ )?(?P<place>.+)
    """,
    re.VERBOSE,
)


@cache
def _sides() -> dict[str, str]:
    """Whose message a word says: the "department"'s, the "post"'s, the writer's "own", the
    "other"'s."""
    return {entry["name"]: entry["side"] for entry in lexicon.load("message_words")}


class ReferenceResolver:
    """Resolves the pointers in a cable (a record, or what `doc._.cable` holds) to canonical ids.

    `opening`: the first paragraphs, among which the list of references stands where the header has
    none.
    """

    def __init__(self, cable: Mapping[str, Any], opening: Iterable[str] = ()):
        facts = CableFacts.of(cable)
        listed = facts.header.get("references") or ()
        self._listed = [reference for reference in listed if reference["kind"] == "cable"]
        anchor = Anchor.of(cable)
        self._year = anchor.day.year if anchor else None
        self._own = self._origin_of(origin(cable) or "")
        self._other = "STATE" if sender(cable) == "post" else self._addressee(facts.head)
        self._serial = _own_serial(facts)
        self._listed = self._listed or list(self._listed_in(opening))

    def _listed_in(self, opening: Iterable[str]) -> Iterator[dict[str, Any]]:
        for item in chain.from_iterable(map(_items, opening)):
            value = self._by_post(item["post"], item["serial"])
            if value:
                yield {"value": value, "letter": item["letter"]}

    def resolve(self, text: str, previous: str | None = None) -> str | None:
        """The canonical id that a pointer means, several with blanks between; None where not told.

        `previous`: the id of a pointer just before, whose post a bare number shares ("TEHRAN 12 and
        13").

        >>> listed = {"value": "06ASTANA9", "kind": "cable", "text": "06 ASTANA 009", "letter": "A"}
        >>> header = {"references": [listed], "created": "2007-02-22"}
        >>> resolver = ReferenceResolver({"header": header})
        >>> resolver.resolve("Ref A"), resolver.resolve("reftel"), resolver.resolve("septel")
        ('06ASTANA9', '06ASTANA9', None)
        >>> resolver.resolve("STATE 7944")
        '07STATE7944'
        """
        text = text.strip(" .,;:")
        pointer = _REFTEL.fullmatch(text)
        if pointer:
            return self._listed_from(pointer)
        if previous and text.isdecimal():
            return re.sub(r"\d+$", str(int(text)), previous)
        named = _POST_AND_SERIAL.fullmatch(text)
        if named:
            return self._by_post(named["post"], named["serial"])
        of_post = _OF_POST.fullmatch(text)
        return self._listed_of(of_post["post"]) if of_post else self._by_id(text)

    def _listed_of(self, post: str) -> str | None:
        """The only cable that is listed of a post."""
        place = known_post("".join(post.split()))
        ids = [r["value"] for r in self._listed if re.sub(r"\d", "", r["value"]) == place]
        return ids[0] if place and len(ids) == 1 else None

    def _listed_from(self, pointer: re.Match[str]) -> str | None:
        """What the cable lists under the letters of a pointer; without any, the list if it is
        meant."""
        letters = _letters(pointer)
        if letters:
            values = [self._under(letter) or "" for letter in letters]
            return " ".join(values) if all(values) else None
        listed = [reference["value"] for reference in self._listed]
        is_plural = pointer[0].lower().rstrip(".").endswith("s")
        meant = listed if is_plural or len(listed) == 1 else []
        return " ".join(meant) or None

    def _under(self, letter: str) -> str | None:
        """The listed cable with a letter; in a list without letters the n-th for the n-th
        letter."""
        if any(reference["letter"] for reference in self._listed):
            values = [r["value"] for r in self._listed if (r["letter"] or "").upper() == letter]
            return values[0] if len(values) == 1 else None
        place = ord(letter) - ord("A")
        return self._listed[place]["value"] if place < len(self._listed) else None

    def _addressee(self, head: str) -> str | None:
        """The origin of the post that a heading says the Department writes to."""
        heading = _HEADING.search(head)
        return self._origin_of(heading["addressee"]) if heading else None

    def _origin_of(self, name: str) -> str | None:
        """The origin of a correspondent as a header, an id or a heading names it."""
        embassy = _EMBASSY.fullmatch(name)
        country = country_code(embassy["place"]) if embassy else None
        if country and self._year:
            return embassy_in(country, self._year)
        words = name.split()
        return known_post("".join(words)) or (known_post(words[-1]) if words else None)

    def _by_post(self, post: str, serial: str) -> str | None:
        """The id of a message of a post, which may be said by its part in the exchange."""
        name = post.strip()
        side = _sides().get(name.lower())
        post_of_two = self._other if self._own == "STATE" else self._own
        known = {
            None: name,
            "department": "State",
            "post": post_of_two,
            "own": self._own,
            "other": self._other,
        }[side]
        return self._by_id(f"{known} {int(serial)}") if known else None

    def _by_id(self, text: str) -> str | None:
        """The id of a message that is named by post and number.

        One that the cable lists has its year from there; else the year is the cable's own.
        """
        ids = [r.value for r in references(text, self._year) if r.kind == "cable"]
        if len(ids) != 1 or not ids[0][:2].isdigit():
            return None
        listed = [r["value"] for r in self._listed if r["value"][2:] == ids[0][2:]]
        return listed[0] if len(listed) == 1 else self._of_year(ids[0])

    def _of_year(self, value: str) -> str:
        """The id, of the year before where the cable's own post had not come to its number yet."""
        name = re.fullmatch(r"(\d\d)([A-Z]+)(\d+)", value)
        is_later = name and name[2] == self._own and int(name[3]) > self._serial > 0
        if not (name and is_later):
            return value
        return f"{(int(name[1]) - 1) % 100:02}{name[2]}{name[3]}"


def _own_serial(facts: CableFacts) -> int:
    """The number of a cable itself, by its id or heading; 0 where it is not known."""
    named = re.fullmatch(r"\d\d[A-Z]+(\d+)", facts.id)
    number = named or re.search(r"Telegram (\d+)", facts.head)
    return int(number[1]) if number else 0


def _items(paragraph: str) -> Iterator[re.Match[str]]:
    """The references of a paragraph of the opening that lists them, and nothing else or little."""
    line = _REF_LINE.search(paragraph)
    if line:
        yield from _ITEM.finditer(paragraph, line.end())
    elif len(paragraph) < _LONGEST_LIST and _LIST.fullmatch(paragraph):
        yield from _ITEM.finditer(paragraph)


def _letters(pointer: re.Match[str]) -> list[str]:
    """The letters that a pointer names, "A, C" one by one and "A to C" with those between."""
    written = filter(None, pointer.group("before", "first", "last"))
    letters = [letter.upper() for letter in written]
    if (pointer["joint"] or ",").lower() in (",", "and", "&"):
        return letters
    return [chr(code) for code in range(ord(letters[0]), ord(letters[-1]) + 1)]
