"""Which message a pointer means: "Ref A" by the cable's own list, "STATE 7944" by post and year."""

import re
from collections.abc import Mapping
from typing import Any

from cablespan.header import references

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
_POST_AND_SERIAL = re.compile(r"(?:reftel\s)?(?P<post>\D+?)(?:['’]s)?\s(?P<serial>\d{2,6})")
# "Deptel 703" is the Department's, "Embtel 553" the post's own
_DEPARTMENTS, _EMBASSYS = ("deptel", "deptels"), ("embtel", "embtels", "embassy telegram")


class ReferenceResolver:
    """Resolves the pointers in a cable (a record, or what `doc._.cable` holds) to canonical ids."""

    def __init__(self, cable: Mapping[str, Any]):
        header = cable.get("header") or {}
        self._listed = [
            reference
            for reference in header.get("references") or ()
            if reference["kind"] == "cable"
        ]
        self._year = _year(cable)
        self._origin = (header.get("origin") or "").split()[-1:]

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
        return self._by_post(named["post"], named["serial"]) if named else self._by_id(text)

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

    def _by_post(self, post: str, serial: str) -> str | None:
        post = post.strip()
        if post.lower() in _DEPARTMENTS:
            post = "State"
        elif post.lower() in _EMBASSYS:
            post = " ".join(self._origin)
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


def _year(cable: Mapping[str, Any]) -> int | None:
    created = (cable.get("header") or {}).get("created") or (cable.get("meta") or {}).get("date")
    digits = re.match(r"\d{4}", str(created or ""))
    return int(digits[0]) if digits else None
