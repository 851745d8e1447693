"""The inputs as one stream of cables and rejects, in order, each with its position; cut into shards."""

import hashlib
import re
import sqlite3
from collections.abc import Container, Iterator
from dataclasses import replace
from typing import Any

import fsspec

from cablespan import reading as readers
from cablespan.cable import Cable, Reject
from cablespan.reading.assembly import renamed
from cablespan.runs.batch.manifest import Manifest, Position
from cablespan.runs.batch.shard import Shard

STDIN = "-"


def expand(inputs: list[str]) -> list[str]:
    """Every file of the inputs, in order: folders and globs are opened, on any fsspec path."""
    paths = []
    for given in inputs:
        if "://" not in given:
            paths += [str(path) for path in readers.expand([given])]
            continue
        fs, path = fsspec.core.url_to_fs(given)
        found = fs.find(path) if fs.isdir(path) else fs.glob(path) if "*" in path else [path]
        paths += [fs.unstrip_protocol(name) for name in sorted(found)]
    return paths


def fingerprint(path: str) -> dict[str, Any]:
    """Size and SHA-256 of an input; None for both where it cannot be known beforehand (standard input) or cannot be read."""
    if path == STDIN:
        return {"bytes": None, "sha256": None}
    digest, size = hashlib.sha256(), 0
    try:
        with fsspec.open(path, "rb") if "://" in path else open(path, "rb") as file:
            while chunk := file.read(1 << 20):
                digest.update(chunk)
                size += len(chunk)
    except OSError:
        return {"bytes": None, "sha256": None}
    return {"bytes": size, "sha256": digest.hexdigest()}


def changed_inputs(manifest: Manifest, paths: list[str]) -> Iterator[str]:
    """What is no longer as it was when a run read it, in words."""
    for number, line in sorted(manifest.inputs.items()):
        path = paths[number] if number < len(paths) else None
        if path != line["path"]:
            yield f"input {number + 1} was {line['path']} and is {path or 'missing'}"
        elif path == STDIN:
            yield "standard input cannot be read twice: save it as a file"
        elif fingerprint(path) != {"bytes": line["bytes"], "sha256": line["sha256"]}:
            yield f"{path} has changed"


def shards(
    paths: list[str],
    format: str | None,
    size: int,
    *,
    ids: "Ids",
    done: Container[int],
    at: tuple[int, Position],
    inputs: dict[int, dict],
) -> Iterator[Shard]:
    """The shards that are not `done`, read from the shard and position `at` on.

    `inputs` takes the fingerprint of each input before its first item is handed out.
    """
    number, start = at
    batch: list[Cable | Reject] = []
    size_of_batch = 0
    begin = end = start
    for index in range(start.input, len(paths)):
        if index not in inputs:
            inputs[index] = {"input": index, "path": paths[index], **fingerprint(paths[index])}
        first = start.item if index == start.input else 0
        for place, item in enumerate(readers.scan(paths[index], format, start=first), first):
            if isinstance(item, Cable):
                size_of_batch += len(item.source_text)
                # The source text has done its service; the workers need not be sent it.
                item = replace(ids.unique(item, index, place), source_text="")
            batch.append(item)
            end = Position(index, place + 1)
            if len(batch) == size:
                ids.save()
                if number not in done:
                    yield Shard(number, batch, begin, end, size_of_batch)
                number, batch, size_of_batch, begin = number + 1, [], 0, end
    ids.save()
    if batch and number not in done:
        yield Shard(number, batch, begin, end, size_of_batch)


class Ids:
    """Makes the ids of cables unique over all inputs: the second 07ASTANA454 becomes 07ASTANA454~2.

    Ids lie on the disk, with the position that holds them, so that a resumed run gives the same ones; within a single file
    the reader has seen to it.
    """

    def __init__(self, path: str, needed: bool = True):
        self.needed = needed
        if needed:
            self.database = sqlite3.connect(path, check_same_thread=False)
            self.database.execute("PRAGMA journal_mode=WAL")
            self.database.execute(
                "CREATE TABLE IF NOT EXISTS ids (id TEXT PRIMARY KEY, place TEXT) WITHOUT ROWID"
            )

    def unique(self, cable: Cable, input: int, item: int) -> Cable:
        if not self.needed:
            return cable
        # The reader may have numbered it already within its file.
        id, place, count, base = cable.id, f"{input}/{item}", 1, re.sub(r"~\d+$", "", cable.id)
        while not self._take(id, place):
            count += 1
            id = f"{base}~{count}"
        return cable if id == cable.id else renamed(cable, id)

    def _take(self, id: str, place: str) -> bool:
        if self.database.execute("INSERT OR IGNORE INTO ids VALUES (?, ?)", (id, place)).rowcount:
            return True
        return (
            self.database.execute("SELECT place FROM ids WHERE id = ?", (id,)).fetchone()[0]
            == place
        )

    def save(self) -> None:
        if self.needed:
            self.database.commit()

    def close(self) -> None:
        if self.needed:
            self.database.close()
