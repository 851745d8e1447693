"""Facts that stand in words: subject, TAGS, summary, signers."""

import re

from cablespan.header.opening import read_opening

_TAG = re.compile(r"[A-Z]{2,6}(?![A-Z(])|OVIP\s?\([^)]{1,60}\)", re.IGNORECASE)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def subject(text: str) -> str | None:
    """The subject of a header, its lines put together.

    >>> subject("TAGS: ECON\\nSUBJECT: THE LONG ROAD\\nTO OSLO\\n\\nREF: STATE 1")
    'THE LONG ROAD TO OSLO'
    """
    return _one_line(read_opening(text).fields.get("subject", "")) or None


def tags(text: str) -> list[str]:
    """The TAGS of a header, in capitals, each once.

    >>> tags("TAGS: ECON, KIPR KZ")
    ['ECON', 'KIPR', 'KZ']
    """
    found = read_opening(text).fields.get("tags", "")
    return list(dict.fromkeys(_one_line(match[0]).upper() for match in _TAG.finditer(found)))


def tags_of(field: str) -> list[str]:
    return list(dict.fromkeys(_one_line(match[0]).upper() for match in _TAG.finditer(field)))


def signers(text: str) -> list[str]:
    return []
