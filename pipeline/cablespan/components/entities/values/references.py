"""Which message a pointer means: "Ref A" by the cable's own list, "STATE 7944" by post and year."""

import re
from collections.abc import Mapping
from typing import Any

from cablespan.components.entities.bodies import country_code, embassy_in
from cablespan.components.entities.values.dates import Anchor
from cablespan.document import origin, sender
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
# "Tehran's reftel", "Amman reftel": the one that the cable lists of this post.
_OF_POST = re.compile(r"(?P<post>\D+?)(?:['’]s)?\s(?:reftel|ref|telegram|cable)", re.IGNORECASE)
# "Telegram From the Embassy in Iran to the Department of State"
_HEADING = re.compile(r"\bFrom (?:the )?(?P<sender>.+?) to (?:the )?(?P<addressee>.+?)(?:,|$)")
_EMBASSY = re.compile(r"(?:American )?(?:Embassy|Legation|Ambassador) (?:in|to) (?:the )?(.+)")
# "Deptel 703" is the Department's, "Embtel 553" the post's, whoever of the two writes; "my 12" is
# the writer's own.
_DEPARTMENTS = frozenset({"deptel", "deptels", "department telegram"})
_EMBASSYS = frozenset({"embtel", "embtels", "embassy telegram", "contel", "contels"})
_OWN, _OTHERS = frozenset({"my", "our", "mytel", "ourtel"}), frozenset({"your", "yours", "urtel"})


class ReferenceResolver:
    """Resolves the pointers in a cable (a record, or what `doc._.cable` holds) to canonical ids."""

    def __init__(self, cable: Mapping[str, Any]):
        header = cable.get("header") or {}
        self._listed = [
            reference
            for reference in header.get("references") or ()
            if reference["kind"] == "cable"
        ]
        anchor = Anchor.of(cable)
        self._year = anchor.day.year if anchor else None
        self._own = self._origin_of(origin(cable) or "")
        self._other = self._addressee(cable)

    def resolve(self, text: str, previous: str | None = None) -> str | None:
        """The canonical id that a pointer means, several with blanks between; None where not told.

        `previous`: the id of a pointer just before, whose post a bare number shares ("TEHRAN 12 and 13").

        >>> listed = [{"value": "06ASTANA9", "kind": "cable", "text": "06 ASTANA 009", "letter": "A"}]
        >>> resolver = ReferenceResolver({"header": {"references": listed, "created": "2007-02-22"}})
        >>> resolver.resolve("Ref A"), resolver.resolve("reftel"), resolver.resolve("septel")
        ('06ASTANA9', '06ASTANA9', None)
        >>> resolver.resolve("STATE 7944")
        '07STATE7944'
        """
        text = text.strip(" .,;:")
        pointer = _REFTEL.fullmatch(text)
        if pointer:
            return self._listed_from(pointer)
        if previous and text.isdigit():
            return re.sub(r"\d+$", str(int(text)), previous)
        named = _POST_AND_SERIAL.fullmatch(text)
        if named:
            return self._by_post(named["post"], named["serial"])
        of_post = _OF_POST.fullmatch(text)
        return self._listed_of(of_post["post"]) if of_post else self._by_id(text)

    def _listed_of(self, post: str) -> str | None:
        """The only cable that is listed of a post."""
        place = known_post("".join(post.split()))
        found = [r["value"] for r in self._listed if re.sub(r"\d", "", r["value"]) == place]
        return found[0] if place and len(found) == 1 else None

    def _listed_from(self, pointer: re.Match[str]) -> str | None:
        """What the cable lists under the letters of a pointer; without any, the list if it is meant."""
        written = pointer.group("before", "first", "last")
        letters = [letter.upper() for letter in written if letter]
        if not letters:
            is_plural = pointer[0].lower().rstrip(".").endswith("s")
            values = [reference["value"] for reference in self._listed]
            return " ".join(values) if values and (is_plural or len(values) == 1) else None
        if pointer["joint"] and pointer["joint"].lower() not in (",", "and", "&"):
            letters = [chr(code) for code in range(ord(letters[0]), ord(letters[-1]) + 1)]
        found = [value for letter in letters if (value := self._under(letter))]
        return " ".join(found) if found and len(found) == len(letters) else None

    def _under(self, letter: str) -> str | None:
        """The listed cable with a letter; in a list without letters the n-th for the n-th letter."""
        if any(reference["letter"] for reference in self._listed):
            values = [r["value"] for r in self._listed if (r["letter"] or "").upper() == letter]
            return values[0] if len(values) == 1 else None
        place = ord(letter) - ord("A")
        return self._listed[place]["value"] if place < len(self._listed) else None

    def _addressee(self, cable: Mapping[str, Any]) -> str | None:
        """The origin of the other side: to whom the Department writes, for posts the Department."""
        if sender(cable) == "post":
            return "STATE"
        heading = _HEADING.search(str((cable.get("meta") or {}).get("head") or ""))
        return self._origin_of(heading["addressee"]) if heading else None

    def _origin_of(self, name: str) -> str | None:
        """The origin of a correspondent as a header, an id or a heading names it."""
        embassy = _EMBASSY.fullmatch(name)
        country = country_code(embassy[1]) if embassy else None
        if country and self._year:
            return embassy_in(country, self._year)
        words = name.split()
        return known_post("".join(words)) or (known_post(words[-1]) if words else None)

    def _by_post(self, post: str, serial: str) -> str | None:
        """The id of a message of a post, which may be said by its part in the exchange."""
        post = post.strip()
        word = post.lower()
        if word in _DEPARTMENTS:
            post = "State"
        elif word in _EMBASSYS:
            post = (self._other if self._own == "STATE" else self._own) or ""
        elif word in _OWN:
            post = self._own or ""
        elif word in _OTHERS:
            post = self._other or ""
        return self._by_id(f"{post} {int(serial)}") if post else None

    def _by_id(self, text: str) -> str | None:
        """The id of a message that is named by post and number.

        One that the cable lists has its year from there; else the year is the cable's own.
        """
        found = [r.value for r in references(text, self._year) if r.kind == "cable"]
        if len(found) != 1 or not found[0][:2].isdigit():
            return None
        listed = [r["value"] for r in self._listed if r["value"][2:] == found[0][2:]]
        return listed[0] if len(listed) == 1 else found[0]
