"""Knowledge as data: names, posts, offices, cues, headings as JSON Lines beside this file, and one
loader."""

from functools import cache
from importlib.resources import files
from itertools import chain
from typing import Any, Literal, NotRequired, TypedDict, overload

import orjson

# The files whose entries stand for one thing each, by its `kb_id`.
THINGS = (
    "countries",
    "cities",
    "regions",
    "us_agencies",
    "state_offices",
    "bodies",
    "military",
    "orgs",
    "laws",
    "people",
)
_LINKED = frozenset({"name", "kb_id"})  # what an entry has that mentions are linked to


class LexiconError(ValueError):
    """A line of the lexicon that cannot be used: the message names file, line and remedy."""


class Post(TypedDict):
    """A mission or the Department: `origin` as ids write it ("ASTANA"), `country` an ISO 3166
    code."""

    origin: str
    name: str
    kind: str
    city: str | None
    country: str | None
    aliases: list[str]


class OfficeHolder(TypedDict):
    """Somebody who held an office; `full` where a surname alone does not name him."""

    kb_id: str
    name: str
    aliases: list[str]
    office: str
    country: NotRequired[str | None]
    full: NotRequired[bool]


@overload
def load(name: Literal["posts"]) -> tuple[Post, ...]: ...
@overload
def load(name: Literal["people"]) -> tuple[OfficeHolder, ...]: ...
@overload
def load(name: str) -> tuple[Any, ...]: ...
@cache
def load(name: str) -> Any:
    """The entries of the lexicon file `NAME.jsonl`, in file order.

    Raises LexiconError with file, line and remedy for a line that cannot be used,
    FileNotFoundError for a lexicon that does not exist.

    >>> load("calendar")[0]
    {'name': 'January', 'aliases': ['Jan'], 'kind': 'month'}
    """
    file = files(__name__).joinpath(f"{name}.jsonl")
    lines = enumerate(file.read_bytes().splitlines(), start=1)
    return tuple(_entry(line, f"{file}:{number}") for number, line in lines if line.strip())


def _entry(line: bytes, place: str) -> dict[str, Any]:
    try:
        entry = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise LexiconError(f"{place}: not JSON ({error}); write one object a line") from error
    if entry.keys() >= _LINKED and not entry.get("label"):
        raise LexiconError(
            f"{place}: {entry['name']!r} has an id and no label, so that nothing would be linked "
            'to it; add "label", the one of its kind in kinds.jsonl'
        )
    return entry


@cache
def listed(name: str, field: str, *kinds: str) -> frozenset[str]:
    """What stands in a field of a lexicon file's entries, of some kinds or of all; of lists the
    items.

    >>> sorted(listed("calendar", "name", "month"))[:2]
    ['April', 'August']
    >>> sorted(listed("calendar", "aliases", "month"))[:2]
    ['Apr', 'Aug']
    """
    values = (entry[field] for entry in load(name) if not kinds or entry["kind"] in kinds)
    lists = (value if isinstance(value, list) else [value] for value in values)
    return frozenset(chain.from_iterable(lists))


@cache
def lowered(name: str, field: str, *kinds: str) -> frozenset[str]:
    """The same as `listed`, in small letters.

    >>> "norway" in lowered("countries", "name")
    True
    """
    return frozenset(map(str.lower, listed(name, field, *kinds)))
