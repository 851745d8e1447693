"""A knowledge base of one's own: names with their ids from a JSON Lines file, checked line by line.

A line is `{"id": "acme:7", "kind": "company", "name": "Acme Oil", "aliases": ["Acme"]}`; `kind` is
one of lexicon/kinds.jsonl and decides the label. An entry that only renames another says
`"same_as": ID`. Names are kept as 64-bit digests and ids as one string of bytes, so that millions
of entries fit into memory (spaCy's in-memory KnowledgeBase wants a vector for each entry).
"""

from array import array
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, NotRequired, TypedDict

import numpy
import orjson

from cablespan import lexicon
from cablespan.components.entities.person_names import bare_name

_STRINGS = ("id", "name", "kind")


class Entry(TypedDict):
    """A line of a knowledge base."""

    id: str
    kind: str
    name: str
    aliases: NotRequired[list[str]]
    same_as: NotRequired[str]


class KnowledgeError(ValueError):
    """A knowledge base that cannot be used: the message names file, line and remedy."""


@cache
def labels_of_kinds() -> dict[str, str]:
    """The entity label of every kind.

    >>> labels_of_kinds()["country"]
    'PLACE'
    """
    return {entry["kind"]: entry["label"] for entry in lexicon.load("kinds")}


def _digest(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little")


def _id_at(entry: int, ids: bytes, ends: numpy.ndarray) -> str:
    """The id of an entry out of all ids, which stand one after the other."""
    start = int(ends[entry - 1]) if entry else 0
    return ids[start : int(ends[entry])].decode()


def _name_key(label: str, name: str) -> int:
    return _digest(f"{label}\t{bare_name(name)}")


class KnowledgeBase:
    """Names and their ids.

    `names`: digests of names in order (64 bits); `entries`: for each the index of its entry; `ids`:
    the ids of all entries, one after the other; `ends`: where each of them ends there.
    """

    def __init__(
        self, names: numpy.ndarray, entries: numpy.ndarray, ids: bytes, ends: numpy.ndarray
    ):
        self.names, self.entries, self.ids, self.ends = names, entries, ids, ends

    def __len__(self) -> int:
        return len(self.ends)

    def ids_of(self, name: str, label: str) -> list[str]:
        """The ids of all entries that bear a name."""
        key = numpy.uint64(_name_key(label, name))
        first, last = (int(numpy.searchsorted(self.names, key, side)) for side in ("left", "right"))
        return [_id_at(int(entry), self.ids, self.ends) for entry in self.entries[first:last]]

    def lookup(self, name: str, label: str) -> str | None:
        """The id of a name; None where it is unknown or stands for several."""
        ids = self.ids_of(name, label)
        return ids[0] if len(ids) == 1 else None

    def save(self, file: Path | BinaryIO) -> None:
        """Writes the base to a file, for `load`."""
        ids = numpy.frombuffer(self.ids, dtype="u1")
        numpy.savez(file, names=self.names, entries=self.entries, ids=ids, ends=self.ends)

    @classmethod
    def load(cls, file: Path | BinaryIO) -> "KnowledgeBase":
        """The base that `save` wrote."""
        with numpy.load(file) as saved:
            return cls(saved["names"], saved["entries"], saved["ids"].tobytes(), saved["ends"])

    @classmethod
    def read(cls, path: str | Path) -> "KnowledgeBase":
        """Reads and checks a JSON Lines file.

        Raises KnowledgeError with file, line and remedy, OSError where there is no file.
        """
        names, entries = array("Q"), array("i")
        ids, ends, digests, lines = bytearray(), array("Q"), array("Q"), array("I")
        renamings: dict[int, _Renaming] = {}
        for number, entry in _entries(Path(path)):
            index = len(ends)
            label = labels_of_kinds()[entry["kind"]]
            ids += entry["id"].encode()
            ends.append(len(ids))
            digests.append(_digest(entry["id"]))
            lines.append(number)
            if "same_as" in entry:
                renamings[index] = _Renaming(entry["id"], entry["same_as"], number)
            for name in {entry["name"], *entry.get("aliases", ())}:
                names.append(_name_key(label, name))
                entries.append(index)
        _refuse_doubled(
            path, numpy.asarray(digests), numpy.asarray(lines), bytes(ids), numpy.asarray(ends)
        )
        target = numpy.asarray(entries, dtype="i4")
        if renamings:
            target = numpy.asarray(_targets(path, renamings, digests), dtype="i4")[target]
        keys, values = _in_order(numpy.asarray(names, dtype="u8"), target)
        return cls(keys, values, bytes(ids), numpy.asarray(ends, dtype="u8"))


def _entries(path: Path) -> Iterator[tuple[int, Entry]]:
    """The lines of a knowledge base with their numbers, each one checked by itself."""
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                entry = orjson.loads(line)
                problem = _problem(entry)
            except orjson.JSONDecodeError as error:
                problem = f"not JSON ({error}); write one object a line"
            if problem:
                raise KnowledgeError(f"{path}:{number}: {problem}")
            yield number, entry


def _problem(entry: Any) -> str | None:
    """What is wrong with a line, and the remedy; None where it is an entry."""
    if not isinstance(entry, dict):
        entry = {}
    missing = [key for key in _STRINGS if not isinstance(entry.get(key), str)]
    if missing or not entry["id"]:
        return f"no {', '.join(missing or ['id'])}; an entry needs the strings id, name and kind"
    kinds = labels_of_kinds()
    if entry["kind"] not in kinds:
        return f"unknown kind {entry['kind']!r}; known are {', '.join(sorted(kinds))}"
    aliases = entry.get("aliases", [])
    if not isinstance(aliases, list) or not all(isinstance(alias, str) for alias in aliases):
        return "aliases must be a list of strings"
    if not isinstance(entry.get("same_as", ""), str):
        return "same_as must be the id of another entry; leave it out where there is none"
    return None


def _refuse_doubled(
    path: str | Path, digests: numpy.ndarray, lines: numpy.ndarray, ids: bytes, ends: numpy.ndarray
) -> None:
    order = numpy.argsort(digests, kind="stable")
    doubled = numpy.flatnonzero(digests[order][1:] == digests[order][:-1])
    if len(doubled):
        first, second = sorted((int(order[doubled[0]]), int(order[doubled[0] + 1])))
        raise KnowledgeError(
            f"{path}:{lines[second]}: id {_id_at(second, ids, ends)!r} stands in line "
            f"{lines[first]} already; keep one of the two"
        )


class _Renaming(NamedTuple):
    """An entry that only renames another, and its line."""

    id: str
    same_as: str
    line: int


def _targets(
    path: str | Path, renamings: Mapping[int, _Renaming], digests: Sequence[int]
) -> list[int]:
    """For each entry the one it stands for in the end, after following `same_as`."""
    index_of = {digest: index for index, digest in enumerate(digests)}
    targets = list(range(len(digests)))
    for start, first in renamings.items():
        index, trail = start, {first.id: None}
        while index in renamings:
            other = renamings[index].same_as
            if _digest(other) not in index_of:
                raise KnowledgeError(
                    f"{path}:{renamings[index].line}: same_as names {other!r}, which is no id of "
                    "this file; add the entry or leave same_as out"
                )
            if other in trail:
                raise KnowledgeError(
                    f"{path}:{first.line}: same_as goes in a circle "
                    f"({' -> '.join([*trail, other])}); let one of them be the entry itself"
                )
            trail[other] = None
            index = index_of[_digest(other)]
        targets[start] = index
    return targets


def _in_order(names: numpy.ndarray, entries: numpy.ndarray) -> tuple[numpy.ndarray, numpy.ndarray]:
    """Names in order with their entries, each pair once."""
    order = numpy.lexsort((entries, names))
    names, entries = names[order], entries[order]
    is_new = numpy.ones(len(names), dtype=bool)
    is_new[1:] = (names[1:] != names[:-1]) | (entries[1:] != entries[:-1])
    return names[is_new], entries[is_new]
