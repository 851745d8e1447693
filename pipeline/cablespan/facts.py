"""Who sends a cable, and what else is known of it beside its text, out of a record or
`doc._.cable`."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from cablespan import lexicon

SENDERS = ("", "post", "department")
# "Telegram From the Embassy in Iran to the Department of State", as historians head it.
_HEAD = re.compile(r"\bFrom (?:the )?(.+?)(?: to |$)")
_ID = re.compile(r"\d\d([A-Z]+)\d+")


class CableFacts(NamedTuple):
    """What is known of a cable beside its text; "" or empty where nothing is.

    `head` is the heading that historians gave it, `created` an ISO 8601 date of any precision.
    """

    id: str
    head: str
    created: str
    header: Mapping[str, Any]
    meta: Mapping[str, Any]

    @classmethod
    def of(cls, cable: Mapping[str, Any] | None) -> "CableFacts":
        """The facts in a record, or in `doc._.cable`.

        >>> CableFacts.of({"id": "07OSLO1", "meta": {"date": "2007-01-02"}}).created
        '2007-01-02'
        """
        known = cable or {}
        header, meta = known.get("header") or {}, known.get("meta") or {}
        created = header.get("created") or meta.get("date") or ""
        head, name = str(meta.get("head") or ""), str(known.get("id") or "")
        return cls(name, head, str(created), header, meta)


def origin(cable: Mapping[str, Any]) -> str | None:
    """Who sends a cable, by its header, else by its heading or its id.

    >>> origin({"id": "07ASTANA454"})
    'ASTANA'
    >>> origin({"meta": {"head": "Telegram From the Embassy in Iran to the Department of State"}})
    'Embassy in Iran'
    """
    facts = CableFacts.of(cable)
    known = facts.header.get("origin") or facts.header.get("from") or facts.meta.get("origin")
    if known:
        return known
    named = _HEAD.search(facts.head) or _ID.fullmatch(facts.id)
    return named[1] if named else None


def sender(cable: Mapping[str, Any]) -> str:
    """Whether a "post" or the "department" sends a cable; "" where nothing tells.

    >>> sender({"id": "07ASTANA454"}), sender({"meta": {"origin": "Department of State"}})
    ('post', 'department')
    """
    name = (origin(cable) or "").lower()
    if not name:
        return ""
    in_washington = any(name == words or name.startswith(f"{words} ") for words in _capital())
    return "department" if in_washington else "post"


def _capital() -> frozenset[str]:
    """The senders' names of those in Washington who instruct posts."""
    return lexicon.listed("name_context", "words", "capital")


def year(record: Mapping[str, Any]) -> int | None:
    """The year in which a cable was written, as far as its header or the input's own meta says.

    >>> [year({"header": {}, "meta": {"date": date}}) for date in (" 2007", "2007-02-21", "²²²²")]
    [None, 2007, None]
    """
    text = str(record["header"].get("created") or record["meta"].get("date") or "")[:4]
    return int(text) if text.isdecimal() and len(text) == 4 else None
